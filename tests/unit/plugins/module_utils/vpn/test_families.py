# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Family of the outside × of the inside × of the networks × failover × engine: made so that all of it is of one family, or refused with words."""

from __future__ import annotations

import itertools
import xml.etree.ElementTree as ET
from dataclasses import replace
from ipaddress import ip_interface

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.tree import applied
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import Selectors
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.platform import LOGICAL_ROUTER, VIRTUAL_ROUTER
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.input_problems import check
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.vpn import Vpn
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.vpn.test_build import built, canonical, removed, start, tunnels

INSIDE = ("none", "4", "6", "4+6")
NETWORKS = {"4": (("10.10.0.0/24",), ("10.200.0.0/16",)), "6": (("2001:db8:10::/64",), ("2001:db8:f000::/56",))}
NETWORKS["4+6"] = tuple(one + other for one, other in zip(NETWORKS["4"], NETWORKS["6"]))
OUTSIDE = {"4": ("203.0.113.17", "203.0.113.18", "198.51.100.10"), "6": ("2001:db8:aa::1", "2001:db8:aa::2", "2001:db8:5::5")}
COMBINATIONS = list(itertools.product(OUTSIDE, INSIDE, NETWORKS, ("pbf", "bgp", "ecmp", "routes"), (VIRTUAL_ROUTER, LOGICAL_ROUTER)))


def wanted(outside, inside, networks, failover) -> Vpn:
    found = []
    for number, tunnel in enumerate(tunnels("bgp"), 1):
        ends = {} if "4" in inside else {"inside_cidr": None, "inside_address": None, "inside_peer_address": None}
        if "6" in inside:
            ends.update(inside_ipv6_cidr=f"fd00:77:{number}::/126", inside_ipv6_address=f"fd00:77:{number}::2",
                        inside_ipv6_peer_address=f"fd00:77:{number}::1")
        found.append(replace(tunnel, cloud=None, traffic_selectors=None, outside_address=OUTSIDE[outside][number - 1],
                             customer_outside_address=OUTSIDE[outside][2], **ends))
    local, remote = NETWORKS[networks]
    if failover == "routes":
        found = found[:1]
    return Vpn("vpn-1", tuple(found), failover, "ethernet1/8", "vpn", ("trust",), local, remote)


def reason(inside, networks, failover) -> str | None:
    """Why a combination is not made; None where it is."""
    if failover == "routes":
        return None
    if networks == "4+6":
        return "carries one family.*make a VPN for each of both.*failover: routes"
    if networks not in inside:
        return "needs inside_ipv6_cidr, inside_ipv6_address" if networks == "6" else "needs inside_cidr, inside_address"
    return None


def before(engine, outside):
    tree = ET.fromstring(ET.tostring(start(engine, "base")))
    layer3 = tree.find(".//interface/ethernet/entry[@name='ethernet1/8']/layer3")
    if outside == "6":
        layer3.append(ET.fromstring("<ipv6><enabled>yes</enabled><address><entry name='2001:db8:5::5/64'/></address></ipv6>"))
    return tree


def version(text: str) -> int:
    return ip_interface(text).version


@pytest.mark.parametrize("outside, inside, networks, failover, engine", COMBINATIONS, ids=str)
def test_each_combination_is_made_of_one_family_or_refused(outside, inside, networks, failover, engine):
    vpn = wanted(outside, inside, networks, failover)
    words = reason(inside, networks, failover)
    if words is not None:
        with pytest.raises(InvalidInput, match=words):
            check(vpn)
        return
    check(vpn)
    first = before(engine, outside)
    made = built(vpn, first, engine)
    after = applied(first, made.operations)
    _of_one_family(after, outside, networks, failover)
    assert built(vpn, after, engine).operations == []
    gone = applied(after, removed(vpn.name, after, engine).operations)
    assert canonical(gone) == canonical(first)


def _of_one_family(tree, outside, networks, failover) -> None:
    families = {int(text) for text in networks.split("+")}
    for gateway in tree.iterfind(".//ike/gateway/entry"):
        if gateway.get("name").startswith("vpn-1"):
            assert version(gateway.findtext("local-address/ip")) == version(gateway.findtext("peer-address/ip")) == int(outside)
            assert (gateway.findtext("ipv6") == "yes") == (outside == "6")
    for peer in tree.iterfind(".//bgp/peer-group/entry/peer/entry"):
        if peer.get("name").startswith("vpn-1"):
            ends = {version(peer.findtext("local-address/ip")), version(peer.findtext("peer-address/ip"))}
            assert ends == families
            unit = tree.find(f".//tunnel/units/entry[@name='{peer.findtext('local-address/interface')}']")
            assert peer.findtext("local-address/ip") in [entry.get("name") for entry in unit.iter("entry")]
    for family in (4, 6):
        listed = [entry.findtext("prefix/entry/network") for entry in tree.iterfind(f".//prefix-list/entry/type/ipv{family}/ipv{family}-entry/entry")]
        listed += [entry.get("name") for entry in tree.iterfind(f".//advertise-network/ipv{family}/network/entry")]
        listed += [entry.findtext("destination") for entry in tree.iterfind(f".//routing-table/{'ip' if family == 4 else 'ipv6'}/static-route/entry")]
        assert {version(text) for text in listed} <= {family}
    for rule in tree.iterfind(".//pbf/rules/entry"):
        hops = [text for text in (rule.findtext("action/forward/nexthop/ip-address"), rule.findtext("action/forward/monitor/ip-address")) if text]
        if rule.get("name").startswith("vpn-1"):
            assert {version(text) for text in hops} <= families and len(families) == 1
    routed = [entry for entry in tree.iterfind(".//static-route/entry") if entry.get("name").startswith("vpn-1")]
    assert {version(entry.findtext("destination")) for entry in routed} == (families if failover in ("pbf", "routes") else set())
    for tunnel in tree.iterfind(".//tunnel/ipsec/entry"):
        if tunnel.get("name").startswith("vpn-1"):
            six = [entry.findtext("remote") for entry in tunnel.iterfind("auto-key/proxy-id-v6/entry")]
            four = [entry.findtext("remote") for entry in tunnel.iterfind("auto-key/proxy-id/entry")]
            assert (six, four) == (["::/0"] if 6 in families else [], ["0.0.0.0/0"] if len(families) == 2 else [])


def other(vpn: Vpn, **more) -> Vpn:
    return replace(vpn, **more)


IPV4, IPV6 = wanted("4", "4+6", "4", "bgp"), wanted("4", "4+6", "6", "bgp")


def _tunnels(vpn: Vpn, **more) -> Vpn:
    return replace(vpn, tunnels=tuple(replace(tunnel, **more) for tunnel in vpn.tunnels))


MIXED = {
    "an IPv6 network here alone": (other(IPV4, local_networks=("10.10.0.0/24", "2001:db8:10::/64")), "local_networks: 2001:db8:10::/64 is IPv6, and none of"),
    "an IPv6 network there alone": (other(IPV4, remote_networks=("2001:db8::/56",)), "remote_networks: 2001:db8::/56 is IPv6, and none of the local_networks"),
    "a far side that takes IPv4": (_tunnels(IPV6, traffic_selectors=Selectors("0.0.0.0/0", "0.0.0.0/0")), "2001:db8:f000::/56 is IPv6.*carries IPv4 only"),
    "a far side that takes IPv6": (_tunnels(IPV4, traffic_selectors=Selectors("::/0", "::/0")), "10.200.0.0/16 is IPv4, and tunnel 1 carries IPv6 only"),
    "selectors of two families": (_tunnels(IPV4, traffic_selectors=Selectors("::/0", "0.0.0.0/0")), "are of two families"),
    "one end outside": (_tunnels(IPV4, customer_outside_address="2001:db8:5::5"), "both ends of a tunnel are of one family"),
    "one tunnel outside": (other(IPV4, tunnels=(IPV4.tunnels[0], replace(IPV4.tunnels[1], outside_address="2001:db8:aa::2"))), "make a VPN of its own for it"),
    "the address that is asked for": (other(IPV4, local_address="2001:db8:5::5"), "local_address: 2001:db8:5::5 is IPv6, and the peer 203.0.113.17 is IPv4"),
    "a monitor": (other(wanted("4", "4+6", "6", "pbf"), monitor_addresses=("10.200.0.1", "10.200.0.2")), "10.200.0.1 is IPv4, and the tunnels carry IPv6"),
    "an inside address": (_tunnels(IPV4, inside_cidr="fd00::/126", inside_address="fd00::2", inside_peer_address="fd00::1"), "fd00::/126 is IPv6"),
    "an IPv6 peer elsewhere": (_tunnels(IPV6, inside_ipv6_peer_address="fd00:99::1"), "fd00:99::1 is not in fd00:77:1::/126"),
    "both ends the same": (_tunnels(IPV6, inside_ipv6_peer_address="fd00:77:1::2", inside_ipv6_address="fd00:77:1::2"), "both ends have the inside address"),
}


@pytest.mark.parametrize("vpn, words", MIXED.values(), ids=MIXED.keys())
def test_what_is_of_two_families_is_refused_by_name(vpn, words):
    with pytest.raises(InvalidInput, match=words):
        check(vpn)


@pytest.mark.parametrize("engine", [VIRTUAL_ROUTER, LOGICAL_ROUTER])
@pytest.mark.parametrize("failover", ["pbf", "bgp"])
def test_one_family_after_the_other_leaves_nothing_of_the_first(failover, engine):
    first = before(engine, "4")
    four, six = (wanted("4", "4+6", family, failover) for family in ("4", "6"))
    alone = applied(first, built(six, first, engine).operations)
    half = applied(first, built(four, first, engine).operations)
    after = applied(half, built(six, half, engine).operations)
    assert built(six, after, engine).operations == []
    _of_one_family(after, "4", "6", failover)
    assert canonical(applied(after, removed(six.name, after, engine).operations)) == canonical(first)
    assert {tuple(sorted(entry.attrib.items())) for entry in after.iter("entry")} == {tuple(sorted(entry.attrib.items())) for entry in alone.iter("entry")}


DEFAULTS = {
    "a default route that is announced": (other(IPV4, local_networks=("0.0.0.0/0",)), "local_networks: 0.0.0.0/0 would announce a default route"),
    "the same of IPv6": (other(IPV6, local_networks=("::/0",)), "local_networks: ::/0 would announce a default route"),
    "a default route that is taken": (other(IPV4, remote_networks=("0.0.0.0/0",)), "remote_networks: 0.0.0.0/0 would send everything"),
    "a prefix length forgotten": (other(IPV4, remote_networks=("10.201.0.0",)), "10.201.0.0 has no prefix length; say 10.201.0.0/16 if"),
    "an impossible length": (other(IPV4, local_networks=("10.10.0.0/33",)), "local_networks: '?10.10.0.0/33"),
}


@pytest.mark.parametrize("vpn, words", DEFAULTS.values(), ids=DEFAULTS.keys())
def test_networks_that_say_more_than_they_should(vpn, words):
    with pytest.raises(InvalidInput, match=words):
        check(vpn)


def test_a_default_route_that_is_meant_is_announced():
    check(other(IPV4, local_networks=("0.0.0.0/0",), allow_default_route=True))
    check(other(wanted("4", "4", "4", "pbf"), local_networks=("0.0.0.0/0",)))


@pytest.mark.parametrize("outside", OUTSIDE)
@pytest.mark.parametrize("name", ["uplink", "2026", "10.1"])
def test_an_address_that_is_asked_for_by_the_name_of_its_object_is_of_no_family_yet(name, outside):
    """Names of address objects may be of digits alone."""
    check(other(wanted(outside, "4+6", "4", "pbf"), local_address=name))
