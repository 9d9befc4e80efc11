# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All resources, in the order of references. The folder is the list: each file of C(resources/) is one.

Where Ansible packs a module as a program of its own, it packs what is imported by name. The names are therefore written below as well, by
tools/transaction_documentation.py, so that whoever asks for all of them gets the same everywhere.
"""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import parts, resources
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.parts import (  # noqa: F401  pylint: disable=unused-import
    address,
    bgp_policy,
    bgp_users,
    interface,
    nat,
    pbf,
    template_variable,
)
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.order import ranks
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources import (  # noqa: F401  pylint: disable=unused-import
    bgp_instance,
    bgp_peer,
    bgp_redistribution,
    ike_crypto_profile,
    ike_gateway,
    ipsec_crypto_profile,
    ipsec_tunnel,
    loopback_interface,
    monitor_profile,
    pbf_failover,
    pbf_rule,
    proxy_id,
    router_ecmp,
    security_rule,
    static_route,
    tunnel_interface,
    zone,
    zone_protection_profile,
)
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Resource


def _files_of(room: ModuleType) -> list[ModuleType]:
    names = sorted(found.name for found in pkgutil.iter_modules(room.__path__))
    return [importlib.import_module(f"{room.__name__}.{name}") for name in names]


# The modules that hold tables of PAN-OS's objects.
MODULES = (*_files_of(parts), *_files_of(resources))
_FOUND: list[Resource] = [module.RESOURCE for module in _files_of(resources)]
RANKS = ranks(_FOUND)
RESOURCES = {resource.name: resource for resource in sorted(_FOUND, key=lambda resource: (RANKS[resource.name], resource.name))}
