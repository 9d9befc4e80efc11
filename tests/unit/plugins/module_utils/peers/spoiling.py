# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a cloud's output can look like besides how it should: other spellings, and one value of it wrong."""

from __future__ import annotations

import copy
import re
from typing import Any, Iterator

JUNK: tuple[Any, ...] = (
    None, "", "nonsense", "*****", 0, -1, 99999999999, 1.5, True, [], {}, [None], ["x"], [[]], {"a": "b"}, [{"a": "b"}], "300.1.2.3", "::1")


def respelled(value: Any, key: Any) -> Any:
    """The document with its keys spelled as C(key) does it."""
    if isinstance(value, dict):
        return {key(name): respelled(item, key) for name, item in value.items()}
    return [respelled(item, key) for item in value] if isinstance(value, list) else value


def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def pascal(name: str) -> str:
    return name[:1].upper() + name[1:]


def places(value: Any, path: tuple = ()) -> Iterator[tuple]:
    """Where anything stands in a document."""
    if path:
        yield path
    for name, item in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(item, (*path, name))


def spoiled(document: Any, path: tuple, junk: Any) -> Any:
    """A copy with something else in one place."""
    whole = copy.deepcopy(document)
    here = whole
    for name in path[:-1]:
        here = here[name]
    here[path[-1]] = junk
    return whole


def without(document: Any, path: tuple) -> Any:
    """A copy without one place."""
    whole = copy.deepcopy(document)
    here = whole
    for name in path[:-1]:
        here = here[name]
    del here[path[-1]]
    return whole
