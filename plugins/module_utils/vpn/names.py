# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the objects of a VPN are called: the VPN's name, and what stands behind it. The scheme is spelled here and nowhere else.

A name says what an object would be called, never whose it is: that stands in the record.
"""

from __future__ import annotations

import hashlib
import re
from ipaddress import ip_network

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import MOST_TUNNELS

# What PAN-OS's shortest name limit (31 characters for a crypto profile) leaves beside what stands behind the VPN's name.
NAME_LENGTH = 26
VPN_NAME = re.compile(rf"[0-9A-Za-z][0-9A-Za-z_.-]{{0,{NAME_LENGTH - 1}}}")
# Longest name of a static route and of a security rule.
_OBJECT_LENGTH = 63
# The security rules of a VPN: traffic both ways, what its tunnels need outside, and what runs inside its zone.
OUT, IN, IKE, IKE_IN, IKE_OUT, INSIDE = "out", "in", "ike", "ike-in", "ike-out", "inside"
_DISCARD, _NO_NAT, _LOCAL = "discard", "no-nat", "local"
# Characters of the digest that tells networks, or pairs of them, apart whose names are too long.
_DIGEST_LENGTH = 10
# What can stand behind a VPN's name in the name of an object.
_PARTS = (r"\d", _DISCARD, OUT, IN, IKE, IKE_IN, IKE_OUT, INSIDE, "rest", _NO_NAT, _LOCAL, rf"(\d|{_DISCARD})-[0-9a-fA-F.]+-\d+",
          rf"(\d|{_DISCARD})-[0-9a-f]{{{_DIGEST_LENGTH}}}", rf"\d-({OUT}|{IN}|rest)")
_TUNNEL_OR_LAST_RULE = re.compile(rf"-(\d|{_DISCARD})$")
_NUMBER = re.compile(r"-(\d+)$")


def problem_of_vpn(name: str) -> str:
    """Why no VPN can have this name; empty where one can."""
    if VPN_NAME.fullmatch(name):
        return ""
    return f"'{name}': it begins the names of all objects; give letters, digits, '-', '_' and '.', {NAME_LENGTH} characters at most"


def tunnel(vpn: str, number: int) -> str:
    """What a tunnel of its own is called: its IPsec tunnel, IKE gateway, PBF rule, BGP peer, and a profile that is its alone."""
    return vpn + tunnel_key(number)


def tunnel_key(number: int) -> str:
    """What stands behind the VPN's name there."""
    return f"-{number}"


def discard_rule(vpn: str) -> str:
    """The PBF rule that drops what no tunnel takes."""
    return f"{vpn}-{_DISCARD}"


def local_rule(vpn: str) -> str:
    """The PBF rule that leaves to the routing table what a summary network holds of this side."""
    return f"{vpn}-{_LOCAL}"


def security_rule(vpn: str, part: str) -> str:
    return f"{vpn}-{part}"


def nat_rule(vpn: str) -> str:
    """The NAT rule that keeps the VPN's traffic from being translated."""
    return f"{vpn}-{_NO_NAT}"


def route(vpn: str, number: int, network: str) -> str:
    return route_of(vpn, tunnel_key(number), network)


def route_key(vpn: str, number: int, network: str) -> str:
    """What stands behind the VPN's name in the name of a tunnel's route."""
    return route(vpn, number, network)[len(vpn):]


def discard_route(vpn: str, network: str) -> str:
    return route_of(vpn, f"-{_DISCARD}", network)


def route_keys() -> tuple[str, ...]:
    """What stands between a VPN's name and the network in the names of its static routes."""
    return (*(tunnel_key(number) for number in range(1, MOST_TUNNELS + 1)), f"-{_DISCARD}")


def route_of(vpn: str, key: str, network: str) -> str:
    """C(key): one of C(route_keys). A digest stands for a network whose name there is no room for."""
    name = f"{vpn}{key}-{_slug(network)}"
    return name if len(name) <= _OBJECT_LENGTH else f"{vpn}{key}-{_digest(_network(network))}"


def _slug(network: str) -> str:
    """A network as a name can have it; one that would begin with a dot begins with the zero that it stands for."""
    spelled = f"0{network}" if network.startswith(":") else network
    return spelled.replace("/", "-").replace(":", ".")


def network_of(slug: str, ipv6: bool) -> str:
    """The network that the end of a static route's name says; where a digest stands there, or the network is spelled otherwise, none that a VPN has."""
    address, _dash, length = slug.rpartition("-")
    return f"{address.replace('.', ':') if ipv6 else address}/{length}"


def beside(name: str, part: str | int) -> str:
    """What an object could be called that the diagnosis proposes to make for a tunnel."""
    return f"{name}-{part}"[:_OBJECT_LENGTH]


def is_of_tunnel(vpn: str, number: int, name: str) -> bool:
    """Whether an object of the VPN with this name serves one tunnel alone: a route, or a policy of a tunnel's peer group."""
    own = tunnel(vpn, number)
    return name == own or name.startswith(f"{own}-")


def proxy_id(tunnel_name: str, local: str, remote: str) -> str:
    """What the proxy ID of a pair of networks is called, whatever other pairs there are: by the networks, or by as much of them as there is room for.

    PAN-OS counts the tunnel's name, the proxy ID's and a colon between them.
    """
    ours, theirs = _network(local), _network(remote)
    digest = _digest(f"{ours} {theirs}")
    room = _OBJECT_LENGTH - len(tunnel_name) - 1
    told = (f"{_slug(ours)}_{_slug(theirs)}", f"{_slug(theirs)}_{digest}", digest)
    return next((name for name in told if len(name) <= room), digest)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGEST_LENGTH]


def _network(text: str) -> str:
    """One spelling of each network."""
    try:
        return str(ip_network(text))
    except ValueError:
        return text


def member_proxy_id(tunnel_name: str, proxy: str) -> str:
    """What the record says of a proxy ID that a tunnel was given."""
    return f"{tunnel_name}:{proxy}"


def stem(name: str) -> str:
    """The name of the VPN that a tunnel or PBF rule would be of: C(paris) in C(paris-1)."""
    return _TUNNEL_OR_LAST_RULE.sub("", name)


def failover_of(rule: str) -> str:
    """The name of the set of paths that a PBF rule would be one of."""
    return _NUMBER.sub("", rule)


def number_of(name: str) -> int:
    """The number of the tunnel or path that an object would be for; 0 for none."""
    found = _NUMBER.search(name)
    return int(found.group(1)) if found else 0


def last_rule_of(tunnel_name: str) -> str:
    """The PBF rule that drops what no tunnel takes, from the name of one of the tunnels or rules."""
    return discard_rule(stem(tunnel_name))


def could_be(vpn: str, name: str) -> bool:
    """Whether an object of the VPN could have this name. For what is told, never for what is done."""
    return name == vpn or name.startswith(f"{vpn}-") and any(re.fullmatch(part, name[len(vpn) + 1:]) for part in _PARTS)


def clash(one: str, other: str) -> str | None:
    """The name that would be a VPN's and a tunnel's of the other VPN."""
    longer, shorter = (one, other) if len(one) > len(other) else (other, one)
    return longer if re.fullmatch(re.escape(shorter) + r"-\d", longer) else None
