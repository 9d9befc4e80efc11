# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The configuration lock, by the firewall's own words about it."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device import locks
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.patience import Patience
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import DeviceError, Refused

TAKEN = None
OURS = "You already own a config lock for scope shared"
OTHERS = "Config lock is already held by alice"
NOT_LOCKED = "Config is not currently locked for scope shared"
NOT_HELD = "Config lock is not currently held by admin"
DENIED = "Unauthorized request"


class Firewall:
    """C(answers): to each request, the words of its refusal, or None where it is carried out."""

    place = "192.0.2.1"

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked: list = []

    def op(self, command, doing):
        self.asked.append("remove" if "<remove/>" in command else "add")
        refusal = self.answers.pop(0)
        if refusal is not None:
            raise DeviceError(f"failed to {doing} on {self.place}: {refusal}")


def worked() -> dict:
    return {"warnings": []}


def fails() -> dict:
    raise Refused("no")


@pytest.mark.parametrize("gone", [NOT_LOCKED, NOT_HELD])
def test_one_that_a_commit_dropped_is_let_go_without_a_word(gone):
    firewall = Firewall(TAKEN, gone)
    assert locks.under(firewall, Patience(0), worked) == {"warnings": []}
    assert firewall.asked == ["add", "remove"]


def test_a_release_that_fails_is_told_beside_the_result():
    result = locks.under(Firewall(TAKEN, DENIED), Patience(0), worked)
    assert len(result["warnings"]) == 1 and "may still have the configuration lock" in result["warnings"][0] and DENIED in result["warnings"][0]


def test_a_release_that_fails_is_told_beside_what_failed():
    with pytest.raises(Refused, match="^no; 192.0.2.1 may still have the configuration lock"):
        locks.under(Firewall(TAKEN, DENIED), Patience(0), fails)


@pytest.mark.parametrize("gone", [NOT_LOCKED, None])
def test_what_failed_is_told_alone_where_the_lock_is_gone(gone):
    with pytest.raises(Refused, match="^no$"):
        locks.under(Firewall(TAKEN, gone), Patience(0), fails)


def test_one_of_our_own_is_as_good():
    firewall = Firewall(OURS, None)
    locks.under(firewall, Patience(0), worked)
    assert firewall.asked == ["add", "remove"]


def test_somebody_else_s_is_waited_for():
    firewall = Firewall(OTHERS, OTHERS, TAKEN)
    locks.take(firewall, Patience(10, 0))
    assert firewall.asked == ["add"] * 3
    with pytest.raises(DeviceError, match="held by alice; waited 0 s"):
        locks.take(Firewall(OTHERS), Patience(0))


def test_it_is_kept_for_a_later_task():
    firewall = Firewall(TAKEN)
    locks.under(firewall, Patience(0), worked, keeps=lambda result: True)
    assert firewall.asked == ["add"]


def test_one_that_an_earlier_task_took_is_only_released():
    firewall = Firewall(None)
    locks.under(firewall, None, worked)
    assert firewall.asked == ["remove"]
