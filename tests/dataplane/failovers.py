# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One failover: what is broken when, and the traffic meanwhile."""

from __future__ import annotations

import os
import pathlib
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.observation import KINDS, Observation
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.timeline import draw

#: Where pictures and a list of outages go, if anywhere.
PICTURES = "FAILOVER_PICTURES"
BEFORE = 2.0


def failover(site, fault: str, lasts: float, after: float, title: str) -> Observation:
    """``fault``: the active endpoint is "killed", its path is "cut", or "both" endpoints are killed; for so many seconds."""
    active = site.aws[site.active]
    site.up()
    assert site.ping(3) == 3
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
    observation = watch.finish()
    folder = os.environ.get(PICTURES)
    if folder:
        path = pathlib.Path(folder)
        path.mkdir(parents=True, exist_ok=True)
        words = ", ".join(f"{kind} {outage(observation, kind):.1f} s" for kind in KINDS)
        with open(path / "outages.txt", "a", encoding="utf-8") as out:
            out.write(f"{title}: {words}\n")
        (path / f"{title.replace(' ', '-').replace(',', '')}.svg").write_text(draw(observation, title), encoding="utf-8")
    return observation


def outage(observation: Observation, kind: str) -> float:
    """Seconds of the outage that the fault caused; 0 without any, infinite when it did not end. More than one is a mistake."""
    found = observation.outages(kind, 0.55)
    assert len(found) <= 1, (kind, found)
    return found[0].seconds if found else 0.0


def together(*calls: Callable[[], Any]) -> list[Any]:
    """What waits most of the time can do so side by side."""
    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(call) for call in calls]]
