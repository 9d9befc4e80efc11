# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plays of paloaltonetworks.panos run whole against the emulated firewall, twice, on each release and routing engine.

``python tools/todays_collection.py FOLDER`` with the folder that holds ``ansible_collections/paloaltonetworks/panos``: an unpacked release or a checkout,
since it cannot be had from Python's package registry. The plays are a pairing with AWS by PBF, then BGP over its tunnels. What is wanted of the emulated
firewall: every task succeeds, the second run changes nothing, and no interface of others leaves the import list or its zone.
"""

from __future__ import annotations

import argparse
import os
import pathlib
import sys
import tempfile
import xml.etree.ElementTree as ET
from typing import Any, Sequence

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.aws.reader import vpn_connection
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import Tunnel
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.fit import fitted
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import Emulator

import bench_todays_collection as todays
from ansible_run import CONNECTIONS, Run, Workplace, provider

RELEASES = ("10.1", "10.2", "11.0", "11.1", "11.2", "12.1")
VIRTUAL, LOGICAL = "virtual-router", "logical-router"
LOCAL_NETWORK, REMOTE_NETWORK = "10.10.0.0/24", "10.200.0.0/16"
ROUTER_ID, LOCAL_AS = "198.51.100.10", "65000"
IMPORTED = f"{todays.VSYS}/import/network/interface"
ZONES = f"{todays.VSYS}/zone"


def pbf(tunnels: Sequence[Tunnel], engine: str) -> list[dict[str, Any]]:
    """The tasks that the benchmark measures; an interface names the kind of router that the firewall has."""
    play = todays.play(todays.steps(tunnels, LOCAL_NETWORK, REMOTE_NETWORK))
    for task in play[0]["tasks"]:
        options = task.get(f"{todays.NAME}.panos_tunnel")
        if options and engine == LOGICAL:
            options["lr_name"] = options.pop("vr_name")
    return play


def bgp(tunnels: Sequence[Tunnel], engine: str) -> list[dict[str, Any]]:
    wanted = _of_a_virtual_router(tunnels) if engine == VIRTUAL else _of_a_logical_router(tunnels)
    return todays.play([*wanted, todays.Step("panos_commit_firewall", {}, "", "")])


def _of_a_virtual_router(tunnels: Sequence[Tunnel]) -> list[todays.Step]:
    peers = [
        todays.Step("panos_bgp_peer", {
            "name": f"aws-{number}", "peer_group": "aws", "peer_as": str(tunnel.bgp.peer_as), "local_interface": f"tunnel.{10 + number}",
            "local_interface_ip": f"{tunnel.inside_address}/30", "peer_address_ip": tunnel.inside_peer_address, "connection_keep_alive_interval": 10,
            "connection_hold_time": 30,
        }, "", "")
        for number, tunnel in enumerate(tunnels, 1)
    ]
    return [
        todays.Step("panos_bgp", {"router_id": ROUTER_ID, "local_as": LOCAL_AS, "install_route": True}, "", ""),
        todays.Step("panos_redistribution", {"name": "to-aws", "priority": 10, "action": "redist", "filter_type": ["connect"]}, "", ""),
        todays.Step("panos_bgp_redistribute", {"name": "to-aws", "address_family_identifier": "ipv4"}, "", ""),
        todays.Step("panos_bgp_peer_group", {"name": "aws", "type": "ebgp", "export_nexthop": "resolve", "import_nexthop": "original"}, "", ""),
        *peers,
    ]


def _of_a_logical_router(tunnels: Sequence[Tunnel]) -> list[todays.Step]:
    """That collection has no modules for profiles and peers of a logical router: they are elements of the configuration."""
    profiles = f"{todays.NETWORK}/routing-profile/bgp"
    peers = "".join(
        f'<entry name="aws-{number}"><enable>yes</enable><peer-as>{tunnel.bgp.peer_as}</peer-as><local-address><interface>tunnel.{10 + number}</interface>'
        f"<ip>{tunnel.inside_address}/30</ip></local-address><peer-address><ip>{tunnel.inside_peer_address}</ip></peer-address></entry>"
        for number, tunnel in enumerate(tunnels, 1)
    )
    redistributed = "<ipv4><unicast><connected><enable>yes</enable></connected></unicast></ipv4>"
    return [
        _element(f"{profiles}/redistribution-profile", f'<entry name="to-aws">{redistributed}</entry>'),
        todays.Step("panos_logical_router_vrf", {
            "name": "default", "logical_router": "default", "bgp_enable": True, "bgp_router_id": ROUTER_ID, "bgp_local_as": LOCAL_AS,
            "bgp_install_route": True, "bgp_redistribution_profile_ipv4_unicast": "to-aws",
        }, "", ""),
        _element(f"{todays.NETWORK}/logical-router/entry[@name='default']/vrf/entry[@name='default']/bgp/peer-group",
                 f'<entry name="aws"><enable>yes</enable><type><ebgp/></type><peer>{peers}</peer></entry>'),
    ]


def _element(xpath: str, element: str) -> todays.Step:
    return todays.Step("panos_config_element", {"xpath": xpath, "element": element}, "", "")


class World:
    """One emulated firewall and what runs against it."""

    def __init__(self, workplace: Workplace, collections: pathlib.Path, emulator: Emulator) -> None:
        self.workplace = workplace
        self.collections = os.pathsep.join([str(collections), *(entry for entry in sys.path if entry)])
        self.emulator = emulator

    def run(self, play: list[dict[str, Any]]) -> Run:
        inventory = self.workplace.inventory({"fw1": {"panos_provider": provider(self.emulator)}})
        return self.workplace.run(self.workplace.write("play.yml", play), inventory, environment={"ANSIBLE_COLLECTIONS_PATH": self.collections})

    def memberships(self) -> set[tuple[str, str]]:
        """Interfaces with what they are in: the virtual system that imports them, and a zone."""
        imported = ET.fromstring(self.emulator.control.running(IMPORTED))
        found = {("vsys1", member.text or "") for member in imported}
        for zone in ET.fromstring(self.emulator.control.running(ZONES)):
            found |= {(zone.get("name") or "", member.text or "") for member in zone.iter("member")}
        return found


def report(words: str, run: Run) -> bool:
    """Print what a run did; whether all tasks succeeded."""
    asked = [task for task in run.tasks if task.module.startswith(f"{todays.NAME}.")]
    counts = {status: sum(task.status == status for task in asked) for status in ("changed", "ok", "failed")}
    print(f"{words}: {len(asked)} tasks, " + ", ".join(f"{count} {status}" for status, count in counts.items()))
    if run.status:
        print("\n".join(run.output.rstrip().splitlines()[-12:]))
    return run.status == 0


def tried(world: World, words: str, tunnels: Sequence[Tunnel], engine: str) -> bool:
    of_others, well = world.memberships(), True
    for job, play in (("PBF", pbf(tunnels, engine)), ("BGP", bgp(tunnels, engine))):
        well &= report(f"{words}, {job}, first", world.run(play))
        second = world.run(play)
        well &= report(f"{words}, {job}, second", second) and not second.changed
    gone = of_others - world.memberships()
    print(f"{words}: of {len(of_others)} interfaces that others had imported or in zones, {len(gone)} are gone")
    return well and not gone


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("collections", type=pathlib.Path, help="the folder that holds ansible_collections/paloaltonetworks/panos")
    parser.add_argument("--releases", nargs="+", default=RELEASES, choices=RELEASES)
    arguments = parser.parse_args()
    if not (arguments.collections / "ansible_collections" / "paloaltonetworks" / "panos" / "galaxy.yml").is_file():
        parser.error(f"{arguments.collections} has no ansible_collections/paloaltonetworks/panos")
    profile = fitted(vpn_connection((CONNECTIONS / "connection_bgp.json").read_text(encoding="utf-8")))
    outcomes = []
    with tempfile.TemporaryDirectory() as folder:
        for release in arguments.releases:
            for engine in (VIRTUAL,) if release == RELEASES[0] else (VIRTUAL, LOGICAL):
                with Emulator(version=release, engine=engine) as emulator:
                    emulator.control.commit_duration(0.1)
                    outcomes.append(tried(World(Workplace(folder), arguments.collections.resolve(), emulator), f"{release} {engine}", profile.tunnels, engine))
    print(f"{sum(outcomes)} of {len(outcomes)} worlds as wanted")
    sys.exit(not all(outcomes))


if __name__ == "__main__":
    main()
