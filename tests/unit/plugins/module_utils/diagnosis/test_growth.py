# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The work of a diagnosis grows with what stands on a firewall, and not with the square of it: there are firewalls with ten thousand rules or routes.

Calls are counted instead of seconds, so that no machine is too slow for it.
"""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ET
from dataclasses import replace
from typing import Callable

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.routes import Route
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.diagnosis.branch import Branch, rule
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.diagnosis.faults import guest_line
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.diagnosis.leaves import protecting, translating
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.diagnosis.practice import nat
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.diagnosis.variants import VARIANTS

FEW, MANY = 40, 160
# Of four times as many, with room for what is sorted.
MOST = 6


def host(number: int) -> str:
    return f"10.99.{number // 200}.{number % 200 + 1}/32"


def routes(branch: Branch, count: int) -> None:
    """To hosts here, in a network here that holds them all."""
    listed = branch.at("routing-table/ip/static-route")
    for number in range(count):
        listed.append(ET.fromstring(f"<entry name='host {number}'><destination>{host(number)}</destination><interface>ethernet1/2</interface></entry>"))
    live = [Route(host(number), "default", "10.10.0.2", "ethernet1/2", "static", True) for number in range(count)]
    branch.state = replace(branch.state, routes=(*branch.state.routes, *live))
    branch.intent = replace(branch.intent, local_networks=("10.0.0.0/8",))


def by_routes(branch: Branch, count: int) -> None:
    VARIANTS["by static routes"].changes(branch)
    routes(branch, count)


def security_rules(branch: Branch, count: int) -> None:
    branch.first(branch.at("security/rules"), *(rule(f"rule {number}", "trust", "vpn", "deny", source=host(number)) for number in range(count)))


def nat_rules(branch: Branch, count: int) -> None:
    nat(*(translating(f"rule {number}", "trust", source=host(number)) for number in range(count)))(branch)


def pbf_rules(branch: Branch, count: int) -> None:
    branch.first(branch.at("pbf/rules"), *(guest_line(source=host(number)) for number in range(count)))


def dos_rules(branch: Branch, count: int) -> None:
    for number in range(count):
        protecting("deny", source=host(number))(branch)


def calls_of(adds: Callable, count: int) -> int:
    """How many functions one diagnosis calls."""
    branch, counted = Branch(), [0]
    branch.hosts_fail = True
    adds(branch, count)
    sys.setprofile(lambda _frame, event, _argument: counted.__setitem__(0, counted[0] + event.endswith("call")))
    try:
        branch.diagnose()
    finally:
        sys.setprofile(None)
    return counted[0]


@pytest.mark.parametrize("adds", (routes, by_routes, security_rules, nat_rules, pbf_rules, dos_rules), ids=lambda adds: adds.__name__)
def test_four_times_as_much_is_about_four_times_the_work(adds):
    calls_of(adds, FEW)
    nothing = calls_of(adds, 0)
    few, many = calls_of(adds, FEW) - nothing, calls_of(adds, MANY) - nothing
    assert many < MOST * few, f"{few} calls for {FEW}, {many} for {MANY}"
