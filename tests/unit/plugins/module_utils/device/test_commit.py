# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Uncommitted changes: which of them concern us."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device import commit
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.commit import Change
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.patience import Patience
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import DeviceError

GATEWAY = "/config/network/ike/gateway/entry[@name='vpn-1']"
MEMBER = "/config/network/virtual-router/entry[@name='default']/interface/member[text()='tunnel.1']"

CASES = {
    "the object itself": (GATEWAY, GATEWAY, True),
    "an element of it": (f"{GATEWAY}/disabled", GATEWAY, True),
    "its container": ("/config/network/ike/gateway", GATEWAY, False),
    "a neighbour": ("/config/network/ike/gateway/entry[@name='vpn-11']", GATEWAY, False),
    "the member itself": (MEMBER, MEMBER, True),
    "the list of a member": (MEMBER.rpartition("/")[0], MEMBER, True),
    "another member": (MEMBER.replace("tunnel.1", "tunnel.2"), MEMBER, False),
    "the router of a member": ("/config/network/virtual-router/entry[@name='default']", MEMBER, False),
}


@pytest.mark.parametrize("changed, ours, expected", CASES.values(), ids=CASES.keys())
def test_what_concerns_us(changed, ours, expected):
    assert commit.concerns(Change(places.parse(changed), "ann"), [places.parse(ours)]) is expected


def test_many_foreign_changes_are_counted(monkeypatch):
    monkeypatch.setattr(commit, "apart", lambda session, objects: objects)
    left = [Change(("config", "shared", ("entry", str(number))), "ann") for number in range(13)]
    with pytest.raises(DeviceError) as refused:
        commit.refuse_foreign(None, "ann", left, lambda change: True, Patience(0), "nothing was written")
    text = str(refused.value)
    assert "and 3 more" in text and text.endswith("nothing was written") and "'9'" in text and "'10'" not in text
