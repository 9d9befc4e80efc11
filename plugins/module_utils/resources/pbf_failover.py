# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Policy-based forwarding with failover: an ordered set of paths for one kind of traffic, one PBF rule a path."""

from __future__ import annotations

import re

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.single import entries, entry_place
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.values import read
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources.security_rule import POSITION, positions
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import UNSET, DesiredEntry
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import PLACES
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import (
    Choice, Entries, Group, Leaf, Members, Request, Resource, Table,
)

_ANY = ("any",)
_TRAFFIC = (
    Group("from", "from", (
        Members("zone", "zone", refers_to=("zone",)),
        Members("interface", "interface", refers_to=("interface", "tunnel_interface")),
    ), choices=(Choice("", ("zone", "interface")),)),
    Members("source", "source"),
    Members("destination", "destination"),
    Members("source_user", "source-user", absent=_ANY),
    Members("application", "application", absent=_ANY),
    Members("service", "service", absent=_ANY),
    Leaf("negate_source", "negate-source", "bool", absent=False),
    Leaf("negate_destination", "negate-destination", "bool", absent=False),
    Leaf("schedule", "schedule"),
    Members("tag", "tag"),
    Leaf("group_tag", "group-tag", max_length=127),
    Leaf("description", "description", max_length=1024),
    Leaf("disabled", "disabled", "bool", absent=False),
    Leaf("active_active_device_binding", "active-active-device-binding", choices=("both", "0", "1")),
)
_NEXTHOP = Group("nexthop", "nexthop", (
    Leaf("ip_address", "ip-address"),
    Leaf("fqdn", "fqdn", max_length=255),
), choices=(Choice("", ("ip-address", "fqdn")),))
_MONITOR = Group("monitor", "monitor", (
    Leaf("profile", "profile", refers_to=("monitor_profile",)),
    Leaf("ip_address", "ip-address"),
    Leaf("disable_if_unreachable", "disable-if-unreachable", "bool", absent=False),
))
_PATH = (Leaf("egress_interface", "egress-interface", refers_to=("interface", "tunnel_interface")), _NEXTHOP, _MONITOR)
_RETURN = Group("enforce_symmetric_return", "enforce-symmetric-return", (
    Leaf("enabled", "enabled", "bool", absent=False),
    Entries("nexthop_address_list", "nexthop-address-list"),
))

# The PBF rule as PAN-OS has it: what one path becomes.
RULE = Table(
    "pbf_rule", *PLACES["pbf_rule"],
    nodes=_TRAFFIC + (
        Group("action", "action", (
            Group("forward", "forward", _PATH),
            Leaf("forward_to_vsys", "forward-to-vsys"),
            Leaf("discard", "discard", "empty"),
            Leaf("no_pbf", "no-pbf", "empty"),
        ), choices=(Choice("", ("forward", "forward-to-vsys", "discard", "no-pbf")),)),
        _RETURN,
    ),
    created={"source": ["any"], "destination": ["any"], "source_user": ["any"], "application": ["any"], "service": ["any"]},
    required=("from.zone|from.interface",),
)


def refuse_probe_without_target(values, platform):
    for path in values.get("paths") or ():
        monitor = path.get("monitor") or {}
        if monitor and not monitor.get("ip_address") and not (path.get("nexthop") or {}).get("ip_address"):
            raise InvalidInput(f"paths[{path['egress_interface']}].monitor.ip_address: without a next hop the monitor needs an address to probe")


TABLE = Table(
    "pbf_failover", *PLACES["pbf_rule"],
    nodes=_TRAFFIC + (
        Entries("paths", "action/forward", (_NEXTHOP, _MONITOR), key="egress_interface"),
        Leaf("when_all_down", "action", choices=("discard", "route")),
        _RETURN,
    ),
    rules=(refuse_probe_without_target,),
    name_length=54,
)
_OWN = ("paths", "when_all_down")
LAST = "discard"


def rule_names(name: str, present) -> list:
    """The names of C(present) that are rules of this failover, in their order."""
    return [rule for rule in present if re.fullmatch(re.escape(name) + rf"-(\d+|{LAST})", rule)]


def rules(name, values, state="present", position=()) -> list:
    """The PBF rules of a failover: C(name-1), C(name-2), … and C(name-discard), each below the one before. A path is set as given."""
    traffic = {option: value for option, value in values.items() if option not in _OWN}
    wanted = []
    for number, path in enumerate(values.get("paths") or (), 1):
        wanted.append((f"{name}-{number}", {"forward": _whole(_PATH, path)}))
    if values.get("when_all_down") == "discard":
        wanted.append((f"{name}-{LAST}", {"discard": True}))
    found, place = [], position
    for rule, action in wanted:
        found.append(DesiredEntry(RULE, rule, {**traffic, "action": action}, state, position=place))
        place = (("after", rule),) + tuple(above for above in position if above[0] == "before")
    return found


def _whole(nodes, values) -> dict:
    """The values with all that is not given taken away."""
    found = {}
    for node in nodes:
        value = values.get(node.option)
        found[node.option] = UNSET if value is None else _whole(node.nodes, value) if isinstance(node, Group) else value
    return found


def reads(request: Request) -> list:
    return [entry_place(RULE, None)]


def desired(request: Request, tree) -> list:
    """The list of paths is set as given: rules of paths that are no longer there go."""
    there = rule_names(request.name, places.names(tree, (request.base("rulebase") + RULE.container)[1:]))
    if request.state == "absent":
        return [DesiredEntry(RULE, rule, state="absent") for rule in there]
    values = {option: value for option, value in request.values.items() if option not in ("position", "position_rule")}
    if not there and not values.get("paths"):
        raise InvalidInput(f"pbf_failover '{request.name}' does not exist yet, and a new one needs paths")
    if "paths" not in values:
        values["paths"] = _paths(tree, request, there)
    if "when_all_down" not in values and f"{request.name}-{LAST}" in there and request.state == "present":
        values["when_all_down"] = LAST
    place = positions(request.values)
    wanted = rules(request.name, values, request.state, place)
    if there and request.state == "present":
        alike = rules(request.name, _like_the_others(tree, request, there, values), position=place)
        wanted = [rule if rule.name in there else twin for rule, twin in zip(wanted, alike)]
    kept = {rule.name for rule in wanted}
    return wanted + [DesiredEntry(RULE, rule, state="absent") for rule in there if rule not in kept]


def _like_the_others(tree, request, there, values) -> dict:
    """The values with the traffic of the rules that are there: a rule that joins them takes the same."""
    first = read(_TRAFFIC + (_RETURN,), entries(tree, request.base, RULE, there[0])[0])
    return {**values, **_joined(first, values, {node.option for node in _TRAFFIC + (_RETURN,)})}


def _joined(before, values, options) -> dict:
    found = {}
    for option in options:
        have, given = before.get(option), values.get(option)
        if isinstance(given, dict) and isinstance(have, dict):
            found[option] = _joined(have, given, given.keys() & have.keys()) | {key: given[key] for key in given.keys() - have.keys()}
        elif isinstance(given, list) and isinstance(have, list):
            found[option] = have + given
        elif given is not None or have is not None:
            found[option] = have if given is None else given
    return found


def _paths(tree, request, there) -> list:
    found = []
    for rule in there:
        for entry in entries(tree, request.base, RULE, rule):
            forward = (read(RULE.nodes, entry).get("action") or {}).get("forward")
            if isinstance(forward, dict):
                found.append(forward)
    return found


def gathered(request: Request, tree) -> list:
    present = places.names(tree, (request.base("rulebase") + RULE.container)[1:])
    stems = [request.name] if request.name else list(dict.fromkeys(
        rule.rpartition("-")[0] for rule in present if re.fullmatch(r".+-\d+", rule)))
    found = []
    for stem in stems:
        there = rule_names(stem, present)
        if not there:
            continue
        first = read(RULE.nodes, entries(tree, request.base, RULE, there[0])[0])
        values = {option: value for option, value in first.items() if option != "action"}
        values["paths"] = _paths(tree, request, there)
        values["when_all_down"] = LAST if f"{stem}-{LAST}" in there else "route"
        found.append({"name": stem, **values})
    return found


RESOURCE = Resource("pbf_failover", TABLE, reads, desired, gathered, extra=POSITION, locations=("vsys", "device_group", "rulebase"))
