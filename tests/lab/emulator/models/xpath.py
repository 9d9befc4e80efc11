# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The xpaths that requests carry.

Nearly all are steps down with a name or a text at some of them: child axis, ``entry[@name='x']`` with either quote, ``member[text()='x']``, ``or``
between conditions, ``//``, no trailing slash. These are quick, and the only ones that may name a place to write at. Whatever else is valid XPath is read by
``xpath_expression``.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.errors import BadXpath, Unauthorized
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models import xpath_expression
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.tree import Path, Tree
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.xpath_expression import Node

_STEP = re.compile(r"(?P<axis>//?)(?P<tag>\*|[A-Za-z_][\w.\-]*)")
_CONDITION = re.compile(r"""\s*(?P<left>@[\w.\-]+|text\(\))\s*=\s*(?:'(?P<single>[^']*)'|"(?P<double>[^"]*)")\s*""")
_OR = re.compile(r"or\b")
_ATTRIBUTE_ONLY = re.compile(r"\s*@name\s*\]")


@dataclass(frozen=True)
class XpathStep:
    """A tag with the alternatives of its predicate, each ("@name" or "text()", value)."""

    tag: str
    conditions: tuple[tuple[str, str], ...] = ()
    anywhere: bool = False

    def matches(self, element: ET.Element) -> bool:
        if self.tag not in ("*", element.tag):
            return False
        if not self.conditions:
            return True
        return any(
            (element.text or "") == value if left == "text()" else element.get(left[1:]) == value
            for left, value in self.conditions
        )


@dataclass(frozen=True)
class Xpath:
    text: str
    steps: tuple[XpathStep, ...]

    def select(self, tree: Tree) -> list[list[ET.Element]]:
        """Every match as the chain of elements from the root down to it, in document order."""
        first, rest = self.steps[0], self.steps[1:]
        if first.anywhere or not first.matches(tree.root):
            return []
        chains = [[tree.root]]
        for step in rest:
            chains = [found for chain in chains for found in _matches_below(chain, step)]
        return chains

    def location(self) -> Path:
        """The one place that a writing action means. Raises BadXpath where the xpath leaves it open."""
        path = []
        for step in self.steps:
            if step.anywhere or step.tag == "*" or len(step.conditions) > 1:
                raise BadXpath(f"{self.text} does not name one object")
            wanted = {"entry": "@name", "member": "text()"}.get(step.tag)
            if any(left != wanted for left, dummy in step.conditions):
                raise BadXpath(f"{self.text} does not name one object")
            path.append((step.tag, step.conditions[0][1] if step.conditions else None))
        return tuple(path)


def _matches_below(chain: list[ET.Element], step: XpathStep) -> list[list[ET.Element]]:
    if not step.anywhere and len(step.conditions) == 1 and step.conditions[0][0] == "@name":
        # By far the most frequent step, and lists may hold tens of thousands of entries.
        tag, name = step.tag, step.conditions[0][1]
        return [[*chain, child] for child in chain[-1] if child.get("name") == name and child.tag == tag]
    found = []
    for child in chain[-1]:
        deeper = [*chain, child]
        if step.matches(child):
            found.append(deeper)
        if step.anywhere:
            found.extend(_matches_below(deeper, step))
    return found


def read(text: str, tree: Tree) -> list[Node]:
    """What an xpath selects, in document order. Raises Unauthorized, Malformed, and BadXpath for valid XPath that is not known here."""
    try:
        return [Node(tuple(chain)) for chain in parse_xpath(text).select(tree)]
    except BadXpath:
        return xpath_expression.select(text.strip(), tree.root)


def parse_xpath(text: str) -> Xpath:
    """Raises Unauthorized for what does not begin at /config (so the real device), BadXpath for what is malformed."""
    text = text.strip()
    if not re.match(r"/config(?![\w.\-])", text):
        raise Unauthorized()
    steps = []
    position = 0
    while position < len(text):
        match = _STEP.match(text, position)
        if match is None:
            raise BadXpath(f"{text} is not a valid xpath")
        conditions, position = _parse_predicates(text, match.end())
        steps.append(XpathStep(match.group("tag"), conditions, anywhere=match.group("axis") == "//"))
    return Xpath(text, tuple(steps))


def _parse_predicates(text: str, position: int) -> tuple[tuple[tuple[str, str], ...], int]:
    if text[position:position + 1] != "[":
        return (), position
    position += 1
    named = _ATTRIBUTE_ONLY.match(text, position)
    if named:
        return (), named.end()
    conditions = []
    while True:
        match = _CONDITION.match(text, position)
        if match is None:
            raise BadXpath(f"{text} is not a valid xpath")
        value = match.group("single") if match.group("single") is not None else match.group("double")
        conditions.append((match.group("left"), value))
        position = match.end()
        alternative = _OR.match(text, position)
        if alternative:
            position = alternative.end()
        elif text[position:position + 1] == "]":
            return tuple(conditions), position + 1
        else:
            raise BadXpath(f"{text} is not a valid xpath")
