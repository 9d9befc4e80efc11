# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What only Panorama has: templates, stacks, device groups, variables.

Names, lengths and variable types: codegen schema. A default-vsys must exist when it is set, and a stack without
``settings`` fails at commit (both measured on 12.1). A variable must be declared in a template before a stack or a device
may give it a value (verified by others on 12.1.4).
"""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.kinds import (
    Entries, Group, Name, Node, Reference, Text, entries, group, leaf, members, one_of, text, undescribed,
)

#: Values of a variable, by type. The word None declares a variable without a value, so nothing is format-checked.
VARIABLE_TYPES = (
    "ip-netmask", "ip-range", "fqdn", "group-id", "device-priority", "device-id", "interface", "as-number", "qos-profile",
    "egress-max", "link-tag",
)

_VARIABLE_NAME = Text(63, pattern=r"\$[\w.\-]+")
_DECLARED = Reference("variable", checked="set")


def _variables(kind: str | None = None, refers: Reference | None = None) -> Entries:
    return entries(
        "variable",
        group("type", one_of(*(text(each) for each in VARIABLE_TYPES), required=True)),
        text("description", 255),
        name=_VARIABLE_NAME,
        kind=kind,
        refers=refers,
    )


def _settings() -> Group:
    return group("settings", leaf("default-vsys", refers=Reference("vsys", checked="set")), open=True)


def panorama(configuration: Group, of_a_group: tuple[Node, ...]) -> tuple[Node, ...]:
    """``configuration``: what templates and stacks hold of a firewall's. ``of_a_group``: what device groups hold."""
    return (
        entries(
            "template", text("description", 255), configuration, _settings(), _variables("variable"),
            name=Name(63), kind="template",
        ),
        entries(
            "template-stack",
            text("description", 255),
            members("templates", refers=Reference("template")),
            configuration,
            _settings(),
            _variables(refers=_DECLARED),
            entries("devices", _variables(refers=_DECLARED), open=True),
            undescribed("user-group-source"),
            name=Name(63),
            kind="template-stack",
        ),
        entries("device-group", *of_a_group, name=Name(63), kind="device-group"),
    )
