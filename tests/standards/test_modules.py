# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every module has: its place in the action group, complete documentation that says what its code does, a test."""

from __future__ import annotations

import ast
import functools
import importlib
import pathlib

import pytest
import yaml

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.registry import RESOURCES

ROOT = pathlib.Path(__file__).resolve().parents[2]
COLLECTION = "tunnelsmith.panos_vpn"
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("[a-z]*.py"))
# Those that talk to a cloud have a connection of their own, and a group: what a play sets for firewalls is not for them.
CLOUD = ["prisma_access_cloud", "prisma_access_cloud_info"]
ATTRIBUTES = ("check_mode", "diff_mode", "platform")
# What an option that stays silent about it has.
SILENT = {"type": "str", "required": False, "elements": None, "choices": [], "aliases": [], "default": None}

# How the firewall is reached and how long is waited for it: nothing that stands on it.
DEFAULTS = {"state", "lock_timeout", "progress", "provider.port", "provider.timeout", "provider.answer_limit", "provider.validate_certs"}

each_module = pytest.mark.parametrize("module", MODULES)


@functools.lru_cache(maxsize=None)
def texts(module: str) -> dict[str, str]:
    """DOCUMENTATION, EXAMPLES and RETURN of a module, read without importing it."""
    tree = ast.parse((ROOT / "plugins" / "modules" / f"{module}.py").read_text(encoding="utf-8"))
    return {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and isinstance(node.value, ast.Constant)
    }


@functools.lru_cache(maxsize=None)
def documentation(module: str) -> dict:
    """A module's DOCUMENTATION with its fragments laid under it, as Ansible does."""
    documented = yaml.safe_load(texts(module)["DOCUMENTATION"])
    for name in documented.get("extends_documentation_fragment", []):
        fragment = yaml.safe_load(fragment_text(name))
        for part in ("options", "attributes"):
            documented[part] = laid_over(fragment.get(part) or {}, documented.get(part) or {})
    return documented


def laid_over(under: dict, over: dict) -> dict:
    return {**under, **{key: {**under.get(key, {}), **value} for key, value in over.items()}}


def fragment_text(name: str) -> str:
    """The text of C(namespace.collection.fragment), or of its part C(.part)."""
    if name.startswith(f"{COLLECTION}."):
        package, name = f"ansible_collections.{COLLECTION}.plugins.doc_fragments", name.removeprefix(f"{COLLECTION}.")
    else:
        package, name = "ansible.plugins.doc_fragments", name.removeprefix("ansible.builtin.")
    file, _dot, part = name.partition(".")
    return getattr(importlib.import_module(f"{package}.{file}").ModuleDocFragment, (part or "documentation").upper())


def argument_spec(module: str) -> dict:
    return importlib.import_module(f"ansible_collections.{COLLECTION}.plugins.modules.{module}").argument_spec()


def shape(option: dict, inner: str) -> dict:
    """What documentation and argument spec both say of an option; C(inner) is the word for its sub-options."""
    told = {key: option.get(key, silence) for key, silence in SILENT.items()}
    told["choices"] = sorted(map(str, told["choices"] or []))
    told["aliases"] = sorted(told["aliases"] or [])
    return {**told, "suboptions": {name: shape(sub, inner) for name, sub in (option.get(inner) or {}).items()}}


def differences(documented: dict, coded: dict, place: str = "") -> list[str]:
    """Where two mappings of option shapes differ, by the path of the option."""
    found = [f"{place}{name}: not in the argument spec" for name in sorted(documented.keys() - coded.keys())]
    found += [f"{place}{name}: not documented" for name in sorted(coded.keys() - documented.keys())]
    for name in sorted(documented.keys() & coded.keys()):
        for key in SILENT:
            if documented[name][key] != coded[name][key]:
                found.append(f"{place}{name}: {key} is {documented[name][key]!r} in the documentation, {coded[name][key]!r} in the code")
        found += differences(documented[name]["suboptions"], coded[name]["suboptions"], f"{place}{name}.")
    return found


def runtime() -> dict:
    return yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))


def test_action_group_lists_every_module():
    assert runtime()["action_groups"] == {"all": [module for module in MODULES if module not in CLOUD], "cloud": CLOUD}


def test_every_module_runs_in_process():
    """A module without this route works, at several times the cost."""
    actions = {module: "site_to_site_vpn" if module == "site_to_site_vpn" else "transaction" for module in MODULES}
    assert runtime()["plugin_routing"]["modules"] == {module: {"action_plugin": f"{COLLECTION}.{action}"} for module, action in actions.items()}


@each_module
def test_documentation_equals_argument_spec(module):
    documented = {name: shape(option, "suboptions") for name, option in documentation(module)["options"].items()}
    coded = {name: shape(option, "options") for name, option in argument_spec(module).items()}
    assert differences(documented, coded) == []


def defaults(options: dict, place: str = "") -> set[str]:
    """The paths of all options that have a default."""
    found = {f"{place}{name}" for name, option in options.items() if option.get("default") is not None}
    return found.union(*(defaults(option.get("options") or {}, f"{place}{name}.") for name, option in options.items()))


@pytest.mark.parametrize("module", RESOURCES)
def test_no_option_of_a_resource_has_a_default(module):
    which = set(RESOURCES[module].identity)
    assert defaults(argument_spec(module)) - which == DEFAULTS
    assert defaults(argument_spec("transaction")["items"]["options"][module]["options"]) - which == {"state"}


@each_module
def test_documentation_is_complete(module):
    documented = documentation(module)
    assert documented["module"] == module
    assert documented["version_added"]
    assert any(name.startswith(f"{COLLECTION}.") for name in documented["extends_documentation_fragment"])
    assert ("scm" if module in CLOUD else "provider") in documented["options"]


@each_module
@pytest.mark.parametrize("attribute", ATTRIBUTES)
def test_attributes_are_declared(module, attribute):
    declared = documentation(module)["attributes"][attribute]
    assert declared["description"]
    if attribute == "platform":
        assert declared["platforms"] == ("Strata Cloud Manager" if module in CLOUD else "panos")
    else:
        assert declared["support"] in ("full", "partial", "none", "N/A")
        assert declared["support"] != "partial" or declared["details"]


@each_module
def test_examples_call_the_module_by_its_full_name(module):
    tasks = yaml.safe_load(texts(module)["EXAMPLES"])
    assert any(f"{COLLECTION}.{module}" in task for task in tasks)
    assert all(task["name"][0].isupper() for task in tasks)


@each_module
def test_every_returned_value_is_described(module):
    returned = yaml.safe_load(texts(module)["RETURN"])
    assert returned
    assert [name for name, value in returned.items() if not {"description", "returned", "type"} <= value.keys()] == []


@each_module
def test_module_has_a_unit_test(module):
    assert (ROOT / "tests" / "unit" / "plugins" / "modules" / f"test_{module}.py").is_file()


SPEC = {
    "name": {"type": "str", "required": True},
    "hash": {"type": "list", "elements": "str", "choices": ["sha256", "sha384"]},
    "lifetime": {"type": "dict", "options": {"hours": {"type": "int", "aliases": ["h"]}}},
}
DRIFTS = {
    "a missing option": ({"name": None}, "name: not documented"),
    "an extra option": ({"comment": {"type": "str"}}, "comment: not in the argument spec"),
    "another type": ({"hash": {"type": "str", "elements": "str", "choices": ["sha256", "sha384"]}}, "hash: type"),
    "a missing choice": ({"hash": {"type": "list", "elements": "str", "choices": ["sha256"]}}, "hash: choices"),
    "a default only in the documentation": ({"name": {"type": "str", "required": True, "default": "vpn"}}, "name: default"),
    "a sub-option that became required":
        ({"lifetime": {"type": "dict", "options": {"hours": {"type": "int", "aliases": ["h"], "required": True}}}}, "lifetime.hours: required"),
    "a missing sub-option": ({"lifetime": {"type": "dict"}}, "lifetime.hours: not documented"),
}


@pytest.mark.parametrize("changes, said", DRIFTS.values(), ids=DRIFTS.keys())
def test_a_drift_between_documentation_and_code_is_found(changes, said):
    documented = {name: option for name, option in {**SPEC, **changes}.items() if option}
    found = differences(*({name: shape(option, "options") for name, option in spec.items()} for spec in (documented, SPEC)))
    assert len(found) == 1
    assert found[0].startswith(said)


def test_equal_documentation_and_code_pass():
    shapes = {name: shape(option, "options") for name, option in SPEC.items()}
    assert differences(shapes, shapes) == []
