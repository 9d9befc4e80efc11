# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a VPN will be on one firewall, where more than one thing would do: interfaces, addresses, proposals, profiles. Chosen once, then only read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Iterator, Mapping

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput, Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.addresses import Interface
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.surroundings import Surroundings
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import IkeProposal, IpsecProposal, Offers, Tunnel
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.values import read
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources import ike_gateway, monitor_profile
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Table
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import adoption, crypto, names, proposal, refusals, speakers as speaking
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.claim import Claim
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.mtu import interface_mtu
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.vpn import PBF, Vpn

HIGHEST_UNIT = 9999


@dataclass(frozen=True)
class Terms:
    """What one tunnel is set up with. C(kept): the phases whose profiles were there before and will do."""

    ike: IkeProposal
    ipsec: IpsecProposal
    mtu: int
    kept: tuple[int, ...] = ()
    warnings: tuple[str, ...] = ()

    def of_phase(self, index: int) -> IkeProposal | IpsecProposal:
        return (self.ike, self.ipsec)[index]


@dataclass(frozen=True)
class Choice:
    """C(outside), C(local): tunnel number → the interface that its packets leave by, and the firewall's end of it.

    C(units): tunnel number → tunnel interface; C(fresh): the numbers of those that are made. C(profiles): (number, phase) → name of the crypto
    profile; C(monitors): number → name of the monitor profile. C(given_up): (kind, name) of profiles that were there before and do not do.
    C(only_tunnel): the number of the only tunnel to change; None for all of them. C(speakers): between which addresses BGP is spoken.
    """

    outside: Mapping[int, Interface]
    local: Mapping[int, refusals.Local]
    units: Mapping[int, str]
    fresh: frozenset[int]
    terms: Mapping[int, Terms]
    profiles: Mapping[tuple[int, int], str]
    monitors: Mapping[int, str]
    given_up: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]
    only_tunnel: int | None = None
    speakers: speaking.Speakers = speaking.Speakers({}, {})

    @property
    def behind_nat(self) -> bool:
        """Whether a far side sees another address than the firewall's."""
        return any(local.behind_nat for local in self.local.values())

    def waits(self, number: int) -> bool:
        """Whether a tunnel's turn comes later."""
        return self.only_tunnel not in (None, number)


def choose(vpn: Vpn, view: Surroundings, claim: Claim, only_tunnel: int | None) -> Choice:
    """Raises Refused where the configuration forbids the VPN."""
    outside = {number: refusals.outside_interface(vpn, view, number) for number in vpn.numbers}
    refusals.refuse_unfit(vpn, view, list(claim.units.values()), claim.record)
    local = {number: refusals.local_address(vpn, view, number) for number in vpn.numbers}
    units, fresh = _units(vpn, view, claim)
    terms = {number: _terms(vpn, view, claim, outside[number], local[number].behind_nat, number) for number in vpn.numbers}
    drawing = _Drawing(vpn, view, claim, terms, only_tunnel)
    profiles = {(number, index): drawing.profile(number, index) for number in vpn.numbers for index in crypto.PHASES}
    monitors = {number: _monitor(vpn, view, claim, number) for number in vpn.numbers} if vpn.failover == PBF else {}
    # What one tunnel gives up, another one may go on with.
    chosen = [number for number in vpn.numbers if only_tunnel in (None, number)]
    used = {(crypto.TABLES[index].kind, profiles[number, index]) for number in chosen for index in crypto.PHASES}
    used |= {("monitor_profile", name) for name in monitors.values()}
    given_up = tuple(dict.fromkeys(thing for thing in _given_up(vpn, claim, terms, monitors) if thing not in used))
    warnings = list(dict.fromkeys(text for chosen in (local, terms) for number in vpn.numbers for text in chosen[number].warnings))
    if claim.found:
        warnings += [f"{vpn.name}: {adoption.label(*thing)} is not what this VPN needs, it stays as it is and is not used any more" for thing in given_up]
    speaking.refuse_unreached(vpn, units, view)
    speakers = speaking.choose(vpn, view, claim, units, only_tunnel)
    return Choice(outside, local, units, fresh, terms, profiles, monitors, given_up, tuple(warnings), only_tunnel, speakers)


def _units(vpn: Vpn, view: Surroundings, claim: Claim) -> tuple[dict[int, str], frozenset[int]]:
    """Each tunnel's unit, and which of them are new: its own, the one that is asked for, or the lowest free one."""
    there = view.names("tunnel_interface")
    taken = {*there, *claim.units.values()}
    units = {}
    for number in vpn.numbers:
        asked = vpn.tunnel_interfaces[number - 1] if vpn.tunnel_interfaces else claim.units.get(number)
        units[number] = asked or _free_unit(taken)
        taken.add(units[number])
    return units, frozenset(number for number, unit in units.items() if unit not in there)


def _free_unit(taken: set[str]) -> str:
    for number in range(1, HIGHEST_UNIT + 1):
        if f"tunnel.{number}" not in taken:
            return f"tunnel.{number}"
    raise Refused("tunnel_interfaces: all 9999 tunnel interfaces of this firewall are in use")


def _terms(vpn: Vpn, view: Surroundings, claim: Claim, outside: Interface, behind_nat: bool, number: int) -> Terms:
    """Chosen again, now that version, NAT and the outside MTU are known."""
    tunnel = vpn.tunnel(number)
    terms = _adopted_terms(vpn, view, claim, number) or _new_terms(view, tunnel, tunnel.offers)
    computed = interface_mtu(tunnel, terms.ipsec, outside.mtu, behind_nat or vpn.nat_traversal)
    told = tuple(f"{vpn.name}, tunnel to {tunnel.outside_address}: {text}" for text in terms.warnings)
    return replace(terms, mtu=vpn.mtu or computed, warnings=told)


def _new_terms(view: Surroundings, tunnel: Tunnel, offers: Offers | None) -> Terms:
    if not offers:
        return Terms(tunnel.ike, tunnel.ipsec, 0)
    ike, ipsec, warnings = proposal.choose(offers, view.platform.version)
    return Terms(ike, ipsec, 0, warnings=tuple(warnings))


def _adopted_terms(vpn: Vpn, view: Surroundings, claim: Claim, number: int) -> Terms | None:
    """The proposal of profiles that were there before, as far as the peer accepts it."""
    tunnel = vpn.tunnel(number)
    gateway = _values(view, ike_gateway.TABLE, claim.record.called_before("ike_gateway", vpn.tunnel_name(number)))
    profiles = [_values(view, table, claim.record.called_before(table.kind, vpn.name, number)) for table in crypto.TABLES]
    accepted = adoption.accepted_proposal(tunnel, gateway, *profiles)
    if not accepted:
        return None
    try:
        terms = _new_terms(view, tunnel, replace(tunnel.offers, **accepted) if tunnel.offers else None)
    except InvalidInput:
        return None
    kept = tuple(index for index in crypto.PHASES if crypto.NAMES[index] in accepted)
    warnings = [text for text in terms.warnings if not any(text.startswith(f"phase {index + 1} ") for index in kept)]
    for index in kept:
        warnings += _weak(vpn, claim, number, index, terms.of_phase(index))
    return replace(terms, kept=kept, warnings=tuple(warnings))


def _weak(vpn: Vpn, claim: Claim, number: int, index: int, chosen: IkeProposal | IpsecProposal) -> list[str]:
    weak = proposal.weak(chosen)
    kind = crypto.TABLES[index].kind
    label = adoption.label(kind, claim.record.called(kind, vpn.name, number))
    return [f"phase {index + 1} stays with {', '.join(weak)}, as {label} has it"] if weak else []


def _values(view: Surroundings, table: Table, name: str | None) -> dict | None:
    entry = view.entry(table.kind, name) if name else None
    return None if entry is None else read(table.nodes, entry)


@dataclass(frozen=True)
class _Drawing:
    """For the names of crypto profiles: one profile for all tunnels where they agree, else one for each."""

    vpn: Vpn
    view: Surroundings
    claim: Claim
    terms: Mapping[int, Terms]
    only_tunnel: int | None

    def profile(self, number: int, index: int) -> str:
        """A tunnel whose profile says what is chosen keeps it: another one interrupts it. What changes anyway goes where a new VPN would have it."""
        if index in self.terms[number].kept:
            return self.claim.record.called(crypto.TABLES[index].kind, self.vpn.name, number)
        current = self._current(number, index)
        if self.only_tunnel not in (None, number):
            return current or self.vpn.tunnel_name(number)
        if current in (self.vpn.name, self.vpn.tunnel_name(number)) and self._holds(current, number, index):
            return current
        return self.vpn.name if self._can_share(number, index) else self.vpn.tunnel_name(number)

    def _can_share(self, number: int, index: int) -> bool:
        """Whether one profile for all does for a tunnel, and changes nothing for one whose turn comes later."""
        if any(self.terms[other].of_phase(index) != self.terms[number].of_phase(index) for other in self.vpn.numbers):
            return False
        waiting = [other for other in self.vpn.numbers if self.only_tunnel not in (None, other)]
        return all(self._current(other, index) != self.vpn.name for other in waiting) or self._holds(self.vpn.name, number, index)

    def _current(self, number: int, index: int) -> str | None:
        return crypto.current(self.view, self.claim, number, index)

    def _holds(self, name: str, number: int, index: int) -> bool:
        """Whether a crypto profile that is there says what is chosen for a tunnel."""
        there = _values(self.view, crypto.TABLES[index], name)
        return there is not None and {**there, **crypto.values(self.terms[number].of_phase(index))} == there


def monitoring(vpn: Vpn) -> dict:
    return {"interval": vpn.monitor_interval, "threshold": vpn.monitor_threshold, "action": "fail-over"}


def _monitor(vpn: Vpn, view: Surroundings, claim: Claim, number: int) -> str:
    """The monitor profile of a tunnel: ours, or the one that it had if that says the same."""
    name = claim.record.called("monitor_profile", vpn.name, number)
    there = {node.option: node.absent for node in monitor_profile.TABLE.nodes}
    there.update(_values(view, monitor_profile.TABLE, name) or {})
    return name if there == monitoring(vpn) else vpn.name


def _given_up(vpn: Vpn, claim: Claim, terms: Mapping[int, Terms], monitors: Mapping[int, str]) -> Iterator[tuple[str, str]]:
    """Profiles that were there before and do not do any more; at once they are told of, later they go as ours."""
    for number in vpn.numbers:
        kinds = [crypto.TABLES[index].kind for index in crypto.PHASES if index not in terms[number].kept]
        kinds += ["monitor_profile"] if monitors.get(number) == vpn.name else []
        for kind in kinds:
            name = claim.record.called(kind, vpn.name, number)
            if name not in (vpn.name, names.tunnel(vpn.name, number)):
                yield kind, name
