# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is a VPN's is what its record says: nothing else is touched, whatever it is called, and nothing is lost with the record."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import transaction
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import DEVICE, NETWORK, ROUTERS, VSYS
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.pairing import ENGINES, VpnDoor, name_of, options

UNITS = f"{NETWORK}/interface/tunnel/units"
ROUTE = f"{ROUTERS['virtual-router']}/routing-table/ip/static-route"
each_case = pytest.mark.parametrize("engine, failover", [(engine, failover) for engine in ENGINES for failover in ("pbf", "bgp")])


@pytest.fixture
def door(firewalls) -> VpnDoor:
    return VpnDoor(firewalls())


def by_hand(name: str, router: str = "default") -> list:
    """A tunnel that somebody made by hand, and a security rule, as items of a transaction."""
    return [
        {"tunnel_interface": {"name": "tunnel.70", "ip": ["10.255.70.1/30"], "zone": "trust", "virtual_router": router}},
        {"ike_gateway": {"name": f"{name}-7", "local_address": {"interface": "ethernet1/8"}, "peer_address": {"ip": "203.0.113.70"},
                         "pre_shared_key": "notReal.byHand7"}},
        {"ipsec_tunnel": {"name": f"{name}-7", "tunnel_interface": "tunnel.70", "ike_gateways": [f"{name}-7"]}},
    ]


def narrow_rule(name: str) -> dict:
    return {"security_rule": {"name": name, "from": ["trust"], "to": ["dmz"], "application": ["ssl"], "service": ["any"], "action": "allow"}}


# Made by hand before.


def test_a_tunnel_of_somebody_else_stays_beside_a_new_vpn(door):
    name = name_of("pbf")
    door.done({"items": by_hand(name)}, module=transaction)
    before = door.candidate()
    door.done(options())
    assert [xpath for _action, xpath in door.writes() if f"{name}-7" in xpath or "tunnel.70" in xpath] == []
    assert not door.done(options()).changed
    door.remove("pbf")
    assert door.candidate() == before


def test_every_name_that_is_taken_is_told_at_once_with_the_ways_out(door):
    name = name_of("pbf")
    profile = {"monitor_profile": {"name": name, "interval": 3, "threshold": 9, "action": "wait-recover"}}
    door.done({"items": [narrow_rule(f"{name}-in"), narrow_rule(f"{name}-out"), profile]}, module=transaction)
    door.refused(options(), f"security rule '{name}-in'", f"security rule '{name}-out'", f"monitor profile '{name}'", "another name", "adopt: true")
    door.refused(options(), f"security rule '{name}-in'", check=True)
    door.refused(options(adopt=True), f"security rule '{name}-in'", "something else", "another name")


def test_what_was_never_made_is_not_removed(door):
    name = name_of("pbf")
    door.done({"items": [*by_hand(name), narrow_rule(f"{name}-in")]}, module=transaction)
    before = door.candidate()
    result = door.remove("pbf")
    assert not result.changed
    assert door.candidate() == before
    told = "\n".join(result.warnings)
    assert [words for words in ("no record", f"security rule '{name}-in'", f"IKE gateway '{name}-7'", "adopt: true") if words not in told] == []


# Made by hand after.


def test_what_somebody_leads_into_the_vpn_keeps_it_and_check_mode_says_so(door):
    door.done(options())
    assert door.run({"name": name_of("pbf"), "state": "absent"}, check=True).warnings == []
    door.control.plant(ROUTE, "<entry name='theirs'><destination>10.55.0.0/16</destination><interface>tunnel.1</interface></entry>")
    before = door.candidate()
    planned = door.run({"name": name_of("pbf"), "state": "absent"}, check=True)
    assert [warning for warning in planned.warnings if "'tunnel.1' cannot be removed" in warning and "'theirs'" in warning]
    refused = door.run({"name": name_of("pbf"), "state": "absent"})
    assert refused.failed and "theirs" in refused.message and door.candidate() == before


def test_a_tunnel_that_somebody_adds_later_is_theirs(door):
    name = name_of("pbf")
    door.done(options(security_rules="outbound"))
    door.done({"items": [*by_hand(name), narrow_rule(f"{name}-in")]}, module=transaction)
    assert not door.done(options(security_rules="outbound")).changed
    door.done(options(security_rules="outbound", remote_networks=["10.201.0.0/16"], backup_routes=True))
    door.refused(options(), f"security rule '{name}-in'")
    door.remove("pbf")
    for place in (f"{NETWORK}/ike/gateway/entry[@name='{name}-7']", f"{NETWORK}/tunnel/ipsec/entry[@name='{name}-7']",
                  f"{UNITS}/entry[@name='tunnel.70']", f"{VSYS}/rulebase/security/rules/entry[@name='{name}-in']"):
        assert door.candidate(place) is not None, place


@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_zone_into_which_somebody_moved_our_interfaces_stays(door, state):
    door.done(options())
    door.control.plant(f"{VSYS}/zone", "<entry name='special'><network><layer3/></network></entry>")
    for unit in ("tunnel.1", "tunnel.2"):
        door.control.edit_as("somebody", "delete", f"{VSYS}/zone/entry[@name='aws-vpn']/network/layer3/member[text()='{unit}']")
        door.control.edit_as("somebody", "set", f"{VSYS}/zone/entry[@name='special']/network/layer3", f"<member>{unit}</member>")
    door.done(options() if state == "present" else {"name": name_of("pbf"), "state": "absent"})
    assert "special" in door.control.candidate(f"{VSYS}/zone")


@pytest.mark.parametrize("state", ["present", "absent"])
def test_an_interface_that_somebody_made_anew_for_a_tunnel_of_theirs_is_theirs(door, state):
    """The name of an interface is free once it is gone; the record may still have it."""
    name, unit = name_of("pbf"), f"{UNITS}/entry[@name='tunnel.2']"
    door.done(options())
    member = "member[text()='tunnel.2']"
    for place in (
        f"{VSYS}/rulebase/pbf/rules/entry[@name='{name}-2']", f"{ROUTE}/entry[@name='{name}-2-10.200.0.0-16']",
        f"{NETWORK}/tunnel/ipsec/entry[@name='{name}-2']",
        f"{VSYS}/zone/entry[@name='aws-vpn']/network/layer3/{member}", f"{ROUTERS['virtual-router']}/interface/{member}",
        f"{VSYS}/import/network/interface/{member}", unit,
    ):
        door.control.edit_as("somebody", "delete", place)
    theirs = by_hand("office")
    theirs[0]["tunnel_interface"]["name"] = theirs[2]["ipsec_tunnel"]["tunnel_interface"] = "tunnel.2"
    door.done({"items": theirs}, module=transaction)
    before = door.candidate(unit)
    door.done(options() if state == "present" else {"name": name, "state": "absent"})
    assert door.candidate(unit) == before
    assert "tunnel.2" in door.control.candidate(f"{VSYS}/zone/entry[@name='trust']")
    assert not door.done(options() if state == "present" else {"name": name, "state": "absent"}).changed


def test_an_uncommitted_change_of_a_name_like_ours_is_not_ours(door):
    """The commit of a VPN must not take somebody's half-done work along."""
    name = name_of("pbf")
    door.done({"items": by_hand(name)}, module=transaction)
    made = door.done(options())
    theirs = [change["xpath"] for change in made.values["earlier_changes"]]
    assert any(f"entry[@name='{name}-7']" in xpath for xpath in theirs), theirs


def test_what_an_earlier_run_took_away_and_did_not_commit_is_ours(door):
    """Its path is gone from the candidate, and with it the claim; the record in the running configuration still has it."""
    door.committed(options(backup_routes=True))
    door.done(options())
    again = door.done(options())
    assert not again.changed
    assert again.values["earlier_changes"] == []
    assert any("static-route" in place for place in again.values["objects"])


def test_a_vpn_of_another_virtual_system_is_removed_there(door):
    door.done(options())
    zones = "".join(f"<entry name='{name}'><network><layer3>{members}</layer3></network></entry>"
                    for name, members in (("trust", ""), ("untrust", "<member>ethernet1/8</member>")))
    door.control.plant(f"{DEVICE}/vsys", f"<entry name='vsys2'><zone>{zones}</zone></entry>")
    refused = door.refused(options(name="other", vsys="vsys2"), f"belongs to the VPN '{name_of('pbf')}'", "virtual system 'vsys1', remove it there first")
    assert "replaces" not in refused.message


# The record is lost.


@each_case
def test_a_lost_record_is_no_reason_to_guess(firewalls, engine, failover):
    """Nothing is deleted, nothing written over; with adopt everything is the VPN's again, and goes with it."""
    door = VpnDoor(firewalls(engine=engine))
    door.done(options(failover))
    for unit in ("tunnel.1", "tunnel.2"):
        door.control.plant(f"{UNITS}/entry[@name='{unit}']", "<comment>cleaned up</comment>")
    before = door.candidate()
    absent = door.remove(failover)
    assert not absent.changed
    assert door.candidate() == before
    assert any("no record" in warning and f"IKE gateway '{name_of(failover)}-1'" in warning for warning in absent.warnings)
    door.refused(options(failover), f"IKE gateway '{name_of(failover)}-1'", f"IPsec tunnel '{name_of(failover)}-2'", "adopt: true")
    door.done(options(failover, adopt=True))
    changed = [xpath for _action, xpath in door.writes()]
    assert [xpath for xpath in changed if not xpath.startswith(UNITS)] == []
    again = door.done(options(failover))
    assert not again.changed, again.diff
    door.remove(failover)
    left = door.control.candidate(f"{NETWORK}/ike/gateway") + door.control.candidate(f"{VSYS}/rulebase") + door.control.candidate(NETWORK)
    assert f"'{name_of(failover)}" not in left.replace('"', "'")
