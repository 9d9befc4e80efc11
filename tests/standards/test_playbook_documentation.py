# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every variable of every playbook is described, checked and on the page; every variable of a role is in its README."""

from __future__ import annotations

import importlib
import pathlib
import re
import subprocess
import sys

import pytest
import yaml

from ansible_collections.tunnelsmith.panos_vpn.plugins.lookup import vpn_asked
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import arguments

ROOT = pathlib.Path(__file__).resolve().parents[2]
pages = importlib.import_module("playbook_documentation")
# The one that they depend on has no variables.
ROLES = sorted(path.parent.parent.name for path in (ROOT / "roles").glob("*/meta/argument_specs.yml"))


def code(playbook: str) -> str:
    """A playbook without its comments."""
    return re.sub(r"^\s*#.*$", "", (ROOT / "playbooks" / f"{playbook}.yml").read_text(encoding="utf-8"), flags=re.MULTILINE)


def named(family: str, text: str) -> set[str]:
    """The variables that begin with a family's name. Those with underscores in front are nobody's to set."""
    described = pages.options(pages.SPECS / f"{family}.yml")
    return {name for name in re.findall(r"(?<![\w.'])[a-z]\w*", text) if name.startswith(f"{family}_") or name == family and name in described}


def used(family: str, text: str) -> set[str]:
    """The same, with those that the lookup C(vpn_asked) reads by the family's name."""
    return named(family, text) | ({f"{family}_{each}" for each in vpn_asked.READ} if f"vpn_asked', '{family}'" in text else set())


def test_the_page_is_up_to_date():
    done = subprocess.run([sys.executable, str(ROOT / "tools" / "playbook_documentation.py"), "--check"], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_every_setting_of_the_awx_content_has_a_meaning_of_its_own():
    meanings = [meaning for _name, _default, meaning in pages.settings()]
    assert meanings and [name for name, _default, meaning in pages.settings() if not meaning or meanings.count(meaning) > 1] == []


@pytest.mark.parametrize("playbook", pages.playbooks())
def test_every_variable_of_a_playbook_is_described(playbook):
    family = pages.family_of(playbook)
    role = ROOT / "roles" / family / "meta" / "argument_specs.yml"
    known = {**pages.options(pages.SPECS / f"{family}.yml"), **(pages.options(role) if role.is_file() else {})}
    names = {name for name in named(family, code(playbook)) if name.rstrip("_") not in pages.playbooks()}
    assert sorted(names - set(known)) == []


@pytest.mark.parametrize("family", pages.families())
def test_what_is_described_is_used(family):
    included = [path.read_text(encoding="utf-8") for path in (ROOT / "playbooks" / "tasks").glob("*.yml")]
    text = "\n".join([*included, *(code(playbook) for playbook in pages.playbooks() if pages.family_of(playbook) == family)])
    assert sorted(set(pages.options(pages.SPECS / f"{family}.yml")) - used(family, text)) == []


def is_checked(role: str, text: str) -> bool:
    """Whether the variables of a playbook or role are asked for, by itself or by what it depends on."""
    depends = f"variable_check_of: {role}\n" in text or f"default('{role}') }}}}\"\n" in text
    return depends or f"'tunnelsmith.panos_vpn.variable_problems', '{role}'" in text


@pytest.mark.parametrize("playbook", pages.playbooks())
def test_a_playbook_checks_its_variables(playbook):
    """By itself, by its role, or by the playbook that it begins with."""
    family = pages.family_of(playbook)
    roles = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "roles").glob("*/*/*.yml"))
    assert is_checked(family, code(playbook) + roles) or "import_playbook: emulator_stop.yml" in code(playbook)


# Of a whole inventory, it asks nothing of hosts that are no ends of its connections.
BY_THEIR_ENDS = {"vpn_connections"}


@pytest.mark.parametrize("playbook", pages.playbooks())
def test_a_playbook_takes_no_whole_inventory_without_being_told(playbook):
    """Where several hosts are there and nobody says which are meant, it names the variable that says so."""
    plays = yaml.safe_load((ROOT / "playbooks" / f"{playbook}.yml").read_text(encoding="utf-8"))
    hosts = [found["hosts"] for found in plays if "hosts" in found and found["hosts"] != "localhost"]
    told = f"variable='{pages.family_of(playbook)}_hosts'"
    assert playbook in BY_THEIR_ENDS or [text for text in hosts if told not in text] == []


# It looks at a firewall as its inventory has it; one behind a Panorama is reached by its serial number.
OF_FIREWALLS_ALONE = {"vpn_verify", "vpn_report", "vpn_diagnose"}


def module_tasks(text: str) -> list[tuple[str, dict]]:
    """(module, its options) of the tasks of a playbook's plays."""
    tasks = [task for found in yaml.safe_load(text) for task in found.get("tasks", ())]
    ours = [(name.rpartition(".")[2], given) for task in tasks for name, given in task.items() if name.startswith("tunnelsmith.panos_vpn.")]
    return [(name, given) for name, given in ours if (ROOT / "plugins" / "modules" / f"{name}.py").is_file()]


@pytest.mark.parametrize("playbook", [name for name in pages.playbooks() if name not in OF_FIREWALLS_ALONE])
def test_a_playbook_asks_for_each_place_that_its_modules_take(playbook):
    """Where a module goes to a Panorama's templates and device groups, its playbook does, too."""
    lacking = {}
    for module, given in module_tasks((ROOT / "playbooks" / f"{playbook}.yml").read_text(encoding="utf-8")):
        spec = importlib.import_module(f"ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.{module}").argument_spec()
        lacking[module] = sorted((set(arguments.LOCATIONS) | {"push", "push_foreign"}) & set(spec) - set(given))
    assert {module: options for module, options in lacking.items() if options} == {}


@pytest.mark.parametrize("role", ROLES)
def test_every_variable_of_a_role_is_in_its_readme_and_its_checks(role):
    readme = (ROOT / "roles" / role / "README.md").read_text(encoding="utf-8")
    spec = pages.options(ROOT / "roles" / role / "meta" / "argument_specs.yml")
    assert [name for name in spec if f"`{name}`" not in readme and f"{name}:" not in readme] == []
    assert [name for name, option in spec.items() if not option.get("description")] == []
    tasks = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "roles" / role).rglob("*.yml"))
    assert is_checked(role, tasks)


@pytest.mark.parametrize("role", ROLES)
def test_the_defaults_of_a_role_are_those_that_are_described(role):
    spec = pages.options(ROOT / "roles" / role / "meta" / "argument_specs.yml")
    defaults = yaml.safe_load((ROOT / "roles" / role / "defaults" / "main.yml").read_text(encoding="utf-8"))
    assert {name: option["default"] for name, option in spec.items() if "default" in option} == defaults
