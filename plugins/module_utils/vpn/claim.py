# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which objects on a firewall are a VPN's: those that its record names, and those that it may take over. Never because of a name."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Callable, Iterable, Mapping

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.effective import owner_of, way_to
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.rulebases import Addresses
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.surroundings import Surroundings
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import DesiredEntry
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import adoption, names, record as records
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.adoption import Serving
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.exact import exact
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.record import Item, Object, Record, can_be_claimed, object_of
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.vpn import Vpn

# Objects that are found by the connection that they serve; only so can they be taken over.
_BY_CONNECTION = ("ike_gateway", "ipsec_tunnel", "bgp_peer_entry", "bgp_peer_group")


@dataclass(frozen=True)
class Claim:
    """C(before): the record as it stands. C(found): what is taken over in this run. C(record): the same with that, for the router of now.

    C(inherited): what a VPN that goes leaves to this one. C(units): tunnel number → tunnel interface, of the tunnels that are the VPN's already.
    """

    vpn: Vpn
    before: Record
    record: Record
    found: Serving
    inherited: Record
    units: Mapping[int, str]

    def owns(self, thing: Object) -> bool:
        """Whether an object is the VPN's by its record, or is taken over in this run."""
        taken = Record(self.vpn.name, router=self.vpn.virtual_router, adopted=self.found.adopted)
        return self.before.owns(thing) or taken.owns(thing)

    def called(self, kind: str, number: int) -> str:
        """What a tunnel's object is called that the tunnel has for itself."""
        return self.record.called(kind, self.vpn.tunnel_name(number))

    def adopted(self, item: Item, units: Mapping[int, str]) -> bool:
        """Whether an item is about something that was there before. C(units): tunnel number → tunnel interface."""
        if not isinstance(item, DesiredEntry):
            return False
        if item.table.kind != "tunnel_interface":
            return self.record.took_over(item.table.kind, item.name)
        numbers = [number for number, unit in units.items() if unit == item.name]
        return any(self.record.took_over("ipsec_tunnel", self.called("ipsec_tunnel", number)) for number in numbers)

    def warnings(self) -> list[str]:
        return [f"{self.vpn.name}: {text} leads traffic into the VPN besides; it stays, and goes with the VPN" for text in self.found.beside()]


def claim(vpn: Vpn, view: Surroundings, addresses: Addresses, inheritance: Record | None) -> Claim:
    """By the VPN's record and, with leave, what serves its connection. C(inheritance): what a VPN that goes leaves to this one, new or not.

    Raises Refused where the connection is served by what is not the VPN's.
    """
    refuse_name_of_a_tunnel(vpn, records.of_others(view, vpn.name))
    before = records.of_vpn(view, vpn.name) or Record(vpn.name, router=vpn.virtual_router)
    found = adoption.serving(vpn, view, before, addresses)
    if found and not vpn.adopt:
        raise adoption.refusal(vpn, found)
    adoption.refuse_elsewhere(vpn, view, found)
    record = replace(before.in_router(vpn.virtual_router), vsys=records.vsys_of(view)).with_found(found.adopted, found.borrowed)
    return Claim(vpn, before, record, found, inheritance or Record(vpn.name), {**before.units, **found.units})


def refuse_collisions(claim: Claim, items: Iterable, view: Surroundings) -> None:
    """Refuse names that objects of others have, all at once. With leave to adopt, what says already what the VPN wants is taken over as it is."""
    taken = [item for item in items if _is_of_others(item, claim, view)]
    if claim.vpn.adopt:
        taken = [item for item in taken if not _says_the_same(item, view)]
    if taken:
        raise _collisions(claim.vpn, [_label(item, view) for item in taken])


def _label(item: DesiredEntry, view: Surroundings) -> str:
    label, owner = adoption.label(item.table.kind, item.name), owner_of(view.entry_at(item))
    return f"{label} of {owner}" if owner else label


def _is_of_others(item: Item, claim: Claim, view: Surroundings) -> bool:
    wanted = can_be_claimed(item) and item.state != "absent"
    return wanted and view.entry_at(item) is not None and not claim.owns(object_of(item))


def _says_the_same(item: DesiredEntry, view: Surroundings) -> bool:
    """Whether an object is as the VPN would make it. One that others may depend on is never taken for that: it has to serve the connection."""
    as_new = exact(replace(item, values={**item.table.created, **item.values}, position=()))
    return item.table.kind not in _BY_CONNECTION and not adoption.changed_leaves(as_new, view)


def _collisions(vpn: Vpn, labels: list[str]) -> Refused:
    listed = ", ".join(dict.fromkeys(labels))
    found = f"name: VPN '{vpn.name}' would use names that other objects on this firewall have, and no record says that they are its: {listed}"
    other = "Give the VPN another name, or rename or remove these objects"
    if vpn.adopt:
        return Refused(f"{found}. They say something else than this VPN needs, so adopt: true does not take them over. {other}; nothing was written")
    return adoption.NotOurs(found, "Give the VPN another name, or say adopt: true if they are to be taken over; nothing was written", other)


def claims(items: Iterable, standing: Iterable[DesiredEntry], before: Record, record: Record) -> frozenset:
    """What is the VPN's after C(items) are done. C(standing): what was the VPN's by the record C(before). C(record): what stays adopted."""
    items = list(items)
    made = {object_of(item) for item in items if can_be_claimed(item) and item.state != "absent"}
    gone = {object_of(item) for item in items if item.state == "absent"}
    kept = {object_of(item) for item in standing} - gone
    return frozenset(made | {thing for thing in kept if before.has_made(thing) or record.took_over(*thing[:2])})


def paths(items: Iterable, base: Callable[[str], tuple]) -> list:
    """Where the items stand; of one that is a part of something shared, where the options stand that it sets."""
    found = []
    for item in items:
        place = base(item.location) + item.relative_path
        if isinstance(item, DesiredEntry) and item.place is not None:
            found += [place + tuple(node.path.split("/")) for node in item.table.nodes if node.option in item.values]
        else:
            found.append(place)
    return found


def refuse_elsewhere(name: str, view: Surroundings, where: str) -> None:
    """A VPN stands in one place. C(where): the one that is written to, in words."""
    for unit, record in records.on(view):
        owner = owner_of(view.entry("tunnel_interface", unit))
        if owner and (record.vpn, record.vsys) == (name, records.vsys_of(view)):
            raise Refused(f"name: VPN '{name}' stands in {owner}, by its record at {unit}, and not in {where}. Write to {way_to(owner)}, or give another name; "
                          "nothing was written")


def refuse_name_of_a_tunnel(vpn: Vpn, others: Iterable[Record]) -> None:
    """A VPN must not be called what another one's tunnel is called: people could not tell them apart."""
    for record in others:
        clash = names.clash(vpn.name, record.vpn)
        if clash is not None:
            shorter = min(vpn.name, record.vpn, key=len)
            raise Refused(f"name: '{clash}' is what a tunnel of '{shorter}' is called, and '{record.vpn}' is a VPN on this firewall; give another name")
