# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""PBF rules of any name, each for itself. Those of a set are the set's: its paths stand in an order, and follow each other."""

from __future__ import annotations

from typing import Any

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput, Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.parts import pbf
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.single import entries, entry_place, single
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.values import read
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources.security_rule import POSITION, positions
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import DesiredEntry
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import PLACES
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Choice, Group, Leaf, Request, Table


TABLE = Table(
    "pbf_rule", *PLACES["pbf_rule"], words="PBF rule",
    nodes=pbf.TRAFFIC + (
        Group("action", "action", (
            Group("forward", "forward", pbf.PATH),
            Leaf("forward_to_vsys", "forward-to-vsys"),
            Leaf("discard", "discard", "empty"),
            Leaf("no_pbf", "no-pbf", "empty"),
        ), choices=(Choice("", ("forward", "forward-to-vsys", "discard", "no-pbf")),)),
        pbf.RETURN,
    ),
    created={"source": ["any"], "destination": ["any"], "source_user": ["any"], "application": ["any"], "service": ["any"]},
    required=("from.zone|from.interface", "action"),
)


def reads(request: Request) -> list:
    """The whole rulebase only where the order matters."""
    return [entry_place(TABLE, None if request.values.get("position") else request.name)]


def desired(request: Request, tree: Any) -> list:
    values = {option: value for option, value in request.values.items() if option not in ("position", "position_rule")}
    return [DesiredEntry(TABLE, request.name, values, request.state, position=positions(request.values))]


def refuse_rule_of_a_set(request: Request, tree: Any) -> None:
    """A rule of a set that is changed alone would be changed back, or taken for another path."""
    for rule in entries(tree, request.base, TABLE, request.name):
        failover = pbf.set_of(rule)
        if failover is not None:
            raise Refused(f"pbf_rule '{request.name}': this PBF rule is part of the pbf_failover set '{failover}', as a line in its description says; "
                          f"change the set, or take the line '{pbf.MARK.strip()} …' out of the description")


def refuse_incomplete_way(request: Request, tree: Any) -> None:
    """A rule needs an action; one that forwards needs an interface to forward to, and a monitor something to probe."""
    action = request.values.get("action")
    forward = (action or {}).get("forward")
    if action is not None and request.state != "absent" and not any(value not in (None, False) for value in action.values()):
        raise InvalidInput(f"pbf_rule '{request.name}': action: say what becomes of the traffic: forward, forward_to_vsys, discard: true, or no_pbf: true")
    if request.state == "absent" or forward is None:
        return
    there = [read(TABLE.nodes, rule) for rule in entries(tree, request.base, TABLE, request.name)] if request.state == "present" else []
    before = (there[0].get("action") or {}).get("forward") or {} if there else {}
    way = {**before, **forward, "monitor": {**(before.get("monitor") or {}), **(forward.get("monitor") or {})}}
    if not way.get("egress_interface"):
        raise InvalidInput(f"pbf_rule '{request.name}': action.forward.egress_interface: say which interface the traffic leaves by")
    if not pbf.has_target(way):
        raise InvalidInput(f"pbf_rule '{request.name}': action.forward.monitor.ip_address: without a next hop the monitor needs an address to probe")


def gathered(request: Request, tree: Any) -> list:
    rules = entries(tree, request.base, TABLE, request.name)
    return [{"name": rule.get("name"), **read(TABLE.nodes, rule)} for rule in rules if pbf.set_of(rule) is None]


def untold(request: Request, tree: Any) -> list:
    """The rules of sets, which pbf_failover tells of."""
    sets: dict[str, list] = {}
    for rule in entries(tree, request.base, TABLE, request.name):
        failover = pbf.set_of(rule)
        if failover is not None:
            sets.setdefault(failover, []).append(f"'{rule.get('name')}'")
    return [f"pbf_rule: {', '.join(rules)} {'is' if len(rules) == 1 else 'are'} left out, part of the pbf_failover set '{failover}'"
            for failover, rules in sets.items()]


RESOURCE = single("pbf_rule", TABLE, reads=reads, desired=desired, gathered=gathered, untold=untold, extra=POSITION,
                  checks=(refuse_rule_of_a_set, refuse_incomplete_way), locations=("vsys", "device_group", "rulebase"))
