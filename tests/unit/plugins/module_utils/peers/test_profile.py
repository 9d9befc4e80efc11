# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A profile's types: what follows from them, and that nothing is lost on the way through a playbook."""

from __future__ import annotations

import contextlib
import copy
import dataclasses
import json

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers import fields, problems, profile
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import IkeProposal, IpsecProposal, Profile, Tunnel
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.input_problems import check
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.vpn import Vpn

TYPES = [kind for kind in vars(profile).values() if dataclasses.is_dataclass(kind) and kind.__module__ == profile.__name__]
each_type = pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.__name__)
TEXTS = st.text("abcxyz019.:/-_", min_size=1, max_size=12)


def values_of(kind) -> st.SearchStrategy:
    """Anything that a type can hold: what may be unknown is there or not."""
    defaults = {each.name: each.default for each in dataclasses.fields(kind)}
    return st.builds(kind, **{field.name: _values(field, defaults[field.name]) for field in fields.fields_of(kind)})


def _values(field, default) -> st.SearchStrategy:
    if field.is_nested:
        one = values_of(field.kind)
    elif field.said.choices:
        one = st.sampled_from(field.said.choices)
    elif field.said.form:
        one = st.sampled_from({"address": ["169.254.10.2", "fd00::2"], "network": ["169.254.10.0/30", "fd00::/126"]}[field.said.form])
    else:
        one = {str: TEXTS, int: st.integers(*(field.said.limits or (0, 2**32))), bool: st.booleans()}[field.kind]
    found = st.lists(one, max_size=3).map(tuple) if field.many else one
    return st.one_of(st.none(), found) if default is None else found


@each_type
def test_every_field_says_what_it_is(kind):
    for field in fields.fields_of(kind):
        assert all(text.endswith(".") for text in field.said.description)
        # Ansible lets no null pass where it knows the choices.
        assert not (field.said.told and field.said.choices)


@settings(deadline=None, max_examples=100)
@given(values_of(Profile))
def test_nothing_is_lost_on_the_way_through_a_playbook(described):
    """As a filter returns it, as JSON, through a module's argument spec, and read again."""
    mapping = json.loads(json.dumps(fields.plain(described)))
    validated = ArgumentSpecValidator(fields.argument_spec(Profile)).validate(copy.deepcopy(mapping))
    assert validated.error_messages == []
    again = fields.read(Profile, validated.validated_parameters, "connection")
    assert fields.plain(again) == fields.plain(described)
    assert fields.read(Profile, mapping, "connection") == again


def test_more_tunnels_than_there_can_be_are_refused():
    """The filters and the module say so alike."""
    ike, ipsec = IkeProposal("ikev2", "aes-256-cbc", "sha256", "group20", 28800), IpsecProposal("aes-256-gcm", "none", "group20", 3600)
    tunnels = tuple(Tunnel(f"203.0.113.{number}", pre_shared_key="notReal.one", ike=ike, ipsec=ipsec) for number in range(1, 12))
    for count in range(1, len(tunnels) + 1):
        too_many = count > 8
        found = problems.problems(Profile("paris", tunnels=tunnels[:count]))
        assert found == ([f"paris has {count} tunnels; 8 are the most"] if too_many else [])
        with pytest.raises(InvalidInput, match="1 to 8 tunnels are supported") if too_many else contextlib.nullcontext():
            check(Vpn("paris", tunnels[:count], "routes", "ethernet1/8", "vpn", ("trust",), ("10.10.0.0/24",), ("10.200.0.0/16",),
                      policy_based=True))


@each_type
def test_every_number_says_what_it_counts_and_where_that_is_written(kind):
    for field in fields.fields_of(kind):
        if field.kind is int:
            assert field.said.limits and field.said.source, field.name
            assert field.said.unit or field.name in ("local_as", "peer_as", "med"), field.name


@pytest.mark.parametrize("mapping, words", [
    ({"dpd": {"interval": 1}}, "tunnels\\[1\\].dpd.interval: 1 is not within 2 to 100 seconds"),
    ({"dpd": {"interval": "101"}}, "101 is not within 2 to 100 seconds"),
    ({"path_mtu": 9217}, "path_mtu: 9217 is not within 576 to 9216 octets"),
    ({"bgp": {"local_as": 4294967296}}, "bgp.local_as: 4294967296 is not within 1 to 4294967295"),
])
def test_a_number_that_makes_no_sense_is_refused_with_its_range(mapping, words):
    with pytest.raises(InvalidInput, match=words):
        profile.tunnels_of([{**SOUND, **mapping}])


@pytest.mark.parametrize("mapping", [{"dpd": {"interval": 2}}, {"dpd": {"interval": 100}}, {"path_mtu": 576}, {"bgp": {"local_as": 4294967295}}])
def test_the_ends_of_a_range_are_in_it(mapping):
    assert profile.tunnels_of([{**SOUND, **mapping}])


@settings(deadline=None, max_examples=30)
@given(values_of(Tunnel))
def test_a_key_is_in_no_repr(tunnel):
    tunnel = dataclasses.replace(tunnel, pre_shared_key="the.key#itself")
    assert "the.key#itself" not in repr(tunnel) + repr(Profile("vpn", tunnels=(tunnel,)))


@each_type
def test_documentation_and_argument_spec_are_of_one_shape(kind):
    def shape(options, below):
        return {name: (option["type"], option.get("elements"), option.get("required", False), option.get("choices"), shape(option.get(below, {}), below))
                for name, option in options.items()}

    assert shape(fields.documentation(kind), "suboptions") == shape(fields.argument_spec(kind), "options")
    assert set(fields.returned(kind)) == set(fields.argument_spec(kind))


SOUND = {"outside_address": "203.0.113.17", "ike": {}, "ipsec": {}}
WRONG = {
    "no mapping": ("vpn", "tunnels\\[2\\]: a text is given where options belong"),
    "an unknown option": ({**SOUND, "outside": "x"}, "tunnels\\[2\\]: there is no outside; there are outside_address, "),
    "a required one missing": ({"ike": {}, "ipsec": {}}, "tunnels\\[2\\]: outside_address is missing"),
    "a text for a number": ({**SOUND, "mtu": "large"}, "tunnels\\[2\\].mtu: 'large' is no number"),
    "a truth value for a number": ({**SOUND, "mtu": True}, "tunnels\\[2\\].mtu: 'True' is no number"),
    "not among the choices": ({**SOUND, "ike": {"version": "ikev3"}}, "tunnels\\[2\\].ike.version: 'ikev3' is none of ikev1, ikev2"),
    "a value for a list": ({**SOUND, "offers": {"ike": {"hash": "sha1"}}}, "tunnels\\[2\\].offers.ike.hash: 'sha1' is given where a list belongs"),
    "a list in a list": ({**SOUND, "offers": {"ike": {"hash": ["sha1", []]}}}, "tunnels\\[2\\].offers.ike.hash\\[2\\]: a list is no text"),
    "a mapping for a text": ({**SOUND, "peer_id": {"a": 1}}, "tunnels\\[2\\].peer_id: a dictionary is no text"),
}


@pytest.mark.parametrize("given_, words", WRONG.values(), ids=WRONG.keys())
def test_what_cannot_be_read_is_told_with_its_place(given_, words):
    with pytest.raises(InvalidInput, match=words):
        profile.tunnels_of([SOUND, given_])


def test_a_key_that_cannot_be_read_is_not_told():
    with pytest.raises(InvalidInput) as refused:
        profile.tunnels_of([{**SOUND, "pre_shared_key": ["the.key"]}])
    assert "tunnels[1].pre_shared_key" in str(refused.value) and "the.key" not in str(refused.value)


def test_numbers_may_come_as_text():
    (tunnel,) = profile.tunnels_of([{**SOUND, "mtu": " 1436 ", "bgp": {"peer_as": "64512"}}])
    assert (tunnel.mtu, tunnel.bgp.peer_as) == (1436, 64512)
