# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a user says of Prisma Access, and what stands there: remote networks and service connections, with their tunnels.

The words are those of Prisma Access, and the same whether Panorama or the cloud manages it. Argument specs and documentation follow from the types
(C(peers/fields.py)). Texts are empty, and everything else is V(None), where nothing is said.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any, TypeVar

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.naming import instead
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.fields import argument_spec, read, said
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import DYNAMIC, ID_TYPES, IkeProposal, IpsecProposal

AUTO_KEY, MANUAL_KEY = "auto-key", "manual-key"
VERSIONS = ("ikev2-preferred", "ikev2", "ikev1")
EXPORTS = ("Disabled", "Enabled-In", "Enabled-Out", "Enabled-Both")
PRESENT, REPLACED, ABSENT = "present", "replaced", "absent"
# Bandwidth that is allocated to a compute location, for all remote networks of its termination nodes.
AGGREGATE = "FWAAS-AGGREGATE"

# What a tunnel is made with whose user names no proposal.
IKE = IkeProposal("ikev2", "aes-256-cbc", "sha384", "group20", 28800)
IPSEC = IpsecProposal("aes-256-gcm", "none", "group20", 3600)

_AS: dict = {"limits": (1, 4294967295), "source": "RFC 6793"}


@dataclass(frozen=True)
class ProxyId:
    """A pair of networks, for a device with policy-based VPN."""

    name: str = said("Name of the proxy ID.", default="", required=True)
    local: str = said("Network on the side of Prisma Access.", default="", form="network")
    remote: str = said("Network behind the device.", default="", form="network")


@dataclass(frozen=True)
class Monitor:
    """What Prisma Access pings through a tunnel."""

    destination_ip: str = said(
        "Address behind the device that answers pings from all of the infrastructure subnet.", default="", required=True, form="address")
    proxy_id: str = said(
        "Name of the proxy ID that lets these pings through. Needed where the tunnel has several.", default="")


@dataclass(frozen=True)
class Tunnel:
    """One tunnel from Prisma Access to a device. I(local) is Prisma Access, I(peer) is the device."""

    name: str = said("Name of the IPsec tunnel. With nothing else, it is one that is there already.", default="", required=True)
    ike_gateway: str = said("Name of its IKE gateway. Omitted, it is that of the tunnel.", default="")
    peer_address: str = said("Address of the device, which no other tunnel has. V(dynamic) where it is not fixed; the device begins then.", default="")
    pre_shared_key: str = said("The key.", default="", secret=True)
    key_exchange: str = said("How the keys come about. Prisma Access takes V(auto-key) only.", default="", choices=(AUTO_KEY, MANUAL_KEY))
    local_id: str = said("ID that Prisma Access shows.", default="")
    local_id_type: str = said("Kind of that ID. Omitted, it is seen from the ID itself.", default="", choices=ID_TYPES)
    peer_id: str = said("ID that the device shows.", default="")
    peer_id_type: str = said("Kind of that ID. Omitted, it is seen from the ID itself.", default="", choices=ID_TYPES)
    version: str = said("Version of IKE. A new tunnel has V(ikev2).", default="", choices=VERSIONS)
    passive_mode: bool | None = said(
        "Whether Prisma Access only waits for the device. A new tunnel to a dynamic address has V(true).", default=None)
    nat_traversal: bool | None = said("Whether ESP can travel in UDP. A new tunnel has V(true).", default=None)
    ike_crypto_profile: str = said("Name of its IKE crypto profile. Omitted, it is that of the tunnel.", default="")
    ike: IkeProposal | None = said("What that profile holds. Omitted, a profile of this name has to be there, or the tunnel is new.", default=None)
    ipsec_crypto_profile: str = said("Name of its IPsec crypto profile. Omitted, it is that of the tunnel.", default="")
    ipsec: IpsecProposal | None = said("What that profile holds. Omitted, a profile of this name has to be there, or the tunnel is new.", default=None)
    proxy_ids: tuple[ProxyId, ...] = said("Pairs of networks, for a device with policy-based VPN.", default=())
    tunnel_monitor: Monitor | None = said("What Prisma Access pings, to see whether the tunnel works.", default=None)
    anti_replay: bool | None = said("Whether packets are refused that come twice. A new tunnel has V(true).", default=None)
    copy_tos: bool | None = said("Whether the type of service is copied to the outer header.", default=None)

    @property
    def is_only_named(self) -> bool:
        """Whether it is one that is there already."""
        return not self.peer_address

    @property
    def is_dynamic(self) -> bool:
        return self.peer_address == DYNAMIC

    @property
    def gateway(self) -> str:
        return self.ike_gateway or self.name

    @property
    def ike_profile(self) -> str:
        return self.ike_crypto_profile or self.name

    @property
    def ipsec_profile(self) -> str:
        return self.ipsec_crypto_profile or self.name


@dataclass(frozen=True)
class Bgp:
    """BGP through the primary tunnel."""

    peer_as: int | None = said("AS number of the device.", default=None, **_AS)
    peer_ip_address: str = said("Address of the device's BGP speaker.", default="", form="address")
    local_ip_address: str = said("Address of Prisma Access's BGP speaker.", default="", form="address")
    secret: str = said("Key of the TCP MD5 signatures.", default="", secret=True)
    originate_default_route: bool | None = said("Whether Prisma Access announces a default route.", default=None)
    summarize_mobile_user_routes: bool | None = said("Whether it announces few large networks for its mobile users.", default=None)
    do_not_export_routes: bool | None = said("Whether it announces nothing at all.", default=None)


@dataclass(frozen=True)
class BgpPeer:
    """BGP through the secondary tunnel."""

    same_as_primary: bool | None = said("Whether it is the speaker that the primary tunnel leads to.", default=None)
    peer_ip_address: str = said("Address of the device's BGP speaker.", default="", form="address")
    local_ip_address: str = said("Address of Prisma Access's BGP speaker.", default="", form="address")
    secret: str = said("Key of the TCP MD5 signatures.", default="", secret=True)


@dataclass(frozen=True)
class EcmpLink:
    """One of several tunnels that carry traffic at once."""

    name: str = said("Name of the link.", default="", required=True)
    ipsec_tunnel: Tunnel | None = said("Its tunnel.", default=None)
    bgp: Bgp | None = said("BGP through it.", default=None)


@dataclass(frozen=True)
class Site:
    """What a remote network and a service connection have in common."""

    name: str = said("Name of it.", default="", required=True)
    region: str = said("Location, by its key, such as V(us-east-1).", default="")
    ipsec_tunnel: Tunnel | None = said("The primary tunnel.", default=None)
    secondary_ipsec_tunnel: Tunnel | None = said(
        "The secondary tunnel, over another line of the device. It carries traffic while the primary one is down.", default=None)
    active_active: bool | None = said("Whether the device uses both tunnels at once, which Prisma Access does not support.", default=None)
    subnets: tuple[str, ...] = said(
        "Networks behind the device, which Prisma Access has static routes to. They are all of them: one that is not given any more goes.", default=(),
        form="network")
    bgp: Bgp | None = said("BGP through the primary tunnel.", default=None)
    bgp_peer: BgpPeer | None = said("BGP through the secondary tunnel.", default=None)

    kind = "site"

    @property
    def called(self) -> str:
        return f"{self.kind} '{self.name}'"

    @property
    def links(self) -> tuple[EcmpLink, ...]:
        return ()

    @property
    def tunnels(self) -> tuple[Tunnel, ...]:
        """All of its tunnels, the primary one first."""
        links = [link.ipsec_tunnel for link in self.links]
        return tuple(tunnel for tunnel in (self.ipsec_tunnel, self.secondary_ipsec_tunnel, *links) if tunnel is not None)

    @property
    def networks(self) -> tuple:
        return tuple(ip_network(subnet, strict=False) for subnet in self.subnets)


@dataclass(frozen=True)
class RemoteNetwork(Site):
    """A branch."""

    license_type: str = said(
        "How its bandwidth is licensed. V(FWAAS-AGGREGATE), of what is allocated to the compute location, V(FWAAS-25Mbps) and the like, of its own, or "
        "V(FWAAS-SITE-25Mbps) and the like, of its site. A new one has V(FWAAS-AGGREGATE).", default="")
    spn_name: str = said("IPsec termination node that it ends at. Needed with V(FWAAS-AGGREGATE).", default="")
    ecmp_links: tuple[EcmpLink, ...] = said("Two to four tunnels that carry traffic at once, in place of a primary and a secondary one.", default=())
    inbound_flow_over_pa_backbone: bool | None = said("Whether traffic from the internet to it takes Prisma Access's own network.", default=None)

    kind = "remote network"

    @property
    def links(self) -> tuple[EcmpLink, ...]:
        return self.ecmp_links


@dataclass(frozen=True)
class ServiceConnection(Site):
    """A data centre or headquarters."""

    backup_sc: str = said("Service connection that takes over, where routing is hot potato.", default="")
    nat_pool: str = said("Network that sources are translated to.", default="", form="network")
    source_nat: bool | None = said("Whether sources are translated.", default=None)
    no_export_community: str = said("Where the community C(no-export) is set.", default="", choices=EXPORTS)

    kind = "service connection"


@dataclass(frozen=True)
class Bandwidth:
    """Bandwidth of a compute location."""

    name: str = said("The compute location, by its key, such as V(us-east).", default="", required=True)
    allocated_bandwidth: int | None = said("Bandwidth.", default=None, unit="Mbps", limits=(50, 1000000), source="Prisma Access: bandwidth allocation")
    spn_names: tuple[str, ...] = said("Its IPsec termination nodes, which Prisma Access names itself.", default=())


@dataclass(frozen=True)
class Service:
    """What Prisma Access has, or is to have, under one tenant. C(bandwidth) is V(None) where none is allocated by compute location."""

    remote_networks: tuple[RemoteNetwork, ...] = ()
    service_connections: tuple[ServiceConnection, ...] = ()
    bandwidth: tuple[Bandwidth, ...] | None = None
    infrastructure_subnet: str = ""
    infra_bgp_as: int | None = None
    overlapped_subnets: bool = False
    hot_potato_routing: bool | None = None

    @property
    def sites(self) -> tuple[Site, ...]:
        return self.remote_networks + self.service_connections

    @property
    def ends(self) -> Iterator[tuple[Site, Tunnel]]:
        """Every tunnel, with its site."""
        return ((site, tunnel) for site in self.sites for tunnel in site.tunnels)

    def after(self, given: Service, state: str = PRESENT) -> Service:
        """What it will have with the sites and the bandwidth that are C(given). Sites that are V(replaced) have nothing but what is given of them."""
        bandwidth = _laid(self.bandwidth or (), given.bandwidth or ()) or self.bandwidth
        made = _put if state == REPLACED else _laid
        return dataclasses.replace(
            self, bandwidth=bandwidth, remote_networks=made(self.remote_networks, given.remote_networks),
            service_connections=made(self.service_connections, given.service_connections))


def chosen(found: Sequence[Any], wanted: Collection[str] | None) -> list[Any]:
    """The sites of these names, or all. Raises InvalidInput for one that is not there."""
    known = [site.name for site in found]
    missing = [name for name in wanted or () if name not in known]
    if missing:
        raise InvalidInput(f"sites: there is no remote network or service connection '{missing[0]}'{instead(missing[0], known)}")
    return [site for site in found if not wanted or site.name in wanted]


def of_type(sites: Iterable[Site], wanted: type) -> list[Any]:
    """Only the remote networks, or only the service connections."""
    return [site for site in sites if isinstance(site, wanted)]


def with_tunnels(site: Any, made: Callable[[Tunnel], Tunnel]) -> Any:
    """The site with what is C(made) of each of its tunnels."""
    changes: dict[str, Any] = {option: made(getattr(site, option)) for option in ("ipsec_tunnel", "secondary_ipsec_tunnel") if getattr(site, option)}
    if site.links:
        changes["ecmp_links"] = tuple(
            dataclasses.replace(link, ipsec_tunnel=made(link.ipsec_tunnel)) if link.ipsec_tunnel else link for link in site.links)
    return dataclasses.replace(site, **changes)


Named = TypeVar("Named", RemoteNetwork, ServiceConnection, Bandwidth)


def _put(standing: tuple[Named, ...], given: tuple[Named, ...]) -> tuple[Named, ...]:
    """By their names, each as it is given."""
    put = {each.name: each for each in standing}
    put.update({each.name: each for each in given})
    return tuple(put.values())


def _laid(standing: tuple[Named, ...], given: tuple[Named, ...]) -> tuple[Named, ...]:
    """By their names, each as it is given, and where something is not said of it, as it stands."""
    stands = {each.name: each for each in standing}
    laid = {each.name: overlaid(stands[each.name], each) if each.name in stands else each for each in given}
    return tuple({**stands, **laid}.values())


def overlaid(standing: Any, given: Any) -> Any:
    """What is said of the one thing over what stands of it; a tunnel of another name is another tunnel."""
    values = {}
    for field in dataclasses.fields(standing):
        new, old = getattr(given, field.name), getattr(standing, field.name)
        if new in (None, "", ()):
            values[field.name] = old
        elif _are_the_same_thing(new, old):
            values[field.name] = overlaid(old, new)
        else:
            values[field.name] = new
    return type(standing)(**values)


def _are_the_same_thing(new: Any, old: Any) -> bool:
    if not (dataclasses.is_dataclass(new) and dataclasses.is_dataclass(old)):
        return False
    return getattr(new, "name", "") == getattr(old, "name", "")


STATE: dict = {"state": {"type": "str", "choices": [PRESENT, REPLACED, ABSENT], "default": PRESENT}}
#: The options that say what Prisma Access is to have, the same for each way in which it is managed.
ARGUMENTS: dict = {
    name: {"type": "list", "elements": "dict", "options": argument_spec(kind)}
    for name, kind in (("remote_networks", RemoteNetwork), ("service_connections", ServiceConnection), ("bandwidth", Bandwidth))
}


def service(params: dict) -> Service:
    """What these options say. Raises C(InvalidInput)."""
    bandwidth = params.get("bandwidth")
    return Service(
        remote_networks=_read_all(RemoteNetwork, params.get("remote_networks"), "remote_networks"),
        service_connections=_read_all(ServiceConnection, params.get("service_connections"), "service_connections"),
        bandwidth=None if bandwidth is None else _read_all(Bandwidth, bandwidth, "bandwidth"))


def _read_all(kind: Any, listed: Any, place: str) -> tuple:
    return tuple(read(kind, mapping, f"{place}[{number}]") for number, mapping in enumerate(listed or [], 1))
