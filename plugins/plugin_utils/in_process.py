# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs this collection's modules in Ansible's own worker process instead of packing, starting and compiling a program for each task.

The modules talk to a firewall over HTTPS, so where they run makes no difference to them. A pairing with nothing to do takes a third
of the time, and the arguments, which hold keys, are written to no file. Wherever the task asks for a place of its own to run in, or
this ansible-core lacks one of the private names that are used here, it goes Ansible's usual way.
"""

from __future__ import annotations

import contextlib
import importlib.util
import io
import json
import os
import sys

from ansible import constants
from ansible.errors import AnsibleConnectionFailure
from ansible.module_utils import basic
from ansible.plugins.action.normal import ActionModule as NormalActionModule
from ansible.release import __version__ as core_version
from ansible.utils.display import Display
from ansible.utils.unsafe_proxy import wrap_var

from ansible_collections.tunnelsmith.panos_vpn.plugins.plugin_utils import byte_code

# Ansible comes here before it forks (see plugins/action/__init__.py): what is imported here is there in the worker of every host.
with byte_code.used():
    from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device import sdk
    from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks import progress, site_to_site_vpn  # noqa: F401  # pylint: disable=unused-import
    from ansible_collections.tunnelsmith.panos_vpn.plugins.plugin_utils.written import Written

_MODULES = "ansible_collections.tunnelsmith.panos_vpn.plugins.modules"


class ActionModule(NormalActionModule):
    """The action of a module of this collection."""

    def _execute_module(self, module_name=None, module_args=None, tmp=None, task_vars=None, **more):
        name = module_name or self._task.action
        given = dict(self._task.args if module_args is None else module_args)
        try:
            prepared = self._prepared(name, dict(given), task_vars or {})
        except (AttributeError, TypeError) as exc:
            prepared = None
            Display().warning(f"{name} runs as a program of its own, which takes longer: ansible-core {core_version} is not as expected: {exc}")
        module, arguments, environment = prepared or (None, given, {})
        written = Written((task_vars or {}).get("inventory_hostname", "localhost"), given, environment)
        arguments = {**arguments, **written.asked_for(name, given)}
        if module is None:
            result = self._elsewhere(module_name, arguments, tmp, task_vars, **more)
        else:
            result = self._here(module, arguments, environment, task_vars or {})
        written.note(result)
        return result

    def _here(self, module, arguments, environment, task_vars) -> dict:
        with _environment(environment), progress.shown_by(self._shown(task_vars)):
            output, warnings = _called(module, arguments)
        # What a module returns is data, whatever looks like a template in it.
        return wrap_var({**json.loads(output), **({"warnings": warnings} if warnings else {})})

    def _elsewhere(self, *arguments, **more):
        """As a program, where the play's connection leads to. Who never thought of a connection has Ansible's own, and no firewall has a shell for it."""
        try:
            return super()._execute_module(*arguments, **more)
        except AnsibleConnectionFailure as exc:
            raise AnsibleConnectionFailure(
                f"{exc}. The connection of this host is {self._connection.transport}; modules of this collection run on the controller and speak HTTPS to the "
                "firewall: say ansible_connection: local in the inventory") from None

    def _shown(self, task_vars) -> progress.Show:
        """What shows a line of a task that takes long, with the host's name; a worker's display hands it to the process that prints."""
        if self._task.no_log:
            return lambda line: None
        printing, host = sys.stdout, task_vars.get("inventory_hostname", "localhost")
        # What prints JSON for a program to read is not to be mixed with lines for people.
        aside = "json" in constants.DEFAULT_STDOUT_CALLBACK

        def show(line: str) -> None:
            with contextlib.redirect_stdout(printing):
                Display().display(f"... [{host}] {line}", stderr=aside)

        return show

    def _prepared(self, name, arguments, task_vars):
        """(The module, its arguments, the task's environment); None for a task that needs a program. Nothing has been sent yet.

        All private names of ansible-core are used here, so that one that is missing is noticed while there is another way.
        """
        if self._needs_a_program(task_vars):
            return None
        self._update_module_args(name, arguments, task_vars)
        environment: dict = {}
        self._compute_environment_string(environment)
        if not hasattr(basic, "_ANSIBLE_ARGS"):
            raise AttributeError("a module takes its arguments from another place than ansible.module_utils.basic._ANSIBLE_ARGS")
        with byte_code.used():
            module = importlib.import_module(f"{_MODULES}.{name.rpartition('.')[2]}")
        return module, arguments, environment

    def _needs_a_program(self, task_vars) -> bool:
        """Whether the task is to run on another machine, as another user, in the background, or with another Python."""
        delegated = (task_vars.get("ansible_delegated_vars") or {}).get(self._task.delegate_to) or {}
        interpreter = self._templar.template(delegated.get("ansible_python_interpreter", task_vars.get("ansible_python_interpreter")))
        is_elsewhere = self._connection.transport != "local" or self._connection.become
        is_kept = self._task.async_val or constants.DEFAULT_KEEP_REMOTE_FILES
        lacks_library = sdk.IMPORT_ERROR is not None or any(importlib.util.find_spec(library) is None for library in ("jmespath", "netaddr"))
        is_named = interpreter is not None and not interpreter.startswith("auto")
        return bool(is_elsewhere or is_kept or lacks_library or (is_named and _place(interpreter) != _place(sys.executable)))


def print_at_once(stream) -> None:
    """Line by line also where nobody sits in front of it: into a file or a pipe Ansible prints when there is enough, or when a task has ended.

    Lines about a step that takes long would come when it is over. It is Ansible's own process that prints them, before it forks.
    """
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(line_buffering=True)


def _place(program: str) -> tuple:
    """A virtual environment's Python is a link to one outside of it, which has other libraries: only the folder's links are resolved."""
    return os.path.realpath(os.path.dirname(program)), os.path.basename(program)


def _called(module, arguments) -> tuple:
    """(What a module prints that is called with these arguments, its warnings).

    Ansible keeps warnings for the whole process, or shows them at once where that is its own; a result has those of its task only.
    """
    printed, warnings, warn = io.StringIO(), [], basic.AnsibleModule.warn
    try:
        basic._ANSIBLE_ARGS = json.dumps({"ANSIBLE_MODULE_ARGS": arguments}, default=str).encode("utf-8")
        basic._ANSIBLE_PROFILE = "legacy"
        basic.AnsibleModule.warn = lambda self, warning, *dummy, **more: warnings.append(str(warning))
        with contextlib.redirect_stdout(printed):
            module.main()
    except SystemExit:
        pass
    finally:
        basic._ANSIBLE_ARGS = None
        basic.AnsibleModule.warn = warn
    return printed.getvalue(), warnings


@contextlib.contextmanager
def _environment(variables):
    """The task's own environment variables, as long as it runs."""
    before = dict(os.environ)
    os.environ.update({name: str(value) for name, value in variables.items()})
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
