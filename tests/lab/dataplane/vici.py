# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A client of strongSwan's control protocol (VICI), as its own README in the sources describes it."""

from __future__ import annotations

import pathlib
import socket
import struct
from typing import Any, Iterator

_REQUEST, _RESPONSE, _UNKNOWN, _REGISTER, _UNREGISTER, _CONFIRM, _NO_EVENT, _EVENT = range(8)
_SECTION, _SECTION_END, _VALUE, _LIST, _ITEM, _LIST_END = range(1, 7)


class ViciError(Exception):
    """The daemon refused a request, in its own words."""


class Vici:
    """One connection to one daemon. Messages are dictionaries of texts, lists of texts and dictionaries."""

    def __init__(self, path: pathlib.Path, seconds: float = 10) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(seconds)
        self._socket.connect(str(path))

    def __enter__(self) -> Vici:
        return self

    def __exit__(self, *dummy: Any) -> None:
        self._socket.close()

    def request(self, command: str, message: dict[str, Any] | None = None) -> dict[str, Any]:
        """Raises ViciError when the daemon says that it did not succeed."""
        self._send(_REQUEST, command, message)
        kind, answer = self._receive()
        return _checked(command, kind, answer)

    def stream(self, command: str, event: str, message: dict[str, Any] | None = None) -> list[dict[str, Any]]:
        """The events that a command gives out before it answers."""
        self._send(_REGISTER, event, None)
        self._receive()
        self._send(_REQUEST, command, message)
        found = []
        kind, answer = self._receive()
        while kind == _EVENT:
            found.append(answer)
            kind, answer = self._receive()
        _checked(command, kind, answer)
        self._send(_UNREGISTER, event, None)
        self._receive()
        return found

    def _send(self, kind: int, name: str, message: dict[str, Any] | None) -> None:
        packet = bytes((kind, len(name))) + name.encode() + (b"".join(_encode(message)) if message else b"")
        self._socket.sendall(struct.pack(">I", len(packet)) + packet)

    def _receive(self) -> tuple[int, dict[str, Any]]:
        length = struct.unpack(">I", self._exactly(4))[0]
        packet = self._exactly(length)
        kind, start = packet[0], 1
        if kind == _EVENT:
            start = 2 + packet[1]
        return kind, _decode(packet[start:])

    def _exactly(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            piece = self._socket.recv(count - len(data))
            if not piece:
                raise ViciError("the daemon closed the connection")
            data += piece
        return data


def _checked(command: str, kind: int, answer: dict[str, Any]) -> dict[str, Any]:
    if kind == _UNKNOWN:
        raise ViciError(f"{command}: unknown command")
    if answer.get("success") == "no":
        raise ViciError(f"{command}: {answer.get('errmsg') or 'failed'}")
    return answer


def _encode(message: dict[str, Any]) -> Iterator[bytes]:
    for key, value in message.items():
        name = bytes((len(key),)) + key.encode()
        if isinstance(value, dict):
            yield bytes((_SECTION,)) + name
            yield from _encode(value)
            yield bytes((_SECTION_END,))
        elif isinstance(value, (list, tuple)):
            yield bytes((_LIST,)) + name
            for item in value:
                yield bytes((_ITEM,)) + _sized(item)
            yield bytes((_LIST_END,))
        else:
            yield bytes((_VALUE,)) + name + _sized(value)


def _sized(value: Any) -> bytes:
    data = value if isinstance(value, bytes) else str(value).encode()
    return struct.pack(">H", len(data)) + data


def _decode(data: bytes) -> dict[str, Any]:
    root: dict[str, Any] = {}
    nest, items, at = [root], [], 0

    def take(size: int) -> str:
        nonlocal at
        length = int.from_bytes(data[at:at + size], "big")
        piece = data[at + size:at + size + length]
        at += size + length
        return piece.decode(errors="replace")

    while at < len(data):
        kind = data[at]
        at += 1
        if kind == _SECTION:
            inner: dict[str, Any] = {}
            nest[-1][take(1)] = inner
            nest.append(inner)
        elif kind == _SECTION_END:
            nest.pop()
        elif kind == _VALUE:
            key = take(1)
            nest[-1][key] = take(2)
        elif kind == _LIST:
            items = []
            nest[-1][take(1)] = items
        elif kind == _ITEM:
            items.append(take(2))
    return root
