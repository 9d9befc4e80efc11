# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rows of values in which every pair of values of two columns stands somewhere, so that not every combination has to be tried."""

from __future__ import annotations

import itertools
from typing import Callable


def covering(columns: dict[str, tuple], allowed: Callable[[dict], bool]) -> list[dict]:
    """A short list of rows, always the same one. Pairs that no allowed row has are left out."""
    names = list(columns)
    pairs = {
        (one, first, other, second)
        for one, other in itertools.combinations(names, 2) for first in columns[one] for second in columns[other]
    }
    rows: list[dict] = []
    while pairs:
        begun = len(pairs)
        for start in sorted(pairs, key=repr):
            row = _row(columns, allowed, pairs, {start[0]: start[1], start[2]: start[3]})
            if row is not None:
                rows.append(row)
                pairs -= _pairs(row, names)
                break
            pairs.discard(start)
        if len(pairs) == begun:
            break
    return rows


def _row(columns: dict[str, tuple], allowed: Callable[[dict], bool], pairs: set, begun: dict) -> dict | None:
    """The begun row, completed with the values that cover most; None when no allowed row begins so."""
    row = dict(begun)
    for name in columns:
        if name not in row:
            values = sorted(columns[name], key=lambda value: -len(_pairs({**row, name: value}, list(columns)) & pairs))
            fitting = [value for value in values if allowed({**row, name: value})]
            if not fitting:
                return None
            row[name] = fitting[0]
    return row if allowed(row) else None


def _pairs(row: dict, names: list[str]) -> set:
    return {(one, row[one], other, row[other]) for one, other in itertools.combinations(names, 2) if one in row and other in row}
