# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Outputs that AWS really gave, for customer gateways that are not our firewall: it stands behind NAT then, and the tunnels come up all the same."""

from __future__ import annotations

import json

import pytest

OUTPUTS = {
    "describe-vgw-bgp-default-2022.json": "bgp", "describe-tgw-bgp-2019.json": "bgp", "describe-vgw-static-2019.json": "pbf",
}


@pytest.mark.parametrize("name, failover", OUTPUTS.items())
def test_a_real_connection_carries_packets(sites, shared_fixtures, name, failover):
    document = json.loads((shared_fixtures / "aws" / name).read_text(encoding="utf-8"))
    item = next(item for item in document["VpnConnections"] if item["State"] == "available")
    if failover == "pbf":
        # The prefix that AWS routes back is the one thing that has to be the lab's.
        item["Routes"] = [{"DestinationCidrBlock": "10.10.0.0/24", "State": "available"}]
    site = sites({"VpnConnections": [item]})
    assert "198.51.100.10" not in [endpoint.endpoint.customer_outside for endpoint in site.aws]
    site.pair(failover)
    site.up()
    assert site.ping(3) == 3
    assert [site.tunnel(number)["healthy"] for number in (1, 2)] == [True, True]
    site.close()
