# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The documentation's pages are listed, and what they send readers to is there."""

from __future__ import annotations

import pathlib
import re

import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCSITE = ROOT / "docs" / "docsite"
PAGES = sorted((DOCSITE / "rst").glob("*.rst"))
NAMED = re.compile(r"tunnelsmith\.panos_vpn\.((?:\w+\.)*[a-z]\w*)")
# What is not an entry point of the collection: documentation labels, the action groups, the lab.
OTHERS = ("docsite.", "all", "cloud", "tests.")
FOLDERS = ("plugins/modules", "plugins/filter", "plugins/lookup", "plugins/test", "plugins/inventory", "playbooks")
ENTRY_POINTS = {path.stem for folder in FOLDERS for path in (ROOT / folder).glob("[a-z]*.*")}
ENTRY_POINTS |= {path.name for path in (ROOT / "roles").iterdir()}


def test_every_page_is_listed():
    sections = yaml.safe_load((DOCSITE / "extra-docs.yml").read_text(encoding="utf-8"))["sections"]
    assert sorted(name for section in sections for name in section["toctree"]) == [page.stem for page in PAGES]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [page.stem for page in PAGES if f"`{page.stem}`" not in readme] == []


@pytest.mark.parametrize("page", [*PAGES, ROOT / "README.md"], ids=lambda page: page.stem)
def test_what_a_page_names_is_in_the_collection(page):
    named = {name.replace("awx.", "awx/") for name in NAMED.findall(page.read_text(encoding="utf-8")) if not name.startswith(OTHERS)}
    assert sorted(name for name in named if name not in ENTRY_POINTS and not (ROOT / "playbooks" / f"{name}.yml").exists()) == []


def test_what_a_page_refers_to_is_there():
    """Sphinx says the same of the whole site; this needs no build."""
    texts = {page: page.read_text(encoding="utf-8") for page in [*PAGES, ROOT / "tools" / "docs" / "landing.rst"]}
    labels = {label for text in texts.values() for label in re.findall(r"^\.\. _(\S+):$", text, re.MULTILINE)}
    referred = {(page.stem, target) for page, text in texts.items() for target in re.findall(r":ref:`[^`]*<(\S+?)>`", text)}
    assert sorted((page, target) for page, target in referred if target not in labels) == []


def test_the_first_page_leads_to_every_page_for_beginners():
    first = (ROOT / "tools" / "docs" / "landing.rst").read_text(encoding="utf-8")
    sections = yaml.safe_load((DOCSITE / "extra-docs.yml").read_text(encoding="utf-8"))["sections"]
    wanted = [page for section in sections[:2] for page in section["toctree"] if page != "security"]
    assert [page for page in wanted if f"docsite.{page}>" not in first] == []


@pytest.mark.parametrize("target", sorted(set(re.findall(r"(?:^\s*|`)make ([a-z][a-z-]+)\b", "\n".join(
    page.read_text(encoding="utf-8") for page in [*PAGES, ROOT / "README.md", ROOT / "CONTRIBUTING.md"]), re.MULTILINE))))
def test_a_make_target_that_is_named_exists(target):
    assert re.search(rf"^{target}:|^lint docs:.*\b{target}\b", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_goes_on_in_a_cell_is_set_in_below_its_text(page):
    """Below its dash it would end the table."""
    tables = re.findall(r"^\.\. list-table::\n((?:   .*\n|\n)+)", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert [line for table in tables for line in table.splitlines() if re.match(r" {4,6}(?!-( |$))\S", line)] == []


@pytest.mark.parametrize("page", [*PAGES, ROOT / "README.md"], ids=lambda page: page.stem)
def test_no_line_of_a_page_ends_with_blanks(page):
    """Such a line of a generated page is a cell that nothing was found for."""
    assert [line for line in page.read_text(encoding="utf-8").splitlines() if line != line.rstrip()] == []
