# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the pairing roles share is written once, and reaches the one module whole."""

from __future__ import annotations

import dataclasses
import importlib
import re
import subprocess
import sys

import pytest
import yaml

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import arguments
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers import readers
from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import site_to_site_vpn
from ansible_collections.tunnelsmith.panos_vpn.plugins.plugin_utils import vpn_role


@pytest.fixture(scope="module")
def tool():
    """The tool that writes all this."""
    return importlib.import_module("pairing_roles")


def test_everything_is_up_to_date(repository):
    done = subprocess.run([sys.executable, "tools/pairing_roles.py", "--check"], cwd=repository, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_task_has_every_option_of_the_module(repository, tool):
    """What the module can do the role can; the connection to the firewall comes from the play's defaults."""
    (task,) = yaml.safe_load((repository / "roles" / "site_to_site" / "tasks" / "pair.yml").read_text(encoding="utf-8"))
    own, steps = set(task["tunnelsmith.panos_vpn.site_to_site_vpn"]), {step.name for step in dataclasses.fields(vpn_role.Steps)}
    variables = {tool._bare(name) for name in tool.shared()["options"]}
    options = set(site_to_site_vpn.argument_spec()) - set(arguments.PROVIDER)
    assert own | steps <= options and options <= own | steps | variables


def test_a_role_s_variables_all_reach_the_task(tool):
    """By the name of the module's option, or by one that the role's tasks read; and what the role has not is fixed or left out."""
    options = set(site_to_site_vpn.argument_spec())
    shared = {tool._bare(name) for name in tool.shared()["options"]}
    for role in tool.roles():
        mine = tool.own(role)
        told = yaml.safe_load(tool.tasks(role))[0]["vars"]
        text = yaml.safe_dump(told) + "".join(path.read_text(encoding="utf-8") for path in (tool.ROOT / "roles" / role / "vars").glob("*.yml"))
        for name in tool.spec(role)["options"]:
            handed_on = name.removeprefix(f"{role}_") in options - set(told["__site_to_site_own"])
            assert handed_on or name in text, f"{role}: nothing takes {name}"
        assert set(mine.get("without", ())) <= shared and set(mine.get("instead", {})) <= shared and set(mine.get("fixed", {})) <= shared
        assert set(mine.get("own", {})) & options - {"name"} <= set(told["__site_to_site_own"]), f"{role}: its own is taken for the module's"
        assert set(tool.fixed(mine)) <= set(mine.get("without", ())) & options, f"{role}: what is fixed is not a variable, and an option"


def test_no_text_names_a_variable_that_its_role_has_not(tool):
    for role in tool.roles():
        options = set(tool.spec(role)["options"])
        text = str(tool.spec(role))
        named = {word.split("=")[0].split(".")[0] for word in re.findall(rf"O\(({role}_[a-z_.]+(?:=[a-z_]+)?)\)", text)}
        assert named <= options, f"{role}: {named - options}"


def test_what_goes_with_a_cloud_s_description_is_known_to_its_reader(tool):
    for role in tool.roles()[1:]:
        mine = tool.own(role)
        assert set(mine.get("said", {})) <= set(readers.parameters(mine["cloud"])), role
