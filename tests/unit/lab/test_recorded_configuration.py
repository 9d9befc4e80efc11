# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Recorded configuration entries are accepted by ``set`` at their place, with what they refer to made first, and read back equal."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import Emulator

DEVICE = "/config/devices/entry[@name='localhost.localdomain']"
TEMPLATE = f"{DEVICE}/template/entry[@name='flux-tpl']"
INSIDE = f"{TEMPLATE}/config/devices/entry[@name='localhost.localdomain']"
VSYS = f"{INSIDE}/vsys/entry[@name='vsys1']"
GROUP = f"{DEVICE}/device-group/entry[@name='flux-dg']"
WEB = "<entry name='flux-web-srv'><ip-netmask>10.20.20.10/32</ip-netmask></entry>"

#: File → (the parent at which it is set, what must be there first: (parent, element or file), …).
ENTRIES = {
    "panos/config/panorama-12.1/template.xml": (f"{DEVICE}/template", []),
    "panos/config/panorama-12.1/template_stack.xml": (f"{DEVICE}/template-stack", ["template.xml"]),
    "panos/config/panorama-12.1/device_group.xml": (f"{DEVICE}/device-group", []),
    "panos/config/panorama-12.1/template_interface.xml": (f"{INSIDE}/network/interface/ethernet", ["template.xml"]),
    "panos/config/panorama-12.1/template_vsys_import.xml": (f"{VSYS}/import/network", ["template.xml", "template_interface.xml"]),
    "panos/config/panorama-12.1/template_zone.xml": (
        f"{VSYS}/zone", ["template.xml", "template_interface.xml", "template_vsys_import.xml"]),
    "panos/config/panorama-12.1/template_virtual_router.xml": (
        f"{INSIDE}/network/virtual-router", ["template.xml", "template_interface.xml"]),
    "panos/config/panorama-12.1/dg_address.xml": (f"{GROUP}/address", ["device_group.xml"]),
    "panos/config/panorama-12.1/dg_security_rule.xml": (
        f"{GROUP}/pre-rulebase/security/rules", ["device_group.xml", (f"{GROUP}/address", WEB)]),
    "panorama/config.template.variables.xml": (TEMPLATE, ["template.xml"]),
    "panorama/config.template-stack.device-variables.xml": (
        f"{DEVICE}/template-stack",
        [(f"{DEVICE}/template", "<entry name='spoke'/>"),
         (f"{DEVICE}/template/entry[@name='spoke']/variable", "<entry name='$wan_ip'><type><ip-netmask>None</ip-netmask></type></entry>")]),
}


def text_of(path):
    return path.read_text(encoding="utf-8-sig").strip()


def plain(element):
    """Canonical text without the marks of a change."""
    for each in element.iter():
        for mark in ("admin", "dirtyId", "time", "uuid"):
            each.attrib.pop(mark, None)
    return ET.canonicalize(ET.tostring(element, encoding="unicode"), strip_text=True)


def prepare(client, folder, needs):
    for need in needs:
        parent, element = need if isinstance(need, tuple) else (ENTRIES[f"panos/config/panorama-12.1/{need}"][0], text_of(folder / need))
        assert client.set(parent, element).code == "20", need


@pytest.mark.parametrize("version", ["10.1", "11.1", "12.1"])
@pytest.mark.parametrize("name", ENTRIES)
def test_accepted_and_read_back_equal(shared_fixtures, client_of, version, name):
    parent, needs = ENTRIES[name]
    with Emulator(version=version, model="panorama") as panorama:
        panorama.control.commit_duration(0.01)
        client = client_of(panorama)
        prepare(client, shared_fixtures / "panos/config/panorama-12.1", needs)
        text = text_of(shared_fixtures / name)
        reply = client.set(parent, text)
        assert reply.code == "20", reply.text
        wanted = ET.fromstring(text)
        step = f"entry[@name='{wanted.get('name')}']" if wanted.tag == "entry" else wanted.tag
        assert plain(client.get(f"{parent}/{step}").root.find("result")[0]) == plain(wanted)
        assert client.commit().findtext("result") == "OK"


@pytest.mark.parametrize("name", [name for name, (dummy, needs) in ENTRIES.items() if "zone" in name or "router" in name])
def test_refused_before_what_it_refers_to(shared_fixtures, client_of, name):
    parent, dummy = ENTRIES[name]
    with Emulator(model="panorama") as panorama:
        client = client_of(panorama)
        prepare(client, shared_fixtures / "panos/config/panorama-12.1", ["template.xml"])
        reply = client.set(parent, text_of(shared_fixtures / name))
        assert (reply.code, "is not a valid reference" in reply.message) == ("12", True)


@pytest.mark.parametrize("version", ["10.1", "11.1", "12.1"])
def test_forwarding_rule_of_a_firewall(shared_fixtures, client_of, at, version):
    with Emulator(version=version) as firewall:
        firewall.control.commit_duration(0.01)
        client = client_of(firewall)
        client.delete(f"{at.vsys}/rulebase/pbf")
        client.set(f"{at.vsys}/address", "<entry name='client-2-address'><ip-netmask>10.10.0.77/32</ip-netmask></entry>")
        client.set(f"{at.network}/interface/ethernet", "<entry name='ethernet1/1'><layer3/></entry>")
        client.set(f"{at.zones}/entry[@name='external']/network", "<layer3/>")
        text = text_of(shared_fixtures / "panos/config/snippet-pbf-rule-5.0.xml")
        reply = client.set(f"{at.vsys}/rulebase", text)
        assert reply.code == "20", reply.text
        assert plain(client.get(f"{at.vsys}/rulebase/pbf").root.find("result")[0]) == plain(ET.fromstring(text))
        assert client.commit().findtext("result") == "OK"


@pytest.mark.parametrize("sample", ["push.device-group", "push.template", "push.template-stack", "commit.partial"])
def test_recorded_requests_are_understood(shared_fixtures, client_of, sample):
    """Names in the samples are replaced by those of the Panorama at hand."""
    samples = {each.get("name"): each[0] for each in ET.parse(shared_fixtures / "panorama/requests.xml").getroot()}
    command = ET.tostring(samples[sample], encoding="unicode")
    with Emulator(model="panorama") as panorama, Emulator(name="fw1") as firewall:
        panorama.manage(firewall, "branch-stack", "branches")
        for old, new in (("000000000000001", firewall.firewall.serial), ("DG1", "branches"), ("T1", "base"), ("S1", "branch-stack"),
                         ("svc-vpn", "admin")):
            command = command.replace(old, new)
        client = client_of(panorama)
        client.set(f"{DEVICE}/template/entry[@name='base']", "<description>changed</description>")
        action = {"action": "all"} if sample.startswith("push") else {}
        reply = client.call(type="commit", cmd=command, **action)
        assert reply.root.findtext("result/job"), reply.text


@pytest.mark.parametrize("sample", ["ha.state", "devices.all", "devices.connected", "devicegroups.one", "template-stack.one", "templates", "dg-hierarchy"])
def test_recorded_commands_are_understood(shared_fixtures, client_of, sample):
    samples = {each.get("name"): each[0] for each in ET.parse(shared_fixtures / "panorama/requests.xml").getroot()}
    with Emulator(model="panorama") as panorama:
        assert client_of(panorama).op(ET.tostring(samples[sample], encoding="unicode")).status == "success"
