# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Traffic between two hosts of a lab: runs inside their namespaces, as a plain file that knows nothing but the standard library.

``echo ADDRESS SECONDS FILE`` prints a line when it begins to answer, and gives datagrams and what comes by TCP back for so long. ``send ADDRESS SECONDS
FILE`` keeps four kinds of traffic going, ten times a second each, and writes one JSON object per packet (of TCP: per piece) with the time it was sent and,
where there was an answer, the seconds it took. ``FILE.end`` ends it before its time; the sender's may say for how many seconds the transfer may catch up.

ping         one echo request after the other under one identifier;
established  datagrams of one session;
new          each datagram from a port of its own, so each is a session of its own;
transfer     pieces of one TCP connection, which is begun once: what it loses is sent again, and when it breaks off nothing more is answered.
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
#: Bytes of a piece of the transfer: more than a packet carries.
PIECE = 4000


def echo(address: str, seconds: float, path: str) -> None:
    end = time.monotonic() + seconds
    receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    receiver.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    receiver.bind((address, PORT))
    listener = socket.create_server((address, PORT))
    streams: list = []
    print("answers", flush=True)
    while time.monotonic() < end and not os.path.exists(f"{path}.end"):
        for ready in select.select([receiver, listener, *streams], [], [], 0.2)[0]:
            if ready is listener:
                streams.append(listener.accept()[0])
            elif ready is receiver:
                _give_back(receiver)
            elif not _returned(ready):
                streams.remove(ready)


def _give_back(receiver: socket.socket) -> None:
    data, sender = receiver.recvfrom(2048)
    try:
        receiver.sendto(data, sender)
    except OSError:
        pass  # No way back to the sender: its answer is lost, as on any host.


def _returned(stream: socket.socket) -> bool:
    """Gives back what came; whether the connection goes on."""
    try:
        data = stream.recv(65536)
        stream.sendall(data)
    except OSError:
        return False
    return bool(data)


class Transfer:
    """One TCP connection, whose pieces come back in their order. Nothing is sent once it has broken off."""

    def __init__(self, address: str) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.socket.setblocking(False)
        self.socket.connect_ex((address, PORT))
        self.waiting = b""
        self.given = self.received = 0
        self.is_there = True

    def send(self, data: bytes = b"") -> None:
        self.waiting += data
        self.given += len(data)
        if not (self.is_there and self.waiting):
            return
        try:
            self.waiting = self.waiting[self.socket.send(self.waiting):]
        except BlockingIOError:
            pass  # The connection is not there yet, or no more is taken.
        except OSError:
            self.is_there = False

    def is_behind(self) -> bool:
        """Whether something is still to come, and may."""
        return self.is_there and self.received < self.given

    def pieces(self) -> range:
        """The numbers of the pieces that have come back whole since the last time."""
        before = self.received // PIECE
        try:
            data = self.socket.recv(65536)
            self.is_there = bool(data)
            self.received += len(data)
        except BlockingIOError:
            pass
        except OSError:
            self.is_there = False
        return range(before, self.received // PIECE)


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
        self.transfer = Transfer(address)

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
        self.sent[("transfer", number)] = time.time()
        self.transfer.send(bytes(PIECE))

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
            streams = [self.transfer.socket] if self.transfer.is_there else []
            for ready in select.select([self.ping, self.established, *self.fresh, *streams], [], [], wait)[0]:
                self._receive(ready)

    def _receive(self, ready: socket.socket) -> None:
        if ready is self.transfer.socket:
            self.answers.update({("transfer", number): time.time() for number in self.transfer.pieces()})
            self.transfer.send()
            return
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
    end = time.monotonic() + _patience(f"{path}.end")
    while sender.transfer.is_behind() and time.monotonic() < end:
        sender.collect(time.monotonic() + INTERVAL)
    with open(path, "w", encoding="utf-8") as out:
        for (kind, number), moment in sender.sent.items():
            answer = sender.answers.get((kind, number))
            out.write(json.dumps({"kind": kind, "time": moment, "took": None if answer is None else answer - moment}) + "\n")


def _patience(path: str) -> float:
    try:
        with open(path, encoding="utf-8") as file:
            return float(file.read() or 0)
    except OSError:
        return 0.0


if __name__ == "__main__":
    if sys.argv[1] == "echo":
        echo(sys.argv[2], float(sys.argv[3]), sys.argv[4])
    else:
        send(sys.argv[2], float(sys.argv[3]), sys.argv[4])
