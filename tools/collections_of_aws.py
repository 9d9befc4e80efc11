# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Puts amazon.aws and community.aws into a folder beside this script's virtual environment, for the tests that make something in AWS.

They come out of the package C(ansible), which any index of Python packages has. They do not become part of the environment: other tests want them absent.
Where the package cannot be had that is told, and those tests are skipped.
"""

from __future__ import annotations

import pathlib
import subprocess
import sys
import tempfile
import zipfile

PACKAGE = "ansible==12.3.0"
FOLDER = pathlib.Path(sys.prefix) / "collections"
WANTED = ("ansible_collections/amazon/aws/", "ansible_collections/community/aws/")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--dest", folder, PACKAGE],
            check=False, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode:
            print(f"{PACKAGE} cannot be had, so that nothing is tested with amazon.aws:\n{done.stdout}", file=sys.stderr)
            return
        with zipfile.ZipFile(next(pathlib.Path(folder).glob("*.whl"))) as wheel:
            wheel.extractall(FOLDER, [name for name in wheel.namelist() if name.startswith(WANTED)])


if __name__ == "__main__":
    main()
