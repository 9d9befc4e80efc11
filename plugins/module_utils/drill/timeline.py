# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a measurement says: looks and probes in, spans and outages out. Times are seconds after the beginning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Iterable, Mapping, Sequence

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.drill.paths import Look

#: The state of a tunnel that the firewall does not list.
GONE = "none"
_NONE = "nothing"


@dataclass(frozen=True)
class Shot:
    """One probe: when it was sent, and whether it was answered."""

    moment: float
    answered: bool


@dataclass(frozen=True)
class Outage:
    """C(end) None: until the measurement ended. C(resolution): how much longer it may have been, in seconds, by the pauses between two looks."""

    start: float
    end: float | None
    resolution: float


def outages(samples: Iterable[tuple[float, bool]]) -> list[Outage]:
    """C(samples): (moment, whether traffic passed), in order."""
    found: list[Outage] = []
    start: float | None = None
    before: float | None = None
    edge = last = 0.0
    for moment, good in samples:
        if not good and start is None:
            start = moment
            edge = 0.0 if before is None else moment - before
        elif good and start is not None:
            found.append(Outage(start, moment, max(edge, moment - last)))
            start = None
        before = moment if good else before
        last = moment
    if start is not None:
        found.append(Outage(start, None, edge))
    return found


def told(found: Sequence[Outage], until: float) -> dict[str, Any]:
    """Outages as plain values. C(until): when the measurement ended. C(seconds): of the longest one."""
    longest = max(((until if outage.end is None else outage.end) - outage.start for outage in found), default=0.0)
    return {
        "seconds": _round(longest), "resolution": _round(max((outage.resolution for outage in found), default=0.0)),
        "ended": all(outage.end is not None for outage in found),
        "outages": [{"start": _round(outage.start), **({} if outage.end is None else {"end": _round(outage.end)})} for outage in found],
    }


def spans(samples: Iterable[tuple[float, Any]], until: float) -> list[dict]:
    """(moment, value) pairs as stretches of equal value."""
    found: list = []
    for moment, value in samples:
        if found and found[-1]["value"] == value:
            continue
        if found:
            found[-1]["end"] = _round(moment)
        found.append({"start": _round(moment), "value": value})
    if found:
        found[-1]["end"] = _round(until)
    return found


def spans_of_looks(looks: Sequence[Look], tunnels: Mapping[str, str], destinations: Sequence[str], until: float) -> dict[str, list]:
    """The states of the tunnels, and which tunnel carried what is looked at. C(tunnels): tunnel → interface."""
    names = {interface: tunnel for tunnel, interface in tunnels.items()}

    def carrying(look: Look) -> str:
        used = sorted({names.get(each, each) for destination in destinations for each in look.carriers.get(destination, ())})
        return ", ".join(used) or _NONE

    return {
        "tunnels": [{"name": tunnel, "spans": spans([(look.moment, look.states.get(tunnel) or GONE) for look in looks], until)} for tunnel in tunnels],
        "carrier": spans([(look.moment, carrying(look)) for look in looks], until),
    }


def probed(shots: Sequence[Shot], until: float, resolution: float) -> dict[str, Any]:
    """What the probes say. C(resolution): seconds between two of them."""
    found = told(outages([(shot.moment, shot.answered) for shot in shots]), until)
    found["resolution"] = max(found["resolution"], _round(resolution)) if found["outages"] else _round(resolution)
    return {"sent": len(shots), "lost": sum(not shot.answered for shot in shots), "outage": found,
            "spans": spans([(shot.moment, shot.answered) for shot in shots], until)}


def _round(seconds: float) -> float:
    return round(seconds, 2)
