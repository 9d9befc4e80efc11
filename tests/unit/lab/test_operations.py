# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Operational commands answer from the running configuration and from what control was told."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import Emulator


def cmd(words, **arguments):
    tags = words.split()
    inner = "".join(f"<{key.replace('_', '-')}>{value}</{key.replace('_', '-')}>" for key, value in arguments.items())
    return "".join(f"<{tag}>" for tag in tags) + inner + "".join(f"</{tag}>" for tag in reversed(tags))


INTERFACES = "<show><interface>all</interface></show>"


@pytest.fixture
def bgp():
    with Emulator(config="bgp_running") as emulator:
        yield emulator


@pytest.fixture
def advanced():
    with Emulator(config="bgp_running", engine="logical-router") as emulator:
        yield emulator


def tags(element, prefix=""):
    found = set()
    for child in element:
        path = f"{prefix}/{child.tag}"
        found |= {path} | tags(child, path)
    return found


@pytest.mark.parametrize(
    ("recorded", "command", "prepare"),
    [
        ("show-vpn-flow.active.xml", cmd("show vpn flow"), None),
        ("show-vpn-flow.init.xml", cmd("show vpn flow"), {"tunnel": "branch-7", "sa": "init"}),
        ("show-vpn-flow.inactive.xml", cmd("show vpn flow"), {"tunnel": "branch-7", "monitor": "down"}),
        ("show-vpn-ipsec-sa.8.1.xml", cmd("show vpn ipsec-sa"), None),
        ("show-vpn-ipsec-sa.pa850-10.1.xml", cmd("show vpn ipsec-sa"), None),
        ("show-vpn-ike-sa.ikev1.8.1.xml", cmd("show vpn ike-sa"), None),
        ("show-vpn-tunnel.xml", cmd("show vpn tunnel"), None),
        ("show-running-tunnel-flow-all.init.xml", cmd("show running tunnel flow all"), None),
        ("show-routing-protocol-bgp-peer.established.xml", cmd("show routing protocol bgp peer"), None),
        ("show-routing-route.8.1.xml", cmd("show routing route"), None),
        ("show-routing-summary.xml", cmd("show routing summary"), None),
        ("show-interface-all.8.1.xml", INTERFACES, None),
        ("show-system-info.vm.8.1.xml", cmd("show system info"), None),
        ("show-high-availability-state.disabled.xml", cmd("show high-availability state"), None),
    ],
)
def test_same_shape_as_recorded(shared_fixtures, bgp, client_of, recorded, command, prepare):
    wanted = tags(ET.parse(shared_fixtures / "panos" / "op" / recorded).getroot())
    if prepare:
        bgp.control.vpn(**prepare)
    assert wanted - tags(client_of(bgp).op(command).root) == set()


@pytest.mark.parametrize(
    ("recorded", "command"),
    [
        ("show-advanced-routing-bgp-peer.xml", cmd("show advanced-routing bgp peer status")),
        ("show-advanced-routing-bgp-summary.xml", cmd("show advanced-routing bgp summary")),
        ("show-advanced-routing-route.xml", cmd("show advanced-routing route")),
    ],
)
def test_same_json_inside_as_recorded(shared_fixtures, advanced, client_of, recorded, command):
    def first(text):
        return next(iter(json.loads(text).values()))

    wanted = first(ET.parse(shared_fixtures / "panos" / "op" / recorded).getroot().findtext(".//json"))
    given = first(client_of(advanced).op(command).root.findtext(".//json"))
    if "route" in recorded and "bgp" not in recorded:
        wanted, given = (next(iter(each.values()))[0] for each in (wanted, given))
        wanted = {key for key in wanted if not key.startswith(("internal", "installedNexthop"))}
    assert set(wanted) <= set(given)


@pytest.mark.parametrize(
    "command", [cmd("show bogus"), cmd("bogus"), cmd("show vpn flow", colour="red"), cmd("show vpn")],
    ids=["unknown word", "unknown root", "unknown argument", "too short"],
)
def test_unknown_word_is_code_17(client, command):
    assert client.op(command).verdict == ("error", "17")


def test_command_that_is_no_xml_is_code_18(client):
    assert client.op("show system info").verdict == ("error", "18")


def test_bad_vsys(client):
    reply = client.op(cmd("show system info"), vsys="vsys99")
    assert (reply.code, "vsys99 is invalid vsys" in reply.message) == ("17", True)


@pytest.mark.parametrize(
    ("version", "engine", "shown"),
    [("10.1", "virtual-router", None), ("10.2", "virtual-router", "off"), ("11.1", "logical-router", "on"), ("12.1", "logical-router", "on")],
)
def test_system_info_tells_version_and_engine(client_of, version, engine, shown):
    with Emulator(version=version, engine=engine, name="edge") as emulator:
        system = client_of(emulator).op(cmd("show system info")).root.find("result/system")
        assert system.findtext("sw-version").startswith(f"{version}.")
        assert (system.findtext("hostname"), system.findtext("advanced-routing")) == ("edge", shown)


def test_engine_setting_in_the_configuration_is_not_the_engine_that_runs(client, firewall, at):
    firewall.control.set_engine_setting(True)
    assert client.show(f"{at.device}/deviceconfig/setting/advance-routing").root.findtext("result/advance-routing") == "yes"
    assert client.op(cmd("show system info")).root.findtext("result/system/advanced-routing") == "off"


@pytest.mark.parametrize("state", ["active", "passive"])
def test_high_availability(client, firewall, state):
    firewall.control.set_ha(state)
    result = client.op(cmd("show high-availability state")).root.find("result")
    assert (result.findtext("enabled"), result.findtext("group/local-info/state")) == ("yes", state)
    assert result.findtext("group/running-sync") == "synchronized"


def test_interfaces_come_from_the_running_configuration(client, at):
    client.set(f"{at.units}/entry[@name='tunnel.8']", "<mtu>1400</mtu>")

    def shown():
        return {entry.findtext("name"): entry for entry in client.op(INTERFACES).root.find("result/ifnet")}

    assert "tunnel.8" not in shown()
    client.commit()
    unit = shown()["ae1.10"]
    assert [unit.findtext(tag) for tag in ("zone", "fwd", "ip", "tag")] == ["trust", "vr:default", "10.10.0.1/24", "10"]
    assert shown()["tunnel.8"].findtext("fwd") == "N/A"


def test_address_learned_by_dhcp(client, firewall):
    firewall.control.plant(
        "/config/devices/entry[@name='localhost.localdomain']/network/interface/ethernet/entry[@name='ethernet1/9']/layer3",
        "<dhcp-client><enable>yes</enable></dhcp-client>",
    )
    firewall.control.set_interface_address("ethernet1/9", "192.0.2.77/24")
    shown = client.op("<show><interface>ethernet1/9</interface></show>").root
    assert shown.findtext("result/ifnet/addr/member") == "192.0.2.77/24"


class TestTunnel:
    def flow(self, client):
        return client.op(cmd("show vpn flow")).root.find("result/IPSec/entry")

    def test_is_up_once_committed(self, client):
        assert self.flow(client).findtext("state") == "active"
        assert client.op(cmd("show vpn ike-sa")).root.findtext("result/entry/name") == "branch-7"
        assert client.op(cmd("show vpn ipsec-sa")).root.findtext("result/ntun") == "1"

    def test_down_has_no_sa_at_all(self, client, firewall):
        firewall.control.vpn("branch-7", sa="down")
        assert self.flow(client).findtext("state") == "init"
        assert client.op(cmd("show vpn ike-sa")).root.find("result/entry") is None
        assert client.op(cmd("show vpn ipsec-sa")).root.findtext("result/ntun") == "0"
        assert client.op(cmd("show vpn ipsec-sa", tunnel="branch-7")).message == "IPSec SA for tunnel branch-7 not found."

    def test_init_has_an_ike_sa_only(self, client, firewall):
        firewall.control.vpn("branch-7", sa="init")
        assert client.op(cmd("show vpn ike-sa", gateway="branch-7")).root.find("result/entry") is not None
        assert client.op(cmd("show vpn ipsec-sa")).root.findtext("result/ntun") == "0"

    def test_monitor(self, client, firewall, at):
        client.set(f"{at.tunnels}/entry[@name='branch-7']/tunnel-monitor", "<enable>yes</enable><destination-ip>10.255.7.2</destination-ip>")
        client.commit()
        assert self.flow(client).findtext("monitor/status") == "True"
        firewall.control.vpn("branch-7", monitor="down")
        flow = self.flow(client)
        assert [flow.findtext(tag) for tag in ("state", "monitor/on", "monitor/status")] == ["inactive", "True", "False"]

    def test_proxy_ids_have_names_of_their_own(self, client, firewall, at):
        proxy = "<entry name='a'><local>10.10.0.0/24</local><remote>10.70.0.0/24</remote><protocol><tcp><remote-port>443</remote-port></tcp></protocol></entry>"
        client.set(f"{at.tunnels}/entry[@name='branch-7']/auto-key/proxy-id", proxy + "<entry name='b'/>")
        client.commit()
        entries = client.op(cmd("show vpn tunnel")).root.findall("result/entries/entry")
        assert [entry.findtext("name") for entry in entries] == ["branch-7:a", "branch-7:b"]
        assert [entries[0].findtext(tag) for tag in ("TSi_ip", "TSi_prefix", "TSr_ip", "TSr_proto", "TSr_port")] == [
            "10.10.0.0", "24", "10.70.0.0", "6", "443",
        ]
        firewall.control.vpn("branch-7:b", sa="down")
        assert client.op(cmd("show vpn ipsec-sa")).root.findtext("result/ntun") == "1"

    def test_initiate_and_clear(self, client):
        assert "Initiate 1 IKE SA." in client.op(cmd("test vpn ike-sa", gateway="branch-7")).message
        assert "Initiate 1 IPSec SA for tunnel branch-7." in client.op(cmd("test vpn ipsec-sa", tunnel="branch-7")).message
        assert "not found" in client.op(cmd("clear vpn ike-sa", gateway="nobody")).message
        assert client.op(cmd("clear vpn ipsec-sa", tunnel="branch-7")).message.startswith("Delete")


class TestForwardingRule:
    def add(self, client, at, disable):
        rule = (
            "<from><zone><member>trust</member></zone></from><source><member>any</member></source><destination><member>10.70.0.0/24</member>"
            "</destination><action><forward><egress-interface>tunnel.7</egress-interface><nexthop><ip-address>10.255.7.2</ip-address></nexthop>"
            f"<monitor><profile>default</profile><disable-if-unreachable>{disable}</disable-if-unreachable></monitor></forward></action>"
        )
        client.set(f"{at.vsys}/rulebase/pbf/rules/entry[@name='vpn']", rule)
        assert client.commit().findtext("result") == "OK"

    def state(self, client):
        entry = client.op(cmd("show pbf rule all")).root.findall("result/entries/entry")[1]
        return entry.findtext("rule_state"), entry.findtext("nh_state")

    @pytest.mark.parametrize(("disable", "expected"), [("yes", ("Disabled", "DOWN")), ("no", ("Active", "DOWN"))])
    def test_follows_its_tunnel(self, client, firewall, at, disable, expected):
        self.add(client, at, disable)
        assert self.state(client) == ("Active", "UP")
        firewall.control.vpn("branch-7", sa="down")
        assert self.state(client) == expected

    def test_may_be_told(self, client, firewall, at):
        self.add(client, at, "yes")
        firewall.control.pbf("vpn", "disabled")
        assert self.state(client) == ("Disabled", "DOWN")


class TestBgp:
    def test_legacy_peers(self, bgp, client_of):
        bgp.control.bgp("isp-a", "Idle")
        bgp.control.bgp("branch-7", "Established", received=4, advertised=2)
        entries = {entry.get("peer"): entry for entry in client_of(bgp).op(cmd("show routing protocol bgp peer")).root.iter("entry") if entry.get("peer")}
        assert {name: entry.findtext("status") for name, entry in entries.items()} == {"isp-a": "Idle", "branch-7": "Established"}
        counter = entries["branch-7"].find("prefix-counter/entry")
        assert (counter.findtext("incoming-accepted"), counter.findtext("outgoing-advertised")) == ("4", "2")
        one = client_of(bgp).op(cmd("show routing protocol bgp peer", peer_name="isp-a")).root.findall("result/entry")
        assert [entry.get("peer") for entry in one] == ["isp-a"]

    def test_advanced_peers(self, advanced, client_of):
        advanced.control.bgp("isp-a", "Established", received=7)
        peers = json.loads(client_of(advanced).op(cmd("show advanced-routing bgp peer status")).root.findtext("result/json"))
        assert peers["isp-a"]["state"] == "Established"
        assert peers["isp-a"]["detail"]["addressFamilyInfo"]["ipv4Unicast"]["acceptedPrefixCounter"] == 7

    def test_legacy_commands_on_the_advanced_engine(self, advanced, client_of):
        for words in ("show routing route", "show routing protocol bgp peer", "show routing summary"):
            assert client_of(advanced).op(cmd(words)).message == "Command deprecated in Advanced Routing Mode."

    def test_routes_leave_with_their_tunnel(self, bgp, client_of):
        def destinations():
            return [entry.findtext("destination") for entry in client_of(bgp).op(cmd("show routing route")).root.iter("entry")]

        assert "10.70.0.0/24" in destinations()
        bgp.control.vpn("branch-7", sa="down")
        assert "10.70.0.0/24" not in destinations()


def test_all_jobs(client, at):
    client.set(f"{at.units}/entry[@name='tunnel.8']", "<mtu>1400</mtu>")
    client.commit()
    assert [job.findtext("type") for job in client.op(cmd("show jobs all")).root.iter("job")] == ["Commit", "AutoCom"]
