# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Objects that say which routes pass: rules of virtual routers; prefix lists, route maps and profiles of the advanced engine."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any, Callable, Mapping

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.addresses import is_ipv6
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import DesiredEntry
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import PLACES, bgp_place
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Choice, Entries, Group, Leaf, Members, Table

_PREFERENCE = {"type": "int", "minimum": 0, "maximum": 4294967295}
_UPDATE = (
    Leaf("local_preference", "local-preference", **_PREFERENCE),
    Leaf("as_path_prepend", "as-path/prepend", "int", minimum=1, maximum=255, unit="times"),
)


def _rule_table(direction: str) -> Table:
    return Table(
        f"bgp_{direction}_rule", "network", (), words=f"BGP {direction} rule", listed_in=("policy", direction, "rules"),
        nodes=(
            Leaf("enable", "enable", "bool"),
            Members("used_by", "used-by", refers_to=("bgp_peer_group",)),
            Group("match", "match", (
                Entries("address_prefix", "address-prefix", (Leaf("exact", "exact", "bool"),), exact=True),
            )),
            Group("action", "action", (
                Leaf("deny", "deny", "empty"),
                Leaf("allow", "allow", "empty"),
                Group("update", "allow/update", _UPDATE),
            ), choices=(Choice("", ("deny", "allow")),)),
        ),
    )


# Rules of a virtual router's BGP, first match wins.
EXPORT_RULE = _rule_table("export")
IMPORT_RULE = _rule_table("import")

_LISTED = (Leaf("action", "action", choices=("permit", "deny")), Leaf("network", "prefix/entry/network"))
PREFIX_LIST = Table(
    "prefix_list", *PLACES["prefix_list"],
    nodes=(
        Entries("entries", "type/ipv4/ipv4-entry", _LISTED, exact=True),
        Entries("entries_ipv6", "type/ipv6/ipv6-entry", _LISTED, exact=True),
    ),
    choices=(Choice("type", ("ipv4", "ipv6")),),
)

ROUTE_MAP = Table(
    "bgp_route_map", *PLACES["bgp_route_map"], words="BGP route map",
    nodes=(
        Entries("entries", "route-map", (
            Leaf("action", "action", choices=("permit", "deny")),
            Leaf("prefix_list", "match/ipv4/address/prefix-list", refers_to=("prefix_list",)),
            Leaf("prefix_list_ipv6", "match/ipv6/address/prefix-list", refers_to=("prefix_list",)),
            Group("set", "set", (
                Leaf("local_preference", "local-preference", **_PREFERENCE),
                Members("aspath_prepend", "aspath-prepend", ordered=True, repeated=True),
            )),
        )),
    ),
)

REDISTRIBUTION_ROUTE_MAP = Table(
    "redistribution_route_map", *PLACES["redistribution_route_map"],
    nodes=(
        Entries("entries", "connected-static/bgp/route-map", (
            Leaf("action", "action", choices=("permit", "deny")),
            Leaf("prefix_list", "match/ipv4/address/prefix-list", refers_to=("prefix_list",)),
        )),
    ),
)

FILTERING_PROFILE = Table(
    "bgp_filtering_profile", *PLACES["bgp_filtering_profile"], words="BGP filtering profile",
    nodes=(
        Leaf("inbound", "ipv4/unicast/route-maps/inbound", refers_to=("bgp_route_map",)),
        Leaf("outbound", "ipv4/unicast/route-maps/outbound", refers_to=("bgp_route_map",)),
        Leaf("inbound_ipv6", "ipv6/unicast/route-maps/inbound", refers_to=("bgp_route_map",)),
        Leaf("outbound_ipv6", "ipv6/unicast/route-maps/outbound", refers_to=("bgp_route_map",)),
    ),
    choices=(Choice("", ("ipv4", "ipv6")),),
)


def refuse_names(*options: str) -> Callable[[Mapping[str, Any], Any], None]:
    """A rule of a table: what these options say are networks. BGP announces prefixes; the name of an address object is none."""
    def refuse(values: Mapping[str, Any], platform: Any) -> None:
        for option in options:
            for text in values.get(option) or ():
                if not _is_network(text):
                    raise InvalidInput(f"{option}: '{text}' is no network; BGP knows no address objects, give the network that one stands for")
    return refuse


def _is_network(text: str | None) -> bool:
    """Whether a text is a prefix, or a template's variable, which can stand for one. An entry of a list that somebody wrote may have none."""
    try:
        ip_network(text, strict=False)
    except ValueError:
        return text is not None and text.startswith("$")
    return True


def inbound(group: str) -> str:
    """What the policy for what comes from a peer group is called, whatever kind of object it is."""
    return f"{group}-in"


def outbound(group: str) -> str:
    return f"{group}-out"


def rest(group: str) -> str:
    """What holds back from a peer group whatever is not let out."""
    return f"{group}-rest"


def names_of(group: str) -> tuple:
    return inbound(group), outbound(group), rest(group)


def policy_rule(virtual_router, direction, name, values, state="present", position=()) -> DesiredEntry:
    """A rule of a virtual router's import or export policy."""
    table = IMPORT_RULE if direction == "import" else EXPORT_RULE
    container = bgp_place(virtual_router, False) + ("policy", direction, "rules")
    return DesiredEntry(table, name, values, state, container=container, position=position)


def of_family(option: str, ipv6: bool) -> str:
    """How an option is called that a profile has once for each family."""
    return f"{option}_ipv6" if ipv6 else option


def prefix_list(name, networks, state="present") -> DesiredEntry:
    """A list that matches exactly C(networks), all of one family: no longer and no shorter prefix.

    Numbered by what they are, since the order in which they are given means nothing.
    """
    entries = [{"name": str(10 * number), "action": "permit", "network": network} for number, network in enumerate(sorted(networks, key=_place), 1)]
    return DesiredEntry(PREFIX_LIST, name, {of_family("entries", any(is_ipv6(network or "") for network in networks)): entries}, state)


def _place(network: str) -> tuple:
    """Where a network stands among others; a name of one, behind all of them."""
    try:
        found = ip_network(network, strict=False)
    except ValueError:
        return 7, 0, 0, network
    return found.version, int(found.network_address), found.prefixlen, network
