# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Corners of move, rename, clone, override and complete; and that no request, however odd, goes unanswered."""

from __future__ import annotations

import itertools

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.dispatch import Api
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.firewall import Firewall
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.panorama import Panorama
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.request_log import Request


class TestMove:
    def test_member_of_an_ordered_list(self, client, at):
        profile = f"{at.network}/ike/crypto-profiles/ike-crypto-profiles/entry[@name='default']/encryption"
        assert client.move(f"{profile}/member[text()='3des']", "top").code == "20"
        assert [member.text for member in client.get(profile).root.iter("member")] == ["3des", "aes-128-cbc"]
        assert client.move(f"{profile}/member[text()='3des']", "after", dst="aes-128-cbc").code == "20"
        assert [member.text for member in client.get(profile).root.iter("member")] == ["aes-128-cbc", "3des"]

    @pytest.mark.parametrize(("where", "more"), [("after", {}), ("before", {"dst": "deny the rest"}), ("", {})],
                             ids=["no destination", "itself", "nowhere"])
    def test_incomplete(self, client, firewall, at, where, more):
        before = firewall.control.candidate()
        assert client.move(f"{at.security}/entry[@name='deny the rest']", where, **more).status == "error"
        assert firewall.control.candidate() == before

    def test_container_cannot_be_moved(self, client, at):
        assert client.move(at.security, "top").verdict == ("error", "13")

    def test_position_is_committed_and_reverted(self, client, firewall, at):
        before = client.names(f"{at.security}/entry")
        client.move(f"{at.security}/entry[@name='deny the rest']", "top")
        client.op("<revert><config/></revert>")
        assert client.names(f"{at.security}/entry") == before
        client.move(f"{at.security}/entry[@name='deny the rest']", "top")
        client.commit()
        assert firewall.control.running(at.security) == firewall.control.candidate(at.security)


class TestRename:
    def rename(self, client, xpath, name):
        return client.call(type="config", action="rename", xpath=xpath, newname=name)

    def test_rule_keeps_its_place_and_uuid(self, client, at):
        rules = f"{at.security}/entry"
        before = {entry.get("name"): entry.get("uuid") for entry in client.get(rules).root.find("result")}
        assert self.rename(client, f"{at.security}/entry[@name='office to servers']", "renamed").code == "20"
        after = {entry.get("name"): entry.get("uuid") for entry in client.get(rules).root.find("result")}
        assert list(after) == ["renamed" if name == "office to servers" else name for name in before]
        assert after["renamed"] == before["office to servers"]

    def test_address_in_rules_and_groups(self, client, firewall, at):
        client.set(f"{at.vsys}/address", "<entry name='old'><fqdn>a.example</fqdn></entry>")
        client.set(f"{at.vsys}/address-group/entry[@name='g']/static", "<member>old</member>")
        client.set(f"{at.security}/entry[@name='office to servers']/destination", "<member>old</member>")
        assert self.rename(client, f"{at.vsys}/address/entry[@name='old']", "new").code == "20"
        assert "<member>old</member>" not in firewall.control.candidate()
        assert firewall.control.candidate().count("<member>new</member>") == 2

    @pytest.mark.parametrize("name", ["x" * 64, ""], ids=["too long", "empty"])
    def test_illegal_name(self, client, at, name):
        assert self.rename(client, f"{at.zones}/entry[@name='trust']", name).code == "12"

    def test_missing_object(self, client, at):
        assert self.rename(client, f"{at.zones}/entry[@name='nobody']", "new").status == "error"


class TestClone:
    def clone(self, client, container, source, name):
        return client.call(type="config", action="clone", xpath=container, newname=name, **{"from": source})

    def test_into_another_list(self, client, at):
        client.set(f"{at.vsys}/address", "<entry name='web'><fqdn>a.example</fqdn></entry>")
        shared = "/config/shared/address"
        assert self.clone(client, shared, f"{at.vsys}/address/entry[@name='web']", "web-too").code == "20"
        assert client.get(f"{shared}/entry[@name='web-too']/fqdn").root.findtext("result/fqdn") == "a.example"

    @pytest.mark.parametrize(("source", "name"), [("nobody", "copy"), ("office to servers", "deny the rest"), ("office to servers", "")],
                             ids=["missing source", "name taken", "no name"])
    def test_refused(self, client, firewall, at, source, name):
        before = firewall.control.candidate()
        assert self.clone(client, at.security, f"{at.security}/entry[@name='{source}']", name).status == "error"
        assert firewall.control.candidate() == before


class TestCompletion:
    def offers(self, client, xpath):
        return [each.get("value") for each in client.call(type="config", action="complete", xpath=xpath).root.iter("completion")]

    def test_names_that_a_reference_may_take(self, client, at):
        profile = f"{at.gateways}/entry[@name='branch-7']/protocol/ikev1/ike-crypto-profile"
        assert self.offers(client, profile) == ["default", "Suite-B-GCM-128", "Suite-B-GCM-256"]
        assert "branch-7" in self.offers(client, f"{at.tunnels}/entry[@name='branch-7']/auto-key/ike-gateway")

    def test_words_of_the_version(self, client, at):
        assert self.offers(client, f"{at.tunnels}/entry[@name='branch-7']/ipsec-mode") == ["tunnel", "transport"]

    def test_operational_commands_have_none(self, client):
        reply = client.call(type="op", action="complete", cmd="<show/>")
        assert (reply.code, reply.message) == ("17", "No completions available")


DEVICE = "/config/devices/entry[@name='localhost.localdomain']"
VSYS = f"{DEVICE}/vsys/entry[@name='vsys1']"
RULES = f"{VSYS}/rulebase/security/rules"
ZONE = f"{VSYS}/zone/entry[@name='trust']"
XPATHS = (
    "", "/", "/conf", "/config", "/config/", "/config/*", "/config//entry", "/config/bogus", "/config/devices", DEVICE, f"{VSYS}/zone",
    f"{VSYS}/zone/entry", ZONE, f"{ZONE}/network/layer3", f"{ZONE}/network/layer3/member", f"{ZONE}/network/layer3/member[text()='ae1.10']",
    f"{VSYS}/zone/entry[@name='trust' or @name='dmz']", RULES, f"{RULES}/entry[@name='deny the rest']", f"{RULES}/entry[@name='nobody']",
    f"{DEVICE}/network/ike/gateway/entry[@name=\"it's\"]", f"{DEVICE}/network/ike/gateway/entry[@name='']", f"{DEVICE}/text()",
    "/config/devices/entry[2]", f"{DEVICE}/template/entry[@name='base']", f"{DEVICE}/template-stack/entry[@name='branch-stack']/devices",
)
ELEMENTS = (
    "<entry/>", "<entry name='x'/>", "<member>a</member>", "<member/>", "text", "<bogus/>", "<network><layer3/></network>", "<a><b>",
    "<member name='z'>q</member>", "<config/>", "<layer3><member>nobody</member></layer3>",
)
ARGUMENTS = (
    {}, {"where": "top"}, {"where": "after", "dst": "nobody"}, {"newname": "new"}, {"newname": "dmz"}, {"from": DEVICE, "newname": "n"},
    {"from": ZONE, "newname": "copy"}, {"from": "/nope", "newname": "copy"},
)


@pytest.mark.parametrize("action", [
    "get", "show", "set", "edit", "delete", "move", "rename", "clone", "override", "complete", "multi-move", "bogus",
])
@pytest.mark.parametrize("device", [Firewall, Panorama], ids=["firewall", "panorama"])
def test_every_request_has_an_answer(device, action):
    subject = device()
    api, admin = Api(subject), subject.admins.of_key(subject.admins.add("one", "x"))
    elements = ELEMENTS if action in ("set", "edit", "override") else ELEMENTS[:1]
    arguments = ARGUMENTS if action in ("move", "rename", "clone") else ARGUMENTS[:1]
    for xpath, element, more in itertools.product(XPATHS, elements, arguments):
        request = Request(1, 1, "POST", {"type": "config", "action": action, "xpath": xpath, "element": element, **more})
        assert api.answer(request, admin).status in ("success", "error", "unauth")
