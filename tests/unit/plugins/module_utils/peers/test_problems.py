# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers import problems
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.fields import read
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import Profile
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.rules import rules_of


def connection(routing="static", **changes):
    """A sound profile of two tunnels, as far as the checks look; C(changes) are those of the second tunnel."""
    tunnels = []
    for number, changed in enumerate(({}, changes), 1):
        tunnel = {
            "outside_address": f"203.0.113.{number}",
            "inside_cidr": f"169.254.10.{4 * number}/30",
            "inside_peer_address": f"169.254.10.{4 * number + 1}",
            "pre_shared_key": f"notReal.key_{number}", "ike": {}, "ipsec": {}, "cloud": "aws",
            "traffic_selectors": {"local": "0.0.0.0/0", "remote": "0.0.0.0/0"},
        }
        if routing == "bgp":
            tunnel["bgp"] = {"local_as": 65000, "peer_as": 64512, "hold_time": 30, "keep_alive": 10}
        tunnels.append({**tunnel, **changed})
    return read(Profile, {"id": "vpn-0abc", "routing": routing, "tunnels": tunnels}, "profile")


NARROW = {"local": "10.10.0.0/24", "remote": "10.200.0.0/16"}
SAME_AS = {"local_as": 64512, "peer_as": 64512, "hold_time": 30, "keep_alive": 10}


@pytest.mark.parametrize(
    "given, arguments",
    [
        (connection(), {"failover": "pbf"}),
        (connection("bgp"), {"failover": "bgp"}),
        (connection("bgp"), {}),
        (connection(pre_shared_key=None), {"pre_shared_keys": ["notReal.one", "notReal.two"]}),
        (connection(pre_shared_key=None), {"pre_shared_keys": [None, "notReal.two"]}),
        (connection(traffic_selectors=NARROW), {"failover": "pbf", "monitor_addresses": [None, "10.200.1.1"]}),
    ],
    ids=["static with PBF", "BGP with BGP", "failover not yet known", "keys given", "only the missing key given", "monitor inside the selectors"],
)
def test_a_sound_profile_has_no_problems(given, arguments):
    assert problems.problems(given, **arguments) == []


@pytest.mark.parametrize(
    "given, arguments, words",
    [
        (connection(), {"failover": "bgp"}, ["vpn-0abc", "static", "'pbf'"]),
        (connection("bgp"), {"failover": "pbf"}, ["vpn-0abc", "BGP", "'bgp'"]),
        (connection("bgp", bgp=SAME_AS), {}, ["203.0.113.2", "64512", "differ"]),
        (connection(inside_cidr="169.254.0.0/30"), {}, ["203.0.113.2", "169.254.0.0/30", "reserved"]),
        (connection(inside_ipv6_cidr="2001:db8::/126"), {}, ["203.0.113.2", "2001:db8::/126"]),
        (connection("bgp", traffic_selectors=NARROW), {"failover": "bgp"}, ["203.0.113.2", "10.10.0.0/24", "10.200.0.0/16", "BGP"]),
        (connection(traffic_selectors=NARROW), {"failover": "pbf"}, ["203.0.113.2", "monitor address 169.254.10.9"]),
        (connection(pre_shared_key=None), {}, ["203.0.113.2", "no readable pre-shared key"]),
        (connection(), {"pre_shared_keys": ["notReal.one"]}, ["2 tunnels", "1 pre-shared keys"]),
    ],
    ids=[
        "static connection with bgp",
        "BGP connection with pbf",
        "the same AS on both sides",
        "reserved inside range",
        "IPv6 inside range outside fd00::/8",
        "narrowed selectors with bgp",
        "monitor that no proxy ID carries",
        "key missing",
        "fewer keys than tunnels",
    ],
)
def test_each_problem_is_named(given, arguments, words):
    (problem,) = problems.problems(given, **arguments)
    assert all(word in problem for word in words)


def pairs(*found):
    return [{"local": local, "remote": remote} for local, remote in found]


TWO = pairs(("10.10.0.0/24", "10.200.0.0/16"), ("10.11.0.0/24", "10.200.0.0/16"))
OVERLAPPING = pairs(("10.10.0.0/16", "10.200.0.0/16"), ("10.10.1.0/24", "10.200.0.0/24"))
BESIDE = pairs(("10.10.0.0/16", "10.200.0.0/16"), ("10.10.1.0/24", "10.201.0.0/16"), ("2001:db8::/32", "2001:db8::/32"))


@pytest.mark.parametrize("given, words", [
    ({"cloud": "gcp", "selector_pairs": TWO}, "has 2 pairs of networks, Google takes 1; summarize the networks in Google Cloud"),
    ({"cloud": None, "selector_pairs": TWO}, None),
    ({"cloud": "azure", "selector_pairs": pairs(*((f"10.{number}.0.0/24", "10.200.0.0/16") for number in range(101)))}, "has 101 pairs of networks"),
    ({"cloud": "azure", "selector_pairs": pairs(*((f"10.{number}.0.0/24", "10.200.0.0/16") for number in range(100)))}, None),
    ({"cloud": None, "selector_pairs": OVERLAPPING}, "10.10.0.0/16 to 10.200.0.0/16 and 10.10.1.0/24 to 10.200.0.0/24 overlap"),
    ({"cloud": None, "selector_pairs": BESIDE}, None),
], ids=["more than one", "no cloud", "more than a hundred", "a hundred", "overlapping", "side by side"])
def test_pairs_of_networks(given, words):
    found = problems.pair_problems("vpn", connection(**given).tunnels)
    assert found == [] if words is None else (len(found) == 1 and words in found[0])


@pytest.mark.parametrize(
    "key",
    ["short.7", "0starts.with.zero", "x" * 65, "has space.in.it", "has-a-hyphen", "ampersand&more", "quote'\"<>\\", "newline.at.end\n"],
)
def test_a_key_outside_aws_rule_is_a_problem_that_does_not_show_it(key):
    (problem,) = problems.problems(connection(), pre_shared_keys=["notReal.one", key])
    assert "203.0.113.2" in problem
    assert key not in problem


@pytest.mark.parametrize("key", ["A1._aaaa", "a" * 64, "_0000000", ".0000000"], ids=["eight", "sixty-four", "underscore first", "dot first"])
def test_keys_within_aws_rule(key):
    assert rules_of("aws").key_problem(key) is None
