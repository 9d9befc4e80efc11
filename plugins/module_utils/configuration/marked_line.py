# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A line of our own in a comment that people write into too: a mark, and values as JSON behind it."""

from __future__ import annotations

import json
from typing import Any

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


def others(comment: str | None, mark: str) -> str:
    """The comment without the lines that begin with the mark."""
    return "\n".join(each for each in _lines(comment) if not each.startswith(mark))


def written(comment: str | None, mark: str, own: str) -> str:
    """The comment with C(own) as the only line of that mark, other lines as they are."""
    return "\n".join([*_lines(others(comment, mark)), own])
