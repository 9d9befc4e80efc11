# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A module that is called in Ansible's own process: what it prints, and that nothing of it stays for the next item of a loop."""

from __future__ import annotations

import json
import os
import types

import pytest

from ansible.module_utils import basic
from ansible_collections.tunnelsmith.panos_vpn.plugins.plugin_utils import in_process


def module(act):
    def main():
        made = basic.AnsibleModule({"word": {"type": "str"}, "key": {"type": "str", "no_log": True}})
        act(made)

    return types.SimpleNamespace(main=main)


def output(act, **arguments) -> dict:
    printed, warnings = in_process._called(module(act), arguments)
    return {**json.loads(printed), "warnings": warnings}


def warns(made):
    if made.params["word"]:
        made.warn(made.params["word"])
    made.exit_json(changed=False)


def test_warnings_of_one_item_are_not_those_of_the_next():
    assert output(warns, word="beware")["warnings"] == ["beware"]
    assert output(warns)["warnings"] == []


def test_what_it_prints_is_the_result_and_holds_no_secret():
    told = output(lambda made: made.exit_json(changed=True, told=f"the key is {made.params['key']}"), key="notReal.secret1")
    assert told["changed"] and "notReal.secret1" not in json.dumps(told)


def test_a_failure_is_a_result_too():
    assert output(lambda made: made.fail_json(msg="no"))["msg"] == "no"


def test_the_arguments_are_gone_when_a_module_breaks():
    def breaks(made):
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError):
        in_process._called(module(breaks), {"key": "notReal.secret1"})
    assert basic._ANSIBLE_ARGS is None


def test_the_environment_of_a_task_is_its_own(monkeypatch):
    monkeypatch.setenv("PANOS_HOSTNAME", "before")
    monkeypatch.delenv("PANOS_PORT", raising=False)
    with in_process._environment({"PANOS_HOSTNAME": "during", "PANOS_PORT": 8443}):
        assert (os.environ["PANOS_HOSTNAME"], os.environ["PANOS_PORT"]) == ("during", "8443")
    assert os.environ["PANOS_HOSTNAME"] == "before" and "PANOS_PORT" not in os.environ
