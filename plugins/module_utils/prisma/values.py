# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is said of a site, as values that Panorama and the cloud call alike, and back."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.hosts import id_type
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.lifetimes import seconds_of
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.prisma.site import (
    DYNAMIC, IKE, Bgp, IkeProposal, IpsecProposal, Monitor, ProxyId, Tunnel,
)


def saying(**values: Any) -> dict[str, Any]:
    """The values that say something."""
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}


# -- tunnels

def with_names_of(before: Tunnel, said: Tunnel) -> Tunnel:
    """A tunnel with the names of its gateway and profiles, where these are not said, as they stand."""
    names = ("ike_gateway", "ike_crypto_profile", "ipsec_crypto_profile", "version")
    return dataclasses.replace(said, **{name: getattr(said, name) or getattr(before, name) for name in names})


def identity(text: str, kind: str) -> dict[str, str]:
    return {"type": kind or id_type(text), "id": text} if text else {}


def peer_address(said: str, dynamic: Any) -> dict[str, Any]:
    """C(dynamic): how a device without a fixed address is written."""
    if said == DYNAMIC:
        return {"dynamic": dynamic}
    return {"ip" if id_type(said) == "ipaddr" else "fqdn": said} if said else {}


def spoken_versions(profile: str, version: str) -> dict[str, Any]:
    """The IKE crypto profile of a gateway; one that speaks both versions names it for both."""
    spoken = {"ikev1": ("ikev1",), "ikev2": ("ikev2",)}.get(version or IKE.version, ("ikev1", "ikev2"))
    return {each: {"ike_crypto_profile": profile} for each in spoken}


def proxy_id(said: ProxyId) -> dict[str, Any]:
    return saying(name=said.name, local=said.local, remote=said.remote)


def monitoring(said: Monitor | None) -> dict[str, Any]:
    return {} if said is None else {"enable": True, **saying(destination_ip=said.destination_ip, proxy_id=said.proxy_id)}


# -- crypto profiles

def ike_profile(proposal: IkeProposal, lifetime: dict[str, int]) -> dict[str, Any]:
    """C(lifetime): as it is counted there."""
    return saying(encryption=_one(proposal.encryption), hash=_one(proposal.hash), dh_group=_one(proposal.dh_group), lifetime=lifetime)


def ipsec_profile(proposal: IpsecProposal, lifetime: dict[str, int]) -> dict[str, Any]:
    esp = saying(encryption=_one(proposal.encryption), authentication=_one(proposal.authentication))
    return saying(esp=esp, dh_group=proposal.dh_group, lifetime=lifetime)


def _one(word: str) -> list[str]:
    return [word] if word else []


def with_proposals(tunnel: Tunnel, ike: Mapping[str, Any] | None, ipsec: Mapping[str, Any] | None) -> Tunnel:
    """A tunnel with what its profiles hold, as far as they are there; of several values the first, which is tried first."""
    version = "ikev1" if tunnel.version == "ikev1" else "ikev2"
    return dataclasses.replace(
        tunnel, ike=None if ike is None else _ike_proposal(ike, version), ipsec=None if ipsec is None else _ipsec_proposal(ipsec))


def _ike_proposal(held: Mapping[str, Any], version: str) -> IkeProposal:
    return IkeProposal(version, **_first_of(held, ("encryption", "hash", "dh_group")), lifetime_seconds=seconds_of(held.get("lifetime") or {}))


def _ipsec_proposal(held: Mapping[str, Any]) -> IpsecProposal:
    first = _first_of(held.get("esp") or {}, ("encryption", "authentication"))
    return IpsecProposal(**first, dh_group=held.get("dh_group") or "", lifetime_seconds=seconds_of(held.get("lifetime") or {}))


def _first_of(held: Mapping[str, Any], options: Iterable[str]) -> dict[str, str]:
    return {option: next(iter(held.get(option) or ()), "") for option in options}


# -- BGP

def speaker(bgp: Bgp | None) -> dict[str, Any]:
    if bgp is None:
        return {}
    said = saying(**dataclasses.asdict(bgp))
    return {"enable": True, **said, **({"peer_as": str(bgp.peer_as)} if bgp.peer_as else {})}
