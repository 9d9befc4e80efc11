# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the module of one PAN-OS object does, whichever it is."""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import arguments
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.connection import Session
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile import beside
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.gathered import gathered
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.values import asked_of, validate
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import DesiredEntry
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Request, Resource
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.module import PanosModule, target_of, with_session
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.needed import in_containers
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.writing import Wanted, configure


def run(resource: Resource) -> None:
    """The whole life of a resource's module."""
    module = PanosModule(arguments.of_resource(resource))
    with_session(module, lambda session: _run_resource(module, session, resource))


def _run_resource(module: PanosModule, session: Session, resource: Resource) -> dict:
    params = module.params
    state = params["state"]
    names = {name: params[name] for name in resource.identity}
    values = asked_of(resource, params)
    if state != "gathered":
        name = names[resource.identity[-1]]
        if not name:
            raise InvalidInput(f"{resource.identity[-1]} is required with state {state}")
        extra = {node.option for node in resource.extra}
        validate(DesiredEntry(resource.table, name, {key: value for key, value in values.items() if key not in extra}, state))
    target = target_of(module, session)
    request = Request(names, values, state, target.platform, target.base, params.get("update_secret") or "on_create")
    reads = [target.base(kind) + path for kind, path in resource.reads(request)]
    if state == "gathered":
        found = gathered(resource, request, target.read(in_containers(reads)))
        return {"changed": False, "gathered": found.objects, "warnings": found.warnings}

    def wanted(tree):
        told = [check(request, tree) for check in resource.checks]
        items = resource.desired(request, tree)
        return Wanted([items], [*filter(None, told), *beside.told(items, tree, target.base, resource.states)])

    return configure(module, target, in_containers(reads), wanted)
