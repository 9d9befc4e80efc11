# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Advanced Routing Engine: logical routers and routing profiles.

Names, types and ranges: codegen schema (``num_prefixes`` really has an underscore). Generally usable from 10.2.
"""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.kinds import (
    HOST4, Address, AutonomousSystem, Entries, Group, Node, Reference, Text, empty, entries, group, integer, leaf, members, one_of, secret, text,
    undescribed, words, yes_no,
)
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.routers import (
    ECMP, MEMBER_INTERFACES, UINT32, bgp_local_address, bgp_peer_address, distances, static_routes,
)

_SINCE = (10, 2)


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
    name=Text(63),
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
        name=Text(63),
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
    name=Text(63),
    kind="logical-router",
    since=_SINCE,
)


def _network_filter(tag: str) -> Group:
    return group(tag, one_of(text("distribute-list", 63), _profile("prefix-list", "prefix-list")))


def _filtering_family(tag: str) -> Group:
    return group(
        tag,
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
    entries("auth-profile", secret("secret", 63), name=Text(63), kind="bgp-auth-profile"),
    entries(
        "timer-profile",
        integer("keep-alive-interval", 0, 1200),
        integer("hold-time", 0, 3600),
        integer("min-route-adv-interval", 1, 600),
        integer("open-delay-time", 0, 240),
        integer("reconnect-retry-interval", 1, 3600),
        name=Text(63),
        kind="bgp-timer-profile",
    ),
    entries(
        "address-family-profile",
        one_of(
            group("ipv4", one_of(_address_family("unicast"), _address_family("multicast"))),
            group("ipv6", _address_family("unicast")),
        ),
        name=Text(63),
        kind="bgp-address-family-profile",
    ),
    entries(
        "dampening-profile",
        text("description", 255),
        integer("half-life", 1, 45),
        integer("reuse-limit", 1, 20000),
        integer("suppress-limit", 1, 20000),
        integer("max-suppress-limit", 1, 255),
        name=Text(63),
        kind="bgp-dampening-profile",
    ),
    entries(
        "redistribution-profile",
        one_of(group("ipv4", _redistributed("unicast")), group("ipv6", _redistributed("unicast"))),
        name=Text(63),
        kind="bgp-redistribution-profile",
    ),
    entries(
        "filtering-profile",
        text("description", 255),
        one_of(
            group("ipv4", _filtering_family("unicast"), _filtering_family("multicast")),
            group("ipv6", _filtering_family("unicast")),
        ),
        name=Text(63),
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


def _address_match(tag: str) -> Group:
    lists = (_profile("access-list", "access-list"), _profile("prefix-list", "prefix-list"))
    return group(tag, *(group(what, one_of(*lists)) for what in ("address", "next-hop", "route-source")))


_MATCH = group(
    "match",
    text("as-path-access-list", 63),
    text("regular-community", 63),
    text("large-community", 63),
    text("extended-community", 63),
    text("interface"),
    words("origin", "none", "egp", "igp", "incomplete"),
    integer("metric", 0, UINT32),
    integer("tag", 1, UINT32),
    integer("local-preference", 0, UINT32),
    text("peer"),
    _address_match("ipv4"),
    _address_match("ipv6"),
)

_METRIC = group("metric", integer("value", 0, UINT32), words("action", "set", "add", "subtract"))

_SET = group(
    "set",
    integer("local-preference", 0, UINT32),
    _METRIC,
    integer("weight", 0, UINT32),
    words("origin", "none", "egp", "igp", "incomplete"),
    integer("tag", 1, UINT32),
    *yes_no("atomic-aggregate", "ipv6-nexthop-prefer-global", "overwrite-regular-community", "overwrite-large-community"),
    text("originator-id"),
    undescribed("aggregator"),
    group("ipv4", text("source-address"), text("next-hop")),
    group("ipv6", text("source-address"), text("next-hop")),
    members("aspath-prepend"),
    members("aspath-exclude"),
    members("regular-community"),
    members("large-community"),
    members("extended-community", since=(11, 0, 2)),
    text("remove-regular-community"),
    text("remove-large-community"),
)


def _route_map(*settings: Node) -> Entries:
    """Its entries are named by sequence number."""
    return entries("route-map", words("action", "deny", "permit"), text("description", 255), *settings)


_REDISTRIBUTION_MAP = _route_map(_MATCH, _SET)

_FILTERS = group(
    "filters",
    entries(
        "prefix-list",
        text("description", 255),
        group(
            "type",
            one_of(group("ipv4", _prefix_entries("ipv4", 32)), group("ipv6", _prefix_entries("ipv6", 128))),
        ),
        name=Text(63),
        kind="prefix-list",
    ),
    entries("access-list", name=Text(63), kind="access-list", open=True),
    entries("as-path-access-list", name=Text(63), kind="as-path-access-list", open=True),
    entries("community-list", name=Text(63), kind="community-list", open=True),
    group(
        "route-maps",
        group(
            "bgp",
            entries("bgp-entry", text("description", 255), _route_map(_MATCH, _SET), name=Text(63), kind="bgp-route-map"),
        ),
        group(
            "redistribution",
            entries(
                "redist-entry",
                text("description", 255),
                one_of(
                    *(
                        group(source, one_of(*(group(to, _REDISTRIBUTION_MAP) for to in ("bgp", "ospf", "ospfv3", "rip", "rib"))))
                        for source in ("bgp", "connected-static", "ospf", "ospfv3", "rip")
                    )
                ),
                name=Text(63),
                kind="redistribution-route-map",
            ),
        ),
    ),
    open=True,
)

ROUTING_PROFILE = group("routing-profile", _BGP_PROFILES, _FILTERS, since=_SINCE, open=True)
