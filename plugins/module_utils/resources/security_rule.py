# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Security rules, and where they stand among the others."""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.single import entry_place, single
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import DesiredEntry
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import PLACES
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Choice, Group, Leaf, Members, Request, Table


def refuse_mixed_service(values, platform):
    """PAN-OS refuses application-default beside other services when it is set."""
    service = values.get("service") or []
    if "application-default" in service and len(service) > 1:
        raise InvalidInput("service: application-default cannot be combined with other services")


_ANY = ("any",)
TABLE = Table(
    "security_rule", *PLACES["security_rule"],
    nodes=(
        Members("from", "from", refers_to=("zone",)),
        Members("to", "to", refers_to=("zone",)),
        Members("source", "source", form="traffic"),
        Members("destination", "destination", form="traffic"),
        Members("source_user", "source-user", absent=_ANY),
        Members("category", "category", absent=_ANY),
        Members("application", "application"),
        Members("service", "service"),
        Members("source_hip", "source-hip", absent=_ANY),
        Members("destination_hip", "destination-hip", absent=_ANY),
        Members("tag", "tag"),
        Leaf("action", "action", choices=("allow", "deny", "drop", "reset-client", "reset-server", "reset-both")),
        Leaf("rule_type", "rule-type", choices=("universal", "intrazone", "interzone"), absent="universal"),
        Leaf("description", "description", max_length=1024),
        Leaf("disabled", "disabled", "bool", absent=False),
        Leaf("log_start", "log-start", "bool", absent=False),
        Leaf("log_end", "log-end", "bool", absent=True),
        Leaf("log_setting", "log-setting", max_length=63),
        Leaf("negate_source", "negate-source", "bool", absent=False),
        Leaf("negate_destination", "negate-destination", "bool", absent=False),
        Leaf("icmp_unreachable", "icmp-unreachable", "bool", absent=False),
        Leaf("disable_inspect", "disable-inspect", "bool", absent=False),
        Leaf("disable_server_response_inspection", "option/disable-server-response-inspection", "bool", absent=False),
        Leaf("schedule", "schedule"),
        Leaf("group_tag", "group-tag", max_length=127),
        Group("profile_setting", "profile-setting", (
            Members("group", "group"),
            Group("profiles", "profiles", tuple(
                Members(name, name.replace("_", "-")) for name in (
                    "virus", "spyware", "vulnerability", "url_filtering", "file_blocking", "wildfire_analysis", "data_filtering", "gtp", "sctp")
            )),
        ), choices=(Choice("", ("group", "profiles")),)),
    ),
    created={"source": ["any"], "destination": ["any"], "application": ["any"], "service": ["application-default"]},
    required=("from", "to", "action"),
    rules=(refuse_mixed_service,),
)

_ORDER = "(the order of the rules)"
POSITION = (Leaf("position", "", choices=("top", "bottom", "before", "after"), stands=_ORDER), Leaf("position_rule", "", stands=_ORDER))


def positions(values) -> tuple:
    """The relative place that the position options ask for."""
    where, rule = values.get("position"), values.get("position_rule")
    if where in ("before", "after") and not rule:
        raise InvalidInput(f"position_rule is required with position {where}")
    if rule and where not in ("before", "after"):
        raise InvalidInput("position_rule goes with position before or after")
    return ((where, rule),) if where else ()


def reads(request: Request) -> list:
    """The whole rulebase only where the order matters."""
    return [entry_place(TABLE, None if request.values.get("position") else request.name)]


def desired(request: Request, tree) -> list:
    values = {option: value for option, value in request.values.items() if option not in ("position", "position_rule")}
    return [DesiredEntry(TABLE, request.name, values, request.state, position=positions(request.values))]


RESOURCE = single("security_rule", TABLE, reads=reads, desired=desired, extra=POSITION, locations=("vsys", "device_group", "rulebase"))
