# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names that PAN-OS takes for an object, whichever it is."""

from __future__ import annotations

import re

# What a pattern of names begins with, word for word.
_LITERALLY = re.compile(r"(?:[A-Za-z0-9_-]|\\[.$-])*")


def name_for(table, number: int = 5) -> str:
    """A name for an object of a table: another one for each number."""
    prefix = _LITERALLY.match(table.name_pattern).group().replace("\\", "")
    names = (f"thing-{number}", f"{prefix}{number}")
    return next(name for name in names if re.fullmatch(table.name_pattern, name))
