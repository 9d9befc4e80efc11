# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What can be broken in a branch's VPN, and what harms it not. Evidence as data: what is configured, what is shown, what is logged."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass, replace
from typing import Callable

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.evidence import Intent
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import OBSTACLES
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.flow import Flow
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.forwarding import PbfRule
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.interfaces import LiveInterface
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.routes import Route
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.security_associations import IkeSa, IpsecSa
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.record import Object, Record, RecordedNames, written
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.diagnosis.branch import (
    ELSEWHERE, ENDPOINTS, HERE, LAN, NAME, OURS, STATED, THEIRS, VPC, Branch, members, rule,
)

ONE, TWO = f"{NAME}-1", f"{NAME}-2"
DOUBTED, SILENT = "received notify type AUTHENTICATION_FAILED", "IKE negotiation is failed due to timeout"
STRANGERS = "10.99.0.0/16"
KINDS = ("pbf", "bgp")


def by_name(branch):
    """Names of address objects instead of addresses, in rules of all kinds."""
    branch.objects = {"lan": [LAN], "vpc": ["cloud"], "cloud": [VPC]}
    for element in branch.tree.iter("member"):
        element.text = {LAN: "lan", VPC: "vpc"}.get(element.text, element.text)


def unknown_names(branch):
    """Names that nobody here can resolve cover nothing and contradict nothing."""
    by_name(branch)
    branch.objects = {"lan": [], "vpc": []}


def by_interface(branch):
    for name in (ONE, TWO):
        path = branch.at("pbf/rules", name)
        path.remove(path.find("from"))
        path.append(ET.fromstring("<from><interface><member>ethernet1/2</member></interface></from>"))


def on_loopback(branch):
    """IKE leaves by another interface than the one that has its address."""
    branch.tree.find(".//network/interface").append(ET.fromstring(
        "<loopback><units><entry name='loopback.1'><ip><entry name='198.51.100.200/32'/></ip></entry></units></loopback>"))
    branch.at("virtual-router", "default").find("interface").append(ET.fromstring("<member>loopback.1</member>"))
    for name in (ONE, TWO):
        branch.text(branch.at("gateway", name), "local-address/interface", "loopback.1")
        branch.text(branch.at("gateway", name), "local-address/ip", "198.51.100.200/32")
    for tunnel in branch.connection["tunnels"]:
        tunnel["customer_outside_address"] = "198.51.100.200"


def wider(branch):
    """The networks here are said in one, of which a part is in use."""
    branch.intent = replace(STATED, local_networks=("10.10.0.0/16",))
    for element in branch.tree.iter("member"):
        element.text = "10.10.0.0/16" if element.text == LAN else element.text
    branch.connection["static_routes"] = ["10.10.0.0/16"]


def unit(number: int, address: str) -> Callable:
    return lambda branch: branch.at("tunnel/units", f"tunnel.{number}").find("ip/entry").set("name", address)


def above(rulebase: str, *entries: str) -> Callable:
    return lambda branch: branch.first(branch.at(f"{rulebase}/rules"), *entries)


def guest_line(**lists: str) -> str:
    traffic = members(**{"source": "any", "destination": "any", **lists})
    return f"<entry name='guests'>{traffic}<from><zone><member>trust</member></zone></from><action><no-pbf/></action></entry>"


def hindered(*causes: str) -> Callable:
    """What manages the far side says that these stand in its way."""
    return lambda branch: branch.connection.update(obstacles=[{"cause": cause, "description": f"{cause}, in its words"} for cause in causes])


HARMLESS = {
    "what stood in the far side's way": hindered(*OBSTACLES),
    "address objects": by_name,
    "address objects, nothing stated": lambda branch: (by_name(branch), setattr(branch, "intent", Intent())),
    "names that nobody knows": unknown_names,
    "PBF rules from an interface": by_interface,
    "a network here that is wider than its route": wider,
    "no rule for sessions of the far side": lambda branch: branch.at("security/rules").remove(branch.at("security/rules", f"{NAME}-in")),
    "a careful rule, nothing stated": lambda branch: (
        branch.text(branch.at("security/rules", f"{NAME}-out"), "application/member", "ssl"), setattr(branch, "intent", Intent())),
    "a peer by its name": lambda branch: (
        branch.at("gateway", ONE).find("peer-address").clear(), branch.text(branch.at("gateway", ONE), "peer-address/fqdn", "vpn.example.net")),
    "a wide network on another interface": lambda branch: branch.at("ethernet", "ethernet1/3").find("layer3/ip").append(
        ET.fromstring("<entry name='169.254.0.1/16'/>")),
    "a crypto profile that is predefined": lambda branch: branch.text(branch.at("gateway", ONE), "protocol/ikev2/ike-crypto-profile", "default"),
    "a gateway on a loopback interface": on_loopback,
    "a routing table that nobody can read": lambda branch: setattr(branch, "state", replace(branch.state, routes=())),
    "an inside address without a network": unit(1, f"{OURS[1]}/32"),
    "a PBF rule above, for some hosts": above("pbf", guest_line(source="10.10.0.64/26")),
    "rules for interfaces, in a zone with more of them": lambda branch: (
        by_interface(branch), branch.at("vsys/entry/zone", "trust").find("network/layer3").append(ET.fromstring("<member>ethernet1/9</member>"))),
    "a deny rule at certain times, for others": lambda branch: branch.first(
        branch.at("security/rules"), rule("night", "trust", "vpn", "deny").replace("</entry>", "<schedule>night</schedule></entry>")),
}


def wide_far_network(branch):
    """The networks here lie in the one on the far side."""
    branch.intent = replace(STATED, remote_networks=("10.0.0.0/8",))
    branch.text(branch.at("security/rules", f"{NAME}-out"), "destination/member", "any")
    branch.text(branch.at("security/rules", f"{NAME}-in"), "source/member", "any")


def by_another_protocol(branch):
    branch.at("peer-group").clear()
    branch.peers()
    elsewhere(*(Route(f"10.200.{number}.0/24", "default", THEIRS[number], f"tunnel.{number}", "ospf", True) for number in (1, 2)))(branch)


def special_forwarding(branch):
    """A PBF rule for one service beside BGP."""
    branch.at("pbf/rules").append(ET.fromstring(
        f"<entry name='backup'>{members(source=LAN, destination=VPC, service='service-https')}<from><zone><member>trust</member></zone></from><action><forward>"
        "<egress-interface>tunnel.1</egress-interface><monitor><disable-if-unreachable>yes</disable-if-unreachable></monitor></forward></action></entry>"))
    branch.state = replace(branch.state, pbf_rules=(PbfRule("backup", state="Active", nexthop_state="UP"),))


ROUTED = {"a wide far network": wide_far_network, "routes of another protocol": by_another_protocol, "PBF for special traffic": special_forwarding}


@dataclass(frozen=True)
class Fault:
    """C(breaks): the branch. C(known): whether the cloud's description is given. C(tunnel): whose first cause it must be."""

    cause: str
    breaks: Callable
    sure: str = "certain"
    kind: str = "pbf"
    known: bool = True
    tunnel: str = ONE


def gateway(path: str, text: str, *words: str) -> Callable:
    return lambda branch: (branch.text(branch.at("gateway", ONE), path, text), branch.down(1, 1, *words))


def identity(option: str, kind: str, text: str) -> Callable:
    return lambda branch: (branch.text(branch.at("gateway", ONE), f"{option}/type", kind), branch.text(branch.at("gateway", ONE), f"{option}/id", text),
                           branch.down(1, 1, DOUBTED))


def endpoints(one: str, two: str) -> Callable:
    return lambda branch: [branch.text(branch.at("gateway", name), "peer-address/ip", text) for name, text in ((ONE, one), (TWO, two))]


def swapped_keys(branch):
    branch.keys, branch.key_owners = {ONE: False, TWO: False}, {ONE: ENDPOINTS[2], TWO: ENDPOINTS[1]}
    branch.down(1, 1, DOUBTED)


def renamed(branch):
    """A VPN whose tunnels have names of their own."""
    for element in branch.tree.iter():
        for old, new in ((ONE, f"{NAME}"), (TWO, f"{NAME}-x")):
            if element.get("name") == old:
                element.set("name", new)
    branch.state = replace(branch.state, ike_sas=(), ipsec_sas=(), flows=(), pbf_rules=())


def monitored(address: str) -> Callable:
    return lambda branch: (branch.text(branch.at("tunnel/ipsec", ONE), "tunnel-monitor/destination-ip", address), branch.silent(1, out=9))


def path_of(name: str, path: str, text: str) -> Callable:
    return lambda branch: branch.text(branch.at("pbf/rules", name), path, text)


def silent_path(address: str) -> Callable:
    return lambda branch: (
        path_of(ONE, "action/forward/monitor/ip-address", address)(branch),
        setattr(branch, "state", replace(branch.state, pbf_rules=tuple(
            replace(each, state="Disabled", nexthop_state="DOWN") if each.name == ONE else each for each in branch.state.pbf_rules))))


def elsewhere(*routes: Route) -> Callable:
    return lambda branch: setattr(branch, "state", replace(branch.state, routes=routes + branch.state.routes))


def without_route(destination: str) -> Callable:
    return lambda branch: setattr(branch, "state", replace(branch.state, routes=tuple(
        route for route in branch.state.routes if route.destination != destination)))


def security(name: str, path: str, text: str) -> Callable:
    return lambda branch: branch.text(branch.at("security/rules", name), path, text)


def several(*faults: Callable) -> Callable:
    return lambda branch: [fault(branch) for fault in faults]


def peer(path: str, text: str) -> Callable:
    return lambda branch: (branch.text(branch.at("peer-group/entry/peer", ONE), path, text), branch.peers(branch.peer(1, "Active"), branch.peer(2)))


def group(xml: str, *gone: str) -> Callable:
    def breaks(branch):
        entry = branch.at("peer-group", NAME)
        for tag in gone:
            entry.remove(entry.find(tag))
        entry.append(ET.fromstring(xml))
        branch.peers(branch.peer(1, "Idle"), branch.peer(2, "Idle"))
    return breaks


def policy(direction: str, prefixes: str = "") -> Callable:
    """A rule in front that denies; the state shows what comes of it."""
    def breaks(branch):
        match = "".join(f"<entry name='{text}'><exact>no</exact></entry>" for text in prefixes.split())
        branch.first(branch.at(f"policy/{direction}/rules"), f"<entry name='careful'>{members(used_by=NAME)}<match><address-prefix>{match}</address-prefix>"
                     "</match><action><deny/></action></entry>")
        counts = {"received": 0} if direction == "import" else {"advertised": 0}
        branch.peers(branch.peer(1, **counts), branch.peer(2, **counts))
    return breaks


def without_redistribution(branch):
    branch.at("redist-rules").clear()
    branch.peers(branch.peer(1, advertised=0), branch.peer(2, advertised=0))


FAULTS = {
    "the gateway of the other tunnel, nothing known": Fault("ike-gateway-of-another-tunnel", lambda branch: branch.at("tunnel/ipsec", TWO).find(
        "auto-key/ike-gateway/entry").set("name", ONE), known=False, tunnel=TWO),
    "the gateway of the other tunnel": Fault("ike-gateway-of-another-tunnel", lambda branch: branch.at("tunnel/ipsec", TWO).find(
        "auto-key/ike-gateway/entry").set("name", ONE), tunnel=TWO),
    "the interface of the other tunnel": Fault("tunnel-interface-of-another-tunnel", lambda branch: branch.text(
        branch.at("tunnel/ipsec", TWO), "tunnel-interface", "tunnel.1"), tunnel=TWO),
    "the interface of the other tunnel, by its rule": Fault("tunnel-interface-of-another-tunnel", lambda branch: branch.text(
        branch.at("tunnel/ipsec", ONE), "tunnel-interface", "tunnel.2")),
    "a tunnel deleted": Fault("tunnel-missing", lambda branch: branch.at("tunnel/ipsec").remove(branch.at("tunnel/ipsec", TWO)), tunnel=TWO),
    "both tunnels deleted": Fault("tunnel-missing", lambda branch: branch.at("tunnel/ipsec").clear()),
    "a tunnel deleted, nothing known": Fault("tunnel-missing", lambda branch: branch.at("tunnel/ipsec").remove(branch.at("tunnel/ipsec", TWO)),
                                             known=False, tunnel=TWO),
    "a tunnel deleted with all that it had": Fault("tunnel-missing", lambda branch: [
        branch.at(place).remove(branch.at(place, TWO)) for place in ("tunnel/ipsec", "gateway", "pbf/rules")], "likely", tunnel=TWO),
    "an address of another interface": Fault("local-address-wrong", gateway("local-address/ip", "192.0.2.9/24", SILENT)),
    "another outside interface, nothing known": Fault("endpoint-route-through-other-interface", several(
        gateway("local-address/interface", "ethernet1/3", SILENT), gateway("local-address/ip", "192.0.2.9/24"),
        above("security", rule("stop", "untrust", "untrust", "deny"))), "likely", known=False),
    "another outside interface": Fault("local-interface-wrong", several(
        gateway("local-address/interface", "ethernet1/3", SILENT), gateway("local-address/ip", "192.0.2.9/24"))),
    "DHCP gave another address": Fault("local-address-wrong", lambda branch: (
        branch.at("ethernet", "ethernet1/1").find("layer3").remove(branch.at("ethernet", "ethernet1/1").find("layer3/ip")),
        branch.interfaces.update({"ethernet1/1": LiveInterface("ethernet1/1", address="198.51.100.77/24", state="up")}), branch.down(1, 1, SILENT))),
    "a customer gateway of another address": Fault("customer-gateway-address", lambda branch: (
        branch.connection["tunnels"][0].update(customer_outside_address=ELSEWHERE), branch.down(1, 1, SILENT)), "likely"),
    "a customer gateway of another address, which refuses": Fault("customer-gateway-address", lambda branch: (
        branch.connection["tunnels"][0].update(customer_outside_address=ELSEWHERE), branch.down(1, 1, "NO_PROPOSAL_CHOSEN")), "likely"),
    "a customer gateway of another address, which doubts": Fault("customer-gateway-address", lambda branch: (
        branch.connection["tunnels"][0].update(customer_outside_address=ELSEWHERE), branch.down(1, 1, DOUBTED)), "likely"),
    "both PBF rules disabled": Fault("pbf-rule-disabled", lambda branch: [path_of(name, "disabled", "yes")(branch) for name in (ONE, TWO)]),
    "both PBF rules for another destination, nothing stated": Fault("pbf-rule-misses-traffic", lambda branch: (
        [path_of(name, "destination/member", STRANGERS)(branch) for name in (ONE, TWO)], setattr(branch, "intent", Intent())), "likely"),
    "a peer by its name that does not answer": Fault("ike-unanswered", several(
        HARMLESS["a peer by its name"], lambda branch: branch.at("security/rules").remove(branch.at("security/rules", "keys")),
        lambda branch: branch.down(1, 1, SILENT)), "likely"),
    "a peer that does not answer, and would know no way back": Fault("ike-unanswered", lambda branch: (
        branch.connection.update(static_routes=[STRANGERS]), branch.down(1, 1, SILENT)), "likely"),
    **{f"a peer that does not answer, of which its management says {cause}": Fault(
        cause, lambda branch, cause=cause: (hindered(cause)(branch), branch.down(1, 1, SILENT)), "likely") for cause in OBSTACLES},
    "the outside interface in no zone": Fault("outside-interface-without-zone", lambda branch: (
        branch.at("vsys/entry/zone", "untrust").find("network/layer3").clear(), branch.down(1, 1, SILENT))),
    "the hosts' interface in no zone": Fault("local-network-elsewhere", lambda branch: branch.at("vsys/entry/zone", "trust").find(
        "network/layer3").clear(), "likely"),
    "the endpoint's route leads into the tunnel": Fault("endpoint-route-into-tunnel", several(
        elsewhere(Route(f"{ENDPOINTS[1]}/32", "default", "0.0.0.0", "tunnel.1", "static", True)), lambda branch: branch.silent(1))),
    "no route to the endpoint, SA still there": Fault("endpoint-route-missing", several(without_route("0.0.0.0/0"), lambda branch: branch.silent(1))),
    "the endpoint's route leads elsewhere": Fault("endpoint-route-through-other-interface", several(
        elsewhere(Route("203.0.113.0/24", "default", "192.0.2.1", "ethernet1/3", "static", True)), gateway("comment", "", SILENT)), "likely"),
    "IKE denied on its own port": Fault("ike-denied-by-rule", several(
        above("security", rule("stop", "untrust", "untrust", "deny", application="ike", service="application-default")), gateway("comment", "", SILENT))),
    "IKE denied as part of ipsec": Fault("ike-denied-by-rule", several(
        above("security", rule("stop", "any", "any", "drop", application="ipsec")), gateway("comment", "", SILENT))),
    "ESP denied, IKE not": Fault("esp-denied-by-rule", several(
        above("security", rule("stop", "untrust", "untrust", "deny", application="ipsec-esp", service="application-default")),
        lambda branch: branch.silent(1, out=9))),
    "own identity of another type": Fault("local-identity-mismatch", identity("local-id", "fqdn", HERE)),
    "own identity of another type, nothing known": Fault("local-identity-mismatch", identity("local-id", "fqdn", HERE), "likely", known=False),
    "peer's identity of another type, nothing known": Fault("peer-identity-mismatch", identity("peer-id", "fqdn", ENDPOINTS[1]), "likely", known=False),
    "peer's identity of another type": Fault("peer-identity-mismatch", identity("peer-id", "fqdn", ENDPOINTS[1])),
    "peer's identity is a name": Fault("peer-identity-mismatch", identity("peer-id", "ufqdn", "aws@example.net")),
    "keys swapped": Fault("pre-shared-key-mismatch", swapped_keys),
    "endpoints swapped": Fault("peer-address-wrong", several(endpoints(ENDPOINTS[2], ENDPOINTS[1]), swapped_keys)),
    "endpoints swapped, names of one's own": Fault("peer-address-wrong", several(
        endpoints(ENDPOINTS[2], ENDPOINTS[1]), renamed, lambda branch: branch.keys.update({NAME: False, f"{NAME}-x": False})), tunnel=NAME),
    "another phase 1 profile": Fault("ike-encryption-mismatch", gateway("protocol/ikev2/ike-crypto-profile", "weak", "NO_PROPOSAL_CHOSEN")),
    "another phase 2 profile": Fault("esp-encryption-mismatch", lambda branch: (
        branch.text(branch.at("tunnel/ipsec", ONE), "auto-key/ipsec-crypto-profile", "weak"), branch.down(1, 2, "NO_PROPOSAL_CHOSEN"))),
    "inside address wrong by one": Fault("inside-address-wrong", lambda branch: (unit(1, "169.254.31.71/30")(branch), branch.silent(1, out=9))),
    "an inside address that is no host's": Fault("inside-address-wrong", lambda branch: (
        unit(1, "169.254.31.71/30")(branch), branch.silent(1, out=9)), known=False),
    "the peer's inside address": Fault("inside-address-wrong", lambda branch: (unit(1, f"{THEIRS[1]}/30")(branch), branch.silent(1)), known=False),
    "inside addresses swapped": Fault("inside-address-wrong", lambda branch: (
        unit(1, f"{OURS[2]}/30")(branch), unit(2, f"{OURS[1]}/30")(branch), branch.silent(1, out=9))),
    "inside mask too long": Fault("inside-mask-wrong", unit(1, f"{OURS[1]}/32"), kind="bgp"),
    "inside mask too short": Fault("inside-mask-wrong", unit(1, f"{OURS[1]}/16")),
    "one tunnel interface in another router": Fault("tunnel-interface-in-other-router", lambda branch: branch.move(
        "tunnel.1", branch.at("virtual-router", "default").find("interface"), branch.at("virtual-router", "other").find("interface")), "likely"),
    "one BGP tunnel interface in another router": Fault("tunnel-interface-in-other-router", lambda branch: branch.move(
        "tunnel.1", branch.at("virtual-router", "default").find("interface"), branch.at("virtual-router", "other").find("interface")), kind="bgp"),
    "one tunnel interface in another zone": Fault("tunnels-in-different-zones", lambda branch: branch.move(
        "tunnel.1", branch.at("vsys/entry/zone", "vpn").find("network/layer3"), branch.at("vsys/entry/zone", "dmz").find("network/layer3")), "likely"),
    "a monitor that asks a host that is not there": Fault("monitor-target-silent", monitored("10.200.0.99"), "likely"),
    "a monitor that asks another network": Fault("monitor-target-wrong", monitored("169.254.99.1"), "likely", known=False),
    "a PBF rule of another zone": Fault("pbf-rule-misses-traffic", path_of(ONE, "from/zone/member", "dmz")),
    "a PBF rule for another source": Fault("pbf-rule-misses-traffic", path_of(ONE, "source/member", STRANGERS)),
    "a PBF rule for another destination": Fault("pbf-rule-misses-traffic", path_of(ONE, "destination/member", STRANGERS)),
    "a PBF rule for all but the destination": Fault("pbf-rule-misses-traffic", path_of(ONE, "negate-destination", "yes")),
    "a PBF rule for one service": Fault("pbf-rule-misses-traffic", path_of(ONE, "service/member", "service-https")),
    "a PBF rule unlike the last one, nothing stated": Fault("pbf-rule-misses-traffic", several(
        path_of(ONE, "from/zone/member", "dmz"), security(f"{NAME}-out", "from/member", "any"), lambda branch: setattr(branch, "intent", Intent())), "likely"),
    "a PBF rule by schedule": Fault("pbf-rule-misses-traffic", path_of(ONE, "schedule", "office hours")),
    "a PBF rule into the other tunnel": Fault("pbf-egress-wrong", path_of(ONE, "action/forward/egress-interface", "tunnel.2")),
    "a PBF rule out of the VPN": Fault("pbf-egress-wrong", path_of(ONE, "action/forward/egress-interface", "ethernet1/1")),
    "no PBF rule for one tunnel": Fault("tunnel-not-in-use", lambda branch: branch.at("pbf/rules").remove(branch.at("pbf/rules", ONE)), "likely"),
    "a PBF monitor that asks a host that is not there": Fault("pbf-monitor-silent", silent_path("10.200.0.99"), "likely"),
    "a PBF monitor that asks a host that is not there, nothing known": Fault("pbf-monitor-silent", silent_path("10.200.0.99"), "likely", known=False),
    "a PBF rule above, for interfaces": Fault("pbf-rule-shadowed", above(
        "pbf", guest_line().replace("zone>", "interface>").replace(">trust<", ">ethernet1/2<"))),
    "an allow rule disabled": Fault("security-rule-disabled", security(f"{NAME}-out", "disabled", "yes")),
    "an allow rule for one application": Fault("security-rule-narrow", security(f"{NAME}-out", "application/member", "ssl"), "likely"),
    "an allow rule by schedule": Fault("security-rule-narrow", security(f"{NAME}-out", "schedule", "office hours"), "likely"),
    "an allow rule for some hosts": Fault("security-rule-narrow", security(f"{NAME}-out", "source/member", "10.10.0.64/26"), "likely"),
    "an allow rule in the other direction": Fault("security-rule-denies", several(
        security(f"{NAME}-out", "from/member", "vpn"), security(f"{NAME}-out", "to/member", "trust"))),
    "the far side's sessions, rule disabled": Fault("security-rule-disabled", security(f"{NAME}-in", "disabled", "yes"), "likely"),
    "the far side's sessions, rule below a deny": Fault("security-rule-shadowed", above("security", rule("stop", "vpn", "trust", "deny")), "likely"),
    "no route back": Fault("local-network-unrouted", without_route(LAN)),
    "the way back leads into another zone": Fault("local-network-elsewhere", several(
        without_route(LAN), elsewhere(Route(LAN, "default", "192.0.2.1", "ethernet1/3", "static", True))), "likely"),
    "the way back leads into the VPN": Fault("local-network-unrouted", several(
        without_route(LAN), elsewhere(Route(LAN, "default", THEIRS[1], "tunnel.1", "bgp", True)))),
    "a static route leads past the VPN": Fault("route-elsewhere", several(
        without_route(VPC), elsewhere(Route("10.0.0.0/8", "default", "10.10.0.9", "ethernet1/2", "static", True))), "likely", "bgp"),
    "a longer prefix is discarded": Fault("route-elsewhere", elsewhere(Route("10.200.7.0/24", "default", "discard", None, "static", True)), "likely", "bgp"),
    "BGP group disabled": Fault("bgp-group-disabled", group("<enable>no</enable>", "enable"), kind="bgp"),
    "BGP group of one AS": Fault("bgp-group-type", group("<type><ibgp/></type>", "type"), kind="bgp"),
    "BGP peer neither calls nor is called": Fault("bgp-connections-forbidden", several(
        peer("connection-options/incoming-bgp-connection/allow", "no"), peer("connection-options/outgoing-bgp-connection/allow", "no")), kind="bgp"),
    "BGP peer for IPv6": Fault("bgp-address-family", peer("address-family-identifier", "ipv6"), kind="bgp"),
    "BGP peer disabled": Fault("bgp-peer-disabled", peer("enable", "no"), kind="bgp"),
    "BGP peer on the other tunnel's interface": Fault("bgp-interface-wrong", peer("local-address/interface", "tunnel.2"), kind="bgp"),
    "BGP peer at our own address": Fault("bgp-address-mismatch", peer("peer-address/ip", OURS[1]), kind="bgp", known=False),
    "BGP import rule denies everything": Fault("import-policy", policy("import"), kind="bgp"),
    "BGP import rule denies the far network": Fault("import-policy", policy("import", "10.0.0.0/8"), kind="bgp"),
    "BGP import rule denies something, nothing known": Fault("import-policy", several(
        policy("import", "10.0.0.0/8"), lambda branch: setattr(branch, "intent", Intent())), "likely", "bgp"),
    "BGP announces another network only": Fault("local-network-not-announced", lambda branch: (
        branch.at("policy/export/rules/entry/match/address-prefix").find("entry").set("name", "10.20.0.0/24"),
        branch.peers(branch.peer(1, advertised=0), branch.peer(2, advertised=0))), kind="bgp"),
    "BGP export rule denies": Fault("export-policy", policy("export", LAN), kind="bgp"),
    "BGP takes nothing in": Fault("redistribution-missing", without_redistribution, kind="bgp"),
    "BGP is not told of a network here": Fault("local-network-not-announced", several(
        security(f"{NAME}-out", "source/member", "10.10.0.0/15"),
        elsewhere(Route("10.11.0.0/24", "default", "10.10.0.9", "ethernet1/2", "static", True)),
        lambda branch: setattr(branch, "intent", replace(STATED, local_networks=(LAN, "10.11.0.0/24")))), kind="bgp"),
    "BGP on one tunnel only": Fault("tunnel-not-in-use", lambda branch: (
        branch.at("peer-group/entry/peer").remove(branch.at("peer-group/entry/peer", ONE)), branch.peers(branch.peer(2)),
        elsewhere(Route(VPC, "default", THEIRS[2], "tunnel.2", "bgp", True))(branch)), "likely", "bgp"),
}


def recorded(*rules: str) -> Callable:
    """The VPN has a record, which names these PBF rules of it."""
    def write(branch):
        claims = [Object(kind, name) for kind in ("ike_gateway", "ipsec_tunnel") for name in (ONE, TWO)] + [Object("pbf_rule", name) for name in rules]
        record = Record(NAME, "vsys1", "default", {1: "tunnel.1", 2: "tunnel.2"}, RecordedNames.of(claims))
        branch.text(branch.at("tunnel/units", "tunnel.1"), "comment", written(None, record))
    return write


def taken_over(hand: str) -> Branch:
    """The second tunnel was there before under another name."""
    branch = Branch()
    kinds = ("ike_gateway", "ipsec_tunnel", "pbf_rule")
    claims = RecordedNames.of([*(Object(kind, ONE) for kind in kinds), Object("pbf_rule", f"{NAME}-discard")])
    record = Record(NAME, "vsys1", "default", {1: "tunnel.1", 2: "tunnel.2"}, claims, adopted={kind: {"-2": hand} for kind in kinds})
    branch.text(branch.at("tunnel/units", "tunnel.1"), "comment", written(None, record))
    for entry in [entry for entry in branch.tree.iter("entry") if entry.get("name") == TWO]:
        entry.set("name", hand)
    branch.state = replace(
        branch.state, ike_sas=(IkeSa(ONE), IkeSa(hand)), ipsec_sas=(IpsecSa(ONE, ONE), IpsecSa(hand, hand)),
        flows=tuple(Flow(name, name, state="active", monitor="up") for name in (ONE, hand)),
        pbf_rules=tuple(PbfRule(name, state="Active", nexthop_state="UP") for name in (ONE, hand)))
    return branch
