# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import pathlib

from unittest import mock

import pytest
import yaml

from ansible.errors import AnsibleFilterError
from ansible.parsing.dataloader import DataLoader

from ansible_collections.tunnelsmith.panos_vpn.plugins.filter import aws_vpn_connection as plugin
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import proposal

FILES = pathlib.Path(__file__).resolve().parents[4] / "playbooks" / "files"
TEXT = (FILES / "connection_static.json").read_text(encoding="utf-8")
READ = plugin.FilterModule().filters()["aws_vpn_connection"]


def test_arguments_may_be_text_as_templates_give_them():
    result = READ(TEXT, "vpn-0a1d7f3c52e9b8046", panos_version="11.1.4-h2", outside_mtu="1460", nat_traversal="yes", exactly_two="true")
    assert result["tunnels"][0]["mtu"] == 1398


@pytest.mark.parametrize("unset", [None, ""], ids=["null", "empty"])
def test_unset_arguments_are_like_absent_ones(unset):
    assert READ(TEXT, unset, panos_version=unset, nat_traversal=unset) == READ(TEXT)


@pytest.mark.parametrize(
    "document, arguments, words",
    [
        (TEXT, {"connection_id": "vpn-0bbb"}, "vpn-0bbb"),
        (TEXT.replace("available", "pending"), {}, "is pending"),
        (TEXT.replace('"State"', "State"), {}, "not JSON"),
        (TEXT, {"outside_mtu": "large"}, "outside_mtu is a number"),
        (TEXT, {"exactly_two": "perhaps"}, "exactly_two are true or false"),
    ],
    ids=["no such connection", "not available", "not JSON", "MTU that is no number", "flag that is none"],
)
def test_refusals_are_filter_errors_without_a_key(document, arguments, words):
    with pytest.raises(AnsibleFilterError, match=words) as caught:
        READ(document, **arguments)
    assert "notReal" not in str(caught.value)


def test_warnings_of_the_result_are_shown():
    document = json.loads(TEXT)
    document["VpnConnections"][0]["GatewayAssociationState"] = "not-associated"
    with mock.patch.object(plugin, "Display") as display:
        result = READ(document)
    (warning,) = result["warnings"]
    display.return_value.warning.assert_called_once_with(warning)


def test_what_ansible_read_gives_plain_values():
    """Strings that Ansible has read are of types of its own; what comes back must be plain and new."""
    described = DataLoader().load(TEXT)
    result = READ(described)
    assert result == READ(TEXT)

    def walk(value):
        assert value is None or value.__class__ in (dict, list, str, int, bool)
        for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            walk(item)

    walk(result)


def test_the_documentation_prints_the_order_that_is_used():
    described = " ".join(yaml.safe_load(plugin.DOCUMENTATION)["description"])
    for order in (proposal.IKE_VERSIONS, proposal.IKE_ENCRYPTION, proposal.HASH, proposal.DH_GROUP, proposal.ESP_ENCRYPTION):
        assert ": " + ", ".join(order) in described


def test_the_documentation_names_all_that_is_returned():
    documented = yaml.safe_load(plugin.RETURN)["_value"]["contains"]
    result = READ((FILES / "connection_bgp.json").read_text(encoding="utf-8"))
    for told, entries in ((result, documented), (result["tunnels"][0], documented["tunnels"]["contains"])):
        optional = {name for name, entry in entries.items() if "returned" in entry}
        assert set(entries) - optional <= set(told) <= set(entries)
