# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What all filters that make a profile have in common; what each cloud says is tested with its reader."""

from __future__ import annotations

import importlib
import inspect
import pathlib
import subprocess
import sys
from unittest import mock

import pytest
import yaml
from ansible.errors import AnsibleFilterError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.tunnelsmith.panos_vpn.plugins.filter import (
    azure_vpn_connection, gcp_ha_vpn, harmony_sase_tunnel, terraform_vpn, zstack_ipsec_tunnel,
)
from ansible_collections.tunnelsmith.panos_vpn.plugins.plugin_utils import profile_filter
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers import readers
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.fields import argument_spec
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import Profile

TESTS = "ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.peers"
azure = importlib.import_module(f"{TESTS}.azure.test_azure_reader")
gcp = importlib.import_module(f"{TESTS}.gcp.test_gcp_reader")
zstack = importlib.import_module(f"{TESTS}.zstack.test_zstack_reader")
harmony = importlib.import_module(f"{TESTS}.harmony_sase.test_harmony_sase_reader")
aws = importlib.import_module(f"{TESTS}.aws.test_reader")

FILTERS = {
    "azure_vpn_connection": (azure_vpn_connection, azure.BUNDLE), "gcp_ha_vpn": (gcp_ha_vpn, gcp.BUNDLE),
    "zstack_ipsec_tunnel": (zstack_ipsec_tunnel, zstack.CONSOLE), "harmony_sase_tunnel": (harmony_sase_tunnel, harmony.SINGLE),
    "terraform_vpn": (terraform_vpn, gcp.terraform_show()),
}
each_filter = pytest.mark.parametrize("name", FILTERS)


def filter_of(name):
    plugin, document = FILTERS[name]
    return plugin.FilterModule().filters()[name], document, plugin


@each_filter
def test_arguments_may_be_text_as_templates_give_them(name):
    ask, document, _plugin = filter_of(name)
    with mock.patch.object(profile_filter, "Display"):
        sizes = [ask(document, panos_version="11.1.4-h2", outside_mtu="1300", nat_traversal=nat)["tunnels"][0]["mtu"] for nat in ("yes", "no")]
        assert sizes[0] <= sizes[1] < 1300
        assert ask(document, panos_version="", nat_traversal=None) == ask(document)


@each_filter
@pytest.mark.parametrize("arguments, words", [
    ({"outside_mtu": "large"}, "outside_mtu is a number"), ({"nat_traversal": "perhaps"}, "nat_traversal is true or false"),
    ({"panos_version": "new"}, "'new' is not a PAN-OS version"),
])
def test_wrong_arguments_are_filter_errors(name, arguments, words):
    ask, document, _plugin = filter_of(name)
    with pytest.raises(AnsibleFilterError, match=words):
        ask(document, **arguments)


@each_filter
def test_refusals_are_filter_errors(name):
    ask, _document, _plugin = filter_of(name)
    with pytest.raises(AnsibleFilterError):
        ask("{")


@each_filter
def test_warnings_are_shown(name):
    ask, _document, _plugin = filter_of(name)
    weak = {"azure_vpn_connection": azure.changed("connection", ipsecPolicies=[]), "gcp_ha_vpn": gcp.changed("tunnels.0", ikeVersion=1),
            "zstack_ipsec_tunnel": zstack.CONSOLE, "harmony_sase_tunnel": {**harmony.SINGLE, "integrity_phase_1": "sha1"}}
    weak["terraform_vpn"] = azure.terraform_show()
    for resource in weak["terraform_vpn"]["values"]["root_module"]["child_modules"][0]["resources"]:
        resource["values"].pop("ipsec_policy", None)
    with mock.patch.object(profile_filter, "Display") as display:
        result = ask(weak[name])
    assert result["warnings"] and [call.args[0] for call in display.return_value.warning.call_args_list] == result["warnings"]


@each_filter
def test_the_documentation_is_of_what_the_filter_takes_and_returns(name):
    ask, document, plugin = filter_of(name)
    documented = yaml.safe_load(plugin.DOCUMENTATION)
    taken = list(inspect.signature(ask).parameters.values())[1:]
    assert list(documented["options"]) == ["_input", *(each.name for each in taken)]
    assert documented["name"] == name
    for each in taken:
        assert documented["options"][each.name].get("default") == (None if each.default in (None, ()) else each.default)
    returned = yaml.safe_load(plugin.RETURN)["_value"]["contains"]
    with mock.patch.object(profile_filter, "Display"):
        result = ask(document)
    assert set(result) <= set(returned) and set(result["tunnels"][0]) <= set(returned["tunnels"]["contains"])


@each_filter
def test_the_module_takes_what_the_filter_returns(name):
    """None of it is something that nothing carries out."""
    ask, document, _plugin = filter_of(name)
    with mock.patch.object(profile_filter, "Display"):
        result = ask(document) if name != "azure_vpn_connection" else ask(document, inside_addresses=["169.254.21.1", "169.254.22.5"])
    assert ArgumentSpecValidator(argument_spec(Profile)).validate(result).error_messages == []


def test_azures_own_options():
    ask = azure_vpn_connection.azure_vpn_connection
    whole = {name: each for name, each in azure.BUNDLE.items() if name != "local"}
    found = ask(whole, local_as="65010", inside_addresses=["169.254.21.1", "169.254.22.5"])
    assert [each["bgp"]["local_as"] for each in found["tunnels"]] == [65010, 65010]
    with pytest.raises(AnsibleFilterError, match="local_as is a number"):
        ask(whole, local_as="mine")
    with mock.patch.object(profile_filter, "Display"):
        policy = ask(azure.static(usePolicyBasedTrafficSelectors=True), networks=["10.50.0.0/16"])
        certified = ask(azure.changed("connection", **azure.CERTIFICATE), local_certificate="fw", certificate_profile="ca")
    assert len(policy["tunnels"][0]["selector_pairs"]) == 2
    assert certified["tunnels"][0]["certificate"]["certificate_profile"] == "ca"


def test_googles_own_options():
    with pytest.raises(AnsibleFilterError, match="no tunnel to the external gateway london"):
        gcp_ha_vpn.gcp_ha_vpn(gcp.BUNDLE, peer="london")


# -- Terraform --------------------------------------------------------------------------------------------------------

CLOUDS = {"aws": aws.terraform(aws.STATIC), "azure": azure.terraform_show(), "gcp": gcp.terraform_show()}


@pytest.mark.parametrize("cloud", CLOUDS)
def test_each_clouds_vpn_is_found(cloud):
    with mock.patch.object(profile_filter, "Display"):
        assert terraform_vpn.terraform_vpn(CLOUDS[cloud])["cloud"] == cloud
        assert terraform_vpn.terraform_vpn(list(CLOUDS.values()), cloud=cloud)["cloud"] == cloud


def test_every_cloud_whose_reader_knows_terraform_is_tried_here():
    assert set(readers.readers()) == set(CLOUDS)


@pytest.mark.parametrize("document, arguments, words", [
    (list(CLOUDS.values()), {}, "VPNs of several clouds; say which: aws, azure, gcp"),
    ({"values": {}}, {}, "There is no VPN in Terraform's output; it is looked for as aws_vpn_connection, azurerm_virtual"),
    (CLOUDS["aws"], {"cloud": "gcp"}, "There is no VPN of gcp"), (CLOUDS["aws"], {"cloud": "mars"}, "there is no 'mars'; there are aws, azure, gcp"),
    (CLOUDS["azure"], {"connection_id": "other"}, "There is no connection other"), ("no JSON", {}, "Terraform's output is not JSON"),
])
def test_what_cannot_be_found_is_told(document, arguments, words):
    with pytest.raises(AnsibleFilterError, match=words):
        terraform_vpn.terraform_vpn(document, **arguments)


def test_loading_them_loads_no_reader():
    """Ansible loads every filter of a collection in every task that uses one of them."""
    names = [*FILTERS, "peer_sheet"]
    code = "import runpy, sys; runpy.run_path(sys.argv[1]); import importlib; " \
           "[importlib.import_module(f'ansible_collections.tunnelsmith.panos_vpn.plugins.filter.{name}') for name in sys.argv[2:]]; " \
           "print([name for name in sys.modules if 'panos_vpn.plugins' in name and '.filter' not in name and name.count('.') > 3])"
    conftest = pathlib.Path(__file__).resolve().parents[3] / "conftest.py"
    done = subprocess.run([sys.executable, "-c", code, str(conftest), *names], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"
