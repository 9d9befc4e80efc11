# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever was written is taken back in an order that a firewall accepts which protects what is referred to, and nothing of it stays."""

from __future__ import annotations

import json
import random

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device import transaction
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.connection import Session
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.transport import Provider
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.inverse import inverse
from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import config_revert
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import NETWORK, VSYS, parsed
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.test_config_revert import lines
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.pairing import ENGINES, VpnDoor, changed_tunnels, name_of, options

# What may be asked for, option by option; of BGP alone where that is said.
CHANGES = {
    "zone": ["aws-vpn", "elsewhere", "trust"], "mtu": [None, 1300], "source_zones": [["trust"], ["trust", "dmz"]], "local_id": [None, "192.0.2.77"],
    "remote_networks": [["10.200.0.0/16"], ["10.201.0.0/16", "10.202.0.0/16"]], "security_rules": ["both", "none", "outbound"],
    "tunnel_interfaces": [None, ["tunnel.21", "tunnel.22"]], "primary_tunnel": [1, 2], "pre_shared_keys": [None, ["notReal.other1", "notReal.other2"]],
    "rule_position": [None, {"where": "top"}],
}
OF_BGP = {"local_preference": [None, [200, 100]], "as_path_prepend": [None, [0, 3]], "redistribute": ["connected", "static"], "router_id": [None, "192.0.2.9"]}


def asked(rng, failover) -> dict:
    """A VPN with some of its options as they fall."""
    choices = {**CHANGES, **(OF_BGP if failover == "bgp" else {"backup_routes": [None, True], "monitor_interval": [None, 9]})}
    picked = {option: rng.choice(values) for option, values in choices.items() if rng.random() < 0.5}
    if rng.random() < 0.25:
        picked["tunnels"] = changed_tunnels(failover, {})[:1]
        for option in ("tunnel_interfaces", "pre_shared_keys", "local_preference", "as_path_prepend"):
            picked.pop(option, None)
        picked["primary_tunnel"] = 1
    return options(failover, **picked)


def placed(text) -> set:
    return set(lines(parsed(text)))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("seed", range(12))
def test_random_changes_are_taken_back(firewalls, tmp_path, engine, seed):
    rng = random.Random(seed)
    failover = rng.choice(["pbf", "bgp"])
    door = VpnDoor(firewalls(engine=engine))
    door.control.commit_duration(0)
    if rng.random() < 0.6:
        _written(door, asked(rng, failover), rng)
        door.commit(door.done({**options(failover), "journal": None}))
    start = placed(door.control.candidate()), placed(door.control.running())
    written = 0
    for dummy in range(rng.randint(1, 3)):
        gone = rng.random() < 0.2
        wanted = {"name": name_of(failover), "state": "absent"} if gone else asked(rng, failover)
        written += _written(door, {**wanted, "journal": str(tmp_path)}, rng)
    if not noted(tmp_path):
        assert (placed(door.control.candidate()), placed(door.control.running())) == start or not written
        return
    result = door.run({"name": name_of(failover), "journal": str(tmp_path), "commit_poll": 0.05}, module=config_revert)
    assert not result.failed and result.values["left"] == [], (result.message, result.values.get("left"))
    assert placed(door.control.candidate()) ^ start[0] == set()
    assert placed(door.control.running()) ^ start[1] == set()
    assert not noted(tmp_path) and len(list(tmp_path.iterdir())) == bool(result.values["unproven"])


def noted(folder) -> list:
    """What the journal in a folder says is to be taken back; where that is nothing, it may remember what is to be negotiated."""
    return [difference for file in folder.glob("*.json") for difference in json.loads(file.read_text(encoding="utf-8"))["differences"]]


def _written(door, wanted, rng) -> bool:
    """Whether it could be; what is refused is another test's."""
    result = door.run(wanted)
    if not result.failed and rng.random() < 0.5:
        door.commit(result)
    return not result.failed and result.changed


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("failover", ["pbf", "bgp"])
@pytest.mark.parametrize("what", ["made", "changed", "removed"])
def test_as_far_as_a_write_came_it_is_undone(firewalls, monkeypatch, engine, failover, what):
    """The inverse of each beginning of a write is accepted, and leads to where it began."""
    door = VpnDoor(firewalls(engine=engine))
    if what != "made":
        door.committed(options(failover))
    sent = []
    send = transaction.send
    monkeypatch.setattr(transaction, "send", lambda session, operations, before, patience: sent.append((list(operations), before)))
    wanted = {"made": options(failover), "changed": asked(random.Random(5), failover), "removed": {"name": name_of(failover), "state": "absent"}}[what]
    assert door.done(wanted).changed
    (operations, before), = sent
    start = placed(door.control.candidate())
    with Session(Provider(**door.provider)) as session:
        for count in range(1, len(operations) + 1, 1 if len(operations) < 25 else 3):
            send(session, operations[:count], before)
            send(session, inverse(before, operations[:count]), before)
            assert placed(door.control.candidate()) ^ start == set(), count


def test_what_is_left_of_a_vpn_does_not_block_it(firewalls, tmp_path):
    """A rule of somebody else keeps the zone, and nothing else: the next run of the VPN takes up what is there."""
    door = VpnDoor(firewalls())
    door.commit(door.done({**options(), "journal": str(tmp_path)}))
    rule = f"{VSYS}/rulebase/security/rules/entry[@name='theirs']"
    door.control.edit_as("alice", "set", rule, "<from><member>aws-vpn</member></from><to><member>trust</member></to><source><member>any</member></source>"
                         "<destination><member>any</member></destination><application><member>any</member></application>"
                         "<service><member>any</member></service><action>deny</action>")
    assert door.run({"name": name_of("pbf"), "journal": str(tmp_path), "commit_poll": 0.05}, module=config_revert).values["left"]
    assert "tunnel.1" not in door.control.candidate(f"{NETWORK}/interface/tunnel/units")
    assert "tunnel" not in door.control.candidate(f"{VSYS}/zone/entry[@name='aws-vpn']")
    again = door.run({**options(), "journal": str(tmp_path)})
    assert not again.failed, again.message
    assert not door.done({**options(), "journal": str(tmp_path)}).changed
