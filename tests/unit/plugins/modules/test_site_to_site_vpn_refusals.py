# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What site_to_site_vpn refuses because of what stands on the firewall: the message names it, and nothing is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Callable

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import DEVICE, NETWORK, VSYS
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.pairing import (
    BGP_PLACES, ENGINES, ROUTERS, VpnDoor, changed_tunnels, every_tunnel, options, profile,
)

OUTSIDE = f"{NETWORK}/interface/ethernet/entry[@name='ethernet1/8']/layer3"
UNITS = f"{NETWORK}/interface/tunnel/units"
SECURITY = f"{VSYS}/rulebase/security/rules"
IN_NO_ZONE = "<entry name='ethernet1/3'><layer3><ip><entry name='192.0.2.3/24'/></ip></layer3></entry>"
# The far side expects an address that no interface of the firewall has.
BEHIND_NAT = every_tunnel("pbf", {"customer_outside_address": "192.0.2.99"})
SYSTEM = "/config/devices/entry[@name='localhost.localdomain']/deviceconfig/system"
CERTIFICATE = {"local_certificate": "fw", "certificate_profile": "peers"}
BY_CERTIFICATE = {"tunnels": every_tunnel("pbf", {"pre_shared_key": None, "certificate": CERTIFICATE})}
SESSION = {"local_as": 65000, "peer_as": 64512, "hold_time": 30, "keep_alive": 10}
INSIDE = {"inside_cidr": "169.254.33.0/30", "inside_address": "169.254.33.2", "inside_peer_address": "169.254.33.1"}
THREE = [*profile("bgp")["tunnels"], {**profile("bgp")["tunnels"][0], "outside_address": "203.0.113.99", **INSIDE}]
TEMPLATE = "src='tpl' ptpl='branches'"


def planted(*things: tuple) -> Callable:
    """Puts raw XML into candidate and running configuration before the run."""
    return lambda control: [control.plant(xpath, element) for xpath, element in things]


def certificate(name: str, expires: int = 4000000000, name_in_it: str = "") -> str:
    return (f"<entry name='{name}'><common-name>{name_in_it or name}</common-name><expiry-epoch>{expires}</expiry-epoch>"
            "<private-key>notReal</private-key></entry>")


def trusted(certificates: str, profiles: str = "<entry name='peers'><CA><entry name='ca'/></CA></entry>") -> Callable:
    """Certificates, and profiles that say whose authority they trust."""
    return planted(*((f"/config/shared/{kind}", there) for kind, there in (("certificate", certificates), ("certificate-profile", profiles)) if there))


def gone(*xpaths: str) -> Callable:
    """Takes something away that the base configuration has."""
    return lambda control: [control.edit_as("janitor", "delete", xpath) for xpath in xpaths]


def both(*steps: Callable) -> Callable:
    return lambda control: [step(control) for step in steps]


def protection(name: str, content: str, marks: str = "") -> Callable:
    """The VPN's zone, with a protection profile."""
    return planted(
        (f"{NETWORK}/profiles/zone-protection-profile", f"<entry name='{name}' {marks}>{content}</entry>"),
        (f"{VSYS}/zone", f"<entry name='aws-vpn'><network><layer3/><zone-protection-profile>{name}</zone-protection-profile></network></entry>"))


def running_bgp(engine: str, content: str) -> Callable:
    return planted((BGP_PLACES[engine], content))


def outside(interface: str, content: str) -> Callable:
    """A second interface in the outside zone."""
    return planted(
        (f"{NETWORK}/interface/ethernet", f"<entry name='{interface}'><layer3>{content}</layer3></entry>"),
        (f"{ROUTERS['virtual-router']}/interface", f"<member>{interface}</member>"),
        (f"{VSYS}/zone/entry[@name='untrust']/network/layer3", f"<member>{interface}</member>"))


def rule(name: str, source_zone: str, destination_zone: str, action: str = "deny", **more) -> str:
    values = {"source": "any", "destination": "any", "application": "any", "service": "any", **more}
    lists = "".join(f"<{option}><member>{value}</member></{option}>" for option, value in
                    {"from": source_zone, "to": destination_zone, **values}.items())
    return f"<entry name='{name}'>{lists}<action>{action}</action></entry>"


SOURCE_NAT = """<entry name='hide everything'><source-translation><dynamic-ip-and-port><interface-address><interface>ethernet1/8</interface>
    </interface-address></dynamic-ip-and-port></source-translation><from><member>any</member></from><to><member>any</member></to>
    <source><member>{source}</member></source><destination><member>any</member></destination><service>any</service></entry>"""
GATEWAY = """<entry name='by-hand'><local-address><interface>ethernet1/8</interface></local-address>
    <peer-address><ip>203.0.113.142</ip></peer-address></entry>"""


def by_dsl(where: str, action: str = "<forward><egress-interface>ethernet1/7</egress-interface></forward>", **more) -> str:
    """A PBF rule of somebody else for all that comes from a place."""
    values = {"source": "any", "destination": "any", "application": "any", "service": "any", **more}
    members = "".join(f"<{tag}><member>{value}</member></{tag}>" for tag, value in values.items())
    return f"<entry name='all by dsl'><from>{where}</from>{members}<action>{action}</action></entry>"


@dataclass(frozen=True)
class Row:
    """C(words): what the message must say. C(before): what is done to the firewall first."""

    words: tuple
    changes: dict = field(default_factory=dict)
    before: Callable = planted()
    failover: str = "pbf"
    firewall: dict = field(default_factory=dict)


ROWS = {
    # Outside interface.
    "an outside interface that is not there": Row(("outside_interface", "no layer 3 interface ethernet1/4"), {"outside_interface": "ethernet1/4"}),
    "an outside interface of another kind": Row(
        ("outside_interface", "no layer 3 interface ethernet1/4"), {"outside_interface": "ethernet1/4"},
        planted((f"{NETWORK}/interface/ethernet", "<entry name='ethernet1/4'><tap/></entry>"))),
    "an outside interface in no router": Row(
        ("outside_interface", "ethernet1/3", "no router"), {"outside_interface": "ethernet1/3"},
        planted((f"{NETWORK}/interface/ethernet", IN_NO_ZONE))),
    "an outside interface in no zone": Row(
        ("outside_interface", "ethernet1/3", "no zone"), {"outside_interface": "ethernet1/3"},
        planted((f"{NETWORK}/interface/ethernet", IN_NO_ZONE), (f"{ROUTERS['virtual-router']}/interface", "<member>ethernet1/3</member>"))),
    "a router that is not there": Row(("virtual_router", "no virtual router 'wan'"), {"virtual_router": "wan"}),
    "a logical router that is not there": Row(
        ("virtual_router", "no logical router 'wan'"), {"virtual_router": "wan"}, firewall={"engine": "logical-router"}),
    "a router of the engine that does not run": Row(
        ("virtual_router", "'wan'", "other routing engine", "reboot"), {"virtual_router": "wan"},
        planted((f"{NETWORK}/logical-router", "<entry name='wan'><vrf><entry name='default'/></vrf></entry>"))),
    "a zone of another kind": Row(
        ("zone", "'aws-vpn'", "tap zone", "layer3"), {}, planted((f"{VSYS}/zone", "<entry name='aws-vpn'><network><tap/></network></entry>"))),
    "a source zone that is not there": Row(("source_zones", "'lan'"), {"source_zones": ["trust", "lan"]}),
    "the VPN's own zone as a source": Row(("source_zones", "'branch'"), {"zone": "branch", "source_zones": ["branch"]}),
    # Addresses.
    "several addresses, none of them the expected one": Row(
        ("local_address", "expects 192.0.2.99", "198.51.100.10/24", "198.51.100.11/24"),
        {"tunnels": every_tunnel("pbf", {"customer_outside_address": "192.0.2.99"})}, planted((f"{OUTSIDE}/ip", "<entry name='198.51.100.11/24'/>"))),
    "a local address that the interface has not got": Row(
        ("local_address", "198.51.100.77", "198.51.100.10/24"), {"local_address": "198.51.100.77"}),
    "an outside interface without an address": Row(
        ("outside_interface", "ethernet1/8", "no IPv4 address"), {}, gone(f"{OUTSIDE}/ip/entry[@name='198.51.100.10/24']")),
    "a DHCP interface without a lease": Row(
        ("outside_interface", "ethernet1/3", "DHCP", "none now"), {"outside_interface": "ethernet1/3", "tunnels": BEHIND_NAT},
        outside("ethernet1/3", "<dhcp-client><enable>yes</enable></dhcp-client>")),
    "an outside interface that another one's address is expected from": Row(
        ("outside_interface", "198.51.100.10, which is an address of ethernet1/8", "not of ethernet1/7"), {"outside_interface": "ethernet1/7"}),
    "an outside interface of the LAN": Row(("say outside_interface: ethernet1/8",), {"outside_interface": "ethernet1/2"}),
    "a network that holds the management interface": Row(
        ("remote_networks", "10.200.7.0/24", "management interface", "allow_summary_networks"), {},
        planted((SYSTEM, "<ip-address>10.200.7.9</ip-address>"), (SYSTEM, "<netmask>255.255.255.0</netmask>"))),
    "a certificate that is not there": Row(("'fw'", "there are other"), BY_CERTIFICATE, trusted("<entry name='other'/>")),
    "a certificate without its key": Row(("'fw'", "without its private key"), BY_CERTIFICATE, trusted("<entry name='fw'/>")),
    "a certificate that has expired": Row(("'fw'", "expired", "2001-09-09"), BY_CERTIFICATE, trusted(certificate("fw", 1000000000))),
    "a certificate of somebody else": Row(
        ("'paris'", "'fw' is one of 'lyon'"),
        {"tunnels": every_tunnel("pbf", {"pre_shared_key": None, "certificate": {**CERTIFICATE, "local_subject": "CN=paris"}})},
        trusted(certificate("fw", name_in_it="lyon"))),
    "a certificate profile that is not there": Row(("'peers'", "there are none"), BY_CERTIFICATE, trusted(certificate("fw"), "")),
    "a certificate profile of no authority": Row(("'peers'", "no authority"), BY_CERTIFICATE, trusted(certificate("fw"), "<entry name='peers'/>")),
    "a certificate profile of an authority that has expired": Row(
        ("'peers'", "have expired (ca)"), BY_CERTIFICATE, trusted(certificate("fw") + certificate("ca", 1000000000))),
    "a speaker's address in another router": Row(
        ("bgp.local_address", "192.0.2.3", "no router"), {"tunnels": every_tunnel("bgp", {"bgp": {**SESSION, "local_address": "192.0.2.3"}})},
        planted((f"{NETWORK}/interface/ethernet", IN_NO_ZONE)), failover="bgp"),
    "a route of others to a speaker": Row(
        ("'by-hand'", "10.50.255.30/32", "host_route"),
        {"tunnels": changed_tunnels("bgp", {"bgp": {**SESSION, "peer_address": "10.50.255.30", "local_address": "10.10.0.1"}})},
        planted((f"{ROUTERS['virtual-router']}/routing-table/ip/static-route", "<entry name='by-hand'><destination>10.50.255.30/32</destination>"
                 "<interface>ethernet1/8</interface></entry>")), failover="bgp"),
    "ECMP of others with too few paths": Row(
        ("ECMP with 2 paths", "3 tunnels", "max_path: 3"), {"failover": "ecmp", "tunnels": THREE},
        planted((ROUTERS["virtual-router"], "<ecmp><enable>yes</enable></ecmp>")), failover="bgp"),
    "a PBF rule above BGP": Row(
        ("PBF rule 'all by dsl'", "no-pbf"), {}, planted((f"{VSYS}/rulebase/pbf/rules", by_dsl("<zone><member>trust</member></zone>"))), failover="bgp"),
    "a PBF rule for interfaces above BGP": Row(
        ("PBF rule 'all by dsl'", "no-pbf"), {},
        planted((f"{VSYS}/rulebase/pbf/rules", by_dsl("<interface><member>ae1.10</member><member>ethernet1/2</member></interface>"))), failover="bgp"),
    "a default route by routes that carries the tunnels": Row(
        ("remote_networks: 0.0.0.0/0 covers the tunnel endpoint", "say backup_routes: false"),
        {"remote_networks": ["0.0.0.0/0"], "allow_default_route": True, "backup_routes": True}),
    # What is taken already.
    "a tunnel interface of another tunnel": Row(
        ("tunnel_interfaces", "tunnel.7", "used by IPsec tunnel 'branch-7'"), {"tunnel_interfaces": ["tunnel.7", "tunnel.8"]}),
    "a tunnel interface in another zone": Row(
        ("tunnel_interfaces", "tunnel.9", "in zone 'branch'"), {"tunnel_interfaces": ["tunnel.8", "tunnel.9"]},
        planted((UNITS, "<entry name='tunnel.9'/>"), (f"{VSYS}/zone/entry[@name='branch']/network/layer3", "<member>tunnel.9</member>"))),
    "a tunnel interface that is there already": Row(
        ("tunnel_interfaces", "tunnel.9", "there already"), {"tunnel_interfaces": ["tunnel.8", "tunnel.9"]}, planted((UNITS, "<entry name='tunnel.9'/>"))),
    "an inside range that is in use": Row(
        ("tunnel 2", "169.254.203.212/30", "tunnel.9"), {},
        planted((UNITS, "<entry name='tunnel.9'><ip><entry name='169.254.203.213/30'/></ip></entry>"))),
    "a gateway with the same interface and peer": Row(
        ("tunnel 2", "gateway 'by-hand'", "ethernet1/8", "203.0.113.142"), {}, planted((f"{NETWORK}/ike/gateway", GATEWAY))),
    # Networks.
    "a remote network that is connected": Row(("remote_networks", "10.20.0.0/24", "ethernet1/2"), {"remote_networks": ["10.20.0.0/24"]}),
    "a remote network around a connected one": Row(("remote_networks", "10.20.0.0/16", "10.20.0.0/24"), {"remote_networks": ["10.20.0.0/16"]}),
    "a remote network around the endpoint": Row(("remote_networks", "203.0.113.128/25", "endpoint 203.0.113.142"), {"remote_networks": ["203.0.113.128/25"]}),
    # Zone protection.
    "strict IP address check on the zone": Row(
        ("zone 'aws-vpn'", "'edge'", "strict-ip-check"), {}, protection("edge", "<strict-ip-check>yes</strict-ip-check>")),
    "strict IP address check, with BGP": Row(
        ("zone 'aws-vpn'", "'edge'", "strict-ip-check"), {}, protection("edge", "<strict-ip-check>yes</strict-ip-check>"), "bgp"),
    "strict IP address check from a template": Row(
        ("zone 'aws-vpn'", "'edge'", "template 'branches'", "strict-ip-check"), {}, protection("edge", "<strict-ip-check>yes</strict-ip-check>", TEMPLATE)),
    "spoofed addresses discarded, and no backup routes": Row(
        ("zone 'aws-vpn'", "'edge'", "backup_routes: true"), {"backup_routes": False}, protection("edge", "<discard-ip-spoof>yes</discard-ip-spoof>")),
    "spoofed addresses discarded by a template": Row(
        ("'edge'", "template 'branches'", "backup_routes: true"), {"backup_routes": False},
        protection("edge", "<discard-ip-spoof>yes</discard-ip-spoof>", TEMPLATE)),
    # Rules.
    "source NAT of everything": Row(
        ("NAT rule 'hide everything'", "10.200.0.0/16"), {}, planted((f"{VSYS}/rulebase/nat/rules", SOURCE_NAT.format(source="any")))),
    "source NAT of an address object's network": Row(
        ("NAT rule 'hide everything'",), {}, planted((f"{VSYS}/rulebase/nat/rules", SOURCE_NAT.format(source="office-lan")))),
    "source NAT of an address group": Row(
        ("NAT rule 'hide everything'",), {}, planted((f"{VSYS}/rulebase/nat/rules", SOURCE_NAT.format(source="inside")))),
    "a place below a rule that denies everything": Row(
        ("rule_position", "'deny the rest'", "place it above"), {"rule_position": {"where": "bottom"}}),
    "a place behind a rule that decides already": Row(
        ("rule_position", "after deny the rest"), {"rule_position": {"where": "after", "rule": "deny the rest"}}),
    "a place before a rule that is not there": Row(("'nobody'",), {"rule_position": {"where": "before", "rule": "nobody"}}),
    # State of the firewall.
    "the passive member of a pair": Row(
        ("passive member", "write to the active one"), {},
        both(planted((f"{DEVICE}/deviceconfig", "<high-availability><enabled>yes</enabled></high-availability>")), lambda control: control.set_ha("passive"))),
    "an engine that waits for a reboot": Row(
        ("advance-routing: yes", "reboot"), {}, lambda control: control.set_engine_setting(True)),
    "a legacy engine that waits for a reboot": Row(
        ("advance-routing: no", "reboot"), {}, lambda control: control.set_engine_setting(False), firewall={"engine": "logical-router"}),
    # What belongs to a template.
    "a zone from a template": Row(
        ("template 'branches'", "aws-vpn"), {},
        planted((f"{VSYS}/zone", f"<entry name='aws-vpn' {TEMPLATE}><network {TEMPLATE}><layer3 {TEMPLATE}/></network></entry>"))),
    "a router from a template": Row(
        ("template 'branches'", "virtual router 'default'"), {},
        planted((f"{NETWORK}/virtual-router", f"<entry name='default' {TEMPLATE}><interface {TEMPLATE}/></entry>"))),
    "a logical router from a template": Row(
        ("template 'branches'", "logical router 'default'"), {},
        planted((f"{NETWORK}/logical-router", f"<entry name='default' {TEMPLATE}><vrf><entry name='default'><interface {TEMPLATE}/></entry></vrf></entry>")),
        firewall={"engine": "logical-router"}),
    # Versions.
    "offers that need a later release": Row(
        ("group21", "10.2", "Diffie-Hellman"), {"tunnels": every_tunnel("pbf", {"offers": {
            "ike": {"versions": ["ikev2"], "encryption": ["aes-256-cbc"], "hash": ["sha256"], "dh_group": ["group21"], "lifetime_seconds": 28800},
            "ipsec": {"encryption": ["aes-256-gcm"], "authentication": ["sha256"], "dh_group": ["group21"], "lifetime_seconds": 3600}}})},
        firewall={"version": "10.1"}),
    "a proposal that needs a later release": Row(
        ("group21", "10.2"), {"tunnels": every_tunnel("pbf", {"offers": None, "ike": {"dh_group": "group21"}})}, firewall={"version": "10.1"}),
    "a virtual system that is not there": Row(("vsys5",), {"vsys": "vsys5"}),
}

for engine in ENGINES:
    RUNNING = {"engine": engine, "config": "bgp_running"}
    OURS = {"tunnels": every_tunnel("bgp", {"bgp": {"local_as": 65010}})}
    ROWS.update({
        f"another local AS, {engine}": Row(("'default'", "local AS 65010", "expects 65000"), {}, failover="bgp", firewall=RUNNING),
        f"another router ID, {engine}": Row(
            ("router_id", "198.51.100.10"), {**OURS, "router_id": "10.10.0.1", "allow_readvertise": True}, failover="bgp", firewall=RUNNING),
        f"learned routes that are not installed, {engine}": Row(
            ("install_route", "install-route"), {**OURS, "allow_readvertise": True}, running_bgp(engine, "<install-route>no</install-route>"), "bgp", RUNNING),
        f"peers of others that would learn our networks, {engine}": Row(
            ("branch-7", "'branches'", "10.10.0.0/24", "allow_readvertise"), OURS, failover="bgp", firewall=RUNNING),
    })
ROWS["a large AS number on a running instance with 2 bytes"] = Row(
    ("AS 4200000001", "2-byte", "as_format"), {"tunnels": every_tunnel("bgp", {"bgp": {"local_as": 65010, "peer_as": 4200000001}}), "allow_readvertise": True},
    failover="bgp", firewall={"config": "bgp_running"})


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS.keys())
def test_the_firewall_does_not_allow_it(firewalls, row):
    door = VpnDoor(firewalls(**row.firewall))
    row.before(door.control)
    door.refused(options(row.failover, **row.changes), *row.words)


@pytest.mark.parametrize("row", [ROWS["a tunnel interface of another tunnel"], ROWS["source NAT of everything"]], ids=["unit", "nat"])
def test_check_mode_refuses_the_same(firewalls, row):
    door = VpnDoor(firewalls())
    row.before(door.control)
    door.refused(options(row.failover, **row.changes), *row.words, check=True)


@pytest.mark.parametrize("lift, changes", {
    "backup routes give spoof protection a route back": ("<discard-ip-spoof>yes</discard-ip-spoof>", {"backup_routes": True}),
    "a profile that checks something else": ("<discard-malformed-option>yes</discard-malformed-option>", {}),
}.values(), ids=["backup routes", "other checks"])
def test_zone_protection_that_does_not_hurt(firewalls, lift, changes):
    door = VpnDoor(firewalls())
    protection("edge", lift)(door.control)
    assert door.done(options("pbf", **changes)).changed


def test_spoof_protection_does_not_hurt_bgp(firewalls):
    door = VpnDoor(firewalls())
    protection("edge", "<discard-ip-spoof>yes</discard-ip-spoof>")(door.control)
    assert door.done(options("bgp")).changed


@pytest.mark.parametrize("asked", [True, False])
def test_install_route_can_be_said(firewalls, asked):
    door = VpnDoor(firewalls(config="bgp_running"))
    door.control.plant(BGP_PLACES["virtual-router"], "<install-route>no</install-route>")
    door.done(options("bgp", tunnels=every_tunnel("bgp", {"bgp": {"local_as": 65010}}), allow_readvertise=True, install_route=asked))
    assert door.text(f"{BGP_PLACES['virtual-router']}/install-route") == ("yes" if asked else "no")


@pytest.mark.parametrize("engine", ENGINES)
def test_others_may_learn_the_networks_when_that_is_said(firewalls, engine):
    door = VpnDoor(firewalls(engine=engine, config="bgp_running"))
    before = door.candidate(f"{BGP_PLACES[engine]}/peer-group/entry[@name='branches']")
    assert door.done(options("bgp", tunnels=every_tunnel("bgp", {"bgp": {"local_as": 65010}}), allow_readvertise=True)).changed
    assert door.candidate(f"{BGP_PLACES[engine]}/peer-group/entry[@name='branches']") == before


def test_the_active_member_of_a_pair_is_written_to(firewalls):
    door = VpnDoor(firewalls())
    door.control.plant(f"{DEVICE}/deviceconfig", "<high-availability><enabled>yes</enabled></high-availability>")
    door.control.set_ha("active")
    assert door.done(options()).changed


def test_rules_go_above_the_one_that_shadows_them(firewalls):
    door = VpnDoor(firewalls())
    door.control.plant(SECURITY, rule("no clouds", "trust", "any", destination="10.200.0.0/15"))
    door.control.edit_as("alice", "move", f"{SECURITY}/entry[@name='no clouds']", where="top")
    door.done(options())
    order = [entry[1][0][1] for entry in door.candidate(SECURITY)[3]]
    assert order.index("vpn-0a1d7f3c52e9b8046-out") < order.index("no clouds")
    assert order.index("vpn-0a1d7f3c52e9b8046-in") < order.index("deny the rest")


def test_a_later_rule_above_ours_is_overtaken_by_the_next_run(firewalls):
    door = VpnDoor(firewalls())
    door.done(options())
    door.control.plant(SECURITY, rule("no clouds", "trust", "any"))
    door.control.edit_as("alice", "move", f"{SECURITY}/entry[@name='no clouds']", where="top")
    result = door.done(options())
    assert [action for action, _xpath in door.writes()] == ["move"]
    assert "no clouds" in result.diff["after"]
    assert not door.done(options()).changed


def test_pbf_rules_go_above_the_one_that_catches_their_traffic(firewalls):
    door = VpnDoor(firewalls())
    rules = f"{VSYS}/rulebase/pbf/rules"
    door.control.plant(rules, """<entry name='everything'><from><zone><member>trust</member></zone></from><source><member>any</member></source>
        <destination><member>any</member></destination><source-user><member>any</member></source-user><application><member>any</member></application>
        <service><member>any</member></service><action><no-pbf/></action></entry>""")
    door.done(options())
    order = [entry[1][0][1] for entry in door.candidate(rules)[3]]
    ours = [f"vpn-0a1d7f3c52e9b8046-{end}" for end in ("1", "2", "discard")]
    assert order == ["guest-dsl", *ours, "everything"]


TRUST = "<zone><member>trust</member></zone>"
# PBF rules that leave the VPN's packets to the routes.
HARMLESS = {
    "to the routes": by_dsl(TRUST, "<no-pbf/>"),
    "from another zone": by_dsl("<zone><member>dmz</member></zone>"),
    "for others": by_dsl(TRUST, destination="172.31.0.0/16"),
    "disabled": by_dsl(TRUST).replace("<action>", "<disabled>yes</disabled><action>"),
    "for some applications": by_dsl(TRUST, application="web-browsing"),
}


@pytest.mark.parametrize("rule", HARMLESS.values(), ids=HARMLESS.keys())
def test_a_pbf_rule_that_takes_nothing_is_no_hindrance(firewalls, rule):
    door = VpnDoor(firewalls())
    door.control.plant(f"{VSYS}/rulebase/pbf/rules", rule)
    assert door.done(options("bgp")).changed


@pytest.mark.parametrize("what, refused", [("10.0.0.0/8", True), ("172.31.0.0/16", False)], ids=["these", "others"])
def test_a_pbf_rule_by_names_is_understood(firewalls, what, refused):
    door = VpnDoor(firewalls())
    door.control.plant("/config/shared/address", f"<entry name='far'><ip-netmask>{what}</ip-netmask></entry>")
    door.control.plant(f"{VSYS}/address-group", "<entry name='clouds'><static><member>far</member></static></entry>")
    door.control.plant(f"{VSYS}/rulebase/pbf/rules", by_dsl(TRUST, destination="clouds"))
    result = door.run(options("bgp"))
    assert result.failed is refused
    assert ("PBF rule 'all by dsl' takes" in result.message) is refused and not any("PBF rule" in text for text in result.warnings)


HOST_ROUTES = [(f"{ROUTERS['virtual-router']}/routing-table/ip/static-route",
                f"<entry name='aws-{number}'><destination>{tunnel['outside_address']}/32</destination><nexthop><ip-address>198.51.100.1</ip-address></nexthop>"
                "<interface>ethernet1/8</interface></entry>") for number, tunnel in enumerate(every_tunnel("pbf", {}), 1)]


def test_a_default_route_by_routes_beside_the_tunnels_own_ways(firewalls):
    door = VpnDoor(firewalls())
    planted(*HOST_ROUTES)(door.control)
    assert door.done(options(remote_networks=["0.0.0.0/0"], allow_default_route=True, backup_routes=True)).changed


@pytest.mark.parametrize("networks, words", [
    (["192.168.77.0/24"], ["no interface and no static route of router 'default' has 192.168.77.0/24"]),
    (["10.10.0.0/24"], []), (["10.30.7.0/24"], []), (["10.10.0.0/16"], [])], ids=["of nobody", "connected", "in a static route", "that holds some"])
def test_a_local_network_of_nobody_is_told(firewalls, networks, words):
    door = VpnDoor(firewalls())
    warnings = " ".join(door.done(options(local_networks=networks)).warnings)
    assert [each for each in words if each not in warnings] == []
    assert ("local_networks" in warnings) == bool(words)


STATIC_ROUTES = f"{ROUTERS['virtual-router']}/routing-table/ip/static-route"
#: The distance of the router's static routes, what somebody else's to the remote network says, and what is said of that one.
BESIDE_OURS = {
    "a lower metric": (10, "<metric>5</metric>", "(metric 5) is preferred to the VPN's"),
    "a higher metric": (10, "<metric>40</metric>", "(metric 40) gives way to the VPN's (metric 10)"),
    "a higher distance": (10, "<admin-dist>240</admin-dist><metric>5</metric>", "(distance 240, metric 5) gives way to the VPN's (metric 10)"),
    "a lower distance": (20, "<admin-dist>10</admin-dist><metric>40</metric>", "(distance 10, metric 40) is preferred to the VPN's"),
}


@pytest.mark.parametrize("usual, values, words", BESIDE_OURS.values(), ids=BESIDE_OURS.keys())
def test_which_route_is_preferred_is_told_by_distance_and_then_by_metric(firewalls, usual, values, words):
    door = VpnDoor(firewalls())
    planted((ROUTERS["virtual-router"], f"<admin-dists><static>{usual}</static></admin-dists>"),
            (STATIC_ROUTES, f"<entry name='theirs'><destination>10.200.0.0/16</destination><interface>ethernet1/2</interface>{values}</entry>"))(door.control)
    assert words in " ".join(door.done(options(backup_routes=True)).warnings)


BEYOND = f"{NETWORK}/virtual-router/entry[@name='beyond']"
TO_BEYOND = "<entry name='over'><destination>10.200.0.0/16</destination><nexthop><next-vr>beyond</next-vr></nexthop></entry>"
BACK = "<static-route><entry name='back'><destination>10.10.0.0/24</destination><nexthop><next-vr>default</next-vr></nexthop></entry></static-route>"
#: Failover, what the hosts' router has, and whether it is told that it does not lead them to the VPN's.
BEHIND_ANOTHER_ROUTER = {
    "by BGP, without a route": ("bgp", "", True), "by routes, without a route": ("routes", "", True),
    "by BGP, with one": ("bgp", TO_BEYOND, False), "by PBF, without a route": ("pbf", "", False),
}


@pytest.mark.parametrize("failover, route, is_told", BEHIND_ANOTHER_ROUTER.values(), ids=BEHIND_ANOTHER_ROUTER.keys())
def test_hosts_whose_router_does_not_lead_to_the_vpns_are_told(firewalls, failover, route, is_told):
    door = VpnDoor(firewalls())
    planted((BEYOND, f"<routing-table><ip>{BACK}</ip></routing-table>"), *([(STATIC_ROUTES, route)] if route else []))(door.control)
    warnings = " ".join(door.done(options("bgp" if failover == "bgp" else "pbf", failover=failover, virtual_router="beyond")).warnings)
    said = ("hosts behind ae1.10 do not come to the tunnels with packets for 10.200.0.0/16: their router 'default' sends them by ethernet1/8 "
            "(route 'default' (0.0.0.0/0)); give it a static_route to 10.200.0.0/16 whose next router is 'beyond'")
    assert (said in warnings) is is_told, warnings


def test_an_endpoint_behind_another_line_is_told_early(firewalls):
    door = VpnDoor(firewalls())
    tunnels = every_tunnel("pbf", {"customer_outside_address": "203.0.113.6"})
    warnings = " ".join(door.done(options(outside_interface="ethernet1/7", tunnels=tunnels)).warnings)
    assert "leave by ethernet1/8 (route 'default' (0.0.0.0/0)), and the tunnel is to go from ethernet1/7" in warnings
    assert "tunnel is to go" not in " ".join(VpnDoor(firewalls()).done(options()).warnings)


@pytest.mark.parametrize("elsewhere", [True, False], ids=["a zone of its own", "the zone of the way out"])
def test_ike_from_a_loopback_passes_between_its_zone_and_that_of_the_way_out(firewalls, elsewhere):
    door = VpnDoor(firewalls())
    zone = "ike-lo" if elsewhere else "untrust"
    planted((f"{NETWORK}/interface/loopback/units", "<entry name='loopback.9'><ip><entry name='203.0.113.201/32'/></ip></entry>"),
            (f"{VSYS}/import/network/interface", "<member>loopback.9</member>"), (f"{ROUTERS['virtual-router']}/interface", "<member>loopback.9</member>"),
            (f"{VSYS}/zone", f"<entry name='{zone}'><network><layer3><member>loopback.9</member></layer3></network></entry>"))(door.control)
    tunnels = every_tunnel("pbf", {"customer_outside_address": "203.0.113.201"})
    asked = options(outside_interface="loopback.9", tunnels=tunnels)
    door.committed(asked)
    found = door.control.running()
    assert not door.done(asked).changed
    rule_of_ike = f"{SECURITY}/entry[@name='{asked['name']}-ike']"
    zones = ["ike-lo", "untrust"] if elsewhere else ["untrust"]
    for side in ("from", "to"):
        members = "".join(f"<member>{each}</member>" for each in zones)
        assert door.stands(f"{rule_of_ike}/{side}", f"<{side}>{members}</{side}>"), found
