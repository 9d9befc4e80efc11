# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook config_export: a file for each firewall, which changes nothing when it is applied."""

from __future__ import annotations

import yaml

from ansible_collections.tunnelsmith.panos_vpn.tests.integration.playbook_run import play

EXPORT = "tunnelsmith.panos_vpn.config_export"


def test_a_file_that_is_applied_again_changes_nothing(playbooks, paired_firewall, tmp_path):
    folder, start = tmp_path / "out", paired_firewall.control.candidate()
    checked = playbooks.run(paired_firewall, EXPORT, "--check", variables={"config_export_path": str(folder)})
    assert (checked.status, folder.exists()) == (0, False), checked.output
    run = playbooks.run(paired_firewall, EXPORT, variables={"config_export_path": str(folder)})
    assert run.status == 0, run.output
    file, = folder.iterdir()
    text = file.read_text(encoding="utf-8")
    items = yaml.safe_load(text)["config_export_items"]
    assert {name for item in items for name in item} >= {"ike_gateway", "ipsec_tunnel", "pbf_rule", "static_route", "zone"}
    assert "ike_gateway 'branch-7'" in text.split("config_export_items")[0] and "-AQ==" not in text
    assert file.stat().st_mode & 0o077 == 0
    apply = {"name": "Apply the file", "tunnelsmith.panos_vpn.transaction": {
        "items": "{{ (lookup('ansible.builtin.file', '" + str(file) + "') | from_yaml).config_export_items }}"}}
    again = playbooks.run(paired_firewall, play(apply))
    assert again.status == 0, again.output
    assert (again.changed(), paired_firewall.control.candidate()) == ([], start)
    one = playbooks.run(paired_firewall, EXPORT, variables={"config_export_path": str(folder), "config_export_resources": ["zone"]})
    assert one.status == 0, one.output
    assert {name for item in yaml.safe_load(file.read_text(encoding="utf-8"))["config_export_items"] for name in item} == {"zone"}
