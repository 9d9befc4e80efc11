# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import copy
import json

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers import problems
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.fields import plain, read
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.gcp import reader
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import Profile
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.rules import rules_of
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.fit import fitted
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.peers import spoiling

KEY = "notReal.google.key"
LINK = "https://www.googleapis.com/compute/v1/projects/p/regions/europe-west4"

GATEWAY = {"kind": "compute#vpnGateway", "name": "hub", "network": f"{LINK}/networks/prod",
           "vpnInterfaces": [{"id": 0, "ipAddress": "203.0.113.30"}, {"id": 1, "ipAddress": "203.0.113.31"}]}
EXTERNAL = {"kind": "compute#externalVpnGateway", "name": "paris", "redundancyType": "SINGLE_IP_INTERNALLY_REDUNDANT",
            "interfaces": [{"id": 0, "ipAddress": "192.0.2.10"}]}
ROUTER = {
    "kind": "compute#router", "name": "hub-router", "bgp": {"asn": 64514, "keepaliveInterval": 25},
    "interfaces": [{"name": f"if-{number}", "ipRange": f"169.254.{number}.2/30", "linkedVpnTunnel": f"{LINK}/vpnTunnels/to-paris-{number}"}
                   for number in (0, 1)],
    "bgpPeers": [{"name": f"peer-{number}", "interfaceName": f"if-{number}", "ipAddress": f"169.254.{number}.2", "peerIpAddress": f"169.254.{number}.1",
                  "peerAsn": 65000, "advertisedRoutePriority": 100 + 100 * number, "enable": "TRUE"} for number in (0, 1)],
}


def tunnel(number, **more):
    return {"kind": "compute#vpnTunnel", "name": f"to-paris-{number}", "vpnGateway": f"{LINK}/vpnGateways/hub", "vpnGatewayInterface": number,
            "peerExternalGateway": "https://x/externalVpnGateways/paris", "peerExternalGatewayInterface": 0, "router": f"{LINK}/routers/hub-router",
            "peerIp": "192.0.2.10", "sharedSecret": "*************", "sharedSecretHash": "AAAA", "status": "ESTABLISHED", "ikeVersion": 2,
            "detailedStatus": "Tunnel is up and running.", "localTrafficSelector": ["0.0.0.0/0"], "remoteTrafficSelector": ["0.0.0.0/0"], **more}


# Not in the order of the interfaces.
BUNDLE = {"gateway": GATEWAY, "external": EXTERNAL, "tunnels": [tunnel(1), tunnel(0)], "router": ROUTER}


def changed(place, **members):
    """The bundle with other members of one resource; C(place) is as C(tunnels.0) or C(router)."""
    whole = copy.deepcopy(BUNDLE)
    here = whole
    for name in place.split("."):
        here = here[int(name) if name.isdigit() else name]
    here.update(members)
    return whole


def profile_of(document, **arguments):
    return plain(fitted(reader.ha_vpn(document, **arguments)))


def refusal(document, **arguments):
    with pytest.raises(InvalidInput) as refused:
        profile_of(document, **arguments)
    assert KEY not in str(refused.value)
    return str(refused.value)


def terraform_values():
    """The provider's resources: a router is split, links are IDs or names, and blocks are lists."""
    base = "projects/p/regions/europe-west4"
    found = [("google_compute_ha_vpn_gateway", {"id": f"{base}/vpnGateways/hub", "name": "hub", "vpn_interfaces": [
        {"id": 0, "ip_address": "203.0.113.30", "interconnect_attachment": ""}, {"id": 1, "ip_address": "203.0.113.31", "interconnect_attachment": ""}]}),
        ("google_compute_external_vpn_gateway", {"id": "projects/p/global/externalVpnGateways/paris", "name": "paris",
                                                 "interface": [{"id": 0, "ip_address": "192.0.2.10"}], "redundancy_type": "SINGLE_IP_INTERNALLY_REDUNDANT"}),
        ("google_compute_router", {"id": f"{base}/routers/hub-router", "name": "hub-router", "bgp": [{"asn": 64514, "keepalive_interval": 25}]})]
    for number in (0, 1):
        found.append(("google_compute_vpn_tunnel", {
            "id": f"{base}/vpnTunnels/to-paris-{number}", "name": f"to-paris-{number}", "vpn_gateway": f"{LINK}/vpnGateways/hub",
            "vpn_gateway_interface": number, "peer_external_gateway": "paris", "peer_external_gateway_interface": 0, "router": "hub-router",
            "peer_ip": "192.0.2.10", "shared_secret": KEY, "ike_version": 2, "local_traffic_selector": ["0.0.0.0/0"],
            "remote_traffic_selector": ["0.0.0.0/0"], "detailed_status": "Tunnel is up and running.", "target_vpn_gateway": "", "peer_gcp_gateway": ""}))
        found.append(("google_compute_router_interface", {
            "id": f"{base}/hub-router/if-{number}", "name": f"if-{number}", "router": "hub-router", "ip_range": f"169.254.{number}.2/30",
            "vpn_tunnel": f"to-paris-{number}"}))
        found.append(("google_compute_router_peer", {
            "id": f"{base}/routers/hub-router/peer-{number}", "name": f"peer-{number}", "router": "hub-router", "interface": f"if-{number}",
            "ip_address": f"169.254.{number}.2", "peer_ip_address": f"169.254.{number}.1", "peer_asn": 65000,
            "advertised_route_priority": 100 + 100 * number, "enable": True, "bfd": [{"session_initialization_mode": "DISABLED"}],
            "md5_authentication_key": []}))
    return found


def terraform_show():
    resources = [{"address": f"{kind}.x{number}", "mode": "managed", "type": kind, "name": "x", "values": values}
                 for number, (kind, values) in enumerate(terraform_values())]
    return {"format_version": "1.0", "values": {"root_module": {"resources": resources[:3], "child_modules": [{"resources": resources[3:]}]}}}


def terraform_state():
    return {"version": 4, "resources": [{"mode": "managed", "type": kind, "name": "x", "instances": [{"attributes": values}]}
                                        for kind, values in terraform_values()]}


def terraform_plan():
    """What will be stands beside what was, and beside what the configuration says."""
    was = json.loads(json.dumps(terraform_show()["values"]).replace("203.0.113.", "203.0.112.").replace("169.254.", "169.250."))
    changes = [{"type": kind, "change": {"actions": ["update"], "before": {**values, "name": "before"}, "after": values}}
               for kind, values in terraform_values()]
    return {"planned_values": terraform_show()["values"], "prior_state": {"values": was}, "resource_changes": changes, "configuration": {"root_module": {}}}


def deployment():
    """A configuration of Deployment Manager, whose references name other resources of it; the gateway's addresses come from gcloud."""
    resources = [{"name": each["name"], "type": "compute.v1.vpnTunnel", "properties": {
        "region": "europe-west4", "vpnGateway": "$(ref.hub.selfLink)", "vpnGatewayInterface": each["vpnGatewayInterface"], "ikeVersion": 2,
        "peerExternalGateway": "$(ref.paris.selfLink)", "peerExternalGatewayInterface": 0, "router": "$(ref.hub-router.selfLink)", "sharedSecret": KEY}}
        for each in BUNDLE["tunnels"]]
    router = {key: value for key, value in ROUTER.items() if key not in ("name", "kind")}
    router["interfaces"] = [{**each, "linkedVpnTunnel": f"$(ref.to-paris-{number}.selfLink)"} for number, each in enumerate(ROUTER["interfaces"])]
    resources.append({"name": "hub-router", "type": "compute.v1.router", "properties": router})
    resources.append({"name": "paris", "type": "gcp-types/compute-v1:externalVpnGateways", "properties": {"interfaces": EXTERNAL["interfaces"]}})
    return [yaml.safe_dump({"resources": resources}), GATEWAY]


KEYS_KNOWN = {
    "terraform show": terraform_show(), "terraform's state": terraform_state(), "terraform's plan": terraform_plan(), "a deployment": deployment(),
}
WAYS = {
    "a bundle": BUNDLE,
    "JSON": json.dumps(BUNDLE),
    "YAML": yaml.safe_dump(BUNDLE),
    "YAML, one document each": yaml.safe_dump_all([GATEWAY, EXTERNAL, ROUTER, *BUNDLE["tunnels"]]),
    "a list of texts": [json.dumps(GATEWAY), yaml.safe_dump(ROUTER), json.dumps([EXTERNAL]), json.dumps({"items": BUNDLE["tunnels"]})],
    "what a loop registered": [{"stdout": json.dumps(each), "rc": 0, "item": "x"} for each in BUNDLE.values()],
    "what a task registered, by names": {name: {"stdout": json.dumps(each), "rc": 0} for name, each in BUNDLE.items()},
    "an aggregated list": {"items": {"regions/europe-west4": {"vpnTunnels": BUNDLE["tunnels"]}}, "others": [GATEWAY, EXTERNAL, ROUTER]},
    "Ansible's google.cloud": [{"resources": [each]} for each in (GATEWAY, EXTERNAL, ROUTER, *BUNDLE["tunnels"])],
    "without kinds": spoiling.respelled(json.loads(json.dumps(BUNDLE).replace('"kind"', '"x"')), str),
    "snake case": spoiling.respelled(BUNDLE, spoiling.snake),
}

EXPECTED_FIRST = {
    "outside_address": "203.0.113.30", "cloud": "gcp", "customer_outside_address": "192.0.2.10", "ike_fragmentation": True,
    "inside_cidr": "169.254.0.0/30", "inside_address": "169.254.0.1", "inside_peer_address": "169.254.0.2", "pre_shared_key": None,
    "ike": {"version": "ikev2", "encryption": "aes-256-cbc", "hash": "sha384", "dh_group": "group20", "lifetime_seconds": 36000},
    "ipsec": {"encryption": "aes-256-gcm", "authentication": "none", "dh_group": "group20", "lifetime_seconds": 10800},
    "mtu": 1406, "outside_mtu": 1460, "bgp": {"local_as": 65000, "peer_as": 64514, "hold_time": 75, "keep_alive": 25, "med": 100},
    "traffic_selectors": {"local": "0.0.0.0/0", "remote": "0.0.0.0/0"},
    "telemetry": {"status": "UP", "status_message": "Tunnel is up and running.", "accepted_routes": None},
}


def test_a_whole_profile():
    """The tunnels are in the order of the gateway's interfaces, and their inside addresses as said: Google's are the higher ones here."""
    result = profile_of(BUNDLE)
    first, second = result.pop("tunnels")
    first.pop("offers")
    assert first == EXPECTED_FIRST
    assert (second["outside_address"], second["inside_address"], second["bgp"]["med"]) == ("203.0.113.31", "169.254.1.1", 200)
    assert result == {"id": "hub", "cloud": "gcp", "state": None, "routing": "bgp", "gateway": "ha-vpn", "customer_gateway_id": "paris",
                      "acceleration": False, "static_routes": None, "warnings": []}


@pytest.mark.parametrize("document", WAYS.values(), ids=WAYS.keys())
def test_every_way_of_printing_says_the_same(document):
    assert profile_of(document) == profile_of(BUNDLE)


@pytest.mark.parametrize("document", KEYS_KNOWN.values(), ids=KEYS_KNOWN.keys())
def test_what_holds_the_secret_says_the_same_besides(document):
    result, expected = profile_of(document), profile_of(BUNDLE)
    assert [found.pop("pre_shared_key") for found in result["tunnels"]] == [KEY, KEY]
    for found in expected["tunnels"] + result["tunnels"]:
        found.pop("telemetry", None)
        found.pop("pre_shared_key", None)
    assert result == expected


def test_masked_keys_are_no_keys_and_google_is_named():
    (first, _second) = problems.key_problems("hub", read(Profile, profile_of(BUNDLE), "profile").tunnels)
    assert first == ("hub, tunnel to 203.0.113.30 has no readable pre-shared key in Google's output, which always masks it (sharedSecret); "
                     "give them as pre_shared_keys, one per tunnel")


def test_what_is_not_set_is_googles_default():
    whole = changed("router", bgp={"asn": 64514})
    for peer in whole["router"]["bgpPeers"]:
        del peer["advertisedRoutePriority"]
    (session, _other) = [found["bgp"] for found in profile_of(whole)["tunnels"]]
    assert session == {"local_as": 65000, "peer_as": 64514, "hold_time": 60, "keep_alive": 20, "med": 100}


def test_a_priority_of_none_is_said():
    whole = copy.deepcopy(BUNDLE)
    whole["router"]["bgpPeers"][0]["advertisedRoutePriority"] = 0
    assert profile_of(whole)["tunnels"][0]["bgp"]["med"] == 0


def test_ikev1_is_one_weak_proposal():
    result = profile_of(changed("tunnels.1", ikeVersion=1))
    first = result["tunnels"][0]
    assert first["ike"] == {"version": "ikev1", "encryption": "aes-128-cbc", "hash": "sha1", "dh_group": "group2", "lifetime_seconds": 36600}
    assert first["ipsec"] == {"encryption": "aes-128-cbc", "authentication": "sha1", "dh_group": "group2", "lifetime_seconds": 10800}
    assert "ike_fragmentation" not in first and len(result["warnings"]) == 4


SUITES = {
    "one of each": ({"phase1": {"encryption": ["AES-CBC-128"], "integrity": ["HMAC-SHA2-256-128"], "prf": ["PRF-HMAC-SHA2-256"], "dh": ["Group-14"]},
                     "phase2": {"encryption": ["AES-CBC-256"], "integrity": ["HMAC-SHA2-512-256"], "pfs": ["Group-19"]}},
                    ("aes-128-cbc", "sha256", "group14", "aes-256-cbc", "sha512", "group19")),
    "GCM, whose hash is that of the function": ({"phase1": {"encryption": ["AES-GCM-16-256"], "prf": ["PRF-HMAC-SHA2-256"], "dh": ["Group-20"]},
                                                 "phase2": {"encryption": ["AES-GCM-16-128"], "pfs": ["Group-20"]}},
                                                ("aes-256-gcm", "sha256", "group20", "aes-128-gcm", "none", "group20")),
    "a part of it": ({"phase1": {"dh": ["Group-16"]}}, ("aes-256-cbc", "sha384", "group16", "aes-256-gcm", "none", "group20")),
    "as Terraform has it": ([{"phase1": [{"encryption": ["AES-CBC-192"]}], "phase2": []}],
                            ("aes-192-cbc", "sha384", "group20", "aes-256-gcm", "none", "group20")),
}


@pytest.mark.parametrize("suite, chosen", SUITES.values(), ids=SUITES.keys())
def test_a_chosen_suite_is_all_that_is_taken(suite, chosen):
    first = profile_of(changed("tunnels.1", cipherSuite=suite))["tunnels"][0]
    ike, ipsec = first["ike"], first["ipsec"]
    assert (ike["encryption"], ike["hash"], ike["dh_group"], ipsec["encryption"], ipsec["authentication"], ipsec["dh_group"]) == chosen


def test_two_peers_of_one_gateway_are_told_apart():
    whole = copy.deepcopy(BUNDLE)
    whole["tunnels"][0]["peerExternalGateway"] = "https://x/externalVpnGateways/london"
    assert refusal(whole) == "HA VPN gateway hub has tunnels to several peers; say which: london, paris."
    result = profile_of(whole, peer="london")
    assert [found["outside_address"] for found in result["tunnels"]] == ["203.0.113.31"]
    assert result["customer_gateway_id"] == "london"
    assert result["warnings"] == ["HA VPN gateway hub: no tunnel leaves from its interface 0, so that nothing is left when the other one fails"]


def test_four_tunnels_to_two_addresses():
    whole = changed("external", redundancyType="TWO_IPS_REDUNDANCY", interfaces=[{"id": 0, "ipAddress": "192.0.2.10"}, {"id": 1, "ipAddress": "192.0.2.11"}])
    for number in (2, 3):
        whole["tunnels"].append({**tunnel(number - 2), "name": f"to-paris-{number}", "peerExternalGatewayInterface": 1, "peerIp": "192.0.2.11"})
        whole["router"]["interfaces"].append({"name": f"if-{number}", "ipRange": f"169.254.{number}.2/30", "linkedVpnTunnel": f"x/to-paris-{number}"})
        whole["router"]["bgpPeers"].append({**ROUTER["bgpPeers"][0], "interfaceName": f"if-{number}", "ipAddress": f"169.254.{number}.2",
                                            "peerIpAddress": f"169.254.{number}.1"})
    found = profile_of(whole)["tunnels"]
    assert [(each["outside_address"], each["customer_outside_address"]) for each in found] == [
        ("203.0.113.30", "192.0.2.10"), ("203.0.113.30", "192.0.2.11"), ("203.0.113.31", "192.0.2.10"), ("203.0.113.31", "192.0.2.11")]


def test_ipv6_inside():
    """A session of its own between IPv6 addresses, or IPv6 routes in the IPv4 session."""
    six = {**ROUTER["bgpPeers"][0], "name": "six", "ipAddress": "2600:2d00:0:2::1", "peerIpAddress": "2600:2d00:0:2::2"}
    whole = changed("router", bgpPeers=[six, *ROUTER["bgpPeers"]])
    first = profile_of(whole)["tunnels"][0]
    assert (first["inside_ipv6_cidr"], first["inside_ipv6_address"], first["inside_ipv6_peer_address"]) == (
        "2600:2d00:0:2::/126", "2600:2d00:0:2::2", "2600:2d00:0:2::1")
    both = {**ROUTER["bgpPeers"][0], "enableIpv6": True, "ipv6NexthopAddress": "2600:2d00:0:2::1", "peerIpv6NexthopAddress": "2600:2d00:0:2::2"}
    assert profile_of(changed("router", bgpPeers=[both, ROUTER["bgpPeers"][1]]))["tunnels"][0]["inside_ipv6_address"] == "2600:2d00:0:2::2"


def test_narrowed_selectors_are_pairs_seen_from_here():
    first = profile_of(changed("tunnels.1", localTrafficSelector=["10.200.0.0/16"], remoteTrafficSelector=["10.10.0.0/24", "10.11.0.0/24"]))["tunnels"][0]
    assert first["selector_pairs"] == [{"local": "10.10.0.0/24", "remote": "10.200.0.0/16"}, {"local": "10.11.0.0/24", "remote": "10.200.0.0/16"}]
    assert "traffic_selectors" not in first


def test_what_the_router_learned_is_told():
    status = {"kind": "compute#routerStatusResponse", "result": {"network": "x/prod", "bgpPeerStatus": [
        {"name": "peer-1", "peerIpAddress": "169.254.1.1", "numLearnedRoutes": 3}, {"name": "peer-0", "peerIpAddress": "169.254.0.1", "numLearnedRoutes": 0}]}}
    found = profile_of({**BUNDLE, "status": status})["tunnels"]
    assert [each["telemetry"]["accepted_routes"] for each in found] == [0, 3]


def test_a_tunnel_that_is_not_up_is_said_to_be_down_in_googles_words():
    first = profile_of(changed("tunnels.1", status="NO_INCOMING_PACKETS", detailedStatus="No incoming packets from peer"))["tunnels"][0]
    assert first["telemetry"] == {"status": "DOWN", "status_message": "No incoming packets from peer", "accepted_routes": None}


def test_what_the_peer_asks_for_besides():
    whole = copy.deepcopy(BUNDLE)
    whole["router"]["bgpPeers"][0].update(enable="FALSE", bfd={"sessionInitializationMode": "ACTIVE"}, md5AuthenticationKeyName="signed")
    result = profile_of(whole)
    assert result["tunnels"][0]["bgp"]["authentication"] == "signed"
    assert [text.partition(": ")[2] for text in result["warnings"]] == [
        "the BGP session is turned off there (bgpPeers.enable)", "BFD is asked for there, and is not set up here; BGP's own timers find a silent peer"]


REFUSED = {
    "no gateway": ([ROUTER, tunnel(0)], ["There is no HA VPN gateway", "gcloud compute vpn-gateways describe"]),
    "nothing": ([], ["There is no HA VPN gateway"]),
    "a classic VPN": ([{**tunnel(0), "vpnGateway": None, "targetVpnGateway": "x/old"}, ROUTER], ["to-paris-0", "Classic VPN (targetVpnGateway)"]),
    "no tunnel": ([GATEWAY, ROUTER], ["hub has no tunnel", "vpn-tunnels"]),
    "tunnels of another gateway": ([GATEWAY, {**tunnel(0), "vpnGateway": "x/other"}, ROUTER], ["hub has no tunnel"]),
    "no router": ([GATEWAY, tunnel(0), tunnel(1)], ["to-paris-0", "hub-router is not in this output", "BGP"]),
    "no interface for a tunnel": (changed("router", interfaces=ROUTER["interfaces"][1:]), ["to-paris-0", "no interface for it (interfaces.linkedVpnTunnel)"]),
    "no peer for a tunnel": (changed("router", bgpPeers=ROUTER["bgpPeers"][1:]), ["to-paris-0", "no BGP peer on interface if-0"]),
    "no AS of the router": (changed("router", bgp={}), ["to-paris-0", "the router's AS number (bgp.asn)"]),
    "no such interface of the gateway": (changed("gateway", vpnInterfaces=GATEWAY["vpnInterfaces"][1:]), ["to-paris-0", "interface 0", "vpnInterfaces"]),
    "a gateway that is not made yet": (changed("gateway", vpnInterfaces=[{"id": 0}, {"id": 1}]), ["to-paris-0", "names no address (ipAddress)"]),
    "two gateways": ([BUNDLE, {**GATEWAY, "name": "other"}], ["2 HA VPN gateways", "hub, other"]),
    "inside addresses that do not go together": (
        changed("router", interfaces=[{**ROUTER["interfaces"][0], "ipRange": "169.254.9.1/30"}, ROUTER["interfaces"][1]]),
        ["to-paris-0", "169.254.0.1 (ours) and 169.254.0.2 (Google) are not two hosts of 169.254.9.0/30"]),
    "a tunnel to another gateway of Google's": (changed("tunnels.1", peerExternalGateway=None, peerGcpGateway="x/there"), ["several peers"]),
    "both tunnels to another gateway of Google's": (
        [GATEWAY, ROUTER, {**tunnel(0), "peerExternalGateway": "", "peerGcpGateway": "x/there"}],
        ["to-paris-0", "another gateway of Google's, there (peerGcpGateway)"]),
    "a tunnel that goes": (changed("tunnels.1", status="DEPROVISIONING"), ["to-paris-0 is DEPROVISIONING"]),
    "selectors that are none": (changed("tunnels.1", remoteTrafficSelector=["everything"]), ["to-paris-0", "traffic selectors"]),
    "algorithms that PAN-OS has not": (changed("tunnels.1", cipherSuite={"phase1": {"dh": ["Group-31", "modp-2048-224"]}}),
                                       ["HA VPN gateway hub cannot be configured", "phase1.dh has only Group-31, modp-2048-224", "in Google Cloud"]),
    "AES-192-GCM alone": (changed("tunnels.1", cipherSuite={"phase2": {"encryption": ["AES-GCM-16-192"]}}), ["phase2.encryption has only AES-GCM-16-192"]),
    "text": ("hello", ["not JSON or YAML"]),
    "broken YAML": (f"sharedSecret: [{KEY}", ["not JSON or YAML (line 1"]),
    "broken JSON": ('{"sharedSecret": "' + KEY, ["is not JSON (line 1"]),
    "a number": (7, ["neither a mapping, a list nor a text"]),
}


@pytest.mark.parametrize("document, words", REFUSED.values(), ids=REFUSED.keys())
def test_refusals_name_the_tunnel_and_what_to_do(document, words):
    said = refusal(document)
    assert all(word in said for word in words), said


def test_names_that_do_not_exist_are_refused_with_those_that_do():
    assert refusal(BUNDLE, connection_id="hob") == "There is no HA VPN gateway hob in this output; it holds hub."
    assert refusal(BUNDLE, peer="london") == "HA VPN gateway hub has no tunnel to the external gateway london; its tunnels go to paris."
    assert profile_of([BUNDLE, {**GATEWAY, "name": "other"}], connection_id="hub") == profile_of(BUNDLE)


@settings(deadline=None, max_examples=250)
@given(st.sampled_from(list(spoiling.places({**BUNDLE, "terraform": terraform_show()}))), st.sampled_from(spoiling.JUNK))
def test_no_wrong_value_anywhere_breaks_the_reader(path, junk):
    """It is read, or refused in words."""
    whole = {"terraform": terraform_show()} if path[0] == "terraform" else BUNDLE
    for document in (spoiling.spoiled(whole, path, junk), spoiling.without(whole, path)):
        try:
            assert read(Profile, profile_of(document), "profile")
        except InvalidInput as refused:
            assert KEY not in str(refused)


@pytest.mark.parametrize("cidr, words", [("169.254.0.0/30", None), ("169.254.255.248/29", None), ("172.31.255.0/30", "is not within 169.254.0.0/16"),
                                         ("fd20::/126", None)])
def test_inside_ranges(cidr, words):
    said = rules_of("gcp").inside_problem(cidr)
    assert said is None if words is None else words in said


def test_the_recorded_bundle(shared_fixtures):
    """Its first inside range is one that another cloud reserves."""
    found = profile_of((shared_fixtures / "gcp" / "ha-vpn-bundle-two-tunnels.synthetic.json").read_text(encoding="utf-8"))
    assert [(each["outside_address"], each["inside_address"], each["inside_peer_address"]) for each in found["tunnels"]] == [
        ("203.0.113.30", "169.254.0.2", "169.254.0.1"), ("203.0.113.31", "169.254.1.2", "169.254.1.1")]
    assert {json.dumps(each["bgp"]) for each in found["tunnels"]} == {
        json.dumps({"local_as": 65000, "peer_as": 64514, "hold_time": 60, "keep_alive": 20, "med": 100})}
    assert problems.inside_problems("x", read(Profile, found, "profile").tunnels) == []


@pytest.mark.parametrize("names, words", [
    (["compute-vpnGateways-get-2025.json"], "has no tunnel"),
    (["compute-vpnGateways-get-2025.json", "compute-vpnTunnels-get-2025.json"], "peerGcpGateway"),
    (["compute-vpnTunnels-get-2025.json"], "There is no HA VPN gateway"), (["compute-routers-get-one-peer.json"], "There is no HA VPN gateway"),
    (["ansible-google.cloud-1.10.2-gcp_compute_vpn_tunnel_info.derived.json"], "There is no HA VPN gateway"),
])
def test_the_other_recordings_say_what_they_lack(shared_fixtures, names, words):
    assert words in refusal([(shared_fixtures / "gcp" / name).read_text(encoding="utf-8") for name in names])


def test_a_recorded_tunnel_without_its_other_end(shared_fixtures):
    """The recorded gateway, tunnel and router, as if the other end were a firewall."""
    gateway, told, router = (json.loads((shared_fixtures / "gcp" / name).read_text(encoding="utf-8")) for name in (
        "compute-vpnGateways-get-2025.json", "compute-vpnTunnels-get-2025.json", "compute-routers-get-one-peer.json"))
    del told["peerGcpGateway"]
    told["router"] = router["selfLink"]
    router["interfaces"][0]["linkedVpnTunnel"] = told["selfLink"]
    (found,) = profile_of([gateway, told, router])["tunnels"]
    assert (found["outside_address"], found["customer_outside_address"]) == ("34.157.114.246", "34.157.117.141")
    assert found["bgp"] == {"local_as": 64999, "peer_as": 65510, "hold_time": 60, "keep_alive": 20, "med": 100}
