# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The settings of an IPsec tunnel of ZStack Cloud -> a peer profile.

ZStack is policy-based: it takes pairs of networks, speaks no BGP and has no addresses inside. What it calls local is its own side.
"""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers import console
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.console import Setting
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.document import as_address, mappings, readable
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.printed import opened
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import STATIC, Offers, Profile, Selectors, Tunnel
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.zstack.rules import CLOUD, OPTIONS

# ZStack's documentation names no lifetimes, and the two sides need not agree; these are what PAN-OS makes of a profile without them.
IKE_LIFETIME_SECONDS, IPSEC_LIFETIME_SECONDS = 28800, 3600
LONGEST_ID = 255
BY_ADDRESS, BY_NAME = "ipaddress", "name"

# In the order of the console; the defaults are those that it shows. Other names are those of the API.
SETTINGS = (
    Setting("name", "Name"),
    Setting("local_ip_address", "Local IP Address", ("vip", "vip_address", "vip_ip")),
    Setting("peer_public_ip", "Peer Public IP", ("peer_address",), needed=False),
    Setting("source_network_cidr", "Source Network CIDR", ("source_networks", "local_cidrs")),
    Setting("peer_cidr", "Peer CIDR", ("peer_networks", "peer_cidrs")),
    Setting("authentication_mode", "Authentication Mode", ("auth_mode",), default="psk"),
    Setting("authentication_key", "Authentication Key", ("auth_key",), needed=False),
    Setting("id_configuration_method", "ID Configuration Method", ("id_type",), needed=False),
    Setting("local_id", "Local ID", needed=False),
    Setting("peer_id", "Peer ID", ("remote_id",), needed=False),
    Setting("ike_version", "IKE Version", default="IKEv2"),
    Setting("ike_authentication_algorithm", "IKE Authentication Algorithm", ("ike_auth_algorithm",), default="sha256"),
    Setting("ike_encryption_algorithm", "IKE Encryption Algorithm", default="aes-256"),
    Setting("ike_dh_group", "IKE DH Group", default="2"),
    Setting("encapsulation_mode", "Encapsulation Mode", ("policy_mode",), default="tunnel"),
    Setting("ipsec_security_protocol", "IPsec Security Protocol", ("transform_protocol",), default="esp"),
    Setting("esp_authentication_algorithm", "ESP Authentication Algorithm", ("policy_auth_algorithm",), default="sha256"),
    Setting("esp_encryption_algorithm", "ESP Encryption Algorithm", ("policy_encryption_algorithm",), default="aes-256"),
    Setting("pfs_dh_group", "PFS DH Group", ("pfs",), default="dh-group14"),
    Setting("state", "State", ("status",), needed=False),
    Setting("management_network", "Management Network", needed=False),
    Setting("public_network", "Public Network", needed=False),
)
# What ZStack has no choice of, and the setting that says it.
_FIXED = {"authentication_mode": "psk", "encapsulation_mode": "tunnel", "ipsec_security_protocol": "esp"}


def ipsec_tunnel(document: Any, name: str | None = None) -> Profile:
    """The peer profile of one tunnel. C(document): its settings by the words of the console, or an inventory of the API, as data or as JSON text.

    Raises C(InvalidInput) for what no further variable could mend; its text holds no key.
    """
    given = _chosen(opened(document, "ZStack's description of the IPsec tunnel"), name)
    # An inventory says much that is none of a tunnel's settings.
    said = console.read(given, SETTINGS, "The IPsec tunnel of ZStack", strict="uuid" not in given)
    where = f"IPsec tunnel {said['name']}"
    address = as_address(said["local_ip_address"])
    if address is None:
        raise InvalidInput(f"{where}: Local IP Address '{said['local_ip_address']}' is no address; give the virtual IP itself.")
    for setting, only in _FIXED.items():
        if str(said[setting]).lower() != only:
            raise InvalidInput(f"{where}: {setting} is {said[setting]}; ZStack and PAN-OS agree on {only} only.")
    pairs = _pairs(said, where)
    return Profile(
        id=str(said["name"]), cloud=CLOUD, state=said["state"] or None, routing=STATIC, gateway="vpc-vrouter",
        static_routes=tuple(dict.fromkeys(pair.local for pair in pairs)),
        tunnels=(Tunnel(
            cloud=CLOUD, outside_address=str(address), customer_outside_address=_customer(said, where), **_identities(said, where),
            pre_shared_key=readable(said["authentication_key"]), offers=_offers(said, where), selector_pairs=pairs),),
    )


# What reads a document of it (peers/readers.py).
PROFILE = ipsec_tunnel


def _chosen(document: Any, name: str | None) -> dict:
    """The one tunnel of a document; an answer of the API holds a list of them."""
    held = document.get("inventories", document.get("inventory", document)) if isinstance(document, dict) else document
    found = mappings(held)
    if name:
        found = [each for each in found if name in (each.get("name"), each.get("uuid"))]
    if len(found) != 1:
        listed = ", ".join(str(each.get("name")) for each in mappings(held)) or "none"
        raise InvalidInput(f"One IPsec tunnel of ZStack is needed{f', {name}' if name else ''}; this output holds {listed}.")
    return found[0]


def _customer(said: dict, where: str) -> str | None:
    if said["peer_public_ip"] is None:
        return None
    address = as_address(said["peer_public_ip"])
    if address is None:
        raise InvalidInput(f"{where}: Peer Public IP '{said['peer_public_ip']}' is no address.")
    return str(address)


def _pairs(said: dict, where: str) -> tuple[Selectors, ...]:
    """Every network of the one side with every network of the other."""
    ours, theirs = (console.networks(said[name], f"{where}: {name}") for name in ("peer_cidr", "source_network_cidr"))
    kept_off = [("source network", theirs)] + [(words, console.networks(said[name], f"{where}: {name}")) for name, words in (
        ("management_network", "management network"), ("public_network", "public network")) if said[name]]
    for words, networks in kept_off:
        for own in ours:
            _refuse_overlap(own, words, networks, where)
    return tuple(Selectors(own, other) for own in ours for other in theirs if ip_network(own).version == ip_network(other).version)


def _refuse_overlap(own: str, words: str, networks: list[str], where: str) -> None:
    here = ip_network(own)
    for text in networks:
        there = ip_network(text)
        if here.version == there.version and here.overlaps(there):
            raise InvalidInput(f"{where}: Peer CIDR {own} overlaps the {words} {text}, which ZStack does not take.")


def _identities(said: dict, where: str) -> dict[str, Any]:
    """By address or by name. ZStack's local ID is the one that the peer shows."""
    method = "".join(str(said["id_configuration_method"] or "").lower().split()).removeprefix("by")
    method = {"ip": BY_ADDRESS, "ipaddress": BY_ADDRESS, "name": BY_NAME, "fqdn": BY_NAME, "": ""}.get(method, method)
    if method not in (BY_ADDRESS, BY_NAME, ""):
        raise InvalidInput(f"{where}: ID Configuration Method '{said['id_configuration_method']}' is neither IP Address nor Name.")
    found = {}
    for theirs, ours in (("local_id", "peer_id"), ("peer_id", "local_id")):
        text = str(said[theirs]) if said[theirs] else None
        if text is None:
            continue
        kinds = {BY_ADDRESS} if as_address(text) is not None else {BY_NAME}
        if len(text) > LONGEST_ID or (method and method not in kinds):
            kind = "an IP address" if method == BY_ADDRESS else "a name"
            raise InvalidInput(f"{where}: {theirs.replace('_', ' ').title().replace('Id', 'ID')} '{text}' is not {kind} of 1 to {LONGEST_ID} characters, "
                               "as its ID Configuration Method says.")
        found[ours] = text
    return found


def _offers(said: dict, where: str) -> Offers:
    """Groups are numbers in phase 1, and with a word before them in phase 2; the API calls both as it likes."""
    group, pfs = (str(said[name]).lower().removeprefix("dh-group").removeprefix("group") for name in ("ike_dh_group", "pfs_dh_group"))
    spelled = {**said, "ike_dh_group": group, "pfs_dh_group": f"dh-group{pfs}"}
    return console.offers(spelled, SETTINGS, OPTIONS, (IKE_LIFETIME_SECONDS, IPSEC_LIFETIME_SECONDS), where)
