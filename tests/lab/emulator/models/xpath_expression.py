# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""XPath 1.0 for reading: unions, attributes, positions, functions, and the axes that look up and down.

A device that reads "absent" where something stands makes its caller create it, so what is valid XPath is evaluated, and
the few things that are not known here (``BadXpath``) are refused and never answered as empty. ``Malformed`` is for text that is no XPath.
"""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from typing import Any, Callable, Iterator, NamedTuple

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.errors import BadXpath

_TOKEN = re.compile(r"""\s*(?:
    (?P<literal>'[^']*'|"[^"]*")
    |(?P<number>\d+(?:\.\d*)?|\.\d+)
    |(?P<symbol>//|::|\.\.|!=|<=|>=|[/|()\[\]@,=<>+\-.*])
    |(?P<name>[A-Za-z_][\w.\-]*)
)""", re.VERBOSE)

_NODE_TYPES = ("node", "text", "comment", "processing-instruction")


class Malformed(ValueError):
    """The text is no XPath."""


class Node(NamedTuple):
    """An element as the chain down to it, one of its attributes, or its text. The document itself has an empty chain."""

    chain: tuple[ET.Element, ...]
    attribute: str | None = None
    is_text: bool = False

    @property
    def element(self) -> ET.Element:
        return self.chain[-1]

    @property
    def is_element(self) -> bool:
        return bool(self.chain) and self.attribute is None and not self.is_text

    def value(self) -> str:
        if self.attribute is not None:
            return self.element.get(self.attribute, "")
        if self.is_text:
            return self.element.text or ""
        return "".join(self.element.itertext()) if self.chain else ""


class Context(NamedTuple):
    root: ET.Element
    node: Node
    position: int = 1
    size: int = 1


Expression = Callable[[Context], Any]


def select(text: str, root: ET.Element) -> list[Node]:
    """The nodes that an expression selects, each once and in document order. Raises Malformed and BadXpath."""
    found = _Parser(text).whole()(Context(root, Node(())))
    if not isinstance(found, list):
        raise BadXpath(f"{text} selects no nodes")
    return found


# Values.


def _string(value: Any) -> str:
    if isinstance(value, list):
        return value[0].value() if value else ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value)
    return value


def _number(value: Any) -> float:
    if isinstance(value, (bool, float)):
        return float(value)
    try:
        return float(_string(value))
    except ValueError:
        return math.nan


def _boolean(value: Any) -> bool:
    return not math.isnan(value) and value != 0 if isinstance(value, float) else bool(value)


_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda left, right: left == right, "!=": lambda left, right: left != right,
    "<": lambda left, right: left < right, "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right, ">=": lambda left, right: left >= right,
}

_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": lambda left, right: left + right, "-": lambda left, right: left - right, "*": lambda left, right: left * right,
    "div": lambda left, right: left / right if right else math.nan, "mod": lambda left, right: math.fmod(left, right) if right else math.nan,
}


def _compare(operator: str, left: Any, right: Any) -> bool:
    """Of node sets: whether any of their nodes compares so."""
    if isinstance(left, list) and not isinstance(right, bool):
        return any(_compare(operator, node.value(), right) for node in left)
    if isinstance(right, list) and not isinstance(left, bool):
        return any(_compare(operator, left, node.value()) for node in right)
    if operator not in ("=", "!=") or isinstance(left, float) or isinstance(right, float):
        left, right = _number(left), _number(right)
    elif isinstance(left, bool) or isinstance(right, bool):
        left, right = _boolean(left), _boolean(right)
    return _COMPARISONS[operator](left, right)


class _Order:
    """Sorts nodes as they stand in the document; each list of siblings is numbered once."""

    def __init__(self) -> None:
        self._numbered: dict[ET.Element, dict[ET.Element, int]] = {}

    def key(self, node: Node) -> tuple:
        places = []
        for parent, child in zip(node.chain, node.chain[1:]):
            numbers = self._numbered.get(parent)
            if numbers is None:
                numbers = self._numbered[parent] = {sibling: number for number, sibling in enumerate(parent)}
            places.append(numbers[child])
        if node.is_text or node.attribute is not None:
            places.append(-1)
        return tuple(places)


def _ordered(nodes: list[Node]) -> list[Node]:
    """Without repetitions. Elements compare by identity, so equal chains are the same place."""
    return sorted(dict.fromkeys(nodes), key=_Order().key)


# Axes: node, root → nodes, the nearest first.


def _children(node: Node, root: ET.Element) -> Iterator[Node]:
    if not node.chain:
        yield Node((root,))
    elif node.is_element:
        if node.element.text:
            yield Node(node.chain, is_text=True)
        for child in node.element:
            yield Node((*node.chain, child))


def _descendants(node: Node, root: ET.Element) -> Iterator[Node]:
    for child in _children(node, root):
        yield child
        yield from _descendants(child, root)


def _parent(node: Node, root: ET.Element) -> Iterator[Node]:
    if node.attribute is not None or node.is_text:
        yield Node(node.chain)
    elif node.chain:
        yield Node(node.chain[:-1])


def _ancestors(node: Node, root: ET.Element) -> Iterator[Node]:
    for above in _parent(node, root):
        yield above
        yield from _ancestors(above, root)


def _siblings(node: Node, step: int) -> Iterator[Node]:
    if not node.is_element or len(node.chain) < 2:
        return
    above = node.chain[:-1]
    siblings = list(above[-1])[::step]
    for sibling in siblings[siblings.index(node.element) + 1:]:
        yield Node((*above, sibling))


def _attributes(node: Node, root: ET.Element) -> Iterator[Node]:
    if node.is_element:
        for name in node.element.keys():
            yield Node(node.chain, attribute=name)


_AXES: dict[str, Callable[[Node, ET.Element], Iterator[Node]]] = {
    "child": _children,
    "descendant": _descendants,
    "descendant-or-self": lambda node, root: iter([node, *_descendants(node, root)]),
    "self": lambda node, root: iter([node]),
    "parent": _parent,
    "ancestor": _ancestors,
    "ancestor-or-self": lambda node, root: iter([node, *_ancestors(node, root)]),
    "attribute": _attributes,
    "following-sibling": lambda node, root: _siblings(node, 1),
    "preceding-sibling": lambda node, root: _siblings(node, -1),
}


@dataclass(frozen=True)
class _Step:
    axis: str
    test: str
    predicates: tuple[Expression, ...]

    def select(self, nodes: list[Node], root: ET.Element) -> list[Node]:
        found = []
        for node in nodes:
            reached = [each for each in _AXES[self.axis](node, root) if self._passes(each)]
            found.extend(_filtered(reached, self.predicates, root))
        return found

    def _passes(self, node: Node) -> bool:
        if self.test == "node()":
            return True
        if self.test == "text()":
            return node.is_text
        if self.axis == "attribute":
            return self.test in ("*", node.attribute)
        return node.is_element and self.test in ("*", node.element.tag)


_EVERYTHING_BELOW = _Step("descendant-or-self", "node()", ())


def _filtered(nodes: list[Node], predicates: tuple[Expression, ...], root: ET.Element) -> list[Node]:
    for predicate in predicates:
        size = len(nodes)
        nodes = [node for position, node in enumerate(nodes, start=1) if _holds(predicate(Context(root, node, position, size)), position)]
    return nodes


def _holds(value: Any, position: int) -> bool:
    """A number in brackets is a position."""
    return value == position if isinstance(value, float) else _boolean(value)


# Functions: context, values → value.


def _name_of(context: Context, nodes: list[Node] | None = None) -> str:
    node = next(iter(nodes), None) if nodes is not None else context.node
    if node is None or not node.chain:
        return ""
    return node.attribute or ("" if node.is_text else node.element.tag)


def _own(context: Context, value: Any = None) -> str:
    return context.node.value() if value is None else _string(value)


def _substring(context: Context, value: Any, begin: Any, length: Any = None) -> str:
    first = round(_number(begin))
    last = math.inf if length is None else first + round(_number(length))
    return "".join(letter for place, letter in enumerate(_string(value), start=1) if first <= place < last)


def _translate(context: Context, value: Any, old: Any, new: Any) -> str:
    replacements = _string(new)
    table = {ord(letter): replacements[place:place + 1] for place, letter in reversed(list(enumerate(_string(old))))}
    return _string(value).translate(table)


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "last": lambda context: float(context.size),
    "position": lambda context: float(context.position),
    "count": lambda context, nodes: float(len(nodes)),
    "name": _name_of,
    "local-name": _name_of,
    "string": _own,
    "number": lambda context, value=None: _number(_own(context) if value is None else value),
    "boolean": lambda context, value: _boolean(value),
    "not": lambda context, value: not _boolean(value),
    "true": lambda context: True,
    "false": lambda context: False,
    "contains": lambda context, value, part: _string(part) in _string(value),
    "starts-with": lambda context, value, start: _string(value).startswith(_string(start)),
    "string-length": lambda context, value=None: float(len(_own(context, value))),
    "normalize-space": lambda context, value=None: " ".join(_own(context, value).split()),
    "concat": lambda context, *values: "".join(_string(value) for value in values),
    "substring": _substring,
    "substring-before": lambda context, value, mark: _string(value).partition(_string(mark))[0] if _string(mark) in _string(value) else "",
    "substring-after": lambda context, value, mark: _string(value).partition(_string(mark))[2],
    "translate": _translate,
    "sum": lambda context, nodes: sum((_number(node.value()) for node in nodes), 0.0),
    "floor": lambda context, value: float(math.floor(_number(value))),
    "ceiling": lambda context, value: float(math.ceil(_number(value))),
    "round": lambda context, value: float(math.floor(_number(value) + 0.5)),
}


# Grammar.


class _Parser:
    """Recursive descent over the grammar of XPath 1.0; each method makes a function of the context."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(_tokens(text))
        self.at = 0

    def whole(self) -> Expression:
        expression = self._or()
        if self.at < len(self.tokens):
            raise Malformed(self.text)
        return expression

    def _peek(self, ahead: int = 0) -> tuple[str, str]:
        return self.tokens[self.at + ahead] if self.at + ahead < len(self.tokens) else ("end", "")

    def _accept(self, *values: str) -> str | None:
        kind, value = self._peek()
        if kind not in ("symbol", "name") or value not in values:
            return None
        self.at += 1
        return value

    def _expect(self, value: str) -> None:
        if self._accept(value) is None:
            raise Malformed(self.text)

    def _chain(self, operand: Callable[[], Expression], operators: tuple[str, ...],
               combine: Callable[[str, Expression, Expression], Expression]) -> Expression:
        """Operands of one rank, from the left."""
        left = operand()
        while True:
            operator = self._accept(*operators)
            if operator is None:
                return left
            left = combine(operator, left, operand())

    def _or(self) -> Expression:
        return self._chain(self._and, ("or",), _either)

    def _and(self) -> Expression:
        return self._chain(
            self._equality, ("and",), lambda dummy, left, right: lambda context: _boolean(left(context)) and _boolean(right(context)))

    def _equality(self) -> Expression:
        return self._chain(self._relation, ("=", "!="), _comparing)

    def _relation(self) -> Expression:
        return self._chain(self._sum, ("<", "<=", ">", ">="), _comparing)

    def _sum(self) -> Expression:
        return self._chain(self._product, ("+", "-"), _calculating)

    def _product(self) -> Expression:
        return self._chain(self._negation, ("*", "div", "mod"), _calculating)

    def _negation(self) -> Expression:
        if self._accept("-") is None:
            return self._union()
        inner = self._negation()
        return lambda context: -_number(inner(context))

    def _union(self) -> Expression:
        return self._chain(self._path, ("|",), self._uniting)

    def _uniting(self, operator: str, left: Expression, right: Expression) -> Expression:
        def united(context: Context) -> list[Node]:
            one, other = left(context), right(context)
            if not isinstance(one, list) or not isinstance(other, list):
                raise BadXpath(f"{self.text} unites what is no set of nodes")
            return _ordered(one + other)

        return united

    def _path(self) -> Expression:
        kind, value = self._peek()
        if kind in ("literal", "number") or value == "(" or self._is_call():
            return self._filtered_path()
        if value not in ("/", "//"):
            return _From(tuple(self._steps()))
        self.at += 1
        steps = [_EVERYTHING_BELOW] if value == "//" else []
        if value == "//" or self._begins_step():
            steps += self._steps()
        return lambda context: _walk([Node(())], steps, context.root)

    def _filtered_path(self) -> Expression:
        """A literal, a number, a call or brackets; with predicates and further steps behind it."""
        primary = self._primary()
        predicates = self._predicates()
        steps = []
        operator = self._accept("/", "//")
        if operator:
            steps = ([_EVERYTHING_BELOW] if operator == "//" else []) + self._steps()
        if not predicates and not steps:
            return primary

        def walked(context: Context) -> list[Node]:
            start = primary(context)
            if not isinstance(start, list):
                raise BadXpath(f"{self.text} walks from what is no set of nodes")
            return _walk(_filtered(start, predicates, context.root), steps, context.root)

        return walked

    def _primary(self) -> Expression:
        kind, value = self._peek()
        self.at += 1
        if kind == "literal":
            return _Literal(value[1:-1])
        if kind == "number":
            return lambda context: float(value)
        if value == "(":
            inner = self._or()
            self._expect(")")
            return inner
        return self._call(value)

    def _call(self, name: str) -> Expression:
        self._expect("(")
        arguments: list[Expression] = []
        if self._accept(")") is None:
            arguments.append(self._or())
            while self._accept(","):
                arguments.append(self._or())
            self._expect(")")
        function = _FUNCTIONS.get(name)
        if function is None:
            raise BadXpath(f"{name}() is not known here")
        return lambda context: self._called(function, context, arguments)

    def _called(self, function: Callable[..., Any], context: Context, arguments: list[Expression]) -> Any:
        try:
            return function(context, *[argument(context) for argument in arguments])
        except (AttributeError, TypeError):
            raise BadXpath(f"{self.text} calls a function with other arguments than it takes") from None

    def _is_call(self) -> bool:
        kind, value = self._peek()
        return kind == "name" and self._peek(1)[1] == "(" and value not in _NODE_TYPES

    def _begins_step(self) -> bool:
        kind, value = self._peek()
        return kind == "name" or value in ("*", "@", ".", "..")

    def _steps(self) -> list[_Step]:
        steps = [self._step()]
        while True:
            operator = self._accept("/", "//")
            if operator is None:
                return steps
            if operator == "//":
                steps.append(_EVERYTHING_BELOW)
            steps.append(self._step())

    def _step(self) -> _Step:
        if self._accept("."):
            return _Step("self", "node()", ())
        if self._accept(".."):
            return _Step("parent", "node()", ())
        axis = "attribute" if self._accept("@") else "child"
        kind, value = self._peek()
        if kind == "name" and self._peek(1)[1] == "::":
            self.at += 2
            if value not in _AXES:
                raise BadXpath(f"the axis {value} is not known here")
            axis = value
        return _Step(axis, self._node_test(), self._predicates())

    def _node_test(self) -> str:
        kind, value = self._peek()
        if kind != "name" and value != "*":
            raise Malformed(self.text)
        self.at += 1
        if self._peek()[1] != "(":
            return value
        self._expect("(")
        self._expect(")")
        if value not in ("node", "text"):
            raise BadXpath(f"{value}() is not known here")
        return f"{value}()"

    def _predicates(self) -> tuple[Expression, ...]:
        found = []
        while self._accept("["):
            found.append(self._or())
            self._expect("]")
        return tuple(found)


@dataclass(frozen=True)
class _Literal:
    text: str

    def __call__(self, context: Context) -> str:
        return self.text


@dataclass(frozen=True)
class _From:
    """What the steps lead to from where the expression is asked."""

    steps: tuple[_Step, ...]

    def __call__(self, context: Context) -> list[Node]:
        return _walk([context.node], list(self.steps), context.root)

    def attribute(self) -> str | None:
        """The attribute that this is and nothing else."""
        step = self.steps[0]
        is_attribute = len(self.steps) == 1 and step.axis == "attribute" and not step.predicates
        return step.test if is_attribute and step.test not in ("*", "node()", "text()") else None


@dataclass(frozen=True)
class _AttributeIn:
    """C(@name='a' or @name='b'), however many are asked for: each of tens of thousands of entries is looked at once."""

    attribute: str
    values: frozenset[str]

    def __call__(self, context: Context) -> bool:
        return context.node.is_element and context.node.element.get(self.attribute) in self.values


def _either(dummy: str, left: Expression, right: Expression) -> Expression:
    if isinstance(left, _AttributeIn) and isinstance(right, _AttributeIn) and left.attribute == right.attribute:
        return _AttributeIn(left.attribute, left.values | right.values)
    return lambda context: _boolean(left(context)) or _boolean(right(context))


def _comparing(operator: str, left: Expression, right: Expression) -> Expression:
    attribute = left.attribute() if isinstance(left, _From) else None
    if operator == "=" and attribute is not None and isinstance(right, _Literal):
        return _AttributeIn(attribute, frozenset([right.text]))
    return lambda context: _compare(operator, left(context), right(context))


def _calculating(operator: str, left: Expression, right: Expression) -> Expression:
    return lambda context: _ARITHMETIC[operator](_number(left(context)), _number(right(context)))


def _walk(nodes: list[Node], steps: list[_Step], root: ET.Element) -> list[Node]:
    for step in steps:
        nodes = step.select(nodes, root)
    straight_down = all(step.axis == "child" for step in steps)
    # Where siblings stand is told by numbering all of them, and a condition about a name is asked of each of a thousand.
    return nodes if straight_down or len(nodes) < 2 else _ordered(nodes)


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    position, end = 0, len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position)
        if match is None:
            raise Malformed(text)
        yield match.lastgroup or "", match.group(match.lastgroup or 0)
        position = match.end()
