# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import pathlib

import pytest

from ansible.errors import AnsibleFilterError

from ansible_collections.tunnelsmith.panos_vpn.plugins.filter import aws_vpn_connection_id as plugin

FILES = pathlib.Path(__file__).resolve().parents[4] / "playbooks" / "files"
TEXT = (FILES / "connection_static.json").read_text(encoding="utf-8")
ID = "vpn-0a1d7f3c52e9b8046"
READ = plugin.FilterModule().filters()["aws_vpn_connection_id"]


def forgotten() -> dict:
    """What AWS tells of a connection for an hour after its end: neither configuration nor telemetry."""
    connection = json.loads(TEXT)["VpnConnections"][0]
    return {key: connection[key] for key in ("VpnConnectionId", "CustomerGatewayId", "Type")} | {"State": "deleted"}


@pytest.mark.parametrize(
    "document",
    [TEXT, json.loads(TEXT), json.loads(TEXT)["VpnConnections"][0], {"VpnConnections": [forgotten()]}, forgotten()],
    ids=["text", "data", "one connection", "deleted, in the whole output", "deleted"],
)
def test_the_id_is_found_whatever_the_state(document):
    assert READ(document) == ID


@pytest.mark.parametrize(
    "document, words",
    [
        ("", "not JSON"),
        ({"VpnConnections": []}, "no VPN connection"),
        ({"VpnConnections": [forgotten(), {**forgotten(), "VpnConnectionId": "vpn-0bbb"}]}, "holds 2 VPN connections"),
    ],
    ids=["nothing", "no connection", "several connections"],
)
def test_what_names_no_single_connection_is_refused(document, words):
    with pytest.raises(AnsibleFilterError, match=words):
        READ(document)
