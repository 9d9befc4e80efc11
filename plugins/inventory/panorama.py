# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: panorama
short_description: The firewalls behind a Palo Alto Networks Panorama
version_added: 0.1.0
description:
  - Makes a host of each firewall that a Panorama manages, with what Panorama knows of it as variables, and groups by device group, template stack,
    template, release and state.
  - Panorama is asked four questions, whatever the number of firewalls. No secret becomes a variable or goes into the cache.
  - The name of the file ends with C(panorama.yml) or C(panorama.yaml).
author:
  - Tunnelsmith contributors (@tunnelsmith)
extends_documentation_fragment:
  - constructed
  - inventory_cache
options:
  plugin:
    description: Name of this plugin.
    type: str
    required: true
    choices: [tunnelsmith.panos_vpn.panorama]
  provider:
    description:
      - How to reach Panorama, with the options that O(tunnelsmith.panos_vpn.vpn_info#module:provider) has. What is left out comes from the same
        environment variables (E(PANOS_HOSTNAME), E(PANOS_API_KEY) and so on). Values may be templates.
    type: dict
    default: {}
  reach:
    description:
      - How tasks reach a firewall, by the host variable C(panos_provider).
      - V(panorama) goes through Panorama, with the firewall's serial number. V(direct) goes to the firewall's own management address; one that
        Panorama knows no address of, as where it is not connected, gets no C(panos_provider).
      - Neither holds a user name, a password or a key. They come from the environment, or are combined with it where a play sets C(provider).
    type: str
    choices: [panorama, direct]
    default: panorama
  hostnames:
    description: What a host is called by, the first of these that is known. Where two firewalls have the same one, both are called by their serial numbers.
    type: list
    elements: str
    choices: [hostname, serial, ip_address]
    default: [hostname, serial]
  connected_only:
    description: Whether firewalls that are not connected to Panorama are left out.
    type: bool
    default: false
  ha_members:
    description:
      - V(active) leaves out the members of an HA pair whose configuration does not count, V(passive) ones for example. Then one member of each pair is a
        host, and a play need not know which one is active.
    type: str
    choices: [all, active]
    default: all
requirements:
  - pan-os-python >= 1.12, < 2
notes:
  - The groups are C(device_group_NAME), C(template_stack_NAME), C(template_NAME), C(panos_11_1) and the like for releases, C(connected),
    C(disconnected), C(ha_STATE) and C(tag_NAME). A device group's group holds those of the device groups below it.
  - The variables are C(panos_serial), C(panos_hostname), C(panos_ip_address), C(panos_ipv6_address), C(panos_model), C(panos_family),
    C(panos_version), C(panos_connected), C(panos_multi_vsys), C(panos_vsys) (a mapping of names to displayed names), C(panos_ha_state),
    C(panos_ha_peer_serial), C(panos_ha_peer) (the name of a host), C(panos_device_group), C(panos_device_groups) (with those above, the nearest
    first), C(panos_device_group_status), C(panos_template_stack), C(panos_templates), C(panos_template_status), C(panos_tags), C(panos_may_vpn) and
    C(panos_provider).
  - C(ansible_connection) is V(local) for each host, and C(ansible_python_interpreter) Ansible's own.
"""

EXAMPLES = r"""
# branches.panorama.yml: the connection comes from PANOS_HOSTNAME, PANOS_API_KEY and PANOS_CA_PATH
plugin: tunnelsmith.panos_vpn.panorama
ha_members: active

---
# A group for each region in the firewalls' names (fra-fw1, fra-fw2, lyo-fw1 ...), and one of those that lag behind
plugin: tunnelsmith.panos_vpn.panorama
provider:
  ip_address: panorama.example.com
  api_key: "{{ lookup('ansible.builtin.env', 'PANORAMA_KEY') }}"
connected_only: true
keyed_groups:
  - key: panos_hostname.split('-')[0]
    prefix: region
groups:
  old: panos_version is version('11.1', '<')
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: ~/.cache/panorama
"""

import dataclasses
import sys
from typing import Any, Iterable, Iterator

from ansible.errors import AnsibleParserError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable
from ansible.utils.unsafe_proxy import wrap_var

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import arguments
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import secrets
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device import managed
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.connection import Session
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.managed import Device, DeviceGroup, Fleet, TemplateStack
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.target import itself
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.transport import Provider
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import PanosVpnError

_ENDINGS = ("panorama.yml", "panorama.yaml")
_OF_PANORAMA = ("ip_address", "port", "validate_certs", "ca_path", "timeout", "answer_limit")


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):

    NAME = "tunnelsmith.panos_vpn.panorama"

    def verify_file(self, path):
        return super().verify_file(path) and path.endswith(_ENDINGS)

    def parse(self, inventory, loader, path, cache=True):
        super().parse(inventory, loader, path, cache)
        self._read_config_data(path)
        provider = self._provider(path)
        self._add(_fleet_of(self._told(path, provider, cache)), provider)

    def _provider(self, path: str) -> dict:
        """What leads to Panorama, with what the environment adds. Raises AnsibleParserError for what no provider is."""
        given = {name: self.templar.template(value) for name, value in (self.get_option("provider") or {}).items()}
        checked = ArgumentSpecValidator(arguments.PROVIDER).validate({"provider": arguments.said(arguments.PROVIDER["provider"]["options"], given)})
        if checked.error_messages:
            raise AnsibleParserError(f"{path}: {'; '.join(checked.error_messages)}")
        provider = checked.validated_parameters["provider"]
        if provider["serial_number"]:
            raise AnsibleParserError(f"{path}: provider.serial_number (PANOS_SERIAL_NUMBER) leads to one firewall, and the list is Panorama's: leave it out")
        return provider

    def _told(self, path: str, provider: dict, cache: bool) -> dict:
        """What Panorama tells, or has told within the time of the cache, as plain values."""
        self.load_cache_plugin()
        key = self.get_cache_key(path)
        if self.get_option("cache") and cache and key in self._cache:
            return self._cache[key]
        told = dataclasses.asdict(_asked(path, provider))
        if self.get_option("cache"):
            self._cache[key] = told
        return told

    def _add(self, fleet: Fleet, provider: dict) -> None:
        chosen = [device for device in fleet.devices if self._is_wanted(device)]
        names = self._names(chosen)
        self._add_hierarchy(fleet)
        for device in chosen:
            self._add_host(names[device.serial], {**_variables(device, fleet, names), **self._reached(device, provider)}, _groups(device, fleet))

    def _is_wanted(self, device: Device) -> bool:
        if self.get_option("connected_only") and not device.connected:
            return False
        return self.get_option("ha_members") == "all" or device.takes_changes

    def _names(self, devices: Iterable[Device]) -> dict[str, str]:
        """Serial number → name of the host."""
        wanted = {device.serial: self._wanted_name(device) for device in devices}
        taken = list(wanted.values())
        shared = {name for name in taken if taken.count(name) > 1}
        for name in sorted(shared):
            serials = [serial for serial, called in wanted.items() if called == name]
            self.display.warning(f"the firewalls {', '.join(serials)} are all called {name}: they are hosts by their serial numbers")
        return {serial: serial if name in shared else name for serial, name in wanted.items()}

    def _wanted_name(self, device: Device) -> str:
        known = (getattr(device, source) for source in self.get_option("hostnames"))
        return next(filter(None, known), device.serial)

    def _reached(self, device: Device, provider: dict) -> dict[str, Any]:
        if self.get_option("reach") == "direct":
            return {"panos_provider": {"ip_address": device.ip_address}} if device.ip_address else {}
        through = {name: provider[name] for name in _OF_PANORAMA if provider[name] is not None}
        return {"panos_provider": {**through, "serial_number": device.serial}}

    def _add_host(self, name: str, variables: dict[str, Any], groups: Iterable[str]) -> None:
        self.inventory.add_host(name)
        for variable, value in variables.items():
            # What others gave names to is no template.
            self.inventory.set_variable(name, variable, wrap_var(value))
        for group in groups:
            self.inventory.add_host(name, self._group(group))
        strict = self.get_option("strict")
        self._set_composite_vars(self.get_option("compose"), variables, name, strict=strict)
        self._add_host_to_composed_groups(self.get_option("groups"), variables, name, strict=strict)
        self._add_host_to_keyed_groups(self.get_option("keyed_groups"), variables, name, strict=strict)

    def _add_hierarchy(self, fleet: Fleet) -> None:
        for group in fleet.groups:
            if group.parent:
                self.inventory.add_child(self._group(f"device_group_{group.parent}"), self._group(f"device_group_{group.name}"))

    def _group(self, name: str) -> str:
        return self.inventory.add_group(self._sanitize_group_name(name))


def _asked(path: str, provider: dict) -> Fleet:
    try:
        with Session(Provider(**provider)) as session:
            target = itself(session)
            if not target.is_panorama:
                raise AnsibleParserError(f"{path}: {target.place} is no Panorama, it says that it is a {target.platform.model or 'device without a model'}")
            return managed.fleet(session)
    except PanosVpnError as exc:
        forms = {form for name in ("password", "api_key") if provider[name] for form in secrets.printable_forms(provider[name])}
        raise AnsibleParserError(f"{path}: {secrets.masked(str(exc), forms)}") from None


def _fleet_of(told: dict) -> Fleet:
    """What a cache gives back: lists where there were tuples."""
    return Fleet(_made(Device, told["devices"]), _made(DeviceGroup, told["groups"]), _made(TemplateStack, told["stacks"]))


def _made(kind: type, told: Iterable[dict]) -> tuple:
    return tuple(kind(**{name: _frozen(value) for name, value in fields.items()}) for fields in told)


def _frozen(value: Any) -> Any:
    return tuple(_frozen(item) for item in value) if isinstance(value, (list, tuple)) else value


def _variables(device: Device, fleet: Fleet, names: dict[str, str]) -> dict[str, Any]:
    groups, stack = fleet.groups_of(device.serial), fleet.stack_of(device.serial)
    group = groups[0] if groups else None
    return {
        "ansible_connection": "local",
        "ansible_python_interpreter": sys.executable,
        "panos_serial": device.serial,
        "panos_hostname": device.hostname,
        "panos_ip_address": device.ip_address,
        "panos_ipv6_address": device.ipv6_address,
        "panos_model": device.model,
        "panos_family": device.family,
        "panos_version": device.version,
        "panos_connected": device.connected,
        "panos_multi_vsys": device.multi_vsys,
        "panos_vsys": dict(device.vsys),
        "panos_ha_state": device.ha_state,
        "panos_ha_peer_serial": device.ha_peer,
        "panos_ha_peer": names.get(device.ha_peer, ""),
        "panos_device_group": group.name if group else "",
        "panos_device_groups": list(dict.fromkeys(name for each in groups for name in fleet.lineage(each.name))),
        "panos_device_group_status": dict(group.status)[device.serial] if group else "",
        "panos_template_stack": stack.name if stack else "",
        "panos_templates": list(stack.templates) if stack else [],
        "panos_template_status": dict(stack.status)[device.serial] if stack else "",
        "panos_tags": list(device.tags),
        "panos_may_vpn": device.may_vpn,
    }


def _groups(device: Device, fleet: Fleet) -> Iterator[str]:
    stack = fleet.stack_of(device.serial)
    yield "connected" if device.connected else "disconnected"
    yield from (f"device_group_{group.name}" for group in fleet.groups_of(device.serial))
    if stack:
        yield f"template_stack_{stack.name}"
        yield from (f"template_{template}" for template in stack.templates)
    if device.version:
        yield f"panos_{'_'.join(device.version.split('.')[:2])}"
    if device.ha_state:
        yield f"ha_{device.ha_state}"
    yield from (f"tag_{tag}" for tag in device.tags)
