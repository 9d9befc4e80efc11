# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The IKE gateways of a VPN."""

from __future__ import annotations

from typing import Any

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.addresses import is_ipv6
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.hosts import id_type
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import PEER, Dpd, Tunnel
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources import ike_gateway
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import UNSET, DesiredEntry
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.platform import Platform, at_least
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.choice import Choice
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.claim import Claim
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.vpn import Vpn

# Which release brought fragmentation of IKEv2 stands in the table of the gateway.
_IKEV2_FRAGMENTS_SINCE = next(leaf.since for group in ike_gateway.TABLE.nodes if group.option == "ikev2"
                              for leaf in group.nodes if leaf.option == "fragmentation")
# Dead peer detection where the peer says nothing of it.
_DPD_INTERVAL, _DPD_RETRY = 10, 3


def items(vpn: Vpn, choice: Choice, claim: Claim, platform: Platform) -> list:
    found = []
    for number in vpn.numbers:
        values = _values(vpn, choice, claim, number)
        _fragment(values, vpn.tunnel(number), choice.terms[number].ike.version, platform)
        found.append(DesiredEntry(ike_gateway.TABLE, claim.called("ike_gateway", number), values))
    return found


def _fragment(values: dict, tunnel: Tunnel, version: str, platform: Platform) -> None:
    """Large IKE messages in fragments, where the peer wants that. With IKEv2 older releases of PAN-OS cannot, and the tunnel comes up without."""
    if not tunnel.ike_fragmentation:
        return
    if version == "ikev1":
        values["fragmentation"] = True
    elif at_least(platform.version, _IKEV2_FRAGMENTS_SINCE):
        values[version]["fragmentation"] = True


def _values(vpn: Vpn, choice: Choice, claim: Claim, number: int) -> dict:
    tunnel, version = vpn.tunnel(number), choice.terms[number].ike.version
    values: dict[str, Any] = {
        "peer_address": peer_address(tunnel),
        "local_address": _local_address(choice, number),
        **_proof(tunnel),
        "version": version,
        "nat_traversal": {"enable": True},
        "passive_mode": tunnel.initiator == PEER or tunnel.is_dynamic,
        "disabled": False,
    }
    said = tunnel.dpd or Dpd()
    dpd = {"enable": True, "interval": said.interval or _DPD_INTERVAL}
    spoken: dict[str, Any] = {"ike_crypto_profile": choice.profiles[number, 0], "dpd": dpd}
    if version == "ikev1":
        spoken = {**spoken, "exchange_mode": _exchange_mode(tunnel), "dpd": {**dpd, "retry": said.retry or _DPD_RETRY}}
    values[version] = spoken
    values["ipv6"] = True if is_ipv6(tunnel.outside_address) else UNSET
    for option, (text, kind) in _identities(vpn, choice, number).items():
        if text:
            values[option] = {"type": kind or id_type(text), "id": text}
        elif option in claim.before.options:
            values[option] = UNSET
    return values if _is_adopted(claim, number) else {**values, _other(version): UNSET}


def _exchange_mode(tunnel: Tunnel) -> str:
    """In main mode the key is found by the peer's address, before an ID is seen."""
    by_id = tunnel.is_dynamic and tunnel.certificate is None and (tunnel.peer_id_type or id_type(tunnel.peer_id or "")) != "ipaddr"
    return "aggressive" if by_id else "main"


def peer_address(tunnel: Tunnel) -> dict[str, Any]:
    if tunnel.is_dynamic:
        return {"dynamic": True}
    return {"fqdn" if tunnel.is_named else "ip": tunnel.outside_address}


def _proof(tunnel: Tunnel) -> dict[str, Any]:
    """How the two sides prove who they are."""
    said = tunnel.certificate
    if said is None:
        return {"pre_shared_key": tunnel.pre_shared_key}
    return {"certificate": {"local_certificate": said.local_certificate, "certificate_profile": said.certificate_profile}}


def _other(version: str) -> str:
    return "ikev1" if version == "ikev2" else "ikev2"


def _is_adopted(claim: Claim, number: int) -> bool:
    return claim.record.took_over("ike_gateway", claim.called("ike_gateway", number))


def _local_address(choice: Choice, number: int) -> dict[str, str]:
    local = choice.local[number]
    kind = "floating_ip" if local.floats else "ip"
    return {"interface": choice.outside[number].name, **({kind: local.text} if local.text else {})}


def _identities(vpn: Vpn, choice: Choice, number: int) -> dict[str, tuple[str | None, str | None]]:
    """option → (the ID, its type where the tunnel says it)."""
    tunnel = vpn.tunnel(number)
    behind_nat = tunnel.customer_outside_address if choice.local[number].behind_nat else None
    local_type = tunnel.local_id_type if tunnel.local_id else None
    return {"local_id": (tunnel.local_id or vpn.local_id or behind_nat, local_type), "peer_id": (tunnel.peer_id, tunnel.peer_id_type)}


def optional(vpn: Vpn, choice: Choice, claim: Claim) -> list[str]:
    """The optional settings that adopted gateways are given, so that a later run can take them back."""
    adopted = [number for number in vpn.numbers if _is_adopted(claim, number)]
    return sorted({option for number in adopted for option, (text, _kind) in _identities(vpn, choice, number).items() if text})
