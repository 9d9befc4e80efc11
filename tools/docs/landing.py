# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Gives the documentation site a first page that says where to begin, and a sidebar with captions.

antsibull-docs makes one page of links, guides and plugins. What it says of plugins becomes a page of its own here, so that the sidebar
shows guides by their sections, and plugins only to those who look for one.
"""

from __future__ import annotations

import pathlib
import re
import sys

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
SECTIONS = ROOT / "docs" / "docsite" / "extra-docs.yml"
LANDING = pathlib.Path(__file__).with_name("landing.rst")
TITLE = "All modules, roles and plugins"
_PLUGIN = re.compile(r"^    (\w+)_(module|role|filter|lookup|test|inventory)$", re.MULTILINE)


def of_plugins(index: str) -> str:
    """The page of plugins: antsibull's own without the guides, its entries by their short names."""
    head, rest = index.split("\n.. toctree::", 1)
    plugins = ".. _plugin_index_for" + rest.split(".. _plugin_index_for", 1)[1]
    head = re.sub(r"^.+\n=+$", f"{TITLE}\n{'=' * len(TITLE)}", head, count=1, flags=re.MULTILINE)
    return _PLUGIN.sub(r"    \1 <\1_\2>", f"{head}\n{plugins}")


def landing(sections: list[dict]) -> str:
    """The first page: what stands in landing.rst, then the sections of the sidebar."""
    trees = [_tree(section["title"], [f"docsite/{page}" for page in section["toctree"]]) for section in sections]
    reference = next(number for number, section in enumerate(sections) if section["title"] == "Reference")
    trees[reference] += "    plugins\n"
    return "\n".join([LANDING.read_text(encoding="utf-8"), *trees])


def _tree(caption: str, pages: list[str]) -> str:
    return f".. toctree::\n    :maxdepth: 1\n    :hidden:\n    :caption: {caption}\n\n" + "".join(f"    {page}\n" for page in pages)


def main(folder: str) -> None:
    index = pathlib.Path(folder) / "index.rst"
    index.with_name("plugins.rst").write_text(of_plugins(index.read_text(encoding="utf-8")), encoding="utf-8")
    index.write_text(landing(yaml.safe_load(SECTIONS.read_text(encoding="utf-8"))["sections"]), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
