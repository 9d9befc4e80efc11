# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""New pre-shared keys, one tunnel after the other, while packets pass."""

from __future__ import annotations

import json

from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.site import connection


def rotate(site, number: int) -> None:
    """Another key for one tunnel: first on the firewall, then at AWS, which takes the tunnel down for it."""
    old = site.options("pbf")["tunnels"][number - 1]["pre_shared_key"]
    key = f"rotated.{number}.key"
    site.described = [json.loads(json.dumps(document).replace(old, key)) for document in site.described]
    site.pair("pbf", primary_tunnel=3 - number)
    assert f"tunnel {site.options('pbf')['name']}-{number} has another key" in site.plane.applied[-1].done
    site.aws[number - 1].change(key=key)
    site.up()


def test_keys_change_and_at_most_the_packet_that_is_under_way_is_lost(sites):
    """Each tunnel while new sessions take the other one."""
    site = sites(connection("pbf"))
    site.pair("pbf")
    site.up()
    assert site.ping(3) == 3
    before = {number: site.daemon(number).ike_sa().children[0].inbound_spi for number in (1, 2)}
    watch = site.watch(25)
    watch.until(1)
    rotate(site, 2)
    watch.until(8)
    rotate(site, 1)
    watch.until(15)
    site.pair("pbf", primary_tunnel=1)
    observation = watch.finish()
    site.up()
    # Of 250; on a busy machine the rule can change between a packet's way out and its way in.
    assert max(observation.lost(kind) for kind in ("ping", "new")) <= 1
    # It stays with the rule that took it, and sees its tunnel go and come; a firewall tries again every two seconds.
    assert observation.lost("established") <= 40
    after = {number: site.daemon(number).ike_sa().children[0].inbound_spi for number in (1, 2)}
    assert all(after[number] != before[number] for number in before)
