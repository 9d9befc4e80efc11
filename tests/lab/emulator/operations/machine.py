# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a firewall tells of the machine that it is: clocks, load, memory, its Panorama, and that it cannot reach the servers for updates.

The forms are those that panos-upgrade-assurance reads and quotes; the values are a quiet virtual firewall's without a way to the internet.
"""

from __future__ import annotations

import time

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.errors import InvalidCommand, OperationFailed
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.network import Network
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.operations.registry import Command, Context, command
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.responses import Answer, cdata_result, result, text_result

_CORES = 2


def _clocks(dummy: Context) -> Answer:
    now = time.strftime("%a %b %e %H:%M:%S UTC %Y", time.gmtime())
    return result(f"<member>{now}\ndataplane time: {now}</member>")


def _load(context: Context) -> Answer:
    """One value a minute for each core of the data plane."""
    minutes = context.given("last") or "60"
    if not minutes.isdigit() or not 1 <= int(minutes) <= 60:
        raise InvalidCommand(f" show -> running -> resource-monitor -> minute -> last value={minutes} should be equal to or between 1 and 60")
    values = ",".join(["0"] * int(minutes))
    rows = "".join(f"<entry><coreid>{core}</coreid><value>{values}</value></entry>" for core in range(_CORES))
    return result(f"<resource-monitor><data-processors><dp0><minute><cpu-load-average>{rows}</cpu-load-average></minute></dp0></data-processors>"
                  "</resource-monitor>")


def _resources(dummy: Context) -> Answer:
    rows = (
        "top - 10:00:00 up 7 days,  0:00,  0 users,  load average: 0.10, 0.10, 0.10", "Tasks: 150 total,   1 running, 149 sleeping,   0 stopped,   0 zombie",
        "%Cpu(s):  2.0 us,  1.0 sy,  0.0 ni, 97.0 id,  0.0 wa,  0.0 hi,  0.0 si,  0.0 st",
        "MiB Mem :   6982.0 total,    335.0 free,   4069.0 used,   2578.0 buff/cache",
        "MiB Swap:   4000.0 total,   4000.0 free,      0.0 used.   1500.0 avail Mem",
    )
    return cdata_result("\n".join(rows) + "\n")


def _state(context: Context) -> Answer:
    """Two of its variables, by the filters that clients ask with."""
    known = {"sw.dev.interface.config": _interfaces, "sys.monitor.*.mp.exports": _management_plane}
    told = known.get(context.given("filter") or "")
    return cdata_result("NO_MATCHES" if told is None else told(context))


def _interfaces(context: Context) -> str:
    """Ports with their MTU, and subinterfaces without anything."""
    rows = []
    for interface in Network(context.firewall.running, context.firewall.runtime).interfaces:
        if interface.name.startswith("ethernet"):
            told = f"'mtu': {interface.mtu}, " if interface.physical else ""
            rows.append(f"'{interface.name}': {{ {told}}}, ")
    return f"sw.dev.interface.config: {{ {''.join(rows)}}}"


def _management_plane(dummy: Context) -> str:
    return "sys.monitor.s0.mp.exports: { 'cpu': { '1minavg': 3, }, 'disks': [ ], 'slot': 0, }"


def _no_sensors(dummy: Context) -> Answer:
    return result("")


def _user_id(dummy: Context) -> Answer:
    return text_result("\tUser id service info:\n\t\tUser id service:         down\n")


def _panorama(context: Context) -> Answer:
    """The Panoramas that the configuration names. Whether they are reached, nobody emulates."""
    system = context.firewall.running.root.find("devices/entry/deviceconfig/system/panorama/local-panorama")
    named = [] if system is None else [system.findtext(tag) for tag in ("panorama-server", "panorama-server-2")]
    blocks = [
        f"Panorama Server {number} : {name}\n    Connected     : no\n    HA state      : disconnected\n" for number, name in enumerate(filter(None, named), 1)
    ]
    return text_result("\n".join(blocks)) if blocks else result("")


def _offline(what: str, words: str, *arguments: str) -> Command:
    def answer(dummy: Context) -> Answer:
        raise OperationFailed(f"Failed to check {what} info due to Unknown error. Please check network connectivity and try again.")

    return command(words, answer, *arguments)


COMMANDS: list[Command] = [
    command("show clock more", _clocks),
    command("show running resource-monitor minute", _load, "last"),
    command("show system resources", _resources),
    command("show system state", _state, "filter"),
    command("show system environmentals", _no_sensors),
    command("show user user-id-service status", _user_id),
    command("show panorama-status", _panorama),
    _offline("support", "request support check"),
    _offline("upgrade", "request system software check"),
    _offline("content", "request content upgrade check"),
]
