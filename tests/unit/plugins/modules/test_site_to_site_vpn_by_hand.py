# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""VPNs to peers whose description no cloud prints: one to four tunnels, from variables that a person writes."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import NETWORK, VSYS, parsed
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.pairing import BGP_PLACES, ENGINES, ROUTERS, VpnDoor

GATEWAYS = f"{NETWORK}/ike/gateway"
TUNNELS = f"{NETWORK}/tunnel/ipsec"
each_engine = pytest.mark.parametrize("engine", ENGINES)
COMMON = {"outside_interface": "ethernet1/8", "zone": "sites", "source_zones": ["trust"], "local_networks": ["10.10.0.0/24"]}


def proposal(version="ikev2", group="group14", lifetime=28800) -> dict:
    return {"ike": {"version": version, "encryption": "aes-256-cbc", "hash": "sha256", "dh_group": group, "lifetime_seconds": lifetime},
            "ipsec": {"encryption": "aes-256-cbc", "authentication": "sha256", "dh_group": group, "lifetime_seconds": 3600}}


# A peer that is known by names and takes pairs of networks only.
BY_NETWORKS = {
    **COMMON, "name": "zone-2", "failover": "routes", "policy_based": True, "remote_networks": ["172.20.0.0/16", "172.21.0.0/16"],
    "tunnels": [{"outside_address": "203.0.113.17", "pre_shared_key": "notReal.zone2", "local_id": "fw.example.net", "peer_id": "zone-2.example.com",
                 **proposal("ikev1", lifetime=86400)}],
}
# One tunnel with an address in it, and plain routes.
BY_ROUTES = {
    **COMMON, "name": "branch-9", "failover": "routes", "remote_networks": ["10.200.0.0/16", "172.30.0.0/24"],
    "tunnels": [{"outside_address": "203.0.113.33", "pre_shared_key": "notReal.branch9", "inside_cidr": "169.254.100.0/30",
                 "inside_address": "169.254.100.1", "inside_peer_address": "169.254.100.2", **proposal(group="group20")}],
}
# Four tunnels to the four gateways of one peer.
FOUR = {
    **COMMON, "name": "hub", "failover": "bgp", "remote_networks": ["10.200.0.0/16"], "local_preference": [400, 300, 200, 100],
    "as_path_prepend": [0, 1, 2, 3],
    "tunnels": [{"outside_address": f"203.0.113.{40 + number}", "pre_shared_key": f"notReal.hub{number}", "inside_cidr": f"169.254.{number}.0/30",
                 "inside_address": f"169.254.{number}.2", "inside_peer_address": f"169.254.{number}.1",
                 "bgp": {"local_as": 65000, "peer_as": 64512, "hold_time": 30, "keep_alive": 10}, **proposal(group="group20")} for number in (1, 2, 3, 4)],
}
VPNS = {"by networks": BY_NETWORKS, "by routes": BY_ROUTES, "by BGP through four tunnels": FOUR}


@each_engine
@pytest.mark.parametrize("asked", VPNS.values(), ids=VPNS.keys())
def test_made_committed_unchanged_removed(firewalls, engine, asked):
    door = VpnDoor(firewalls(engine=engine, version="12.1.2"))
    start = door.candidate()
    checked = door.done(asked, check=True)
    assert door.candidate() == start
    assert door.committed(asked).diff == checked.diff
    again = door.done(asked)
    assert (again.changed, door.writes()) == (False, [])
    assert parsed(door.control.running()) == door.candidate()
    door.committed({"name": asked["name"], "state": "absent"})
    assert door.candidate() == start == parsed(door.control.running())


def made(firewalls, asked, engine="virtual-router"):
    door = VpnDoor(firewalls(engine=engine))
    door.done(asked)
    return door


def test_names_identify_both_sides(firewalls):
    door = made(firewalls, BY_NETWORKS)
    gateway = f"{GATEWAYS}/entry[@name='zone-2-1']"
    assert door.stands(f"{gateway}/local-id", "<local-id><type>fqdn</type><id>fw.example.net</id></local-id>")
    assert door.stands(f"{gateway}/peer-id", "<peer-id><type>fqdn</type><id>zone-2.example.com</id></peer-id>")
    assert door.text(f"{gateway}/protocol/version") == "ikev1"


def test_each_pair_of_networks_is_a_proxy_id(firewalls):
    door = made(firewalls, {**BY_NETWORKS, "local_networks": ["10.10.0.0/24", "10.30.0.0/16"]})
    tunnel = door.control.candidate(f"{TUNNELS}/entry[@name='zone-2-1']")
    pairs = [(local, remote) for local in ("10.10.0.0/24", "10.30.0.0/16") for remote in BY_NETWORKS["remote_networks"]]
    found = parsed(f"<x>{tunnel}</x>")
    text = repr(found)
    assert all(f"'{local}'" in text and f"'{remote}'" in text for local, remote in pairs)
    assert door.control.candidate(f"{TUNNELS}/entry[@name='zone-2-1']/auto-key/proxy-id").count("<local>") == len(pairs)


@each_engine
def test_plain_routes_lead_into_the_tunnel_and_nothing_watches_it(firewalls, engine):
    for asked in (BY_NETWORKS, BY_ROUTES):
        door = made(firewalls, asked, engine)
        routes = door.control.candidate(f"{ROUTERS[engine]}/routing-table/ip/static-route")
        assert all(f"<destination>{network}</destination>" in routes for network in asked["remote_networks"])
        assert door.candidate(f"{TUNNELS}/entry[@name='{asked['name']}-1']/tunnel-monitor") is None
        assert asked["name"] not in door.control.candidate(f"{VSYS}/rulebase/pbf")


def test_a_peer_by_networks_needs_no_inside_address(firewalls):
    door = made(firewalls, BY_NETWORKS)
    units = door.control.candidate(f"{NETWORK}/interface/tunnel/units")
    assert "169.254." not in units
    assert "<member>tunnel.1</member>" in door.control.candidate(f"{VSYS}/zone/entry[@name='sites']")


@each_engine
def test_each_of_four_tunnels_has_a_peer_in_a_group_of_its_own(firewalls, engine):
    door = made(firewalls, FOUR, engine)
    groups = door.control.candidate(f"{BGP_PLACES[engine]}/peer-group")
    for number in (1, 2, 3, 4):
        assert f'<entry name="hub-{number}">' in groups
        assert f"<ip>169.254.{number}.1</ip>" in groups
        assert door.candidate(f"{GATEWAYS}/entry[@name='hub-{number}']") is not None
        assert door.candidate(f"{TUNNELS}/entry[@name='hub-{number}']") is not None
    wanted = {number: (preference, prepended) for number, preference, prepended in
              zip((1, 2, 3, 4), FOUR["local_preference"], FOUR["as_path_prepend"])}
    assert {number: policies(door, engine, number) for number in wanted} == wanted


def policies(door, engine, number) -> tuple:
    """(local preference, how often our AS is prepended) of a tunnel's peer group."""
    if engine == "virtual-router":
        rules = f"{BGP_PLACES[engine]}/policy"
        preference = door.text(f"{rules}/import/rules/entry[@name='hub-{number}-in']/action/allow/update/local-preference")
        return int(preference), int(door.text(f"{rules}/export/rules/entry[@name='hub-{number}-out']/action/allow/update/as-path/prepend") or 0)
    maps = f"{NETWORK}/routing-profile/filters/route-maps/bgp/bgp-entry"
    entry = "route-map/entry[@name='10']/set"
    prepended = door.control.candidate(f"{maps}/entry[@name='hub-{number}-out']/{entry}/aspath-prepend").count("<member>65000</member>")
    return int(door.text(f"{maps}/entry[@name='hub-{number}-in']/{entry}/local-preference")), prepended


def test_a_fourth_tunnel_comes_and_goes(firewalls):
    three = {**FOUR, "tunnels": FOUR["tunnels"][:3], "local_preference": [400, 300, 200], "as_path_prepend": [0, 1, 2]}
    door = made(firewalls, three)
    before = door.candidate()
    assert door.done(FOUR).changed
    assert door.done(three).changed
    assert door.candidate() == before


# What the peer accepts, of which one proposal is chosen.
OFFERS = {"ike": {"versions": ["ikev2"], "encryption": ["aes-256-cbc"], "hash": ["sha256"], "dh_group": ["group14"], "lifetime_seconds": 28800},
          "ipsec": {"encryption": ["aes-256-gcm"], "authentication": [], "dh_group": ["group14"], "lifetime_seconds": 3600}}


def by_offers(network: str, **more) -> dict:
    """A peer that is described by what it accepts, with inside addresses of this range."""
    stem = network.rpartition(".")[0]
    tunnel = {"outside_address": "203.0.113.40", "pre_shared_key": "some-key/123+=", "inside_cidr": network, "inside_address": f"{stem}.2",
              "inside_peer_address": f"{stem}.1", "ike": {}, "ipsec": {}, "offers": OFFERS, **more}
    return {**COMMON, "name": "lyon", "failover": "pbf", "remote_networks": ["10.128.0.0/20"], "tunnels": [tunnel]}


@pytest.mark.parametrize("network", ["172.31.255.0/30", "169.254.0.0/30", "10.255.0.0/29"])
def test_what_a_peer_accepts_does_not_make_it_a_cloud(firewalls, network):
    """Only a tunnel that says of which cloud it is keeps that cloud's rules."""
    door = VpnDoor(firewalls())
    assert door.done(by_offers(network)).changed
    assert not door.done(by_offers(network)).changed
    refused = door.run(by_offers(network, cloud="aws"))
    assert refused.failed and "choose another range for the tunnel in AWS" in refused.message


GATEWAY, UNIT, TUNNEL = (f"{GATEWAYS}/entry[@name='lyon-1']", f"{NETWORK}/interface/tunnel/units/entry[@name='tunnel.1']",
                         f"{TUNNELS}/entry[@name='lyon-1']")
WIDE, NARROW = {"local": "0.0.0.0/0", "remote": "0.0.0.0/0"}, [
    {"local": "10.10.0.0/24", "remote": "10.128.0.0/24"}, {"local": "10.10.0.0/24", "remote": "172.31.255.0/30"}]
TO_THE_VPC, TO_THE_INSIDE = (f"{TUNNEL}/auto-key/proxy-id/entry[@name='10.10.0.0-24_{remote}']" for remote in ("10.128.0.0-24", "172.31.255.0-30"))
# What is said of a tunnel → (element, what stands there then, what without it).
SAID = {
    "the peer's own limit": ({"path_mtu": 1400}, f"{UNIT}/mtu", "1400", "1446"),
    "a peer that takes more than we": ({"path_mtu": 9000}, f"{UNIT}/mtu", "1446", "1446"),
    "a smaller MTU at the peer's side": ({"outside_mtu": 1460}, f"{UNIT}/mtu", "1406", "1446"),
    "both": ({"outside_mtu": 1460, "path_mtu": 1300}, f"{UNIT}/mtu", "1300", "1446"),
    "a larger MTU at the peer's side": ({"outside_mtu": 9000}, f"{UNIT}/mtu", "1446", "1446"),
    "a patient peer": ({"dpd": {"interval": 45}}, f"{GATEWAY}/protocol/ikev2/dpd/interval", "45", "10"),
    "a peer that begins": ({"initiator": "peer"}, f"{GATEWAY}/protocol-common/passive-mode", "yes", "no"),
    "a firewall that begins": ({"initiator": "firewall"}, f"{GATEWAY}/protocol-common/passive-mode", "no", "no"),
    "a key ID": ({"peer_id": "6c796f6e", "peer_id_type": "keyid"}, f"{GATEWAY}/peer-id/type", "keyid", ""),
    "an own ID that looks like an address": ({"local_id": "192.0.2.1", "local_id_type": "fqdn"}, f"{GATEWAY}/local-id/type", "fqdn", ""),
    "one pair of networks": ({"traffic_selectors": NARROW[1]}, f"{TO_THE_INSIDE}/remote", "172.31.255.0/30", ""),
    "several pairs": ({"selector_pairs": NARROW}, f"{TO_THE_VPC}/remote", "10.128.0.0/24", ""),
    "several pairs beside one": ({"traffic_selectors": WIDE, "selector_pairs": NARROW}, f"{TO_THE_INSIDE}/remote",
                                 "172.31.255.0/30", ""),
    "the pair that the monitor is in": ({"selector_pairs": NARROW}, f"{TUNNEL}/tunnel-monitor/proxy-id", "10.10.0.0-24_172.31.255.0-30", ""),
}


@pytest.mark.parametrize("said, place, there, without", SAID.values(), ids=SAID.keys())
def test_what_a_peer_says_of_itself_is_followed_and_unsaid_again(firewalls, said, place, there, without):
    door = VpnDoor(firewalls(version="12.1.2"))
    plain = by_offers("172.31.255.0/30")
    asked = by_offers("172.31.255.0/30", **said)
    door.done(plain)
    before = door.candidate()
    assert door.text(place) == without
    assert door.done(asked).changed is (there != without)
    assert door.text(place) == there
    assert not door.done(asked).changed
    door.done(plain)
    assert door.text(place) == without
    assert door.candidate() == before


def test_a_patient_peer_of_ikev1(firewalls):
    door = VpnDoor(firewalls())
    old = {"offers": None, **proposal("ikev1")}
    for said, interval, retry in (({}, "10", "3"), ({"dpd": {"interval": 15, "retry": 5}}, "15", "5"), ({}, "10", "3")):
        door.done(by_offers("172.31.255.0/30", **old, **said))
        assert (door.text(f"{GATEWAY}/protocol/ikev1/dpd/interval"), door.text(f"{GATEWAY}/protocol/ikev1/dpd/retry")) == (interval, retry)


PROXIES = f"{TUNNELS}/entry[@name='zone-2-1']/auto-key/proxy-id"


def names_of_proxy_ids(door, place=PROXIES) -> list:
    found = door.control.candidate(place)
    return sorted(entry.get("name") for entry in ET.fromstring(found)) if found else []


def test_other_pairs_of_networks_interrupt_their_tunnel(firewalls):
    """They are in force when it is negotiated anew."""
    door = VpnDoor(firewalls())
    door.committed(BY_NETWORKS)
    more = door.done({**BY_NETWORKS, "remote_networks": [*BY_NETWORKS["remote_networks"], "172.22.0.0/16"]}, check=True)
    fewer = door.done({**BY_NETWORKS, "remote_networks": BY_NETWORKS["remote_networks"][:1]}, check=True)
    assert (more.values["interrupts"], fewer.values["interrupts"]) == (["zone-2-1"], ["zone-2-1"])


def test_a_network_more_or_less_leaves_the_others_their_proxy_ids(firewalls):
    """Their SAs stay: a proxy ID is called by its networks, and no other one's coming or going renames it."""
    door = made(firewalls, BY_NETWORKS)
    before = names_of_proxy_ids(door)
    door.done({**BY_NETWORKS, "remote_networks": ["172.19.0.0/16", *BY_NETWORKS["remote_networks"]]})
    assert [xpath for _action, xpath in door.writes() if xpath.startswith(f"{PROXIES}/") and any(f"'{name}'" in xpath for name in before)] == []
    assert names_of_proxy_ids(door) == ["10.10.0.0-24_172.19.0.0-16", *before]
    door.done({**BY_NETWORKS, "remote_networks": BY_NETWORKS["remote_networks"][1:]})
    assert names_of_proxy_ids(door) == before[1:]
    assert not door.done({**BY_NETWORKS, "remote_networks": BY_NETWORKS["remote_networks"][1:]}).changed


def test_a_peer_that_takes_everything_after_all_leaves_no_proxy_id(firewalls):
    door = made(firewalls, BY_NETWORKS)
    assert door.done({**BY_NETWORKS, "policy_based": False}).changed
    assert names_of_proxy_ids(door) == []


def test_a_proxy_id_that_somebody_added_goes(firewalls):
    door = made(firewalls, BY_NETWORKS)
    before = door.candidate()
    door.control.plant(PROXIES, "<entry name='guest'><local>10.66.0.0/16</local><remote>10.77.0.0/16</remote></entry>")
    assert door.done(BY_NETWORKS).changed
    assert door.candidate() == before


def test_each_address_family_has_proxy_ids_of_its_own(firewalls):
    six = {**BY_NETWORKS, "local_networks": ["10.10.0.0/24", "fd00:10::/64"], "remote_networks": ["172.20.0.0/16", "fd00:20::/64"]}
    door = made(firewalls, six)
    assert names_of_proxy_ids(door) == ["10.10.0.0-24_172.20.0.0-16"]
    assert names_of_proxy_ids(door, f"{PROXIES}-v6") == ["fd00.10..-64_fd00.20..-64"]
    mixed = {**BY_NETWORKS["tunnels"][0], "traffic_selectors": {"local": "10.10.0.0/24", "remote": "fd00:20::/64"}}
    door.refused({**six, "policy_based": False, "tunnels": [mixed]}, "of two families", "10.10.0.0/24", "fd00:20::/64")


@pytest.mark.parametrize("pairs, words", [
    ([{"local": "10.10.0.0/24"}], "selector_pairs\\[1\\].remote is missing"),
    ([*NARROW, {"local": "x", "remote": "10.1.0.0/16"}], "selector_pairs\\[3\\].local: 'x'"),
    (NARROW[:1], "the monitor address 172.31.255.1 is not in it"),
], ids=["half a pair", "no network", "none that the monitor is in"])
def test_pairs_that_cannot_be(firewalls, pairs, words):
    refused = VpnDoor(firewalls()).run(by_offers("172.31.255.0/30", selector_pairs=pairs))
    assert refused.failed and re.search(words, refused.message), refused.message


def test_a_cloud_that_is_none_is_refused(firewalls):
    refused = VpnDoor(firewalls()).run(by_offers("169.254.10.0/30", cloud="mars"))
    assert refused.failed and "aws" in refused.message
