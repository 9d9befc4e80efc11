# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The emulator reads XPath as libxml2 does: a table of what people send, and expressions that nobody thought of."""

from __future__ import annotations

import random
import xml.etree.ElementTree as ET

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.errors import BadXpath
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models import xpath_expression
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.tree import Tree, UndoLog
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.xpath import read
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.xpath_expression import Malformed

TEXT = (
    "<config><a><entry name='x' uuid='1'><m>1</m><m>2</m><b><m>3</m></b></entry><entry name='y'><m>2</m><b/></entry></a>"
    "<b><entry name='x'><layer3><member>e1</member><member>e2</member></layer3></entry><entry name='z'>text</entry></b></config>"
)

SENT = [
    "/config/a/entry/@name", "/config/a/entry[1]", "/config/a/entry[last()]", "/config/a/entry[position()>1]/@name",
    "/config/a/entry[@name='x' and m='2']", "/config/a/entry[@name='x' or @name='y']/m", "/config/a/entry[contains(@name,'x')]",
    "/config/b/entry[starts-with(@name,'z')]", "/config/a/entry[not(@uuid)]", "/config/b/entry[layer3/member='e2']",
    "/config/a/entry[(@name='x') or (m='9')]", "/config/a/entry/m/../@name", "/config/a/entry/b/..", "/config/b/entry/text()",
    "/config/b | /config/a/entry/m | /config/a", "/config//m", "/config//entry[@name='x']", "/config//m[1]", "(/config//m)[1]",
    "/config/*[2]/*", "/config/a/entry[count(m)=2]", "/config/a/entry[m=2]/m[.='2']", "/config/a/entry[@name!='x']",
    "/config/a/entry[m and b]", "/config/a/entry[string-length(@name)=1][2]", "/config/a/entry/following-sibling::entry",
    "/config/b/entry/preceding-sibling::*", "/config/a/entry/b/ancestor::*", "/config/a//node()", "/config/a/entry[normalize-space(m)='2']",
    "/config/a/entry[m > 1 and m * 2 = 4 - 0]", "/config/nothing|/config/b/entry[2]/@*", "/config/a/entry[concat(@name,'-',m)='x-1']",
    "/config/a/entry[substring-after(concat('p-',@name),'-')='y']", "/config/a/entry[translate(@name,'xy','ab')='b']", "//entry[b]/m",
    "/config/a/entry[@name='y' or @name='z' or @name=\"x\"]", "/config/a/entry[@name='q' or @uuid='1']", "/config/a/entry[m='2' or @name='y']",
    "/config//node()[@name='x' or @name='z']", "/config/a/entry[@*='1' or @*='y']", "/config/b/entry['z'=@name]/text()[@name='z' or @name='x']",
    "/config/a/entry/@name[@name='x' or .='y']", "/config/a/entry[@node()='1' or @name[.='y']='y']", "/config/a/entry[(@name='x' or @name='y')=false()]",
    "/config/a/entry[name()='entry' and @name=\"y\"]", "/config/a/self::node()/entry[true()]", "/config/a/entry[m=/config/a/entry[2]/m]",
]


def _mine(expression: str) -> list[str]:
    root = ET.fromstring(TEXT)
    places = {element: number for number, element in enumerate(root.iter())}
    return [f"{places[node.element]}{'@' + node.attribute if node.attribute else ''}{'#' if node.is_text else ''}"
            for node in xpath_expression.select(expression, root) if node.chain]


def _theirs(expression: str) -> list[str]:
    etree = pytest.importorskip("lxml.etree")
    root = etree.fromstring(TEXT)
    places = {element: number for number, element in enumerate(root.iter())}
    found = []
    for node in root.getroottree().xpath(expression):
        if isinstance(node, str):
            found.append(f"{places[node.getparent()]}{'@' + node.attrname if node.is_attribute else '#'}")
        else:
            found.append(str(places[node]))
    return found


@pytest.mark.parametrize("expression", SENT)
def test_reads_as_libxml2(expression):
    assert _mine(expression) == _theirs(expression)


@pytest.mark.parametrize("expression", [sent for sent in SENT if sent.startswith("/config")])
def test_quick_and_general_reading_agree(expression):
    root = ET.fromstring(TEXT)
    quick = read(expression, Tree(root, UndoLog()))
    assert [node for node in quick if not node.is_text] == [node for node in xpath_expression.select(expression, root) if not node.is_text]


_TESTS = ("a", "b", "m", "entry", "member", "*", ".", "..", "@name", "@*", "text()", "node()", "ancestor::*", "descendant::m",
          "following-sibling::*", "preceding-sibling::*[1]", "parent::entry", "descendant-or-self::*")
_PREDICATES = ("1", "last()", "position()=2", "@name='x'", "text()='2'", "m", "not(m)", "count(*)>1", "contains(.,'e')", "m=2", "m!=b")


class Expressions:
    """Made by chance, the same ones each time. (Not by Hypothesis, whose making of them took forty times as long as reading them.)"""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)

    def union(self) -> str:
        return "|".join(f"/config/{self._relative(3)}" for dummy in range(self._chance.randint(1, 3)))

    def _relative(self, depth: int) -> str:
        return self._chance.choice(("/", "//")).join(self._step(depth) for dummy in range(self._chance.randint(1, 3)))

    def _step(self, depth: int) -> str:
        test = self._chance.choice(_TESTS)
        predicates = () if test in (".", "..") else range(self._chance.randint(0, 2))
        return test + "".join(f"[{self._predicate(depth)}]" for dummy in predicates)

    def _predicate(self, depth: int) -> str:
        kind = self._chance.randrange(4) if depth else 0
        if kind == 1:
            return f"{self._predicate(depth - 1)} and {self._predicate(depth - 1)}"
        if kind == 2:
            return f"({self._predicate(depth - 1)}) or ({self._predicate(depth - 1)})"
        return self._relative(depth - 1) if kind == 3 else self._chance.choice(_PREDICATES)


@pytest.mark.parametrize("seed", range(10))
def test_generated_expressions_read_as_libxml2(seed):
    expressions = Expressions(seed)
    for dummy in range(60):
        expression = expressions.union()
        assert _mine(expression) == _theirs(expression), expression


@pytest.mark.parametrize("expression", ["/config/a/", "/config/a[", "/config/a]", "/config/a[@]", "/config/a||b", "/config/a['", "", "/config/a b"])
def test_what_is_no_xpath(expression):
    with pytest.raises(Malformed):
        xpath_expression.select(expression, ET.fromstring(TEXT))


@pytest.mark.parametrize("expression", ["/config/namespace::x", "/config/a[id('x')]", "/config/comment()", "count(/config)", "/config/a[not()]"])
def test_what_is_valid_and_not_known_is_refused(expression):
    with pytest.raises(BadXpath):
        xpath_expression.select(expression, ET.fromstring(TEXT))


def test_a_condition_about_names_looks_at_each_entry_once_and_numbers_no_siblings(monkeypatch):
    """A firewall with thousands of addresses is asked for hundreds of them at once; each would number all the others, and look at each of them."""
    root = ET.fromstring("<address>" + "".join(f'<entry name="host-{number}"/>' for number in range(2000)) + "</address>")
    numbered: list = []
    key = xpath_expression._Order.key
    monkeypatch.setattr(xpath_expression._Order, "key", lambda self, node: numbered.append(node) or key(self, node))
    walked: list = []
    walk = xpath_expression._walk
    monkeypatch.setattr(xpath_expression, "_walk", lambda *given: walked.append(given) or walk(*given))
    found = xpath_expression.select("/address/entry[@name='host-1999' or @name='host-7']", root)
    assert [node.element.get("name") for node in found] == ["host-7", "host-1999"]
    assert (len(walked), numbered) == (1, [])
