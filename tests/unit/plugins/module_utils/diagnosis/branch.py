# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A branch firewall with a VPN of two tunnels that works, as data: its configuration, its state, its log and the cloud's description."""

from __future__ import annotations

import copy
import xml.etree.ElementTree as ET
from dataclasses import replace

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.location import Location
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.diagnosis import diagnose
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.evidence import Evidence, Intent
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall import rulebases
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.security_policy import Names
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.surroundings import Surroundings
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.inquiry import vpn_state
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.fields import read
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import Profile
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.bgp import BgpPeer, Prefixes
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.flow import Flow
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.forwarding import PbfRule
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.interfaces import LiveInterface
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.judgement import judge
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.routes import Route
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.security_associations import IkeSa, IpsecSa
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.selection import select, with_siblings
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.state import State
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.vpn_log import Line
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.platform import VIRTUAL_ROUTER, Platform

NAME = "vpn-1a"
HERE, ELSEWHERE = "198.51.100.10", "192.0.2.99"
LAN, VPC = "10.10.0.0/24", "10.200.0.0/16"
ENDPOINTS = {1: "203.0.113.17", 2: "203.0.113.142"}
OURS, THEIRS = {1: "169.254.31.70", 2: "169.254.203.214"}, {1: "169.254.31.69", 2: "169.254.203.213"}
KEYS = {1: "key.of.the.first", 2: "key.of.the.second"}
CONNECTION = {
    "id": NAME, "state": "available", "routing": "static", "gateway": "vgw", "static_routes": [LAN],
    "tunnels": [{
        "outside_address": ENDPOINTS[number], "customer_outside_address": HERE, "inside_cidr": f"{THEIRS[number].rpartition('.')[0]}.{last}/30",
        "inside_address": OURS[number], "inside_peer_address": THEIRS[number], "pre_shared_key": KEYS[number], "mtu": 1446,
        "ike": {"version": "ikev2", "encryption": "aes-256-cbc", "hash": "sha384", "dh_group": "group20", "lifetime_seconds": 28800},
        "ipsec": {"encryption": "aes-256-gcm", "authentication": "none", "dh_group": "group20", "lifetime_seconds": 3600},
        "bgp": {"local_as": 65000, "peer_as": 64512, "hold_time": 30, "keep_alive": 10}, "traffic_selectors": {"local": "0.0.0.0/0", "remote": "0.0.0.0/0"},
    } for number, last in ((1, 68), (2, 212))],
}
STATED = Intent(("trust",), (LAN,), (VPC,))


def members(**lists: str) -> str:
    """``from_="a b"``: a list of two."""
    found = ""
    for name, texts in lists.items():
        tag = name.rstrip("_").replace("_", "-")
        found += f"<{tag}>{''.join(f'<member>{text}</member>' for text in texts.split())}</{tag}>"
    return found


def rule(name: str, from_: str, to: str, action: str = "allow", /, **more: str) -> str:
    """A security rule from zone to zone."""
    lists = {"source": "any", "destination": "any", "application": "any", "service": "any", **more}
    return f"<entry name='{name}'>{members(from_=from_, to=to, **lists)}<action>{action}</action></entry>"


def _entries(template: str) -> str:
    found = ""
    for number in (1, 2):
        found += template.format(number=number, name=NAME, endpoint=ENDPOINTS[number], ours=OURS[number], theirs=THEIRS[number], here=HERE)
    return found


_GATEWAYS = _entries(
    "<entry name='{name}-{number}'><peer-address><ip>{endpoint}</ip></peer-address><local-address><interface>ethernet1/1</interface><ip>{here}/24</ip>"
    "</local-address><protocol><version>ikev2</version><ikev2><ike-crypto-profile>{name}</ike-crypto-profile></ikev2></protocol>"
    "<authentication><pre-shared-key><key>stored</key></pre-shared-key></authentication>"
    "<protocol-common><nat-traversal><enable>yes</enable></nat-traversal></protocol-common></entry>")
_TUNNELS = _entries(
    "<entry name='{name}-{number}'><tunnel-interface>tunnel.{number}</tunnel-interface><auto-key><ike-gateway><entry name='{name}-{number}'/></ike-gateway>"
    "<ipsec-crypto-profile>{name}</ipsec-crypto-profile></auto-key><tunnel-monitor><enable>yes</enable><destination-ip>{theirs}</destination-ip>"
    "</tunnel-monitor></entry>")
_UNITS = _entries("<entry name='tunnel.{number}'><ip><entry name='{ours}/30'/></ip><mtu>1400</mtu></entry>") + "<entry name='tunnel.9'/>"
_PATHS = _entries(
    "<entry name='{name}-{number}'>" + members(source=LAN, destination=VPC) + "<from><zone><member>trust</member></zone></from><action><forward>"
    "<egress-interface>tunnel.{number}</egress-interface><nexthop><ip-address>{theirs}</ip-address></nexthop><monitor><profile>default</profile>"
    "<ip-address>{theirs}</ip-address><disable-if-unreachable>yes</disable-if-unreachable></monitor></forward></action></entry>")
_LAST = (f"<entry name='{NAME}-discard'>{members(source=LAN, destination=VPC)}<from><zone><member>trust</member></zone></from><action><discard/></action>"
         "</entry>")
_PEERS = _entries(
    "<entry name='{name}-{number}'><enable>yes</enable><peer-as>64512</peer-as><peer-address><ip>{theirs}</ip></peer-address><local-address>"
    "<interface>tunnel.{number}</interface><ip>{ours}/30</ip></local-address><connection-options><hold-time>30</hold-time>"
    "<keep-alive-interval>10</keep-alive-interval></connection-options></entry>")
_BGP = (
    "<bgp><enable>yes</enable><router-id>10.10.0.1</router-id><local-as>65000</local-as><install-route>yes</install-route>"
    f"<peer-group><entry name='{NAME}'><enable>yes</enable><type><ebgp/></type><peer>{_PEERS}</peer></entry></peer-group>"
    f"<policy><import><rules/></import><export><rules><entry name='{NAME}-out'><enable>yes</enable>{members(used_by=NAME)}"
    f"<match><address-prefix><entry name='{LAN}'><exact>yes</exact></entry></address-prefix></match><action><allow/></action></entry></rules></export>"
    "</policy>"
    f"<redist-rules><entry name='{NAME}'><enable>yes</enable></entry></redist-rules></bgp><redist-profile><entry name='{NAME}'><filter>"
    f"{members(type='connect', destination=LAN)}</filter><action><redist/></action></entry></redist-profile>")
_INTERFACES = (
    f"<ethernet><entry name='ethernet1/1'><layer3><ip><entry name='{HERE}/24'/></ip></layer3></entry><entry name='ethernet1/2'><layer3><ip>"
    "<entry name='10.10.0.1/24'/></ip></layer3></entry><entry name='ethernet1/3'><layer3><ip><entry name='192.0.2.9/24'/></ip></layer3></entry></ethernet>")
_PROFILES = (
    "<ike-crypto-profiles>{ike}</ike-crypto-profiles><ipsec-crypto-profiles>{ipsec}</ipsec-crypto-profiles>".format(
        ike="".join(f"<entry name='{name}'>{members(encryption=cipher, hash='sha384', dh_group='group20')}</entry>"
                    for name, cipher in ((NAME, "aes-256-cbc"), ("weak", "3des"))),
        ipsec="".join(f"<entry name='{name}'><esp>{members(encryption=cipher, authentication=other)}</esp><dh-group>group20</dh-group></entry>"
                      for name, cipher, other in ((NAME, "aes-256-gcm", "none"), ("weak", "3des", "md5")))))
_ZONES = "".join(f"<entry name='{zone}'><network>{members(layer3=names)}</network></entry>" for zone, names in (
    ("untrust", "ethernet1/1 ethernet1/3"), ("trust", "ethernet1/2"), ("vpn", "tunnel.1 tunnel.2"), ("dmz", "")))
_SECURITY = (
    rule(f"{NAME}-out", "trust", "vpn", source=LAN, destination=VPC) + rule(f"{NAME}-in", "vpn", "trust", source=VPC, destination=LAN)
    + rule("keys", "untrust", "untrust", application="ike ipsec-esp ipsec-esp-udp") + rule("inside", "vpn", "vpn", application="ping bgp")
    + rule("deny the rest", "any", "any", "deny"))


class Branch:
    """``kind``: how traffic gets into the VPN, "pbf" or "bgp". What a test breaks, it breaks in the attributes."""

    def __init__(self, kind: str = "pbf") -> None:
        routers = "".join(f"<entry name='{name}'>{members(interface=units)}<routing-table><ip><static-route/></ip></routing-table>"
                          f"<protocol>{_BGP if kind == 'bgp' and units else ''}</protocol></entry>"
                          for name, units in (("default", "ethernet1/1 ethernet1/2 ethernet1/3 tunnel.1 tunnel.2"), ("other", "")))
        self.tree = ET.fromstring(
            f"<config><devices><entry name='localhost.localdomain'><network><interface>{_INTERFACES}<tunnel><units>{_UNITS}</units></tunnel></interface>"
            f"<ike><crypto-profiles>{_PROFILES}</crypto-profiles><gateway>{_GATEWAYS}</gateway></ike><tunnel><ipsec>{_TUNNELS}</ipsec></tunnel>"
            f"<virtual-router>{routers}</virtual-router></network><vsys><entry name='vsys1'><zone>{_ZONES}</zone><rulebase><security><rules>{_SECURITY}"
            f"</rules></security><pbf><rules>{_PATHS + _LAST if kind == 'pbf' else ''}</rules></pbf></rulebase></entry></vsys></entry></devices></config>")
        self.connection: dict | None = {**copy.deepcopy(CONNECTION), "routing": "bgp" if kind == "bgp" else "static"}
        self.intent, self.lines, self.keys, self.key_owners, self.objects = STATED, [], {}, {}, {}
        self.names, self.hosts_fail, self.lost_size, self.rules_are_complete, self.engine = Names(), False, 0, True, VIRTUAL_ROUTER
        self.interfaces = {name: LiveInterface(name, state="up") for name in ("ethernet1/1", "ethernet1/2", "ethernet1/3")}
        self.state = State(
            ike_sas=tuple(IkeSa(f"{NAME}-{number}") for number in (1, 2)),
            ipsec_sas=tuple(IpsecSa(f"{NAME}-{number}", f"{NAME}-{number}") for number in (1, 2)),
            flows=tuple(Flow(f"{NAME}-{number}", f"{NAME}-{number}", state="active", monitor="up") for number in (1, 2)),
            pbf_rules=tuple(PbfRule(f"{NAME}-{number}", state="Active", nexthop_state="UP") for number in (1, 2)) if kind == "pbf" else (),
            bgp_peers=tuple(self.peer(number) for number in (1, 2)) if kind == "bgp" else (),
            routes=(Route("0.0.0.0/0", "default", "198.51.100.1", "ethernet1/1", "static", True),
                    Route(LAN, "default", "0.0.0.0", "ethernet1/2", "connected", True),
                    *((Route(VPC, "default", THEIRS[1], "tunnel.1", "bgp", True),) if kind == "bgp" else ())))

    @staticmethod
    def peer(number: int, state: str = "Established", received: int = 1, advertised: int = 1) -> BgpPeer:
        return BgpPeer(f"{NAME}-{number}", "default", NAME, state, prefixes=(Prefixes("ipv4_unicast", received, received, advertised),))

    # What a test breaks.

    def at(self, tag: str, name: str | None = None) -> ET.Element:
        """The first element of a tag (``ike/gateway``), or its entry of a name."""
        found = self.tree.find(f".//{tag}")
        entry = found if name is None else next(item for item in found if item.get("name") == name)
        assert entry is not None
        return entry

    def text(self, element: ET.Element, path: str, text: str) -> None:
        """Set a value, made where it is missing; lists have their one member set."""
        for step in path.split("/"):
            child = element.find(step)
            element = ET.SubElement(element, step) if child is None else child
        element.text = text

    def move(self, member: str, source: ET.Element, target: ET.Element) -> None:
        found = next(item for item in source if item.text == member)
        source.remove(found)
        target.append(found)

    def first(self, element: ET.Element, *texts: str) -> None:
        """Entries in front of all others."""
        for text in reversed(texts):
            element.insert(0, ET.fromstring(text))

    def down(self, number: int, phase: int = 1, *words: str) -> None:
        """A tunnel without SAs of phase 2, or of either, and what its log says."""
        name, keeps = f"{NAME}-{number}", phase == 2
        event = "ikev2-nego-child-fail" if keeps else "ikev2-nego-ike-fail"
        self.lines = [Line("2026/11/20 10:00:00", event, name, text) for text in words] + self.lines
        self.state = replace(
            self.state, ike_sas=tuple(sa for sa in self.state.ike_sas if keeps or sa.gateway != name),
            ipsec_sas=tuple(sa for sa in self.state.ipsec_sas if sa.tunnel != name),
            flows=tuple(replace(flow, state="init", monitor="down") if flow.tunnel == name else flow for flow in self.state.flows))

    def silent(self, number: int, out: int = 0) -> None:
        """A tunnel whose monitor gets no answer."""
        self.state = replace(self.state, flows=tuple(
            replace(flow, state="inactive", monitor="down", packets_encapsulated=out, packets_decapsulated=0) if flow.tunnel == f"{NAME}-{number}" else flow
            for flow in self.state.flows))

    def peers(self, *peers: BgpPeer) -> None:
        self.state = replace(self.state, bgp_peers=peers, routes=tuple(route for route in self.state.routes if route.protocol != "bgp"))

    def diagnose(self, name: str = NAME) -> list:
        """What vpn_info makes of it for the VPN, or one of its tunnels, by name."""
        base, platform = Location().base, Platform((11, 1), self.engine)
        everything = vpn_state.gathered_from(self.tree, platform, base)
        configuration, _missing = select(everything, [name])
        return diagnose(Evidence(
            with_siblings(everything, configuration), Surroundings(self.tree, base, platform), self.state, judge(configuration, self.state).tunnels,
            asked=frozenset(tunnel["name"] for tunnel in configuration["tunnels"]), lines=self.lines,
            connection=read(Profile, self.connection, "connection") if self.connection else None, keys=self.keys if self.connection else {},
            key_owners=self.key_owners, intent=self.intent, interfaces=self.interfaces,
            addresses=rulebases.Addresses(self.objects), names=self.names, hosts_fail=self.hosts_fail,
            lost_size=self.lost_size, rules_are_complete=self.rules_are_complete, now=0.0))
