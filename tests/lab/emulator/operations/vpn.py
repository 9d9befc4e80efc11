# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""VPN commands: configuration view, SAs, flows, test and clear.

Layouts follow captured answers. The XML of an IKEv2 SA was not found anywhere; it is answered in the layout of IKEv1
with ``mode`` IKEv2, and clients must be tolerant there.
"""

from __future__ import annotations

import time
import xml.etree.ElementTree as ET
from typing import Callable

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.errors import InvalidCommand
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.network import Network, Tunnel, seconds
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.operations.registry import Command, Context, command
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.operations.system import fields
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.responses import Answer, cdata_result, result, text_result

#: Cipher names as the SA table abbreviates them (A128, G256, 3DES seen).
_SHORT = {
    "aes-128-cbc": "A128", "aes-192-cbc": "A192", "aes-256-cbc": "A256", "aes-128-gcm": "G128", "aes-256-gcm": "G256",
    "aes-128-ccm": "C128", "3des": "3DES", "des": "DES", "null": "NULL",
}
_LONG = {"aes-128-gcm": "AES128-GCM16", "aes-256-gcm": "AES256-GCM16"}


def _network(context: Context) -> Network:
    return Network(context.firewall.running, context.firewall.runtime)


def _entries(items: list[str]) -> str:
    return "<entries>" + "".join(f"<entry>{item}</entry>" for item in items) + "</entries>"


def _gateways(context: Context) -> Answer:
    wanted = context.given("name")
    items = [
        fields(name=gateway.get("name"), id=number, peer_ip=gateway.findtext("peer-address/ip") or "")
        for number, gateway in enumerate(_network(context).gateways(), start=1) if wanted in (None, gateway.get("name"))
    ]
    return result(_entries(items))


def _tunnels(context: Context) -> Answer:
    """The configuration view: proposals and traffic selectors, no state."""
    wanted = context.given("name")
    items = [_tunnel_view(tunnel) for tunnel in _network(context).tunnels if wanted in (None, tunnel.name)]
    return result(f"<ntun>{len(items)}</ntun>{_entries(items)}")


def _tunnel_view(tunnel: Tunnel) -> str:
    local = (tunnel.proxy.findtext("local") if tunnel.proxy is not None else None) or "0.0.0.0/0"
    remote = (tunnel.proxy.findtext("remote") if tunnel.proxy is not None else None) or "0.0.0.0/0"
    protocol, local_port, remote_port = _selector(tunnel.proxy)
    local_ip, local_prefix = _split(local)
    remote_ip, remote_prefix = _split(remote)
    selectors = {
        "TSi_ip": local_ip, "TSi_prefix": local_prefix, "TSi_proto": protocol, "TSi_port": local_port,
        "TSr_ip": remote_ip, "TSr_prefix": remote_prefix, "TSr_proto": protocol, "TSr_port": remote_port,
    }
    return fields(
        selectors, name=tunnel.name, id=tunnel.identifier, gw=tunnel.gateway, proto="ESP", mode="tunl",
        enc=_LONG.get(tunnel.encryption, tunnel.encryption.upper()), hash=_hash_of(tunnel),
        dh=tunnel.dh_group.replace("group", "DH"), kb=0, life=tunnel.lifetime,
    )


def _split(prefix: str) -> tuple[str, str]:
    address, dummy, length = prefix.partition("/")
    return address, length or ("128" if ":" in address else "32")


def _selector(proxy: ET.Element | None) -> tuple[str, str, str]:
    """Protocol number, local and remote port; 0 means any."""
    protocol = proxy.find("protocol") if proxy is not None else None
    if protocol is None or not len(protocol):
        return "0", "0", "0"
    kind = protocol[0]
    number = {"tcp": "6", "udp": "17", "number": kind.text or "0"}.get(kind.tag, "0")
    return number, kind.findtext("local-port") or "0", kind.findtext("remote-port") or "0"


def _hash_of(tunnel: Tunnel) -> str:
    return "" if tunnel.authentication == "none" else tunnel.authentication.upper()


def _ike_sas(context: Context) -> Answer:
    network = _network(context)
    wanted = context.given("gateway")
    items = []
    for number, gateway in enumerate(network.gateways(), start=1):
        name = gateway.get("name")
        if wanted in (None, name) and name in network.gateways_with_ike_sa:
            items.append(f"<entry>{_ike_sa(context, network, number, gateway)}</entry>")
    return result("".join(items))


def _ike_sa(context: Context, network: Network, number: int, gateway: ET.Element) -> str:
    version = gateway.findtext("protocol/version") or "ikev1"
    block = "ikev1" if version == "ikev1" else "ikev2"
    profile = network.ike_profiles.get(gateway.findtext(f"protocol/{block}/ike-crypto-profile") or "default", ET.Element("entry"))
    live = network.measured_gateways.get(gateway.get("name"))
    started = context.firewall.started if live is None else time.time() - live.ike_age
    form = "%b.%d %H:%M:%S"
    cipher = profile.findtext("encryption/member") or ""
    algorithm = "/".join((
        "PSK", (profile.findtext("dh-group/member") or "").replace("group", "DH"), _SHORT.get(cipher, cipher),
        (profile.findtext("hash/member") or "").upper(),
    ))
    return fields(
        name=gateway.get("name"), created=time.strftime(form, time.localtime(started)),
        expires=time.strftime(form, time.localtime(started + seconds(profile.find("lifetime")))), gwid=number,
        role="Init" if live is None or live.initiator else "Resp",
        mode="Main" if block == "ikev1" else "IKEv2", algo=algorithm,
    )


def _ipsec_sas(context: Context) -> Answer:
    network = _network(context)
    wanted = context.given("tunnel")
    tunnels = [tunnel for tunnel in network.tunnels if wanted is None or wanted in (tunnel.name, tunnel.name.split(":")[0])]
    up = [tunnel for tunnel in tunnels if network.tunnel_state(tunnel) in ("active", "inactive")]
    if wanted is not None and not up:
        return text_result(f"IPSec SA for tunnel {wanted} not found.")
    return result(f"<ntun>{len(up)}</ntun>{_entries([_ipsec_sa(network, tunnel) for tunnel in up])}")


def _ipsec_sa(network: Network, tunnel: Tunnel) -> str:
    live = network.measured(tunnel)
    return fields(
        {"i_spi": live.inbound_spi, "o_spi": live.outbound_spi},
        kb="Unlimited", life=tunnel.lifetime, enc=_SHORT.get(tunnel.encryption, tunnel.encryption), remote=f"{tunnel.peer_address:<22}",
        name=tunnel.name, proto="ESP", gwid=tunnel.gateway_identifier, remain=max(1, tunnel.lifetime - live.age),
        tid=tunnel.identifier, hash=_hash_of(tunnel), gateway=tunnel.gateway,
    )


def _flows(context: Context) -> Answer:
    network = _network(context)
    name, identifier = context.given("name"), context.given("tunnel-id")
    tunnels = [
        tunnel for tunnel in network.tunnels
        if name in (None, tunnel.name, tunnel.name.split(":")[0]) and identifier in (None, str(tunnel.identifier))
    ]
    items = "".join(f"<entry>{_flow(network, tunnel)}</entry>" for tunnel in tunnels)
    count = len(tunnels)
    return result(
        f"<total>{count}</total><num_ipsec>{count}</num_ipsec><IPSec>{items}</IPSec><dp>dp0</dp><num_sslvpn>0</num_sslvpn>"
    )


def _flow(network: Network, tunnel: Tunnel) -> str:
    state = network.tunnel_state(tunnel)
    established = state != "init"
    monitor = network.monitor_of(tunnel)
    on = monitor != "off"
    live = network.measured(tunnel)
    monitor_fields = fields(
        status=monitor == "up", on=on, pkt_recv=live.probes_answered, pkt_seen=0, interval=3 if on else 0,
        pkt_reply=0, threshold=5 if on else 0, pkt_sent=live.probes_sent,
    )
    return fields(
        name=tunnel.name, id=tunnel.identifier, type="IPSec", subtype="None", state=state, proto="ESP",
        keytype="auto key" if tunnel.gateway else "manual key", gwid=tunnel.gateway_identifier,
        inner_if=tunnel.interface, outer_if=tunnel.outer_interface, localip=tunnel.local_address, peerip=tunnel.peer_address,
        local_spi=f"{live.inbound_spi:08X}" if established else "00000000",
        remote_spi=f"{live.outbound_spi:08X}" if established else "00000000",
        enc=tunnel.encryption if established else "not established",
        auth=(tunnel.authentication or "none") if established else "not established",
    ) + f"<monitor>{monitor_fields}</monitor>" + fields(
        anti_replay=tunnel.configuration.findtext("anti-replay") != "no",
        copy_tos=tunnel.configuration.findtext("copy-tos") == "yes", natt=False, natt_lp=0, natt_rp=0, mtu=1436, sid=331,
        context=6, start=5304, timestamp=5304, acquire=0, owner=1, owner_state=0, owner_cpuid=0,
        pkt_encap=live.packets_out, pkt_decap=live.packets_in, byte_encap=live.bytes_out, byte_decap=live.bytes_in,
        seq_send=live.packets_out, seq_recv=live.packets_in, pkt_replay=0, pkt_lifesize=0, pkt_lifetime=0, auth_err=0, dec_err=0, inner_warn=0,
        **({"last_rekey": live.age, "remain": max(1, tunnel.lifetime - live.age)} if state == "active" else {}),
    )


def _running_flows(context: Context) -> Answer:
    network = _network(context)
    items = []
    for tunnel in network.tunnels:
        items.append("<entry>" + fields(
            name=tunnel.name, id=tunnel.identifier, gwid=tunnel.gateway_identifier, inner_if=tunnel.interface,
            outer_if=tunnel.outer_interface, localip=tunnel.local_address, peerip=tunnel.peer_address,
            state=network.tunnel_state(tunnel), mon="off" if network.monitor_of(tunnel) == "off" else "on", owner=1,
        ) + "</entry>")
    return result(
        f"<dp>dp0</dp><num_ipsec>{len(items)}</num_ipsec><num_sslvpn>0</num_sslvpn><hop/><IPSec>{''.join(items)}</IPSec>"
        f"<SSL-VPN/><GlobalProtect-Gateway/><GlobalProtect-site-to-site/><total>{len(items)}</total>"
    )


def _test_ike(context: Context) -> Answer:
    """The captured answer does not name the gateway."""
    gateway = _demand(context, "gateway")
    if context.firewall.data_plane is not None:
        context.firewall.data_plane.initiate(gateway, None)
    else:
        _try_again(context, lambda tunnel: tunnel.gateway == gateway)
    return _initiated("Initiate 1 IKE SA.")


def _test_ipsec(context: Context) -> Answer:
    tunnel = _demand(context, "tunnel")
    if context.firewall.data_plane is not None:
        context.firewall.data_plane.initiate(None, tunnel)
    else:
        _try_again(context, lambda each: each.name == tunnel)
    return _initiated(f"Initiate 1 IPSec SA for tunnel {tunnel}.")


def _try_again(context: Context, chosen: Callable[[Tunnel], bool]) -> None:
    """To negotiate what is up changes nothing."""
    tunnels = [tunnel for tunnel in _network(context).tunnels if chosen(tunnel) and tunnel.name.split(":")[0] in context.firewall.runtime.refused]
    for gateway in {tunnel.gateway for tunnel in tunnels}:
        context.firewall.negotiate(gateway)


def _demand(context: Context, argument: str) -> str:
    value = context.given(argument)
    if value is None:
        raise InvalidCommand(f" {context.arguments.tag} is missing '{argument}'")
    return value


def _initiated(line: str) -> Answer:
    return cdata_result(f"Start time: {time.strftime('%b.%d %H:%M:%S')}\n{line}\n")


def _clear_ike(context: Context) -> Answer:
    known = {gateway.get("name") for gateway in _network(context).gateways()}
    gateway, plane = context.given("gateway"), context.firewall.data_plane
    if gateway not in known or (plane is not None and not plane.clear(gateway, None)):
        return text_result(f"IKE SA for gateway {context.given('gateway')} not found.")
    if plane is None:
        context.firewall.negotiate(gateway)
    return text_result("Delete IKEv1 IKE SA: Total 1 gateways found.")


def _clear_ipsec(context: Context) -> Answer:
    known = {tunnel.name for tunnel in _network(context).tunnels}
    tunnel, plane = context.given("tunnel"), context.firewall.data_plane
    if tunnel not in known or (plane is not None and not plane.clear(None, tunnel)):
        return text_result(f"IPSec SA for tunnel {context.given('tunnel')} not found.")
    if plane is None:
        # The IKE SA stays, so that no key is asked for.
        context.firewall.runtime.negotiated_anew([tunnel])
    return text_result("Delete IKEv1 IPSec SA: Total 1 tunnels found.")


COMMANDS: list[Command] = [
    command("show vpn gateway", _gateways, "name"),
    command("show vpn tunnel", _tunnels, "name"),
    command("show vpn ike-sa", _ike_sas, "gateway", "match", "detail"),
    command("show vpn ipsec-sa", _ipsec_sas, "tunnel", "match", "summary"),
    command("show vpn flow", _flows, "name", "tunnel-id"),
    command("show running tunnel flow all", _running_flows),
    command("test vpn ike-sa", _test_ike, "gateway"),
    command("test vpn ipsec-sa", _test_ipsec, "tunnel"),
    command("clear vpn ike-sa", _clear_ike, "gateway", changes=True),
    command("clear vpn ipsec-sa", _clear_ipsec, "tunnel", changes=True),
]
