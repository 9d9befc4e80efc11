# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Far sides of other products than AWS, each from what that product itself prints or its console shows. Knows nothing of any firewall.

What the product calls its algorithms is turned into the words of C(connection.Phase), the rest is taken as it stands.
"""

from __future__ import annotations

import ipaddress
import xml.etree.ElementTree as ET
from typing import Any, Callable

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud.connection import Bgp, Connection, Endpoint, Phase
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud.policy_based import PolicyBasedPeer

EVERYTHING = "0.0.0.0/0"
CIPHERS = {"aes128": "AES128", "aes256": "AES256", "gcmaes128": "AES128-GCM-16", "gcmaes256": "AES256-GCM-16"}
HASHES = {"sha1": "SHA1", "sha256": "SHA2-256", "sha384": "SHA2-384", "sha512": "SHA2-512"}
PANOS_CIPHERS = {"aes-128-cbc": "AES128", "aes-256-cbc": "AES256", "aes-128-gcm": "AES128-GCM-16", "aes-256-gcm": "AES256-GCM-16"}
SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}
AZURE_GROUPS = {"DHGroup2": 2, "DHGroup14": 14, "DHGroup2048": 14, "ECP256": 19, "ECP384": 20, "PFS2": 2, "PFS2048": 14, "PFS14": 14}
# strongSwan's words for the numbers of groups, for far sides that take pairs of networks.
MODP = {2: "modp1024", 5: "modp1536", 14: "modp2048", 15: "modp3072", 16: "modp4096", 19: "ecp256", 20: "ecp384"}


def azure(gateway: dict[str, Any], connection: dict[str, Any], local: dict[str, Any], key: dict[str, Any]) -> Connection:
    """As REST prints them: a VPN gateway, a connection with a policy and BGP, its local network gateway, and its shared key.

    Without custom addresses Azure speaks BGP from an address in the GatewaySubnet, with the one that the local network gateway has.
    """
    gateway, connection, local = (document["properties"] for document in (gateway, connection, local))
    policy = connection["ipsecPolicies"][0]
    phase1 = Phase((CIPHERS[policy["ikeEncryption"].lower()],), (HASHES[policy["ikeIntegrity"].lower()],), (AZURE_GROUPS[policy["dhGroup"]],), 28800)
    esp = policy["ipsecIntegrity"].lower()
    phase2 = Phase((CIPHERS[policy["ipsecEncryption"].lower()],), () if esp.startswith("gcm") else (HASHES[esp],), (AZURE_GROUPS[policy["pfsGroup"]],),
                   policy["saLifeTimeSeconds"])
    chosen = {entry["ipConfigurationId"]: entry["customBgpIpAddress"] for entry in connection.get("gatewayCustomBgpIpAddresses", ())}
    endpoints = []
    for number, entry in enumerate(gateway["bgpSettings"]["bgpPeeringAddresses"], 1):
        inside, customer, length = entry["defaultBgpIpAddresses"][0], local["bgpSettings"]["bgpPeeringAddress"], 32
        if chosen:
            # Azure's addresses of APIPA are one of the two hosts of a network of four.
            inside, length = chosen[entry["ipconfigurationId"]], 30
            customer = next(str(host) for host in ipaddress.ip_network(f"{inside}/30", strict=False).hosts() if str(host) != inside)
        endpoints.append(Endpoint(
            number, entry["tunnelIpAddresses"][0], local["gatewayIpAddress"], inside, customer, length, key["value"], ("ikev2",), phase1, phase2,
            connection["dpdTimeoutSeconds"], "clear", False, Bgp(local["bgpSettings"]["asn"], gateway["bgpSettings"]["asn"], 180)))
    return Connection("azure", (), EVERYTHING, EVERYTHING, tuple(endpoints))


def google(resources: list[dict[str, Any]], keys: list[str]) -> Connection:
    """As C(gcloud) prints them; the keys as their owner knows them, by interface."""
    kinds: dict[str, list[dict]] = {}
    for resource in resources:
        kinds.setdefault(resource["kind"].partition("#")[2], []).append(resource)
    (gateway,), (router,) = kinds["vpnGateway"], kinds["router"]
    # What Google offers: everything that it has, strongest last, as a responder that goes by its own order.
    phase1 = Phase(("AES128", "AES256", "AES128-GCM-16", "AES256-GCM-16"), ("SHA2-256", "SHA2-384", "SHA2-512"), (14, 15, 16, 19, 20, 21), 36000)
    phase2 = Phase(("AES128", "AES256", "AES128-GCM-16", "AES256-GCM-16"), ("SHA2-256", "SHA2-512"), (14, 15, 16, 19, 20, 21), 10800)
    endpoints = []
    for told in sorted(kinds["vpnTunnel"], key=lambda each: each["vpnGatewayInterface"]):
        interface = next(each for each in router["interfaces"] if each["linkedVpnTunnel"].endswith(f"/{told['name']}"))
        peer = next(each for each in router["bgpPeers"] if each["interfaceName"] == interface["name"])
        outside = next(each["ipAddress"] for each in gateway["vpnInterfaces"] if each["id"] == told["vpnGatewayInterface"])
        hold = 3 * router["bgp"].get("keepaliveInterval", 20)
        endpoints.append(Endpoint(
            len(endpoints) + 1, outside, told["peerIp"], peer["ipAddress"], peer["peerIpAddress"], int(interface["ipRange"].partition("/")[2]),
            keys[len(endpoints)], (f"ikev{told['ikeVersion']}",), phase1, phase2, 60, "clear", False, Bgp(peer["peerAsn"], router["bgp"]["asn"], hold)))
    return Connection("google", (), EVERYTHING, EVERYTHING, tuple(endpoints))


def harmony(form: dict[str, Any]) -> Connection:
    """The values of the console's form, by its words with underscores; of redundant tunnels with their internal addresses."""
    phases = [Phase((CIPHERS[form[f"encryption_phase_{phase}"]],), (HASHES[form[f"integrity_phase_{phase}"]],),
                    (int(form[f"diffie_hellman_groups_phase_{phase}"]),), form[lifetime]) for phase, lifetime in ((1, "ike_lifetime"), (2, "tunnel_lifetime"))]
    endpoints = []
    for number, tunnel in enumerate(form["tunnels"], 1):
        network = ipaddress.ip_network(tunnel["internal_network"])
        endpoints.append(Endpoint(
            number, tunnel["gateway_ip"], tunnel["public_ip"], tunnel["gateway_internal_ip"], tunnel["remote_gateway_internal_ip"], network.prefixlen,
            tunnel["shared_secret"], ({"V1": "ikev1", "V2": "ikev2"}[form["ike_version"]],), phases[0], phases[1], form["dead_peer_detection_timeout"],
            "clear", False, Bgp(tunnel["remote_gateway_asn"], form["gateway_asn"], form["hold_time"])))
    return Connection("harmony", (), EVERYTHING, EVERYTHING, tuple(endpoints))


def prisma(panorama: ET.Element, name: str, addresses: list[str], reveal: Callable[[str], str], hold_time: int = 90) -> Connection:
    """What a Panorama runs of a remote network, whose two tunnels end at C(addresses): its entry of the plugin, and the objects of its template."""
    device = panorama.find("devices/entry")
    service = device.find("plugins/cloud_services")
    entry = service.find(f"remote-networks/onboarding/entry[@name='{name}']")
    network = device.find("template/entry[@name='Remote_Network_Template']/config/devices/entry/network")
    primary, secondary = entry.find("protocol/bgp"), entry.find("bgp-peer")
    bgp = Bgp(int(primary.findtext("peer-as")), int(service.findtext("service-connection/infra-bgp-as")), hold_time)
    endpoints = []
    for address, tag, speaker in zip(addresses, ("ipsec-tunnel", "secondary-ipsec-tunnel"), (primary, secondary)):
        tunnel = network.find(f"tunnel/ipsec/entry[@name='{entry.findtext(tag)}']")
        gateway = network.find(f"ike/gateway/entry[@name='{tunnel.find('auto-key/ike-gateway/entry').get('name')}']")
        ike, ipsec = (network.find(f"ike/crypto-profiles/{kind}-crypto-profiles/entry[@name='{profile}']") for kind, profile in (
            ("ike", gateway.findtext("protocol/ikev2/ike-crypto-profile")), ("ipsec", tunnel.findtext("auto-key/ipsec-crypto-profile"))))
        endpoints.append(_of_prisma(
            len(endpoints) + 1, address, gateway.findtext("peer-address/ip"), (speaker.findtext("local-ip-address"), speaker.findtext("peer-ip-address")),
            reveal(gateway.findtext("authentication/pre-shared-key/key")), _panos_phase(ike, "encryption", "hash", "dh-group/member"),
            _panos_phase(ipsec, "esp/encryption", "esp/authentication", "dh-group"), bgp))
    return Connection("prisma", (), EVERYTHING, EVERYTHING, tuple(endpoints))


def prisma_in_the_cloud(objects: dict[str, dict[str, dict]], infra_bgp_as: str, name: str, addresses: list[str], reveal: Callable[[str], str],
                        hold_time: int = 90) -> Connection:
    """What the cloud runs of a remote network, whose two tunnels end at C(addresses), as its API has it: resource → ID → object."""
    named = {resource: {found["name"]: found for found in held.values()} for resource, held in objects.items()}
    site = named["remote-networks"][name]
    primary, secondary = site["protocol"]["bgp"], site["protocol"]["bgp_peer"]
    bgp = Bgp(int(primary["peer_as"]), int(infra_bgp_as), hold_time)
    endpoints = []
    for address, option, speaker in zip(addresses, ("ipsec_tunnel", "secondary_ipsec_tunnel"), (primary, secondary)):
        keys = named["ipsec-tunnels"][site[option]]["auto_key"]
        gateway = named["ike-gateways"][keys["ike_gateway"][0]["name"]]
        ike = named["ike-crypto-profiles"][gateway["protocol"]["ikev2"]["ike_crypto_profile"]]
        ipsec = named["ipsec-crypto-profiles"][keys["ipsec_crypto_profile"]]
        endpoints.append(_of_prisma(
            len(endpoints) + 1, address, gateway["peer_address"]["ip"], (speaker["local_ip_address"], speaker["peer_ip_address"]),
            reveal(gateway["authentication"]["pre_shared_key"]["key"]), _phase(ike["encryption"], ike["hash"], ike["dh_group"], ike["lifetime"]),
            _phase(ipsec["esp"]["encryption"], ipsec["esp"]["authentication"], [ipsec["dh_group"]], ipsec["lifetime"]), bgp))
    return Connection("prisma-cloud", (), EVERYTHING, EVERYTHING, tuple(endpoints))


def _of_prisma(number: int, address: str, customer: str, speakers: tuple[str, str], key: str, phase1: Phase, phase2: Phase, bgp: Bgp) -> Endpoint:
    """C(speakers): of Prisma Access, and of its customer."""
    return Endpoint(number, address, customer, *speakers, 30, key, ("ikev2",), phase1, phase2, 10, "clear", False, bgp)


def _panos_phase(profile: ET.Element, ciphers: str, hashes: str, groups: str) -> Phase:
    named = [[member.text or "" for member in profile.findall(f"{place}/member")] for place in (ciphers, hashes)]
    return _phase(*named, [group.text or "" for group in profile.findall(groups)], {"hours": int(profile.findtext("lifetime/hours") or 1)})


def _phase(ciphers: list[str], hashes: list[str], groups: list[str], lifetime: dict[str, int]) -> Phase:
    """In PAN-OS's words, which are those of the cloud's API."""
    ((unit, count),) = lifetime.items()
    return Phase(
        tuple(PANOS_CIPHERS[cipher] for cipher in ciphers), tuple(HASHES[each] for each in hashes if each != "none"),
        tuple(int(group.removeprefix("group")) for group in groups), count * SECONDS[unit])


def zstack(form: dict[str, Any]) -> PolicyBasedPeer:
    """The values of the form I(Create IPsec Tunnel), by its words with underscores. C(Local) is its own side there."""
    ike = f"{_flat(form['ike_encryption_algorithm'])}-{form['ike_authentication_algorithm']}-{MODP[int(form['ike_dh_group'])]}"
    group = int(form["pfs_dh_group"].removeprefix("dh-group"))
    esp = f"{_flat(form['esp_encryption_algorithm'])}-{form['esp_authentication_algorithm']}-{MODP[group]}"
    return PolicyBasedPeer(
        form["local_ip_address"], form["peer_public_ip"], form["authentication_key"], tuple(form["source_network_cidr"]), tuple(form["peer_cidr"]),
        form.get("local_id", ""), form.get("peer_id", ""), form["ike_version"].removeprefix("IKEv"), (ike,), (esp,))


def _flat(cipher: str) -> str:
    return cipher.replace("-", "")
