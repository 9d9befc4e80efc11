# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a plan refers to, and what of it is not there."""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.location import Location
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.plan import plan
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.references import missing_references, places_of_references
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources import ike_crypto_profile, ike_gateway
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import UNSET, DesiredEntry
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.reconcile.specimen import configuration

base = Location().base
PROFILE = DesiredEntry(ike_crypto_profile.TABLE, "strong", {"encryption": ["aes-256-cbc"], "hash": ["sha384"], "dh_group": ["group20"]})


def gateway(**more) -> DesiredEntry:
    return DesiredEntry(ike_gateway.TABLE, "gw", {
        "peer_address": {"ip": "192.0.2.1"}, "local_address": {"interface": "ethernet1/8"}, "pre_shared_key": "s3cret99",
        "ikev2": {"ike_crypto_profile": "strong"}, **more})


def missing(*items) -> list:
    found = plan([items], configuration(), base)
    return missing_references(found, configuration(), base)


def test_what_is_not_there_is_named():
    assert missing(gateway()) == ["ike_gateway 'gw' refers to ike_crypto_profile 'strong', which is not there yet"]


def test_what_the_same_plan_makes_is_there():
    assert missing(gateway(), PROFILE) == []


def test_variables_and_what_goes_refer_to_nothing():
    assert missing(gateway(ikev2={"ike_crypto_profile": "$profile"})) == []
    assert missing(gateway(ikev2={"ike_crypto_profile": UNSET})) == []
    assert missing(DesiredEntry(ike_gateway.TABLE, "gw", state="absent")) == []


def test_the_places_that_would_have_to_be_read():
    found = plan([[gateway()]], configuration(), base)
    assert [places.render(place).rpartition("/network/")[2] for place in places_of_references(found.touched, base)] == [
        "ike/crypto-profiles/ike-crypto-profiles/entry[@name='strong']"]
