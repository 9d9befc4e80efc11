# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``type=log``: a search is a job of its own, asked for by number until it is done (vendor documentation)."""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.errors import InvalidCommand
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.firewall import Firewall
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.system_log import Event
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.operations.system import fields
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.responses import Answer, result

#: Log types that exist; all but ``system`` are empty here.
_TYPES = ("system", "config", "traffic", "threat", "url", "data", "wildfire", "hipmatch", "tunnel", "userid", "decryption")

_MOST = 5000


def begin(firewall: Firewall, parameters: dict[str, str]) -> Answer:
    kind = parameters.get("log-type", "")
    if kind not in _TYPES:
        raise InvalidCommand(f" log-type '{kind}' is not an allowed keyword")
    count, skip = (_number(parameters, name, default) for name, default in (("nlogs", 20), ("skip", 0)))
    query = parameters.get("query", "") if kind == "system" else "(subtype eq none)"
    number = firewall.log.search(query, min(count, _MOST), skip, parameters.get("dir", "backward") != "forward")
    return result(f"<msg><line>query job enqueued with jobid {number}</line></msg><job>{number}</job>", 19)


def _number(parameters: dict[str, str], name: str, default: int) -> int:
    text = parameters.get(name) or str(default)
    if not text.isdigit():
        raise InvalidCommand(f" {name} '{text}' is not a number")
    return int(text)


def collect(firewall: Firewall, number: str) -> Answer:
    events = firewall.log.found(number)
    entries = "".join(f'<entry logid="{event.number}">{_entry(firewall, event)}</entry>' for event in events)
    job = fields(tenq="00:00:00", tdeq="00:00:00", tlast="00:00:00", status="FIN", id=number, cached_logs=len(events))
    logs = f'<logs count="{len(events)}" progress="100">{entries}</logs>'
    return result(f"<job>{job}</job><log>{logs}</log>")


def _entry(firewall: Firewall, event: Event) -> str:
    return fields(
        {"receive_time": event.moment, "config_ver": 2561, "time_generated": event.moment, "device_name": firewall.name},
        domain=1, serial=firewall.serial, seqno=event.number, actionflags="0x0", type="SYSTEM", subtype=event.subtype,
        eventid=event.eventid, object=event.object, fmt=0, id=0, module="general", severity=event.severity, opaque=event.opaque,
    )
