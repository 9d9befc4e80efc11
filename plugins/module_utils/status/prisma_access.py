# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Prisma Access tells of its sites, read into typed state: how far they are provisioned, what stands in their way, and whether they are well.

What is told of tunnels is telemetry, minutes late. A secondary tunnel comes up when the primary one is down, so that it is no fault where it is not up
beside that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.fields import plain
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import (
    NOT_PUSHED, PROVISIONING, PROVISIONING_FAILED, RULE_BROKEN, WITHOUT_ADDRESS, WITHOUT_BANDWIDTH, Obstacle,
)
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.prisma import rules
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.prisma.site import Service, Site
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.health import Condition, Health, Reason, worst

_UP = 1
_MONITOR_DOWN = "down"


@dataclass(frozen=True)
class Provisioning:
    """How far what is described of a site has come, in the words of what manages Prisma Access; empty where nothing of the kind is so.

    C(waits): what was not brought there yet; C(goes_on): the job that brings it; C(failed): the last one that could not.
    """

    waits: str = ""
    goes_on: str = ""
    failed: str = ""
    has_no_address: bool = False


@dataclass(frozen=True)
class Hindered:
    """A site, and what stands in its way: what is to be done first before the rest."""

    site: Site
    obstacles: tuple[Obstacle, ...]

    def plain(self) -> list[dict]:
        """As a task returns it."""
        return [{"site": self.site.name, "kind": self.site.kind, **plain(obstacle)} for obstacle in self.obstacles]

    @property
    def problems(self) -> list[str]:
        return [f"{self.site.called}: {obstacle.description}" for obstacle in self.obstacles]


def hindered(tenant: Service, sites: Iterable[Site], provisioning: Mapping[str, Provisioning]) -> list[Hindered]:
    """Those of the sites that something stands in the way of. C(provisioning): how far each has come, by what it is called."""
    broken = rules.broken_by_site(tenant)
    found = [Hindered(site, (*_broken(broken.get(site.called, ())), *_on_the_way(site, provisioning.get(site.called, Provisioning())))) for site in sites]
    return [each for each in found if each.obstacles]


def _broken(found: Iterable[tuple[rules.Rule, rules.Broken]]) -> Iterator[Obstacle]:
    return (Obstacle(WITHOUT_BANDWIDTH if rule.is_of_bandwidth else RULE_BROKEN, rules.told(rule, place)) for rule, place in found)


def _on_the_way(site: Site, provisioning: Provisioning) -> Iterator[Obstacle]:
    told = {NOT_PUSHED: provisioning.waits, PROVISIONING: provisioning.goes_on, PROVISIONING_FAILED: provisioning.failed}
    if provisioning.has_no_address:
        told[WITHOUT_ADDRESS] = f"the address API has no address for {site.called} yet"
    return (Obstacle(cause, description) for cause, description in told.items() if description)


@dataclass(frozen=True)
class Reported:
    """What is reported of one tunnel. C(state), C(monitor): in the service's own words; C(address): the service's own."""

    tunnel: str
    site: str
    is_up: bool
    state: str
    monitor: str
    address: str
    disconnections: int | None

    @property
    def works(self) -> bool:
        return self.is_up and self.monitor.lower() != _MONITOR_DOWN

    def plain(self) -> dict:
        return {"name": self.tunnel, "site": self.site, "up": self.is_up, "state": self.state, "monitor": self.monitor, "address": self.address,
                "disconnections": self.disconnections}


def reported(rows: Iterable[dict]) -> list[Reported]:
    """What the rows of the telemetry say; a row that names no tunnel says nothing."""
    return [
        Reported(
            tunnel=str(row["tunnel_name"]), site=_text(row, "site_name"), is_up=row.get("tunnel_state") == _UP,
            state=_text(row, "tunnel_state_name"), monitor=_text(row, "tunnel_monitoring_state_name"), address=_text(row, "instance_public_ip"),
            disconnections=row["tunnel_disconnection"] if isinstance(row.get("tunnel_disconnection"), int) else None)
        for row in rows if row.get("tunnel_name")
    ]


def _text(row: dict[str, Any], name: str) -> str:
    value = row.get(name)
    return "" if value is None else str(value)


def condition(site: Site, rows: Sequence[Reported], minutes: int) -> Condition:
    """How well a site is. What nothing was reported of for so many C(minutes) is not up, as far as anybody knows."""
    parts = [_tunnel(tunnel.name, rows, minutes) for tunnel in site.tunnels]
    well = [part.healthy for part in parts]
    if site.secondary_ipsec_tunnel is not None and well[:1] == [True]:
        # That it is not up beside the other one says nothing of it; that its monitor gets no answer does.
        parts = [parts[0], *(part if _is_broken(part.name, rows) else Condition(part.name) for part in parts[1:])]
        well = [part.healthy for part in parts]
    works = sum(well)
    if not parts:
        return Condition(site.name, Health.DOWN, (Reason(f"{site.called} has no tunnel"),))
    if works == len(parts):
        return Condition(site.name, parts=tuple(parts))
    state = Health.AT_RISK if works else Health.DOWN
    reason = Reason(f"{works} of {len(parts)} tunnels {'works' if works == 1 else 'work'}", state, follows=True)
    return Condition(site.name, state, (reason,), tuple(parts))


def explained(condition: Condition, obstacles: Iterable[Obstacle]) -> Condition:
    """A site that is not well, with what stands in its way by what manages it."""
    return replace(condition, reasons=(*condition.reasons, *(Reason(obstacle.description, condition.state, obstacle.cause) for obstacle in obstacles)))


def _tunnel(name: str, rows: Iterable[Reported], minutes: int) -> Condition:
    found = next((each for each in rows if each.tunnel == name), None)
    if found is None:
        return Condition(name, Health.DOWN, (Reason(f"of tunnel '{name}' Prisma Access has reported nothing for {minutes} minutes"),))
    if not found.is_up:
        return Condition(name, Health.DOWN, (Reason(f"tunnel '{name}' is not up{f' ({found.state})' if found.state else ''}"),))
    if not found.works:
        return Condition(name, Health.DOWN, (Reason(f"the monitor of tunnel '{name}' gets no answer"),))
    return Condition(name)


def _is_broken(name: str, rows: Iterable[Reported]) -> bool:
    return any(each.tunnel == name and each.is_up and not each.works for each in rows)


def of_all(conditions: Sequence[Condition]) -> Condition:
    return Condition("Prisma Access", worst(each.state for each in conditions), parts=tuple(conditions))
