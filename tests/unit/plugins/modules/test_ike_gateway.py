# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module ike_gateway, and what becomes of its secrets."""

from __future__ import annotations

import json

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import secrets
from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import ike_gateway
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import NETWORK, Case, Door, DoorContract

PLACE = f"{NETWORK}/ike/gateway/entry[@name='to-lyon']"
KEY_PLACE = f"{PLACE}/authentication/pre-shared-key/key"
KEY = "correct.horse_battery9"
NEW = {
    "name": "to-lyon",
    "local_address": {"interface": "ethernet1/8", "ip": "198.51.100.10/24"},
    "peer_address": {"ip": "203.0.113.17"},
    "pre_shared_key": KEY,
}
DPD = "<dpd><enable>yes</enable><interval>5</interval></dpd>"


def entry(profile="Suite-B-GCM-256", dpd=DPD, more=""):
    return f"""<entry name="to-lyon">
        <local-address><interface>ethernet1/8</interface><ip>198.51.100.10/24</ip></local-address>
        <peer-address><ip>203.0.113.17</ip></peer-address>
        <protocol><version>ikev2</version><ikev2><ike-crypto-profile>{profile}</ike-crypto-profile>{dpd}</ikev2></protocol>{more}</entry>"""


class TestIkeGateway(DoorContract):
    """The key, whose stored form only the firewall knows, is looked at by the tests of secrets below."""

    case = Case(
        ike_gateway,
        identity={"name": "to-lyon"},
        options={"local_address": {"interface": "ethernet1/8", "ip": "198.51.100.10/24"}, "peer_address": {"ip": "203.0.113.17"},
                 "version": "ikev2", "ikev2": {"ike_crypto_profile": "Suite-B-GCM-256", "dpd": {"enable": True, "interval": 5}},
                 "pre_shared_key": KEY},
        secrets={"pre_shared_key": "authentication"},
        place=PLACE,
        entry=entry(),
        change={"nat_traversal": {"enable": True}},
        writes=[("set", "")],
        changed=entry(more="<protocol-common><nat-traversal><enable>yes</enable></nat-traversal></protocol-common>"),
        replacement={"local_address": {"interface": "ethernet1/8", "ip": "198.51.100.10/24"}, "peer_address": {"ip": "203.0.113.17"},
                     "version": "ikev2", "ikev2": {"ike_crypto_profile": "Suite-B-GCM-128", "dpd": {"enable": True, "interval": 5}}},
        replaced=entry("Suite-B-GCM-128"),
        examples={"{{ vault_key_lyon }}": KEY, "{{ vault_new_key_lyon }}": KEY + "2", "{{ vault_key_vans }}": KEY},
    )


def test_a_new_gateway_speaks_ikev2_and_probes_its_peer(firewalls):
    door = Door(ike_gateway, firewalls())
    door.done({**NEW, "ikev2": {"ike_crypto_profile": "Suite-B-GCM-256"}})
    assert door.stands(f"{PLACE}/protocol", f"""<protocol><version>ikev2</version>
        <ikev2>{DPD}<ike-crypto-profile>Suite-B-GCM-256</ike-crypto-profile></ikev2></protocol>""")


def test_a_dynamic_peer_takes_the_place_of_an_address(firewalls):
    door = Door(ike_gateway, firewalls())
    door.done(NEW)
    result = door.done({"name": "to-lyon", "peer_address": {"dynamic": True}})
    assert "203.0.113.17" in result.diff["before"]
    assert door.stands(f"{PLACE}/peer-address", "<peer-address><dynamic/></peer-address>")


def test_what_stands_of_others_stays_as_it_is(firewalls):
    door = Door(ike_gateway, firewalls())
    place = f"{NETWORK}/ike/gateway/entry[@name='branch-7']"
    before = door.control.candidate(place)
    door.done({"name": "branch-7", "disabled": True})
    assert door.control.candidate(place) == before.replace("</entry>", "<disabled>yes</disabled></entry>")


# Every character that means something in XML, URLs, JSON, shells or Python, and one of the form that AWS makes.
KEYS = {"a hostile key": "a&b<c>d'e\"f\\g", "a key of the form that AWS makes": "zEr0.kN_w7LdUq2.AbCdEfGhIjKlMn_o"}
each_key = pytest.mark.parametrize("key", KEYS.values(), ids=KEYS.keys())


def spellings(key, stored=""):
    """Every form of a key that must not be seen, the firewall's stored one included."""
    return {form for form in secrets.printable_forms(key) | {json.dumps(key)[1:-1], stored} if form}


def seen(result, key, stored=""):
    text = result.everything()
    return sorted(form for form in spellings(key, stored) if form in text)


@each_key
def test_a_key_arrives_whole_and_is_never_seen(firewalls, key):
    door = Door(ike_gateway, firewalls())
    for options in (NEW, {**NEW, "comment": "again"}):
        result = door.done({**options, "pre_shared_key": key})
        assert result.changed
        assert seen(result, key, door.text(KEY_PLACE)) == []
    assert secrets.same(key, door.text(KEY_PLACE)) is True
    unchanged = door.done({**NEW, "pre_shared_key": key})
    assert not unchanged.changed
    assert seen(unchanged, key, door.text(KEY_PLACE)) == []


@each_key
def test_a_changed_key_is_noticed_and_shown_as_a_mark(firewalls, key):
    door = Door(ike_gateway, firewalls())
    door.done(NEW)
    checked = door.done({"name": "to-lyon", "pre_shared_key": key}, check=True)
    result = door.done({"name": "to-lyon", "pre_shared_key": key})
    assert result.changed
    assert "(secret " in result.diff["before"]
    assert result.diff["before"] != result.diff["after"]
    assert secrets.same(key, door.text(KEY_PLACE)) is True
    for outcome in (checked, result):
        assert seen(outcome, key, door.text(KEY_PLACE)) == []
        assert seen(outcome, KEY) == []


@each_key
@pytest.mark.parametrize("fault", [
    {"kind": "error", "code": 12, "message": "to-lyon -> comment is invalid"},
    {"kind": "drop_before"}, {"kind": "html"}, {"kind": "forbidden"}, {"kind": "unavailable"}, {"kind": "session_timeout"},
], ids=lambda fault: fault["kind"])
def test_a_key_is_not_seen_where_the_write_fails(firewalls, key, fault):
    door = Door(ike_gateway, firewalls())
    door.control.fault(**fault, when={"type": "config", "action": "multi-config"}, times=9)
    result = door.run({**NEW, "pre_shared_key": key})
    assert result.failed
    assert seen(result, key) == []


@each_key
@pytest.mark.parametrize("fault", ["drop_after", "truncate"])
def test_a_key_is_not_seen_where_the_answer_is_lost(firewalls, key, fault):
    door = Door(ike_gateway, firewalls())
    door.control.fault(fault, when={"type": "config", "action": "multi-config"})
    result = door.done({**NEW, "pre_shared_key": key})
    assert result.changed
    assert [action for action, dummy in door.writes()] == ["set"]
    assert seen(result, key, door.text(KEY_PLACE)) == []


@each_key
def test_a_key_is_not_seen_where_an_option_is_wrong(firewalls, key):
    door = Door(ike_gateway, firewalls())
    quantum = {"pq_ppk": {"keys": [{"name": "k" * 40, "key": key}]}}
    for wrong in ({"version": "ikev3"}, {"comment": "c" * 1024}, {"pre_shared_key": key * 30}, {"ikev2": quantum}):
        assert seen(door.refused({**NEW, "pre_shared_key": key, **wrong}), key) == []


@each_key
def test_gathering_leaves_keys_out(firewalls, key):
    door = Door(ike_gateway, firewalls())
    door.done({**NEW, "pre_shared_key": key})
    result = door.done({}, state="gathered")
    assert [gateway["name"] for gateway in result.values["gathered"]] == ["branch-7", "to-lyon"]
    assert seen(result, key, door.text(KEY_PLACE)) == []


def test_replacing_without_a_key_keeps_the_key(firewalls):
    door = Door(ike_gateway, firewalls())
    door.done(NEW)
    stored = door.text(KEY_PLACE)
    door.done({**{option: value for option, value in NEW.items() if option != "pre_shared_key"}, "comment": "no key given"}, state="replaced")
    assert door.text(KEY_PLACE) == stored


@pytest.mark.parametrize("update_secret, changed", [(None, False), ("on_create", False), ("always", True)])
def test_a_key_that_cannot_be_compared(firewalls, update_secret, changed):
    door = Door(ike_gateway, firewalls(secrets="opaque"))
    door.done(NEW)
    result = door.done({**NEW, **({"update_secret": update_secret} if update_secret else {})})
    assert result.changed is changed
    assert [warning for warning in result.warnings if "whether pre_shared_key is the one that it has cannot be told" in warning] == result.warnings
    assert bool(result.warnings) is not changed
    assert seen(result, KEY, door.text(KEY_PLACE)) == []


def test_post_quantum_keys_are_secrets_too(firewalls):
    door = Door(ike_gateway, firewalls())
    key = "0123456789abcdef" * 4
    options = {**NEW, "ikev2": {"pq_ppk": {"enabled": True, "negotiation_mode": "preferred", "keys": [{"name": "ppk-1", "key": key}]}}}
    result = door.done(options)
    assert seen(result, key) == []
    assert not door.done(options).changed


REFUSALS = {
    "a new gateway without a key": ({"pre_shared_key": None}, "pre_shared_key or certificate", {}),
    "a new gateway without a peer": ({"peer_address": None}, "peer_address", {}),
    "a new gateway without an interface": ({"local_address": {"ip": "198.51.100.10/24"}}, "local_address.interface", {}),
    "a version that does not exist": ({"version": "ikev3"}, "version", {}),
    "a probe out of range": ({"ikev2": {"dpd": {"interval": 1}}}, "ikev2.dpd.interval: 1 is outside 2 to 100 seconds", {}),
    "a keep-alive out of range": ({"nat_traversal": {"keep_alive_interval": 9}}, "nat_traversal.keep_alive_interval", {}),
    "a key that is too long": ({"pre_shared_key": "k" * 256}, "pre_shared_key: 256 characters", {}),
    "a comment that is too long": ({"comment": "c" * 1024}, "comment: 1024 characters", {}),
    "a pattern with a key": ({"peer_id": {"type": "fqdn", "id": "*.example.com", "matching": "wildcard"}}, "peer_id.matching", {}),
    "a named dynamic peer in main mode": (
        {"version": "ikev1", "ikev1": {"exchange_mode": "main"}, "peer_address": {"dynamic": True}, "peer_id": {"type": "fqdn", "id": "a.example"}},
        "aggressive", {}),
    "post-quantum keys with IKEv1": ({"version": "ikev1", "ikev2": {"pq_ppk": {"enabled": True}}}, "ikev2.pq_ppk", {}),
    "post-quantum keys before 11.1": ({"ikev2": {"pq_ppk": {"enabled": True}}}, "needs PAN-OS 11.1", {"version": "11.0"}),
    "post-quantum rounds before 11.2": ({"ikev2": {"pq_kem": {"enable": True}}}, "needs PAN-OS 11.2", {}),
    "a name that is too long": ({"name": "g" * 64}, "64 characters", {}),
    "a name with a colon": ({"name": "to:lyon"}, "to:lyon", {}),
}


@pytest.mark.parametrize("options, words, firewall", REFUSALS.values(), ids=REFUSALS.keys())
def test_refuses(firewalls, options, words, firewall):
    given = {option: value for option, value in {**NEW, **options}.items() if value is not None}
    Door(ike_gateway, firewalls(**firewall)).refused(given, words)
