# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A VPN as the user describes it."""

from __future__ import annotations

from dataclasses import fields

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.aws import reader
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.fit import fitted
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.input_problems import check, check_name
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.names import NAME_LENGTH
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.vpn import Vpn


@pytest.fixture
def tunnels(repository) -> tuple:
    found = fitted(reader.vpn_connection((repository / "playbooks" / "files" / "connection_bgp.json").read_text(encoding="utf-8")))
    return found.tunnels


def vpn(tunnels, failover="bgp", **more) -> Vpn:
    return Vpn("vpn-1", tunnels, failover, "ethernet1/8", "vpn", ("trust",), ("10.10.0.0/24",), **{"remote_networks": ("10.200.0.0/16",), **more})


def test_what_a_cloud_says_passes(tunnels):
    check(vpn(tunnels))
    check(vpn(tunnels, "pbf", backup_routes=True))


def test_every_problem_is_told_at_once(tunnels):
    with pytest.raises(InvalidInput) as refused:
        check(vpn(tunnels, primary_tunnel=3, tunnel_interfaces=("tunnel.1",), remote_networks=("0.0.0.0/0", "10.10.0.0/16")))
    for words in ("primary_tunnel", "tunnel_interfaces", "allow_default_route", "overlaps the local network"):
        assert words in str(refused.value)


def test_no_key_is_in_a_refusal_or_a_repr(tunnels):
    keys = [tunnel.pre_shared_key for tunnel in tunnels]
    wrong = vpn(tunnels, "pbf", local_preference=(1,), remote_networks=("x",))
    with pytest.raises(InvalidInput) as refused:
        check(wrong)
    assert [key for key in keys if key in str(refused.value) + repr(wrong)] == []


# How traffic goes over to another tunnel, and what each option needs of that to have an effect.
WAYS = {
    "pbf": {"failover": "pbf"}, "bgp": {"failover": "bgp"}, "ecmp": {"failover": "ecmp"}, "routes": {"failover": "routes"},
    "routes through one tunnel": {"failover": "routes", "tunnels": 1}, "routes by pairs of networks": {"failover": "routes", "policy_based": True},
}
WITH_BGP = {"bgp", "ecmp"}
EFFECTS = {
    "monitor_interval": (5, {"pbf", "routes"}), "monitor_threshold": (4, {"pbf", "routes"}),
    "monitor_addresses": (("10.200.0.1", "10.200.0.2"), {"pbf", "routes"}), "when_both_down": ("route", {"pbf", "routes"}),
    "backup_routes": (True, {"pbf"}), "local_preference": ((200, 100), {"bgp"}), "as_path_prepend": ((0, 1), {"bgp"}),
    "router_id": ("192.0.2.1", WITH_BGP), "install_route": (True, WITH_BGP), "redistribute": ("static", WITH_BGP), "allow_readvertise": (True, set(WAYS)),
    "bgp_secrets": (("notReal.1", "notReal.2"), WITH_BGP), "mtu": (1400, set(WAYS)), "nat_exemption": (True, set(WAYS)), "adopt": (True, set(WAYS)),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("option", EFFECTS)
def test_an_option_is_refused_where_it_would_have_no_effect(tunnels, option, way):
    how = dict(WAYS[way])
    chosen = tunnels[:how.pop("tunnels", len(tunnels))]
    value, ways = EFFECTS[option]
    said = value[:len(chosen)] if isinstance(value, tuple) else value
    wanted = vpn(chosen, **how, **{option: said})
    if way in ways:
        check(wanted)
    else:
        with pytest.raises(InvalidInput, match=f"^{option} goes with failover: .*; it has no effect with {how['failover']}.*, leave it out$"):
            check(wanted)


@pytest.mark.parametrize("way", WAYS)
def test_what_is_usual_says_nothing(tunnels, way):
    """The roles hand it on without being asked."""
    how = dict(WAYS[way])
    usual = {each.name: each.default for each in fields(Vpn) if each.name in EFFECTS}
    check(vpn(tunnels[:how.pop("tunnels", len(tunnels))], **{**usual, **how, "backup_routes": False, "install_route": False}))


@pytest.mark.parametrize("name", ["vpn-0123456789abcdef0", "a", "Lyon_2.b", "x" * NAME_LENGTH])
def test_names(name):
    check_name(name)


@pytest.mark.parametrize("name", ["", "-a", "a b", "a/b", "a'b", "x" * (NAME_LENGTH + 1), "ü"])
def test_what_is_no_name(name):
    with pytest.raises(InvalidInput, match="it begins the names of all objects"):
        check_name(name)


def test_the_preferred_tunnel_comes_first(tunnels):
    assert vpn(tunnels).path_order == [1, 2]
    assert vpn(tunnels, primary_tunnel=2).path_order == [2, 1]


def test_tunnels_that_are_treated_alike_share_a_peer_group(tunnels):
    assert [vpn(tunnels).peer_group(number) for number in (1, 2)] == ["vpn-1", "vpn-1"]
    assert [vpn(tunnels, as_path_prepend=(0, 1)).peer_group(number) for number in (1, 2)] == ["vpn-1-1", "vpn-1-2"]


def test_monitors_probe_the_peer_unless_told_otherwise(tunnels):
    assert vpn(tunnels).monitor_address(1) == tunnels[0].inside_peer_address
    assert vpn(tunnels, monitor_addresses=("10.200.0.1", "")).monitor_address(1) == "10.200.0.1"
    assert vpn(tunnels, monitor_addresses=("10.200.0.1", "")).monitor_address(2) == tunnels[1].inside_peer_address
