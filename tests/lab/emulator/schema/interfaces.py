# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Interfaces: units of tunnel and loopback in full, the others as far as VPNs touch them.

Element names, types and ranges of these units, of MSS adjustment and of the management profile reference come from
the published codegen schema. There is no ``adjust-tcp-mss`` below a tunnel unit (measured: "unexpected here").
An interface address is not format-checked, because it may name an address object (measured on 12.1).
"""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.kinds import (
    Group, Reference, Text, entries, empty, group, integer, leaf, text, undescribed, yes_no,
)

_MANAGEMENT_PROFILE = leaf("interface-management-profile", Text(31), Reference("interface-management-profile"))
_MTU = integer("mtu", 576, 9216)
_MSS = group(
    "adjust-tcp-mss",
    *yes_no("enable"), integer("ipv4-mss-adjustment", 40, 300), integer("ipv6-mss-adjustment", 60, 300),
)

_IPV6 = group(
    "ipv6",
    *yes_no("enabled"),
    text("interface-id"),
    entries("address", *yes_no("enable-on-interface"), *empty("prefix", "anycast")),
)

_TUNNEL_UNITS = entries(
    "units",
    entries("ip", name=Text(63)),
    _IPV6,
    _MTU,
    _MANAGEMENT_PROFILE,
    text("netflow-profile", 63),
    text("comment", 1023),
    *yes_no("df-ignore"),
    text("link-tag", 127),
    group("bonjour", *yes_no("enable", "ttl-check"), integer("group-id", 0, 16)),
    # Vendor's cloud schema: a number from 1 to 9999 without leading zero.
    name=Text(pattern=r"tunnel\.[1-9][0-9]{0,3}"),
    kind="interface",
)

# By the published codegen schema, which has neither df-ignore nor bonjour here.
_LOOPBACK_UNITS = entries(
    "units",
    entries("ip"),
    _IPV6,
    _MTU,
    _MSS,
    _MANAGEMENT_PROFILE,
    text("netflow-profile", 63),
    text("comment", 1023),
    name=Text(pattern=r"loopback\.[1-9][0-9]{0,3}"),
    kind="interface",
)


def _layer3_unit_content() -> tuple:
    """Real configurations carry much more here (neighbour discovery, LLDP, ARP), so these containers are open."""
    return (entries("ip"), _MTU, _MSS, _MANAGEMENT_PROFILE, text("comment", 1023), undescribed("dhcp-client"))


def _layer3() -> Group:
    return group(
        "layer3",
        *_layer3_unit_content(),
        entries("units", integer("tag", 1, 4094), *_layer3_unit_content(), kind="interface", open=True),
        open=True,
    )


def _layer2(tag: str) -> Group:
    return group(tag, entries("units", integer("tag", 1, 4094), text("comment", 1023), kind="interface", open=True), open=True)


def _logical_units(tag: str) -> Group:
    return group(tag, entries("units", *_layer3_unit_content(), kind="interface", open=True), open=True)


_MODES = (_layer3(), _layer2("layer2"), _layer2("virtual-wire"))

INTERFACE = group(
    "interface",
    entries("ethernet", *_MODES, text("comment", 1023), kind="interface", open=True),
    entries("aggregate-ethernet", *_MODES, text("comment", 1023), kind="interface", open=True),
    group("loopback", _LOOPBACK_UNITS, open=True),
    _logical_units("vlan"),
    group("tunnel", _TUNNEL_UNITS, open=True),
    open=True,
)
