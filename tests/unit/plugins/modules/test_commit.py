# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module commit: whose changes it commits, what it waits for, and what it says when something goes wrong."""

from __future__ import annotations

import threading

import pytest
import yaml

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device import connection, jobs
from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import commit, monitor_profile
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import COLLECTION, NETWORK, VSYS, Door

PROFILE = f"{NETWORK}/profiles/monitor-profile/entry[@name='fast']"
OTHERS = f"{VSYS}/address/entry[@name='hers']"
COMMIT = {"type": "commit"}
POLL = {"cmd": "show jobs"}
STANDS = "the changes stand in the candidate"


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    monkeypatch.setattr(connection, "pause", lambda attempt: None)


class CommitDoor(Door):
    def run(self, options, check=False, diff=True, module=None, **more):
        return super().run({"commit_poll": 0.05, **options} if module is None else options, check, diff, module, **more)

    def change(self, interval=2):
        """Something of ours to commit."""
        return self.done({"name": "fast", "interval": interval}, module=monitor_profile)

    def change_of_others(self, admin="alice"):
        self.control.edit_as(admin, "set", OTHERS, "<ip-netmask>192.0.2.1</ip-netmask>")

    def asked(self) -> list:
        return [request["type"] if request["type"] == "commit" else request["cmd"] for request in self.control.requests()]

    def commits(self) -> int:
        return self.asked().count("commit")

    def runs(self, xpath) -> bool:
        """Whether something is in the running configuration."""
        return self.control.running(xpath) != ""


@pytest.fixture
def door(firewalls) -> CommitDoor:
    door = CommitDoor(commit, firewalls())
    door.control.commit_duration(0.1)
    return door


def named(door, name="admin"):
    door.provider = {**door.provider, "username": name}
    return door


def test_own_changes_are_committed_and_others_are_not(door):
    objects = door.change().values["objects"]
    door.change_of_others()
    result = door.done({"objects": objects})
    assert result.changed
    assert result.values["committed"] == [PROFILE]
    assert result.values["lines"] == ["Configuration committed successfully"]
    assert (door.runs(PROFILE), door.runs(OTHERS), door.candidate(OTHERS) is None) == (True, False, False)
    assert door.control.connections() == 1


def test_what_was_written_is_committed_and_other_changes_of_the_account_are_refused_whenever_they_came(door):
    objects = door.change().values["objects"]
    door.change_of_others()
    written = {"scope": "written", "objects": objects, "lock_timeout": 0}
    same_account = OTHERS.replace("hers", "ours too")
    door.control.edit_as("admin", "set", same_account, "<ip-netmask>192.0.2.2</ip-netmask>")
    door.refused(written, "other uncommitted changes", "ours too", "commit_foreign", STANDS)
    assert not door.runs(PROFILE)
    door.control.edit_as("admin", "delete", same_account, "")
    assert door.done(written).values["committed"] == [PROFILE]
    assert (door.runs(PROFILE), door.runs(OTHERS)) == (True, False)


def test_nothing_written_is_nothing_to_commit(door):
    door.change()
    result = door.done({"scope": "written", "objects": []})
    assert (result.changed, result.values["committed"], door.commits()) == (False, [], 0)


def test_what_was_written_is_not_guessed(door):
    door.change()
    door.refused({"scope": "written"}, "scope: written", "objects")
    assert door.commits() == 0


def test_nothing_to_commit_is_no_change(door):
    for options in ({}, {"objects": [PROFILE]}, {"scope": "all"}):
        result = door.done(options)
        assert (result.changed, result.values["committed"]) == (False, [])
        assert door.commits() == 0


def test_changes_on_other_objects_are_not_ours(door):
    door.change_of_others("admin")
    assert not door.done({"objects": [PROFILE]}).changed
    assert not door.runs(OTHERS)


def test_check_mode_tells_and_commits_nothing(door):
    objects = door.change().values["objects"]
    result = door.done({"objects": objects}, check=True)
    assert (result.changed, result.values["committed"], door.commits()) == (True, [PROFILE], 0)
    assert not door.runs(PROFILE)


def test_everybody_is_committed_when_that_is_said(door):
    door.change()
    door.change_of_others()
    assert door.done({"scope": "all"}).changed
    assert door.runs(PROFILE) and door.runs(OTHERS)


def test_an_api_key_alone_does_not_guess(door):
    door.change()
    door.change_of_others()
    door.refused({}, "API key", "admin, alice", "provider.username", STANDS)


@pytest.mark.parametrize("how", [{"admin": "alice"}, {}], ids=["named", "logged in as"])
def test_the_changes_of_another_account(door, how):
    door.change()
    door.change_of_others()
    if not how:
        named(door, "alice")
    assert door.done(how).values["committed"] == [OTHERS]
    assert (door.runs(PROFILE), door.runs(OTHERS)) == (False, True)


def test_earlier_changes_of_the_same_account_are_named(door):
    door.change_of_others("admin")
    objects = door.change().values["objects"]
    earlier = [{"owner": "admin", "xpath": OTHERS}]
    result = named(door).run({"objects": objects, "earlier_changes": earlier, "lock_timeout": 0})
    assert result.failed
    assert "admin" in result.message and places.words(places.parse(OTHERS)) in result.message and STANDS in result.message
    assert not door.runs(PROFILE)
    assert door.done({"objects": objects, "earlier_changes": earlier, "commit_foreign": "include"}).changed
    assert door.runs(OTHERS)


def test_the_warnings_of_a_job_are_shown(door):
    door.control.warn_next_commit(["Interface tunnel.9 has no zone configuration."])
    result = door.done({"objects": door.change().values["objects"]})
    assert result.values["job_warnings"] == ["Interface tunnel.9 has no zone configuration."]
    assert any("tunnel.9" in warning and "job" in warning for warning in result.warnings)


def test_a_job_that_fails_says_why(door):
    objects = door.change().values["objects"]
    door.control.fail_next_commit(["Validation Error:", "network -> profiles is invalid"])
    result = door.run({"objects": objects})
    assert result.failed
    assert "network -> profiles is invalid" in result.message and STANDS in result.message
    assert result.values["job_id"] == "2"
    assert not door.runs(PROFILE)
    assert door.done({"objects": objects}).changed


def test_a_job_that_takes_too_long_can_be_taken_up_again(door):
    objects = door.change().values["objects"]
    door.control.commit_duration(0.6)
    result = door.run({"objects": objects, "commit_timeout": 0})
    assert result.failed
    assert "did not end within 0 s" in result.message and "job_id 2" in result.message
    assert result.values["job_id"] == "2"
    taken_up = door.done({"job_id": "2"})
    assert (taken_up.changed, door.commits()) == (True, 0)
    assert door.runs(PROFILE)


@pytest.mark.parametrize("trouble", ["busy", "lock"])
def test_others_are_waited_for(door, trouble):
    objects = door.change().values["objects"]
    if trouble == "busy":
        door.control.fault("busy", when=COMMIT, times=2)
        assert door.done({"objects": objects}).changed
        assert door.commits() == 3
    else:
        door.control.hold_commit_lock("alice")
        release = threading.Timer(0.4, door.control.release_locks, ["alice"])
        release.start()
        assert door.done({"objects": objects}).changed
        release.join()


@pytest.mark.parametrize("trouble, words", {
    "a commit lock": ("lock", ["alice", "holding device wide commit locks"]),
    "another commit": ("busy", ["Another commit/validate is in progress"]),
}.values(), ids=["lock", "busy"])
def test_others_are_named_when_the_time_is_up(door, trouble, words):
    objects = door.change().values["objects"]
    if trouble == "busy":
        door.control.fault("busy", when=COMMIT, times=50)
    else:
        door.control.hold_commit_lock("alice")
    result = door.run({"objects": objects, "commit_timeout": 0})
    assert result.failed
    assert [word for word in [*words, STANDS, "waited 0 s"] if word not in result.message] == []
    assert not door.runs(PROFILE)


# On the wire.


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "truncate", "html", "unavailable"])
def test_a_request_to_commit_whose_answer_is_lost(door, kind):
    """A job that was queued is found and followed, not asked for twice."""
    objects = door.change().values["objects"]
    door.control.fault(kind, when=COMMIT)
    result = door.done({"objects": objects})
    assert result.changed
    assert result.values["job_id"] == "2"
    assert door.commits() == (1 if kind in ("drop_after", "truncate") else 2)
    assert door.runs(PROFILE)


def test_a_job_that_ended_before_it_was_found(door):
    objects = door.change().values["objects"]
    door.control.commit_duration(0)
    door.control.fault("drop_after", when=COMMIT)
    result = door.done({"objects": objects})
    assert (result.changed, result.values["job_id"], door.commits()) == (True, "2", 1)


def test_a_job_of_another_account_is_not_taken_for_ours(door):
    objects = door.change().values["objects"]
    key = door.control.add_admin("alice", "notReal.alice9")
    door.change_of_others()
    assert door.done({"admin": "alice", "provider": {**door.provider, "api_key": key, "username": "alice"}}).values["job_id"] == "2"
    door.control.fault("drop_before", when=COMMIT)
    result = door.done({"objects": objects})
    assert (result.values["job_id"], door.commits()) == ("3", 2)


@pytest.mark.parametrize("kind, words", {
    "drop_before": "closed before the whole answer", "html": "text/html", "unavailable": "HTTP 503", "forbidden": "HTTP 403",
    "session_timeout": "Session timed out", "bad_request": "Missing value",
}.items())
def test_a_request_to_commit_that_keeps_failing(door, kind, words):
    objects = door.change().values["objects"]
    door.control.fault(kind, when=COMMIT, times=10)
    result = door.run({"objects": objects})
    assert result.failed
    assert words in result.message and STANDS in result.message and "nothing was committed" in result.message
    assert not door.runs(PROFILE)


def test_a_lost_answer_after_which_nothing_can_be_asked(door):
    objects = door.change().values["objects"]
    door.control.fault("drop_after", when=COMMIT)
    door.control.fault("forbidden", when={"cmd": "show jobs all"})
    result = door.run({"objects": objects})
    assert result.failed
    assert "whether a commit job was queued is unknown" in result.message and "run again" in result.message


@pytest.mark.parametrize("kind", ["drop_before", "html", "truncate", "unavailable"])
def test_a_poll_that_fails_is_repeated(door, kind):
    objects = door.change().values["objects"]
    door.control.fault(kind, when=POLL, times=5)
    assert door.done({"objects": objects}).changed
    assert door.commits() == 1


@pytest.mark.parametrize("kind, words", {
    "drop_before": "closed before the whole answer", "forbidden": "HTTP 403", "session_timeout": "Session timed out",
}.items())
def test_polls_that_keep_failing_leave_the_job_to_be_taken_up(door, kind, words):
    objects = door.change().values["objects"]
    door.control.fault(kind, when=POLL, times=1000)
    result = door.run({"objects": objects, "commit_timeout": 1})
    assert result.failed
    assert words in result.message and "goes on without us" in result.message and "job_id 2" in result.message
    door.control.clear_faults()
    assert door.done({"job_id": result.values["job_id"]}).changed


def test_a_management_service_that_restarts_during_the_commit(door, monkeypatch):
    monkeypatch.undo()
    objects = door.change().values["objects"]
    door.control.commit_duration(0.2)
    restart = threading.Timer(0.1, door.control.restart_management, [1.0])
    restart.start()
    assert door.done({"objects": objects}).changed
    restart.join()


@pytest.mark.parametrize("kind, words", {"drop_before": "closed before the whole answer", "html": "text/html", "forbidden": "HTTP 403"}.items())
def test_changes_that_cannot_be_listed(door, kind, words):
    objects = door.change().values["objects"]
    door.control.fault(kind, when={"cmd": "show config list changes"}, times=10)
    door.refused({"objects": objects}, words, "nothing was committed", STANDS)


def test_a_job_that_is_not_there_is_said_at_once(door):
    result = door.run({"job_id": "99", "commit_timeout": 600})
    assert result.failed
    assert "knows of no job 99" in result.message and "goes on" not in result.message
    assert "nothing was committed" not in result.message
    assert len(door.asked()) == 1


@pytest.mark.parametrize("job_id", [0, False, "x", "", " ", "-1", "1.5"])
def test_what_is_no_number_of_a_job_is_refused(door, job_id):
    door.change()
    result = door.run({"job_id": job_id})
    assert result.failed and "job_id" in result.message and door.commits() == 0
    assert not door.runs(PROFILE)


def test_a_job_that_a_restart_has_ended(door, monkeypatch):
    """Our own job may be unknown for a moment after it was queued, and not for long."""
    monkeypatch.setattr(jobs, "UNKNOWN_AT_FIRST", 0.3)
    objects = door.change().values["objects"]
    door.control.commit_duration(60)
    restart = threading.Timer(0.2, door.control.restart_management, [0.2], {"lose_jobs": True})
    restart.start()
    result = door.run({"objects": objects})
    restart.join()
    assert result.failed and "knows of no job 2" in result.message and STANDS in result.message
    door.control.commit_duration(0.1)
    assert door.done({"objects": objects}).changed


def test_a_job_that_ended_and_was_forgotten_is_no_failure(door, monkeypatch):
    monkeypatch.setattr(jobs, "UNKNOWN_AT_FIRST", 0)
    objects = door.change().values["objects"]
    door.control.commit_duration(0)
    door.control.fault("error", when=POLL, code=7, message="job 2 not found", times=1)
    assert door.done({"objects": objects}).changed and door.runs(PROFILE)


@pytest.mark.parametrize("words, code", [("Config for scope shared is currently locked by alice", None), ("Configuration is locked by alice", None),
                                         ("Timed out while getting config lock. Please try again.", 13)])
@pytest.mark.parametrize("step", ["write", "commit"])
def test_a_configuration_lock_is_waited_for_in_whatever_words(door, words, code, step):
    objects = [] if step == "write" else door.change().values["objects"]
    door.control.fault("error", when={"action": "multi-config"} if step == "write" else COMMIT, code=code, message=words, times=2)
    result = door.change() if step == "write" else door.done({"objects": objects})
    assert result.changed
    door.control.fault("error", when={"action": "multi-config"} if step == "write" else COMMIT, code=code, message=words, times=1000)
    last = door.run({"name": "fast", "interval": 3, "lock_timeout": 0}, module=monitor_profile) if step == "write" else None
    if last:
        assert last.failed and "waited 0 s for the configuration lock" in last.message and "nothing was written" in last.message


@pytest.mark.parametrize("how", ["refused", "503"])
def test_the_next_task_waits_for_a_management_service_that_restarts(door, monkeypatch, how):
    monkeypatch.undo()
    if how == "refused":
        door.control.restart_management(1.5)
    else:
        door.control.fault("unavailable", times=5)
    assert door.change().changed


def test_a_management_service_that_does_not_come_back_is_told(door):
    door.provider["timeout"] = 1
    door.control.fault("unavailable", times=100_000)
    assert "HTTP 503" in door.run({"name": "fast", "interval": 2}, module=monitor_profile).message


def test_a_description_arrives(door):
    objects = door.change().values["objects"]
    door.done({"objects": objects, "description": "R&D <VPN> to Lyon"})
    jobs = door.firewall.firewall.jobs.all()
    assert jobs[0].description == "R&D <VPN> to Lyon"


def test_the_examples_run(door):
    registered = {}
    door.change_of_others("admin")
    for task in yaml.safe_load(commit.EXAMPLES):
        called = next(key for key in task if key.startswith(COLLECTION))
        module = {"commit": commit, "monitor_profile": monitor_profile}[called.rpartition(".")[2]]
        asked = {key: registered.get(value, value) if isinstance(value, str) else value for key, value in task[called].items()}
        if asked.get("scope") == "written":
            # What Ansible's action adds.
            asked["objects"] = result.values["objects"]
        if "provider" in asked:
            asked["provider"] = {**door.provider, **asked["provider"], "username": "admin"}
        result = door.done(asked, module=module)
        assert result.changed, task["name"]
        registered = {f"{{{{ {task.get('register')}.{key} }}}}": value for key, value in result.values.items()}
    assert door.runs(OTHERS)
    assert yaml.safe_load(commit.RETURN)["committed"]["sample"] == result.values["committed"] == [PROFILE]
