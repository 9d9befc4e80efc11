# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Prisma Access as Strata Cloud Manager's API holds it: what stands there, and what sites are made of.

A site is an object that names tunnels. These, their gateways and crypto profiles stand in the folder of its kind, or above it.
"""

from __future__ import annotations

import dataclasses
import functools
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.lifetimes import counted
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.naming import instead
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.prisma.laying import Step, Wanted, removal
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.prisma.needless import (
    GATEWAY, IKE_PROFILE, IPSEC_PROFILE, TUNNEL, Named, needless,
)
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.prisma.site import (
    AGGREGATE, IKE, IPSEC, REPLACED, Bandwidth, Bgp, BgpPeer, IkeProposal, IpsecProposal, Monitor, ProxyId, RemoteNetwork, Service,
    ServiceConnection, Site, Tunnel, overlaid, with_tunnels,
)
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.prisma.values import (
    by_option, identity, ike_profile, ipsec_profile, monitoring, peer_address, proxy_id, read_gateway, read_site, saying, spoken_versions, with_names_of,
    with_proposals,
)
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.scm import kinds
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.scm.kinds import Kind

#: What stands in each folder beside the sites themselves.
VPN = (kinds.IKE_CRYPTO, kinds.IPSEC_CRYPTO, kinds.IKE_GATEWAY, kinds.IPSEC_TUNNEL)
_GROUPS = ("group1", "group2", "group5", "group14", "group19", "group20")
_CIPHERS = ("des", "3des", "aes-128-cbc", "aes-192-cbc", "aes-256-cbc", "aes-128-gcm", "aes-256-gcm")
_HASHES = ("md5", "sha1", "sha256", "sha384", "sha512")
#: (phase, option) → what the API knows of it.
_KNOWN = {
    ("ike", "encryption"): _CIPHERS, ("ike", "hash"): (*_HASHES, "non-auth"), ("ike", "dh_group"): _GROUPS,
    ("ipsec", "encryption"): (*_CIPHERS, "null"), ("ipsec", "authentication"): (*_HASHES, "none"), ("ipsec", "dh_group"): ("no-pfs", *_GROUPS),
}
_LEAST_LIFETIME = 180


@dataclass(frozen=True)
class Part:
    """Remote networks, or service connections. C(option): what the module calls them; C(folder): where they and their tunnels stand."""

    option: str
    type: type
    kind: Kind
    folder: str


REMOTE_NETWORKS = Part("remote_networks", RemoteNetwork, kinds.REMOTE_NETWORK, kinds.REMOTE_NETWORKS)
SERVICE_CONNECTIONS = Part("service_connections", ServiceConnection, kinds.SERVICE_CONNECTION, kinds.SERVICE_CONNECTIONS)
PARTS = (REMOTE_NETWORKS, SERVICE_CONNECTIONS)


@dataclass(frozen=True)
class Folder:
    """What a folder has, its own and what it has from above: kind → name → object."""

    name: str
    objects: dict[str, dict[str, dict]]

    def of(self, kind: Kind) -> dict[str, dict]:
        return self.objects.setdefault(kind.resource, {})

    def is_own(self, found: dict) -> bool:
        """Objects of some kinds do not say their folder, since there is only one."""
        return found.get("folder", self.name) == self.name

    def tunnels(self) -> dict[str, Tunnel]:
        return {name: self.tunnel(found) for name, found in self.of(kinds.IPSEC_TUNNEL).items()}

    def tunnel(self, found: dict) -> Tunnel:
        """A tunnel as a user would describe it, without what is secret."""
        keys = found.get("auto_key") or {}
        gateway = next((each.get("name", "") for each in keys.get("ike_gateway") or []), "")
        monitor = found.get("tunnel_monitor") or {}
        return Tunnel(
            name=found["name"], ike_gateway=gateway, ipsec_crypto_profile=keys.get("ipsec_crypto_profile", ""),
            **self._of_gateway(self.of(kinds.IKE_GATEWAY).get(gateway)),
            proxy_ids=tuple(ProxyId(each["name"], each.get("local", ""), each.get("remote", "")) for each in keys.get("proxy_id") or []),
            tunnel_monitor=Monitor(monitor["destination_ip"], monitor.get("proxy_id", "")) if monitor.get("destination_ip") else None,
            anti_replay=found.get("anti_replay"), copy_tos=found.get("copy_tos"))

    def with_proposals(self, tunnel: Tunnel) -> Tunnel:
        """A tunnel with what its profiles hold; of several values the first, which is tried first."""
        return with_proposals(tunnel, self.of(kinds.IKE_CRYPTO).get(tunnel.ike_profile), self.of(kinds.IPSEC_CRYPTO).get(tunnel.ipsec_profile))

    @staticmethod
    def _of_gateway(found: dict | None) -> dict[str, Any]:
        if found is None:
            return {}
        held = {**found, **(found.get("protocol_common") or {}), "version": (found.get("protocol") or {}).get("version")}
        return read_gateway(held, next(_profiles_of_gateway(found), ""))


@dataclass(frozen=True)
class Held:
    """What stands in a tenant. C(bandwidth): compute location → its object; C(settings): of the infrastructure; C(locations): what sites may stand in."""

    folders: dict[str, Folder]
    bandwidth: dict[str, dict]
    locations: list[dict]
    settings: dict = field(repr=False, default_factory=dict)

    def folder(self, part: Part) -> Folder:
        return self.folders[part.folder]

    @property
    def service(self) -> Service:
        """Made anew each time, since objects are written."""
        return Service(
            remote_networks=self._sites(REMOTE_NETWORKS), service_connections=self._sites(SERVICE_CONNECTIONS),
            bandwidth=tuple(_bandwidth(found) for found in self.bandwidth.values()),
            infrastructure_subnet=self._infrastructure_subnet, infra_bgp_as=self._infra_bgp_as)

    @property
    def _infrastructure_subnet(self) -> str:
        return str(self.settings.get("infrastructure_subnet") or "")

    @property
    def _infra_bgp_as(self) -> int | None:
        number = str(self.settings.get("infra_bgp_as") or "")
        return int(number) if number.isdigit() else None

    def _sites(self, part: Part) -> tuple:
        folder = self.folder(part)
        tunnels = folder.tunnels()
        return tuple(_site(part, found, tunnels) for found in folder.of(part.kind).values())

    def told(self, part: Part, names: Iterable[str]) -> list[Any]:
        """The sites of these names, with what their crypto profiles hold."""
        folder, wanted_names = self.folder(part), set(names)
        return [with_tunnels(site, folder.with_proposals) for site in self._sites(part) if site.name in wanted_names]

    @property
    def infrastructure(self) -> dict[str, Any]:
        """What a device has to know of Prisma Access as a whole."""
        return {
            "subnet": self._infrastructure_subnet, "bgp_as": self._infra_bgp_as,
            "tunnel_monitor_address": str(self.settings.get("tunnel_monitor_ip_address") or ""),
            "loopback_addresses": list(self.settings.get("loopback_ips") or []),
        }

    @property
    def regions(self) -> list[str]:
        return sorted({str(each[name]) for each in self.locations for name in ("value", "region") if each.get(name)})

    @property
    def compute_locations(self) -> list[str]:
        return sorted({str(each["aggregate_region"]) for each in self.locations if each.get("aggregate_region")})


def _bandwidth(found: dict) -> Bandwidth:
    return Bandwidth(found["name"], found.get("allocated_bandwidth"), tuple(found.get("spn_name_list") or ()))


def _site(part: Part, found: dict, tunnels: dict[str, Tunnel]) -> Site:
    protocol = found.get("protocol") or {}
    held = {**found, **saying(bgp=_as_stated(protocol.get("bgp")), bgp_peer=protocol.get("bgp_peer") or found.get("bgp_peer"))}
    if part is REMOTE_NETWORKS:
        held["ecmp_links"] = [{**link, "bgp": _as_stated((link.get("protocol") or {}).get("bgp"))} for link in found.get("ecmp_tunnels") or ()]
        return read_site(part.type, held, tunnels)
    site = read_site(part.type, {**held, "backup_sc": found.get("backup_SC")}, tunnels)
    return dataclasses.replace(site, bgp_peer=_as_said(site.bgp, site.bgp_peer))


def _as_stated(bgp: dict | None) -> dict | None:
    """BGP that does not say whether it is on is on: it would not be described otherwise."""
    return {"enable": True, **bgp} if bgp else None


def _as_said(bgp: Bgp | None, peer: BgpPeer | None) -> BgpPeer | None:
    """A second speaker that is the first one again is told in one word, as it is said."""
    if bgp is None or peer is None or (peer.peer_ip_address, peer.local_ip_address) != (bgp.peer_ip_address, bgp.local_ip_address):
        return peer
    return BgpPeer(same_as_primary=True)


# -- what is given

def completed(given: Service, held: Held) -> Service:
    """What is C(given), with the tunnels of which only the name is said as they stand."""
    found: dict[str, Any] = {}
    for part in PARTS:
        standing = functools.partial(_over_what_stands, held.folder(part).tunnels())
        found[part.option] = tuple(with_tunnels(site, standing) for site in getattr(given, part.option))
    return dataclasses.replace(given, **found)


def _over_what_stands(tunnels: dict[str, Tunnel], said: Tunnel) -> Tunnel:
    return overlaid(tunnels[said.name], said) if said.name in tunnels else said


def problems(given: Service, held: Held) -> list[str]:
    """What this API does not know of what is C(given), as sentences."""
    found = [f"bandwidth of {each.name}: there is no such compute location{instead(each.name, held.compute_locations)}"
             for each in given.bandwidth or () if each.name not in held.compute_locations]
    for part in PARTS:
        folder = held.folder(part)
        users = _users_of_gateways(folder)
        for site in getattr(given, part.option):
            found += [f"{site.called}: {text}" for text in _of_site(site, held)]
            for tunnel in site.tunnels:
                found += [f"{site.called}: IPsec tunnel '{tunnel.name}': {text}" for text in _of_tunnel(tunnel, folder)]
            found += [f"{site.called}: {text}" for text in _foreign(site, folder, users)]
    return found


def _of_site(site: Site, held: Held) -> Iterator[str]:
    if site.region and site.region not in held.regions:
        yield f"there is no location '{site.region}'{instead(site.region, held.regions)}"
    if getattr(site, "inbound_flow_over_pa_backbone", None) is not None:
        yield "inbound_flow_over_pa_backbone is an option of Panorama alone, the cloud's API has none"


def _of_tunnel(tunnel: Tunnel, folder: Folder) -> Iterator[str]:
    if tunnel.is_only_named and tunnel.name not in folder.of(kinds.IPSEC_TUNNEL):
        own = sorted(name for name, found in folder.of(kinds.IPSEC_TUNNEL).items() if folder.is_own(found))
        yield f"it is not in folder {folder.name}; there is {', '.join(own) or 'none'}. Give its peer_address to make it"
    gateway = folder.of(kinds.IKE_GATEWAY).get(_names(tunnel, folder).gateway)
    if gateway is None and not tunnel.is_only_named and not tunnel.pre_shared_key:
        yield "pre_shared_key is missing, and its IKE gateway is new"
    for phase, proposal in (("ike", tunnel.ike), ("ipsec", tunnel.ipsec)):
        yield from _of_proposal(phase, proposal)
    for kind, name, holds in _profiles(tunnel):
        standing = folder.of(kind).get(name)
        if standing is not None and holds and not folder.is_own(standing):
            yield f"{kind.words} '{name}' stands in folder {standing.get('folder')}, which is above {folder.name}; give another name to hold something else"
        if standing is None and not holds and _is_named(tunnel, kind):
            yield f"there is no {kind.words} '{name}'{instead(name, list(folder.of(kind)))}; say what it holds, to make it"


def _of_proposal(phase: str, proposal: IkeProposal | IpsecProposal | None) -> Iterator[str]:
    if proposal is None:
        return
    for (of, option), known in _KNOWN.items():
        value = getattr(proposal, option) if of == phase else ""
        if value and value not in known:
            yield f"{phase}.{option}: the API knows no {value}; it knows {', '.join(known)}"
    seconds = proposal.lifetime_seconds
    if seconds is not None and not _lifetime(seconds):
        yield f"{phase}.lifetime_seconds: {seconds} is less than {_LEAST_LIFETIME}, or no whole number of minutes where it is more than 65535"


def _users_of_gateways(folder: Folder) -> dict[str, list[str]]:
    """Gateway → the tunnels that name it."""
    found: dict[str, list[str]] = defaultdict(list)
    for name, tunnel in folder.of(kinds.IPSEC_TUNNEL).items():
        for gateway in _gateways_of(tunnel):
            found[gateway].append(name)
    return found


def _foreign(site: Site, folder: Folder, users: dict[str, list[str]]) -> Iterator[str]:
    """Gateways of a name that is to be ours, and which something else uses: a change of them would change that."""
    standing = folder.of(kinds.REMOTE_NETWORK if isinstance(site, RemoteNetwork) else kinds.SERVICE_CONNECTION).get(site.name)
    own = {tunnel.name for tunnel in site.tunnels} | set(_tunnels_of(standing or {}))
    for tunnel in site.tunnels:
        gateway = _names(tunnel, folder).gateway
        others = [name for name in users.get(gateway, ()) if name not in own]
        if others and not tunnel.is_only_named:
            yield f"IKE gateway '{gateway}' is that of IPsec tunnel {', '.join(others)}; give another ike_gateway"


def _is_named(tunnel: Tunnel, kind: Kind) -> bool:
    return bool(tunnel.ike_crypto_profile if kind is kinds.IKE_CRYPTO else tunnel.ipsec_crypto_profile)


def _profiles(tunnel: Tunnel) -> Iterator[tuple[Kind, str, Any]]:
    yield kinds.IKE_CRYPTO, tunnel.ike_profile, tunnel.ike
    yield kinds.IPSEC_CRYPTO, tunnel.ipsec_profile, tunnel.ipsec


# -- what it is made of

def wanted(part: Part, sites: Iterable[Site], held: Held, state: str) -> list[Wanted]:
    """The objects that sites need, in the order in which they are made. Where sites are V(replaced), what is not said of them goes; a key stays."""
    folder = held.folder(part)
    found: dict[tuple[str, str], Wanted] = {}
    for site in sites:
        for tunnel in site.tunnels:
            for each in _objects(tunnel, folder):
                found[each.kind.resource, each.name] = each
    objects = sorted(found.values(), key=lambda each: kinds.KINDS.index(each.kind))
    return [*objects, *(_whole(part, _entry(part, site)) if state == REPLACED else _entry(part, site) for site in sites)]


def bandwidth(given: Service, held: Held) -> list[Wanted]:
    """The service names the termination nodes of a new allocation itself."""
    def names(each: Bandwidth) -> list[str]:
        return list(each.spn_names) if each.name in held.bandwidth else []

    return [Wanted(kinds.BANDWIDTH, each.name, None, saying(allocated_bandwidth=each.allocated_bandwidth, spn_name_list=names(each)))
            for each in given.bandwidth or ()]


def _names(said: Tunnel, folder: Folder) -> Tunnel:
    """A tunnel with the names of its gateway and profiles, where these are not said, as they stand."""
    before = folder.of(kinds.IPSEC_TUNNEL).get(said.name)
    if before is None:
        return said
    return with_names_of(folder.tunnel(before), said)


def _objects(said: Tunnel, folder: Folder) -> Iterator[Wanted]:
    if said == Tunnel(said.name):
        return
    tunnel = _names(said, folder)
    is_new = said.name not in folder.of(kinds.IPSEC_TUNNEL)
    yield from _profile(kinds.IKE_CRYPTO, tunnel.ike_profile, _ike(tunnel.ike), _ike(IKE), is_new, folder)
    yield from _profile(kinds.IPSEC_CRYPTO, tunnel.ipsec_profile, _ipsec(tunnel.ipsec), _ipsec(IPSEC), is_new, folder)
    gateway = _gateway(said, tunnel)
    if gateway:
        yield Wanted(kinds.IKE_GATEWAY, tunnel.gateway, folder.name, gateway, _new_gateway(tunnel))
    values = _tunnel(said, tunnel)
    new = {"auto_key": {"ike_gateway": [{"name": tunnel.gateway}], "ipsec_crypto_profile": tunnel.ipsec_profile}, "anti_replay": True}
    if values or is_new:
        yield Wanted(kinds.IPSEC_TUNNEL, tunnel.name, folder.name, values, new)


def _profile(kind: Kind, name: str, holds: dict, usual: dict, is_for_new: bool, folder: Folder) -> Iterator[Wanted]:
    """What is said of a profile; a new tunnel has one of the usual contents, where none of that name is there."""
    if holds or is_for_new and name not in folder.of(kind):
        yield Wanted(kind, name, folder.name, holds, usual)


def _ike(proposal: IkeProposal | None) -> dict[str, Any]:
    return {} if proposal is None else ike_profile(proposal, _lifetime(proposal.lifetime_seconds))


def _ipsec(proposal: IpsecProposal | None) -> dict[str, Any]:
    return {} if proposal is None else ipsec_profile(proposal, _lifetime(proposal.lifetime_seconds))


def _lifetime(seconds: int | None) -> dict[str, int]:
    """Empty where it cannot be said."""
    return {} if seconds is None or seconds < _LEAST_LIFETIME else counted(seconds)


def _gateway(said: Tunnel, tunnel: Tunnel) -> dict[str, Any]:
    """What is said of a gateway."""
    common = saying(passive_mode=said.passive_mode, nat_traversal=saying(enable=said.nat_traversal))
    protocol = saying(version=said.version)
    if said.ike_crypto_profile:
        protocol.update(spoken_versions(tunnel.ike_profile, tunnel.version))
    return saying(
        authentication={"pre_shared_key": {"key": said.pre_shared_key}} if said.pre_shared_key else {},
        peer_address=peer_address(said.peer_address, dynamic={}), local_id=identity(said.local_id, said.local_id_type),
        peer_id=identity(said.peer_id, said.peer_id_type), protocol=protocol, protocol_common=common)


def _new_gateway(tunnel: Tunnel) -> dict[str, Any]:
    return {"protocol": {"version": IKE.version, **spoken_versions(tunnel.ike_profile, tunnel.version)},
            "protocol_common": {"nat_traversal": {"enable": True}, "passive_mode": tunnel.is_dynamic}}


def _tunnel(said: Tunnel, tunnel: Tunnel) -> dict[str, Any]:
    keys = saying(
        ike_gateway=[{"name": tunnel.gateway}] if said.ike_gateway else [], ipsec_crypto_profile=said.ipsec_crypto_profile,
        proxy_id=[proxy_id(proxy) for proxy in said.proxy_ids])
    return saying(auto_key=keys, anti_replay=said.anti_replay, copy_tos=said.copy_tos, tunnel_monitor=monitoring(said.tunnel_monitor))


def _entry(part: Part, site: Any) -> Wanted:
    """A site itself."""
    said = by_option(site)
    bgp, bgp_peer, links, backup = (said.pop(option, None) for option in ("bgp", "bgp_peer", "ecmp_links", "backup_sc"))
    if part is REMOTE_NETWORKS:
        values = saying(**said, protocol=saying(bgp=bgp, bgp_peer=bgp_peer), ecmp_tunnels=[_link(link) for link in links or ()],
                        ecmp_load_balancing="enable" if links else "")
        return Wanted(part.kind, site.name, part.folder, values, {"license_type": AGGREGATE})
    values = saying(**said, protocol=saying(bgp=bgp), bgp_peer=_second_speaker(site), backup_SC=backup)
    return Wanted(part.kind, site.name, part.folder, values)


_OF_BGP = tuple(("protocol", "bgp", option.name) for option in dataclasses.fields(Bgp) if option.name != "secret")
_OF_SITE = (("subnets",), ("ipsec_tunnel",), ("secondary_ipsec_tunnel",), ("protocol", "bgp"), *_OF_BGP)
#: The places of what a site says, without its keys.
_EXACT: dict[str, tuple[tuple[str, ...], ...]] = {
    REMOTE_NETWORKS.option: (*_OF_SITE, ("spn_name",), ("protocol", "bgp_peer"), ("ecmp_tunnels",)),
    SERVICE_CONNECTIONS.option: (*_OF_SITE, ("bgp_peer",), ("backup_SC",), ("nat_pool",), ("source_nat",), ("no_export_community",)),
}


def _whole(part: Part, entry: Wanted) -> Wanted:
    """A site that is all that it is to be."""
    values = {"ecmp_load_balancing": "disable", **entry.values} if part is REMOTE_NETWORKS else entry.values
    return dataclasses.replace(entry, values=values, exact=_EXACT[part.option])


def _link(said: dict[str, Any]) -> dict[str, Any]:
    return {"name": said["name"], "ipsec_tunnel": said.get("ipsec_tunnel", ""), "protocol": {"bgp": said.get("bgp", {})}}


def _second_speaker(site: Site) -> dict[str, Any]:
    """A service connection of this API has no word for the same speaker: it is named again."""
    peer = site.bgp_peer
    if peer is None:
        return {}
    if peer.same_as_primary and site.bgp:
        return saying(peer_ip_address=site.bgp.peer_ip_address, local_ip_address=site.bgp.local_ip_address, secret=peer.secret or site.bgp.secret)
    return saying(peer_ip_address=peer.peer_ip_address, local_ip_address=peer.local_ip_address, secret=peer.secret)


# -- what goes

def unwanted(part: Part, given: Iterable[Site], held: Held) -> list[Step]:
    """What goes with the sites that are C(given): they themselves, and what nobody needs then."""
    sites, entries = list(given), held.folder(part).of(part.kind)
    going = [removal(part.kind, part.folder, entries[site.name]) for site in sites if site.name in entries]
    return going + _of_nobody(part, sites, held)


def dropped(part: Part, sites: Iterable[Site], held: Held) -> list[Step]:
    """The tunnels that sites named and do not name any more, when they are replaced, with what goes along."""
    listed = list(sites)
    return _of_nobody(part, listed, held, {tunnel.name for site in listed for tunnel in site.tunnels})


#: What the service calls each kind of what a site is made of.
_KINDS = {TUNNEL: kinds.IPSEC_TUNNEL, GATEWAY: kinds.IKE_GATEWAY, IPSEC_PROFILE: kinds.IPSEC_CRYPTO, IKE_PROFILE: kinds.IKE_CRYPTO}


def _of_nobody(part: Part, sites: list[Site], held: Held, still_named: Collection[str] = ()) -> list[Step]:
    """What has come from above is not the folder's to remove."""
    folder = held.folder(part)
    there = {Named(kind, name): list(_named_by(kind, found)) for kind, of in _KINDS.items() for name, found in folder.of(of).items()}

    def object_of(named: Named) -> dict:
        return folder.of(_KINDS[named.kind])[named.name]

    going = needless(sites, getattr(held.service, part.option), still_named, there, lambda named: folder.is_own(object_of(named)))
    return [removal(_KINDS[named.kind], part.folder, object_of(named)) for named in going]


def _named_by(kind: str, found: dict) -> Iterator[Named]:
    if kind == TUNNEL:
        yield from (Named(GATEWAY, name) for name in _gateways_of(found))
        yield from (Named(IPSEC_PROFILE, name) for name in _profiles_of_tunnel(found))
    if kind == GATEWAY:
        yield from (Named(IKE_PROFILE, name) for name in _profiles_of_gateway(found))


def released(given: Service, held: Held) -> list[Step]:
    return [removal(kinds.BANDWIDTH, None, held.bandwidth[each.name]) for each in given.bandwidth or () if each.name in held.bandwidth]


def _tunnels_of(entry: dict) -> list[str]:
    named = [entry.get("ipsec_tunnel"), entry.get("secondary_ipsec_tunnel"), *(link.get("ipsec_tunnel") for link in entry.get("ecmp_tunnels") or [])]
    return [name for name in named if name]


def _gateways_of(tunnel: dict) -> list[str]:
    return [each.get("name", "") for each in (tunnel.get("auto_key") or {}).get("ike_gateway") or []]


def _profiles_of_tunnel(tunnel: dict) -> Iterator[str]:
    name = (tunnel.get("auto_key") or {}).get("ipsec_crypto_profile")
    if name:
        yield name


def _profiles_of_gateway(gateway: dict) -> Iterator[str]:
    """The one that its version speaks first."""
    protocol = gateway.get("protocol") or {}
    for version in ("ikev2", "ikev1"):
        name = (protocol.get(version) or {}).get("ike_crypto_profile")
        if name:
            yield name
