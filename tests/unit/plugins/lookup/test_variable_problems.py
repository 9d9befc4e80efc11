# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is said of variables and tags before anything is run; most of it is in the table of mistakes of the integration tests."""

from __future__ import annotations

import pytest
from ansible import template
from ansible.parsing.dataloader import DataLoader

from ansible_collections.tunnelsmith.panos_vpn.plugins.lookup import variable_problems

# Since ansible-core 2.19 a text is a template only where that is said; "omit" was a text of its own before.
as_template = getattr(template, "trust_as_template", str)
OMIT = {"omit": "__omit_place_holder__"} if as_template is str else {}


def told(name: str, **variables) -> list:
    loader, known = DataLoader(), {**OMIT, **variables}
    lookup = variable_problems.LookupModule(loader=loader, templar=template.Templar(loader=loader, variables=known))
    return lookup.run([name], variables=known)


@pytest.mark.parametrize("option, tags", [("--tags", "ansible_run_tags"), ("--skip-tags", "ansible_skip_tags")])
@pytest.mark.parametrize("tag, meant", [("verfy", "verify"), ("comit", "commit"), ("pre-flight", "preflight"), ("Verify", "verify")])
def test_a_tag_that_is_nearly_a_step_is_told(option, tags, tag, meant):
    """It selects nothing: the run would end well with nothing done."""
    (problem,) = told("aws_pairing", **{tags: ["all", tag]})
    assert f"{option} {tag}" in problem and f"perhaps '{meant}' is meant" in problem and "preflight, configure, commit, verify" in problem


@pytest.mark.parametrize("tag", ["preflight", "configure", "commit", "verify", "all", "never", "vpn", "dns", "firewalls", "config"])
def test_steps_and_tags_of_somebody_s_play_are_none_of_it(tag):
    assert told("aws_pairing", ansible_run_tags=[tag], ansible_skip_tags=[tag]) == []


def test_a_playbook_has_no_steps():
    assert told("vpn_report", ansible_run_tags=["verfy"]) == []


def test_what_is_omitted_is_not_given():
    assert told("aws_pairing", aws_pairing_mtu=as_template("{{ omit }}"), aws_pairing_zone=as_template("{{ no_zone | default(omit) }}")) == []


def test_everything_undefined_is_told_with_its_variable():
    problems = told("aws_pairing", aws_pairing_mtu=as_template("{{ nobody }}"), panos_provider={"api_key": as_template("{{ vault_key }}")})
    assert [problem.partition(":")[0] for problem in problems] == ["aws_pairing_mtu", "panos_provider"]
    assert "'nobody' is undefined" in problems[0] and "'vault_key' is undefined" in problems[1]
