# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""VPNs that are well and look unusual, all on one firewall: nothing is found in any of them. Then each has a fault, and the items that are said mend it."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Callable

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.aws.reader import vpn_connection
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.fields import plain
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.state import grouped
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.fit import fitted
from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.faults import edited, entry
from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.site import LAN, Site, another, connection
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud.policy_based import PolicyBasedPeer
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.enclave import wait_until
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import DEVICE

OWN, FLOATING, SECONDS = "198.51.100.10", "198.51.100.77", 90
BGP = connection("bgp", hold_time=9)
DESCRIBED = [BGP, another(BGP, 1), connection("pbf")]
ASYMMETRIC, SHARED, RULES = (document["VpnConnections"][0]["VpnConnectionId"] for document in DESCRIBED)
IKE = {"version": "ikev2", "encryption": "aes-256-cbc", "hash": "sha256", "dh_group": "group2", "lifetime_seconds": 28800}
IPSEC = {"encryption": "aes-256-cbc", "authentication": "sha256", "dh_group": "group14", "lifetime_seconds": 3600}
HERE = ("10.10.0.0/24", "10.20.0.0/24")


def peer(number: int, name: str, **more) -> PolicyBasedPeer:
    defaults = {"customer_outside": OWN, "customer_networks": HERE[:1]}
    return PolicyBasedPeer(f"203.0.113.{90 + number}", key=f"notReal.{name}", networks=(f"172.{20 + number}.0.0/16",), **{**defaults, **more})


PEERS = {
    "pairs": peer(0, "pairs", customer_networks=HERE, version="1", ike=("aes256-sha256-modp1024",)),
    "called": peer(1, "called", begins=True, identity="called.example.net"),
    "roaming": peer(2, "roaming", begins=True, identity="roaming.example.net", version="1", aggressive=True),
    "named": peer(3, "named"),
    "floating": peer(4, "floating", customer_outside=FLOATING),
}
TUNNELS = {
    "pairs": {"outside_address": PEERS["pairs"].outside, "ike": {**IKE, "version": "ikev1"}},
    "called": {"outside_address": PEERS["called"].outside, "initiator": "peer", "peer_id": "called.example.net"},
    "roaming": {"outside_address": "dynamic", "peer_id": "roaming.example.net", "ike": {**IKE, "version": "ikev1"}},
    "named": {"outside_address": "named.example.net", "peer_id": PEERS["named"].outside},
    "floating": {"outside_address": PEERS["floating"].outside, "customer_outside_address": FLOATING},
}


def of_aws(site: Site, number: int, failover: str, *changes: dict, **more) -> dict:
    options = site.options(failover, number, **more)
    return {**options, "tunnels": [{**tunnel, **change} for tunnel, change in zip(options["tunnels"], changes or ({}, {}))]}


def of_peer(name: str) -> dict:
    far = PEERS[name]
    return {"name": name, "failover": "routes", "policy_based": True, "outside_interface": "ethernet1/8", "zone": "sites", "source_zones": ["trust", "dmz"],
            "local_networks": list(far.customer_networks), "remote_networks": list(far.networks),
            "tunnels": [{"ike": IKE, "ipsec": IPSEC, "pre_shared_key": far.key, **TUNNELS[name]}]}


@pytest.fixture(scope="module")
def site(sites) -> Site:
    """Answers by the other tunnel, with a longer AS path; ECMP over IKEv1 and IKEv2 with NAT traversal and without dead peer detection; PBF without backup
    routes or a monitor of the tunnels; several pairs of networks; a gateway that waits; a peer of any address in aggressive mode; a peer by its name; an
    address that floats between the members of an active/active pair.
    """
    made = sites(*DESCRIBED, peers=list(PEERS.values()), names={"named.example.net": PEERS["named"].outside}, dead_after=9)
    made.emulator.control.plant(f"{DEVICE}/deviceconfig/high-availability/group/mode/active-active/virtual-address",
                                f"<entry name='ethernet1/8'><ip><entry name='{FLOATING}'><floating/></entry></ip></entry>")
    tunnels = json.loads(json.dumps(made.options("ecmp", 1)["tunnels"]))
    made.vpns = {
        ASYMMETRIC: of_aws(made, 0, "bgp", local_preference=[200, 100], as_path_prepend=[3, 0]),
        SHARED: of_aws(made, 1, "ecmp", {"ike": {**tunnels[0]["ike"], "version": "ikev1"}}, {}, nat_traversal=True),
        RULES: of_aws(made, 2, "pbf", backup_routes=False),
        **{name: of_peer(name) for name in PEERS}}
    for options in made.vpns.values():
        made.module("site_to_site_vpn", **options)
    made.module("transaction", items=[
        {"ike_gateway": {"name": f"{SHARED}-2", "ikev2": {"dpd": {"enable": False}}}},
        *({"ipsec_tunnel": {"name": f"{RULES}-{number}", "tunnel_monitor": {"enable": False}}} for number in (1, 2))])
    made.module("commit", scope="all", commit_poll=0.05)
    return made


def pairs(site: Site) -> list[tuple[str, str]]:
    """(a host here, a host there) for each VPN, and each pair of networks."""
    there = [*(cloud.address for cloud in site.plane.clouds), *(side.addresses[0] for side in site.plane.peers)]
    return [(LAN, address) for address in there] + [("eth1-2", site.plane.peers[list(PEERS).index("pairs")].addresses[0])]


def described(site: Site, name: str) -> dict:
    document = next((document for document in DESCRIBED if document["VpnConnections"][0]["VpnConnectionId"] == name), None)
    if document is None:
        return {"id": name, "tunnels": site.vpns[name]["tunnels"]}
    return plain(fitted(vpn_connection(json.dumps(document))))


def asked(site: Site, name: str) -> dict:
    about = {option: site.vpns[name][option] for option in ("source_zones", "local_networks", "remote_networks")}
    return site.module("vpn_info", name=[name], gather=["config", "state", "routes", "diagnosis"], connection=described(site, name), **about)


def silent(site: Site) -> list[tuple[str, str]]:
    """The hosts that get no answer, and the addresses that they ask."""
    with ThreadPoolExecutor(8) as pool:
        answered = list(pool.map(lambda pair: site.plane.ping(*pair), pairs(site)))
    return [pair for pair, count in zip(pairs(site), answered) if not count]


def well(site: Site) -> None:
    """Packets pass, and it is said so."""
    assert wait_until(lambda: not silent(site), SECONDS, 0.3), (silent(site), site.plane.remarks)
    site.module("vpn_info", name=list(site.vpns), gather=["config", "state", "routes", "diagnosis"], wait_for="healthy", timeout=SECONDS, poll=1)


def test_what_is_unusual_and_well_is_called_well(site):
    """Also where it is known what was agreed on with the far sides."""
    well(site)
    told = {name: asked(site, name) for name in site.vpns}
    assert {name: (found["health"], found["problems"]) for name, found in told.items()} == dict.fromkeys(site.vpns, ("healthy", []))
    found = {(cause["tunnel"], cause["id"], cause["bites"]) for each in told.values() for cause in each["diagnosis"]}
    assert found == {(f"{SHARED}-2", "dead-peer-detection-off", "failover")}, "it is no fault, and somebody may want to know"

    # Packets go out by one tunnel, and their answers come by the other one.
    before = {number: site.daemon(number).ike_sa().children[0] for number in (1, 2)}
    assert site.ping(20) == 20
    moved = {number: site.daemon(number).ike_sa().children[0] for number in (1, 2)}
    assert moved[1].packets_out - before[1].packets_out >= 20 and moved[2].packets_in - before[2].packets_in >= 20


@dataclass(frozen=True)
class Fault:
    """C(breaks) the configuration's tree; C(tunnel): of which it is said first, as C(cause)."""

    tunnel: str
    cause: str
    breaks: Callable[[ET.Element], object]


def said(container: str, name: str, path: str, text: str) -> Callable:
    def breaks(root: ET.Element) -> None:
        element = entry(root, container, name)
        for step in path.split("/"):
            child = element.find(step)
            element = ET.SubElement(element, step) if child is None else child
        element.text = text
    return breaks


def left_out(parent: str, unit_of: str) -> Callable:
    """The interface of a tunnel is taken out of a list."""
    def breaks(root: ET.Element) -> None:
        unit = entry(root, "tunnel/ipsec", unit_of).findtext("tunnel-interface")
        listed = next(found for found in root.findall(f".//{parent}") if unit in [member.text for member in found])
        listed.remove(next(member for member in listed if member.text == unit))
    return breaks


def without_routes(network: str) -> Callable:
    def breaks(root: ET.Element) -> None:
        for routes in root.findall(".//routing-table/ip/static-route"):
            for route in [route for route in routes if route.findtext("destination") == network]:
                routes.remove(route)
    return breaks


def another_address(root: ET.Element) -> None:
    unit = entry(root, "tunnel/ipsec", f"{RULES}-1").findtext("tunnel-interface")
    entry(root, "interface/tunnel/units", unit).find("ip/entry").set("name", "169.254.98.2/30")


FAULTS = (
    Fault(f"{ASYMMETRIC}-1", "tunnel-disabled", said("tunnel/ipsec", f"{ASYMMETRIC}-1", "disabled", "yes")),
    Fault(f"{ASYMMETRIC}-2", "bgp-address-mismatch", said("peer", f"{ASYMMETRIC}-2", "peer-address/ip", "169.254.99.1")),
    Fault(f"{SHARED}-1", "peer-address-wrong", said("ike/gateway", f"{SHARED}-1", "peer-address/ip", "203.0.113.200")),
    Fault(f"{SHARED}-2", "ike-gateway-disabled", said("ike/gateway", f"{SHARED}-2", "disabled", "yes")),
    Fault(f"{RULES}-1", "inside-address-wrong", another_address),
    Fault(f"{RULES}-2", "tunnel-interface-without-zone", left_out("zone/entry/network/layer3", f"{RULES}-2")),
    Fault("pairs-1", "pfs-group-mismatch", said("crypto-profiles/ipsec-crypto-profiles", "pairs", "dh-group", "group5")),
    Fault("called-1", "route-missing", without_routes(PEERS["called"].networks[0])),
    Fault("roaming-1", "tunnel-interface-without-router", left_out("virtual-router/entry/interface", "roaming-1")),
    Fault("named-1", "both-sides-passive", said("ike/gateway", "named-1", "protocol-common/passive-mode", "yes")),
)


def test_what_is_said_of_each_fault_mends_it(site):
    """Ten at once, each in a tunnel of its own."""
    assert wait_until(lambda: not silent(site), SECONDS, 0.3), (silent(site), site.plane.remarks)
    edited(site, lambda root: [fault.breaks(root) for fault in FAULTS])
    # What was negotiated before a gateway only waits stays up.
    site.plane.firewall.daemons["named-1"].terminate()
    causes: dict[str, list[dict]] = {}

    def unnamed() -> set[str]:
        """The VPNs with a fault that is not said first yet."""
        return {fault.tunnel.rpartition("-")[0] for fault in FAULTS if [cause["id"] for cause in causes.get(fault.tunnel, ())][:1] != [fault.cause]}

    def are_named() -> bool:
        silent(site)
        for name in unnamed():
            for tunnel, found in grouped(asked(site, name)["diagnosis"], lambda cause: cause["tunnel"]).items():
                causes[tunnel] = found
        return not unnamed()

    assert wait_until(are_named, SECONDS, 1), (unnamed(), causes)
    site.change(*(item for fault in FAULTS for item in causes[fault.tunnel][0]["items"]))
    well(site)
