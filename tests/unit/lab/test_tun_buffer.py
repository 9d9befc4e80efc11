# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where an IKE daemon remembers how much it reads from its TUN device. Needs no daemon."""

from __future__ import annotations

import struct

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane import tun_buffer

NAME, SIZE = b"ipsec0".ljust(16, b"\0"), struct.pack("=I", 1400)
MEMORY = {
    "beside the name": (b"\xaa" * 84 + NAME + b"\7\0\0\0" + SIZE + b"\0" * 16, [104]),
    "behind what a compiler puts there": (NAME + b"\7\0\0\0\0\0\0\0" + SIZE, [24]),
    "of a name that is only like it": (b"ipsec01".ljust(16, b"\0") + b"\7\0\0\0" + SIZE, []),
    "of another size": (NAME + b"\7\0\0\0" + struct.pack("=I", 1500), []),
    "too far away": (NAME + b"\0" * 64 + SIZE, []),
    "the name alone": (NAME, []),
    "twice": ((NAME + b"\7\0\0\0" + SIZE) * 2, [20, 44]),
}


@pytest.mark.parametrize("memory, found", MEMORY.values(), ids=MEMORY.keys())
def test_where_the_size_stands(memory, found):
    assert tun_buffer.places(memory) == found
