# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Recordings of a real firewall: compared with the emulated one, which is that firewall here, or is made wrong on purpose."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import recording_info
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import Emulator
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.recordings import __main__ as program, compare
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import Door

RELEASES = [("10.1", "virtual-router"), ("11.1", "virtual-router"), ("11.1", "logical-router"), ("12.1", "logical-router")]


@pytest.fixture
def emulator():
    made = []

    def start(version="11.1", engine="virtual-router"):
        made.append(Emulator(version, engine, "bgp_running", name="fw-berlin").start())
        return made[-1]

    yield start
    for each in made:
        each.stop()


def recorded(emulator, **options) -> dict:
    result = Door(recording_info, emulator).done(options)
    assert not result.changed
    return result.values


@pytest.mark.parametrize("version, engine", RELEASES)
def test_the_emulated_firewall_answers_as_itself(emulator, version, engine):
    values = recorded(emulator(version, engine), commit=True)
    assert {"show vpn flow", "show interface all", "commit"} <= {each["command"] for each in values["answers"]}
    assert compare.differences(values) == {}


# What is made wrong in a recorded answer (command, text, instead) → the field that is told, and how.
WRONG = {
    "a route without its interface": ("show routing route", "<interface>ethernet1/8</interface>", "<interface/>", None),
    "an interface's state in a number": ("show interface all", "<state>up</state>", "<state>17</state>", "another form"),
    "a field that is new": ("show vpn flow", "<entry>", "<entry><brand-new>yes</brand-new>", "only in the recording"),
    "a value that stands alone": ("check pending-changes", ">no<", "><", "filled where the recordings are empty"),
    "a value that stands alone, in a number": ("check pending-changes", ">no<", ">0<", "another form"),
    "a field that is not there": ("show vpn ipsec-sa", "<proto>ESP</proto>", "", "in no recording"),
}


@pytest.mark.parametrize("words, text, instead, told", WRONG.values(), ids=WRONG)
def test_what_a_real_firewall_answers_otherwise_is_told(emulator, words, text, instead, told):
    values = recorded(emulator())
    answer = next(each for each in values["answers"] if each["command"] == words)
    assert text in answer["answer"]
    answer["answer"] = answer["answer"].replace(text, instead)
    found = compare.differences(values)
    if told is None:
        # Empty in one row and filled in others: a firewall may do both.
        assert found == {}
        return
    assert list(found) == [words]
    assert told in found[words].values()
    text_of_issue = compare.issue(values, found)
    assert words in text_of_issue and told in text_of_issue and answer["answer"] in text_of_issue


@pytest.mark.parametrize("engine", ["virtual-router", "logical-router"])
def test_whatever_a_firewall_calls_otherwise_is_told(emulator, engine):
    """Each element of each answer in turn, as a firewall whose release has another name for it."""
    ours = emulator(engine=engine)
    values = recorded(ours)
    unseen = []
    for answer in values["answers"]:
        if answer["command"].endswith("-locks"):
            continue  # None is held, and without rows nothing is compared.
        root = ET.fromstring(answer["answer"])
        for tag in sorted({element.tag for element in root.find("result").iter()} - {"result", "entry", "member", "json"}):
            renamed = re.sub(rf"<(/?){tag}(?=[\s/>])", rf"<\1{tag}-new", answer["answer"])
            found = compare.differences({**values, "answers": [{**answer, "answer": renamed}]}, ours)
            if not found:
                unseen.append((answer["command"], tag))
    assert unseen == []


def test_an_emulator_that_is_kinder_than_the_recording_is_found(emulator):
    """The fault that hid every broken BGP pairing: an interface where a real virtual router leaves it empty."""
    values = recorded(emulator())
    answer = next(each for each in values["answers"] if each["command"] == "show routing route")
    answer["answer"] = re.sub("<interface>[^<]+</interface>", "<interface/>", answer["answer"])
    found = compare.differences(values)
    assert "filled where the recordings are empty" in found["show routing route"].values()


def test_the_program_ends_with_what_it_found(emulator, tmp_path, capsys, monkeypatch):
    file = tmp_path / "fw.json"
    values = recorded(emulator())
    row = "<entry><state>active</state><name>x</name><id>text</id></entry>"
    other = {**values, "answers": [{"command": "show vpn flow", "answer": f"<response><result><IPSec>{row}</IPSec></result></response>"}]}
    for content, status in ((json.dumps(values), 0), (json.dumps(other), 1), ("{}", 2), ("no JSON", 2)):
        file.write_text(content, encoding="utf-8")
        monkeypatch.setattr("sys.argv", ["recordings", str(file)])
        assert program.main() == status, capsys.readouterr()
