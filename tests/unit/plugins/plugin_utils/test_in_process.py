# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A module that is called in Ansible's own process: what it prints, and that nothing of it stays for the next item of a loop."""

from __future__ import annotations

import json
import os
import sys
import types
from unittest import mock

import pytest

from ansible import constants
from ansible.module_utils import basic
from ansible.plugins.action.normal import ActionModule as NormalActionModule
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks import progress
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


ZONE = "ansible_collections.tunnelsmith.panos_vpn.plugins.modules.zone"


class Action(in_process.ActionModule):
    """The action of a task that may run in this process."""

    def __init__(self):
        self._task = types.SimpleNamespace(action="tunnelsmith.panos_vpn.zone", args={"name": "vpn"}, no_log=False)

    def _needs_a_program(self, task_vars):
        return False

    def _update_module_args(self, name, arguments, task_vars):
        arguments["_ansible_check_mode"] = True

    def _compute_environment_string(self, raw_environment_out=None):
        raw_environment_out["PANOS_PORT"] = "8443"


@pytest.fixture
def ways(monkeypatch):
    """Which way a task went: C(here), C(program)."""
    taken = []

    def main():
        taken.append("here")
        basic.AnsibleModule({"name": {"type": "str"}}, supports_check_mode=True).exit_json(changed=False)

    monkeypatch.setattr(NormalActionModule, "_execute_module", lambda self, *given, **more: taken.append("program") or {"changed": False})
    monkeypatch.setitem(sys.modules, ZONE, types.SimpleNamespace(main=main))
    return taken


def test_a_task_runs_here(ways):
    assert Action()._execute_module(task_vars={}) == {"changed": False, "invocation": {"module_args": {"name": "vpn"}}}
    assert ways == ["here"]


def missing(*_arguments, **_more):
    raise AttributeError("no such name")


ANOTHER_CORE = {
    "a method that is gone": lambda patched: patched.setattr(Action, "_update_module_args", missing),
    "a method that takes other arguments": lambda patched: patched.setattr(Action, "_compute_environment_string", lambda self: ""),
    "a property that is gone": lambda patched: patched.setattr(Action, "_needs_a_program", missing),
    "another place for the arguments": lambda patched: patched.delattr(basic, "_ANSIBLE_ARGS"),
}


@pytest.mark.parametrize("change", ANOTHER_CORE.values(), ids=ANOTHER_CORE.keys())
def test_a_core_with_other_private_names_gets_a_program(ways, monkeypatch, change):
    with mock.patch.object(in_process.Display, "warning") as warned, monkeypatch.context() as patched:
        change(patched)
        Action()._execute_module(task_vars={})
    assert ways == ["program"]
    assert "program of its own" in warned.call_args.args[0]


@pytest.mark.parametrize("fault", [AttributeError, TypeError])
def test_a_module_that_has_begun_is_never_run_again(ways, monkeypatch, fault):
    def main():
        ways.append("here")
        raise fault("a fault of the module's own")

    monkeypatch.setitem(sys.modules, ZONE, types.SimpleNamespace(main=main))
    with pytest.raises(fault):
        Action()._execute_module(task_vars={})
    assert ways == ["here"]


def tells(monkeypatch, no_log=False, stdout_callback="default", host="fw-berlin") -> list:
    """What is displayed of a task that waits, as (line, whether it is an error)."""
    def main():
        made = basic.AnsibleModule({"name": {"type": "str"}}, supports_check_mode=True)
        progress.Progress().tell("commit job 7 is at 35 %")
        made.exit_json(changed=False)

    monkeypatch.setattr(progress, "FIRST", 0.0)
    monkeypatch.setattr(constants, "DEFAULT_STDOUT_CALLBACK", stdout_callback)
    monkeypatch.setitem(sys.modules, ZONE, types.SimpleNamespace(main=main))
    action = Action()
    action._task.no_log = no_log
    with mock.patch.object(in_process.Display, "display") as displayed:
        assert action._execute_module(task_vars={"inventory_hostname": host})["changed"] is False
    return [(call.args[0], call.kwargs["stderr"]) for call in displayed.call_args_list]


def test_what_takes_long_is_displayed_with_the_host(monkeypatch):
    assert tells(monkeypatch) == [("... [fw-berlin] commit job 7 is at 35 % (0 s)", False)]


def test_of_a_task_that_hides_its_output_nothing_is_displayed(monkeypatch):
    assert tells(monkeypatch, no_log=True) == []


def test_json_for_programs_stays_json(monkeypatch):
    assert tells(monkeypatch, stdout_callback="ansible.posix.json") == [("... [fw-berlin] commit job 7 is at 35 % (0 s)", True)]


def test_a_display_that_prints_here_does_not_print_into_the_result(monkeypatch, capsys):
    monkeypatch.setattr(progress, "FIRST", 0.0)

    def main():
        progress.Progress().tell("commit job 7 is at 35 %")
        basic.AnsibleModule({"name": {"type": "str"}}, supports_check_mode=True).exit_json(changed=False)

    monkeypatch.setitem(sys.modules, ZONE, types.SimpleNamespace(main=main))
    assert Action()._execute_module(task_vars={})["changed"] is False
    assert capsys.readouterr().out == "... [localhost] commit job 7 is at 35 % (0 s)\n"
