# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long an outage may take by what is configured."""

from __future__ import annotations

from typing import Any, Mapping

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.drill import drill as drills, paths
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.selection import egress
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.state import State

#: Interval in seconds and threshold of PAN-OS's predefined monitor profile, which stands in no configuration.
PREDEFINED = {"default": (3, 5)}
#: BGP's hold time where none is configured, in seconds.
_HOLD_TIME = 90
# How long two routers may take to agree on other routes once a session has ended by a notification.
_CONVERGENCE = 5


def range_of(
    configuration: Mapping, state: State, drill: drills.Drill, method: str, profiles: Mapping[str, tuple[int, int]],
) -> dict[str, Any]:
    """C(minimum) and C(maximum) in seconds, and C(because). C(profiles): name → (interval, threshold) of monitor profiles.

    A monitor counts so many lost probes in a row: the first one may be lost up to an interval after the path is, and the last one is
    known to be lost when the next one is due.
    """
    if paths.decided_by(configuration) == paths.PBF:
        rule = next(rule for rule in configuration["pbf_rules"] if egress(rule) == drill.interface)
        interval, threshold = _probing(rule["action"]["forward"].get("monitor") or {}, profiles)
        return {"minimum": interval * (threshold - 1), "maximum": interval * (threshold + 1),
                "because": f"the monitor of PBF rule '{rule['name']}' probes every {interval} s and gives up after {threshold} lost probes"}
    if method == drills.PEER:
        return {"minimum": 0, "maximum": _CONVERGENCE, "because": "a BGP peer that is taken down says so, and both sides take other routes at once"}
    if drill.peers:
        hold = max(_hold_time(peer, state) for peer in drill.peers)
        return {"minimum": 0, "maximum": hold, "because": f"BGP waits for its hold time of {hold} s, unless a side notices earlier that the tunnel is gone"}
    return {"because": "static routes change when their path monitors say so"}


def announcement(expected: Mapping[str, Any], configuration: Mapping) -> str:
    """What is said of it before anything is taken down."""
    if "maximum" not in expected:
        return f"; how long that takes is not known: {expected['because']}"
    found = (f", for {expected['minimum']} to {expected['maximum']} s: {expected['because']}. A session of TCP goes on when it sends again, up to as long "
             "after that as it has waited by then")
    if paths.decided_by(configuration) == paths.PBF:
        found += ("; where no route leads into the tunnels beside the PBF rules (backup_routes), one that is established already stays lost until the tunnel "
                  "is brought back")
    return found


def _probing(monitor: Mapping, profiles: Mapping[str, tuple[int, int]]) -> tuple[int, int]:
    name = monitor.get("profile") or "default"
    return profiles.get(name) or PREDEFINED.get(name) or PREDEFINED["default"]


def _hold_time(peer: Mapping, state: State) -> int:
    """The negotiated one, else the configured one."""
    live = next((found.hold_time for found in state.bgp_peers if found.name == peer["name"] and isinstance(found.hold_time, int) and found.hold_time), None)
    return live or int(peer.get("hold_time") or _HOLD_TIME)


def verdict(expected: Mapping[str, Any], outage: Mapping[str, Any]) -> str:
    """C(within), C(shorter) or C(longer) than expected, by as much as could be seen; C(unknown) where nothing is expected."""
    if "maximum" not in expected:
        return "unknown"
    if not outage["ended"] or outage["seconds"] > expected["maximum"] + outage["resolution"]:
        return "longer"
    return "shorter" if outage["seconds"] + outage["resolution"] < expected["minimum"] else "within"


def summary(told: Mapping[str, Any]) -> str:
    """A measurement in one line."""
    expected = told.get("expected") or {}
    found = [f"commit {told['commit_seconds']:g} s", f"no way for {_seconds(told['outage'])} by the firewall's state"]
    if told.get("probe"):
        found.append(f"no answer for {_seconds(told['probe']['outage'])} by the probes")
    if "maximum" in expected:
        found.append(f"expected {expected['minimum']} to {expected['maximum']} s ({expected.get('verdict', 'unknown')})")
    return f"{told['action']} of {told['method']} '{told['tunnel']}': {', '.join(found)}"


def _seconds(outage: Mapping[str, Any]) -> str:
    return f"{outage['seconds']:g} s" + (f" (up to {outage['resolution']:g} s more)" if outage["outages"] else "") + ("" if outage["ended"] else " and longer")
