# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs ansible-test sanity over the checkout as it stands, uncommitted files included.

ansible-test wants the collection at .../ansible_collections/<namespace>/<name> and follows no symbolic link, so the
files are copied to such a place for the run.
"""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
from types import SimpleNamespace

from installed_copy import GALAXY, ROOT, program

PYTHON_VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"


def checkout_files() -> list[str]:
    """Paths of all files that git tracks or would add; deleted ones left out."""
    listed = subprocess.run(
        ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        check=True, cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )
    return sorted({name for name in listed.stdout.split("\0") if name and (ROOT / name).exists()})


def copy_checkout(target: pathlib.Path) -> None:
    for name in checkout_files():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target / name, follow_symlinks=False)


def provide_pip_bootstrap() -> None:
    """Puts our script where ansible-test keeps its downloaded one, unless one is there already."""
    from ansible_test._internal.python_requirements import get_venv_packages

    version = get_venv_packages(SimpleNamespace(version=PYTHON_VERSION))["pip"]
    cached = pathlib.Path("~/.ansible/test/cache").expanduser() / f"get_pip_{version.replace('.', '_')}.py"
    if not cached.exists():
        cached.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / "tools" / "ansible_test_pip_bootstrap.py", cached)


def main() -> None:
    provide_pip_bootstrap()
    with tempfile.TemporaryDirectory() as folder:
        target = pathlib.Path(folder) / "ansible_collections" / GALAXY["namespace"] / GALAXY["name"]
        copy_checkout(target)
        ignored = sorted(path.name for path in target.glob("tests/sanity/ignore*.txt"))
        if ignored:
            sys.exit(f"tests/sanity holds {', '.join(ignored)}: mend the findings instead of ignoring them")
        # shellcheck comes with the tools: without the program ansible-test would skip that test.
        path = os.pathsep.join((os.path.dirname(program("ansible-test")), os.environ["PATH"]))
        command = [program("ansible-test"), "sanity", "--venv", "--python", PYTHON_VERSION, "--color", "no"]
        sys.exit(subprocess.call(command, cwd=target, env={**os.environ, "PATH": path}))


if __name__ == "__main__":
    main()
