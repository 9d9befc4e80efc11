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
    Address, Entries, Group, Node, Reference, Text, by_name, entries, empty, group, integer, leaf, text, yes_no,
)

_MANAGEMENT_PROFILE = leaf("interface-management-profile", Text(31), Reference("interface-management-profile"))
_MTU = integer("mtu", 576, 9216)
#: Which ports and aggregates a model has is not told here.
_ETHERNET, _AGGREGATE = "ethernet[0-9]{1,2}/[0-9]{1,2}", "ae[1-9][0-9]{0,2}"
_SUBINTERFACE = Text(pattern=rf"({_ETHERNET}|{_AGGREGATE})\.[1-9][0-9]{{0,3}}")


def _addresses(*content: Node) -> Entries:
    """IPv4 addresses, or names of address objects."""
    return entries("ip", *content, name=Text(63), refers=Reference("address-object", form=Address(families=(4,))))


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
    _addresses(),
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
    _addresses(),
    _IPV6,
    _MTU,
    _MSS,
    _MANAGEMENT_PROFILE,
    text("netflow-profile", 63),
    text("comment", 1023),
    name=Text(pattern=r"loopback\.[1-9][0-9]{0,3}"),
    kind="interface",
)


def _layer3_unit_content(*more: str) -> tuple[Node, ...]:
    """What has layer 3, on a port or without one. ``more``: elements that are known by name only."""
    return (
        _addresses(text("sdwan-gateway")), _MTU, _MSS, _MANAGEMENT_PROFILE, text("comment", 1024),
        *by_name("arp bonjour ddns-config dhcp-client df-ignore ipv6 ndp-proxy netflow-profile"), *by_name(" ".join(more)),
    )


def _layer3() -> Group:
    on_a_port = ("decrypt-forward", "pppoe", "sdwan-link-settings")
    return group(
        "layer3",
        *_layer3_unit_content(*on_a_port, "cluster-interconnect", "lacp", "lldp", "traffic-interconnect", "untagged-sub-interface"),
        entries("units", integer("tag", 1, 4094), *_layer3_unit_content(*on_a_port), name=_SUBINTERFACE, kind="interface"),
    )


def _layer2(tag: str) -> Group:
    content = (integer("tag", 1, 4094), text("comment", 1024), *by_name("ip-classifier lldp netflow-profile"))
    units = entries("units", *content, name=_SUBINTERFACE, kind="interface")
    return group(tag, units, *by_name("lacp lldp netflow-profile"))


def _logical_units(tag: str) -> Group:
    units = entries("units", *_layer3_unit_content(), name=Text(pattern=rf"{tag}\.[1-9][0-9]{{0,3}}"), kind="interface")
    return group(tag, units, *by_name(
        "adjust-tcp-mss arp bonjour comment df-ignore dhcp-client interface-management-profile ip ipv6 mtu ndp-proxy netflow-profile"))


_MODES = (_layer3(), _layer2("layer2"), _layer2("virtual-wire"), *by_name("decrypt-mirror ha tap"))
_PORT = by_name("aggregate-group forward-error-correction lacp link-duplex link-speed link-state lldp log-card macsec poe")

INTERFACE = group(
    "interface",
    entries("ethernet", *_MODES, *_PORT, text("comment", 1024), name=Text(pattern=_ETHERNET), kind="interface"),
    entries("aggregate-ethernet", *_MODES, text("comment", 1024), name=Text(pattern=_AGGREGATE), kind="interface"),
    group("loopback", _LOOPBACK_UNITS, *by_name("adjust-tcp-mss ip ipv6 mtu comment interface-management-profile netflow-profile")),
    _logical_units("vlan"),
    group("tunnel", _TUNNEL_UNITS, *by_name("ip ipv6 mtu comment interface-management-profile netflow-profile bonjour")),
    *by_name("sdwan cellular fail-open"),
)
