# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pathlib

import pytest

from ansible.errors import AnsibleFilterError

from ansible_collections.tunnelsmith.panos_vpn.plugins.filter import peer_problems as plugin

FILES = pathlib.Path(__file__).resolve().parents[4] / "playbooks" / "files"
TEXT = (FILES / "connection_static.json").read_text(encoding="utf-8")
ID = "vpn-0a1d7f3c52e9b8046"
NARROWED = TEXT.replace("0.0.0.0/0", "10.200.0.0/16")
ASK = plugin.FilterModule().filters()["peer_problems"]
KEY = "A.key_that_AWS_would_take"


def problems(document, connection_id=None, *more):
    return ASK(document, "aws", {"connection_id": connection_id}, *more)


@pytest.mark.parametrize(
    "document, arguments",
    [(TEXT, ()), (TEXT, ("", "pbf")), (TEXT, (ID, "pbf", [KEY, ""], [])), (NARROWED, (ID, "pbf", [], ["10.200.0.1", "10.200.0.2"]))],
    ids=["nothing else given", "the failover that goes with it", "one key given", "monitor addresses that pass"],
)
def test_a_sound_connection_has_no_problem(document, arguments):
    assert problems(document, *arguments) == []


@pytest.mark.parametrize(
    "document, arguments, words",
    [
        (TEXT.replace("available", "pending"), (ID, "pbf"), "is pending"),
        (TEXT.replace('"State"', "State"), (ID, "pbf"), "not JSON"),
        (TEXT, ("vpn-0bbb", "pbf"), "no VPN connection vpn-0bbb"),
        (TEXT, (ID, "bgp"), "use 'pbf'"),
        (TEXT, (ID, "pbf", [KEY]), "one per tunnel"),
        (TEXT, (ID, "pbf", [KEY, "0" + KEY]), "the first one not 0"),
        (NARROWED, (ID, "pbf"), "the monitor address 169.254.31.69 is not in it"),
        (NARROWED, (ID, "pbf", None, ["here", "there"]), "monitor_addresses: 'here' does not appear to be"),
    ],
    ids=["not available yet", "not JSON", "no such connection", "the other failover", "one key for two tunnels", "a key that AWS would not take",
         "a monitor that no proxy ID carries", "a monitor address that is none"],
)
def test_a_problem_is_told_without_a_key(document, arguments, words):
    found = problems(document, *arguments)[0]
    assert words in found
    assert KEY not in found
    assert "notReal" not in found


def test_an_unknown_failover_is_an_error():
    with pytest.raises(AnsibleFilterError, match="pbf or bgp or ecmp or routes"):
        problems(TEXT, ID, "vrrp")
