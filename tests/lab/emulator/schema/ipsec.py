# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""IPsec tunnels.

Names, types and ranges: codegen schema. ``ipsec-mode`` exists from 11.0.2 (version gate of that schema). An operational
name is ``tunnel:proxyid`` and at most 63 characters long (vendor web help of 11.0).
"""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.ike import local_address
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.kinds import (
    HOST, Address, Entries, Group, Name, Reference, Text, Words, address_or_name, empty, entries, group, integer, leaf, members, one_of, secret, text,
    by_name, words, yes_no,
)


def _ports(tag: str) -> Group:
    return group(tag, integer("local-port", 0, 65535), integer("remote-port", 0, 65535))


def _proxy_ids(tag: str) -> Entries:
    network = Address(families=(6,) if tag.endswith("-v6") else (4,))
    return entries(
        tag,
        address_or_name("local", network),
        address_or_name("remote", network),
        group("protocol", one_of(*empty("any"), integer("number", 1, 254), _ports("tcp"), _ports("udp"))),
        name=Name(63),
        kind="proxy-id",
    )


_AUTO_KEY = group(
    "auto-key",
    entries("ike-gateway", name=Text(63), refers=Reference("ike-gateway")),
    leaf("ipsec-crypto-profile", Text(31), Reference("ipsec-crypto-profile")),
    _proxy_ids("proxy-id"),
    _proxy_ids("proxy-id-v6"),
    required=("ike-gateway",),
)

_HASHES = ("md5", "sha1", "sha256", "sha384", "sha512")


def _keyed_hashes() -> tuple[Group, ...]:
    return tuple(group(name, secret("key", 255), required=("key",)) for name in _HASHES)


_SPI = Text(8, 8, pattern="[0-9a-fA-F]{8}")

_MANUAL_KEY = group(
    "manual-key",
    local_address(),
    group("peer-address", address_or_name("ip", HOST)),
    leaf("local-spi", _SPI),
    leaf("remote-spi", _SPI),
    one_of(
        group(
            "esp",
            group("authentication", one_of(*_keyed_hashes(), *empty("none"))),
            group(
                "encryption",
                words("algorithm", "des", "3des", "aes-128-cbc", "aes-192-cbc", "aes-256-cbc", "null"),
                secret("key", 255),
            ),
        ),
        group("ah", one_of(*_keyed_hashes())),
        required=True,
    ),
)


def _satellite_address(tag: str) -> Group:
    return group(tag, text("ipv4"), text("ipv6"))


_SATELLITE = group(
    "global-protect-satellite",
    text("portal-address", 255),
    *yes_no("ipv6-preferred"),
    group("local-address", text("interface"), one_of(_satellite_address("ip"), _satellite_address("floating-ip"))),
    group("publish-connected-routes", *yes_no("enable")),
    members("publish-routes"),
    group("external-ca", text("local-certificate"), text("certificate-profile")),
)

TUNNEL = group(
    "tunnel",
    entries(
        "ipsec",
        *yes_no("disabled", "ipv6", "anti-replay", "copy-tos", "copy-flow-label", "enable-gre-encapsulation"),
        text("comment", 1023),
        leaf("tunnel-interface", refers=Reference("interface", words=("tunnel",), named=("tunnel",))),
        leaf("anti-replay-window", Words(("64", "128", "256", "512", "1024", "2048", "4096"))),
        words("ipsec-mode", "tunnel", "transport", since=(11, 0, 2)),
        group(
            "tunnel-monitor",
            *yes_no("enable"),
            leaf("destination-ip", HOST),
            leaf("tunnel-monitor-profile", refers=Reference("monitor-profile")),
            leaf("proxy-id", refers=Reference("proxy-id")),
        ),
        one_of(_AUTO_KEY, _MANUAL_KEY, _SATELLITE, required=True),
        name=Name(63),
        kind="ipsec-tunnel",
        required=("tunnel-interface",),
    ),
    *by_name("gre global-protect-gateway global-protect-site-to-site"),
)
