# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""config_revert beside other VPNs that have come to use what is taken back: they go on as they are, and the last of them leaves the firewall as it was."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import config_revert
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.pairing import VpnDoor
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.test_site_to_site_vpn_transitions import (
    BASE, BGP, ECMP, FIREWALLS, PBF, firewall, standing, tunnel,
)

SECOND = [tunnel(number, inside_cidr=f"169.254.3{number}.0/30", inside_address=f"169.254.3{number}.2", inside_peer_address=f"169.254.3{number}.1")
          for number in (5, 6)]


def hub(how: dict, **more) -> dict:
    return {**BASE, **how, **more}


def branch(how: dict, **more) -> dict:
    return {**BASE, "name": "branch", "tunnels": SECOND, "remote_networks": ["10.201.0.0/16"], **how, **more}


def made(options: dict, journal: bool = True) -> tuple[str, dict, bool]:
    """A run that writes and commits, with a journal or verified before."""
    return "made", options, journal


def reverted(name: str) -> tuple[str, dict, bool]:
    return "reverted", {"name": name}, True


def removed(name: str) -> tuple[str, dict, bool]:
    return "made", {"name": name, "state": "absent"}, False


HISTORIES = {
    "one that has been in another zone meanwhile": [
        made(hub(PBF)), made(branch(PBF)), made(hub(PBF, zone="other")), made(hub(PBF)), reverted("hub"), reverted("branch")],
    "one that was changed since the other came": [made(hub(PBF)), made(branch(PBF)), made(hub(PBF, mtu=1300)), reverted("hub"), reverted("branch")],
    "the one that made zone and BGP goes first": [made(hub(BGP)), made(branch(BGP)), reverted("hub"), reverted("branch")],
    "the one that turned on ECMP goes first": [made(hub(ECMP)), made(branch(ECMP)), reverted("hub"), removed("branch")],
    "a zone that the other's rules name": [
        made(hub(PBF)), made(branch(PBF, zone="other", source_zones=["trust", "sites"])), reverted("hub"), reverted("branch")],
    "BGP that came with a change": [
        made(hub(PBF), False), made(hub(ECMP)), made(branch(BGP, zone="other")), reverted("hub"), removed("hub"), removed("branch")],
    "BGP where empty containers were left, joined, and changed again": [
        made(branch(BGP), False), removed("branch"), made(branch(BGP)), made(hub(BGP, zone="other")), made(branch(BGP, mtu=1300)),
        reverted("branch"), removed("hub")],
    "a zone that was handed over to one that was changed since": [
        made(hub(PBF, zone="other"), False), made(branch(PBF, zone="other")), made(hub(PBF)),
        made(branch(PBF, zone="other", remote_networks=["10.202.0.0/16"])), reverted("hub"), removed("hub"), reverted("branch")],
    "what was handed over goes with a new one": [made(branch(BGP), False), made(hub(BGP)), removed("branch"), made(hub(BGP, mtu=1300)), reverted("hub")],
    "what was handed over stays with one that was changed": [
        made(branch(BGP), False), made(hub(BGP), False), made(hub(BGP, mtu=1300)), removed("branch"), reverted("hub"), removed("hub")],
}

# Those of which each way of sharing, and each way of going, is one.
THE_LAST_ONE_LEFT = ("one that has been in another zone meanwhile", "the one that made zone and BGP goes first", "the one that turned on ECMP goes first")


@pytest.mark.parametrize("name, on", [(name, FIREWALLS[number % 2]) for number, name in enumerate(HISTORIES)], ids=list(HISTORIES))
def test_others_go_on_and_the_last_leaves_the_firewall_as_it_was(firewalls, tmp_path, name, on):
    door = firewall(firewalls, *on)
    door.control.commit_duration(0)
    start, there = standing(door), {}
    for what, options, noted in HISTORIES[name]:
        more = {"commit": True, "commit_poll": 0.05, **({"journal": str(tmp_path)} if noted else {})}
        before = dict(there)
        if what == "made":
            door.done(options, **more)
            there[options["name"]] = options
        else:
            _taken_back(door, options, more)
        if what == "reverted" or options.get("state") == "absent":
            there.pop(options["name"])
            others = [other for other in before if other != options["name"]]
            assert [other for other in others if door.done(before[other]).changed] == []
    assert standing(door) == start


def _taken_back(door: VpnDoor, options: dict, more: dict) -> None:
    checked = door.done(options, check=True, module=config_revert, **more)
    done = door.done(options, module=config_revert, **more)
    assert (checked.changed, checked.diff, checked.values["left"]) == (done.changed, done.diff, done.values["left"])
    others = {f"VPN '{other}' has come to use it, and takes it along when it goes" for other in {"hub", "branch"} - {options["name"]}}
    assert {left["reason"] for left in done.values["left"]} <= others
