# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What tasks share that have tunnels negotiated anew: the commands, and how it is seen that the SAs are new ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterable, Iterator, Mapping, Sequence

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import commands
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.connection import Session, message
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status import flow
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.flow import Flow

# What the firewall answers where there was no SA to clear.
_NO_SA = "not found"
# tunnel → its flows.
Flows = Mapping[str, Sequence[Flow]]


@dataclass(frozen=True)
class Answer:
    """What the firewall said to a command. C(tunnels): the names of those that it is about."""

    tunnels: tuple[str, ...]
    command: str
    text: str

    @property
    def found_something(self) -> bool:
        return _NO_SA not in self.text


def clear(session: Session, group: Sequence[Mapping]) -> Iterator[Answer]:
    """Phase 2 before phase 1, so that no phase 2 SA is left behind. C(group): tunnels, those with a gateway in common together."""
    yield from _of_tunnels(session, group, commands.CLEAR_IPSEC)
    yield from _of_gateways(session, group, commands.CLEAR_IKE)


def initiate(session: Session, group: Sequence[Mapping]) -> Iterator[Answer]:
    yield from _of_gateways(session, group, commands.TEST_IKE)
    yield from _of_tunnels(session, group, commands.TEST_IPSEC)


def _of_tunnels(session: Session, group: Sequence[Mapping], words: str) -> Iterator[Answer]:
    for tunnel in group:
        for unit in _units(tunnel):
            yield _sent(session, (tunnel["name"],), words, unit)


def _of_gateways(session: Session, group: Sequence[Mapping], words: str) -> Iterator[Answer]:
    for gateway in dict.fromkeys(gateway for tunnel in group for gateway in tunnel["ike_gateways"]):
        yield _sent(session, tuple(tunnel["name"] for tunnel in group if gateway in tunnel["ike_gateways"]), words, gateway)


def _sent(session: Session, tunnels: tuple[str, ...], words: str, value: str) -> Answer:
    """Once; the firewall's own words come in one line."""
    answer = session.change(f"{words} '{value}'", {"type": "op", "cmd": commands.command(words, value)})
    return Answer(tunnels, f"{words} {value}", message(answer))


def _units(tunnel: Mapping) -> list[str]:
    """The operational names of a tunnel: its own, or one for each proxy ID."""
    proxies = [proxy["name"] for option in ("proxy_ids", "proxy_ids_v6") for proxy in tunnel.get(option) or ()]
    return [f"{tunnel['name']}:{proxy}" for proxy in proxies] or [tunnel["name"]]


def by_tunnel(flows: Iterable[Flow]) -> Flows:
    found: dict[str, list[Flow]] = {}
    for each in flows:
        found.setdefault(each.tunnel, []).append(each)
    return found


def spis(flows: Flows, tunnel: str) -> frozenset[str]:
    """Of the SAs that a tunnel has; where it has none, the firewall shows zeros."""
    return frozenset(each.local_spi for each in flows.get(tunnel, ()) if each.local_spi and each.local_spi.strip("0x"))


def is_up(flows: Flows, tunnel: str, old: frozenset[str] = frozenset()) -> bool:
    """All flows of a tunnel are active, and on SAs that were negotiated since; what tells no SPI is taken at its word. C(old): SPIs of before."""
    found = flows.get(tunnel, ())
    return bool(found) and all(each.state == flow.ACTIVE and (each.local_spi is None or each.local_spi not in old) for each in found)


def can_be_told(before: Flows, tunnel: str, has_cleared: bool) -> bool:
    """Whether SAs that are new can be told from those of before: by their SPIs; where the firewall shows none, what it said to the command has to do."""
    return bool(spis(before, tunnel)) or has_cleared or not is_up(before, tunnel)
