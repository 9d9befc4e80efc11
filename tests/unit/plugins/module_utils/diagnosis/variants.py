# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""VPNs that work and are otherwise than the branch's: what stands around them, how they are built, and what is said of them."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass, replace
from typing import Callable

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.evidence import Intent
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.security_policy import Names
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.flow import Flow
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.routes import Route
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.security_associations import IkeSa
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.vpn_log import Line
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.diagnosis.branch import ENDPOINTS, HERE, LAN, NAME, VPC, Branch, members, rule
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.diagnosis.faults import (
    HARMLESS, ONE, ROUTED, TWO, by_interface, by_name, on_loopback, recorded, several,
)


@dataclass(frozen=True)
class Variant:
    """C(changes): the branch, before anything is broken. C(kinds): of VPNs that it makes sense for. C(tells): whether a fault shows as it does elsewhere."""

    changes: Callable[[Branch], object]
    kinds: tuple[str, ...] = ("pbf", "bgp")
    tells: bool = True


def pushed(rulebase: str, *rules: str) -> Callable:
    def push(branch: Branch) -> None:
        place = branch.tree
        for tag, name in (("panorama", None), ("vsys", None), ("entry", "vsys1"), (rulebase, None), ("security", None), ("rules", None)):
            found = next((child for child in place if child.tag == tag and child.get("name") == name), None)
            place = found if found is not None else ET.SubElement(place, tag, {} if name is None else {"name": name})
        place.extend(ET.fromstring(text) for text in rules)
    return push


def _default(name: str, action: str) -> Callable:
    return lambda branch: branch.at("vsys/entry/rulebase").append(ET.fromstring(
        f"<default-security-rules><rules><entry name='{name}'><action>{action}</action></entry></rules></default-security-rules>"))


def _without(*names: str) -> Callable:
    return lambda branch: [branch.at("security/rules").remove(branch.at("security/rules", name)) for name in names]


def _allowed_by_default(branch: Branch) -> None:
    _without(f"{NAME}-out", f"{NAME}-in", "deny the rest")(branch)
    _default("interzone-default", "allow")(branch)


def _allowed_by_panorama(branch: Branch) -> None:
    rules = [ET.tostring(entry, encoding="unicode") for entry in branch.at("security/rules")]
    branch.at("security/rules").clear()
    pushed("pre-rulebase", *rules[:-1])(branch)
    pushed("post-rulebase", rules[-1])(branch)


def _unread_panorama(branch: Branch) -> None:
    branch.rules_are_complete = False


def _behind_nat(branch: Branch) -> None:
    """A private address here, and a device in front that makes the one of it that the cloud knows."""
    branch.at("ethernet", "ethernet1/1").find("layer3/ip/entry").set("name", "192.168.1.2/24")
    for name in (ONE, TWO):
        branch.text(branch.at("gateway", name), "local-address/ip", "192.168.1.2/24")
        branch.text(branch.at("gateway", name), "local-id/type", "ipaddr")
        branch.text(branch.at("gateway", name), "local-id/id", HERE)
    branch.state = replace(branch.state, routes=tuple(
        replace(route, nexthop="192.168.1.1") if route.interface == "ethernet1/1" else route for route in branch.state.routes))


def _of_others(branch: Branch) -> None:
    """Rules of all kinds that are for somebody else."""
    branch.first(
        branch.at("security/rules"), rule("no guests", "guest", "any", "deny"), rule("dmz to far", "dmz", "vpn", "drop"),
        rule("web", "trust", "untrust", application="web-browsing ssl"),
        rule("off", "trust", "vpn", "deny").replace("</entry>", "<disabled>yes</disabled></entry>"),
        rule("within dmz", "dmz trust", "vpn", "deny").replace("</entry>", "<rule-type>intrazone</rule-type></entry>"),
        rule("strangers", "trust", "vpn", "deny", source="10.99.0.0/16"))
    forward = "<action><forward><egress-interface>ethernet1/3</egress-interface></forward></action>"
    rules = branch.at("pbf/rules")
    for name, zone, source in (("guests by dsl", "guest", "any"), ("strangers", "trust", "10.99.0.0/16")):
        traffic = f"{members(source=source, destination='any')}<from><zone><member>{zone}</member></zone></from>"
        branch.first(rules, f"<entry name='{name}'>{traffic}{forward}</entry>")


def _translated_below(branch: Branch) -> None:
    """The internet is reached by one address, and the VPN is exempted above."""
    exempt = f"<entry name='exempt'>{members(from_='trust', to='any', source='any', destination=VPC)}</entry>"
    hide = (f"<entry name='hide'>{members(from_='trust', to='any', source='any', destination='any')}"
            "<source-translation><dynamic-ip-and-port/></source-translation></entry>")
    publish = (f"<entry name='publish'>{members(from_='untrust', to='untrust', source='any', destination=HERE)}<service>web</service><destination-translation>"
               "<translated-address>10.10.0.80</translated-address></destination-translation></entry>")
    branch.names = Names({"web": (("tcp", 443, 443),)})
    branch.at("vsys/entry/rulebase").append(ET.fromstring(f"<nat><rules>{exempt}{hide}{publish}</rules></nat>"))


def _second_vpn(branch: Branch) -> None:
    """Another VPN on the same firewall, which is down."""
    branch.at("gateway").append(ET.fromstring("<entry name='branch-7'><peer-address><ip>203.0.113.77</ip></peer-address><local-address><interface>ethernet1/1"
                                              "</interface></local-address></entry>"))
    branch.at("tunnel/ipsec").append(ET.fromstring("<entry name='branch-7'><tunnel-interface>tunnel.9</tunnel-interface><auto-key><ike-gateway>"
                                                   "<entry name='branch-7'/></ike-gateway></auto-key></entry>"))
    branch.lines = [Line("2026/11/20 10:00:00", "ikev2-nego-ike-fail", "branch-7", "received notify type AUTHENTICATION_FAILED")]


def _old_troubles(branch: Branch) -> None:
    """The log has failures of before the SAs that are there now."""
    for name, number in ((ONE, 1), (TWO, 2)):
        up = f"IKE SA negotiation is succeeded as initiator. Established SA: {HERE}[500]-{ENDPOINTS[number]}[500]"
        branch.lines += [Line("2026/11/20 10:00:00", "ikev2-nego-child-succ", name, up.replace("IKE SA", "IPSec SA")),
                         Line("2026/11/20 09:59:59", "ikev2-nego-ike-succ", name, up),
                         Line("2026/11/20 09:00:00", "ikev2-nego-ike-fail", name, "received notify type AUTHENTICATION_FAILED"),
                         Line("2026/11/20 08:00:00", "ikev2-nego-child-fail", name, "received notify type NO_PROPOSAL_CHOSEN")]


def _by_routes(branch: Branch) -> None:
    """Static routes lead into the tunnels, and no PBF rule does."""
    branch.at("pbf/rules").clear()
    branch.state = replace(branch.state, pbf_rules=(), routes=branch.state.routes + (Route(VPC, "default", "0.0.0.0", "tunnel.1", "static", True),))
    routes = branch.at("routing-table/ip/static-route")
    for number, metric in ((1, 10), (2, 20)):
        routes.append(ET.fromstring(f"<entry name='{NAME}-{number}'><destination>{VPC}</destination><interface>tunnel.{number}</interface>"
                                    f"<metric>{metric}</metric><path-monitor><enable>yes</enable><monitor-destinations><entry name='peer'><enable>yes</enable>"
                                    "</entry></monitor-destinations></path-monitor></entry>"))


def _counted(*counts: tuple) -> Callable:
    """Packets (out, in) of each tunnel since a look four seconds before."""
    def move(branch: Branch) -> None:
        def flows(factor: int) -> tuple:
            return tuple(replace(flow, packets_encapsulated=100 + factor * out, packets_decapsulated=100 + factor * back)
                         for flow, (out, back) in zip(branch.state.flows, counts))
        branch.state = replace(branch.state, earlier_flows=flows(0), between=4.0, flows=flows(1))
    return move


def _policy_based(branch: Branch) -> None:
    for number, name in ((1, ONE), (2, TWO)):
        branch.at("tunnel/ipsec", name).find("auto-key").append(ET.fromstring(
            f"<proxy-id><entry name='lan'><local>{LAN}</local><remote>{VPC}</remote></entry></proxy-id>"))
        branch.at("tunnel/ipsec", name).remove(branch.at("tunnel/ipsec", name).find("tunnel-monitor"))
        branch.connection["tunnels"][number - 1]["traffic_selectors"] = {"local": LAN, "remote": VPC}
    branch.state = replace(branch.state, flows=tuple(Flow(f"{name}:lan", name, state="active") for name in (ONE, TWO)))


def _each(tag: str, path: str, text: str) -> Callable:
    return lambda branch: [branch.text(branch.at(tag, name), path, text) for name in (ONE, TWO)]


def _version_1(branch: Branch) -> None:
    for name in (ONE, TWO):
        protocol = branch.at("gateway", name).find("protocol")
        protocol.find("version").text, protocol.find("ikev2").tag = "ikev1", "ikev1"
    for tunnel in branch.connection["tunnels"]:
        tunnel["ike"] = {**tunnel["ike"], "version": "ikev1"}
    branch.state = replace(branch.state, ike_sas=tuple(IkeSa(name, version="ikev1") for name in (ONE, TWO)))


def _in_halves(branch: Branch) -> None:
    """Two rules that each allow one half, as people make them who think in offices."""
    one = branch.at("security/rules", f"{NAME}-out")
    second = ET.fromstring(ET.tostring(one))
    second.set("name", "second office")
    one.find("source/member").text, second.find("source/member").text = "10.10.0.0/25", "10.10.0.128/25"
    branch.at("security/rules").insert(1, second)


def _two_networks(branch: Branch) -> None:
    branch.intent = replace(branch.intent, remote_networks=("10.200.0.0/17", "10.200.128.0/17"))


def _by_dhcp(branch: Branch) -> None:
    layer3 = branch.at("ethernet", "ethernet1/1").find("layer3")
    layer3.clear()
    layer3.append(ET.fromstring("<dhcp-client><enable>yes</enable></dhcp-client>"))
    for name in (ONE, TWO):
        local = branch.at("gateway", name).find("local-address")
        local.remove(local.find("ip"))
    branch.interfaces["ethernet1/1"] = replace(branch.interfaces["ethernet1/1"], address=f"{HERE}/24")


def _shown_down(branch: Branch) -> None:
    """What the cloud said of its tunnels when it was asked, some weeks ago."""
    for tunnel in branch.connection["tunnels"]:
        tunnel["telemetry"] = {"status": "DOWN", "status_message": "IPSEC IS DOWN"}


def _default_learned(branch: Branch) -> None:
    branch.intent = replace(branch.intent, remote_networks=("0.0.0.0/0",))
    branch.text(branch.at("protocol/bgp"), "reject-default-route", "no")
    branch.state = replace(branch.state, routes=tuple(replace(route, destination={"bgp": "0.0.0.0/0", "static": "203.0.113.0/24"}.get(
        route.protocol, route.destination)) for route in branch.state.routes))
    for suffix, option in (("-out", "destination"), ("-in", "source")):
        branch.text(branch.at("security/rules", NAME + suffix), f"{option}/member", "any")


def _protected(branch: Branch) -> None:
    """The outside zone is protected, strictly; the VPN's is not."""
    branch.at("network").append(ET.fromstring("<profiles><zone-protection-profile><entry name='edge'><strict-ip-check>yes</strict-ip-check>"
                                              "<discard-ip-spoof>yes</discard-ip-spoof></entry></zone-protection-profile></profiles>"))
    branch.text(branch.at("vsys/entry/zone", "untrust"), "network/zone-protection-profile", "edge")


# Where BGP is spoken, where that is not inside the tunnels: tunnel → address.
SPEAKER, SPEAKERS = "10.10.255.1", {1: "10.200.255.4", 2: "10.200.255.5"}


def _spoken_beside(branch: Branch) -> None:
    """BGP begins at a loopback interface in the hosts' zone, and host routes lead through the tunnels to the far side's speakers."""
    branch.at("network/interface").append(ET.fromstring(
        f"<loopback><units><entry name='loopback.1'><ip><entry name='{SPEAKER}/32'/></ip></entry></units></loopback>"))
    for group in (branch.at("virtual-router", "default").find("interface"), branch.at("vsys/entry/zone", "trust").find("network/layer3")):
        group.append(ET.fromstring("<member>loopback.1</member>"))
    branch.first(branch.at("security/rules"), rule("speakers", "trust vpn", "trust vpn", application="bgp"))
    for number, name in ((1, ONE), (2, TWO)):
        peer = branch.at("peer-group/entry/peer", name)
        for path, text in (("local-address/interface", "loopback.1"), ("local-address/ip", f"{SPEAKER}/32"), ("peer-address/ip", SPEAKERS[number]),
                           ("connection-options/multihop", "2")):
            branch.text(peer, path, text)
        branch.at("routing-table/ip/static-route").append(ET.fromstring(
            f"<entry name='{name}-speaker'><destination>{SPEAKERS[number]}/32</destination><interface>tunnel.{number}</interface></entry>"))
        described = branch.connection["tunnels"][number - 1] if branch.connection else {"bgp": {}}
        described["bgp"] = {**described["bgp"], "local_address": SPEAKER, "peer_address": SPEAKERS[number], "multihop": 2}
    routes = tuple(Route(f"{SPEAKERS[number]}/32", "default", "0.0.0.0", f"tunnel.{number}", "static", True) for number in (1, 2))
    branch.state = replace(branch.state, routes=branch.state.routes + routes)


def _without_inside_networks(branch: Branch) -> None:
    for number, name in ((1, ONE), (2, TWO)):
        interface, tunnel = branch.at("tunnel/units", f"tunnel.{number}"), branch.at("tunnel/ipsec", name)
        interface.remove(interface.find("ip"))
        tunnel.remove(tunnel.find("tunnel-monitor"))
        for option in ("inside_cidr", "inside_address", "inside_peer_address"):
            (branch.connection or {"tunnels": [{}, {}]})["tunnels"][number - 1].pop(option, None)
    branch.state = replace(branch.state, flows=tuple(replace(flow, monitor=None) for flow in branch.state.flows))


def _backed_up(branch: Branch) -> None:
    """Static routes behind the PBF rules, for what comes back and for the firewall's own packets."""
    for number, metric in ((1, 10), (2, 20)):
        branch.at("routing-table/ip/static-route").append(ET.fromstring(
            f"<entry name='{NAME}-{number}'><destination>{VPC}</destination><interface>tunnel.{number}</interface><metric>{metric}</metric></entry>"))
    branch.state = replace(branch.state, routes=branch.state.routes + (Route(VPC, "default", "0.0.0.0", "tunnel.1", "static", True),))


VARIANTS = {
    "as it is": Variant(lambda branch: None),
    "no description": Variant(lambda branch: setattr(branch, "connection", None), tells=False),
    "nothing stated": Variant(lambda branch: setattr(branch, "intent", Intent()), tells=False),
    "address objects": Variant(by_name, ("pbf",), tells=False),
    "from interfaces": Variant(by_interface, ("pbf",), tells=False),
    "IKE on a loopback interface": Variant(on_loopback, tells=False),
    "interzone default allows": Variant(_allowed_by_default, tells=False),
    "all rules are Panorama's": Variant(_allowed_by_panorama, tells=False),
    "what Panorama pushed is not shown": Variant(_unread_panorama, tells=False),
    "Panorama denies others": Variant(several(pushed("pre-rulebase", rule("no guests", "guest", "any", "deny")),
                                              pushed("post-rulebase", rule("cleanup", "any", "any", "deny")))),
    "intrazone default denies, and rules allow": Variant(several(_default("intrazone-default", "deny"), _without("deny the rest"))),
    "behind NAT": Variant(_behind_nat, tells=False),
    "rules of others": Variant(_of_others),
    "source NAT below an exemption": Variant(_translated_below),
    "another VPN, down": Variant(_second_vpn),
    "old troubles in the log": Variant(_old_troubles),
    "a record": Variant(recorded(ONE, TWO, f"{NAME}-discard")),
    "by static routes": Variant(_by_routes, ("pbf",), tells=False),
    "backup routes": Variant(_backed_up, ("pbf",)),
    "BGP beside the inside networks": Variant(_spoken_beside, ("bgp",), tells=False),
    "BGP without inside networks": Variant(several(_spoken_beside, _without_inside_networks), ("bgp",), tells=False),
    "packets both ways": Variant(_counted((40, 40), (10, 10))),
    "out by one tunnel and back by the other": Variant(_counted((40, 4), (4, 40)), tells=False),
    "nothing comes back by the one that sends": Variant(_counted((40, 0), (0, 40)), ("bgp",), tells=False),
    "policy-based": Variant(_policy_based, ("pbf",), tells=False),
    "IKEv1": Variant(_version_1, tells=False),
    "dead peer detection off": Variant(_each("gateway", "protocol/ikev2/dpd/enable", "no")),
    "allowed in halves": Variant(_in_halves, tells=False),
    "two far networks": Variant(_two_networks, tells=False),
    "an address by DHCP": Variant(_by_dhcp, tells=False),
    "shown as down long ago": Variant(_shown_down),
    "a default route is learned": Variant(_default_learned, ("bgp",), tells=False),
    "a protected outside zone": Variant(_protected),
    **{f"harmless: {name}": Variant(changes, ("pbf",), tells=False) for name, changes in HARMLESS.items()
       if changes not in (by_name, by_interface, on_loopback)},
    **{f"harmless: {name}": Variant(changes, ("bgp",), tells=False) for name, changes in ROUTED.items()},
}
