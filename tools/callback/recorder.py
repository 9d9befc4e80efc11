# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes what each task returned into a file, one JSON object a line, for a program that started the playbook."""

from __future__ import annotations

import json
import time

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
name: recorder
type: notification
short_description: records task results
description: Records host, task, module, status, seconds and result of each task.
options:
  path:
    description: The file to append to.
    type: path
    required: true
    env:
      - name: RECORDER_PATH
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "recorder"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._started = {}

    def v2_runner_on_start(self, host, task):
        self._started[host.get_name(), task._uuid] = time.monotonic()

    def v2_runner_on_ok(self, result):
        self._record(result, "changed" if result._result.get("changed") else "ok")

    def v2_runner_on_skipped(self, result):
        self._record(result, "skipped")

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._record(result, "ignored" if ignore_errors else "failed")

    def v2_runner_on_unreachable(self, result):
        self._record(result, "unreachable")

    def _record(self, result, status):
        task = result._task
        host = result._host.get_name()
        seconds = time.monotonic() - self._started.pop((host, task._uuid), time.monotonic())
        entry = {"host": host, "task": task.get_name(), "module": task.resolved_action or task.action, "status": status,
                 "seconds": round(seconds, 3), "result": result._result}
        with open(self.get_option("path"), "a", encoding="utf-8") as record:
            record.write(json.dumps(entry, default=str) + "\n")
