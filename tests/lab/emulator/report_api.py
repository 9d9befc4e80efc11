# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``type=report``: two reports of a firewall without any traffic, whose forms are those that pan-python reads. What has no name here is refused."""

from __future__ import annotations

import time
from xml.sax.saxutils import quoteattr

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.errors import InvalidCommand, NotPresent
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.firewall import Firewall
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.jobs import Outcome
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.tree import render
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.responses import Answer, enqueued, result

_DYNAMIC, _PREDEFINED = "dynamic", "predefined"
#: Type and name of a report → its title, and the log that it sums up.
_REPORTS = {
    (_DYNAMIC, "top-applications-summary"): ("Top applications", "trsum"),
    (_PREDEFINED, "top-attacks"): ("Top attacks", "thsum"),
}
_HOUR = 3600
_PERIODS = {"last-hour": _HOUR, "last-12-hrs": 12 * _HOUR, "last-24-hrs": 24 * _HOUR, "last-7-days": 7 * 24 * _HOUR}


def begin(firewall: Firewall, user: str, parameters: dict[str, str]) -> Answer:
    """A report is a job of its own, asked for by number."""
    kind, name, period = (parameters.get(each, default) for each, default in (("reporttype", ""), ("reportname", ""), ("period", "last-24-hrs")))
    for what, value, known in (("reporttype", kind, {each for each, dummy in _REPORTS}), ("reportname", name, {each for of, each in _REPORTS if of == kind}),
                               ("period", period, _PERIODS)):
        if value not in known:
            raise InvalidCommand(f" {what} '{value}' is not an allowed keyword")
    return enqueued(firewall.jobs.record("Report", user, Outcome(True, []), _report(kind, name, _PERIODS[period])))


def collect(firewall: Firewall, number: str) -> Answer:
    job = firewall.jobs.get(number)
    if job.kind != "Report":
        raise NotPresent(f"job {number} is no report")
    return result(render(job.element(firewall.version >= (11, 0))) + job.product)


def _report(kind: str, name: str, seconds: int) -> str:
    title, log = _REPORTS[kind, name]
    end = int(time.time())
    start = end - seconds + 1
    told = {"name": title, "logtype": log, "start": _moment(start), "start-epoch": start, "end": _moment(end), "end-epoch": end, "generated-at": _moment(end)}
    attributes = " ".join(f"{key}={quoteattr(str(value))}" for key, value in told.items())
    if kind == _DYNAMIC:
        return f"<report {attributes}/>"
    return f"<report reportname={quoteattr(name)}><result {attributes}/></report>"


def _moment(seconds: int) -> str:
    return time.strftime("%Y/%m/%d %H:%M:%S", time.localtime(seconds))
