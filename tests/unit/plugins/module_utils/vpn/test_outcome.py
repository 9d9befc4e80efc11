# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The outcome of a change of a VPN: every case of what was asked for and seen, with the step that follows, and what the user is told."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import outcome
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.outcome import FAIL, KEEP, REVERT, Asked, Seen, Step, Up

FIRST, SECOND = "paris-1", "paris-2"
THERE = (FIRST, SECOND, "branch-7", "isp")
BOTH = Up((FIRST, SECOND, "branch-7"), ("isp",), THERE)
ONE = Up((FIRST, "branch-7"), ("isp",), THERE)
NONE = Up(("branch-7",), ("isp",), THERE)
PEER_LOST = Up((FIRST, SECOND, "branch-7"), (), THERE)
DOWN = (f"tunnel '{SECOND}': phase 1 is not up",)


def asked(**more) -> Asked:
    return Asked(**{"vpn": "paris", "commits": True, "verifies": True, **more})


def seen(**more) -> Seen:
    return Seen(**{"tunnels": (FIRST, SECOND), "noted": True, "committed": True, **more})


@dataclass(frozen=True)
class Row:
    """C(says): words of the reason and of what stands then. C(left): what could not be taken back."""

    asked: Asked
    seen: Seen
    step: Step
    fails: bool
    says: tuple
    left: tuple = ()


ROWS = {
    # It works.
    "verified": Row(asked(), seen(problems=()), Step.SETTLE, False, ("paris works",)),
    "verified, and the journal is to stay": Row(asked(keeps_journal=True), seen(problems=()), Step.SETTLE, False, ("paris works", "journal stays")),
    "nothing was changed, and it works": Row(asked(), seen(noted=False, committed=False, problems=()), Step.SETTLE, False, ("paris works",)),
    "verified, and no journal would tell of earlier runs": Row(asked(), seen(problems=(), remembers=False), Step.SETTLE, False,
                                                               ("paris works", "Without the journal of earlier runs it is not known")),
    "verified, and what sessions began with is not known": Row(asked(), seen(problems=(), remembers=False, remembers_sessions=False), Step.SETTLE, False, (
        "negotiated since its key", "and whether each BGP session began since its timers, password")),
    "the first tunnel works, another waits": Row(asked(), seen(problems=(), waiting=(FIRST,)), Step.NEXT_TUNNEL, False, ()),
    # It works by what it was before.
    "up on what was agreed before": Row(asked(), seen(problems=(), unproven=(SECOND,)), Step.LEAVE, False,
                                        (f"not proven until the next negotiation of {SECOND}", "runs as it was written", "config_revert takes it back")),
    "up on what was agreed before, another waits": Row(asked(), seen(problems=(), unproven=(SECOND,), waiting=(FIRST,)), Step.LEAVE, False,
                                                       ("not proven until the next negotiation", f"{FIRST} comes in a later run, when that is proven")),
    "up on what was agreed before, to be reverted": Row(asked(on_failure=REVERT), seen(problems=(), unproven=(SECOND,), before=BOTH), Step.LEAVE, False,
                                                        ("not proven until the next negotiation",)),
    "one does not come up, the other one is not tried": Row(asked(), seen(problems=DOWN, unproven=(FIRST,)), Step.LEAVE, True,
                                                            (DOWN[0], f"not proven until the next negotiation of {FIRST}")),
    # Nobody looked.
    "written only": Row(asked(commits=False, verifies=False), seen(committed=False, uncommitted=True), Step.LEAVE, False,
                        ("stands in the candidate", "config_revert takes it back")),
    "written only, of two tunnels one": Row(asked(commits=False, verifies=False), seen(committed=False, uncommitted=True, waiting=(FIRST,)),
                                            Step.LEAVE, False, ("stands in the candidate",)),
    "written to be verified, and not committed": Row(asked(commits=False), seen(committed=False, uncommitted=True), Step.LEAVE, False,
                                                     ("stands in the candidate",)),
    "committed only": Row(asked(verifies=False), seen(), Step.LEAVE, False, ("was not looked at", "config_revert takes it back")),
    "committed only, without a journal": Row(asked(verifies=False), seen(noted=False), Step.LEAVE, False, ("was not looked at",)),
    "committed only, another waits": Row(asked(verifies=False), seen(waiting=(FIRST,)), Step.LEAVE, False, (f"{FIRST} comes in a later run",)),
    "committed only, to be reverted where it fails": Row(asked(verifies=False, on_failure=REVERT), seen(), Step.LEAVE, False, ("was not looked at",)),
    # It does not work.
    "unhealthy": Row(asked(), seen(problems=DOWN), Step.LEAVE, True, ("paris is not healthy", DOWN[0], "runs as it was written")),
    "unhealthy, with a cause": Row(asked(), seen(problems=DOWN, causes=("no proposal in common",)), Step.LEAVE, True, ("no proposal in common",)),
    "unhealthy, to be kept": Row(asked(on_failure=KEEP), seen(problems=DOWN), Step.LEAVE, False, ("paris is not healthy", "was left so")),
    "unhealthy, another waits": Row(asked(), seen(problems=DOWN, waiting=(FIRST,)), Step.LEAVE, True, (f"{FIRST} has not been changed yet",)),
    "unhealthy, to be kept, another waits": Row(asked(on_failure=KEEP), seen(problems=DOWN, waiting=(FIRST,)), Step.LEAVE, False,
                                                (f"{FIRST} has not been changed yet",)),
    # Taking back.
    "none up": Row(asked(on_failure=REVERT), seen(problems=DOWN, before=NONE, after=NONE), Step.TAKE_BACK, True, (DOWN[0], "it is what it was")),
    "none up, something of it could not go": Row(asked(on_failure=REVERT), seen(problems=DOWN, before=NONE, after=NONE), Step.TAKE_BACK, True,
                                                 ("left as it is: /config/zone",), ("/config/zone",)),
    "one up as before": Row(asked(on_failure=REVERT), seen(problems=DOWN, before=NONE, after=ONE), Step.LEAVE, True,
                            (DOWN[0], f"Nothing was taken back, because {FIRST} is up")),
    "one up, the other one was up before": Row(asked(on_failure=REVERT), seen(problems=DOWN, before=BOTH, after=ONE), Step.TAKE_BACK, True,
                                               ("it is what it was",)),
    "both up, a BGP peer of others is lost": Row(asked(on_failure=REVERT), seen(problems=DOWN, before=BOTH, after=PEER_LOST), Step.TAKE_BACK, True,
                                                 ("it is what it was",)),
    "one up, a tunnel of others is lost": Row(asked(on_failure=REVERT), seen(problems=DOWN, before=NONE, after=Up((FIRST,), ("isp",), THERE)), Step.TAKE_BACK,
                                              True, ("it is what it was",)),
    "one up, what was up before was taken away on purpose": Row(
        asked(on_failure=REVERT), seen(problems=DOWN, before=Up((FIRST, "paris-3"), ("isp", "paris-3"), (*THERE, "paris-3")), after=ONE), Step.LEAVE, True,
        (f"Nothing was taken back, because {FIRST} is up",)),
    "the firewall does not answer any more": Row(asked(on_failure=REVERT), seen(look_failed="no answer", before=BOTH), Step.TAKE_BACK, True,
                                                 ("no answer", "it is what it was")),
    "it could not be looked at, one is up": Row(asked(on_failure=REVERT), seen(look_failed="no answer", before=NONE, after=ONE), Step.LEAVE, True,
                                                ("no answer", "Nothing was taken back")),
    "none up, nothing was changed": Row(asked(on_failure=REVERT), seen(noted=False, problems=DOWN, before=NONE, after=NONE), Step.LEAVE, True,
                                        ("nothing had been changed",)),
    "the rollout's first tunnel does not come up": Row(asked(on_failure=REVERT), seen(problems=DOWN, waiting=(FIRST,), before=BOTH, after=ONE),
                                                       Step.TAKE_BACK, True, (f"{FIRST} has not been changed yet", "it is what it was")),
    "the commit failed": Row(asked(on_failure=REVERT), seen(committed=False, uncommitted=True, commit_failed="Validation Error", before=BOTH, after=BOTH),
                             Step.TAKE_BACK, True, ("Validation Error", "it is what it was")),
    "the commit failed, to be reverted, unverified": Row(
        asked(on_failure=REVERT, verifies=False), seen(committed=False, uncommitted=True, commit_failed="Validation Error", before=BOTH, after=BOTH),
        Step.TAKE_BACK, True, ("Validation Error",)),
    # What cannot be done or seen fails, whatever is made of what does not work.
    "the commit failed, to be told": Row(asked(), seen(committed=False, uncommitted=True, commit_failed="Validation Error"), Step.LEAVE, True,
                                         ("Validation Error", "stands in the candidate")),
    "nobody saw the end of the commit": Row(asked(), seen(committed=False, uncommitted=True, commit_failed="no answer", commit_goes_on=True), Step.LEAVE, True,
                                            ("no answer", "whether it runs as it was written depends on the commit job")),
    "nobody saw the end of the removal's commit": Row(
        asked(removes=True), seen(committed=False, uncommitted=True, commit_failed="no answer", commit_goes_on=True), Step.LEAVE, True,
        ("no answer", "whether it still runs depends on the commit job")),
    "the commit failed, to be kept": Row(asked(on_failure=KEEP), seen(committed=False, uncommitted=True, commit_failed="Validation Error"), Step.LEAVE, True,
                                         ("Validation Error", "stands in the candidate")),
    "it could not be looked at, to be kept": Row(asked(on_failure=KEEP), seen(look_failed="no answer"), Step.LEAVE, True, ("no answer",)),
    "to be reverted, and never committed": Row(asked(on_failure=REVERT, commits=False), seen(problems=DOWN, committed=False, before=NONE, after=NONE),
                                               Step.LEAVE, True, (DOWN[0],)),
    # Removal.
    "removed": Row(asked(removes=True), seen(), Step.SETTLE, False, ("is not on this firewall any more",)),
    "nothing to remove": Row(asked(removes=True), seen(noted=False, committed=False), Step.SETTLE, False, ("is not on this firewall any more",)),
    "removed from Panorama": Row(asked(removes=True, by_push=True), seen(delivered=("fw1", "fw2")), Step.SETTLE, False,
                                 ("paris is neither on Panorama nor on fw1, fw2 any more",)),
    "removed from Panorama, which has no firewall for it": Row(asked(removes=True, by_push=True), seen(delivered=()), Step.SETTLE, False,
                                                               ("paris is not on Panorama any more",)),
    "on Panorama, which has no firewall for it": Row(asked(verifies=False, by_push=True), seen(problems=None, delivered=()), Step.LEAVE, False,
                                                     ("paris stands on Panorama", "no firewall that gets both")),
    "nothing is recorded on Panorama": Row(asked(removes=True, by_push=True), seen(committed=False, recorded=False, delivered=("fw1",)), Step.LEAVE, False,
                                           ("No record on Panorama tells of paris", "nothing was removed")),
    "nothing is recorded": Row(asked(removes=True), seen(committed=False, recorded=False), Step.LEAVE, False,
                               ("No record on this firewall tells of paris", "nothing was removed", "Its journal stays")),
    "the record is gone already, now it is committed": Row(asked(removes=True), seen(recorded=False), Step.SETTLE, False, ("any more",)),
    "its record is gone, that is not committed": Row(asked(removes=True, commits=False), seen(committed=False, uncommitted=True, recorded=False),
                                                     Step.LEAVE, False, ("still runs",)),
    "removed, not committed": Row(asked(removes=True, commits=False), seen(committed=False, uncommitted=True), Step.LEAVE, False, ("still runs",)),
    "removed, the commit failed": Row(asked(removes=True, on_failure=REVERT), seen(committed=False, uncommitted=True, commit_failed="Validation Error"),
                                      Step.LEAVE, True, ("Validation Error", "still runs")),
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS.keys())
def test_every_outcome(row):
    step = outcome.step(row.asked, row.seen)
    assert (step, outcome.fails(row.asked, row.seen)) == (row.step, row.fails)
    said = f"{outcome.reason(row.asked, row.seen)} {outcome.standing(row.asked, row.seen, step, row.left)}"
    assert [words for words in row.says if words not in said] == [], said


EVERY = [
    (Asked("paris", removes, commits, verifies, on_failure),
     Seen((FIRST, SECOND), noted, uncommitted, not uncommitted, waiting, commit_failed, look_failed, problems, (), before, after, unproven=unproven))
    for removes, commits, verifies, on_failure in itertools.product((False, True), (False, True), (False, True), (FAIL, KEEP, REVERT))
    for noted, uncommitted, waiting, unproven in itertools.product((False, True), (False, True), ((), (FIRST,)), ((), (SECOND,)))
    for commit_failed, look_failed, problems in ((None, None, None), (None, None, ()), (None, None, DOWN), ("no", None, None), (None, "no", None))
    for before, after in itertools.product((None, NONE, BOTH), (None, NONE, ONE))
]


def test_nothing_is_settled_or_goes_on_before_it_was_seen_to_work():
    for options, observed in EVERY:
        taken = outcome.step(options, observed)
        if taken in (Step.SETTLE, Step.NEXT_TUNNEL):
            assert not observed.uncommitted and not observed.failed, (options, observed)
            assert options.removes or observed.problems == () and not observed.unproven, (options, observed)
        if taken is Step.SETTLE:
            assert not observed.waiting, observed


def test_nothing_is_taken_back_unasked_or_without_a_journal_or_while_it_carries_traffic():
    for options, observed in EVERY:
        if outcome.step(options, observed) is Step.TAKE_BACK:
            assert options.on_failure == REVERT and observed.noted and observed.failed, (options, observed)
            assert outcome.fails(options, observed), (options, observed)
            assert observed.commit_failed or outcome.lost(observed) or not outcome.carrying(observed), (options, observed)


def test_what_fails_says_why_and_what_stands():
    for options, observed in EVERY:
        taken = outcome.step(options, observed)
        assert outcome.standing(options, observed, taken).endswith("."), (options, observed)
        assert bool(outcome.reason(options, observed)) is observed.failed, (options, observed)


@pytest.mark.parametrize("options, uncommitted, can", [
    (asked(), False, True), (asked(), True, False), (asked(verifies=False), False, False), (asked(removes=True), False, False),
])
def test_only_what_runs_is_verified(options, uncommitted, can):
    assert outcome.can_verify(options, uncommitted) is can


def test_the_tunnel_that_had_its_turn_is_verified_until_all_had_theirs():
    assert outcome.names_to_verify(asked(), (SECOND,), (FIRST,)) == (SECOND,)
    assert outcome.names_to_verify(asked(), (FIRST,), ()) == ("paris",)


@pytest.mark.parametrize("interrupted, waiting, goes_on, told", [
    ((SECOND,), (FIRST,), False, f"{SECOND} first, then {FIRST}"), ((FIRST,), (), True, f"{FIRST}, the last one"),
    ((FIRST,), (), False, ""), ((), (), True, ""),
])
def test_those_who_watch_are_told_whose_turn_it_is(interrupted, waiting, goes_on, told):
    assert outcome.told_of_turn(interrupted, waiting, goes_on) == told


def test_a_failed_taking_back_says_that_the_journal_stays():
    assert "no answer" in outcome.not_taken_back("no answer") and "journal stays" in outcome.not_taken_back("no answer")


def test_a_tunnel_that_several_journals_tell_of_is_named_once():
    assert outcome.all_not_proven(["a-1", "a-2", "a-1"], ["a-2", "a-2"]) == [outcome.not_proven(["a-1", "a-2"]), outcome.no_new_session(["a-2"])]
