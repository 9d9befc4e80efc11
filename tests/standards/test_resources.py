# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The folder of resources is the list of resources: what each of its files needs elsewhere is there, or is missed by its name.

The emulator's schema is looked at in C(test_option_tables.py), which reads the tables.
"""

from __future__ import annotations

import ast
import pathlib
import re
import shutil

import pytest
import yaml

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.registry import RESOURCES

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = pathlib.PurePath("plugins", "module_utils", "resources")
DOORS = pathlib.PurePath("plugins", "modules")
TESTS = pathlib.PurePath("tests", "unit", "plugins", "modules")
TRANSACTION = DOORS / "transaction.py"
REGISTRY = pathlib.PurePath("plugins", "module_utils", "registry.py")
RUNTIME = pathlib.PurePath("meta", "runtime.yml")
PAGE = pathlib.PurePath("docs", "docsite", "rst", "options.rst")
IMPORTED = "ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources"


def missing(root: pathlib.Path) -> list[str]:
    """What resources and doors below C(root) lack."""
    files = {path.stem: path for path in sorted((root / FOLDER).glob("[a-z]*.py"))}
    doors = {path.stem: path for path in sorted((root / DOORS).glob("[a-z]*.py"))}
    runtime = yaml.safe_load((root / RUNTIME).read_text(encoding="utf-8"))
    packed, documented = imported(root / REGISTRY), items_of(root / TRANSACTION)
    headings = re.findall(r"(?m)^(\w+)\n-+$", (root / PAGE).read_text(encoding="utf-8"))
    found = []
    for name, file in files.items():
        needs = {
            f"{FOLDER}/{name}.py has no RESOURCE; what several resources share lies in parts/": "RESOURCE" in assigned(file),
            f"{DOORS}/{name}.py, the door of the resource": name in doors and name in imported(doors[name]),
            f"{REGISTRY}: the import of {name}; run tools/transaction_documentation.py": name in packed,
            f"{TRANSACTION}: the options of {name}; run tools/transaction_documentation.py": name in documented,
            f"{RUNTIME}: {name} in the action group": name in runtime["action_groups"]["all"],
            f"{RUNTIME}: the route of {name}": name in runtime["plugin_routing"]["modules"],
            f"{PAGE}: the options of {name}; run tools/option_tables.py": name in headings,
            f"{TESTS}/test_{name}.py": (root / TESTS / f"test_{name}.py").is_file(),
        }
        found += [what for what, is_there in needs.items() if not is_there]
    for file in (root / REGISTRY, *doors.values()):
        strangers = imported(file) - files.keys()
        found += [f"{FOLDER}/{stranger}.py, which {file.relative_to(root)} imports" for stranger in sorted(strangers)]
    return found


def tree(file: pathlib.Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def assigned(file: pathlib.Path) -> set[str]:
    """The names that a module gives a value."""
    targets = [target for node in tree(file).body if isinstance(node, ast.Assign) for target in node.targets]
    return {target.id for target in targets if isinstance(target, ast.Name)}


def imported(file: pathlib.Path) -> set[str]:
    """The resources that a file imports."""
    found = set()
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.ImportFrom) and node.module == IMPORTED:
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{IMPORTED}."):
            found.add(node.module.removeprefix(f"{IMPORTED}.").partition(".")[0])
    return found


def items_of(file: pathlib.Path) -> dict:
    """What the module C(transaction) documents of its items."""
    documentation = next(node.value.value for node in tree(file).body
                         if isinstance(node, ast.Assign) and node.targets[0].id == "DOCUMENTATION")
    return yaml.safe_load(documentation)["options"]["items"]["suboptions"]


def test_nothing_is_missing():
    assert missing(ROOT) == []


def test_each_file_is_the_resource_of_its_name():
    assert sorted(RESOURCES) == sorted(path.stem for path in (ROOT / FOLDER).glob("[a-z]*.py"))


@pytest.fixture
def copy(tmp_path):
    """The files that are looked at, in a tree of their own."""
    for folder in (FOLDER, DOORS, TESTS):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in (RUNTIME, PAGE, REGISTRY):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, tmp_path / file)
    assert missing(tmp_path) == []
    return tmp_path


def rewritten(file: pathlib.Path, pattern: str, text: str = "") -> None:
    source = file.read_text(encoding="utf-8")
    changed = re.sub(pattern, text, source, count=1)
    assert changed != source
    file.write_text(changed, encoding="utf-8")


def without(file, pattern: str, text: str = ""):
    """Takes a part of a file away."""
    return lambda root: rewritten(root / file, pattern, text)


def unlinked(file):
    return lambda root: (root / file).unlink()


# What is taken away from the zone, and what is then missed.
TAKEN = {
    "the resource": (unlinked(FOLDER / "zone.py"), [
        "resources/zone.py, which plugins/module_utils/registry.py imports", "resources/zone.py, which plugins/modules/zone.py imports"]),
    "the door": (unlinked(DOORS / "zone.py"), ["modules/zone.py, the door"]),
    "the import in the door": (without(DOORS / "zone.py", r"\nfrom [\w.]+\.resources\.zone import RESOURCE"), ["modules/zone.py, the door"]),
    "RESOURCE": (without(FOLDER / "zone.py", r"\nRESOURCE = ", "\nOTHER = "), ["resources/zone.py has no RESOURCE"]),
    "the import for a program": (without(REGISTRY, r"    zone,\n"), ["the import of zone;"]),
    "the item of a transaction": (without(TRANSACTION, r"\n      zone:\n", "\n      zones:\n"), ["the options of zone;"]),
    "the action group": (without(RUNTIME, r"    - zone\n"), ["zone in the action group"]),
    "the route": (without(RUNTIME, r"    zone:\n      action_plugin: [\w.]+\n"), ["the route of zone"]),
    "the page of options": (without(PAGE, r"\nzone\n----\n"), ["options.rst: the options of zone;"]),
    "the unit test": (unlinked(TESTS / "test_zone.py"), ["modules/test_zone.py"]),
}


@pytest.mark.parametrize("take, told", TAKEN.values(), ids=TAKEN.keys())
def test_what_is_missing_is_named(copy, take, told):
    take(copy)
    found = missing(copy)
    assert len(found) == len(told)
    assert [words for words, what in zip(told, found) if words not in what] == []


def test_a_resource_that_has_nothing_else_lacks_everything(copy):
    (copy / FOLDER / "lamp.py").write_text("RESOURCE = None\n", encoding="utf-8")
    found = missing(copy)
    assert len(found) == 7
    assert all("lamp" in what for what in found)


# Files that look through folders, and what they find there.
SEARCHES = {
    "registry.py": ("parts/[a-z]*.py", "resources/[a-z]*.py"),
    "peers/rules.py": ("peers/*/rules.py",),
}
# These look through folders for filters alone, which run where the whole collection is.
FOR_FILTERS = ("peers/readers.py", "peers/sheet.py")


def test_what_is_searched_for_is_imported_by_name_too():
    """Where Ansible packs a module as a program, what is not imported by name is not there: a search would find less, and not say so."""
    house = ROOT / "plugins" / "module_utils"
    searching = [path for path in house.rglob("*.py") if re.search(r"pkgutil|import_module", path.read_text(encoding="utf-8"))]
    assert {path.relative_to(house).as_posix() for path in searching} == {*SEARCHES, *FOR_FILTERS}
    for file, patterns in SEARCHES.items():
        there = {".".join(path.relative_to(house).with_suffix("").parts) for pattern in patterns for path in house.glob(pattern)}
        by_name = {f"{node.module}.{alias.name}" for node in ast.walk(tree(house / file)) if isinstance(node, ast.ImportFrom) for alias in node.names}
        assert sorted(there - {name.removeprefix(f"{IMPORTED.removesuffix('.resources')}.") for name in by_name}) == [], file


@pytest.mark.parametrize("file", FOR_FILTERS)
def test_what_looks_through_folders_for_filters_is_in_no_module(file):
    name = file.removesuffix(".py").replace("/", ".")
    by_file = {path: path.read_text(encoding="utf-8") for folder in ("plugins/modules", "plugins/module_utils") for path in (ROOT / folder).rglob("*.py")}
    imports = re.compile(rf"module_utils\.{re.escape(name)} import|module_utils\.{name.partition('.')[0]} import .*\b{name.partition('.')[2]}\b")
    # A product's own sheet is found by it, and knows its types.
    assert [str(path) for path, text in by_file.items() if imports.search(text) and path.name != "sheet.py"] == []
