# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Random requests: a refused one changes nothing, multi-config is all or nothing, commits lose nothing."""

from __future__ import annotations

import time
import xml.etree.ElementTree as ET
from xml.sax.saxutils import quoteattr

from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.dispatch import Api
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.firewall import Firewall
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.tree import render
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.request_log import Request

DEVICE = "/config/devices/entry[@name='localhost.localdomain']"
NETWORK, VSYS = f"{DEVICE}/network", f"{DEVICE}/vsys/entry[@name='vsys1']"
UNITS, RULES, GATEWAYS = f"{NETWORK}/interface/tunnel/units", f"{VSYS}/rulebase/security/rules", f"{NETWORK}/ike/gateway"
MEMBERS = f"{VSYS}/import/network/interface"

names = st.sampled_from(["tunnel.7", "tunnel.8", "tunnel.9"])
rules = st.sampled_from(["office to internet", "office to servers", "deny the rest", "new"])


@st.composite
def operations(draw):
    """(action, attributes, elements), about half of which the firewall refuses."""
    kind = draw(st.integers(0, 9))
    unit = f"{UNITS}/entry[@name='{draw(names)}']"
    if kind == 0:
        return "set", {"xpath": unit}, draw(st.sampled_from(["<mtu>1400</mtu>", "<comment>x</comment>", "<bogus/>", "<mtu>1</mtu><comment>y</comment>"]))
    if kind == 1:
        name = draw(names)
        return "edit", {"xpath": f"{UNITS}/entry[@name='{name}']"}, f"<entry name='{draw(names)}'><mtu>1300</mtu></entry>"
    if kind == 2:
        return "delete", {"xpath": draw(st.sampled_from([unit, f"{unit}/comment", f"{unit}/mtu", UNITS]))}, ""
    if kind == 3:
        return draw(st.sampled_from(["set", "edit"])), {"xpath": MEMBERS}, f"<member>{draw(names)}</member>"
    if kind == 4:
        return "delete", {"xpath": f"{MEMBERS}/member[text()='{draw(names)}']"}, ""
    if kind == 5:
        return "set", {"xpath": f"{VSYS}/zone/entry[@name='vpn']/network"}, draw(st.sampled_from(
            ["<layer3><member>tunnel.8</member></layer3>", "<tunnel/>", "<layer3><member>tunnel.9</member><member>none</member></layer3>"]))
    if kind == 6:
        return "move", {"xpath": f"{RULES}/entry[@name='{draw(rules)}']", "where": draw(st.sampled_from(["top", "bottom", "after", "before"])),
                        "dst": draw(rules)}, ""
    if kind == 7:
        return "rename", {"xpath": f"{GATEWAYS}/entry[@name='branch-7']", "newname": draw(st.sampled_from(["other", "branch-7", "x" * 64]))}, ""
    if kind == 8:
        return "set", {"xpath": f"{RULES}/entry[@name='{draw(rules)}']"}, "<description>d</description><tag><member>keep</member></tag>"
    return "set", {"xpath": f"{GATEWAYS}/entry[@name='branch-7']"}, draw(st.sampled_from(
        ["<peer-address><fqdn>a.example</fqdn></peer-address>", "<peer-address><ip>203.0.113.8</ip></peer-address>",
         "<authentication><pre-shared-key><key>k</key></pre-shared-key></authentication>"]))


class Device:
    def __init__(self):
        self.firewall = Firewall()
        self.firewall.commit_duration = 0
        self.api = Api(self.firewall)
        self.admins = {name: self.firewall.admins.of_key(self.firewall.admins.add(name, "x")) for name in ("one", "two")}

    def ask(self, admin="one", **parameters):
        return self.api.answer(Request(1, 1, "POST", parameters), self.admins[admin])

    def act(self, operation, admin="one"):
        action, attributes, elements = operation
        return self.ask(admin, type="config", action=action, element=elements or "<none/>", **attributes)

    def multi(self, wanted):
        texts = []
        for action, attributes, elements in wanted:
            inside = " ".join(f"{key}={quoteattr(value)}" for key, value in attributes.items())
            texts.append(f"<{action} {inside}>{elements}</{action}>")
        return self.ask(type="config", action="multi-config", element=f"<multi-config>{''.join(texts)}</multi-config>")

    def commit(self, admins=()):
        partial = "".join(f"<member>{name}</member>" for name in admins)
        command = f"<commit><partial><admin>{partial}</admin></partial></commit>" if admins else "<commit/>"
        answer = self.ask(type="commit", cmd=command)
        while self.firewall.jobs.busy:
            time.sleep(0.0005)
        if "There are no changes" in answer.body:
            return True
        return self.firewall.jobs.all()[0].outcome.succeeded

    @property
    def candidate(self):
        return render(self.firewall.candidate.tree.root, marks=True)

    @property
    def state(self):
        return self.candidate, [record.path for record in self.firewall.candidate.journal.records]

    @property
    def running(self):
        return render(self.firewall.running.root)


def unordered(text):
    def key(element):
        return element.tag, element.get("name") or "", element.text or "", sorted(key(child) for child in element)

    return key(ET.fromstring(text))


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.lists(operations(), max_size=8))
def test_a_refused_request_changes_nothing(wanted):
    device = Device()
    running = device.running
    for operation in wanted:
        before = device.state
        answer = device.act(operation)
        ET.fromstring(answer.body)
        if answer.status != "success" or answer.code == "7":
            assert device.state == before
    assert device.running == running


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.lists(operations(), min_size=1, max_size=8))
def test_multi_config_does_all_or_nothing(wanted):
    together, apart = Device(), Device()
    before = together.state
    answer = together.multi(wanted)
    alone = [apart.act(operation).status for operation in wanted]
    if answer.status == "success":
        assert "error" not in alone
        assert together.candidate == apart.candidate
    else:
        assert together.state == before
        inner = [child.get("status") for child in ET.fromstring(answer.body)]
        assert inner[-1] != "success" and set(inner[:-1]) <= {"success"}
        assert alone[:len(inner)] == inner


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.lists(operations(), max_size=8))
def test_after_a_commit_running_is_the_candidate(wanted):
    device = Device()
    for operation in wanted:
        device.act(operation)
    if device.commit():
        assert device.running == device.candidate
        assert len(device.firewall.candidate.journal) == 0
    else:
        assert device.running == Device().running


@settings(deadline=None, derandomize=True, max_examples=120)
@given(st.lists(st.tuples(operations(), st.sampled_from(["one", "two"])), max_size=10))
def test_two_partial_commits_are_as_good_as_one(wanted):
    device = Device()
    for operation, admin in wanted:
        device.act(operation, admin)
    candidate = render(device.firewall.candidate.tree.root)
    if device.commit(["one"]) and device.commit(["two"]):
        assert len(device.firewall.candidate.journal) == 0
        assert unordered(device.running) == unordered(candidate)
        assert device.candidate == candidate


@settings(deadline=None, derandomize=True, max_examples=80)
@given(st.lists(st.tuples(operations(), st.sampled_from(["one", "two"])), max_size=8))
def test_revert_brings_back_what_runs(wanted):
    device = Device()
    for operation, admin in wanted:
        device.act(operation, admin)
    for name in ("one", "two"):
        device.ask(type="op", cmd=f"<revert><config><partial><admin><member>{name}</member></admin></partial></config></revert>")
    assert unordered(render(device.firewall.candidate.tree.root)) == unordered(device.running)
