# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What breaks tunnels between firewalls and clouds in practice, as a network engineer lists it who does not look at the rules."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from typing import Callable

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.security_policy import Names
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.interfaces import LiveInterface
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.routes import Route
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.platform import LOGICAL_ROUTER
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.diagnosis.branch import HERE, LAN, NAME, VPC, members, rule
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.diagnosis.faults import (
    DOUBTED, ONE, SILENT, TWO, Fault, above, elsewhere, path_of, security, several, without_route,
)
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.diagnosis.variants import VARIANTS, pushed

REFUSED = "received notify type NO_PROPOSAL_CHOSEN"
BEHIND_NAT, POLICY_BASED, BESIDE = (VARIANTS[name].changes for name in ("behind NAT", "policy-based", "BGP beside the inside networks"))


def both(tag: str, path: str, text: str) -> Callable:
    return lambda branch: [branch.text(branch.at(tag, name), path, text) for name in (ONE, TWO)]


def down(*words: str) -> Callable:
    return lambda branch: [branch.down(number, 1, *words) for number in (1, 2)]


def silent(*numbers: int) -> Callable:
    return lambda branch: [branch.silent(number, out=9) for number in numbers]


def hosts_fail(branch) -> None:
    branch.hosts_fail = True


def address(text: str) -> Callable:
    return lambda branch: branch.at("ethernet", "ethernet1/1").find("layer3/ip/entry").set("name", text)


def unplugged(interface: str) -> Callable:
    """The routes through it go with it."""
    return lambda branch: (
        branch.interfaces.update({interface: replace(branch.interfaces[interface], state="down")}),
        setattr(branch, "state", replace(branch.state, routes=tuple(route for route in branch.state.routes if route.interface != interface))))


def added(tag: str, text: str, name: str | None = None) -> Callable:
    return lambda branch: branch.at(tag, name).append(ET.fromstring(text))


def removed(tag: str, name: str, path: str) -> Callable:
    def remove(branch) -> None:
        parent, dummy, child = path.rpartition("/")
        entry = branch.at(tag, name)
        place = entry.find(parent) if parent else entry
        place.remove(place.find(child))
    return remove


def out_of(tag: str, name: str, path: str, member: str) -> Callable:
    return lambda branch: branch.at(tag, name).find(path).remove(
        next(item for item in branch.at(tag, name).find(path) if item.text == member))


def in_zone(zone: str, *interfaces: str) -> Callable:
    def move(branch) -> None:
        target = branch.at("vsys/entry/zone", zone).find("network/layer3")
        for each in branch.tree.findall(".//vsys/entry/zone/entry/network/layer3"):
            for member in [item for item in each if item.text in interfaces and each is not target]:
                each.remove(member)
                target.append(member)
    return move


def made(place: ET.Element, tag: str) -> ET.Element:
    found = place.find(tag)
    return ET.SubElement(place, tag) if found is None else found


def profile(branch, kind: str, text: str) -> None:
    made(made(branch.at("network"), "profiles"), kind).append(ET.fromstring(text))


def nat(*rules: str) -> Callable:
    """Rules in front of those that are there."""
    return lambda branch: branch.first(made(made(branch.at("vsys/entry/rulebase"), "nat"), "rules"), *rules)


def protected(zone: str, option: str) -> Callable:
    return lambda branch: (
        profile(branch, "zone-protection-profile", f"<entry name='careful'>{option}</entry>"),
        branch.text(branch.at("vsys/entry/zone", zone), "network/zone-protection-profile", "careful"))


def certified(branch) -> None:
    authentication = branch.at("gateway", ONE).find("authentication")
    authentication.clear()
    authentication.append(ET.fromstring("<certificate><local-certificate><name>office</name></local-certificate></certificate>"))
    branch.down(1, 1, DOUBTED)


def called(branch) -> None:
    """The far side is to call, and does not know how."""
    peer = branch.at("gateway", ONE).find("peer-address")
    peer.clear()
    peer.append(ET.Element("dynamic"))
    branch.down(1)


def by_pppoe(branch) -> None:
    layer3 = branch.at("ethernet", "ethernet1/1").find("layer3")
    layer3.clear()
    layer3.append(ET.fromstring("<pppoe><enable>yes</enable></pppoe>"))
    for name in (ONE, TWO):
        local = branch.at("gateway", name).find("local-address")
        local.remove(local.find("ip"))
    branch.interfaces["ethernet1/1"] = LiveInterface("ethernet1/1", address="198.51.100.44/32", state="up")
    down(SILENT)(branch)


def aggressive(branch) -> None:
    VARIANTS["IKEv1"].changes(branch)
    branch.text(branch.at("gateway", ONE), "protocol/ikev1/exchange-mode", "aggressive")
    branch.down(1, 1, SILENT)


def authentication_header(branch) -> None:
    profile = branch.at("ipsec-crypto-profiles", NAME)
    profile.remove(profile.find("esp"))
    profile.append(ET.fromstring(f"<ah>{members(authentication='sha256')}</ah>"))
    for number in (1, 2):
        branch.down(number, 2, REFUSED)


def turned(branch) -> None:
    POLICY_BASED(branch)
    pair = branch.at("tunnel/ipsec", ONE).find("auto-key/proxy-id/entry")
    pair.find("local").text, pair.find("remote").text = VPC, LAN
    branch.down(1, 2, "received notify type TS_UNACCEPTABLE")


def of_one_protocol(branch) -> None:
    POLICY_BASED(branch)
    branch.at("tunnel/ipsec", ONE).find("auto-key/proxy-id/entry").append(ET.fromstring("<protocol><tcp><local-port>443</local-port></tcp></protocol>"))
    branch.down(1, 2, "received notify type TS_UNACCEPTABLE")


def selected(name: str, local: str, remote: str) -> Callable:
    def select(branch) -> None:
        key = branch.at("tunnel/ipsec", ONE).find("auto-key")
        pairs = key.find("proxy-id") if key.find("proxy-id") is not None else ET.SubElement(key, "proxy-id")
        pairs.append(ET.fromstring(f"<entry name='{name}'><local>{local}</local><remote>{remote}</remote></entry>"))
    return select


def slow(branch) -> None:
    profile(branch, "monitor-profile", "<entry name='slow'><interval>100</interval><threshold>10</threshold><action>fail-over</action></entry>")
    for name in (ONE, TWO):
        path_of(name, "action/forward/monitor/profile", "slow")(branch)


def last_first(branch) -> None:
    rules = branch.at("pbf/rules")
    discard = branch.at("pbf/rules", f"{NAME}-discard")
    rules.remove(discard)
    rules.insert(0, discard)


def advanced(branch) -> None:
    """The Advanced Routing Engine runs, with the same routes."""
    branch.engine = LOGICAL_ROUTER
    network, old = branch.at("network"), branch.at("virtual-router")
    network.remove(old)
    network.append(ET.fromstring("<logical-router/>"))
    for router in old:
        kept = "".join(ET.tostring(router.find(tag), encoding="unicode") for tag in ("interface", "routing-table"))
        network.find("logical-router").append(ET.fromstring(
            f"<entry name='{router.get('name')}'><vrf><entry name='default'>{kept}</entry></vrf></entry>"))


def out_of_logical_router(branch) -> None:
    advanced(branch)
    units = branch.tree.find(".//logical-router/entry[@name='default']/vrf/entry/interface")
    units.remove(next(item for item in units if item.text == "tunnel.1"))
    branch.silent(1, out=9)


def sessions(state: str, error: str | None = None, *numbers: int) -> Callable:
    def change(branch) -> None:
        broken = numbers or (1, 2)
        peers = [replace(branch.peer(number, state), last_error=error, prefixes=()) if number in broken else branch.peer(number) for number in (1, 2)]
        branch.peers(*peers)
    return change


def learned(received: int, accepted: int, *numbers: int) -> Callable:
    def change(branch) -> None:
        peers = []
        for number in (1, 2):
            peer = branch.peer(number)
            counts = replace(peer.prefixes[0], received=received, accepted=accepted)
            peers.append(replace(peer, prefixes=(counts,)) if number in numbers else peer)
        branch.peers(*peers)
    return change


def bgp(path: str, text: str) -> Callable:
    return lambda branch: branch.text(branch.at("protocol/bgp"), path, text)


def of_peer(path: str, text: str, *names: str) -> Callable:
    return lambda branch: [branch.text(branch.at("peer-group/entry/peer", name), path, text) for name in names or (ONE, TWO)]


def everything_announced(branch) -> None:
    """102 networks, where the cloud takes 100."""
    branch.at("policy/export/rules").clear()
    many = tuple(Route(f"10.77.{number}.0/24", "default", "10.10.0.9", "ethernet1/2", "static", True) for number in range(102))
    filtered = branch.at("redist-profile", NAME).find("filter")
    filtered.clear()
    filtered.append(ET.fromstring("<type><member>connect</member><member>static</member></type>"))
    sessions("Idle", "cease: maximum number of prefixes reached")(branch)
    branch.state = replace(branch.state, routes=branch.state.routes + many)


def without_multihop(branch) -> None:
    BESIDE(branch)
    for name in (ONE, TWO):
        options = branch.at("peer-group/entry/peer", name).find("connection-options")
        options.remove(options.find("multihop"))
    sessions("Active")(branch)


def speaker_unrouted(branch) -> None:
    BESIDE(branch)
    sessions("Active", None, 1)(branch)
    routes = branch.at("routing-table/ip/static-route")
    routes.remove(next(item for item in routes if item.get("name") == f"{ONE}-speaker"))
    without_route("10.200.255.4/32")(branch)


_HIDDEN = (f"<entry name='hide'>{members(from_='trust', to='any', source='any', destination='any')}"
           "<source-translation><dynamic-ip-and-port/></source-translation></entry>")
_PUBLISHED = (f"<entry name='publish'>{members(from_='untrust', to='untrust', source='any', destination=HERE)}<service>any</service>"
              "<destination-translation><translated-address>10.10.0.80</translated-address></destination-translation></entry>")
_MOVED = (f"<entry name='moved'>{members(from_='trust', to='any', source='any', destination=VPC)}<service>any</service>"
          "<destination-translation><translated-address>10.10.0.81</translated-address></destination-translation></entry>")
_NO_4500 = rule("no 4500", "untrust", "untrust", "deny", service="udp-4500")
_OTHER_LINE = Route("0.0.0.0/0", "default", "192.0.2.1", "ethernet1/3", "static", True)

PRACTICE = {
    "DPD is off and the endpoint was rebooted": Fault("dead-peer-detection-off", several(
        both("gateway", "protocol/ikev2/dpd/enable", "no"), silent(1)), "likely"),
    "the outside interface has another static address": Fault("local-address-wrong", several(address("198.51.100.11/24"), down(SILENT))),
    "PPPoE gave another address": Fault("customer-gateway-address", by_pppoe, "likely"),
    "PPPoE gave another address, and the identity says that of before": Fault(
        "customer-gateway-address", several(by_pppoe, both("gateway", "local-id/type", "ipaddr"), both("gateway", "local-id/id", HERE)), "likely"),
    "the default route goes over the other line": Fault(
        "endpoint-route-through-other-interface", several(without_route("0.0.0.0/0"), elsewhere(_OTHER_LINE), down(SILENT)), "likely"),
    "the outside interface is in another router": Fault("endpoint-route-missing", several(
        lambda branch: branch.move("ethernet1/1", *(branch.at("virtual-router", name).find("interface") for name in ("default", "other"))),
        without_route("0.0.0.0/0"), down(SILENT))),
    "the outside line is unplugged": Fault("outside-interface-down", several(unplugged("ethernet1/1"), down(SILENT))),
    "the hosts' switch is unplugged": Fault("local-interface-down", unplugged("ethernet1/2")),
    "the outside interface is shut": Fault("outside-interface-down", several(
        lambda branch: branch.text(branch.at("ethernet", "ethernet1/1"), "link-state", "down"), unplugged("ethernet1/1"), down(SILENT))),
    "a server is published on the outside address": Fault("destination-nat-outside", several(nat(_PUBLISHED), down(SILENT)), "likely"),
    "NAT on the way, NAT-T off": Fault("nat-without-nat-traversal", several(
        BEHIND_NAT, both("gateway", "protocol-common/nat-traversal/enable", "no"), silent(1, 2)), "likely"),
    "NAT on the way, UDP 4500 denied": Fault("ike-denied-by-rule", several(
        BEHIND_NAT, above("security", _NO_4500), lambda branch: setattr(branch, "names", Names({"udp-4500": (("udp", 4500, 4500),)})), down(SILENT))),
    "aggressive mode": Fault("exchange-mode", aggressive, "likely"),
    "a certificate where the cloud has a key": Fault("authentication-method", certified),
    "the peer is dynamic": Fault("both-sides-passive", called, "likely"),
    "phase 1 hash, still up": Fault("ike-hash-mismatch", lambda branch: branch.text(branch.at("ike-crypto-profiles", NAME), "hash/member", "md5"), "likely"),
    "phase 1 group, still up": Fault(
        "ike-dh-group-mismatch", lambda branch: branch.text(branch.at("ike-crypto-profiles", NAME), "dh-group/member", "group1"), "likely"),
    "policy-based, phase 2 cipher, still up": Fault("esp-encryption-mismatch", several(
        POLICY_BASED, lambda branch: branch.text(branch.at("tunnel/ipsec", ONE), "auto-key/ipsec-crypto-profile", "weak")), "likely"),
    "the phase 1 profile was renamed": Fault("crypto-profile-missing", several(
        lambda branch: branch.text(branch.at("gateway", ONE), "protocol/ikev2/ike-crypto-profile", "gone"), lambda branch: branch.down(1)), "likely"),
    "AH": Fault("ah-instead-of-esp", authentication_header),
    "transport mode": Fault("transport-mode", several(
        lambda branch: branch.text(branch.at("tunnel/ipsec", ONE), "ipsec-mode", "transport"), lambda branch: branch.down(1, 2, REFUSED)), "likely"),
    "another key, still up": Fault("pre-shared-key-mismatch", lambda branch: branch.keys.update({ONE: False, TWO: True}), "likely"),
    "a proxy ID for one protocol": Fault("proxy-id-protocol", of_one_protocol, "likely"),
    "a proxy ID the wrong way round": Fault("proxy-id-mismatch", turned),
    "a narrow proxy ID under BGP": Fault("selectors-exclude-bgp", several(
        selected("lan", LAN, VPC), removed("tunnel/ipsec", ONE, "tunnel-monitor"), sessions("Active", None, 1)), kind="bgp"),
    "two proxy IDs": Fault("several-proxy-ids", several(selected("one", "0.0.0.0/0", "0.0.0.0/0"), selected("two", LAN, "10.201.0.0/16"), silent(1)), "likely"),
    "a tunnel interface in no zone": Fault("tunnel-interface-without-zone", several(
        out_of("vsys/entry/zone", "vpn", "network/layer3", "tunnel.1"), silent(1))),
    "a tunnel interface in no router": Fault("tunnel-interface-without-router", several(
        out_of("virtual-router", "default", "interface", "tunnel.1"), silent(1))),
    "both tunnel interfaces in another zone": Fault("tunnel-interface-in-other-zone", in_zone("dmz", "tunnel.1", "tunnel.2")),
    "a tunnel interface lost its address": Fault("tunnel-interface-without-address", several(
        removed("tunnel/units", "tunnel.1", "ip"), sessions("Active", None, 1)), kind="bgp"),
    "jumbo frames into the tunnel": Fault("mtu-too-large", lambda branch: branch.text(branch.at("tunnel/units", "tunnel.1"), "mtu", "9000"), "likely"),
    "fragments are discarded": Fault("fragments-discarded", several(protected("vpn", "<discard-ip-frag>yes</discard-ip-frag>"), hosts_fail), "possible"),
    "spoofed addresses are discarded": Fault("ip-spoof-discard", protected("vpn", "<discard-ip-spoof>yes</discard-ip-spoof>")),
    "addresses are checked strictly": Fault("strict-ip-check", several(
        protected("vpn", "<strict-ip-check>yes</strict-ip-check>"), silent(1, 2))),
    "the same inside network twice": Fault("duplicate-inside-address", several(
        added("tunnel/units", "<ip><entry name='169.254.31.69/30'/></ip>", "tunnel.9"),
        lambda branch: branch.at("virtual-router", "default").find("interface").append(ET.fromstring("<member>tunnel.9</member>")), silent(1))),
    "a slow monitor": Fault("pbf-monitor-slow", slow, "likely"),
    "a PBF rule's next hop is the other tunnel's": Fault("pbf-next-hop-wrong", path_of(ONE, "action/forward/nexthop/ip-address", "169.254.203.213")),
    "the discard rule stands first": Fault("pbf-rule-order", last_first),
    "the hosts' interface in another zone": Fault("local-network-elsewhere", in_zone("dmz", "ethernet1/2"), "likely"),
    "logical router: a PBF rule of another zone": Fault("pbf-rule-misses-traffic", several(advanced, path_of(ONE, "from/zone/member", "dmz"))),
    "logical router: a tunnel interface in none": Fault("tunnel-interface-without-router", out_of_logical_router),
    "logical router: no route back": Fault("local-network-unrouted", several(advanced, without_route(LAN))),
    "logical router: no way to the peer": Fault("endpoint-route-missing", several(advanced, without_route("0.0.0.0/0"), down(SILENT))),
    "an allow rule for users": Fault("security-rule-narrow", security(f"{NAME}-out", "source-user/member", "corp\\finance"), "likely"),
    "an allow rule for a category": Fault("security-rule-narrow", security(f"{NAME}-out", "category/member", "social-networking"), "likely"),
    "hosts are hidden behind one address": Fault("source-nat-on-vpn", nat(_HIDDEN)),
    "packets for the far side go to a host here": Fault("destination-nat-on-vpn", nat(_MOVED)),
    "Panorama denies first": Fault("security-rule-shadowed", pushed("pre-rulebase", rule("no clouds", "trust", "vpn", "deny"))),
    "IKE is allowed from the old endpoints only": Fault("ike-denied-by-rule", several(
        security("keys", "source/member", "203.0.113.200"), security("keys", "destination/member", "203.0.113.200"), down(SILENT))),
    "the cloud deletes its connection": Fault("cloud-connection-not-available", several(
        lambda branch: branch.connection.update(state="deleting"), down(SILENT)), "likely"),
    "only a default route is announced": Fault("default-route-rejected", several(bgp("reject-default-route", "yes"), learned(1, 0, 1, 2)), "likely", "bgp"),
    "102 networks for a cloud that takes 100": Fault("cloud-route-limit", everything_announced, "likely", "bgp"),
    "the peer's limit of prefixes here": Fault("bgp-prefix-limit", several(
        of_peer("max-prefixes", "1"), sessions("Idle", "Cease/Maximum Number of Prefixes Reached")), "likely", "bgp"),
    "nothing is installed": Fault("install-route-off", several(bgp("install-route", "no"), learned(1, 1, 1, 2)), kind="bgp"),
    "an old static route is better": Fault("route-elsewhere", several(
        without_route(VPC), elsewhere(Route(VPC, "default", "192.0.2.1", "ethernet1/3", "static", True))), "likely", "bgp"),
    "another AS number of one's own": Fault("bgp-local-as-mismatch", several(bgp("local-as", "65099"), sessions("Idle", "Open/Bad Peer AS")), kind="bgp"),
    "a password here only": Fault("bgp-password-mismatch", several(
        of_peer("connection-options/authentication", "secret"), sessions("Connect")), "likely", "bgp"),
    "no router ID": Fault("bgp-instance-incomplete", several(
        lambda branch: branch.at("protocol/bgp").remove(branch.at("protocol/bgp").find("router-id")), sessions("Idle")), kind="bgp"),
    "TCP port 179 is filtered": Fault("bgp-unanswered", sessions("Connect", None, 1), "likely", "bgp"),
    "keep-alives get lost": Fault("bgp-hold-timer", sessions("Active", "Hold Timer Expired", 1), "likely", "bgp"),
    "two sites of one AS": Fault("as-path-loop", learned(3, 0, 1, 2), "likely", "bgp"),
    "the far side announces nothing by one tunnel": Fault("nothing-learned", learned(0, 0, 1), "likely", "bgp"),
    "a peer behind a hop, without multihop": Fault("bgp-multihop-missing", without_multihop, kind="bgp"),
    "no route to the far side's speaker": Fault("bgp-peer-unrouted", speaker_unrouted, kind="bgp"),
}
