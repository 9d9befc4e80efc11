# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Builds the archive and takes it through galaxy-importer as the collection hubs do; any finding fails.

The importer itself ends with status 0 whatever it finds, and does not know what ought to be inside.
"""

from __future__ import annotations

import json
import os
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile

from install_collection import build
from installed_copy import ROOT, program

NEVER_SHIPPED = re.compile(
    r"(^|/)\.(?!ansible-lint$|keep$)|^(build|collections|tools|tests/(dataplane|integration|output|standards|unit))(/|$)"
    r"|^(Makefile|pyproject\.toml)$|\.(log|pyc)$")


def import_archive(archive: pathlib.Path) -> tuple[list[str], dict]:
    """The importer's findings, and its record of what the archive offers."""
    path = os.pathsep.join((os.path.dirname(program("python")), os.environ["PATH"]))
    done = subprocess.run(
        [sys.executable, "-m", "galaxy_importer.main", str(archive)],
        check=False, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=archive.parent,
        env={**os.environ, "PATH": path, "GALAXY_IMPORTER_CONFIG": str(ROOT / "tools" / "importer.cfg")},
    )
    print(done.stdout, end="")
    if done.returncode:
        sys.exit("galaxy-importer refuses the archive")
    result = json.loads((archive.parent / "importer_result.json").read_text(encoding="utf-8"))
    return [line for line in done.stdout.splitlines() if re.match(r"(WARNING|ERROR|CRITICAL)\b", line)], result


def missing(result: dict) -> list[str]:
    """What stands in the checkout and is not offered by the archive."""
    offered = {(content["content_type"], content["name"]) for content in result["contents"]}
    expected = {("module", path.stem) for path in ROOT.glob("plugins/modules/[a-z]*.py")}
    expected |= {("filter", path.stem) for path in ROOT.glob("plugins/filter/[a-z]*.py")}
    expected |= {("role", path.parent.parent.name) for path in ROOT.glob("roles/*/meta/main.yml")}
    expected |= {("playbook", path.name) for path in ROOT.glob("playbooks/*.yml")}
    return [f"the archive does not offer the {kind} {name}" for kind, name in sorted(expected - offered)]


def intruders(archive: pathlib.Path) -> list[str]:
    with tarfile.open(archive) as packed:
        return [f"the archive holds {name}" for name in packed.getnames() if NEVER_SHIPPED.search(name)]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        archive = build(folder)
        warnings, result = import_archive(archive)
        findings = warnings + missing(result) + intruders(archive)
    if findings:
        sys.exit("\n".join(["", "The archive is not fit for release:", *findings]))


if __name__ == "__main__":
    main()
