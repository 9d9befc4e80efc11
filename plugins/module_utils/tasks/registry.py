# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All resources, in the order of references. The folder is the list: each file of C(resources/) is one."""

from __future__ import annotations

import importlib
import pkgutil

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import resources
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.order import ranks
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Resource


def _in_the_folder() -> list[Resource]:
    names = sorted(found.name for found in pkgutil.iter_modules(resources.__path__))
    return [importlib.import_module(f"{resources.__name__}.{name}").RESOURCE for name in names]


_FOUND = _in_the_folder()
RANKS = ranks(_FOUND)
RESOURCES = {resource.name: resource for resource in sorted(_FOUND, key=lambda resource: (RANKS[resource.name], resource.name))}
