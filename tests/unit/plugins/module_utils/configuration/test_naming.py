# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The name that was probably meant, what there is, and the names of options and places as users know them."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import naming, path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.addresses import network_problem

ZONES = ("branch", "dmz", "trust", "untrust")
PORTS = ("ethernet1/2", "ethernet1/7", "ethernet1/8", "ae1.10")


@pytest.mark.parametrize("written, there, meant", [
    ("Trust", ZONES, "trust"), ("trsut", ZONES, "trust"), ("lan", ZONES, None), ("l3-trust", ZONES, "trust"), ("", ZONES, None),
    ("eth1/8", PORTS, "ethernet1/8"), ("Ethernet 1/8", PORTS, "ethernet1/8"), ("ge1/7", PORTS, "ethernet1/7"), ("x", (), None),
])
def test_the_nearest_name(written, there, meant):
    assert naming.nearest(written, there) == meant


@pytest.mark.parametrize("written, there, said", [
    ("lan", (), "there is none"), ("lan", ZONES, "(there are branch, dmz, trust, untrust)"),
    ("Trust", ZONES, "(perhaps 'trust' is meant; there are trust, "),
    ("defualt", ("default",), "(perhaps 'default' is meant, there is no other)"), ("lan", ("wan",), "wan"),
    ("z", [f"zone{n:02}" for n in range(13)], "and 3 more"),
])
def test_what_there_is(written, there, said):
    assert said in naming.instead(written, there)


OPTIONS = {"zone": (), "mtu": (), "adopt": ("true", "false"), "failover": ("pbf", "bgp"), "push": ("true", "false"), "source_zones": (),
           "remote_networks": (), "monitor_interval": (), "virtual_router": ()}


@pytest.mark.parametrize("told, named", [
    ("zone: 'x' is a layer2 zone", "my_zone: 'x' is a layer2 zone"),
    ("source_zones: 'x' is the zone; mtu: 9 is too low", "my_source_zones: 'x' is the zone; my_mtu: 9 is too low"),
    ("say adopt: true to take them over", "say my_adopt: true to take them over"),
    ("monitor_interval goes with failover: pbf; adopt: true takes it", "my_monitor_interval goes with my_failover: pbf; my_adopt: true takes it"),
    ("everything else than this VPN needs, so adopt: true does not", "everything else than this VPN needs, so my_adopt: true does not"),
    ("by a push (push: true), or run again with push: always", "by a push (my_push: true), or run again with push: always"),
    ("a commit is all that it takes; leave push out", "a commit is all that it takes; leave my_push out"),
    ("zone 'x' has the profile 'adopt: y'", "zone 'x' has the profile 'adopt: y'"),
    ("virtual_router: there is no virtual router 'remote_networks'", "my_virtual_router: there is no virtual router 'remote_networks'"),
    ("my_zone: and my_source_zones", "my_zone: and my_source_zones"),
])
def test_options_are_called_as_variables(told, named):
    assert naming.as_variables(told, OPTIONS, "my_") == named
    assert naming.as_variables(named, OPTIONS, "my_") == named


DEVICE = "/config/devices/entry[@name='localhost.localdomain']"


@pytest.mark.parametrize("xpath, said", [
    (f"{DEVICE}/network/tunnel/ipsec/entry[@name='a']", "IPsec tunnel 'a'"),
    (f"{DEVICE}/network/tunnel/ipsec/entry[@name='a']/auto-key/ipsec-crypto-profile", "auto-key/ipsec-crypto-profile of IPsec tunnel 'a'"),
    (f"{DEVICE}/network/virtual-router/entry[@name='r']/routing-table/ip/static-route/entry[@name='b']", "static route 'b' of virtual router 'r'"),
    (f"{DEVICE}/network/logical-router/entry[@name='r']/vrf/entry[@name='default']/bgp", "bgp of logical router 'r'"),
    (f"{DEVICE}/vsys/entry[@name='vsys1']/zone/entry[@name='z']/network/layer3/member[text()='tunnel.1']", "network/layer3 member 'tunnel.1' of zone 'z'"),
    (f"{DEVICE}/vsys/entry[@name='vsys2']/rulebase/pbf/rules/entry[@name='p']", "PBF rule 'p' of virtual system 'vsys2'"),
    (f"{DEVICE}/template/entry[@name='T']", "template 'T'"),
    (f"{DEVICE}/network/ike", "network/ike"), ("/config", "the whole configuration"), ("/config/shared/address/entry[@name='x']", "address 'x'"),
])
def test_a_place_in_words(xpath, said):
    assert places.words(places.parse(xpath)) == said


@pytest.mark.parametrize("text, said", [
    ("10.0.0.0/8", ""), ("fd00::/8", ""), ("10.1.2.3/32", ""), ("10.1.2.3", ""), ("fd00::1", ""), ("0.0.0.0/0", ""),
    ("10.0.0.0/33", "0 to 32"), ("fd00::/129", "0 to 128"), ("10.0.0.1/8", "say 10.0.0.0/8"), ("fd00::1/64", "fd00::1/128"),
    ("10.0.0.0", "say 10.0.0.0/8"), ("10.20.0.0", "10.20.0.0/16"), ("10.20.30.0", "10.20.30.0/24"), ("fd00::", "fd00::/64"),
    ("10.0.0.0/255.0.0.0", "as a number, 10.0.0.0/8"), ("10.0.0.0/0.255.255.255", "as a number"), ("10.0.0.256/24", "0 to 255"),
    ("10.0.0/24", "3 octets"), ("10.0.0.0.0/24", "5 octets"), ("10.0.0.0/24 10.1.0.0/24", "commas"), ("10.0.0.0/24;10.1.0.0/24", "commas"),
    ("any where", "no network"), ("10.0.0.0/x", "no network"), ("/24", "no network"), ("", "no network"),
])
def test_what_is_wrong_with_a_network(text, said):
    problem = network_problem(text)
    assert said in problem and bool(said) == bool(problem)
