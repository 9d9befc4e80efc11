# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pairs emulated firewalls with AWS VPN connections by real ansible-playbook runs, runs again, and takes all away.

Each step states what is expected of it; what does not hold is printed and makes the exit status 1.
"""

from __future__ import annotations

import argparse
import base64
import json
import pathlib
import re
import shlex
import signal
import sys
import tempfile
import threading
import time
import urllib.parse
import xml.etree.ElementTree as ET
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, Callable, Iterable
from xml.sax.saxutils import escape

import yaml

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import PanosVpnError
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.aws.reader import vpn_connection
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import Profile
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import Emulator

from ansible_run import ALL_HOSTS, CONNECTIONS, PAIRING, PlaybookFailed, Run, Workplace, provider
from demo_surroundings import Choice, NothingFits, choose
from demo_tunnels import THRESHOLD, failovers, labs
from installed_copy import COLLECTION, ROOT

sys.path.append(str(ROOT / "tests" / "integration"))

from back_to_start import bare  # noqa: E402  pylint: disable=wrong-import-position

SAMPLES = {"pbf": CONNECTIONS / "connection_static.json", "bgp": CONNECTIONS / "connection_bgp.json"}
FAILOVER = {"static": "pbf", "bgp": "bgp"}
COMMIT_SECONDS = 2.0
ROLE = f"{PAIRING} : "


@dataclass
class Pair:
    """One firewall and its AWS connection, with what stood on the firewall before."""

    name: str
    connection: pathlib.Path
    profile: Profile
    failover: str
    choice: Choice
    emulator: Emulator
    start: list[str] = field(default_factory=list)

    @property
    def vpn(self) -> str:
        return self.profile.id

    @property
    def variables(self) -> dict[str, Any]:
        """What the user of the role writes, beside how the firewall is reached."""
        connection = "{{ lookup('ansible.builtin.file', '%s') }}" % self.connection.resolve()
        return {"aws_pairing_connection": connection, "aws_pairing_failover": self.failover, **self.choice.variables}

    def candidate(self) -> list[str]:
        return bare(self.emulator.control.candidate())

    def running(self) -> list[str]:
        return bare(self.emulator.control.running())


class Expectations:
    """What is expected, printed with whether it holds."""

    def __init__(self) -> None:
        self.failed: list[str] = []

    def expect(self, what: str, holds: bool, otherwise: Iterable[str] = ()) -> None:
        say(f"{'ok  ' if holds else 'FAILED'}  {what}")
        if not holds:
            self.failed.append(what)
            for line in otherwise:
                say(f"        {line}")


class Demo:
    """The steps of the demo on some pairs."""

    def __init__(self, workplace: Workplace, pairs: list[Pair], planes: dict[str, Any]) -> None:
        self.workplace = workplace
        self.pairs = pairs
        self.planes = planes
        self.expectations = Expectations()
        self.expect = self.expectations.expect
        self.printed = ""
        self.inventory = self._inventory("inventory.json", lambda pair: pair.variables)

    def _inventory(self, name: str, variables_of: Callable[[Pair], dict[str, Any]]) -> pathlib.Path:
        """An inventory with all firewalls, how they are reached, and more."""
        return self.workplace.inventory({pair.name: {"panos_provider": provider(pair.emulator), **variables_of(pair)} for pair in self.pairs}, name)

    def play(self) -> list[str]:
        """All steps, as far as they make sense. Returns the expectations that did not hold."""
        if self.plan() and self.pair():
            self.show()
            if self.planes:
                self.fail_over()
            self.again()
            self.remove()
        self.secrecy()
        return self.expectations.failed

    # The steps.

    def plan(self) -> bool:
        heading("1  The plan: check mode, nothing is written", "--check --diff")
        self.planned = self.run("--check", "--diff")
        for pair in self.pairs:
            say(f"{pair.name}:")
            for line in _diff(self.planned, pair):
                say(f"  {line}")
        self.expect_success(self.planned)
        self.expect("the plan changes every firewall", all(_configured(self.planned, pair).get("changed") for pair in self.pairs))
        self.expect("no candidate was touched", all(pair.candidate() == pair.start for pair in self.pairs))
        return self.planned.status == 0

    def pair(self) -> bool:
        heading("2  The pairing: written in one transaction, committed, verified", "--diff")
        run = self.run("--diff", progress=True)
        self.expect_success(run)
        self.expect("what was done is what was planned: the same diff",
                    all(_without_marks(_diff(run, pair)) == _without_marks(_diff(self.planned, pair)) for pair in self.pairs))
        self.expect("one write for each firewall", all(_writes(pair) == 1 for pair in self.pairs), map(str, map(_writes, self.pairs)))
        self.expect("what was written is running", all(pair.candidate() == pair.running() for pair in self.pairs))
        for name, plane in self.planes.items() if run.status else ():
            for remark in plane.remarks:
                say(f"{name}: not as on a firewall: {remark}")
        return run.status == 0

    def show(self) -> None:
        heading("3  What stands now, as the module vpn_info reads it")
        play = [{"name": "Look", "hosts": "all", "gather_facts": False, "tasks": [
            {"name": "Ask", f"{COLLECTION}.vpn_info": {"provider": "{{ panos_provider }}", "name": ["{{ vpn }}"]}}]}]
        asked = self._inventory("asked.json", lambda pair: {"vpn": pair.vpn})
        run = self.run(playbook=self.workplace.write("look.json", play), inventory=asked, quiet=True)
        self.expect_success(run)
        answers = {task.host: task.result for task in run.of("vpn_info")}
        table(("firewall", "tunnel", "interface", "zone", "inside", "AWS endpoint", "IKE SA", "IPsec SA", "flow", "monitor"),
              [row for pair in self.pairs for row in _tunnel_rows(pair, answers.get(pair.name, {}))])
        table(("firewall", "PBF rule", "state", "egress", "next hop"),
              [row for pair in self.pairs for row in _rule_rows(pair, answers.get(pair.name, {}))])
        table(("firewall", "BGP peer", "state", "AS", "address"),
              [row for pair in self.pairs for row in _peer_rows(pair, answers.get(pair.name, {}))])
        pretended = [pair.name for pair in self.pairs if pair.name not in self.planes]
        if pretended:
            say(f"No tunnels are behind {', '.join(pretended)}: what is committed counts as up there.")
        self.expect("two tunnels on each firewall, nothing wrong with them",
                    all(_healthy(answers.get(pair.name, {})) for pair in self.pairs),
                    [problem for answer in answers.values() for problem in answer.get("problems", ())])

    def fail_over(self) -> None:
        heading("4  Packets: from the office to the VPC, while AWS's endpoint of the active tunnel is dead for 9 seconds")
        seen = failovers(self.pairs, self.planes)
        table(("firewall", "tunnel", "AWS's inside address answers"),
              [(name, tunnel, "yes" if answers else "NO") for name, packets in seen.items() for tunnel, answers in packets.answers.items()])
        table(("firewall", "sessions took", "while it was dead", "afterwards", "new sessions waited"),
              [(name, packets.before, packets.meanwhile, packets.afterwards, f"{packets.stood_still:.1f} s") for name, packets in seen.items()])
        self.expect("packets pass through both tunnels", all(len(packets.answers) == 2 and all(packets.answers.values()) for packets in seen.values()))
        self.expect("new sessions take the other tunnel while the active one is dead",
                    all("none" not in (packets.before, packets.meanwhile) and packets.meanwhile != packets.before for packets in seen.values()))
        self.expect("and the first one afterwards", all(packets.afterwards == packets.before for packets in seen.values()))

    def again(self) -> None:
        heading("5  The same run again", "--diff")
        before = [pair.candidate() for pair in self.pairs]
        run = self.run("--diff")
        self.expect_success(run)
        self.expect("unchanged", not run.changed, [f"{task.host}: {task.task}" for task in run.tasks if task.status == "changed"])
        self.expect("nothing was written, nothing committed", all(_writes(pair) == _commits(pair) == 0 for pair in self.pairs))
        self.expect("every candidate as before", before == [pair.candidate() for pair in self.pairs])

    def remove(self) -> None:
        heading("6  The removal: the state and the connection's id are all that it is told", "--diff", "removed.json")
        removal = self._inventory("removed.json", lambda pair: {
            "aws_pairing_state": "absent", "aws_pairing_connection_id": pair.vpn, "aws_pairing_vsys": pair.choice.variables["aws_pairing_vsys"]})
        run = self.run("--diff", inventory=removal, progress=True)
        self.expect_success(run)
        for pair in self.pairs:
            for what, now in (("the candidate is back to the start", pair.candidate()), ("so is what runs", pair.running())):
                self.expect(f"{pair.name}: {what}", now == pair.start, _differences(pair.start, now))
        self.expect("and one more removal has nothing to do", not self.run(inventory=removal, quiet=True).changed)

    def secrecy(self) -> None:
        heading("7  Secrets")
        keys = {key for pair in self.pairs for key in _keys(pair)}
        leaked = sum(1 for key in keys if any(form in self.printed for form in _forms(key)))
        self.expect(f"none of {len(keys)} keys, nor a form of them, in {len(self.printed) // 1000} kB of output and task results", leaked == 0)

    # How a step runs.

    def run(self, *options: str, playbook: Any = PAIRING, inventory: pathlib.Path | None = None, progress: bool = False, quiet: bool = False) -> Run:
        """Run a playbook on the pairs' firewalls, with a line for each task, and for the commit's progress on request."""
        for pair in self.pairs:
            pair.emulator.control.reset_requests()
        teller = Teller()
        with ExitStack() as stack:
            if progress:
                stack.enter_context(Progress(self.pairs))
            run = self.workplace.run(playbook, inventory or self.inventory, *ALL_HOSTS, *options, each_line=None if quiet else teller.tell)
        self.printed += run.output + json.dumps([task.result for task in run.tasks], ensure_ascii=False)
        say(f"({run.seconds:.1f} s)")
        return run

    def expect_success(self, run: Run) -> None:
        self.expect("ansible-playbook ends well", run.status == 0,
                    [f"{task.host}: {task.task}: {task.result.get('msg')}" for task in run.tasks if task.status in ("failed", "unreachable")]
                    or run.output.splitlines()[-10:])


class Teller:
    """Follows the output of ansible-playbook and tells each task's outcomes, one line each."""

    def __init__(self) -> None:
        self.task = ""
        self.outcomes: dict[str, list[str]] = {}

    def tell(self, line: str) -> None:
        outcome, found, rest = line.partition(": [")
        if line.startswith(("TASK [", "PLAY ")):
            self._tell_task()
            self.task = line.partition("[")[2].rpartition("]")[0].removeprefix(ROLE).partition(" - ")[0]
        elif found and outcome in ("ok", "changed", "fatal"):
            hosts, host = self.outcomes.setdefault(outcome, []), rest.partition("]")[0]
            hosts += [host] if host not in hosts else []
        elif line.startswith(("[WARNING]", "[DEPRECATION WARNING]")):
            say(line)

    def _tell_task(self) -> None:
        for outcome, hosts in self.outcomes.items():
            say(f"{outcome:<7}  {self.task}: {', '.join(sorted(hosts))}")
        self.outcomes = {}


class Progress:
    """Tells how far the commit jobs of the firewalls are, while it is entered."""

    def __init__(self, pairs: list[Pair]) -> None:
        self.pairs = pairs
        self.old = {(pair.name, job.number) for pair in pairs for job in _jobs(pair)}
        self.told: dict[tuple[str, int], str] = {}
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Progress:
        self.thread.start()
        return self

    def __exit__(self, *dummy: Any) -> None:
        self.over.set()
        self.thread.join()
        self._look()

    def _watch(self) -> None:
        while not self.over.wait(0.1):
            self._look()

    def _look(self) -> None:
        for pair in self.pairs:
            for job in _jobs(pair):
                key = (pair.name, job.number)
                text = f"{job.progress // 25 * 25} %" if job.outcome is None else "; ".join(job.outcome.lines + job.outcome.warnings)
                if key not in self.old and self.told.get(key) != text:
                    self.told[key] = text
                    say(f"{pair.name}  commit job {job.number}: {text}")


def _jobs(pair: Pair) -> list[Any]:
    firewall = pair.emulator.firewall
    with firewall.lock:
        return firewall.jobs.all()


# What a run did.

def _configured(run: Run, pair: Pair) -> dict[str, Any]:
    """What the task that configures returned."""
    return next((task.result for task in run.of("site_to_site_vpn") if task.host == pair.name), {})


def _diff(run: Run, pair: Pair) -> list[str]:
    """Lines that went with a minus, and lines that came with a plus."""
    diff = _configured(run, pair).get("diff") or {"before": "", "after": ""}
    before, after = diff["before"].splitlines(), diff["after"].splitlines()
    return [f"- {line}" for line in before if line not in after] + [f"+ {line}" for line in after if line not in before]


def _without_marks(lines: list[str]) -> list[str]:
    """Lines of a diff without what stands for a secret: that tells equal from different within one run only."""
    return [re.sub(r"\(secret \w+\)", "(secret)", line) for line in lines]


def _writes(pair: Pair) -> int:
    return sum(1 for entry in pair.emulator.control.requests() if entry["action"] in ("multi-config", "set", "edit", "delete", "move"))


def _commits(pair: Pair) -> int:
    return sum(1 for entry in pair.emulator.control.requests() if entry["type"] == "commit")


def _differences(start: list[str], now: list[str]) -> list[str]:
    return [f"- {line}" for line in start if line not in now] + [f"+ {line}" for line in now if line not in start]


def _healthy(answer: dict[str, Any]) -> bool:
    return bool(answer.get("healthy")) and len(answer["vpn"]["state"]["tunnels"]) == 2


# What stands, as rows of a table.

def _tunnel_rows(pair: Pair, answer: dict[str, Any]) -> Iterable[tuple[str, ...]]:
    vpn = answer.get("vpn", {})
    interfaces = {interface["name"]: interface for interface in vpn.get("interfaces", ())}
    peers = {gateway["name"]: gateway.get("peer_address", {}).get("ip", "") for gateway in vpn.get("gateways", ())}
    states = {state["name"]: state for state in vpn.get("state", {}).get("tunnels", ())}
    for tunnel in vpn.get("tunnels", ()):
        interface, state = interfaces.get(tunnel["tunnel_interface"], {}), states.get(tunnel["name"], {})
        flow = (state.get("flows") or [{}])[0]
        yield (pair.name, tunnel["name"], tunnel["tunnel_interface"], interface.get("zone", ""), " ".join(interface.get("ip", ())),
               " ".join(peers.get(gateway, "") for gateway in tunnel["ike_gateways"]), _up(state.get("ike_sas")), _up(state.get("ipsec_sas")),
               flow.get("state", "none"), flow.get("monitor", "none"))


def _up(associations: list[Any] | None) -> str:
    return "up" if associations else "none"


def _rule_rows(pair: Pair, answer: dict[str, Any]) -> list[tuple[str, ...]]:
    return [(pair.name, rule["name"], rule.get("state", ""), rule.get("egress_interface", ""), rule.get("nexthop", ""))
            for rule in answer.get("vpn", {}).get("state", {}).get("pbf_rules", ())]


def _peer_rows(pair: Pair, answer: dict[str, Any]) -> list[tuple[str, ...]]:
    return [(pair.name, peer["name"], peer.get("state", ""), str(peer.get("remote_as", "")), peer.get("peer_address", ""))
            for peer in answer.get("vpn", {}).get("state", {}).get("bgp_peers", ())]


# Secrets.

def _keys(pair: Pair) -> Iterable[str]:
    """All that must not be printed: AWS's keys, the key of the API, and the forms in which the firewall stored keys."""
    yield from (tunnel.pre_shared_key for tunnel in pair.profile.tunnels if tunnel.pre_shared_key)
    yield pair.emulator.api_key
    root = ET.fromstring(pair.emulator.control.candidate())
    yield from (key.text for key in root.iterfind(".//pre-shared-key/key") if key.text)


def _forms(key: str) -> set[str]:
    """A key as it is, and as XML, URL, JSON, Python, base64 or hexadecimal digits would write it."""
    raw = key.encode()
    return {
        key, escape(key), escape(key, {'"': "&quot;", "'": "&apos;"}), json.dumps(key)[1:-1], repr(key)[1:-1],
        urllib.parse.quote(key), urllib.parse.quote_plus(key), urllib.parse.quote(key, safe=""),
        base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode(), raw.hex(), raw.hex().upper(),
    }


# What it prints.

def heading(text: str, options: str = "", inventory: str = "inventory.json") -> None:
    print(f"\n{text}", flush=True)
    if options:
        say(f"$ ansible-playbook {PAIRING} -i {inventory} {' '.join(ALL_HOSTS)} {options}")


def say(text: str) -> None:
    print(f"   {text}", flush=True)


def table(titles: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    """Columns as wide as they need. Nothing where there are no rows."""
    if rows:
        widths = [max(map(len, column)) for column in zip(titles, *rows)]
        for row in [titles, *rows]:
            say("  ".join(text.ljust(width) for text, width in zip(row, widths)).rstrip())


# What it is started with.

def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__.partition("\n")[0])
    parser.add_argument("--connection", type=pathlib.Path, help="what 'aws ec2 describe-vpn-connections' prints; else two samples")
    parser.add_argument("--failover", choices=sorted(SAMPLES), help="what the connection is used with; its routing has to be of that kind")
    parser.add_argument("--config", type=pathlib.Path, help="exported configuration that the firewall starts with")
    parser.add_argument("--vars", default="", help="variables of the role: 'aws_pairing_zone=vpn aws_pairing_source_zones=[office]'")
    return parser.parse_args()


def variables(text: str) -> dict[str, Any]:
    """``name=value name=value`` as a dictionary. Raises ValueError."""
    found = {}
    for word in shlex.split(text):
        name, separator, value = word.partition("=")
        if not separator:
            raise ValueError(f"VARS: {word!r} is not of the form name=value")
        found[name] = yaml.safe_load(value)
    return found


def connections(given: argparse.Namespace) -> list[pathlib.Path]:
    if given.connection:
        return [given.connection]
    return [SAMPLES[given.failover]] if given.failover else list(SAMPLES.values())


def pair_of(path: pathlib.Path, given: argparse.Namespace, wanted: dict[str, Any]) -> Pair:
    """A firewall, not started, for one connection. Raises ValueError, NothingFits or PanosVpnError for what cannot be used."""
    profile = vpn_connection(path.read_text(encoding="utf-8"), wanted.get("aws_pairing_connection_id", ""))
    name = f"fw-{profile.routing}"
    config = given.config.read_text(encoding="utf-8") if given.config else None
    sample = ET.tostring(Emulator().firewall.running.root, encoding="unicode")
    choice = choose(config or sample, profile.tunnels[0].customer_outside_address, wanted)
    emulator = Emulator(choice.version, choice.engine, config, name)
    return Pair(name, path, profile, given.failover or FAILOVER[profile.routing], choice, emulator)


def introduce(pairs: list[Pair], config: pathlib.Path | None, planes: dict[str, Any]) -> None:
    print("Emulated firewalls, each to be paired with its AWS VPN connection. No real firewall and no AWS account is involved.")
    for pair in pairs:
        firewall = pair.emulator.firewall
        say(f"{pair.name}: PAN-OS {firewall.sw_version}, {firewall.engine}, {config or 'sample configuration'}, {pair.emulator.url}")
        for reason in pair.choice.reasons:
            say(f"    {reason}")
        if pair.name in planes:
            say(f"    real tunnels: strongSwan and BIRD make true what is committed, and AWS's side is built from {pair.connection.name}")
        for name, value in pair.variables.items():
            say(f"    {name}: {value if isinstance(value, str) else json.dumps(value)}")


def main() -> int:
    given = arguments()
    signal.signal(signal.SIGTERM, lambda *dummy: sys.exit(143))
    started = time.monotonic()
    with ExitStack() as stack:
        try:
            wanted = variables(given.vars)
            pairs = [pair_of(path, given, wanted) for path in connections(given)]
        except (OSError, ValueError, NothingFits, PanosVpnError) as error:
            sys.exit(f"The demo cannot start: {error}")
        for pair in pairs:
            stack.enter_context(pair.emulator).control.commit_duration(COMMIT_SECONDS)
            pair.start = pair.candidate()
            if pair.choice.learns:
                expected = pair.profile.tunnels[0].customer_outside_address
                pair.emulator.control.set_interface_address(pair.choice.learns, f"{expected}/24")
        notes: list[str] = []
        planes = labs(pairs, stack, notes.append)
        for pair in pairs:
            if pair.name in planes and pair.failover == "pbf":
                pair.choice.variables.setdefault("aws_pairing_monitor_threshold", THRESHOLD)
        introduce(pairs, given.config, planes)
        for note in notes:
            say(note)
        failed = Demo(Workplace(stack.enter_context(tempfile.TemporaryDirectory())), pairs, planes).play()
    print(f"\n{'All expectations hold' if not failed else 'These expectations FAILED'}  ({time.monotonic() - started:.0f} s)", flush=True)
    for what in failed:
        say(what)
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
    except PlaybookFailed as failure:
        sys.exit(f"\n{failure}")
