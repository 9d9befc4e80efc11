# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tables say of kinds of objects: the words for one, and who names one."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall import kinds
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import PLACES
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Entries, Group, Leaf, Members, Table, steps
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.record import _CODES

DEVICE = ("devices", ("entry", "localhost.localdomain"))
BASES = {"network": DEVICE + ("network",), "vsys": DEVICE + ("vsys", ("entry", "vsys1")), "rulebase": DEVICE + ("vsys", ("entry", "vsys1"), "rulebase")}


def referring() -> list:
    """(Table, the node that refers, the steps to it) of every reference that a table declares; a shared list holds others' memberships."""
    return [(table, node, path) for table in kinds.tables() if table.container for node, path in _referring(table.nodes, ())]


def _referring(nodes, above):
    for node in nodes:
        path = above + steps(node.path)
        if isinstance(node, (Group, Entries)):
            yield from _referring(node.nodes, path + ((("entry", "10"),) if isinstance(node, Entries) else ()))
        if not isinstance(node, Group) and node.refers_to and path and not getattr(node, "shared", False):
            yield node, path


def configured(table: Table, node, path: tuple, name: str) -> ET.Element:
    """A configuration with one object, C(mine), that names another one."""
    config = ET.Element("config")
    place = BASES[table.location] + table.container + (("entry", "mine"),) + path
    element = places.make(config, place + ((("member", name),) if isinstance(node, Members) else (("entry", name),) if isinstance(node, Entries) else ()))
    if isinstance(node, Leaf):
        element.text = name
    return config


@pytest.mark.parametrize("table, node, path", [
    pytest.param(*each, id=f"{each[0].kind}: {each[1].option}, {number}") for number, each in enumerate(referring())])
def test_whatever_a_table_says_to_refer_to_an_object_is_its_user(table, node, path):
    config = configured(table, node, path, "wanted")
    for kind in node.refers_to:
        named = kinds.users(config, kind, "wanted")
        assert len(named) == 1 and named[0].endswith("'10'" if ("entry", "10") in path else "'mine'"), kind
        assert kinds.users(config, kind, "another") == []


PLANTED = Table("satellite", "network", ("satellites",), nodes=(
    Leaf("gateway", "connects/through", refers_to=("ike_gateway",)),
    Members("profiles", "tried-profiles", refers_to=("ipsec_crypto_profile",)),
    Members("interfaces", "interfaces", refers_to=("interface",), shared=True),
), words="GlobalProtect satellite")


def test_a_table_that_is_new_counts(monkeypatch):
    known = kinds.tables()
    before = [kinds.users(configured(PLANTED, node, steps(node.path), "wanted"), kind, "wanted")
              for node, kind in zip(PLANTED.nodes, ("ike_gateway", "ipsec_crypto_profile"))]
    monkeypatch.setattr(kinds, "tables", lambda: (*known, PLANTED))
    # What the tables say is kept, since they do not change while a module runs.
    monkeypatch.setattr(kinds, "references", kinds.references.__wrapped__)
    after = [kinds.users(configured(PLANTED, node, steps(node.path), "wanted"), kind, "wanted")
             for node, kind in zip(PLANTED.nodes, ("ike_gateway", "ipsec_crypto_profile", "tunnel_interface"))]
    assert before == [[], []]
    assert after == [["GlobalProtect satellite 'mine'"], ["GlobalProtect satellite 'mine'"], []]


def test_an_element_with_the_name_of_a_kind_counts_wherever_it_stands():
    config = ET.fromstring("<config><shared><odd-thing><entry name='x'><deep><ike-crypto-profile>wanted</ike-crypto-profile></deep></entry></odd-thing>"
                           "<ipsec-crypto-profile>wanted</ipsec-crypto-profile></shared></config>")
    assert kinds.users(config, "ike_crypto_profile", "wanted") == ["odd thing 'x'"]
    assert kinds.users(config, "ipsec_crypto_profile", "wanted") == ["shared"]


def test_an_interface_is_used_by_rules_and_not_by_its_memberships():
    vsys = "<vsys><entry name='vsys1'>{}</entry></vsys>"
    rule = "<rulebase><pbf><rules><entry name='r'><from><interface><member>tunnel.1</member></interface></from></entry></rules></pbf></rulebase>"
    zone = "<zone><entry name='z'><network><layer3><member>tunnel.1</member></layer3></network></entry></zone>"
    imported = "<import><network><interface><member>tunnel.1</member></interface></network></import>"
    router = "<virtual-router><entry name='default'><interface><member>tunnel.1</member></interface></entry></virtual-router>"
    config = ET.fromstring(f"<config><devices><entry name='localhost.localdomain'>{vsys.format(rule + zone + imported)}"
                           f"<network>{router}</network></entry></devices></config>")
    assert kinds.users(config, "tunnel_interface", "tunnel.1") == ["PBF rule 'r'"]


def test_every_kind_that_is_referred_to_is_one_that_something_describes():
    """A word that nothing is called would never be found: a slip of the pen."""
    known = {*PLACES, *(word for table in kinds.tables() for word in (table.kind, *table.also)), "vsys_import"}
    named = {kind for table in kinds.tables() for node, _path in _referring(table.nodes, ()) for kind in node.refers_to}
    assert named <= known


def test_everything_that_a_record_can_claim_has_words():
    assert {kind: kinds.words(kind) for kind in _CODES if kinds.of_kind(kind.removesuffix("_ipv6")) is None} == {}
    assert (kinds.words("ike_gateway"), kinds.words("static_route_ipv6"), kinds.words("unheard_of")) == (
        "IKE gateway", "IPv6 static route", "unheard of")


def test_tables_of_one_kind_are_called_alike():
    called: dict = {}
    for table in kinds.tables():
        called.setdefault(table.kind, set()).add(table.called.removeprefix("IPv6 "))
    assert {kind: found for kind, found in called.items() if len(found) > 1} == {}


DISTURBS = {
    "a gateway's address": ("ike_gateway", "peer-address", True),
    "a gateway's comment": ("ike_gateway", "comment", False),
    "a tunnel's replay window": ("ipsec_tunnel", "anti-replay", True),
    "a tunnel's monitor": ("ipsec_tunnel", "tunnel-monitor", False),
    "a tunnel's comment": ("ipsec_tunnel", "comment", False),
    "an interface's address": ("tunnel_interface", "ip", True),
    "an interface's IPv6": ("tunnel_interface", "ipv6", True),
    "an interface's MTU": ("tunnel_interface", "mtu", False),
    "an interface's profile": ("tunnel_interface", "interface-management-profile", False),
    "a peer's timers": ("bgp_peer_entry", "connection-options", True),
    "timers": ("bgp_timer_profile", "hold-time", True),
    "a proposal": ("ipsec_crypto_profile", "esp", True),
    "an element that no table has": ("ike_gateway", "something-new", True),
    "a rule": ("pbf_rule", "action", False),
    "a route": ("static_route", "nexthop", False),
}


@pytest.mark.parametrize("kind, element, expected", DISTURBS.values(), ids=DISTURBS.keys())
def test_what_a_change_interrupts(kind, element, expected):
    assert kinds.of_kind(kind).disturbs(element) is expected
