# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a page says of a fleet, out of what vpn_info returned for each firewall: plain values in, plain values out.

A report is made of whatever was gathered, so everything may be missing.
"""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.selection import egress
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.names import stem

UP, DOWN, OFF = "up", "down", "off"


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
    problems: tuple = ()
    causes: tuple = ()


@dataclass(frozen=True)
class Firewall:
    """C(error): why it gave no answer. C(causes): of no single tunnel. C(rules), C(peers): of PBF and BGP, as vpn_info tells them."""

    name: str
    error: str = ""
    rows: tuple = ()
    problems: tuple = ()
    causes: tuple = ()
    rules: tuple = ()
    peers: tuple = ()

    @property
    def healthy(self) -> bool:
        return not self.error and not self.problems and all(row.state == UP for row in self.rows)


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
    known = {problem for row in rows for problem in row.problems}
    return Firewall(
        name, "", tuple(rows), tuple(problem for problem in given.get("problems") or () if problem not in known),
        tuple(cause for cause in causes if cause.get("tunnel") not in live and cause.get("tunnel") not in configured),
        tuple(state.get("pbf_rules") or ()), tuple(state.get("bgp_peers") or ()),
    )


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
        tuple(live.get("problems") or ()), tuple(causes),
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
    first: dict = {}
    for rule in vpn.get("pbf_rules") or ():
        told = live.get(rule.get("name")) or {}
        in_use = str(told.get("state") or "active").lower() == "active" and str(told.get("nexthop_state") or "").lower() != "down"
        if told and in_use and egress(rule):
            first.setdefault(stem(rule["name"]), egress(rule))
    routed = [route for route in state.get("routes") or () if route.get("active") and route.get("protocol") not in (None, "connected", "local")]
    return {*first.values(), *(route.get("interface") for route in routed)}
