# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Builds the collection from this checkout and installs the archive into this script's virtual environment.

The environment's ansible-playbook then finds it with an empty home and no variable set.
"""

from __future__ import annotations

import compileall
import pathlib
import subprocess
import sys
import tempfile

from installed_copy import COLLECTION, GALAXY, INSTALLED, ROOT, SITE_PACKAGES, program

# ansible-galaxy takes any site-packages for that of the "ansible" package and advises against it.
HARMLESS = "pip Ansible package"
PROGRESS = ("Created ", "Starting ", "Process ", "Installing ", f"{COLLECTION}:")


def build(folder: str) -> pathlib.Path:
    """The path of a freshly built archive below C(folder)."""
    run("build", "--force", "--output-path", folder, str(ROOT))
    return next(pathlib.Path(folder).glob("*.tar.gz"))


def run(*arguments: str) -> None:
    done = subprocess.run(
        [program("ansible-galaxy"), "collection", *arguments],
        check=False, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )
    if done.returncode:
        sys.exit(done.stdout)
    for paragraph in warnings(done.stdout):
        print(paragraph, file=sys.stderr)


def warnings(output: str) -> list[str]:
    """The warnings in what ansible-galaxy printed, without the harmless one; older versions wrap them over several lines."""
    paragraphs: list[list[str]] = []
    for line in output.splitlines():
        if line.startswith(("[", *PROGRESS)):
            paragraphs.append([line])
        elif paragraphs:
            paragraphs[-1].append(line)
    texts = [" ".join(paragraph).strip() for paragraph in paragraphs]
    return [text for text in texts if text.startswith("[") and HARMLESS not in text]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        archive = build(folder)
        run("install", "--offline", "--force", "--no-deps", "--collections-path", str(SITE_PACKAGES), str(archive))
    # As pip does for what it installs; where Python may not write byte code, every run would compile all of it anew.
    compileall.compile_dir(INSTALLED / "plugins", quiet=2)
    print(f"Installed {COLLECTION} {GALAXY['version']} into {INSTALLED}")


if __name__ == "__main__":
    main()
