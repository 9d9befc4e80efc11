# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One connection in whatever people have at hand of it: the same profile, or what to do."""

from __future__ import annotations

import base64
import copy
import datetime
import itertools
import json
import pathlib
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.aws import document as documents, options, reader

FILES = pathlib.Path(__file__).resolve().parents[6] / "playbooks" / "files"
STATIC, BGP = (json.loads((FILES / name).read_text(encoding="utf-8"))["VpnConnections"][0] for name in ("connection_static.json", "connection_bgp.json"))

SECRET = "4dabf18193072939515e22adb298388d"


# How each tool spells a connection (a mapping of AWS's API).


def spelled(value, name):
    if isinstance(value, dict):
        return {name(key): spelled(item, name) for key, item in value.items()}
    return [spelled(item, name) for item in value] if isinstance(value, list) else value


def snake(key: str) -> str:
    found = "".join(f"_{letter.lower()}" if letter.isupper() and not before.isupper() else letter.lower() for before, letter in zip("A" + key, key))
    return found.lstrip("_")


def camel(key: str) -> str:
    return key[:1].lower() + key[1:]


def wire(key: str) -> str:
    """Lists of the EC2 API are sets there."""
    listed = {"TunnelOptions": "tunnelOptionSet", "IkeVersions": "ikeVersionSet", "Tags": "tagSet"}
    stem = key.removesuffix("s")
    return listed.get(key) or (f"{camel(stem)}Set" if key.startswith("Phase") and key.endswith("s") and "Seconds" not in key else camel(key))


def with_items(value):
    """Lists as CloudTrail has them."""
    if isinstance(value, dict):
        return {key: with_items(item) for key, item in value.items()}
    return {"item": [with_items(item) for item in value]} if isinstance(value, list) else value


def powershell(connection):
    found = copy.deepcopy(connection)
    found["State"] = {"Value": found["State"]}
    found["GatewayAssociationState"] = {"Value": "associated"}
    for telemetry in found.get("VgwTelemetry", ()):
        telemetry["Status"] = {"Value": telemetry["Status"]}
    for tunnel in found["Options"].get("TunnelOptions", ()):
        if "IkeVersions" in tunnel:
            tunnel["IKEVersions"] = tunnel.pop("IkeVersions")
    return found


def terraform(connection, name=lambda key: key):
    """Flat, with numbers that say nothing about the order."""
    kept = ("CustomerGatewayConfiguration", "CustomerGatewayId", "VpnGatewayId", "TransitGatewayId", "Routes", "VgwTelemetry")
    found = {"id": connection["VpnConnectionId"], **{snake(key): spelled(connection[key], snake) for key in kept if key in connection}}
    found.update({snake(key): value for key, value in connection["Options"].items() if key != "TunnelOptions"})
    for number, tunnel in enumerate(reversed(connection["Options"].get("TunnelOptions", [])), 1):
        for key, value in tunnel.items():
            key = {"OutsideIpAddress": "address", "TunnelInsideCidr": "inside_cidr", "PreSharedKey": "preshared_key"}.get(key, snake(key))
            found[f"tunnel{number}_{key}"] = [item["Value"] for item in value] if isinstance(value, list) else value
        found[f"tunnel{number}_rekey_fuzz_percentage"] = 0
    return {name(key): value for key, value in found.items()}


def pulumi(connection):
    def camelled(key):
        first, *rest = key.split("_")
        return first + "".join(part.capitalize() for part in rest)

    found = terraform(connection, camelled)
    for key in [key for key in found if key.endswith(("PresharedKey", "Configuration"))]:
        found[key] = {SECRET: "1b47061264138c4ac30d75fd1eb44270", "plaintext": json.dumps(found[key])}
    return found


def shouted(connection):
    return spelled(connection, lambda key: key.upper() if key != "Value" else key)


SPELLINGS = {
    "the API": lambda connection: connection,
    "Ansible": lambda connection: spelled(connection, snake),
    "camelCase": lambda connection: spelled(connection, camel),
    "the wire": lambda connection: spelled(connection, wire),
    "CloudTrail": lambda connection: with_items(spelled(connection, wire)),
    "PowerShell": powershell,
    "capitals": shouted,
    "dashes": lambda connection: spelled(connection, lambda key: snake(key).replace("_", "-")),
    "Terraform": terraform,
    "Pulumi": pulumi,
}


# What tools put around it.


def resource(values, **more):
    return {"address": "aws_vpn_connection.office", "mode": "managed", "type": "aws_vpn_connection", "name": "office", "values": values, **more}


ROUTE = {"mode": "managed", "type": "aws_vpn_connection_route", "values": {"vpn_connection_id": "vpn-0", "state": "x"}}
PLANNED = {"planned_values": {"root_module": {"resources": [resource({"type": "ipsec.1", "static_routes_only": True})]}},
           "resource_changes": [{"type": "aws_vpn_connection", "address": "aws_vpn_connection.office", "change": {"actions": ["create"]}}]}


def printed(text):
    return {"changed": True, "cmd": "aws ec2 describe-vpn-connections", "rc": 0, "stdout": text, "stdout_lines": text.splitlines(), "stderr": "",
            "stderr_lines": [], "failed": False, "invocation": {"module_args": {"vpn_connection_id": "vpn-0", "state": "present"}}}


def lines(values):
    text = json.dumps({"VpnConnections": [values]}, indent=2)
    return text.splitlines()


WRAPPINGS = {
    "alone": lambda values: values,
    "in a list": lambda values: [values],
    "describe-vpn-connections": lambda values: {"VpnConnections": [values]},
    "JSON": lambda values: json.dumps({"VpnConnections": [values]}),
    "JSON with a mark": lambda values: "\ufeff" + json.dumps({"VpnConnections": [values]}),
    "JSON as bytes": lambda values: json.dumps(values).encode(),
    "Python": lambda values: repr({"VpnConnections": [values], "ResponseMetadata": {"RetryAttempts": 0}}),
    "Python with dates": lambda values: repr({"VpnConnections": [values], "At": datetime.datetime(2026, 5, 4, 3, 2, 1, tzinfo=datetime.timezone.utc)}),
    "a module": lambda values: {"changed": False, "vpn_connections": [values], "invocation": {"module_args": {"vpn_connection_ids": ["vpn-1"]}}},
    "a module's loop": lambda values: {"results": [{"item": "vpn-1", "ansible_loop_var": "item", "vpn_connections": [values]}], "skipped": False},
    "a loop with one skipped": lambda values: {"results": [
        {"skipped": True, "item": {"vpn_connection_id": "vpn-9", "state": "x"}}, {"vpn_connection": values}]},
    "a command": lambda values: printed(json.dumps({"VpnConnections": [values]}, indent=4)),
    "a command's output": lambda values: printed(json.dumps(values))["stdout"],
    "a command's lines": lines,
    "a command's loop": lambda values: {"results": [printed(json.dumps({"VpnConnections": [values]}))]},
    "a file that was read": lambda values: {"content": base64.b64encode(json.dumps([values]).encode()).decode(), "encoding": "base64", "source": "/x"},
    "a request": lambda values: {"status": 200, "json": {"VpnConnections": [values]}, "content": json.dumps({"VpnConnections": [values]})},
    "facts": lambda values: {"ansible_facts": {"described": {"vpn_connections": [values]}}, "changed": False},
    "an item of AWS Config": lambda values: {"configurationItems": [
        {"resourceType": "AWS::EC2::VPNConnection", "resourceId": "vpn-1", "configuration": json.dumps(values)}]},
    "AWS Config's query": lambda values: {"Results": [json.dumps({"resourceId": "vpn-1", "configuration": values})], "QueryInfo": {}},
    "a record of CloudTrail": lambda values: {"Records": [{"eventName": "CreateVpnConnection", "requestParameters": {"vpnConnectionId": "x", "options": {}},
                                                           "responseElements": {"CreateVpnConnectionResponse": {"vpnConnection": values}}}]},
    "a query's rows": lambda values: {"columns": [{"name": "vpn_connection_id", "data_type": "text"}], "rows": [values]},
    "terraform show": lambda values: {"format_version": "1.0", "values": {"root_module": {"resources": [ROUTE], "child_modules": [
        {"resources": [resource(values)]}]}}},
    "terraform state pull": lambda values: {"version": 4, "serial": 3, "outputs": {}, "resources": [
        {"mode": "managed", "type": "aws_vpn_connection_route", "instances": [{"attributes": {"vpn_connection_id": "vpn-0", "state": "x"}}]},
        {"mode": "managed", "type": "aws_vpn_connection", "name": "office", "instances": [{"schema_version": 0, "attributes": values}]}]},
    "terraform output": lambda values: {"office": {"sensitive": True, "type": ["object", {"id": "string"}], "value": values}},
    "terraform output -json of its members": lambda values: {key: {"sensitive": True, "type": "string", "value": value} for key, value in values.items()},
    "a plan over what is there": lambda values: {**PLANNED, "prior_state": {"values": {"root_module": {"resources": [resource(values)]}}}},
    "pulumi stack export": lambda values: {"version": 3, "deployment": {"resources": [
        {"urn": "urn:1", "type": "aws:ec2/vpnConnectionRoute:VpnConnectionRoute", "outputs": {"vpnConnectionId": "vpn-0", "state": "x"}},
        {"urn": "urn:2", "type": "aws:ec2/vpnConnection:VpnConnection", "id": "vpn-1", "inputs": values, "outputs": values}]}},
}


def expected(connection):
    return reader.vpn_connection({"VpnConnections": [connection]})


def without_told(profile):
    """Without what is told of a connection and not of each tool: Terraform does not say its state."""
    return {name: value for name, value in vars(profile).items() if name != "state"}


PAIRS = list(itertools.product(WRAPPINGS, SPELLINGS))


@pytest.mark.parametrize("connection", [STATIC, BGP], ids=["static", "bgp"])
@pytest.mark.parametrize("wrapping, spelling", PAIRS)
def test_wrapping_and_spelling_do_not_matter(connection, wrapping, spelling):
    given_ = WRAPPINGS[wrapping](SPELLINGS[spelling](copy.deepcopy(connection)))
    assert without_told(reader.vpn_connection(given_)) == without_told(expected(connection))


def xml(value, name="") -> str:
    """As the EC2 API sends it."""
    if isinstance(value, dict):
        return "".join(f"<{key}>{xml(item, key)}</{key}>" for key, item in spelled(value, wire).items())
    if isinstance(value, list):
        return "".join(f"<item>{xml(item)}</item>" for item in value)
    return escape({True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool) else str(value))


@pytest.mark.parametrize("connection", [STATIC, BGP], ids=["static", "bgp"])
@pytest.mark.parametrize("around", ["{}", '<?xml version="1.0" encoding="UTF-8"?>\n{}'])
def test_the_answer_of_the_api_is_read(connection, around):
    answer = (f'<DescribeVpnConnectionsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>1</requestId><vpnConnectionSet><item>'
              f"{xml(connection)}</item></vpnConnectionSet></DescribeVpnConnectionsResponse>")
    assert without_told(reader.vpn_connection(around.format(answer))) == without_told(expected(connection))
    assert without_told(reader.vpn_connection(printed(around.format(answer)))) == without_told(expected(connection))


# Options of any kind, in any spelling.

_LISTS = {
    "IkeVersions": ["ikev1", "ikev2"],
    **{f"Phase{phase}EncryptionAlgorithms": ["AES128", "AES256", "AES128-GCM-16", "AES256-GCM-16"] for phase in (1, 2)},
    **{f"Phase{phase}IntegrityAlgorithms": ["SHA1", "SHA2-256", "SHA2-384", "SHA2-512"] for phase in (1, 2)},
    **{f"Phase{phase}DHGroupNumbers": [2, 14, 15, 16, 19, 20, 21, 24] for phase in (1, 2)},
}
_TUNNEL = st.fixed_dictionaries({}, optional={
    **{name: st.lists(st.sampled_from(words), min_size=1, unique=True).map(lambda found: [{"Value": value} for value in found])
       for name, words in _LISTS.items()},
    "Phase1LifetimeSeconds": st.integers(900, 28800), "Phase2LifetimeSeconds": st.integers(900, 3600), "ReplayWindowSize": st.integers(64, 2048),
    "StartupAction": st.sampled_from(["add", "start"]), "DpdTimeoutSeconds": st.integers(30, 60), "RekeyMarginTimeSeconds": st.integers(60, 270),
})


@given(st.tuples(_TUNNEL, _TUNNEL), st.sampled_from(sorted(WRAPPINGS)), st.sampled_from(sorted(SPELLINGS)))
@settings(deadline=None, derandomize=True, max_examples=150)
def test_options_mean_the_same_in_every_spelling(tunnels, wrapping, spelling):
    connection = with_options(*tunnels)
    read = reader.vpn_connection(WRAPPINGS[wrapping](SPELLINGS[spelling](copy.deepcopy(connection))))
    assert [tunnel.offers for tunnel in read.tunnels] == [tunnel.offers for tunnel in expected(connection).tunnels]
    assert read.warnings == expected(connection).warnings
    assert [tunnel.anti_replay_window for tunnel in read.tunnels] == [each.get("ReplayWindowSize", 1024) for each in tunnels]


def with_options(*tunnels):
    connection = copy.deepcopy(STATIC)
    for tunnel, more in zip(connection["Options"]["TunnelOptions"], tunnels):
        for name in [*_LISTS, "Phase1LifetimeSeconds", "Phase2LifetimeSeconds", "ReplayWindowSize"]:
            tunnel.pop(name, None)
        tunnel.update(more)
    return connection


@pytest.mark.parametrize("name", sorted(options._KNOWN))
@pytest.mark.parametrize("respelled", [
    str.upper, str.title, lambda name: f" {name} ", "-".join, lambda name: name + "_Set", lambda name: name.removesuffix("s"),
], ids=["capitals", "title", "blanks", "dashes", "a set", "one"])
def test_every_option_is_known_in_every_spelling(name, respelled):
    entry = documents.folded({respelled(name): "value"})
    found, warnings = options.tunnel_options({"tunneloptions": [entry]}, "here")
    assert [list(each) for each in found] == [[name]]
    assert warnings == []


@pytest.mark.parametrize("name", [
    "Phase1Ciphers", "Encryption", "phase2_encrypt", "Phase1Hash", "Pfs", "DiffieHellmanGroups", "PSK2", "IkeParameters", "AuthenticationMethod",
    "InsideAddress",
])
def test_an_option_that_decides_under_another_name_is_never_a_default(name):
    with pytest.raises(InvalidInput, match=documents.fold(name)):
        reader.vpn_connection(with_options({name: ["AES256"]}, {}))


def test_an_option_of_tomorrow_is_named():
    assert "the tunnel option somethingnew is not known" in "; ".join(reader.vpn_connection(with_options({"SomethingNew": 1}, {})).warnings)


@pytest.mark.parametrize("word, meant", [
    ("AES-256", "aes-256-cbc"), ("aes256", "aes-256-cbc"), ("AES256_GCM_16", "aes-256-gcm"), ("aes-128-gcm-16", "aes-128-gcm"), ("AES_128", "aes-128-cbc"),
])
def test_words_of_ciphers_are_read_in_every_spelling(word, meant):
    for told in ([{"Value": word}], [word], word, {"Value": word}):
        assert reader.vpn_connection(with_options({"Phase1EncryptionAlgorithms": told}, {})).tunnels[0].offers.ike.encryption == (meant,)


@pytest.mark.parametrize("told, meant", [
    (["SHA-256", "sha2_384"], ("sha256", "sha384")), ("SHA256,SHA512", ("sha256", "sha512")), ("SHA2-256 SHA1", ("sha256", "sha1")),
])
def test_words_of_hashes_are_read_in_every_spelling(told, meant):
    assert reader.vpn_connection(with_options({"Phase1IntegrityAlgorithms": told}, {})).tunnels[0].offers.ike.hash == meant


@pytest.mark.parametrize("told, meant", [
    ([14, "group20"], ("group14", "group20")), ("DH14", ("group14",)), ("dh-group-21", ("group21",)), (20, ("group20",)),
])
def test_words_of_groups_are_read_in_every_spelling(told, meant):
    assert reader.vpn_connection(with_options({"Phase1DHGroupNumbers": told}, {})).tunnels[0].offers.ike.dh_group == meant


@pytest.mark.parametrize("told, meant", [("IKEv2", ("ikev2",)), ("ike2", ("ikev2",)), (["ikev1", "IKE-v2"], ("ikev1", "ikev2"))])
def test_words_of_versions_are_read_in_every_spelling(told, meant):
    assert reader.vpn_connection(with_options({"IkeVersions": told}, {})).tunnels[0].offers.ike.versions == meant


# Whose options they are.


def nameless(*tunnels):
    connection = with_options(*tunnels)
    for tunnel in connection["Options"]["TunnelOptions"]:
        for name in ("OutsideIpAddress", "TunnelInsideCidr", "PreSharedKey"):
            tunnel.pop(name, None)
    return connection


STRICT = {"Phase1DHGroupNumbers": [{"Value": 21}]}


def test_options_without_a_name_that_are_the_same_are_those_of_both():
    assert [tunnel.offers.ike.dh_group for tunnel in reader.vpn_connection(nameless(STRICT, STRICT)).tunnels] == [("group21",)] * 2


def test_options_without_a_name_are_those_of_the_tunnel_that_has_none():
    connection = with_options({}, STRICT)
    first, second = connection["Options"]["TunnelOptions"]
    connection["Options"]["TunnelOptions"] = [first, {key: value for key, value in second.items() if key in STRICT}]
    found = {tunnel.outside_address: tunnel.offers.ike.dh_group for tunnel in reader.vpn_connection(connection).tunnels}
    assert found[second["OutsideIpAddress"]] == ("group21",)


@pytest.mark.parametrize("tunnels", [(STRICT, {"IkeVersions": [{"Value": "ikev1"}]}), (STRICT, {})], ids=["two", "one"])
def test_options_of_which_it_is_not_known_whose_they_are_are_refused(tunnels):
    with pytest.raises(InvalidInput, match="name no endpoint"):
        reader.vpn_connection(nameless(*tunnels))


def test_options_of_nothing_are_none():
    connection = copy.deepcopy(STATIC)
    connection["Options"]["TunnelOptions"] = [{}, {}]
    assert reader.vpn_connection(connection).warnings == ()


# Several, of which one counts.


@pytest.mark.parametrize("state", ["deleted", "deleting", "DELETED"])
@pytest.mark.parametrize("order", [1, -1])
def test_a_connection_that_is_gone_does_not_count(state, order):
    gone = {"VpnConnectionId": "vpn-0deadbeef", "State": state, "Options": {}}
    assert reader.vpn_connection({"VpnConnections": [gone, STATIC][::order]}).id == STATIC["VpnConnectionId"]


def test_several_that_are_there_need_an_id():
    with pytest.raises(InvalidInput, match="2 VPN connections; say by its id"):
        reader.vpn_connection([STATIC, BGP])


def test_one_that_is_told_twice_is_one():
    short = {"VpnConnectionId": STATIC["VpnConnectionId"], "State": "available", "Category": "VPN"}
    assert reader.vpn_connection([short, STATIC, STATIC]).id == STATIC["VpnConnectionId"]


@pytest.mark.parametrize("spelled_as", ["Options", "options"])
def test_options_that_are_a_text_are_read(spelled_as):
    """What C(tostring) of jq, or the column of a table, makes of them."""
    told = {**{key: value for key, value in STATIC.items() if key != "Options"}, spelled_as: json.dumps(STATIC["Options"])}
    assert reader.vpn_connection(told) == expected(STATIC)


# What cannot be read says what to do.

YAML = """VpnConnections:
- CustomerGatewayId: cgw-1
  VpnConnectionId: vpn-1
  State: available
"""
TABLE = """-----------------------------
|   DescribeVpnConnections  |
+---------------------------+
||     VpnConnections      ||
"""
TEXT = "VPNCONNECTIONS\tVPN\tcgw-1\tvpn-1\tavailable\nOPTIONS\tFalse\n"
CUT_OFF = {**STATIC, "Options": "Amazon.EC2.Model.VpnConnectionOptions"}
CUT_OFF_DEEPER = {**STATIC, "Options": {"StaticRoutesOnly": True, "TunnelOptions": ["Amazon.EC2.Model.TunnelOption", "Amazon.EC2.Model.TunnelOption"]}}
HOPELESS = {
    "YAML without what counts": (YAML, "vpn-1 comes without its customer gateway configuration"), "a table": (TABLE, "table.*--output json"),
    "text": (TEXT, "'--output text'.*--output json"), "a command's text": (printed(TEXT), "--output json"),
    "HCL": ('# aws_vpn_connection.office:\nresource "aws_vpn_connection" "office" {\n}', "terraform show -json"),
    "a vault": ("$ANSIBLE_VAULT;1.1;AES256\n6162", "ansible-vault"), "nothing": (" \n", "is empty"), "half": ('{"VpnConnections": [', "not JSON"),
    "a command's half": (printed('{"VpnConnections": ['), "not JSON"),
    "a plan": ({"format_version": "1.2", **PLANNED}, "aws_vpn_connection.office is planned and not there yet.*apply"),
    "CloudFormation": ({"StackResources": [{"ResourceType": "AWS::EC2::VPNConnection", "PhysicalResourceId": "vpn-0abc"}]},
                       "names the VPN connection vpn-0abc.*--vpn-connection-ids vpn-0abc"),
    "a template": ({"Resources": {"Office": {"Type": "AWS::EC2::VPNConnection", "Properties": {"Type": "ipsec.1"}}}}, "describe-vpn-connections"),
    "PowerShell cut off": (CUT_OFF, "ConvertTo-Json -Depth 10"), "PowerShell cut off deeper": (CUT_OFF_DEEPER, "ConvertTo-Json -Depth 10"),
    "Pulumi's ciphertext": ({**pulumi(STATIC), "customerGatewayConfiguration": {SECRET: "x", "ciphertext": "v1:abc"}, "vpnConnectionId": "vpn-1",
                             "state": "available"}, "without its customer gateway configuration"),
    "Pulumi's mask": ({"id": "vpn-1", "customerGatewayConfiguration": "[secret]"}, "masked.*--show-secrets"),
    "a mask": ({**STATIC, "CustomerGatewayConfiguration": "*** Sensitive Data Redacted ***"}, "is masked"),
    "CloudTrail's mask": ({**STATIC, "CustomerGatewayConfiguration": "HIDDEN_DUE_TO_SECURITY_REASONS"}, "is masked"),
    "deep JSON": ("[" * 100000, "nested too deep"), "deep lists": (json.loads("[" * 300 + "]" * 300), "nested too deep"),
    "deep Python": ("{'a': " + "[" * 50000, "Python's own spelling"),
    "a deep answer": ("<DescribeVpnConnectionsResponse>" + "<a>" * 200000 + "</a>" * 200000 + "</DescribeVpnConnectionsResponse>", "nested too deep"),
    "a bomb": ("<DescribeVpnConnectionsResponse><!DOCTYPE x></DescribeVpnConnectionsResponse>", "DOCTYPE"),
    "half an answer": ("<DescribeVpnConnectionsResponse><vpn", "not XML"),
    "a state of Terraform 0.11": ({"version": 3, "modules": [{"resources": {"aws_vpn_connection.office": {
        "type": "aws_vpn_connection", "primary": {"id": "vpn-0", "attributes": {}}}}}]}, "no VPN connection in this output.*terraform show -json"),
    "a route": ({"type": "aws_vpn_connection_route", "values": {"vpn_connection_id": "vpn-0", "state": "available"}}, "no VPN connection"),
    "a number": (7, "neither a mapping"), "JSON of a number": ("7", "neither a mapping"),
}


@pytest.mark.parametrize("name", HOPELESS)
def test_what_cannot_be_read_says_what_to_do(name):
    told, words = HOPELESS[name]
    with pytest.raises(InvalidInput, match=words) as refused:
        reader.vpn_connection(told)
    assert "notReal" not in str(refused.value)
    assert len(str(refused.value)) < 600


_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["<vpn_connection/>", '{"vpn": 1}', "{vpn", "[vpn]", "available"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["VpnConnectionId", "State", "Options", "TunnelOptions", "Value", "item", "type", "values", "stdout", "content", "encoding", SECRET, "plaintext",
         "CustomerGatewayConfiguration", "Routes", "VgwTelemetry", "OutsideIpAddress", "Phase1DHGroupNumbers", "planned_values"]), inner, max_size=4),
    max_leaves=12)


@given(_ANYTHING, st.sampled_from([None, *STATIC]), st.sampled_from([None, "OutsideIpAddress", "Phase1LifetimeSeconds", "IkeVersions", "TunnelInsideCidr"]))
@settings(deadline=None, derandomize=True, max_examples=300)
def test_nothing_ends_in_a_traceback(anything, member, option):
    connection = copy.deepcopy(STATIC)
    if member is not None:
        connection[member] = anything
    elif option is not None:
        connection["Options"]["TunnelOptions"][0][option] = anything
    else:
        connection = anything
    try:
        reader.vpn_connection(connection)
    except InvalidInput as exc:
        assert "notReal" not in str(exc)
