# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the data plane understands of a running configuration. Needs no data plane."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud import proposals
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud.connection import Phase, read
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane import crypto, events, routing_configuration
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.prerequisites import FRR_PACKAGES, PACKAGES
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.running import (
    MAIN, Bgp, Peer, Policy, Prefix, Redistribution, Route, Router, Running, Tunnel,
)
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.translation import translate
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.firewall import Firewall

IKE = {
    "one of each": (["aes-256-cbc"], ["sha384"], ["group20"], ("aes256-sha384-ecp384",)),
    "several ciphers in their order": (
        ["aes-256-cbc", "aes-128-cbc"], ["sha256", "sha1"], ["group14", "group2"], ("aes256-aes128-sha256-sha1-modp2048-modp1024",)),
    "a combined cipher takes the hash as PRF": (["aes-256-gcm"], ["sha384"], ["group20"], ("aes256gcm16-prfsha384-ecp384",)),
    "a combined cipher without a hash": (["aes-128-gcm"], ["non-auth"], ["group19"], ("aes128gcm16-prfsha256-ecp256",)),
    "combined ciphers stand apart": (["aes-256-gcm", "aes-256-cbc"], ["sha256"], ["group19"], ("aes256gcm16-prfsha256-ecp256", "aes256-sha256-ecp256")),
}


@pytest.mark.parametrize("ciphers, hashes, groups, expected", IKE.values(), ids=IKE.keys())
def test_ike_profiles(ciphers, hashes, groups, expected):
    assert crypto.ike_proposals(ciphers, hashes, groups) == expected


ESP = {
    "combined": (["aes-256-gcm"], ["none"], "group20", ("aes256gcm16-ecp384",)),
    "cipher and hash": (["aes-128-cbc", "3des"], ["sha1"], "group2", ("aes128-3des-sha1-modp1024",)),
    "without PFS": (["aes-256-cbc"], ["sha256"], "no-pfs", ("aes256-sha256",)),
    "a cipher without a hash is none": (["aes-256-cbc"], ["none"], "group20", ()),
}


@pytest.mark.parametrize("ciphers, hashes, group, expected", ESP.values(), ids=ESP.keys())
def test_esp_profiles(ciphers, hashes, group, expected):
    assert crypto.esp_proposals(ciphers, hashes, group) == expected


def test_aws_lists_the_lowest_first():
    phase = Phase(("AES128", "AES256", "AES256-GCM-16"), ("SHA1", "SHA2-256"), (2, 14), 28800)
    assert proposals.ike(phase) == ["aes128-aes256-sha1-sha256-modp1024-modp2048", "aes256gcm16-prfsha1-prfsha256-modp1024-modp2048"]
    assert proposals.esp(phase) == ["aes128-aes256-sha1-sha256-modp1024-modp2048", "aes256gcm16-modp1024-modp2048"]


def test_an_option_that_aws_does_not_print_has_its_default():
    document = {"VpnConnections": [{"VpnConnectionId": "vpn-1", "CustomerGatewayConfiguration": """
      <vpn_connection id="vpn-1"><ipsec_tunnel>
        <customer_gateway><tunnel_outside_address><ip_address>198.51.100.10</ip_address></tunnel_outside_address>
          <tunnel_inside_address><ip_address> 169.254.9.2 </ip_address></tunnel_inside_address></customer_gateway>
        <vpn_gateway><tunnel_outside_address><ip_address>192.0.2.1</ip_address></tunnel_outside_address>
          <tunnel_inside_address><ip_address>169.254.9.1</ip_address></tunnel_inside_address></vpn_gateway>
        <ike><pre_shared_key>not.real</pre_shared_key></ike></ipsec_tunnel></vpn_connection>"""}]}
    endpoint = read(document).endpoints[0]
    assert (endpoint.inside, endpoint.customer_inside, endpoint.prefix_length, endpoint.bgp) == ("169.254.9.1", "169.254.9.2", 30, None)
    assert endpoint.ike_versions == ("ikev1", "ikev2")
    assert endpoint.phase1.encryption == ("AES128", "AES256", "AES128-GCM-16", "AES256-GCM-16")
    assert 5 not in endpoint.phase1.groups and 5 in endpoint.phase2.groups
    assert (endpoint.phase1.lifetime, endpoint.phase2.lifetime, endpoint.dead_after, endpoint.starts) == (28800, 3600, 30, False)
    assert "not.real" not in repr(endpoint)


def test_the_base_configuration_and_what_of_it_is_not_done():
    running = translate(Firewall().running.root)
    assert [interface.device for interface in running.interfaces] == ["eth1-2", "eth1-7", "eth1-8", "ae1.10", "tunnel.7"]
    assert running.interface("ethernet1/8").zone == "untrust"
    assert [(route.destination, route.interface, route.nexthop) for route in running.routes][:1] == [("0.0.0.0/0", "ethernet1/8", "198.51.100.1")]
    assert running.tunnels == ()
    assert any("stored form" in remark for remark in running.remarks)
    assert any("NAT" in remark for remark in running.remarks)


def test_a_key_never_shows():
    running = translate(Firewall().running.root, reveal=lambda stored: "the.very.key")
    assert [tunnel.key for tunnel in running.tunnels] == ["the.very.key"]
    assert "the.very.key" not in repr(running)


def test_what_cannot_be_told_leaves_the_rule_out_and_is_named():
    root = ET.fromstring("""<config><devices><entry name="localhost.localdomain"><vsys><entry name="vsys1"><rulebase><security><rules>
      <entry name="by user"><from><member>any</member></from><source-user><member>cn=staff</member></source-user></entry>
      <entry name="by application"><application><member>facebook</member></application></entry>
      <entry name="by nobody"><source><member>no-such-object</member></source></entry>
      <entry name="plain"><action>deny</action></entry></rules></security></rulebase></entry></vsys></entry></devices></config>""")
    running = translate(root)
    assert [(rule.name, rule.allows) for rule in running.security] == [("plain", False)]
    assert len(running.remarks) == 3


def test_what_a_panorama_pushed_counts_around_what_the_firewall_has():
    def rules(*names: str) -> str:
        entries = "".join(f'<entry name="{name}"><source><member>pushed-host</member></source></entry>' for name in names)
        kinds = (f"<{kind}><rules>{entries}</rules></{kind}>" for kind in ("security", "nat"))
        return "".join(kinds)

    running = translate(ET.fromstring(f"""<config><devices><entry name="localhost.localdomain"><vsys><entry name="vsys1">
      <rulebase>{rules("own")}</rulebase></entry></vsys></entry></devices>
      <panorama><vsys><entry name="vsys1"><pre-rulebase>{rules("first")}</pre-rulebase><post-rulebase>{rules("last")}</post-rulebase>
      <address><entry name="pushed-host"><ip-netmask>10.1.2.3</ip-netmask></entry></address></entry></vsys></panorama></config>"""))
    assert [(rule.name, rule.match.source) for rule in running.security] == [(name, ("10.1.2.3/32",)) for name in ("first", "own", "last")]
    assert [name for name in ("first", "own", "last") if any(f"NAT rule {name}" in remark for remark in running.remarks)] == ["first", "own", "last"]


def test_distance_and_metric_decide_which_route_wins():
    hops = (("a", "tunnel.1", 10, 10), ("b", "tunnel.2", 10, 20), ("c", None, 10, 250), ("d", "tunnel.3", 220, 1))
    routes = tuple(Route(name, "10.0.0.0/8", interface, None, distance, metric) for name, interface, distance, metric in hops)
    text = routing_configuration.render(Running(routers=(Router("default", routes=routes),)))
    preferences = [int(line.split("preference ")[1].split(";")[0]) for line in text.splitlines() if line.startswith("protocol static")]
    assert preferences == sorted(preferences, reverse=True)
    assert len(set(preferences)) == 4
    assert "route 10.0.0.0/8 blackhole;" in text


def test_policies_let_through_exactly_what_they_name():
    out = (Policy(True, (Prefix("10.10.0.0/24", 24, 24),), prepend=2), Policy(False))
    peer = Peer("p", "g", "tunnel.1", "169.254.9.2", "169.254.9.1", 64512, 10, 30, False, (Policy(True, (), local_preference=200),), out)
    bgp = Bgp("10.10.0.1", 65000, False, True, 100, (peer,), (Redistribution("connected", (Policy(True, (Prefix("10.10.0.0/24", 24, 24),)),)),))
    text = routing_configuration.render(Running(routers=(Router("default", bgp=bgp),)))
    assert "if net ~ [ 10.10.0.0/24{24,24} ] then { bgp_path.prepend(65000); bgp_path.prepend(65000); accept; }" in text
    assert "{ bgp_local_pref = 200; accept; }" in text
    assert "source != RTS_BGP" in text, "install-route is off"
    assert "if net = 0.0.0.0/0 then reject;" in text


def test_each_router_has_a_table_and_leads_to_another_one_what_that_has():
    there, back = "<next-vr>tunnels</next-vr>", "<next-vr>default</next-vr>"

    def router(name: str, interface: str, destination: str, hop: str) -> str:
        return (f"<entry name='{name}'><interface><member>{interface}</member></interface><routing-table><ip><static-route><entry name='over'>"
                f"<destination>{destination}</destination><nexthop>{hop}</nexthop></entry></static-route></ip></routing-table></entry>")

    routers = router("default", "ethernet1/1", "10.200.0.0/16", there) + router("tunnels", "tunnel.1", "10.10.0.0/24", back)
    running = translate(ET.fromstring(
        "<config><devices><entry name='localhost.localdomain'><network><interface><ethernet><entry name='ethernet1/1'><layer3><ip>"
        "<entry name='10.10.0.1/24'/></ip></layer3></entry></ethernet><tunnel><units><entry name='tunnel.1'><ip><entry name='169.254.9.2/30'/></ip>"
        f"</entry></units></tunnel></interface><virtual-router>{routers}</virtual-router></network></entry></devices></config>"))
    assert [(router.name, router.interfaces) for router in running.routers] == [("default", ("ethernet1/1",)), ("tunnels", ("tunnel.1",))]
    assert {interface.name: interface.table for interface in running.interfaces} == {"ethernet1/1": MAIN, "tunnel.1": running.router("tunnels").table}
    lines = routing_configuration.render(running).splitlines()
    pipes = [line for line in lines if line.startswith("protocol pipe")]
    assert len(pipes) == 2 and len({line.split()[2] for line in pipes}) == 2, "two routes of one name in two routers are two"
    assert [line.partition("~ [ ")[2].partition(" ]")[0] for line in pipes] == ["10.200.0.0/16+", "10.10.0.0/24+"]
    assert sum(f"kernel table {running.router('tunnels').table};" in line for line in lines) == 1


TUNNEL = Tunnel("t1", "tunnel.1", "g1", "ethernet1/8", "198.51.100.10", "192.0.2.1", "ikev2", (), 0, (), 0, "", "", "key")
LINES = {
    "refused proposals": ("09[IKE] received NO_PROPOSAL_CHOSEN notify error", ["ike-generic-event", "ikev2-nego-ike-fail"]),
    "refused key": ("09[IKE] received AUTHENTICATION_FAILED notify error", ["ike-generic-event", "ikev2-nego-ike-fail"]),
    "refused selectors": ("09[IKE] received TS_UNACCEPTABLE notify, no CHILD_SA built", ["ike-generic-event", "ikev2-nego-child-fail"]),
    "up": ("09[IKE] IKE_SA gateway[1] established between 198.51.100.10[x]...192.0.2.1[y]", ["ikev2-nego-ike-succ"]),
    "child up": ("09[IKE] CHILD_SA t1{1} established with SPIs c1a2_i c3d4_o and TS", ["ikev2-nego-child-succ"]),
    "silence": ("09[IKE] giving up after 4 retransmits", ["ike-nego-p1-dpd-dn"]),
    "chatter": ("09[ENC] parsed IKE_SA_INIT response 0 [ SA KE No ]", []),
}


@pytest.mark.parametrize("line, expected", LINES.values(), ids=LINES.keys())
def test_lines_of_the_daemon_as_events_of_a_firewall(line, expected):
    assert [happening.eventid for happening in events.read(TUNNEL, line)] == expected


def test_ci_installs_what_the_doctor_names(repository):
    text = (repository / ".ci" / "run").read_text(encoding="utf-8").replace("\\\n", " ")
    wanted = next(line for line in text.splitlines() if "apt-get install" in line).partition("--no-install-recommends")[2].split()
    assert sorted(wanted) == sorted((*PACKAGES, *FRR_PACKAGES))


def test_a_port_that_is_switched_off_takes_its_units_with_it():
    root = Firewall().running.root
    for name in ("ethernet1/8", "ethernet1/2"):
        entry = next(each for each in root.iterfind(".//network/interface/ethernet/entry") if each.get("name") == name)
        ET.SubElement(entry, "link-state").text = "down" if name == "ethernet1/8" else "auto"
    up = {interface.name: interface.is_up for interface in translate(root).interfaces}
    assert (up["ethernet1/8"], up["ethernet1/2"], up["ae1.10"]) == (False, True, True)
