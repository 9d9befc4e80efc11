# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a pairing costs: requests, TLS connections, bytes, wall and CPU time, beside a raw client and today's collection.

A benchmark, not a test: a missed budget is marked and does not fail. Seconds depend on the machine, so that budgets of
time are ratios of one run; requests and bytes do not.
"""

from __future__ import annotations

import argparse
import collections
import json
import platform
import resource
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any, Callable, Iterable, Iterator, Sequence

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.commit import changes
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.connection import Session
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.location import Location
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.transport import Provider
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.aws.reader import vpn_connection
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.fit import fitted
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import Emulator

import bench_todays_collection as todays
from installed_copy import COLLECTION, GALAXY, ROOT
from large_configuration import enlarge
from ansible_run import ALL_HOSTS, CONNECTIONS, PAIRING, PlaybookFailed, Run, Workplace, provider, succeeded

FAILOVER = {"static": "pbf", "bgp": "bgp"}
LOCAL_NETWORK, REMOTE_NETWORK = "10.10.0.0/24", "10.200.0.0/16"
LATENCIES = (0, 150)
CASES = ("floor", "pairings", "today", "large", "tunnels", "fleet")
FLEET_LATENCY = 50
#: Of an emulated commit, as when today's collection was recorded.
COMMIT_SECONDS = 1.0
#: Milliseconds of latency → the wall time that was recorded of today's collection on another machine, first and second run.
RECORDED = {0: (8.7, 7.4), 150: (20.1, 14.8)}
#: Milliseconds of latency → how many times faster than today's collection the first run and the one with nothing to do are to be.
FASTER = {0: (4.2, 7), 150: (6.5, 10)}
#: Ansible forks a process for each task that a run comes to, also for one that it then skips.
PROCESSES = 10
#: CPU seconds of a first run and of one with nothing to do, against an empty play; of many tunnels, against the same.
CPU = {"first": 1.9, "second": 1.45}
CPU_OF_TUNNELS = 6 / 0.7
#: CPU seconds for each firewall of a fleet.
CPU_OF_FLEET = {"first": 0.7, "unchanged": 0.5}
POLL = "show jobs id"
_CHUNK = 500


@dataclass
class Cost:
    """What one run cost. ``requests`` are the emulator's log entries; ``tasks`` talked to a firewall; ``processes`` are all that a host's tasks took."""

    seconds: float
    cpu_seconds: float
    requests: list[dict[str, Any]] = field(default_factory=list)
    connections: int = 0
    tasks: int = 0
    processes: int = 0

    @property
    def counted(self) -> list[dict[str, Any]]:
        return [entry for entry in self.requests if entry["cmd"] != POLL]

    @property
    def bytes_read(self) -> int:
        return sum(entry["bytes_out"] for entry in self.requests)

    @property
    def kinds(self) -> str:
        counts = collections.Counter(entry["cmd"] or entry["action"] if entry["type"] != "commit" else "commit" for entry in self.requests)
        return ", ".join(f"{kind} {count}" for kind, count in counts.items())


def median(costs: list[Cost]) -> Cost:
    """The run in the middle by wall time."""
    return sorted(costs, key=lambda cost: cost.seconds)[len(costs) // 2]


class Budgets:
    """The budgets in the order in which they were measured."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, str, str, str]] = []

    def add(self, what: str, budget: str, measured: str, kept: bool) -> None:
        self.rows.append((what, budget, measured, "ok" if kept else "MISSED"))

    def at_most(self, what: str, budget: float, measured: float, form: str = "g") -> None:
        self.add(what, f"<= {budget:{form}}", f"{measured:{form}}", measured <= budget)

    def faster(self, what: str, budget: float, other: float, ours: float, note: str) -> None:
        ratio = other / ours
        self.add(what, f">= {budget:g} x", f"{ratio:.1f} x{note}", ratio >= budget)


class Bench:
    """The cases, which share a folder to work in, the table of budgets and the number of runs."""

    def __init__(self, workplace: Workplace, runs: int, latencies: Sequence[int]) -> None:
        self.workplace = workplace
        self.runs = runs
        self.latencies = latencies
        self.budgets = Budgets()
        self.replayed = not todays.installed()
        self.pairs: dict[tuple[str, str, int], Cost] = {}

    # How one run is made.

    @contextmanager
    def firewall(self, name: str = "fw1", latency: float = 0, config: str | None = None) -> Iterator[Emulator]:
        with Emulator(name=name, config=config) as emulator:
            emulator.control.commit_duration(COMMIT_SECONDS)
            emulator.control.latency(latency)
            yield emulator

    def variables(self, emulator: Emulator, kind: str) -> dict[str, Any]:
        """What the user of the role would write."""
        return {
            "panos_provider": provider(emulator),
            "aws_pairing_connection": "{{ lookup('ansible.builtin.file', '%s') }}" % (CONNECTIONS / f"connection_{kind}.json"),
            "aws_pairing_failover": FAILOVER[kind], "aws_pairing_outside_interface": "ethernet1/8", "aws_pairing_zone": "aws-vpn",
            "aws_pairing_source_zones": ["trust"], "aws_pairing_local_networks": [LOCAL_NETWORK],
            "aws_pairing_remote_networks": [REMOTE_NETWORK], "aws_pairing_verify": False,
        }

    def cost(self, emulators: list[Emulator], kind: str, playbook: Any = PAIRING, options: Sequence[str] = (), failures: int = 0, slices: int = 1,
             **more: Any) -> Cost:
        """Run a playbook on these firewalls and count. C(failures): on how many of them it is to fail. C(slices): among how many runs at the same time
        they are divided, as AWX divides an inventory: every so many-th host.
        """
        hosts = {emulator.firewall.name: self.variables(emulator, kind) for emulator in emulators}
        inventories = [self.workplace.inventory({name: hosts[name] for name in sorted(hosts)[number::slices]}, f"inventory{number}.json")
                       for number in range(slices)]
        for emulator in emulators:
            emulator.control.reset_requests()
        with ThreadPoolExecutor(slices) as at_once:
            runs = list(at_once.map(lambda inventory: self.workplace.run(playbook, inventory, *ALL_HOSTS, *options, **more), inventories))
        if len({task.host for run in runs for task in run.tasks if task.status == "failed"}) != failures:
            for run in runs:
                succeeded(run)
        requests = [entry for emulator in emulators for entry in emulator.control.requests()]
        # CPU time is counted of all children together, when a run ends: the last one's is that of all.
        return Cost(max(run.seconds for run in runs), max(run.cpu_seconds for run in runs), requests,
                    sum(emulator.control.connections() for emulator in emulators), sum(map(_talking, runs)),
                    sum(len(run.tasks) for run in runs) // len(emulators))

    # The cases.

    def floor(self) -> None:
        """What nothing can be faster than, on this machine and this emulator."""
        raw = []
        for latency in self.latencies:
            with self.firewall(latency=latency) as emulator:
                raw.append(f"{_raw_client(emulator):.2f} s at {latency} ms")
        empty, few = self.bare_play([]), self.bare_play([{"name": "Ping", "ansible.builtin.ping": {}}] * 10)
        heading("Floor")
        line("7 requests on one connection, plain client", ", ".join(raw))
        line("ansible-playbook with an empty play", f"{empty.seconds:.2f} s, {empty.cpu_seconds:.2f} CPU s")
        line("one bare module task", f"{(few.seconds - empty.seconds) / 10:.2f} s, {(few.cpu_seconds - empty.cpu_seconds) / 10:.2f} CPU s")

    def bare_play(self, tasks: list[dict[str, Any]]) -> Cost:
        playbook = self.workplace.write("play.json", [{"name": "Bare", "hosts": "all", "gather_facts": False, "tasks": tasks}])
        inventory = self.workplace.inventory({"here": {}})
        runs = [succeeded(self.workplace.run(playbook, inventory)) for dummy in range(self.runs)]
        return median([Cost(run.seconds, run.cpu_seconds) for run in runs])

    def pairings(self) -> None:
        heading(f"AWS pairing of one firewall (medians of {self.runs}; verification off, a commit takes {COMMIT_SECONDS:g} s)")
        rows = []
        for latency in self.latencies:
            for kind in FAILOVER:
                first, second = self.twice(lambda emulator, kind=kind: self.cost([emulator], kind), latency)
                self.pairs["first", kind, latency], self.pairs["second", kind, latency] = first, second
                rows += [_row(kind, name, latency, cost) for name, cost in (("first", first), ("unchanged", second))]
        table(("job", "run", "ms", "wall s", "CPU s", "requests", "polls", "TLS", "tasks", "kB read"), rows)
        for kind in FAILOVER:
            first, second = (self.pairs[name, kind, self.latencies[0]] for name in ("first", "second"))
            line(f"{kind}, first", first.kinds)
            line(f"{kind}, unchanged", second.kinds)
            self.budgets.at_most(f"{kind}, first run: requests until the commit is enqueued", 6, len(first.counted))
            self.budgets.at_most(f"{kind}, nothing to do: requests", 3, len(second.counted))
        self.budgets.at_most("TLS connections of a run, whatever it does", 1, max(cost.connections for cost in self.pairs.values()))
        self.budgets.at_most("processes of a run, one for each task", PROCESSES, max(cost.processes for cost in self.pairs.values()))
        empty = self.bare_play([])
        for name, words in (("first", "first run"), ("second", "nothing to do")):
            worst = max(self.pairs[name, kind, self.latencies[0]].cpu_seconds for kind in FAILOVER)
            self.budgets.at_most(f"{words}: CPU time against an empty play", CPU[name], worst / empty.cpu_seconds, ".2f")
        self.parts(empty)

    def parts(self, empty: Cost) -> None:
        """Where the time of a run with nothing to do goes, at the first of the latencies."""
        latency = self.latencies[0]
        whole = self.pairs["second", "static", latency]
        with self.firewall(latency=latency) as emulator:
            self.cost([emulator], "static")
            controller = median([self.cost([emulator], "static", options=("--tags", "none of them")) for dummy in range(self.runs)])
            session, reads = _asking(emulator)
        taken = [
            ("an empty play", empty.seconds, empty.cpu_seconds),
            ("the controller: role and its arguments", controller.seconds - empty.seconds, controller.cpu_seconds - empty.cpu_seconds),
            ("session: connection, system, changes", *session),
            ("reads", *reads),
        ]
        rest = [whole.seconds - sum(part[1] for part in taken), whole.cpu_seconds - sum(part[2] for part in taken)]
        rows = [*taken, ("the task's arguments, imports and plan", *rest), ("together", whole.seconds, whole.cpu_seconds)]
        say(f"parts of an unchanged run, static job, {latency} ms:")
        table(("part", "wall s", "CPU s"), [(words, f"{seconds:.2f}", f"{cpu:.2f}") for words, seconds, cpu in rows])

    def twice(self, run: Callable[[Emulator], Cost], latency: float, config: str | None = None) -> tuple[Cost, Cost]:
        """The median costs of a first run on a fresh firewall, and of the one after it."""
        first, second = [], []
        for dummy in range(self.runs):
            with self.firewall(latency=latency, config=config) as emulator:
                first.append(run(emulator))
                second.append(run(emulator))
        return median(first), median(second)

    def todays_collection(self) -> None:
        """Its fifteen tasks, or a replay of their requests."""
        if self.replayed:
            heading(f"Today's collection, the static job: a REPLAY of {todays.NAME} 3.4.1, which is not installed here")
            say("The requests that it was recorded to send, each on a TLS connection of its own, from as many module tasks. What its modules")
            say("compute is left out: its real time is longer, and the ratios below are lower bounds.")
        else:
            heading(f"Today's collection, the static job: {todays.NAME} as it is installed")
        rows = []
        note = " (against a replay: at least)" if self.replayed else ""
        for latency in self.latencies:
            with self.firewall(latency=latency) as emulator:
                first, second = self.todays_run(emulator, True), self.todays_run(emulator, False)
            rows += [_row("static", "first", latency, first), _row("static", "unchanged", latency, second)]
            self.budgets.faster(f"first run against today's collection, {latency} ms", FASTER[latency][0], first.seconds,
                                self.pairs["first", "static", latency].seconds, note)
            self.budgets.faster(f"nothing to do against today's collection, {latency} ms", FASTER[latency][1], second.seconds,
                                self.pairs["second", "static", latency].seconds, note)
        table(("job", "run", "ms", "wall s", "CPU s", "requests", "polls", "TLS", "tasks", "kB read"), rows)
        if self.replayed:
            recorded = "; ".join(f"{first:g} s and {second:g} s at {latency} ms" for latency, (first, second) in RECORDED.items())
            line("recorded of the real one, elsewhere", recorded)

    def todays_run(self, emulator: Emulator, first: bool) -> Cost:
        tunnels = fitted(vpn_connection((CONNECTIONS / "connection_static.json").read_text(encoding="utf-8"))).tunnels
        steps = todays.steps(tunnels, LOCAL_NETWORK, REMOTE_NETWORK)
        playbook = self.workplace.write("play.json", todays.replay(steps, first) if self.replayed else todays.play(steps))
        return self.cost([emulator], "static", playbook, environment={"ANSIBLE_LIBRARY": str(ROOT / "tools" / "bench_library")})

    def large_configuration(self) -> None:
        with self.firewall() as emulator:
            text = enlarge(emulator.control.candidate())
        heading(f"AWS pairing of a firewall with a configuration of {len(text) / 1e6:.1f} MB")
        rows = []
        for kind in FAILOVER:
            first, second = self.twice(lambda emulator, kind=kind: self.cost([emulator], kind), self.latencies[0], text)
            rows += [_row(kind, "first", self.latencies[0], first), _row(kind, "unchanged", self.latencies[0], second)]
            small = self.pairs["first", kind, self.latencies[0]]
            self.budgets.at_most(f"{kind}, large configuration: requests of the first run", 8, len(first.counted))
            self.budgets.at_most(f"{kind}, large configuration: MB read in the first run", 1.5, first.bytes_read / 1e6, ".2f")
            self.budgets.at_most(f"{kind}, large configuration: wall time against the small one", 1.5, first.seconds / small.seconds, ".2f")
        table(("job", "run", "ms", "wall s", "CPU s", "requests", "polls", "TLS", "tasks", "kB read"), rows)

    def many_tunnels(self, most: int) -> None:
        """One transaction with a quarter of the tunnels, with half of them, and with all."""
        counts = (most // 4, most // 2, most)
        heading(f"{counts[0]}, {counts[1]} and {most} tunnels on one firewall, each time in one transaction")
        costs = [self.tunnels(count) for count in counts]
        table(("tunnels", "wall s", "CPU s", "reads", "operations in each write"), [
            (str(count), f"{cost.seconds:.1f}", f"{cost.cpu_seconds:.1f}", str(_reads(cost)), " ".join(map(str, _chunks(cost))))
            for count, cost in zip(counts, costs)])
        self.budgets.at_most(f"{most} tunnels: reads more than for {counts[0]}", 0, _reads(costs[2]) - _reads(costs[0]))
        self.budgets.at_most(f"{most} tunnels: most operations in a write", _CHUNK, max(_chunks(costs[2])))
        first, second = costs[1].seconds - costs[0].seconds, costs[2].seconds - costs[1].seconds
        # The second step has twice the tunnels of the first: with linear growth it takes twice as long. The rest is for noise.
        self.budgets.at_most(f"{most} tunnels: time of the second half against the second quarter (linear: 2)", 2.3, second / first, ".2f")
        self.budgets.at_most(f"{most} tunnels: CPU time against an empty play", CPU_OF_TUNNELS, costs[2].cpu_seconds / self.bare_play([]).cpu_seconds, ".1f")

    def tunnels(self, count: int) -> Cost:
        playbook = self.workplace.write("play.json", [{
            "name": "Many tunnels", "hosts": "all", "gather_facts": False, "tasks": [{
                "name": "Write", f"{COLLECTION}.transaction": {"provider": "{{ panos_provider }}", "items": "{{ wanted }}"}}]}])
        items = self.workplace.write("items.json", {"wanted": _items(count)})
        with self.firewall() as emulator:
            return self.cost([emulator], "static", playbook, ("-e", f"@{items}"), timeout=900)

    def fleet(self, count: int, forks: int, failing: int, slices: int) -> None:
        """Two tunnels on each. C(failing): so many refuse the commit of the first run; the next one completes them. C(slices): runs that share them."""
        heading(f"A fleet of {count} firewalls, static job, {FLEET_LATENCY} ms, {slices} slices of {forks} forks; {failing} refuse their first commit")
        rows = []
        with ExitStack() as stack:
            emulators = [stack.enter_context(self.firewall(f"fw{number:03}", FLEET_LATENCY)) for number in range(1, count + 1)]
            for emulator in emulators[:failing]:
                emulator.control.fail_next_commit(["not today"])
            for name, failures in (("first", failing), *([("completing", 0)] if failing else []), ("unchanged", 0)):
                cost = self.cost(emulators, "static", failures=failures, slices=slices, options=("--forks", str(forks)), timeout=60 + 15 * count)
                rows.append((name, f"{cost.seconds:.1f}", f"{cost.seconds / count:.2f}", f"{cost.cpu_seconds / count:.2f}",
                             f"{len(cost.counted) / count:g}", f"{_largest_process():.0f}"))
                if name in CPU_OF_FLEET:
                    self.budgets.at_most(f"fleet of {count}, {name} run: CPU seconds per firewall", CPU_OF_FLEET[name], cost.cpu_seconds / count, ".2f")
        table(("run", "wall s", "wall s each", "CPU s each", "requests each", "MB at most"), rows)


def _asking(emulator: Emulator) -> tuple[tuple[float, float], tuple[float, float]]:
    """(wall, CPU) seconds of what a run asks before it reads, and of what it reads, in this process."""
    with Session(Provider(**provider(emulator))) as session:
        marks = [(time.monotonic(), time.thread_time())]
        session.platform()
        changes(session)
        marks.append((time.monotonic(), time.thread_time()))
        base = Location().base
        session.read([base("network"), base("vsys") + ("zone",), base("rulebase")])
        marks.append((time.monotonic(), time.thread_time()))
    return tuple((later[0] - earlier[0], later[1] - earlier[1]) for earlier, later in zip(marks, marks[1:]))


def _largest_process() -> float:
    """MB of memory that the largest process of the runs so far held: ansible-playbook itself, which knows all hosts."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def _talking(run: Run) -> int:
    """How many module tasks talked to a firewall."""
    return sum(1 for task in run.tasks if task.status != "skipped" and task.module.startswith((COLLECTION, todays.NAME, "recorded_task")))


def _raw_client(emulator: Emulator) -> float:
    """Seconds for the least that a pairing takes: what is running, three reads, a write, a commit and a look at its job."""
    requests = [
        {"type": "op", "cmd": "<show><system><info/></system></show>"},
        {"type": "config", "action": "get", "xpath": todays.NETWORK},
        {"type": "config", "action": "get", "xpath": f"{todays.VSYS}/zone"},
        {"type": "config", "action": "get", "xpath": f"{todays.VSYS}/rulebase"},
        {"type": "config", "action": "set", "xpath": todays.REPLAYED, "element": "<ip-netmask>192.0.2.1</ip-netmask>"},
        {"type": "commit", "cmd": "<commit/>"},
        {"type": "op", "cmd": "<show><jobs><all/></jobs></show>"},
    ]
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "raw_client.py")], input=json.dumps({"provider": provider(emulator), "requests": requests}),
        check=False, text=True, capture_output=True, timeout=120)
    if done.returncode:
        raise PlaybookFailed(done.stderr)
    return float(done.stdout)


def _items(count: int) -> list[dict[str, Any]]:
    """So many tunnels with a gateway and an interface each, as the options of the module transaction."""
    items: list[dict[str, Any]] = [{"zone": {"name": "branches"}}]
    for number in range(1, count + 1):
        name, unit = f"site-{number}", f"tunnel.{1000 + number}"
        items += [
            {"tunnel_interface": {"name": unit, "ip": [f"10.{224 + number // 16384}.{number // 64 % 256}.{number % 64 * 4 + 1}/30"],
                                  "zone": "branches", "virtual_router": "default"}},
            {"ike_gateway": {"name": name, "version": "ikev2", "peer_address": {"ip": f"203.0.{number // 256}.{number % 256}"},
                             "local_address": {"interface": "ethernet1/8", "ip": "198.51.100.10/24"}, "pre_shared_key": f"notReal.site{number}"}},
            {"ipsec_tunnel": {"name": name, "tunnel_interface": unit, "ike_gateways": [name], "ipsec_crypto_profile": "Suite-B-GCM-256"}},
        ]
    return items


def _reads(cost: Cost) -> int:
    return sum(1 for entry in cost.requests if entry["action"] in ("get", "show"))


def _chunks(cost: Cost) -> list[int]:
    """The number of operations of each write."""
    return [len(entry["operations"]) for entry in cost.requests if entry["operations"] is not None]


def _row(kind: str, name: str, latency: int, cost: Cost) -> tuple[str, ...]:
    polls = len(cost.requests) - len(cost.counted)
    return (kind, name, str(latency), f"{cost.seconds:.2f}", f"{cost.cpu_seconds:.2f}", str(len(cost.counted)), str(polls),
            str(cost.connections), str(cost.tasks), f"{cost.bytes_read / 1e3:.0f}")


# What it prints.

def heading(text: str) -> None:
    print(f"\n{text}", flush=True)


def say(text: str) -> None:
    print(f"  {text}", flush=True)


def line(what: str, figures: str) -> None:
    say(f"{what}: {figures}")


def table(titles: Iterable[str], rows: Iterable[tuple[str, ...]]) -> None:
    """Columns as wide as they need; the first one to the left, figures to the right where all of a column are figures."""
    columns = list(zip(titles, *rows))
    figures = [all(text.replace(".", "").isdigit() for text in column[1:]) for column in columns]
    widths = [max(map(len, column)) for column in columns]
    for row in zip(*columns):
        cells = [text.rjust(width) if right else text.ljust(width) for text, width, right in zip(row, widths, figures)]
        say("  ".join(cells).rstrip())


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__.partition("\n")[0])
    parser.add_argument("--cases", nargs="+", choices=CASES, default=CASES, help="what to measure (all)")
    parser.add_argument("--runs", type=int, default=3, help="how often each pairing is measured (3)")
    parser.add_argument("--latencies", type=int, nargs="+", choices=LATENCIES, default=LATENCIES,
                        help="milliseconds by which the firewall's answers are late (all)")
    parser.add_argument("--tunnels", type=int, default=1000, help="tunnels of the large transaction (1000)")
    parser.add_argument("--fleet", type=int, default=10, help="firewalls of the fleet (10)")
    parser.add_argument("--forks", type=int, default=10, help="of the fleet, how many are served at the same time (10)")
    parser.add_argument("--failing", type=int, default=0, help="of the fleet, how many refuse their first commit (0)")
    parser.add_argument("--slices", type=int, default=1, help="of the fleet, among how many runs at the same time it is divided, as AWX does (1)")
    given = parser.parse_args()
    print(f"{COLLECTION} {GALAXY['version']}, ansible-core {version('ansible-core')}, Python {platform.python_version()}, "
          "emulated PAN-OS on loopback")
    try:
        with tempfile.TemporaryDirectory() as folder:
            bench = Bench(Workplace(folder), given.runs, given.latencies)
            for case in CASES:
                if case in given.cases or (case == "pairings" and {"today", "large"} & set(given.cases)):
                    {"floor": bench.floor, "pairings": bench.pairings, "today": bench.todays_collection, "large": bench.large_configuration,
                     "tunnels": lambda: bench.many_tunnels(given.tunnels),
                     "fleet": lambda: bench.fleet(given.fleet, given.forks, given.failing, given.slices)}[case]()
            heading("Budgets")
            table(("what", "budget", "measured", ""), bench.budgets.rows)
    except PlaybookFailed as failure:
        sys.exit(f"\nA run failed, nothing can be said of its cost:\n{failure}")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
