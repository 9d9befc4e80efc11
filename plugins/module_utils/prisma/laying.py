# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An object of the cloud's API as it stands, and as it is to be: what is said of it is laid over what is there, and what nobody speaks of stays."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import secrets
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.lifetimes import UNITS, seconds_of
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.scm.kinds import Kind

ON_CREATE, ALWAYS = "on_create", "always"
# Of each of these sets of fields an object has one.
_CHOICES: tuple[frozenset[str], ...] = (
    frozenset(UNITS), frozenset(("ip", "fqdn", "dynamic")), frozenset(("pre_shared_key", "certificate")), frozenset(("esp", "ah")))
# Entries are laid over those of their names. Others of the one stay, others of the other go. Any other list is set as it is given, and of one the order says
# nothing.
_ADDED, _EXACT, _UNORDERED = ("proxy_id",), ("ecmp_tunnels",), ("subnets",)

# What a field holds that nobody has said anything of.
_NOTHING: tuple[Any, ...] = (None, "", [], {}, False, "Disabled")


@dataclass(frozen=True)
class Wanted:
    """What is said of an object. C(values): laid over what stands; C(new): besides, what one has that does not stand yet; C(exact): the places of what goes
    where the values do not say it."""

    kind: Kind
    name: str
    folder: str | None
    values: dict
    new: dict = field(default_factory=dict)
    exact: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Step:
    """One write. C(before), C(after): as they are told; C(body): what is sent, with its secrets; V(None) where there is nothing before, or after."""

    kind: Kind
    name: str
    folder: str | None
    before: dict | None
    after: dict | None
    body: dict | None = field(default=None, repr=False)
    identity: str = ""

    @property
    def verb(self) -> str:
        if self.before is None:
            return "made"
        return "removed" if self.after is None else "changed"

    @property
    def called(self) -> str:
        return f"{self.kind.words} '{self.name}'"

    @property
    def words(self) -> str:
        return f"{self.called} {self.verb}"


def step(wanted: Wanted, standing: dict | None, update_secret: str, warnings: list[str]) -> Step | None:
    """The write that an object needs; V(None) where it is as it is to be. C(warnings) grows by what cannot be told."""
    named: dict[str, Any] = {"name": wanted.name}
    if wanted.kind.names_folder:
        named["folder"] = wanted.folder
    if standing is None:
        body = {**laid(wanted.new, wanted.values), **named}
        return Step(wanted.kind, wanted.name, wanted.folder, None, masked(wanted.kind, body), body)
    before = {name: value for name, value in standing.items() if name != "id"}
    given = _secrets_of(wanted.kind, wanted.values)
    unlike = [place for place, secret in given.items() if _is_another(wanted, place, secret, before, update_secret, warnings)]
    after = laid(_without(before, [place for place in wanted.exact if _at(wanted.values, place) is None]), wanted.values)
    for place in given:
        if place not in unlike:
            _put(after, place, _at(before, place))
    if after == before:
        return None
    body = copy.deepcopy(after)
    for place, secret in _secrets_of(wanted.kind, after).items():
        _put(body, place, _sendable(wanted, place, secret, given))
    return Step(wanted.kind, wanted.name, wanted.folder, masked(wanted.kind, before), masked(wanted.kind, after), body, str(standing.get("id", "")))


def removal(kind: Kind, folder: str | None, standing: dict) -> Step:
    before = {name: value for name, value in standing.items() if name != "id"}
    return Step(kind, standing["name"], folder, masked(kind, before), None, None, str(standing.get("id", "")))


def _without(value: dict, gone: Iterable[Sequence[str]]) -> dict:
    """The value without what stands at these places, and without what nothing is left of then. What says nothing may be the service's own, and stays."""
    left = copy.deepcopy(value)
    for place in gone:
        if _says_nothing(_at(left, tuple(place))):
            continue
        _remove(left, tuple(place))
    return left


def _remove(value: dict, place: tuple[str, ...]) -> None:
    """What stands at a place, and each holder of which nothing is left then."""
    *holders, name = place
    holder = _at(value, tuple(holders))
    del holder[name]
    if holders and holder == {}:
        _remove(value, tuple(holders))


def _says_nothing(value: Any) -> bool:
    if isinstance(value, dict) and value:
        return all(_says_nothing(inner) for inner in value.values())
    return value in _NOTHING


def covers(found: dict, wanted: dict, kind: Kind) -> bool:
    """Whether an object holds all that is wanted of it. Its secrets may come back in a form that does not tell."""
    return masked(kind, laid(found, wanted), hide=True) == masked(kind, found, hide=True)


def laid(under: dict, over: dict) -> dict:
    """C(over) laid over C(under)."""
    if seconds_of(under) is not None and seconds_of(under) == seconds_of(over):
        return copy.deepcopy(under)
    gone = {name for choice in _CHOICES if choice & over.keys() for name in choice - over.keys()}
    found = {name: copy.deepcopy(value) for name, value in under.items() if name not in gone}
    for name, value in over.items():
        found[name] = _laid_value(name, found.get(name), copy.deepcopy(value))
    return found


def _laid_value(name: str, under: Any, over: Any) -> Any:
    if isinstance(under, dict) and isinstance(over, dict):
        return laid(under, over)
    if isinstance(under, list) and name in (*_ADDED, *_EXACT):
        named = {entry["name"] for entry in over}
        return _laid_entries([entry for entry in under if name in _ADDED or entry.get("name") in named], over)
    is_the_same = name in _UNORDERED and isinstance(under, list) and set(under) == set(over)
    return under if is_the_same else over


def _laid_entries(under: Sequence[dict], over: Sequence[dict]) -> list[dict]:
    given = {entry["name"]: entry for entry in over}
    stays = [laid(entry, given.pop(entry.get("name"), {})) for entry in under]
    return [*stays, *given.values()]


# -- secrets

def masked(kind: Kind, value: dict, hide: bool = False) -> dict:
    """An object as it may be shown: of its secrets only whether two are alike within one run. C(hide): not even that."""
    shown = copy.deepcopy(value)
    for place, secret in _found(shown, (*kind.secrets, *kind.private)).items():
        _put(shown, place, "********" if hide else f"(secret {secrets.fingerprint(secret)})")
    return shown


def _is_another(wanted: Wanted, place: tuple, secret: str, before: dict, update_secret: str, warnings: list[str]) -> bool:
    """Whether a secret is to be written that is given: it differs, or it cannot be told and is to be written all the same."""
    stands = _at(before, place)
    if not isinstance(stands, str):
        return True
    is_same = secrets.same(secret, stands)
    if is_same is None and update_secret != ALWAYS:
        warnings.append(f"{wanted.kind.words} '{wanted.name}': the API does not show its secret so that it can be compared, and it stays as it is; give "
                        "update_secret: always to write it")
    return update_secret == ALWAYS if is_same is None else not is_same


def _sendable(wanted: Wanted, place: tuple, secret: str, given: dict[tuple, str]) -> str:
    """The secret as it goes into a write, which holds the whole object: as it is given, else as it is stored. One that is only hidden would be lost."""
    if place in given:
        return given[place]
    if secrets.is_stored_form(secret):
        return secret
    raise Refused(f"{wanted.kind.words} '{wanted.name}': the API does not show its secret, and a change would write what it shows in its place; give the "
                  "secret as well")


def _secrets_of(kind: Kind, value: dict) -> dict[tuple, str]:
    return _found(value, kind.secrets)


def _found(value: dict, paths: Sequence[Sequence[str]]) -> dict[tuple, str]:
    """Place → text of what stands at these paths. A place names the entries of lists by their names."""
    found: dict[tuple, str] = {}
    for path in paths:
        found.update(_below(value, path, ()))
    return found


def _below(value: Any, path: Sequence[str], place: tuple) -> Iterator[tuple[tuple, str]]:
    if isinstance(value, list):
        for entry in value:
            yield from _below(entry, path, (*place, ("entry", entry.get("name"))))
    elif not path:
        if isinstance(value, str):
            yield place, value
    elif isinstance(value, dict) and path[0] in value:
        yield from _below(value[path[0]], path[1:], (*place, path[0]))


def _at(value: Any, place: tuple) -> Any:
    for name in place:
        if isinstance(name, tuple):
            value = next((entry for entry in value or () if entry.get("name") == name[1]), None)
        else:
            value = value.get(name) if isinstance(value, dict) else None
    return value


def _put(value: Any, place: tuple, secret: Any) -> None:
    _at(value, place[:-1])[place[-1]] = secret
