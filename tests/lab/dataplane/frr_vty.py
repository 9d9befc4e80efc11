# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A client of the control sockets of FRR's daemons, as FRR's own shell speaks to them.

A command ends with a null byte; its answer ends with three of them and a status, of which 0 is success.

As a program: ``frr_vty.py SOCKET LINE…`` runs configuration lines. It knows nothing but the standard library.
"""

from __future__ import annotations

import pathlib
import socket
import sys


class VtyError(Exception):
    """The daemon refused a command, in its own words."""


class Vty:
    """One connection to one daemon."""

    def __init__(self, path: pathlib.Path | str, seconds: float = 10) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(seconds)
        self._socket.connect(str(path))
        self.run("enable")

    def __enter__(self) -> Vty:
        return self

    def __exit__(self, *dummy: object) -> None:
        self._socket.close()

    def run(self, command: str) -> str:
        self._socket.sendall(command.encode() + b"\0")
        data = b""
        while data[-4:-1] != b"\0\0\0":
            piece = self._socket.recv(65536)
            if not piece:
                raise VtyError(f"{command}: the daemon closed the connection")
            data += piece
        text = data[:-4].decode(errors="replace").strip()
        if data[-1]:
            raise VtyError(f"{command}: {text or f'status {data[-1]}'}")
        return text

    def configure(self, lines: list[str]) -> None:
        """Configuration lines, one after the other."""
        self.run("configure terminal")
        try:
            for line in lines:
                self.run(line)
        finally:
            self.run("end")


if __name__ == "__main__":
    with Vty(sys.argv[1]) as vty:
        vty.configure(sys.argv[2:])
