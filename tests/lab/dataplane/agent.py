# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a firewall does all the time: it probes, and lets rules and routes go when probes are lost. Runs inside the firewall's namespace.

Started as a plain file, so it knows nothing but the standard library. A plan comes in over a control socket, one JSON object in a line; the
answer is the state. Every probe and every change is written to the journal.
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import select
import socket
import struct
import subprocess
import sys
import time

#: The first mark that stands for a PBF rule; 1 means that no rule took the session. The answers to a session have one of their own, in the upper half.
FIRST_MARK = 256
MARKS = 0xffff
ANSWERS = 16
# Echo requests carry this identifier, so that other people's replies are told apart.
_IDENTIFIER = os.getpid() & 0xffff
_SO_BINDTODEVICE = 25
_TUN, _TUNSETIFF, _TUNGETIFF, _IFF_TUN_NO_PI = "/dev/net/tun", 0x400454ca, 0x800454d2, 0x1001
_PIDFD_GETFD = 438


class Probe:
    """Echo requests to one address. Up until the threshold is lost in a row; up again after as many answers, held for a while."""

    def __init__(self, key: str, plan: dict, now: float) -> None:
        self.key = key
        self.plan = plan
        self.up = True
        self.good = self.bad = self.sent = self.answered = 0
        self.sequence = 0
        self.pending = False
        self.next = now
        self.answered_since = None
        self.ipv6 = ":" in plan["target"]
        family, protocol = (socket.AF_INET6, socket.IPPROTO_ICMPV6) if self.ipv6 else (socket.AF_INET, socket.IPPROTO_ICMP)
        self.socket = socket.socket(family, socket.SOCK_RAW, protocol)
        self.socket.setblocking(False)
        if plan.get("device"):
            self._bind(plan["device"])

    def _bind(self, device: str) -> None:
        self.socket.setsockopt(socket.SOL_SOCKET, _SO_BINDTODEVICE, device.encode() + b"\0")

    def tick(self, now: float):
        """Judge the last probe and send the next; True or False when the state changed, else None."""
        changed = self._judge(now) if self.sent else None
        self.sequence = (self.sequence + 1) & 0xffff
        self.pending = True
        self.sent += 1
        self.next = max(self.next + self.plan["interval"], now)
        try:
            if self.plan.get("device"):
                # A device that was made anew has the same name and another index.
                self._bind(self.plan["device"])
            self.socket.sendto(_echo_request(self.sequence, self.ipv6), (self.plan["target"], 0))
        except OSError:
            pass
        return changed

    def _judge(self, now: float):
        self.good, self.bad = (0, self.bad + 1) if self.pending else (self.good + 1, 0)
        if self.pending:
            self.answered_since = None
        elif self.answered_since is None:
            self.answered_since = now
        if self.up and self.bad >= self.plan["threshold"]:
            self.up = False
            return False
        if not self.up and self.good >= self.plan["threshold"] and now - self.answered_since >= self.plan.get("hold", 0):
            self.up = True
            return True
        return None

    def receive(self) -> None:
        while True:
            try:
                packet, (sender, *dummy) = self.socket.recvfrom(2048)
            except OSError:
                return
            # Packets of IPv6 come without their header.
            start, reply = (0, 129) if self.ipv6 else ((packet[0] & 15) * 4, 0)
            kind, dummy, dummy, identifier, sequence = struct.unpack(">BBHHH", packet[start:start + 8])
            is_the_last = (kind, identifier, sequence) == (reply, _IDENTIFIER, self.sequence)
            if is_the_last and sender == self.plan["target"] and self.pending:
                self.pending = False
                self.answered += 1


def _echo_request(sequence: int, ipv6: bool) -> bytes:
    body = struct.pack(">BBHHH", 128 if ipv6 else 8, 0, 0, _IDENTIFIER, sequence) + bytes(32)
    if ipv6:
        return body  # The kernel fills in the checksum.
    total = sum(struct.unpack(f">{len(body) // 2}H", body))
    total = (total >> 16) + (total & 0xffff)
    return body[:2] + struct.pack(">H", ~(total + (total >> 16)) & 0xffff) + body[4:]


class Devices:
    """Tunnel interfaces without a tunnel: up, and whatever goes into them is lost. Nobody reads what the kernel hands to their descriptors."""

    def __init__(self) -> None:
        self._held: dict = {}

    def hold(self, wanted: dict) -> None:
        """Just these from now on. ``wanted``: name → the file with the number of the process that has the device now; None: nobody has it."""
        for name in set(self._held) - set(wanted):
            os.close(self._held.pop(name))
        for name, file in wanted.items():
            if name not in self._held:
                self._held[name] = self._made(name) if file is None else self._shared(name, file)

    @staticmethod
    def _made(name: str) -> int:
        descriptor = os.open(_TUN, os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(descriptor, _TUNSETIFF, struct.pack("=16sH22x", name.encode(), _IFF_TUN_NO_PI))
        return descriptor

    @staticmethod
    def _shared(name: str, file: str) -> int:
        """A descriptor of the same device, so that it outlives the process."""
        with open(file, encoding="utf-8") as number:
            process = int(number.read())
        reference = os.pidfd_open(process)
        try:
            for entry in os.listdir(f"/proc/{process}/fd"):
                if os.readlink(f"/proc/{process}/fd/{entry}") == _TUN:
                    descriptor = ctypes.CDLL(None, use_errno=True).syscall(_PIDFD_GETFD, reference, int(entry), 0)
                    if descriptor < 0:
                        raise OSError(ctypes.get_errno(), f"the device {name} cannot be shared")
                    if fcntl.ioctl(descriptor, _TUNGETIFF, bytes(40))[:16].rstrip(b"\0").decode() == name:
                        return descriptor
                    os.close(descriptor)
        finally:
            os.close(reference)
        raise OSError(f"process {process} has no device {name}")


def packets_into() -> dict:
    """How many packets went into each device so far, or wanted to."""
    with open("/proc/self/net/dev", encoding="utf-8") as lines:
        counters = {name.strip(): values.split() for name, dummy, values in (line.partition(":") for line in lines)}
    return {name: int(values[9]) + int(values[11]) for name, values in counters.items() if len(values) == 16}


class Agent:

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.plan: dict = {"probes": {}, "rules": [], "interfaces": {}, "routes": {}, "switches": {}}
        self.probes: dict = {}
        self.devices = Devices()
        self.selected = None
        self.steered: set = set()
        self.stopped: set = set()
        self.journal = open(os.path.join(folder, "journal"), "a", buffering=1, encoding="utf-8")

    def note(self, **values: object) -> None:
        self.journal.write(json.dumps({"time": time.time(), **values}) + "\n")

    # What follows from the probes.

    def is_up(self, key: str) -> bool:
        return key not in self.probes or self.probes[key].up

    def active(self, rule: dict) -> bool:
        return not rule["gives_way"] or self.is_up(f"rule {rule['name']}")

    def take(self, plan: dict) -> None:
        """Probes that did not change go on undisturbed."""
        now = time.monotonic()
        old, self.probes = self.probes, {}
        for key, probe in plan["probes"].items():
            kept = old.get(key)
            self.probes[key] = kept if kept is not None and kept.plan == probe else Probe(key, probe, now)
        for key, probe in old.items():
            if self.probes.get(key) is not probe:
                probe.socket.close()
        # A number in the plan may stand for another rule now, with another way out.
        self._steer([rule for rule in self.plan["rules"] if rule not in plan["rules"]], False)
        self.plan = plan
        # The routing daemon may have forgotten what was stopped, so that is done again; the rest comes back.
        before, self.stopped = self.stopped, set()
        self.selected = None
        self.settle()
        for name in sorted(before - self.stopped):
            self._switch(plan, name, "enable")

    def settle(self) -> None:
        """Make packets follow the state: new sessions by the rules in use, marked ones while their rule may keep them."""
        tables = {"ip": "conditions", **({"ip6": "conditions_ipv6"} if self.plan.get("ipv6") else {})}
        text = [f"flush chain {table} forwarding {chain}" for table in tables for chain in ("rules", "answers")]
        kept = []
        for rule in self.plan["rules"]:
            active = self.active(rule)
            kept.append(rule["action"] == "forward" and (active or rule["keeps"]))
            if active:
                text += [f"add rule {table} forwarding {chain} {condition} {_ends(rule, chain)}"
                         for table, key in tables.items() for condition in rule[key] for chain in self._asked()]
        text += [f"add rule {table} forwarding {chain} {_marked(1, chain)}" for table in tables for chain in self._asked()]
        # A way must be there before sessions are given its mark, and go after they are no longer: else some leave by the routing table.
        self._steer([rule for rule, wanted in zip(self.plan["rules"], kept) if wanted], True)
        if text != self.selected:
            subprocess.run(["nft", "-f", "-"], input="\n".join(text) + "\n", text=True, check=True, timeout=10)
            self.selected = text
        self._steer([rule for rule, wanted in zip(self.plan["rules"], kept) if not wanted], False)
        self._stop_routing()

    def _asked(self) -> tuple:
        """For which packets: the first one of a session, and the first answer to it where that is asked for, too."""
        return ("rules", "answers") if self.plan.get("answers") else ("rules",)

    def _steer(self, rules: list, wanted: bool) -> None:
        """Without its rule in the kernel a marked packet goes by the routing table."""
        lines = []
        for rule in rules:
            if rule["action"] != "forward":
                continue
            mark = str(rule["mark"])
            if wanted:
                lines.append(f"route replace default {'via ' + rule['nexthop'] + ' ' if rule['nexthop'] else ''}dev {rule['device']} table {mark}")
            if wanted != (mark in self.steered):
                lines.append(f"rule {'add' if wanted else 'del'} pref 200 fwmark {mark} lookup {mark}")
                self.steered ^= {mark}
        for family in (("-4", "-6") if self.plan.get("ipv6") else ("-4",)) if lines else ():
            fitting = [line for line in lines if " via " not in line or (":" in line.partition(" via ")[2].split()[0]) == (family == "-6")]
            subprocess.run(["ip", family, "-force", "-batch", "-"], input="\n".join(fitting) + "\n", text=True, check=False, timeout=10,
                           stderr=subprocess.DEVNULL)

    def _stop_routing(self) -> None:
        """Routes and sessions of interfaces and paths that are down."""
        wanted = {name for key, names in self.plan["interfaces"].items() if not self.is_up(f"tunnel {key}") for name in names}
        for route, monitor in self.plan["routes"].items():
            down = [not self.is_up(key) for key in monitor["probes"]]
            if all(down) if monitor["all"] else any(down):
                wanted.add(route)
        for word, names in (("disable", wanted - self.stopped), ("enable", self.stopped - wanted)):
            for name in sorted(names):
                self._switch(self.plan, name, word)
        self.stopped = wanted

    def _switch(self, plan: dict, name: str, word: str) -> None:
        """What the routing daemon does not know any more needs no switch."""
        if name in plan["switches"]:
            subprocess.run(plan["switches"][name][word], check=False, timeout=10, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def state(self) -> dict:
        return {
            "probes": {key: {"up": probe.up, "sent": probe.sent, "answered": probe.answered, **{
                name: probe.plan[name] for name in ("target", "interval", "threshold")}} for key, probe in self.probes.items()},
            "rules": {rule["name"]: self.active(rule) for rule in self.plan["rules"]}, "packets": packets_into(),
        }

    # The loop.

    def run(self) -> None:
        path = os.path.join(self.folder, "agent.sock")
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(path)
        listener.listen(8)
        while True:
            now = time.monotonic()
            wait = min([probe.next - now for probe in self.probes.values()], default=5)
            ready = select.select([listener, *(probe.socket for probe in self.probes.values())], [], [], max(0.0, min(wait, 5)))[0]
            for probe in list(self.probes.values()):
                if probe.socket in ready:
                    probe.receive()
            if listener in ready:
                self._answer(listener)
            self._tick()

    def _tick(self) -> None:
        now, changed = time.monotonic(), False
        for probe in self.probes.values():
            if probe.next <= now:
                lost = probe.sent > 0 and probe.pending
                turned = probe.tick(now)
                self.note(probe=probe.key, lost=lost, up=probe.up)
                if turned is not None:
                    changed = True
                    self.note(change=probe.key, up=turned)
        if changed:
            self.settle()
            self.note(rules={rule["name"]: self.active(rule) for rule in self.plan["rules"]})

    def _answer(self, listener: socket.socket) -> None:
        connection = listener.accept()[0]
        with connection:
            connection.settimeout(5)
            stream = connection.makefile("rw", encoding="utf-8")
            try:
                plan = json.loads(stream.readline())
                if "devices" in plan:
                    self.devices.hold(plan["devices"])
                if "probes" in plan:
                    self.take(plan)
                answer = self.state()
            except (OSError, ValueError, KeyError, subprocess.SubprocessError) as error:
                answer = {"error": repr(error)}
            try:
                stream.write(json.dumps(answer) + "\n")
                stream.flush()
            except OSError:
                pass


def _marked(mark: int, chain: str) -> str:
    """Remembers a mark in the half of a session's that is for the packets of a chain."""
    if chain == "rules":
        return f"ct mark set ct mark and {MARKS << ANSWERS} or {mark}"
    return f"ct mark set ct mark and {MARKS} or {mark << ANSWERS}"


def _ends(rule: dict, chain: str) -> str:
    """What becomes of a packet that a rule takes."""
    if rule["action"] == "discard":
        return "drop"
    return f"{_marked(rule['mark'] if rule['action'] == 'forward' else 1, chain)} return"


if __name__ == "__main__":
    Agent(sys.argv[1]).run()
