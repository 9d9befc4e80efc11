# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What tasks have written is known for one host on one firewall, and to the commit that asks for it."""

from __future__ import annotations

import pytest

from ansible import constants
from ansible_collections.tunnelsmith.panos_vpn.plugins.plugin_utils.written import Written

ZONE, PROFILE = "/config/devices/entry/zone", "/config/devices/entry/profile"
COMMIT = "tunnelsmith.panos_vpn.commit"
FIREWALL = {"provider": {"ip_address": "192.0.2.1", "password": "notReal.secret1"}}


@pytest.fixture(autouse=True)
def folder(monkeypatch, tmp_path):
    for name in ("PANOS_HOSTNAME", "PANOS_PORT", "PANOS_SERIAL_NUMBER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(constants, "DEFAULT_LOCAL_TMP", str(tmp_path))
    return tmp_path


def test_tasks_add_to_it_and_only_the_commit_of_what_was_written_is_told(folder):
    for objects in ([ZONE], [ZONE, PROFILE], ["the site branch"], None):
        Written("fw", FIREWALL, {}).note({"objects": objects})
    written = Written("fw", FIREWALL, {})
    assert written.asked_for(COMMIT, {"scope": "written"}) == {"objects": [ZONE, PROFILE]}
    for given in ({}, {"scope": "own"}, {"scope": "written", "objects": []}):
        assert written.asked_for(COMMIT, given) == {}
    assert written.asked_for("tunnelsmith.panos_vpn.zone", {"scope": "written"}) == {}
    assert "notReal" not in "".join(file.name + file.read_text(encoding="utf-8") for file in folder.iterdir())


@pytest.mark.parametrize("host, given, environment", [
    ("other", FIREWALL, {}),
    ("fw", {"provider": {"ip_address": "192.0.2.2"}}, {}),
    ("fw", {"provider": {"ip_address": "192.0.2.1", "port": 8443}}, {}),
    ("fw", {"provider": {"ip_address": "192.0.2.1", "serial_number": "0001"}}, {}),
    ("fw", {}, {"PANOS_HOSTNAME": "192.0.2.2"}),
    ("fw", {"provider": "192.0.2.1"}, {}),
], ids=["another host", "another firewall", "another port", "another one behind the Panorama", "by the task's environment", "no connection at all"])
def test_what_was_written_elsewhere_is_not_part_of_it(host, given, environment):
    Written("fw", FIREWALL, {}).note({"objects": [ZONE]})
    assert Written(host, given, environment).objects() == []


def test_the_same_firewall_is_the_same_however_it_is_said():
    Written("fw", FIREWALL, {}).note({"objects": [ZONE]})
    assert Written("fw", {}, {"PANOS_HOSTNAME": "192.0.2.1"}).objects() == [ZONE]
