# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The record of what a VPN changed for others, in one line of a comment."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.location import Location
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.surroundings import Surroundings
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import PLACES
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.platform import Platform
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import record as records
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.record import MARK, Member, Object, Record, RecordedNames, peer

CLAIMED = [
    Object("ike_gateway", "vpn-1-2"), Object("pbf_rule", "vpn-1-discard"), Object("monitor_profile", "vpn-1"), Object("bgp_peer_group", "vpn-1", "default"),
    Object("static_route", "vpn-1-2-10.0.0.0-8", "default"), peer("default", "vpn-1", "vpn-1-1"), Object("static_route", "kept before", "other router"),
]
FULL = Record(
    "vpn-1", "vsys1", "default", {1: "tunnel.1", 2: "tunnel.2"}, RecordedNames.of(CLAIMED), zones=["vpn"], bgp={"enable": None, "local_as": "65000"},
    announced=RecordedNames.of(["10.99.0.0/24"]), options=["local_id"],
    members=RecordedNames.of([Member("local", "10.10.0.0/24"), Member("from", "trust"), "vpn-1-1:3"]),
    adopted={"ike_gateway": {"-1": "to-aws"}, "pbf_rule": {"-1": "cloud", "~1": "cloud too"}, "static_route": {"-1-10.0.0.0-8": "old way"},
             "bgp_peer_entry": {"-2": "aws"}, "bgp_peer_group": {"-2": "cloud"}},
    borrowed={"ike_crypto_profile": {"-1": "company"}})
lines = st.text(alphabet=st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=30).filter(lambda line: not line.startswith(MARK))


def test_it_is_one_line_and_comes_back():
    assert "\n" not in FULL.line()
    assert records.find(FULL.line()) == FULL
    assert records.find(Record("vpn-1").line()) == Record("vpn-1")


@given(st.lists(lines, max_size=3))
@settings(deadline=None, derandomize=True)
def test_other_lines_stay(others):
    comment = "\n".join(others)
    kept = comment.splitlines()
    written = records.written(records.written(comment, Record("vpn-1")), FULL)
    assert written.splitlines() == [*kept, FULL.line()]
    assert records.find(written, "vpn-1") == FULL


NONE = {
    "no comment": None, "another comment": "ours since May", "another VPN": Record("vpn-2").line(), "cut off": FULL.line()[:40],
    "no JSON": MARK + "was here",
    "names that are none": MARK + '{"vpn":"vpn-1","adopted":{"ike_gateway":["to-aws"]}}', "no kinds": MARK + '{"vpn":"vpn-1","borrowed":"all"}',
    "another structure": MARK + '{"vpn": "vpn-1", "of_tomorrow": 1}', "a list": MARK + "[1]",
}


@pytest.mark.parametrize("comment", NONE.values(), ids=NONE.keys())
def test_what_is_no_record(comment):
    assert records.find(comment, "vpn-1") is None


CALLED = {
    "an adopted object": ("ike_gateway", "vpn-1-1", None, "to-aws"), "the other tunnel's, which is not": ("ike_gateway", "vpn-1-2", None, "vpn-1-2"),
    "a borrowed one, by its tunnel": ("ike_crypto_profile", "vpn-1", 1, "company"), "the other tunnel's": ("ike_crypto_profile", "vpn-1", 2, "vpn-1"),
    "another kind of the same name": ("ipsec_tunnel", "vpn-1-1", None, "vpn-1-1"),
}


@pytest.mark.parametrize("kind, own, number, name", CALLED.values(), ids=CALLED.keys())
def test_what_an_object_is_called(kind, own, number, name):
    assert FULL.called(kind, own, number) == name


OWNED = [*CLAIMED, Object("ike_gateway", "to-aws"), Object("pbf_rule", "cloud too"), Object("static_route", "old way", "default"),
         peer("default", "cloud", "aws")]
FOREIGN = [
    Object("ike_gateway", "vpn-1"), Object("ike_gateway", "vpn-1-1"), Object("ike_gateway", "vpn-1-3"), Object("ipsec_tunnel", "vpn-1-2"),
    Object("ipsec_tunnel", "to-aws"), Object("ike_crypto_profile", "company"), Object("pbf_rule", "vpn-1-1"), Object("zone", "vpn-1"),
    Object("bgp_peer_group", "vpn-1", "other router"), Object("static_route", "vpn-1-2-10.0.0.0-8"), Object("static_route", "old way", "other router"),
    peer("default", "isp", "vpn-1-1"), peer("default", "isp", "aws"), Object("static_route_ipv6", "vpn-1-2-10.0.0.0-8", "default"),
]


@pytest.mark.parametrize("thing, owned", [(one, True) for one in OWNED] + [(one, False) for one in FOREIGN], ids=str)
def test_whose_an_object_is(thing, owned):
    """As the record says, in the place that it says: a name that looks like one of the VPN's is nothing to go by."""
    digested = replace(FULL, claims=FULL.claims.digested())
    for record in (FULL, records.find(FULL.line()), digested, records.find(digested.line())):
        assert record.owns(thing) is owned


def test_what_is_released_has_its_own_name_again():
    record = FULL.without([("ike_gateway", "to-aws"), ("ike_crypto_profile", "company")])
    assert (record.called("ike_gateway", "vpn-1-1"), record.called("ike_crypto_profile", "vpn-1", 1)) == ("vpn-1-1", "vpn-1")
    assert "ike_gateway" not in record.line()
    assert record.without_use("pbf_rule", "cloud too")
    assert not record.without_use("pbf_rule", "cloud")


REMOTES = [f"10.{number}.0.0/16" for number in range(120)] + [f"2001:db8:{number:x}::/48" for number in range(10)]


def leading(*keys: str, remotes=tuple(REMOTES)) -> list:
    return [Object("static_route_ipv6" if ":" in network else "static_route", f"vpn-1{key}-{network.replace('/', '-').replace(':', '.')}", "default")
            for network in remotes for key in keys]


@pytest.mark.parametrize("count", [1, 10, 130])
def test_routes_to_all_remote_networks_are_not_said_one_by_one(count):
    """Each of them is the VPN's; one with another tunnel's number, in another router, or to another network is not."""
    claims = [*leading("-1", "-2", "-discard", remotes=REMOTES[-count:]), *CLAIMED]
    record = replace(FULL, adopted={}, claims=RecordedNames.of(claims), members=RecordedNames.of([Member("remote", network) for network in REMOTES[-count:]]))
    made = standing(record, firewall(t1="", t2=""))
    found = records.among(made)["tunnel.1"]
    assert [thing for thing in claims if not found.owns(thing)] == []
    strangers = [thing._replace(inside="other router") for thing in claims if thing.kind in ("static_route", "static_route_ipv6")]
    strangers += leading("-3") + leading("-1", remotes=("172.16.0.0/12", "2001:db8:ffff::/48"))
    assert [thing for thing in strangers if found.owns(thing) and thing not in claims] == []
    # Written again by somebody who knows no more than the comments say.
    assert records.among(standing(found, firewall(**made_comments(made))))["tunnel.1"] == found


def made_comments(made: dict) -> dict:
    return {f"t{unit.partition('.')[2]}": text for unit, text in made.items()}


def test_networks_that_are_all_announced_are_said_once():
    networks = [f"10.{number}.0.0/16" for number in range(150)]
    record = replace(FULL, adopted={}, members=RecordedNames.of(Member("local", network) for network in networks), announced=RecordedNames.of(networks))
    found = records.among(standing(record, firewall(t1="", t2="")))["tunnel.1"]
    assert [network for network in networks if network not in found.announced] == []
    assert "172.16.0.0/12" not in found.announced
    some = replace(record, announced=RecordedNames.of(networks[:7]))
    found = records.among(standing(some, firewall(t1="", t2="")))["tunnel.1"]
    assert [network for network in networks if network in found.announced] == networks[:7]


# The comments that hold it.


def firewall(**comments) -> Surroundings:
    """A firewall with tunnel interfaces: number → comment."""
    config = ET.fromstring("<config><devices><entry name='localhost.localdomain'/></devices></config>")
    units = places.make(config, (Location().base("network") + PLACES["tunnel_interface"][1])[1:])
    for number, text in comments.items():
        entry = ET.SubElement(units, "entry", name=f"tunnel.{number[1:]}")
        ET.SubElement(entry, "comment").text = text
    return Surroundings(config, Location().base, Platform((11, 1)))


def routes(count: int) -> Record:
    return Record("vpn-1", "vsys1", "default", {1: "tunnel.1", 2: "tunnel.2"},
                  RecordedNames.of(Object("static_route", f"vpn-1-{number % 2 + 1}-10.{number}.0.0-16", "default") for number in range(count)),
                  members=RecordedNames.of(Member("local", f"10.{number}.0.0/16") for number in range(count // 2)))


def standing(record, view) -> dict:
    """What is found after the record was written."""
    made = records.comments(record, record.units.values(), view)
    assert max(map(len, made.values())) <= records.COMMENT_LENGTH
    return made


@pytest.mark.parametrize("count", [0, 1, 10, 20, 60, 100, 150, 200])
@pytest.mark.parametrize("text", ["", "made in May\nask Ana first", "x" * 300])
def test_no_claim_is_lost_however_many_there_are(count, text):
    record = routes(count)
    made = standing(record, firewall(t1=text, t2="theirs"))
    found = records.among(made)["tunnel.1"]
    assert [thing for thing in record.claims.texts if not found.owns(thing)] == []
    assert [member for member in record.members.texts if member not in found.members] == []
    # What was given as something else is somebody else's.
    assert [member for member in record.members.texts if member._replace(role="remote") in found.members] == []
    strangers = [Object("static_route", f"vpn-1-1-172.{number}.0.0-16", "default") for number in range(256)]
    assert [thing for thing in strangers if found.owns(thing)] == []
    assert [line for line in made["tunnel.1"].splitlines() if not line.startswith("tunnelsmith")] == text.splitlines()
    assert made["tunnel.2"].splitlines()[0] == "theirs"


def test_what_does_not_fit_anywhere_is_refused():
    with pytest.raises(Refused, match="does not fit into the comments of tunnel.1, tunnel.2"):
        standing(routes(240), firewall(t1="x" * 900, t2="x" * 900))


def test_claims_that_are_left_over_are_refused_where_each_comment_is_full():
    with pytest.raises(Refused, match="does not fit into the comments of tunnel.1, tunnel.2"):
        claims = RecordedNames.of(Object("ike_gateway", f"vpn-1-{number}") for number in range(600))
        standing(replace(routes(256), members=RecordedNames.of(()), claims=claims), firewall())


def test_what_people_write_around_it_does_not_matter():
    made = standing(routes(200), firewall(t1="", t2=""))
    edited = {unit: "\n".join(["before", *reversed(comment.splitlines()), "after"]) for unit, comment in made.items()}
    assert records.among(edited) == records.among(made)


def test_a_copy_of_the_comment_on_another_interface_claims_nothing():
    made = standing(FULL, firewall(t1="", t2="", t9=""))
    assert list(records.among({"tunnel.9": made["tunnel.1"]})) == []
    assert list(records.among({"tunnel.9": made["tunnel.1"], **made})) == ["tunnel.1"]


def test_it_leaves_the_other_interfaces_when_it_fits_into_one():
    large = standing(routes(200), firewall(t1="", t2="theirs"))
    assert "tunnelsmith-more" in large["tunnel.2"]
    small = standing(routes(4), firewall(t1=large["tunnel.1"], t2=large["tunnel.2"]))
    assert small["tunnel.2"] == "theirs"
    assert records.among(small) == {"tunnel.1": routes(4)}
