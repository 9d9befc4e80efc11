# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One self-contained page about a fleet's VPNs: no script, nothing loaded from anywhere."""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.report import fleet, measurement, topology
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.report.fleet import OFF, UP
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.report.markup import Markup, joined, tag, text
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.report.style import STYLE

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_VERDICTS = {"within": "as expected", "shorter": "shorter than expected", "longer": "longer than expected"}
_ACTIONS = {"take_down": "Taken down", "bring_back": "Brought back"}


def page(firewalls, title: str, generated: str, drills=()) -> str:
    """The HTML text. C(firewalls): for each C(name) and what vpn_info returned, or C(error). C(drills): measurements of vpn_failover."""
    found = [fleet.firewall(given) for given in firewalls]
    body = [tag("h1", title), tag("p", f"As of {generated}", class_="quiet") if generated else "", _summary(found) if found else ""]
    body += [tag("section", tag("h2", "Failover drill"), *(_drill(drill) for drill in drills))] if drills else []
    body += [_firewall(number, each) for number, each in enumerate(found, 1)]
    head = [tag("meta", charset="utf-8"), tag("meta", http_equiv="Content-Security-Policy", content=_POLICY),
            tag("meta", name="viewport", content="width=device-width, initial-scale=1"), tag("title", title), tag("style", Markup(STYLE))]
    return "<!DOCTYPE html>\n" + tag("html", tag("head", *head), tag("body", *body), lang="en") + "\n"


def _summary(found) -> Markup:
    rows = [row for each in found for row in each.rows]
    up, off = (sum(row.state == state for row in rows) for state in (UP, OFF))
    silent = sum(bool(each.error) for each in found)
    tiles = [("firewalls", len(found), ""), ("tunnels up", f"{up} of {len(rows)}", "up" if up == len(rows) else ""),
             ("tunnels down", len(rows) - up - off, "down" if len(rows) - up - off else "")]
    tiles += [("tunnels disabled", off, "off")] if off else []
    tiles += [("firewalls without an answer", silent, "down")] if silent else []
    shown = tag("ul", *(tag("li", tag("b", value, class_=kind or None), label) for label, value, kind in tiles), class_="tiles")
    return joined([shown, _attention(found)])


def _attention(found) -> Markup:
    """What needs somebody, first."""
    items = []
    for number, each in enumerate(found, 1):
        link = tag("a", each.name, href=f"#firewall-{number}")
        if each.error:
            items.append(tag("li", link, ": no answer"))
        items += [tag("li", link, f": {row.name} is {topology.WORDS[row.state]}", _first_reason(row)) for row in each.rows if row.state != UP]
        if each.problems and all(row.state == UP for row in each.rows):
            items.append(tag("li", link, f": {each.problems[0]}"))
    if not items:
        return tag("p", tag("b", "\u2713 Everything is up.", class_="up"))
    return joined([tag("h3", "Needs attention"), tag("ul", *items)])


def _first_reason(row) -> str:
    reasons = [cause.get("cause") for cause in row.causes if cause.get("cause")] + list(row.problems)
    return f": {reasons[0]}" if reasons else ""


def _firewall(number, each) -> Markup:
    mark = tag("span", "\u2713 " if each.healthy else "\u2717 ", class_="up" if each.healthy else "down")
    parts = [tag("h2", mark, each.name)]
    if each.error:
        parts.append(tag("p", tag("b", "No answer: "), each.error))
    elif not each.rows:
        parts.append(tag("p", "This firewall has no tunnels.", class_="quiet"))
    else:
        parts += [tag("div", topology.draw(each), class_="wide"), _tunnels(each)]
    parts += _failover(each)
    if each.problems or each.causes:
        parts += [tag("h3", "Further problems"), _reasons(each.problems, each.causes)]
    return tag("section", *parts, id=f"firewall-{number}")


def _table(headings, rows) -> Markup:
    head = tag("thead", tag("tr", *(tag("th", heading, scope="col") for heading in headings)))
    return tag("div", tag("table", head, tag("tbody", *rows)), class_="wide")


def _tunnels(each) -> Markup:
    headings = ("Tunnel", "State", "Interface", "Peer", "IKE SA", "IPsec SA", "Monitor", "Packets out / in")
    rows = []
    for row in each.rows:
        rows.append(tag(
            "tr", tag("td", row.name), tag("td", f"{topology.SYMBOLS[row.state]} {topology.WORDS[row.state]}", class_=f"state {row.state}"),
            tag("td", row.interface), tag("td", row.peer), tag("td", row.ike), tag("td", row.ipsec), tag("td", row.monitor), tag("td", row.packets),
            class_="told" if row.problems or row.causes else None))
        if row.problems or row.causes:
            rows.append(tag("tr", tag("td", _why(row), colspan=len(headings), class_="why")))
    return _table(headings, rows)


def _why(row) -> Markup:
    """Of a tunnel that is up, what was noticed is there for who asks for it."""
    reasons = _reasons(row.problems, row.causes)
    if row.state != UP:
        return reasons
    count = len(row.problems) + len(row.causes)
    return tag("details", tag("summary", f"{count} remark{'s' if count > 1 else ''}"), reasons)


def _reasons(problems, causes) -> Markup:
    items = [tag("li", problem) for problem in problems]
    for cause in causes:
        evidence = [tag("li", line) for line in _listed(cause.get("evidence"))]
        fix = [tag("li", tag("b", "Fix: "), line) for line in _listed(cause.get("fix"))]
        sure = f" ({cause['confidence']})" if cause.get("confidence") else ""
        items.append(tag("li", tag("b", cause.get("cause") or cause.get("id") or "?"), sure, tag("ul", *evidence, *fix) if evidence or fix else ""))
    return tag("ul", *items, class_="reasons")


def _listed(value) -> list:
    """A text, or a list of texts, as lines."""
    return [str(item) for item in ([value] if isinstance(value, str) else value or ())]


def _failover(each) -> list:
    found = []
    if each.rules:
        rows = [tag("tr", tag("td", rule.get("name")), tag("td", rule.get("state")), tag("td", rule.get("egress_interface")),
                    tag("td", " ".join(filter(None, [rule.get("nexthop"), rule.get("nexthop_state")])))) for rule in each.rules]
        found += [tag("h3", "PBF rules"), _table(("Rule", "State", "Egress", "Next hop"), rows)]
    if each.peers:
        rows = [tag("tr", tag("td", peer.get("name")), tag("td", peer.get("state")), tag("td", peer.get("peer_address")), tag("td", peer.get("remote_as")),
                    tag("td", _prefixes(peer))) for peer in each.peers]
        found += [tag("h3", "BGP peers"), _table(("Peer", "State", "Address", "AS", "Prefixes received / advertised"), rows)]
    return found


def _prefixes(peer) -> str:
    families = [family for family in peer.get("prefixes") or () if isinstance(family, dict)]
    return ", ".join(f"{_told(family.get('received'))} / {_told(family.get('advertised'))}" for family in families)


def _told(value):
    return "?" if value is None else value


def _drill(told) -> Markup:
    """One measurement: figures, and the picture of it."""
    action = _ACTIONS.get(told.get("action"), str(told.get("action")))
    what = "the BGP peer behind " if told.get("method") == "peer" else ""
    figures = [("Began", told.get("began")), ("Commit", _seconds(told.get("commit_seconds"))),
               ("Tunnel lost after", _seconds(told.get("lost_after"))), ("Traffic moved after", _seconds(told.get("moved_after"))),
               ("Outage by the firewall's state", _outage(told.get("outage")))]
    probe = told.get("probe")
    if probe:
        figures.append(("Outage by the probes", f"{_outage(probe.get('outage'))}; {probe.get('lost')} of {probe.get('sent')} lost"))
    expected = told.get("expected")
    if expected:
        figures.append(("Expected", _expected(expected)))
    rows = [tag("tr", tag("th", name, scope="row"), tag("td", value)) for name, value in figures if value]
    heading = f"{action}: {what}{told.get('tunnel')} on {told.get('host') or told.get('firewall')}"
    return joined([tag("h3", heading), tag("div", measurement.draw(told), class_="wide"),
                   tag("div", tag("table", tag("tbody", *rows), class_="figures"), class_="wide")])


def _seconds(value) -> str:
    return "" if value is None else f"{value:g} s"


def _outage(outage) -> str:
    if not outage:
        return ""
    if not outage.get("outages"):
        return f"none seen (resolution {_seconds(outage.get('resolution'))})" if outage.get("resolution") else "none seen"
    return f"{_seconds(outage.get('seconds'))} (up to {_seconds(outage.get('resolution'))} more)" + ("" if outage.get("ended") else ", not over at the end")


def _expected(expected) -> Markup:
    verdict = _VERDICTS.get(expected.get("verdict"))
    span = f"{expected.get('minimum')} to {expected['maximum']} s: " if expected.get("maximum") is not None else ""
    return joined([tag("b", f"{verdict[0].upper()}{verdict[1:]}. ") if verdict else "", text(f"{span}{expected.get('because') or ''}")])
