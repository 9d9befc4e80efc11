# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Several places in one request, and the same answer where a device refuses, overlooks or muddles that."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device import connection, union
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.connection import Session
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.transport import Provider
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import ConnectionFailed, DeviceError
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import Emulator

DEVICE = ("config", "devices", ("entry", "localhost.localdomain"))
NETWORK, VSYS = DEVICE + ("network",), DEVICE + ("vsys", ("entry", "vsys1"))
THERE = [NETWORK + ("ike", "gateway"), VSYS + ("zone",), NETWORK + ("virtual-router", ("entry", "default"), "interface"),
         VSYS + ("rulebase", "security", "rules"), NETWORK + ("tunnel", "ipsec", ("entry", "branch-7"))]
ABSENT = [NETWORK + ("logical-router",), VSYS + ("rulebase", "dos", "rules"), NETWORK + ("ike", "gateway", ("entry", "nobody"))]


@pytest.fixture(scope="module")
def firewall():
    with Emulator(version="11.1") as running:
        yield running


def provider(firewall) -> Provider:
    return Provider(ip_address=firewall.host, port=firewall.port, api_key=firewall.api_key, ca_path=firewall.ca_path)


def refused(code):
    return f'<response status="error" code="{code}"><msg><line>No</line></msg></response>'.encode()


EMPTY = b'<response status="success" code="7"><result/></response>'


def of_the_first(post, parameters):
    """Only the first place counts."""
    return post({**parameters, "xpath": parameters["xpath"].partition("|")[0]})


def of_the_last(post, parameters):
    return post({**parameters, "xpath": parameters["xpath"].rpartition("|")[2]})


def muddled(post, parameters):
    """An element that nobody asked for."""
    return post(parameters).replace(b"</result>", b"<further/></result>")


def twice(post, parameters):
    """One element in several pieces."""
    return post(parameters).replace(b"</result>", b"<zone/><zone/></result>")


#: What a device may make of a union: from what really answers a request, and the request, to the answer.
DEVICES = {
    "takes it": lambda post, parameters: post(parameters),
    "refuses the command": lambda post, parameters: refused(17),
    "finds the xpath wrong": lambda post, parameters: refused(6),
    "knows no such object": lambda post, parameters: refused(7),
    "finds nothing": lambda post, parameters: EMPTY,
    "looks for the first only": of_the_first,
    "looks for the last only": of_the_last,
    "answers more": muddled,
    "answers pieces": twice,
}


class Counting(Session):
    """A session with a device that is as C(device) says; C(asked) are the xpaths that were sent."""

    def __init__(self, firewall, device):
        super().__init__(provider(firewall))
        self.asked = []
        post = self.transport.post

        def answered(parameters):
            self.asked.append(parameters.get("xpath"))
            return device(post, parameters) if "|" in (parameters.get("xpath") or "") else post(parameters)

        self.transport.post = answered


def text(element) -> str | None:
    return None if element is None else ET.tostring(element, encoding="unicode")


def singly(firewall, paths) -> dict:
    with Session(provider(firewall)) as session:
        return {path: text(session.get(path)) for path in paths}


@pytest.mark.parametrize("device", DEVICES.values(), ids=DEVICES.keys())
@pytest.mark.parametrize("paths", [THERE + ABSENT, ABSENT + THERE, THERE[:1] + ABSENT, ABSENT + THERE[1:2], ABSENT, THERE],
                         ids=["there and absent", "absent and there", "one, the first", "one, the last", "absent", "there"])
def test_every_device_gives_what_single_reads_give(firewall, device, paths):
    with Counting(firewall, device) as session:
        for dummy in range(2):
            found = session.get_all(paths)
            assert {path: text(element) for path, element in found.items()} == singly(firewall, paths)


@pytest.mark.parametrize("device", DEVICES.values(), ids=DEVICES.keys())
def test_a_device_that_refuses_is_asked_once(firewall, device):
    paths = THERE[:3]
    with Counting(firewall, device) as session:
        for dummy in range(3):
            session.get_all(paths)
    unions = [xpath for xpath in session.asked if "|" in xpath]
    assert (len(unions), len(session.asked)) == ((3, 3) if device is DEVICES["takes it"] else (1, len(session.asked)))
    assert len(session.asked) <= 1 + 3 * len(paths)


@pytest.mark.parametrize("paths", [THERE[:3] + ABSENT[:1], ABSENT], ids=["some are there", "nothing is there"])
def test_a_union_is_one_request(firewall, paths):
    with Counting(firewall, DEVICES["takes it"]) as session:
        for dummy in range(2):
            session.read(paths)
    assert len(session.asked) == 2
    assert [places.render(union.CERTAIN) in xpath for xpath in session.asked] == [True, False]


@pytest.mark.parametrize("body", [b"<response status='success'><result><zone>", b"", b"no XML"])
def test_an_answer_that_is_cut_off_is_an_error_and_nothing_missing(firewall, body, monkeypatch):
    monkeypatch.setattr(connection, "pause", lambda attempt: None)
    with pytest.raises(ConnectionFailed, match="read .*zone.* the answer is cut off"), Counting(firewall, lambda post, parameters: body) as session:
        session.get_all(THERE)


def test_what_a_single_read_refuses_is_an_error(firewall):
    with Counting(firewall, DEVICES["takes it"]) as session:
        session.transport.post = lambda parameters: refused(16)
        with pytest.raises(DeviceError, match="failed to read .*: No"):
            session.get_all(THERE)


ADDRESSES = [("config", "shared", "address"), VSYS + ("address",)]


@pytest.mark.parametrize("twice", [False, True], ids=["each in one container", "one in two containers"])
@pytest.mark.parametrize("unions", [None, False, True])
def test_entries_of_several_containers_by_name(firewall, unions, twice):
    """Where a name stands in two containers, it counts in which: the containers are read one by one."""
    for place, name in zip(ADDRESSES, ("office", "office" if twice else "branch")):
        firewall.control.plant(places.render(place), f'<entry name="{name}"><ip-netmask>{len(place)}.0.0.1</ip-netmask></entry>')
    with Counting(firewall, DEVICES["takes it"]) as session:
        session.unions = unions
        found = session.get_named(ADDRESSES, ["office", "branch", "nobody"])
        singly = [session.get_named([place], ["office", "branch", "nobody"])[0] for place in ADDRESSES]
    assert sorted(map(text, sum(found, []))) == sorted(map(text, sum(singly, [])))
    assert len(found) == (1 if unions and len({entry.get("name") for entry in sum(singly, [])}) == len(sum(singly, [])) else 2)


steps = st.sampled_from(["a", "b", ("entry", "x"), ("entry", "y"), ("member", "x")])
paths_of_any_kind = st.lists(st.lists(steps, min_size=1, max_size=3).map(lambda inner: ("config", *inner)), unique=True, max_size=8)


@given(paths_of_any_kind)
@settings(deadline=None, derandomize=True)
def test_no_two_places_of_a_request_can_be_taken_for_one_another(paths):
    lists = union.together(paths)
    assert sorted(map(places.render, sum(lists, []))) == sorted(map(places.render, paths))
    assert all(len({path[-1] for path in group}) == len(group) for group in lists)


@given(paths_of_any_kind, st.data())
@settings(deadline=None, derandomize=True)
def test_elements_come_back_to_their_places(paths, data):
    for group in union.together(paths):
        there = data.draw(st.permutations(data.draw(st.lists(st.sampled_from(group), unique=True))))
        elements = [places.make(ET.Element("result"), path[-1:]) for path in there]
        assert union.told_apart(group, elements) == dict(zip(there, elements))
