# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values of options: checked before anything is asked of a firewall, and read back from its configuration."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from typing import Any, Iterable, Mapping

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import addresses, path as places, tree as trees
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import DesiredEntry, UNSET
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import WORDS
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.platform import Platform, version_text
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Entries, Group, Leaf, Members, Resource, Table, steps


# A variable of a Panorama template, which stands for an address, a name, an interface or an AS number.
_VARIABLE = re.compile(r"\$[0-9A-Za-z_.-]{1,62}")


def given(values):
    """The values without the options that were left out (Ansible passes those as None), at every depth."""
    if isinstance(values, dict):
        return {key: given(value) for key, value in values.items() if value is not None}
    if isinstance(values, (list, tuple)):
        return [given(value) for value in values]
    return values


def asked(nodes: Iterable[Any], options: Mapping[str, Any], prefix: str = "") -> dict:
    """What is asked of nodes by options that Ansible has read. An empty text asks for PAN-OS's own default, as if there were no text."""
    return {node.option: _asked(node, options[node.option], prefix + node.option) for node in nodes if options.get(node.option) is not None}


def asked_of(resource: Resource, options: Mapping[str, Any]) -> dict:
    """What is asked of a resource. What an object belongs to, and where it stands, has no default: there an empty text says nothing."""
    beside = {option: value for option, value in asked(resource.extra, options).items() if value is not UNSET}
    return {**asked(resource.table.nodes, options), **beside}


def _asked(node: Any, value: Any, where: str) -> Any:
    if isinstance(node, Group):
        return asked(node.nodes, value, f"{where}.")
    if isinstance(node, (Members, Entries)):
        return [_asked_item(node, item, f"{where}[{number}]") for number, item in enumerate(value, 1)]
    if value == "" and node.type == "secret":
        raise InvalidInput(f"{where} is empty")
    return UNSET if value == "" else value


def _asked_item(node: Any, item: Any, where: str) -> Any:
    name = item[node.key] if isinstance(item, dict) else item
    if name == "":
        raise InvalidInput(f"{where} is empty")
    return {node.key: name, **asked(node.nodes, item, f"{where}.")} if isinstance(item, dict) else item


def validate(entry: DesiredEntry, platform: Platform | None = None) -> list:
    """Refuse what the table of C(entry) (a DesiredEntry) does not allow; the message names the option. Returns warnings.

    Without a platform only what holds for every version is checked.
    """
    table, label = entry.table, entry.label
    if entry.state == "absent":
        return []
    _check_name(table, entry.name, label)
    if platform is not None and not platform.has(table.since):
        raise InvalidInput(f"{label}: needs PAN-OS {version_text(table.since)} or later; this firewall runs {version_text(platform.version)}")
    _check_nodes(table.nodes, entry.values, label, "", platform)
    _check_choices(table, entry.values, label, "")
    kept, warnings = _kept(entry.values), [f"{label}: {warning}" for warning in _without_prefix(table.nodes, entry.values, "")]
    for rule in table.rules:
        try:
            warning = rule(kept, platform)
        except InvalidInput as exc:
            raise InvalidInput(f"{label}: {exc}") from None
        warnings += [f"{label}: {warning}"] if warning else []
    return warnings


def _check_choices(holder, values, label, prefix):
    """Refuse options of several branches of one choice; C(holder): the table, group or list of entries they stand in."""
    for choice in holder.choices:
        taken: dict = {}
        for node in holder.nodes:
            branch = branch_of(choice, node)
            if branch and _says_something(node, values.get(node.option)):
                taken.setdefault(branch, prefix + node.option)
        if len(taken) > 1:
            raise InvalidInput(f"{label}: {' and '.join(taken.values())} exclude each other, give one of them")
    for node in holder.nodes:
        value = values.get(node.option)
        if isinstance(node, Group) and isinstance(value, dict):
            _check_choices(node, value, label, f"{prefix}{node.option}.")
        elif isinstance(node, Entries) and isinstance(value, list):
            for item in value:
                if isinstance(item, dict):
                    _check_choices(node, item, label, f"{prefix}{node.option}[{item[node.key]}].")


def branch_of(choice, node):
    """The branch of a choice that a node lies in; None where it lies in none."""
    place, path = steps(choice.path), steps(node.path)
    branch = path[len(place)] if path[:len(place)] == place and len(path) > len(place) else None
    return branch if branch in choice.branches else None


def _says_something(node: Any, value: Any) -> bool:
    if value is None or value is UNSET:
        return False
    if isinstance(node, Group):
        inner = [_says_something(below, value.get(below.option)) for below in node.nodes]
        return any(inner) or node.says_something_bare
    return bool(value) if isinstance(node, (Members, Entries)) or node.type == "empty" else True


def _kept(values):
    """The values without those that are to go, at every depth: a rule across options sees them as not given."""
    return {option: _kept(value) if isinstance(value, dict) else value for option, value in values.items() if value is not UNSET}


def refuse_incomplete(table: Table, values: Mapping[str, Any], label: str) -> None:
    """Refuse a new object without an option that it cannot work without."""
    for alternatives in table.required:
        if not any(_has(values, option.split(".")) for option in alternatives.split("|")):
            raise InvalidInput(f"{label} does not exist yet, and a new one needs {alternatives.replace('|', ' or ')}")


def _has(values: Any, names: Iterable[str]) -> bool:
    for name in names:
        values = values.get(name) if isinstance(values, dict) else None
    if isinstance(values, dict) and values:
        return any(value is not UNSET for value in values.values())
    return values is not None and values is not UNSET


def _check_name(table, name, label):
    if _VARIABLE.fullmatch(name):
        return
    if name in WORDS:
        raise InvalidInput(f"{label}: no object can have this name, PAN-OS means something else by it")
    if not re.fullmatch(table.name_pattern, name):
        raise InvalidInput(f"{label}: this is not a name that PAN-OS takes for a {table.kind}" + (f", such as {table.name_form}" if table.name_form else ""))
    if len(name) > table.name_length:
        raise InvalidInput(f"{label}: the name is {len(name)} characters long, PAN-OS allows {table.name_length}")


def _check_nodes(nodes, values, label, prefix, platform, keys=()):
    strangers = sorted(set(values) - {node.option for node in nodes} - set(keys))
    if strangers:
        engine = "the Advanced Routing Engine" if platform is not None and platform.advanced else "virtual routers"
        raise InvalidInput(f"{label}: {prefix}{strangers[0]} does not exist with {engine}")
    for node in nodes:
        value = values.get(node.option)
        if value is None or value is UNSET:
            continue
        option = prefix + node.option
        _check_version(node, value, f"{label}: {option}", platform)
        if isinstance(node, Group):
            _check_nodes(node.nodes, value, label, option + ".", platform)
        elif isinstance(node, Entries):
            for item in value:
                name = str(item[node.key] if isinstance(item, dict) else item)
                _check_entry_name(node, name, f"{label}: {option}[{_shortened(name)}]")
                if isinstance(item, dict):
                    _check_nodes(node.nodes, item, label, f"{option}[{name}].", platform, (node.key,))
        elif isinstance(node, Members):
            for item in value:
                _check_addressable(str(item), f"{label}: {option}")
                _check_scalar(node, item, f"{label}: {option}")
        else:
            _check_scalar(node, value, f"{label}: {option}")


def _check_addressable(name, where):
    """What is in a list is found, and taken out again, by an xpath."""
    if "'" in name and '"' in name:
        raise InvalidInput(f"{where}: '{_shortened(name)}' holds both kinds of quotes, PAN-OS's xpath cannot address it")


def _check_entry_name(node, name, where):
    _check_addressable(name, where)
    if node.max_length and len(name) > node.max_length:
        raise InvalidInput(f"{where}: the name is {len(name)} characters long, PAN-OS allows {node.max_length}")
    if _VARIABLE.fullmatch(name):
        return
    if node.name_pattern and not re.fullmatch(node.name_pattern, name):
        raise InvalidInput(f"{where}: this is not a name that PAN-OS takes")
    _check_form(node.form, name, where)


def _check_form(form, text, where):
    """Whether a text has one of the forms that are more than a pattern."""
    try:
        addresses.check(form, text)
    except ValueError as exc:
        raise InvalidInput(f"{where}: {exc}") from None


def _without_prefix(nodes: Iterable[Any], values: Mapping[str, Any], prefix: str) -> Iterable[str]:
    """Single addresses where networks can stand that look like networks without their prefix length."""
    for node in nodes:
        value, option = values.get(node.option), f"{prefix}{node.option}"
        if isinstance(node, Group) and isinstance(value, dict):
            yield from _without_prefix(node.nodes, value, f"{option}.")
        elif isinstance(node, Entries) and isinstance(value, list):
            for item in value:
                if isinstance(item, dict):
                    yield from _without_prefix(node.nodes, item, f"{option}[{item[node.key]}].")
        elif isinstance(node, (Leaf, Members)) and node.form in ("network or name", "traffic"):
            for text in value if isinstance(value, list) else [value]:
                meant = addresses.forgotten_prefix(text) if isinstance(text, str) else ""
                if meant:
                    yield f"{option}: {text} is a single address; if the network is meant, give {meant}, and {text}/32 if not"


def _check_version(node, value, where, platform):
    if platform is None:
        return
    if not platform.has(node.since):
        raise InvalidInput(f"{where} needs PAN-OS {version_text(node.since)} or later; this firewall runs {version_text(platform.version)}")
    for item in value if isinstance(value, list) else [value]:
        if not isinstance(item, str) or not isinstance(node, (Leaf, Members)):
            continue
        since, until = node.values_since.get(item), node.values_until.get(item)
        if since and not platform.has(since):
            raise InvalidInput(f"{where}: {item} needs PAN-OS {version_text(since)} or later; this firewall runs {version_text(platform.version)}")
        if until and platform.has(until):
            raise InvalidInput(f"{where}: PAN-OS {version_text(until)} and later no longer take {item}; "
                               f"this firewall runs {version_text(platform.version)}")


def _check_scalar(leaf, value, where):
    if leaf.type in ("bool", "empty"):
        return
    secret = leaf.type == "secret"
    if leaf.choices and value not in leaf.choices:
        raise InvalidInput(f"{where}: {value!r} is not one of {', '.join(map(str, leaf.choices))}")
    if isinstance(value, str) and _VARIABLE.fullmatch(value) and not secret:
        return
    if leaf.type == "int":
        _check_range(leaf, value, where)
    if leaf.max_length and len(str(value)) > leaf.max_length:
        raise InvalidInput(f"{where}: {len(str(value))} characters, PAN-OS allows {leaf.max_length}")
    if isinstance(leaf, Leaf) and leaf.pattern and not re.fullmatch(leaf.pattern, str(value)):
        shown = "the value (not shown)" if secret else repr(value)
        raise InvalidInput(f"{where}: {shown} is not {leaf.form or f'of the form {leaf.pattern}'}")
    if not getattr(leaf, "pattern", None):
        _check_form(leaf.form, str(value), where)


def _check_range(leaf, value, where):
    low, high = leaf.minimum, leaf.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        raise InvalidInput(f"{where}: {value} is outside {low} to {high}{' ' + leaf.unit if leaf.unit else ''}")


def read(nodes: Iterable[Any], existing: ET.Element, choices: tuple = ()) -> dict:
    """The options that would recreate what C(existing) holds, as far as options can say it; secrets are left out."""
    undecided = undecided_nodes(nodes, existing, choices)
    values = {}
    for node in nodes:
        element = places.find(existing, steps(node.path))
        value = None if element is None or node in undecided else _read_node(node, element)
        if value is not None:
            values[node.option] = value
    return values


def _read_node(node, element):
    if isinstance(node, Group):
        return read(node.nodes, element, node.choices) or ({} if node.says_something_bare else None)
    if isinstance(node, Entries):
        found = sayable(node, element)
        if not node.nodes:
            return [entry.get("name") for entry in found] or None
        return [{node.key: entry.get("name"), **read(node.nodes, entry, node.choices)} for entry in found] or None
    if isinstance(node, Members):
        return [_typed(node, text_in(member)) for member in sayable(node, element)] or None
    if node.type == "secret":
        return None
    if node.type == "empty":
        return True
    return _typed(node, text_in(element)) if sayable(node, element) else None


def text_in(element: ET.Element) -> str:
    return (element.text or "").strip()


def sayable(node: Any, element: ET.Element) -> list[ET.Element]:
    """What an option can say of a leaf's element (the element itself) or of a list (its items).

    What no option can say is never read, and so never written back, reset or removed. An empty element says nothing.
    """
    if isinstance(node, Leaf):
        return [element] if node.type == "secret" or _is_sayable(node, text_in(element)) else []
    tag, name = ("entry", _name_of) if isinstance(node, Entries) else ("member", text_in)
    items = [item for item in element if item.tag == tag]
    found = [item for item in items if _is_sayable(node, name(item))]
    if getattr(node, "ordered", False) and len(found) < len([item for item in items if name(item)]):
        # The order is one statement: without one of its words it would be another.
        return []
    return found if getattr(node, "repeated", False) else list({name(item): item for item in reversed(found)}.values())[::-1]


def _name_of(entry: ET.Element) -> str:
    return entry.get("name") or ""


def _is_sayable(node: Any, text: str) -> bool:
    if isinstance(node, Entries):
        try:
            _check_entry_name(node, text, "")
        except InvalidInput:
            return False
        return bool(text)
    value = _typed(node, text)
    if value is None or value == "":
        return False
    try:
        _check_scalar(node, value, "")
    except InvalidInput:
        return False
    return True


def _typed(node, text):
    """The value that a text stands for; None for a word in the place of a number or of yes and no (a template's variable, C(inherit))."""
    if node.type == "bool":
        return {"yes": True, "no": False}.get(text)
    if node.type == "int":
        return int(text) if re.fullmatch(r"-?\d+", text) else None
    return text


def speaks(nodes: Iterable[Any], branch: str, element: ET.Element) -> bool:
    """Whether a branch of a choice means something where it stands: an empty container is left over, an empty element of another kind is a value."""
    containers = [node for node in nodes if steps(node.path)[:1] == (branch,) and not _is_flag(node, branch)]
    flags = [node for node in nodes if _is_flag(node, branch)]
    return bool(flags) or not containers or not trees.is_hollow(element)


def _is_flag(node: Any, branch: str) -> bool:
    """Whether a node makes its branch mean something without content."""
    if steps(node.path) != (branch,):
        return False
    return node.says_something_bare if isinstance(node, Group) else isinstance(node, Leaf) and node.type == "empty"


def undecided_nodes(nodes: Iterable[Any], existing: ET.Element | None, choices: Iterable[Any]) -> list:
    """The nodes of a choice of which several branches stand: which one holds is not for us to say."""
    found = []
    for choice in choices:
        branches = [child for child in places.children(existing, steps(choice.path)) if child.tag in choice.branches]
        if len(branches) < 2:
            continue
        own = [node for node in nodes if branch_of(choice, node)]
        below = [_from_choice(choice, node) for node in own]
        if len([child for child in branches if speaks(below, child.tag, child)]) > 1:
            found += own
    return found


def _from_choice(choice: Any, node: Any) -> Any:
    """The node with its path from the place of the choice on."""
    return replace(node, path="/".join(steps(node.path)[len(steps(choice.path)):]))


def untold(table: Any, existing: ET.Element | None) -> list[str]:
    """What C(read) leaves out of an object, each as a path with its words: it stays as it is, and is named. Secrets are no part of it."""
    if existing is None:
        return []
    strangers = [path for path in unknown(table.nodes, existing) if path not in table.holds]
    return strangers + _unsaid(table.nodes, existing, table.choices, "")


def _unsaid(nodes: Iterable[Any], existing: ET.Element, choices: Iterable[Any], prefix: str) -> list[str]:
    undecided = undecided_nodes(nodes, existing, choices)
    found = []
    for node in nodes:
        element = places.find(existing, steps(node.path))
        if element is None:
            continue
        where = f"{prefix}{node.path}"
        if node in undecided:
            found.append(f"{where} beside another of what excludes it")
        elif isinstance(node, Group):
            found += _unsaid(node.nodes, element, node.choices, where + "/")
        else:
            found += [f"{where} {word}" for word in _left_out(node, element)]
            for entry in sayable(node, element) if isinstance(node, Entries) else ():
                found += _unsaid(node.nodes, entry, node.choices, f"{where}/{entry.get('name')}/")
    return found


def _left_out(node: Any, element: ET.Element) -> list[str]:
    """The words of a leaf or a list that no option can say."""
    if getattr(node, "type", "") in ("secret", "empty"):
        return []
    told = sayable(node, element)
    if isinstance(node, Leaf):
        words = [] if told else [text_in(element)]
    else:
        words = [_name_of(item) or text_in(item) for item in element if item.tag in ("entry", "member") and item not in told]
    return [_shortened(word) for word in words if word]


def _shortened(word: str) -> str:
    return word if len(word) <= 60 else f"{word[:60]}…"


def unknown(nodes: Iterable[Any], existing: ET.Element | None, prefix: str = "") -> list[str]:
    """Paths of elements below C(existing) that no node of the table describes: they stay, and are named."""
    if existing is None:
        return []
    known = [(steps(node.path), node) for node in nodes]
    found = []
    for element in existing:
        below = [(path[1:], node) for path, node in known if path and path[0] == element.tag]
        where = f"{prefix}{element.tag}"
        if not below:
            found.append(where)
            continue
        found.extend(_unknown_below(below, element, where))
    return found


def _unknown_below(below: list[tuple], element: ET.Element, where: str) -> list[str]:
    ends = [node for path, node in below if not path]
    deeper = [(path, node) for path, node in below if path]
    found = []
    for node in ends:
        if isinstance(node, Group):
            found.extend(unknown(node.nodes, element, where + "/"))
        elif isinstance(node, Entries):
            for entry in element:
                if entry.tag == "entry":
                    found.extend(unknown(node.nodes, entry, f"{where}/{entry.get('name')}/"))
    items = {"entry": any(isinstance(node, Entries) for node in ends), "member": any(isinstance(node, Members) for node in ends)}
    if any(isinstance(node, Group) for node in ends):
        return found
    for child in element:
        matching = [(path[1:], node) for path, node in deeper if path[0] == child.tag]
        if matching:
            found.extend(_unknown_below(matching, child, f"{where}/{child.tag}"))
        elif not items.get(child.tag):
            found.append(f"{where}/{child.tag}")
    return found
