# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What C(make resource) writes holds up: with the two pages written anew, only the emulator and a person's words are missing."""

from __future__ import annotations

import pathlib
import shutil
import subprocess
import sys

import pytest
import yaml

from ansible_collections.tunnelsmith.panos_vpn.tests.standards.test_resources import DOORS, FOLDER, RUNTIME, TESTS, missing

ROOT = pathlib.Path(__file__).resolve().parents[2]
NEEDED = ("plugins", "tools", "meta", "docs", "galaxy.yml", "tests/conftest.py", "tests/unit/plugins", "tests/lab")
NODES = '''Leaf("watts", "power/watts", "int", minimum=1, maximum=100, unit="watts"),
        Leaf("colour", "colour", choices=("red", "green")),
        Group("place", "place", (Leaf("room", "room", max_length=20),)),
        Entries("owners", "owners", (Leaf("since", "since"),), max_length=31),'''


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A copy of what the tools read and write."""
    tmp_path = tmp_path_factory.mktemp("checkout")
    for name in NEEDED:
        source, there = ROOT / name, tmp_path / name
        there.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, there, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, there)
    return tmp_path


def run(checkout: pathlib.Path, tool: str, *arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, f"tools/{tool}.py", *arguments], cwd=checkout, capture_output=True, text=True, timeout=120, check=False)


def done(checkout: pathlib.Path, tool: str, *arguments: str) -> None:
    process = run(checkout, tool, *arguments)
    assert process.returncode == 0, process.stdout + process.stderr


REFUSED = {
    "no name": ([], "usage"),
    "a name that is none": (["Lamp-1", "network/lamps"], "usage"),
    "no place": (["lamp"], "PLACE="),
    "one that is there": (["zone", "vsys/zone"], "is there already"),
}


@pytest.mark.parametrize("arguments, words", REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_written_is_refused(checkout, arguments, words):
    process = run(checkout, "new_resource", *arguments)
    assert process.returncode
    assert words in process.stderr


def test_a_resource_is_written_in_two_steps(checkout):
    done(checkout, "new_resource", "lamp", "network/lamps")
    table = checkout / FOLDER / "lamp.py"
    source = table.read_text(encoding="utf-8").replace('Leaf("comment", "comment", max_length=1023),', NODES)
    table.write_text(source.replace("import Leaf,", "import Entries, Group, Leaf,"), encoding="utf-8")
    done(checkout, "new_resource", "lamp")
    done(checkout, "transaction_documentation")
    done(checkout, "option_tables")
    assert missing(checkout) == []
    namespace: dict = {}
    door = (checkout / DOORS / "lamp.py").read_text(encoding="utf-8")
    exec(compile(door.partition("\nfrom ansible_collections")[0], "lamp", "exec"), namespace)
    options = yaml.safe_load(namespace["DOCUMENTATION"])["options"]
    assert options["watts"] == {"description": "TODO. 1 to 100 watts.", "type": "int"}
    assert options["colour"]["choices"] == ["red", "green"]
    assert options["place"]["suboptions"]["room"]["description"] == "TODO. At most 20 characters."
    assert options["owners"]["suboptions"]["name"]["required"] is True
    assert yaml.safe_load(namespace["EXAMPLES"]) and yaml.safe_load(namespace["RETURN"])
    test = (checkout / TESTS / "test_lamp.py").read_text(encoding="utf-8")
    compile(test, "test_lamp", "exec")
    runtime = (checkout / RUNTIME).read_text(encoding="utf-8")
    before = (ROOT / RUNTIME).read_text(encoding="utf-8").splitlines()
    assert [line for line in runtime.splitlines() if line not in before] == ["    - lamp", "    lamp:"]


def test_nothing_is_left_to_be_written_by_a_person():
    folders = (FOLDER, DOORS, TESTS)
    assert [str(path.relative_to(ROOT)) for folder in folders for path in (ROOT / folder).glob("*.py") if "TODO" in path.read_text(encoding="utf-8")] == []
