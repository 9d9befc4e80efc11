# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One self-contained page about a fleet's VPNs (no script, nothing loaded from anywhere), and the same facts as JSON and CSV.

What is on it is decided in module_utils/report, how it looks in vpn_report.html.j2. The engine escapes whatever the template does not say itself:
what firewalls say is not to be trusted. Filters run where Ansible does, and there is jinja2.
"""

from __future__ import annotations

import functools
import json
import pathlib
import re

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis import causes
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.report import fleet as fleets, measurement, topology, twins
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.health import Health

TEMPLATE = pathlib.Path(__file__).with_suffix(".html.j2")
SYMBOLS = {Health.HEALTHY: "\u2713", Health.AT_RISK: "!", Health.DOWN: "\u2717"}
# Control characters, and those that turn the direction of what follows.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


def fit(value):
    """A value as text of a page, before it is escaped; nothing for None."""
    if isinstance(value, Markup):
        return value
    return "" if value is None else _UNFIT.sub("\ufffd", str(value))


def filled(lines, columns) -> list:
    """The columns, (heading, attribute), that something stands in."""
    return [(heading, name) for heading, name in columns if any(getattr(line, name) for line in lines)]


@functools.lru_cache(maxsize=1)
def environment() -> Environment:
    """The engine: every value is escaped, and a name that does not exist is an error."""
    return Environment(loader=FileSystemLoader(TEMPLATE.parent), autoescape=True, finalize=fit, undefined=StrictUndefined,
                       trim_blocks=True, lstrip_blocks=True)


def page(firewalls, title: str, generated: str, drills=()) -> str:
    """The HTML text. C(firewalls): for each C(name) and what vpn_info returned, or C(error). C(drills): measurements of vpn_failover."""
    return environment().get_template(TEMPLATE.name).render(
        title=title, generated=generated, fleet=fleets.fleet(firewalls), drills=[measurement.drill(told) for told in drills], topology=topology.topology,
        symbols=SYMBOLS, states=tuple(reversed(Health)), bounds=topology, chart=measurement, filled=filled,
        documented=causes.KNOWN, documentation=causes.link,
    )


def as_json(firewalls, title: str, generated: str, drills=()) -> str:
    """The same facts for machines."""
    return json.dumps(twins.facts(fleets.fleet(firewalls), title, generated, drills), indent=2, default=str) + "\n"


def as_csv(firewalls, title: str, generated: str, drills=()) -> str:
    """The same facts as a table with a line for each tunnel; drills have no place in it."""
    return twins.table(fleets.fleet(firewalls))


#: What can be made of the facts.
FORMS = {"html": page, "json": as_json, "csv": as_csv}
