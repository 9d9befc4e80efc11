# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a PBF rule and a set of them have in common: the traffic, the way, and the line that makes a rule part of a set."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from typing import Any, Mapping

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import marked_line
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Choice, Entries, Group, Leaf, Members

_ANY = ("any",)
DESCRIPTION_LENGTH = 1024
TRAFFIC = (
    Group("from", "from", (
        Members("zone", "zone", refers_to=("zone",)),
        Members("interface", "interface", refers_to=("interface",)),
    ), choices=(Choice("", ("zone", "interface")),)),
    Members("source", "source", form="traffic"),
    Members("destination", "destination", form="traffic"),
    Members("source_user", "source-user", absent=_ANY),
    Members("application", "application", absent=_ANY),
    Members("service", "service", absent=_ANY),
    Leaf("negate_source", "negate-source", "bool", absent=False),
    Leaf("negate_destination", "negate-destination", "bool", absent=False),
    Leaf("schedule", "schedule"),
    Members("tag", "tag"),
    Leaf("group_tag", "group-tag", max_length=127),
    Leaf("description", "description", max_length=DESCRIPTION_LENGTH),
    Leaf("disabled", "disabled", "bool", absent=False),
    Leaf("active_active_device_binding", "active-active-device-binding", choices=("both", "0", "1")),
)
NEXTHOP = Group("nexthop", "nexthop", (
    Leaf("ip_address", "ip-address", form="address or name"),
    Leaf("fqdn", "fqdn", max_length=255),
), choices=(Choice("", ("ip-address", "fqdn")),))
MONITOR = Group("monitor", "monitor", (
    Leaf("profile", "profile", refers_to=("monitor_profile",)),
    Leaf("ip_address", "ip-address", form="address or name"),
    Leaf("disable_if_unreachable", "disable-if-unreachable", "bool", absent=False),
))
PATH = (Leaf("egress_interface", "egress-interface", refers_to=("interface",)), NEXTHOP, MONITOR)
RETURN = Group("enforce_symmetric_return", "enforce-symmetric-return", (
    Leaf("enabled", "enabled", "bool", absent=False),
    Entries("nexthop_address_list", "nexthop-address-list", form="address or name"),
))


def has_target(path: Mapping[str, Any]) -> bool:
    """Whether there is something for the path's monitor to probe."""
    monitor = path.get("monitor") or {}
    return not monitor or bool(monitor.get("ip_address") or (path.get("nexthop") or {}).get("ip_address"))


#: What the line of a set in the description of a rule begins with; behind it stand the set's name, and the name that the rule was made with.
MARK = "tunnelsmith pbf_failover "


@dataclass(frozen=True)
class Mark:
    """C(rule) tells the rule itself from a clone of it, whose description is the same."""

    failover: str
    rule: str

    def line(self) -> str:
        return marked_line.line(MARK, {"failover": self.failover, "rule": self.rule})


def mark_of(rule: ET.Element) -> Mark | None:
    """What the description of a PBF rule says of the set that it was made for."""
    for content in marked_line.contents(rule.findtext("description"), MARK):
        names = [content.get(key) for key in ("failover", "rule")] if isinstance(content, dict) else []
        if names and all(isinstance(name, str) and name for name in names):
            return Mark(*names)
    return None


def set_of(rule: ET.Element) -> str | None:
    """The name of the set that a PBF rule was made for."""
    mark = mark_of(rule)
    return None if mark is None else mark.failover
