# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Much data over one TCP connection between two hosts of a lab: runs inside their namespaces, as a plain file that knows only the standard library.

``answer ADDRESS`` prints its port and serves one connection. ``fetch | send FROM TO PORT BYTES`` is the other end: it gets or sends so many bytes, and
prints one JSON object with the bytes that arrived, the seconds it took, the largest segment that was sent, and the MTU of the path as the host knows it then.
"""

from __future__ import annotations

import json
import socket
import struct
import sys
import time

PATIENCE = 60
_PIECE = bytes(65536)
_ASKED = struct.Struct(">?Q")
_IP_MTU, _IPV6_MTU = 14, 24


def _family(address: str) -> int:
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def _push(connection: socket.socket, count: int) -> None:
    while count > 0:
        count -= connection.send(_PIECE[:count])


def _pull(connection: socket.socket, count: int) -> int:
    """How many of so many bytes came before the end."""
    left = count
    while left > 0:
        piece = connection.recv(min(left, len(_PIECE)))
        if not piece:
            break
        left -= len(piece)
    return count - left


def answer(address: str) -> None:
    with socket.socket(_family(address), socket.SOCK_STREAM) as listener:
        listener.settimeout(PATIENCE)
        listener.bind((address, 0))
        listener.listen(1)
        print(listener.getsockname()[1], flush=True)
        connection = listener.accept()[0]
    with connection:
        connection.settimeout(PATIENCE)
        fetches, count = _ASKED.unpack(connection.recv(_ASKED.size, socket.MSG_WAITALL))
        if fetches:
            _push(connection, count)
            connection.recv(1)
        else:
            connection.sendall(struct.pack(">Q", _pull(connection, count)))


def ask(fetches: bool, own: str, address: str, port: int, count: int) -> dict:
    with socket.socket(_family(address), socket.SOCK_STREAM) as connection:
        connection.settimeout(PATIENCE)
        connection.bind((own, 0))
        begun = time.monotonic()
        connection.connect((address, port))
        connection.sendall(_ASKED.pack(fetches, count))
        if fetches:
            arrived = _pull(connection, count)
        else:
            _push(connection, count)
            arrived = struct.unpack(">Q", connection.recv(8, socket.MSG_WAITALL))[0]
        seconds = time.monotonic() - begun
        level, option = (socket.IPPROTO_IPV6, _IPV6_MTU) if ":" in address else (socket.IPPROTO_IP, _IP_MTU)
        return {"arrived": arrived, "seconds": seconds, "segment": connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG),
                "mtu": connection.getsockopt(level, option)}


if __name__ == "__main__":
    if sys.argv[1] == "answer":
        answer(sys.argv[2])
    else:
        print(json.dumps(ask(sys.argv[1] == "fetch", sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5]))))
