# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connections of AWS, and the variables that pair the emulator's own firewall with them."""

from __future__ import annotations

import json
import pathlib
import sys

from ansible_collections.tunnelsmith.panos_vpn.tests.integration.playbook_run import ROOT

FILES = ROOT / "playbooks" / "files"
STATIC, BGP = FILES / "connection_static.json", FILES / "connection_bgp.json"
CONNECTIONS = {"pbf": STATIC, "bgp": BGP}
IDS = {failover: json.loads(path.read_text(encoding="utf-8"))["VpnConnections"][0]["VpnConnectionId"] for failover, path in CONNECTIONS.items()}
KEYS = {
    failover: [tunnel["PreSharedKey"] for tunnel in json.loads(path.read_text(encoding="utf-8"))["VpnConnections"][0]["Options"]["TunnelOptions"]]
    for failover, path in CONNECTIONS.items()
}
# Where tools/collections_of_aws.py puts amazon.aws.
COLLECTIONS_OF_AWS = pathlib.Path(sys.prefix) / "collections"
AWS_SEES_IT_UP = {"Status": "UP", "StatusMessage": "IPSEC IS UP", "AcceptedRouteCount": 1}


def paired(failover: str, **more) -> dict:
    """The role's variables for a first run, with nothing to wait for."""
    return {
        "aws_pairing_connection": f"{{{{ lookup('ansible.builtin.file', '{CONNECTIONS[failover]}') }}}}",
        "aws_pairing_failover": failover,
        "aws_pairing_outside_interface": "ethernet1/8",
        "aws_pairing_zone": "aws-vpn",
        "aws_pairing_source_zones": ["trust"],
        "aws_pairing_local_networks": ["10.10.0.0/24"],
        "aws_pairing_remote_networks": ["10.200.0.0/16"],
        **quick(), **more,
    }


def removed(failover: str, **more) -> dict:
    return {"aws_pairing_state": "absent", "aws_pairing_connection_id": IDS[failover], **quick(), **more}


def quick() -> dict:
    """The emulator answers at once."""
    return {"aws_pairing_commit_poll": 0.05, "aws_pairing_verify_timeout": 0}


def writes(firewall) -> list[dict]:
    """Requests that wrote to the candidate."""
    return [request for request in firewall.control.requests() if request["type"] == "config" and request["action"] not in ("get", "show")]


def commits(firewall) -> list[dict]:
    return [request for request in firewall.control.requests() if request["type"] == "commit"]


def another(number: int) -> dict:
    """The static connection with an id, endpoints and inside ranges of its own; numbers from 1 to 40."""
    text = STATIC.read_text(encoding="utf-8")
    for old, new in ((IDS["pbf"], f"vpn-{number:017x}"), ("203.0.113.17", f"203.0.113.{100 + number}"), ("203.0.113.142", f"203.0.113.{200 + number}"),
                     ("169.254.31.", f"169.254.{100 + number}."), ("169.254.203.", f"169.254.{150 + number}.")):
        text = text.replace(old, new)
    return json.loads(text)


def both_ends() -> dict:
    """The variables with which a playbook makes a connection in an emulated account, with nothing to wait for."""
    return {
        "aws_vpn_connection_name": "branch", "aws_vpn_connection_outside_address": "198.51.100.10",
        "aws_vpn_connection_vpn_gateway_id": "vgw-0b9e5d1f7a2c48306",
        "aws_vpn_connection_poll": 1, "aws_vpn_connection_timeout": 5, "aws_vpn_connection_telemetry_timeout": 1,
    }


def leads_to_account(aws) -> dict:
    """The environment in which boto3 asks this emulated account, once."""
    return {"AWS_ENDPOINT_URL": aws.url, "AWS_MAX_ATTEMPTS": "1", "AWS_EC2_METADATA_DISABLED": "true"}
