# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Frozen types whose fields say what they are. An argument spec, the plain mapping that goes through playbooks, the reading of
such a mapping and its documentation follow from the type, each by one function, so that its shape is written down once.

A field is a text, a number, a truth value, another such type, or a tuple of one of them; C(None) says that nothing is known.
"""

from __future__ import annotations

import dataclasses
import functools
import types
import typing
from typing import Any, TypeVar

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import addresses
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput

_SAID = "said"
_TYPES: dict = {str: "str", int: "int", bool: "bool"}

T = TypeVar("T")


@dataclasses.dataclass(frozen=True)
class Said:
    """What a field says of itself. C(told): it is in the plain mapping even where nothing is known, as V(null).

    C(unit), C(limits): what a number counts, and the smallest and largest that make sense. C(source): where that, or what the field means, is written.
    C(form): V(address) or V(network), for a text that is one of those.
    """

    description: tuple[str, ...]
    required: bool = False
    secret: bool = False
    told: bool = False
    form: str = ""
    choices: tuple[str, ...] = ()
    sample: object = None
    unit: str = ""
    limits: tuple[int, int] | None = None
    source: str = ""

    @property
    def range(self) -> str:
        """Unit and limits, in words."""
        words = f"{self.limits[0]} to {self.limits[1]}" if self.limits else ""
        return " ".join(part for part in (words, self.unit) if part)


@dataclasses.dataclass(frozen=True)
class Field:
    """One field of a type. C(kind): V(str), V(int), V(bool) or another such type; C(many): whether it holds a tuple of them."""

    name: str
    kind: type
    many: bool
    said: Said

    @property
    def is_nested(self) -> bool:
        return dataclasses.is_dataclass(self.kind)

    @property
    def type(self) -> str:
        """Ansible's word for one of its values."""
        return "dict" if self.is_nested else _TYPES[self.kind]


def said(*description: str, default: Any = dataclasses.MISSING, **more: Any) -> Any:
    """A field of such a type. A secret never is in the C(repr) of what holds it."""
    words = Said(description, **more)
    return dataclasses.field(  # pylint: disable=invalid-field-call
        default=default, repr=not words.secret, metadata={_SAID: words})


def fields_of(kind: Any) -> tuple[Field, ...]:
    """The fields of a type, in their order."""
    return _fields_of(kind)


@functools.lru_cache(maxsize=None)
def _fields_of(kind: Any) -> tuple[Field, ...]:
    hints = typing.get_type_hints(kind)
    return tuple(Field(each.name, *_kind_of(hints[each.name]), each.metadata[_SAID]) for each in dataclasses.fields(kind))


def _kind_of(hint: Any) -> tuple[type, bool]:
    """(what a field holds, whether it holds a tuple of them); C(None) beside it is only that nothing may be known."""
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        (hint,) = (part for part in typing.get_args(hint) if part is not type(None))
    if typing.get_origin(hint) is tuple:
        return typing.get_args(hint)[0], True
    return hint, False


def argument_spec(kind: type) -> dict:
    """The argument spec that reads this type."""
    return {field.name: _spec(field) for field in fields_of(kind)}


def _spec(field: Field) -> dict:
    spec: dict = {"type": "list", "elements": field.type} if field.many else {"type": field.type}
    if field.said.required:
        spec["required"] = True
    if field.said.secret:
        spec["no_log"] = True
    if field.said.choices:
        spec["choices"] = list(field.said.choices)
    if field.is_nested:
        spec["options"] = argument_spec(field.kind)
    return spec


def documentation(kind: type) -> dict:
    """The documentation of that argument spec."""
    return {field.name: _documented(field) for field in fields_of(kind)}


def _documented(field: Field) -> dict:
    found = _described(field)
    if field.said.required:
        found["required"] = True
    if field.said.choices:
        found["choices"] = list(field.said.choices)
    if field.is_nested:
        found["suboptions"] = documentation(field.kind)
    return found


def returned(kind: type) -> dict:
    """The documentation of the plain mapping that is returned."""
    return {field.name: _documented_return(field) for field in fields_of(kind)}


def _documented_return(field: Field) -> dict:
    found = _described(field)
    if not field.said.told and not field.said.required:
        found["returned"] = "when it is known"
    if field.said.sample is not None:
        found["sample"] = field.said.sample
    if field.is_nested:
        found["contains"] = returned(field.kind)
    return found


def _described(field: Field) -> dict:
    description = list(field.said.description)
    if field.said.range:
        description[-1] += f" In {field.said.range}." if field.said.limits is None else f" {field.said.range[0].upper()}{field.said.range[1:]}."
    found: dict = {"description": description if len(description) > 1 else description[0]}
    found.update({"type": "list", "elements": field.type} if field.many else {"type": field.type})
    return found


def plain(value: Any) -> dict:
    """A value of such a type as a mapping of plain values, without what is not known of it."""
    found = {}
    for field in fields_of(type(value)):
        here = getattr(value, field.name)
        if field.said.told or here not in (None, "", ()):
            found[field.name] = _plain(here)
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return plain(value) if dataclasses.is_dataclass(value) else value


def read(kind: type[T], mapping: Any, place: str) -> T:
    """A value of this type from a plain mapping, such as the one that C(plain) makes. C(place): what the mapping is called in errors."""
    if not isinstance(mapping, dict):
        # A text may be a whole document, with keys in it.
        what = "a text" if isinstance(mapping, str) else _worded(mapping)
        raise InvalidInput(f"{place}: {what} is given where options belong")
    known = {field.name: field for field in fields_of(kind)}
    foreign = [str(name) for name in mapping if name not in known]
    if foreign:
        raise InvalidInput(f"{place}: there is no {', '.join(foreign)}; there are {', '.join(known)}")
    missing = [name for name, field in known.items() if field.said.required and mapping.get(name) in (None, "")]
    if missing:
        raise InvalidInput(f"{place}: {', '.join(missing)} is missing")
    values = {name: value for name, value in mapping.items() if value is not None}
    return kind(**{name: _read(known[name], value, f"{place}.{name}") for name, value in values.items()})


def _read(field: Field, value: Any, place: str) -> Any:
    if not field.many:
        return _one(field, value, place)
    if not isinstance(value, (list, tuple)):
        raise InvalidInput(f"{place}: {_worded(value)} is given where a list belongs")
    return tuple(_one(field, item, f"{place}[{number}]") for number, item in enumerate(value, 1))


def _one(field: Field, value: Any, place: str) -> Any:
    if field.is_nested:
        return read(field.kind, value, place)
    found: bool | int | str | None
    if field.kind is bool or isinstance(value, bool):
        found = value if field.kind is bool and isinstance(value, bool) else None
    elif field.kind is int:
        found = int(value) if isinstance(value, int) or (isinstance(value, str) and value.strip().isdigit()) else None
    else:
        found = str(value) if isinstance(value, (str, int)) else None
    if found is None:
        raise InvalidInput(f"{place}: {'it' if field.said.secret else _worded(value)} is no {_WORDS[field.kind]}")
    if field.said.limits and isinstance(found, int) and not field.said.limits[0] <= found <= field.said.limits[1]:
        raise InvalidInput(f"{place}: {found} is not within {field.said.range}")
    if found and field.said.choices and str(found) not in field.said.choices:
        raise InvalidInput(f"{place}: '{found}' is none of {', '.join(field.said.choices)}")
    if found and field.said.form:
        _refuse_other_form(field.said.form, str(found), place)
    return found


def _refuse_other_form(form: str, text: str, place: str) -> None:
    try:
        addresses.check(form, text)
    except ValueError:
        raise InvalidInput(f"{place}: '{text}' is no {form}") from None


_WORDS: dict = {str: "text", int: "number", bool: "truth value"}


def _worded(value: Any) -> str:
    if isinstance(value, dict):
        return "a dictionary"
    return "a list" if isinstance(value, (list, tuple)) else f"'{value}'"
