# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The collection awx.awx, taken out of the package ansible: all of that package would be two hundred megabytes.

Its modules speak HTTP to the stand-in, so they run in Ansible's own process here: a program for each of the hundreds of calls costs most of what a run costs.
"""

from __future__ import annotations

import hashlib
import os
import pathlib
import subprocess
import sys
import tempfile
import zipfile

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKAGE = "ansible==12.3.0"
INSIDE = "ansible_collections/awx/awx/"
# What is imported here is there in every worker, as in plugins/action of this collection.
ACTIONS = """
from ansible_collections.awx.awx.plugins.module_utils import controller_api
from ansible_collections.tunnelsmith.panos_vpn.plugins.plugin_utils import in_process
"""
ACTION = """
import importlib
import json

from ansible.plugins.action.normal import ActionModule as NormalActionModule
from ansible_collections.tunnelsmith.panos_vpn.plugins.plugin_utils import in_process


class ActionModule(NormalActionModule):
    def _execute_module(self, module_name=None, module_args=None, tmp=None, task_vars=None, **more):
        name, arguments = module_name or self._task.action, dict(self._task.args if module_args is None else module_args)
        self._update_module_args(name, arguments, task_vars)
        output, dummy = in_process._called(importlib.import_module(f"ansible_collections.awx.awx.plugins.modules.{name.rpartition('.')[2]}"), arguments)
        return json.loads(output)
"""


def folder() -> pathlib.Path:
    """A folder below build/ that holds the collection; it is fetched once, and again where another one is wanted than the one that was fetched."""
    wanted = hashlib.sha256("".join((PACKAGE, ACTIONS, ACTION)).encode()).hexdigest()[:12]
    kept = ROOT / "build" / f"awx_in_process_{wanted}"
    if (kept / INSIDE / "MANIFEST.json").is_file():
        return kept
    kept.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.parent) as new:
        done = subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", new, PACKAGE], check=False, text=True, timeout=300,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode:
            pytest.skip(f"the package {PACKAGE}, which holds awx.awx, cannot be had here")
        wheel = next(pathlib.Path(new).glob("*.whl"))
        with zipfile.ZipFile(wheel) as packed:
            packed.extractall(pathlib.Path(new, "awx"), [name for name in packed.namelist() if name.startswith(INSIDE)])
        actions = pathlib.Path(new, "awx", INSIDE, "plugins", "action")
        actions.mkdir()
        (actions / "__init__.py").write_text(ACTIONS, encoding="utf-8")
        for module in (actions.parent / "modules").glob("*.py"):
            (actions / module.name).write_text(ACTION, encoding="utf-8")
        # Another worker may have been faster.
        try:
            os.rename(pathlib.Path(new, "awx"), kept)
        except OSError:
            if not (kept / INSIDE / "MANIFEST.json").is_file():
                raise
    return kept
