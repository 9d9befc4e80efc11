# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs this environment's ansible-playbook against emulated firewalls, and tells what each task did and what it cost."""

from __future__ import annotations

import json
import os
import pathlib
import resource
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from typing import Any, Callable, Iterable

from installed_copy import COLLECTION, ROOT, program

PAIRING = f"{COLLECTION}.aws_pairing"
# An inventory of several hosts wants it said which of them are meant.
ALL_HOSTS = ("--limit", "all")
CONNECTIONS = ROOT / "playbooks" / "files"


class PlaybookFailed(Exception):
    """ansible-playbook ended with an error; the text is what it printed last."""


@dataclass(frozen=True)
class Task:
    """One task on one host. ``status``: ok, changed, skipped, failed, ignored or unreachable; ``seconds``: wall time."""

    host: str
    task: str
    module: str
    status: str
    seconds: float
    result: dict[str, Any]


@dataclass(frozen=True)
class Run:
    """A finished ansible-playbook. ``cpu_seconds`` are those of the process and of all it started."""

    status: int
    output: str
    tasks: tuple[Task, ...]
    seconds: float
    cpu_seconds: float

    def of(self, module: str) -> list[Task]:
        """The tasks of a module of this collection that were not skipped."""
        return [task for task in self.tasks if task.module == f"{COLLECTION}.{module}" and task.status != "skipped"]

    @property
    def changed(self) -> bool:
        return any(task.status == "changed" for task in self.tasks)


def provider(emulator: Any) -> dict[str, Any]:
    """What the modules need to reach an emulated firewall."""
    return {"ip_address": emulator.host, "port": emulator.port, "api_key": emulator.api_key, "ca_path": emulator.ca_path}


class Workplace:
    """A private folder from which playbooks run: its own ansible.cfg, inventories, records, and a home for journals."""

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = pathlib.Path(folder)
        self.folder.chmod(0o700)
        self.home = self.folder / "home"
        self.home.mkdir()
        (self.folder / "ansible.cfg").write_text("[defaults]\nlocalhost_warning = false\n", encoding="utf-8")

    def write(self, name: str, content: Any) -> pathlib.Path:
        """A JSON file in the folder, which Ansible reads as YAML."""
        path = self.folder / name
        path.write_text(json.dumps(content, indent=2), encoding="utf-8")
        return path

    def inventory(self, hosts: dict[str, dict[str, Any]], name: str = "inventory.json") -> pathlib.Path:
        """An inventory of hosts with their variables; the modules run here, with this Python."""
        everywhere = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
        return self.write(name, {"all": {"hosts": hosts, "vars": everywhere}})

    def run(self, playbook: str | os.PathLike[str], inventory: pathlib.Path, *options: str, environment: dict[str, str] | None = None,
            timeout: float = 300, each_line: Callable[[str], None] | None = None) -> Run:
        """Run a playbook to its end. A run that takes longer than ``timeout`` seconds is ended and raises PlaybookFailed."""
        # Runs at the same time have inventories of their own.
        record = inventory.with_suffix(".jsonl")
        record.unlink(missing_ok=True)
        command = [program("ansible-playbook"), str(playbook), "-i", str(inventory), *options]
        before, started = _children_cpu(), time.monotonic()
        with subprocess.Popen(command, cwd=self.folder, env=self._environment(record, environment or {}), text=True, encoding="utf-8",
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True) as process:
            overdue = threading.Event()
            timer = threading.Timer(timeout, lambda: (overdue.set(), _end(process)))
            timer.start()
            try:
                output = "".join(_lines(process, each_line))
                status = process.wait()
            finally:
                timer.cancel()
                _end(process)
        if overdue.is_set():
            raise PlaybookFailed(f"{playbook} did not end within {timeout:g} s:\n{output}")
        return Run(status, output, _tasks(record), time.monotonic() - started, _children_cpu() - before)

    def _environment(self, record: pathlib.Path, more: dict[str, str]) -> dict[str, str]:
        """The caller's environment without what would reach into the run: Ansible's and the modules' settings, proxies, and the home, where a journal
        of another emulated firewall may lie that had the same port."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "PANOS_"))}
        return {
            **kept, "HOME": str(self.home), "ANSIBLE_CONFIG": str(self.folder / "ansible.cfg"), "ANSIBLE_NOCOLOR": "1", "PYTHONUNBUFFERED": "1",
            "NO_PROXY": "*", "no_proxy": "*", "RECORDER_PATH": str(record), "ANSIBLE_CALLBACKS_ENABLED": "recorder",
            "ANSIBLE_CALLBACK_PLUGINS": str(ROOT / "tools" / "callback"), **more,
        }


def _lines(process: subprocess.Popen, each_line: Callable[[str], None] | None) -> Iterable[str]:
    for line in process.stdout or ():
        if each_line is not None:
            each_line(line.rstrip("\n"))
        yield line


def _end(process: subprocess.Popen) -> None:
    """End ansible-playbook and its workers, which share a session of their own."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _tasks(record: pathlib.Path) -> tuple[Task, ...]:
    if not record.exists():
        return ()
    return tuple(Task(**json.loads(line)) for line in record.read_text(encoding="utf-8").splitlines())


def succeeded(run: Run) -> Run:
    """The run, if it ended well. Raises PlaybookFailed with the end of what it printed."""
    if run.status != 0:
        raise PlaybookFailed("\n".join(run.output.rstrip().splitlines()[-25:]))
    return run
