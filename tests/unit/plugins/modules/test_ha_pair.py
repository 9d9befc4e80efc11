# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A task that is given both members of an HA pair, whichever is active, and a pair that goes over in the middle of it."""

from __future__ import annotations

import time

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device import connection, high_availability
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.patience import Patience
from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import site_to_site_vpn, vpn_action, vpn_info
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import NETWORK, Door
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.given_and_told import provider_of
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

    def stands(self) -> str:
        """Who holds the VPN: the first member's candidate and running configuration, and the second member's."""
        texts = (read(TUNNELS) for member in (self.first, self.second) for read in (member.control.candidate, member.control.running))
        return "".join(str(int(name_of("pbf") in text)) for text in texts)

    def start_again(self) -> None:
        """Without the VPN, and with the first member active."""
        self.done({"name": name_of("pbf"), "state": "absent", "commit": True})
        if self.first.firewall.pair.active is not self.first.firewall:
            self.first.control.fail_over()
        assert self.stands() == "0000"
        self.first.control.reset_requests()


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


# What comes of a failover in a moment of a task: whether it fails; who holds the VPN then (first member's candidate and running, second member's); words.
OTHER, NOTHING, STAGED, COMMITTED, BOTH = (
    (False, "1111", ""),
    (True, "0000", "has become the passive member of its HA pair since this task began"),
    (True, "1000", "stands in the candidate configuration, and does not run yet"),
    (True, "1100", "runs as it was written on the member of the HA pair that was active, and not on the one that is active now"),
    (False, "1111", "the pair is synchronized: the active member runs what was committed, too"),
)


def test_it_goes_over_at_any_request(pair, capsys):
    """No half configuration runs anywhere, what is said of it is so, and the next run gets it onto both members."""
    asked = [request["action"] or request["cmd"] or request["type"] for request in pair.done(WISH) and pair.first.control.requests()]
    write, commit = asked.index("multi-config"), asked.index("partial")
    expected = [(OTHER,), *[(NOTHING,)] * (write - 1), *[(STAGED,)] * (commit - write), (COMMITTED,), *[(COMMITTED, BOTH)] * (len(asked) - commit - 2), (BOTH,)]
    lines = []
    for number, (what, outcomes) in enumerate(zip(asked, expected), 1):
        pair.start_again()
        pair.first.control.fault("fail_over", when={"number": number})
        began = time.monotonic()
        done = pair.run(WISH)
        seconds, stood, told = time.monotonic() - began, pair.stands(), " ".join([done.message, *done.warnings])
        again = pair.done(WISH)
        lines.append(f"before request {number} ({what}): {'failed' if done.failed else 'well'}, {stood}, {seconds:.1f} s; again "
                     f"{'changed' if again.changed else 'unchanged'}, {len(pair.second.control.requests())} requests")
        assert [True for failed, holds, words in outcomes if (done.failed, stood) == (failed, holds) and words in told], (lines[-1], told)
        assert pair.stands() == "1111" and not pair.done(WISH).changed
        pair.first.control.clear_faults()
    with capsys.disabled():
        print("", *lines, sep="\n")


@pytest.mark.parametrize("command", ["show vpn ipsec-sa", "show interface"])
def test_it_goes_over_while_it_is_looked_at(pair, tmp_path, command):
    """What the passive member shows proves nothing: the journal stays until the active one has been looked at."""
    wish = {**WISH, "verify": True, "verify_timeout": 1, "verify_poll": 0.1, "journal": str(tmp_path)}
    pair.first.control.fault("fail_over", when={"cmd": command})
    failed = pair.run(wish)
    assert failed.failed and "is the passive member of its HA pair by now: what it shows of" in failed.message and "Run again on the active" in failed.message
    assert " works" not in failed.values["outcome"] and pair.stands() == "1111" and list(tmp_path.iterdir())
    again = pair.done(wish)
    assert not again.changed and again.values["healthy"] and not list(tmp_path.iterdir())


def test_it_goes_over_during_a_commit_that_is_synchronised_by_nobody(pair):
    """Synchronisation is off: nothing tells the active member."""
    pair.first.control.set_config_sync(False)
    pair.first.control.fault("fail_over", when={"type": "commit"})
    failed = pair.run(WISH)
    assert failed.failed and "what was committed here is not on the active member. Run again there" in failed.message and pair.stands() == "1100"
    assert failed.values["committed"] and not failed.values["uncommitted"]


def test_it_goes_over_while_the_vpn_goes(pair):
    pair.done(WISH)
    pair.first.control.fault("fail_over", when={"type": "commit"})
    failed = pair.run({"name": name_of("pbf"), "state": "absent", "commit": True})
    assert failed.failed and pair.stands() == "0011" and "is gone from the member of the HA pair that was active, and not from" in failed.message
    assert pair.done({"name": name_of("pbf"), "state": "absent", "commit": True}).changed and pair.stands() == "0000"


def test_the_passive_member_alone_is_refused_at_once(pair):
    del pair.provider["ha_peer"]
    pair.first.control.fail_over()
    pair.refused(WISH, "is the passive member of its HA pair", "Name both members (provider.ip_address and provider.ha_peer)", "nothing was written")
    assert pair.stands() == "0000"


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
