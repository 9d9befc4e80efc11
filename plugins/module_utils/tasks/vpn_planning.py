# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One turn of a VPN on a firewall: all of it in one read, one plan and one transaction, or the part of the tunnel whose turn it is."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from typing import Callable, Collection, Mapping, Sequence

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.path import Path
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device import commit
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.behind import refuse_unknown
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.commit import Change
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.location import as_if_at
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.target import Target
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall import certificates, effective, homes, rulebases
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.homes import Homes
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.surroundings import READ, Surroundings
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.inquiry import address_objects, interface_addresses, vpn_state
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.inquiry.effective_configuration import Site, Standing
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.parts.template_variable import CONTAINER
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile import revert
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.plan import Plan, plan
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import located
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import IMPORTED
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status import flow
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks import uncommitted
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.module import PanosModule
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.vpn_template import OneTemplate, Phases, Planned
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.writing import Wanted, configure
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import adoption, build, claim, negotiation, removal, rollout, sessions
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import record as records
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.negotiation import Agreed
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.result import Result
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.sessions import Speaking
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.vpn import PBF, Vpn

# Number of a tunnel that is there → the (kind, name) of what it runs on.
Serving = Mapping[int, Collection[Agreed]]
# The vsys import is read only where interfaces can go: a member of a zone is imported.
_IMPORTED = (("vsys", IMPORTED),)


@dataclass(frozen=True)
class Wish:
    """What is to become of a VPN. C(vpn): as it is to be; None where it is to go. C(replaces): another one that goes with it.

    C(in_turn): where several tunnels are interrupted, they are changed one after the other. C(goes_on): by this task itself.
    C(on_each): behind a Panorama, serial number → the VPN as it is to be there, where that is said for each firewall.
    """

    name: str
    vpn: Vpn | None = None
    replaces: str | None = None
    in_turn: bool = False
    goes_on: bool = False
    on_each: Mapping[str, Vpn] = field(default_factory=dict)

    @property
    def going(self) -> str | None:
        """The VPN that is removed."""
        return self.name if self.vpn is None else self.replaces


@dataclass
class Turn:
    """What was planned last. C(held), C(removed_before): places that are the VPN's, in the candidate and in the running configuration.

    C(interrupts), C(waiting): numbers of the tunnels that are interrupted now, and of those whose turn is later. C(names): of those that are there.
    C(stood): the VPN has tunnels already. C(recorded): a record tells of the VPN that is to go. C(phases): what is wanted. C(marked): the candidate
    has marks of changes at the VPN's places.
    C(negotiated): objects of the tunnels whose change is in force only when they are negotiated anew: by what is written now, and by what was
    written before and is not committed yet. C(spoken): in the same way, where the objects stand that BGP sessions begin with.
    C(speaking): the BGP peers that are there then, with all that their sessions begin with. C(replaces): as of C(Result).
    """

    held: list = field(default_factory=list)
    removed_before: list = field(default_factory=list)
    interrupts: list = field(default_factory=list)
    waiting: list = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)
    stood: bool = False
    recorded: bool = True
    phases: list = field(default_factory=list)
    marked: bool = False
    negotiated: set[Agreed] = field(default_factory=set)
    spoken: set[Path] = field(default_factory=set)
    speaking: list[Speaking] = field(default_factory=list)
    replaces: str = ""


class Planning:
    """What a turn learns of the firewall on the way to its plan."""

    def __init__(self, module: PanosModule, target: Target, wish: Wish):
        self.module, self.target, self.wish = module, target, wish
        self.pending: list[Change] = uncommitted.listed(module, target.session)
        self.listing = vpn_state.Listing(target)
        self.known_objects: dict = {}
        self.turn = Turn()
        self.standing = self._standing()
        self.sites: list[Site] = []

    def _standing(self) -> Standing | None:
        """What stands around a template and a device group; a firewall says it itself."""
        found = self.target.behind
        if found is None:
            return None
        refuse_unknown(self.target.session, found)
        return Standing(self.target, found)

    def write(self, before_write: Callable[[], None]) -> dict:
        """The result of C(configure), and what the commit to come has to know. C(before_write): called when something is about to be written."""

        def about_to_write(intent: Wanted) -> None:
            before_write()
            self._refuse_foreign(intent)

        result = configure(self.module, self.target, self._reads(), self._wanted, about_to_write)
        objects = [places.parse(xpath) for xpath in result["objects"]]
        result["warnings"] += self.listing.warnings
        mine = uncommitted.tell(self.module, result, self.pending, lambda change: self._is_mine(change, objects))
        if self.turn.marked and not mine:
            # The list of changes does not name them; whether they are any, the configurations themselves tell.
            result["uncommitted"] = result["uncommitted"] or bool(commit.apart(self.target.session, self.turn.held))
        result["objects"] = list(dict.fromkeys(result["objects"] + [change.xpath for change in mine]))
        if self.wish.vpn is not None:
            result["interrupts"] = [self.turn.names[number] for number in self.turn.interrupts]
            result["waiting"] = [self.turn.names[number] for number in self.turn.waiting]
        return result

    def is_written(self) -> bool:
        """Whether what was written last is still what stands in the candidate."""
        members = Wanted(self.turn.phases).places(self.target.base)
        return not plan(self.turn.phases, self.target.read([*self._reads(), *members]), self.target.base)

    def _reads(self) -> list:
        vpn = self.wish.vpn
        interfaces_go = self.wish.going or (vpn is not None and vpn.tunnel_interfaces)
        proofs = certificates.reads(self.target.base) if vpn is not None and vpn.certifies else []
        variables = (("template", CONTAINER), ("stacks", ())) if self.target.behind and self.target.location.template else ()
        return [self.target.base(location) + path for location, path in READ + (_IMPORTED if interfaces_go else ()) + variables] + proofs

    def _wanted(self, tree: ET.Element) -> Wanted:
        self._add_holders(tree)
        self.sites = [Site(None, tree)] if self.standing is None else self.standing.sites(tree)
        planned = self._on_each(self.sites, tree)
        first = next(iter(planned))
        around, built = planned[first].around, planned[first].built
        if self.standing is not None:
            built.phases = OneTemplate(self.target, self.wish.name, self.standing, planned, tree).phases()
            built.held = planned[first].homes.held(built.held)
        self._read_imports(tree, built.phases)
        self.turn.held = claim.paths([*built.held, *(item for phase in built.phases for item in phase)], self.target.base)
        self.turn.removed_before = self._removed_before()
        self.turn.phases, self.turn.marked = built.phases, any(_is_marked(places.find(tree, path[1:])) for path in self.turn.held)
        if self.module.check_mode:
            # The firewall itself says so where it is written.
            built.warnings += removal.still_used(built.phases, around)
        if self.standing is None:
            return Wanted(built.phases, built.warnings, {"vpn": built.summary} if built.summary else {})
        built.warnings += [f"{self.wish.name}: {told}" for told in self.standing.half_served()]
        return Wanted(built.phases, built.warnings, {"vpn": built.summary} if built.summary else {}, first.tree)

    def _add_holders(self, tree: ET.Element) -> None:
        """What holds the VPN's objects on a Panorama, where nothing in it was there to be read: else it would count as made by this plan, and go with it."""
        if self.standing is None:
            return
        vsys = self.target.base("vsys")
        if places.find(tree, vsys[1:]) is None and self.target.session.get(vsys) is not None:
            places.make(tree, vsys[1:])
        for holder in self.target.holders():
            if holder != vsys:
                places.make(tree, holder[1:])

    def _on_each(self, sites: Sequence[Site], own: ET.Element) -> dict[Site, Planned]:
        """What stands around the VPN on each firewall, and what it wants there. One that is not connected is left out where the others tell, and where
        nothing is said for it alone.
        """
        found: dict[Site, Planned] = {}
        negotiated: set[Agreed] = set()
        spoken: set[Path] = set()
        # The first one comes last: what the turn remembers is of the firewall that stands for all.
        for site in sorted(sites, key=lambda site: site.is_seen, reverse=True)[::-1]:
            try:
                found[site] = self._built(site, own)
            except Refused as exc:
                if site.device is not None and site.words not in str(exc):
                    exc.adding(f"so it is for {site.words}")
                elif self.standing is not None and site.device is None:
                    exc.adding(self.standing.behind.nobody(self.target.words))
                if site.is_seen:
                    raise
                if self.wish.on_each or not any(other.is_seen for other in sites):
                    raise exc.adding(f"{site.words} is not connected to {self.target.place}, so what it has of its own is not known")
                continue
            negotiated |= self.turn.negotiated
            spoken |= self.turn.spoken
        self.turn.negotiated, self.turn.spoken = negotiated, spoken
        return dict(reversed(found.items()))

    def _built(self, site: Site, own: ET.Element) -> Planned:
        """C(own): the tree that the plan is made on."""
        self.turn = Turn()
        around = self._surroundings(site.tree)
        vpn = self.wish.on_each.get(site.serial, self.wish.vpn)
        if self.standing is not None:
            claim.refuse_elsewhere(self.wish.name, around, self.target.words)
            effective.refuse_hidden(_units_of(self.wish.name, own, self.target.base), site.tree, self.target.base, self.target.words)
            _refuse_unset(site, vpn)
        there = own if self.standing is None else homes.seen_from(own, site.tree, site.values, self.target.base)
        built = removal.removal(self.wish.name, around) if vpn is None else self._in_turn(vpn, around, there)
        self.turn.recorded = vpn is not None or built.inheritance is not None
        found = Homes(built.phases, own, site.tree, self.target.base, site.layers, self.target.words, vpn.virtual_router if vpn else "")
        if self.standing is not None:
            found.refuse()
        return Planned(around, built, found)

    def _in_turn(self, vpn: Vpn, around: Surroundings, own: ET.Element) -> Result:
        """All of the VPN; where that would interrupt several tunnels and they are to be changed one by one, the part of the first of them."""
        more = (self._addresses(vpn, around), self.wish.replaces)
        built = build.build(vpn, around, *more)
        self.turn.replaces = built.replaces
        built.warnings += [built.replaces] if built.replaces else []
        self.turn.stood = bool(built.serving)
        if not built.serving:
            return built
        numbers = rollout.interrupted(self._planned(built, own), built.serving)
        if not numbers:
            return built
        names = self.turn.names = {number: name for number, objects in built.serving.items() for kind, name in objects if kind == "ipsec_tunnel"}
        if not self.wish.in_turn:
            self.turn.interrupts = rollout.order(numbers, vpn.primary_tunnel)
            if len(numbers) > 1:
                how = "one after the other" if self.wish.goes_on else "all at once"
                causes = rollout.told(cause for number in self.turn.interrupts for cause in numbers[number])
                built.warnings.append(f"{vpn.name}: this interrupts {', '.join(names[number] for number in self.turn.interrupts)}, {how}, {causes}")
            return built
        self._take_turns(numbers, built.serving, vpn.primary_tunnel)
        if not self.turn.waiting:
            return built
        (first,) = self.turn.interrupts
        built = build.build(vpn, around, *more, only=first)
        self._planned(built, own)
        later = "comes when that one is up again" if self.wish.goes_on else "comes in a later run, when that one is up again"
        # One that an earlier run has begun with goes first, also where nothing more is to be written there.
        causes = rollout.told(numbers[first]) if first in numbers else "by what an earlier run has begun"
        built.warnings.append(f"{vpn.name}: this interrupts {names[first]}, {causes}; "
                              f"{', '.join(names[number] for number in self.turn.waiting)} {later}")
        return built

    def _planned(self, built: Result, own: ET.Element) -> Plan:
        """The plan of the tunnels that are there, and what of them has to be negotiated anew after it."""
        planned = plan(built.phases, own, self.target.base)
        written = revert.differences(planned.before, planned.after, planned.operations) if planned else []
        pending = [self._as_if_here(change.path) for change in self.pending]
        self.turn.spoken = {*sessions.changed(written, self.target.base), *sessions.touched(pending, self.target.base)}
        self.turn.speaking = sessions.everything(planned.after, self.target.base, self.target.platform.advanced)
        objects = negotiation.changed(written, self.target.base) | negotiation.touched(pending, self.target.base)
        self.turn.negotiated = {agreed for agreed in objects if any(agreed in serving for serving in built.serving.values())}
        return planned

    def _as_if_here(self, path: Path) -> Path:
        """A place in another template of the firewalls as the one where the VPN is, which is planned as if all of it stood in one."""
        kinds = {located("device", layer.home) for site in self.sites for layer in site.layers if layer.home}
        is_elsewhere = any(places.starts_with(path, self.target.base(kind)) for kind in kinds)
        return as_if_at(self.target.base("device"), path) if is_elsewhere else path

    def _take_turns(self, numbers: Collection[int], serving: Serving, primary: int) -> None:
        """Whose turn is now, and whose later. C(numbers): of the tunnels that the change interrupts. C(primary): of the one that is preferred."""
        unfinished = rollout.begun([change.path for change in self.pending], serving, self.target.base)
        up = self._up(serving)
        first = (rollout.order(unfinished, primary, up) or rollout.order(numbers, primary, up))[0]
        if not unfinished:
            self._refuse_last_one(first, up)
        self.turn.interrupts = [first]
        self.turn.waiting = [number for number in rollout.order(numbers, primary, up) if number != first]

    def _refuse_last_one(self, first: int, up: set[int]) -> None:
        """The only tunnel that carries packets is spared."""
        down = [name for number, name in self.turn.names.items() if number != first]
        if up != {first} or not down:
            return
        raise Refused(f"{self.turn.names[first]} is the only tunnel of {self.wish.name} that is up, and this change interrupts it. Bring {', '.join(down)} up "
                      "first, take the last change back (config_revert), or say rollout: together; nothing was written")

    def _up(self, serving: Serving) -> set[int]:
        """The numbers of the tunnels that carry packets; behind a Panorama, on each firewall that can be asked."""
        if self.standing is None:
            listings = [self.listing]
        else:
            connected = [device.serial for device in self.standing.known if device.connected]
            listings = [vpn_state.Listing(self.target.firewall(serial)) for serial in connected]
        on_each = [{each.tunnel for each in listing.flows() if each.state == flow.ACTIVE} for listing in listings]
        active = set.intersection(*on_each) if on_each else set()
        return {number for number, objects in serving.items() if any(kind == "ipsec_tunnel" and name in active for kind, name in objects)}

    def _read_imports(self, tree: ET.Element, phases: Phases) -> None:
        """The vsys import, where an interface turns out to go (the VPN has a tunnel less than before)."""
        imported = self.target.base("vsys") + IMPORTED
        going = any(item.location == "vsys" and item.relative_path[:-1] == IMPORTED and item.state == "absent" for phase in phases for item in phase)
        if not going or places.find(tree, imported[1:]) is not None:
            return
        found = self.target.session.get(imported)
        if found is not None:
            places.make(tree, imported[1:-1]).append(found)

    def _surroundings(self, tree: ET.Element) -> Surroundings:
        """With what the configuration does not say of the interfaces' addresses, asked only where an interface needs it."""
        around = Surroundings(tree, self.target.base, self.target.platform)
        if self.wish.vpn is None:
            return around
        return around.knowing(interface_addresses.known(self.target, around, self.known_objects))

    def _addresses(self, vpn: Vpn, around: Surroundings) -> rulebases.Addresses:
        """Address objects, read by name, and only where a rule that could see the VPN's traffic names one."""
        rules = [rule for rulebase in ("security", "nat") for rule in around.entries("rulebase", (rulebase, "rules"))]
        zones = [pair for zone in vpn.source_zones for pair in ((zone, vpn.zone), (vpn.zone, zone))]
        known = rulebases.Addresses(self.known_objects)
        names = rulebases.undecided_names(rules, zones, known) + rulebases.names_in(self._forwarding_rules(vpn, around), known)
        return address_objects.resolved(self.target, names, self.known_objects)

    @staticmethod
    def _forwarding_rules(vpn: Vpn, around: Surroundings) -> list:
        """PBF rules that are to be understood: those that could be taken over, and beside BGP or routes all, which are asked before these."""
        return adoption.forwarding_rules(vpn, around) if vpn.failover == PBF else around.entries("rulebase", ("pbf", "rules"))

    def _removed_before(self) -> list:
        """What the record in the running configuration says is ours, where uncommitted changes are not explained by what stands in the candidate."""
        if all(commit.concerns(change, self.turn.held) for change in self.pending):
            return []
        running = Surroundings(self.target.read(self._reads(), running=True), self.target.base, self.target.platform)
        names = [name for name in (self.wish.name, self.wish.replaces) if name]
        items = [item for name in names for phase in removal.removal(name, running).phases for item in phase]
        return claim.paths(items, self.target.base)

    def _is_mine(self, change: Change, objects: list[Path]) -> bool:
        return commit.concerns(change, objects + self.turn.held + self.turn.removed_before)

    def _refuse_foreign(self, intent: Wanted) -> None:
        objects = intent.places(self.target.base)
        uncommitted.refuse_foreign(self.module, self.target.session, self.pending, lambda change: self._is_mine(change, objects))


def _is_marked(element: ET.Element | None) -> bool:
    """Whether a candidate's element, or something in it, has been changed since the last commit: the firewall marks it so on reading."""
    return element is not None and any(node.get("dirtyId") for node in element.iter())


def _units_of(vpn: str, own: ET.Element, base: Callable[[str], Path]) -> list[Path]:
    """Where the tunnel interfaces of a VPN stand in the target's own tree, by its record there."""
    units = base("network") + ("interface", "tunnel", "units")
    comments = {unit.get("name") or "": places.text(unit, ("comment",)) for unit in places.children(own, units[1:])}
    found = [record for record in records.among(comments).values() if record.vpn == vpn]
    return [units + (("entry", unit),) for record in found for unit in record.units.values()]


def _refuse_unset(site: Site, vpn: Vpn | None) -> None:
    """A push to a firewall fails where anything that it gets names a variable that has no value there."""
    unset = effective.names_in(site.tree, site.unset) if vpn is not None else []
    if unset:
        raise Refused(f"template variable {', '.join(unset)} has no value on {site.words}, and a push to it would fail; give it one for the firewall, in its "
                      "stack or in the template; nothing was written")
