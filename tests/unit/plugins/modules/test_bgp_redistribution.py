# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module bgp_redistribution, on both routing engines."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import bgp_redistribution
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import NETWORK, Case, Door, DoorContract

ROUTER = f"{NETWORK}/virtual-router/entry[@name='default']"
BGP = {
    "virtual-router": f"{ROUTER}/protocol/bgp",
    "logical-router": f"{NETWORK}/logical-router/entry[@name='default']/vrf/entry[@name='default']/bgp",
}
PROFILES = f"{NETWORK}/routing-profile"
RUNNING = "<enable>yes</enable><router-id>198.51.100.10</router-id><local-as>65000</local-as><install-route>yes</install-route>"
IDENTITY = {"virtual_router": "default", "name": "office"}
NEW = {**IDENTITY, "sources": ["connected"], "destinations": ["10.10.0.0/24"]}
each_engine = pytest.mark.parametrize("engine", BGP)


def legacy(types="<member>connect</member>", destinations="<member>10.10.0.0/24</member>"):
    return f"""<entry name="office"><priority>1</priority><filter><type>{types}</type><destination>{destinations}</destination></filter>
        <action><redist/></action></entry>"""


def advanced(more=""):
    return f"""<entry name="office"><ipv4><unicast><connected><enable>yes</enable>{more}<route-map>office</route-map></connected>
        </unicast></ipv4></entry>"""


CASE = Case(
    bgp_redistribution,
    identity=IDENTITY,
    options={"sources": ["connected"], "destinations": ["10.10.0.0/24"]},
    needs=((BGP["virtual-router"], RUNNING),),
    place=f"{ROUTER}/protocol/redist-profile/entry[@name='office']",
    memberships=(f"{BGP['virtual-router']}/redist-rules/entry[@name='office']",),
    entry=legacy(),
    change={"destinations": ["10.10.0.0/24", "10.20.0.0/24"]},
    writes=[("set", "")],
    changed=legacy(destinations="<member>10.10.0.0/24</member><member>10.20.0.0/24</member>"),
)


class TestRedistributionOfAVirtualRouter(DoorContract):
    case = CASE


class TestRedistributionOfALogicalRouter(DoorContract):
    case = replace(
        CASE, firewall={"engine": "logical-router"}, needs=((BGP["logical-router"], RUNNING),),
        place=f"{PROFILES}/bgp/redistribution-profile/entry[@name='office']", entry=advanced(),
        change={"med": 50}, changed=advanced("<metric>50</metric>"),
        memberships=(f"{PROFILES}/filters/prefix-list/entry[@name='office']", f"{BGP['logical-router']}/redistribution-profile/ipv4/unicast"))


def door_with_bgp(firewalls, engine):
    door = Door(bgp_redistribution, firewalls(engine=engine))
    door.control.plant(BGP[engine], RUNNING)
    return door


def gathered(door):
    return door.done(IDENTITY, state="gathered").values["gathered"][0]


CHANGES = {
    "other destinations": ({"destinations": ["10.20.0.0/24"]}, {"destinations": ["10.20.0.0/24"]}),
    "another source": ({"sources": ["static"]}, {"sources": ["static"]}),
    "one more source": ({"sources": ["connected", "static"]}, {"sources": ["connected", "static"]}),
    "a preference": ({"med": 50}, {"med": 50}),
}


@each_engine
@pytest.mark.parametrize("change, expected", CHANGES.values(), ids=CHANGES.keys())
def test_what_is_not_given_stays(firewalls, engine, change, expected):
    door = door_with_bgp(firewalls, engine)
    door.done(NEW)
    assert door.done({**IDENTITY, **change}).changed
    assert gathered(door) == {**NEW, **expected}
    assert not door.done({**IDENTITY, **change}).changed


@each_engine
def test_one_more_source_is_limited_as_well(firewalls, engine):
    """Without its limit a new source would announce every route it has."""
    door = door_with_bgp(firewalls, engine)
    door.done(NEW)
    door.done({**IDENTITY, "sources": ["connected", "static"]})
    if engine == "logical-router":
        static = f"{PROFILES}/bgp/redistribution-profile/entry[@name='office']/ipv4/unicast/static"
        assert door.stands(static, "<static><enable>yes</enable><route-map>office</route-map></static>")
    else:
        assert door.stands(CASE.place, legacy("<member>connect</member><member>static</member>"))


NETWORKS = {
    "virtual-router": (f"{BGP['virtual-router']}/redist-rules", "<set-origin>incomplete</set-origin>"),
    "logical-router": (f"{BGP['logical-router']}/advertise-network/ipv4/network", "<unicast>yes</unicast>"),
}


@each_engine
def test_networks_are_announced_wherever_they_come_from(firewalls, engine):
    door = door_with_bgp(firewalls, engine)
    before = door.candidate()
    options = {**IDENTITY, "networks": ["10.30.0.0/16"]}
    door.done(options)
    place, content = NETWORKS[engine]
    assert content in door.control.candidate(f"{place}/entry[@name='10.30.0.0/16']")
    assert not door.done(options).changed
    door.done(options, state="absent")
    assert door.candidate() == before


def test_a_second_profile_of_a_logical_router_is_announced_beside_the_first(firewalls):
    door = door_with_bgp(firewalls, "logical-router")
    door.done(NEW)
    door.refused({**IDENTITY, "name": "labs", "sources": ["static"]}, "office", "destinations")
    before = door.candidate()
    labs = {**IDENTITY, "name": "labs", "sources": ["static"], "destinations": ["10.30.0.0/16"]}
    door.done(labs)
    assert not door.done(labs).changed
    assert door.text(f"{BGP['logical-router']}/redistribution-profile/ipv4/unicast") == "office"
    assert door.candidate(f"{BGP['logical-router']}/advertise-network/ipv4/network/entry[@name='10.30.0.0/16']") is not None
    door.done(labs, state="absent")
    assert door.candidate() == before


@each_engine
def test_what_others_announce_stays(firewalls, engine):
    door = Door(bgp_redistribution, firewalls(engine=engine, config="bgp_running"))
    before = door.candidate()
    door.done({**NEW, "networks": ["10.30.0.0/16"]})
    door.done({**NEW, "networks": ["10.30.0.0/16"]}, state="absent")
    assert door.candidate() == before


@each_engine
def test_a_router_without_bgp_is_refused(firewalls, engine):
    Door(bgp_redistribution, firewalls(engine=engine)).refused(NEW, "has no BGP", "bgp_instance")


REFUSALS = {
    "a new one without anything to announce": ({"sources": None, "destinations": None}, "sources"),
    "destinations of no source": ({"sources": None}, "sources"),
    "a source that does not exist": ({"sources": ["rumour"]}, "sources"),
    "a preference out of range": ({"med": 65536}, "med: 65536 is outside 1 to 65535"),
    "a name that is too long": ({"name": "r" * 32}, "32 characters"),
    "an address object as a destination": ({"destinations": ["office-lan"]}, "destinations: 'office-lan' is no network"),
    "an address object as a network": ({"networks": ["office-lan"]}, "networks: 'office-lan' is no network"),
}


@each_engine
@pytest.mark.parametrize("options, words", REFUSALS.values(), ids=REFUSALS.keys())
def test_refuses(firewalls, engine, options, words):
    given = {option: value for option, value in {**NEW, **options}.items() if value is not None}
    door_with_bgp(firewalls, engine).refused(given, words)


PROFILES_OF_OTHERS = f"{ROUTER}/protocol/redist-profile"
CAMPUS = f"{PROFILES_OF_OTHERS}/entry[@name='office']"


def profile(types, name="office", action="<redist/>", more=""):
    listed = "".join(f"<member>{word}</member>" for word in types)
    return f"""<entry name="{name}"><filter><type>{listed}</type>{more}</filter><priority>1</priority><action>{action}</action></entry>"""


def rule(name="office", more="<enable>yes</enable>"):
    return f"""<entry name="{name}">{more}<address-family-identifier>ipv4</address-family-identifier></entry>"""


def export(protocol, name):
    return f"{ROUTER}/protocol/{protocol}", f"<export-rules><entry name='{name}'><new-path-type>ext-2</new-path-type></entry></export-rules>"


OTHERS = ("ospf", "rip", "bgp")


@pytest.fixture
def legacy_door(firewalls):
    return door_with_bgp(firewalls, "virtual-router")


@pytest.mark.parametrize("option", [{"med": 40}, {"destinations": ["10.7.0.0/16"]}, {"sources": ["static"]}, {"sources": ["connected"]}, {"priority": 9},
                                    {"set_origin": "egp"}], ids=str)
@pytest.mark.parametrize("protocol", OTHERS)
def test_routes_of_other_protocols_stay_in_a_profile(legacy_door, protocol, option):
    legacy_door.control.plant(PROFILES_OF_OTHERS, profile(["connect", protocol, "static"]))
    legacy_door.control.plant(f"{BGP['virtual-router']}/redist-rules", rule())
    assert legacy_door.done({**IDENTITY, **option}).changed
    types = [member.text for member in ET.fromstring(legacy_door.control.candidate(f"{CAMPUS}/filter/type"))]
    assert protocol in types
    wanted = {{"connected": "connect"}.get(source, source) for source in option.get("sources", ("connected", "static"))}
    assert {"connect", "static"} & set(types) == wanted
    told = legacy_door.done(IDENTITY, state="gathered")
    assert any(protocol in warning for warning in told.warnings)
    assert not legacy_door.done(told.values["gathered"][0]).changed


NOT_OF_BGP = {
    "that another protocol announces": (profile(["static", "bgp"]), "", "ospf"),
    "that nobody uses": (profile(["static"]), "", ""),
    "of other routes alone": (profile(["ospf"]), rule(), ""),
    "that keeps routes back": (profile(["static"], action="<no-redist/>"), rule(), ""),
    "whose rule is disabled": (profile(["static"]), rule(more="<enable>no</enable>"), ""),
}


@pytest.mark.parametrize("profiles, rules, protocol", NOT_OF_BGP.values(), ids=NOT_OF_BGP.keys())
def test_a_profile_is_not_gathered(legacy_door, profiles, rules, protocol):
    legacy_door.control.plant(PROFILES_OF_OTHERS, profiles)
    if rules:
        legacy_door.control.plant(f"{BGP['virtual-router']}/redist-rules", rules)
    if protocol:
        legacy_door.control.plant(*export(protocol, "office"))
    for identity in (IDENTITY, {"virtual_router": "default"}):
        told = legacy_door.done(identity, state="gathered")
        assert told.values["gathered"] == []
        assert bool(told.warnings) == bool(rules)


@pytest.mark.parametrize("protocol", ["ospf", "rip"])
@pytest.mark.parametrize("check", [False, True])
def test_a_profile_by_which_another_protocol_announces_is_not_taken_over(legacy_door, protocol, check):
    legacy_door.control.plant(PROFILES_OF_OTHERS, profile(["static", "bgp"]))
    legacy_door.control.plant(*export(protocol, "office"))
    legacy_door.refused({**IDENTITY, "sources": ["static"]}, "'office'", protocol, "another name", check=check)


SOURCES = f"{PROFILES}/bgp/redistribution-profile"


def two_sources(connected, static):
    return f"<entry name='office'><ipv4><unicast><connected>{connected}</connected><static>{static}</static></unicast></ipv4></entry>"


@pytest.fixture
def advanced_door(firewalls):
    door = door_with_bgp(firewalls, "logical-router")
    door.control.plant(BGP["logical-router"], "<redistribution-profile><ipv4><unicast>office</unicast></ipv4></redistribution-profile>")
    return door


@pytest.mark.parametrize("option", [{"networks": ["10.9.0.0/16"]}, {"destinations": ["10.7.0.0/16"]}], ids=str)
def test_each_source_keeps_its_own_metric(advanced_door, option):
    advanced_door.control.plant(SOURCES, two_sources("<enable>yes</enable><metric>9</metric>", "<enable>yes</enable><metric>5</metric>"))
    told = advanced_door.done(IDENTITY, state="gathered").values["gathered"]
    assert told == [{**IDENTITY, "sources": ["connected", "static"]}]
    assert not advanced_door.done(told[0]).changed
    assert advanced_door.done({**IDENTITY, **option}).changed
    unicast = f"{SOURCES}/entry[@name='office']/ipv4/unicast"
    assert [advanced_door.text(f"{unicast}/{source}/metric") for source in ("connected", "static")] == ["9", "5"]


def test_a_source_that_is_switched_off_stays_as_it_is(advanced_door):
    advanced_door.control.plant(SOURCES, two_sources("<enable>yes</enable>", "<enable>no</enable><metric>5</metric>"))
    before = advanced_door.candidate(SOURCES)
    told = advanced_door.done(IDENTITY, state="gathered").values["gathered"][0]
    assert told["sources"] == ["connected"]
    assert not advanced_door.done(told).changed
    advanced_door.done({**IDENTITY, "sources": ["connected"]})
    assert advanced_door.candidate(SOURCES) == before


def test_one_more_source_weighs_like_the_others(advanced_door):
    advanced_door.control.plant(SOURCES, two_sources("<enable>yes</enable><metric>9</metric>", "<enable>no</enable>"))
    advanced_door.done({**IDENTITY, "sources": ["connected", "static"]})
    assert advanced_door.text(f"{SOURCES}/entry[@name='office']/ipv4/unicast/static/metric") == "9"


def test_a_profile_that_this_router_does_not_use_is_not_gathered(firewalls):
    door = door_with_bgp(firewalls, "logical-router")
    door.control.plant(SOURCES, two_sources("<enable>yes</enable>", "<enable>yes</enable>"))
    assert door.done(IDENTITY, state="gathered").values["gathered"] == []
