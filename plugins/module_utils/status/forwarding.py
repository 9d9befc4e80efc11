# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Policy-based forwarding at run time: C(show pbf rule all)."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from typing import Mapping

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.answer import Fields, entries


@dataclass(frozen=True)
class PbfRule:
    """One rule. C(state) and C(nexthop_state) are the firewall's words: C(Active) or C(Disabled), C(UP) or C(DOWN).

    In XML only the names of the rule and of C(nh_state) are known from a recorded answer; the others follow the columns of the CLI's table.
    """

    name: str
    id: str | None = None
    state: str | None = None
    action: str | None = None
    egress_interface: str | None = None
    nexthop: str | None = None
    nexthop_state: str | None = None
    other: Mapping = field(default_factory=dict)

    @property
    def in_use(self) -> bool:
        return self.state is None or self.state.lower() == "active"

    @property
    def nexthop_down(self) -> bool:
        return (self.nexthop_state or "").lower() == "down"


def pbf_rules(response: ET.Element) -> list:
    return [_rule(fields) for _element, fields in entries(response, "name", "rule", "rule_name")]


def _rule(fields: Fields) -> PbfRule:
    return PbfRule(
        fields.text("name", "rule_name", "rule"), id=fields.text("id", "rule_id"), state=fields.text("rule_state", "state", "status"),
        action=fields.text("action"), egress_interface=fields.text("egress_if", "egress_if_vsys", "egress_interface"),
        nexthop=fields.text("nexthop", "next_hop", "nh", "nh_ip"), nexthop_state=fields.text("nh_state", "nexthop_status", "nh_status"),
        other=fields.rest(),
    )
