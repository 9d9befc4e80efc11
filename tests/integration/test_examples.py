# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The examples that users copy: those of the README files, of the example inventory, and the role reading AWS itself."""

from __future__ import annotations

import json
import re
import shlex
import shutil

import pytest
import yaml

from ansible_collections.tunnelsmith.panos_vpn.tests.integration.back_to_start import bare
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.connections import BGP, CONNECTIONS, IDS, STATIC, commits, paired, writes
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.playbook_run import ROOT, access, pairing, play
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.given_and_told import provider_of

README = ROOT / "README.md"
ROLE_README = ROOT / "roles" / "aws_pairing" / "README.md"

# amazon.aws.ec2_vpc_vpn_info as far as the role knows it. AWS answers for any connection in the file beside it.
AMAZON_MODULE = '''
import json, pathlib
from ansible.module_utils.basic import AnsibleModule

module = AnsibleModule({"vpn_connection_ids": {"type": "list", "elements": "str"}}, supports_check_mode=True)
known = json.loads(pathlib.Path(%r).read_text())
wanted = module.params["vpn_connection_ids"]
if not set(wanted) <= set(known):
    module.fail_json(msg="The vpnConnection ID '%%s' does not exist" %% wanted[0])
module.exit_json(changed=False, vpn_connections=[known[name] for name in wanted])
'''


@pytest.fixture
def amazon(tmp_path):
    """A folder with a stand-in for the collection amazon.aws, which knows our two connections by any id that is asked for."""
    def collection(**connections):
        modules = tmp_path / "amazon" / "ansible_collections" / "amazon" / "aws" / "plugins" / "modules"
        modules.mkdir(parents=True)
        known = {name: json.loads(file.read_text(encoding="utf-8").replace(own, name))["VpnConnections"][0] for name, (file, own) in connections.items()}
        (tmp_path / "known.json").write_text(json.dumps(known), encoding="utf-8")
        (modules / "ec2_vpc_vpn_info.py").write_text(AMAZON_MODULE % str(tmp_path / "known.json"), encoding="utf-8")
        return tmp_path / "amazon"
    return collection


def plays(path) -> list:
    """The plays in a README's examples."""
    blocks = [yaml.safe_load(block) for block in re.findall(r"^```yaml\n(.*?)^```$", path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)]
    return [found for block in blocks if isinstance(block, list) for found in block if "hosts" in found]


def inventory(firewall) -> dict:
    """An inventory as the examples expect it."""
    return {"firewalls": {"hosts": {"fw1": {"ansible_host": firewall.host, "vault_panos_api_key": firewall.api_key, "aws_pairing_commit_poll": 0.05}}, "vars": {
        "ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}}}


@pytest.mark.parametrize("path", [README, ROLE_README], ids=["collection", "role"])
def test_the_plays_of_a_readme_run(playbooks, firewall, path):
    found = plays(path)
    assert found
    start = firewall.control.candidate()
    for example in found:
        # The collection's README gives address and key in the play.
        environment = {key: value for key, value in access(firewall).items() if path == ROLE_README or key in ("PANOS_PORT", "PANOS_CA_PATH")}
        run = playbooks.run(firewall, [example], inventory=inventory(firewall), environment=environment, files={
            "connection.json": STATIC, "connection_bgp.json": BGP})
        assert run.status == 0, run.output
        assert run.changed() == ["site_to_site_vpn"]
    assert bare(firewall.control.candidate()) == bare(firewall.control.running()) != bare(start)


def test_the_commands_of_the_readme_run_on_the_example_inventory(playbooks, firewalls, amazon):
    example = ROOT / "inventories" / "example"
    hosts = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted((example / "host_vars").glob("*.yml"))}
    started = {name: firewalls(name=name) for name in hosts}
    collections = amazon(**{variables["aws_pairing_connection_id"]: (CONNECTIONS[variables["aws_pairing_failover"]], IDS[variables["aws_pairing_failover"]])
                            for variables in hosts.values()})
    lines = README.read_text(encoding="utf-8").splitlines()
    commands = [shlex.split(line) for line in lines if line.startswith("ansible-playbook ") and " -i inventory" in line]
    assert len(commands) == 2
    for _program, playbook, option, _folder, *arguments in commands:
        assert option == "-i"
        run = playbooks.run(None, playbook, *arguments, inventory=example, collections=collections, environment={}, variables={
            # In place of the addresses of the example.
            "panos_provider": "{{ ours[inventory_hostname] }}", "aws_pairing_commit_poll": 0.05,
            "ours": {name: provider_of(firewall) for name, firewall in started.items()}})
        assert run.status == 0, run.output
        assert len(run.of("site_to_site_vpn")) == len(hosts)
    for name, variables in hosts.items():
        assert variables["aws_pairing_connection_id"] in started[name].control.running()


def test_the_role_reads_aws_by_the_connection_s_id(playbooks, firewall, amazon):
    variables = {key: value for key, value in paired("pbf").items() if key != "aws_pairing_connection"}
    collections = amazon(**{IDS["pbf"]: (STATIC, IDS["pbf"])})
    run = playbooks.run(firewall, play(pairing(**variables, aws_pairing_connection_id=IDS["pbf"])), "-vvvv", collections=collections)
    assert run.status == 0, run.output
    assert "notReal" not in run.everything()
    assert len(commits(firewall)) == 1

    failed = playbooks.run(firewall, play(pairing(**variables, aws_pairing_connection_id="vpn-0bbb")), collections=collections)
    assert "vpn-0bbb cannot be read from AWS: The vpnConnection ID 'vpn-0bbb' does not exist" in failed.failures()[-1].message
    assert len(writes(firewall)) == 1
    shutil.rmtree(collections)
