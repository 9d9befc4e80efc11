# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where objects live: from the location options to the base paths of a configuration."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput

# The literal name of the one device entry, on firewalls and Panorama alike.
DEVICE = ("config", "devices", ("entry", "localhost.localdomain"))
DEFAULT_VSYS = "vsys1"
# In the place of a device group: what is for all firewalls.
SHARED = "shared"
# Panorama's plugin that manages Prisma Access.
CLOUD_SERVICES = DEVICE + ("plugins", "cloud_services")


@dataclass(frozen=True)
class Location:
    """The location options of one task; a location that the resource does not take is None. C(tenant): of Prisma Access, where it has several."""

    vsys: str | None = None
    template: str | None = None
    template_stack: str | None = None
    device_group: str | None = None
    rulebase: str | None = None
    tenant: str | None = None

    def base(self, kind: str) -> tuple:
        """The absolute path below which objects of C(kind) (C(network), C(vsys), C(rulebase), C(device), C(cloud_services)) stand.

        On a Panorama also C(template), its own settings, and C(stacks), which all of them lie below. Behind an C(@) stands another template or stack than the
        one that is written to, as C(home) says it.
        """
        kind, _sign, home = kind.partition("@")
        if home:
            layer, _sign, name = home.partition("/")
            return replace(self, **{"template": None, "template_stack": None, layer: name}).base(kind)
        if kind == "rulebase":
            return self._rulebase()
        if kind == "cloud_services":
            return CLOUD_SERVICES + (("multi-tenant", "tenants", ("entry", self.tenant)) if self.tenant else ())
        if kind == "stacks":
            return DEVICE + ("template-stack",)
        if kind == "template":
            return DEVICE + ("template", ("entry", self.template or ""))
        device = self._device()
        if kind == "device":
            return device
        if kind == "network":
            return device + ("network",)
        if kind == "vsys":
            return device + ("vsys", ("entry", self.vsys or DEFAULT_VSYS))
        raise ValueError(kind)

    @property
    def home(self) -> str:
        """The template or the stack, in one word; empty where objects stand in neither."""
        if self.template:
            return f"template/{self.template}"
        return f"template_stack/{self.template_stack}" if self.template_stack else ""

    def holders(self) -> list:
        """The named objects that the task's own option places things in: writing below one that is not there would make it.

        The first virtual system is every firewall's, also where a template has said nothing of it yet.
        """
        group = None if self.device_group == SHARED else self.device_group
        found = [DEVICE + (kind, ("entry", name)) for kind, name in (
            ("template", self.template), ("template-stack", self.template_stack), ("device-group", group)) if name]
        is_everywhere = self.vsys == DEFAULT_VSYS and bool(self.template or self.template_stack)
        return found + ([self.base("vsys")] if self.vsys and not is_everywhere else [])

    def _device(self) -> tuple:
        if self.template and self.template_stack:
            raise InvalidInput("template and template_stack exclude each other")
        for kind, name in (("template", self.template), ("template-stack", self.template_stack)):
            if name:
                return DEVICE + (kind, ("entry", name), "config") + DEVICE[1:]
        return DEVICE

    def _rulebase(self) -> tuple:
        rulebase = self.rulebase or ("pre-rulebase" if self.device_group else "rulebase")
        if not self.device_group:
            return DEVICE + ("vsys", ("entry", self.vsys or DEFAULT_VSYS), rulebase)
        if self.device_group == SHARED:
            return ("config", SHARED, rulebase)
        return DEVICE + ("device-group", ("entry", self.device_group), rulebase)


def in_words(home: str) -> str:
    """What messages call a template or a stack. C(home): as of C(Location.home)."""
    kind, _sign, name = home.partition("/")
    return f"{kind.replace('_', ' ')} '{name}'"


def as_if_at(device: tuple, path: tuple) -> tuple:
    """A place in another template or stack as if it were in the one whose device stands at C(device); any other place as it is."""
    is_alike = len(device) > len(DEVICE) and path[:len(DEVICE)] == DEVICE and path[len(DEVICE):len(DEVICE) + 1] in (("template",), ("template-stack",))
    inside = len(DEVICE) + 2
    return device + path[len(device):] if is_alike and path[inside:len(device)] == device[inside:] else path
