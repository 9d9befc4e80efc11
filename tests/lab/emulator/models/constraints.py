# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a commit refuses though each value by itself is right: rules between the fields of an object, and between an object and what it names.

Where no wording was captured, it follows that of the captured ones.
"""

from __future__ import annotations

import ipaddress
import xml.etree.ElementTree as ET
from typing import Iterator

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models import cloud_services
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.tree import Tree
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.kinds import HOST, Version, as_number

Chain = list
Defects = Iterator["tuple[Chain, str]"]

#: Measured on this release; a published configuration of 10.1 does without.
_STACKS_NEED_SETTINGS = (12, 1)
#: An operational name is ``tunnel:proxyid`` (vendor web help), and a tunnel has so many proxy IDs at most (vendor page on proxy IDs).
_LONGEST_OPERATIONAL_NAME, _MOST_PROXY_IDS = 63, 250


def violations(tree: Tree, version: Version, bgp_needs_identity: bool) -> Defects:
    """Each with the chain of elements down to where it lies, and what a job says of it."""
    if version >= _STACKS_NEED_SETTINGS:
        yield from _bare_stacks(tree)
    for network in _below([tree.root], "devices", "entry", "network"):
        addresses = _addresses(network[-1])
        for gateway in _below(network, "ike", "gateway", "entry"):
            yield from _gateway(gateway, addresses)
        for tunnel in _below(network, "tunnel", "ipsec", "entry"):
            yield from _tunnel(tunnel)
        for router in [*_below(network, "virtual-router", "entry"), *_below(network, "logical-router", "entry", "vrf", "entry")]:
            yield from _router(router, addresses, bgp_needs_identity)
    for rule in _forwarding_rules(tree):
        yield from _forwarding(rule)
    yield from cloud_services.violations(tree)


def _below(chain: Chain, *tags: str) -> list[Chain]:
    """The chains along these tags, as many as there are."""
    chains = [chain]
    for tag in tags:
        chains = [[*each, child] for each in chains for child in each[-1].findall(tag)]
    return chains


def _addresses(network: ET.Element) -> dict[str, set[str]]:
    """Interface → its own addresses, as they are written."""
    found: dict[str, set[str]] = {}
    for interface in network.findall("interface"):
        for element in interface.iter("entry"):
            layer3 = element.find("layer3")
            place = element if layer3 is None else layer3
            entries = [*place.findall("ip/entry"), *place.findall("ipv6/address/entry")]
            found.setdefault(element.get("name") or "", set()).update(entry.get("name") or "" for entry in entries)
    return found


def _not_of_the_interface(owner: Chain, addresses: dict[str, set[str]]) -> Defects:
    """``local-address`` names an interface and one of its addresses, mask included. An interface that is not there is told elsewhere."""
    for place in _below(owner, "local-address"):
        interface, address = place[-1].findtext("interface"), place[-1].find("ip")
        if address is None or not address.text or interface not in addresses:
            continue
        if not _is_one_of(address.text, addresses[interface]):
            yield [*place, address], f" '{address.text}' is not a valid reference"


def _is_one_of(address: str, own: set[str]) -> bool:
    """A template variable is one that the firewall will know."""
    return address in own or address.startswith("$") or any(each.startswith("$") for each in own)


def _bare_stacks(tree: Tree) -> Defects:
    for stack in _below([tree.root], "devices", "entry", "template-stack", "entry"):
        if stack[-1].find("settings") is None:
            yield stack, " is missing 'settings'"


# VPN.


def _gateway(gateway: Chain, addresses: dict[str, set[str]]) -> Defects:
    yield from _not_of_the_interface(gateway, addresses)
    yield from _two_families(gateway, addresses)
    for identity in [*_below(gateway, "local-id"), *_below(gateway, "peer-id")]:
        yield from _identity(identity)


def _two_families(owner: Chain, addresses: dict[str, set[str]]) -> Defects:
    """An IKE gateway's, or a BGP peer's, own address and the far one's are of one family (inferred: no packet has two). Names and variables pass.

    Where the own address is left to the interface, one of its own has to be of that family; what it is given is not known here.
    """
    element = owner[-1]
    far, own = _family(element.findtext("peer-address/ip")), _family(element.findtext("local-address/ip"))
    held = {_family(address) for address in addresses.get(element.findtext("local-address/interface") or "", ())}
    mixed = far and own and far != own
    is_left_to_interface = all(element.find(f"local-address/{way}") is None for way in ("ip", "floating-ip"))
    lacks_family = far and held and held <= {4, 6} - {far}
    if mixed or (is_left_to_interface and lacks_family):
        place = element.find("peer-address")
        peer = place.find("ip")
        yield [*owner, place, peer], f" constraints failed : {peer.text} and the local address are of two address families"


def _family(text: str | None) -> int | None:
    """Of an address, with a mask or without; None for what is none."""
    try:
        return ipaddress.ip_interface(text or "").version
    except ValueError:
        return None


def _identity(identity: Chain) -> Defects:
    """Its type and its value belong together, and how a peer's is matched goes with both (pan-os-python issue 190)."""
    element = identity[-1]
    kind, value = element.findtext("type"), element.findtext("id")
    if len(element) and not kind:
        yield identity, " is missing 'type'"
    elif kind and not value:
        yield identity, " is missing 'id'"
    elif kind == "ipaddr" and not value.startswith("$") and not HOST.holds(value):
        yield [*identity, element.find("id")], f" {value} is an invalid ipv4/v6 address"


def _tunnel(tunnel: Chain) -> Defects:
    for monitor in _below(tunnel, "tunnel-monitor"):
        if monitor[-1].findtext("enable") == "yes" and not monitor[-1].findtext("destination-ip"):
            yield monitor, " is missing 'destination-ip'"
    for tag in ("proxy-id", "proxy-id-v6"):
        for proxies in _below(tunnel, "auto-key", tag):
            if len(proxies[-1]) > _MOST_PROXY_IDS:
                yield proxies, f" constraints failed : at most {_MOST_PROXY_IDS} proxy IDs"
        for proxy in _below(tunnel, "auto-key", tag, "entry"):
            name = f"{tunnel[-1].get('name')}:{proxy[-1].get('name')}"
            if len(name) > _LONGEST_OPERATIONAL_NAME:
                yield proxy, f" constraints failed : {name} can be at most {_LONGEST_OPERATIONAL_NAME} characters, but current length: {len(name)}"


# Routing.


def _router(router: Chain, addresses: dict[str, set[str]], bgp_needs_identity: bool) -> Defects:
    for family in ("ip", "ipv6"):
        for routes in _below(router, "routing-table", family, "static-route"):
            yield from _equal_routes(router[-1], routes)
        for route in _below(router, "routing-table", family, "static-route", "entry"):
            yield from _path_monitor(route, addresses)
    for bgp in [*_below(router, "protocol", "bgp"), *_below(router, "bgp")]:
        yield from _bgp(bgp, addresses, bgp_needs_identity)
    for bgp in _below(router, "protocol", "bgp"):
        yield from _large_numbers(bgp)


def _equal_routes(router: ET.Element, routes: Chain) -> Defects:
    """Two routes with one destination and one metric are refused unless ECMP is on (codegen notes)."""
    if router.findtext("ecmp/enable") == "yes":
        return
    seen: dict[tuple, str] = {}
    for route in routes[-1]:
        key = (route.findtext("destination"), route.findtext("metric") or "10", _route_table(route))
        if key in seen:
            yield [*routes, route], f" constraints failed : same destination and metric as route {seen[key]}"
        seen.setdefault(key, route.get("name") or "")


def _route_table(route: ET.Element) -> str:
    table = route.find("route-table")
    return table[0].tag if table is not None and len(table) else "unicast"


def _path_monitor(route: Chain, addresses: dict[str, set[str]]) -> Defects:
    """A source is an address of the route's interface, or of any where the route names none."""
    own = addresses.get(route[-1].findtext("interface") or "", set().union(*addresses.values()))
    for monitor in _below(route, "path-monitor"):
        destinations = _below(monitor, "monitor-destinations", "entry")
        if monitor[-1].findtext("enable") == "yes" and not destinations:
            yield monitor, " is missing 'monitor-destinations'"
        for source in [chain for destination in destinations for chain in _below(destination, "source")]:
            text = source[-1].text or ""
            if text and text != "DHCP" and not _is_one_of(text, own):
                yield source, f" '{text}' is not a valid reference"


def _bgp(bgp: Chain, addresses: dict[str, set[str]], needs_identity: bool) -> Defects:
    if needs_identity and bgp[-1].findtext("enable") == "yes":
        for tag in ("router-id", "local-as"):
            if not bgp[-1].findtext(tag):
                yield bgp, f" is missing '{tag}'"
    for peer in _below(bgp, "peer-group", "entry", "peer", "entry"):
        yield from _not_of_the_interface(peer, addresses)
        yield from _two_families(peer, addresses)
    for version, tag in ((4, "ipv4"), (6, "ipv6")):
        for network in _below(bgp, "advertise-network", tag, "network", "entry"):
            if _family(network[-1].get("name")) != version:
                yield network, f" constraints failed : {network[-1].get('name')} is no {tag} network"


def _large_numbers(bgp: Chain) -> Defects:
    """The legacy engine knows two-byte AS numbers only until told otherwise (default of ``as-format``)."""
    if bgp[-1].findtext("routing-options/as-format") == "4-byte":
        return
    for place in [*_below(bgp, "local-as"), *_below(bgp, "peer-group", "entry", "peer", "entry", "peer-as")]:
        if (as_number(place[-1].text or "") or 0) > 65535:
            yield place, f" constraints failed : {place[-1].text} needs as-format 4-byte"


# Policies.


def _forwarding_rules(tree: Tree) -> list[Chain]:
    local = _below([tree.root], "devices", "entry", "vsys", "entry", "rulebase", "pbf", "rules", "entry")
    pushed = [
        chain for rulebase in ("pre-rulebase", "post-rulebase")
        for chain in _below([tree.root], "panorama", "vsys", "entry", rulebase, "pbf", "rules", "entry")
    ]
    return local + pushed


def _forwarding(rule: Chain) -> Defects:
    """A monitor needs something to ask: an address of its own, or the next hop."""
    for forward in _below(rule, "action", "forward"):
        for monitor in _below(forward, "monitor"):
            if not monitor[-1].findtext("ip-address") and forward[-1].find("nexthop/*") is None:
                yield monitor, " is missing 'ip-address'"
