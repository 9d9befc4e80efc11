# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""site_to_site_vpn takes over a VPN that was made under another name: on a whole firewall, with commits."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import NETWORK, VSYS, parsed
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.pairing import ENGINES, VpnDoor, name_of, options

COMMENT = f"{NETWORK}/interface/tunnel/units/entry[@name='tunnel.1']/comment"
PBF_RULE = f"{VSYS}/rulebase/pbf/rules/entry[@name='hand-1']"
CASES = [(engine, failover) for engine in ENGINES for failover in ("pbf", "bgp")]


def by_hand(firewalls, engine, failover) -> VpnDoor:
    """A firewall with a VPN of which no record tells."""
    door = VpnDoor(firewalls(engine=engine))
    door.committed(options(failover, name="hand", security_rules="none", **({"when_both_down": "route"} if failover == "pbf" else {})))
    door.control.edit_as("janitor", "delete", COMMENT)
    return door


def wanted(failover, **more) -> dict:
    return options(failover, **({"when_both_down": "route"} if failover == "pbf" else {}), **more)


@pytest.mark.parametrize("engine, failover", CASES, ids=[" ".join(case) for case in CASES])
def test_refused_checked_adopted_committed_unchanged_removed(firewalls, engine, failover):
    door = by_hand(firewalls, engine, failover)
    door.refused(wanted(failover), "IKE gateway 'hand-1'", "IPsec tunnel 'hand-2'", "adopt: true")
    before = door.candidate()
    checked = door.done(wanted(failover, adopt=True), check=True)
    assert door.candidate() == before
    made = door.done(wanted(failover, adopt=True))
    assert [xpath for _action, xpath in door.writes() if "hand" in xpath] == []
    assert (checked.diff, checked.warnings) == (made.diff, made.warnings)
    assert [tunnel["ike_gateway"] for tunnel in made.values["vpn"]["tunnels"]] == ["hand-1", "hand-2"]
    assert door.commit(made).changed
    again = door.done(wanted(failover))
    assert (again.changed, again.values["uncommitted"]) == (False, False)
    door.committed({"name": name_of(failover), "state": "absent"})
    assert parsed(door.control.running()) == door.candidate()
    for place in ("ike/gateway", "tunnel/ipsec", "interface/tunnel/units"):
        left = door.control.candidate(f"{NETWORK}/{place}")
        assert not any(name in left for name in ("hand", name_of(failover), "tunnel.1\"", "tunnel.2\""))


def test_a_run_that_was_cut_short_is_finished_by_the_next(firewalls):
    door = by_hand(firewalls, "virtual-router", "pbf")
    door.commit(door.done(wanted("pbf", adopt=True)))
    gone = {"name": name_of("pbf"), "state": "absent"}
    door.done(gone)
    second = door.done(gone)
    assert (second.changed, second.values["uncommitted"]) == (False, True)
    assert door.commit(second).changed
    assert parsed(door.control.running()) == door.candidate()


def test_rules_that_name_address_objects_are_known(firewalls):
    """An object that holds the network needs no literal beside it, with leave to adopt and in later runs without it."""
    door = by_hand(firewalls, "virtual-router", "pbf")
    door.control.edit_as("janitor", "delete", f"{PBF_RULE}/source")
    door.control.plant(PBF_RULE, "<source><member>office-lan</member></source>")
    rule = door.candidate(PBF_RULE)
    assert door.done(wanted("pbf", adopt=True)).changed
    assert door.candidate(PBF_RULE) == rule
    assert not door.done(wanted("pbf")).changed
