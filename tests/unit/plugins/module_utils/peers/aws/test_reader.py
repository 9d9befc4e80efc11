# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import copy
import json
import pathlib
import re

import pytest

from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers import problems
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.aws import reader
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.fields import plain
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import proposal
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.fit import fitted

FILES = pathlib.Path(__file__).resolve().parents[6] / "playbooks" / "files"
STATIC = json.loads((FILES / "connection_static.json").read_text(encoding="utf-8"))
BGP = json.loads((FILES / "connection_bgp.json").read_text(encoding="utf-8"))

STRONGEST = {
    "ike": {"version": "ikev2", "encryption": "aes-256-cbc", "hash": "sha384", "dh_group": "group20", "lifetime_seconds": 28800},
    "ipsec": {"encryption": "aes-256-gcm", "authentication": "none", "dh_group": "group20", "lifetime_seconds": 3600},
}


def changed(document, **members):
    """A copy of C(document) whose connection has other members; C(Options) and C(xml), a function of the text, are merged."""
    document = copy.deepcopy(document)
    (connection,) = document["VpnConnections"]
    connection["Options"].update(members.pop("Options", {}))
    edit = members.pop("xml", None)
    if edit:
        connection["CustomerGatewayConfiguration"] = edit(connection["CustomerGatewayConfiguration"])
    connection.update(members)
    return document


def with_tunnel_options(document, **options):
    document = copy.deepcopy(document)
    for tunnel in document["VpnConnections"][0]["Options"]["TunnelOptions"]:
        tunnel.update(options)
    return document


def values(*given_values):
    return [{"Value": value} for value in given_values]


def snake(value):
    """As Ansible's amazon.aws returns it."""
    if isinstance(value, dict):
        return {snake_key(key): snake(item) for key, item in value.items()}
    if isinstance(value, list):
        return [snake(item) for item in value]
    return value


def snake_key(key):
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=DH)(?=G)", "_", key).lower()


def terraform(document):
    """As C(terraform show -json) prints it, with the tunnels numbered by outside address."""
    (connection,) = document["VpnConnections"]
    attributes = {
        "id": connection["VpnConnectionId"],
        "customer_gateway_configuration": connection["CustomerGatewayConfiguration"],
        "customer_gateway_id": connection["CustomerGatewayId"],
        "vpn_gateway_id": connection.get("VpnGatewayId", ""),
        "transit_gateway_id": connection.get("TransitGatewayId", ""),
        "core_network_arn": "",
        "static_routes_only": connection["Options"]["StaticRoutesOnly"],
        "local_ipv4_network_cidr": connection["Options"]["LocalIpv4NetworkCidr"],
        "preshared_key_arn": "",
        "routes": snake(connection["Routes"]),
        "vgw_telemetry": snake(connection["VgwTelemetry"]),
    }
    for number, tunnel in enumerate(sorted(connection["Options"]["TunnelOptions"], key=lambda tunnel: tunnel["OutsideIpAddress"]), 1):
        own = {"replay_window_size": 0, "phase1_dh_group_numbers": None, "startup_action": "", **snake(tunnel)}
        for listed in [name for name, value in own.items() if isinstance(value, list)]:
            own[listed] = [item["value"] for item in own[listed]]
        for name, ours in (("outside_ip_address", "address"), ("tunnel_inside_cidr", "inside_cidr"), ("pre_shared_key", "preshared_key")):
            own[ours] = own.pop(name)
        attributes.update({f"tunnel{number}_{name}": value for name, value in own.items()})
    resource = {"address": "module.site.aws_vpn_connection.main", "mode": "managed", "type": "aws_vpn_connection", "values": attributes}
    route = {"mode": "managed", "type": "aws_vpn_connection_route", "values": {"vpn_connection_id": attributes["id"]}}
    return {"format_version": "1.0", "values": {"root_module": {"resources": [route], "child_modules": [{"resources": [resource]}]}}}


def profile_of(document, connection_id=None, exactly_two=True, **more) -> dict:
    """The profile as the filter gives it."""
    return plain(fitted(reader.vpn_connection(document, connection_id, exactly_two), **more))


def refusal(document, **arguments):
    with pytest.raises(InvalidInput) as caught:
        profile_of(document, **arguments)
    for key in re.findall(r"notReal\.\w+|FAKEpsk\.\w+", json.dumps([document])):
        assert key not in str(caught.value)
    return str(caught.value)


# -- whole results ---------------------------------------------------------------------------------------------------


def test_a_static_connection():
    result = profile_of(STATIC)
    first = result["tunnels"][0]
    offers = first.pop("offers")
    assert first == {
        "outside_address": "203.0.113.17",
        "cloud": "aws",
        "customer_outside_address": "198.51.100.10",
        "inside_cidr": "169.254.31.68/30",
        "inside_address": "169.254.31.70",
        "inside_peer_address": "169.254.31.69",
        "pre_shared_key": "notReal.bQ7xLw3RkTf9Zs2VnHc5Yd8m",
        **STRONGEST,
        "mtu": 1446,
        "anti_replay_window": 1024,
        "traffic_selectors": {"local": "0.0.0.0/0", "remote": "0.0.0.0/0"},
        "telemetry": {"status": "DOWN", "status_message": "", "accepted_routes": 1},
    }
    assert offers["ike"]["dh_group"] == ["group20", "group19", "group21", "group16", "group15", "group14", "group2"]
    assert offers["ipsec"]["dh_group"] == [group for group in proposal.DH_GROUP if group != "group1"]
    del result["tunnels"]
    assert result == {
        "id": "vpn-0a1d7f3c52e9b8046",
        "cloud": "aws",
        "state": "available",
        "routing": "static",
        "gateway": "vgw",
        "customer_gateway_id": "cgw-0c47e2a91b3d5f680",
        "acceleration": False,
        "static_routes": ["10.10.0.0/24"],
        "warnings": [],
    }


def test_a_bgp_connection_whose_options_come_in_the_other_order():
    result = profile_of(BGP)
    assert (result["routing"], result["gateway"]) == ("bgp", "tgw")
    assert [(t["outside_address"], t["inside_address"], t["pre_shared_key"][-4:]) for t in result["tunnels"]] == [
        ("192.0.2.51", "169.254.88.14", "Wn6P"),
        ("192.0.2.208", "169.254.140.82", "Kf2D"),
    ]
    for tunnel in result["tunnels"]:
        assert {phase: tunnel[phase] for phase in ("ike", "ipsec")} == STRONGEST
        assert tunnel["bgp"] == {"local_as": 65000, "peer_as": 64512, "hold_time": 30, "keep_alive": 10}


@pytest.mark.parametrize("document, failover", [(STATIC, "pbf"), (BGP, "bgp")], ids=["static", "bgp"])
def test_the_demonstration_files_are_sound(document, failover):
    assert problems.problems(reader.vpn_connection(document), failover) == []


# -- the recorded outputs ---------------------------------------------------------------------------------------------

TWO_BY_DEFAULT = {**STRONGEST, "mtu": 1446, "anti_replay_window": 1024}
REAL_2022 = ("vpn-052178048d9de6cf8", "bgp", "vgw", ["34.234.9.159", "52.44.201.245"], (65000, 64512), TWO_BY_DEFAULT)
STATIC_2019 = ("vpn-05044757278685fd3", "static", "vgw", ["3.13.210.90", "18.221.157.90"], None, TWO_BY_DEFAULT)
SYNTHETIC = ["203.0.113.201", "198.51.100.77"]
STATIC_CUSTOM = ("vpn-0123456789abcdef0", "static", "vgw", SYNTHETIC, None, TWO_BY_DEFAULT)

READ = {
    "ansible-ec2_vpc_vpn_info-from-real-2022.derived.json": (None, *REAL_2022),
    "ansible-ec2_vpc_vpn_info-static-custom.derived.json": (None, *STATIC_CUSTOM),
    "describe-tgw-bgp-2019.json": (
        None, "vpn-034885b776a3f8a80", "bgp", "tgw", ["3.130.56.250", "3.133.183.196"], (65000, 64512), TWO_BY_DEFAULT,
    ),
    "describe-tgw-bgp-all-defaults-explicit-order-swapped.synthetic.json": (
        None, "vpn-0123456789abcdef1", "bgp", "tgw", SYNTHETIC, (65000, 64513), TWO_BY_DEFAULT,
    ),
    "describe-tgw-bgp-secretsmanager-psk.synthetic.json": (
        None, "vpn-0123456789abcdef2", "bgp", "tgw", SYNTHETIC, (65000, 64513), {**TWO_BY_DEFAULT, "pre_shared_key": None},
    ),
    "describe-vgw-bgp-default-2022.json": (None, *REAL_2022),
    "describe-vgw-bgp-plus-deleted-2019.json": (
        "vpn-03701a53bba3c48b7", "vpn-03701a53bba3c48b7", "bgp", "vgw", ["3.130.237.53", "18.217.248.9"], (65000, 64512), TWO_BY_DEFAULT,
    ),
    "describe-vgw-static-2019.json": (None, *STATIC_2019),
    "describe-vgw-static-custom-ikev2-gcm.synthetic.json": (None, *STATIC_CUSTOM),
    "describe-vgw-static-gcm-without-phase2-integrity.synthetic.json": (None, *STATIC_CUSTOM),
    "terraform-show-json-aws_vpn_connection-bgp.derived.json": (None, *REAL_2022),
    "terraform-show-json-aws_vpn_connection-static.derived.json": (None, *STATIC_2019),
}

NO_CONNECTION = "There is no VPN connection in this output"
SAME_TWICE = "two tunnels to the same AWS endpoint 52.2.144.13"
REFUSED = {
    "README.md": [(None, "not JSON")],
    "ansible-amazon.aws-10.1.2-ec2_vpc_vpn-present-against-moto.json": [(None, SAME_TWICE)],
    "ansible-amazon.aws-10.1.2-ec2_vpc_vpn-psk-masked-by-no_log.json": [(None, SAME_TWICE)],
    "ansible-amazon.aws-10.1.2-ec2_vpc_vpn_info-against-moto.json": [(None, SAME_TWICE)],
    "ansible-community.aws-10.0.0-ec2_customer_gateway_info-against-moto.json": [(None, NO_CONNECTION)],
    "cgw-config-tgw-bgp-2019.xml": [(None, "XML, not JSON")],
    "cgw-config-tgw-bgp-ipv6inside.reconstructed.xml": [(None, "XML, not JSON")],
    "cgw-config-vgw-bgp-2019.xml": [(None, "XML, not JSON")],
    "cgw-config-vgw-bgp-default-2022.xml": [(None, "XML, not JSON")],
    "cgw-config-vgw-static-2019.xml": [(None, "XML, not JSON")],
    "describe-tgw-bgp-not-representable-on-panos.synthetic.json": [
        (None, "vpn-0123456789abcdef3"),
        (None, "Phase1DHGroupNumbers has only 24"),
        (None, "Phase1AdditionalKeyExchanges requires an additional"),
    ],
    "describe-vgw-bgp-plus-deleted-2019.json": [
        ("vpn-05044757278685fd3", "is deleted"),
        ("vpn-0aaaaaaaaaaaaaaaa", "there is no VPN connection vpn-0aaaaaaaaaaaaaaaa in this output; it holds vpn-03701a53bba3c48b7"),
    ],
    "describe-vgw-bgp-tunneloptions-handedited.json": [(None, "Tunnel to 52.39.121.126: Phase1DHGroupNumbers has only 22, 23")],
    "get-vpn-connection-device-types-paloalto.json": [(None, NO_CONNECTION)],
    "moto-5.2.5-create-static-vgw-with-tunneloptions.json": [(None, SAME_TWICE)],
    "moto-5.2.5-describe-customer-gateways.json": [(None, NO_CONNECTION)],
    "moto-5.2.5-describe-raw-ec2query-response.xml": [(None, "3 VPN connections"), ("vpn-dd6c9feb7bae50d71", SAME_TWICE)],
    "moto-5.2.5-describe-three-connections.json": [(None, "holds 3 VPN connections"), ("vpn-e9fa60a5407361a15", SAME_TWICE)],
}


@pytest.mark.parametrize("name", READ)
def test_recorded_outputs_are_read(shared_fixtures, name):
    wanted, identity, routing, gateway, endpoints, as_numbers, tunnel_values = READ[name]
    result = profile_of((shared_fixtures / "aws" / name).read_text(encoding="utf-8"), wanted)
    assert (result["id"], result["routing"], result["gateway"]) == (identity, routing, gateway)
    assert [tunnel["outside_address"] for tunnel in result["tunnels"]] == endpoints
    for number, tunnel in enumerate(result["tunnels"], 1):
        expected = {"pre_shared_key": f"FAKEpsk.t{number}_not.a.real.secret_abc", **tunnel_values}
        assert {key: tunnel[key] for key in expected} == expected
        assert ("bgp" in tunnel) == (as_numbers is not None)
        if as_numbers:
            assert tunnel["bgp"] == {"local_as": as_numbers[0], "peer_as": as_numbers[1], "hold_time": 30, "keep_alive": 10}


@pytest.mark.parametrize("name, wanted, words", [(name, *row) for name, rows in REFUSED.items() for row in rows])
def test_recorded_outputs_are_refused(shared_fixtures, name, wanted, words):
    assert words in refusal((shared_fixtures / "aws" / name).read_text(encoding="utf-8"), connection_id=wanted)


def test_no_recorded_output_is_forgotten(shared_fixtures):
    assert {path.name for path in (shared_fixtures / "aws").iterdir()} <= {*READ, *REFUSED}


def test_the_representable_tunnel_of_the_hand_edited_output(shared_fixtures):
    document = json.loads((shared_fixtures / "aws" / "describe-vgw-bgp-tunneloptions-handedited.json").read_text(encoding="utf-8"))
    document["VpnConnections"][0]["Options"]["TunnelOptions"][1]["Phase1DHGroupNumbers"] = values(22, 2)
    result = profile_of(document, panos_version="11.1.4-h2")
    first, second = result["tunnels"]
    assert first["inside_cidr"] == "169.254.15.192/30"  # given with host bits
    assert first["ike"] == {"version": "ikev2", "encryption": "aes-128-cbc", "hash": "sha512", "dh_group": "group2", "lifetime_seconds": 28800}
    assert first["ipsec"]["dh_group"] == "group16"
    assert second["ipsec"] == {"encryption": "aes-128-gcm", "authentication": "none", "dh_group": "group16", "lifetime_seconds": 3600}
    assert len(result["warnings"]) == 2 and all("group2" in warning for warning in result["warnings"])


def test_ipv6_inside(shared_fixtures):
    text = (shared_fixtures / "aws" / "cgw-config-tgw-bgp-ipv6inside.reconstructed.xml").read_text(encoding="utf-8")
    options = [
        {"OutsideIpAddress": "34.208.157.248", "TunnelInsideIpv6Cidr": "fd00:2001:db8:2:2d1:81ff:fe41:d200/126"},
        {"OutsideIpAddress": "52.10.20.30"},
    ]
    document = changed(BGP, CustomerGatewayConfiguration=text, Options={"TunnelInsideIpVersion": "ipv6", "TunnelOptions": options})
    first, second = profile_of(document)["tunnels"]
    assert first["inside_address"] == "169.254.45.98"
    assert first["inside_ipv6_cidr"] == "fd00:2001:db8:2:2d1:81ff:fe41:d200/126"
    assert first["inside_ipv6_address"] == "fd00:2001:db8:2:2d1:81ff:fe41:d202"
    assert first["inside_ipv6_peer_address"] == "fd00:2001:db8:2:2d1:81ff:fe41:d201"
    assert second["inside_ipv6_cidr"] == "fd00:2001:db8:2:2d1:81ff:fe41:d204/126"
    assert first["traffic_selectors"] == {"local": "::/0", "remote": "::/0"}


# -- single facts ----------------------------------------------------------------------------------------------------


def without(tag):
    return lambda text: re.sub(rf"\s*<{tag}>.*?</{tag}>", "", text, flags=re.DOTALL)


@pytest.mark.parametrize(
    "document, gateway",
    [
        (STATIC, "vgw"),
        (BGP, "tgw"),
        (changed(BGP, TransitGatewayId="", CoreNetworkArn="arn:aws:networkmanager::111122223333:core-network/core-network-0a"), "cloudwan"),
        (changed(BGP, VpnConcentratorId="vcn-0123456789abcdef0"), "concentrator"),
        (changed(STATIC, VpnGatewayId=None), "vgw"),
        (changed(BGP, TransitGatewayId=None), "unknown"),
    ],
    ids=["virtual private gateway", "transit gateway", "Cloud WAN", "concentrator", "named by the XML only", "named nowhere"],
)
def test_the_gateway_in_aws(document, gateway):
    assert profile_of(document)["gateway"] == gateway


@pytest.mark.parametrize(
    "document, arguments, mtu",
    [
        (STATIC, {}, 1446),
        (STATIC, {"nat_traversal": True}, 1438),
        (STATIC, {"outside_mtu": 1460}, 1406),
        (changed(BGP, Options={"EnableAcceleration": True}), {}, 1438),
        (changed(BGP, Options={"EnableAcceleration": True}), {"nat_traversal": False}, 1438),
        (with_tunnel_options(STATIC, Phase2EncryptionAlgorithms=values("AES256"), Phase2IntegrityAlgorithms=values("SHA2-512")), {}, 1422),
        (changed(BGP, xml=lambda text: text.replace("192.0.2.51", "2001:db8::51")), {}, 1426),
    ],
    ids=["plain", "behind NAT", "smaller outside MTU", "accelerated", "accelerated always has NAT-T", "CBC with SHA2-512", "IPv6 outside"],
)
def test_the_mtu_follows_cipher_and_path(document, arguments, mtu):
    result = profile_of(document, **arguments)
    assert result["tunnels"][0]["mtu"] == mtu


@pytest.mark.parametrize(
    "options, expected",
    [
        ({"Phase1LifetimeSeconds": 3600, "Phase2LifetimeSeconds": "1800"}, (3600, 1800, 1024)),
        ({"Phase1LifetimeSeconds": None, "Phase2LifetimeSeconds": 0, "ReplayWindowSize": ""}, (28800, 3600, 1024)),
        ({"ReplayWindowSize": 65}, (28800, 3600, 128)),
        ({"ReplayWindowSize": "2048"}, (28800, 3600, 2048)),
    ],
    ids=["lifetimes", "unset in three ways", "window rounded up", "numbers as text"],
)
def test_lifetimes_and_window(options, expected):
    tunnel = profile_of(with_tunnel_options(STATIC, **options))["tunnels"][0]
    assert (tunnel["ike"]["lifetime_seconds"], tunnel["ipsec"]["lifetime_seconds"], tunnel["anti_replay_window"]) == expected


@pytest.mark.parametrize(
    "document",
    [
        changed(STATIC, Options={"TunnelOptions": []}),
        changed(STATIC, Options={"TunnelOptions": None}),
        changed(STATIC, VgwTelemetry=None, Routes=None, Tags=None),
        changed(STATIC, Options={"StaticRoutesOnly": None}),
        changed(STATIC, Options={"StaticRoutesOnly": "true"}),
        with_tunnel_options(STATIC, Phase1EncryptionAlgorithms=[], IkeVersions=None, Phase2DHGroupNumbers=""),
        with_tunnel_options(STATIC, PreSharedKey=None, TunnelInsideCidr=None),
        with_tunnel_options(STATIC, OutsideIpAddress=None),
        with_tunnel_options(STATIC, Phase1DHGroupNumbers=values("20", 35, "X25519")),
        changed(STATIC, xml=lambda text: text.replace("<ike>", "<something_new a='b'><c/></something_new><ike>")),
        changed(STATIC, xml=without("network_cidr")),
        changed(STATIC, xml=lambda text: text.split("\n", 1)[1].replace("<", " \n <").replace(">", "> ")),
        {"VpnConnections": [None, *STATIC["VpnConnections"]], "ResponseMetadata": {}},
    ],
    ids=[
        "no tunnel options",
        "tunnel options null",
        "nothing else known",
        "routing told by the XML only",
        "a flag as text",
        "options empty in three ways",
        "key and range in the XML only",
        "options without an outside address",
        "values that are new",
        "elements that are new",
        "no prefix",
        "padded XML without a declaration",
        "other members beside it",
    ],
)
def test_what_is_absent_empty_or_new_does_not_matter(document):
    expected = {key: value for key, value in profile_of(STATIC)["tunnels"][0].items() if key not in ("offers", "telemetry")}
    result = profile_of(document)
    assert {key: result["tunnels"][0][key] for key in expected} == expected
    assert result["routing"] == "static"
    assert result["warnings"] == []


@pytest.mark.parametrize("tag", ["network_mask", "tunnel_inside_address"], ids=["mask missing", "inside addresses missing"])
def test_inside_addresses_are_derived_from_the_range(tag):
    tunnel = profile_of(changed(STATIC, xml=without(tag)))["tunnels"][0]
    assert (tunnel["inside_address"], tunnel["inside_peer_address"]) == ("169.254.31.70", "169.254.31.69")


def key_in_xml(key):
    return changed(STATIC, xml=lambda text: re.sub(r"(?<=<pre_shared_key>)[^<]*", key.replace("<", "&lt;"), text), Options={"TunnelOptions": []})


@pytest.mark.parametrize(
    "document, key",
    [
        (key_in_xml(""), None),
        (key_in_xml("********"), None),
        (key_in_xml("VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"), None),
        (key_in_xml("REDACTED"), None),
        (key_in_xml("<redacted>"), None),
        (key_in_xml("(sensitive value)"), None),
        (key_in_xml("{{ vault_key }}"), None),
        (key_in_xml("arn:aws:secretsmanager:eu-west-1:111122223333:secret:s2svpn!vpn-0a1d7f3c52e9b8046"), None),
        (key_in_xml("xxxxxxxx"), None),
        (changed(STATIC, xml=without("pre_shared_key"), Options={"TunnelOptions": []}), None),
        (changed(STATIC, xml=without("pre_shared_key")), "notReal.bQ7xLw3RkTf9Zs2VnHc5Yd8m"),
        (with_tunnel_options(changed(STATIC, PreSharedKeyArn="arn:aws:secretsmanager:x"), PreSharedKey=None), None),
        (changed(STATIC, PreSharedKeyArn="arn:aws:secretsmanager:x"), "notReal.bQ7xLw3RkTf9Zs2VnHc5Yd8m"),
        (key_in_xml("0outside the rule"), "0outside the rule"),
    ],
    ids=[
        "empty",
        "masked",
        "masked by name",
        "redacted by hand",
        "redacted in brackets",
        "Terraform's placeholder",
        "a template",
        "a secret's name",
        "crossed out",
        "element missing",
        "in the options only",
        "in Secrets Manager only",
        "a secret's ARN beside the key",
        "outside AWS's rule, which is checked elsewhere",
    ],
)
def test_keys_that_cannot_be_read_are_null(document, key):
    assert profile_of(document)["tunnels"][0]["pre_shared_key"] == key


def test_traffic_selectors_are_told():
    result = profile_of(changed(STATIC, Options={"LocalIpv4NetworkCidr": "10.10.0.0/24", "RemoteIpv4NetworkCidr": "10.200.0.1/16"}))
    assert result["tunnels"][1]["traffic_selectors"] == {"local": "10.10.0.0/24", "remote": "10.200.0.0/16"}


@pytest.mark.parametrize(
    "document, words",
    [
        (with_tunnel_options(STATIC, Phase1DHGroupNumbers=values(2)), "group2"),
        (with_tunnel_options(STATIC, Phase1IntegrityAlgorithms=values("SHA1")), "sha1"),
        (changed(STATIC, GatewayAssociationState="not-associated"), "not-associated"),
        (changed(STATIC, xml=lambda text: text.replace("notReal.bQ7", "notReal.other")), "different pre-shared keys"),
        (changed(STATIC, Options={"TunnelOptions": [{"OutsideIpAddress": "203.0.113.99"}]}), "203.0.113.99"),
    ],
    ids=["group 2 alone", "SHA1 alone", "gateway not associated", "two keys", "options of another tunnel"],
)
def test_what_works_but_should_be_seen_is_a_warning(document, words):
    warnings = profile_of(document)["warnings"]
    assert warnings
    assert all("vpn-0a1d7f3c52e9b8046" in warning and words in warning and "notReal" not in warning for warning in warnings)


def test_static_routes_that_are_going_away_are_left_out():
    routes = [{"DestinationCidrBlock": "10.1.0.0/16", "State": "deleted"}, {"DestinationCidrBlock": "10.2.0.0/16", "State": "pending"}, {}]
    assert profile_of(changed(STATIC, Routes=routes))["static_routes"] == ["10.2.0.0/16"]


def test_a_hold_time_of_its_own():
    bgp = profile_of(changed(BGP, xml=lambda text: text.replace("<hold_time>30<", "<hold_time> 90 <")))["tunnels"][0]["bgp"]
    assert (bgp["hold_time"], bgp["keep_alive"]) == (90, 30)


def one_tunnel(text):
    return re.sub(r"<ipsec_tunnel>.*?</ipsec_tunnel>\s*", "", text, count=1, flags=re.DOTALL)


def three_tunnels(text):
    block = re.search(r"<ipsec_tunnel>.*?</ipsec_tunnel>", text, flags=re.DOTALL).group(0).replace("203.0.113.17", "203.0.113.18")
    return text.replace("</vpn_connection>", block.replace("169.254.31.", "169.254.32.") + "</vpn_connection>")


def test_another_number_of_tunnels_on_request():
    assert len(profile_of(changed(STATIC, xml=one_tunnel), exactly_two=False)["tunnels"]) == 1
    assert len(profile_of(changed(STATIC, xml=three_tunnels), exactly_two=False)["tunnels"]) == 3


# -- refusals --------------------------------------------------------------------------------------------------------

IKEV1_GCM = {"IkeVersions": values("ikev1"), "Phase1EncryptionAlgorithms": values("AES128-GCM-16")}
REQUIRED = {"Phase2AdditionalKeyExchanges": [{"AdditionalKeyExchangeRound": 1, "Requirement": "required"}]}


@pytest.mark.parametrize(
    "document, arguments, words",
    [
        (changed(STATIC, State="pending"), {}, ["is pending"]),
        (changed(STATIC, State="deleting"), {}, ["is deleting"]),
        (changed(STATIC, State="deleted", CustomerGatewayConfiguration=None), {}, ["is deleted"]),
        (changed(STATIC, CustomerGatewayConfiguration=""), {}, ["without its customer gateway configuration"]),
        (changed(STATIC, xml=lambda text: text[:900]), {}, ["not XML", "line"]),
        (changed(STATIC, xml=lambda text: text.replace("notReal.b", "notReal.&b;")), {}, ["not XML"]),
        (changed(STATIC, xml=lambda text: text.replace("<vpn_connection ", "<!DOCTYPE a []><vpn_connection ")), {}, ["DOCTYPE"]),
        (changed(STATIC, xml=one_tunnel), {}, ["has 1 tunnels"]),
        (changed(STATIC, xml=three_tunnels), {}, ["has 3 tunnels"]),
        (changed(STATIC, xml=lambda text: re.sub("<ipsec_tunnel>.*</ipsec_tunnel>", "", text, flags=re.DOTALL)), {"exactly_two": False}, ["has 0"]),
        (changed(STATIC, xml=lambda text: text.replace("203.0.113.142", "203.0.113.17")), {}, ["same AWS endpoint 203.0.113.17"]),
        (
            changed(STATIC, xml=lambda text: text.replace("203.214", "31.70").replace("203.213", "31.69"), Options={"TunnelOptions": []}),
            {},
            ["same inside range 169.254.31.68/30", "203.0.113.17", "203.0.113.142"],
        ),
        (changed(STATIC, xml=lambda text: text.replace("203.0.113.17<", "********<")), {}, ["ipsec_tunnel 1", "vpn_gateway/tunnel_outside_address"]),
        (changed(STATIC, xml=without("tunnel_inside_address"), Options={"TunnelOptions": []}), {}, ["neither", "TunnelInsideCidr"]),
        (changed(STATIC, xml=lambda text: text.replace("169.254.31.69", "169.254.99.1")), {}, ["169.254.99.1", "169.254.31.68/30"]),
        (with_tunnel_options(STATIC, TunnelInsideCidr="169.254.77.0/30"), {}, ["169.254.31.70", "169.254.77.0/30"]),
        (changed(BGP, xml=without("bgp")), {}, ["AS numbers"]),
        (changed(STATIC, VgwTelemetry=[{"CertificateArn": "arn:aws:acm:cert"}]), {}, ["by certificate", "arn:aws:acm:cert"]),
        (with_tunnel_options(STATIC, Phase1DHGroupNumbers=values(17, 24)), {}, ["Phase1DHGroupNumbers has only 17, 24"]),
        (with_tunnel_options(STATIC, Phase2EncryptionAlgorithms=values("CHACHA20")), {}, ["Phase2EncryptionAlgorithms has only CHACHA20"]),
        (with_tunnel_options(STATIC, **IKEV1_GCM), {}, ["phase 1 encryption with ikev1", "Phase1EncryptionAlgorithms AES128-GCM-16"]),
        (with_tunnel_options(STATIC, **REQUIRED), {}, ["Phase2AdditionalKeyExchanges requires"]),
        (with_tunnel_options(STATIC, Phase1DHGroupNumbers=values(16)), {"panos_version": "10.1.3"}, ["group16", "10.2", "Phase1DHGroupNumbers 16"]),
        (with_tunnel_options(STATIC, Phase1LifetimeSeconds="soon"), {}, ["phase1lifetimeseconds"]),
        (changed(STATIC, Options={"LocalIpv4NetworkCidr": "everything"}), {}, ["LocalIpv4NetworkCidr"]),
        (STATIC, {"connection_id": "vpn-0bbb"}, ["no VPN connection vpn-0bbb"]),
    ],
    ids=[
        "pending",
        "deleting",
        "deleted",
        "no XML",
        "cut XML",
        "entity in the XML",
        "document type in the XML",
        "one tunnel",
        "three tunnels",
        "no tunnel",
        "two tunnels to one endpoint",
        "one inside range for both",
        "outside address masked",
        "inside range told nowhere",
        "inside addresses of two ranges",
        "XML and options disagree",
        "BGP without AS numbers",
        "certificate",
        "only groups that PAN-OS lacks",
        "only ciphers that PAN-OS lacks",
        "GCM with IKEv1",
        "post-quantum exchange required",
        "group too new for the firewall",
        "lifetime that is no number",
        "selector that is no network",
        "no such connection",
    ],
)
def test_refusals_name_the_connection_and_never_a_key(document, arguments, words):
    message = refusal(document, **arguments)
    assert "vpn-0a1d7f3c52e9b8046" in message or "vpn-0f64b20c9d8e1a375" in message
    assert all(word in message for word in words), message


@pytest.mark.parametrize(
    "document, words",
    [
        ("", "not JSON"),
        ("{'VpnConnections': []}", "no VPN connection in this output"),
        ("{'VpnConnections': [", "Python's own spelling"),
        ('"text"', "neither a mapping"),
        (None, "neither a mapping"),
        (7, "neither a mapping"),
        ({}, "no VPN connection in this output"),
        ({"VpnConnections": []}, "no VPN connection in this output"),
        ({"VpnConnections": None}, "no VPN connection in this output"),
        (changed(STATIC, VpnConnectionId=None, xml=lambda text: text.replace(' id="vpn-0a1d7f3c52e9b8046"', "")), "has no id"),
        ([STATIC, BGP], "vpn-0a1d7f3c52e9b8046 (available), vpn-0f64b20c9d8e1a375 (available)"),
    ],
    ids=["nothing", "Python", "half of it in Python", "a JSON text", "null", "a number", "empty", "no connections", "null connections", "no id", "two of them"],
)
def test_input_without_one_connection_is_refused(document, words):
    assert words in refusal(document)


def test_an_unreadable_version_is_not_blamed_on_aws():
    message = refusal(STATIC, panos_version="latest")
    assert "'latest' is not a PAN-OS version" in message and "AWS" not in message


# -- properties ------------------------------------------------------------------------------------------------------

FORMS = {
    "API": lambda document: document,
    "text": json.dumps,
    "text with a mark": lambda document: "\ufeff" + json.dumps(document),
    "list": lambda document: document["VpnConnections"],
    "tuple": lambda document: tuple(document["VpnConnections"]),
    "single": lambda document: document["VpnConnections"][0],
    "creation": lambda document: {"VpnConnection": document["VpnConnections"][0]},
    "Ansible's information": lambda document: {"changed": False, "failed": False, **snake(document)},
    "Ansible's creation": lambda document: {"changed": True, **snake(document["VpnConnections"][0])},
    "options in a list": lambda document: {
        **snake(document["VpnConnections"][0]),
        "options": [snake(document["VpnConnections"][0]["Options"])],
    },
    "Terraform": terraform,
    "Terraform's plan": lambda document: {"planned_values": terraform(document)["values"]},
    "Terraform's resource": lambda document: terraform(document)["values"]["root_module"]["child_modules"][0]["resources"],
    "Terraform's values": lambda document: terraform(document)["values"]["root_module"]["child_modules"][0]["resources"][0]["values"],
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("document", [STATIC, BGP], ids=["static", "bgp"])
def test_spelling_and_wrapping_do_not_matter(document, form):
    expected = profile_of(document)
    result = profile_of(FORMS[form](document))
    expected["state"] = result["state"]  # Terraform does not tell
    assert result == expected


@settings(deadline=None, derandomize=True, max_examples=50)
@given(st.data())
def test_order_and_padding_do_not_matter(data):
    document = copy.deepcopy(BGP)
    (connection,) = document["VpnConnections"]
    for entries in (connection["Options"]["TunnelOptions"], connection["VgwTelemetry"]):
        entries[:] = data.draw(st.permutations(entries))
    for tunnel in connection["Options"]["TunnelOptions"]:
        for name, value in tunnel.items():
            if isinstance(value, list):
                tunnel[name] = data.draw(st.permutations(value))
            elif isinstance(value, str):
                tunnel[name] = data.draw(st.sampled_from(["", " ", "\n  "])) + value + data.draw(st.sampled_from(["", " ", "\n"]))
    padding = data.draw(st.sampled_from(["", " ", "\n        "]))
    connection["CustomerGatewayConfiguration"] = padding + re.sub(
        r">([^<>\s][^<>]*)<", rf">{padding}\1{padding}<", connection["CustomerGatewayConfiguration"]
    )
    assert profile_of(document) == profile_of(BGP)


CIPHERS = ["AES128", "AES256", "AES128-GCM-16", "AES256-GCM-16"]
HASHES = ["SHA1", "SHA2-256", "SHA2-384", "SHA2-512"]
IKE_GROUPS = [2, *range(14, 25)]
ESP_GROUPS = [2, 5, *range(14, 25)]
WORDS = {"AES128": "aes-128-cbc", "AES256": "aes-256-cbc", "AES128-GCM-16": "aes-128-gcm", "AES256-GCM-16": "aes-256-gcm"}


def some_of(allowed):
    return st.lists(st.sampled_from(allowed), min_size=1, unique=True)


@settings(deadline=None, derandomize=True, max_examples=200)
@given(
    versions=some_of(["ikev1", "ikev2"]),
    ciphers=some_of(CIPHERS),
    hashes=some_of(HASHES),
    groups=some_of(IKE_GROUPS),
    esp_ciphers=some_of(CIPHERS),
    esp_hashes=some_of(HASHES),
    esp_groups=some_of(ESP_GROUPS),
)
def test_of_any_set_that_aws_can_have_the_first_in_order_is_taken(versions, ciphers, hashes, groups, esp_ciphers, esp_hashes, esp_groups):
    document = with_tunnel_options(
        STATIC,
        IkeVersions=values(*versions),
        Phase1EncryptionAlgorithms=values(*ciphers),
        Phase1IntegrityAlgorithms=values(*hashes),
        Phase1DHGroupNumbers=values(*groups),
        Phase2EncryptionAlgorithms=values(*esp_ciphers),
        Phase2IntegrityAlgorithms=values(*esp_hashes),
        Phase2DHGroupNumbers=values(*esp_groups),
    )
    order = (20, 19, 14, 21, 16, 15, 5, 2)  # without a version
    best, esp_best = ([f"group{group}" for group in order if group in offered][:1] for offered in (groups, esp_groups))
    ike_ciphers = [cipher for cipher in ("AES256", "AES128", "AES256-GCM-16", "AES128-GCM-16") if cipher in ciphers]
    if "ikev2" not in versions:
        ike_ciphers = [cipher for cipher in ike_ciphers if "GCM" not in cipher]
    if not best or not esp_best or not ike_ciphers:
        assert "cannot be configured on PAN-OS" in refusal(document)
        return
    tunnel = profile_of(document)["tunnels"][0]
    assert tunnel["ike"]["version"] == max(versions)
    assert tunnel["ike"]["encryption"] == WORDS[ike_ciphers[0]]
    assert tunnel["ike"]["hash"] == next(f"sha{h[5:] or h[3:]}" for h in ("SHA2-384", "SHA2-512", "SHA2-256", "SHA1") if h in hashes)
    assert [tunnel["ike"]["dh_group"], tunnel["ipsec"]["dh_group"]] == best + esp_best
    assert tunnel["ipsec"]["encryption"] == WORDS[next(c for c in ("AES256-GCM-16", "AES128-GCM-16", "AES256", "AES128") if c in esp_ciphers)]


def places(value, path=()):
    """Every member below C(value), as the steps to it."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, item in members:
        yield path + (step,)
        yield from places(item, path + (step,))


@pytest.mark.parametrize("rubbish", [None, "", [], {}, 0, "rubbish", [None], [["x"]], -1, 1.5, True], ids=repr)
@pytest.mark.parametrize("document", [STATIC, BGP], ids=["static", "bgp"])
def test_rubbish_anywhere_is_read_or_refused_without_a_key(document, rubbish):
    for path in places(document):
        spoiled = copy.deepcopy(document)
        holder = spoiled
        for step in path[:-1]:
            holder = holder[step]
        holder[path[-1]] = rubbish
        try:
            profile_of(spoiled)
        except InvalidInput as exc:
            assert "notReal" not in str(exc)
            assert exc.__cause__ is None
