# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files that a tool writes, or parts of files: they are written anew, or with C(--check) only compared with what they are to be."""

from __future__ import annotations

import pathlib
import runpy
import sys
from collections.abc import Callable, Iterable

ROOT = pathlib.Path(__file__).resolve().parent.parent


def importable() -> None:
    """Makes this checkout the collection that is imported, whatever is installed."""
    if "ansible_collections.tunnelsmith.panos_vpn" not in sys.modules:
        runpy.run_path(str(ROOT / "tests" / "conftest.py"))


def concluded(files: Iterable[tuple[pathlib.Path, Callable[[str], str]]], source: str) -> int:
    """A tool's exit status. C(files): each with what makes of its text what it is to be; the text of one that is not there is empty.

    C(source): what says that, for the complaint. A file may come several times, with a part of it each time.
    """
    only_compares = "--check" in sys.argv
    stale = []
    for path, written in files:
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        wanted = written(text)
        if wanted == text:
            continue
        stale.append(path)
        if not only_compares:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(wanted, encoding="utf-8")
    if not only_compares:
        return 0
    for path in dict.fromkeys(stale):
        print(f"{path.relative_to(ROOT)} is not what {source} says; run tools/{pathlib.Path(sys.argv[0]).name}")
    return int(bool(stale))
