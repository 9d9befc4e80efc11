# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report's page: what is on it, that nothing a firewall says becomes markup, and how it looks in a browser."""

from __future__ import annotations

import copy
import csv
import functools
import html.parser
import io
import json
import os
import pathlib
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.report.suites import spelled_out
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis import causes
from ansible_collections.tunnelsmith.panos_vpn.plugins.plugin_utils.vpn_report import TEMPLATE, as_csv, as_json, environment, page

# What a link of the page may lead to: the page itself, and the documentation.
LEADING = ("#", f"{causes.PAGE}#")
HOSTILE = "</title></style><script>alert(1)</script>\"'&<img src=x onerror=alert(1)>\x00\u202e"
#: Where pictures of the pages go, if anywhere.
PICTURES = "REPORT_PICTURES"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def tunnel(name: str, number: int, up: bool = True, **more) -> tuple:
    """(configuration, what vpn_info judged, state)."""
    flow = {"name": name, "state": "active" if up else "init", "monitor": "up" if up else "down", "packets_encapsulated": 1200 * number,
            "packets_decapsulated": 900}
    symptom = f"tunnel '{name}': no IPsec SA, and IKE gateway '{name}' has no IKE SA"
    return (
        {"name": name, "tunnel_interface": f"tunnel.{number}", "ike_gateways": [name]},
        {"name": name, "health": "healthy" if up else "down", "carries": False, "reasons": [] if up else [reason(symptom)], **more},
        {"name": name, "flows": [flow], "ike_sas": [{"algorithm": "PSK/DH20/A256/SHA384"}] if up else [],
         "ipsec_sas": [{"encryption": "G256", "remaining_seconds": 3445}] if up else []},
    )


def reason(words: str, makes: str = "down", cause: str = "", bites: str = "now") -> dict:
    return {"reason": words, "makes": makes, "cause": cause, "bites": bites}


def vpn(name: str, health: str, *tunnels: tuple, reasons=()) -> dict:
    return {"name": name, "health": health, "reasons": list(reasons), "tunnels": tunnels}


def firewall(name: str, *vpns: dict, **more) -> dict:
    """As vpn_info returns it."""
    tunnels = [each for found in vpns for each in found["tunnels"]]
    names = [configured["name"] for configured, _judged, _live in tunnels]
    rules = [{"name": each, "state": "Active" if judged["health"] != "down" else "Disabled", "egress_interface": configured["tunnel_interface"],
              "nexthop": "169.254.10.1", "nexthop_state": "UP" if judged["health"] != "down" else "DOWN"}
             for each, (configured, judged, _live) in zip(names, tunnels)]
    health = max((found["health"] for found in vpns), key=["healthy", "at_risk", "down"].index, default="healthy")
    return {"name": name, "health": health, "healthy": health == "healthy", "firewall": {"pan_os": "11.1.4", "model": "PA-440", "ha": "active"},
            "vpns": [{**found, "tunnels": [judged for _configured, judged, _live in found["tunnels"]]} for found in vpns], "problems": [], "vpn": {
                "gateways": [{"name": each, "peer_address": {"ip": f"203.0.113.{number}"}} for number, each in enumerate(names, 11)],
                "tunnels": [configured for configured, _judged, _live in tunnels],
                "pbf_rules": [{"name": each["name"], "action": {"forward": {"egress_interface": each["tunnel_interface"]}}} for each, _judged, _live in tunnels]
                + [{"name": "guest-dsl", "action": {"forward": {"egress_interface": "ethernet1/3"}}}],
                "state": {"tunnels": [live for _configured, _judged, live in tunnels], "pbf_rules": rules}}, **more}


CAUSE = {"id": "pre-shared-key-mismatch", "tunnel": "vpn-1-1", "cause": "The pre-shared keys differ", "evidence": ["AUTHENTICATION_FAILED at 03:11"],
         "fix": "give pre_shared_key anew", "confidence": "likely", "bites": "now"}
LATER = {**CAUSE, "id": "pfs-group-mismatch", "cause": "The groups differ", "confidence": "certain", "bites": "rekey"}
HALF = reason("1 of 2 tunnels works", "at_risk", bites="failover")
PFS = reason("The groups differ", "at_risk", "pfs-group-mismatch", "rekey")
HEALTHY = [firewall("berlin", vpn("vpn-1", "healthy", tunnel("vpn-1-1", 1, carries=True), tunnel("vpn-1-2", 2))),
           firewall("lyon", vpn("vpn-2", "healthy", tunnel("vpn-2-1", 1, carries=True), tunnel("vpn-2-2", 2)))]
ONE_DOWN = [
    HEALTHY[1],
    firewall("berlin", vpn("vpn-1", "at_risk", tunnel("vpn-1-1", 1, up=False, since="2026/11/20 03:11:02"), tunnel("vpn-1-2", 2, carries=True), reasons=[HALF]),
             diagnosis=[CAUSE]),
    {"name": "oslo", "error": "no route to host"}]
AT_RISK = [firewall("rome", vpn("vpn-1", "at_risk", tunnel("vpn-1-1", 1, health="at_risk", reasons=[PFS], carries=True),
                                tunnel("vpn-1-2", 2, health="at_risk", reasons=[PFS])), diagnosis=[LATER, {**LATER, "tunnel": "vpn-1-2"}])]
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
PAGES = {"a healthy fleet": (HEALTHY, []), "a tunnel down": (ONE_DOWN, []), "at risk": (AT_RISK, []), "a drill": (HEALTHY[:1], [MEASUREMENT])}


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


def words_of(*given_, **more) -> str:
    return " ".join(" ".join(Reader(page(*given_, **more)).words).split())


def test_a_healthy_fleet_says_so_and_is_folded():
    text = words_of(HEALTHY, "VPN report", "today")
    for words in ("2 VPNs healthy", "berlin", "lyon", "203.0.113.11", "1200 / 900", "As of today", "2 of 2 tunnels work", "57 min",
                  "pre-shared key, DH group 20, AES-256-CBC, SHA-384", "AES-256-GCM", "PAN-OS 11.1.4, PA-440, active member of its HA pair"):
        assert words in text, words
    assert text.count("carries traffic") == 2 * 2
    assert "guest-dsl" not in text
    elements = [element for element, _attributes in Reader(page(HEALTHY, "t", "")).elements]
    assert elements.count("details") == 2


def test_what_is_worst_comes_first_and_is_not_folded():
    text = page(ONE_DOWN, "VPN report", "")
    assert text.index("oslo") < text.index("berlin") < text.index("lyon")
    assert [attributes["id"] for element, attributes in Reader(text).elements if element == "details"] == ["firewall-3"]


def test_a_tunnel_that_is_down_has_its_reason_and_its_vpn_its_redundancy():
    text = words_of(ONE_DOWN, "VPN report", "")
    for words in ("1 of 2 tunnels works", "since 2026/11/20 03:11:02", "no IPsec SA", "The pre-shared keys differ", "likely cause, pre-shared-key-mismatch",
                  "AUTHENTICATION_FAILED at 03:11", "give pre_shared_key anew", "No answer:", "no route to host", "1 firewall without an answer", "! at risk",
                  "\u2717 down"):
        assert words in text, words


def test_a_cause_leads_to_what_the_documentation_tells_of_it():
    links = [attributes["href"] for element, attributes in Reader(page(ONE_DOWN, "t", "")).elements if element == "a"]
    assert causes.link("pre-shared-key-mismatch") in links
    assert {link.partition("#")[0] for link in links} == {"", causes.PAGE}


def test_each_reason_is_told_once_with_the_tunnels_that_it_is_about():
    text = words_of(AT_RISK, "t", "")
    # Once where there is room for one line, and once in full.
    assert text.count("The groups differ") == 2
    assert "(vpn-1-1, vpn-1-2)" in text and "at the next rekey" in text


def headings(given_) -> list[str]:
    return re.findall(r'<th scope="col">([^<]*)</th>', page(given_, "t", ""))


def test_a_column_that_nothing_stands_in_is_left_out():
    alone = {**HEALTHY[0], "firewall": {"pan_os": "11.1.4"}}
    assert {"HA", "Since"} & set(headings([alone])) == set() and "PAN-OS" in headings([alone])
    assert headings([alone, HEALTHY[1]]).count("HA") == 1 and headings(ONE_DOWN).count("Since") == 2


def test_what_a_sentence_names_is_not_said_again_behind_it():
    named = reason("tunnel 'vpn-1-1': no IPsec SA")
    both = firewall("berlin", vpn("vpn-1", "down", tunnel("vpn-1-1", 1, reasons=[named, PFS]), tunnel("vpn-1-2", 2)))
    text = words_of([both], "t", "")
    assert "The groups differ (vpn-1-1)" in text and "no IPsec SA (vpn-1-1)" not in text


def test_a_vpn_that_is_healthy_beside_one_that_is_not_is_folded():
    mixed = firewall("berlin", vpn("vpn-1", "down", tunnel("vpn-1-1", 1, up=False)), vpn("vpn-2", "healthy", tunnel("vpn-2-1", 2)))
    text = page([mixed], "t", "")
    (folded,) = re.findall(r'<details class="vpn">.*?</summary>', text, re.DOTALL)
    assert "vpn-2" in folded and "vpn-1" not in folded


def test_drills_stand_after_the_state():
    text = page(ONE_DOWN, "t", "", [MEASUREMENT])
    assert text.index('id="firewall-3"') < text.index("Failover drills")


def test_what_was_not_judged_is_not_called_well():
    unjudged = {"name": "berlin", "vpn": HEALTHY[0]["vpn"]}
    assert "it was not judged" in words_of([unjudged], "t", "")
    assert json.loads(as_json([unjudged], "t", ""))["health"] == "down"


def test_a_passive_member_is_told_of():
    told = {"name": "berlin-2", "health": "healthy", "healthy": True, "vpns": [], "firewall": {"ha": "passive"}}
    assert "Its VPNs are up on the active member." in words_of([told], "t", "")


@pytest.mark.parametrize("firewalls, drills", PAGES.values(), ids=PAGES.keys())
def test_the_twins_have_the_facts_of_the_page(firewalls, drills):
    """Every text of the JSON is on the page, and every tunnel with its reasons is in the CSV."""
    text = words_of(firewalls, "t", "today", drills)
    told = json.loads(as_json(firewalls, "t", "today", drills))
    named = ("name", "pan_os", "ha", "error", "redundancy", "interface", "peer", "ike", "ipsec", "rekey", "packets", "words", "fix", "cause")
    for each in told["firewalls"]:
        for path in every_place(each):
            if path[-1] in named or "evidence" in path:
                assert functools.reduce(lambda inner, key: inner[key], path, each) in text, path
    rows = list(csv.DictReader(io.StringIO(as_csv(firewalls, "t", "today", drills))))
    tunnels = [(each["name"], found["name"], inner["name"], inner["health"])
               for each in told["firewalls"] for found in each["vpns"] for inner in found["tunnels"]]
    assert [(row["firewall"], row["vpn"], row["tunnel"], row["tunnel_health"]) for row in rows if row["tunnel"]] == tunnels
    for each in told["firewalls"]:
        for words in [inner["words"] for found in each["vpns"] for inner in found["reasons"]] + [each["error"]]:
            assert any(words in row["reasons"] for row in rows if row["firewall"] == each["name"])


def test_a_spreadsheet_is_given_no_formula():
    hostile_ = [{**HEALTHY[0], "name": "=cmd|' /C calc'!A0"}, {"name": "oslo", "error": "@SUM(1)"}]
    rows = list(csv.DictReader(io.StringIO(as_csv(hostile_, "t", ""))))
    cells = [cell for row in rows for cell in row.values()]
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)


@pytest.mark.parametrize("form, words", [("PSK/DH20/A256/SHA384", "pre-shared key, DH group 20, AES-256-CBC, SHA-384"), ("G128", "AES-128-GCM"),
                                         ("3DES", "3DES"), ("PSK/ DH2/A128/SHA1", "pre-shared key, DH group 2, AES-128-CBC, SHA-1"),
                                         ("ikev2", "ikev2"), ("", "")])
def test_suites_are_spelled_out(form, words):
    assert spelled_out(form) == words


def test_a_drill_has_its_figures_and_its_picture():
    text = " ".join(Reader(page(HEALTHY[:1], "Drill", "", [MEASUREMENT])).words)
    for words in ("Taken down: vpn-1-1 on 192.0.2.1", "9.9 s (up to 0.24 s more)", "49 of 106 lost", "As expected.", "8 to 12 s", "lost 6.9 s",
                  "moved 16.8 s", "not there"):
        assert words in text


def test_a_disabled_tunnel_is_called_so():
    configured, judged, live = tunnel("vpn-1-1", 1, up=False)
    text = words_of([firewall("berlin", vpn("vpn-1", "down", ({**configured, "disabled": True}, judged, live)))], "t", "")
    assert "disabled" in text and "1 VPN down" in text


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
    assert [pair for pair in given_ if pair[0].startswith("on") or pair[0] == "style" or pair[0] == "href" and not pair[1].startswith(LEADING)] == []
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
_STATE = {**ONE_DOWN[1]["vpn"]["state"], "bgp_peers": [PEER]}
_BGP = {"peers": [{"name": "p", "local_address": {"interface": "tunnel.1"}}]}
# Every kind of value that a page can have.
WHOLE = [{**ONE_DOWN[1], "vpn": {**ONE_DOWN[1]["vpn"], "state": _STATE, "bgp": _BGP}, "notes": ["a note"]}, ONE_DOWN[2]]
PLACES = [(True, path) for path in every_place(WHOLE)] + [(False, path) for path in every_place([MEASUREMENT])]


def test_a_bgp_peer_whose_session_begins_at_a_loopback_is_with_the_tunnel_that_leads_to_it():
    bgp = {"peers": [{"name": "p", "local_address": {"interface": "loopback.1"}, "tunnel_interface": "tunnel.1"}]}
    told = {**ONE_DOWN[1], "vpn": {**ONE_DOWN[1]["vpn"], "state": _STATE, "bgp": bgp}}
    (found,) = json.loads(as_json([told], "t", ""))["firewalls"][0]["vpns"]
    assert [peer[0] for peer in found["peers"]] == ["p"]


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
