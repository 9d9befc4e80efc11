# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Prisma Access as Panorama's Cloud Services plugin holds it: what stands there, and what sites are made of.

A site is an entry of the plugin that names tunnels. These, their gateways and crypto profiles stand in a template, with the interfaces C(tunnel) and
C(vlan), which exist nowhere: the firewalls that the template is for are Prisma Access's own.
"""

from __future__ import annotations

import dataclasses
import xml.etree.ElementTree as ET
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.lifetimes import UNITS, counted
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.path import Path
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.prisma import cloud_services
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.prisma.needless import (
    GATEWAY, IKE_PROFILE, IPSEC_PROFILE, TUNNEL, Named, needless,
)
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.prisma.site import (
    ABSENT, AUTO_KEY, IKE, IPSEC, MANUAL_KEY, PRESENT, Bandwidth, Monitor, ProxyId, RemoteNetwork, Service, ServiceConnection,
    Site, Tunnel, overlaid, with_tunnels,
)
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.prisma.values import (
    by_option, identity, ike_profile, ipsec_profile, monitoring, peer_address, proxy_id, read_gateway, read_site, saying, spoken_versions, with_names_of,
    with_proposals,
)
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.values import read
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources import ike_crypto_profile, ike_gateway, ipsec_crypto_profile, ipsec_tunnel
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import DesiredEntry
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Table

# What a gateway and a tunnel of these templates name in place of an interface.
GATEWAY_INTERFACE, TUNNEL_INTERFACE = "vlan", "tunnel"
# The presets for devices of some vendors that came with the activation are called so.
_PRESET = "-Default"


@dataclass(frozen=True)
class Part:
    """One of the plugin's two services. C(option): what the module calls its sites; C(element): what the plugin calls it; C(template): the predefined one."""

    option: str
    kind: type
    table: Table
    element: str
    template: str

    @property
    def words(self) -> str:
        return self.element.replace("-", " ")


REMOTE_NETWORKS = Part("remote_networks", RemoteNetwork, cloud_services.REMOTE_NETWORK, "remote-networks", "Remote_Network_Template")
SERVICE_CONNECTIONS = Part(
    "service_connections", ServiceConnection, cloud_services.SERVICE_CONNECTION, "service-connection", "Service_Conn_Template")
PARTS = (REMOTE_NETWORKS, SERVICE_CONNECTIONS)


class Templates:
    """The VPN objects of a stack's templates. The first template that has an object of a name counts."""

    def __init__(self, networks: list[tuple[str, ET.Element]]) -> None:
        """C(networks): (template, its network settings)."""
        self.gateways = _named(networks, ("ike", "gateway"))
        self.entries = _named(networks, ("tunnel", "ipsec"))
        self.ike_profiles = _named(networks, ("ike", "crypto-profiles", "ike-crypto-profiles"))
        self.ipsec_profiles = _named(networks, ("ike", "crypto-profiles", "ipsec-crypto-profiles"))
        self.tunnels = {name: self._tunnel(name, entry) for name, entry in self.entries.items()}

    def _tunnel(self, name: str, entry: ET.Element) -> Tunnel:
        """A tunnel as a user would describe it, without what is secret."""
        held = read(ipsec_tunnel.TABLE.nodes, entry, ipsec_tunnel.TABLE.choices)
        gateway = next(iter(held.get("ike_gateways") or ()), "")
        monitor = held.get("tunnel_monitor") or {}
        named: dict[str, Any] = {"ike_gateway": gateway, "ipsec_crypto_profile": held.get("ipsec_crypto_profile") or ""}
        proxies = [*held.get("proxy_ids", ()), *held.get("proxy_ids_v6", ())]
        return Tunnel(
            name=name, **named, **self._of_gateway(gateway),
            key_exchange=MANUAL_KEY if entry.find("manual-key") is not None else AUTO_KEY,
            proxy_ids=tuple(ProxyId(proxy["name"], proxy.get("local") or "", proxy.get("remote") or "") for proxy in proxies),
            tunnel_monitor=Monitor(monitor["destination_ip"], monitor.get("proxy_id") or "") if monitor.get("destination_ip") else None,
            anti_replay=held.get("anti_replay"), copy_tos=held.get("copy_tos"))

    def _of_gateway(self, name: str) -> dict[str, Any]:
        entry = self.gateways.get(name)
        if entry is None:
            return {}
        return read_gateway(read(ike_gateway.TABLE.nodes, entry, ike_gateway.TABLE.choices), ike_gateway.crypto_profile(entry))

    def with_proposals(self, tunnel: Tunnel) -> Tunnel:
        """A tunnel with what its profiles hold; of several values the first, which is tried first."""
        ike, ipsec = self.ike_profiles.get(tunnel.ike_profile), self.ipsec_profiles.get(tunnel.ipsec_profile)
        return with_proposals(
            tunnel, None if ike is None else read(ike_crypto_profile.TABLE.nodes, ike, ike_crypto_profile.TABLE.choices),
            None if ipsec is None else read(ipsec_crypto_profile.TABLE.nodes, ipsec, ipsec_crypto_profile.TABLE.choices))

    def names(self) -> dict[Named, list[Named]]:
        """Each object → those that it names."""
        found: dict[Named, list[Named]] = {Named(IKE_PROFILE, name): [] for name in self.ike_profiles}
        found.update((Named(IPSEC_PROFILE, name), []) for name in self.ipsec_profiles)
        for name, entry in self.gateways.items():
            profile = ike_gateway.crypto_profile(entry)
            found[Named(GATEWAY, name)] = [Named(IKE_PROFILE, profile)] if profile else []
        for name, tunnel in self.tunnels.items():
            named = Named(GATEWAY, tunnel.ike_gateway), Named(IPSEC_PROFILE, tunnel.ipsec_crypto_profile)
            found[Named(TUNNEL, name)] = [each for each in named if each.name]
        return found


def _named(networks: list[tuple[str, ET.Element]], container: Path) -> dict[str, ET.Element]:
    found: dict[str, ET.Element] = {}
    for dummy, network in networks:
        for entry in places.children(network, container):
            found.setdefault(entry.get("name") or "", entry)
    return found


class Standing(NamedTuple):
    """What stands on Panorama. C(templates): the VPN objects of each part, by its option."""

    service: Service
    templates: dict[str, Templates]

    @property
    def infrastructure(self) -> dict[str, Any]:
        """What a device has to know of Prisma Access as a whole."""
        return {"subnet": self.service.infrastructure_subnet, "bgp_as": self.service.infra_bgp_as}

    def site(self, part: Part, name: str) -> Any:
        return next((site for site in getattr(self.service, part.option) if site.name == name), None)

    def told(self, part: Part, name: str) -> Any:
        """A site with what its crypto profiles hold."""
        found, held = self.site(part, name), self.templates[part.option]
        return None if found is None else with_tunnels(found, held.with_proposals)


def standing(plugin: ET.Element | None, templates: dict[str, Templates]) -> Standing:
    """What is onboarded, and what the plugin says of the whole. C(plugin): the element of the plugin, or of the tenant."""
    networks, connections = (places.find(plugin, (part.element,)) for part in PARTS)
    regions = places.children(networks, ("agg-bandwidth", "region"))
    is_allocated = places.text(networks, ("agg-bandwidth", "enabled")) == "yes"
    as_number = places.text(connections, ("infra-bgp-as",))
    preference = places.find(plugin, ("routing-preference",))
    return Standing(Service(
        remote_networks=_onboarded(REMOTE_NETWORKS, networks, templates), service_connections=_onboarded(SERVICE_CONNECTIONS, connections, templates),
        bandwidth=tuple(_bandwidth(region) for region in regions) if is_allocated else None,
        infrastructure_subnet=places.text(connections, ("service-subnet",)) or "",
        infra_bgp_as=int(as_number) if as_number and as_number.isdigit() else None,
        overlapped_subnets=places.text(networks, ("overlapped-subnets",)) == "yes",
        hot_potato_routing=None if preference is None else places.find(preference, ("Hot-Potato-Routing",)) is not None), templates)


def _bandwidth(region: ET.Element) -> Bandwidth:
    allocated = places.text(region, ("allocated-bw",)) or ""
    return Bandwidth(region.get("name") or "", int(allocated) if allocated.isdigit() else None, tuple(places.names(region, ("spn-name-list",))))


def _onboarded(part: Part, element: ET.Element | None, templates: dict[str, Templates]) -> tuple:
    tunnels = templates[part.option].tunnels
    return tuple(_site(part, entry, tunnels) for entry in places.children(element, ("onboarding",)))


def _site(part: Part, entry: ET.Element, tunnels: dict[str, Tunnel]) -> Site:
    held = {"name": entry.get("name") or "", **read(part.table.nodes, entry, part.table.choices)}
    if not held.get("secondary_wan_enabled"):
        held.pop("secondary_ipsec_tunnel", None)
    return read_site(part.kind, held, tunnels)


def completed(given: Service, held: Standing) -> Service:
    """What is C(given), with the tunnels of which only the name is said as they stand. Raises InvalidInput for one that does not."""
    found: dict[str, Any] = {}
    for part in PARTS:
        tunnels = held.templates[part.option].tunnels
        found[part.option] = tuple(_completed(site, tunnels) for site in getattr(given, part.option))
    return dataclasses.replace(given, **found)


def _completed(site: Any, tunnels: dict[str, Tunnel]) -> Any:
    def full(tunnel: Tunnel) -> Tunnel:
        if tunnel.name not in tunnels and not tunnel.is_only_named:
            return tunnel
        if tunnel.name not in tunnels:
            known = ", ".join(sorted(tunnels)) or "none"
            raise InvalidInput(f"{site.called}: there is no IPsec tunnel '{tunnel.name}'; there is {known}. Give its peer_address to make it")
        return overlaid(tunnels[tunnel.name], tunnel)

    return with_tunnels(site, full)


class Wanted(NamedTuple):
    """What sites are made of: objects of a template, and entries of the plugin."""

    objects: list[DesiredEntry]
    entries: list[DesiredEntry]


def wanted(part: Part, sites: tuple, held: Standing, state: str, update_secret: str) -> Wanted:
    """The objects that C(sites) need, and their entries. Where these are V(replaced), what is not said of them goes; a key stays."""
    there = held.templates[part.option]
    objects: dict[tuple[str, str], DesiredEntry] = {}
    for site in sites:
        for tunnel in site.tunnels:
            for entry in _objects(tunnel, there, update_secret):
                objects[entry.table.kind, entry.name] = entry
    return Wanted(list(objects.values()), [DesiredEntry(part.table, site.name, _entry(site), state, update_secret=update_secret) for site in sites])


def made_of(sites: tuple) -> list[DesiredEntry]:
    """The objects of a template that are C(sites)' own, whatever is said of them; a profile with a name of its own may be anybody's."""
    found = []
    for tunnel in (tunnel for site in sites for tunnel in site.tunnels):
        found += [DesiredEntry(ike_gateway.TABLE, tunnel.gateway), DesiredEntry(ipsec_tunnel.TABLE, tunnel.name)]
        profiles = (ike_crypto_profile.TABLE, tunnel.ike_profile), (ipsec_crypto_profile.TABLE, tunnel.ipsec_profile)
        found += [DesiredEntry(table, name) for table, name in profiles if name == tunnel.name]
    return found


def entries_of(part: Part, sites: tuple) -> list[DesiredEntry]:
    """The entries of C(sites) in the plugin, whatever is said of them."""
    return [DesiredEntry(part.table, site.name) for site in sites]


def _objects(said: Tunnel, there: Templates, update_secret: str) -> Iterator[DesiredEntry]:
    if said == Tunnel(said.name):
        return
    before = there.tunnels.get(said.name)
    is_new = before is None
    tunnel = said if before is None else with_names_of(before, said)
    # A new tunnel has strong ones, where none of that name is there.
    has_usual = is_new and not tunnel.is_only_named
    ike = tunnel.ike or (IKE if has_usual and tunnel.ike_profile not in there.ike_profiles else None)
    ipsec = tunnel.ipsec or (IPSEC if has_usual and tunnel.ipsec_profile not in there.ipsec_profiles else None)
    if ike is not None:
        yield DesiredEntry(ike_crypto_profile.TABLE, tunnel.ike_profile, ike_profile(ike, _lifetime(ike.lifetime_seconds)))
    if ipsec is not None:
        yield DesiredEntry(ipsec_crypto_profile.TABLE, tunnel.ipsec_profile, ipsec_profile(ipsec, _lifetime(ipsec.lifetime_seconds)))
    if tunnel.gateway not in there.gateways and not tunnel.pre_shared_key:
        raise InvalidInput(f"IPsec tunnel '{tunnel.name}': pre_shared_key is missing, which its new IKE gateway '{tunnel.gateway}' needs")
    gateway = _gateway(tunnel, tunnel.gateway not in there.gateways)
    if gateway:
        yield DesiredEntry(ike_gateway.TABLE, tunnel.gateway, gateway, update_secret=update_secret)
    values = _tunnel(tunnel, is_new)
    if values:
        yield DesiredEntry(ipsec_tunnel.TABLE, tunnel.name, values)


def _lifetime(seconds: int | None) -> dict[str, int]:
    """In hours where it can be, as the profiles that are there already; what no unit can say is refused by the option's own range."""
    if seconds is None:
        return {}
    return counted(seconds) or {"seconds": seconds} if seconds % UNITS["hours"] else {"hours": seconds // UNITS["hours"]}


def _gateway(tunnel: Tunnel, is_new: bool) -> dict[str, Any]:
    """What is said of a gateway; strong values for a new one."""
    values = saying(
        peer_address=peer_address(tunnel.peer_address, dynamic=True), pre_shared_key=tunnel.pre_shared_key, version=tunnel.version,
        passive_mode=tunnel.passive_mode, local_id=identity(tunnel.local_id, tunnel.local_id_type),
        peer_id=identity(tunnel.peer_id, tunnel.peer_id_type))
    if tunnel.nat_traversal is not None or is_new:
        values["nat_traversal"] = {"enable": tunnel.nat_traversal is not False}
    if is_new:
        values = {"passive_mode": tunnel.is_dynamic, "local_address": {"interface": GATEWAY_INTERFACE}, "version": IKE.version, **values}
    if is_new or tunnel.ike_crypto_profile:
        values.update(spoken_versions(tunnel.ike_profile, tunnel.version))
    return values


def _tunnel(tunnel: Tunnel, is_new: bool) -> dict[str, Any]:
    values = saying(
        anti_replay=tunnel.anti_replay, copy_tos=tunnel.copy_tos,
        proxy_ids=[{**proxy_id(proxy), "protocol": {"any": True}} for proxy in tunnel.proxy_ids],
        tunnel_monitor=monitoring(tunnel.tunnel_monitor))
    if is_new or tunnel.ike_gateway:
        values["ike_gateways"] = [tunnel.gateway]
    if is_new or tunnel.ipsec_crypto_profile:
        values["ipsec_crypto_profile"] = tunnel.ipsec_profile
    if is_new:
        values["tunnel_interface"] = TUNNEL_INTERFACE
    return values


def _entry(site: Site) -> dict[str, Any]:
    """What is said of a site, in the plugin's options."""
    values = by_option(site)
    if site.secondary_ipsec_tunnel:
        values["secondary_wan_enabled"] = True
    if site.links:
        values["ecmp_load_balancing"] = cloud_services.ECMP
    return values


def unwanted(part: Part, given: tuple, held: Standing) -> Wanted:
    """What goes with the sites that are C(given): their entries, and the objects that nobody needs then."""
    going = [site for site in (held.site(part, each.name) for each in given) if site is not None]
    return Wanted(_of_nobody(part, given, held), [DesiredEntry(part.table, site.name, state=ABSENT) for site in going])


def dropped(part: Part, sites: tuple, held: Standing) -> list[DesiredEntry]:
    """The tunnels that C(sites) named and do not name any more, when they are replaced, with what goes along."""
    return _of_nobody(part, sites, held, {tunnel.name for site in sites for tunnel in site.tunnels})


# What holds each kind of what a site is made of.
_TABLES = {TUNNEL: ipsec_tunnel.TABLE, GATEWAY: ike_gateway.TABLE, IPSEC_PROFILE: ipsec_crypto_profile.TABLE, IKE_PROFILE: ike_crypto_profile.TABLE}


def _of_nobody(part: Part, given: tuple, held: Standing, still_named: Collection[str] = ()) -> list[DesiredEntry]:
    """The presets stay."""
    there = held.templates[part.option].names()
    going = needless(given, getattr(held.service, part.option), still_named, there, lambda named: not named.name.endswith(_PRESET))
    return [DesiredEntry(_TABLES[named.kind], named.name, state=ABSENT) for named in going]


def bandwidth(given: Service, state: str) -> list[DesiredEntry]:
    """The compute locations that are given, and that bandwidth is allocated by them at all."""
    made = ABSENT if state == ABSENT else PRESENT
    found = [DesiredEntry(cloud_services.COMPUTE_LOCATION, each.name, saying(allocated_bandwidth=each.allocated_bandwidth), made)
             for each in given.bandwidth or ()]
    if found and state != ABSENT:
        enabled = DesiredEntry(cloud_services.AGGREGATE_BANDWIDTH, "agg-bandwidth", {"enabled": True}, place=cloud_services.AGGREGATE_PLACE)
        return [enabled, *found]
    return found
