# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The collection awx.awx, taken out of the package ansible: all of that package would be two hundred megabytes."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys
import tempfile
import zipfile

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKAGE = "ansible==12.3.0"
INSIDE = "ansible_collections/awx/awx/"


def folder() -> pathlib.Path:
    """A folder below build/ that holds the collection; it is fetched once."""
    kept = ROOT / "build" / "awx"
    if (kept / INSIDE / "MANIFEST.json").is_file():
        return kept
    kept.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.parent) as new:
        done = subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", new, PACKAGE], check=False, text=True, timeout=300,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode:
            pytest.skip(f"the package {PACKAGE}, which holds awx.awx, cannot be had here")
        wheel = next(pathlib.Path(new).glob("*.whl"))
        with zipfile.ZipFile(wheel) as packed:
            packed.extractall(pathlib.Path(new, "awx"), [name for name in packed.namelist() if name.startswith(INSIDE)])
        # Another worker may have been faster.
        try:
            os.rename(pathlib.Path(new, "awx"), kept)
        except OSError:
            if not (kept / INSIDE / "MANIFEST.json").is_file():
                raise
    return kept
