# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What AWS prints about a VPN connection, as the far side needs it. Knows nothing of any firewall.

Addresses, keys and AS numbers come from the customer gateway's XML, everything else from the tunnel options. An option that is
not printed has AWS's default.
"""

from __future__ import annotations

import ipaddress
import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from typing import Any

ENCRYPTION = ("AES128", "AES256", "AES128-GCM-16", "AES256-GCM-16")
INTEGRITY = ("SHA1", "SHA2-256", "SHA2-384", "SHA2-512")
PHASE_1_GROUPS = (2, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24)
PHASE_2_GROUPS = (2, 5, *PHASE_1_GROUPS[1:])


@dataclass(frozen=True)
class Phase:
    """What the endpoint accepts in one phase, lowest first: that is how AWS chooses, whatever the customer prefers."""

    encryption: tuple[str, ...]
    integrity: tuple[str, ...]
    groups: tuple[int, ...]
    lifetime: int


@dataclass(frozen=True)
class Bgp:
    customer_as: int
    aws_as: int
    hold_time: int
    secret: str = field(default="", repr=False)


@dataclass(frozen=True)
class Endpoint:
    """One of the two tunnels, seen from AWS."""

    number: int
    outside: str
    customer_outside: str
    inside: str
    customer_inside: str
    prefix_length: int
    key: str
    ike_versions: tuple[str, ...]
    phase1: Phase
    phase2: Phase
    dead_after: int
    dead_action: str
    starts: bool
    bgp: Bgp | None
    inside_ipv6: str = ""
    customer_inside_ipv6: str = ""

    @property
    def has_ipv6(self) -> bool:
        return bool(self.inside_ipv6) or ":" in self.outside

    @property
    def is_beside(self) -> bool:
        """Whether the two ends of the BGP session have no network in common."""
        return ipaddress.ip_address(self.customer_inside) not in ipaddress.ip_interface(f"{self.inside}/{self.prefix_length}").network

    def __repr__(self) -> str:
        return f"Endpoint({self.number}, {self.outside})"


@dataclass(frozen=True)
class Connection:
    """A whole VPN connection. Selectors are AWS's: ``customer_network`` is what the firewall's side sends from."""

    name: str
    static_routes: tuple[str, ...]
    customer_network: str
    aws_network: str
    endpoints: tuple[Endpoint, ...]

    @property
    def version(self) -> int:
        """Of the packets inside: a connection carries one family."""
        return 6 if ":" in self.aws_network else 4

    @property
    def dynamic(self) -> bool:
        return any(endpoint.bgp for endpoint in self.endpoints)


def read(document: dict[str, Any], name: str | None = None) -> Connection:
    """A connection out of what ``aws ec2 describe-vpn-connections`` prints. Raises ValueError when it holds no such connection."""
    found = [item for item in document.get("VpnConnections", [document]) if name in (None, item.get("VpnConnectionId"))]
    if not found or not found[0].get("CustomerGatewayConfiguration"):
        raise ValueError(f"no VPN connection {name or ''} with a customer gateway configuration")
    return _connection(found[0])


def _connection(item: dict[str, Any]) -> Connection:
    options = item.get("Options") or {}
    told = {option.get("OutsideIpAddress"): option for option in options.get("TunnelOptions") or []}
    root = ET.fromstring(item["CustomerGatewayConfiguration"].strip())
    endpoints = []
    for number, tunnel in enumerate(root.findall("ipsec_tunnel"), start=1):
        outside = _text(tunnel, "vpn_gateway/tunnel_outside_address/ip_address")
        endpoints.append(_endpoint(number, tunnel, told.get(outside) or {}))
    version = 6 if str(options.get("TunnelInsideIpVersion") or "ipv4").lower() == "ipv6" else 4
    everything = "::/0" if version == 6 else "0.0.0.0/0"
    return Connection(
        item["VpnConnectionId"], tuple(route["DestinationCidrBlock"] for route in item.get("Routes") or [] if route.get("State") != "deleted"),
        options.get(f"LocalIpv{version}NetworkCidr") or everything, options.get(f"RemoteIpv{version}NetworkCidr") or everything, tuple(endpoints),
    )


def _endpoint(number: int, tunnel: ET.Element, options: dict[str, Any]) -> Endpoint:
    inside = _text(tunnel, "vpn_gateway/tunnel_inside_address/ip_address")
    length = _text(tunnel, "vpn_gateway/tunnel_inside_address/network_cidr") or "30"
    bgp = None
    if tunnel.find("vpn_gateway/bgp/asn") is not None:
        bgp = Bgp(int(_text(tunnel, "customer_gateway/bgp/asn")), int(_text(tunnel, "vpn_gateway/bgp/asn")),
                  int(_text(tunnel, "vpn_gateway/bgp/hold_time") or 30))
    return Endpoint(
        number, _text(tunnel, "vpn_gateway/tunnel_outside_address/ip_address"),
        _text(tunnel, "customer_gateway/tunnel_outside_address/ip_address"), str(ipaddress.ip_address(inside)),
        _text(tunnel, "customer_gateway/tunnel_inside_address/ip_address"), int(length),
        options.get("PreSharedKey") or _text(tunnel, "ike/pre_shared_key"), _values(options, "IkeVersions", ("ikev1", "ikev2")),
        _phase(options, 1, PHASE_1_GROUPS, 28800), _phase(options, 2, PHASE_2_GROUPS, 3600), int(options.get("DpdTimeoutSeconds") or 30),
        options.get("DpdTimeoutAction") or "clear", options.get("StartupAction") == "start", bgp,
        _text(tunnel, "vpn_gateway/tunnel_inside_ipv6_address/ip_address"), _text(tunnel, "customer_gateway/tunnel_inside_ipv6_address/ip_address"),
    )


def _phase(options: dict[str, Any], number: int, groups: tuple[int, ...], lifetime: int) -> Phase:
    chosen = _values(options, f"Phase{number}EncryptionAlgorithms", ENCRYPTION)
    integrity = _values(options, f"Phase{number}IntegrityAlgorithms", INTEGRITY)
    numbers = {int(value) for value in _values(options, f"Phase{number}DHGroupNumbers", groups)}
    return Phase(
        tuple(name for name in ENCRYPTION if name in chosen), tuple(name for name in INTEGRITY if name in integrity),
        tuple(sorted(numbers)), int(options.get(f"Phase{number}LifetimeSeconds") or lifetime),
    )


def _values(options: dict[str, Any], key: str, default: tuple) -> tuple:
    listed = options.get(key)
    return tuple(item["Value"] for item in listed) if listed else default


def _text(tunnel: ET.Element, path: str) -> str:
    return re.sub(r"\s+", "", tunnel.findtext(path) or "")
