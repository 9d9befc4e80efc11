# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two firewalls, each the other one's far side, connected by the playbook: packets both ways, keys rotated under traffic, and one end that fails meanwhile."""

from __future__ import annotations

import os
import re
import xml.etree.ElementTree as ET
from subprocess import PIPE

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.filter.peer_sheet import FilterModule
from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.site import LAN
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud.sheets import Form
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.enclave import wait_until
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.configurations import load
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.given_and_told import provider_of

NAME = "east-west"
# The other firewall's addresses in place of the first one's.
ELSEWHERE = {"198.51.100.": "198.18.7.", "10.10.0.": "10.30.0.", "10.20.0.": "10.40.0."}
ROTATIONS = int(os.environ.get("ROTATIONS", "2"))
SAME = {"outside_interface": "ethernet1/8", "zone": "sites", "source_zones": ["trust"]}
ENDS = {
    "fw-a": {"outside_address": "198.51.100.10", "networks": ["10.10.0.0/24"], "bgp_as": 65010, **SAME},
    "fw-b": {"outside_address": "198.18.7.10", "networks": ["10.30.0.0/24"], "bgp_as": 65020, **SAME},
}
DESCRIBED = {"a": "fw-a", "b": "fw-b", "name": NAME, "failover": "bgp", "inside_cidr": "169.254.60.0/30", "a_inside_address": "169.254.60.1",
             "b_inside_address": "169.254.60.2"}
KEY = re.compile(rf'<entry name="{NAME}-1".*?<key>(.*?)</key>', re.DOTALL)


class Pings:
    """Ten echo requests a second from one site's host to the other one's."""

    def __init__(self, site, address: str) -> None:
        self._enclave, self._number = site.plane.enclave, site.plane.enclave.folder / "pings"
        self._process = self._enclave.start(
            LAN, ["sh", "-c", f"echo $$ > {self._number}; exec ping -n -q -i 0.1 -W 1 {address}"], stdout=PIPE, text=True)

    def lost(self) -> tuple[int, int]:
        """How many were lost, of how many; the end of it."""
        self._enclave.run(f"kill -INT $(cat {self._number})", LAN)
        sent, received = re.search(r"(\d+) packets transmitted, (\d+) received", self._process.communicate(timeout=10)[0]).groups()
        return int(sent) - int(received), int(sent)


@pytest.fixture(scope="module")
def both(sites):
    text = ET.tostring(load(None, "virtual-router", "fw-b", (11, 1, 0)), encoding="unicode")
    for here, there in ELSEWHERE.items():
        text = text.replace(here, there)
    first, second = sites(), sites(config=text)
    first.plane.internet.meet(second.plane.internet, "198.51.100.0/24", "198.18.7.0/24")
    return {"fw-a": first, "fw-b": second}


@pytest.fixture
def run(playbooks, both, tmp_path):
    inventory = {"all": {
        "hosts": {host: {"panos_provider": provider_of(site.emulator), "vpn_connections_end": ENDS[host]} for host, site in both.items()},
        "vars": {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}", "vpn_connections_verify_timeout": 20,
                 "vpn_connections_commit_poll": 0.05, "vpn_connections_journal": str(tmp_path / "journals")}}}

    def run(count: int = 1, **variables):
        return playbooks.run(None, "tunnelsmith.panos_vpn.vpn_connections", variables={"vpn_connections": [DESCRIBED] * count, **variables},
                             inventory=inventory, environment={})
    return run


def stored(both) -> set[str]:
    """The keys that stand in the running configurations."""
    return {KEY.search(site.emulator.control.running())[1] for site in both.values()}


def spis(both) -> dict[str, set[str]]:
    return {host: site.plane.firewall.daemons[f"{NAME}-1"].inbound_spis() for host, site in both.items()}


def test_packets_pass_both_ways_and_keys_change_under_traffic(run, both):
    first, second = both.values()
    made = run()
    assert made.status == 0, made.output[-4000:]
    assert wait_until(lambda: first.plane.ping(LAN, "10.30.0.10"), 20, 0.2)
    assert second.ping(3, LAN, "10.10.0.10") == 3
    assert [peer["state"] for site in both.values() for peer in site.state()["bgp_peers"]] == ["Established"] * 2
    before, keys = spis(both), stored(both)
    there, back = Pings(first, "10.30.0.10"), Pings(second, "10.10.0.10")
    rotated = run(ROTATIONS, vpn_connections_rotate=True)
    lost = [pings.lost() for pings in (there, back)]
    print(f"{ROTATIONS} rotations: {lost} pings lost, of")
    assert rotated.status == 0, rotated.output[-4000:]
    assert not stored(both) & keys and all(not spis(both)[host] & before[host] for host in both)
    assert all(sent > 20 for _lost, sent in lost)
    assert max(count for count, _sent in lost) <= 2 * ROTATIONS


def test_one_end_fails_and_both_stand_on_the_old_key(run, both):
    first, second = both.values()
    keys = stored(both)
    second.emulator.control.fail_next_commit(["not today"])
    there = Pings(first, "10.30.0.10")
    failed = run(vpn_connections_rotate=True)
    assert failed.status != 0 and stored(both) == keys
    print(f"one end failed: {there.lost()} pings lost, of")
    assert first.ping(3, LAN, "10.30.0.10") == 3
    # Also where they negotiate anew.
    for site in both.values():
        site.plane.clear(None, f"{NAME}-1")
    assert wait_until(lambda: first.plane.ping(LAN, "10.30.0.10"), 20, 0.2)


SHEET = {"id": "by-sheet", "tunnels": [{
    "outside_address": "198.18.7.10", "customer_outside_address": "198.51.100.10", "pre_shared_key": "notReal.by.sheet", "initiator": "firewall",
    "ike": {"version": "ikev2", "encryption": "aes-256-gcm", "hash": "sha384", "dh_group": "group21", "lifetime_seconds": 14400},
    "ipsec": {"encryption": "aes-128-cbc", "authentication": "sha512", "dh_group": "group16", "lifetime_seconds": 1800}}]}
# Chosen by whoever has the sheet, since no sheet can know it: a free interface, and the zones and rules over there.
CHOSEN = "tunnel.31"


def typed(sheet: dict) -> list[dict]:
    """The sheet's pages, entered one after the other."""
    ike, ipsec, unit, gateway, tunnel, routes = (Form(sheet, title) for title in (
        "Network > Network Profiles > IKE Crypto", "Network > Network Profiles > IPSec Crypto", "Network > Interfaces > Tunnel",
        "Network > Network Profiles > IKE Gateways", "Network > IPSec Tunnels", "Network > Virtual Routers > Static Routes"))
    name = sheet["name"]
    version = {"IKEv1 only mode": "ikev1", "IKEv2 only mode": "ikev2"}[gateway["Version"]]
    known = {"local_id": {"type": "ipaddr", "id": gateway["Local Identification"]}, "peer_id": {"type": "ipaddr", "id": gateway["Peer Identification"]}}
    switch = {"on": True, "off": False}
    return [
        {"ike_crypto_profile": {"name": gateway["IKE Crypto Profile"], "dh_group": [ike["DH Group"]], "encryption": [ike["Encryption"]],
                                "hash": [ike["Authentication"]], "lifetime": {"seconds": int(ike["Key Lifetime"].removesuffix(" Seconds"))}}},
        {"ipsec_crypto_profile": {"name": tunnel["IPSec Crypto Profile"], "esp": {"encryption": [ipsec["Encryption"]], "authentication": [
            ipsec["Authentication"]]}, "dh_group": ipsec["DH Group"], "lifetime": {"seconds": int(ipsec["Lifetime"].removesuffix(" Seconds"))}}},
        {"tunnel_interface": {"name": CHOSEN, "mtu": int(unit.get("MTU", 1427)), "zone": "trust", "virtual_router": "default"}},
        {"ike_gateway": {"name": name, "version": version, version: {"ike_crypto_profile": gateway["IKE Crypto Profile"]}, **known,
                         "local_address": {"interface": "ethernet1/8", "ip": f"{gateway['Local IP Address']}/24"},
                         "peer_address": {"ip": gateway["Peer Address"]}, "pre_shared_key": gateway["Pre-shared Key"],
                         "passive_mode": switch[gateway["Enable Passive Mode"]], "nat_traversal": {"enable": switch[gateway["Enable NAT Traversal"]]}}},
        {"ipsec_tunnel": {"name": name, "tunnel_interface": CHOSEN, "ike_gateways": [tunnel["IKE Gateway"]],
                          "ipsec_crypto_profile": tunnel["IPSec Crypto Profile"]}},
        *({"static_route": {"virtual_router": "default", "name": f"{name}-{number}", "destination": row["value"], "interface": CHOSEN}}
          for number, row in enumerate(routes.rows)),
        {"security_rule": {"name": name, "from": ["trust"], "to": ["trust"], "source": ["any"], "destination": ["any"], "action": "allow",
                           "application": ["any"], "service": ["any"], "position": "top"}},
        {"security_rule": {"name": f"{name} ike", "from": ["untrust"], "to": ["untrust"], "source": [gateway["Peer Address"], gateway["Local IP Address"]],
                           "destination": [gateway["Peer Address"], gateway["Local IP Address"]], "action": "allow",
                           "application": ["ike", "ipsec-esp", "ipsec-esp-udp"], "service": ["application-default"], "position": "top"}},
    ]


def test_another_firewall_is_entered_from_its_sheet(both):
    """Networks that the playbook has not connected: another tunnel between the same two firewalls would take one of its address."""
    first, second = both.values()
    for site in both.values():
        site.commit(site.module("site_to_site_vpn", name=NAME, state="absent"))
    sheet = FilterModule().filters()["peer_sheet"](SHEET, product="panos", show_keys=True, local_networks=["10.10.0.0/24"], remote_networks=["10.30.0.0/24"])
    second.change(*typed(sheet))
    first.commit(first.module("site_to_site_vpn", name=SHEET["id"], tunnels=SHEET["tunnels"], failover="routes", local_networks=["10.10.0.0/24"],
                              remote_networks=["10.30.0.0/24"], **SAME))
    assert wait_until(lambda: first.plane.ping(LAN, "10.30.0.10"), 30, 0.2)
    assert second.ping(3, LAN, "10.10.0.10") == 3
