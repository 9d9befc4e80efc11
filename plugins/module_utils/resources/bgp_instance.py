# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""BGP of a router: the same options for virtual routers and for the Advanced Routing Engine."""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.values import read
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import UNSET, DesiredEntry
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import bgp_place, router
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Group, Leaf, Request, Resource, Table

_AS = {"pattern": r"\d{1,10}(\.\d{1,5})?", "form": "an AS number, plain or as-dot"}
_PREFERENCE = {"type": "int", "minimum": 0, "maximum": 4294967295}
_SECONDS = {"type": "int", "minimum": 1, "maximum": 3600, "unit": "seconds"}


def _table(advanced: bool) -> Table:
    """Most options are the same; the legacy engine keeps some of them below C(routing-options)."""
    options = "" if advanced else "routing-options/"
    if advanced:
        own = (
            Leaf("fast_external_failover", "fast-external-failover", "bool"),
            Leaf("graceful_shutdown", "graceful-shutdown", "bool", absent=False),
            Leaf("always_advertise_network_route", "always-advertise-network-route", "bool"),
            Leaf("redistribution_profile", "redistribution-profile/ipv4/unicast", max_length=63, refers_to=("bgp_redistribution_profile",)),
        )
    else:
        own = (
            Leaf("reject_default_route", "reject-default-route", "bool"),
            Leaf("allow_redist_default_route", "allow-redist-default-route", "bool", absent=False),
            Leaf("as_format", "routing-options/as-format", choices=("2-byte", "4-byte"), absent="2-byte"),
            Leaf("aggregate_med", "routing-options/aggregate/aggregate-med", "bool"),
            Leaf("reflector_cluster_id", "routing-options/reflector-cluster-id", form="IPv4 address"),
            Leaf("confederation_member_as", "routing-options/confederation-member-as", **_AS, of_session=True),
        )
    return Table(
        "bgp_instance", "network", (),
        nodes=(
            Leaf("enable", "enable", "bool", absent=False),
            Leaf("router_id", "router-id", form="IPv4 address", of_session=True),
            Leaf("local_as", "local-as", **_AS, of_session=True),
            Leaf("install_route", "install-route", "bool"),
            Leaf("ecmp_multi_as", "ecmp-multi-as", "bool"),
            Leaf("enforce_first_as", "enforce-first-as", "bool"),
            Leaf("global_bfd_profile", "global-bfd/profile"),
            Leaf("default_local_preference", options + "default-local-preference", **_PREFERENCE),
            Group("med", options + "med", (
                Leaf("always_compare_med", "always-compare-med", "bool"),
                Leaf("deterministic_med_comparison", "deterministic-med-comparison", "bool"),
            )),
            Group("graceful_restart", options + "graceful-restart", (
                Leaf("enable", "enable", "bool", of_session=True),
                Leaf("stale_route_time", "stale-route-time", **_SECONDS),
                Leaf("local_restart_time", "local-restart-time", **_SECONDS),
                Leaf("max_peer_restart_time", "max-peer-restart-time", **_SECONDS),
            )),
        ) + own,
        parents=("virtual_router", "logical_router"),
        holds=("peer-group", "policy", "auth-profile", "redist-rules", "advertise-network"),
        created={"install_route": True},
        required=("router_id", "local_as"),
        name_pattern=".+", name_length=31,
    )


TABLES = {advanced: _table(advanced) for advanced in (False, True)}
_SHARED_OPTIONS = {node.option for node in TABLES[True].nodes}
# What the user sees: the options of both engines; one that the running engine lacks is refused by name.
TABLE = Table(
    "bgp_instance", "network", (),
    nodes=TABLES[True].nodes + tuple(node for node in TABLES[False].nodes if node.option not in _SHARED_OPTIONS),
    name_pattern=".+", name_length=31,
)


def as_number(text: object) -> int | None:
    """An AS number in either of its spellings: C(4200000000), C(64086.59904)."""
    parts = str(text or "").split(".")
    if len(parts) > 2 or not all(part.isdigit() for part in parts):
        return None
    return int(parts[0]) * 65536 + int(parts[1]) if len(parts) == 2 else int(parts[0])


def instance(virtual_router: str, values, platform, state="present") -> DesiredEntry:
    return DesiredEntry(TABLES[platform.advanced], virtual_router, values, state, place=bgp_place(virtual_router, platform.advanced))


def reads(request: Request) -> list:
    return [("network", bgp_place(request.name, request.platform.advanced) if request.name else router("", request.platform.advanced)[:1])]


def desired(request: Request, tree) -> list:
    """Absent takes our options back, not the container: peers and policies of others may stand in it."""
    advanced = request.platform.advanced
    if request.state != "absent":
        return [instance(request.name, {**_announced(request, tree), **request.values}, request.platform, request.state)]
    if places.find(tree, (request.base("network") + bgp_place(request.name, advanced))[1:]) is None:
        return []
    return [instance(request.name, {node.option: UNSET for node in TABLES[advanced].nodes}, request.platform)]


def _announced(request: Request, tree) -> dict:
    """What the router redistributes is up to C(bgp_redistribution): replacing the instance does not end it."""
    bgp = places.find(tree, (request.base("network") + bgp_place(request.name, request.platform.advanced))[1:])
    if bgp is None or request.state != "replaced":
        return {}
    current = read(TABLES[request.platform.advanced].nodes, bgp).get("redistribution_profile")
    return {"redistribution_profile": current} if current else {}


def refuse_with_peers(request: Request, tree) -> None:
    groups = places.names(tree, (request.base("network") + bgp_place(request.name, request.platform.advanced) + ("peer-group",))[1:])
    if request.state == "absent" and groups:
        raise Refused(f"bgp_instance '{request.name}': peer groups {', '.join(groups)} are still there; remove their peers first")


def gathered(request: Request, tree) -> list:
    advanced = request.platform.advanced
    routers = [request.name] if request.name else places.names(tree, (request.base("network") + router("", advanced)[:1])[1:])
    found = []
    for name in routers:
        bgp = places.find(tree, (request.base("network") + bgp_place(name, advanced))[1:])
        if bgp is not None:
            values = read(TABLES[advanced].nodes, bgp)
            # Part of what bgp_redistribution gives back, on either engine.
            values.pop("redistribution_profile", None)
            found.append({"virtual_router": name, **values})
    return found


RESOURCE = Resource("bgp_instance", TABLE, reads, desired, gathered, identity=("virtual_router",), checks=(refuse_with_peers,))
