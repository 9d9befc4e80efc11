# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What goes with a site: no object that anything still names, and none that may be somebody's own."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.prisma.needless import IKE_PROFILE, IPSEC_PROFILE, Named, needless
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.prisma.site import service

# A branch with one tunnel, which has all it needs under its own name, and a shop with another one.
THERE = {
    "tunnel branch": ["gateway branch", "ipsec_profile branch"], "gateway branch": ["ike_profile branch"],
    "tunnel shop": ["gateway shop", "ipsec_profile shop"], "gateway shop": ["ike_profile shop"],
    **{f"{kind} {name}": [] for kind in (IKE_PROFILE, IPSEC_PROFILE) for name in ("branch", "shop", "strong")},
}
ALL_OF_BRANCH = ["tunnel branch", "gateway branch", "ipsec_profile branch", "ike_profile branch"]
STRONG = {"encryption": "aes-256-gcm"}
CASES = {
    "all that only the site needs goes, each before what it names": ({}, {}, ALL_OF_BRANCH),
    "a tunnel that another site has stays, with all it names": ({}, {"shop": ["branch"]}, []),
    "a gateway that another tunnel names stays, with its profile": (
        {"tunnel shop": ["gateway branch", "ipsec_profile shop"]}, {}, ["tunnel branch", "ipsec_profile branch"]),
    "so does a profile of a gateway that no tunnel names": (
        {"gateway spare": ["ike_profile branch"]}, {}, ["tunnel branch", "gateway branch", "ipsec_profile branch"]),
    "and one of another tunnel": ({"tunnel spare": ["ipsec_profile branch"]}, {}, ["tunnel branch", "gateway branch", "ike_profile branch"]),
    "a profile with a name of its own is anybody's": (
        {"tunnel branch": ["gateway branch", "ipsec_profile strong"]}, {}, ["tunnel branch", "gateway branch", "ike_profile branch"]),
    "a gateway that is not ours to remove keeps its profile": (
        {"tunnel branch": ["gateway theirs", "ipsec_profile branch"], "gateway theirs": ["ike_profile branch"]}, {},
        ["tunnel branch", "ipsec_profile branch"]),
    "a tunnel that is not ours to remove keeps all": ({}, {"branch": ["theirs"]}, []),
    "one that is nowhere has nothing": ({}, {"branch": ["nowhere"]}, []),
}


def named(text):
    return Named(*text.split())


def going(there, tunnels, given, still_named=()):
    """C(tunnels): site → those that it has, where that is not the one of its name."""
    has = {"branch": ["branch"], "shop": ["shop"], **tunnels}
    sites = [{"name": name, **dict(zip(("ipsec_tunnel", "secondary_ipsec_tunnel"), ({"name": each} for each in has[name])))} for name in has]
    whole = {named(user): [named(each) for each in names] for user, names in {**THERE, "tunnel theirs": [], "gateway theirs": [], **there}.items()}
    standing = service({"remote_networks": sites}).remote_networks
    found = needless(service({"remote_networks": [given]}).remote_networks, standing, still_named, whole, lambda each: each.name != "theirs")
    return [" ".join(each) for each in found]


@pytest.mark.parametrize("there, tunnels, expected", CASES.values(), ids=CASES)
def test_what_goes_with_a_site(there, tunnels, expected):
    assert going(there, tunnels, {"name": "branch"}) == expected


def test_a_profile_goes_whose_contents_are_given():
    there = {"tunnel branch": ["gateway branch", "ipsec_profile strong"], "gateway branch": ["ike_profile strong"]}
    described = {"name": "branch", "ike_crypto_profile": "strong", "ipsec_crypto_profile": "strong", "ike": STRONG, "ipsec": STRONG}
    found = going(there, {}, {"name": "branch", "ipsec_tunnel": described})
    assert found == ["tunnel branch", "gateway branch", "ipsec_profile strong", "ike_profile strong"]


def test_a_tunnel_that_is_still_named_stays():
    assert going({}, {"branch": ["branch", "old"]}, {"name": "branch", "ipsec_tunnel": {"name": "branch"}}, {"branch"}) == []
    assert going({"tunnel old": ["gateway branch"]}, {"branch": ["branch", "old"]}, {"name": "branch"}, {"branch"}) == ["tunnel old"]
