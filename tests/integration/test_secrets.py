# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A pre-shared key appears nowhere in what a run prints, in no form, whether it goes well or not."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.secrets import printable_forms
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.connections import IDS, KEYS, STATIC, paired, removed
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.playbook_run import Run, pairing, play, trial

# All that XML, JSON, URLs, Python and the shell treat in ways of their own.
ODD = "odd&key<with>\"every\\quote'\\n%20+and/more="
OTHER = "Other.Key_of.AWS_1ength32.abcdef"


def spoiled(old: str, new: str) -> str:
    """The static connection's text with a part exchanged."""
    return STATIC.read_text(encoding="utf-8").replace(old, new)


def gateway(**more) -> dict:
    return {"tunnelsmith.panos_vpn.ike_gateway": {
        "name": "odd", "pre_shared_key": ODD, "version": "ikev2", "peer_address": {"ip": "203.0.113.99"},
        "local_address": {"interface": "ethernet1/8"}, **more}}


def direct(name: str, **more) -> dict:
    """The module without the role, which lets any key pass."""
    return {
        "tunnelsmith.panos_vpn.site_to_site_vpn": {
            "name": name, "tunnels": "{{ found.tunnels }}", "pre_shared_keys": [ODD, ODD], "failover": "pbf", "outside_interface": "ethernet1/8",
            "zone": "aws-vpn", "source_zones": ["trust"], "local_networks": ["10.10.0.0/24"], "remote_networks": ["10.200.0.0/16"], **more},
        "vars": {"found": f"{{{{ lookup('ansible.builtin.file', '{STATIC}') | tunnelsmith.panos_vpn.aws_vpn_connection }}}}"},
    }


SUCCESS = play(
    pairing(**paired("pbf")), pairing(**paired("pbf", aws_pairing_pre_shared_keys=[OTHER, ""])), pairing(**removed("pbf")),
    gateway(), gateway(update_secret="always"), direct("odd-vpn"),
)
REFUSED_INPUT = play(
    trial("An option that does not exist", gateway(versoin="ikev2")),
    trial("An option of another type", gateway(ikev2={"dpd": {"interval": "often"}})),
    trial("A name that is too long", gateway(name="odd" * 40)),
    trial("A key that AWS does not take", pairing(**paired("pbf", aws_pairing_pre_shared_keys=[ODD, ODD]))),
    trial("Keys for three tunnels", pairing(**paired("pbf", aws_pairing_pre_shared_keys=[OTHER, OTHER, OTHER]))),
    trial("Keys in a dictionary", pairing(**paired("pbf", aws_pairing_pre_shared_keys={"first": OTHER, "second": ODD}))),
    trial("A connection that is not there yet, as text", pairing(**paired("pbf", aws_pairing_connection=spoiled("available", "pending")))),
    trial("A connection that is not there yet, as data", pairing(**paired("pbf", aws_pairing_connection=json.loads(spoiled("available", "pending"))))),
    trial("Broken JSON", pairing(**paired("pbf", aws_pairing_connection=spoiled('"State"', "State")))),
    trial("Broken XML", pairing(**paired("pbf", aws_pairing_connection=spoiled("</pre_shared_key>", "")))),
    trial("A failover that does not exist", pairing(**paired("pbf", aws_pairing_failover="vrrp"))),
    trial("The other failover", pairing(**paired("pbf", aws_pairing_failover="bgp"))),
    trial("A zone that is not there", pairing(**paired("pbf", aws_pairing_source_zones=["nowhere"]))),
    trial("An option of the whole VPN that does not exist", direct("odd-vpn", failback=True)),
)
REFUSALS = 14


def secrets_of(firewall) -> set:
    """Every form of our keys, and what the firewall stores for them."""
    stored = {element.text for tree in (firewall.control.candidate(), firewall.control.running()) for element in ET.fromstring(tree).iter("key")}
    keys = {ODD, OTHER, *KEYS["pbf"], *KEYS["bgp"]}
    return {form for key in keys for form in printable_forms(key)} | {text for text in stored if text}


def leaks(run, firewall) -> list:
    text = run.everything()
    return sorted(form for form in secrets_of(firewall) if form in text)


def test_nothing_leaks_when_all_goes_well(playbooks, firewall):
    run = playbooks.run(firewall, SUCCESS, "-vvvv", "--diff")
    assert run.status == 0, run.output[-3000:]
    assert leaks(run, firewall) == []


def test_nothing_leaks_when_the_input_is_refused(playbooks, firewall):
    start = firewall.control.candidate(marks=True)
    run = playbooks.run(firewall, REFUSED_INPUT, "-vvvv", "--diff")
    assert run.status == 0, run.output[-3000:]
    assert len(run.failures()) == REFUSALS, [task.message for task in run.failures()]
    assert leaks(run, firewall) == []
    assert firewall.control.candidate(marks=True) == start


def test_nothing_leaks_when_the_firewall_refuses(playbooks, firewall):
    control = firewall.control
    write = {"type": "config", "action": "multi-config"}
    control.fault("operation_error", write, number=8, code=12, message="edit failed, pre-shared-key is invalid")
    control.fault("forbidden", {"type": "config", "action": "get"})
    control.fail_next_commit(["Commit failed"])
    attempt = trial("Pair", pairing(**paired("pbf", aws_pairing_lock_timeout=1)))
    run = playbooks.run(firewall, play(attempt, attempt, attempt, attempt), "-vvvv", "--diff")
    assert run.status == 0, run.output[-3000:]
    words = ("HTTP 403", "pre-shared-key is invalid", "Commit failed")
    messages = [task.message for task in run.failures()]
    assert len(messages) == len(words)
    assert [word for word, message in zip(words, messages) if word not in message] == [], messages
    assert IDS["pbf"] in control.running()
    assert leaks(run, firewall) == []


@pytest.mark.parametrize("arguments", [("--tags", "preflight"), ("--check", "--diff")], ids=["preflight alone", "check mode"])
def test_nothing_leaks_of_a_plan(playbooks, firewall, arguments):
    run = playbooks.run(firewall, play(pairing(**paired("bgp"))), "-vvvv", *arguments)
    assert run.status == 0, run.output[-3000:]
    assert leaks(run, firewall) == []


def test_a_leak_would_be_found(firewall):
    assert leaks(Run(0, f"the key is {KEYS['pbf'][0]}"), firewall) != []
