# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Has this collection's own files imported as Python imports its own: from the byte code that it keeps beside them.

Ansible's finder compiles every file anew in every run; with about a hundred files that takes longer than all that a VPN with nothing to do
needs of a firewall. Where no byte code can be kept, they are compiled as before.
"""

from __future__ import annotations

import contextlib
import importlib.abc
import importlib.machinery
import sys
from typing import Iterator

_PLUGINS = "ansible_collections.tunnelsmith.panos_vpn.plugins"
_ROOMS = (f"{_PLUGINS}.module_utils", f"{_PLUGINS}.modules")
_LOADER = (importlib.machinery.SourceFileLoader, importlib.machinery.SOURCE_SUFFIXES)


class OwnFiles(importlib.abc.MetaPathFinder):
    """Finds what is below C(module_utils) and C(modules), in the folder of the package around it, as Python finds its own."""

    def __init__(self):
        self._folders: dict = {}

    def find_spec(self, fullname, path=None, target=None):
        if not path or not fullname.startswith(_ROOMS):
            return None
        folder = list(path)[0]
        if folder not in self._folders:
            self._folders[folder] = importlib.machinery.FileFinder(folder, _LOADER)
        return self._folders[folder].find_spec(fullname, target)


@contextlib.contextmanager
def used() -> Iterator[None]:
    """For what is imported meanwhile; the finders of the process are as before afterwards."""
    finder = OwnFiles()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
