# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module ike_crypto_profile."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import ike_crypto_profile
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import NETWORK, Case, Door, DoorContract

PLACE = f"{NETWORK}/ike/crypto-profiles/ike-crypto-profiles/entry[@name='strong']"


def entry(hashes="<member>sha512</member><member>sha384</member>", lifetime="<seconds>28800</seconds>", more=""):
    return f"""<entry name="strong">
        <dh-group><member>group20</member><member>group19</member></dh-group>
        <encryption><member>aes-256-cbc</member></encryption>
        <hash>{hashes}</hash><lifetime>{lifetime}</lifetime>{more}</entry>"""


class TestIkeCryptoProfile(DoorContract):
    case = Case(
        ike_crypto_profile,
        identity={"name": "strong"},
        options={"dh_group": ["group20", "group19"], "encryption": ["aes-256-cbc"], "hash": ["sha512", "sha384"], "lifetime": {"seconds": 28800}},
        place=PLACE,
        entry=entry(),
        change={"authentication_multiple": 3},
        writes=[("set", "")],
        changed=entry(more="<authentication-multiple>3</authentication-multiple>"),
        replacement={"dh_group": ["group20", "group19"], "encryption": ["aes-256-cbc"], "hash": ["sha384"], "lifetime": {"hours": 8}},
        replaced=entry("<member>sha384</member>", "<hours>8</hours>"),
    )


CREATED = """<entry name="strong"><dh-group><member>group20</member></dh-group><encryption><member>aes-256-cbc</member></encryption>
    <hash><member>sha384</member></hash><lifetime><hours>8</hours></lifetime></entry>"""


def test_a_new_profile_gets_strong_values(firewalls):
    door = Door(ike_crypto_profile, firewalls())
    result = door.done({"name": "strong"})
    assert "aes-256-cbc" in result.diff["after"]
    assert door.stands(PLACE, CREATED)


def test_replacing_with_nothing_gives_what_a_new_profile_gets(firewalls):
    door = Door(ike_crypto_profile, firewalls())
    door.done({"name": "strong", "hash": ["sha1"], "lifetime": {"days": 1}, "authentication_multiple": 2})
    assert door.done({"name": "strong"}, state="replaced").changed
    assert door.stands(PLACE, CREATED)
    assert not door.done({"name": "strong"}, state="replaced").changed


def test_the_order_of_proposals_is_written_as_one_list(firewalls):
    door = Door(ike_crypto_profile, firewalls())
    door.done({"name": "strong", "hash": ["sha384", "sha512"]})
    assert door.done({"name": "strong", "hash": ["sha512", "sha384"]}).changed
    assert door.writes() == [("edit", f"{PLACE}/hash")]


REFUSALS = {
    "a name that is too long": ({"name": "s" * 32}, "32 characters", {}),
    "a name that PAN-OS does not take": ({"name": "to/aws"}, "to/aws", {}),
    "a lifetime below the range": ({"name": "strong", "lifetime": {"seconds": 179}}, "lifetime.seconds", {}),
    "a lifetime above the range": ({"name": "strong", "lifetime": {"days": 366}}, "lifetime.days", {}),
    "too many lifetimes": ({"name": "strong", "authentication_multiple": 51}, "authentication_multiple", {}),
    "a cipher that does not exist": ({"name": "strong", "encryption": ["rot13"]}, "encryption", {}),
    "a group that this version lacks": ({"name": "strong", "dh_group": ["group21"]}, "dh_group: group21 needs PAN-OS 10.2", {"version": "10.1.12"}),
    "a cipher that this version dropped": ({"name": "strong", "encryption": ["des"]}, "no longer take des", {"version": "11.2.5"}),
}


@pytest.mark.parametrize("options, words, firewall", REFUSALS.values(), ids=REFUSALS.keys())
def test_refuses(firewalls, options, words, firewall):
    Door(ike_crypto_profile, firewalls(**firewall)).refused(options, words)
