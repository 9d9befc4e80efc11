# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which hosts a playbook is for. A run for none of them is no success."""

from __future__ import annotations

import pytest
from ansible import context
from ansible.errors import AnsibleError
from ansible.module_utils.common.collections import ImmutableDict
from ansible.parsing.dataloader import DataLoader

from ansible_collections.tunnelsmith.panos_vpn.plugins.lookup import firewalls

GROUPS = {"all": ["fw1", "fw2", "web1"], "ungrouped": [], "branches": ["fw1", "fw2"]}


def meant(pattern: str, groups: dict, **variables) -> list:
    return firewalls.LookupModule(loader=DataLoader()).run([pattern], variables={"groups": groups, **variables}, variable="vpn_verify_hosts")


@pytest.mark.parametrize("pattern", ["", "all"])
def test_an_inventory_without_a_host_is_refused(pattern):
    """As where its file has another name: Ansible warns, runs nothing, and ends well."""
    with pytest.raises(AnsibleError, match="the inventory has no hosts.*-i inventory.yml"):
        meant(pattern, {"all": [], "ungrouped": []})


@pytest.mark.parametrize("option", ["syntax", "listhosts", "listtasks", "listtags"])
def test_what_runs_nothing_needs_none(option, monkeypatch):
    monkeypatch.setattr(context, "CLIARGS", ImmutableDict({option: True}))
    assert meant("", {"all": [], "ungrouped": []}) == []


def test_of_several_hosts_one_has_to_say_which():
    with pytest.raises(AnsibleError, match="3 hosts.*vpn_verify_hosts=GROUP.*groups are branches"):
        meant("", GROUPS)
    assert meant("branches", GROUPS) == meant("", GROUPS, ansible_limit="branches") == ["fw1", "fw2"]
