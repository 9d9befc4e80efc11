# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is said of a site, as values that Panorama and the cloud call alike, and back."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.hosts import id_type
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.lifetimes import seconds_of
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.prisma.site import (
    DYNAMIC, IKE, Bgp, BgpPeer, EcmpLink, IkeProposal, IpsecProposal, Monitor, ProxyId, Site, Tunnel,
)


def saying(**values: Any) -> dict[str, Any]:
    """The values that say something."""
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}


# -- tunnels

def with_names_of(before: Tunnel, said: Tunnel) -> Tunnel:
    """A tunnel with the names of its gateway and profiles, where these are not said, as they stand."""
    names = ("ike_gateway", "ike_crypto_profile", "ipsec_crypto_profile", "version")
    return dataclasses.replace(said, **{name: getattr(said, name) or getattr(before, name) for name in names})


def read_gateway(held: Mapping[str, Any], profile: str | None) -> dict[str, Any]:
    """What a tunnel says by its gateway. C(held): by the names of a gateway's options; C(profile): its IKE crypto profile."""
    peer, local, remote = held.get("peer_address") or {}, held.get("local_id") or {}, held.get("peer_id") or {}
    # What stands for a device without a fixed address may be empty.
    is_dynamic = peer.get("dynamic") not in (None, False)
    return {
        "peer_address": DYNAMIC if is_dynamic else peer.get("ip") or peer.get("fqdn") or "",
        "local_id": local.get("id") or "", "local_id_type": local.get("type") or "", "peer_id": remote.get("id") or "",
        "peer_id_type": remote.get("type") or "", "version": held.get("version") or "", "passive_mode": held.get("passive_mode"),
        "nat_traversal": (held.get("nat_traversal") or {}).get("enable"), "ike_crypto_profile": profile or "",
    }


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


# -- sites

def read_site(kind: Callable[..., Any], held: Mapping[str, Any], tunnels: Mapping[str, Tunnel]) -> Any:
    """A site as a user would describe it, without what is secret. C(held): by the names of the options; C(tunnels): those that stand, by their names."""
    def tunnel(name: str | None) -> Tunnel | None:
        return tunnels.get(name, Tunnel(name)) if name else None

    said = _said_of(kind, held)
    for option in ("ipsec_tunnel", "secondary_ipsec_tunnel"):
        said[option] = tunnel(held.get(option))
    said.update(subnets=tuple(held.get("subnets") or ()), bgp=read_bgp(held.get("bgp")), bgp_peer=_read_bgp_peer(held.get("bgp_peer")))
    if "ecmp_links" in said:
        said["ecmp_links"] = tuple(EcmpLink(link["name"], tunnel(link.get("ipsec_tunnel")), read_bgp(link.get("bgp"))) for link in said["ecmp_links"])
    return kind(**said)


def read_bgp(held: Mapping[str, Any] | None) -> Bgp | None:
    if not held or not held.get("enable"):
        return None
    number = str(held.get("peer_as") or "")
    return Bgp(**{**_said_of(Bgp, held), "peer_as": int(number) if number.isdigit() else None})


def _read_bgp_peer(held: Mapping[str, Any] | None) -> BgpPeer | None:
    return BgpPeer(**_said_of(BgpPeer, held)) if held else None


def _said_of(kind: Any, held: Mapping[str, Any]) -> dict[str, Any]:
    known = [field.name for field in dataclasses.fields(kind) if field.name != "secret"]
    return {name: held[name] for name in known if held.get(name) is not None}


def by_option(site: Site) -> dict[str, Any]:
    """What is said of a site beside its name, by the names of the options; of a tunnel its name."""
    said = {field.name: getattr(site, field.name) for field in dataclasses.fields(site) if field.name not in ("name", "active_active")}
    said.update(
        subnets=list(site.subnets), ipsec_tunnel=_name_of(site.ipsec_tunnel), secondary_ipsec_tunnel=_name_of(site.secondary_ipsec_tunnel),
        bgp=speaker(site.bgp), bgp_peer=saying(**dataclasses.asdict(site.bgp_peer)) if site.bgp_peer else {},
        ecmp_links=[saying(name=link.name, ipsec_tunnel=_name_of(link.ipsec_tunnel), bgp=speaker(link.bgp)) for link in site.links])
    return saying(**said)


def _name_of(tunnel: Tunnel | None) -> str:
    return tunnel.name if tunnel else ""


def speaker(bgp: Bgp | None) -> dict[str, Any]:
    if bgp is None:
        return {}
    said = saying(**dataclasses.asdict(bgp))
    return {"enable": True, **said, **({"peer_as": str(bgp.peer_as)} if bgp.peer_as else {})}
