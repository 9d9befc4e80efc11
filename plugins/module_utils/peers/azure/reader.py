# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Azure's description of a site-to-site connection -> a peer profile.

A connection says what was agreed, its gateway where Azure's one or two instances are, and the local network gateway what Azure thinks of the
firewall. They are joined by the names that they call each other. The shared key comes from a call of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, ip_address, ip_network
from typing import Any

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.azure import algorithms
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.azure.document import (
    CONNECTION, GATEWAY, LOCAL_GATEWAY, NETWORK, PUBLIC_ADDRESS, TERRAFORM_TYPES, described,
)
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.azure.rules import APIPA_FIRST, APIPA_LAST, CLOUD
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.document import (
    Resources, as_address, as_flag, as_integer, as_network, mapping, mappings, name_of, readable,
)
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import (
    BGP, FIREWALL, PEER, STATIC, Bgp, Certificate, Dpd, Profile, Selectors, Telemetry, Tunnel,
)

# Terraform's types of what is read here (peers/readers.py).
TERRAFORM = TERRAFORM_TYPES

# Azure's timers of BGP and what holds where the timeout is not set.
KEEP_ALIVE, HOLD_TIME = 60, 180
DPD_TIMEOUT = 45
# Azure's documentation of VPN devices asks for it where a device does not clamp the MSS to 1350.
PATH_MTU = 1400
# Of an active-active gateway.
INSTANCES = 2
# A BGP speaker in the GatewaySubnet is no neighbour; Azure's samples for eBGP say so.
MULTIHOP = 255

_EVERYTHING = Selectors("0.0.0.0/0", "0.0.0.0/0")
_PRIVATE = tuple(ip_network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"))
_GATEWAY_SHOW = "'az network vnet-gateway show'"


@dataclass(frozen=True)
class Ours:
    """What the user says of the firewall's side, where Azure's output does not: its AS number, its address inside each tunnel, and names of certificates."""

    local_as: int | None = None
    inside_addresses: Sequence[str | None] = ()
    networks: Sequence[str] = ()
    local_certificate: str | None = None
    certificate_profile: str | None = None


@dataclass(frozen=True)
class _Instance:
    """One of a gateway's instances; C(name): of its IP configuration."""

    name: str
    address: str
    default: str | None
    custom: tuple[str, ...]


def vpn_connection(document: Any, connection_id: str | None = None, ours: Ours = Ours()) -> Profile:
    """The peer profile of one connection. C(document): the outputs of its gateway, the connection, its shared key and, with BGP, its local network
    gateway, as data or as JSON texts, in a list or by any names, or one document that holds them.

    Raises C(InvalidInput) for what no further variable could mend; its text holds no key.
    """
    resources, keys = described(document)
    connection = _chosen(resources, connection_id)
    identity = name_of(connection)
    where = f"connection {identity}"
    _refuse_unusable(connection, where)
    gateway = _gateway(resources, connection, where)
    local = resources.referred(LOCAL_GATEWAY, connection.get("localnetworkgateway2")) or {}
    vpn_type = _vpn_type(gateway)
    routing = BGP if as_flag(connection.get("enablebgp")) else STATIC
    instances = _instances(resources, gateway, connection, where)
    offered = algorithms.offers(connection, vpn_type, where)
    pairs = _pairs(resources, connection, local, ours, where)
    key, certificate = _key(keys, connection, identity), _certificate(connection, ours, where)
    warnings = _warnings(connection, local, routing, where)
    tunnels = []
    for number, instance in enumerate(instances):
        session, inside, told = _session(number, instance, gateway, connection, local, ours) if routing == BGP else (None, {}, [])
        warnings += [f"{where}, tunnel to {instance.address}: {text}" for text in told]
        tunnels.append(Tunnel(
            cloud=CLOUD,
            outside_address=instance.address,
            customer_outside_address=_text(as_address(local.get("gatewayipaddress"))),
            initiator={"initiatoronly": PEER, "responderonly": FIREWALL}.get(str(connection.get("connectionmode")).lower()),
            dpd=_dpd(connection),
            certificate=certificate,
            pre_shared_key=key,
            offers=offered,
            path_mtu=PATH_MTU,
            bgp=session,
            traffic_selectors=None if pairs else _EVERYTHING,
            selector_pairs=pairs,
            telemetry=_telemetry(connection, instance),
            **inside,
        ))
    return Profile(
        id=identity, cloud=CLOUD, state=connection.get("provisioningstate") or None, routing=routing, gateway=vpn_type,
        customer_gateway_id=name_of(connection.get("localnetworkgateway2")) or None,
        static_routes=_prefixes(local.get("localnetworkaddressspace")) if routing == STATIC and local else None,
        tunnels=_without_twice(tunnels), warnings=tuple(warnings),
    )


def described_connection(
    document: Any, connection_id: str | None = None, local_as: int | None = None, inside_addresses: Sequence[str | None] = (), networks: Sequence[str] = (),
    local_certificate: str | None = None, certificate_profile: str | None = None,
) -> Profile:
    """The same, with what the user says of the firewall's side (C(Ours)) one by one."""
    local_as = as_integer(local_as)
    return vpn_connection(document, connection_id, Ours(local_as, tuple(inside_addresses), tuple(networks), local_certificate, certificate_profile))


# What reads a document of it (peers/readers.py).
PROFILE = described_connection


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _chosen(resources: Resources, connection_id: str | None) -> dict:
    connections = resources.of(CONNECTION)
    listed = ", ".join(f"{name_of(found)} ({found.get('provisioningstate') or 'state not told'})" for found in connections)
    if connection_id:
        found = resources.referred(CONNECTION, str(connection_id).strip())
        if found is None:
            raise InvalidInput(f"There is no connection {connection_id} in this output; it holds {listed or 'none'}.")
        return found
    if not connections:
        raise InvalidInput("There is no connection in this output. Give what 'az network vpn-connection show' prints, or the same by REST or Terraform, "
                           f"beside {_GATEWAY_SHOW}.")
    if len(connections) > 1:
        raise InvalidInput(f"This output holds {len(connections)} connections; say by its name which one: {listed}.")
    if not name_of(connections[0]):
        raise InvalidInput("The connection has no name, from which the names on the firewall are made.")
    return connections[0]


def _refuse_unusable(connection: dict, where: str) -> None:
    state, kind = connection.get("provisioningstate"), connection.get("connectiontype")
    if state and str(state).lower() != "succeeded":
        raise InvalidInput(f"{where} is {state}; it can be paired once Azure says Succeeded.")
    if kind and str(kind).lower() != "ipsec":
        raise InvalidInput(f"{where} is of the type {kind}; only a site-to-site connection (IPsec) has a firewall at its other end.")


def _gateway(resources: Resources, connection: dict, where: str) -> dict:
    reference, there = connection.get("virtualnetworkgateway1"), resources.of(GATEWAY)
    gateway = resources.referred(GATEWAY, reference) if name_of(reference) else (there[0] if len(there) == 1 else None)
    if gateway is None or not set(gateway) & {"bgpsettings", "ipconfigurations"}:
        held = f"; this output holds {', '.join(name_of(found) for found in there)}" if there else ""
        raise InvalidInput(f"{where}: its gateway {name_of(reference)} is not described{held}. Give what {_GATEWAY_SHOW} prints as well; "
                           "it names Azure's addresses.")
    state, kind = gateway.get("provisioningstate"), gateway.get("gatewaytype")
    if state and str(state).lower() not in ("succeeded", "updating"):
        raise InvalidInput(f"{where}: its gateway {name_of(gateway)} is {state}; it can be paired once Azure says Succeeded.")
    if kind and str(kind).lower() != "vpn":
        raise InvalidInput(f"{where}: its gateway {name_of(gateway)} is of the type {kind}, not Vpn.")
    return gateway


def _vpn_type(gateway: dict) -> str:
    return "policybased" if str(gateway.get("vpntype")).lower() == "policybased" else "routebased"


def _instances(resources: Resources, gateway: dict, connection: dict, where: str) -> list[_Instance]:
    """A gateway has one address, or with active-active one for each of its instances."""
    private = as_flag(connection.get("uselocalazureipaddress")) is True
    configured = {name_of(entry): entry for entry in mappings(gateway.get("ipconfigurations"))}
    peering = {name_of(entry.get("ipconfigurationid")): entry for entry in mappings(mapping(gateway.get("bgpsettings")).get("bgppeeringaddresses"))}
    active = as_flag(gateway.get("activeactive")) is True
    # Not every output has BGP addresses of each configuration.
    names = list(peering if len(peering) >= INSTANCES or not set(peering) <= set(configured) else {**peering, **configured})
    if active and len(names) < INSTANCES:
        raise InvalidInput(f"{where}: its gateway {name_of(gateway)} is active-active, and this output describes {len(names)} of its instances. "
                           f"Give all that {_GATEWAY_SHOW} prints.")
    found = []
    # A third configuration serves users, no sites.
    for name in names[:INSTANCES] if active else names[:1]:
        entry = peering.get(name, {})
        address = _outside(resources, entry, configured.get(name, {}), private)
        if address is None:
            wanted = "private address (ipConfigurations.privateIPAddress)" if private else "public address (bgpPeeringAddresses.tunnelIpAddresses)"
            raise InvalidInput(f"{where}: instance {name or 'without a name'} of its gateway {name_of(gateway)} names no {wanted}. "
                               f"Give what {_GATEWAY_SHOW} prints, or 'az network public-ip show' as well.")
        found.append(_Instance(name, address, _first(entry.get("defaultbgpipaddresses")), tuple(_addresses(entry.get("custombgpipaddresses")))))
    if not found:
        raise InvalidInput(f"{where}: its gateway {name_of(gateway)} names no instance (bgpSettings.bgpPeeringAddresses, ipConfigurations). "
                           f"Give what {_GATEWAY_SHOW} prints.")
    return found


def _outside(resources: Resources, entry: dict, configuration: dict, private: bool) -> str | None:
    public = resources.referred(PUBLIC_ADDRESS, configuration.get("publicipaddress")) or {}
    told = [*_addresses(entry.get("tunnelipaddresses")), *_addresses([public.get("ipaddress"), configuration.get("privateipaddress")])]
    return next((address for address in told if any(ip_address(address) in network for network in _PRIVATE) == private), None)


def _addresses(value: Any) -> list[str]:
    given = value if isinstance(value, list) else str(value or "").split(",")
    return [str(address) for address in map(as_address, (str(each).strip() for each in given)) if address is not None]


def _first(value: Any) -> str | None:
    return next(iter(_addresses(value)), None)


def _without_twice(tunnels: list[Tunnel]) -> tuple[Tunnel, ...]:
    seen = [tunnel.outside_address for tunnel in tunnels]
    twice = [address for address in seen if seen.count(address) > 1]
    if twice:
        raise InvalidInput(f"Two instances of Azure's gateway have the same address {twice[0]}; export the gateway again.")
    return tuple(tunnels)


def _key(keys: list[tuple[str, str]], connection: dict, identity: str) -> str | None:
    """The first readable one, of the call for it or else of the connection; a key that names another connection is not this one's."""
    named = [(owner.lower().split("/"), key) for owner, key in keys]
    own = [key for names, key in named if "connections" not in names or identity.lower() in names]
    return next((key for key in map(readable, [*own, connection.get("sharedkey")]) if key), None)


def _certificate(connection: dict, ours: Ours, where: str) -> Certificate | None:
    said = mapping(connection.get("certificateauthentication"))
    if str(connection.get("authenticationtype")).lower() != "certificate":
        return None
    if not ours.local_certificate or not ours.certificate_profile:
        raise InvalidInput(f"{where} authenticates by certificate ({said.get('inboundauthcertificatesubjectname') or 'authenticationType Certificate'}); "
                           "give local_certificate and certificate_profile, as they are called on the firewall, or make a connection with a shared key.")
    chain = said.get("inboundauthcertificatechain")
    if not chain:
        raise InvalidInput(f"{where} authenticates by certificate, and its inboundAuthCertificateChain is empty: Azure would trust no certificate.")
    return Certificate(ours.local_certificate, ours.certificate_profile, said.get("inboundauthcertificatesubjectname"), None, tuple(map(str, chain)))


def _dpd(connection: dict) -> Dpd:
    """Azure's timeout as probes of ours, within what PAN-OS takes."""
    timeout = as_integer(connection.get("dpdtimeoutseconds")) or DPD_TIMEOUT
    interval = max(2, min(100, timeout // 3))
    return Dpd(interval, max(2, min(100, timeout // interval)))


def _telemetry(connection: dict, instance: _Instance) -> Telemetry | None:
    of_tunnel = [each for each in mappings(connection.get("tunnelconnectionstatus")) if instance.address in str(each.get("tunnel"))]
    status = (of_tunnel[0] if of_tunnel else connection).get("connectionstatus")
    if not status:
        return None
    return Telemetry("UP" if str(status).lower() == "connected" else "DOWN", str(status))


# -- BGP --------------------------------------------------------------------------------------------------------------


def _session(number: int, instance: _Instance, gateway: dict, connection: dict, local: dict, ours: Ours) -> tuple[Bgp, dict, list[str]]:
    """(the session with an instance, the tunnel's inside addresses, warnings)."""
    theirs_said, ours_said = mapping(gateway.get("bgpsettings")), mapping(local.get("bgpsettings"))
    given = ours.inside_addresses[number] if number < len(ours.inside_addresses) else None
    here = as_address(given) or as_address(ours_said.get("bgppeeringaddress"))
    theirs = as_address(_speaker(number, instance, connection, here) or _nth(number, theirs_said.get("bgppeeringaddress")))
    if theirs is None:
        raise InvalidInput(f"Instance {instance.name} of gateway {name_of(gateway)} names no BGP address; give all that {_GATEWAY_SHOW} prints.")
    session = Bgp(ours.local_as or as_integer(ours_said.get("asn")), as_integer(theirs_said.get("asn")), HOLD_TIME, KEEP_ALIVE)
    near = here or (_neighbour(theirs) if _is_apipa(theirs) else None)
    network = _around(theirs, near) if _is_apipa(theirs) else None
    warnings = _guesses(session, instance, connection, theirs, here)
    if network is not None:
        return session, {"inside_cidr": str(network), "inside_address": str(near), "inside_peer_address": str(theirs)}, warnings
    return replace(session, peer_address=str(theirs), local_address=_text(here), multihop=MULTIHOP, host_route=True), {}, warnings


def _nth(number: int, value: Any) -> str | None:
    """The address of an instance among those of all instances."""
    found = _addresses(value)
    return found[number] if number < len(found) else None


def _guesses(session: Bgp, instance: _Instance, connection: dict, theirs: Any, ours: Any) -> list[str]:
    """What this output does not say of the session, and what is taken instead."""
    found = [] if session.local_as else ["the firewall's AS number is not in Azure's output; give the local network gateway, or local_as"]
    if ours is not None:
        return found
    if instance.custom and "gatewaycustombgpipaddresses" not in connection:
        found.append(f"this output does not say from which address Azure speaks BGP; {theirs} is taken and not {', '.join(instance.custom)}. Give what "
                     "'az network vpn-connection show' prints")
    taken = ""
    if _is_apipa(theirs):
        taken = f" it is taken to be {_neighbour(theirs)}, the other host of {ip_network((theirs, 30), strict=False)}."
    found.append(f"the firewall's BGP address is not in Azure's output;{taken} Give the local network gateway, or inside_addresses")
    return found


def _speaker(number: int, instance: _Instance, connection: dict, ours: Any) -> str | None:
    """The address from which an instance speaks BGP: the one that the connection chooses, else one for link-local peers if we are one, else its own."""
    chosen = _custom(number, instance, connection)
    if chosen:
        return chosen
    if ours is not None and ours.is_link_local and instance.custom:
        near = [text for text in instance.custom if _around(IPv4Address(text), ours) is not None]
        return (near or instance.custom)[0]
    return instance.default


def _custom(number: int, instance: _Instance, connection: dict) -> str | None:
    selected = mappings(connection.get("gatewaycustombgpipaddresses"))
    by_name = {name_of(entry.get("ipconfigurationid")).lower(): entry.get("custombgpipaddress") for entry in selected}
    # Terraform names no configuration; its primary is of the first instance.
    by_order = [entry.get(which) for entry in selected for which in ("primary", "secondary") if entry.get(which)]
    return by_name.get(instance.name.lower()) or (by_order[number] if number < len(by_order) else None)


def _is_apipa(address: Any) -> bool:
    return address.version == 4 and APIPA_FIRST <= address <= APIPA_LAST


def _neighbour(address: Any) -> Any:
    """The other host of the network of four that an address is in."""
    network = ip_network((address, 30), strict=False)
    return network[1] if address == network[2] else network[2]


def _around(theirs: Any, ours: Any) -> Any:
    """The network of four that both addresses are hosts of, if there is one; Azure itself knows no such network."""
    network = ip_network((theirs, 30), strict=False)
    return network if {ours, theirs} == {network[1], network[2]} else None


# -- selectors --------------------------------------------------------------------------------------------------------


def _pairs(resources: Resources, connection: dict, local: dict, ours: Ours, where: str) -> tuple[Selectors, ...]:
    """Azure's I(local) is its own side. Without pairs of their own, policy-based selectors are all networks of the one side with all of the other."""
    policies = mappings(connection.get("trafficselectorpolicies"))
    found = [(remote, near) for policy in policies for remote in _networks(policy.get("remoteaddressranges"), where)
             for near in _networks(policy.get("localaddressranges"), where)]
    if not found and as_flag(connection.get("usepolicybasedtrafficselectors")):
        theirs = list(ours.networks) or [text for network in resources.of(NETWORK) for text in _prefixes(network.get("addressspace"))]
        here = _prefixes(local.get("localnetworkaddressspace"))
        if not theirs or not here:
            lacking = "the virtual network's address space ('az network vnet show', or networks)" if not theirs else "the local network gateway's networks"
            raise InvalidInput(f"{where} uses policy-based traffic selectors, and {lacking} is not in this output; give it as well.")
        found = [(near, far) for near in _networks(here, where) for far in _networks(theirs, where)]
    return tuple(Selectors(here, there) for here, there in dict.fromkeys(found))


def _networks(value: Any, where: str) -> list[str]:
    found = []
    for text in value if isinstance(value, (list, tuple)) else [value]:
        network = as_network(text, None)
        if network is None:
            raise InvalidInput(f"{where}: '{text}' in its traffic selectors is no network.")
        found.append(str(network))
    return found


def _prefixes(value: Any) -> tuple[str, ...]:
    told = mapping(value).get("addressprefixes") or ()
    return tuple(str(text) for text in told)


def _warnings(connection: dict, local: dict, routing: str, where: str) -> list[str]:
    found = []
    if not mappings(connection.get("ipsecpolicies")):
        found.append(f"{where} has no IPsec policy of its own, and Azure's defaults are weak (DHGroup2, no PFS); set a custom policy on it")
    if connection.get("ingressnatrules") or connection.get("egressnatrules"):
        found.append(f"{where} has NAT rules: the networks that this firewall sees are the translated ones")
    if local.get("fqdn"):
        found.append(f"{where}: Azure knows this firewall by the name {local['fqdn']}; it must lead to the address from which the firewall negotiates")
    if not local and routing == STATIC:
        found.append(f"{where}: its local network gateway is not in this output, so it is not known which networks Azure sends here")
    return found


of_terraform = vpn_connection
