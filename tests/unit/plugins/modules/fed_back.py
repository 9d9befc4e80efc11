# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a configuration is gathered as, given back as a task's options: what would be sent. Without a firewall, as the modules do it."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import arguments
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.location import Location
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile import gathered
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.plan import plan
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.values import given, validate
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import DesiredEntry
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import PLACES, router
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.platform import Platform
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Request, Resource

STATES = ("present", "replaced")


@dataclass(frozen=True)
class Place:
    """One resource at one location of a configuration. C(only): the options that say which object, as pairs; empty for all that are there."""

    resource: Resource
    platform: Platform
    tree: ET.Element
    location: Location = Location()
    only: tuple = ()

    def parents(self) -> list:
        """The identities without a name: each router, peer group, tunnel, address family that the configuration has."""
        if self.only:
            return [dict(self.only[:-1])]
        found: list = [{}]
        for option in self.resource.identity[:-1]:
            found = [{**names, option: value} for names in found for value in self._named(option, names)]
        return found

    def _named(self, option, names) -> list:
        if option == "address_family":
            return ["ipv4", "ipv6"]
        network = self.location.base("network")[1:]
        kind = "logical_router" if self.platform.advanced else "virtual_router"
        below = {
            "virtual_router": PLACES[kind][1],
            "tunnel": PLACES["ipsec_tunnel"][1],
            "peer_group": router(names.get("virtual_router", ""), self.platform.advanced) + (("bgp",) if self.platform.advanced else ("protocol", "bgp"))
            + ("peer-group",),
        }[option]
        return places.names(self.tree, network + below)

    def request(self, names, values, state) -> Request:
        return Request(names, values, state, self.platform, self.location.base)

    def told(self, tried=True) -> gathered.Gathered:
        """What is gathered of all objects. C(tried): as the module tells it; else as the resource reads it."""
        name = self.resource.identity[-1]
        found = gathered.Gathered()
        for names in self.parents():
            request = self.request({**names, name: dict(self.only).get(name)}, {}, "gathered")
            if tried:
                one = gathered.gathered(self.resource, request, self.tree)
            else:
                one = gathered.Gathered(self.resource.gathered(request, self.tree))
            found.objects += one.objects
            found.warnings += one.warnings
        return found

    def operations(self, options, state) -> list:
        """What a task with these options would send."""
        checked = ArgumentSpecValidator(arguments.of_resource(self.resource)).validate({**options, "state": state})
        assert checked.error_messages == [], checked.error_messages
        values = given({node.option: checked.validated_parameters[node.option] for node in self.resource.table.nodes + self.resource.extra})
        request = self.request({name: options.get(name, checked.validated_parameters[name]) for name in self.resource.identity}, values, state)
        own = {node.option for node in self.resource.table.nodes}
        validate(DesiredEntry(self.resource.table, request.name, {key: value for key, value in values.items() if key in own}, state))
        for check in self.resource.checks:
            check(request, self.tree)
        items = self.resource.desired(request, self.tree)
        for item in items:
            if isinstance(item, DesiredEntry):
                validate(item, self.platform)
        return [(operation.action, places.render(operation.path), operation.element) for operation in plan([items], self.tree, self.location.base).operations]

    def sent(self, tried=True) -> list:
        """All that would be sent by any of what is gathered, and all refusals; nothing is what it has to be."""
        found = []
        for options in self.told(tried).objects:
            for state in STATES:
                if state not in self.resource.states:
                    continue
                try:
                    operations = self.operations(options, state)
                except Exception as exc:
                    operations = [f"{type(exc).__name__}: {exc}"]
                found += [(self.resource.name, state, options, operation) for operation in operations]
        return found
