# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Policy-based forwarding with failover: an ordered set of paths for one kind of traffic, one PBF rule a path.

A rule belongs to a set by a line in its description, whatever the rule is called. A line and no tag: a tag has to exist as an object of
its own before a rule may name it, and people sort their rules by tags.
"""

from __future__ import annotations

import functools
import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import marked_line
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput, Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.parts.pbf import (
    DESCRIPTION_LENGTH, MARK, MONITOR, NEXTHOP, PATH, RETURN, TRAFFIC, Mark, has_target, mark_of,
)
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.single import entries, entry_place
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.values import read
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources.pbf_rule import TABLE as RULE
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources.security_rule import POSITION, positions
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import UNSET, DesiredEntry
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import PLACES
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Entries, Group, Leaf, Request, Resource, Table


def refuse_probe_without_target(values, platform):
    for path in values.get("paths") or ():
        monitor = path.get("monitor") or {}
        if monitor and not monitor.get("ip_address") and not (path.get("nexthop") or {}).get("ip_address"):
            raise InvalidInput(f"paths[{path['egress_interface']}].monitor.ip_address: without a next hop the monitor needs an address to probe")


TABLE = Table(
    "pbf_failover", *PLACES["pbf_rule"], words="PBF failover",
    nodes=TRAFFIC + (
        Entries("paths", "action/forward", (NEXTHOP, MONITOR), key="egress_interface"),
        Leaf("when_all_down", "action", choices=("discard", "route"), stands="action/discard (of a rule of its own, below the paths)"),
        RETURN,
    ),
    rules=(refuse_probe_without_target,),
    name_length=54,
)
_SHARED = TRAFFIC + (RETURN,)
_OWN = ("paths", "when_all_down")
LAST = "discard"


@dataclass(frozen=True)
class _Rule:
    """A rule as it stands. C(mark): None for a rule of others."""

    entry: ET.Element
    mark: Mark | None

    @property
    def name(self) -> str:
        return self.entry.get("name")

    @property
    def description(self) -> str:
        return self.entry.findtext("description") or ""

    @functools.cached_property
    def values(self) -> dict:
        """The options of the rule, without the line of its set."""
        found = read(RULE.nodes, self.entry)
        described = marked_line.others(self.description, MARK)
        return {**found, "description": described} if described else {key: value for key, value in found.items() if key != "description"}

    @property
    def path(self) -> dict | None:
        """The way that the rule leads; None where the options of a path cannot say it."""
        forward = (self.values.get("action") or {}).get("forward") or {}
        return forward if forward.get("egress_interface") and has_target(forward) else None

    @property
    def discards(self) -> bool:
        return (self.values.get("action") or {}).get("discard") is True


def _rules(request: Request, tree) -> list:
    return [_Rule(entry, mark_of(entry)) for entry in entries(tree, request.base, RULE)]


@dataclass(frozen=True)
class _Failover:
    """The rules of one set in the order in which they stand. C(copies): rules that carry the same line, so that none is known to be the set's."""

    name: str
    rules: tuple
    copies: tuple = ()

    @property
    def paths(self) -> list:
        return [rule for rule in self.rules if rule.path is not None]

    @property
    def last(self) -> _Rule | None:
        """The rule that discards what no path takes."""
        return next((rule for rule in reversed(self.rules) if rule.discards), None)

    @property
    def others(self) -> list:
        """Rules of the set that somebody made into something that no option says."""
        return [rule for rule in self.rules if rule.path is None and rule is not self.last]

    @property
    def last_is_below(self) -> bool:
        return self.last is not None and all(self.rules.index(path) < self.rules.index(self.last) for path in self.paths)

    @property
    def is_as_made(self) -> bool:
        """Whether its paths' rules have the names and the order that they were made with."""
        return [rule.name for rule in self.paths] == [f"{self.name}-{number}" for number in range(1, len(self.paths) + 1)]


def _failover(name: str, rules) -> _Failover:
    """A clone has its original's line: of several with one line, the one with the original's name is the set's."""
    marked = [rule for rule in rules if rule.mark and rule.mark.failover == name]
    own, copies = [], []
    for rule in marked:
        same = [other for other in marked if other.mark == rule.mark]
        original = next((other for other in same if other.name == rule.mark.rule), None)
        if len(same) == 1 or rule is original:
            own.append(rule)
        elif original is None:
            copies.append(rule)
    return _Failover(name, tuple(own), tuple(copies))


def reads(request: Request) -> list:
    return [entry_place(RULE, None)]


def refuse_rules_of_others(request: Request, tree) -> str | None:
    """A name that a set wants and somebody else's rule has. Where a set is to go of which nobody made a rule, that is only told."""
    rules = _rules(request, tree)
    there = _failover(request.name, rules)
    if there.copies:
        names = _quoted(rule.name for rule in there.copies)
        raise Refused(f"pbf_failover '{request.name}': the PBF rules {names} have the same line '{there.copies[0].mark.line()}' in their descriptions; "
                      "take it out of the one that is not of this set")
    named_alike = [rule.name for rule in rules if rule not in there.rules and _is_named_after(request.name, rule.name)]
    if there.rules:
        wanted = [] if request.state == "absent" else [step.name for step in _steps(request, there)]
        named_alike = [name for name in named_alike if name in wanted]
    if not named_alike:
        return None
    removes = request.state == "absent"
    told = (f"pbf_failover '{request.name}': the PBF rules {_quoted(named_alike)} are there and were not made as part of this set; "
            f"{'nothing was removed' if removes else 'give the set another name'}. To make a rule part of it, add its line to the rule's description, "
            f"for '{named_alike[0]}': {Mark(request.name, named_alike[0]).line()}")
    if removes:
        return told
    raise Refused(told)


def _quoted(names) -> str:
    return ", ".join(f"'{name}'" for name in names)


def _is_named_after(failover: str, rule: str) -> bool:
    return re.fullmatch(re.escape(failover) + rf"-(\d+|{LAST})", rule) is not None


def desired(request: Request, tree) -> list:
    """The list of paths is set as given: rules of paths that are no longer there go."""
    there = _failover(request.name, _rules(request, tree))
    if request.state == "absent":
        return [DesiredEntry(RULE, rule.name, state="absent") for rule in there.rules]
    if not there.rules and not request.values.get("paths"):
        raise InvalidInput(f"pbf_failover '{request.name}' does not exist yet, and a new one needs paths")
    steps = _steps(request, there)
    kept = {step.name for step in steps}
    gone = [rule.name for rule in there.paths if rule.name not in kept]
    if there.last is not None and there.last.name not in kept and _gives_up_last(request, there):
        gone.append(there.last.name)
    return _placed(request, there, steps) + [DesiredEntry(RULE, name, state="absent") for name in gone]


@dataclass(frozen=True)
class _Step:
    """One rule that is wanted. C(action): None where it stays what it is. C(rule): the rule that becomes it; None for a new one."""

    name: str
    action: dict | None
    rule: _Rule | None
    is_last: bool = False


def _steps(request: Request, there: _Failover) -> list:
    """The rules that are wanted, in the order in which they are to stand."""
    if "paths" in request.values:
        matched = _matched(request.values["paths"], there)
        found = [_Step(name, {"forward": _whole(PATH, path)}, rule)
                 for path, rule, name in zip(request.values["paths"], matched, _names(request.name, matched, there))]
    else:
        found = [_Step(rule.name, None, rule) for rule in there.paths]
    if request.values.get("when_all_down") == LAST:
        name = f"{request.name}-{LAST}" if there.last is None else there.last.name
        found.append(_Step(name, {"discard": True}, there.last, is_last=True))
    elif there.last is not None and not _gives_up_last(request, there):
        found.append(_Step(there.last.name, None, there.last, is_last=True))
    return found


def _gives_up_last(request: Request, there: _Failover) -> bool:
    """Whether the rule that discards is to go. One that somebody moved above a path is no answer to when_all_down, and stays until that is given."""
    if "when_all_down" in request.values:
        return request.values["when_all_down"] != LAST
    return request.state == "replaced" and there.last_is_below


def _names(failover: str, matched, there: _Failover) -> list:
    """The name of each path's rule: the one that it has, and for a new one the path's number, or the next that the set does not use."""
    taken = {rule.name for rule in there.rules}
    found = []
    for number, rule in enumerate(matched, 1):
        while rule is None and f"{failover}-{number}" in taken:
            number += 1
        found.append(f"{failover}-{number}" if rule is None else rule.name)
        taken.add(found[-1])
    return found


# What makes two paths the same one, the strictest first.
_LIKENESS = (
    lambda path: path,
    lambda path: (path.get("egress_interface"), path.get("nexthop")),
    lambda path: path.get("egress_interface"),
)


def _matched(paths, there: _Failover) -> list:
    """For each path the rule that becomes it; None for a new one.

    The first path is the first rule, and so on. Where somebody renamed, moved or removed rules, a path stays with the rule that leads there.
    """
    free = list(there.paths)
    found: list = [None] * len(paths)
    for likeness in () if there.is_as_made else _LIKENESS:
        for index, path in enumerate(paths):
            rule = next((rule for rule in free if likeness(rule.path) == likeness(path)), None)
            if found[index] is None and rule is not None:
                found[index] = rule
                free.remove(rule)
    free += [rule for rule in there.others if not rule.discards]
    for index, rule in enumerate(found):
        if rule is None and free:
            found[index] = free.pop(0)
    return found


def _placed(request: Request, there: _Failover, steps) -> list:
    """The PBF rules, each below the one before. A path is set as given."""
    traffic = {option: value for option, value in request.values.items() if option not in (*_OWN, "position", "position_rule")}
    place = positions(request.values)
    found = []
    for number, step in enumerate(steps):
        stays = step.is_last and step.action is None and not there.last_is_below
        later = next((after.name for after in steps[number + 1:] if after.rule is not None), None)
        if step.rule is None and not place and later is not None:
            place = (("before", later),)
        values = _joining(there, traffic) if step.rule is None and there.rules and request.state == "present" else _staying(request, there, step, traffic)
        action = {} if step.action is None else {"action": step.action}
        values = {**values, **action, "description": _description(request, step, values)}
        found.append(DesiredEntry(RULE, step.name, values, request.state, position=() if stays else place))
        place = (("after", step.name),) + tuple(above for above in positions(request.values) if above[0] == "before")
    return found


def _description(request: Request, step: _Step, values) -> str:
    """The description with the rule's line; to the letter what is there where it says the same."""
    own = Mark(request.name, step.name) if step.rule is None else step.rule.mark
    before = "" if step.rule is None else step.rule.description
    kept = marked_line.others(before, MARK) if request.state == "present" else ""
    text = marked_line.others(values.get("description", kept), MARK)
    if step.rule is not None and text == marked_line.others(before, MARK):
        return before.strip()
    written = marked_line.written(text, MARK, own.line())
    if len(written) > DESCRIPTION_LENGTH:
        room = DESCRIPTION_LENGTH - len(own.line()) - 1
        raise InvalidInput(f"pbf_failover '{request.name}': description: {len(text)} characters, PAN-OS allows {room} beside the line of the set")
    return written


def _staying(request: Request, there: _Failover, step: _Step, traffic) -> dict:
    """The traffic of a rule; where the rules differ and nothing is given, each stays as it is."""
    if request.state != "replaced" or step.rule is None:
        return traffic
    own = step.rule.values
    kept = {option: own[option] for option in _differing(there) if option not in traffic and option in own}
    if step.action is None:
        kept["action"] = own.get("action")
    return {**kept, **traffic}


def _agreed(there: _Failover) -> dict:
    """The options on which the rules of a set agree, as one of them says it."""
    found = {}
    for node in _SHARED:
        said = [rule.values.get(node.option) for rule in there.rules]
        spoken = next((value for value in said if value is not None), None)
        if spoken is not None and node.option not in _differing(there):
            found[node.option] = spoken
    return found


def _differing(there: _Failover) -> list:
    """The options on which the rules of a set do not agree: no one value says what they do."""
    found = []
    for node in _SHARED:
        said = [_comparable(rule.values.get(node.option), node) for rule in there.rules]
        if any(value != said[0] for value in said):
            found.append(node.option)
    return found


def _comparable(value, node):
    """A value that is equal to another where PAN-OS does the same with both."""
    if value is None:
        value = getattr(node, "absent", None)
    if isinstance(value, dict):
        return {below.option: _comparable(value.get(below.option), below) for below in node.nodes}
    return sorted(value) if isinstance(value, (list, tuple)) else value


def _whole(nodes, values) -> dict:
    """The values with all that is not given taken away."""
    found = {}
    for node in nodes:
        value = values.get(node.option)
        found[node.option] = UNSET if value is None else _whole(node.nodes, value) if isinstance(node, Group) else value
    return found


def _joining(there: _Failover, values) -> dict:
    """The values with the traffic of the rules that are there: a rule that joins them takes the same."""
    first = there.rules[0].values
    shared = {node.option for node in _SHARED}
    return {**values, **_joined({**first, **_agreed(there)}, values, shared)}


def _joined(before, values, options) -> dict:
    found = {}
    for option in options:
        have, given = before.get(option), values.get(option)
        if isinstance(given, dict) and isinstance(have, dict):
            found[option] = _joined(have, given, given.keys() & have.keys()) | {key: given[key] for key in given.keys() - have.keys()}
        elif isinstance(given, list) and isinstance(have, list):
            found[option] = have + given
        elif given is not None or have is not None:
            found[option] = have if given is None else given
    return found


def gathered(request: Request, tree) -> list:
    rules = _rules(request, tree)
    names = [request.name] if request.name else list(dict.fromkeys(rule.mark.failover for rule in rules if rule.mark))
    found = []
    for name in names:
        there = _failover(name, rules)
        if not there.paths or there.copies:
            continue
        values = {**_agreed(there), "paths": [rule.path for rule in there.paths]}
        if there.last is None or there.last_is_below:
            values["when_all_down"] = "route" if there.last is None else LAST
        found.append({"name": name, **values})
    return found


def untold(request: Request, tree) -> list:
    """What of a set no option says: rules that lead nowhere any more, and what one rule has and the others have not."""
    rules = _rules(request, tree)
    names = [request.name] if request.name else list(dict.fromkeys(rule.mark.failover for rule in rules if rule.mark))
    found = []
    for name in names:
        there, label = _failover(name, rules), f"pbf_failover '{name}'"
        if there.copies:
            copies = _quoted(rule.name for rule in there.copies)
            found.append(f"{label} is left out: the PBF rules {copies} have the same line '{there.copies[0].mark.line()}' in their descriptions")
        elif there.rules and not there.paths:
            found.append(f"{label} is left out: none of its PBF rules {_quoted(rule.name for rule in there.rules)} leads along a path")
        found += [f"{label}: PBF rule '{rule.name}' is no path that options say; it stays as it is until the paths are given" for rule in there.others]
        found += [f"{label}: its rules differ in {option}, which is left out; each stays as it is until {option} is given" for option in _differing(there)]
        if there.last is not None and not there.last_is_below:
            found.append(f"{label}: PBF rule '{there.last.name}', which discards, stands above a path; when_all_down is left out until it is given")
    return found


RESOURCE = Resource("pbf_failover", TABLE, reads, desired, gathered, extra=POSITION, checks=(refuse_rules_of_others,),
                    locations=("vsys", "device_group", "rulebase"), untold=untold)
