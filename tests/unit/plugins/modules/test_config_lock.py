# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The configuration lock is held from the write to the commit, and never longer."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import build
from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import config_revert
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.pairing import VpnDoor, name_of, options

LOCKED = {"config_lock": True, "lock_timeout": 0}


@pytest.fixture
def door(firewalls) -> VpnDoor:
    return VpnDoor(firewalls())


def held(door) -> bool:
    """Whether another account's write is refused."""
    key = door.control.add_admin("alice", "notReal.alice9")
    other = {**door.provider, "api_key": key}
    result = door.run({"name": "of-alice", "provider": other, "lock_timeout": 0, **PROFILE}, module=_profile())
    assert result.failed is ("locked" in result.message), result.message
    return result.failed


PROFILE = {"interval": 2}


def _profile():
    from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import monitor_profile

    return monitor_profile


def test_it_is_held_until_the_commit(door):
    made = door.done(options(), **LOCKED)
    assert held(door)
    door.commit(made, **LOCKED)
    assert not held(door)


def test_without_it_others_can_write_meanwhile(door):
    door.done(options())
    assert not held(door)


def test_nothing_to_do_and_a_refusal_release_it(door):
    door.committed(options())
    assert not door.done(options(), **LOCKED).changed
    assert not held(door)
    assert door.run(options(outside_interface="ethernet1/48"), **LOCKED).failed
    assert not held(door)


def test_a_commit_that_fails_releases_it(door):
    made = door.done(options(), **LOCKED)
    door.control.fail_next_commit(["no"])
    assert door.commit(made, **LOCKED).failed
    assert not held(door)


def test_also_an_error_that_nobody_expected_releases_it(door, monkeypatch):
    monkeypatch.setattr(build, "build", lambda *arguments, **options: 1 / 0)
    result = door.run(options(), **LOCKED)
    assert result.failed and "unexpected ZeroDivisionError" in result.message
    assert not held(door)


def test_another_account_s_lock_is_named(door):
    door.control.hold_config_lock("alice")
    result = door.run(options(), **LOCKED)
    assert result.failed and "alice" in result.message and "waited 0 s" in result.message and "nothing was written" in result.message


def test_one_that_an_earlier_run_left_is_taken_over(door, tmp_path):
    door.done(options(), journal=str(tmp_path), **LOCKED)
    assert door.done(options(mtu=1300), journal=str(tmp_path), **LOCKED).changed
    assert not door.run({"name": name_of("pbf"), "journal": str(tmp_path), **LOCKED}, module=config_revert).failed
    assert not held(door)
