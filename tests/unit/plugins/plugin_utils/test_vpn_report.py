# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report's page: what is on it, that nothing a firewall says becomes markup, and how it looks in a browser."""

from __future__ import annotations

import copy
import functools
import html.parser
import os
import pathlib
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.record import Object, Record, known, written
from ansible_collections.tunnelsmith.panos_vpn.plugins.plugin_utils.vpn_report import TEMPLATE, environment, page

HOSTILE = "</title></style><script>alert(1)</script>\"'&<img src=x onerror=alert(1)>\x00\u202e"
#: Where pictures of the pages go, if anywhere.
PICTURES = "REPORT_PICTURES"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def tunnel(name: str, number: int, up: bool = True) -> tuple:
    """(configuration, state)."""
    flow = {"name": name, "state": "active" if up else "init", "monitor": "up" if up else "down", "packets_encapsulated": 1200 * number,
            "packets_decapsulated": 900}
    return (
        {"name": name, "tunnel_interface": f"tunnel.{number}", "ike_gateways": [name]},
        {"name": name, "healthy": up, "problems": [] if up else [f"tunnel '{name}': no IPsec SA, and IKE gateway '{name}' has no IKE SA"], "flows": [flow],
         "ike_sas": [{"algorithm": "PSK/DH20/A256/SHA384"}] if up else [], "ipsec_sas": [{"encryption": "G256"}] if up else []},
    )


def firewall(name: str, *tunnels: tuple, **more) -> dict:
    names = [configured["name"] for configured, _live in tunnels]
    rules = [{"name": each, "state": "Active" if live["healthy"] else "Disabled", "egress_interface": configured["tunnel_interface"],
              "nexthop": "169.254.10.1", "nexthop_state": "UP" if live["healthy"] else "DOWN"} for each, (configured, live) in zip(names, tunnels)]
    return {"name": name, "vpn": {
        "gateways": [{"name": each, "peer_address": {"ip": f"203.0.113.{number}"}} for number, each in enumerate(names, 11)],
        "tunnels": [configured for configured, _live in tunnels],
        "pbf_rules": [{"name": each["name"], "action": {"forward": {"egress_interface": each["tunnel_interface"]}}} for each, _live in tunnels],
        "state": {"tunnels": [live for _configured, live in tunnels], "pbf_rules": rules},
    }, "problems": [problem for _configured, live in tunnels for problem in live["problems"]], **more}


CAUSE = {"id": "psk", "tunnel": "vpn-1-1", "cause": "The pre-shared keys differ", "evidence": ["AUTHENTICATION_FAILED at 03:11"],
         "fix": "give pre_shared_key anew", "confidence": "likely"}
HEALTHY = [firewall("berlin", tunnel("vpn-1-1", 1), tunnel("vpn-1-2", 2)), firewall("lyon", tunnel("vpn-2-1", 1), tunnel("vpn-2-2", 2))]
ONE_DOWN = [
    firewall("berlin", tunnel("vpn-1-1", 1, up=False), tunnel("vpn-1-2", 2), diagnosis=[CAUSE]), HEALTHY[1], {"name": "oslo", "error": "no route to host"}]
MEASUREMENT = {
    "firewall": "192.0.2.1", "vpn": "vpn-1", "action": "take_down", "method": "tunnel", "tunnel": "vpn-1-1", "standby": "vpn-1-2",
    "began": "2026-11-21T02:51:28Z", "seconds": 21.4, "looks": 84, "commit_seconds": 7.8, "lost_after": 6.9, "moved_after": 16.8,
    "outage": {"seconds": 9.9, "resolution": 0.24, "ended": True, "outages": [{"start": 6.9, "end": 16.8}]},
    "probe": {"sent": 106, "lost": 49,
              "outage": {"seconds": 9.8, "resolution": 0.2, "ended": True, "outages": [{"start": 6.8, "end": 16.6}]},
              "spans": [{"start": 0.0, "value": True, "end": 6.8}, {"start": 6.8, "value": False, "end": 16.6},
                        {"start": 16.6, "value": True, "end": 21.4}]},
    "expected": {"minimum": 8, "maximum": 12, "verdict": "within",
                 "because": "the monitor of PBF rule 'vpn-1-1' probes every 2 s and gives up after 5 lost probes"},
    "tunnels": [{"name": "vpn-1-1", "spans": [{"start": 0.0, "value": "active", "end": 6.9}, {"start": 6.9, "value": "none", "end": 21.4}]},
                {"name": "vpn-1-2", "spans": [{"start": 0.0, "value": "active", "end": 21.4}]}],
    "carrier": [{"start": 0.0, "value": "vpn-1-1", "end": 16.8}, {"start": 16.8, "value": "vpn-1-2", "end": 21.4}],
}
PAGES = {"a healthy fleet": (HEALTHY, []), "a tunnel down": (ONE_DOWN, []), "a drill": (HEALTHY[:1], [MEASUREMENT])}


class Reader(html.parser.HTMLParser):
    """The elements and the text of a page; strict about what is closed."""

    def __init__(self, text: str):
        super().__init__()
        self.elements, self.open, self.words = [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.words.append(data)


def test_a_healthy_fleet_says_so():
    text = " ".join(Reader(page(HEALTHY, "VPN report", "today")).words)
    for words in ("Everything is up.", "4 of 4", "berlin", "lyon", "203.0.113.11", "1200 / 900", "As of today"):
        assert words in text
    assert text.count("carries traffic") == 2


def test_a_tunnel_that_is_down_has_its_reason():
    text = " ".join(Reader(page(ONE_DOWN, "VPN report", "")).words)
    for words in ("3 of 4", "Needs attention", "no IPsec SA", "The pre-shared keys differ", "(likely)", "AUTHENTICATION_FAILED at 03:11",
                  "give pre_shared_key anew", "No answer:", "no route to host"):
        assert words in text
    # The other tunnel took over.
    assert "tunnel.2, carries traffic" in text


def test_of_tunnels_that_one_record_names_one_carries_traffic():
    """Whatever they are called; without a record each would be a VPN of its own."""
    by_hand = firewall("berlin", tunnel("to aws", 1), tunnel("spare", 2))
    record = Record("vpn-1", "vsys1", "default", {1: "tunnel.1", 2: "tunnel.2"}, known(Object("pbf_rule", name) for name in ("to aws", "spare")))
    by_hand["vpn"]["interfaces"] = [{"name": "tunnel.1", "comment": written(None, record)}, {"name": "tunnel.2"}]
    text = " ".join(Reader(page([by_hand], "VPN report", "")).words)
    assert text.count("carries traffic") == 1 and "tunnel.1, carries traffic" in text


def test_what_was_noticed_of_a_tunnel_that_is_up_is_folded_away():
    reader = Reader(page([{**HEALTHY[0], "diagnosis": [CAUSE]}], "t", ""))
    assert ("summary", {}) in reader.elements and "1 remark" in reader.words
    assert "Everything is up." in " ".join(reader.words)


def test_a_drill_has_its_figures_and_its_picture():
    text = " ".join(Reader(page(HEALTHY[:1], "Drill", "", [MEASUREMENT])).words)
    for words in ("Taken down: vpn-1-1 on 192.0.2.1", "9.9 s (up to 0.24 s more)", "49 of 106 lost", "As expected.", "8 to 12 s", "lost 6.9 s",
                  "moved 16.8 s", "not there"):
        assert words in text


def test_a_disabled_tunnel_is_no_failure_and_no_success():
    configured, live = tunnel("vpn-1-1", 1, up=False)
    text = " ".join(Reader(page([firewall("berlin", ({**configured, "disabled": True}, live))], "t", "")).words)
    assert "disabled" in text and "Everything is up." not in text


@pytest.mark.parametrize("given_", [[], [{}], [{"name": "x", "vpn": {}}], [{"name": "x", "vpn": {"state": {"tunnels": [{"name": "t"}]}}}],
                                    [{"name": "x", "vpn": {"tunnels": [{"name": "t"}]}, "diagnosis": [{"tunnel": None}]}]],
                         ids=["no firewall", "nothing of one", "no VPN", "state alone", "configuration alone"])
def test_what_is_missing_is_left_out(given_):
    assert Reader(page(given_, "t", "", [{"action": "take_down"}])).open == []


@pytest.mark.parametrize("firewalls, drills", PAGES.values(), ids=PAGES.keys())
def test_the_page_stands_by_itself(firewalls, drills):
    text = page(firewalls, "VPN report", "today", drills)
    reader = Reader(text)
    assert reader.open == []
    assert [element for element, _attributes in reader.elements if element in ("script", "link", "img", "iframe", "object", "base", "form")] == []
    given_ = [(name, value) for _element, attributes in reader.elements for name, value in attributes.items()]
    assert [pair for pair in given_ if pair[0].startswith("on") or pair[0] == "style" or pair[0] == "href" and not pair[1].startswith("#")] == []
    assert "url(" not in text and "@import" not in text
    # A picture is also a file of its own to whoever copies it out.
    for start in [part for part in range(len(text)) if text.startswith("<svg", part)]:
        ET.fromstring(text[start:text.index("</svg>", start) + 6])


def hostile(value, words):
    """A value with all of its texts replaced or followed by C(words)."""
    if isinstance(value, dict):
        return {key: hostile(item, words) for key, item in value.items()}
    if isinstance(value, list):
        return [hostile(item, words) for item in value]
    return value + words if isinstance(value, str) else value


def test_what_firewalls_say_stays_text():
    expected, found = (Reader(page(hostile(ONE_DOWN, words), "t" + words, words, hostile([MEASUREMENT], words))) for words in ("", HOSTILE))
    harmless = {"class", "href", "id"}
    kinds = [[(element, {name for name in attributes if name in harmless}) for element, attributes in reader.elements] for reader in (expected, found)]
    assert {element for element, _names in kinds[1]} <= {element for element, _names in kinds[0]} | {"ul", "li"}
    assert found.open == []
    assert "<script>alert(1)</script>" in "".join(found.words)
    assert "\u202e" not in "".join(found.words) and "\x00" not in "".join(found.words)


@settings(deadline=None, derandomize=True, max_examples=100)
@given(st.text(max_size=60))
def test_any_text_comes_back_as_it_was_or_marked(words):
    """In a text and in an attribute alike."""
    element = environment().from_string('<p title="{{ words }}">{{ words }}</p>').render(words=words)
    reader = Reader(element)
    assert [name for name, _attributes in reader.elements] == ["p"] and reader.open == []
    assert len(reader.elements[0][1]["title"]) == len(words)
    ET.fromstring(element)


def test_the_template_switches_nothing_of_that_off():
    source = TEMPLATE.read_text(encoding="utf-8")
    assert re.findall(r"\b(?:safe|autoescape|include|import|extends)\b", source) == []
    # A value in an attribute without quotes could end it.
    assert re.findall(r"=\{\{", source) == []


def every_place(value, path=()):
    """Each text in a value, with the way to it."""
    if isinstance(value, (dict, list)):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from every_place(item, path + (key,))
    elif isinstance(value, str):
        yield path


def planted(value, path, words):
    found = copy.deepcopy(value)
    holder = functools.reduce(lambda inner, key: inner[key], path[:-1], found)
    holder[path[-1]] = words
    return found


PEER = {"name": "p", "state": "Established", "peer_address": "169.254.10.1", "remote_as": "64512", "prefixes": [{"received": "1", "advertised": "2"}]}
_STATE = {**ONE_DOWN[0]["vpn"]["state"], "bgp_peers": [PEER]}
# Every kind of value that a page can have.
WHOLE = [{**ONE_DOWN[0], "vpn": {**ONE_DOWN[0]["vpn"], "state": _STATE}}, ONE_DOWN[2]]
PLACES = [(True, path) for path in every_place(WHOLE)] + [(False, path) for path in every_place([MEASUREMENT])]


INJECTIONS = ("<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onload='alert(1)", "</style><b>", "{{ 7 * 7 }}", "{% if %}")


@pytest.fixture(scope="module")
def kinds():
    """The elements that a page of these values can have."""
    return {element for element, _attributes in Reader(page(WHOLE, "t", "", [MEASUREMENT])).elements} | {"details", "summary"}


@pytest.mark.parametrize("in_firewalls, path", PLACES, ids=lambda value: ".".join(map(str, value)) if isinstance(value, tuple) else str(value))
def test_no_single_value_becomes_markup(kinds, in_firewalls, path):
    for words in INJECTIONS:
        firewalls = planted(WHOLE, path, words) if in_firewalls else WHOLE
        drills = [MEASUREMENT] if in_firewalls else planted([MEASUREMENT], path, words)
        reader = Reader(page(firewalls, "t", "", drills))
        assert {element for element, _attributes in reader.elements} <= kinds
        assert [name for _element, attributes in reader.elements for name in attributes if name.startswith("on") or name == "src"] == []
        assert reader.open == []


@pytest.fixture(scope="module")
def browser():
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip(f"there is no browser on this machine ({', '.join(BROWSERS)})")
    return found


@pytest.mark.parametrize("words, width", [*((words, 1200) for words in PAGES), ("a tunnel down", 420)],
                         ids=[*PAGES, "a tunnel down, on a telephone"])
def test_a_browser_shows_it(browser, tmp_path, words, width):
    """It makes a picture of it and has nothing to complain about."""
    source, picture = tmp_path / "page.html", tmp_path / "page.png"
    source.write_text(page(PAGES[words][0], "VPN report", "2026-11-21", PAGES[words][1]), encoding="utf-8")
    done = subprocess.run(
        [browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--enable-logging=stderr",
         f"--user-data-dir={tmp_path / 'profile'}", f"--window-size={width},1400", f"--screenshot={picture}", source.as_uri()],
        check=False, timeout=90, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)})
    assert picture.is_file(), done.stdout[-2000:]
    assert "CONSOLE" not in done.stdout
    assert picture.stat().st_size > 15000, "an empty page makes a smaller picture"
    if os.environ.get(PICTURES):
        folder = pathlib.Path(os.environ[PICTURES])
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(picture, folder / f"{words.replace(' ', '-')}-{width}.png")
