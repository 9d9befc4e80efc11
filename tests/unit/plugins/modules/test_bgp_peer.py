# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module bgp_peer, on both routing engines."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import secrets
from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import bgp_instance, bgp_peer
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import NETWORK, Case, Door, DoorContract

BGP = {
    "virtual-router": f"{NETWORK}/virtual-router/entry[@name='default']/protocol/bgp",
    "logical-router": f"{NETWORK}/logical-router/entry[@name='default']/vrf/entry[@name='default']/bgp",
}
PROFILES = f"{NETWORK}/routing-profile"
GROUP = {engine: f"{place}/peer-group/entry[@name='aws']" for engine, place in BGP.items()}
PEER = {engine: f"{place}/peer/entry[@name='tunnel-1']" for engine, place in GROUP.items()}
IDENTITY = {"virtual_router": "default", "peer_group": "aws", "name": "tunnel-1"}
OPTIONS = {
    "peer_as": "64512",
    "peer_address": {"ip": "10.255.7.2"},
    "local_address": {"interface": "tunnel.7", "ip": "10.255.7.1/30"},
    "keep_alive_interval": 10,
    "hold_time": 30,
}
NEW = {**IDENTITY, **OPTIONS}
SECOND = {**NEW, "name": "tunnel-2", "peer_address": {"ip": "10.255.7.6"}}
each_engine = pytest.mark.parametrize("engine", BGP)
ADDRESSES = """<peer-as>64512</peer-as><peer-address><ip>10.255.7.2</ip></peer-address>
    <local-address><interface>tunnel.7</interface><ip>10.255.7.1/30</ip></local-address>"""


def legacy(more=""):
    return f"""<entry name="tunnel-1">{ADDRESSES}<connection-options><keep-alive-interval>10</keep-alive-interval><hold-time>30</hold-time>
        {more}</connection-options></entry>"""


def advanced(more=""):
    return f"""<entry name="tunnel-1">{ADDRESSES}<inherit><yes/></inherit>
        <connection-options><timers>tunnel-1</timers>{more}</connection-options></entry>"""


def running_bgp(element=""):
    return f"<enable>yes</enable><router-id>198.51.100.10</router-id><local-as>65000</local-as><install-route>yes</install-route>{element}"


CASE = Case(
    bgp_peer,
    identity=IDENTITY,
    options=OPTIONS,
    gathered={"type": "ebgp"},
    needs=((BGP["virtual-router"], running_bgp()),),
    place=PEER["virtual-router"],
    entry=legacy(),
    change={"multihop": 2},
    writes=[("set", "")],
    changed=legacy("<multihop>2</multihop>"),
)


class TestPeerOfAVirtualRouter(DoorContract):
    case = CASE


class TestPeerOfALogicalRouter(DoorContract):
    case = replace(CASE, place=PEER["logical-router"], firewall={"engine": "logical-router"}, needs=((BGP["logical-router"], running_bgp()),),
                   entry=advanced(), changed=advanced("<multihop>2</multihop>"),
                   memberships=(f"{PROFILES}/bgp/timer-profile/entry[@name='tunnel-1']",))


def door_with_bgp(firewalls, engine, **firewall):
    door = Door(bgp_peer, firewalls(engine=engine, **firewall))
    door.control.plant(BGP[engine], running_bgp())
    return door


@each_engine
def test_the_group_comes_with_its_first_peer_and_goes_with_its_last(firewalls, engine):
    door = door_with_bgp(firewalls, engine)
    before = door.candidate()
    policies = {"advertise": ["10.10.0.0/24"], "local_preference": 200, "as_path_prepend": 2}
    door.done({**NEW, **policies})
    door.done({**SECOND, **policies})
    gathered = door.done({"virtual_router": "default", "peer_group": "aws"}, state="gathered").values["gathered"]
    assert [peer["name"] for peer in gathered] == ["tunnel-1", "tunnel-2"]
    door.done(IDENTITY, state="absent")
    assert door.candidate(GROUP[engine]) is not None
    door.done({**IDENTITY, "name": "tunnel-2"}, state="absent")
    assert door.candidate() == before


@each_engine
def test_policies_come_back_as_given(firewalls, engine):
    door = door_with_bgp(firewalls, engine)
    policies = {"type": "ebgp", "advertise": ["10.10.0.0/24", "10.30.0.0/16"], "local_preference": 200, "as_path_prepend": 2}
    door.done({**NEW, **policies})
    assert not door.done({**NEW, **policies}).changed
    gathered = door.done(IDENTITY, state="gathered").values["gathered"]
    assert gathered == [{**NEW, **policies}]
    assert not door.done(gathered[0]).changed


@each_engine
def test_the_networks_to_advertise_are_set_as_given(firewalls, engine):
    door = door_with_bgp(firewalls, engine)
    door.done({**NEW, "advertise": ["10.10.0.0/24", "10.30.0.0/16"]})
    door.done({**IDENTITY, "advertise": ["10.30.0.0/16"]})
    assert door.done(IDENTITY, state="gathered").values["gathered"][0]["advertise"] == ["10.30.0.0/16"]


def test_a_virtual_router_lets_nothing_else_out(firewalls):
    door = door_with_bgp(firewalls, "virtual-router")
    door.done({**NEW, "advertise": ["10.10.0.0/24"]})
    rules = f"{BGP['virtual-router']}/policy/export/rules"
    assert door.stands(rules, """<rules>
        <entry name="aws-out"><used-by><member>aws</member></used-by>
            <match><address-prefix><entry name="10.10.0.0/24"><exact>yes</exact></entry></address-prefix></match><action><allow/></action></entry>
        <entry name="aws-rest"><used-by><member>aws</member></used-by><action><deny/></action></entry></rules>""")


def test_a_logical_router_lets_nothing_else_out(firewalls):
    door = door_with_bgp(firewalls, "logical-router")
    door.done({**NEW, "advertise": ["10.10.0.0/24"]})
    filters = f"{PROFILES}/filters"
    assert door.stands(f"{filters}/prefix-list/entry[@name='aws-out']", """<entry name="aws-out"><type><ipv4><ipv4-entry><entry name="10">
        <action>permit</action><prefix><entry><network>10.10.0.0/24</network></entry></prefix></entry></ipv4-entry></ipv4></type></entry>""")
    assert door.stands(f"{filters}/route-maps/bgp/bgp-entry/entry[@name='aws-out']", """<entry name="aws-out"><route-map><entry name="10">
        <action>permit</action><match><ipv4><address><prefix-list>aws-out</prefix-list></address></ipv4></match></entry></route-map></entry>""")
    assert door.stands(f"{PROFILES}/bgp/filtering-profile/entry[@name='aws']/ipv4/unicast/route-maps",
                       "<route-maps><outbound>aws-out</outbound></route-maps>")


@each_engine
def test_what_others_run_stays(firewalls, engine):
    door = Door(bgp_peer, firewalls(engine=engine, config="bgp_running"))
    before = door.candidate()
    door.done({**NEW, "advertise": ["10.10.0.0/24"], "as_path_prepend": 1})
    door.done(IDENTITY, state="absent")
    assert door.candidate() == before


@each_engine
def test_peers_of_others_can_be_gathered_and_fed_back(firewalls, engine):
    door = Door(bgp_peer, firewalls(engine=engine, config="bgp_running"))
    for group in ("isp", "branches"):
        gathered = door.done({"virtual_router": "default", "peer_group": group}, state="gathered").values["gathered"]
        assert gathered
        for options in gathered:
            assert not door.done(options).changed, options


def test_profiles_of_others_are_copied_and_not_changed(firewalls):
    door = Door(bgp_peer, firewalls(engine="logical-router", config="bgp_running"))
    family = f"{BGP['logical-router']}/peer-group/entry[@name='isp']/address-family"
    before = door.candidate(family)
    peer = {"virtual_router": "default", "peer_group": "isp", "name": "isp-a"}
    door.done({**peer, "hold_time": 45})
    assert door.candidate(family) == before
    assert door.done(peer, state="gathered").values["gathered"][0]["hold_time"] == 45


def test_policies_of_others_are_not_replaced(firewalls):
    door = Door(bgp_peer, firewalls(engine="logical-router", config="bgp_running"))
    door.refused({"virtual_router": "default", "peer_group": "isp", "name": "isp-a", "advertise": ["10.10.0.0/24"]}, "filtering profile", "isp")


SECRET = "R3dFox!17"


@each_engine
def test_a_secret_is_never_seen(firewalls, engine):
    door = door_with_bgp(firewalls, engine)
    outcomes = [door.done({**NEW, "secret": SECRET}), door.done({**NEW, "secret": SECRET}), door.done({**IDENTITY, "secret": SECRET + "2"}),
                door.done(IDENTITY, state="gathered")]
    assert [outcome.changed for outcome in outcomes] == [True, False, True, False]
    for outcome in outcomes:
        text = outcome.everything()
        assert [form for key in (SECRET, SECRET + "2") for form in secrets.printable_forms(key) if form in text] == []


@each_engine
def test_a_router_without_bgp_is_refused(firewalls, engine):
    Door(bgp_peer, firewalls(engine=engine)).refused(NEW, "has no BGP", "bgp_instance")


OWN = {"virtual-router": {"max_prefixes": "unlimited", "reflector_client": "client", "address_family_identifier": "ipv6"}, "logical-router": {"passive": True}}


@pytest.mark.parametrize("engine, option", [(engine, option) for engine, options in OWN.items() for option in options])
def test_options_of_one_engine(firewalls, engine, option):
    options = {**NEW, option: OWN[engine][option]}
    door = door_with_bgp(firewalls, engine)
    door.done(options)
    assert not door.done(options).changed
    other = next(name for name in BGP if name != engine)
    door_with_bgp(firewalls, other).refused(options, option, "does not exist")


REFUSALS = {
    "a new peer without an AS": ({"peer_as": None}, "peer_as"),
    "a new peer without an address": ({"peer_address": None}, "peer_address"),
    "a new peer without an interface": ({"local_address": {"ip": "10.255.7.1/30"}}, "local_address.interface"),
    "an AS that is no number": ({"peer_as": "amazon"}, "peer_as"),
    "a keep-alive out of range": ({"keep_alive_interval": 1201}, "keep_alive_interval: 1201 is outside 0 to 1200 seconds"),
    "a hold time out of range": ({"hold_time": 2}, "hold_time: 2 is outside 3 to 3600 seconds"),
    "too many hops": ({"multihop": 256}, "multihop"),
    "too much prepending": ({"as_path_prepend": 256}, "as_path_prepend"),
    "a secret that is too long": ({"secret": "s" * 64}, "secret: 64 characters"),
    "a kind that does not exist": ({"type": "xbgp"}, "type"),
    "an address object": ({"advertise": ["10.10.0.0/24", "office-lan"]}, "advertise: 'office-lan' is no network"),
}


@each_engine
@pytest.mark.parametrize("options, words", REFUSALS.values(), ids=REFUSALS.keys())
def test_refuses(firewalls, engine, options, words):
    given = {option: value for option, value in {**NEW, **options}.items() if value is not None}
    door_with_bgp(firewalls, engine).refused(given, words)


@each_engine
def test_prepending_needs_an_as_of_our_own(firewalls, engine):
    door = Door(bgp_peer, firewalls(engine=engine))
    Door(bgp_instance, door.firewall).done({"virtual_router": "default", "enable": True, "router_id": "198.51.100.10", "local_as": "65000"})
    door.done({**NEW, "as_path_prepend": 3})
    if engine == "logical-router":
        place = f"{PROFILES}/filters/route-maps/bgp/bgp-entry/entry[@name='aws-out']/route-map/entry[@name='10']/set"
        assert door.control.candidate(place).count("<member>65000</member>") == 3
    door.done({**IDENTITY, "as_path_prepend": 2})
    assert door.done(IDENTITY, state="gathered").values["gathered"][0]["as_path_prepend"] == 2
