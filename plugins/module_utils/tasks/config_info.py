# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What C(config_info) does: reads all that stands at a location of the kinds that have a module, as items of C(transaction)."""

from __future__ import annotations

from typing import Any, Mapping

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import arguments
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.target import Target
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.export import EXPORTED, export
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.registry import RESOURCES
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import IMPORTED
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.module import PanosModule, target_of, with_session

# What the resources look at, by the location that their objects stand in.
_READ = {"network": ((),), "vsys": (("zone",), IMPORTED), "rulebase": ((),)}


def argument_spec() -> dict:
    return {
        **arguments.PROVIDER, **arguments.WRITING, **arguments.OPTION_PREFIX,
        **{name: dict(spec) for name, spec in arguments.LOCATIONS.items()},
        "resources": {"type": "list", "elements": "str", "choices": list(EXPORTED)},
    }


def run() -> None:
    """The whole life of the module."""
    module = PanosModule(argument_spec())
    with_session(module, lambda session: _told(module, target_of(module, session)), untouched="")


def _told(module: PanosModule, target: Target) -> dict:
    wanted = _resources(module.params)
    kinds = dict.fromkeys(RESOURCES[name].table.location for name in wanted)
    # An interface is told with its zone, and a zone with its interfaces.
    kinds.update(dict.fromkeys(("network", "vsys")) if kinds.keys() & {"network", "vsys"} else ())
    tree = target.read([target.base(kind) + path for kind in kinds for path in _READ[kind]])
    found = export(tree, target.base, target.platform, wanted)
    warnings = list(found.warnings)
    if found.without_secret:
        warnings.append(f"the secrets of {', '.join(found.without_secret)} are left out: where one of these is not there yet, give its secret beside the rest")
    return {"changed": False, "gathered": found.items, "without_secret": found.without_secret, "warnings": warnings}


def _resources(params: Mapping[str, Any]) -> list[str]:
    """Those that are asked for, in the order of references; by itself those that can stand at the location."""
    given = [name for name in arguments.LOCATIONS if params[name] and name not in ("vsys", "rulebase")]
    possible = [name for name in EXPORTED if not given or given[0] in RESOURCES[name].locations]
    wanted = [name for name in possible if params["resources"] is None or name in params["resources"]]
    beside = [name for name in params["resources"] or () if name not in possible]
    if beside:
        raise InvalidInput(f"resources: {beside[0]} is nothing that a {given[0].replace('_', ' ')} holds; it holds {', '.join(possible)}")
    return wanted
