# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the role refuses, with the words that tell what to set; nothing is written then."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.integration.connections import IDS, STATIC, paired, removed, writes
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.playbook_run import pairing, play, trial

NETWORK = "/config/devices/entry[@name='localhost.localdomain']/network"


def without(name: str) -> dict:
    return {option: value for option, value in paired("pbf").items() if option != name}


NARROWED = STATIC.read_text(encoding="utf-8").replace("0.0.0.0/0", "10.200.0.0/16")
# What is wrong → (the role's variables, words of the message). None of these asks the firewall.
BEFORE_THE_FIREWALL = {
    "no connection": (without("aws_pairing_connection"), "or set aws_pairing_connection_id"),
    "no failover": (without("aws_pairing_failover"), "aws_pairing_failover is not set"),
    "no outside interface": (without("aws_pairing_outside_interface"), "aws_pairing_outside_interface is not set"),
    "no zone": (without("aws_pairing_zone"), "aws_pairing_zone is not set"),
    "no source zones": (paired("pbf", aws_pairing_source_zones=[]), "aws_pairing_source_zones is not set"),
    "no local networks": (without("aws_pairing_local_networks"), "aws_pairing_local_networks is not set"),
    "no remote networks": (without("aws_pairing_remote_networks"), "aws_pairing_remote_networks is not set"),
    "nothing to take away": ({"aws_pairing_state": "absent"}, "aws_pairing_connection_id is not set; say which pairing is to go"),
    "an id that is none": (removed("pbf", aws_pairing_connection_id="vpn 1"), "aws_pairing_connection_id: 'vpn 1' is not the id of a VPN connection"),
    "an unknown failover": (paired("pbf", aws_pairing_failover="vrrp"), "must be one of: pbf, bgp"),
    "the failover of the other routing": (paired("pbf", aws_pairing_failover="bgp"), "use 'pbf'"),
    "another connection": (paired("pbf", aws_pairing_connection_id="vpn-0bbb"), "aws_pairing_connection_id: there is no VPN connection vpn-0bbb"),
    "AWS without its collection": (
        {**without("aws_pairing_connection"), "aws_pairing_connection_id": IDS["pbf"]}, "needs the collection amazon.aws"),
    "too few keys": (paired("pbf", aws_pairing_pre_shared_keys=["One.Key_of.AWS"]), "one per tunnel"),
    "a key that is too short": (paired("pbf", aws_pairing_pre_shared_keys=["short", ""]), "8 to 64 characters"),
    "a monitor address that is none": (
        paired("pbf", aws_pairing_monitor_addresses=["tunnel", ""], aws_pairing_connection=NARROWED), "'tunnel' does not appear to be an IPv4 or IPv6 address"),
}
ON_THE_FIREWALL = {
    "no such router": (paired("pbf", aws_pairing_virtual_router="edge"), "there is no virtual router 'edge'"),
    "a router of the other engine": (paired("pbf", aws_pairing_virtual_router="modern"), "configured for the other routing engine"),
    "no such interface": (paired("pbf", aws_pairing_outside_interface="ethernet1/48"), "no layer 3 interface ethernet1/48"),
    "no such source zone": (paired("pbf", aws_pairing_source_zones=["nowhere"]), "there is no zone 'nowhere'"),
    "an interface in use": (paired("pbf", aws_pairing_tunnel_interfaces=["tunnel.7", "tunnel.8"]), "tunnel.7 is used by"),
    "a network that overlaps": (paired("pbf", aws_pairing_remote_networks=["10.10.0.0/16"]), "overlaps the local network"),
    "everything": (paired("pbf", aws_pairing_remote_networks=["0.0.0.0/0"]), "allow_default_route"),
    "a place without a rule": (paired("pbf", aws_pairing_rule_position={"where": "before"}), "rule goes with where"),
}


def refusals(playbooks, firewall, cases):
    run = playbooks.run(firewall, play(*(trial(name, pairing(**variables)) for name, (variables, _words) in cases.items())))
    assert run.status == 0, run.output[-3000:]
    messages = [task.message + str(task.result.get("results", "")) for task in run.failures()]
    assert len(messages) == len(cases), messages
    return {name: message for (name, (_variables, words)), message in zip(cases.items(), messages) if words not in message}


def test_input_is_refused_before_the_firewall_is_asked(playbooks, firewall):
    assert refusals(playbooks, firewall, BEFORE_THE_FIREWALL) == {}
    assert firewall.control.requests() == []


def test_what_does_not_go_with_the_firewall_is_refused_before_any_write(playbooks, firewall):
    firewall.control.plant(f"{NETWORK}/logical-router", "<entry name='modern'><vrf><entry name='default'/></vrf></entry>")
    start = firewall.control.candidate(marks=True)
    assert refusals(playbooks, firewall, ON_THE_FIREWALL) == {}
    assert writes(firewall) == []
    assert firewall.control.candidate(marks=True) == start


@pytest.mark.parametrize("version", ["10.1", "11.1"])
def test_a_logical_router_that_does_not_run_is_refused(playbooks, firewalls, version):
    """10.1 has no such engine; on later versions it needs its setting and a reboot."""
    firewall = firewalls(version=version)
    firewall.control.set_engine_setting(True)
    run = playbooks.run(firewall, play(pairing(**paired("bgp"))))
    assert run.status != 0
    assert "reboot" in run.failures()[0].message
    assert writes(firewall) == []
