# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The connections among many firewalls, out of a list of sites."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from ansible.errors import AnsibleFilterError
from hypothesis import given, settings, strategies as st

from ansible_collections.tunnelsmith.panos_vpn.plugins.filter.vpn_topology import vpn_topology

POOL = "10.128.0.0/10"


def site(number: int, **more) -> dict:
    return {"host": f"fw-{number}", "number": number, **more}


def by_name(sites, **more) -> dict:
    return {connection["name"]: connection for connection in vpn_topology(sites, inside_pool=POOL, **more)}


def test_a_mesh_of_five_sites():
    found = vpn_topology([site(number, name=f"s{number}") for number in (5, 2, 3, 1, 4)], inside_pool="10.255.0.0/16")
    assert [connection["name"] for connection in found] == [f"s{low}-s{high}" for low in range(1, 6) for high in range(low + 1, 6)]
    assert found[0] == {"a": "fw-1", "b": "fw-2", "name": "s1-s2", "a_interface": "tunnel.1002", "b_interface": "tunnel.1001", "inside_cidr": "10.255.0.0/30",
                        "a_inside_address": "10.255.0.1", "b_inside_address": "10.255.0.2"}
    # Those of the last site come last.
    assert sorted(int(connection["inside_cidr"].split(".")[3].split("/")[0]) for connection in found) == list(range(0, 40, 4))


def test_a_hub_with_twenty_spokes_and_two_hubs():
    sites = [site(1, hub=True), *(site(number) for number in range(2, 22))]
    assert [(each["a"], each["b"]) for each in vpn_topology(sites, "hub_and_spoke")] == [("fw-1", f"fw-{number}") for number in range(2, 22)]
    assert len(vpn_topology([*sites, site(22, hub=True)], "hub_and_spoke")) == 20 + 21
    assert "inside_cidr" not in vpn_topology(sites, "hub_and_spoke")[0]


@settings(max_examples=60, deadline=None)
@given(st.sets(st.integers(1, 300), min_size=3, max_size=14), st.integers(1, 9000), st.booleans())
def test_nothing_collides_and_nothing_moves_when_a_site_is_added_or_leaves(numbers, first_unit, is_mesh):
    topology = "full_mesh" if is_mesh else "hub_and_spoke"
    everyone = sorted(numbers)
    sites = [site(number, hub=number == everyone[0]) for number in everyone]
    found = by_name(sites, topology=topology, first_unit=first_unit)
    links = [ip_network(connection["inside_cidr"]) for connection in found.values()]
    assert len(set(links)) == len(links) and all(link.subnet_of(ip_network(POOL)) for link in links)
    units = [(each[side], each[f"{side}_interface"]) for each in found.values() for side in ("a", "b")]
    assert len(set(units)) == len(units)
    without = by_name(sites[:-1], topology=topology, first_unit=first_unit)
    left = {name: each for name, each in found.items() if sites[-1]["host"] not in (each["a"], each["b"])}
    assert without == left
    assert by_name(sites[::-1], topology=topology, first_unit=first_unit) == found


def test_a_site_that_leaves_takes_its_connections_away():
    found = by_name([site(1), site(2, state="absent"), site(3)])
    assert {name: connection.get("state") for name, connection in found.items()} == {"fw-1-fw-2": "absent", "fw-1-fw-3": None, "fw-2-fw-3": "absent"}


@pytest.mark.parametrize("sites, more, words", [
    ("fw-1", {}, "give a list of sites"),
    ([["fw-1"]], {}, "sites[1]: give a dictionary"),
    ([site(1, hubb=True)], {}, "sites[1]: a site has no 'hubb' (perhaps 'hub' is meant"),
    ([{"host": "fw-1"}], {}, "sites[1]: number missing"),
    ([site(1), {"host": "fw-2", "number": 0}], {}, "sites[2]: number is a whole number from 1 on, not 0"),
    ([site(1), {"host": "fw-2", "number": "²"}], {}, "sites[2]: number is a whole number"),
    ([site(1, state="gone")], {}, "state is present or absent, not 'gone'"),
    ([site(1, hub="yes")], {}, "hub is true or false"),
    ([site(1), site(1, host="other")], {}, "number 1 is of 2 sites"),
    ([site(1), site(2, host="fw-1")], {}, "host fw-1 is of 2 sites"),
    ([site(1, name="a"), site(2, name="a")], {}, "name a is of 2 sites"),
    ([site(1), site(2)], {"topology": "ring"}, "topology: give full_mesh or hub_and_spoke, not 'ring'"),
    ([site(1), site(2)], {"topology": "hub_and_spoke"}, "takes a site with hub: true; the sites are fw-1, fw-2"),
    ([site(1), site(2)], {"inside_pool": "10.0.0.0/33"}, "inside_pool: '10.0.0.0/33' is no network"),
    ([site(1), site(2)], {"inside_pool": "fd00::/64"}, "an IPv4 network of /30 or more"),
    ([site(1), site(24)], {"inside_pool": "10.255.0.0/24"}, "of fw-1 (number 1) and fw-24 (number 24) takes the 254th"),
    ([site(1), site(2)], {"first_unit": 9999}, "would have tunnel.10000"),
    ([site(1), site(2)], {"first_unit": "many"}, "first_unit is a number"),
    ([site(1, name="a-site-with-a-long-name"), site(2)], {}, "26 characters at most; give the sites a shorter name"),
])
def test_what_is_wrong_is_named(sites, more, words):
    with pytest.raises(AnsibleFilterError) as caught:
        vpn_topology(sites, **more)
    assert words in str(caught.value)
