# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Source NAT rules of others and a VPN: refused by name, or kept from its traffic by a rule of the VPN's own."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import VSYS
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.pairing import ENGINES, VpnDoor, options

RULES = f"{VSYS}/rulebase/nat/rules"
HIDE = """<source-translation><dynamic-ip-and-port><interface-address><interface>ethernet1/8</interface></interface-address>
    </dynamic-ip-and-port></source-translation>"""


def nat(name, translation=HIDE, more="", **sides) -> str:
    lists = {"from": "trust", "to": "any", "source": "any", "destination": "any", **sides}
    listed = "".join(f"<{option}><member>{value}</member></{option}>" for option, value in lists.items())
    return f"<entry name='{name}'>{translation}{listed}<service>any</service>{more}</entry>"


@dataclass(frozen=True)
class Case:
    """C(rules): of others, from the top. C(above): the one that the VPN's rule must stand above; None where none is needed."""

    rules: tuple
    above: str | None


CASES = {
    "none": Case((), None),
    "hides everything": Case((nat("hide"),), "hide"),
    "hides from any zone": Case((nat("hide", **{"from": "any"}),), "hide"),
    "hides an address object": Case((nat("hide", source="office-lan"),), "hide"),
    "hides part of the network": Case((nat("hide", source="10.10.0.128/25"),), "hide"),
    "the second of two that hide": Case((nat("dns", to="untrust"), nat("hide"), nat("hide too")), "hide"),
    "hides other zones": Case((nat("hide", **{"from": "dmz"}),), None),
    "hides the way out": Case((nat("hide", to="untrust"),), None),
    "hides other networks": Case((nat("hide", source="10.99.0.0/16"),), None),
    "translates prefixes of IPv6": Case((nat("hide", more="<nat-type>nptv6</nat-type>"),), None),
    "hides what leaves by the line": Case((nat("hide", more="<to-interface>ethernet1/8</to-interface>"),), None),
    "disabled": Case((nat("hide", more="<disabled>yes</disabled>"),), None),
    "an exemption of somebody else above": Case((nat("no nat", "", destination="10.0.0.0/8"), nat("hide")), None),
    "an exemption of somebody else for a part": Case((nat("no nat", "", destination="10.200.7.0/24"), nat("hide")), "hide"),
    "destination NAT above": Case((nat("in", "<destination-translation><translated-address>10.10.0.9</translated-address></destination-translation>",
                                       **{"from": "untrust"}), nat("hide")), "hide"),
}


def door_with(firewalls, case, engine="virtual-router") -> VpnDoor:
    door = VpnDoor(firewalls(engine=engine))
    for rule in case.rules:
        door.control.plant(RULES, rule)
    return door


def order(door) -> list:
    """Without the one that the emulator's configuration has of its own."""
    names = [rule.get("name") for rule in ET.fromstring(door.control.candidate(RULES))]
    return [name for name in names if name != "office hides behind provider"]


def without_ours(door, own) -> list:
    return [ET.tostring(rule) for rule in ET.fromstring(door.control.candidate(RULES)) if rule.get("name") != own]


@pytest.mark.parametrize("engine, kind", [(ENGINES[0], "pbf"), (ENGINES[1], "bgp")])
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_traffic_of_the_vpn_is_exempt_where_a_rule_would_translate_it(firewalls, case, engine, kind):
    door = door_with(firewalls, case, engine)
    asked = options(kind)
    own, start, theirs = f"{asked['name']}-no-nat", door.candidate(), without_ours(door, "")
    if case.above is None:
        door.done(asked)
        assert own not in order(door)
    else:
        message = door.refused(asked, f"NAT rule '{case.above}'", "nat_exemption: true", "10.200.0.0/16").message
        assert door.refused(asked, check=True).message == message
    asked["nat_exemption"] = True
    checked = door.done(asked, check=True)
    assert door.done(asked).diff == checked.diff
    assert (own in order(door)) is bool(case.above)
    if case.above:
        names = order(door)
        assert names.index(own) == names.index(case.above) - 1
    again = door.done(asked)
    assert (again.changed, door.writes()) == (False, [])
    assert without_ours(door, own) == theirs
    door.remove(kind)
    assert door.candidate() == start


@pytest.fixture
def hidden(firewalls) -> VpnDoor:
    return door_with(firewalls, CASES["hides everything"])


def test_the_rule_says_the_vpns_traffic_and_nothing_else(hidden):
    asked = options(nat_exemption=True, remote_networks=["10.200.0.0/16", "172.31.0.0/16"])
    hidden.done(asked)
    own = f"{RULES}/entry[@name='{asked['name']}-no-nat']"
    expected = """<entry name="{}"><from><member>trust</member></from><to><member>aws-vpn</member></to><source><member>10.10.0.0/24</member></source>
        <destination><member>10.200.0.0/16</member><member>172.31.0.0/16</member></destination><service>any</service><disabled>no</disabled></entry>"""
    assert hidden.stands(own, expected.format(f"{asked['name']}-no-nat"))
    hidden.done({**asked, "remote_networks": ["172.31.0.0/16"]})
    assert hidden.stands(own, expected.replace("<member>10.200.0.0/16</member>", "").format(f"{asked['name']}-no-nat"))


@pytest.mark.parametrize("drift", [
    lambda door, own: door.control.plant(f"{RULES}/entry[@name='{own}']", HIDE),
    lambda door, own: door.control.plant(f"{RULES}/entry[@name='{own}']", "<disabled>yes</disabled>"),
    lambda door, own: door.control.plant(RULES, nat("hide first")),
], ids=["translates", "disabled", "a new one"])
def test_what_somebody_made_of_it_is_put_right(hidden, drift):
    asked = options(nat_exemption=True)
    own = f"{asked['name']}-no-nat"
    hidden.done(asked)
    before = hidden.control.candidate(f"{RULES}/entry[@name='{own}']")
    drift(hidden, own)
    hidden.done(asked)
    assert order(hidden)[0] == own
    assert hidden.control.candidate(f"{RULES}/entry[@name='{own}']") == before
    assert not hidden.done(asked).changed


def test_the_rule_goes_as_soon_as_it_is_not_needed(hidden):
    asked = options(nat_exemption=True)
    hidden.done(asked)
    hidden.control.edit_as("admin", "delete", f"{RULES}/entry[@name='hide']")
    assert hidden.done(asked).changed
    assert order(hidden) == []


def test_without_the_option_the_rule_of_others_is_refused_again(hidden):
    hidden.done(options(nat_exemption=True))
    hidden.refused(options(), "NAT rule 'hide'", "nat_exemption")


def test_a_rule_of_that_name_is_somebody_elses(hidden):
    asked = options(nat_exemption=True)
    hidden.control.plant(RULES, nat(f"{asked['name']}-no-nat", "", source="10.99.0.0/16"))
    hidden.refused(asked, f"NAT rule '{asked['name']}-no-nat'", "adopt: true")


def test_each_of_two_vpns_has_its_own(hidden):
    first = options(nat_exemption=True)
    second = options("bgp", nat_exemption=True, zone="aws-too", remote_networks=["10.201.0.0/16"])
    start = hidden.candidate()
    for asked in (first, second):
        hidden.done(asked)
    assert order(hidden) == [f"{first['name']}-no-nat", f"{second['name']}-no-nat", "hide"]
    assert [hidden.done(asked).changed for asked in (first, second)] == [False, False]
    hidden.remove("pbf")
    assert order(hidden) == [f"{second['name']}-no-nat", "hide"]
    assert not hidden.done(second).changed
    hidden.remove("bgp")
    assert hidden.candidate() == start
