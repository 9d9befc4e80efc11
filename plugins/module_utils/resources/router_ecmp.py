# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Equal-cost multi-path of a router: the same options for virtual routers and for the Advanced Routing Engine."""

from __future__ import annotations

from typing import Any

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.path import Path
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.values import read
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import UNSET, DesiredEntry
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import router
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.platform import Platform
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Choice, Entries, Group, Leaf, Request, Resource, Table

_HASH = Group("ip_hash", "ip-hash", (
    Leaf("src_only", "src-only", "bool", absent=False),
    Leaf("use_port", "use-port", "bool", absent=False),
    Leaf("hash_seed", "hash-seed", "int", minimum=0, maximum=4294967295, absent=0),
))
_WEIGHTED = Group("weighted_round_robin", "weighted-round-robin", (
    Entries("interface", "interface", (
        Leaf("weight", "weight", "int", minimum=1, maximum=255, absent=100),
    ), refers_to=("interface",)),
))
TABLE = Table(
    "router_ecmp", "network", (), words="ECMP of a router", interrupts="the router starts anew",
    nodes=(
        Leaf("enable", "enable", "bool", absent=False),
        Leaf("max_path", "max-path", "int", minimum=2, maximum=4, absent=2),
        Leaf("symmetric_return", "symmetric-return", "bool", absent=False),
        Leaf("strict_source_path", "strict-source-path", "bool", absent=False),
        Group("algorithm", "algorithm", (
            Leaf("ip_modulo", "ip-modulo", "empty"),
            _HASH,
            _WEIGHTED,
            Leaf("balanced_round_robin", "balanced-round-robin", "empty"),
        ), choices=(Choice("", ("ip-modulo", "ip-hash", "weighted-round-robin", "balanced-round-robin")),)),
    ),
    parents=("virtual_router", "logical_router"), name_pattern=".+", name_length=31,
)
# What PAN-OS starts the router anew for; the other options take effect as they are.
RESTARTING = ("enable", "max_path")


def place(name: str, platform: Platform) -> Path:
    """Where a router's ECMP stands, below the network base."""
    return router(name, platform.advanced) + ("ecmp",)


def reads(request: Request) -> list:
    return [("network", place(request.name, request.platform) if request.name else router("", request.platform.advanced)[:1])]


def _standing(request: Request, tree: Any, name: str) -> Any:
    return places.find(tree, (request.base("network") + place(name, request.platform))[1:])


def desired(request: Request, tree: Any) -> list:
    """Absent takes each option back, which ends ECMP."""
    values = request.values
    if request.state == "absent":
        if _standing(request, tree, request.name) is None:
            return []
        values = {node.option: UNSET for node in TABLE.nodes}
    state = "present" if request.state == "absent" else request.state
    return [DesiredEntry(TABLE, request.name, values, state, place=place(request.name, request.platform))]


def warn_of_restart(request: Request, tree: Any) -> str | None:
    """What a change means to the sessions that the router carries."""
    standing = _standing(request, tree, request.name)
    have = read(TABLE.nodes, standing) if standing is not None else {}
    defaults = {node.option: node.absent for node in TABLE.nodes if isinstance(node, Leaf)}
    wanted = request.values if request.state == "present" else {**defaults, **({} if request.state == "absent" else request.values)}
    changed = [option for option in RESTARTING if option in wanted and wanted[option] != have.get(option, defaults[option])]
    if not changed:
        return None
    return (f"router_ecmp '{request.name}': a change of {' and '.join(changed)} starts the router anew when it is committed: sessions through it can end, "
            "and tunnels and BGP peers come up again")


def gathered(request: Request, tree: Any) -> list:
    routers = [request.name] if request.name else places.names(tree, (request.base("network") + router("", request.platform.advanced)[:1])[1:])
    found = []
    for name in routers:
        values = read(TABLE.nodes, _standing(request, tree, name)) if _standing(request, tree, name) is not None else {}
        if values:
            found.append({"virtual_router": name, **values})
    return found


RESOURCE = Resource("router_ecmp", TABLE, reads, desired, gathered, identity=("virtual_router",), checks=(warn_of_restart,))
