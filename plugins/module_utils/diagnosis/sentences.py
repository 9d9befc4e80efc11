# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A diagnosis as people read it."""

from __future__ import annotations


def first_causes(diagnosis, names) -> list:
    """The likeliest cause of each tunnel among C(names), one sentence each."""
    first: dict = {}
    for found in diagnosis:
        if found["tunnel"] in names:
            first.setdefault(found["tunnel"], found)
    return [f"{found['confidence']} cause for '{name}': {found['cause']} ({found['id']}); to mend it: {found['fix']}{_more(found)}"
            for name, found in first.items()]


def lines(diagnosis) -> list:
    """Every cause, with what shows it and what mends it."""
    told = []
    for found in diagnosis:
        told.append(f"{found['tunnel']}: {found['cause']} ({found['confidence']}, {found['id']})")
        told += [f"  shown by: {evidence}" for evidence in found["evidence"]]
        told.append(f"  to mend it: {found['fix']}")
        told += [f"  more: {found['link']}"] if found.get("link") else []
    return told


def _more(found) -> str:
    return f" (see {found['link']})" if found.get("link") else ""
