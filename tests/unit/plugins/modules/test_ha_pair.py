# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A task that is given both members of an HA pair, whichever is active, and a pair that goes over in the middle of it."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device import connection, high_availability
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.patience import Patience
from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import site_to_site_vpn, vpn_action, vpn_info
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import NETWORK, Door, provider_of
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.pairing import name_of, options

TUNNELS = f"{NETWORK}/tunnel/ipsec"
WISH = {**options("pbf"), "commit": True, "verify": False}


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    monkeypatch.setattr(connection, "pause", lambda attempt: None)
    monkeypatch.setattr(high_availability, "patience", lambda tell: Patience(3, 0.05, tell))


class PairDoor(Door):
    """A pair, of which the first member is named first. C(active), C(passive): as they are when the test begins."""

    def __init__(self, first, second):
        super().__init__(site_to_site_vpn, first)
        self.first, self.second = first, second
        self.provider = {**provider_of(first), "username": "admin", "ha_peer": f"127.0.0.1:{second.port}"}

    def run(self, options, check=False, diff=True, module=None, **more):
        self.second.control.reset_requests()
        return super().run({"commit_poll": 0.05, **options} if module is None else options, check, diff, module, **more)

    def holds(self, member) -> bool:
        return f"{name_of('pbf')}" in member.control.running(TUNNELS)


@pytest.fixture
def pair(firewalls, monkeypatch):
    first, second = firewalls(name="fw1"), firewalls(name="fw2")
    first.pair_with(second)
    for member in (first, second):
        member.control.commit_duration(0.05)
    return PairDoor(first, second)


def test_the_active_member_is_written_to_and_the_other_one_gets_it(pair):
    done = pair.done(WISH)
    assert done.changed and not [warning for warning in done.warnings if "HA pair" in warning]
    assert pair.holds(pair.first) and pair.holds(pair.second)
    assert not [request for request in pair.second.control.requests() if request["type"] in ("config", "commit")]


def test_the_passive_one_is_named_first(pair):
    pair.first.control.fail_over()
    assert pair.done(WISH).changed
    assert pair.holds(pair.first) and pair.holds(pair.second)
    assert not [request for request in pair.first.control.requests() if request["type"] in ("config", "commit")]
    again = pair.done(WISH)
    assert not again.changed


def test_one_that_does_not_answer_is_passed_over(pair):
    pair.first.control.fail_over()
    pair.provider["port"] = 1
    pair.provider["timeout"] = 1
    assert pair.done(WISH).changed
    assert pair.holds(pair.second)


@pytest.mark.parametrize("prepare, words", {
    "both active": (lambda pair: pair.first.control.separate_pair(), ("both are active", "do not see each other")),
    "none active": (lambda pair: (pair.first.control.set_ha("suspended"), pair.second.control.set_ha("passive")),
                    ("no member of this HA pair is active", "is suspended", "is passive")),
    "the other one is gone": (lambda pair: (pair.first.control.fail_over(), pair.provider.update(ha_peer="127.0.0.1:1", timeout=1)),
                              ("no member of this HA pair is active", "127.0.0.1:1 does not answer")),
    "no port": (lambda pair: (pair.first.control.fail_over(), pair.provider.update(ha_peer="fw2:many")), ("provider.ha_peer (PANOS_HA_PEER)", "no port")),
    "no host": (lambda pair: pair.provider.update(ha_peer="https://fw2/"), ("provider.ha_peer (PANOS_HA_PEER)",)),
}.values())
def test_refused_before_anything_is_asked_for(pair, prepare, words):
    prepare(pair)
    pair.refused(WISH, *words)


def test_no_pair_at_all(firewalls):
    door = Door(site_to_site_vpn, firewalls())
    door.provider["ha_peer"] = "127.0.0.1:1"
    door.refused(WISH, "is in no HA pair", "leave provider.ha_peer")


def test_it_goes_over_before_the_commit(pair):
    """Written on one that is passive when the commit comes: nothing is committed anywhere, and it is said what stands where."""
    original = high_availability.refuse_no_longer_active

    def going_over(session):
        pair.first.control.fail_over()
        original(session)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(high_availability, "refuse_no_longer_active", going_over)
        failed = pair.run(WISH)
    assert failed.failed
    assert "has become the passive member of its HA pair" in failed.message
    assert "stands in the candidate configuration, and does not run yet" in failed.message
    assert not pair.holds(pair.first) and not pair.holds(pair.second)
    assert pair.done(WISH).changed
    assert pair.holds(pair.second)


def test_it_goes_over_during_the_commit(pair):
    original = high_availability.synchronised

    def going_over(session, patience):
        pair.first.control.fail_over()
        return original(session, patience)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(high_availability, "synchronised", going_over)
        failed = pair.run(WISH)
    assert failed.failed and "has become the passive member of its HA pair during the commit" in failed.message
    assert "Run again on the active member" in failed.message
    assert not pair.run(WISH).failed
    assert pair.holds(pair.second)


def test_a_pair_that_does_not_synchronise_is_a_warning(pair, monkeypatch):
    monkeypatch.setattr(high_availability, "patience", lambda tell: Patience(0.2, 0.05, tell))
    pair.first.firewall.pair.connected = False
    pair.second.control.set_ha("non-functional")
    done = pair.done(WISH)
    assert any("committed here, and its HA pair is not synchronized, since the other member is not seen" in warning for warning in done.warnings), done.warnings


def test_looking_and_acting_are_done_on_the_active_one(pair):
    pair.done(WISH)
    pair.first.control.fail_over()
    assert pair.done({}, module=vpn_info).values["vpn"]["tunnels"]
    assert not [request for request in pair.first.control.requests() if "vpn" in str(request["cmd"])]
    del pair.provider["ha_peer"]
    refused = pair.run({"action": "reconnect", "all": True}, module=vpn_action)
    assert refused.failed and "is the passive member of its HA pair" in refused.message
