# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks that Ansible loads the copy of the collection that stands in this script's virtual environment.

Ansible searches the user's and the system's collection folders before the environment's own, and says nothing
when it finds an older copy there.
"""

from __future__ import annotations

import json
import pathlib
import subprocess
import sys
import sysconfig

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[1]
GALAXY = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))
COLLECTION = "{namespace}.{name}".format(**GALAXY)
SITE_PACKAGES = pathlib.Path(sysconfig.get_path("purelib")).resolve()
INSTALLED = SITE_PACKAGES / "ansible_collections" / GALAXY["namespace"] / GALAXY["name"]


def program(name: str) -> str:
    """A console script of this environment, whether or not the environment is activated."""
    return str(pathlib.Path(sys.executable).parent / name)


def loaded_from(module: str) -> pathlib.Path:
    """The file that Ansible takes for a module of the collection, with the user's own settings in force."""
    shown = subprocess.run(
        [program("ansible-doc"), "--json", "-t", "module", f"{COLLECTION}.{module}"],
        check=True, stdout=subprocess.PIPE, text=True,
    )
    return pathlib.Path(json.loads(shown.stdout)[f"{COLLECTION}.{module}"]["doc"]["filename"]).resolve()


def main() -> None:
    module = min(path.stem for path in (ROOT / "plugins" / "modules").glob("[a-z]*.py"))
    found = loaded_from(module)
    if not found.is_relative_to(INSTALLED):
        sys.exit(
            f"{found.parents[2]} hides the copy of {COLLECTION} that was installed into {INSTALLED}.\n"
            "Remove it, or take its folder out of ANSIBLE_COLLECTIONS_PATH and ansible.cfg, and run make again."
        )


if __name__ == "__main__":
    main()
