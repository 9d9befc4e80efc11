# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who refers to whom: checked at set time, at commit, or at deletion."""

from __future__ import annotations

import pytest


def error_lines(job):
    return [line.text for line in job.find("details")]


class TestSetTime:
    def test_zone_member_must_exist(self, client, at):
        reply = client.set(f"{at.zones}/entry[@name='vpn']/network/layer3", "<member>tunnel.9</member>")
        assert reply.verdict == ("error", "12")

    def test_zone_member_must_be_imported(self, client, at):
        client.set(f"{at.units}/entry[@name='tunnel.9']", "<mtu>1400</mtu>")
        reply = client.set(f"{at.zones}/entry[@name='vpn']", "<network><layer3><member>tunnel.9</member></layer3></network>")
        assert [line.text for line in reply.root.iter("line")] == [
            " vpn -> network -> layer3 'tunnel.9' is not a valid reference", " vpn -> network is invalid",
        ]
        assert client.get(f"{at.zones}/entry[@name='vpn']").code == "7"
        assert client.set(at.imports, "<member>tunnel.9</member>").status == "success"
        assert client.set(f"{at.zones}/entry[@name='vpn']/network/layer3", "<member>tunnel.9</member>").status == "success"

    def test_router_member_must_exist_but_need_not_be_imported(self, client, at):
        assert "is not a valid reference" in client.set(f"{at.router}/interface", "<member>tunnel.9</member>").message
        client.set(f"{at.units}/entry[@name='tunnel.9']", "<mtu>1400</mtu>")
        assert client.set(f"{at.router}/interface", "<member>tunnel.9</member>").status == "success"

    def test_imported_interface_must_exist(self, client, at):
        assert "is not a valid reference" in client.set(at.imports, "<member>tunnel.9</member>").message

    @pytest.mark.parametrize(
        ("place", "owner"),
        [
            ("vsys/entry[@name='vsys1']/zone/entry[@name='dmz']/network/layer3", "zone branch"),
            ("network/virtual-router/entry[@name='other']/interface", "virtual-router default"),
            ("vsys/entry[@name='vsys2']/import/network/interface", "vsys vsys1"),
        ],
        ids=["zone", "router", "vsys"],
    )
    def test_an_interface_has_one_owner(self, client, at, place, owner):
        assert f"is already used by {owner}" in client.set(f"{at.device}/{place}", "<member>tunnel.7</member>").message

    def test_within_one_multi_config_order_counts(self, client, at):
        unit = f"<set xpath=\"{at.units}/entry[@name='tunnel.9']\"><mtu>1400</mtu></set>"
        imported = f"<set xpath=\"{at.imports}\"><member>tunnel.9</member></set>"
        zone = f"<set xpath=\"{at.zones}/entry[@name='vpn']/network/layer3\"><member>tunnel.9</member></set>"
        assert client.multi(unit + zone + imported).code == "13"
        assert client.multi(unit + imported + zone).code == "20"

    def test_edit_of_a_list_accepts_what_was_in_it(self, client, firewall, at):
        firewall.control.plant(f"{at.zones}/entry[@name='dmz']/network/layer3", "<member>ethernet9/9</member>")
        zone = f"{at.zones}/entry[@name='dmz']/network/layer3"
        kept = "<layer3><member>ethernet1/2</member><member>ethernet9/9</member></layer3>"
        assert client.edit(zone, kept).status == "success"


class TestDeletion:
    @pytest.mark.parametrize(
        ("xpath", "referrers"),
        [
            ("network/ike/gateway/entry[@name='branch-7']", [" network -> tunnel -> ipsec -> branch-7 -> auto-key -> ike-gateway -> branch-7"]),
            ("network/ike/gateway", [" network -> tunnel -> ipsec -> branch-7 -> auto-key -> ike-gateway -> branch-7"]),
            ("network/profiles/zone-protection-profile/entry[@name='internet-edge']",
             [" vsys -> vsys1 -> zone -> untrust -> network -> zone-protection-profile"]),
            ("vsys/entry[@name='vsys1']/address/entry[@name='server-lan']",
             [" vsys -> vsys1 -> address-group -> inside -> static -> server-lan",
              " vsys -> vsys1 -> rulebase -> security -> rules -> office to servers -> destination -> server-lan"]),
        ],
        ids=["gateway of a tunnel", "container of a referenced object", "profile of a zone", "address in group and rule"],
    )
    def test_of_a_referenced_object_names_who_refers(self, client, firewall, at, xpath, referrers):
        before = firewall.control.candidate(marks=True)
        reply = client.delete(f"{at.device}/{xpath}")
        assert reply.verdict == ("error", "10")
        lines = list(reply.root.iter("line"))
        assert lines[0].text.endswith(" cannot be deleted because of references from:")
        assert sorted(line.text for line in lines[1:]) == sorted(referrers)
        assert firewall.control.candidate(marks=True) == before

    def test_wraps_the_name_in_cdata_as_captured(self, client, at):
        text = client.delete(f"{at.gateways}/entry[@name='branch-7']").text
        assert "<line> <![CDATA[ branch-7]]> cannot be deleted because of references from:</line>" in text

    def test_of_an_interface_that_is_imported_zoned_and_routed(self, client, at):
        reply = client.delete(f"{at.units}/entry[@name='tunnel.7']")
        places = " ".join(line.text for line in reply.root.iter("line"))
        for place in ("import -> network", "zone -> branch", "virtual-router -> default -> interface", "tunnel-interface", "static-route"):
            assert place in places

    def test_looks_at_the_candidate(self, client, at):
        client.delete(f"{at.tunnels}/entry[@name='branch-7']")
        assert client.delete(f"{at.gateways}/entry[@name='branch-7']").code == "20"

    def test_of_a_vsys_object_ignores_the_same_name_elsewhere(self, client, at):
        client.set("/config/shared/address/entry[@name='unused']", "<fqdn>x.example</fqdn>")
        assert client.delete("/config/shared/address/entry[@name='unused']").code == "20"


GATEWAY = (
    "<authentication><pre-shared-key><key>k</key></pre-shared-key></authentication>"
    "<local-address><interface>ethernet1/8</interface></local-address><peer-address><ip>203.0.113.9</ip></peer-address>"
)


class TestCommitTime:
    @pytest.mark.parametrize(
        ("place", "element", "line"),
        [
            ("network/ike/gateway/entry[@name='g']",
             GATEWAY + "<protocol><ikev1><ike-crypto-profile>none-such</ike-crypto-profile></ikev1></protocol>",
             " network -> ike -> gateway -> g -> protocol -> ikev1 -> ike-crypto-profile constraints failed : "
             "none-such crypto profile doesn't exist"),
            ("network/ike/gateway/entry[@name='g']", GATEWAY.replace("ethernet1/8", "ethernet1/99"),
             " network -> ike -> gateway -> g -> local-address -> interface 'ethernet1/99' is not a valid reference"),
            ("network/ike/gateway/entry[@name='g']", GATEWAY.replace("<ip>203.0.113.9</ip>", ""),
             " network -> ike -> gateway -> g -> peer-address is missing one of ip, fqdn or dynamic"),
            ("network/ike/gateway/entry[@name='g']", "<comment>bare</comment>",
             " network -> ike -> gateway -> g is missing 'authentication'"),
            ("network/tunnel/ipsec/entry[@name='t']",
             "<tunnel-interface>tunnel.7</tunnel-interface><auto-key><ike-gateway><entry name='none'/></ike-gateway></auto-key>",
             " network -> tunnel -> ipsec -> t -> auto-key -> ike-gateway 'none' is not a valid reference"),
            ("network/tunnel/ipsec/entry[@name='branch-7']", "<tunnel-monitor><proxy-id>p</proxy-id></tunnel-monitor>",
             " network -> tunnel -> ipsec -> branch-7 -> tunnel-monitor -> proxy-id 'p' is not a valid reference"),
            ("network/virtual-router/entry[@name='default']/routing-table/ip/static-route/entry[@name='r']",
             "<destination>10.99.0.0/16</destination><interface>tunnel.99</interface>",
             " network -> virtual-router -> default -> routing-table -> ip -> static-route -> r -> interface 'tunnel.99' "
             "is not a valid reference"),
            ("network/virtual-router/entry[@name='default']/routing-table/ip/static-route/entry[@name='r']",
             "<interface>tunnel.7</interface>",
             " network -> virtual-router -> default -> routing-table -> ip -> static-route -> r is missing 'destination'"),
            ("network/virtual-router/entry[@name='default']/routing-table/ip/static-route/entry[@name='r']",
             "<destination>10.70.0.0/24</destination><interface>ethernet1/2</interface>",
             " network -> virtual-router -> default -> routing-table -> ip -> static-route -> r constraints failed : "
             "same destination and metric as route branch-7"),
            ("network/virtual-router/entry[@name='default']/protocol/bgp", "<enable>yes</enable><local-as>65000</local-as>",
             " network -> virtual-router -> default -> protocol -> bgp is missing 'router-id'"),
            ("vsys/entry[@name='vsys1']/rulebase/security/rules/entry[@name='r']", "<action>allow</action>",
             " rulebase -> security -> rules -> r is missing 'from'"),
            ("vsys/entry[@name='vsys1']/rulebase/security/rules/entry[@name='office to servers']",
             "<to><member>nowhere</member></to>",
             " rulebase -> security -> rules -> office to servers -> to 'nowhere' is not a valid reference"),
            ("vsys/entry[@name='vsys1']/rulebase/pbf/rules/entry[@name='guest-dsl']",
             "<action><forward><monitor><profile>none</profile></monitor></forward></action>",
             " rulebase -> pbf -> rules -> guest-dsl -> action -> forward -> monitor -> profile 'none' is not a valid reference"),
            ("vsys/entry[@name='vsys1']/address/entry[@name='empty']", "<description>x</description>",
             " address -> empty is missing one of ip-netmask, ip-range, ip-wildcard or fqdn"),
        ],
        ids=[
            "crypto profile", "local interface", "no peer", "bare gateway", "gateway of a tunnel", "proxy ID of the monitor",
            "interface of a route", "route without destination", "second route of the same metric", "BGP without router id", "bare rule",
            "zone of a rule", "profile of a PBF rule", "address without value",
        ],
    )
    def test_job_fails_and_the_candidate_stays(self, client, firewall, at, place, element, line):
        assert client.set(f"{at.device}/{place}", element).code == "20"
        candidate, running = firewall.control.candidate(marks=True), firewall.control.running()
        job = client.commit()
        assert job.findtext("result") == "FAIL"
        lines = error_lines(job)
        assert lines[:2] == ["Validation Error:", line]
        assert lines[-1] == " devices is invalid"
        assert all(text.endswith(" is invalid") for text in lines[2:])
        assert (firewall.control.candidate(marks=True), firewall.control.running()) == (candidate, running)

    def test_a_prefix_in_a_redistribution_rule_is_no_reference(self, client, at):
        bgp = "<enable>yes</enable><router-id>10.0.0.1</router-id><local-as>65000</local-as><redist-rules><entry name='10.0.0.0/8'/></redist-rules>"
        client.set(f"{at.router}/protocol/bgp", bgp)
        assert client.commit().findtext("result") == "OK"

    def test_what_was_running_before_is_not_held_against_a_commit(self, client, firewall, at):
        firewall.control.plant(f"{at.gateways}/entry[@name='old']", "<comment>half of a gateway</comment>")
        client.set(f"{at.units}/entry[@name='tunnel.7']", "<mtu>1399</mtu>")
        assert client.commit().findtext("result") == "OK"
