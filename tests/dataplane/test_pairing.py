# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pairings that our modules configured carry packets, and nothing but IKE and ESP leaves the firewall."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.bulks import all_arrive, transfers
from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.site import VPC, connection
from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.wire import captured
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.enclave import wait_until
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.firewall import Firewall

PAIRINGS = {
    "PBF, virtual router": ("pbf", "virtual-router", "bird"), "PBF, logical router": ("pbf", "logical-router", "bird"),
    "BGP, virtual router": ("bgp", "virtual-router", "bird"), "BGP, logical router": ("bgp", "logical-router", "bird"),
    "BGP, virtual router, FRR": ("bgp", "virtual-router", "frr"), "BGP, logical router, FRR": ("bgp", "logical-router", "frr"),
}


@pytest.fixture(scope="module", params=PAIRINGS.values(), ids=PAIRINGS.keys())
def paired(request, sites):
    failover, engine, routing = request.param
    site = sites(connection(failover), engine=engine, routing=routing)
    assert site.ping(1) == 0, "nothing is configured yet"
    site.pair(failover)
    site.up()
    site.failover = failover
    yield site
    site.close()


def test_both_tunnels_are_up_and_packets_pass(paired):
    assert paired.ping(3) == 3
    for number in (1, 2):
        tunnel = paired.tunnel(number)
        assert tunnel["healthy"], tunnel["problems"]
        assert [flow["state"] for flow in tunnel["flows"]] == ["active"]
        assert len(tunnel["ike_sas"]) == len(tunnel["ipsec_sas"]) == 1


def test_operational_commands_show_what_the_daemons_have(paired):
    daemon = paired.daemon(1)

    def shown_as_it_is():
        child = daemon.ike_sa().children[0]
        flow = paired.tunnel(1)["flows"][0]
        return (flow["local_spi"], flow["remote_spi"]) == (child.inbound_spi.upper(), child.outbound_spi.upper())

    # Both sides may have begun at once: until the second SA is the youngest for everybody, two looks can see two SAs.
    assert wait_until(shown_as_it_is, 40, 0.5)
    before = [paired.tunnel(number)["flows"][0]["packets_encapsulated"] for number in (1, 2)]
    assert paired.ping(5) == 5
    after = [paired.tunnel(number)["flows"][0]["packets_encapsulated"] for number in (1, 2)]
    # With PBF the first rule's tunnel is active, with BGP the second, whose MED is lower.
    active = 0 if paired.failover == "pbf" else 1
    assert after[active] - before[active] >= 5


def test_much_data_passes_in_both_directions_whoever_begins(paired):
    all_arrive(transfers(paired, "10.10.0.10"), paired, 52)


def test_routes_are_what_the_seed_describes(paired):
    state = paired.state()
    if paired.failover == "pbf":
        # The route that stands behind the rules prefers the other tunnel.
        assert "tunnel.2" in paired.run(f"ip route get {VPC}")
        assert [rule["state"] for rule in state["pbf_rules"] if rule["name"].endswith(("-1", "-2"))] == ["Active", "Active"]
        return
    assert [(peer["state"], peer["prefixes"][0]["accepted"], peer["prefixes"][0]["advertised"]) for peer in state["bgp_peers"]] == [("Established", 1, 1)] * 2
    assert paired.plane.firewall.routing.meds("10.200.0.0/16") == {100, 200}
    assert wait_until(lambda: "tunnel.2" in paired.run(f"ip route get {VPC}") and "10.10.0.0/24" in paired.run("ip route", "vpc"), 20, 0.1)


def test_only_ike_and_esp_in_udp_are_on_the_wire(paired):
    with captured(paired) as wire:
        assert paired.ping(5) == 5
    assert len(wire.of("ESP in UDP")) >= 10
    assert wire.of("other") == [] and wire.inside() == []


def test_a_second_commit_touches_nothing_else(paired):
    before = paired.plane.firewall.daemons.copy()
    spis = [daemon.inbound_spis() for daemon in before.values()]
    paired.change({"static_route": {
        "name": "more", "virtual_router": "default", "destination": "10.31.0.0/16", "interface": "ethernet1/2", "nexthop": {"ip_address": "10.20.0.254"}}})
    assert paired.plane.applied[-1].done == ["routing configured"]
    assert all(old <= daemon.inbound_spis() for daemon, old in zip(before.values(), spis))
    assert "10.31.0.0/16 via 10.20.0.254" in paired.run("ip route")


def test_cleared_tunnels_come_back_under_other_numbers(paired):
    daemon = paired.daemon(1)
    old = daemon.inbound_spis()
    name = paired.plane.firewall.running.tunnels[0].gateway
    firewall = paired.emulator.firewall
    with firewall.lock:
        assert firewall.data_plane.clear(name, None)
    paired.up()
    assert daemon.inbound_spis() and not daemon.inbound_spis() & old


def test_what_is_taken_away_is_gone(paired):
    paired.commit(paired.module("site_to_site_vpn", name=paired.options(paired.failover)["name"], state="absent"))
    assert paired.ping(1) == 0
    assert paired.plane.firewall.daemons == {}
    assert "tunnel" not in paired.run("ip -br link; ip rule; nft list ruleset").replace("tunnel.7", "")


def without_interface_of_the_default_route() -> str:
    root = Firewall().running.root
    routes = root.iterfind(".//virtual-router/entry/routing-table/ip/static-route/entry")
    route = next(route for route in routes if route.findtext("destination") == "0.0.0.0/0")
    route.remove(route.find("interface"))
    return ET.tostring(root, encoding="unicode")


def test_the_next_hop_of_a_default_route_tells_the_way_out(sites):
    site = sites(connection("pbf"), config=without_interface_of_the_default_route())
    site.pair("pbf")
    site.up()
    assert site.ping(3) == 3
    site.close()


def test_an_interface_with_a_host_behind_it_can_become_the_way_out(sites):
    site = sites(json.loads(json.dumps(connection("pbf")).replace("198.51.100.10", "203.0.113.6")))
    site.change(*({"static_route": {
        "name": f"aws-{number}", "virtual_router": "default", "destination": f"{endpoint.endpoint.outside}/32", "interface": "ethernet1/7",
        "nexthop": {"ip_address": "203.0.113.5"}}} for number, endpoint in enumerate(site.aws, start=1)))
    assert site.run("ip -br addr", "eth1-7")
    site.pair("pbf", outside_interface="ethernet1/7")
    site.up()
    assert site.ping(3) == 3
    site.close()
