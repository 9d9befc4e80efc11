# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the molecule scenarios of the roles, and the scenario for authors of other roles as they get it: copied, in a role of theirs.

The collection is the one installed in this environment.
"""

from __future__ import annotations

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from installed_copy import INSTALLED, ROOT, program

SCENARIOS = ROOT / "extensions" / "molecule"


def molecule(folder: pathlib.Path, *arguments: str) -> int:
    """The exit status of molecule, run in a project's folder."""
    # molecule starts Ansible's programs by name.
    path = os.pathsep.join((os.path.dirname(program("molecule")), os.environ["PATH"]))
    return subprocess.call([program("molecule"), *arguments], cwd=folder, stdin=subprocess.DEVNULL, env={**os.environ, "PATH": path})


def test(folder: pathlib.Path, *arguments: str) -> int:
    status = 1
    try:
        status = molecule(folder, "test", *arguments)
    finally:
        # After a failure molecule leaves the firewall up.
        if status:
            molecule(folder, "destroy", "--all")
    return status


def copied_scenario() -> int:
    """The scenario as its guide says to copy it, into a role that was just begun."""
    with tempfile.TemporaryDirectory() as folder:
        role = pathlib.Path(folder) / "begun"
        (role / "tasks").mkdir(parents=True)
        (role / "tasks" / "main.yml").write_text("---\n", encoding="utf-8")
        shipped = INSTALLED / "extensions" / "molecule"
        shutil.copytree(shipped / "default", role / "molecule" / "default")
        shutil.copyfile(shipped / "config.yml", role / "molecule" / "default" / "molecule.yml")
        return test(role)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenario", choices=sorted(path.parent.name for path in SCENARIOS.glob("*/molecule.yml")), help="only this one")
    given = parser.parse_args()
    if given.scenario:
        return test(ROOT, "--scenario-name", given.scenario)
    return test(ROOT, "--all") or copied_scenario()


if __name__ == "__main__":
    sys.exit(main())
