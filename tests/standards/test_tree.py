# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every file of a kind has in common."""

from __future__ import annotations

import json
import pathlib
import re
import subprocess
import sys

import pytest
import yaml
from ruff import find_ruff_bin

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device import sdk

ROOT = pathlib.Path(__file__).resolve().parents[2]
HEADER = """\
# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""
# Ansible gives modules this first line; it is replaced by the interpreter of the host.
SHEBANG = "#!/usr/bin/python\n"
NAMELESS = re.compile(r"(^|_)(utils?|helpers?|common|misc|managers?)($|_)")
PYTHON_FILES = sorted(path for folder in ("plugins", "tests", "tools") for path in (ROOT / folder).rglob("*.py") if path.stat().st_size)
ROLES = sorted(path.parent.parent for path in (ROOT / "roles").glob("*/meta/argument_specs.yml"))


def load(path: pathlib.Path) -> dict:
    return yaml.safe_load(path.read_text(encoding="utf-8")) or {}


def relative(path: pathlib.Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_python_files_begin_with_the_licence():
    assert [relative(path) for path in PYTHON_FILES if not path.read_text(encoding="utf-8").removeprefix(SHEBANG).startswith(HEADER)] == []


def test_roles_and_playbooks_are_written_as_ansible_lint_wants_them():
    """It says the same, minutes later."""
    rules = {"line-length": {"max": 160}, "indentation": {"spaces": 2, "indent-sequences": True}, "trailing-spaces": "enable"}
    command = [sys.executable, "-m", "yamllint", "--format", "parsable", "-d", json.dumps({"rules": rules}), "playbooks", "roles"]
    checked = subprocess.run(command, cwd=ROOT, check=False, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert checked.returncode == 0, checked.stdout


def test_lines_are_as_the_sanity_tests_want_them():
    """ansible-test says the same, minutes later; its settings are those of its file C(pep8/ignore) for collections."""
    rules = ["--isolated", "--no-cache", "--preview", "--select", "E,W,F401,F811,F841,B006,S101", "--ignore", "E203,E402,E731,E741", "--line-length", "160",
             "--per-file-ignores", "t*/**.py:S101"]
    # What ruff does not know: continuation lines, and lines that are one long word.
    others = ["--select", "E12,E13,E501", "--max-line-length", "160"]
    commands = [[str(find_ruff_bin()), "check", *rules, "--output-format", "concise"], [sys.executable, "-m", "pycodestyle", *others]]
    for command in commands:
        checked = subprocess.run([*command, "plugins", "tests", "tools"], cwd=ROOT, check=False, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        assert checked.returncode == 0, checked.stdout


def test_names_say_what_is_inside():
    # These are Ansible's words, not ours.
    places = {part for path in PYTHON_FILES for part in path.relative_to(ROOT).with_suffix("").parts} - {"module_utils", "plugin_utils"}
    assert sorted(place for place in places if NAMELESS.search(place)) == []


@pytest.mark.parametrize("path", sorted((ROOT / "changelogs" / "fragments").glob("*.yml")), ids=lambda path: path.stem)
def test_a_changelog_fragment_is_lists_of_sentences(path):
    """A colon and a blank in a sentence make it something else."""
    assert [entry for sentences in load(path).values() for entry in sentences if not isinstance(entry, str)] == []


def test_no_sanity_finding_is_ignored():
    assert list((ROOT / "tests" / "sanity").glob("ignore*")) == []


def test_galaxy_metadata_suit_the_hubs():
    galaxy = load(ROOT / "galaxy.yml")
    assert galaxy["dependencies"] == {}
    assert re.fullmatch(r"\d+\.\d+\.\d+", galaxy["version"])
    assert len(galaxy["tags"]) <= 20
    assert {"networking", "security", "cloud"} & set(galaxy["tags"])
    assert "tests/lab" not in galaxy["build_ignore"]


def test_unit_requirements_hold_the_collection_s_own():
    unit = set((ROOT / "tests" / "unit" / "requirements.txt").read_text(encoding="utf-8").splitlines())
    assert set((ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()) <= unit


def test_one_range_of_pan_os_python_is_stated():
    """The requirements say it for pip, the code and the documentation for people."""
    required = next(line for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines() if line.startswith(sdk.LIBRARY))
    oldest, upper = re.fullmatch(rf"{sdk.LIBRARY}>=([\d.]+)\.0,<(\d+)", required).groups()
    assert sdk.RELEASES == f">= {oldest}, < {upper}"
    assert f"- {sdk.LIBRARY} {sdk.RELEASES}" in (ROOT / "plugins" / "doc_fragments" / "provider.py").read_text(encoding="utf-8")
    pages = [ROOT / "README.md", *(ROOT / "docs" / "docsite" / "rst").glob("*.rst")]
    installed = [line for page in pages for line in page.read_text(encoding="utf-8").splitlines() if "pip install" in line and sdk.LIBRARY in line]
    assert installed and all(f"'{sdk.LIBRARY}<{upper}'" in line for line in installed)
    pinned = re.search(rf"{sdk.LIBRARY}==([\d.]+)", (ROOT / "execution-environment" / "requirements.txt").read_text(encoding="utf-8"))[1]
    assert [int(number) for number in oldest.split(".")] <= [int(number) for number in pinned.split(".")] < [int(upper)]


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_role_defaults_equal_their_documentation(role):
    options = load(role / "meta" / "argument_specs.yml")["argument_specs"]["main"]["options"]
    documented = {name: option["default"] for name, option in options.items() if "default" in option}
    assert load(role / "defaults" / "main.yml") == documented


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_role_variables_begin_with_its_name(role):
    options = load(role / "meta" / "argument_specs.yml")["argument_specs"]["main"]["options"]
    assert [name for name in options if not name.startswith(f"{role.name}_")] == []


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_role_is_described(role):
    assert (role / "README.md").is_file()
    assert load(role / "meta" / "main.yml")["galaxy_info"]["description"]


def test_operational_commands_stand_in_one_place():
    """As words or as XML: what is sent is named once, so that whoever has a real firewall can record all of it."""
    verbs = "show|check|request|test|clear|revert|validate|load|save|set"
    nouns = "vpn|routing|advanced-routing|system|config|jobs|pbf|interface|high-availability|devices|running"
    literal = re.compile(rf"""["'](<({verbs})>|({verbs}) ({nouns})\b)""")
    rooms = ROOT / "plugins" / "module_utils"
    found = [f"{path.relative_to(rooms)}: {line.strip()}" for path in sorted(rooms.rglob("*.py")) if path.name != "commands.py"
             for line in path.read_text(encoding="utf-8").splitlines() if literal.search(line)]
    assert found == []
