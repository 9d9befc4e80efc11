# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a wrong value of each option on a packet's way breaks, object by object of the configuration, and which odd values break nothing."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from typing import Callable

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.routes import Route
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.record import Object, Record, RecordedNames, written
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.diagnosis.branch import ENDPOINTS, LAN, NAME, VPC, members, rule
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.diagnosis.faults import (
    FAULTS, HARMLESS, ONE, SILENT, TWO, Fault, above, elsewhere, guest_line, identity, peer, several, without_route,
)
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.diagnosis.practice import (
    PRACTICE, advanced, both, down, hosts_fail, learned, made, nat, profile, protected, sessions,
)
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.diagnosis.variants import VARIANTS, Variant

_BY_ROUTES = VARIANTS["by static routes"].changes
_CLAIMS = {"ike_gateway": (ONE, TWO), "ipsec_tunnel": (ONE, TWO), "pbf_rule": (ONE, TWO, f"{NAME}-discard"), "security_rule": (f"{NAME}-out", f"{NAME}-in"),
           "monitor_profile": (NAME,)}


def of_ours(branch) -> None:
    """A record names the VPN's objects, the profile of its monitors included."""
    claims = RecordedNames.of([Object(kind, name) for kind, names in _CLAIMS.items() for name in names])
    branch.text(branch.at("tunnel/units", "tunnel.1"), "comment", written(None, Record(NAME, "vsys1", "default", {1: "tunnel.1", 2: "tunnel.2"}, claims)))
    profile(branch, "monitor-profile", f"<entry name='{NAME}'><interval>2</interval><threshold>5</threshold><action>fail-over</action></entry>")
    for name in (ONE, TWO):
        branch.text(branch.at("tunnel/ipsec", name), "tunnel-monitor/tunnel-monitor-profile", NAME)


def forwarding(name: str, zone: str, action: str, **lists: str) -> str:
    """A PBF rule."""
    traffic = members(**{"source": "any", "destination": "any", "application": "any", "service": "any", **lists})
    return f"<entry name='{name}'><from><zone><member>{zone}</member></zone></from>{traffic}<action>{action}</action></entry>"


def translating(name: str, source_zone: str, more: str = "", what: str = "", service: str = "any", **lists: str) -> str:
    """A NAT rule; it hides sources where it is not said what else it does."""
    matches = members(from_=source_zone, to="any", **{"source": "any", "destination": "any", **lists})
    does = what or "<source-translation><dynamic-ip-and-port/></source-translation>"
    return f"<entry name='{name}'>{does}{matches}<service>{service}</service>{more}</entry>"


_MOVES = "<destination-translation><translated-address>10.10.0.81</translated-address></destination-translation>"
_PUBLISHES = (
    "<source-translation><static-ip><translated-address>192.0.2.25</translated-address><bi-directional>yes</bi-directional></static-ip></source-translation>"
)
_AWAY = "<forward><egress-interface>ethernet1/3</egress-interface></forward>"


def flood(zone: str, kind: str, rate: int) -> Callable:
    return protected(zone, f"<flood><{kind}><enable>yes</enable><red><maximal-rate>{rate}</maximal-rate></red></{kind}></flood>")


def protecting(action: str, **lists: str) -> Callable:
    """A DoS protection rule between the hosts' zone and the VPN's."""
    matches = members(**{"source": "any", "destination": "any", "service": "any", **lists})
    zones = "<from><zone><member>trust</member></zone></from><to><zone><member>vpn</member></zone></to>"
    return lambda branch: made(made(branch.at("vsys/entry/rulebase"), "dos"), "rules").append(ET.fromstring(
        f"<entry name='{action} some'>{zones}{matches}<action><{action}/></action></entry>"))


def static(path: str, text: str, *numbers: int) -> Callable:
    """An option of the static routes into the tunnels."""
    return lambda branch: [branch.text(next(item for item in branch.at("routing-table/ip/static-route") if item.get("name") == f"{NAME}-{number}"), path, text)
                           for number in numbers or (1, 2)]


def comes_in_only(branch) -> None:
    """Of what went in and came out since the earlier look, nothing went in."""
    branch.state = replace(branch.state, flows=tuple(replace(flow, packets_encapsulated=100) for flow in branch.state.flows))


def in_no_zone(branch) -> None:
    branch.at("vsys/entry").append(ET.fromstring(f"<import><network>{members(interface='ethernet1/1 ethernet1/2')}</network></import>"))
    branch.at("vsys/entry/zone", "trust").find("network/layer3").clear()


def as_a_whole(*routes: Route) -> Callable:
    """The networks here are said in one, which these routes are for, beside the longer one to the hosts."""
    return several(HARMLESS["a network here that is wider than its route"], elsewhere(*routes))


def large_fail(branch) -> None:
    branch.lost_size = 1372


def withdrawn(branch) -> None:
    """The route into the first tunnel is in no table; the second one's takes over."""
    without_route(VPC)(branch)
    elsewhere(Route(VPC, "default", "0.0.0.0", "tunnel.2", "static", True))(branch)


def route(name: str, destination: str, interface: str) -> Callable:
    return lambda branch: branch.at("routing-table/ip/static-route").append(ET.fromstring(
        f"<entry name='{name}'><destination>{destination}</destination><interface>{interface}</interface></entry>"))


def next_hop(hop: str) -> Callable:
    return lambda branch: setattr(branch, "state", replace(branch.state, routes=tuple(
        replace(each, nexthop=hop) if each.destination == "0.0.0.0/0" else each for each in branch.state.routes)))


def without_paths(branch) -> None:
    for name in (ONE, TWO):
        branch.at("pbf/rules").remove(branch.at("pbf/rules", name))


def own_action(action: str) -> Callable:
    def change(branch) -> None:
        entry = branch.at("pbf/rules", ONE)
        entry.remove(entry.find("action"))
        entry.append(ET.fromstring(f"<action>{action}</action>"))
    return change


def leading_on(nexthop: str) -> Callable:
    """A logical router's static route to the network here, of which the routing table tells neither an address nor an interface."""
    def change(branch) -> None:
        several(advanced, without_route(LAN), elsewhere(Route(LAN, "default", None, None, "static", True)))(branch)
        table = branch.tree.find(".//logical-router/entry[@name='default']/vrf/entry/routing-table/ip/static-route")
        table.append(ET.fromstring(f"<entry name='beyond'><destination>{LAN}</destination><nexthop>{nexthop}</nexthop></entry>"))
    return change


def advanced_bgp(branch) -> None:
    """The same BGP on a logical router: a group with a profile of its address family and of its filters."""
    bgp = branch.at("protocol/bgp")
    advanced(branch)
    group = bgp.find("peer-group/entry")
    for each in group.find("peer"):
        each.append(ET.fromstring("<inherit><yes/></inherit>"))
    group.append(ET.fromstring("<address-family><ipv4>plain</ipv4></address-family>"))
    group.append(ET.fromstring("<filtering-profile><ipv4>plain</ipv4></filtering-profile>"))
    for tag in ("policy", "redist-rules"):
        bgp.remove(bgp.find(tag))
    bgp.append(ET.fromstring("<redistribution-profile><ipv4><unicast>plain</unicast></ipv4></redistribution-profile>"))
    branch.tree.find(".//logical-router/entry[@name='default']/vrf/entry").append(bgp)
    on, profiles = "<enable>yes</enable>", ""
    for kind, says in (("address-family-profile", on), ("filtering-profile", ""), ("redistribution-profile", f"<connected>{on}</connected>")):
        profiles += f"<{kind}><entry name='plain'><ipv4><unicast>{says}</unicast></ipv4></entry></{kind}>"
    branch.at("network").append(ET.fromstring(f"<routing-profile><bgp>{profiles}</bgp></routing-profile>"))


def of_profile(kind: str, path: str, text: str) -> Callable:
    return lambda branch: branch.text(branch.at(f"routing-profile/bgp/{kind}", "plain"), path, text)


def nothing(what: str) -> Callable:
    """The sessions are up, and nothing is received, or nothing is sent."""
    return lambda branch: branch.peers(*(branch.peer(number, **{what: 0}) for number in (1, 2)))


def redistributing(filtered: str) -> Callable:
    return lambda branch: branch.at("redist-profile", NAME).find("filter").append(ET.fromstring(filtered))


def beside_it(branch) -> None:
    """The first peer speaks from the hosts' interface."""
    entry = branch.at("peer-group/entry/peer", ONE)
    branch.text(entry, "local-address/interface", "ethernet1/2")
    branch.text(entry, "local-address/ip", "10.10.0.1/24")
    sessions("Active", None, 1)(branch)


def routed_beside(branch) -> None:
    """Static routes lead into the tunnels too."""
    for number in (1, 2):
        branch.at("routing-table/ip/static-route").append(ET.fromstring(
            f"<entry name='{NAME}-{number}'><destination>{VPC}</destination><interface>tunnel.{number}</interface><metric>{number}0</metric></entry>"))


def unanswered(branch) -> None:
    """Both tunnels stay up, and nothing comes back by either."""
    flows = tuple(replace(flow, packets_encapsulated=9, packets_decapsulated=0) for flow in branch.state.flows)
    branch.state = replace(branch.state, flows=flows)
    sessions("Active")(branch)


_IN_OWN_VPN = "the VPN's own: "
LEAVES = {
    # Gateways.
    f"{_IN_OWN_VPN}dead peer detection off": Fault("dead-peer-detection-off", several(of_ours, both("gateway", "protocol/ikev2/dpd/enable", "no")), "likely"),
    "a name is shown that nobody asked for, and the key is the described one": Fault("local-identity-mismatch", several(
        lambda branch: [tunnel.pop("customer_outside_address") for tunnel in branch.connection["tunnels"]],
        lambda branch: branch.keys.update({ONE: True}), identity("local-id", "fqdn", "fw.example.net")), "likely"),
    "dead peer detection off, and BGP is lost": Fault("dead-peer-detection-off", several(
        both("gateway", "protocol/ikev2/dpd/enable", "no"), unanswered), "likely", "bgp"),
    f"{_IN_OWN_VPN}NAT traversal off, and hosts fail": Fault("nat-without-nat-traversal", several(
        of_ours, both("gateway", "protocol-common/nat-traversal/enable", "no"), hosts_fail), "likely"),
    f"{_IN_OWN_VPN}the peer by a name": Fault("peer-name-unresolved", several(
        of_ours, lambda branch: branch.at("gateway", ONE).find("peer-address").clear(),
        lambda branch: branch.text(branch.at("gateway", ONE), "peer-address/fqdn", "vpn.example.net"), lambda branch: branch.down(1, 1, SILENT)), "likely"),
    # Routes.
    "the way out by no neighbour": Fault("endpoint-route-next-hop", several(next_hop("198.51.10.1"), down(SILENT))),
    "the way out by an address of one's own": Fault("endpoint-route-next-hop", several(next_hop("198.51.100.10"), down(SILENT))),
    "the way out by a neighbour of the link, and nobody answers": Fault("ike-unanswered", several(next_hop("fe80::1"), down(SILENT)), "likely"),
    "a route to the peer into the tunnel, gone with it": Fault("endpoint-route-into-tunnel", several(
        route("peer", f"{ENDPOINTS[1]}/32", "tunnel.1"), lambda branch: branch.down(1, 1, SILENT))),
    "routes that are not installed": Fault("route-not-in-use", several(
        _BY_ROUTES, static("route-table/no-install", ""), without_route(VPC))),
    "a route's monitor asks nobody": Fault("route-not-in-use", several(_BY_ROUTES, withdrawn), "likely"),
    "a route's monitor is slow": Fault("route-monitor-slow", several(
        _BY_ROUTES, static("path-monitor/monitor-destinations/entry/interval", "60")), "likely"),
    "all that comes back is dropped": Fault("local-network-unrouted", several(
        without_route(LAN), elsewhere(Route(LAN, "default", "discard", None, "static", True)))),
    "half of what comes back is dropped": Fault("local-network-unrouted", elsewhere(
        Route("10.10.0.0/25", "default", "discard", None, "static", True)), "likely"),
    "logical router: what comes back is dropped": Fault("local-network-unrouted", leading_on("<discard/>")),
    "half of what comes back goes elsewhere": Fault("local-network-elsewhere", elsewhere(
        Route("10.10.0.0/25", "default", "192.0.2.1", "ethernet1/3", "static", True)), "likely"),
    "the hosts answer by another gateway": Fault("hosts-answer-elsewhere", several(VARIANTS["packets both ways"].changes, comes_in_only, hosts_fail), "likely"),
    "the hosts' interface in no zone of its virtual system": Fault("local-network-elsewhere", in_no_zone),
    # PBF rules.
    f"{_IN_OWN_VPN}a PBF rule drops": Fault("pbf-rule-action", several(of_ours, own_action("<discard/>"))),
    "a rule above leaves all to the routes, which lead into the VPN": Fault("pbf-rule-shadowed", several(
        routed_beside, above("pbf", guest_line())), "likely"),
    "a rule above leaves all to the routes, which lead elsewhere": Fault("pbf-rule-shadowed", above("pbf", guest_line())),
    f"{_IN_OWN_VPN}a PBF rule leaves it to the routes": Fault("pbf-rule-action", several(of_ours, own_action("<no-pbf/>"))),
    f"{_IN_OWN_VPN}only the last PBF rule is left": Fault("route-missing", several(of_ours, without_paths)),
    f"{_IN_OWN_VPN}the monitors wait": Fault("monitor-waits", several(
        of_ours, lambda branch: branch.text(branch.at("monitor-profile", NAME), "action", "wait-recover")), "likely"),
    "a PBF rule for what comes in": Fault("pbf-rule-above-routes", above("pbf", forwarding("in", "vpn", _AWAY)), "likely"),
    "a PBF rule for a host name, and hosts fail": Fault("pbf-rule-takes-some", several(
        above("pbf", forwarding("some", "trust", _AWAY, destination="partner")), hosts_fail), "likely"),
    # Security rules.
    "a rule denies a region, and hosts fail": Fault("security-rule-denies", several(
        above("security", rule("geo", "trust", "vpn", "deny", destination="DE")), hosts_fail), "likely"),
    "a rule denies regions, and no peer answers": Fault("ike-denied-by-rule", several(
        above("security", rule("geo", "untrust", "untrust", "deny", source="DE")), down(SILENT)), "likely"),
    f"{_IN_OWN_VPN}the rule for what comes in is gone": Fault("security-rule-inbound-missing", several(
        of_ours, lambda branch: branch.at("security/rules").remove(branch.at("security/rules", f"{NAME}-in"))), "likely"),
    f"{_IN_OWN_VPN}the rule for what comes in is narrow": Fault("security-rule-narrow", several(
        of_ours, lambda branch: branch.text(branch.at("security/rules", f"{NAME}-in"), "source/member", "10.200.1.0/24")), "likely"),
    # NAT and protection.
    "NAT hides half of the hosts": Fault("source-nat-on-vpn", nat(translating("half", "trust", source="10.10.0.0/25")), "likely"),
    "NAT publishes a host to whoever it speaks to": Fault("source-nat-on-vpn", nat(translating(
        "portal", "trust", what=_PUBLISHES, source="10.10.0.7")), "likely"),
    "NAT leads what comes in to another host": Fault("destination-nat-on-vpn", nat(translating("in", "vpn", what=_MOVES)), "likely"),
    "a flood protection of the outside zone": Fault("flood-limit", several(flood("untrust", "udp", 2), down(SILENT)), "likely"),
    "a flood protection of the VPN's zone": Fault("flood-limit", several(flood("vpn", "icmp", 2), hosts_fail), "likely"),
    "a DoS protection rule denies": Fault("dos-rule-denies", protecting("deny")),
    "a DoS protection rule denies, below one that counts some": Fault("dos-rule-denies", several(
        protecting("protect", source="10.10.0.0/25"), protecting("deny"))),
    "a DoS protection rule denies a list of addresses, and hosts fail": Fault("dos-rule-denies", several(
        protecting("deny", source="known-attackers"), hosts_fail), "likely"),
    "large packets are lost": Fault("mtu-too-large", large_fail, "likely"),
    "large packets are lost, and fragments discarded": Fault("fragments-discarded", several(
        protected("vpn", "<discard-ip-frag>yes</discard-ip-frag>"), large_fail), "likely"),
    # BGP.
    "a BGP peer speaks from the hosts' interface": Fault("bgp-interface-wrong", beside_it, kind="bgp"),
    "the cloud has accepted nothing, and hosts fail": Fault("cloud-accepted-nothing", several(lambda branch: branch.connection["tunnels"][0].update(
        telemetry={"status": "UP", "accepted_routes": 0}), hosts_fail), "likely", "bgp"),
    "a BGP peer is not called": Fault("bgp-connections-forbidden", several(
        peer("connection-options/outgoing-bgp-connection/allow", "no")), "likely", "bgp"),
    "a BGP peer is watched by BFD": Fault("bgp-bfd", peer("bfd/profile", "quick"), "likely", "bgp"),
    "the router ID is the peer's address": Fault("bgp-router-id", several(
        lambda branch: branch.text(branch.at("protocol/bgp"), "router-id", "169.254.31.69"), sessions("Idle", None, 1)), "likely", "bgp"),
    "a BGP peer of no unicast": Fault("bgp-address-family", several(
        peer("subsequent-address-family-identifier/unicast", "no"), nothing("received")), "likely", "bgp"),
    "a BGP peer that may send one prefix": Fault("bgp-prefix-limit", several(
        lambda branch: [branch.text(branch.at("peer-group/entry/peer", name), "max-prefixes", "1") for name in (ONE, TWO)], sessions("Idle")), "likely", "bgp"),
    "redistribution from another interface": Fault("redistribution-missing", several(
        redistributing(members(interface="ethernet1/3")), nothing("advertised")), kind="bgp"),
    "logical router: the address family is off": Fault("bgp-address-family", several(
        advanced_bgp, of_profile("address-family-profile", "ipv4/unicast/enable", "no"), nothing("received")), "likely", "bgp"),
    "logical router: a distribute list": Fault("import-policy", several(
        advanced_bgp, of_profile("filtering-profile", "ipv4/unicast/inbound-network-filters/distribute-list", "careful"),
        nothing("received")), "likely", "bgp"),
    "logical router: what is connected is not redistributed": Fault("redistribution-missing", several(
        advanced_bgp, of_profile("redistribution-profile", "ipv4/unicast/connected/enable", "no"), nothing("advertised")), kind="bgp"),
    "logical router: a filter of its table": Fault("import-policy", several(
        advanced_bgp, learned(1, 1, 1, 2), lambda branch: branch.text(
            branch.tree.find(".//logical-router/entry[@name='default']/vrf/entry"), "rib-filter/ipv4/bgp/route-map", "careful")), "likely", "bgp"),
}


EVERY = {**FAULTS, **PRACTICE, **LEAVES}
ODD = {
    "odd: NAT for one host": Variant(nat(translating("one", "trust", source="10.10.0.7")), tells=False),
    "odd: NAT for one host towards the VPN alone": Variant(nat(translating(
        "meant", "trust", what=_PUBLISHES, source="10.10.0.7", destination=VPC)), tells=False),
    "odd: NAT for one service": Variant(nat(translating("web", "trust", service="service-http")), tells=False),
    "odd: NAT gives a host here another address towards the far side": Variant(nat(translating(
        "virtual", "vpn", what=_MOVES, destination="10.10.0.200")), tells=False),
    "odd: NAT for what leaves by the line": Variant(nat(translating("line", "trust", "<to-interface>ethernet1/1</to-interface>")), tells=False),
    "odd: a region is denied": Variant(above("security", rule("geo", "any", "any", "deny", source="KP")), tells=False),
    "odd: a usual flood protection": Variant(flood("untrust", "udp", 40000), tells=False),
    "odd: a DoS protection rule that counts": Variant(protecting("protect")),
    "odd: a DoS protection rule for others": Variant(protecting("deny", source="10.99.0.0/16")),
    "odd: a DoS protection rule for one host": Variant(protecting("deny", source="10.10.0.7"), tells=False),
    "odd: a DoS protection rule for one user": Variant(protecting("deny", source_user="example\\guest"), tells=False),
    "odd: a DoS protection rule for a list of addresses": Variant(protecting("deny", source="known-attackers"), tells=False),
    "odd: one host's route": Variant(elsewhere(Route("10.10.0.77/32", "default", "192.0.2.1", "ethernet1/3", "static", True)), tells=False),
    "odd: a host here that is dropped": Variant(elsewhere(Route("10.10.0.77/32", "default", "discard", None, "static", True)), ("pbf",), tells=False),
    "odd: a network here that is announced as a whole": Variant(as_a_whole(
        Route("10.10.0.0/16", "default", "discard", None, "static", True)), ("pbf",), tells=False),
    "odd: a network here whose rest is elsewhere": Variant(as_a_whole(
        Route("10.10.0.0/16", "default", "192.0.2.1", "ethernet1/3", "static", True)), ("pbf",), tells=False),
    "odd: a PBF rule for another network of the VPN": Variant(above("pbf", forwarding("other", "vpn", _AWAY, destination="172.16.0.0/12")), ("pbf",)),
    "odd: a BGP peer that is only called": Variant(lambda branch: branch.text(
        branch.at("peer-group/entry/peer", ONE), "connection-options/outgoing-bgp-connection/allow", "no"), ("bgp",), tells=False),
    "odd: the hosts are behind another logical router": Variant(leading_on("<next-lr>hosts</next-lr>"), ("pbf",), tells=False),
    "odd: on a logical router": Variant(advanced_bgp, ("bgp",), tells=False),
    "odd: the VPN's own": Variant(of_ours, ("pbf",), tells=False),
}
EVERY_VARIANT = {**VARIANTS, **ODD}
