# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs of real ``ansible-playbook``, as a user starts them: an empty home, and only PANOS_* in the environment."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field
from typing import Any, Callable

import yaml

from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.given_and_told import leaves

ROOT = pathlib.Path(__file__).resolve().parents[2]
LAB = ROOT / "inventories" / "lab"
PAIRING = "tunnelsmith.panos_vpn.aws_pairing"
# Far above what any run takes, so that a hanging one fails by itself.
SECONDS = 300


@dataclass(frozen=True)
class Installed:
    """Where ``ansible-playbook`` is, and where the collection lies if that program does not find it by itself."""

    program: pathlib.Path
    collections: pathlib.Path | None = None


@dataclass
class Task:
    """What a task gave back, and (after one of our modules) what stood on the firewall then."""

    task: str
    action: str
    host: str
    status: str
    result: dict
    candidate: str = ""
    running: str = ""

    @property
    def changed(self) -> bool:
        return bool(self.result.get("changed"))

    @property
    def message(self) -> str:
        return str(self.result.get("msg", ""))


@dataclass
class Run:
    """A finished run. ``output``: stdout and stderr. ``tasks``: every result, in order."""

    status: int
    output: str
    tasks: list[Task] = field(default_factory=list)

    def of(self, module: str, host: str | None = None) -> list[Task]:
        """The results of one of our modules that were not skipped."""
        return [task for task in self.tasks if task.action == f"tunnelsmith.panos_vpn.{module}" and task.status != "skipped" and host in (None, task.host)]

    def failures(self, host: str | None = None) -> list[Task]:
        return [task for task in self.tasks if task.status == "failed" and host in (None, task.host)]

    def changed(self, host: str | None = None) -> list[str]:
        """The actions that changed something, without the collection's name."""
        return [task.action.rpartition(".")[2] for task in self.tasks if task.changed and task.status == "ok" and host in (None, task.host)]

    def everything(self) -> str:
        """All that left the run: what was printed, and what an event listener saw, decoded."""
        return "\n".join([self.output, *leaves([task.result for task in self.tasks])])


class Playbooks:
    """Starts ``ansible-playbook`` in a folder of its own."""

    def __init__(self, installed: Installed, folder: pathlib.Path):
        self.installed = installed
        self.folder = folder
        self.home = folder / "home"
        self.home.mkdir()
        self.number = 0

    def run(self, firewall, playbook: str | list, *arguments: str, **more) -> Run:
        """A run to its end. ``playbook``: a name, or a list of plays. More: see ``start``."""
        return self.start(firewall, playbook, *arguments, **more).finished()

    def start(self, firewall, playbook: str | list, *arguments: str, variables: dict | None = None, inventory=LAB, environment: dict | None = None,
              collections: pathlib.Path | None = None, files: dict | None = None) -> Running:
        """A run that goes on by itself. ``variables``: extra vars. ``environment``: instead of what leads to the firewall as its admin;
        with it the firewall may be None, and then the tasks do not tell what stood on it, unless the hosts have a variable C(emulator_control).

        ``collections``: a folder with further collections. ``files``: name → file to copy beside the playbook.
        """
        self.number += 1
        folder = self.folder / f"run{self.number}"
        folder.mkdir()
        for name, source in (files or {}).items():
            shutil.copy(source, folder / name)
        if not isinstance(playbook, str):
            (folder / "playbook.yml").write_text(yaml.safe_dump(playbook, sort_keys=False), encoding="utf-8")
            playbook = "playbook.yml"
        if not isinstance(inventory, (str, pathlib.Path)):
            (folder / "hosts.yml").write_text(yaml.safe_dump(inventory, sort_keys=False), encoding="utf-8")
            inventory = folder / "hosts.yml"
        if variables:
            (folder / "variables.yml").write_text(yaml.safe_dump(variables), encoding="utf-8")
            arguments = (*arguments, "-e", "@variables.yml")
        self._settings(folder, firewall, collections)
        process = subprocess.Popen(
            [str(self.installed.program), playbook, "-i", str(inventory), *arguments], cwd=folder, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
            env={"HOME": str(self.home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8", **(access(firewall) if environment is None else environment)},
        )
        return Running(process, folder)

    def _settings(self, folder, firewall, collections):
        paths = [str(path) for path in (collections, self.installed.collections) if path]
        lines = ["[defaults]", "nocows = true", f"callback_plugins = {ROOT / 'tests' / 'integration' / 'callbacks'}", "callbacks_enabled = journal"]
        lines += [f"collections_path = {':'.join(paths)}"] if paths else []
        lines += ["[callback_journal]", f"file = {folder / 'journal'}"] + ([f"control = {firewall.control_url}"] if firewall else [])
        (folder / "ansible.cfg").write_text("\n".join(lines) + "\n", encoding="utf-8")


def access(firewall, username: str = "", api_key: str = "") -> dict:
    """The environment that leads to a firewall: as its admin, or by the key of another account."""
    return {
        "PANOS_HOSTNAME": firewall.host, "PANOS_PORT": str(firewall.port), "PANOS_CA_PATH": firewall.ca_path,
        "PANOS_API_KEY": api_key or firewall.api_key, **({"PANOS_USERNAME": username} if username else {}),
    }


class Running:
    """An ``ansible-playbook`` under way."""

    def __init__(self, process: subprocess.Popen, folder: pathlib.Path):
        self.process = process
        self.folder = folder

    def finished(self) -> Run:
        try:
            output, _nothing = self.process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        return Run(self.process.returncode, output, self._tasks())

    def until(self, reached: Callable[[], Any]) -> None:
        """Waits until something is so. Raises AssertionError with what was printed when the run ends before."""
        deadline = time.monotonic() + SECONDS
        while True:
            over = self.process.poll() is not None or time.monotonic() > deadline
            if reached():
                return
            if over:
                raise AssertionError(f"the run did not get there: {self.kill()}")
            time.sleep(0.02)

    def kill(self) -> str:
        """As a machine that goes down would: at once, and everything. Ansible's workers are in sessions of their own. Returns what was printed."""
        # It is not to start anybody while those whom it has started are looked for.
        self.process.send_signal(signal.SIGSTOP)
        started = descendants(self.process.pid)
        self.process.kill()
        for pid in started:
            # One that has ended in the meantime needs no signal.
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return self.process.communicate()[0]

    def end(self, number: signal.Signals) -> str:
        """As somebody does who presses keys, or a scheduler that cancels: by a signal, which goes to ``ansible-playbook`` itself. Returns what was printed."""
        started = descendants(self.process.pid)
        self.process.send_signal(number)
        output = self.process.communicate(timeout=SECONDS)[0]
        deadline = time.monotonic() + SECONDS
        while any(map(is_there, started)):
            assert time.monotonic() < deadline, "processes of the run outlive it"
            time.sleep(0.02)
        return output

    def _tasks(self) -> list[Task]:
        journal = self.folder / "journal"
        return [Task(**json.loads(line)) for line in journal.read_text(encoding="utf-8").splitlines()] if journal.exists() else []


def is_there(pid: int) -> bool:
    return pathlib.Path(f"/proc/{pid}").exists()


def descendants(parent: int) -> list[int]:
    """The processes that a process has started, and those that they have started."""
    parents = {}
    for status in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            # The name in brackets may hold anything.
            parents[int(status.parent.name)] = int(status.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[1])
        except OSError:
            continue
    found = [parent]
    for pid in found:
        found += [child for child, its_parent in parents.items() if its_parent == pid]
    return found[1:]


def pairing(**variables) -> dict:
    """A task that runs the role once."""
    return {"name": "Run the role", "ansible.builtin.include_role": {"name": PAIRING}, "vars": variables}


def play(*tasks: dict, **keywords) -> list:
    """A playbook of one play."""
    return [{"name": "Test", "hosts": "all", "gather_facts": False, **keywords, "tasks": list(tasks)}]


def trial(name: str, task: dict) -> dict:
    """A task whose failure does not end the play."""
    return {"block": [{**task, "name": name}], "rescue": [{"name": "Go on", "ansible.builtin.meta": "clear_host_errors"}]}
