# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a plan refers to, and what of it is not there."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places, tree as trees
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.location import Location
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.plan import plan
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.references import open_references
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources import ike_crypto_profile, ike_gateway, security_rule
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import UNSET, DesiredEntry
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import named_places
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.reconcile.specimen import configuration

base = Location().base
PROFILE = DesiredEntry(ike_crypto_profile.TABLE, "strong", {"encryption": ["aes-256-cbc"], "hash": ["sha384"], "dh_group": ["group20"]})


INSIDE = {"local_address": {"interface": "vlan"}}


def gateway(**more) -> DesiredEntry:
    return DesiredEntry(ike_gateway.TABLE, "gw", {
        "peer_address": {"ip": "192.0.2.1"}, "local_address": {"interface": "ethernet1/8"}, "pre_shared_key": "s3cret99",
        "ikev2": {"ike_crypto_profile": "strong"}, **more})


def missing(*items, tree=None) -> list:
    return [str(reference) for reference in open_references(plan([items], configuration() if tree is None else tree, base), base)]


def test_what_is_not_there_is_named():
    assert missing(gateway()) == [
        "ike_gateway 'gw' refers to interface 'ethernet1/8', which is not there", "ike_gateway 'gw' refers to ike_crypto_profile 'strong', which is not there"]


def test_what_the_same_plan_makes_is_there():
    assert missing(gateway(**INSIDE), PROFILE) == []


def test_variables_and_what_goes_refer_to_nothing():
    assert missing(gateway(ikev2={"ike_crypto_profile": "$profile"}, **INSIDE)) == []
    assert missing(gateway(ikev2={"ike_crypto_profile": UNSET}, **INSIDE)) == []
    assert missing(DesiredEntry(ike_gateway.TABLE, "gw", state="absent")) == []


def test_any_zone_is_no_zone_of_that_name():
    rule = DesiredEntry(security_rule.TABLE, "out", {"from": ["any"], "to": ["elsewhere"], "source": ["any"], "destination": ["any"], "action": "allow"})
    found = open_references(plan([[rule]], configuration(), base), base)
    assert [places.render(path) for reference in found for path in reference.paths] == [f"{places.render(base('vsys'))}/zone/entry[@name='elsewhere']"]


def test_the_places_that_would_have_to_be_read():
    found = open_references(plan([[gateway(**INSIDE)]], configuration(), base), base)
    assert [places.render(path).rpartition("/network/")[2] for reference in found for path in reference.paths] == [
        "ike/crypto-profiles/ike-crypto-profiles/entry[@name='strong']"]


def test_what_an_object_referred_to_before_is_not_asked_for():
    """It may be missing since long, and nobody asked for another one."""
    tree = trees.applied(configuration(), plan([[gateway()]], configuration(), base).operations)
    assert missing(gateway(comment="new"), tree=tree) == []
    assert missing(gateway(ikev2={"ike_crypto_profile": "other"}), tree=tree) == ["ike_gateway 'gw' refers to ike_crypto_profile 'other', which is not there"]


INTERFACES = {
    "ethernet1/8": "interface/ethernet/entry[@name='ethernet1/8']",
    "ethernet1/8.20": "interface/ethernet/entry[@name='ethernet1/8']/layer3/units/entry[@name='ethernet1/8.20']",
    "ae1": "interface/aggregate-ethernet/entry[@name='ae1']",
    "ae12.7": "interface/aggregate-ethernet/entry[@name='ae12']/layer3/units/entry[@name='ae12.7']",
    "loopback.1": "interface/loopback/units/entry[@name='loopback.1']",
    "vlan.100": "interface/vlan/units/entry[@name='vlan.100']",
    "tunnel.9": "interface/tunnel/units/entry[@name='tunnel.9']",
    "sdwan.901": "interface/sdwan/units/entry[@name='sdwan.901']",
}


@pytest.mark.parametrize("name, place", INTERFACES.items())
def test_an_interface_stands_where_its_name_says(name, place):
    assert [f"{location}/{places.render(path)[1:]}" for location, path in named_places(("interface",), name)] == [f"network/{place}"]


@pytest.mark.parametrize("kinds, name", [
    (("interface",), "loopback"), (("interface",), "tunnel"), (("interface",), "sdwan"), (("interface",), "cellular1/1"),
    (("zone",), "any"), (("zone",), "multicast"), (("bgp_auth_profile",), "inherit"), (("ike_crypto_profile",), "default"),
    (("ipsec_crypto_profile",), "Suite-B-GCM-256"), (("monitor_profile",), "default"), (("bgp_peer_group",), "peers"), (("zone",), "$zone"),
])
def test_what_need_be_no_object_is_not_judged(kinds, name):
    assert named_places(kinds, name) == []
