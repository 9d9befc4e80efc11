# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs mypy over the rooms whose types are checked, under the name by which they are imported.

The working tree is checked, not an installed copy: a link in a folder of its own makes it ``ansible_collections.tunnelsmith.panos_vpn``.
The settings stand in pyproject.toml.
"""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
COLLECTION = pathlib.Path("ansible_collections", "tunnelsmith", "panos_vpn")
#: Below plugins/module_utils.
ROOMS = ("configuration", "tables", "reconcile", "peers", "prisma", "device", "scm", "firewall", "vpn", "drill", "inquiry", "tasks")


def check(rooms: tuple[str, ...]) -> int:
    with tempfile.TemporaryDirectory(prefix="types-") as folder:
        link = pathlib.Path(folder) / COLLECTION
        link.parent.mkdir(parents=True)
        link.symlink_to(ROOT, target_is_directory=True)
        packages = [option for room in rooms for option in ("-p", ".".join((*COLLECTION.parts, "plugins", "module_utils", room)))]
        done = subprocess.run(
            [sys.executable, "-m", "mypy", "--config-file", str(ROOT / "pyproject.toml"), "--cache-dir", str(ROOT / ".mypy_cache"), *packages],
            cwd=folder, env={**os.environ, "MYPYPATH": folder}, stdout=subprocess.PIPE, text=True, check=False,
        )
    print(done.stdout.replace(f"{COLLECTION}/", ""), end="")
    return done.returncode


if __name__ == "__main__":
    sys.exit(check(tuple(sys.argv[1:]) or ROOMS))
