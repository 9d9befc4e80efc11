# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How much one function, one condition and one expression hold: in what grows past these limits hides something that has no name yet."""

from __future__ import annotations

import ast
import itertools

import pytest

FOLDERS = ("plugins", "tools", "tests/lab")
BRANCHES = (ast.If, ast.For, ast.While, ast.ExceptHandler, ast.IfExp, ast.comprehension)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
BLOCKS = (ast.If, ast.For, ast.While, ast.With, ast.Try)


def terms(condition: ast.expr) -> int:
    return sum(map(terms, condition.values)) if isinstance(condition, ast.BoolOp) else 1


def statements(function: ast.AST) -> int:
    return sum(isinstance(node, ast.stmt) for node in ast.walk(function)) - 1


def branches(function: ast.AST) -> int:
    """The ways through a function, in the manner of McCabe."""
    nodes = list(ast.walk(function))
    return 1 + sum(isinstance(node, BRANCHES) for node in nodes) + sum(len(node.values) - 1 for node in nodes if isinstance(node, ast.BoolOp))


def depth(node: ast.AST) -> int:
    inner = max(map(depth, ast.iter_child_nodes(node)), default=0)
    return inner + isinstance(node, BLOCKS)


def comprehensions(expression: ast.AST) -> int:
    return sum(isinstance(node, COMPREHENSIONS) for node in ast.walk(expression))


# What is measured: of which nodes, how, and the most there may be.
LIMITS = {
    "statements of a function": (ast.FunctionDef, statements, 36),
    "ways through a function": (ast.FunctionDef, branches, 29),
    "blocks in one another": (ast.FunctionDef, depth, 7),
    "terms of a condition": (ast.BoolOp, terms, 6),
    "comprehensions in one another": (COMPREHENSIONS, comprehensions, 4),
}


def test_nothing_holds_more_than_can_be_read_at_once(repository):
    found = {}
    for file in itertools.chain.from_iterable((repository / folder).rglob("*.py") for folder in FOLDERS):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            for what, (kinds, measure, most) in LIMITS.items():
                if isinstance(node, kinds) and measure(node) > most:
                    found[f"{file.relative_to(repository)}:{node.lineno}"] = f"{measure(node)} {what}"
    assert found == {}


@pytest.mark.parametrize("text, measure, size", [
    ("a and (b or c) and not d", terms, 4),
    ("def f():\n  if a and b:\n    for c in d:\n      pass", branches, 4),
    ("def f():\n  if a:\n    for c in d:\n      pass", statements, 3),
    ("def f():\n  if a:\n    for c in d:\n      pass\n  if b:\n    pass", depth, 2),
    ("[a for a in [b for b in c] if {d for d in a}]", comprehensions, 3),
])
def test_how_it_is_measured(text, measure, size):
    (found,) = ast.parse(text).body
    assert measure(found.value if isinstance(found, ast.Expr) else found) == size
