# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A firewall with two lines to the internet, one tunnel through each: what a provider takes, and one line cut."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import site_to_site_vpn
from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.site import QUICK_DETECTION, SECOND_LINE, connection, on_two_lines
from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.wire import captured
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.enclave import wait_until
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import run_module
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.given_and_told import provider_of

INTERFACE, OWN, ROUTER = SECOND_LINE


@pytest.fixture(scope="module")
def site(sites):
    """Its second tunnel goes out of the second line, by what is said of that tunnel and nothing that is written by hand."""
    made = sites(on_two_lines(connection("pbf")), dead_after=4)
    first, second = made.options("pbf", dpd=QUICK_DETECTION)["tunnels"]
    by_second_line = {**second, "outside_interface": INTERFACE, "local_address": f"{OWN}/30"}
    asked = {"tunnels": [first, by_second_line], "monitor_interval": 2, "monitor_threshold": 2}
    refused = run_module(site_to_site_vpn, {"provider": provider_of(made.emulator), **made.options("pbf", **asked)})
    assert refused.failed and "outside_next_hop" in refused.message, "the router would send its packets into the first line"
    asked["tunnels"] = [first, {**by_second_line, "outside_next_hop": ROUTER}]
    made.pair("pbf", **asked)
    assert not made.module("site_to_site_vpn", **made.options("pbf", **asked))["changed"]
    made.up()
    assert made.ping(3) == 3
    return made


def is_up(site, number: int) -> bool:
    sa = site.daemon(number).ike_sa()
    return bool(sa and sa.children)


def test_each_tunnel_has_its_line(site):
    assert wait_until(lambda: site.ping(4) == 4, 60, 0.2)
    with captured(site, line="eth1-7") as second, captured(site) as first:
        # Longer than the time between two probes.
        assert site.ping(12) == 12
    # The first tunnel carries the hosts' packets, the second one its monitor's.
    assert len(first.of("ESP in UDP")) >= 24 and len(second.of("ESP in UDP")) >= 1
    assert first.inside() == second.inside() == [] and first.of("other") == second.of("other") == []
    peers = [endpoint.endpoint.outside for endpoint in site.aws]
    assert not [line for line in first.lines if peers[1] in line] and not [line for line in second.lines if peers[0] in line]


@pytest.mark.parametrize("line, lost", [("eth1-7", 2), ("eth1-8", 1)], ids=["the second line", "the first line"])
def test_one_line_is_cut_and_the_other_tunnel_carries_on(site, line, lost):
    site.plane.internet.cut_line(line)
    assert wait_until(lambda: not is_up(site, lost), 30, 0.2)
    assert is_up(site, 3 - lost)
    assert site.ping(3) == 3
    site.plane.internet.mend()
    site.up()
    assert wait_until(lambda: site.tunnel(lost)["healthy"], 20, 0.3)
    assert site.ping(3) == 3
