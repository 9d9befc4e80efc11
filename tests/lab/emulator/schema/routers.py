# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Legacy virtual routers: members, static routes, ECMP, BGP, redistribution profiles.

Names, types and ranges: codegen schema. A router's interface members are checked at set time (measured on 12.1).
A merging set that changes the kind of a route's next hop was refused before 12.1 ("Edit breaks config validity",
codegen notes and a lab on 11.x); 12.1 replaces the old branch.
"""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.kinds import (
    HOST, HOST4, HOST6, Address, AutonomousSystem, Entries, Group, Name, Node, Reference, Text, address_or_name, empty, entries, group, integer, leaf,
    members, one_of, secret, text, undescribed, words, yes_no,
)

INTERFACE_REFERENCE = Reference("interface")
MEMBER_INTERFACES = members("interface", refers=Reference("interface", checked="set"))
UINT32 = 4294967295

ECMP = group(
    "ecmp",
    *yes_no("enable", "symmetric-return", "strict-source-path"),
    integer("max-path", 2, 4),
    group(
        "algorithm",
        one_of(
            *empty("ip-modulo", "balanced-round-robin"),
            group("ip-hash", *yes_no("src-only", "use-port"), integer("hash-seed", 0, UINT32)),
            group("weighted-round-robin", entries("interface", integer("weight", 1, 255), refers=INTERFACE_REFERENCE)),
        ),
    ),
)

PATH_MONITOR = group(
    "path-monitor",
    *yes_no("enable"),
    words("failure-condition", "any", "all"),
    integer("hold-time", 0, 1440),
    entries(
        "monitor-destinations",
        *yes_no("enable"),
        leaf("source", Text(63), Reference("address-object", words=("DHCP",), form=Address())),
        address_or_name("destination", HOST),
        integer("interval", 1, 60),
        integer("count", 3, 10),
    ),
)


def static_routes(address_tag: str, *more_next_hops: Node, more: tuple[Node, ...] = ()) -> Entries:
    """Routes of one address family; the engines differ in next hops and in ``route-table``."""
    host = HOST4 if address_tag == "ip-address" else HOST6
    return entries(
        "static-route",
        address_or_name("destination", Address(network=True, families=host.families)),
        leaf("interface", refers=INTERFACE_REFERENCE),
        group(
            "nexthop",
            one_of(
                address_or_name(address_tag, host), text("fqdn", 255), *empty("discard"), *more_next_hops,
                merge_refused_until=(12, 1),
            ),
        ),
        integer("admin-dist", 10, 240),
        integer("metric", 1, 65535),
        group("bfd", text("profile")),
        PATH_MONITOR,
        *more,
        name=Name(63),
        kind="static-route",
        required=("destination",),
    )


_ROUTE_TABLE = group("route-table", one_of(*empty("unicast", "multicast", "both", "no-install")))


def _routing_table(tag: str, address_tag: str) -> Group:
    next_vr = leaf("next-vr", refers=Reference("virtual-router"))
    return group(tag, static_routes(address_tag, next_vr, *empty("receive"), more=(_ROUTE_TABLE,)), open=True)


_REDIST_FILTER = group(
    "filter",
    members("type"),
    members("interface"),
    members("destination"),
    members("nexthop"),
    undescribed("ospf"),
    undescribed("ospfv3"),
    undescribed("bgp"),
)


def _redist_profile(tag: str) -> Entries:
    return entries(
        tag, integer("priority", 1, 255), _REDIST_FILTER, group("action", one_of(*empty("redist", "no-redist"))),
        name=Name(31), kind="redist-profile",
    )


def bgp_peer_address() -> Group:
    return group("peer-address", one_of(address_or_name("ip", HOST), text("fqdn", 255)))


def bgp_local_address() -> Group:
    return group("local-address", leaf("interface", refers=INTERFACE_REFERENCE), text("ip", 50))


_PEER = entries(
    "peer",
    *yes_no("enable", "enable-mp-bgp", "enable-sender-side-loop-detection"),
    leaf("peer-as", AutonomousSystem()),
    bgp_local_address(),
    bgp_peer_address(),
    words("address-family-identifier", "ipv4", "ipv6"),
    group("subsequent-address-family-identifier", *yes_no("unicast", "multicast")),
    words("reflector-client", "non-client", "client", "meshed-client"),
    words("peering-type", "unspecified", "bilateral"),
    integer("max-prefixes", 1, 100000, "unlimited"),
    group("bfd", text("profile")),
    group(
        "connection-options",
        leaf("authentication", refers=Reference("bgp-auth-profile")),
        integer("keep-alive-interval", 0, 1200, "disabled"),
        integer("hold-time", 3, 3600, "disabled", "0"),
        integer("min-route-adv-interval", 1, 600),
        integer("multihop", 0, 255),
        integer("open-delay-time", 0, 240),
        integer("idle-hold-time", 1, 3600),
        group("incoming-bgp-connection", integer("remote-port", 0, 65535), *yes_no("allow")),
        group("outgoing-bgp-connection", integer("local-port", 0, 65535), *yes_no("allow")),
    ),
    name=Name(63),
    kind="bgp-peer",
    required=("peer-as", "peer-address"),
)

_PEER_GROUP = entries(
    "peer-group",
    *yes_no("enable", "aggregated-confed-as-path", "soft-reset-with-stored-info"),
    group(
        "type",
        one_of(
            group(
                "ebgp", words("import-nexthop", "original", "use-peer"), words("export-nexthop", "resolve", "use-self"),
                *yes_no("remove-private-as"),
            ),
            group("ibgp", words("export-nexthop", "original", "use-self")),
            group(
                "ebgp-confed", words("import-nexthop", "original", "use-peer"),
                words("export-nexthop", "resolve", "use-self"),
            ),
            group("ibgp-confed", words("export-nexthop", "original", "use-self")),
        ),
    ),
    _PEER,
    name=Name(63),
    kind="bgp-peer-group",
)


def _community(tag: str) -> Group:
    return group(
        tag,
        one_of(*empty("none", "remove-all"), text("remove-regex", 127), members("append"), members("overwrite")),
    )


_MATCH = group(
    "match",
    words("route-table", "unicast", "multicast", "both"),
    entries("address-prefix", *yes_no("exact")),
    members("nexthop"),
    members("from-peer", refers=Reference("bgp-peer")),
    text("med"),
    group("as-path", text("regex", 126)),
    group("community", text("regex", 126)),
    group("extended-community", text("regex", 126)),
    text("afi"),
    text("safi"),
)


def _policy_rules(direction: str) -> Group:
    imports = direction == "import"
    as_path: tuple[Node, ...] = empty("none", "remove")
    if not imports:
        as_path += (integer("prepend", 1, 255), integer("remove-and-prepend", 1, 255))
    update = group(
        "update",
        integer("local-preference", 0, UINT32),
        integer("med", 0, UINT32),
        *((integer("weight", 0, 65535),) if imports else ()),
        text("nexthop"),
        words("origin", "igp", "egp", "incomplete"),
        integer("as-path-limit", 1, 255),
        group("as-path", one_of(*as_path)),
        _community("community"),
        _community("extended-community"),
    )
    allow = group("allow", update, *((text("dampening"),) if imports else ()))
    return group(
        direction,
        entries(
            "rules",
            *yes_no("enable"),
            members("used-by", refers=Reference("bgp-peer-group")),
            _MATCH,
            group("action", one_of(*empty("deny"), allow)),
            name=Text(63),
        ),
    )


_REDIST_RULES = entries(
    "redist-rules",
    words("address-family-identifier", "ipv4", "ipv6"),
    words("route-table", "unicast", "multicast", "both"),
    *yes_no("enable"),
    words("set-origin", "igp", "egp", "incomplete"),
    integer("set-med", 0, UINT32),
    integer("set-local-preference", 0, UINT32),
    integer("set-as-path-limit", 1, 255),
    integer("metric", 1, 65535),
    members("set-community"),
    members("set-extended-community"),
    # The name is a profile or a literal prefix; the second needs no object.
    refers=Reference("redist-profile"),
)

_ROUTING_OPTIONS = group(
    "routing-options",
    words("as-format", "2-byte", "4-byte"),
    integer("default-local-preference", 0, UINT32),
    text("reflector-cluster-id"),
    text("confederation-member-as"),
    group("med", *yes_no("always-compare-med", "deterministic-med-comparison")),
    group("aggregate", *yes_no("aggregate-med")),
    group(
        "graceful-restart",
        *yes_no("enable"),
        integer("stale-route-time", 1, 3600),
        integer("local-restart-time", 1, 3600),
        integer("max-peer-restart-time", 1, 3600),
    ),
)

BGP = group(
    "bgp",
    *yes_no(
        "enable", "install-route", "reject-default-route", "allow-redist-default-route", "ecmp-multi-as", "enforce-first-as",
    ),
    leaf("router-id", HOST4),
    leaf("local-as", AutonomousSystem()),
    group("global-bfd", text("profile")),
    _ROUTING_OPTIONS,
    entries("auth-profile", secret("secret", 63), name=Name(63), kind="bgp-auth-profile"),
    entries(
        "dampening-profile",
        *yes_no("enable"),
        text("cutoff"),
        text("reuse"),
        integer("max-hold-time", 1, 3600),
        integer("decay-half-life-reachable", 1, 3600),
        integer("decay-half-life-unreachable", 1, 3600),
    ),
    _PEER_GROUP,
    group(
        "policy",
        _policy_rules("import"),
        _policy_rules("export"),
        undescribed("conditional-advertisement"),
        undescribed("aggregation"),
    ),
    _REDIST_RULES,
)


def distances(lowest: int, *names: str) -> Group:
    return group("admin-dists", *(integer(name, lowest, 240 if lowest == 10 else 255) for name in names))


VIRTUAL_ROUTER = entries(
    "virtual-router",
    MEMBER_INTERFACES,
    ECMP,
    distances(
        10, "static", "static-ipv6", "ebgp", "ibgp", "ospf-int", "ospf-ext", "ospfv3-int", "ospfv3-ext", "rip",
    ),
    group("routing-table", _routing_table("ip", "ip-address"), _routing_table("ipv6", "ipv6-address")),
    group(
        "protocol",
        BGP,
        _redist_profile("redist-profile"),
        _redist_profile("redist-profile-ipv6"),
        undescribed("ospf"),
        undescribed("ospfv3"),
        undescribed("rip"),
    ),
    undescribed("multicast"),
    name=Name(31),
    kind="virtual-router",
)
