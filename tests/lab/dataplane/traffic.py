# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Traffic between two hosts of a lab: runs inside their namespaces, as a plain file that knows nothing but the standard library.

``echo ADDRESS SECONDS`` prints a line when it begins to answer datagrams, and answers them for so long. ``send ADDRESS SECONDS FILE``
keeps three kinds of traffic going, ten times a second each, and writes one JSON object per packet with the time it was sent and, where
there was an answer, the seconds it took. ``FILE.end`` ends it before its time.

ping         one echo request after the other under one identifier;
established  datagrams of one session;
new          each datagram from a port of its own, so each is a session of its own.
"""

from __future__ import annotations

import json
import os
import select
import socket
import struct
import sys
import time

PORT = 4007
INTERVAL = 0.1


def echo(address: str, seconds: float) -> None:
    end = time.monotonic() + seconds
    receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    receiver.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    receiver.bind((address, PORT))
    print("answers", flush=True)
    while time.monotonic() < end:
        if not select.select([receiver], [], [], 0.5)[0]:
            continue
        data, sender = receiver.recvfrom(2048)
        try:
            receiver.sendto(data, sender)
        except OSError:
            continue  # No way back to the sender: its answer is lost, as on any host.


def _checksum(data: bytes) -> int:
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    total = (total >> 16) + (total & 0xffff)
    return ~(total + (total >> 16)) & 0xffff


class Sender:

    def __init__(self, address: str) -> None:
        self.address = address
        self.sent: dict = {}
        self.answers: dict = {}
        self.identifier = os.getpid() & 0xffff
        self.ping = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
        # A port that was used shortly before would be the old session's: they come round again after more than an hour.
        self.first_port = int(time.time() / INTERVAL)
        self.established = self._datagrams(5000 + int(time.time()) % 4000)
        self.fresh: list = []

    def _datagrams(self, port: int) -> socket.socket:
        sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sender.setblocking(False)
        sender.bind(("0.0.0.0", port))
        return sender

    def send(self, number: int) -> None:
        head = struct.pack(">BBHHH", 8, 0, 0, self.identifier, number) + struct.pack(">I", number)
        self._transmit("ping", number, self.ping, head[:2] + struct.pack(">H", _checksum(head)) + head[4:], 0)
        self._transmit("established", number, self.established, json.dumps(["established", number]).encode(), PORT)
        self.fresh.append(self._datagrams(10000 + (self.first_port + number) % 50000))
        self._transmit("new", number, self.fresh[-1], json.dumps(["new", number]).encode(), PORT)
        if len(self.fresh) > 50:
            self.fresh.pop(0).close()

    def _transmit(self, kind: str, number: int, sender: socket.socket, data: bytes, port: int) -> None:
        self.sent[(kind, number)] = time.time()
        try:
            sender.sendto(data, (self.address, port))
        except OSError:
            pass  # Told that there is no route: the packet counts as lost.

    def collect(self, until: float) -> None:
        while True:
            wait = until - time.monotonic()
            if wait <= 0:
                return
            for ready in select.select([self.ping, self.established, *self.fresh], [], [], wait)[0]:
                self._receive(ready)

    def _receive(self, ready: socket.socket) -> None:
        try:
            data = ready.recv(2048)
        except OSError:
            return
        if ready is not self.ping:
            kind, number = json.loads(data)
            self.answers.setdefault((kind, number), time.time())
            return
        start = (data[0] & 15) * 4
        kind, dummy, dummy, identifier, number = struct.unpack(">BBHHH", data[start:start + 8])
        if kind == 0 and identifier == self.identifier:
            self.answers.setdefault(("ping", number), time.time())


def send(address: str, seconds: float, path: str) -> None:
    sender = Sender(address)
    begun = time.monotonic()
    for number in range(int(seconds / INTERVAL)):
        if os.path.exists(f"{path}.end"):
            break
        sender.send(number)
        sender.collect(begun + (number + 1) * INTERVAL)
    sender.collect(time.monotonic() + 1)
    with open(path, "w", encoding="utf-8") as out:
        for (kind, number), moment in sender.sent.items():
            answer = sender.answers.get((kind, number))
            out.write(json.dumps({"kind": kind, "time": moment, "took": None if answer is None else answer - moment}) + "\n")


if __name__ == "__main__":
    if sys.argv[1] == "echo":
        echo(sys.argv[2], float(sys.argv[3]))
    else:
        send(sys.argv[2], float(sys.argv[3]), sys.argv[4])
