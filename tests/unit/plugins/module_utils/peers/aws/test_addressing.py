# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.aws import addressing


@pytest.mark.parametrize(
    "cidr, words",
    [
        ("169.254.10.0/30", None),
        ("169.254.0.4/30", None),
        ("169.254.5.4/30", None),
        ("fd00:2001:db8::/126", None),
        ("169.254.0.0/30", "reserved"),
        ("169.254.5.0/30", "reserved"),
        ("169.254.169.252/30", "reserved"),
        ("169.254.10.0/29", "not a /30"),
        ("10.1.1.0/30", "within 169.254.0.0/16"),
        ("fd00::/120", "not a /126"),
        ("2001:db8::/126", "within fd00::/8"),
    ],
)
def test_inside_ranges_that_aws_allows(cidr, words):
    problem = addressing.inside_problem(cidr)
    assert problem is None if words is None else words in problem


@pytest.mark.parametrize(
    "network, ours, theirs, expected",
    [
        ("169.254.10.0/30", None, None, ("169.254.10.2", "169.254.10.1")),
        ("169.254.10.0/30", "169.254.10.2", None, ("169.254.10.2", "169.254.10.1")),
        ("169.254.10.0/30", None, "169.254.10.1", ("169.254.10.2", "169.254.10.1")),
        ("169.254.10.0/30", "169.254.10.1", "169.254.10.2", ("169.254.10.1", "169.254.10.2")),
        ("fd00::/126", "fd00::3", "fd00::1", ("fd00::3", "fd00::1")),
        ("169.254.10.0/30", "169.254.10.2", "169.254.11.1", None),
        ("169.254.10.0/30", "169.254.10.3", "169.254.10.1", None),
        ("169.254.10.0/30", "169.254.10.1", "169.254.10.1", None),
        ("169.254.10.2/32", None, None, None),
    ],
    ids=[
        "nothing known",
        "only ours",
        "only AWS's",
        "AWS has the higher one",
        "IPv6 has three hosts",
        "two ranges",
        "a broadcast address",
        "the same twice",
        "no range at all",
    ],
)
def test_the_two_hosts_of_a_range(network, ours, theirs, expected):
    pair = addressing.pair(ip_network(network), ours and ip_address(ours), theirs and ip_address(theirs))
    assert (pair and tuple(str(address) for address in pair)) == expected
