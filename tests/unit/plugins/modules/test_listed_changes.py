# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether anything takes effect does not hang on one list: whatever shape the list of changes has, what was written is committed, or it is said why not."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.connection import Session
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.transport import Provider
from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import commit, config_revert, monitor_profile
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.enclave import wait_until
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.changes import LISTINGS
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import NETWORK, VSYS, parsed
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.pairing import VpnDoor, name_of, options

PROFILE = f"{NETWORK}/profiles/monitor-profile/entry[@name='fast']"
RULES = f"{VSYS}/rulebase/security/rules"
OTHERS = f"{VSYS}/address/entry[@name='hers']"
LIST = {"cmd": "show config list changes"}
COMMIT = {"commit": True, "commit_poll": 0.05, "lock_timeout": 0}
# The firewall itself says which changes these are, in whatever spelling.
TOLD = ("objects", "double quotes", "device without its name", "without owners")


class ListedDoor(VpnDoor):
    def list_as(self, listing):
        self.firewall.firewall.switches.listing = listing

    def named(self):
        self.provider = {**self.provider, "username": "admin"}
        return self

    def written(self, **more):
        return self.done({"name": "fast", "interval": 2, **more}, module=monitor_profile).values["objects"]

    def committing(self, objects, **more):
        return self.run({"objects": objects, "commit_poll": 0.05, "lock_timeout": 0, **more}, module=commit)

    @property
    def is_clean(self) -> bool:
        return parsed(self.control.candidate()) == parsed(self.control.running())


@pytest.fixture
def door(firewalls) -> ListedDoor:
    door = ListedDoor(firewalls())
    door.control.commit_duration(0.05)
    return door


@pytest.mark.parametrize("listing", LISTINGS)
def test_what_a_task_wrote_is_committed_however_it_is_listed(door, listing):
    door.named()
    objects = door.written()
    door.control.edit_as("alice", "set", OTHERS, "<ip-netmask>192.0.2.1</ip-netmask>")
    door.list_as(listing)
    if listing == "text":
        refused = door.committing(objects)
        assert refused.failed and "timed out" in refused.message and "commit_foreign: include" in refused.message, refused.message
        assert "nothing was committed" in refused.message
    result = door.committing(objects, commit_foreign="include")
    assert (result.failed, result.changed, result.values["committed"]) == (False, True, [PROFILE]), result.message
    assert door.control.running(PROFILE) and not door.control.running(OTHERS)
    assert any("did not name" in warning for warning in result.warnings) is (listing not in TOLD)
    again = door.committing(objects, commit_foreign="include")
    assert (again.failed, again.changed) == (False, False), again.message


@pytest.mark.parametrize("listing", LISTINGS)
@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_vpn_is_committed_however_it_is_listed(door, listing, state):
    if state == "absent":
        door.done({**options(), **COMMIT})
    asked = {**(options() if state == "present" else {"name": name_of("pbf"), "state": "absent"}), **COMMIT}
    door.list_as(listing)
    result = door.run(asked)
    assert not result.failed, result.message
    assert door.is_clean and (name_of("pbf") in door.control.running()) is (state == "present")


def test_a_list_that_is_not_told_is_said_before_the_write_where_there_is_something_on_it(door):
    door.control.edit_as("alice", "set", OTHERS, "<ip-netmask>192.0.2.1</ip-netmask>")
    door.list_as("text")
    start = door.control.candidate()
    result = door.run({**options(), **COMMIT})
    assert result.failed and "timed out" in result.message and "nothing was written" in result.message
    assert door.control.candidate() == start


@pytest.mark.parametrize("listing", ["nothing", "without places", "containers", "text"])
def test_what_an_earlier_run_left_uncommitted_is_seen_without_the_list(door, listing):
    door.done(options())
    door.list_as(listing)
    result = door.run({**options(), **COMMIT, "commit_foreign": "include"})
    assert not result.failed, result.message
    assert result.changed and door.is_clean


def test_a_rule_that_was_only_moved_is_committed(door):
    made = door.done(options()).values["objects"]
    door.commit(door.done(options()))
    rules = [place for place in made if place.startswith(f"{RULES}/entry")]
    door.control.edit_as("admin", "move", rules[0], where="top")
    door.list_as("nothing")
    result = door.named().committing(made)
    assert result.changed and rules[0] in result.values["committed"] and set(result.values["committed"]) <= set(rules) and door.is_clean


@pytest.mark.parametrize("how, words", {
    "reverted": ("revert config", ["reverted", "neither in the candidate nor in the running configuration"]),
    "committed": ("commit", ["somebody else has committed"]),
}.values(), ids=["reverted", "committed"])
def test_what_somebody_did_between_the_write_and_the_commit_is_said(door, monkeypatch, how, words):
    from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks import vpn_life

    commit_changes = vpn_life.commit_changes

    def meanwhile(module, session, *arguments, **more):
        with session_of(door) as other:
            if how == "commit":
                other.change("commit", {"type": "commit", "cmd": "<commit/>"})
                assert wait_until(lambda: not door.firewall.firewall.jobs.busy, 10)
            else:
                other.op("<revert><config/></revert>", "revert")
        return commit_changes(module, session, *arguments, **more)

    monkeypatch.setattr(vpn_life, "commit_changes", meanwhile)
    result = door.run({**options(), **COMMIT})
    said = [result.message, *result.warnings]
    assert result.failed is (how != "commit"), result.message
    assert [word for word in words if not any(word in text for text in said)] == [], said
    assert result.values["uncommitted"] is False and "stands in the candidate" not in result.message


def session_of(door) -> Session:
    """Somebody else's."""
    return Session(Provider(**door.provider))


def test_what_somebody_reverted_is_said_by_the_commit_too(door):
    objects = door.written()
    with session_of(door) as session:
        session.op("<revert><config/></revert>", "revert")
    result = door.committing(objects)
    assert not result.changed and any("monitor profile 'fast'" in warning and "reverted" in warning for warning in result.warnings)


def test_a_list_that_the_role_may_not_read_is_told(door):
    door.named()
    objects = door.written()
    door.control.fault("error", when=LIST, code=16, message="Unauthorized request", times=3)
    refused = door.committing(objects)
    assert refused.failed and "Unauthorized request" in refused.message and "commit_foreign: include" in refused.message
    assert not door.control.running(PROFILE)
    result = door.committing(objects, commit_foreign="include")
    assert result.changed and door.control.running(PROFILE)
    assert any("Unauthorized" in warning for warning in result.warnings)


def test_a_firewall_that_says_there_is_nothing_to_commit_is_not_believed(door):
    """The candidate has what alice wrote, and nobody lists it; the account of this task has nothing to commit."""
    door.control.edit_as("alice", "set", PROFILE, "<interval>2</interval>")
    door.list_as("nothing")
    result = door.named().committing([PROFILE])
    assert result.failed and "monitor profile 'fast'" in result.message and "still differ" in result.message and "scope: all" in result.message


def test_what_was_made_and_taken_away_again_is_nobody_s_change(door):
    door.control.edit_as("admin", "set", OTHERS, "<ip-netmask>192.0.2.1</ip-netmask>")
    door.control.edit_as("admin", "delete", OTHERS)
    assert not door.named().run({**options(), **COMMIT}).failed


def test_an_entry_without_an_owner_may_be_anybody_s(door):
    door.list_as("without owners")
    door.control.edit_as("alice", "set", OTHERS, "<ip-netmask>192.0.2.1</ip-netmask>")
    result = door.named().run({**options(), **COMMIT})
    assert result.failed and places.words(places.parse(OTHERS)) in result.message and "nothing was written" in result.message


@pytest.mark.parametrize("holder", [None, "admin", "alice"])
def test_whose_changes_are_there_is_seen_before_the_write_also_with_a_key_alone(door, holder):
    """The firewall tells whose key it is, by a lock that is held for a moment; not while somebody else holds it."""
    door.control.edit_as("alice", "set", OTHERS, "<ip-netmask>192.0.2.1</ip-netmask>")
    door.control.edit_as("admin", "set", OTHERS.replace("hers", "his"), "<ip-netmask>192.0.2.2</ip-netmask>")
    if holder:
        door.control.hold_config_lock(holder)
    start = door.control.candidate()
    result = door.run({**options(), **COMMIT})
    assert result.failed and door.control.candidate() == start and "nothing was written" in result.message
    if holder != "alice":
        assert "his" in result.message and "hers" not in result.message
        assert (door.firewall.firewall.locks.get("config") is None) is (holder is None)


def test_taking_back_with_a_key_alone_is_refused_before_it_writes(door, tmp_path):
    made = door.done({**options(), "journal": str(tmp_path)})
    door.commit(made)
    door.control.edit_as("admin", "set", OTHERS, "<ip-netmask>192.0.2.1</ip-netmask>")
    written = door.control.candidate()
    result = door.run({"name": name_of("pbf"), "journal": str(tmp_path), "lock_timeout": 0}, module=config_revert)
    assert result.failed and places.words(places.parse(OTHERS)) in result.message and "nothing was written" in result.message
    assert door.control.candidate() == written


@pytest.mark.parametrize("listing", LISTINGS)
def test_a_vpn_is_taken_back_however_its_changes_are_listed(door, tmp_path, listing):
    start = door.control.running()
    door.commit(door.done({**options(), "journal": str(tmp_path)}))
    door.list_as(listing)
    asked = {"name": name_of("pbf"), "journal": str(tmp_path), "commit_poll": 0.05, "commit_foreign": "include" if listing == "text" else "fail"}
    result = door.run(asked, module=config_revert)
    assert not result.failed, result.message
    assert parsed(door.control.running()) == parsed(door.control.candidate()) == parsed(start) and not list(tmp_path.iterdir())
