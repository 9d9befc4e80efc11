# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pathlib

import pytest

from ansible.errors import AnsibleFilterError

from ansible_collections.tunnelsmith.panos_vpn.plugins.filter import vpn_problems as plugin
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers import aws

FILES = pathlib.Path(__file__).resolve().parents[4] / "playbooks" / "files"
TEXT = (FILES / "connection_static.json").read_text(encoding="utf-8")
PROFILE = aws.vpn_connection(TEXT)
NARROWED = aws.vpn_connection(TEXT.replace("0.0.0.0/0", "10.200.0.0/16"))
PROBLEMS = plugin.FilterModule().filters()["vpn_problems"]
KEY = "A.key_that_AWS_would_take"


@pytest.mark.parametrize(
    "profile, arguments",
    [(PROFILE, ()), (PROFILE, ("pbf",)), (PROFILE, ("pbf", [KEY, ""], [])), (NARROWED, ("pbf", [], ["10.200.0.1", "10.200.0.2"]))],
    ids=["nothing else given", "the failover that goes with it", "one key given", "monitor addresses that pass"],
)
def test_a_sound_connection_has_no_problem(profile, arguments):
    assert PROBLEMS(profile, *arguments) == []


@pytest.mark.parametrize(
    "profile, arguments, words",
    [
        (PROFILE, ("bgp",), "use 'pbf'"),
        (PROFILE, ("pbf", [KEY]), "one per tunnel"),
        (PROFILE, ("pbf", [KEY, "0" + KEY]), "the first one not 0"),
        (NARROWED, ("pbf",), "the monitor address 169.254.31.69 is not in it"),
    ],
    ids=["the other failover", "one key for two tunnels", "a key that AWS would not take", "a monitor that no proxy ID carries"],
)
def test_a_problem_is_told_without_a_key(profile, arguments, words):
    found = PROBLEMS(profile, *arguments)
    assert words in found[0]
    assert not any(KEY in sentence or "notReal" in sentence for sentence in found)


@pytest.mark.parametrize(
    "arguments, words",
    [(("vrrp",), "pbf or bgp"), (("pbf", None, ["here", "there"]), "'here' does not appear to be")],
    ids=["an unknown failover", "a monitor address that is none"],
)
def test_arguments_that_make_no_sense_are_errors(arguments, words):
    with pytest.raises(AnsibleFilterError, match=words):
        PROBLEMS(NARROWED, *arguments)
