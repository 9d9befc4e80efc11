# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""AWS's description of a Site-to-Site VPN connection -> a peer profile.

Addresses, AS numbers and keys come from the customer gateway's XML inside the description. The algorithms do not: that
XML prints the weakest pair whatever the tunnels are set to. They come from C(Options.TunnelOptions), where an absent
option stands for everything AWS accepts by default. The two halves are in no common order and are joined on AWS's
outside address.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.aws import addressing, algorithms
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.aws.addressing import Address, Network
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.aws.document import connection, known_address, whole_number
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.aws.options import tunnel_options
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.aws.rules import CLOUD
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.document import (
    as_address, as_flag, as_integer, as_network, mappings, readable, same_address,
)
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import BGP, STATIC, Bgp, Profile, Selectors, Telemetry, Tunnel

# Terraform's types of what is read here (peers/readers.py).
TERRAFORM = ("aws_vpn_connection",)

# AWS's documentation of the tunnel options: what holds when an option is not set.
DEFAULT_HOLD_TIME = 30
DEFAULT_REPLAY_WINDOW = 1024
DEFAULT_SELECTOR = {4: "0.0.0.0/0", 6: "::/0"}


@dataclass(frozen=True)
class _Tunnel:
    """One C(ipsec_tunnel) of the XML, unchecked; V(None) is what it does not say readably."""

    outside: Address | None
    customer_outside: Address | None
    inside: Address | None
    inside_peer: Address | None
    prefix: int
    inside_ipv6: Address | None
    inside_ipv6_peer: Address | None
    local_as: int | None
    peer_as: int | None
    hold_time: int | None
    key: str = field(repr=False)


def vpn_connection(
    document: Any,
    connection_id: str | None = None,
    exactly_two: bool = True,
) -> Profile:
    """The peer profile of one VPN connection.

    C(document) is what C(aws ec2 describe-vpn-connections), C(amazon.aws.ec2_vpc_vpn_info), C(terraform show -json) or another of the
    tools that pass AWS's description on print, parsed or as text, or one connection of those. C(connection_id) is needed where it holds several.
    A pre-shared key that is not readable is V(None) in the profile.

    Raises C(InvalidInput) for what no further variable could mend; its text holds no key.
    """
    identity, settings = connection(document, connection_id)
    where = f"VPN connection {identity}"
    _refuse_unusable(settings, where)

    root = _configuration(settings.get("customergatewayconfiguration"), where)
    tunnels = [_tunnel(element) for element in root.iter("ipsec_tunnel")]
    _refuse_odd_tunnels(tunnels, exactly_two, where)

    options, warnings = _joined_options(settings, tunnels, where)
    routing = _routing(settings, root)
    warnings = _association_warnings(settings, where) + warnings
    found = []
    for tunnel, its_options in zip(tunnels, options):
        place = f"{where}, tunnel to {tunnel.outside}"
        key, key_warnings = _pre_shared_key(tunnel, its_options, settings, place)
        warnings += key_warnings
        found.append(Tunnel(
            cloud=CLOUD,
            outside_address=str(tunnel.outside),
            customer_outside_address=str(tunnel.customer_outside) if tunnel.customer_outside else None,
            **_inside(tunnel, its_options, place),
            pre_shared_key=key,
            offers=algorithms.offers(its_options, place),
            anti_replay_window=whole_number(its_options, "replaywindowsize", DEFAULT_REPLAY_WINDOW, place),
            bgp=_bgp(tunnel, its_options, place) if routing == BGP else None,
            traffic_selectors=_traffic_selectors(settings, tunnel, place),
            telemetry=_telemetry(settings, tunnel),
        ))
    _refuse_shared_inside(found, where)
    return Profile(
        id=identity,
        cloud=CLOUD,
        state=settings.get("state") or None,
        routing=routing,
        gateway=_gateway(settings, root),
        customer_gateway_id=settings.get("customergatewayid") or _text(root, "customer_gateway_id") or None,
        acceleration=as_flag(settings.get("enableacceleration")) is True,
        static_routes=_static_routes(settings),
        tunnels=tuple(found),
        warnings=tuple(warnings),
    )


# What reads a document of it (peers/readers.py).
PROFILE = vpn_connection


def _refuse_unusable(settings: dict, where: str) -> None:
    state = settings.get("state")
    if state and str(state).lower() != "available":
        raise InvalidInput(f"{where} is {state}; it can be paired once AWS says available.")
    for telemetry in mappings(settings.get("vgwtelemetry")):
        if telemetry.get("certificatearn"):
            raise InvalidInput(
                f"{where} authenticates by certificate ({telemetry['certificatearn']}); only pre-shared keys can be paired. "
                "Create a connection whose customer gateway has no certificate."
            )


def _refuse_odd_tunnels(tunnels: list[_Tunnel], exactly_two: bool, where: str) -> None:
    if not tunnels or (exactly_two and len(tunnels) != 2):
        raise InvalidInput(f"{where} has {len(tunnels)} tunnels in its customer gateway configuration; two are needed.")
    for number, tunnel in enumerate(tunnels, 1):
        if tunnel.outside is None:
            raise InvalidInput(f"{where}: ipsec_tunnel {number} names no readable outside address of AWS (vpn_gateway/tunnel_outside_address).")
    for number, tunnel in enumerate(tunnels):
        if tunnel.outside in [other.outside for other in tunnels[:number]]:
            raise InvalidInput(
                f"{where} has two tunnels to the same AWS endpoint {tunnel.outside}. AWS always gives two endpoints; a test double may not."
            )


def _refuse_shared_inside(tunnels: list[Tunnel], where: str) -> None:
    seen: dict = {}
    for tunnel in tunnels:
        other = seen.setdefault(tunnel.inside_cidr, tunnel)
        if other is not tunnel:
            raise InvalidInput(
                f"{where} has the same inside range {tunnel.inside_cidr} in both tunnels, "
                f"{other.outside_address} and {tunnel.outside_address}; give one of them another range in AWS."
            )


def _configuration(text: object, where: str) -> Element:
    if not text or not isinstance(text, str):
        raise InvalidInput(
            f"{where} comes without its customer gateway configuration (CustomerGatewayConfiguration), which names its addresses. "
            "AWS gives it to callers who may read it, Ansible's module outside check mode, Terraform after apply."
        )
    if "</" not in text and readable(text) is None:
        raise InvalidInput(f"{where}: its customer gateway configuration is masked; give AWS's output as it was printed (with Pulumi: --show-secrets).")
    if "<!doctype" in text.lower():
        raise InvalidInput(f"{where}: its customer gateway configuration has a DOCTYPE, which AWS never writes.")
    try:
        return ElementTree.fromstring(text)
    except ElementTree.ParseError as exc:
        line, column = exc.position
        # Without the cause: the parser may quote what it stumbled over, and that may be a key.
        raise InvalidInput(f"{where}: its customer gateway configuration is not XML (line {line}, column {column}); export it again.") from None


def _tunnel(element: Element) -> _Tunnel:
    ours, theirs = element.find("customer_gateway"), element.find("vpn_gateway")
    prefix = as_integer(_text(ours, "tunnel_inside_address/network_cidr"))
    return _Tunnel(
        outside=_address(theirs, "tunnel_outside_address"),
        customer_outside=_address(ours, "tunnel_outside_address"),
        inside=_address(ours, "tunnel_inside_address", 4),
        inside_peer=_address(theirs, "tunnel_inside_address", 4),
        prefix=prefix if prefix is not None and 1 <= prefix <= addressing.INSIDE_PREFIX else addressing.INSIDE_PREFIX,
        inside_ipv6=_address(ours, "tunnel_inside_ipv6_address", 6),
        inside_ipv6_peer=_address(theirs, "tunnel_inside_ipv6_address", 6),
        local_as=as_integer(_text(ours, "bgp/asn")),
        peer_as=as_integer(_text(theirs, "bgp/asn")),
        hold_time=as_integer(_text(ours, "bgp/hold_time") or _text(theirs, "bgp/hold_time")),
        key=_text(element, "ike/pre_shared_key"),
    )


def _text(element: Element | None, path: str) -> str:
    return (element.findtext(path) or "").strip() if element is not None else ""


def _address(side: Element | None, path: str, version: int | None = None) -> Address | None:
    return as_address(_text(side, f"{path}/ip_address"), version)


def _routing(settings: dict, root: Element) -> str:
    static = as_flag(settings.get("staticroutesonly"))
    if static is None:
        static = _text(root, "vpn_connection_attributes") == "NoBGPVPNConnection" or root.find(".//bgp") is None
    return STATIC if static else BGP


def _gateway(settings: dict, root: Element) -> str:
    for kind, keys in (
        ("concentrator", ("vpnconcentratorid",)),
        ("cloudwan", ("corenetworkarn", "corenetworkattachmentarn")),
        ("tgw", ("transitgatewayid",)),
        ("vgw", ("vpngatewayid",)),
    ):
        if any(settings.get(key) for key in keys):
            return kind
    return "vgw" if _text(root, "vpn_gateway_id").startswith("vgw-") else "unknown"


def _association_warnings(settings: dict, where: str) -> list[str]:
    association = settings.get("gatewayassociationstate")
    if not association or association == "associated":
        return []
    return [f"{where}: AWS's gateway is {association}; no traffic passes until it is associated"]


def _static_routes(settings: dict) -> tuple[str, ...]:
    return tuple(
        route["destinationcidrblock"]
        for route in mappings(settings.get("routes"))
        if route.get("destinationcidrblock") and route.get("state") not in ("deleting", "deleted")
    )


def _telemetry(settings: dict, tunnel: _Tunnel) -> Telemetry | None:
    for entry in mappings(settings.get("vgwtelemetry")):
        if same_address(entry.get("outsideipaddress"), tunnel.outside):
            return Telemetry(entry.get("status"), entry.get("statusmessage") or "", as_integer(entry.get("acceptedroutecount")))
    return None


def _joined_options(settings: dict, tunnels: list[_Tunnel], where: str) -> tuple[list[dict], list[str]]:
    """Each tunnel's options, by AWS's outside address or, in an entry without one, by the inside range."""
    left, warnings = tunnel_options(settings, where)
    joined = []
    for tunnel in tunnels:
        own = next((entry for entry in left if _belongs(entry, tunnel)), {})
        left = [entry for entry in left if entry is not own]
        joined.append(own)
    _give_nameless(left, joined, where)
    for entry in left:
        if any(same_address(entry.get("outsideipaddress"), tunnel.outside) for tunnel in tunnels):
            continue
        warnings.append(
            f"{where}: the tunnel options for {known_address(entry.get('outsideipaddress'))} belong to no tunnel of its customer gateway "
            "configuration and are ignored; a tunnel without options is taken to accept AWS's defaults"
        )
    return joined, warnings


def _give_nameless(left: list[dict], joined: list[dict], where: str) -> None:
    """Options that name no tunnel are those of the one that has none yet, or of both where they are the same; else it is not known whose they are."""
    nameless = [entry for entry in left if not entry.get("outsideipaddress") and not entry.get("tunnelinsidecidr")]
    without = [number for number, options in enumerate(joined) if not options]
    if not nameless:
        return
    if len(nameless) > len(without) or any(entry != nameless[0] for entry in nameless[1:]) or len(nameless) < len(without):
        raise InvalidInput(f"{where}: its tunnel options name no endpoint (OutsideIpAddress), so that it is not known which tunnel they are of.")
    for number, entry in zip(without, nameless):
        joined[number] = entry
        left.remove(entry)


def _belongs(entry: dict, tunnel: _Tunnel) -> bool:
    if entry.get("outsideipaddress"):
        return same_address(entry["outsideipaddress"], tunnel.outside)
    inside = as_network(entry.get("tunnelinsidecidr"))
    return inside is not None and tunnel.inside is not None and tunnel.inside in inside


def _pre_shared_key(tunnel: _Tunnel, options: dict, settings: dict, place: str) -> tuple[str | None, list[str]]:
    """The key of the XML, else of the options; V(None) when both are missing, masked or stand-ins.

    With a secret's ARN and no key in the options, AWS keeps the key in Secrets Manager and what the XML prints is no key.
    """
    in_xml, in_options = readable(tunnel.key), readable(options.get("presharedkey"))
    if in_options is None and settings.get("presharedkeyarn"):
        return None, []
    warnings = []
    if in_xml and in_options and in_xml != in_options:
        warnings.append(f"{place}: the tunnel options and the customer gateway configuration hold different pre-shared keys; the latter is used")
    return in_xml or in_options, warnings


def _inside(tunnel: _Tunnel, options: dict, place: str) -> dict:
    """Our and AWS's inside addresses: as the XML says, else by AWS's rule (it takes the lower host of the range)."""
    cidr = as_network(options.get("tunnelinsidecidr")) or _around(tunnel.inside or tunnel.inside_peer, tunnel.prefix)
    if cidr is None:
        raise InvalidInput(f"{place}: neither the customer gateway configuration nor TunnelInsideCidr names an IPv4 inside range.")
    ours, theirs = _pair(cidr, tunnel.inside, tunnel.inside_peer, place)
    inside = {"inside_cidr": str(cidr), "inside_address": ours, "inside_peer_address": theirs}
    cidr = as_network(options.get("tunnelinsideipv6cidr"), 6) or _around(
        # The XML's own prefix length is that of a single address.
        tunnel.inside_ipv6 or tunnel.inside_ipv6_peer, addressing.INSIDE_IPV6_PREFIX
    )
    if cidr is None:
        return inside
    ours, theirs = _pair(cidr, tunnel.inside_ipv6, tunnel.inside_ipv6_peer, place)
    return {**inside, "inside_ipv6_cidr": str(cidr), "inside_ipv6_address": ours, "inside_ipv6_peer_address": theirs}


def _pair(cidr: Network, ours: Address | None, theirs: Address | None, place: str) -> tuple[str, str]:
    both = addressing.pair(cidr, ours, theirs)
    if both is None:
        raise InvalidInput(f"{place}: the inside addresses {ours or 'unknown'} (ours) and {theirs or 'unknown'} (AWS) are not the two hosts of {cidr}.")
    return str(both[0]), str(both[1])


def _bgp(tunnel: _Tunnel, options: dict, place: str) -> Bgp:
    peer_as = tunnel.peer_as or as_integer(options.get("bgpasn"))
    if not tunnel.local_as or not peer_as:
        raise InvalidInput(f"{place}: the connection routes by BGP, but its customer gateway configuration does not name both AS numbers.")
    hold_time = tunnel.hold_time or whole_number(options, "bgpholdtime", DEFAULT_HOLD_TIME, place)
    return Bgp(tunnel.local_as, peer_as, hold_time, hold_time // 3)


def _traffic_selectors(settings: dict, tunnel: _Tunnel, place: str) -> Selectors:
    """AWS's I(Local) is the customer's side, which is ours."""
    inside_version = settings.get("tunnelinsideipversion") or ("ipv6" if tunnel.inside_ipv6 else "ipv4")
    version = 6 if str(inside_version).lower() == "ipv6" else 4
    selectors = {}
    for side in ("local", "remote"):
        given = settings.get(f"{side}ipv{version}networkcidr") or DEFAULT_SELECTOR[version]
        selector = as_network(given, version)
        if selector is None:
            raise InvalidInput(f"{place}: {side.capitalize()}Ipv{version}NetworkCidr is not an IPv{version} network.")
        selectors[side] = str(selector)
    return Selectors(**selectors)


def _around(address: Address | None, prefix: int) -> Network | None:
    return ip_network((address, prefix), strict=False) if address is not None else None


of_terraform = vpn_connection
