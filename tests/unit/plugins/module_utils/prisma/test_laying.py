# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is said of an object of the cloud, laid over what stands: what nobody speaks of stays, and a secret is shown nowhere."""

from __future__ import annotations

import copy
import json

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.prisma import laying
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.prisma.laying import ALWAYS, ON_CREATE, Wanted, laid
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.scm.kinds import IKE_GATEWAY, KINDS, REMOTE_NETWORK
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud.strata.schema import SCHEMAS, Fields, Many

KEY, OTHER = "the key of the branch", "another key"
GATEWAY = {
    "id": "e8a1de19", "name": "lyon-1", "folder": "Remote Networks", "authentication": {"pre_shared_key": {"key": KEY}},
    "peer_address": {"ip": "198.51.100.10"},
    "protocol": {"version": "ikev2", "ikev2": {"ike_crypto_profile": "lyon-1", "pq_ppk": {"keys": [{"name": "one", "key": "a quantum key"}]}}},
}

LAID = {
    "a field beside": ({"a": 1}, {"b": 2}, {"a": 1, "b": 2}),
    "a field below": ({"protocol": {"bgp": {"x": 1}}}, {"protocol": {"bgp": {"enable": True}}}, {"protocol": {"bgp": {"x": 1, "enable": True}}}),
    "another kind of address": ({"dynamic": {}, "x": 1}, {"ip": "192.0.2.1"}, {"ip": "192.0.2.1", "x": 1}),
    "another unit": ({"hours": 8}, {"seconds": 28800}, {"hours": 8}),
    "another lifetime": ({"hours": 8}, {"seconds": 3600}, {"seconds": 3600}),
    "ciphers in another order": ({"encryption": ["a", "b"]}, {"encryption": ["b", "a"]}, {"encryption": ["b", "a"]}),
    "subnets in another order": ({"subnets": ["a", "b"]}, {"subnets": ["b", "a"]}, {"subnets": ["a", "b"]}),
    "a proxy ID beside": ({"proxy_id": [{"name": "a", "x": 1}]}, {"proxy_id": [{"name": "b"}]}, {"proxy_id": [{"name": "a", "x": 1}, {"name": "b"}]}),
    "a link in place of another": ({"ecmp_tunnels": [{"name": "a"}, {"name": "b", "x": 1}]}, {"ecmp_tunnels": [{"name": "b", "y": 2}]},
                                   {"ecmp_tunnels": [{"name": "b", "x": 1, "y": 2}]}),
}


@pytest.mark.parametrize("under, over, expected", LAID.values(), ids=LAID.keys())
def test_what_is_said_is_laid_over_what_stands(under, over, expected):
    before = copy.deepcopy(under)
    assert laid(under, over) == expected
    assert under == before


def places(value, place=()):
    """Every mapping in a value."""
    if isinstance(value, dict):
        yield place
        for name, item in value.items():
            yield from places(item, (*place, name))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from places(item, (*place, number))


@pytest.mark.parametrize("place", list(places(GATEWAY)), ids=str)
def test_a_field_of_which_nobody_knows_survives_a_change(place):
    standing = copy.deepcopy(GATEWAY)
    holder = standing
    for name in place:
        holder = holder[name]
    holder["planted"] = {"by": "somebody"}
    wanted = Wanted(IKE_GATEWAY, "lyon-1", "Remote Networks", {
        "protocol": {"ikev2": {"ike_crypto_profile": "other"}}, "authentication": {"pre_shared_key": {"key": OTHER}}})
    holder = laying.step(wanted, standing, ALWAYS, []).body
    for name in place:
        holder = holder[name]
    assert holder["planted"] == {"by": "somebody"}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.resource)
def test_what_is_to_be_hidden_is_in_no_step_that_is_told(kind):
    """A secret at every path that a kind names, in lists and out of them."""
    standing: dict = {"id": "1", "name": "x", "folder": "Remote Networks"}
    for number, path in enumerate((*kind.secrets, *kind.private)):
        holder = standing
        for name in path[:-1]:
            holder = holder.setdefault(name, {})
            if name in ("ecmp_tunnels", "keys"):
                holder.setdefault("name", "entry")
        holder[path[-1]] = f"secret number {number}"
    for holder, name in ((standing, "ecmp_tunnels"), (standing.get("protocol", {}).get("ikev2", {}).get("pq_ppk", {}), "keys")):
        if name in holder:
            holder[name] = [holder[name]]
    told = laying.removal(kind, "Remote Networks", standing)
    assert "secret number" not in json.dumps(told.before)
    assert "secret number" not in repr(told)


def sounding_secret(kind, path=()):
    """The paths of all texts in a published schema that are called as keys are."""
    if isinstance(kind, Many):
        yield from sounding_secret(kind.of, path)
    elif isinstance(kind, Fields):
        for name, inner in kind.fields.items():
            yield from sounding_secret(inner, (*path, name))
    elif path[-1] in ("key", "secret", "password"):
        yield path


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.resource)
def test_every_key_of_the_schema_is_known_as_one(kind):
    assert set(sounding_secret(SCHEMAS[kind.resource])) == {*kind.secrets, *kind.private}


def test_a_key_that_is_hidden_is_not_sent_back():
    hidden = {**GATEWAY, "authentication": {"pre_shared_key": {"key": "********"}}}
    elsewhere = {"peer_address": {"ip": "198.51.100.11"}}
    with pytest.raises(Refused, match="does not show its secret"):
        laying.step(Wanted(IKE_GATEWAY, "lyon-1", "Remote Networks", elsewhere), hidden, ON_CREATE, [])
    given = {**elsewhere, "authentication": {"pre_shared_key": {"key": KEY}}}
    body = laying.step(Wanted(IKE_GATEWAY, "lyon-1", "Remote Networks", given), hidden, ON_CREATE, []).body
    assert body["authentication"]["pre_shared_key"]["key"] == KEY


def test_a_secret_of_one_link_is_compared_with_that_of_its_own():
    link = {"name": "a", "ipsec_tunnel": "a", "protocol": {"bgp": {"secret": KEY}}}
    standing = {"id": "1", "name": "Lyon", "folder": "Remote Networks", "ecmp_tunnels": [link, {**link, "name": "b", "protocol": {"bgp": {"secret": OTHER}}}]}
    same = Wanted(REMOTE_NETWORK, "Lyon", "Remote Networks", {"ecmp_tunnels": copy.deepcopy(standing["ecmp_tunnels"])})
    assert laying.step(same, standing, ON_CREATE, []) is None


@pytest.mark.parametrize("standing", [{}, {"ecmp_tunnels": []}, {"ecmp_tunnels": [{"name": "a"}]}, {"ecmp_tunnels": [{"name": "a", "protocol": {}}]}], ids=str)
def test_a_secret_is_new_where_there_is_no_place_for_it_yet(standing):
    link = {"name": "a", "ipsec_tunnel": "a", "protocol": {"bgp": {"secret": KEY}}}
    found = laying.step(Wanted(REMOTE_NETWORK, "Lyon", "Remote Networks", {"ecmp_tunnels": [link]}), {"id": "1", "name": "Lyon", **standing}, ON_CREATE, [])
    assert found.body["ecmp_tunnels"][0]["protocol"]["bgp"]["secret"] == KEY


@pytest.mark.parametrize("standing, place, left", [
    ({"bgp": {"secret": 1, "peer_as": 2}}, ("bgp", "secret"), {"bgp": {"peer_as": 2}}),
    ({"protocol": {"bgp": {"secret": 1}}, "x": 1}, ("protocol", "bgp", "secret"), {"x": 1}),
    ({"bgp": {"bgp": 1, "peer_as": 2}}, ("bgp", "bgp"), {"bgp": {"peer_as": 2}}),
    ({"bgp": {"enable": False}}, ("bgp",), {"bgp": {"enable": False}}),
], ids=["alone", "with each holder of which nothing is left", "and no holder of its own name", "what says nothing stays"])
def test_what_a_site_does_not_say_goes(standing, place, left):
    held = {"id": "1", "name": "branch", "folder": "Remote Networks", "spn_name": "a", **standing}
    found = laying.step(Wanted(REMOTE_NETWORK, "branch", "Remote Networks", {"spn_name": "b"}, exact=(place,)), held, ON_CREATE, [])
    assert found.body == {"name": "branch", "folder": "Remote Networks", "spn_name": "b", **left}
