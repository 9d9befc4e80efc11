# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a write changed, place by place, and the plan that takes exactly that back, however much others changed meanwhile.

C(inverse) undoes at once what nobody else can have seen. This is for later: each place is looked at again, and only one that still
holds what was written is put back.
"""

from __future__ import annotations

import copy
import itertools
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field, replace
from typing import ClassVar, Iterator, Mapping, Sequence

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places, secrets, tree as trees
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.path import Path
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.tree import Operation
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile import removal_order
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.inverse import bare
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.plan import Plan


@dataclass(frozen=True)
class Difference:
    """One place that a write changed. C(before) and C(after) are XML texts, empty where there was nothing; C(before) holds a secret
    in the firewall's stored form, C(after) only its digest.

    C(remains): what was still there of an object when it was taken away; the differences inside of it, which are older, say the rest.

    C(above): of a rule that was moved or taken away, the rules that stood above it, the nearest first. C(moved_below): of a rule that
    was moved, the one that it stands below since (empty: none). Only such a rule's place is looked at then, not its content.

    C(container): of a leaf, the topmost element around it that came into being with it; without any content it has to go again.
    """

    label: str
    path: tuple
    before: str = field(default="", repr=False)
    after: str = field(default="", repr=False)
    remains: str = field(default="", repr=False)
    above: tuple = ()
    moved_below: str | None = None
    container: tuple = ()
    # Among the items that a plan touches, this is one that brings no references which could be missing.
    state: ClassVar[str] = "absent"

    @property
    def xpath(self) -> str:
        return places.render(self.path)


@dataclass(frozen=True)
class Left:
    """A place that stays as it is, and why."""

    difference: Difference
    reason: str


def differences(before: ET.Element, after: ET.Element, operations: Sequence[Operation]) -> list:
    """What C(operations), which turn C(before) into C(after), change; each place where it is changed first, in that order."""
    current = copy.deepcopy(before)
    changed: dict = {}
    remains: dict = {}
    moved: dict = {}
    for operation in operations:
        if operation.action == "delete" and any(places.starts_with(path, operation.path) for path in changed):
            remains[operation.path] = _text(places.find(current, operation.path[1:]))
        trees.apply(current, operation)
        place = _topmost_named(before, current, operation.path)
        if operation.action == "move" and places.find(before, operation.path[1:]) is not None:
            moved[operation.path] = operation.label
            continue
        found = _changed(place, places.find(before, place[1:]), places.find(current, place[1:]), operation.action == "edit")
        changed.update({path: operation.label for path in found if not any(places.starts_with(path, other) for other in changed)})
    orders = [_order(before, after, path, label) for path, label in moved.items() if places.find(after, path[1:]) is not None]
    contents = [_content(before, after, path, label, remains.get(path, "")) for path, label in changed.items()]
    return orders + [difference for difference in contents if difference is not None]


def merged(earlier: Sequence[Difference], later: Sequence[Difference], after: ET.Element) -> list:
    """The differences of two writes, one after the other, as those of one. C(after): the tree after the later write."""
    later = [replace(difference, above=_above_at_first(difference, _places_of_rules(earlier))) for difference in later]
    earlier = [*_places_taken_up_again(earlier, after), *earlier]
    first = []
    for difference in earlier:
        if difference.moved_below is not None:
            difference = replace(difference, moved_below=next(iter(_names_above(after, difference.path)), ""))
        elif any(_within(other, difference) for other in later):
            difference = replace(difference, after=_after_all(difference, [other for other in later if _within(other, difference)]))
        if difference.moved_below is not None or not _alike(_parsed(difference.before), _parsed(difference.after)):
            first.append(difference)
    second = [difference for difference in later if not any(_within(difference, other) for other in earlier)]
    return first + [_around(difference, [other for other in earlier if _within(other, difference)]) for difference in second]


def _after_all(difference: Difference, inner: Sequence[Difference]) -> str:
    """What a difference and later ones that lie in it have written: what others have put there beside is not in it."""
    tree = ET.Element("config")
    for written in (difference, *inner):
        action = "edit" if written.after else "delete"
        trees.apply(tree, Operation(action, written.path, written.label, written.after))
    return _text(places.find(tree, difference.path[1:]))


def _above_at_first(difference: Difference, moved: Sequence[Difference]) -> tuple:
    """The rules that stood above one before the earlier writes too, which C(moved) some: what the later write found was theirs."""
    if not _is_place_of_rule(difference):
        return difference.above
    order = list(reversed(difference.above))
    for other in _topmost_first([each for each in moved if each.path[:-1] == difference.path[:-1]]):
        if other.path == difference.path:
            return other.above
        name = other.path[-1][1]
        order = [each for each in order if each != name]
        nearest = next((each for each in other.above if each in order), None)
        if nearest is not None or not other.above:
            order.insert(0 if nearest is None else order.index(nearest) + 1, name)
    return tuple(reversed(order))


def _is_place_of_rule(difference: Difference) -> bool:
    """Whether a difference says where a rule stood: one that was moved, or taken away."""
    return difference.moved_below is not None or bool(difference.before and not difference.after and difference.path[-2] == "rules")


def _places_taken_up_again(earlier: Sequence[Difference], after: ET.Element) -> list[Difference]:
    """Of rules that were taken away and are there again, the place: it need not be the one that they had."""
    again = [difference for difference in _contents(earlier) if difference.before and not difference.after and difference.path[-2] == "rules"
             and places.find(after, difference.path[1:]) is not None]
    return [Difference(difference.label, difference.path, above=difference.above, moved_below="") for difference in again]


def _within(inner: Difference, outer: Difference) -> bool:
    """Whether one difference lies in the other one, or is the same place; the place of a rule among others is beside its content."""
    return (inner.moved_below is None) == (outer.moved_below is None) and places.starts_with(inner.path, outer.path)


def _around(difference: Difference, inner: Sequence[Difference]) -> Difference:
    """A difference with what stood there before the older ones that lie in it."""
    if not inner or not difference.before:
        return difference
    tree = ET.Element("config")
    trees.apply(tree, Operation("edit", difference.path, difference.label, difference.before))
    for other in reversed(inner):
        for operation in _restoring(other, tree):
            trees.apply(tree, operation)
    return replace(difference, before=_text(places.find(tree, difference.path[1:])), remains=difference.remains or difference.before)


def plan(done: Sequence[Difference], current: ET.Element, kept: Mapping[Path, str]) -> tuple:
    """(Plan that takes C(done) (differences) back on C(current), list of Left). C(kept): path → reason of those that have to stay.

    What somebody else changed since stays, and so does what that refers to by name. The same goes for its memberships: an interface
    that another VPN has meanwhile is in that VPN's router. Of an object that is kept, or that others have joined, what goes leaves the lists.
    """
    result = Plan(before=current, after=copy.deepcopy(current))
    left: list = []
    named: set = set()
    changed_since = _changed_since(done, current)
    moved = []
    for difference in [*_newest_first(_contents(done)), *_topmost_first(_places_of_rules(done))]:
        # Where several rules moved, each stands where it was put as long as none has gone back.
        seen = current if difference.moved_below is not None else result.after
        reason = kept.get(difference.path) or _reason_to_stay(difference, seen, named, changed_since)
        if reason:
            left.append(Left(difference, reason))
            parting = _parting(difference, result.after, _new_names(done) - changed_since, difference.path in kept)
            for operation in parting:
                trees.apply(result.after, operation)
            result.operations.extend(parting)
            result.touched.extend((difference, operation.path) for operation in parting[:1])
            named |= trees.texts(places.find(result.after, difference.path[1:]))
            continue
        if difference.moved_below is not None:
            moved.append(difference)
        _take_back(difference, result)
    for dummy in moved:
        # A rule can take the one away above which another one stands already.
        if not [difference for difference in moved if _take_back(difference, result)]:
            break
    for container, difference in _emptied(done, result.after).items():
        result.operations.append(Operation("delete", container, difference.label))
        result.touched.append((difference, container))
    result.operations = removal_order.ordered(_members_in_order(result.operations), current)
    result.after = trees.applied(current, result.operations)
    return result, left


def _parting(difference: Difference, current: ET.Element, going: set, is_kept: bool) -> list[Operation]:
    """The members that leave the lists of a new object which stays, as an interface leaves a zone that others are in.

    C(going): the names of what goes. C(is_kept): whether the object stays whatever it holds; of another one only lists that others have joined.
    """
    if difference.before or not _own_name(difference.path):
        return []
    found = []
    for place, members in _lists(difference.path, places.find(current, difference.path[1:])):
        written = places.names(_parsed(difference.after), place[len(difference.path):])
        if is_kept or not set(members) <= set(written):
            found += [Operation("delete", place + (("member", name),), difference.label) for name in members if name in written and name in going]
    return found


def _lists(path: Path, element: ET.Element | None) -> Iterator[tuple[Path, list[str]]]:
    """(place, members) of the lists in an element."""
    members = [child.text or "" for child in element if child.tag == "member"] if element is not None else []
    if members:
        yield path, members
    for child in element if element is not None else ():
        if child.tag != "member":
            yield from _lists(path + (places.step_of(child),), child)


def _new_names(done: Sequence[Difference]) -> set:
    return {_own_name(difference.path) for difference in done if not difference.before and _own_name(difference.path)}


def _members_in_order(operations: Sequence[Operation]) -> list:
    """The members that go back into one list together, so that the oldest difference comes first again."""
    lists: dict = {}
    for operation in operations:
        if operation.action == "set":
            lists.setdefault(operation.path, []).append(operation)
    found: list = []
    for operation in operations:
        if operation.action != "set":
            found.append(operation)
        elif operation is lists[operation.path][-1]:
            found.extend(reversed(lists[operation.path]))
    return found


def _take_back(difference: Difference, result: Plan) -> bool:
    """Add what a difference needs to be taken back to a plan; whether that is anything."""
    operations = _restoring(difference, result.after)
    for operation in operations:
        trees.apply(result.after, operation)
    result.operations.extend(operations)
    if operations and (difference, difference.path) not in result.touched:
        result.touched.append((difference, difference.path))
    return bool(operations)


def _contents(done: Sequence[Difference]) -> list[Difference]:
    return [difference for difference in done if difference.moved_below is None]


def _places_of_rules(done: Sequence[Difference]) -> list[Difference]:
    return [difference for difference in done if difference.moved_below is not None]


def _topmost_first(moved: Sequence[Difference]) -> list[Difference]:
    """Each rule goes back below the one that it stood below, which has to be there first."""
    return sorted(moved, key=lambda difference: len(difference.above))


def _newest_first(done):
    """What refers to others was written after them. Entries of one container that went one after the other keep their order."""
    for (_container, gone), together in itertools.groupby(reversed(done), lambda item: (item.path[:-1], _is_gone_entry(item))):
        run = list(together)
        yield from reversed(run) if gone else run


def _is_gone_entry(difference: Difference) -> bool:
    """Of a container in which order means nothing."""
    return bool(difference.before and not difference.after) and "rules" not in difference.path[-2:]


def _is_new_membership(difference: Difference) -> bool:
    return not difference.before and difference.path[-1][0] == "member"


def _changed_since(done: Sequence[Difference], current: ET.Element) -> set:
    """The names of new objects that are there, and are not what was written."""
    new = [difference for difference in done if not difference.before and _own_name(difference.path)]
    return {_own_name(difference.path) for difference in new if _state(difference, current) is _CHANGED}


def _reason_to_stay(difference: Difference, current: ET.Element, named: set[str], changed_since: set[str]) -> str:
    state = _state(difference, current)
    if state is _CHANGED:
        return "it no longer holds what was written"
    if state is _WRITTEN and _is_new_membership(difference) and difference.path[-1][1] in changed_since:
        return f"{difference.path[-1][1]} itself no longer holds what was written"
    return "what stays refers to it" if state is _WRITTEN and not difference.before and _own_name(difference.path) in named else ""


def unproven(done: Sequence[Difference], current: ET.Element, left: Sequence[Left] = ()) -> list:
    """The differences that are not as before on C(current), without those that were left."""
    stays = {item.difference.path for item in left}
    emptied = _emptied(done, current)
    return [difference for difference in done if difference.path not in stays
            and (_state(difference, current) is not _BEFORE or difference.container in emptied)]


def _emptied(done: Sequence[Difference], current: ET.Element) -> dict[Path, Difference]:
    """The elements without a name that came into being with leaves of ours, and hold nothing any more. One that can hold other objects may stay."""
    holding = {difference.container for difference in done if difference.container}
    holding -= {container for container in holding for difference in done if not difference.container and places.starts_with(difference.path, container)}
    found: dict[Path, Difference] = {}
    for difference in done:
        element = places.find(current, difference.container[1:]) if difference.container in holding else None
        if element is not None and trees.is_hollow(element):
            found.setdefault(difference.container, difference)
    return found


def stands(difference: Difference, current: ET.Element) -> bool:
    """Whether a place still holds what was written. A rule stands where it was put also where its neighbours have come and gone."""
    state = _state(difference, current)
    return state is _WRITTEN or difference.moved_below is not None and state is _BEFORE and places.find(current, difference.path[1:]) is not None


def is_joined(difference: Difference, current: ET.Element) -> bool:
    """Whether a new object still holds all that was written, and others have put something of theirs into it."""
    found = places.find(current, difference.path[1:])
    return bool(difference.after and not difference.before) and found is not None and _holds(found, ET.fromstring(difference.after))


def _holds(found: ET.Element, noted: ET.Element) -> bool:
    if not len(noted):
        return not (noted.text or "").strip() or _same(noted, found)
    there = {places.step_of(child): child for child in found}
    inner = {places.step_of(child): child for child in noted}
    return inner.keys() <= there.keys() and all(_holds(there[step], child) for step, child in inner.items())


def is_there(difference: Difference, current: ET.Element) -> bool:
    """Whether a place is not as it was before: it holds what was written, or what has become of that since."""
    return _state(difference, current) is not _BEFORE


def back_to(difference: Difference, after: ET.Element) -> Difference:
    """A difference whose place goes back to what it holds on C(after), where that is not quite what it held before."""
    return replace(difference, before=_text(places.find(after, difference.path[1:])))


def text_before(difference: Difference) -> str | None:
    """What an element without others in it said before; None where there was none."""
    before = _parsed(difference.before)
    return None if before is None else before.text or ""


def stored_secrets(done: Sequence[Difference]) -> set[str]:
    """The secrets, in the firewall's stored form, that the differences hold."""
    elements = [ET.fromstring(text) for difference in done for text in (difference.before, difference.remains) if text]
    return {node.text for element in elements for node in element.iter() if node.tag in secrets.TAGS and node.text}


_BEFORE, _WRITTEN, _CHANGED = "before", "written", "changed"


def _state(difference: Difference, current: ET.Element) -> str:
    """Whether a place is as it was before the write, as it was after it, or something else."""
    existing = places.find(current, difference.path[1:])
    if difference.moved_below is not None:
        return _order_state(difference, current, existing)
    if _alike(_parsed(difference.before), existing):
        return _BEFORE
    return _WRITTEN if _alike(_parsed(difference.after), existing) else _CHANGED


def _order_state(difference, current, existing):
    """A rule that is gone has no place to go back to; its content is another difference's affair."""
    if existing is None:
        return _BEFORE
    above = _names_above(current, difference.path)
    wanted = next((name for name in difference.above if name in places.names(current, difference.path[1:-1])), "")
    nearest = above[0] if above else ""
    if nearest == wanted:
        return _BEFORE
    return _WRITTEN if nearest == difference.moved_below else _CHANGED


def _restoring(difference: Difference, current: ET.Element) -> list:
    if _state(difference, current) is _BEFORE:
        return []
    path, label = difference.path, difference.label
    if difference.moved_below is not None:
        return [_place_again(difference, current)]
    if not difference.before:
        return [Operation("delete", path, label)]
    if not isinstance(path[-1], str) and path[-1][0] == "member":
        return [Operation("set", path[:-1], label, difference.before)]
    operations = [Operation("edit", path, label, difference.before if difference.after else difference.remains or difference.before)]
    if not difference.after and "rules" in path[-2:]:
        # A new rule comes last.
        there = places.names(current, path[1:-1])
        if next((name for name in difference.above if name in there), None) != (there[-1] if there else None):
            operations.append(_place_again(difference, current))
    return operations


def _place_again(difference: Difference, current: ET.Element) -> Operation:
    there = places.names(current, difference.path[1:-1])
    above = next((name for name in difference.above if name in there), None)
    if above is None:
        return Operation("move", difference.path, difference.label, where="top")
    return Operation("move", difference.path, difference.label, where="after", dst=above)


def _topmost_named(before: ET.Element, after: ET.Element, path: Path) -> tuple:
    """The topmost named object on the way to C(path) that is missing on one side; C(path) itself where all are there."""
    for length in range(2, len(path)):
        if not isinstance(path[length - 1], str) and any(places.find(root, path[1:length]) is None for root in (before, after)):
            return path[:length]
    return path


def _order(before: ET.Element, after: ET.Element, path: Path, label: str) -> Difference:
    above = _names_above(after, path)
    return Difference(label, path, above=tuple(_names_above(before, path)), moved_below=above[0] if above else "")


def _content(before: ET.Element, after: ET.Element, path: Path, label: str, remains: str) -> Difference | None:
    """The difference at a place; None where in the end there is none."""
    stood, stands = places.find(before, path[1:]), places.find(after, path[1:])
    difference = Difference(label, path, _text(stood), _recognisable(stands), remains, container=_new_container(before, path))
    if _alike(_parsed(difference.before), _parsed(difference.after)):
        return None
    return replace(difference, above=tuple(_names_above(before, path))) if stands is None and "rules" in path[-2:] else difference


def _new_container(before: ET.Element, path: Path) -> tuple:
    """The topmost element around a leaf that was not there; none where the path leads on to something that has a name."""
    for length in range(2, len(path)):
        if places.find(before, path[1:length]) is None:
            return path[:length] if all(isinstance(step, str) for step in path[length - 1:]) else ()
    return ()


def _names_above(root: ET.Element, path: Path) -> list:
    """The rules above the one at C(path), the nearest first."""
    rules = places.names(root, path[1:-1])
    return rules[:rules.index(path[-1][1])][::-1] if path[-1][1] in rules else []


def _changed(path, before, after, whole):
    """The places at and below C(path) that differ. C(whole): as one, because the order of what is in there counts."""
    if before is None and after is None:
        return
    if before is None and len(after) and after.tag not in ("entry", "member"):
        # A container without a name is nobody's object: what is in it counts.
        for child in after:
            yield from _changed(path + (places.step_of(child),), None, child, False)
        return
    leaf = before is not None and after is not None and not len(before) and not len(after)
    if whole or before is None or after is None or leaf:
        # An empty container is no place yet: another operation may fill it.
        if not leaf or before.text != after.text:
            yield path
        return
    for step in dict.fromkeys([places.step_of(child) for child in before] + [places.step_of(child) for child in after]):
        yield from _changed(path + (step,), places.child(before, step), places.child(after, step), False)


def _text(element: ET.Element | None) -> str:
    return "" if element is None else ET.tostring(bare(element), encoding="unicode")


def _parsed(text: str) -> ET.Element | None:
    return ET.fromstring(text) if text else None


def _recognisable(element: ET.Element | None) -> str:
    """As text, with a digest in the place of each secret: enough to see whether it is still the same."""
    if element is None:
        return ""
    shown = bare(element)
    for node in shown.iter():
        if node.tag in secrets.TAGS and not len(node) and node.text:
            node.text = secrets.digest_form(node.text)
    return ET.tostring(shown, encoding="unicode")


def _alike(noted: ET.Element | None, found: ET.Element | None) -> bool:
    """Whether two elements hold the same, whatever the firewall added on reading.

    Where the place is a list itself, the order of its members counts: of any other list only its members are places.
    """
    if noted is None or found is None:
        return noted is found
    return _same(noted, found) and _members(noted) == _members(found)


def _members(element: ET.Element) -> list:
    return [child.text for child in element if child.tag == "member"]


def _same(noted: ET.Element, found: ET.Element) -> bool:
    if not len(noted) and not len(found):
        texts = (noted.text or "").strip(), (found.text or "").strip()
        return texts[0] == texts[1] or noted.tag in secrets.TAGS and secrets.alike(*texts)
    first, second = ({places.step_of(child): child for child in element} for element in (noted, found))
    return first.keys() == second.keys() and all(_same(child, second[step]) for step, child in first.items())


def _own_name(path):
    """What others would refer to an object by; None for what is no object of its own."""
    return None if isinstance(path[-1], str) or path[-1][0] == "member" else path[-1][1]
