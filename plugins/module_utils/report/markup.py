# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""HTML and SVG out of values. Whatever is no Markup is text and gets escaped: what firewalls say is not to be trusted."""

from __future__ import annotations

import html
import re

# Control characters, and those that turn the direction of what follows.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_VOID = ("meta", "rect", "line", "circle", "path", "br")


class Markup(str):
    """Finished markup. Only this room makes it."""


def text(value) -> Markup:
    """A value as text of a page; nothing for None."""
    if isinstance(value, Markup):
        return value
    return Markup("" if value is None else html.escape(_UNFIT.sub("\ufffd", str(value)), quote=True))


def tag(kind: str, *inner, **attributes) -> Markup:
    """An element. Attributes that are None are left out; C(class_) is C(class), and C(_) is C(-)."""
    given = "".join(f' {key.rstrip("_").replace("_", "-")}="{text(value)}"' for key, value in attributes.items() if value is not None)
    content = joined(inner)
    if kind in _VOID and not content:
        return Markup(f"<{kind}{given}/>")
    return Markup(f"<{kind}{given}>{content}</{kind}>")


def joined(parts) -> Markup:
    return Markup("".join(text(part) for part in parts))


def shortened(value: str, length: int) -> str:
    """A text that fits, with its end left out where it does not."""
    value = str(value)
    return value if len(value) <= length else value[:length - 1] + "\u2026"
