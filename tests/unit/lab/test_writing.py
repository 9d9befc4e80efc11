# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""set merges, edit replaces, delete, move, rename, clone, override."""

from __future__ import annotations

from xml.sax.saxutils import escape

import pytest

OK = '<response status="success" code="20"><msg>command succeeded</msg></response>'


def members(client, xpath):
    return [node.text for node in client.get(f"{xpath}/member").root.find("result")]


def test_set_merges_and_never_removes(client, at):
    unit = f"{at.units}/entry[@name='tunnel.7']"
    assert client.set(unit, "<mtu>1300</mtu>").text == OK
    entry = client.get(unit).root.find("result/entry")
    assert entry.findtext("mtu") == "1300"
    assert entry.findtext("comment") == "branch 7, ask the branch team before touching"


def test_set_appends_members_and_ignores_duplicates(client, at):
    profile = f"{at.network}/ike/crypto-profiles/ike-crypto-profiles/entry[@name='default']"
    client.set(f"{profile}/encryption", "<member>aes-256-cbc</member><member>3des</member><member>aes-256-cbc</member>")
    assert members(client, f"{profile}/encryption") == ["aes-128-cbc", "3des", "aes-256-cbc"]


def test_set_creates_a_missing_path_and_merges_entries_by_name(client, at):
    assert client.set(at.gateways, "<entry name='gw'><comment>one</comment></entry>").text == OK
    assert client.set(f"{at.gateways}/entry[@name='gw']/peer-address", "<ip>203.0.113.9</ip>").text == OK
    assert client.set(at.gateways, "<entry name='gw'><ipv6>no</ipv6></entry>").text == OK
    entry = client.get(f"{at.gateways}/entry[@name='gw']").root.find("result/entry")
    assert [child.tag for child in entry] == ["comment", "peer-address", "ipv6"]


def test_edit_replaces(client, at):
    unit = f"{at.units}/entry[@name='tunnel.7']"
    assert client.edit(unit, "<entry name='tunnel.7'><mtu>1400</mtu></entry>").text == OK
    assert [child.tag for child in client.get(unit).root.find("result/entry")] == ["mtu"]


def test_edit_creates_what_is_missing(client, at):
    unit = f"{at.units}/entry[@name='tunnel.8']"
    assert client.edit(unit, "<entry name='tunnel.8'><mtu>1400</mtu></entry>").text == OK
    assert client.get(unit).code == "19"


@pytest.mark.parametrize(
    "element",
    ["<entry name='tunnel.8'/>", "<entry/>", "<units/>", "<entry name='tunnel.7'/><entry name='tunnel.7'/>", ""],
    ids=["other name", "no name", "other tag", "two roots", "empty"],
)
def test_edit_with_the_wrong_root_is_refused(client, firewall, at, element):
    before = firewall.control.candidate()
    reply = client.edit(f"{at.units}/entry[@name='tunnel.7']", element)
    assert reply.status == "error"
    assert firewall.control.candidate() == before


def test_uuid_of_a_rule_is_made_once_and_kept_by_edit(client, at):
    rule = f"{at.security}/entry[@name='new']"
    client.set(rule, "<action>allow</action>")
    uuid = client.get(rule).root.find("result/entry").get("uuid")
    client.edit(rule, "<entry name='new'><action>deny</action></entry>")
    assert uuid and client.get(rule).root.find("result/entry").get("uuid") == uuid


def test_delete_of_a_member(client, at):
    path = f"{at.network}/ike/crypto-profiles/ike-crypto-profiles/entry[@name='default']/encryption"
    assert client.delete(f"{path}/member[text()='3des']").text == OK
    assert members(client, path) == ["aes-128-cbc"]


def test_exclusive_choice_gives_way_to_the_later_branch(client, at):
    peer = f"{at.gateways}/entry[@name='branch-7']/peer-address"
    client.set(peer, "<fqdn>vpn.example.net</fqdn>")
    assert [child.tag for child in client.get(peer).root.find("result/peer-address")] == ["fqdn"]


def test_kind_of_next_hop_cannot_be_changed_by_set_before_12_1(client, at):
    route = f"{at.router}/routing-table/ip/static-route/entry[@name='labs']/nexthop"
    reply = client.set(route, "<discard/>")
    assert (reply.code, reply.message) == ("12", "Edit breaks config validity")
    assert client.edit(route, "<nexthop><discard/></nexthop>").text == OK


class TestMove:
    @pytest.mark.parametrize(
        ("where", "more", "expected"),
        [
            ("top", {}, ["d", "a", "b", "c"]),
            ("before", {"dst": "b"}, ["a", "d", "b", "c"]),
            ("after", {"dst": "a"}, ["a", "d", "b", "c"]),
            ("after", {"dst": "c"}, ["a", "b", "c", "d"]),
        ],
        ids=["top", "before", "after", "already there"],
    )
    def test_order(self, client, at, where, more, expected):
        rules = f"{at.vsys}/rulebase/pbf/rules"
        client.delete(f"{rules}/entry[@name='guest-dsl']")
        for name in "abcd":
            client.set(f"{rules}/entry[@name='{name}']", "<action><discard/></action>")
        assert client.move(f"{rules}/entry[@name='d']", where, **more).text == OK
        assert client.names(f"{rules}/entry") == expected

    def test_moving_the_first_rule_up_is_code_14(self, client, at):
        first = client.names(f"{at.security}/entry")[0]
        assert client.move(f"{at.security}/entry[@name='{first}']", "top").verdict == ("error", "14")

    @pytest.mark.parametrize(
        ("name", "where", "more"),
        [("nobody", "top", {}), ("deny the rest", "before", {"dst": "nobody"}), ("deny the rest", "sideways", {})],
        ids=["missing rule", "missing destination", "bad word"],
    )
    def test_refused(self, client, firewall, at, name, where, more):
        before = firewall.control.candidate()
        assert client.move(f"{at.security}/entry[@name='{name}']", where, **more).status == "error"
        assert firewall.control.candidate() == before


def test_rename_takes_the_references_along(client, at):
    gateway = f"{at.gateways}/entry[@name='branch-7']"
    assert client.call(type="config", action="rename", xpath=gateway, newname="branch-8").text == OK
    assert client.names(f"{at.tunnels}/entry[@name='branch-7']/auto-key/ike-gateway/entry") == ["branch-8"]
    assert client.commit().findtext("result") == "OK"
    assert client.show(f"{at.gateways}/entry[@name='branch-8']").status == "success"
    assert client.show(gateway).status == "error"


def test_rename_needs_a_new_name_that_is_free(client, at):
    gateway = f"{at.gateways}/entry[@name='branch-7']"
    assert client.call(type="config", action="rename", xpath=gateway).message == "Can rename only one obj at a time"
    assert "already in use" in client.call(type="config", action="rename", xpath=gateway, newname="branch-7").message


def test_clone(client, at):
    source = f"{at.security}/entry[@name='office to servers']"
    reply = client.call(type="config", action="clone", xpath=at.security, newname="copy", **{"from": source})
    assert reply.text == OK
    copy, original = (client.get(f"{at.security}/entry[@name='{name}']").root.find("result/entry") for name in ("copy", "office to servers"))
    assert [child.tag for child in copy] == [child.tag for child in original]
    assert copy.get("uuid") != original.get("uuid")


class TestTemplateOwned:
    ZONE = "<network><layer3/></network>"

    @pytest.fixture(autouse=True)
    def planted(self, firewall, at):
        firewall.control.plant(at.zones, f"<entry name='corp' ptpl='T' src='tpl'>{self.ZONE}</entry>")

    @pytest.mark.parametrize(
        ("action", "place", "element"),
        [
            ("set", "/entry[@name='corp']", "<enable-user-identification>yes</enable-user-identification>"),
            ("set", "", "<entry name='corp'><enable-user-identification>yes</enable-user-identification></entry>"),
            ("set", "/entry[@name='corp']/network", "<tunnel/>"),
            ("edit", "/entry[@name='corp']", "<entry name='corp'/>"),
            ("delete", "/entry[@name='corp']", ""),
        ],
        ids=["set inside", "set through the container", "set below", "edit", "delete"],
    )
    def test_refuses_writes(self, client, firewall, at, action, place, element):
        before = firewall.control.candidate(marks=True)
        reply = client.call(type="config", action=action, xpath=f"{at.zones}{place}", **({"element": element} if element else {}))
        assert (reply.code, reply.message) == ("13", f"{action} failed, may need to override template object corp first")
        assert firewall.control.candidate(marks=True) == before

    def test_override_replaces_locally_and_delete_restores(self, client, firewall, at):
        before = firewall.control.candidate()
        own = "<entry name='corp'><enable-user-identification>yes</enable-user-identification></entry>"
        assert client.call(type="config", action="override", xpath=at.zones, element=own).text == OK
        zone = f"{at.zones}/entry[@name='corp']"
        assert [child.tag for child in client.get(zone).root.find("result/entry")] == ["enable-user-identification"]
        assert client.set(zone, self.ZONE).text == OK
        assert client.delete(zone).text == OK
        assert firewall.control.candidate() == before

    def test_only_what_a_template_owns_can_be_overridden(self, client, at):
        reply = client.call(type="config", action="override", xpath=at.zones, element="<entry name='dmz'/>")
        assert reply.message == "Object cannot be overridden"


@pytest.mark.parametrize(
    ("parameters", "verdict"),
    [
        ({"action": "set", "element": "<a><b></a>"}, ("error", "18")),
        ({"action": "set", "element": "text"}, ("error", "18")),
        ({"action": "explode"}, ("error", "17")),
    ],
    ids=["not well-formed", "text only", "unknown action"],
)
def test_malformed_requests(client, at, parameters, verdict):
    assert client.call(type="config", xpath=at.zones, **parameters).verdict == verdict


@pytest.mark.parametrize("xpath", ["entry", "entry[@name='a' or @name='b']", "/entry[@name='a']"], ids=["any", "or", "anywhere"])
def test_write_to_more_than_one_place_is_refused(client, at, xpath):
    assert client.set(f"{at.zones}/{xpath}", "<network/>").status == "error"


@pytest.mark.parametrize("missing", ["xpath", "element", "action"])
def test_missing_parameter_is_refused_by_the_web_layer(client, at, missing):
    parameters = {"type": "config", "action": "set", "xpath": at.zones, "element": "<entry name='x'/>"}
    del parameters[missing]
    reply = client.call(**parameters)
    assert reply.http_status == 400
    assert f'Missing value for parameter "{missing}"' in reply.message


def test_what_is_not_described_is_stored_as_it_comes(client, at):
    client.set(f"{at.network}/qos/profile/entry[@name='mine']", "<anything><goes at='all'>here</goes></anything>")
    assert client.get(f"{at.network}/qos/profile/entry[@name='mine']/anything/goes").root.findtext("result/goes") == "here"


@pytest.mark.parametrize("text", ["a < b & c > d", "quotes ' and \"", "ümläut ✓", "back\\slash"], ids=["markup", "quotes", "unicode", "backslash"])
def test_text_comes_back_as_it_was(client, at, text):
    unit = f"{at.units}/entry[@name='tunnel.7']"
    client.set(unit, f"<comment>{escape(text)}</comment>")
    assert client.get(f"{unit}/comment").root.findtext("result/comment") == text
