# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What bgp_peer and bgp_redistribution make beside their object is named after it, and somebody else may have such a name: what he uses stays."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from types import MappingProxyType

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import bgp_peer, bgp_redistribution, transaction
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import NETWORK, Door

LEGACY, ADVANCED = "virtual-router", "logical-router"
PROFILES = f"{NETWORK}/routing-profile/bgp"
FILTERS = f"{NETWORK}/routing-profile/filters"
RUNNING = "<enable>yes</enable><router-id>198.51.100.10</router-id><local-as>65000</local-as><install-route>yes</install-route>"
EVERYTHING = MappingProxyType({"secret": "R3dFox17", "hold_time": 30, "keep_alive_interval": 10, "advertise": ["10.10.0.0/24"],
                               "local_preference": 200, "as_path_prepend": 2})
OTHERWISE = MappingProxyType({"secret": "BlueOwl23", "hold_time": 60, "keep_alive_interval": 20, "advertise": ["10.30.0.0/16"],
                              "local_preference": 300, "as_path_prepend": 3})


def bgp(engine, router="default") -> str:
    if engine == LEGACY:
        return f"{NETWORK}/virtual-router/entry[@name='{router}']/protocol/bgp"
    return f"{NETWORK}/logical-router/entry[@name='{router}']/vrf/entry[@name='default']/bgp"


def peer(name="p", group="g", router="default", number=1, **more) -> dict:
    address = {"peer_address": {"ip": f"169.254.{number}.1"}, "local_address": {"interface": "tunnel.7", "ip": f"169.254.{number}.2/30"}}
    return {"virtual_router": router, "peer_group": group, "name": name, "peer_as": "64512", **address, **more}


def identity(options) -> dict:
    return {option: options[option] for option in ("virtual_router", "peer_group", "name") if option in options}


@dataclass(frozen=True)
class Kind:
    """An object that comes with a peer. C(place): of its list. C(entry): one that somebody made by hand. C(user): (place, entry) of what names it."""

    engine: str
    place: str
    entry: str
    user: tuple[str, str]

    @property
    def name(self) -> str:
        return ET.fromstring(self.entry).get("name")


def other_group(more="", within="") -> str:
    return f"""<entry name="other"><type><ebgp/></type>{more}<peer><entry name="x"><peer-as>64900</peer-as><peer-address><ip>192.0.2.9</ip></peer-address>
        <local-address><interface>ethernet1/8</interface></local-address>{within}</entry></peer></entry>"""


def connected(option, name) -> str:
    return f"<connection-options><{option}>{name}</{option}></connection-options>"


def legacy_rule(direction, name) -> Kind:
    """A rule's users stand in it."""
    place = f"{bgp(LEGACY)}/policy/{direction}/rules"
    return Kind(LEGACY, place, f'<entry name="{name}"><action><deny/></action></entry>',
                (place, f'<entry name="{name}"><used-by><member>other</member></used-by></entry>'))


def filtering(maps) -> tuple[str, str]:
    return f"{PROFILES}/filtering-profile", f'<entry name="theirs"><ipv4><unicast>{maps}</unicast></ipv4></entry>'


KINDS = {
    "authentication of a virtual router": Kind(
        LEGACY, f"{bgp(LEGACY)}/auth-profile", '<entry name="p"><secret>theirOwn1</secret></entry>',
        (f"{bgp(LEGACY)}/peer-group", other_group(within=connected("authentication", "p")))),
    "import rule": legacy_rule("import", "g-in"),
    "export rule": legacy_rule("export", "g-out"),
    "last export rule": legacy_rule("export", "g-rest"),
    "authentication": Kind(
        ADVANCED, f"{PROFILES}/auth-profile", '<entry name="p"><secret>theirOwn1</secret></entry>',
        (f"{bgp(ADVANCED)}/peer-group", other_group(within=connected("authentication", "p")))),
    "authentication of a whole group": Kind(
        ADVANCED, f"{PROFILES}/auth-profile", '<entry name="p"><secret>theirOwn1</secret></entry>',
        (f"{bgp(ADVANCED)}/peer-group", other_group(connected("authentication", "p")))),
    "timers": Kind(
        ADVANCED, f"{PROFILES}/timer-profile", '<entry name="p"><hold-time>240</hold-time></entry>',
        (f"{bgp(ADVANCED)}/peer-group", other_group(within=connected("timers", "p")))),
    "address family": Kind(
        ADVANCED, f"{PROFILES}/address-family-profile", '<entry name="g"><ipv4><unicast><enable>no</enable></unicast></ipv4></entry>',
        (f"{bgp(ADVANCED)}/peer-group", other_group("<address-family><ipv4>g</ipv4></address-family>"))),
    "filtering profile": Kind(
        ADVANCED, f"{PROFILES}/filtering-profile", '<entry name="g"><ipv4><unicast><unsuppress-map>m</unsuppress-map></unicast></ipv4></entry>',
        (f"{bgp(ADVANCED)}/peer-group", other_group("<filtering-profile><ipv4>g</ipv4></filtering-profile>"))),
    "filtering profile of a peer": Kind(
        ADVANCED, f"{PROFILES}/filtering-profile", '<entry name="g"/>',
        (f"{bgp(ADVANCED)}/peer-group", other_group(within="<inherit><no><filtering-profile><ipv4>g</ipv4></filtering-profile></no></inherit>"))),
    "route map in": Kind(
        ADVANCED, f"{FILTERS}/route-maps/bgp/bgp-entry", '<entry name="g-in"><route-map><entry name="10"><action>deny</action></entry></route-map></entry>',
        filtering("<route-maps><outbound>g-in</outbound></route-maps>")),
    "route map out": Kind(
        ADVANCED, f"{FILTERS}/route-maps/bgp/bgp-entry", '<entry name="g-out"><route-map><entry name="10"><action>deny</action></entry></route-map></entry>',
        filtering("<unsuppress-map>g-out</unsuppress-map>")),
    "prefix list by what nobody knows": Kind(
        ADVANCED, f"{FILTERS}/prefix-list", '<entry name="g-out"/>',
        (f"{bgp(ADVANCED)}/peer-group", other_group("<of-tomorrow><lists><member>g-out</member></lists></of-tomorrow>"))),
    "prefix list": Kind(
        ADVANCED, f"{FILTERS}/prefix-list",
        '<entry name="g-out"><type><ipv4><ipv4-entry><entry name="5"><action>deny</action></entry></ipv4-entry></ipv4></type></entry>',
        filtering("<inbound-network-filters><prefix-list>g-out</prefix-list></inbound-network-filters>")),
}


def door_of(firewalls, engine, *routers) -> Door:
    door = Door(bgp_peer, firewalls(engine=engine))
    for router in routers or ("default",):
        door.control.plant(bgp(engine, router), RUNNING)
    return door


def refused_or_done(door, options, **more) -> bool:
    """Whether a task was carried out; check mode says the same before, and nothing is left to do behind it."""
    checked, done = door.run(options, check=True, **more), door.run(options, **more)
    assert (checked.failed, checked.message, checked.diff) == (done.failed, done.message, done.diff)
    if not done.failed:
        assert door.done(options, **more).changed is False
    return not done.failed


def life_beside(door, others, options=EVERYTHING, otherwise=OTHERWISE) -> None:
    """A peer is made, changed and removed: what is at C(others) stays to the letter, and nothing is left."""
    def stands():
        return [door.control.candidate(place) for place in others]

    before, whole = stands(), door.candidate()
    if not refused_or_done(door, peer(**options)):
        message = door.run(peer(**options)).message
        assert re.search(r"'g-(in|out|rest)'.*(is used by|give the peer)", message), message
        assert door.candidate() == whole
        return
    assert stands() == before
    assert refused_or_done(door, peer(**otherwise))
    assert stands() == before
    told = door.done(identity(peer()), state="gathered").values["gathered"]
    assert not door.done(told[0]).changed
    door.done(identity(peer()), state="absent")
    assert stands() == before
    assert door.candidate() == whole


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
@pytest.mark.parametrize("used", [False, True], ids=["unused", "used by another"])
def test_an_object_of_that_name_stays_as_it_is(firewalls, kind, used):
    door = door_of(firewalls, kind.engine)
    places = [f"{kind.place}/entry[@name='{kind.name}']"]
    door.control.plant(kind.place, kind.entry)
    if used:
        door.control.plant(*kind.user)
        places.append(f"{kind.user[0]}/entry[@name='{ET.fromstring(kind.user[1]).get('name')}']")
    life_beside(door, places)


OURS = {
    "one name in two groups": [peer(), peer(group="h", number=2)],
    "one group on two routers": [peer(), peer(router="second", number=2)],
    "one name in two groups of two routers": [peer(), peer(group="h", router="second", number=2), peer(group="h", number=3)],
    "a group called like another one's object": [peer(group="g"), peer(name="g", group="p", number=2), peer(name="p-g", number=3, group="x")],
}


@pytest.mark.parametrize("engine", [LEGACY, ADVANCED])
@pytest.mark.parametrize("peers", OURS.values(), ids=OURS)
def test_peers_that_want_the_same_names_do_not_meet(firewalls, engine, peers):
    door = door_of(firewalls, engine, "default", "second")
    before = door.candidate()
    wanted = [{**options, **(EVERYTHING if number % 2 else OTHERWISE)} for number, options in enumerate(peers)]
    for options in wanted:
        assert refused_or_done(door, options)
    for _round in range(2):
        assert [door.done(options).changed for options in wanted] == [False] * len(wanted)
    told = [door.done(identity(options), state="gathered").values["gathered"][0] for options in wanted]
    assert told == [{**{option: value for option, value in options.items() if option != "secret"}, "type": "ebgp"} for options in wanted]
    changed = {**wanted[0], **EVERYTHING, "secret": "Fresh0ne", "advertise": ["10.20.0.0/24"]}
    assert door.done(changed).changed
    assert [door.done(options).changed for options in wanted[1:]] == [False] * (len(wanted) - 1)
    for options in [changed, *wanted[1:]]:
        assert door.done(identity(options), state="absent").changed
        rest = wanted[wanted.index(options) + 1:] if options in wanted else wanted[1:]
        assert [door.done(other).changed for other in rest] == [False] * len(rest)
    assert door.candidate() == before


LATER = {name: kind for name, kind in KINDS.items() if name != "last export rule"}


@pytest.mark.parametrize("kind", LATER.values(), ids=LATER)
def test_what_others_come_to_use_is_theirs_too(firewalls, kind):
    door = door_of(firewalls, kind.engine)
    door.done(peer(**EVERYTHING))
    door.control.plant(*kind.user)
    assert not door.done(peer(**EVERYTHING)).changed
    place = f"{kind.place}/entry[@name='{kind.name}']"
    before = door.control.candidate(place)
    refused_or_done(door, peer(**OTHERWISE))
    assert door.control.candidate(place) == before
    door.done(identity(peer()), state="absent")
    kept = ET.fromstring(door.control.candidate(place))
    assert [member.text for member in kept.iterfind("used-by/member")] in ([], ["other"])
    assert kept.get("name") == kind.name
    assert not door.run(identity(peer()), state="absent").changed


@pytest.mark.parametrize("engine", [LEGACY, ADVANCED])
def test_a_peer_that_is_not_there_takes_nothing_with_it(firewalls, engine):
    door = door_of(firewalls, engine)
    for kind in KINDS.values():
        if kind.engine == engine:
            door.control.plant(kind.place, kind.entry)
    assert not door.done(identity(peer()), state="absent").changed


def test_no_name_is_left(firewalls):
    door = door_of(firewalls, ADVANCED)
    for name in ("p", "p-g", "p-g-default"):
        door.control.plant(f"{PROFILES}/timer-profile", f'<entry name="{name}"><hold-time>240</hold-time></entry>')
    door.refused(peer(hold_time=30), "BGP timer profile", "another name")
    assert door.done(peer()).changed


@pytest.mark.parametrize("engine", [LEGACY, ADVANCED])
def test_a_name_has_no_room_for_more(firewalls, engine):
    door = door_of(firewalls, engine)
    door.done(peer("x" * 63, secret="R3dFox17"))
    door.refused(peer("x" * 63, "h", number=2, secret="BlueOwl23"), "BGP authentication profile", "another name")


@pytest.mark.parametrize("engine", [LEGACY, ADVANCED])
def test_peers_that_want_the_same_names_come_and_go_in_one_transaction(firewalls, engine):
    door = door_of(firewalls, engine, "default", "second")
    before = door.candidate()
    peers = [peer(**EVERYTHING), peer(group="h", number=2, **OTHERWISE), peer(router="second", number=3, **OTHERWISE)]
    assert refused_or_done(door, {"items": [{"bgp_peer": options} for options in peers]}, module=transaction)
    assert [door.done(options).changed for options in peers] == [False] * len(peers)
    door.done({"items": [{"bgp_peer": {**identity(options), "state": "absent"}} for options in peers]}, module=transaction)
    assert door.candidate() == before


@pytest.mark.parametrize("engine", [LEGACY, ADVANCED])
def test_a_shared_secret_is_left_where_it_is_the_one_that_is_given(firewalls, engine):
    door = door_of(firewalls, engine)
    door.done(peer(secret="R3dFox17"))
    holder = f"{bgp(engine)}/auth-profile" if engine == LEGACY else f"{PROFILES}/auth-profile"
    door.control.plant(f"{bgp(engine)}/peer-group", other_group(within=connected("authentication", "p")))
    assert not door.done(peer(secret="R3dFox17")).changed
    assert door.done(peer(secret="BlueOwl23")).changed
    assert len(ET.fromstring(door.control.candidate(holder))) == 2


# Announcements.

LAN = {"virtual_router": "default", "name": "lan", "sources": ["connected"], "destinations": ["10.10.0.0/24"], "med": 50}
REDISTRIBUTED = f"{NETWORK}/virtual-router/entry[@name='default']/protocol"
SECOND_ANNOUNCES = "<redistribution-profile><ipv4><unicast>lan</unicast></ipv4></redistribution-profile>"
ANNOUNCED = {
    "redistribution profile of a virtual router": Kind(
        LEGACY, f"{REDISTRIBUTED}/redist-profile", '<entry name="lan"><priority>9</priority><action><redist/></action></entry>',
        (f"{REDISTRIBUTED}/ospf/export-rules", '<entry name="lan"><new-path-type>ext-1</new-path-type></entry>')),
    "redistribution profile": Kind(
        ADVANCED, f"{PROFILES}/redistribution-profile", '<entry name="lan"><ipv4><unicast><static><enable>yes</enable></static></unicast></ipv4></entry>',
        (bgp(ADVANCED, "second"), SECOND_ANNOUNCES)),
    "route map": Kind(
        ADVANCED, f"{FILTERS}/route-maps/redistribution/redist-entry",
        '<entry name="lan"><connected-static><bgp><route-map><entry name="10"><action>deny</action></entry></route-map></bgp></connected-static></entry>',
        (f"{PROFILES}/redistribution-profile",
         '<entry name="theirs"><ipv4><unicast><static><route-map>lan</route-map></static></unicast></ipv4></entry>')),
    "prefix list": Kind(
        ADVANCED, f"{FILTERS}/prefix-list",
        '<entry name="lan"><type><ipv4><ipv4-entry><entry name="5"><action>deny</action></entry></ipv4-entry></ipv4></type></entry>',
        filtering("<inbound-network-filters><prefix-list>lan</prefix-list></inbound-network-filters>")),
}


@pytest.mark.parametrize("kind", ANNOUNCED.values(), ids=ANNOUNCED)
@pytest.mark.parametrize("used", [False, True], ids=["unused", "used by another"])
def test_an_announcement_takes_no_name_of_others(firewalls, kind, used):
    door = door_of(firewalls, kind.engine, "default", "second")
    door.control.plant(kind.place, kind.entry)
    if used:
        door.control.plant(*kind.user)
    checked = door.refused(LAN, "'lan'", "give another name", module=bgp_redistribution, check=True)
    assert door.refused(LAN, module=bgp_redistribution).message == checked.message
    assert not door.done(identity(LAN), state="absent", module=bgp_redistribution).changed
    elsewhere, whole = {**LAN, "name": "mine"}, door.candidate()
    door.done(elsewhere, module=bgp_redistribution)
    assert not door.done(elsewhere, module=bgp_redistribution).changed
    door.done(identity(elsewhere), state="absent", module=bgp_redistribution)
    assert door.candidate() == whole


@pytest.mark.parametrize("kind", ANNOUNCED.values(), ids=ANNOUNCED)
def test_what_others_come_to_announce_by_is_theirs_too(firewalls, kind):
    door = door_of(firewalls, kind.engine, "default", "second")
    door.done(LAN, module=bgp_redistribution)
    door.control.plant(*kind.user)
    place = f"{kind.place}/entry[@name='lan']"
    before = door.control.candidate(place)
    assert not door.done(LAN, module=bgp_redistribution).changed
    changed = {"sources": ["connected", "static"], "destinations": ["10.30.0.0/16"], "med": 70}
    refused_or_done(door, {**LAN, **changed}, module=bgp_redistribution)
    assert door.control.candidate(place) == before
    door.done(identity(LAN), state="absent", module=bgp_redistribution)
    assert door.control.candidate(place) == before
    assert not door.run(identity(LAN), state="absent", module=bgp_redistribution).changed


@pytest.mark.parametrize("engine", [LEGACY, ADVANCED])
def test_the_same_announcement_on_two_routers(firewalls, engine):
    door = door_of(firewalls, engine, "default", "second")
    before = door.candidate()
    door.done(LAN, module=bgp_redistribution)
    first, second = door.candidate(), {**LAN, "virtual_router": "second", "destinations": ["10.30.0.0/16"]}
    if engine == ADVANCED:
        door.refused(second, "'lan'", "give another name", module=bgp_redistribution)
        second["name"] = "lan-second"
    door.done(second, module=bgp_redistribution)
    assert [door.done(options, module=bgp_redistribution).changed for options in (LAN, second)] == [False, False]
    door.done(identity(second), state="absent", module=bgp_redistribution)
    assert door.candidate() == first
    door.done(identity(LAN), state="absent", module=bgp_redistribution)
    assert door.candidate() == before
