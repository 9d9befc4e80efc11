# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A firewall with two lines to the internet, one tunnel through each: what a provider takes, and one line cut."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.site import SECOND_LINE, connection, on_two_lines
from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.wire import captured
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.enclave import wait_until

INTERFACE, OWN, ROUTER = SECOND_LINE


@pytest.fixture(scope="module")
def site(sites):
    """Its second tunnel goes out of the second line, and comes up when the route to its peer does so too."""
    made = sites(on_two_lines(connection("pbf")), dead_after=4)
    made.pair("pbf", backup_routes=True, monitor_interval=2, monitor_threshold=2)
    second = made.plane.firewall.running.tunnels[1]
    made.change({"ike_gateway": {"name": second.gateway, "local_address": {"interface": INTERFACE, "ip": f"{OWN}/30"}, "ikev2": {"dpd": {"interval": 2}}}},
                {"ike_gateway": {"name": made.plane.firewall.running.tunnels[0].gateway, "ikev2": {"dpd": {"interval": 2}}}})
    assert wait_until(lambda: is_up(made, 1), 20)
    assert not wait_until(lambda: is_up(made, 2), 3), "the provider of the first line takes no packets of the second line's address"
    # The lab's last rule denies what no zone's rules allow, also within the zone of the second line.
    ends = [OWN, second.peer_address]
    made.change({"security_rule": {
        "name": "ike by the second line", "from": ["guest"], "to": ["guest"], "source": ends, "destination": ends, "action": "allow",
        "application": ["ike", "ipsec-esp", "ipsec-esp-udp"], "service": ["application-default"], "position": "top"}})
    made.change({"static_route": {"virtual_router": "default", "name": "second-endpoint", "destination": f"{second.peer_address}/32",
                                  "interface": INTERFACE, "nexthop": {"ip_address": ROUTER}}})
    made.up()
    assert made.ping(3) == 3
    return made


def is_up(site, number: int) -> bool:
    sa = site.daemon(number).ike_sa()
    return bool(sa and sa.children)


def test_each_tunnel_has_its_line(site):
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
