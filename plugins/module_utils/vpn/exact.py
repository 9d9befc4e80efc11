# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a VPN made is what is asked for: options that are not given are taken back, and lists hold what is given and nothing else.

That holds for objects that were made for the VPN alone. What was adopted, or is shared with others, keeps what it has beside.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Callable, Collection, Iterable, Mapping

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.path import starts_with
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.values import branch_of
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import UNSET, DesiredEntry
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Entries, Group, Leaf, Members, Table, steps
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.record import Item, can_be_claimed

# Which packets pass, and how a tunnel is negotiated, is the VPN's. What people note of its objects, log of their traffic or inspect in it is
# theirs; so is a password of a BGP session for which no key is given, and which firewall of an active/active pair a rule is for.
_NOTES = ("comment", "description", "tag", "group_tag")
_PEOPLES: Mapping[str, tuple[str, ...]] = {
    "security_rule": ("log_start", "log_end", "log_setting", "profile_setting", "disable_inspect", "disable_server_response_inspection"),
    "pbf_rule": ("active_active_device_binding",),
    "tunnel_interface": ("interface_management_profile", "netflow_profile", "link_tag", "bonjour"),
    "loopback_interface": ("interface_management_profile", "netflow_profile", "mtu", "adjust_tcp_mss"),
    "bgp_peer_entry": ("authentication",),
}


def is_peoples(kind: str, option: str) -> bool:
    """Whether people may set an option of an object that a VPN made, and it stays."""
    return option in _NOTES or option in _PEOPLES.get(kind, ())


def exact(item: DesiredEntry) -> DesiredEntry:
    """The item with all that its table knows and it does not say taken back."""
    kept = [node.option for node in item.table.nodes if is_peoples(item.table.kind, node.option)]
    return replace(item, table=_exact_table(item.table), values=_whole(item.table, item.table.created, item.values, kept))


def where_made(items: Iterable[Item], is_made: Callable[[Item], bool]) -> list[Item]:
    """The items, those exact that are about an object that the VPN made. C(is_made): whether an item is about one."""
    return [exact(item) if isinstance(item, DesiredEntry) and can_be_made(item) and is_made(item) else item for item in items]


def can_be_made(item: Item) -> bool:
    """Whether an item is an object that a VPN can make for itself alone, and that is wanted."""
    is_object = can_be_claimed(item) or isinstance(item, DesiredEntry) and item.table.kind == "tunnel_interface"
    return is_object and item.state != "absent"


def _whole(holder: Any, created: Mapping[str, Any], values: Mapping[str, Any], kept: Collection[str] = ()) -> dict:
    """C(holder): the table, group or list of entries. C(created): strong values for what is not said. C(kept): options that stay what they are."""
    found = dict(values)
    given = [node for node in holder.nodes if _is_said(values.get(node.option))]
    for node in holder.nodes:
        value = values.get(node.option)
        if value is None and node.option not in kept and not _is_settled(node, given, holder.choices):
            value = created.get(node.option, UNSET)
        if value is not None:
            found[node.option] = _whole_value(node, created.get(node.option), value)
    return found


def _is_settled(node: Any, given: Iterable[Any], choices: Iterable[Any]) -> bool:
    """Whether what is said of others settles what becomes of a node: they stand in it, or a value of theirs takes its place."""
    others = list(given)
    if any(starts_with(steps(other.path), steps(node.path)) for other in others):
        return True
    return isinstance(node, Leaf) and any(_excludes(choice, other, node) for choice in choices for other in others)


def _excludes(choice: Any, other: Any, node: Any) -> bool:
    ours, theirs = branch_of(choice, node), branch_of(choice, other)
    return None not in (ours, theirs) and ours != theirs


def _is_said(value: Any) -> bool:
    return value is not None and value is not UNSET


def _whole_value(node: Any, created: Any, value: Any) -> Any:
    if isinstance(node, Group) and isinstance(value, dict):
        strong = created if isinstance(created, dict) and not node.choices else {}
        return _whole(node, strong, value)
    if isinstance(node, Entries) and isinstance(value, (list, tuple)):
        return [_whole(node, {}, item) if isinstance(item, dict) else item for item in value]
    return value


# Tables do not change while a module runs; each stands here with what was made of it.
_EXACT: dict[int, tuple[Table, Table]] = {}


def _exact_table(table: Table) -> Table:
    if id(table) not in _EXACT:
        _EXACT[id(table)] = table, replace(table, nodes=_exact_nodes(table.nodes))
    return _EXACT[id(table)][1]


def _exact_nodes(nodes: Iterable[Any]) -> tuple:
    return tuple(_exact_node(node) for node in nodes)


def _exact_node(node: Any) -> Any:
    if isinstance(node, Group):
        return replace(node, nodes=_exact_nodes(node.nodes))
    if isinstance(node, Entries):
        return replace(node, nodes=_exact_nodes(node.nodes), exact=True)
    return replace(node, exact=True) if isinstance(node, Members) else node
