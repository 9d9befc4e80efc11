# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What other people's clients ask of a firewall beside its VPNs: sessions, licences, ARP, clocks, hashes of passwords.

The elements are those that these clients read (panos_facts, panos-upgrade-assurance, the vendor's SDK); the values are a quiet firewall's.
"""

from __future__ import annotations

import base64
import hashlib
import secrets

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.errors import InvalidCommand
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.firewall import LOGICAL_ROUTER
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.network import Network
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.operations.registry import Command, Context, command
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.operations.system import fields
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.responses import Answer, result, text_result

_SESSIONS = 64000


def _password_hash(context: Context) -> Answer:
    """A salted hash that stands for the password in a configuration; the same password gives another one each time."""
    password = context.given("password")
    if password is None:
        raise InvalidCommand(" request -> password-hash is missing 'password'")
    salt = secrets.token_urlsafe(6)
    digest = base64.b64encode(hashlib.sha256(f"{salt}{password}".encode()).digest(), altchars=b"./").decode().rstrip("=")
    return result(f"<phash>$5${salt}${digest}</phash>")


def _sessions(dummy: Context) -> Answer:
    quiet = {f"num-{kind}": 0 for kind in ("active", "bcast", "icmp", "installed", "mcast", "predict", "tcp", "udp")}
    limits = {"num-max": _SESSIONS, "tmo-def": 30, "tmo-icmp": 6, "tmo-tcp": 3600, "tmo-udp": 30}
    switches = {"hw-offload": "True", "ipv6-fw": "True", "tcp-nonsyn-rej": "True"}
    return result(fields(verbatim={**quiet, **limits, **switches, "cps": 0, "kbps": 0, "pps": 0, "dp": "*.dp0"}))


def _meter(context: Context) -> Answer:
    systems = context.firewall.running.root.findall("devices/entry/vsys/entry")
    numbers = [(system.get("name") or "").removeprefix("vsys") for system in systems]
    return result("".join(f"<entry>{fields(vsys=number, maximum=0, current=0, throttled=0)}</entry>" for number in numbers))


def _all_sessions(dummy: Context) -> Answer:
    return result("")


def _arp(context: Context) -> Answer:
    """No neighbour has been asked for. One interface, or C(entry name='all')."""
    entry = context.arguments.find("entry")
    if entry is None and not (context.arguments.text or "").strip():
        raise InvalidCommand(" show -> arp is missing a value")
    return result(fields(max=32000, total=0, timeout=1800, dp="dp0") + "<entries/>")


def _licences(dummy: Context) -> Answer:
    return result("<licenses/>")


def _ntp(dummy: Context) -> Answer:
    return result("<synched>LOCAL</synched>")


def _whole_commit(dummy: Context) -> Answer:
    return result("no")


def _jumbo(dummy: Context) -> Answer:
    return result("no")


def _disk(dummy: Context) -> Answer:
    rows = ("Filesystem      Size  Used Avail Use% Mounted on", "/dev/root       7.9G  4.0G  3.5G  54% /", "/dev/sda6        16G  4.2G   11G  28% /opt/pancfg",
            "/dev/sda5        16G  5.9G  8.7G  41% /opt/panrepo", "/dev/sda8        21G  1.9G   18G  10% /opt/panlogs")
    return text_result("\n".join(rows) + "\n")


def _legacy_fib(context: Context) -> Answer:
    return text_result("Command deprecated in Advanced Routing Mode.") if context.firewall.engine == LOGICAL_ROUTER else _fib(context)


def _advanced_fib(context: Context) -> Answer:
    if context.firewall.engine != LOGICAL_ROUTER:
        raise InvalidCommand(" show -> advanced-routing unexpected here")
    return _fib(context)


def _fib(context: Context) -> Answer:
    """What packets follow: the active routes of each router, and its table of IPv6 (that this one stands beside it is inferred)."""
    routes = [route for route in Network(context.firewall.running, context.firewall.runtime).routes() if route.is_in_use]
    routers = list(dict.fromkeys(route.router for route in routes))
    parts = []
    for number, router in enumerate(routers, 1):
        own = [route for route in routes if route.router == router]
        rows = "".join(
            "<entry>" + fields(verbatim={"id": position, "dst": route.destination, "interface": route.interface, "nh_type": 0 if route.nexthop else 3,
                                         "flags": "ug" if route.nexthop else "u", "nexthop": route.nexthop or "0.0.0.0", "mtu": 1500}) + "</entry>"
            for position, route in enumerate(own, 1))
        parts += [f"<entry>{fields(id=2 * number - 1 + kind, vr=router, max=32768, type=kind, ecmp=0)}<entries>{'' if kind else rows}</entries></entry>"
                  for kind in (0, 1)]
    return result(fields(dp="dp0", total=len(routes)) + f"<fibs>{''.join(parts)}</fibs>")


#: What a Panorama answers too.
EVERYWHERE: list[Command] = [
    command("request password-hash", _password_hash, "password"), command("request license info", _licences), command("show ntp", _ntp),
]
COMMANDS: list[Command] = [
    *EVERYWHERE,
    command("show session info", _sessions),
    command("show session meter", _meter),
    command("show session all", _all_sessions),
    command("show arp", _arp, "entry"),
    command("show system setting jumbo-frame", _jumbo),
    command("show system disk-space", _disk),
    command("show routing fib", _legacy_fib),
    command("show advanced-routing fib", _advanced_fib),
    command("check full-commit-required", _whole_commit),
]
