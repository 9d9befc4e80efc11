# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes down what every task of a run gave back, and after each of ours what stands on the emulated firewall."""

from __future__ import annotations

DOCUMENTATION = """
name: journal
type: notification
short_description: One JSON line per task result
description: For tests.
options:
  file:
    description: Where to write.
    type: path
    required: true
    ini: [{section: callback_journal, key: file}]
  control:
    description: The emulator's control endpoint, for hosts without a variable emulator_control.
    type: str
    ini: [{section: callback_journal, key: control}]
"""

import json
import urllib.request

from ansible.plugins.callback import CallbackBase


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "journal"
    CALLBACK_NEEDS_ENABLED = True

    def v2_runner_on_ok(self, result):
        self._note("ok", result)

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._note("failed", result)

    def v2_runner_on_skipped(self, result):
        self._note("skipped", result)

    def v2_runner_on_unreachable(self, result):
        self._note("unreachable", result)

    def _note(self, status, result):
        # pylint: disable=protected-access
        task = result._task
        entry = {"task": task.get_name(), "action": task.action, "host": result._host.get_name(), "status": status, "result": result._result}
        control = result._host.vars.get("emulator_control") or self.get_option("control")
        if control and task.action.startswith("tunnelsmith.") and status != "skipped":
            entry.update({tree: self._ask(control + tree) for tree in ("candidate", "running")})
        with open(self.get_option("file"), "a", encoding="utf-8") as journal:
            journal.write(json.dumps(entry, default=str) + "\n")

    @staticmethod
    def _ask(url):
        # The emulator listens on loopback: no proxy.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(urllib.request.Request(url, data=b"{}"), timeout=30) as answer:
            return json.loads(answer.read())
