# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A firewall's recorded answers against those of an emulated one of the same release and routing engine."""

from __future__ import annotations

import ssl
import time
import urllib.parse
import urllib.request
import xml.etree.ElementTree as ET
from typing import Iterator

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import Emulator
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.recordings.fields import fields, kinder, lacking

# A release's first two numbers, where the emulator has none of that.
NEWEST = "12.1"
RELEASES = ("10.1", "10.2", "11.0", "11.1", "11.2", NEWEST)
# What each firewall has of its own: the release, the model, what it is licensed for, and numbers of the day.
OWN = ("show system info", "show jobs all", "show config list changes", "check pending-changes", "show commit-locks", "show config-locks", "commit")


def differences(recording: dict, emulator: Emulator | None = None) -> dict[str, dict[str, str]]:
    """Command → place → what differs there. Commands that the firewall has no rows for tell nothing and are passed over.

    ``recording``: what recording_info returns. ``emulator``: a started one instead of one made for this. Raises KeyError or ValueError for what is no
    recording.
    """
    if emulator is not None:
        return dict(_compared(recording, emulator))
    release = ".".join(str(recording["version"]).split(".")[:2])
    made = Emulator(release if release in RELEASES else NEWEST, "logical-router" if recording["advanced"] else "virtual-router", "bgp_running").start()
    try:
        return dict(_compared(recording, made))
    finally:
        made.stop()


def _compared(recording, emulator) -> Iterator[tuple[str, dict[str, str]]]:
    for each in recording["answers"]:
        words = each["command"]
        name = words.replace(" ", "-")
        recorded = fields(name, _parsed(each["answer"], words))
        is_one_value = set(recorded) == {"/result"}
        if not is_one_value and not _has_rows(recorded):
            continue
        given = fields(name, _answer(emulator, words))
        found = {**({} if words in OWN and not is_one_value else kinder(recorded, given)), **lacking(recorded, given)}
        if found:
            yield words, found


def _parsed(text: str, words: str) -> ET.Element:
    try:
        return ET.fromstring(text)
    except ET.ParseError as exc:
        raise ValueError(f"the answer to '{words}' is no XML ({exc})") from exc


def _has_rows(recorded: dict[str, set[str]]) -> bool:
    return any(place.count("/") > 1 and forms != {"empty"} for place, forms in recorded.items())


def _answer(emulator: Emulator, words: str) -> ET.Element:
    if words == "commit":
        return _asked(emulator, {"type": "commit", "cmd": "<commit/>"})
    steps = words.split()
    # The one command whose last word is a value.
    value = steps.pop() if words == "show interface all" else ""
    command = "".join(f"<{step}>" for step in steps) + value + "".join(f"</{step}>" for step in reversed(steps))
    return _asked(emulator, {"type": "op", "cmd": command})


def _asked(emulator: Emulator, parameters: dict) -> ET.Element:
    data = urllib.parse.urlencode({**parameters, "key": emulator.api_key}).encode()
    with urllib.request.urlopen(emulator.url, data, timeout=30, context=ssl.create_default_context(cafile=emulator.ca_path)) as answer:
        return ET.fromstring(answer.read())


def issue(recording: dict, found: dict[str, dict[str, str]]) -> str:
    """What differs as the text of an issue, with the answers that show it."""
    engine = "Advanced Routing Engine" if recording["advanced"] else "virtual routers"
    lines = [f"PAN-OS {recording['version']}, {engine}, {len(recording['answers'])} answers, recorded {time.strftime('%Y-%m-%d')}.", ""]
    if not found:
        return "\n".join([*lines, "The emulated firewall answers in the same form."])
    answers = {each["command"]: each["answer"] for each in recording["answers"]}
    lines += ["## The emulated firewall answers otherwise", ""]
    for words, places in found.items():
        lines += [f"### `{words}`", "", "| field | the emulated firewall's is |", "|---|---|"]
        lines += [f"| `{place}` | {what} |" for place, what in sorted(places.items())]
        lines += ["", "```xml", answers[words], "```", ""]
    return "\n".join(lines)
