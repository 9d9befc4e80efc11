# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Failovers: what is broken when, and the traffic meanwhile."""

from __future__ import annotations

import os
import pathlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Callable

from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.wire import IN_CLEAR_TEXT, captured
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.enclave import wait_until
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.observation import KINDS, Observation
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.timeline import draw

#: Where pictures and a list of outages go, if anywhere.
PICTURES = "FAILOVER_PICTURES"
BEFORE = 2.0


@dataclass
class Case:
    """A paired site, whose ``active`` is the tunnel that its sessions take (0 or 1), and what happens to it."""

    site: Any
    fault: str
    title: str


@dataclass
class Seen:
    """``clear``: packets for the remote network itself that left the outside interface. ``back``: the tunnel that was active is so again."""

    observation: Observation
    clear: list[str]
    back: bool


def at_once(cases: dict, lasts: float, after: float) -> dict[Any, Seen]:
    """All failovers side by side, because each one waits most of the time. Prints its figures."""
    def run(case: Case) -> Seen:
        with captured(case.site, *IN_CLEAR_TEXT) as wire:
            observation = failover(case.site, case.fault, lasts, after, case.title)
        seen = Seen(observation, wire.lines, Active(case.site).comes_back())
        _tell(case.title, seen)
        return seen

    return dict(zip(cases, together(*(lambda case=case: run(case) for case in cases.values()))))


def _tell(title: str, seen: Seen) -> None:
    observation = seen.observation
    returns = [moment - observation.mark("mended") for moment, name, up in observation.changes() if up and name.startswith("rule")]
    words = [f"{kind} {outage(observation, kind):.1f} s" for kind in KINDS]
    words += [f"rule back {after:.1f} s after the repair" for after in returns[:1]] + [f"{len(seen.clear)} packets in clear text"]
    print(f"{title}: {', '.join(words)}")
    folder = os.environ.get(PICTURES)
    if folder:
        path = pathlib.Path(folder)
        path.mkdir(parents=True, exist_ok=True)
        with open(path / "outages.txt", "a", encoding="utf-8") as out:
            out.write(f"{title}: {', '.join(words)}\n")
        (path / f"{title.replace(' ', '-').replace(',', '')}.svg").write_text(draw(observation, title), encoding="utf-8")


def failover(site, fault: str, lasts: float, after: float, title: str) -> Observation:
    """``fault``: the active endpoint is "killed", its path is "cut", or "both" endpoints are killed; for so many seconds."""
    active = site.aws[site.active]
    site.up()
    # A path that has just come up may lose its first packets.
    assert wait_until(lambda: site.ping(5) == 5, 20), title
    watch = site.watch(BEFORE + lasts + after)
    watch.until(BEFORE)
    watch.note("broken")
    if fault == "cut":
        site.plane.internet.cut(active.endpoint.outside)
    else:
        for endpoint in site.aws if fault == "both" else [active]:
            endpoint.kill()
    watch.until(BEFORE + lasts)
    watch.note("mended")
    if fault == "cut":
        site.plane.internet.mend()
    else:
        for endpoint in site.aws if fault == "both" else [active]:
            endpoint.restart()
    return watch.finish()


def outage(observation: Observation, kind: str) -> float:
    """Seconds of the outage that the fault caused; 0 without any, infinite when it did not end. More than one is a mistake."""
    found = observation.outages(kind, 0.55)
    assert len(found) <= 1, (kind, found)
    return found[0].seconds if found else 0.0


class Active:
    """The tunnel that a site's sessions take while nothing is broken."""

    def __init__(self, site) -> None:
        self.site = site

    def sent(self) -> int:
        """Packets that went into it."""
        sa = self.site.daemon(self.site.active + 1).ike_sa()
        return sum(child.packets_out for child in sa.children) if sa else 0

    def takes(self, count: int = 10) -> bool:
        """Whether it is where echo requests go, and they are answered. A monitor or BGP sends fewer packets meanwhile."""
        before = self.sent()
        return self.site.ping(count) == count and self.sent() >= before + count

    def comes_back(self, seconds: float = 20) -> bool:
        """Whether it takes them again within so many seconds."""
        self.site.up()
        return wait_until(self.takes, seconds, 0.2)


def together(*calls: Callable[[], Any]) -> list[Any]:
    """What waits most of the time can do so side by side."""
    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(call) for call in calls]]
