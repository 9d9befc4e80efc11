# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter vpn_report: values in, a page out, and a clear word about anything else."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.tunnelsmith.panos_vpn.plugins.filter.vpn_report import FilterModule

vpn_report = FilterModule().filters()["vpn_report"]


def test_a_page_of_a_firewall_that_gave_no_answer():
    text = vpn_report([{"name": "berlin", "error": "no route to host"}], title="Fleet", generated="today")
    assert text.startswith("<!DOCTYPE html>")
    for words in ("<h1>Fleet</h1>", "As of today", "berlin", "no route to host"):
        assert words in text


@pytest.mark.parametrize("firewalls, drills, word", [({}, [], "input"), (["x"], [], "input"), ([], {"a": 1}, "drills")],
                         ids=["no list", "a list of texts", "drills that are no list"])
def test_other_input_is_refused(firewalls, drills, word):
    with pytest.raises(AnsibleFilterError, match=word):
        vpn_report(firewalls, drills=drills)
