# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes docs/docsite/rst/options.rst: each option of each resource, its element in PAN-OS's configuration, and since when it is there.

The tables of the code are the source. C(--check) only tells whether the page is up to date.
"""

from __future__ import annotations

import re

from generated import ROOT, concluded, importable

PAGE = ROOT / "docs" / "docsite" / "rst" / "options.rst"
VIRTUAL, LOGICAL = "Virtual routers", "Logical routers (Advanced Routing Engine)"

# Elements that a VPN's objects have and this collection does not write, by the object they belong to: (element, why).
# A trailing slash stands for all that is below; several elements with one reason are divided by commas.
LEFT_OUT = {
    "ike_crypto_profile": (
        ("ake/", "hybrid key exchange of RFC 9370: how PAN-OS spells the names of its methods is not confirmed, and a wrong one would be refused"),
    ),
    "ipsec_crypto_profile": (
        ("ake/", "as for IKE profiles"),
    ),
    "ipsec_tunnel": (
        ("global-protect-satellite/", "a satellite is no site-to-site tunnel: its peer is a GlobalProtect portal"),
    ),
    "zone": (
        ("network/layer2, network/virtual-wire, network/tap, network/external",
         "an IPsec tunnel is a layer 3 interface; a zone of another kind is refused and never made one"),
        ("network/tunnel", "for the inspection of tunnels that pass through, not for those that end here"),
    ),
    "zone_protection_profile": (
        ("description", "the module keeps to what decides over a VPN's packets"),
        ("flood, scan, scan-white-list", "protection from floods and scans does not concern a VPN zone more than others"),
        ("net-inspection", "a list of its own for the inspection of whole networks, from PAN-OS 11.0.2"),
        ("non-ip-protocol, l2-sec-group-tag-protection", "layer 2 only"),
        ("ipv6/, discard-ip-frag, discard-timestamp, discard-record-route, discard-security, discard-stream-id, discard-unknown-option, "
         "discard-malformed-option, discard-icmp-ping-zero-id, discard-icmp-frag, discard-icmp-large-packet, discard-icmp-error, "
         "suppress-icmp-timeexceeded, suppress-icmp-needfrag, discard-tcp-split-handshake, remove-tcp-timestamp, strip-tcp-fast-open-and-data, "
         "strip-mptcp-option", "checks of single packets that have nothing to do with tunnels"),
    ),
    "pbf_failover": (
        ("action/forward-to-vsys", "a failover forwards to interfaces; another virtual system has no path to probe"),
        ("action/no-pbf", "an exception from forwarding is no path"),
        ("target/", "which firewalls of a device group take a rule is decided in Panorama for all rules alike"),
    ),
    "pbf_rule": (
        ("target/", "which firewalls of a device group take a rule is decided in Panorama for all rules alike"),
    ),
    "security_rule": (
        ("qos/", "marking is a matter of quality of service, and not needed for a VPN"),
        ("hip-profiles", "the old form of source-hip and destination-hip, up to PAN-OS 9.1"),
        ("target/", "as for forwarding rules"),
        ("source-imsi, source-imei, source-nw-slice", "subscribers, devices and slices of mobile networks"),
    ),
    "bgp_instance": (
        ("redistribution-profile/ipv6", "IPv6 networks are announced one by one"),
        ("dampening-profile/", "a pair of tunnels to one peer gains nothing from dampening"),
        ("aggregate-routes/, policy/aggregation/", "networks are announced as they are given"),
        ("routing-options/outbound-route-filter/", "how PAN-OS spells what is below is not confirmed"),
        ("policy/conditional-advertisement/", "what is announced does not depend on other routes"),
    ),
    "bgp_redistribution": (
        ("filter/interface", "networks are named by their prefix"),
        ("filter/nexthop", "networks are named by their prefix"),
        ("filter/ospf/", "the sources are connected and static routes; networks of other protocols are given one by one"),
        ("filter/bgp/", "as OSPF"),
    ),
    "bgp_peer": (
        ("type/ebgp-confed/", "a confederation is never the way to another site; a group of that kind is left as it is"),
        ("type/ibgp-confed/", "as external confederations"),
        ("inherit/no/", "the address family and the policies belong to the group"),
        ("connection-options/dampening", "as dampening profiles"),
        ("bfd/multihop/", "how PAN-OS spells what is below is not confirmed"),
        ("the group's connection-options/", "timers, hops and the secret are the peer's own"),
        ("the word disabled for keep-alive-interval and hold-time", "without them a dead path is never noticed"),
    ),
}
# Where the options stand that are made of several elements or of other objects on one engine, and otherwise on the other.
_EXPORT = "protocol/bgp/policy/export/rules/entry"
_FILTERS = "routing-profile/filters"
COMPOSED = {
    ("bgp_peer", VIRTUAL): {
        "secret": "protocol/bgp/auth-profile/entry/secret",
        "type": "type/ebgp, type/ibgp",
        "import_nexthop": "type/ebgp/import-nexthop",
        "export_nexthop": "type/ebgp/export-nexthop, type/ibgp/export-nexthop",
        "remove_private_as": "type/ebgp/remove-private-as",
        "advertise": f"{_EXPORT}/match/address-prefix/entry",
        "local_preference": "protocol/bgp/policy/import/rules/entry/action/allow/update/local-preference",
        "as_path_prepend": f"{_EXPORT}/action/allow/update/as-path/prepend",
    },
    ("bgp_peer", LOGICAL): {
        "secret": "routing-profile/bgp/auth-profile/entry/secret",
        "type": "type/ebgp, type/ibgp",
        "advertise": f"{_FILTERS}/prefix-list/entry/type/ipv4/ipv4-entry/entry/prefix/entry/network",
        "local_preference": f"{_FILTERS}/route-maps/bgp/bgp-entry/entry/route-map/entry/set/local-preference",
        "as_path_prepend": f"{_FILTERS}/route-maps/bgp/bgp-entry/entry/route-map/entry/set/aspath-prepend",
    },
    ("bgp_redistribution", VIRTUAL): {
        "sources": "protocol/redist-profile/entry/filter/type",
        "destinations": "protocol/redist-profile/entry/filter/destination",
        "networks": "protocol/bgp/redist-rules/entry (the prefix is its name)",
        "priority": "protocol/redist-profile/entry/priority",
        "med": "protocol/bgp/redist-rules/entry/set-med",
    },
    ("bgp_redistribution", LOGICAL): {
        "sources": "routing-profile/bgp/redistribution-profile/entry/ipv4/unicast/(connected|static)",
        "destinations": f"{_FILTERS}/prefix-list/entry/type/ipv4/ipv4-entry/entry/prefix/entry/network",
        "networks": "bgp/advertise-network/(ipv4|ipv6)/network/entry",
        "med": "routing-profile/bgp/redistribution-profile/entry/ipv4/unicast/(connected|static)/metric",
    },
}
_ROUTER = {VIRTUAL: "network/virtual-router/entry", LOGICAL: "network/logical-router/entry/vrf/entry"}


def sections():
    """(resource, [(heading, where the entry stands, nodes, exclusive choices)]) in the order of references."""
    from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources import (
        bgp_instance, bgp_peer, bgp_redistribution, router_ecmp, static_route,
    )
    from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.registry import RESOURCES

    legacy_peer = bgp_peer.LEGACY_GROUP.nodes[1:3] + bgp_peer.LEGACY_PEER.nodes
    advanced_peer = bgp_peer.ADVANCED_PEER.nodes + bgp_peer.TIMER_PROFILE.nodes
    own = {
        "bgp_instance": {VIRTUAL: ("protocol/bgp", bgp_instance.TABLES[False].nodes), LOGICAL: ("bgp", bgp_instance.TABLES[True].nodes)},
        "static_route": {VIRTUAL: ("routing-table/(ip|ipv6)/static-route/entry", static_route.TABLES[False, False].nodes),
                         LOGICAL: ("routing-table/(ip|ipv6)/static-route/entry", static_route.TABLES[True, False].nodes)},
        "bgp_peer": {VIRTUAL: ("protocol/bgp/peer-group/entry[/peer/entry]", legacy_peer), LOGICAL: ("bgp/peer-group/entry[/peer/entry]", advanced_peer)},
        "bgp_redistribution": {VIRTUAL: ("protocol/bgp/redist-rules/entry", bgp_redistribution.REDIST_RULE.nodes), LOGICAL: ("bgp", ())},
        "router_ecmp": {engine: ("ecmp", router_ecmp.TABLE.nodes) for engine in (VIRTUAL, LOGICAL)},
    }
    for name, resource in RESOURCES.items():
        if name in own:
            parts = [(engine, f"{_ROUTER[engine]}/{place}", visible(resource, nodes, COMPOSED.get((name, engine), {})))
                     for engine, (place, nodes) in own[name].items()]
        else:
            place = "/".join((resource.table.location, *resource.table.container, "entry"))
            if name == "proxy_id":
                place = "network/tunnel/ipsec/entry/auto-key/(proxy-id|proxy-id-v6)/entry"
            parts = [("", place, resource.table.nodes + resource.extra)]
        yield resource, parts


def visible(resource, nodes, composed) -> tuple:
    """The nodes of an engine that the user sees, by the options of the module; those that are made of several elements at last."""
    options = {node.option: node for node in resource.table.nodes}
    found = tuple(node for node in nodes if node.option in options and node.option not in composed)
    return found + tuple(options[option] for option in composed)


def rows(nodes, composed, option="", element="", since=()):
    """(option path, type, what it takes, element, since, until) of each leaf."""
    from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Entries, Group

    for node in nodes:
        name = f"{option}{node.option}"
        path = composed.get(name) or getattr(node, "stands", "") or "/".join(part for part in (element, node.path) if part)
        newest = max(since, node.since)
        if isinstance(node, (Group, Entries)) and node.nodes:
            if isinstance(node, Entries):
                yield f"{name}[].{node.key}", "str", length(node), f"{path}/entry", newest, ""
                yield from rows(node.nodes, composed, f"{name}[].", f"{path}/entry", newest)
            else:
                yield from rows(node.nodes, composed, f"{name}.", path, newest)
        else:
            yield name, kind(node), takes(node), f"{path}/entry" if isinstance(node, Entries) else path, newest, versions_of_words(node)


def kind(node) -> str:
    from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Entries, Members

    words = {"empty": "bool", "secret": "str, secret"}
    if isinstance(node, Entries):
        return "list of str"
    if isinstance(node, Members):
        return f"list of {node.type}{', in order' if node.ordered else ''}"
    return words.get(node.type, node.type)


def length(node) -> str:
    return f"at most {node.max_length} characters" if node.max_length else ""


def takes(node) -> str:
    """Range, words, length or form, and the unit."""
    if getattr(node, "choices", ()) and not hasattr(node, "nodes"):
        return ", ".join(f"``{word}``" for word in node.choices)
    if getattr(node, "minimum", None) is not None:
        return f"{node.minimum} to {node.maximum} {node.unit}".rstrip()
    said = [length(node), getattr(node, "form", "")]
    return ", ".join(text for text in said if text)


def versions_of_words(node) -> str:
    newer = [f"``{word}`` from {version(since)}" for word, since in getattr(node, "values_since", {}).items()]
    gone = [f"``{word}`` before {version(until)}" for word, until in getattr(node, "values_until", {}).items()]
    return ", ".join(newer + gone)


def version(numbers) -> str:
    return ".".join(map(str, numbers))


def added_in(resource: str) -> str:
    """The release of this collection that a module came with."""
    text = (ROOT / "plugins" / "modules" / f"{resource}.py").read_text(encoding="utf-8")
    return re.search(r"(?m)^version_added: (\S+)$", text).group(1)


def heading(text: str, underline: str) -> list:
    return [text, underline * len(text), ""]


def table(lines) -> list:
    header = ("Option", "Type", "Takes", "Element", "PAN-OS")
    found = [".. list-table::", "   :header-rows: 1", "   :widths: 25 10 25 30 10", ""]
    for line in (header, *lines):
        for number, cell in enumerate(line):
            found.append(f"   {'* -' if number == 0 else '  -'} {cell}".rstrip())
    return found + [""]


def cells(row) -> tuple:
    option, type_, takes_, element, since, words = row
    versions = ", ".join(part for part in (f"{version(since)} and later" if since else "", words) if part) or "all"
    return f"``{option}``", type_, takes_, f"``{element}``", versions


INTRODUCTION = """\
.. _ansible_collections.tunnelsmith.panos_vpn.docsite.options:

.. Written by tools/option_tables.py from the tables of the code; changes by hand are lost.

Options and elements
====================

Each option stands for one element of PAN-OS's configuration, with the element's name and ``_`` for ``-`` wherever PAN-OS has a name
for it. Elements are given from the object's own entry on; where an option is made of other objects, from the router or from ``network``.
"All" under *PAN-OS* means every version that the collection supports, which is 10.1 to 12.1. An option that the firewall's version lacks
is refused by its name before anything is written.

In a Panorama template or template stack, ``$name`` stands for a template variable. PAN-OS has variables for addresses, address ranges,
names (FQDN), interfaces and AS numbers, so the options that take one of these let ``$name`` through; ranges of all other numbers are kept.
"""


def page() -> str:
    lines = INTRODUCTION.splitlines() + [""]
    for resource, parts in sections():
        lines += heading(resource.name, "-")
        lines += [f"Module ``tunnelsmith.panos_vpn.{resource.name}``, since release {added_in(resource.name)} of this collection.", ""]
        for engine, place, nodes in parts:
            if engine:
                lines += heading(engine, "~")
            if engine == LOGICAL:
                lines += ["Needs PAN-OS 10.2 or later.", ""]
            lines += [f"The entry: ``{place}``", ""]
            lines += table(cells(row) for row in rows(nodes, COMPOSED.get((resource.name, engine), {})))
    lines += heading("What is left out", "-")
    lines += ["These elements of the same objects are not written, and stay as they are.", ""]
    for resource, elements in LEFT_OUT.items():
        lines += [f"``{resource}``"]
        lines += [f"  * {', '.join(f'``{name}``' for name in element.split(', '))}: {why}." for element, why in elements] + [""]
    return "\n".join(lines).rstrip() + "\n"


def main() -> int:
    importable()
    return concluded([(PAGE, lambda _text: page())], "the code's tables")


if __name__ == "__main__":
    raise SystemExit(main())
