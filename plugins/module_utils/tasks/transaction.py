# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What C(transaction) does: any list of resources in one read, one plan and one write."""

from __future__ import annotations

import contextlib
import copy
import xml.etree.ElementTree as ET
from dataclasses import replace
from typing import Any, Iterator, Mapping

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import arguments
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.connection import Session
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.target import Target
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput, PanosVpnError
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.order import Item, in_order
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile import beside
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.plan import Plan, add, finished, in_reference_order
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.values import asked_of, validate
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.registry import RANKS, RESOURCES
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import DesiredEntry
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Request, Resource
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.module import PanosModule, target_of, with_session
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.needed import in_containers
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.writing import Wanted, carry_out


def argument_spec() -> dict:
    return {
        **arguments.PROVIDER, **arguments.WRITING,
        **{name: dict(arguments.LOCATIONS[name]) for name in arguments.LOCATIONS},
        "items": {"type": "list", "elements": "dict", "required": True, "options": {
            name: {"type": "dict", "options": _item_options(resource)} for name, resource in RESOURCES.items()}},
    }


def _item_options(resource: Resource) -> dict:
    states = [state for state in resource.states if state != "gathered"]
    return {**arguments.of_options(resource), "state": {"type": "str", "choices": states, "default": "present"}}


def run() -> None:
    """The whole life of the module."""
    module = PanosModule(argument_spec())
    with_session(module, lambda session: _run(module, session))


def _run(module: PanosModule, session: Session) -> dict:
    items = [_item(number, item) for number, item in enumerate(module.params["items"], 1)]
    for label, resource, options in items:
        with _named(label):
            _check(resource, options)
    target = target_of(module, session)
    requests = [(label, resource, _request(resource, options, target)) for label, resource, options in in_order(items, RANKS)]
    reads = [target.base(kind) + path for _label, resource, request in requests for kind, path in resource.reads(request)]

    def planned(tree: ET.Element) -> tuple[Wanted, Plan]:
        plan = Plan(before=tree, after=copy.deepcopy(tree))
        intent, phases = Wanted([]), []
        for label, resource, request in requests:
            with _named(label):
                told = [check(request, plan.after) for check in resource.checks]
                intent.warnings += [f"{label}: {warning}" for warning in told if warning]
                wanted = resource.desired(request, plan.after)
                intent.warnings += [f"{label}: {warning}" for warning in beside.told(wanted, plan.after, target.base, resource.states)]
                for entry in wanted:
                    if isinstance(entry, DesiredEntry):
                        intent.warnings += [f"{label}: {warning}" for warning in validate(entry, target.platform)]
                add(plan, in_reference_order(wanted), target.base)
                phases.append(wanted)
        return replace(intent, phases=phases), finished(plan)

    result = carry_out(module, target, in_containers(reads), planned)
    # In place of all arguments, which Ansible would repeat in the result.
    result["invocation"] = {"module_args": {"items": [item.label for item in items]}}
    return result


@contextlib.contextmanager
def _named(label: str) -> Iterator[None]:
    """Puts the item's number in front of what is wrong with it."""
    try:
        yield
    except PanosVpnError as exc:
        raise exc.speaking_of(label)


def _item(number: int, given_item: Mapping[str, Any]) -> Item:
    chosen = [(name, options) for name, options in given_item.items() if options is not None]
    if len(chosen) != 1:
        raise InvalidInput(f"items[{number}]: give exactly one resource, not {', '.join(name for name, _options in chosen) or 'none'}")
    name, options = chosen[0]
    return Item(f"items[{number}] ({name})", RESOURCES[name], options)


def _check(resource: Resource, options: Mapping[str, Any]) -> None:
    values = asked_of(resource, options)
    extra = {node.option for node in resource.extra}
    validate(DesiredEntry(resource.table, options[resource.identity[-1]], {key: value for key, value in values.items() if key not in extra},
                          options["state"]))


def _request(resource: Resource, options: Mapping[str, Any], target: Target) -> Request:
    names = {name: options[name] for name in resource.identity}
    return Request(names, asked_of(resource, options), options["state"], target.platform, target.base, options.get("update_secret") or "on_create")
