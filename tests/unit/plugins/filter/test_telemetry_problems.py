# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import pathlib

import pytest

from ansible.errors import AnsibleFilterError

from ansible_collections.tunnelsmith.panos_vpn.plugins.filter.aws_vpn_connection import aws_vpn_connection
from ansible_collections.tunnelsmith.panos_vpn.plugins.filter.telemetry_problems import telemetry_problems

FILES = pathlib.Path(__file__).resolve().parents[4] / "playbooks" / "files"
UP = {"Status": "UP", "StatusMessage": "1 BGP ROUTES", "AcceptedRouteCount": 1}
DOWN = {"Status": "DOWN", "StatusMessage": "IPSEC IS DOWN", "AcceptedRouteCount": 0}
SILENT = {"Status": "UP", "StatusMessage": "0 BGP ROUTES", "AcceptedRouteCount": 0}


def described(kind: str, first: dict, second: dict | None) -> dict:
    """A profile whose tunnels AWS sees so, in the order of the profile; ``None``: it says nothing."""
    document = json.loads((FILES / f"connection_{kind}.json").read_text(encoding="utf-8"))
    addresses = [tunnel["outside_address"] for tunnel in aws_vpn_connection(document)["tunnels"]]
    told = [{"OutsideIpAddress": address, **words} for address, words in zip(addresses, (first, second)) if words]
    document["VpnConnections"][0]["VgwTelemetry"] = told
    return aws_vpn_connection(document)


@pytest.mark.parametrize("kind, first, second, words", [
    ("bgp", UP, UP, []),
    ("bgp", UP, DOWN, ["AWS sees the tunnel to {2} DOWN (IPSEC IS DOWN)"]),
    ("bgp", SILENT, UP, ["AWS has accepted no route through the tunnel to {1} (0 BGP ROUTES)"]),
    ("static", {**UP, "AcceptedRouteCount": 0}, {**UP, "StatusMessage": ""}, []),
    ("static", DOWN, DOWN, ["AWS sees the tunnel to {1} DOWN (IPSEC IS DOWN)", "AWS sees the tunnel to {2} DOWN (IPSEC IS DOWN)"]),
    ("static", UP, None, ["AWS says nothing of the tunnel to {2}"]),
], ids=["both up", "one down", "no route accepted", "static has no routes to accept", "both down", "nothing said"])
def test_what_aws_sees_is_told_by_tunnel(kind, first, second, words):
    profile = described(kind, first, second)
    addresses = {number: tunnel["outside_address"] for number, tunnel in enumerate(profile["tunnels"], 1)}
    assert telemetry_problems(profile) == [line.replace("{1}", addresses[1]).replace("{2}", addresses[2]) for line in words]


def test_what_is_no_profile_is_refused():
    with pytest.raises(AnsibleFilterError, match="telemetry_problems: "):
        telemetry_problems("vpn-0a1b2c3d4e5f60718")
