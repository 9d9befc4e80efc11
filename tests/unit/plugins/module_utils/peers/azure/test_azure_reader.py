# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import copy
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers import problems
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.azure import reader, template as templates
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.azure.reader import Ours
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.fields import plain, read
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import Profile
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.rules import rules_of
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.fit import fitted
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.peers import spoiling

KEY = "notReal.azure.key"
BASE = "/subscriptions/0000/resourceGroups/hub/providers/Microsoft.Network"
CONFIGURATIONS = [f"{BASE}/virtualNetworkGateways/hub/ipConfigurations/{name}" for name in ("default", "active")]
POLICY = {"dhGroup": "ECP384", "ikeEncryption": "AES256", "ikeIntegrity": "SHA384", "ipsecEncryption": "GCMAES256", "ipsecIntegrity": "GCMAES256",
          "pfsGroup": "ECP384", "saDataSizeKilobytes": 102400000, "saLifeTimeSeconds": 14400}


def resource(kind, name, properties):
    """As REST has it."""
    return {"name": name, "id": f"{BASE}/{kind}/{name}", "type": f"Microsoft.Network/{kind}", "location": "westeurope",
            "properties": {"provisioningState": "Succeeded", **properties}}


GATEWAY = resource("virtualNetworkGateways", "hub", {
    "gatewayType": "Vpn", "vpnType": "RouteBased", "activeActive": True, "enableBgp": True,
    "ipConfigurations": [{"name": name, "id": identity, "properties": {"publicIPAddress": {"id": f"{BASE}/publicIPAddresses/{name}-ip"}}}
                         for name, identity in zip(("default", "active"), CONFIGURATIONS)],
    "bgpSettings": {"asn": 65515, "bgpPeeringAddress": "10.1.1.4,10.1.1.5", "peerWeight": 0, "bgpPeeringAddresses": [
        {"ipconfigurationId": CONFIGURATIONS[0], "defaultBgpIpAddresses": ["10.1.1.4"], "customBgpIpAddresses": ["169.254.21.2"],
         "tunnelIpAddresses": ["203.0.113.50"]},
        {"ipconfigurationId": CONFIGURATIONS[1], "defaultBgpIpAddresses": ["10.1.1.5"], "customBgpIpAddresses": ["169.254.21.6", "169.254.22.6"],
         "tunnelIpAddresses": ["203.0.113.51"]}]}})
CONNECTION = resource("connections", "to-paris", {
    "virtualNetworkGateway1": {"id": f"{BASE}/virtualNetworkGateways/hub", "properties": {}},
    "localNetworkGateway2": {"id": f"{BASE}/localNetworkGateways/paris", "properties": {}},
    "connectionType": "IPsec", "connectionProtocol": "IKEv2", "connectionMode": "Default", "dpdTimeoutSeconds": 45, "enableBgp": True,
    "gatewayCustomBgpIpAddresses": [{"ipConfigurationId": CONFIGURATIONS[1], "customBgpIpAddress": "169.254.22.6"},
                                    {"ipConfigurationId": CONFIGURATIONS[0], "customBgpIpAddress": "169.254.21.2"}],
    "useLocalAzureIpAddress": False, "usePolicyBasedTrafficSelectors": False, "ipsecPolicies": [POLICY], "trafficSelectorPolicies": [],
    "connectionStatus": "Connected"})
LOCAL = resource("localNetworkGateways", "paris", {
    "gatewayIpAddress": "198.51.100.10", "localNetworkAddressSpace": {"addressPrefixes": ["10.10.0.0/24", "10.11.0.0/24"]},
    "bgpSettings": {"asn": 65010, "bgpPeeringAddress": "169.254.21.1", "peerWeight": 0}})
NETWORK = resource("virtualNetworks", "hub-net", {"addressSpace": {"addressPrefixes": ["10.50.0.0/16", "10.51.0.0/16"]}})
SECRET = {"value": KEY}
BUNDLE = {"gateway": GATEWAY, "connection": CONNECTION, "local": LOCAL, "key": SECRET}
OURS = Ours(inside_addresses=("169.254.21.1", "169.254.22.5"))


def changed(place, **properties):
    """The bundle with other properties of one resource."""
    whole = copy.deepcopy(BUNDLE)
    whole[place]["properties"].update(properties)
    return whole


def static(**properties):
    return changed("connection", enableBgp=False, gatewayCustomBgpIpAddresses=[], **properties)


def policy(**changes):
    return changed("connection", ipsecPolicies=[{**POLICY, **changes}])


def one_instance():
    """Active-standby: one address, one configuration."""
    entry = GATEWAY["properties"]["bgpSettings"]["bgpPeeringAddresses"][0]
    return changed("gateway", activeActive=False, bgpSettings={"asn": 65515, "bgpPeeringAddresses": [entry]})


def profile_of(document, connection_id=None, ours=OURS, **more):
    return plain(fitted(reader.vpn_connection(document, connection_id, ours), **more))


def refusal(document, *arguments, **more):
    with pytest.raises(InvalidInput) as refused:
        profile_of(document, *arguments, **more)
    assert KEY not in str(refused.value)
    return str(refused.value)


def flat(value):
    """As the command line prints it: without C(properties)."""
    if isinstance(value, dict):
        whole = {**value, **value["properties"]} if isinstance(value.get("properties"), dict) else value
        return {key: flat(item) for key, item in whole.items() if key != "properties"}
    return [flat(item) for item in value] if isinstance(value, list) else value


def terraform_values():
    gateway, connection, local = (flat(BUNDLE[name]) for name in ("gateway", "connection", "local"))
    peering = [{"ip_configuration_name": entry["ipconfigurationId"].rpartition("/")[2], "apipa_addresses": entry["customBgpIpAddresses"],
                "default_addresses": entry["defaultBgpIpAddresses"], "tunnel_ip_addresses": entry["tunnelIpAddresses"]}
               for entry in gateway["bgpSettings"]["bgpPeeringAddresses"]]
    names = {"saLifeTimeSeconds": "sa_lifetime", "saDataSizeKilobytes": "sa_datasize"}
    return {
        "azurerm_virtual_network_gateway": {
            "id": gateway["id"], "name": "hub", "type": "Vpn", "vpn_type": "RouteBased", "active_active": True, "enable_bgp": True,
            "bgp_settings": [{"asn": 65515, "peer_weight": 0, "peering_addresses": peering}],
            "ip_configuration": [{"name": name, "public_ip_address_id": f"{BASE}/publicIPAddresses/{name}-ip"} for name in ("default", "active")]},
        "azurerm_virtual_network_gateway_connection": {
            "id": connection["id"], "name": "to-paris", "type": "IPsec", "connection_protocol": "IKEv2", "connection_mode": "Default",
            "dpd_timeout_seconds": 45, "bgp_enabled": True, "shared_key": KEY, "virtual_network_gateway_id": gateway["id"],
            "local_network_gateway_id": local["id"], "peer_virtual_network_gateway_id": "", "use_policy_based_traffic_selectors": False,
            "custom_bgp_addresses": [{"primary": "169.254.21.2", "secondary": "169.254.22.6"}], "local_azure_ip_address_enabled": False,
            "ipsec_policy": [{names.get(key, spoiling.snake(key)): value for key, value in POLICY.items()}], "traffic_selector_policy": []},
        "azurerm_local_network_gateway": {
            "id": local["id"], "name": "paris", "gateway_address": "198.51.100.10", "gateway_fqdn": "", "address_space": ["10.10.0.0/24", "10.11.0.0/24"],
            "bgp_settings": [{"asn": 65010, "bgp_peering_address": "169.254.21.1", "peer_weight": 0}]},
        "azurerm_key_vault_secret": {"id": "x", "name": "connections", "value": "notReal.somebody.elses"},
    }


def terraform_show():
    resources = [{"address": f"{kind}.x", "mode": "managed", "type": kind, "name": "x", "values": values} for kind, values in terraform_values().items()]
    return {"format_version": "1.0", "values": {"root_module": {"resources": resources[:1], "child_modules": [{"resources": resources[1:]}]}}}


def terraform_state():
    return {"version": 4, "resources": [{"mode": "managed", "type": kind, "instances": [{"attributes": values}]}
                                        for kind, values in terraform_values().items()]}


def terraform_plan():
    was = json.loads(json.dumps(terraform_show()["values"]).replace("203.0.113.", "203.0.112."))
    changes = [{"type": kind, "change": {"before": {**values, "name": "before"}, "after": values}} for kind, values in terraform_values().items()]
    return {"planned_values": terraform_show()["values"], "prior_state": {"values": was}, "resource_changes": changes}


def template():
    """As an export has it: names are parameters, references are expressions, and what Azure assigned is in the public addresses only."""
    gateway, connection, local = (copy.deepcopy(BUNDLE[name]) for name in ("gateway", "connection", "local"))
    for found, name in ((gateway, "hub"), (connection, "paris"), (local, "local")):
        del found["id"]
        found["name"] = f"[parameters('{name}_name')]"
        found["apiVersion"] = "2023-09-01"
    mine = "resourceId('Microsoft.Network/virtualNetworkGateways', parameters('hub_name'))"
    configurations = [f"[concat({mine}, '/ipConfigurations/{name}')]" for name in ("default", "active")]
    for entry, configuration in zip(gateway["properties"]["bgpSettings"]["bgpPeeringAddresses"], configurations):
        del entry["tunnelIpAddresses"]
        entry["ipconfigurationId"] = configuration
    for entry, configuration in zip(gateway["properties"]["ipConfigurations"], configurations):
        entry["id"] = configuration
        entry["properties"]["publicIPAddress"] = {"id": f"[resourceId('Microsoft.Network/publicIPAddresses', parameters('{entry['name']}_ip'))]"}
    for entry, configuration in zip(connection["properties"]["gatewayCustomBgpIpAddresses"], reversed(configurations)):
        entry["ipConfigurationId"] = configuration
    connection["properties"].update(
        virtualNetworkGateway1={"id": f"[{mine}]"}, sharedKey="[parameters('paris_sharedKey')]",
        localNetworkGateway2={"id": "[resourceId('Microsoft.Network/localNetworkGateways', variables('local'))]"})
    addresses = [{"type": "Microsoft.Network/publicIPAddresses", "name": f"[parameters('{name}_ip')]",
                  "properties": {"ipAddress": address, "publicIPAllocationMethod": "Static"}}
                 for name, address in (("default", "203.0.113.50"), ("active", "203.0.113.51"))]
    parameters = {"hub_name": "hub", "paris_name": "to-paris", "local_name": "paris", "default_ip": "hub-default-ip", "active_ip": "hub-active-ip"}
    return {"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "contentVersion": "1.0.0.0",
            "parameters": {**{name: {"defaultValue": value, "type": "String"} for name, value in parameters.items()},
                           "paris_sharedKey": {"type": "SecureString", "defaultValue": None}},
            "variables": {"local": "[parameters('local_name')]"}, "resources": [*addresses, gateway, connection, local]}


def powershell():
    """Az.Network's objects: their own capitals, and no C(properties)."""
    return [spoiling.respelled(flat(BUNDLE[name]), spoiling.pascal) for name in ("gateway", "connection", "local")]


WAYS = {
    "JSON": json.dumps(BUNDLE),
    "a list of texts": [json.dumps(each) for each in BUNDLE.values()],
    "the command line": [flat(each) for each in BUNDLE.values()],
    "what a loop registered": [{"stdout": json.dumps(flat(each)), "rc": 0, "item": "x"} for each in BUNDLE.values()],
    "by names": {"vnet_gateway": json.dumps(flat(GATEWAY)), "connection": json.dumps(flat(CONNECTION)), "local_gateway": flat(LOCAL), "shared_key": KEY},
    "lists of REST": [{"value": [GATEWAY]}, {"value": [CONNECTION]}, {"value": [LOCAL]}, SECRET],
    "azure_rm_resource_info": [{"changed": False, "response": [each]} for each in BUNDLE.values()],
    "PowerShell": [*powershell(), SECRET],
    "without types and IDs": [{key: value for key, value in flat(each).items() if key not in ("type", "id")}
                              for each in (GATEWAY, CONNECTION, LOCAL)] + [SECRET],
    "the key with its own ID": [GATEWAY, CONNECTION, LOCAL, {"value": "notReal.another", "id": f"{BASE}/connections/other/sharedKey"},
                                {"value": KEY, "id": f"{BASE}/connections/TO-PARIS/sharedKey"}],
    "names in other capitals": json.dumps(BUNDLE).replace("virtualNetworkGateways/hub\"", "virtualnetworkgateways/HUB\""),
    "terraform show": json.dumps(terraform_show()), "terraform's state": terraform_state(), "terraform's plan": terraform_plan(),
    "an exported template, and the key": [template(), SECRET],
}


def test_a_whole_profile():
    """Each instance is a tunnel, and its BGP address the one that the connection chooses, in whatever order."""
    result = profile_of(BUNDLE)
    first, second = result.pop("tunnels")
    first.pop("offers")
    assert first == {
        "outside_address": "203.0.113.50", "cloud": "azure", "customer_outside_address": "198.51.100.10", "dpd": {"interval": 15, "retry": 3},
        "inside_cidr": "169.254.21.0/30", "inside_address": "169.254.21.1", "inside_peer_address": "169.254.21.2", "pre_shared_key": KEY,
        "ike": {"version": "ikev2", "encryption": "aes-256-cbc", "hash": "sha384", "dh_group": "group20", "lifetime_seconds": 28800},
        "ipsec": {"encryption": "aes-256-gcm", "authentication": "none", "dh_group": "group20", "lifetime_seconds": 14400},
        "mtu": 1400, "path_mtu": 1400, "bgp": {"local_as": 65010, "peer_as": 65515, "hold_time": 180, "keep_alive": 60},
        "traffic_selectors": {"local": "0.0.0.0/0", "remote": "0.0.0.0/0"},
        "telemetry": {"status": "UP", "status_message": "Connected", "accepted_routes": None},
    }
    assert (second["outside_address"], second["inside_cidr"], second["inside_address"], second["inside_peer_address"]) == (
        "203.0.113.51", "169.254.22.4/30", "169.254.22.5", "169.254.22.6")
    assert result == {"id": "to-paris", "cloud": "azure", "state": "Succeeded", "routing": "bgp", "gateway": "routebased", "customer_gateway_id": "paris",
                      "acceleration": False, "static_routes": None, "warnings": []}


@pytest.mark.parametrize("document", WAYS.values(), ids=WAYS.keys())
def test_every_way_of_printing_says_the_same(document):
    result, expected = profile_of(document), profile_of(BUNDLE)
    for whole in (result, expected):
        del whole["state"]
        for found in whole["tunnels"]:
            found.pop("telemetry", None)
    assert result == expected


@pytest.mark.parametrize("keys, connections_own, taken", [
    ([{"value": "*****"}], KEY, KEY), ([{"value": "*****"}, SECRET], None, KEY), ([SECRET], "notReal.older", KEY), ([], KEY, KEY), ([], "<redacted>", None),
], ids=["masked in its call", "masked, and again", "both", "the connection's own", "masked"])
def test_the_key_is_the_first_that_can_be_read(keys, connections_own, taken):
    whole = changed("connection", sharedKey=connections_own)
    assert profile_of([whole["gateway"], whole["connection"], whole["local"], *keys])["tunnels"][0]["pre_shared_key"] == taken


def test_a_template_alone_has_no_key():
    (first, _second) = problems.key_problems("to-paris", read(Profile, profile_of(template()), "profile").tunnels)
    assert "no readable pre-shared key in Azure's output, which needs a call of its own (az network vpn-connection shared-key show)" in first


@pytest.mark.parametrize("expression, meant", [
    ("[parameters('a')]", "x"), ("[Parameters( 'A' )]", "x"), ("[variables('b')]", "x-y"), ("[concat(parameters('a'), '/', 'it''s')]", "x/it's"),
    ("[resourceId('T', 'N')]", "/N"), ("[resourceId('group', 'T', parameters('a'))]", "/x"), ("[reference('x').ip]", "[reference('x').ip]"),
    ("[parameters('unknown')]", "[parameters('unknown')]"), ("[variables('itself')]", "[variables('itself')]"), ("[[parameters('a')]", "[[parameters('a')]"),
    ("[concat('a'", "[concat('a'"), ("[concat('a']", "[concat('a']"), ("[]", "[]"), ("[first(1)]", "[first(1)]"),
])
def test_expressions_of_templates(expression, meant):
    whole = {"parameters": {"a": {"defaultvalue": "x"}}, "variables": {"b": "[concat(parameters('a'), '-y')]", "itself": "[variables('itself')]"},
             "resources": [{"name": expression}]}
    assert templates.resolved(whole)["resources"] == [{"name": meant}]


# -- BGP --------------------------------------------------------------------------------------------------------------


def test_without_a_choice_azure_speaks_from_its_own_subnet():
    """Which is no neighbour: the address needs a route of its own, and the session may be longer than one hop."""
    whole = changed("connection", gatewayCustomBgpIpAddresses=[])
    whole["local"]["properties"]["bgpSettings"]["bgpPeeringAddress"] = "10.10.255.1"
    found = profile_of(whole, ours=Ours())["tunnels"]
    assert [each["bgp"]["peer_address"] for each in found] == ["10.1.1.4", "10.1.1.5"]
    assert found[0]["bgp"] == {"local_as": 65010, "peer_as": 65515, "hold_time": 180, "keep_alive": 60, "peer_address": "10.1.1.4",
                               "local_address": "10.10.255.1", "multihop": 255, "host_route": True}
    assert not any("inside_cidr" in each for each in found)
    assert problems.problems(read(Profile, profile_of(whole, ours=Ours()), "profile"), "bgp") == []


def test_a_link_local_peer_makes_azure_speak_from_a_custom_address():
    """Without a choice in the connection; of several custom addresses from the one that is next to the peer's."""
    whole = changed("connection", gatewayCustomBgpIpAddresses=[])
    found = profile_of(whole, ours=Ours(inside_addresses=("169.254.21.1", "169.254.22.5")))["tunnels"]
    assert [each["inside_peer_address"] for each in found] == ["169.254.21.2", "169.254.22.6"]


def test_one_address_of_ours_for_both_instances():
    """The local network gateway has one: the other instance's session comes to it as well, and it is in one tunnel only."""
    first, second = profile_of(BUNDLE, ours=Ours())["tunnels"]
    assert first["inside_address"] == "169.254.21.1" and "peer_address" not in first["bgp"]
    assert "inside_address" not in second
    assert (second["bgp"]["peer_address"], second["bgp"]["local_address"]) == ("169.254.22.6", "169.254.21.1")


def test_without_the_local_network_gateway_the_other_host_is_taken_and_said():
    whole = {name: each for name, each in BUNDLE.items() if name != "local"}
    result = profile_of(whole, ours=Ours())
    assert [each["inside_address"] for each in result["tunnels"]] == ["169.254.21.1", "169.254.22.5"]
    assert "local_as" not in result["tunnels"][0]["bgp"]
    assert len(result["warnings"]) == 4 and "it is taken to be 169.254.21.1, the other host of 169.254.21.0/30" in result["warnings"][1]
    assert profile_of(whole, ours=Ours(65010, OURS.inside_addresses))["warnings"] == []
    assert profile_of(whole, ours=Ours(65010, OURS.inside_addresses))["tunnels"][0]["bgp"]["local_as"] == 65010


def test_an_output_that_does_not_say_which_address_is_a_guess_that_is_told():
    whole = copy.deepcopy(BUNDLE)
    del whole["connection"]["properties"]["gatewayCustomBgpIpAddresses"], whole["local"]
    result = profile_of(whole, ours=Ours(65010))
    assert result["tunnels"][0]["bgp"]["peer_address"] == "10.1.1.4"
    assert "does not say from which address Azure speaks BGP; 10.1.1.4 is taken and not 169.254.21.2" in result["warnings"][0]


def test_a_static_connection():
    result = profile_of(static())
    assert (result["routing"], result["static_routes"]) == ("static", ["10.10.0.0/24", "10.11.0.0/24"])
    assert not any("bgp" in each or "inside_cidr" in each for each in result["tunnels"])


def test_active_standby_has_one_tunnel():
    assert [each["outside_address"] for each in profile_of(one_instance())["tunnels"]] == ["203.0.113.50"]


def test_an_instance_that_is_only_configured_has_its_public_address():
    """Terraform's own settings, and gateways without BGP, have no BGP addresses of each configuration."""
    whole = static()
    whole["gateway"]["properties"]["bgpSettings"] = {"asn": 65515}
    addresses = [resource("publicIPAddresses", f"{name}-ip", {"ipAddress": address, "publicIPAllocationMethod": "Static"})
                 for name, address in (("default", "203.0.113.50"), ("active", "203.0.113.51"))]
    assert [each["outside_address"] for each in profile_of([whole, *addresses])["tunnels"]] == ["203.0.113.50", "203.0.113.51"]
    assert "instance default of its gateway hub names no public address" in refusal(whole)


def test_a_third_configuration_is_no_tunnel():
    whole = static()
    entry = copy.deepcopy(whole["gateway"]["properties"]["bgpSettings"]["bgpPeeringAddresses"][0])
    whole["gateway"]["properties"]["bgpSettings"]["bgpPeeringAddresses"].append(
        {**entry, "ipconfigurationId": CONFIGURATIONS[0].replace("default", "users"), "tunnelIpAddresses": ["203.0.113.52"]})
    assert [each["outside_address"] for each in profile_of(whole)["tunnels"]] == ["203.0.113.50", "203.0.113.51"]


def test_an_expanded_reference_describes_what_it_refers_to():
    """Lists of REST hold gateways within connections."""
    whole = copy.deepcopy(BUNDLE)
    whole["connection"]["properties"]["localNetworkGateway2"] = whole.pop("local")
    assert profile_of(whole) == profile_of(BUNDLE)


def test_private_addresses_where_the_connection_is_private():
    whole = changed("connection", useLocalAzureIpAddress=True)
    for number, entry in enumerate(whole["gateway"]["properties"]["bgpSettings"]["bgpPeeringAddresses"]):
        entry["tunnelIpAddresses"].append(f"10.1.1.1{number}")
    assert [each["outside_address"] for each in profile_of(whole)["tunnels"]] == ["10.1.1.10", "10.1.1.11"]
    whole["connection"]["properties"]["useLocalAzureIpAddress"] = False
    assert [each["outside_address"] for each in profile_of(whole)["tunnels"]] == ["203.0.113.50", "203.0.113.51"]


# -- algorithms -------------------------------------------------------------------------------------------------------


def test_without_a_policy_the_defaults_hold_and_are_called_weak():
    result = profile_of(changed("connection", ipsecPolicies=[]))
    first = result["tunnels"][0]
    assert first["ike"] == {"version": "ikev2", "encryption": "aes-256-cbc", "hash": "sha256", "dh_group": "group2", "lifetime_seconds": 28800}
    assert first["ipsec"] == {"encryption": "aes-256-gcm", "authentication": "none", "dh_group": "no-pfs", "lifetime_seconds": 27000}
    assert "set a custom policy on it" in result["warnings"][0] and len(result["warnings"]) == 5


def test_a_policy_based_gateway_is_ikev1():
    whole = changed("gateway", vpnType="PolicyBased", activeActive=False)
    whole["connection"]["properties"].update(ipsecPolicies=[], connectionProtocol=None, enableBgp=False)
    first = profile_of(whole)["tunnels"][0]
    assert first["ike"] == {"version": "ikev1", "encryption": "aes-256-cbc", "hash": "sha256", "dh_group": "group2", "lifetime_seconds": 28800}
    assert first["ipsec"] == {"encryption": "aes-256-cbc", "authentication": "sha256", "dh_group": "no-pfs", "lifetime_seconds": 3600}


@pytest.mark.parametrize("changes, phase, option, expected", [
    ({"dhGroup": "DHGroup1"}, "ike", "dh_group", "group1"), ({"dhGroup": "DHGroup2"}, "ike", "dh_group", "group2"),
    ({"dhGroup": "DHGroup14"}, "ike", "dh_group", "group14"), ({"dhGroup": "DHGroup2048"}, "ike", "dh_group", "group14"),
    ({"dhGroup": "ECP256"}, "ike", "dh_group", "group19"), ({"dhGroup": "ecp384"}, "ike", "dh_group", "group20"),
    ({"pfsGroup": "None"}, "ipsec", "dh_group", "no-pfs"), ({"pfsGroup": "PFS1"}, "ipsec", "dh_group", "group1"),
    ({"pfsGroup": "PFS2"}, "ipsec", "dh_group", "group2"), ({"pfsGroup": "PFS2048"}, "ipsec", "dh_group", "group14"),
    ({"pfsGroup": "PFS14"}, "ipsec", "dh_group", "group14"), ({"pfsGroup": "ECP256"}, "ipsec", "dh_group", "group19"),
    ({"ikeEncryption": "DES3"}, "ike", "encryption", "3des"), ({"ikeEncryption": "AES128"}, "ike", "encryption", "aes-128-cbc"),
    ({"ikeEncryption": "AES192"}, "ike", "encryption", "aes-192-cbc"), ({"ikeEncryption": "GCMAES128"}, "ike", "encryption", "aes-128-gcm"),
    ({"ikeIntegrity": "MD5"}, "ike", "hash", "md5"), ({"ikeIntegrity": "SHA1"}, "ike", "hash", "sha1"),
    ({"ikeEncryption": "GCMAES256", "ikeIntegrity": "GCMAES256"}, "ike", "hash", "non-auth"),
    ({"ikeEncryption": "GCMAES256", "ikeIntegrity": "SHA256"}, "ike", "hash", "sha256"),
    ({"ipsecEncryption": "GCMAES128", "ipsecIntegrity": "GCMAES128"}, "ipsec", "encryption", "aes-128-gcm"),
    ({"ipsecEncryption": "AES192", "ipsecIntegrity": "SHA256"}, "ipsec", "encryption", "aes-192-cbc"),
    ({"ipsecEncryption": "DES3", "ipsecIntegrity": "MD5"}, "ipsec", "authentication", "md5"),
    ({"ipsecEncryption": "AES256", "ipsecIntegrity": "SHA1"}, "ipsec", "authentication", "sha1"),
    ({"saLifeTimeSeconds": 300}, "ipsec", "lifetime_seconds", 300), ({"saLifeTimeSeconds": 0}, "ipsec", "lifetime_seconds", 27000),
])
def test_each_word_of_a_policy(changes, phase, option, expected):
    assert profile_of(policy(**changes))["tunnels"][0][phase][option] == expected


@pytest.mark.parametrize("changes, words", [
    ({"dhGroup": "DHGroup24"}, "dhGroup has only DHGroup24"), ({"dhGroup": "None"}, "dhGroup has only None"),
    ({"pfsGroup": "PFS24"}, "pfsGroup has only PFS24"), ({"pfsGroup": "PFSMM"}, "pfsGroup has only PFSMM"),
    ({"ikeEncryption": "DES"}, "ikeEncryption has only DES"), ({"ipsecEncryption": "DES", "ipsecIntegrity": "SHA1"}, "ipsecEncryption has only DES"),
    ({"ipsecEncryption": "GCMAES192", "ipsecIntegrity": "GCMAES192"}, "ipsecEncryption has only GCMAES192"),
    ({"ipsecEncryption": "None", "ipsecIntegrity": "SHA1"}, "ipsecEncryption has only None"),
    ({"ipsecIntegrity": "GCMAES128"}, "ipsecIntegrity GCMAES128 does not go with ipsecEncryption GCMAES256"),
    ({"ipsecEncryption": "AES256", "ipsecIntegrity": "GCMAES256"}, "ipsecIntegrity GCMAES256 does not go with ipsecEncryption AES256"),
    ({"ikeIntegrity": "GCMAES256"}, "no phase 1 hash in common"),
])
def test_what_no_panos_can_do_is_refused_in_azures_words(changes, words):
    said = refusal(policy(**changes))
    assert words in said and said.startswith("connection to-paris cannot be configured on PAN-OS") and said.endswith("in Azure.")


# -- what else a connection says --------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode, initiator", [("Default", None), ("InitiatorOnly", "peer"), ("ResponderOnly", "firewall"), (None, None)])
def test_who_begins(mode, initiator):
    assert profile_of(changed("connection", connectionMode=mode))["tunnels"][0].get("initiator") == initiator


@pytest.mark.parametrize("timeout, dpd", [(45, (15, 3)), (0, (15, 3)), (None, (15, 3)), (9, (3, 3)), (30, (10, 3)), (3600, (100, 36)), (7, (2, 3))])
def test_dead_peer_detection(timeout, dpd):
    found = profile_of(changed("connection", dpdTimeoutSeconds=timeout))["tunnels"][0]["dpd"]
    assert (found["interval"], found["retry"]) == dpd


PAIRS = [{"localAddressRanges": ["10.50.0.0/16"], "remoteAddressRanges": ["10.10.0.0/24", "10.11.0.0/24"]},
         {"localAddressRanges": ["10.51.0.0/16"], "remoteAddressRanges": ["10.10.0.0/24"]}]


def test_traffic_selectors_of_their_own_are_seen_from_here():
    found = profile_of(static(usePolicyBasedTrafficSelectors=True, trafficSelectorPolicies=PAIRS))["tunnels"][0]
    assert found["selector_pairs"] == [{"local": "10.10.0.0/24", "remote": "10.50.0.0/16"}, {"local": "10.11.0.0/24", "remote": "10.50.0.0/16"},
                                       {"local": "10.10.0.0/24", "remote": "10.51.0.0/16"}]
    assert "traffic_selectors" not in found


def test_policy_based_selectors_are_all_networks_of_both_sides():
    whole = static(usePolicyBasedTrafficSelectors=True)
    expected = [{"local": here, "remote": there} for here in ("10.10.0.0/24", "10.11.0.0/24") for there in ("10.50.0.0/16", "10.51.0.0/16")]
    assert profile_of({**whole, "network": NETWORK})["tunnels"][0]["selector_pairs"] == expected
    assert profile_of(whole, ours=Ours(networks=("10.50.0.0/16", "10.51.0.0/16")))["tunnels"][0]["selector_pairs"] == expected


CERTIFICATE = {"authenticationType": "Certificate", "certificateAuthentication": {
    "outboundAuthCertificate": "https://x", "inboundAuthCertificateChain": ["MIIC"], "inboundAuthCertificateSubjectName": "CN=fw.example.net"}}


def test_certificates_stand_instead_of_a_key():
    whole = changed("connection", **CERTIFICATE)
    result = profile_of(whole, ours=Ours(local_certificate="fw", certificate_profile="azure-ca"))
    assert result["tunnels"][0]["certificate"] == {"local_certificate": "fw", "certificate_profile": "azure-ca", "local_subject": "CN=fw.example.net",
                                                   "authorities": ["MIIC"]}
    assert problems.problems(read(Profile, result, "profile")) == []


def test_the_status_of_each_tunnel():
    told = [{"tunnel": "to-paris_203.0.113.51", "connectionStatus": "NotConnected"}, {"tunnel": "to-paris_203.0.113.50", "connectionStatus": "Connected"}]
    found = profile_of(changed("connection", tunnelConnectionStatus=told))["tunnels"]
    assert [each["telemetry"]["status"] for each in found] == ["UP", "DOWN"]
    assert found[1]["telemetry"]["status_message"] == "NotConnected"


@pytest.mark.parametrize("whole, words", [
    (changed("connection", ingressNatRules=[{"id": "x"}]), "has NAT rules"), (changed("local", fqdn="fw.example.net"), "by the name fw.example.net"),
])
def test_what_should_be_seen(whole, words):
    assert words in profile_of(whole)["warnings"][0]


def of_one_instance_less():
    whole = copy.deepcopy(BUNDLE)
    del whole["gateway"]["properties"]["bgpSettings"]["bgpPeeringAddresses"][1], whole["gateway"]["properties"]["ipConfigurations"][1]
    return whole


def with_one_address_less():
    whole = copy.deepcopy(BUNDLE)
    del whole["gateway"]["properties"]["bgpSettings"]["bgpPeeringAddresses"][1]
    return whole


def without_addresses():
    whole = copy.deepcopy(BUNDLE)
    for entry in whole["gateway"]["properties"]["bgpSettings"]["bgpPeeringAddresses"]:
        del entry["tunnelIpAddresses"]
    return whole


def with_the_same_address_twice():
    whole = copy.deepcopy(BUNDLE)
    whole["gateway"]["properties"]["bgpSettings"]["bgpPeeringAddresses"][1]["tunnelIpAddresses"] = ["203.0.113.50"]
    return whole


REFUSED = {
    "no connection": ([GATEWAY, LOCAL], ["There is no connection", "az network vpn-connection show"]),
    "nothing": ({}, ["There is no connection"]),
    "only the key": (SECRET, ["There is no connection"]),
    "no gateway": ([CONNECTION, LOCAL], ["to-paris: its gateway hub is not described", "az network vnet-gateway show"]),
    "another gateway": ([CONNECTION, {**GATEWAY, "name": "other", "id": "x/other"}], ["its gateway hub is not described; this output holds other"]),
    "two connections": ([BUNDLE, resource("connections", "to-rome", CONNECTION["properties"])], ["2 connections", "to-paris (Succeeded), to-rome"]),
    "one instance of an active-active gateway": (of_one_instance_less(), ["its gateway hub is active-active", "describes 1 of its instances"]),
    "one instance without its address": (with_one_address_less(), ["instance active of its gateway hub names no public address"]),
    "no public address": (without_addresses(), ["instance default of its gateway hub", "bgpPeeringAddresses.tunnelIpAddresses", "az network public-ip show"]),
    "the same address twice": (with_the_same_address_twice(), ["the same address 203.0.113.50"]),
    "no private address": (changed("connection", useLocalAzureIpAddress=True), ["instance default", "privateIPAddress"]),
    "a connection that is made now": (changed("connection", provisioningState="Updating"), ["to-paris is Updating", "Succeeded"]),
    "a gateway that failed": (changed("gateway", provisioningState="Failed"), ["its gateway hub is Failed"]),
    "between two virtual networks": (changed("connection", connectionType="Vnet2Vnet"), ["type Vnet2Vnet"]),
    "ExpressRoute": (changed("gateway", gatewayType="ExpressRoute"), ["its gateway hub is of the type ExpressRoute"]),
    "two policies": (changed("connection", ipsecPolicies=[POLICY, {**POLICY, "dhGroup": "ECP256"}]), ["2 IPsec policies (ipsecPolicies)"]),
    "a partial policy": (changed("connection", ipsecPolicies=[{"dhGroup": "ECP384"}]), ["its IPsec policy names no ikeEncryption"]),
    "certificates without names": (changed("connection", **CERTIFICATE), ["authenticates by certificate (CN=fw.example.net)", "local_certificate"]),
    "policy-based selectors without the network": (static(usePolicyBasedTrafficSelectors=True), ["policy-based traffic selectors", "az network vnet show"]),
    "selectors that are none": (static(trafficSelectorPolicies=[{"localAddressRanges": ["x"], "remoteAddressRanges": ["10.0.0.0/8"]}]), ["'x'", "no network"]),
    "text": ("hello", ["is not JSON or YAML", "az network"]),
    "broken JSON with a key": ('{"sharedKey": "' + KEY, ["is not JSON"]),
    "a number": (7, ["neither a mapping, a list nor a text"]),
}


@pytest.mark.parametrize("document, words", REFUSED.values(), ids=REFUSED.keys())
def test_refusals_name_the_connection_and_what_to_do(document, words):
    said = refusal(document)
    assert all(word in said for word in words), said


def test_certificates_without_a_chain_are_refused():
    whole = changed("connection", **{**CERTIFICATE, "certificateAuthentication": {"inboundAuthCertificateChain": []}})
    assert "inboundAuthCertificateChain is empty" in refusal(whole, ours=Ours(local_certificate="a", certificate_profile="b"))


def test_one_of_several_by_its_name_or_id():
    two = [BUNDLE, resource("connections", "to-rome", CONNECTION["properties"])]
    assert profile_of(two, "TO-PARIS") == profile_of(two, f"{BASE}/connections/to-paris") == profile_of(BUNDLE)
    assert refusal(two, "to-oslo") == "There is no connection to-oslo in this output; it holds to-paris (Succeeded), to-rome (Succeeded)."


@settings(deadline=None, max_examples=250)
@given(st.sampled_from(list(spoiling.places({**BUNDLE, "terraform": terraform_show(), "template": template()}))), st.sampled_from(spoiling.JUNK))
def test_no_wrong_value_anywhere_breaks_the_reader(path, junk):
    """It is read, or refused in words."""
    whole = {"terraform": {"terraform": terraform_show()}, "template": {"template": template()}}.get(path[0], BUNDLE)
    for document in (spoiling.spoiled(whole, path, junk), spoiling.without(whole, path)):
        try:
            assert read(Profile, profile_of(document), "profile")
        except InvalidInput as refused:
            assert KEY not in str(refused)


@pytest.mark.parametrize("key", ["a", "Abc.123_!@#$%^&*()", "x" * 128], ids=len)
def test_keys_that_azure_takes(key):
    assert rules_of("azure").key_problem(key) is None


@pytest.mark.parametrize("key", ["", "x" * 129, "with space", "with-hyphen", "with~tilde", "umlaut\u00e4", "line\n"], ids=repr)
def test_keys_that_azure_does_not_take(key):
    assert "Azure does not allow" in rules_of("azure").key_problem(key)


@pytest.mark.parametrize("cidr, fits", [("169.254.21.0/30", True), ("169.254.22.252/30", True), ("169.254.20.252/30", False), ("169.254.23.0/30", False),
                                        ("10.1.1.0/30", False), ("169.254.0.0/16", False)])
def test_inside_ranges(cidr, fits):
    assert (rules_of("azure").inside_problem(cidr) is None) == fits


# -- what was recorded ------------------------------------------------------------------------------------------------


def recorded(folder, *names):
    return [(folder / "azure" / name).read_text(encoding="utf-8") for name in names]


def test_the_recorded_pair(shared_fixtures):
    result = profile_of(recorded(shared_fixtures, "az-vnet-gateway-show-active-active-apipa.synthetic.json",
                                 "az-vpn-connection-show-bgp-custom-policy.synthetic.json", "az-vpn-connection-shared-key-show.synthetic.json"),
                        ours=Ours(65000))
    first, second = result["tunnels"]
    assert [(each["outside_address"], each["inside_peer_address"], each["inside_address"]) for each in (first, second)] == [
        ("203.0.113.20", "169.254.21.2", "169.254.21.1"), ("203.0.113.21", "169.254.21.6", "169.254.21.5")]
    assert first["ike"] == {"version": "ikev2", "encryption": "aes-256-cbc", "hash": "sha256", "dh_group": "group14", "lifetime_seconds": 28800}
    assert first["ipsec"] == {"encryption": "aes-256-gcm", "authentication": "none", "dh_group": "group14", "lifetime_seconds": 27000}
    assert first["bgp"] == second["bgp"] == {"local_as": 65000, "peer_as": 65515, "hold_time": 180, "keep_alive": 60}
    assert first["pre_shared_key"] == "FAKEpsk.azure_not.a.real.secret"


REST = ("rest-connection-get-2023-09-01.json", "rest-vnetgateway-get-2023-09-01.trimmed.json", "rest-connection-sharedkey-get-2023-09-01.json")


def test_the_recorded_rest_answers(shared_fixtures):
    """The connection authenticates by certificate, is static, and names configurations that the gateway has not."""
    assert "connection connS2S authenticates by certificate (CN=rootCert.com)" in refusal(recorded(shared_fixtures, *REST), ours=Ours())
    result = profile_of(recorded(shared_fixtures, *REST), ours=Ours(local_certificate="fw", certificate_profile="ca"))
    (found,) = result["tunnels"]
    assert (found["outside_address"], found["dpd"], found["pre_shared_key"]) == ("52.161.10.135", {"interval": 10, "retry": 3}, "AzureAbc123")
    assert result["routing"] == "static" and len(found["certificate"]["authorities"]) == 2


@pytest.mark.parametrize("names, words", [
    (["ansible-azcollection-3.12.0-virtualnetworkgatewayconnection_info.derived.json"], "its gateway VNet1GW is not described"),
    (["az-vnet-gateway-show-active-active-apipa.synthetic.json"], "There is no connection"),
    (["rest-connection-sharedkey-get-2023-09-01.json"], "There is no connection"), (["rest-connection-get-2023-09-01.json"], "its gateway vpngw"),
])
def test_the_other_recordings_say_what_they_lack(shared_fixtures, names, words):
    assert words in refusal(recorded(shared_fixtures, *names), ours=Ours())


def test_ansibles_own_module_says_too_little(shared_fixtures):
    """Neither the key nor which BGP address: the latter is told."""
    result = profile_of(recorded(shared_fixtures, "ansible-azcollection-3.12.0-virtualnetworkgatewayconnection_info.derived.json",
                                 "az-vnet-gateway-show-active-active-apipa.synthetic.json"), ours=Ours())
    assert [each["bgp"]["peer_address"] for each in result["tunnels"]] == ["10.1.1.4", "10.1.1.5"]
    assert any("does not say from which address Azure speaks BGP" in text for text in result["warnings"])
