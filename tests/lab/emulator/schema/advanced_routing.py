# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Advanced Routing Engine: logical routers and routing profiles.

Names, types and ranges: codegen schema (``num_prefixes`` really has an underscore). Generally usable from 10.2.
"""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.kinds import (
    HOST4, Address, AutonomousSystem, Entries, Group, Name, Node, Reference, Text, empty, entries, group, integer, leaf, members, one_of, secret, text,
    undescribed, words, yes_no,
)
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.routers import (
    ECMP, MEMBER_INTERFACES, UINT32, bgp_local_address, bgp_peer_address, distances, static_routes,
)

_SINCE = (10, 2)
_DESCRIPTION = text("description", 1024)


def _profile(tag: str, kind: str, *words_allowed: str) -> Node:
    return leaf(tag, Text(63), Reference(kind, words=words_allowed))


def _by_family(tag: str, kind: str, *words_allowed: str) -> Group:
    return group(tag, _profile("ipv4", kind, *words_allowed), _profile("ipv6", kind, *words_allowed))


def _connection_options(*words_allowed: str) -> Group:
    """Peers may say ``inherit`` instead of a profile."""
    return group(
        "connection-options",
        _profile("timers", "bgp-timer-profile", *words_allowed),
        integer("multihop", 0, 255, *words_allowed),
        _profile("authentication", "bgp-auth-profile", *words_allowed),
        _profile("dampening", "bgp-dampening-profile", *words_allowed),
    )


_PEER = entries(
    "peer",
    *yes_no("enable", "passive", "enable-sender-side-loop-detection"),
    leaf("peer-as", AutonomousSystem()),
    group(
        "inherit",
        one_of(
            *empty("yes"),
            group(
                "no",
                _by_family("address-family", "bgp-address-family-profile", "none"),
                _by_family("filtering-profile", "bgp-filtering-profile", "none"),
            ),
        ),
    ),
    bgp_local_address(),
    bgp_peer_address(),
    _connection_options("inherit", "none"),
    group("bfd", text("profile"), undescribed("multihop")),
    name=Name(63),
    kind="bgp-peer",
    required=("peer-as", "peer-address"),
)

_BGP = group(
    "bgp",
    *yes_no(
        "enable", "install-route", "enforce-first-as", "fast-external-failover", "ecmp-multi-as", "graceful-shutdown",
        "always-advertise-network-route",
    ),
    leaf("router-id", HOST4),
    leaf("local-as", AutonomousSystem()),
    integer("default-local-preference", 0, UINT32),
    group("med", *yes_no("always-compare-med", "deterministic-med-comparison")),
    group(
        "graceful-restart",
        *yes_no("enable"),
        integer("stale-route-time", 1, 3600),
        integer("local-restart-time", 1, 3600),
        integer("max-peer-restart-time", 1, 3600),
    ),
    group("global-bfd", text("profile")),
    group(
        "redistribution-profile",
        group("ipv4", _profile("unicast", "bgp-redistribution-profile", "none")),
        group("ipv6", _profile("unicast", "bgp-redistribution-profile", "none")),
    ),
    group(
        "advertise-network",
        group("ipv4", entries("network", *yes_no("unicast", "multicast", "backdoor"))),
        group("ipv6", entries("network", *yes_no("unicast", "multicast", "backdoor"))),
    ),
    undescribed("aggregate-routes"),
    entries(
        "peer-group",
        *yes_no("enable"),
        group("type", one_of(*empty("ebgp", "ibgp"))),
        _by_family("address-family", "bgp-address-family-profile", "none"),
        _by_family("filtering-profile", "bgp-filtering-profile", "none"),
        _connection_options("none"),
        _PEER,
        name=Name(63),
        kind="bgp-peer-group",
    ),
)


def _routing_table(tag: str, address_tag: str) -> Group:
    next_lr = leaf("next-lr", Text(63), Reference("logical-router"))
    return group(tag, static_routes(address_tag, next_lr), open=True)


LOGICAL_ROUTER = entries(
    "logical-router",
    entries(
        "vrf",
        MEMBER_INTERFACES,
        distances(
            1, "static", "static-ipv6", "bgp-internal", "bgp-external", "bgp-local", "ospf-intra", "ospf-inter", "ospf-ext",
            "ospfv3-intra", "ospfv3-inter", "ospfv3-ext", "rip",
        ),
        ECMP,
        undescribed("rib-filter"),
        group("routing-table", _routing_table("ip", "ip-address"), _routing_table("ipv6", "ipv6-address")),
        _BGP,
        undescribed("ospf"),
        undescribed("ospfv3"),
        undescribed("rip"),
        undescribed("multicast"),
    ),
    name=Name(63),
    kind="logical-router",
    since=_SINCE,
)


def _network_filter(tag: str) -> Group:
    return group(tag, one_of(text("distribute-list", 63), _profile("prefix-list", "prefix-list")))


def _filtering_family(tag: str, *more: Node) -> Group:
    return group(
        tag,
        *more,
        group("filter-list", text("inbound", 63), text("outbound", 63)),
        _network_filter("inbound-network-filters"),
        _network_filter("outbound-network-filters"),
        group("route-maps", _profile("inbound", "bgp-route-map"), _profile("outbound", "bgp-route-map")),
        _profile("unsuppress-map", "bgp-route-map"),
        undescribed("conditional-advertisement"),
    )


def _address_family(tag: str) -> Group:
    return group(
        tag,
        *yes_no(
            "enable", "default-originate", "as-override", "route-reflector-client", "soft-reconfig-with-stored-info",
        ),
        text("default-originate-map", 63),
        group("add-path", *yes_no("tx-all-paths", "tx-bestpath-per-AS")),
        group("allowas-in", one_of(*empty("origin"), integer("occurrence", 1, 10))),
        group(
            "maximum-prefix",
            integer("num_prefixes", 1, UINT32),
            integer("threshold", 1, 100),
            group("action", one_of(*empty("warning-only"), group("restart", integer("interval", 1, 65535)))),
        ),
        group("next-hop", one_of(*empty("self", "self-force"))),
        group("remove-private-AS", one_of(*empty("all", "replace-AS"))),
        group("send-community", one_of(*empty("all", "both", "extended", "large", "standard"))),
        group("orf", words("orf-prefix-list", "none", "both", "receive", "send")),
    )


def _redistributed(tag: str) -> Group:
    sources = ("static", "connected", "ospf", "ospfv3", "rip")
    return group(
        tag,
        *(
            group(source, *yes_no("enable"), integer("metric", 1, 65535), _profile("route-map", "redistribution-route-map"))
            for source in sources
        ),
    )


_BGP_PROFILES = group(
    "bgp",
    entries("auth-profile", secret("secret", 63), name=Name(63), kind="bgp-auth-profile"),
    entries(
        "timer-profile",
        integer("keep-alive-interval", 0, 1200),
        integer("hold-time", 0, 3600),
        integer("min-route-adv-interval", 1, 600),
        integer("open-delay-time", 0, 240),
        integer("reconnect-retry-interval", 1, 3600),
        name=Name(63),
        kind="bgp-timer-profile",
    ),
    entries(
        "address-family-profile",
        one_of(
            group("ipv4", one_of(_address_family("unicast"), _address_family("multicast"))),
            group("ipv6", _address_family("unicast")),
        ),
        name=Name(63),
        kind="bgp-address-family-profile",
    ),
    entries(
        "dampening-profile",
        _DESCRIPTION,
        integer("half-life", 1, 45),
        integer("reuse-limit", 1, 20000),
        integer("suppress-limit", 1, 20000),
        integer("max-suppress-limit", 1, 255),
        name=Name(63),
        kind="bgp-dampening-profile",
    ),
    entries(
        "redistribution-profile",
        one_of(group("ipv4", _redistributed("unicast")), group("ipv6", _redistributed("unicast"))),
        name=Name(63),
        kind="bgp-redistribution-profile",
    ),
    entries(
        "filtering-profile",
        _DESCRIPTION,
        one_of(
            group("ipv4", _filtering_family("unicast"), _filtering_family("multicast", *yes_no("inherit"))),
            group("ipv6", _filtering_family("unicast")),
        ),
        name=Name(63),
        kind="bgp-filtering-profile",
    ),
    open=True,
)


def _prefix_entries(family: str, longest: int) -> Entries:
    return entries(
        f"{family}-entry",
        words("action", "deny", "permit"),
        group(
            "prefix",
            one_of(
                words("network", "any"),
                group(
                    "entry",
                    # A list of one family holds prefixes of that family (inferred).
                    leaf("network", Address(families=(4 if family == "ipv4" else 6,))),
                    integer("greater-than-or-equal", 0, longest),
                    integer("less-than-or-equal", 0, longest),
                ),
            ),
        ),
    )


def _lists(tag: str) -> Group:
    return group(tag, one_of(_profile("access-list", "access-list"), _profile("prefix-list", "prefix-list")))


_INTERFACE, _METRIC, _TAG = text("interface", 64), integer("metric", 0, UINT32), integer("tag", 1, UINT32)
_ADDRESSES = (_lists("address"), _lists("next-hop"))
_OF_BGP = (
    text("as-path-access-list", 63),
    text("regular-community", 63),
    text("large-community", 63),
    text("extended-community", 63),
    words("origin", "none", "egp", "igp", "incomplete"),
    integer("local-preference", 0, UINT32),
    text("peer"),
    _TAG,
)
_BY_FAMILY = {"ipv4": group("ipv4", *_ADDRESSES, _lists("route-source")), "ipv6": group("ipv6", *_ADDRESSES)}

_CHANGED_METRIC = group("metric", integer("value", 0, UINT32), words("action", "set", "add", "subtract"))
_SET_IN_BGP = (
    integer("local-preference", 0, UINT32),
    _CHANGED_METRIC,
    integer("weight", 0, UINT32),
    words("origin", "none", "egp", "igp", "incomplete"),
    _TAG,
    *yes_no("atomic-aggregate"),
    text("originator-id"),
    group("aggregator", integer("as", 1, UINT32), text("router-id")),
    members("aspath-prepend"),
    members("regular-community"),
    members("large-community"),
    members("extended-community", since=(11, 0, 2)),
)


def _set_addresses(*families: str) -> tuple[Group, ...]:
    return tuple(group(family, text("source-address", 128), text("next-hop")) for family in families)


def _route_map(*settings: Node) -> Entries:
    """Its entries are named by sequence number."""
    return entries("route-map", words("action", "deny", "permit"), _DESCRIPTION, *settings)


#: From where routes come → where they may go; and of which families a protocol's routes are.
_REDISTRIBUTED_TO = {
    "bgp": ("ospf", "ospfv3", "rib", "rip"), "connected-static": ("bgp", "ospf", "ospfv3", "rib", "rip"),
    "ospf": ("bgp", "rib", "rip"), "ospfv3": ("bgp", "rib"), "rip": ("bgp", "ospf", "rib"),
}
_FAMILIES = {
    "bgp": ("ipv4", "ipv6"), "connected-static": ("ipv4", "ipv6"), "ospf": ("ipv4",), "ospfv3": ("ipv6",), "rip": ("ipv4",), "rib": ("ipv4", "ipv6"),
}


def _redistribution_map(source: str, target: str) -> Entries:
    return _route_map(group("match", *_redistribution_match(source, target)), group("set", *_redistribution_set(source, target)))


def _redistribution_match(source: str, target: str) -> tuple[Node, ...]:
    if source == "bgp":
        return (_INTERFACE, _METRIC, *_OF_BGP, *(_BY_FAMILY[family] for family in _FAMILIES[target]))
    if source == "connected-static":
        return (_INTERFACE, _METRIC, *(group(family, *_ADDRESSES) for family in _FAMILIES[target]))
    return (_INTERFACE, _METRIC, _TAG, *_ADDRESSES)


def _redistribution_set(source: str, target: str) -> tuple[Node, ...]:
    if target == "bgp":
        return (*_SET_IN_BGP, *_set_addresses(*_FAMILIES[source]))
    if target == "rib":
        return (text("source-address"),)
    if target == "rip":
        return (_CHANGED_METRIC, text("next-hop"), _TAG)
    return (_CHANGED_METRIC, words("metric-type", "type-1", "type-2"), _TAG)


_BGP_MAP = _route_map(
    group("match", _INTERFACE, _METRIC, *_OF_BGP, *_BY_FAMILY.values()),
    group(
        "set", *_SET_IN_BGP, *_set_addresses("ipv4", "ipv6"),
        *yes_no("ipv6-nexthop-prefer-global", "overwrite-regular-community", "overwrite-large-community"),
        members("aspath-exclude"), text("remove-regular-community", 63), text("remove-large-community", 63),
    ),
)

_FILTERS = group(
    "filters",
    entries(
        "prefix-list",
        _DESCRIPTION,
        group(
            "type",
            one_of(group("ipv4", _prefix_entries("ipv4", 32)), group("ipv6", _prefix_entries("ipv6", 128))),
        ),
        name=Name(63),
        kind="prefix-list",
    ),
    entries("access-list", name=Name(63), kind="access-list", open=True),
    entries("as-path-access-list", name=Name(63), kind="as-path-access-list", open=True),
    entries("community-list", name=Name(63), kind="community-list", open=True),
    group(
        "route-maps",
        group(
            "bgp",
            entries("bgp-entry", _DESCRIPTION, _BGP_MAP, name=Name(63), kind="bgp-route-map"),
        ),
        group(
            "redistribution",
            entries(
                "redist-entry",
                _DESCRIPTION,
                one_of(
                    *(
                        group(source, one_of(*(group(target, _redistribution_map(source, target)) for target in targets)))
                        for source, targets in _REDISTRIBUTED_TO.items()
                    )
                ),
                name=Name(63),
                kind="redistribution-route-map",
            ),
        ),
    ),
    open=True,
)

ROUTING_PROFILE = group("routing-profile", _BGP_PROFILES, _FILTERS, since=_SINCE, open=True)
