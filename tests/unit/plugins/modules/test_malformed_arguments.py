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


MALFORMED = {
    "a template": "{{ nobody filled this }}",
    "cut off": f"{{'pre_shared_key': '{KEY}'",
    "a truth value": True,
    "a number": 7,
    "a list in a list": [[KEY]],
}


@pytest.mark.parametrize("name, option", list(cases()))
def test_the_option_is_named_and_no_other_argument_shown(name, option):
    module = loaded(name)
    given = {each: secrets_in(described) for each, described in module.argument_spec().items()}
    given = {each: value for each, value in given.items() if value is not None}
    is_list = module.argument_spec()[option]["type"] == "list"
    for malformed in (*MALFORMED.values(), *([{"name": KEY}] if is_list else ())):
        result = run_module(module, {**given, option: malformed})
        assert result.failed and KEY not in result.everything(), malformed
        assert result.message.startswith(f"{option}[1]: " if malformed == [[KEY]] and is_list else f"{option}: "), malformed
        assert "is given where a" in result.message, malformed


def test_the_option_in_an_item_is_named():
    result = run_module(loaded("transaction"), {"items": [{"ike_gateway": {"name": "to-lyon", "peer_address": "203.0.113.17"}}]})
    assert "items[1].ike_gateway.peer_address: a text is given where a mapping belongs" in result.message
    assert "peer_address: {ip: ...}" in result.message
