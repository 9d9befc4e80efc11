# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lets IKE daemons read whole packets from their TUN devices. Runs inside the lab, as a plain file that knows nothing but the standard library.

strongSwan's user-space ESP reads with the MTU that it gave the device when it made it, 1400 bytes, and no setting changes that: of a longer packet the end
is lost without a word, whatever the device's MTU is by then. So the number is changed where the daemon remembers it, beside the device's name.

``tun_buffer.py SIZE PIDFILE...`` prints one line per daemon: the bytes that it reads from now on.
"""

from __future__ import annotations

import pathlib
import re
import struct
import sys

#: What a daemon begins with.
MADE_WITH = 1400

_NAME = b"ipsec0".ljust(16, b"\0")
# Between the name and the number stands a socket, and what a compiler may put there.
_FARTHEST = 32


def places(memory: bytes) -> list[int]:
    """Where in a piece of memory the size stands: after the device's name, which may stand elsewhere as well."""
    found = []
    for match in re.finditer(re.escape(_NAME), memory):
        for place in range(match.end(), match.end() + _FARTHEST, 4):
            if memory[place:place + 4] == struct.pack("=I", MADE_WITH):
                found.append(place)
                break
    return found


def widen(pid: int, size: int) -> int:
    """The bytes that the daemon reads afterwards: ``size``, or as before where its memory looks otherwise than expected."""
    found = []
    regions = [line.split() for line in pathlib.Path(f"/proc/{pid}/maps").read_text(encoding="utf-8").splitlines()]
    with open(f"/proc/{pid}/mem", "r+b", buffering=0) as memory:
        for region in regions:
            # On the heap of whichever thread made it.
            if region[1].startswith("rw") and (len(region) == 5 or region[5] == "[heap]"):
                start, end = (int(text, 16) for text in region[0].split("-"))
                found += _in_region(memory, start, end)
        if len(found) != 1:
            return MADE_WITH
        memory.seek(found[0])
        memory.write(struct.pack("=I", size))
    return size


def _in_region(memory, start: int, end: int) -> list[int]:
    if end - start > 16 << 20:
        return []  # A thread's stack, or address space that is only reserved.
    try:
        memory.seek(start)
        return [start + place for place in places(memory.read(end - start))]
    except OSError:
        return []


if __name__ == "__main__":
    for name in sys.argv[2:]:
        print(widen(int(pathlib.Path(name).read_text(encoding="utf-8")), int(sys.argv[1])))
