# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter device_profiles: a profile for each firewall's connection, and the rest as it was said."""

from __future__ import annotations

import json
import pathlib

import pytest

from ansible.errors import AnsibleFilterError

from ansible_collections.tunnelsmith.panos_vpn.plugins.filter.device_profiles import device_profiles
from ansible_collections.tunnelsmith.panos_vpn.plugins.filter.peer_profile import peer_profile

CONNECTION = json.loads((pathlib.Path(__file__).resolve().parents[4] / "playbooks" / "files" / "connection_bgp.json").read_text(encoding="utf-8"))


def test_each_connection_becomes_a_profile_and_the_rest_stays():
    given = [{"serial": "001", "connection": CONNECTION, "router_id": "192.0.2.1"}, {"serial": "002", "local_address": "192.0.2.2/24"}]
    first, second = device_profiles(given, "aws")
    assert first == {"serial": "001", "router_id": "192.0.2.1", "connection": peer_profile(CONNECTION, "aws")}
    assert second == given[1] and given[0]["connection"] is CONNECTION


def test_what_is_no_connection_is_refused_as_the_cloud_s_own_filter_does():
    with pytest.raises(AnsibleFilterError):
        device_profiles([{"serial": "001", "connection": {"VpnConnections": []}}], "aws")
