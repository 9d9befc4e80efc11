# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plays of the documentation's guides, as a reader would run them, one guide after the other each on a firewall of its own."""

from __future__ import annotations

import json
import re
import shutil
import textwrap

import pytest
import yaml

from ansible_collections.tunnelsmith.panos_vpn.tests.integration.connections import BGP, STATIC
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.playbook_run import ROOT, access
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud.strata.server import ACCOUNT, TOKEN_PATHS, Cloud, running
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.peers.azure import test_azure_reader as azure
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.peers.gcp import test_gcp_reader as google
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.given_and_told import provider_of

PAGES = ROOT / "docs" / "docsite" / "rst"
BLOCK = re.compile(r"^\.\. code-block:: yaml\n\n((?:   .*\n|\n)+)", re.MULTILINE)
SECRETS = {"vault_google_key": "notReal.google-key", "vault_zstack_key": "notReal.zstack-key", "vault_hub_key": "notReal.hub-key",
           "vault_lyon_key": "notReal.lyon-key", "vault_atlanta_first_key": "notReal.atlanta-1", "vault_atlanta_second_key": "notReal.atlanta-2"}
# What clouds print; the firewall is known there by the address and the AS number that it has.
OUTPUTS = {"azure.json": json.dumps(azure.BUNDLE), "google.json": json.dumps(google.BUNDLE).replace("192.0.2.10", "198.51.100.10").replace("65000", "65010")}


def blocks(page) -> list:
    return [yaml.safe_load(textwrap.dedent(block)) for block in BLOCK.findall(page.read_text(encoding="utf-8"))]


def plays(page) -> list:
    return [found for block in blocks(page) if isinstance(block, list) for found in block if "hosts" in found]


GUIDES = {page.stem: plays(page) for page in sorted(PAGES.glob("*.rst")) if plays(page)}


@pytest.fixture(name="tenant")
def fixture_tenant(tmp_path):
    """The environment that leads to a tenant of Strata Cloud Manager."""
    with running(Cloud(), tmp_path) as there:
        account = there.cloud.accounts[ACCOUNT]
        yield {"SCM_BASE_URL": there.url, "SCM_TOKEN_URL": f"{there.url}{TOKEN_PATHS[0]}", "SCM_CA_PATH": str(there.ca_path), "SCM_CLIENT_ID": ACCOUNT,
               "SCM_CLIENT_SECRET": account.secret, "SCM_TSG_ID": account.tenant}


@pytest.mark.parametrize("guide", GUIDES)
def test_the_plays_of_a_guide_run(playbooks, firewalls, guide, tenant, tmp_path):
    device = firewalls(model="panorama") if guide == "panorama" else firewalls()
    panorama = firewalls(model="panorama", config="prisma") if guide == "prisma_access" else device
    if guide == "panorama":
        device.manage(firewalls(name="fw1"), "branch-stack", "branches")
    environment = tenant if guide == "prisma_access" else {}
    if guide == "ha_pairs":
        other = firewalls(name="fw1-peer")
        device.pair_with(other)
        environment = {**access(device), "PANOS_HA_PEER": f"127.0.0.1:{other.port}"}
    here = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    groups = {group: {"hosts": {"fw1" if one is device else "pano1": {"panos_provider": provider_of(one), **here}}} for group, one in (
        ("firewalls", device), ("panorama", panorama))}
    files = {"connection_static.json": STATIC, "connection_bgp.json": BGP, **{name: tmp_path / name for name in OUTPUTS}}
    for name, text in OUTPUTS.items():
        files[name].write_text(text, encoding="utf-8")
    run = playbooks.run(device, GUIDES[guide], inventory=groups, environment=environment,
                        variables={**SECRETS, "aws_pairing_commit_poll": 0.05}, files=files)
    assert run.status == 0, run.output
    assert run.changed()
    assert "virtual-router configuration" not in run.output
    assert not [key for key in (*SECRETS.values(), azure.KEY) if key in run.everything()]


def test_the_first_five_minutes(playbooks, firewall, tmp_path):
    page = PAGES / "getting_started.rst"
    folder = tmp_path / "newcomer"
    (folder / "firewall").mkdir(parents=True)
    (folder / "firewall" / "provider.json").write_text(json.dumps(provider_of(firewall)), encoding="utf-8")
    shutil.copyfile(STATIC, folder / "connection.json")
    (folder / "inventory.yml").write_text(yaml.safe_dump(next(block for block in blocks(page) if "firewalls" in block)), encoding="utf-8")
    commands = [line.split()[2:] for line in textwrap.dedent(page.read_text(encoding="utf-8")).splitlines() if "-i inventory.yml" in line]
    changed = []
    for number, arguments in enumerate(commands):
        # No commands of the page: that the second one is run again, and a short wait for jobs.
        for dummy in range(2 if number == 1 else 1):
            options = arguments[arguments.index("inventory.yml") + 1:]
            run = playbooks.run(firewall, "tunnelsmith.panos_vpn.aws_pairing", *options, inventory=folder / "inventory.yml", environment={},
                                variables={"aws_pairing_commit_poll": 0.05})
            assert run.status == 0, run.output
            changed.append(bool(run.changed()))
    assert changed == [True, True, False, True]
