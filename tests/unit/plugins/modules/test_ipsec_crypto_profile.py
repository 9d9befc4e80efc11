# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module ipsec_crypto_profile."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import ipsec_crypto_profile
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import NETWORK, Case, Door, DoorContract

PLACE = f"{NETWORK}/ike/crypto-profiles/ipsec-crypto-profiles/entry[@name='strong']"
ESP = "<esp><encryption><member>aes-256-gcm</member></encryption><authentication><member>none</member></authentication></esp>"


def entry(protocol=ESP, group="group20", lifetime="<seconds>3600</seconds>", more=""):
    return f'<entry name="strong">{protocol}<dh-group>{group}</dh-group><lifetime>{lifetime}</lifetime>{more}</entry>'


class TestIpsecCryptoProfile(DoorContract):
    case = Case(
        ipsec_crypto_profile,
        identity={"name": "strong"},
        options={"esp": {"encryption": ["aes-256-gcm"], "authentication": ["none"]}, "dh_group": "group20", "lifetime": {"seconds": 3600}},
        place=PLACE,
        entry=entry(),
        change={"lifesize": {"gb": 10}},
        writes=[("set", "")],
        changed=entry(more="<lifesize><gb>10</gb></lifesize>"),
        replacement={"esp": {"encryption": ["aes-256-gcm"], "authentication": ["none"]}, "dh_group": "no-pfs", "lifetime": {"hours": 1}},
        replaced=entry(group="no-pfs", lifetime="<hours>1</hours>"),
    )


def test_a_new_profile_gets_forward_secrecy_and_a_lifetime(firewalls):
    door = Door(ipsec_crypto_profile, firewalls())
    door.done({"name": "strong", "esp": {"encryption": ["aes-256-gcm"], "authentication": ["none"]}})
    assert door.stands(PLACE, entry(lifetime="<hours>1</hours>"))


def test_ah_takes_the_place_of_esp(firewalls):
    door = Door(ipsec_crypto_profile, firewalls())
    door.done({"name": "strong", "esp": {"encryption": ["aes-256-gcm"], "authentication": ["none"]}, "lifetime": {"seconds": 3600}})
    result = door.done({"name": "strong", "ah": {"authentication": ["sha256"]}})
    assert "aes-256-gcm" in result.diff["before"]
    assert "aes-256-gcm" not in result.diff["after"]
    assert door.stands(PLACE, entry("<ah><authentication><member>sha256</member></authentication></ah>"))


def test_another_unit_takes_the_place_of_the_lifetime(firewalls):
    door = Door(ipsec_crypto_profile, firewalls())
    door.done({"name": "strong", "esp": {"encryption": ["aes-256-gcm"], "authentication": ["none"]}})
    door.done({"name": "strong", "lifetime": {"minutes": 30}})
    assert door.stands(PLACE, entry(lifetime="<minutes>30</minutes>"))


GCM = {"encryption": ["aes-256-gcm"], "authentication": ["none"]}
REFUSALS = {
    "a new profile without any cipher": ({"name": "strong"}, "esp.encryption or ah.authentication", {}),
    "GCM with a hash": ({"name": "strong", "esp": {"encryption": ["aes-256-gcm"], "authentication": ["sha256"]}}, "esp.authentication", {}),
    "CBC without a hash": ({"name": "strong", "esp": {"encryption": ["aes-256-cbc"], "authentication": ["none"]}}, "forged", {}),
    "a lifetime out of range": ({"name": "strong", "esp": GCM, "lifetime": {"minutes": 2}}, "lifetime.minutes", {}),
    "a data limit out of range": ({"name": "strong", "esp": GCM, "lifesize": {"gb": 65536}}, "lifesize.gb", {}),
    "a group that does not exist": ({"name": "strong", "esp": GCM, "dh_group": "group3"}, "dh_group", {}),
    "a group that this version lacks": ({"name": "strong", "esp": GCM, "dh_group": "group15"}, "needs PAN-OS 10.2", {"version": "10.1"}),
    "a name that is too long": ({"name": "s" * 32, "esp": GCM}, "32 characters", {}),
}


@pytest.mark.parametrize("options, words, firewall", REFUSALS.values(), ids=REFUSALS.keys())
def test_refuses(firewalls, options, words, firewall):
    Door(ipsec_crypto_profile, firewalls(**firewall)).refused(options, words)
