# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a plan refers to, and what of it is not there."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.location import Location
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.plan import plan
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.references import missing_references, places_of_references
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources import ike_crypto_profile, ike_gateway
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import UNSET, DesiredEntry
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import interface
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.reconcile.specimen import configuration

base = Location().base
PROFILE = DesiredEntry(ike_crypto_profile.TABLE, "strong", {"encryption": ["aes-256-cbc"], "hash": ["sha384"], "dh_group": ["group20"]})


def gateway(**more) -> DesiredEntry:
    return DesiredEntry(ike_gateway.TABLE, "gw", {
        "peer_address": {"ip": "192.0.2.1"}, "local_address": {"interface": "ethernet1/8"}, "pre_shared_key": "s3cret99",
        "ikev2": {"ike_crypto_profile": "strong"}, **more})


def firewall(*interfaces) -> ET.Element:
    """A configuration with interfaces, by their places below C(network)."""
    found = configuration()
    for name in interfaces or ("ethernet1/8",):
        places.make(found, (base("network") + interface(name))[1:])
    return found


def missing(*items, tree=None) -> list:
    tree = firewall() if tree is None else tree
    return missing_references(plan([items], tree, base), tree, base)


def test_what_is_not_there_is_named():
    assert missing(gateway()) == ["ike_gateway 'gw' refers to ike_crypto_profile 'strong', which is not there yet"]
    assert missing(gateway(), PROFILE, tree=configuration()) == ["ike_gateway 'gw' refers to interface 'ethernet1/8', which is not there yet"]


INTERFACES = {
    "ethernet1/8": "ethernet/entry[@name='ethernet1/8']",
    "ethernet1/8.20": "ethernet/entry[@name='ethernet1/8']/layer3/units/entry[@name='ethernet1/8.20']",
    "ae1": "aggregate-ethernet/entry[@name='ae1']",
    "ae1.20": "aggregate-ethernet/entry[@name='ae1']/layer3/units/entry[@name='ae1.20']",
    "loopback.1": "loopback/units/entry[@name='loopback.1']",
    "vlan.20": "vlan/units/entry[@name='vlan.20']",
    "tunnel.7": "tunnel/units/entry[@name='tunnel.7']",
}


@pytest.mark.parametrize("name, place", INTERFACES.items(), ids=INTERFACES.keys())
def test_an_interface_is_looked_for_by_the_form_of_its_name(name, place):
    wanted = gateway(local_address={"interface": name})
    assert places.render(base("network") + interface(name)).endswith(f"/network/interface/{place}")
    assert missing(wanted, PROFILE, tree=firewall(name)) == []
    assert missing(wanted, PROFILE, tree=configuration()) == [f"ike_gateway 'gw' refers to interface '{name}', which is not there yet"]


@pytest.mark.parametrize("name", ["loopback", "vlan", "tunnel"])
def test_an_interface_that_is_always_there_is_not_missed(name):
    assert missing(gateway(local_address={"interface": name}), PROFILE, tree=configuration()) == []


def test_what_the_same_plan_makes_is_there():
    assert missing(gateway(), PROFILE) == []


def test_variables_and_what_goes_refer_to_nothing():
    assert missing(gateway(ikev2={"ike_crypto_profile": "$profile"})) == []
    assert missing(gateway(ikev2={"ike_crypto_profile": UNSET})) == []
    assert missing(DesiredEntry(ike_gateway.TABLE, "gw", state="absent")) == []


def test_the_places_that_would_have_to_be_read():
    found = plan([[gateway()]], configuration(), base)
    assert [places.render(place).rpartition("/network/")[2] for place in places_of_references(found.touched, base)] == [
        "interface/ethernet/entry[@name='ethernet1/8']", "ike/crypto-profiles/ike-crypto-profiles/entry[@name='strong']"]
