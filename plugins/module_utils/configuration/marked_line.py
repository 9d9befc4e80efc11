# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A line of our own in a comment that people write into too: a mark, and values as JSON behind it."""

from __future__ import annotations

import json
import re
from typing import Any, Iterator

#: How many characters PAN-OS takes in the comment of a tunnel and of an interface.
COMMENT_LENGTH = 1023


def contents(comment: str | None, mark: str) -> list:
    """What stands behind the mark, of each line that begins with it; None for what is no JSON."""
    return [_read(line[len(mark):]) for line in _lines(comment) if line.startswith(mark)]


def _lines(comment: str | None) -> list[str]:
    """By line ends alone: Python's own division takes other characters of people's words away."""
    return comment.split("\n") if comment else []


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def line(mark: str, content: dict) -> str:
    return mark + json.dumps(content, separators=(",", ":"), sort_keys=True)


def shown(comment: str) -> list[str]:
    """A comment's lines as people read them: one of ours as one line for each of its values."""
    found: list[str] = []
    for each in comment.splitlines():
        mark, content = _marked(each)
        found += [f"{mark} {part}" for part in _parts(content)] if content else [each]
    return found


def _marked(text: str) -> tuple[str, dict]:
    found = re.fullmatch(r"(tunnelsmith[\w -]*?) (\{.*\})", text)
    content = _read(found.group(2)) if found else None
    return (found.group(1), content) if found and isinstance(content, dict) else ("", {})


def _parts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (f"{key or '-'} {part}" for key, inner in sorted(value.items()) for part in _parts(inner))
    elif isinstance(value, list):
        yield " ".join(map(str, value))
    else:
        yield value if value and isinstance(value, str) else json.dumps(value)


def others(comment: str | None, mark: str) -> str:
    """The comment without the lines that begin with the mark."""
    return "\n".join(each for each in _lines(comment) if not each.startswith(mark))


def written(comment: str | None, mark: str, own: str) -> str:
    """The comment with C(own) as the only line of that mark, other lines as they are."""
    return "\n".join([*_lines(others(comment, mark)), own])
