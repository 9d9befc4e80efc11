# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What of a firewall is a VPN's, kept on the firewall itself: a line in the comment of its first tunnel interface.

It names every object of the VPN, and says what the VPN changed for others. An object that no record names is not ours, whatever it
is called. Where there is no room for the names, digests of them stand there, and those that do not fit stand in the comments of the
VPN's other tunnel interfaces: no claim is lost silently. What follows from something else that is said is not said again: static routes
to all remote networks, and local networks that are all announced by their names.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field, replace
from typing import Any, Hashable, Iterable, Mapping, NamedTuple, Sequence, Union

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import marked_line, path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.addresses import is_ipv6
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.surroundings import Network, Surroundings
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import DesiredEntry, DesiredMember
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import names

# Marks the line among others that people may have written into the same comment, and the line that continues it on another interface.
MARK = "tunnelsmith "
_MORE = "tunnelsmith-more "
COMMENT_LENGTH = marked_line.COMMENT_LENGTH
# Characters of a digest: one name in a thousand million is taken for another one.
_DIGEST_LENGTH = 5
# How the kinds that a VPN has objects of are written in the line.
_CODES = {
    "ike_gateway": "gw", "ipsec_tunnel": "tn", "ike_crypto_profile": "ike", "ipsec_crypto_profile": "esp", "monitor_profile": "mon",
    "security_rule": "sec", "pbf_rule": "pbf", "nat_rule": "nat", "static_route": "rt", "static_route_ipv6": "rt6", "bgp_peer_entry": "peer",
    "bgp_peer_group": "grp", "bgp_import_rule": "imp", "bgp_export_rule": "exp", "redist_profile": "rp", "bgp_redist_rule": "rr",
    "bgp_auth_profile": "auth", "bgp_timer_profile": "tim", "bgp_address_family_profile": "af", "bgp_filtering_profile": "fil",
    "bgp_route_map": "map", "prefix_list": "pl", "bgp_redistribution_profile": "brp", "redistribution_route_map": "rrm",
    "loopback_interface": "lo",
}
_KINDS = {code: kind for kind, code in _CODES.items()}
# Behind the code of a kind: whole names, where they do not begin with the VPN's.
_WHOLE = "="
# Kinds of objects that stand inside a router.
_ROUTES = ("static_route", "static_route_ipv6")
_IN_A_ROUTER = ("static_route", "bgp_peer_group", "bgp_import_rule", "bgp_export_rule", "redist_profile", "bgp_redist_rule")


# What is wanted of a firewall.
Item = Union[DesiredEntry, DesiredMember]
# kind → what stands behind the VPN's name → the name that an object has instead.
Names = Mapping[str, Mapping[str, str]]


class Object(NamedTuple):
    """Which object of a firewall. C(inside): the named objects that it stands in, as C(router/peer group)."""

    kind: str
    name: str
    inside: str = ""


def peer(router: str, group: str, name: str) -> Object:
    """A BGP peer, which stands in a group of a router."""
    return Object("bgp_peer_entry", name, f"{router}/{group}")


def object_of(item: Item) -> Object:
    """The object that a desired item is about."""
    kind = item.table.kind if isinstance(item, DesiredEntry) else item.kind
    path = item.relative_path[:-1]
    holders = [step[1] for number, step in enumerate(path) if not isinstance(step, str) and path[number - 1] != "vrf"]
    return Object(f"{kind}_ipv6" if kind == "static_route" and "ipv6" in path else kind, item.name, "/".join(holders))


def can_be_claimed(item: Item) -> bool:
    """Whether an item is an object that is the VPN's or somebody else's as a whole.

    A zone, a router's BGP and a network that it announces are shared; what the VPN changed of them stands in the record beside.
    """
    return isinstance(item, DesiredEntry) and item.place is None and item.table.kind in _CODES and not _is_announced_network(item)


def _is_announced_network(item: DesiredEntry) -> bool:
    return item.table.kind == "bgp_redist_rule" and "/" in item.name


class Member(NamedTuple):
    """What a VPN's rules were given, and as what: a name in another of their lists is not the VPN's."""

    role: str
    name: str


# As what the rules were given it: zones and networks of either side, the ends of the tunnels outside, and inside.
SOURCE_ZONE, ZONE, LOCAL, REMOTE, OUTSIDE_ZONE, OUTSIDE, INSIDE = "from", "zone", "local", "remote", "outside_zone", "outside", "inside"


@dataclass(frozen=True)
class RecordedNames:
    """Names that are kept: as they are or, where there is no room for them, as digests. C(role): members of this role are among them."""

    texts: frozenset = frozenset()
    digests: frozenset = frozenset()
    role: str = ""

    @classmethod
    def of(cls, names: Iterable[Hashable]) -> RecordedNames:
        return cls(frozenset(names))

    def __contains__(self, name: Hashable) -> bool:
        if name in self.texts:
            return True
        return bool(self.digests) and (_digest(name) in self.digests or (bool(self.role) and _digest((self.role, name)) in self.digests))

    def __bool__(self) -> bool:
        return bool(self.texts or self.digests)

    def beside(self, others: RecordedNames) -> RecordedNames:
        return replace(self, texts=self.texts | others.texts, digests=self.digests | others.digests)

    def digested(self) -> RecordedNames:
        return replace(self, texts=frozenset(), digests=self.digests | {_digest(name) for name in self.texts})


@dataclass(frozen=True)
class Owned:
    """All objects that are a VPN's: those that it made, and those that it took over."""

    record: Record
    named: RecordedNames

    def __contains__(self, thing: Object) -> bool:
        return thing in self.named or self.record.leads_to_a_remote_network(thing)


def _digest(name: Hashable) -> str:
    text = "\n".join(name) if isinstance(name, tuple) else str(name)
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode("utf-8")).digest())[:_DIGEST_LENGTH].decode("ascii")


@dataclass(frozen=True)
class Record:
    """C(vpn): the name. C(vsys): the virtual system, and C(router) the router that it was made for. C(units): tunnel number → tunnel
    interface. C(claims): the objects that are the VPN's, beside the interfaces and what was adopted.

    C(zones): those that the VPN made; between the turns of a rollout to another zone there are two. C(bgp): options of the
    router's BGP that we set, with what stood there before (None: nothing); C(ecmp): the same of its ECMP.
    C(announced): networks announced by name that were not before. C(members): zones and addresses that our own rules were given (C(Member)),
    and how many proxy IDs each tunnel was; a later run takes away what is no longer given, and nothing that people added.
    C(routes): what stands between the VPN's name and a network in the names of those of its static routes that lead to all
    of its remote networks; they are not among the claims.
    C(options): optional settings that were given, so that a later run can take them back. C(metrics): of its static routes (the preferred tunnel's, that of
    those which discard), where they are not the usual ones. C(priority): of its redistribution profile in a virtual router.

    C(adopted): kind → what stands behind the VPN's name where the object has it → the name that the object has instead, because it
    was there before. A key that begins with C(~) is that of an object which the VPN has no use for and which goes with it.
    C(borrowed): the same of objects that are used and stay other people's.
    """

    vpn: str
    vsys: str = ""
    router: str = ""
    units: Mapping[int, str] = field(default_factory=dict)
    claims: RecordedNames = RecordedNames()
    routes: Sequence[str] = ()
    zones: Sequence[str] = ()
    bgp: Mapping[str, str | None] = field(default_factory=dict)
    ecmp: Mapping[str, str | None] = field(default_factory=dict)
    announced: RecordedNames = RecordedNames()
    members: RecordedNames = RecordedNames()
    options: Sequence[str] = ()
    metrics: Sequence[int] = ()
    priority: int = 1
    adopted: Names = field(default_factory=dict)
    borrowed: Names = field(default_factory=dict)

    def given(self, role: str) -> tuple[str, ...]:
        """The zones or networks that our rules were given in a role, as far as they are kept as they are."""
        return tuple(sorted(member.name for member in self.members.texts if isinstance(member, Member) and member.role == role))

    def called(self, kind: str, own: str, number: int | None = None) -> str:
        """What the object is called that has the name C(own) by itself. C(number): of the tunnel, where several tunnels may share C(own)."""
        return self.called_before(kind, own, number) or own

    def called_before(self, kind: str, own: str, number: int | None = None) -> str | None:
        """The name that the object had before the VPN used it; None where the VPN made it."""
        key = own[len(self.vpn):] if number is None else names.tunnel_key(number)
        return next((held[kind][key] for held in (self.adopted, self.borrowed) if key in held.get(kind, {})), None)

    def with_found(self, adopted: Names, borrowed: Names) -> Record:
        """With what was found under other names, beside what is booked already."""
        return replace(self, adopted=_beside(self.adopted, adopted), borrowed=_beside(self.borrowed, borrowed))

    def in_router(self, router: str) -> Record:
        """For what the VPN has in a router. In another one than before, nothing has the name of what was there before the VPN used it."""
        if router == self.router:
            return self
        elsewhere = (*_IN_A_ROUTER, "bgp_peer_entry")
        adopted, borrowed = ({kind: there for kind, there in held.items() if kind not in elsewhere} for held in (self.adopted, self.borrowed))
        return replace(self, router=router, adopted=adopted, borrowed=borrowed)

    def without(self, things: Iterable[tuple[str, str]]) -> Record:
        """Without objects (kind, name) that are no longer the VPN's, or no longer there."""
        released = set(things)
        return replace(self, adopted=_but(self.adopted, released), borrowed=_but(self.borrowed, released))

    def took_over(self, kind: str, name: str) -> bool:
        return name in self.adopted.get(kind, {}).values()

    def owns(self, thing: Object) -> bool:
        """Whether an object is the VPN's: because it was made for it, or because it was adopted."""
        return thing in self.owned()

    def owned(self) -> Owned:
        return Owned(self, RecordedNames(self.claims.texts | self.taken_over(), self.claims.digests))

    def has_made(self, thing: Object) -> bool:
        """Whether an object was made for the VPN."""
        return thing in self.claims or self.leads_to_a_remote_network(thing)

    def leads_to_a_remote_network(self, thing: Object) -> bool:
        """Whether a static route is one of those that the record does not name one by one."""
        kind, name, router = thing
        if not self.routes or kind not in _ROUTES or router != self.router:
            return False
        keys = (key for key in self.routes if name.startswith(f"{self.vpn}{key}-"))
        networks = [names.network_of(name[len(self.vpn) + len(key) + 1:], kind == "static_route_ipv6") for key in keys]
        return any(Member(REMOTE, network) in self.members for network in networks)

    def taken_over(self) -> set:
        """The objects that were adopted."""
        groups = self.adopted.get("bgp_peer_group", {})
        found = set()
        for kind, there in self.adopted.items():
            for key, name in there.items():
                if kind == "bgp_peer_entry":
                    found.add(peer(self.router, groups.get(key, ""), name))
                else:
                    found.add(Object(kind, name, self.router if kind in _IN_A_ROUTER else ""))
        # Neither the family of a route nor the engine of a profile stands in the record.
        found |= {thing._replace(kind="static_route_ipv6") for thing in found if thing.kind == "static_route"}
        return found | {thing._replace(inside=self.router) for thing in found if thing.kind == "bgp_auth_profile"}

    def without_use(self, kind: str, name: str) -> bool:
        return any(key.startswith("~") and name == there for key, there in self.adopted.get(kind, {}).items())

    def line(self) -> str:
        content = {
            "vpn": self.vpn, "vsys": self.vsys, "router": self.router, "units": {str(number): unit for number, unit in self.units.items()},
            "claims": _shortened(self.vpn, self.claims.texts), "routes": " ".join(self.routes), "digests": "".join(sorted(self.digests)),
            "zones": list(self.zones),
            "bgp": self.bgp, "ecmp": self.ecmp, "options": self.options, "metrics": list(self.metrics),
            "priority": self.priority if self.priority > 1 else None, "adopted": self.adopted, "borrowed": self.borrowed,
            "announced": self.announced.role or sorted(self.announced.texts), "members": _by_role(self.members),
        }
        return marked_line.line(MARK, {key: value for key, value in content.items() if value})

    @property
    def digests(self) -> frozenset:
        """Of all that is kept as digests; which of the lists one is of follows from what it is a digest of."""
        return self.claims.digests | self.members.digests | self.announced.digests

    def with_digests(self, digests: Iterable[str]) -> Record:
        """With these, and no others."""
        found = frozenset(digests)
        return replace(self, claims=replace(self.claims, digests=found), members=replace(self.members, digests=found),
                       announced=replace(self.announced, digests=found))

    def shortened(self) -> Record:
        """Without saying twice what follows from the members."""
        return self._with_routes_by_network()._with_networks_by_role()

    def _with_routes_by_network(self) -> Record:
        networks = self.given(REMOTE)
        if self.routes or not networks:
            return self
        routes = {key: frozenset(_route(self, key, network) for network in networks) for key in names.route_keys()}
        found = {key: those for key, those in routes.items() if those <= self.claims.texts}
        shorter = replace(self, routes=tuple(found))
        # Whose name does not say its network stays among the claims: without the networks' names, nothing else would tell of it.
        said = {thing for those in found.values() for thing in those if shorter.leads_to_a_remote_network(thing)}
        return replace(shorter, claims=replace(self.claims, texts=self.claims.texts - said))

    def _with_networks_by_role(self) -> Record:
        networks = set(self.given(LOCAL))
        if not networks or self.announced.texts != networks:
            return self
        return replace(self, announced=replace(self.announced, texts=frozenset(), role=LOCAL))


def _beside(booked: Names, found: Names) -> Names:
    return {kind: {**booked.get(kind, {}), **found.get(kind, {})} for kind in {**booked, **found}}


def _but(booked: Names, released: set) -> Names:
    left = {kind: {key: name for key, name in there.items() if (kind, name) not in released} for kind, there in booked.items()}
    return {kind: there for kind, there in left.items() if there}


def _by_role(members: RecordedNames) -> dict:
    """Role → names. What has none says itself what it is."""
    found: dict[str, list] = {}
    for member in sorted(members.texts, key=str):
        role, name = member if isinstance(member, Member) else ("", member)
        found.setdefault(role, []).append(name)
    return found


def _route(record: Record, key: str, network: str) -> Object:
    return Object("static_route_ipv6" if is_ipv6(network) else "static_route", names.route_of(record.vpn, key, network), record.router)


def _shortened(vpn: str, claims: Iterable[Object]) -> dict:
    """inside → code of the kind → what stands behind the VPN's name, or whole names."""
    found: dict = {}
    for kind, name, inside in sorted(claims):
        codes = found.setdefault(inside, {})
        if name.startswith(vpn) and " " not in name:
            codes.setdefault(_CODES[kind], []).append(name[len(vpn):])
        else:
            codes.setdefault(_CODES[kind] + _WHOLE, []).append(name)
    for codes in found.values():
        codes.update({code: " ".join(parts) for code, parts in codes.items() if not code.endswith(_WHOLE)})
    return found


# Reading what may have been written by others: anything that is not of its kind makes the line no record.


def _record(content: Any) -> Record | None:
    try:
        return _parsed(content)
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def _parsed(content: Any) -> Record:
    values = dict(content)
    vpn = _text(values.pop("vpn"))
    units = {int(number): _text(unit) for number, unit in values.pop("units", {}).items()}
    digests = _digests(values.pop("digests", ""))
    claims = RecordedNames(frozenset(_claimed(vpn, values.pop("claims", {}))), digests)
    members = RecordedNames(frozenset(_members(values.pop("members", {}))), digests)
    announced = _announced(values.pop("announced", []), members)
    routes = tuple(values.pop("routes", "").split())
    record = _spelled_out(Record(vpn, units=units, claims=claims, routes=routes, announced=announced, members=members, **values))
    booked_of_router = [*record.bgp.items(), *record.ecmp.items()]
    for text in [record.vsys, record.router, *record.zones, *record.options, *(text for pair in booked_of_router for text in pair if text is not None)]:
        _text(text)
    if not all(isinstance(number, int) for number in (record.priority, *record.metrics)) or len(record.metrics) not in (0, 2):
        raise TypeError(record.metrics)
    for booked in (record.adopted, record.borrowed):
        for name in [name for there in booked.values() for name in there.values()]:
            _text(name)
    return record


def _claimed(vpn: str, claims: Mapping[str, Mapping[str, Any]]) -> Iterable[Object]:
    for inside, codes in claims.items():
        for code, listed in codes.items():
            if code.endswith(_WHOLE):
                yield from (Object(_KINDS[code[:-1]], _text(name), inside) for name in listed)
            else:
                yield from (Object(_KINDS[code], vpn + suffix, inside) for suffix in listed.split(" "))


def _members(by_role: Mapping[str, Any]) -> Iterable[Member | str]:
    for role, listed in by_role.items():
        yield from (Member(_text(role), _text(name)) if role else _text(name) for name in listed)


def _announced(names_or_role: Any, members: RecordedNames) -> RecordedNames:
    if not isinstance(names_or_role, str):
        return RecordedNames(frozenset(map(_text, names_or_role)), members.digests)
    texts = frozenset(member.name for member in members.texts if isinstance(member, Member) and member.role == names_or_role)
    return RecordedNames(texts, members.digests, "" if texts else names_or_role)


def _spelled_out(record: Record) -> Record:
    """With the routes among the claims, where the networks that they lead to are named."""
    networks = record.given(REMOTE)
    if not networks:
        return record
    routes = frozenset(_route(record, key, network) for key in record.routes for network in networks)
    return replace(record, routes=(), claims=replace(record.claims, texts=record.claims.texts | routes))


def _digests(text: str) -> frozenset:
    return frozenset(text[start:start + _DIGEST_LENGTH] for start in range(0, len(text), _DIGEST_LENGTH))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def find(comment: str | None, vpn: str | None = None) -> Record | None:
    """The record in a comment; with C(vpn) only that VPN's."""
    found = [record for record in map(_record, marked_line.contents(comment, MARK)) if record is not None and vpn in (None, record.vpn)]
    return found[0] if found else None


def among(comments: Mapping[str, str | None]) -> dict:
    """Tunnel interface → the record in its comment. One that does not name its interface was copied there, and claims nothing."""
    found = {}
    for unit, comment in comments.items():
        record = find(comment)
        if record is not None and unit in record.units.values():
            found[unit] = _with_more(record, [comments.get(other) for other in record.units.values()])
    return found


def _with_more(record: Record, comments: Iterable[str | None]) -> Record:
    more = [content for comment in comments for content in marked_line.contents(comment, _MORE) if isinstance(content, dict)]
    texts = [content.get("digests") for content in more if content.get("vpn") == record.vpn]
    digests = [digest for text in texts if isinstance(text, str) for digest in _digests(text)]
    return record.with_digests(record.digests.union(digests)) if digests else record


def on(view: Surroundings) -> list:
    """(unit, record) of every VPN of ours on a firewall."""
    return list(among({unit: view.comment(unit) for unit in view.names("tunnel_interface")}).items())


def vsys_of(view: Surroundings) -> str:
    """The virtual system whose rules and zones are looked at."""
    last = view.base("vsys")[-1]
    return last if isinstance(last, str) else last[1]


def of_vpn(view: Surroundings, vpn: str) -> Record | None:
    """Without interfaces that somebody took away and made anew for a tunnel of theirs: an interface's name is free again once it is gone."""
    home, record = next(((unit, record) for unit, record in on(view) if _is_of(record, vpn, view)), ("", None))
    if record is None:
        return None
    return replace(record, units={number: unit for number, unit in record.units.items() if unit == home or not _is_of_others(unit, record, view)})


def _is_of_others(unit: str, record: Record, view: Surroundings) -> bool:
    """Whether IPsec tunnels go through an interface, and none of them is the VPN's."""
    through = [name for name in view.names("ipsec_tunnel") if places.text(view.entry("ipsec_tunnel", name), ("tunnel-interface",)) == unit]
    return bool(through) and not any(record.owns(Object("ipsec_tunnel", name)) for name in through)


def of_others(view: Surroundings, vpn: str) -> list:
    """The records of the other VPNs of ours on a firewall."""
    return [record for _unit, record in on(view) if not _is_of(record, vpn, view)]


def owner(claims: Mapping[str, Owned], thing: Object) -> str | None:
    """The VPN that an object is of. C(claims): VPN → all that is its by its record."""
    return next((vpn for vpn, owned in claims.items() if thing in owned), None)


def _is_of(record: Record, vpn: str, view: Surroundings) -> bool:
    return (record.vpn, record.vsys) == (vpn, vsys_of(view))


# Writing.


def others(comment: str | None) -> str:
    """The comment without a record."""
    return marked_line.others(marked_line.others(comment, MARK), _MORE)


def written(comment: str | None, record: Record) -> str:
    """The comment with the record's line, other lines as they are."""
    return marked_line.written(others(comment), MARK, record.line())


def comments(record: Record, units: Iterable[str], view: Surroundings) -> dict:
    """Tunnel interface → what its comment has to say. C(units): the VPN's interfaces, the one that holds the record first.

    Raises Refused where there is no room for the record.
    """
    home, *rest = units
    plain = {unit: others(view.comment(unit)) for unit in rest}
    record = replace(record, claims=replace(record.claims, texts=record.claims.texts - record.taken_over())).shortened()
    digested = replace(record, claims=record.claims.digested())
    shortest = replace(digested, members=record.members.digested(), announced=record.announced.digested())
    for version in (record, digested, shortest):
        found = written(view.comment(home), version)
        if len(found) <= COMMENT_LENGTH:
            return {home: found, **plain}
    return _spread(shortest, home, rest, view)


def _spread(record: Record, home: str, rest: Iterable[str], view: Surroundings) -> dict:
    """The digests in the comments of several interfaces, as many in each as there is room for."""
    left = sorted(record.digests)
    found = {}
    for unit in (home, *rest):
        def text(digests, unit=unit):
            if unit == home:
                return written(view.comment(unit), record.with_digests(digests))
            more = marked_line.line(_MORE, {"vpn": record.vpn, "digests": "".join(digests)})
            return "\n".join([*others(view.comment(unit)).splitlines(), *([more] if digests else [])])

        room = (COMMENT_LENGTH - len(text(left[:1]))) // _DIGEST_LENGTH + 1
        here = left[:max(room, 0)]
        found[unit], left = text(here), left[len(here):]
    too_long = [unit for unit, comment in found.items() if len(comment) > COMMENT_LENGTH]
    if left or too_long:
        raise Refused(_no_room(record, found, home))
    return found


def _no_room(record: Record, found: Mapping[str, str], home: str) -> str:
    adopted = sorted({name for there in record.adopted.values() for name in there.values()})
    if adopted:
        return (f"adopt: the names of what is taken over do not fit into the comment of {home}, where the VPN's record stands: "
                f"{len(found[home])} characters, PAN-OS allows {COMMENT_LENGTH}. Shorten the rest of that comment, or rename the longest of "
                + ", ".join(adopted))
    return (f"{record.vpn}: the record of its objects does not fit into the comments of {', '.join(found)} (PAN-OS allows {COMMENT_LENGTH} characters "
            "in each). Shorten the rest of these comments, or put several networks together into larger ones")


def route(router: str, name: str, destination: Network) -> Object:
    """A static route of a router."""
    return Object("static_route_ipv6" if destination.version == 6 else "static_route", name, router)


def routes_of_others(view: Surroundings, vpn: str, router: str) -> list[tuple[str, Network]]:
    """(route's name, destination) of a router's static routes that are not this VPN's."""
    record = of_vpn(view, vpn)
    owned = RecordedNames.of(()) if record is None else record.owned()
    return [(name, destination) for name, destination in view.static_routes(router)
            if route(router, name, destination) not in owned]
