# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Panorama's Cloud Services plugin makes of its configuration: what a commit refuses, and what a push brings to Prisma Access.

The rules are those of the vendor's page on its IPsec tunnels. The words in which the plugin refuses are not published: they are ours.
"""

from __future__ import annotations

import time
import xml.etree.ElementTree as ET
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Iterator

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.templates import templates_of
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.tree import Tree

REMOTE_NETWORKS, SERVICE_CONNECTION = "remote-networks", "service-connection"
SERVICES = (REMOTE_NETWORKS, SERVICE_CONNECTION)
AGGREGATE = "FWAAS-AGGREGATE"
LONGEST_NAME = 31

#: Locations, and the compute location of each: a few of those that Prisma Access had in 2021.
LOCATIONS = {
    "us-east-1": "us-east", "us-west-1": "us-west", "eu-central-1": "europe-central", "eu-west-1": "europe-west", "france-north": "europe-west",
    "india-south": "asia-south", "ap-northeast-1": "asia-northeast",
}

Chain = list
Defects = Iterator["tuple[Chain, str]"]


@dataclass(frozen=True)
class Tenant:
    """The configuration of one tenant, or of the plugin where there are none (C(name) is empty then). C(chain): the elements down to it."""

    name: str
    chain: Chain

    def service(self, name: str) -> ET.Element | None:
        return self.chain[-1].find(name)

    def group_of(self, service: str) -> str:
        element = self.service(service)
        return "" if element is None else element.findtext("device-group") or ""

    def onboarded(self, service: str) -> list[ET.Element]:
        element = self.service(service)
        return [] if element is None else element.findall("onboarding/entry")

    def nodes(self) -> dict[str, list[str]]:
        """Compute location → its termination nodes, of those that have bandwidth."""
        found = {}
        for region in self.chain[-1].findall(f"{REMOTE_NETWORKS}/agg-bandwidth/region/entry"):
            found[region.get("name") or ""] = [member.text or "" for member in region.findall("spn-name-list/member")]
        return found


def tenants(root: ET.Element) -> list[Tenant]:
    chain = [root]
    for tag in ("devices", "entry", "plugins", "cloud_services"):
        below = chain[-1].find(tag)
        if below is None:
            return []
        chain.append(below)
    if chain[-1].findtext("multi-tenant-enable") != "yes":
        return [Tenant("", chain)]
    holders = [chain[-1].find("multi-tenant"), chain[-1].find("multi-tenant/tenants")]
    if holders[1] is None:
        return []
    return [Tenant(entry.get("name") or "", [*chain, *holders, entry]) for entry in holders[1]]


def violations(tree: Tree) -> Defects:
    for tenant in tenants(tree.root):
        peers: dict[str, list[tuple[Chain, str]]] = defaultdict(list)
        for service in SERVICES:
            yield from _service(tree.root, tenant, service, peers)
        for address, users in peers.items():
            if len({name for dummy, name in users}) > 1:
                yield users[-1][0], f" constraints failed : peer address {address} is used by more than one IPSec tunnel"


def _service(root: ET.Element, tenant: Tenant, service: str, peers: dict[str, list[tuple[Chain, str]]]) -> Defects:
    element = tenant.service(service)
    if element is None:
        return
    networks = _networks(root, element.findtext("template-stack") or "")
    used: dict[str, str] = {}
    dynamic: dict[str, str] = {}
    for site in tenant.onboarded(service):
        chain = [*tenant.chain, element, element.find("onboarding"), site]
        yield from _site(tenant, service, chain)
        for name in _tunnels_of(site):
            tunnel = _named(networks, "tunnel/ipsec/entry", name)
            if used.setdefault(name, site.get("name") or "") != site.get("name"):
                yield chain, f" constraints failed : IPSec tunnel {name} is already used by {used[name]}"
            if tunnel is None:
                yield chain, f" constraints failed : IPSec tunnel {name} is in no template of {element.findtext('template-stack')}"
                continue
            gateway = _named(networks, "ike/gateway/entry", _gateway_of(tunnel))
            yield from _tunnel(chain, tunnel, gateway)
            if gateway is not None:
                address = gateway.findtext("peer-address/ip")
                if address:
                    peers[address].append((chain, name))
                if gateway.find("peer-address/dynamic") is not None:
                    profile, region = _profile_of(gateway), site.findtext("region") or ""
                    if service == REMOTE_NETWORKS and dynamic.setdefault(region, profile) != profile:
                        yield chain, f" constraints failed : dynamic IKE peers in {region} must use the same IKE crypto profile"


def _networks(root: ET.Element, stack: str) -> list[ET.Element]:
    """The network settings of a stack and its templates."""
    device = root.find("devices/entry")
    found = device.find(f"template-stack/entry[@name='{stack}']") if stack else None
    holders = [] if found is None else [found, *(device.find(f"template/entry[@name='{name}']") for name in templates_of(found))]
    networks = [None if holder is None else holder.find("config/devices/entry/network") for holder in holders]
    return [network for network in networks if network is not None]


def _named(networks: list[ET.Element], place: str, name: str) -> ET.Element | None:
    return next((entry for network in networks for entry in network.findall(place) if entry.get("name") == name), None)


def _tunnels_of(site: ET.Element) -> list[str]:
    named = [site.findtext("ipsec-tunnel"), site.findtext("secondary-ipsec-tunnel")]
    return [name for name in [*named, *(link.findtext("ipsec-tunnel") for link in site.findall("link/entry"))] if name]


def _gateway_of(tunnel: ET.Element) -> str:
    entry = tunnel.find("auto-key/ike-gateway/entry")
    return "" if entry is None else entry.get("name") or ""


def _profile_of(gateway: ET.Element) -> str:
    version = "ikev1" if gateway.findtext("protocol/version") == "ikev1" else "ikev2"
    return gateway.findtext(f"protocol/{version}/ike-crypto-profile") or ""


def _tunnel(chain: Chain, tunnel: ET.Element, gateway: ET.Element | None) -> Defects:
    name = tunnel.get("name") or ""
    if tunnel.find("auto-key") is None:
        yield chain, f" constraints failed : IPSec tunnel {name} must use Auto Key exchange"
    if tunnel.findtext("tunnel-interface") != "tunnel" or (gateway is not None and gateway.findtext("local-address/interface") != "vlan"):
        yield chain, f" constraints failed : IPSec tunnel {name} must not name an interface"
    named = [name, tunnel.findtext("auto-key/ipsec-crypto-profile") or ""]
    named += [] if gateway is None else [gateway.get("name") or "", _profile_of(gateway)]
    for each in named:
        if len(each) > LONGEST_NAME:
            yield chain, f" constraints failed : {each} can be at most {LONGEST_NAME} characters, but current length: {len(each)}"
    if gateway is not None and ":" in (gateway.findtext("peer-address/ip") or ""):
        yield chain, f" constraints failed : IPSec tunnel {name} must use IPv4"


def _site(tenant: Tenant, service: str, chain: Chain) -> Defects:
    site = chain[-1]
    secondary, links = site.findtext("secondary-ipsec-tunnel"), site.findall("link/entry")
    if not _tunnels_of(site):
        yield chain, " is missing 'ipsec-tunnel'"
    if site.findtext("region") and site.findtext("region") not in LOCATIONS:
        yield [*chain, site.find("region")], f" '{site.findtext('region')}' is not a valid reference"
    if secondary and (site.findtext("secondary-wan-enabled") != "yes" or links):
        yield chain, " constraints failed : secondary-ipsec-tunnel needs secondary-wan-enabled, without ECMP"
    if service == REMOTE_NETWORKS:
        yield from _bandwidth(tenant, chain)


def _bandwidth(tenant: Tenant, chain: Chain) -> Defects:
    site, node = chain[-1], chain[-1].findtext("spn-name")
    compute = LOCATIONS.get(site.findtext("region") or "", "")
    if site.findtext("license-type") != AGGREGATE:
        return
    if not node:
        yield chain, " is missing 'spn-name'"
    elif node not in tenant.nodes().get(compute, ()):
        yield [*chain, site.find("spn-name")], f" '{node}' is not a valid reference"


@dataclass
class Provisioning:
    """One job of the plugin: what was committed goes to Prisma Access. C(failing): names of sites that it fails for."""

    number: int
    tenant: str
    service: str
    sites: list[str]
    failing: set[str]
    duration: float
    began: float = field(default_factory=time.monotonic)

    @property
    def ended(self) -> bool:
        return time.monotonic() - self.began >= self.duration

    @property
    def failed(self) -> list[str]:
        return [name for name in self.sites if name in self.failing]

    @property
    def list(self) -> str:
        """In which of the plugin's lists it stands."""
        return "pending-jobs" if not self.ended else "failed-jobs" if self.failed else "success-jobs"

    def summary(self) -> str:
        """As the vendor's SDK reads it."""
        total = len(self.sites)
        failed = len(self.failed) if self.ended else 0
        counts = {"TotalInstances": total, "ProvisioningInProgress": 0 if self.ended else total, "ProvisioningFailed": failed,
                  "ProvisioningComplete": total - failed if self.ended else 0}
        overview = "".join(f"<{tag}>{count}</{tag}>" for tag, count in counts.items())
        service = "-".join(word.capitalize() for word in self.service.split("-"))
        summary = f"<InstanceSummary><{service}><overview>{overview}</overview></{service}></InstanceSummary>"
        return (f"<response><status>success</status><percentageCompletion>{100 if self.ended else 50}</percentageCompletion>"
                f"<errorCode>{1 if failed else 0}</errorCode>{summary}</response>")


def _name_nodes(tree: Tree) -> None:
    for tenant in tenants(tree.root):
        for region in tenant.chain[-1].findall(f"{REMOTE_NETWORKS}/agg-bandwidth/region/entry"):
            if region.find("spn-name-list/member") is None:
                listed, member = ET.Element("spn-name-list"), ET.Element("member")
                member.text = f"{region.get('name')}-fir"
                listed.append(member)
                tree.append(region, listed)


class Plugin:
    """The plugin's jobs, and what Prisma Access has. C(duration): how long a job takes. C(failing): sites that the next jobs fail for."""

    def __init__(self) -> None:
        self.jobs: list[Provisioning] = []
        self.duration = 0.2
        self.failing: set[str] = set()
        self._addresses: dict[str, str] = {}

    def pushed(self, running: Tree, candidate: Tree, group: str) -> None:
        """A push to a device group: where that is one of the plugin's, what is committed of its service goes to Prisma Access.

        Bandwidth without a termination node gets one, whose name comes back into the configuration.
        """
        if any(tenant.group_of(REMOTE_NETWORKS) == group for tenant in tenants(running.root)):
            for tree in (running, candidate):
                _name_nodes(tree)
        root = running.root
        for tenant in tenants(root):
            for service in SERVICES:
                if tenant.group_of(service) == group:
                    names = [site.get("name") or "" for site in tenant.onboarded(service)]
                    self.jobs.append(Provisioning(101 + len(self.jobs), tenant.name, service, names, set(self.failing), self.duration))

    def of(self, tenant: str, service: str) -> list[Provisioning]:
        """The jobs of a service, the newest first."""
        return [job for job in reversed(self.jobs) if (job.tenant, job.service) == (tenant, service)]

    def addresses(self, root: ET.Element) -> dict[str, list[str]]:
        """Service address → the remote networks behind it: a termination node has one, of what was pushed and provisioned."""
        found: dict[str, list[str]] = defaultdict(list)
        for tenant in tenants(root):
            ended = [job for job in self.of(tenant.name, REMOTE_NETWORKS) if job.ended]
            there = set(ended[0].sites) - set(ended[0].failed) if ended else set()
            for site in tenant.onboarded(REMOTE_NETWORKS):
                if site.get("name") in there:
                    node = site.findtext("spn-name") or site.get("name") or ""
                    found[self._address_of(node)].append(site.get("name") or "")
        return dict(found)

    def _address_of(self, node: str) -> str:
        return self._addresses.setdefault(node, f"203.0.113.{101 + len(self._addresses)}")
