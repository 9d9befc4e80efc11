# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A list to which members are added: what stays beside them is told in the run that adds, and in no other."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import ipsec_tunnel, pbf_failover, security_rule, transaction, zone
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import UNITS, VSYS, Door

RULE = {"name": "web", "from": ["trust"], "to": ["dmz"], "action": "allow"}
PATHS = {"name": "lines", "from": {"zone": ["trust"]}, "paths": [{"egress_interface": "ethernet1/8", "nexthop": {"ip_address": "198.51.100.1"}}]}
PAIR = {"local": "10.10.0.0/24", "remote": "10.80.0.0/16"}
# Module, what stands first, what is added, and the words of the warning (the option, what is added, what stays).
LISTS = {
    "addresses": (security_rule, {**RULE, "destination": ["10.1.0.0/16"]}, {**RULE, "destination": ["10.2.0.0/16"]},
                  ("destination", "10.2.0.0/16", "10.1.0.0/16", "state: replaced")),
    "zones": (security_rule, RULE, {**RULE, "from": ["guest"]}, ("from", "guest", "trust")),
    "a list in a group": (pbf_failover, PATHS, {**PATHS, "from": {"zone": ["guest"]}}, ("from.zone", "guest", "trust")),
    "named entries": (ipsec_tunnel, {"name": "branch-7", "proxy_ids": [{"name": "one", **PAIR}]}, {"name": "branch-7", "proxy_ids": [{"name": "two", **PAIR}]},
                      ("proxy_ids", "two", "one")),
}


@pytest.mark.parametrize("in_transaction", [False, True], ids=["alone", "in a transaction"])
@pytest.mark.parametrize("module, first, second, words", LISTS.values(), ids=LISTS.keys())
def test_what_stays_beside_is_told(firewalls, module, first, second, words, in_transaction):
    door = Door(module, firewalls())

    def run(options, **more):
        if not in_transaction:
            return door.done(options, **more)
        return door.done({"items": [{module.__name__.rpartition(".")[2]: options}]}, module=transaction, **more)

    assert [warning for warning in run(first).warnings if "beside" in warning] == []
    for check in (True, False):
        told = [warning for warning in run(second, check=check).warnings if "beside" in warning]
        assert told and all(word in told[0] for word in words), told
    assert [warning for warning in run(second).warnings if "beside" in warning] == []


def test_an_interface_that_joins_a_zone_is_no_news(firewalls):
    """It is everybody's list."""
    door = Door(zone, firewalls())
    for place, element in UNITS:
        door.control.plant(place, element)
    for unit in ("tunnel.11", "tunnel.12"):
        door.control.plant(f"{VSYS}/import/network/interface", f"<member>{unit}</member>")
        assert door.done({"name": "vpn", "interfaces": [unit]}).warnings == []
