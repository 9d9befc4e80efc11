# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One argument of a task is malformed, such as a template that nobody filled: the others may be secrets, and are not shown for that."""

from __future__ import annotations

import importlib
import pathlib

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import arguments
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import COLLECTION, run_module

KEY = "notReal.key<of>1"
MODULES = sorted(path.stem for path in (pathlib.Path(__file__).resolve().parents[4] / "plugins" / "modules").glob("[a-z]*.py"))


def loaded(name: str):
    return importlib.import_module(f"ansible_collections.{COLLECTION}.plugins.modules.{name}")


def secrets_in(option: dict):
    """A value of an option that gives each secret in it; None where it has none."""
    if option.get("no_log"):
        return [KEY] if option["type"] == "list" else KEY
    inner = {name: secrets_in(nested) for name, nested in (option.get("options") or {}).items() if arguments.holds_secrets(nested)}
    if not inner:
        return None
    return [inner] if option["type"] == "list" else inner


def cases():
    for name in MODULES:
        spec = loaded(name).argument_spec()
        for option, described in spec.items():
            if described.get("options"):
                yield pytest.param(name, option, id=f"{name}-{option}")


@pytest.mark.parametrize("name, option", list(cases()))
@pytest.mark.parametrize("malformed", ["{{ nobody filled this }}", f"{{'pre_shared_key': '{KEY}'"], ids=["a template", "cut off"])
def test_no_other_argument_is_shown(name, option, malformed):
    module = loaded(name)
    given = {each: secrets_in(described) for each, described in module.argument_spec().items()}
    result = run_module(module, {**{each: value for each, value in given.items() if value is not None}, option: malformed})
    assert result.failed
    assert KEY not in result.everything()
    assert f"'{option}'" in result.message


def test_the_option_in_an_item_is_named():
    result = run_module(loaded("transaction"), {"items": [{"ike_gateway": {"name": "to-lyon", "peer_address": "203.0.113.17"}}]})
    assert "'peer_address'" in result.message and "items -> ike_gateway" in result.message
