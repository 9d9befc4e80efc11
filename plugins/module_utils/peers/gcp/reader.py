# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Google Cloud's HA VPN -> a peer profile.

The gateway names Google's outside addresses, the tunnels say which of its interfaces they leave from, the router's interfaces and peers hold the
inside addresses and AS numbers. They are joined by the links that they hold of each other. A tunnel's own peer address is the firewall's.
"""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.document import (
    Resources, are_hosts, as_address, as_flag, as_integer, as_network, mapping, mappings, name_of, readable,
)
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.gcp import algorithms
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.gcp.document import (
    EXTERNAL_GATEWAY, GATEWAY, ROUTER, ROUTER_STATUS, TERRAFORM_TYPES, TUNNEL, described,
)
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.gcp.rules import CLOUD
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import BGP, Bgp, Profile, Selectors, Telemetry, Tunnel

# Terraform's types of what is read here (peers/readers.py).
TERRAFORM = TERRAFORM_TYPES

# Google's documentation of Cloud Router and of the MTU of its VPN gateways: what holds where nothing else is set.
DEFAULT_KEEP_ALIVE = 20
DEFAULT_PRIORITY = 100
OUTSIDE_MTU = 1460

_GOING = ("DEPROVISIONING", "REJECTED", "STOPPED", "FAILED")
_WHAT_TO_GIVE = ("Give what 'gcloud compute vpn-gateways describe', 'vpn-tunnels describe' (or list) and 'routers describe' print, all with --format=json, "
                 "or what 'terraform show -json' prints.")


def ha_vpn(document: Any, connection_id: str | None = None, peer: str | None = None) -> Profile:
    """The peer profile of one HA VPN gateway. C(document): its gateway, tunnels and routers, as data or as JSON or YAML texts, in a list or by any
    names, or one document that holds them. C(peer): the external gateway to which the tunnels go, where there are several.

    Raises C(InvalidInput) for what no further variable could mend; its text holds no key.
    """
    resources = described(document)
    gateway = _gateway(resources, connection_id)
    identity = name_of(gateway)
    where = f"HA VPN gateway {identity}"
    tunnels = _tunnels(resources, gateway, peer, where)
    warnings = _warnings(gateway, tunnels, where)
    found = []
    for told in tunnels:
        place = f"{where}, tunnel {name_of(told)}"
        _refuse_unusable(told, place)
        tunnel, more = _tunnel(resources, gateway, told, place)
        found.append(tunnel)
        warnings += [f"{place}: {text}" for text in more]
    return Profile(id=identity, cloud=CLOUD, routing=BGP, gateway="ha-vpn", customer_gateway_id=name_of(tunnels[0].get("peerexternalgateway")) or None,
                   tunnels=tuple(found), warnings=tuple(warnings))


# What reads a document of it (peers/readers.py).
PROFILE = ha_vpn


def _gateway(resources: Resources, connection_id: str | None) -> dict:
    gateways = resources.of(GATEWAY)
    listed = ", ".join(name_of(gateway) for gateway in gateways)
    if connection_id:
        found = resources.referred(GATEWAY, str(connection_id).strip())
        if found is None:
            raise InvalidInput(f"There is no HA VPN gateway {connection_id} in this output; it holds {listed or 'none'}.")
        return found
    classic = [name_of(tunnel) for tunnel in resources.of(TUNNEL) if tunnel.get("targetvpngateway")]
    if not gateways and classic:
        raise InvalidInput(f"Tunnel {classic[0]} is of a Classic VPN (targetVpnGateway), which has no BGP of its own; only HA VPN is read.")
    if not gateways:
        raise InvalidInput(f"There is no HA VPN gateway in this output. {_WHAT_TO_GIVE}")
    if len(gateways) > 1:
        raise InvalidInput(f"This output holds {len(gateways)} HA VPN gateways; say by its name which one: {listed}.")
    if not name_of(gateways[0]):
        raise InvalidInput("The HA VPN gateway has no name, from which the names on the firewall are made.")
    return gateways[0]


def _tunnels(resources: Resources, gateway: dict, peer: str | None, where: str) -> list[dict]:
    """The gateway's tunnels to one peer, in the order of its interfaces."""
    own = [tunnel for tunnel in resources.of(TUNNEL) if name_of(tunnel.get("vpngateway")) == name_of(gateway)]
    ends = sorted({name_of(tunnel.get("peerexternalgateway") or tunnel.get("peergcpgateway")) or "none" for tunnel in own})
    if peer:
        own = [tunnel for tunnel in own if name_of(tunnel.get("peerexternalgateway")) == name_of(peer)]
        if not own:
            raise InvalidInput(f"{where} has no tunnel to the external gateway {peer}; its tunnels go to {', '.join(ends) or 'nobody'}.")
    elif len(ends) > 1:
        raise InvalidInput(f"{where} has tunnels to several peers; say which: {', '.join(ends)}.")
    if not own:
        raise InvalidInput(f"{where} has no tunnel in this output. {_WHAT_TO_GIVE}")
    return sorted(own, key=lambda tunnel: (as_integer(tunnel.get("vpngatewayinterface")) or 0, as_integer(tunnel.get("peerexternalgatewayinterface")) or 0))


def _refuse_unusable(tunnel: dict, place: str) -> None:
    if str(tunnel.get("status")).upper() in _GOING:
        raise InvalidInput(f"{place} is {tunnel['status']}; it can be paired once Google has it again.")
    if tunnel.get("peergcpgateway"):
        there = name_of(tunnel["peergcpgateway"])
        raise InvalidInput(f"{place} goes to another gateway of Google's, {there} (peerGcpGateway): there is no firewall at its end.")


def _tunnel(resources: Resources, gateway: dict, told: dict, place: str) -> tuple[Tunnel, list[str]]:
    """(a tunnel, warnings)."""
    router = resources.referred(ROUTER, told.get("router"))
    interface = _interface(router, told, place)
    four, six = _peers(router or {}, interface, place)
    keep_alive = as_integer(mapping(mapping(router).get("bgp")).get("keepaliveinterval")) or DEFAULT_KEEP_ALIVE
    priority = as_integer(four.get("advertisedroutepriority"))
    session = Bgp(
        local_as=_number(four, "peerasn", place, "the peer's AS number (bgpPeers.peerAsn)"),
        peer_as=_number(mapping(mapping(router).get("bgp")), "asn", place, "the router's AS number (bgp.asn)"),
        hold_time=3 * keep_alive, keep_alive=keep_alive, med=DEFAULT_PRIORITY if priority is None else priority,
        authentication=four.get("md5authenticationkeyname") or None,
    )
    pairs = _pairs(told, place)
    tunnel = Tunnel(
        cloud=CLOUD,
        outside_address=_outside(gateway, told, place),
        customer_outside_address=_customer(resources, told),
        **_inside(interface, four, six, place),
        pre_shared_key=readable(told.get("sharedsecret")),
        offers=algorithms.offers(told),
        outside_mtu=OUTSIDE_MTU,
        ike_fragmentation=True if str(told.get("ikeversion") or "2") == "2" else None,
        bgp=session,
        traffic_selectors=None if pairs else Selectors("0.0.0.0/0", "0.0.0.0/0"),
        selector_pairs=pairs,
        telemetry=_telemetry(resources, told, four),
    )
    return tunnel, _weak_points(four)


def _number(said: dict, key: str, place: str, called: str) -> int:
    number = as_integer(said.get(key))
    if not number:
        raise InvalidInput(f"{place}: {called} is not in this output. {_WHAT_TO_GIVE}")
    return number


def _outside(gateway: dict, told: dict, place: str) -> str:
    number = as_integer(told.get("vpngatewayinterface")) or 0
    interface = next((each for each in mappings(gateway.get("vpninterfaces")) if (as_integer(each.get("id")) or 0) == number), None)
    if interface is None:
        raise InvalidInput(f"{place} leaves from interface {number}, and gateway {name_of(gateway)} describes no such interface (vpnInterfaces). "
                           f"{_WHAT_TO_GIVE}")
    address = as_address(interface.get("ipaddress")) or as_address(interface.get("ipv6address"))
    if address is None:
        raise InvalidInput(f"{place}: interface {number} of gateway {name_of(gateway)} names no address (ipAddress), as before it is made. {_WHAT_TO_GIVE}")
    return str(address)


def _customer(resources: Resources, told: dict) -> str | None:
    """The firewall's address as Google sees it."""
    external = resources.referred(EXTERNAL_GATEWAY, told.get("peerexternalgateway")) or {}
    number = as_integer(told.get("peerexternalgatewayinterface")) or 0
    interface = next((each for each in mappings(external.get("interfaces")) if (as_integer(each.get("id")) or 0) == number), {})
    address = as_address(told.get("peerip")) or as_address(interface.get("ipaddress")) or as_address(interface.get("ipv6address"))
    return str(address) if address else None


def _interface(router: dict | None, told: dict, place: str) -> dict:
    if router is None:
        raise InvalidInput(f"{place}: its router {name_of(told.get('router'))} is not in this output; HA VPN routes by BGP, which the router speaks. "
                           f"{_WHAT_TO_GIVE}")
    found = next((each for each in mappings(router.get("interfaces")) if name_of(each.get("linkedvpntunnel")) == name_of(told)), None)
    if found is None:
        raise InvalidInput(f"{place}: router {name_of(router)} has no interface for it (interfaces.linkedVpnTunnel); HA VPN routes by BGP only.")
    return found


def _peers(router: dict, interface: dict, place: str) -> tuple[dict, dict]:
    """(the session between IPv4 addresses, the one between IPv6 addresses, which there may be besides)."""
    name = name_of(interface.get("name"))
    own = [peer for peer in mappings(router.get("bgppeers")) if name_of(peer.get("interfacename")) == name]
    four = [peer for peer in own if as_address(peer.get("peeripaddress"), 4)]
    if not four:
        raise InvalidInput(f"{place}: router {name_of(router)} has no BGP peer on interface {name} (bgpPeers.peerIpAddress); HA VPN routes by BGP only.")
    return four[0], next((peer for peer in own if as_address(peer.get("peeripaddress"), 6)), {})


def _inside(interface: dict, four: dict, six: dict, place: str) -> dict:
    """Both addresses as they are said: Google's need not be the lower one."""
    theirs, ours = as_address(four.get("ipaddress"), 4), as_address(four.get("peeripaddress"), 4)
    theirs = theirs or as_address(str(interface.get("iprange") or "").split("/", maxsplit=1)[0], 4)
    network = as_network(interface.get("iprange")) or (ip_network((ours, 30), strict=False) if ours else None)
    if not are_hosts(network, ours, theirs):
        raise InvalidInput(f"{place}: the inside addresses {ours or 'unknown'} (ours) and {theirs or 'unknown'} (Google) are not two hosts of {network}.")
    found = {"inside_cidr": str(network), "inside_address": str(ours), "inside_peer_address": str(theirs)}
    ours, theirs = (as_address(six.get("peeripaddress"), 6), as_address(six.get("ipaddress"), 6)) if six else (
        as_address(four.get("peeripv6nexthopaddress"), 6), as_address(four.get("ipv6nexthopaddress"), 6))
    if ours and theirs and (six or as_flag(four.get("enableipv6"))):
        found.update(inside_ipv6_cidr=str(ip_network((ours, 126), strict=False)), inside_ipv6_address=str(ours), inside_ipv6_peer_address=str(theirs))
    return found


def _pairs(told: dict, place: str) -> tuple[Selectors, ...]:
    """Google's I(local) is its own side."""
    sides = []
    for side in ("remotetrafficselector", "localtrafficselector"):
        given = told.get(side) or ["0.0.0.0/0"]
        told_networks = given if isinstance(given, list) else [given]
        networks = [network for network in (as_network(text, None) for text in told_networks) if network is not None]
        if len(networks) < len(told_networks):
            raise InvalidInput(f"{place}: its traffic selectors hold what is no network.")
        sides.append(networks)
    found = [Selectors(str(here), str(there)) for here in sides[0] for there in sides[1] if here.version == there.version]
    return tuple(found) if any(pair.are_narrowed for pair in found) else ()


def _telemetry(resources: Resources, told: dict, peer: dict) -> Telemetry | None:
    if not told.get("status"):
        return None
    learned = [as_integer(status.get("numlearnedroutes")) for router in resources.of(ROUTER_STATUS)
               for status in mappings(mapping(router.get("result")).get("bgppeerstatus"))
               if status.get("peeripaddress") == peer.get("peeripaddress")]
    established = str(told["status"]).upper() == "ESTABLISHED"
    return Telemetry("UP" if established else "DOWN", told.get("detailedstatus") or str(told["status"]), learned[0] if learned else None)


def _weak_points(peer: dict) -> list[str]:
    found = []
    if as_flag(peer.get("enable")) is False:
        found.append("the BGP session is turned off there (bgpPeers.enable)")
    if str(mapping(peer.get("bfd")).get("sessioninitializationmode") or "DISABLED").upper() != "DISABLED":
        found.append("BFD is asked for there, and is not set up here; BGP's own timers find a silent peer")
    return found


def _warnings(gateway: dict, tunnels: list[dict], where: str) -> list[str]:
    used = {as_integer(tunnel.get("vpngatewayinterface")) or 0 for tunnel in tunnels}
    left = sorted({as_integer(each.get("id")) or 0 for each in mappings(gateway.get("vpninterfaces"))} - used)
    return [f"{where}: no tunnel leaves from its interface {left[0]}, so that nothing is left when the other one fails"] if left else []


of_terraform = ha_vpn
