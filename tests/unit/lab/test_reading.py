# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""get reads the candidate, show the running configuration; the missing looks different in each."""

from __future__ import annotations

import pytest


def test_get_of_the_missing_succeeds_with_code_7(client, at):
    assert client.get(f"{at.units}/entry[@name='tunnel.99']").text == '<response status="success" code="7"><result/></response>'


def test_show_of_the_missing_is_an_error_without_code(client, at):
    reply = client.show(f"{at.units}/entry[@name='tunnel.99']")
    assert reply.text == '<response status="error"><msg><line>No such node</line></msg></response>'


def test_delete_of_the_missing_succeeds_with_code_7(client, at):
    reply = client.delete(f"{at.units}/entry[@name='tunnel.99']")
    assert reply.text == '<response status="success" code="7"><msg>Object doesn\'t exist</msg></response>'


def test_get_counts_its_nodes_and_returns_them_whole(client, at):
    result = client.get(f"{at.zones}/entry[@name='trust' or @name='dmz']").root.find("result")
    assert result.attrib == {"total-count": "2", "count": "2"}
    assert [node.get("name") for node in result] == ["trust", "dmz"]


def test_show_of_several_nodes_is_an_error(client, at):
    assert client.show(f"{at.zones}/entry").status == "error"


def test_show_reads_running_and_get_reads_the_candidate(client, at):
    unit = f"{at.units}/entry[@name='tunnel.5']"
    client.set(unit, "<comment>new</comment>")
    assert client.get(unit).code == "19"
    assert client.show(unit).status == "error"
    assert client.commit().findtext("result") == "OK"
    assert client.show(f"{unit}/comment").text == '<response status="success"><result><comment>new</comment></result></response>'


def test_candidate_marks_what_changed_and_running_does_not(client, at):
    unit = f"{at.units}/entry[@name='tunnel.5']"
    client.set(unit, "<comment>new</comment>")
    entry = client.get(unit).root.find("result/entry")
    assert set(entry.attrib) == set(entry[0].attrib) | {"name"} == {"name", "admin", "dirtyId", "time"}
    assert entry.get("admin") == "admin"
    client.commit()
    assert client.get(unit).root.find("result/entry").attrib == {"name": "tunnel.5"}
    assert client.show(unit).root.find("result/entry").attrib == {"name": "tunnel.5"}


@pytest.mark.parametrize(
    "xpath",
    [
        "/config/devices/entry[@name='localhost.localdomain']/network/",
        "/config/devices/entry[@name='unclosed]",
        "/config/devices/entry[",
        "/config/devices/entry]",
        "/config/devices|",
    ],
    ids=["trailing slash", "unclosed quote", "unclosed bracket", "unopened bracket", "union with nothing"],
)
def test_malformed_xpath_below_config_finds_nothing(client, xpath):
    assert client.get(xpath).verdict == ("success", "7")


@pytest.mark.parametrize("xpath", ["/operations", "devices", "/configuration"], ids=["elsewhere", "relative", "longer word"])
@pytest.mark.parametrize("action", ["get", "show", "set", "delete"])
def test_xpath_not_rooted_at_config_is_unauthorized(client, action, xpath):
    reply = client.call(type="config", action=action, xpath=xpath, element="<a/>")
    assert reply.text == '<response status="unauth" code="16"><msg><line>Unauthorized request</line></msg></response>'


def test_xpath_subset(client, at):
    client.set(f"{at.vsys}/tag", """<entry name="it's"><comments>quoted</comments></entry>""")
    assert client.names(f"""{at.vsys}/tag/entry[@name="it's"]""") == ["it's"]
    assert client.names(f"{at.device}//zone/entry[@name='dmz']") == ["dmz"]
    assert client.get(f"{at.imports}/member[text()='tunnel.7']").root.findtext("result/member") == "tunnel.7"
    assert set(client.names(f"{at.zones}/entry")) >= {"trust", "untrust"}


def test_union_is_answered_in_one_result_in_document_order_each_node_once(client, at):
    wanted = [f"{at.zones}/entry[@name='untrust']", f"{at.units}/entry[@name='tunnel.7']", f"{at.zones}/entry", f"{at.zones}/entry[@name='nosuch']"]
    result = client.get("|".join(wanted)).root.find("result")
    names = [node.get("name") for node in result]
    assert names == ["tunnel.7", *client.names(f"{at.zones}/entry")]
    assert result.attrib == {"total-count": str(len(names)), "count": str(len(names))}


def test_union_of_nothing_is_absent(client, at):
    assert client.get(f"{at.zones}/entry[@name='a'] | {at.zones}/entry[@name='b']").verdict == ("success", "7")


def test_names_are_read_as_bare_entries(client, at):
    result = client.get(f"{at.device}/vsys/entry/@name").text
    assert result == '<response status="success" code="19"><result total-count="1" count="1"><entry name="vsys1"/></result></response>'
    assert client.names(f"{at.zones}/entry/@name") == client.names(f"{at.zones}/entry")
    assert client.get(f"{at.security}/entry[@name='nosuch']/@name").verdict == ("success", "7")


def test_valid_xpath_that_is_not_known_is_refused_and_not_answered_as_absent(client, at):
    reply = client.get(f"{at.zones}/entry[id('x')]")
    assert (reply.status, reply.code) == ("error", "6")


def test_show_without_xpath_is_the_whole_active_configuration(client, firewall):
    reply = client.call(type="config", action="show")
    assert reply.text == f'<response status="success"><result>{firewall.control.running()}</result></response>'


def test_show_from_a_dot(client, at):
    dotted = client.show("." + f"{at.zones}/entry[@name='trust']"[len("/config"):])
    assert dotted.text == client.show(f"{at.zones}/entry[@name='trust']").text


def test_show_may_ask_for_text(client, at):
    assert client.show(f"{at.tunnels}/entry[@name='branch-7']/tunnel-interface/text()").root.findtext("result") == "tunnel.7"


def test_export_is_the_running_configuration_without_envelope(client, firewall):
    reply = client.call(type="export", category="configuration")
    assert reply.root.tag == "config"
    assert reply.text.endswith(firewall.control.running())


def test_export_without_category_is_refused_by_the_web_layer(client):
    reply = client.call(type="export")
    assert reply.http_status == 400
    assert reply.text == (
        "<response status = 'error' code = '400'><result><msg>Missing value for parameter \"category\".</msg></result></response>"
    )


def test_completion_follows_the_schema(client, at):
    reply = client.call(type="config", action="complete", xpath=f"{at.gateways}/entry[@name='branch-7']/peer-address")
    assert [each.get("value") for each in reply.root.iter("completion")] == ["ip", "fqdn", "dynamic"]
    names = client.call(type="config", action="complete", xpath=at.gateways).root.iter("completion")
    assert [each.get("value") for each in names] == ["branch-7"]


def test_completion_of_a_wrong_path(client, at):
    reply = client.call(type="config", action="complete", xpath=f"{at.gateways}/entry[@name='branch-7']/bogus")
    assert (reply.code, reply.message) == ("6", "Invalid sequence")
