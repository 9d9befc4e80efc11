# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a page says of a fleet, out of what vpn_info returned for each firewall: plain values in, plain values out.

A report is made of whatever was gathered, so everything may be missing.
"""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.selection import egress
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import record as records
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.names import stem

UP, DOWN, OFF = "up", "down", "off"
SYMBOLS = {UP: "\u2713", DOWN: "\u2717", OFF: "\u2013"}
WORDS = {UP: "up", DOWN: "down", OFF: "disabled"}


@dataclass(frozen=True)
class Reason:
    """Why a tunnel is down, or what was noticed. C(sure): how sure that is. C(found): it is a cause, which is more than a sign."""

    words: str
    sure: str = ""
    evidence: tuple = ()
    fix: tuple = ()
    found: bool = False


@dataclass(frozen=True)
class Row:
    """One tunnel. C(state): C(up), C(down), or C(off) where the configuration disables it. C(carries): traffic is led into it now."""

    name: str
    interface: str
    peer: str
    state: str
    carries: bool = False
    ike: str = ""
    ipsec: str = ""
    monitor: str = ""
    packets: str = ""
    reasons: tuple = ()

    @property
    def gist(self) -> str:
        """What is said of it where there is room for one line: a cause that was found, else what was noticed."""
        told = [reason for reason in self.reasons if reason.found] + list(self.reasons)
        return told[0].words if told else ""


@dataclass(frozen=True)
class Firewall:
    """C(error): why it gave no answer. C(reasons): of no single tunnel. C(rules), C(peers): of PBF and BGP, as the cells of a table."""

    name: str
    error: str = ""
    rows: tuple = ()
    problems: tuple = ()
    reasons: tuple = ()
    rules: tuple = ()
    peers: tuple = ()

    @property
    def healthy(self) -> bool:
        return not self.error and not self.problems and self.all_up

    @property
    def all_up(self) -> bool:
        return all(row.state == UP for row in self.rows)


@dataclass(frozen=True)
class Summary:
    """How many firewalls and tunnels there are, and in which state. C(silent): firewalls without an answer."""

    firewalls: int
    tunnels: int
    up: int
    off: int
    silent: int

    @property
    def down(self) -> int:
        return self.tunnels - self.up - self.off


def summary(found) -> Summary:
    states = [row.state for each in found for row in each.rows]
    return Summary(len(found), len(states), states.count(UP), states.count(OFF), sum(bool(each.error) for each in found))


def attention(found) -> list:
    """What needs somebody: (the firewall's number, its name, what)."""
    items = []
    for number, each in enumerate(found, 1):
        if each.error:
            items.append((number, each.name, "no answer"))
        for row in each.rows:
            if row.state != UP:
                items.append((number, each.name, ": ".join(filter(None, [f"{row.name} is {WORDS[row.state]}", row.gist]))))
        if each.problems and each.all_up:
            items.append((number, each.name, each.problems[0]))
    return items


def firewall(given: dict) -> Firewall:
    """C(given): C(name), and the results of vpn_info (C(vpn), C(problems), C(diagnosis)) or an C(error)."""
    name = str(given.get("name") or "?")
    if given.get("error"):
        return Firewall(name, error=str(given["error"]))
    vpn = given.get("vpn") or {}
    state = vpn.get("state") or {}
    causes = [cause for cause in given.get("diagnosis") or () if isinstance(cause, dict)]
    live = {tunnel.get("name"): tunnel for tunnel in state.get("tunnels") or ()}
    configured = {tunnel.get("name"): tunnel for tunnel in vpn.get("tunnels") or ()}
    gateways = {gateway.get("name"): gateway for gateway in vpn.get("gateways") or ()}
    carrying = _carrying(vpn, state)
    rows = [_row(each, configured.get(each) or {}, live.get(each) or {}, gateways, carrying,
                 [cause for cause in causes if cause.get("tunnel") == each]) for each in dict.fromkeys([*configured, *live])]
    known = {reason.words for row in rows for reason in row.reasons}
    problems = tuple(problem for problem in given.get("problems") or () if problem not in known)
    others = [cause for cause in causes if cause.get("tunnel") not in live and cause.get("tunnel") not in configured]
    return Firewall(name, "", tuple(rows), problems, _reasons(problems, others), tuple(_rule(rule) for rule in state.get("pbf_rules") or ()),
                    tuple(_peer(peer) for peer in state.get("bgp_peers") or ()))


def _reasons(problems, causes) -> tuple:
    return tuple(Reason(problem) for problem in problems) + tuple(_cause(cause) for cause in causes)


def _cause(cause) -> Reason:
    words = cause.get("cause") or cause.get("id") or "?"
    return Reason(words, cause.get("confidence") or "", _listed(cause.get("evidence")), _listed(cause.get("fix")), found=True)


def _listed(value) -> tuple:
    """A text, or a list of texts, as lines."""
    return tuple(str(item) for item in ([value] if isinstance(value, str) else value or ()))


def _rule(rule) -> tuple:
    return rule.get("name"), rule.get("state"), rule.get("egress_interface"), " ".join(filter(None, [rule.get("nexthop"), rule.get("nexthop_state")]))


def _peer(peer) -> tuple:
    return peer.get("name"), peer.get("state"), peer.get("peer_address"), peer.get("remote_as"), _prefixes(peer)


def _prefixes(peer) -> str:
    families = [family for family in peer.get("prefixes") or () if isinstance(family, dict)]
    return ", ".join(f"{_told(family.get('received'))} / {_told(family.get('advertised'))}" for family in families)


def _told(value):
    return "?" if value is None else value


def _row(name, tunnel, live, gateways, carrying, causes) -> Row:
    used = [gateways.get(gateway) or {} for gateway in tunnel.get("ike_gateways") or ()]
    addresses = [gateway.get("peer_address") or {} for gateway in used]
    peers = [address.get("ip") or address.get("fqdn") or ("dynamic" if address.get("dynamic") else "") for address in addresses]
    manual = (tunnel.get("manual_key") or {}).get("peer_address")
    flows = live.get("flows") or []
    disabled = tunnel.get("disabled") or (used and all(gateway.get("disabled") for gateway in used))
    interface = tunnel.get("tunnel_interface") or ""
    return Row(
        str(name), interface, ", ".join(filter(None, [*peers, manual])) or "?", OFF if disabled else UP if live.get("healthy") else DOWN,
        interface in carrying, _first(live.get("ike_sas"), "algorithm", "version"), _first(live.get("ipsec_sas"), "encryption", "protocol"),
        ", ".join(dict.fromkeys(str(flow.get("monitor")) for flow in flows if flow.get("monitor"))), _packets(flows),
        _reasons(live.get("problems") or (), causes),
    )


def _first(found, *names) -> str:
    """What the first SA says of itself; a word where it says nothing."""
    return next((str(sa[name]) for sa in found or () for name in names if sa.get(name)), "yes" if found else "none")


def _packets(flows) -> str:
    told = [(flow.get("packets_encapsulated"), flow.get("packets_decapsulated")) for flow in flows]
    numbers = [pair for pair in told if all(isinstance(number, int) for number in pair)]
    return f"{sum(pair[0] for pair in numbers)} / {sum(pair[1] for pair in numbers)}" if numbers else ""


def _carrying(vpn, state) -> set:
    """Tunnel interfaces that the first PBF rule in use of each VPN, or a route in use, leads into."""
    live = {rule.get("name"): rule for rule in state.get("pbf_rules") or ()}
    comments = {interface.get("name"): interface.get("comment") for interface in vpn.get("interfaces") or ()}
    claims = {record.vpn: record.owned() for record in records.among(comments).values()}
    first: dict = {}
    for rule in vpn.get("pbf_rules") or ():
        told = live.get(rule.get("name")) or {}
        in_use = str(told.get("state") or "active").lower() == "active" and str(told.get("nexthop_state") or "").lower() != "down"
        if told and in_use and egress(rule):
            first.setdefault(records.owner(claims, records.Object("pbf_rule", rule["name"])) or stem(rule["name"]), egress(rule))
    routed = [route for route in state.get("routes") or () if route.get("active") and route.get("protocol") not in (None, "connected", "local")]
    return {*first.values(), *(route.get("interface") for route in routed)}
