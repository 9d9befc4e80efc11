# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What mends a cause where the object is a VPN's own: the option of the task that made it, as that task would undo what is changed behind it."""

from __future__ import annotations

from dataclasses import replace

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.case import Case
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.causes import OWN, variable_of
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.evidence import Cause
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.names import number_of
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.record import Object


def with_own_option(case: Case, cause: Cause) -> Cause:
    """The cause, its fix in the words of the VPN's own task in front, where the VPN has one."""
    if case.vpn not in case.evidence.claims:
        return cause
    own, task = OWN.get(cause.id), f"site_to_site_vpn {case.vpn}"
    if own is not None:
        option = own.option.replace("[N]", f"[{_place(case)}]")
        role = variable_of(case.cloud.cloud or "", own)
        return replace(cause, fix=f"{task}: {option}{f' (role: {role})' if role else ''}; by itself, {cause.fix}")
    if any(_is_own(case, kind, values) for item in cause.items for kind, values in item.items()):
        return replace(cause, fix=f"{task} again, which puts its own objects right; by itself, {cause.fix}")
    return cause


def _place(case: Case) -> int:
    """Which of the VPN's tunnels it is, as refusals count them, from 1: by the VPN's record, whichever were asked about; else by its name."""
    units = next(record.units for _unit, record in case.evidence.records if record.vpn == case.vpn)
    return next((number for number, unit in units.items() if unit == case.unit), 0) or number_of(case.name) or 1


def _is_own(case: Case, kind: str, values: dict) -> bool:
    return Object(kind, str(values.get("name"))) in case.evidence.claims[case.vpn]
