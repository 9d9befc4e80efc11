# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a VPN changed for all and other VPNs of ours have come to use since: it stays when those changes are taken back, and is theirs from then on.

What a VPN came to have in this way, it hands on or gives back as it goes, though no change of its own made it.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass, field, replace
from typing import Any, Callable, Collection, Mapping, Sequence

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import marked_line, path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.path import Path
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.surroundings import Surroundings
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile import revert
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.revert import Difference
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources import bgp_peer, router_ecmp
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import bgp_place
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import bgp, ecmp, record as records, removal
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.record import Item, Object, Record

Booked = Mapping[str, "str | None"]


@dataclass
class Shared:
    """C(vpn): whose changes are taken back. C(before): place that they changed → what it said before (None: nothing).

    C(kept): places that stay → why.
    """

    vpn: str
    view: Surroundings
    before: Mapping[Path, str | None]
    kept: dict[Path, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._handed_over: list[tuple[list[Record], dict[str, Any]]] = []
        for router in removal.routers(self.view):
            self._bgp(router)
            self._ecmp(router)
        for name in self.view.names("zone"):
            self._zone(name)

    def handed_over(self, after: Surroundings) -> list[Item]:
        """What the records of those who use it say then. C(after): without the changes."""
        estate = removal.Estate(Record(self.vpn, vsys=records.vsys_of(after)), after)
        for users, things in self._handed_over:
            estate.hand_over(_one_of(users), **things)
        return estate.items()

    def _changed(self, place: Path, options: Mapping[str, tuple]) -> dict[str, str | None]:
        return {option: self.before[place + path] for option, path in options.items() if place + path in self.before}

    def _keep(self, place: Path, options: Mapping[str, tuple], booked: Booked, user: Record) -> None:
        self.kept.update({place + options[option]: _used_by(user) for option in booked})

    def _bgp(self, router: str) -> None:
        """A router's BGP that began with the changes; one that ran before is somebody's who knew it as it was."""
        advanced = self.view.platform.advanced
        place = self.view.base("network") + bgp_place(router, advanced)
        together, needed = bgp.of_multi_as(self._changed(place, bgp.INSTANCE))
        groups = places.names(self.view.network, bgp_peer.group_container(router, advanced))
        speakers = [record for record in self._siblings() if any(record.owns(Object("bgp_peer_group", group, router)) for group in groups)]
        if speakers and needed.get("enable", "yes") != "yes":
            self._keep(place, bgp.INSTANCE, needed, speakers[0])
            self._handed_over.append((speakers, {"bgp": needed}))
        user = bgp.multi_as_heir(self.view, self.vpn, router)
        if together and user is not None:
            self._keep(place, bgp.INSTANCE, together, user)
            self._handed_over.append(([user], {"bgp": together}))

    def _ecmp(self, router: str) -> None:
        place = self.view.base("network") + router_ecmp.place(router, self.view.platform)
        changed = self._changed(place, ecmp.PATHS)
        users = [record for record in self._siblings() if ecmp.uses(record, router)]
        if changed and users:
            self._keep(place, ecmp.PATHS, changed, users[0])
            self._handed_over.append((users, {"ecmp": changed}))

    def _zone(self, name: str) -> None:
        place = self.view.base("vsys") + ("zone", ("entry", name))
        if place not in self.before or self.before[place] is not None:
            return
        user = removal.zone_heir(self.vpn, name, self.view)
        if user is not None:
            self.kept[place] = _used_by(user)
            self._handed_over.append(([user], {"zones": (name,)}))

    def _siblings(self) -> list[Record]:
        return records.of_others(self.view, self.vpn)


def _one_of(users: Collection[Record]) -> Callable[[Record], bool]:
    """Whether a record is one of these VPNs', whatever it says by now."""
    known = {(user.vpn, user.vsys) for user in users}
    return lambda record: (record.vpn, record.vsys) in known


def _used_by(user: Record) -> str:
    return f"VPN '{user.vpn}' has come to use it, and takes it along when it goes"


def knowing(vpn: str, difference: Difference, current: ET.Element, network: Path) -> Difference:
    """A change of a VPN, which knows what the VPN's record has become since: what other VPNs hand over to it, or take over, is nobody's change of it.

    C(network): where interfaces stand.
    """
    units = network + _UNITS
    unit, rest = difference.path[len(units):len(units) + 1], difference.path[len(units) + 1:]
    if difference.path[:len(units)] != units or not unit or rest not in ((), ("comment",)) or not difference.after:
        return difference
    written, now = _comment(difference.after), places.text(current, (units + unit)[1:] + ("comment",)) or ""
    are_records = all(records.find(comment, vpn) is not None for comment in (written, now))
    if not are_records or records.others(written) != records.others(now):
        return difference
    return replace(difference, after=_with_comment(difference.after, now))


class Inheritance:
    """What the record of a VPN has that no change in C(done) made: other VPNs have handed it over.

    C(changes): the same changes, which know the record as it is.
    """

    def __init__(self, vpn: str, view: Surroundings, done: Sequence[Difference]):
        self.vpn, self.view, self.now = vpn, view, records.of_vpn(view, vpn)
        own = {difference.path for difference in done}
        self._more = {} if self.now is None else _handed_over(self.now, view, own)
        units = view.base("network") + _UNITS
        changes = [knowing(vpn, difference, view.tree, view.base("network")) for difference in done]
        changes = [difference for difference in changes if difference.path[:len(units)] != units or not self._is_their_own_since(difference)]
        self.changes = [self._keeping(difference) if difference.path[:len(units)] == units else difference for difference in changes]

    def _is_their_own_since(self, difference: Difference) -> bool:
        """Whether another VPN has rewritten its record, in which something was handed over to it: that stays there, and is handed on when it goes."""
        if difference.path[-1] != "comment" or not difference.after or revert.stands(difference, self.view.tree):
            return False
        written = records.find(_comment(difference.after))
        now = places.text(self.view.tree, difference.path[1:])
        return written is not None and written.vpn != self.vpn and records.find(now, written.vpn) is not None

    def _keeping(self, difference: Difference) -> Difference:
        """What goes back to a record of before keeps what was handed over to it."""
        is_comment = difference.path[-1] == "comment" and difference.before
        return replace(difference, before=_with_more(difference.before, self._more)) if is_comment and any(self._more.values()) else difference

    def passed_on(self, after: Surroundings) -> list[Item]:
        """It goes back to what it was, or on to another VPN of ours, where the VPN is none any more. C(after): without the changes."""
        if self.now is None or records.of_vpn(after, self.now.vpn) is not None:
            return []
        given = replace(self.now, **self._more)
        estate = removal.Estate(given, self.view)
        if given.bgp:
            estate.restore_bgp()
        if given.ecmp:
            estate.restore_ecmp()
        for name in given.zones:
            estate.remove_zone(name, removal.own_units(given, self.view), removal.owned(self.view, given))
        return estate.items()


# Where tunnel interfaces stand, below the network.
_UNITS = ("interface", "tunnel", "units")


def _handed_over(record: Record, view: Surroundings, own: Collection[Path]) -> dict[str, Any]:
    """What a record books that is none of the VPN's C(own) changes."""
    network, advanced = view.base("network"), view.platform.advanced
    routing, multipath = network + bgp_place(record.router, advanced), network + router_ecmp.place(record.router, view.platform)
    return {
        "zones": tuple(name for name in record.zones if view.base("vsys") + ("zone", ("entry", name)) not in own),
        "bgp": {option: text for option, text in record.bgp.items() if routing + bgp.INSTANCE[option] not in own},
        "ecmp": {option: text for option, text in record.ecmp.items() if multipath + ecmp.PATHS[option] not in own},
    }


def _comment(text: str) -> str:
    """The comment in the text of an interface, or of a comment itself."""
    element = ET.fromstring(text)
    return (element.text if element.tag == "comment" else places.text(element, ("comment",))) or ""


def _with_comment(text: str, comment: str) -> str:
    element = ET.fromstring(text)
    (element if element.tag == "comment" else places.make(element, ("comment",))).text = comment
    return ET.tostring(element, encoding="unicode")


def _with_more(text: str, more: Mapping[str, Any]) -> str:
    """The text of a comment whose record has more; unchanged where there is no record in it."""
    comment = _comment(text)
    found = [content for content in marked_line.contents(comment, records.MARK) if isinstance(content, dict)]
    if not found:
        return text
    content = {**found[0], "zones": list(dict.fromkeys([*found[0].get("zones", ()), *more["zones"]]))}
    content.update({kind: {**more[kind], **found[0].get(kind, {})} for kind in ("bgp", "ecmp")})
    line = marked_line.line(records.MARK, {key: value for key, value in content.items() if value})
    return _with_comment(text, marked_line.written(comment, records.MARK, line))
