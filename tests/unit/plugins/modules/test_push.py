# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module push: which firewalls get what, and what is told of each of them."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device import connection, jobs
from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import commit, monitor_profile, push, security_rule
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import Emulator
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import NETWORK, Door

PROFILE = f"{NETWORK}/profiles/monitor-profile/entry[@name='fast']"
ALL = {"device_groups": ["branches"], "template_stacks": ["branch-stack"]}
COMMIT_ALL = {"type": "commit"}


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    monkeypatch.setattr(connection, "pause", lambda attempt: None)


class PushDoor(Door):
    """A Panorama with three firewalls in the group branches and its stack."""

    def __init__(self, panorama, firewalls):
        super().__init__(push, panorama)
        self.firewalls = firewalls

    def run(self, options, check=False, diff=True, module=None, **more):
        return super().run({"commit_poll": 0.05, **options} if module in (None, commit) else options, check, diff, module, **more)

    def change(self, interval=2):
        """Something to push: in the template, and in the device group."""
        self.done({"template": "branch", "name": "fast", "interval": interval}, module=monitor_profile)
        self.done({"device_group": "branches", "name": "allowed", "from": ["any"], "to": ["any"], "source": ["any"], "destination": [f"10.0.{interval}.0/24"],
                   "application": ["any"], "service": ["any"], "action": "allow"}, module=security_rule)
        self.done({"admin": "admin"}, module=commit)

    def pushes(self) -> list:
        return [request["cmd"] for request in self.control.requests() if request["type"] == "commit"]

    def serial(self, number: int) -> str:
        return self.firewalls[number].firewall.serial

    def running(self, number: int) -> bool:
        return bool(self.firewalls[number].control.running(PROFILE))


@pytest.fixture
def door(firewalls):
    made = [Emulator("11.1", name=f"fw{number}").start() for number in (1, 2, 3)]
    panorama = firewalls(model="panorama", name="panorama")
    panorama.control.commit_duration(0.05)
    for firewall in made:
        firewall.control.commit_duration(0.05)
        panorama.manage(firewall, "branch-stack", "branches")
    yield PushDoor(panorama, made)
    for firewall in made:
        firewall.stop()


@pytest.fixture
def changed(door):
    """All firewalls have everything, then something new is committed."""
    door.done(ALL)
    door.change()
    return door


def results(result) -> list:
    return [device["result"] for device in result.values["devices"]]


def test_everybody_gets_it_once_in_one_push(changed):
    before = changed.done(ALL, check=True)
    assert before.changed and results(before) == ["pending"] * 3 and not changed.pushes()
    done = changed.done(ALL)
    assert done.changed and results(done) == ["pushed"] * 3 and len(changed.pushes()) == 1
    assert all(changed.running(number) for number in range(3))
    assert [device["hostname"] for device in done.values["devices"]] == ["fw1", "fw2", "fw3"]
    again = changed.done(ALL)
    assert not again.changed and results(again) == ["in_sync"] * 3 and not changed.pushes()
    assert results(changed.done(ALL, force=True)) == ["pushed"] * 3


@pytest.mark.parametrize("asked, tags", {
    "policies": ({"device_groups": ["branches"]}, ["shared-policy"]),
    "the stack": ({"template_stacks": ["branch-stack"]}, ["template-stack"]),
    "a device": ({"template_stacks": ["branch-stack"], "devices": [1]}, ["template-stack"]),
}.values())
def test_only_what_is_asked_for(changed, asked, tags):
    devices = [changed.serial(number) for number in asked.get("devices", ())]
    done = changed.done({**asked, "devices": devices} if devices else asked)
    chosen = devices or [changed.serial(number) for number in range(3)]
    assert [device["serial"] for device in done.values["devices"]] == chosen
    assert [tag for command in changed.pushes() for tag in ("shared-policy", "template-stack") if tag in command] == tags
    has_template = "template_stacks" in asked
    assert [changed.running(number) for number in range(3)] == [has_template and changed.serial(number) in chosen for number in range(3)]


def test_one_that_is_not_connected_does_not_hide_the_others(changed):
    changed.control.disconnect(changed.serial(1))
    failed = changed.run(ALL)
    assert failed.failed and results(failed) == ["pushed", "not_connected", "pushed"]
    assert f"1 of 3 firewalls did not get what 127.0.0.1 has for them: {changed.serial(1)}: it is not connected to Panorama" in failed.message
    assert "2 have it; run again for the others" in failed.message
    warned = changed.done(ALL, not_connected="warn")
    assert not warned.changed and any("is not connected" in warning for warning in warned.warnings)
    changed.control.disconnect(changed.serial(1), connected=True)
    later = changed.done(ALL)
    assert results(later) == ["in_sync", "pushed", "in_sync"] and changed.running(1)


def test_one_that_refuses_is_told_with_its_own_words(changed):
    changed.firewalls[2].control.fail_next_commit(["vsys1: rule 'x' is broken", "Commit failed"])
    failed = changed.run(ALL)
    assert results(failed) == ["pushed", "pushed", "failed"]
    assert f"fw3 ({changed.serial(2)}): commit failed" in failed.message and "rule 'x' is broken" in failed.message
    assert results(changed.done(ALL)) == ["in_sync", "in_sync", "pushed"]


def test_warnings_of_a_firewall_are_warnings(changed):
    changed.firewalls[0].control.warn_next_commit(["Interface tunnel.9 has no zone configuration."])
    done = changed.done(ALL)
    assert any("fw1: " in warning and "tunnel.9" in warning for warning in done.warnings)


@pytest.mark.parametrize("options, words", [
    ({"device_groups": ["brunches"]}, ("device_groups: there is no brunches", "branches")),
    ({"template_stacks": ["stack"]}, ("template_stacks: there is no stack", "branch-stack")),
    ({**ALL, "devices": ["1"]}, ("devices: there is no 1",)),
    ({"device_groups": ["everywhere"]}, ("everywhere: no firewall is in there",)),
    ({**ALL, "job_id": "x"}, ("job_id: 'x' is no number",)),
    ({}, ("one of the following is required: device_groups, template_stacks",)),
])
def test_refused_with_what_there_is(changed, options, words):
    result = changed.refused(options, *words)
    assert not changed.pushes() and "Traceback" not in result.text


def test_a_firewall_has_nothing_behind_it(firewalls):
    Door(push, firewalls()).refused(ALL, "127.0.0.1 is no Panorama", "nothing was pushed")


def test_admins_need_a_release_that_knows_them(firewalls):
    Door(push, firewalls(version="10.1", model="panorama")).refused({**ALL, "admins": ["svc"]}, "from 10.2 on", "10.1", "nothing was pushed")


def test_a_push_whose_answer_is_lost_is_found_again(changed):
    changed.control.commit_duration(0.5)
    changed.control.fault("drop_after", COMMIT_ALL)
    assert results(changed.done(ALL)) == ["pushed"] * 3
    assert len(changed.pushes()) == 1


def test_a_push_that_was_not_taken_is_told_for_each_firewall(changed):
    changed.control.fault("unavailable", COMMIT_ALL)
    result = changed.run(ALL)
    assert results(result) == ["failed"] * 3 and "none has it; run again" in result.message
    assert results(changed.done(ALL)) == ["pushed"] * 3


def test_a_push_that_takes_longer_goes_on_and_can_be_taken_up(changed):
    changed.control.commit_duration(1.5)
    late = changed.run(ALL, commit_timeout=0)
    assert late.failed and "goes on; give job_id" in late.message
    job = late.message.partition("give job_id ")[2].split()[0]
    assert results(changed.done(ALL, job_id=job)) == ["pushed"] * 3
    assert not changed.pushes()


def test_a_job_that_nobody_knows_is_judged_by_what_stands(changed, monkeypatch):
    monkeypatch.setattr(jobs, "UNKNOWN_AT_FIRST", 0)
    result = changed.run(ALL, job_id="99")
    assert result.failed and results(result) == ["unknown"] * 3 and "knows of no job 99" in result.message
