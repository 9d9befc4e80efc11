# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every cause of the diagnosis has its sentence and its anchor on the page about troubleshooting, and every anchor has its cause."""

from __future__ import annotations

import re
import subprocess
import sys

import yaml

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.causes import CAUSES, KNOWN, OWN, PAGE, variable_of
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import OBSTACLES

#: What the rules make names of: a leaf of a proposal, a side, what an interface lacks.
MADE = {"ike-encryption-mismatch", "ike-hash-mismatch", "ike-dh-group-mismatch", "esp-encryption-mismatch", "esp-authentication-mismatch",
        "local-identity-mismatch", "peer-identity-mismatch", "tunnel-interface-without-zone", "tunnel-interface-without-router"}


def page_of(repository) -> str:
    return (repository / "docs" / "docsite" / "rst" / "troubleshooting.rst").read_text(encoding="utf-8")


def test_the_page_is_up_to_date(repository):
    done = subprocess.run([sys.executable, "tools/cause_documentation.py", "--check"], cwd=repository, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_causes_are_anchors_and_anchors_are_causes(repository):
    titles = re.findall(r'^(\S+)\n"+$', page_of(repository), re.MULTILINE)
    assert sorted(titles) == sorted(KNOWN)
    assert len(titles) == sum(len(section) for section in CAUSES.values())


def test_what_the_page_refers_to_is_there(repository):
    """A reference to a title that nobody has is an error of the page's builder."""
    assert set(re.findall(r"`([a-z0-9-]+)`_", page_of(repository))) <= KNOWN


def test_every_cause_stands_under_a_symptom(repository):
    """What is said where nothing else is known has none of its own."""
    by_symptom = page_of(repository).partition("\nBy symptom\n")[2].partition("\nEvery cause\n")[0]
    told = {cause for section in CAUSES.values() for cause, sentence in section.items() if "nothing tells why" not in sentence}
    assert told - set(re.findall(r"`([a-z0-9-]+)`_", by_symptom)) == set()


def test_every_cause_is_one_that_a_rule_tells(repository):
    # What manages a far side calls them by the diagnosis' IDs.
    told = set(OBSTACLES)
    for file in (repository / "plugins" / "module_utils" / "diagnosis").glob("*.py"):
        if file.name != "causes.py":
            told |= set(re.findall(r"\"([a-z0-9]+(?:-[a-z0-9]+)+)\"", file.read_text(encoding="utf-8")))
    assert KNOWN - told - MADE == set()


def test_what_is_a_vpn_s_own_is_of_a_cause():
    assert OWN.keys() <= KNOWN


def test_advice_names_variables_that_the_cloud_s_role_has(repository):
    roles = sorted((repository / "roles").glob("*_pairing/meta/argument_specs.yml"))
    assert len(roles) > 4
    for path in roles:
        role = path.parts[-3]
        options = yaml.safe_load(path.read_text(encoding="utf-8"))["argument_specs"]["main"]["options"]
        named = {variable_of(role.removesuffix("_pairing"), own) for own in OWN.values()} - {""}
        assert named and named <= options.keys(), role


def test_the_page_stands_where_links_lead_to(repository):
    galaxy = yaml.safe_load((repository / "galaxy.yml").read_text(encoding="utf-8"))
    assert PAGE == f"{galaxy['repository']}/blob/main/docs/docsite/rst/troubleshooting.rst"
