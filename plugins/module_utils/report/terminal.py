# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How well VPNs are, as a short table for a terminal: a line for each VPN, and one for each tunnel."""

from __future__ import annotations

from typing import Mapping, Sequence

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.report.fleet import Firewall, Vpn, firewall

_HEADINGS = ("VPN", "STATE", "SINCE", "WHY")
# Beyond this a reason goes on in the list of causes.
_WIDEST = 110


def table(told: Mapping) -> list[str]:
    """C(told): what vpn_info or site_to_site_vpn returned, or an action that did no more than list tunnels."""
    found = firewall({"name": "", **told})
    rows = [_HEADINGS] + [row for vpn in found.vpns for row in _rows(vpn)]
    if len(rows) == 1:
        return [_nothing(found)]
    return _aligned(rows)


def causes(told: Mapping) -> list[str]:
    """Why not, for each VPN that is not healthy: each cause once, how sure it is, what shows it, and what mends it."""
    lines = []
    for vpn in firewall({"name": "", **told}).vpns:
        for reason in vpn.reasons:
            if not reason.sure:
                continue
            later = f", at the next {reason.later}" if reason.later else ""
            lines.append(f"{', '.join(reason.about) or vpn.name}: {reason.words} ({reason.sure}{later}, {reason.cause})")
            lines += [f"  shown by: {line}" for line in reason.evidence]
            lines += [f"  to mend it: {reason.fix}"] if reason.fix else []
    return lines


def actions(tunnels: Sequence[Mapping]) -> list[str]:
    """What came of an action, a line for each tunnel. C(tunnels): as vpn_action tells them."""
    rows = [("TUNNEL", "STATE", "ANSWERS")]
    for tunnel in tunnels:
        is_up = tunnel.get("up")
        rows.append((str(tunnel.get("name")), "up" if is_up else "not up" if is_up is False else "-",
                     "; ".join(str(answer.get("answer")) for answer in tunnel.get("answers") or () if answer.get("answer"))[:_WIDEST]))
    return _aligned(rows)


def end(told: Mapping, with_causes: bool) -> list[str]:
    """How a run ended that carried a VPN through: what stands, how well it is where that was looked at, and how long it was interrupted."""
    lines = [str(told["outcome"])]
    if told.get("vpns"):
        lines += table(told) + (causes(told) if with_causes else [])
    return lines + [f"{each.get('tunnel')} was interrupted for {each.get('seconds')} s" for each in told.get("interruptions") or ()]


def _nothing(found: Firewall) -> str:
    if found.error:
        return found.error
    return "the passive member of an HA pair: its VPNs are up on the active one" if found.ha == "passive" else "there is no VPN"


def _rows(vpn: Vpn) -> list[tuple[str, ...]]:
    about = "; ".join(reason.words for reason in vpn.reasons if not reason.about)
    rows = [(vpn.name, vpn.health.words, "", about or vpn.redundancy)]
    for tunnel in vpn.tunnels:
        why = next((reason.words for reason in vpn.reasons if tunnel.name in reason.about), "carries traffic" if tunnel.carries else "")
        rows.append((f"  {tunnel.name}", tunnel.words, tunnel.since, why))
    return rows


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Columns that are empty in every line but the head are left out."""
    columns = [number for number in range(len(rows[0])) if any(row[number] for row in rows[1:]) or len(rows) == 1]
    widths = {number: max(len(row[number]) for row in rows) for number in columns[:-1]}
    return ["  ".join(_cut(row[number]) if number == columns[-1] else row[number].ljust(widths[number]) for number in columns).rstrip() for row in rows]


def _cut(text: str) -> str:
    return text if len(text) <= _WIDEST else f"{text[:_WIDEST - 1]}\u2026"
