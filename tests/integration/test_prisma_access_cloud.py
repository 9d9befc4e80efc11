# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role prisma_access where the cloud manages Prisma Access, as users start it, and the example of its README."""

from __future__ import annotations

import subprocess
import sys

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.integration.playbook_run import ROOT
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.test_examples import plays
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud.strata import presets
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud.strata.server import ACCOUNT, ADDRESSES, Account, Cloud, running
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud.strata.tenant import stored
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.test_prisma_access_cloud import KEYS, LYON, PARIS, SECRET, TSG

ROLE = [{"name": "Prisma Access", "hosts": "localhost", "gather_facts": False, "roles": [{"role": "tunnelsmith.panos_vpn.prisma_access"}]}]
NOBODY = {"all": {"hosts": {"localhost": {"ansible_connection": "local"}}}}


@pytest.fixture(name="there")
def fixture_there(tmp_path):
    folder = tmp_path / "cloud"
    folder.mkdir()
    with running(Cloud({ACCOUNT: Account(SECRET, TSG)}), folder) as there:
        yield there


@pytest.fixture(name="run")
def fixture_run(there, playbooks):
    environment = {"SCM_CLIENT_ID": ACCOUNT, "SCM_CLIENT_SECRET": SECRET, "SCM_TSG_ID": TSG, "SCM_BASE_URL": there.url,
                   "SCM_TOKEN_URL": f"{there.url}/oauth2/access_token", "SCM_CA_PATH": str(there.ca_path)}

    def run(*arguments, playbook=None, **variables):
        told = {f"prisma_access_{name}": value for name, value in {"managed_by": "cloud", "push_poll": 0.05, **variables}.items()}
        done = playbooks.run(None, playbook or ROLE, *arguments, variables=told, inventory=NOBODY, environment=environment)
        for secret in [SECRET, presets.SETTINGS["api_key"], *KEYS.values(), *map(stored, KEYS.values()), *there.cloud.tokens]:
            assert secret not in done.everything()
        return done

    return run


def test_sites_are_brought_to_the_cloud_and_taken_away(there, run):
    """In the words of every callback and -vvvv no secret is found."""
    sites = {"remote_networks": [LYON], "service_connections": [PARIS]}
    checked = run("--check", "--diff", **sites)
    assert checked.status == 0, checked.output
    assert there.cloud.tenant.edits == {}
    first = run("--diff", "-vvvv", address_url=f"{there.url}{ADDRESSES}", **sites)
    assert first.status == 0, first.output
    told = first.of("prisma_access_cloud")[0].result
    assert [site["name"] for site in told["remote_networks"] + told["service_connections"]] == ["Lyon", "Paris"]
    assert told["addresses"]["result"][0]["addresses"] == ["203.0.113.101"]
    second = run(**sites)
    assert (second.status, second.changed()) == (0, [])
    gone = run(state="absent", remote_networks=[{"name": "Lyon"}], service_connections=[{"name": "Paris"}])
    assert (gone.status, gone.changed()) == (0, ["prisma_access_cloud"])
    assert there.cloud.tenant.running["objects"]["remote-networks"] == {}


def test_a_site_that_breaks_a_rule_is_refused_and_the_example_is_one_of_a_site(there, run):
    play = next(play for play in plays(ROOT / "roles" / "prisma_access" / "README.md") if play["hosts"] == "localhost")
    play["module_defaults"]["group/tunnelsmith.panos_vpn.cloud"]["scm"].update(client_id=ACCOUNT, client_secret=SECRET)
    play["vars"] = {"vault_lyon_first_key": KEYS["lyon-1"]}
    refused = run(playbook=[play])
    assert "there is no termination node europe-central-lime" in refused.failures()[0].message
    there.cloud.tenant.bandwidth["europe-central"] = {"name": "europe-central", "allocated_bandwidth": 500, "spn_name_list": ["europe-central-lime"]}
    done = run(playbook=[play])
    assert done.status == 0, done.output


def test_the_stand_in_says_how_it_is_reached(playbooks, tmp_path):
    """As the guide starts it, with the environment that it prints."""
    started = "import runpy, sys; sys.path.insert(0, sys.argv.pop(1)); import conftest; runpy.run_module(sys.argv.pop(1), run_name='__main__')"
    module = "ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud.strata"
    with subprocess.Popen([sys.executable, "-c", started, str(ROOT / "tests"), module], stdout=subprocess.PIPE, text=True) as process:
        try:
            printed = [process.stdout.readline() for dummy in range(7)]
            environment = dict(line.removeprefix("export ").rstrip().replace("'", "").split("=", 1) for line in printed if line.startswith("export "))
            play = [{"hosts": "localhost", "gather_facts": False, "tasks": [{"tunnelsmith.panos_vpn.prisma_access_cloud_info": {
                "insights_url": environment["SCM_BASE_URL"]}}]}]
            told = playbooks.run(None, play, inventory=NOBODY, environment=environment)
        finally:
            process.terminate()
    assert told.status == 0, told.output
    assert told.of("prisma_access_cloud_info")[0].result["vpns"] == []
