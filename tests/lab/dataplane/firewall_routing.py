# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The routing daemons that a firewall can have: BIRD, or FRR where two implementations shall meet."""

from __future__ import annotations

import json
import pathlib
import re
import sys
from typing import Any

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane import frr_configuration, routing_configuration
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.enclave import Enclave, LabError, wait_until
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.frr_configuration import Unit
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.frr_vty import Vty, VtyError
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.prerequisites import FRR
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.routing_daemon import RoutingDaemon, Session
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.running import MAIN, Running

_VTY = pathlib.Path(__file__).with_name("frr_vty.py")


class BirdRouting(RoutingDaemon):
    """``kernel``: under which name the kernel keeps the routes of BGP."""

    kernel = "bird"
    _running = Running()

    def follow(self, running: Running) -> bool:
        """Whether anything had to be done."""
        self._running = running
        return self.configure(routing_configuration.render(running))

    def switches(self) -> dict[str, dict[str, list[str]]]:
        """For each static route and BGP session the commands that disable and enable it."""
        names = routing_configuration.switchable(self._running)
        return {name: {word: ["birdc", "-s", str(self.folder / "bird.ctl"), word, name] for word in ("disable", "enable")} for name in names}

    def meds(self, prefix: str) -> set[int]:
        """The MEDs of all routes of BGP to a prefix."""
        return {int(value) for value in re.findall(r"BGP\.med: (\d+)", self.command(f"show route all {prefix}"))}


class FrrRouting:
    """zebra, staticd and bgpd, with the methods of ``BirdRouting``."""

    kernel = "bgp"

    def __init__(self, enclave: Enclave, host: str) -> None:
        self.enclave = enclave
        self.host = host
        self.folder = enclave.folder / host / "frr"
        self._units: list[Unit] = []

    def follow(self, running: Running) -> bool:
        """Raises LabError where there is more than one router: FRR would want a device of the kernel's for each."""
        self._start()
        used = [router for router in running.routers if router.interfaces or router.table == MAIN]
        if len(used) > 1:
            raise LabError(f"with FRR there is one router here, and not {', '.join(router.name for router in used)}")
        wanted = [unit for router in used for unit in frr_configuration.render(router)]
        removed, added = frr_configuration.changes(self._units, wanted)
        for daemon in (frr_configuration.STATIC, frr_configuration.BGP):
            lines = [line for unit in removed if unit.daemon == daemon for line in unit.remove]
            lines += [line for unit in added if unit.daemon == daemon for line in unit.add]
            if lines:
                self._configure(daemon, lines)
        self._units = wanted
        return bool(removed or added)

    def switches(self) -> dict[str, dict[str, list[str]]]:
        found = {}
        for unit in self._units:
            if unit.switchable:
                call = [sys.executable, "-I", str(_VTY), str(self.folder / f"{unit.daemon}.vty")]
                off, on = frr_configuration.switch(unit)
                found[unit.name] = {"disable": [*call, *off], "enable": [*call, *on]}
        return found

    def meds(self, prefix: str) -> set[int]:
        try:
            paths = json.loads(self.command(f"show bgp ipv4 unicast {prefix} json")).get("paths", [])
        except LabError:
            return set()
        return {path["metric"] for path in paths if "metric" in path}

    def command(self, words: str) -> str:
        """bgpd's answer. Raises LabError when it cannot be reached or does not know the command."""
        try:
            with Vty(self.folder / "bgpd.vty") as vty:
                return vty.run(words)
        except (OSError, VtyError) as error:
            raise LabError(f"the routing daemon of {self.host} does not answer: {error}") from error

    def sessions(self) -> dict[str, Session]:
        try:
            peers = json.loads(self.command("show bgp neighbors json") or "{}")
        except LabError:
            return {}
        found = [_session(peer) for peer in peers.values() if isinstance(peer, dict) and "nbrDesc" in peer]
        return {session.name: session for session in found}

    def _start(self) -> None:
        if self.folder.exists():
            return
        for name in ("etc", "tmp"):
            (self.folder / name).mkdir(parents=True)
        # FRR insists on a user and groups of its own; inside the lab they are root under other names.
        for name, lines in (("passwd", "frr:x:0:0::/:/bin/false\n"), ("group", "frr:x:0:\nfrrvty:x:0:root,frr\n")):
            kept = [line for line in pathlib.Path("/etc", name).read_text(encoding="utf-8").splitlines(True) if not line.startswith("frr")]
            (self.folder / "etc" / name).write_text("".join(kept) + lines, encoding="utf-8")
        programs = []
        for program, more in (("zebra", "no zebra nexthop kernel enable\n"), ("staticd", ""), ("bgpd", "")):
            (self.folder / f"{program}.conf").write_text(f"log file {self.folder}/{program}.log informational\n{more}", encoding="utf-8")
            programs.append(f"{FRR}/{program} -d -u frr -g frr --vty_socket {self.folder} -z {self.folder}/zserv.api --limit-fds 512 "
                            f"-f {self.folder}/{program}.conf -i {self.folder}/{program}.pid </dev/null >>{self.folder}/out 2>&1")
        places = {"etc/passwd": "/etc/passwd", "etc/group": "/etc/group", "tmp": "/var/tmp"}
        mounts = " && ".join(f"mount --bind {self.folder}/{ours} {theirs}" for ours, theirs in places.items())
        together = " && ".join((mounts, *programs))
        self.enclave.run(f"unshare --mount --propagation private sh -c '{together}' || {{ cat {self.folder}/out; exit 1; }}", self.host)
        sockets = [self.folder / f"{program}.vty" for program in ("zebra", "staticd", "bgpd")]
        if not wait_until(lambda: all(socket.exists() for socket in sockets), 15):
            raise LabError(f"the routing daemons of {self.host} did not start: {(self.folder / 'out').read_text(encoding='utf-8')[-400:]}")

    def _configure(self, daemon: str, lines: list[str]) -> None:
        try:
            with Vty(self.folder / f"{daemon}.vty") as vty:
                vty.configure(lines)
        except (OSError, VtyError) as error:
            raise LabError(f"{daemon} of {self.host} refuses its configuration: {error}") from error


def _session(peer: dict[str, Any]) -> Session:
    family = peer.get("addressFamilyInfo", {}).get("ipv4Unicast", {})
    return Session(
        peer["nbrDesc"], peer.get("bgpState", "Idle"), family.get("acceptedPrefixCounter", 0), family.get("sentPrefixCounter", 0),
        peer.get("lastNotificationReason", ""), since=str(peer.get("bgpTimerUpEstablishedEpoch", "")),
    )


#: By the name under which one asks for them.
KINDS = {"bird": BirdRouting, "frr": FrrRouting}


def of_host(enclave: Enclave, host: str) -> BirdRouting | FrrRouting:
    """The routing of a firewall that somebody else started."""
    return (FrrRouting if (enclave.folder / host / "frr").exists() else BirdRouting)(enclave, host)
