# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the other side must enter, by field; and that what is entered there is read as the same VPN again."""

from __future__ import annotations

import copy
import html.parser
import importlib
import json

import pytest
from ansible.errors import AnsibleFilterError
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tunnelsmith.panos_vpn.plugins.filter.peer_sheet import FilterModule
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers import sheet
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.rules import CLOUDS

TESTS = "ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.peers"
azure = importlib.import_module(f"{TESTS}.azure.test_azure_reader")
gcp = importlib.import_module(f"{TESTS}.gcp.test_gcp_reader")
zstack = importlib.import_module(f"{TESTS}.zstack.test_zstack_reader")
harmony = importlib.import_module(f"{TESTS}.harmony_sase.test_harmony_sase_reader")
aws = importlib.import_module(f"{TESTS}.aws.test_reader")

peer_sheet = FilterModule().filters()["peer_sheet"]
KEY = "notReal.key|with<odd>&`signs*"
PROFILES = {
    "aws": aws.profile_of(aws.BGP), "azure": azure.profile_of(azure.BUNDLE), "gcp": gcp.profile_of(gcp.BUNDLE),
    "harmony_sase": harmony.profile_of(harmony.SINGLE), "zstack": zstack.profile_of(zstack.CONSOLE),
}
HAND_WRITTEN = {"id": "paris", "tunnels": [{
    "outside_address": "203.0.113.17", "customer_outside_address": "198.51.100.10", "local_id": "fw.example.net", "peer_id": "cloud.example.com",
    "inside_cidr": "169.254.10.0/30", "inside_address": "169.254.10.2", "inside_peer_address": "169.254.10.1", "pre_shared_key": KEY, "initiator": "firewall",
    "ike": {"version": "ikev2", "encryption": "aes-256-gcm", "hash": "sha384", "dh_group": "group20", "lifetime_seconds": 28800},
    "ipsec": {"encryption": "aes-256-cbc", "authentication": "sha256", "dh_group": "no-pfs", "lifetime_seconds": 3600},
    "bgp": {"local_as": 65010, "peer_as": 65020, "hold_time": 30, "keep_alive": 10}}]}


def changed(profile, **members):
    """The profile with other members of all its tunnels."""
    whole = copy.deepcopy(profile)
    for tunnel in whole["tunnels"]:
        tunnel.update(members)
    return whole


def rows_of(made, title=""):
    return {row["field"]: row["value"] for section in made["sections"] if section["title"].startswith(title) for row in section["rows"]}


def test_every_cloud_has_a_sheet_and_some_products_besides():
    assert set(CLOUDS) < set(sheet.products())
    assert set(sheet.products()) - set(CLOUDS) == {"generic", "panos", "strongswan"}


@pytest.mark.parametrize("product", sheet.products())
@pytest.mark.parametrize("profile", [*PROFILES.values(), HAND_WRITTEN], ids=[*PROFILES, "hand-written"])
def test_every_product_has_a_sheet_of_every_profile(product, profile):
    """Data is what JSON can hold, and each form has fields."""
    made = peer_sheet(profile, product=product, local_networks=["10.10.0.0/24"], remote_networks=["10.200.0.0/16"])
    assert json.loads(json.dumps(made)) == made
    assert made["product"] == product and all(section["rows"] for section in made["sections"])
    assert peer_sheet(profile, product=product, format="markdown").startswith(f"# {made['name']}: {made['title']}\n")
    assert peer_sheet(profile, product=product, format="html").startswith("<!DOCTYPE html>\n")


@pytest.mark.parametrize("name", PROFILES)
def test_the_product_is_the_profiles_cloud(name):
    assert peer_sheet(PROFILES[name])["product"] == name
    assert peer_sheet(HAND_WRITTEN)["product"] == "generic"


@pytest.mark.parametrize("product", sheet.products())
def test_a_key_is_on_a_sheet_only_where_that_is_asked_for_and_then_marked(product):
    for form in ("data", "markdown", "html"):
        without = peer_sheet(HAND_WRITTEN, product=product, format=form)
        assert "notReal" not in str(without) and sheet.NOT_HERE in str(without) and "onfidential:" not in str(without)
    made = peer_sheet(HAND_WRITTEN, product=product, show_keys="yes")
    assert made["confidential"] and [row["value"] for section in made["sections"] for row in section["rows"] if row["secret"]] == [KEY]
    assert "**Confidential: this sheet holds the pre-shared key.**" in peer_sheet(HAND_WRITTEN, product=product, format="markdown", show_keys=True)
    assert "<b>Confidential: this sheet holds the pre-shared key.</b>" in peer_sheet(HAND_WRITTEN, product=product, format="html", show_keys=True)
    given_ = peer_sheet(PROFILES["gcp"], product=product, show_keys=True, pre_shared_keys=["notReal.a", "notReal.b"])
    assert [row["value"] for section in given_["sections"] for row in section["rows"] if row["secret"]][0] == "notReal.a"
    unknown = peer_sheet(PROFILES["gcp"], product=product, show_keys=True)
    assert not unknown["confidential"] and "it is not known here either" in str(unknown)


def test_a_key_is_in_no_repr():
    made = sheet.sheet(sheet.Profile("x", tunnels=(sheet.Tunnel("203.0.113.1", pre_shared_key=KEY, ike=ike(), ipsec=esp()),)), "generic", show_keys=True)
    assert made.confidential and KEY not in repr(made)


def ike():
    return importlib.import_module(sheet.Profile.__module__).IkeProposal("ikev2", "aes-256-cbc", "sha256", "group14", 28800)


def esp():
    return importlib.import_module(sheet.Profile.__module__).IpsecProposal("aes-256-cbc", "sha256", "group14", 3600)


# -- by field ---------------------------------------------------------------------------------------------------------

FIELDS = {
    "aws": {"BGP ASN": "65000", "IP address": "198.51.100.10", "Routing options": "Dynamic (requires BGP)", "Inside IPv4 CIDR for tunnel 1": "169.254.88.12/30",
            "Phase 1 encryption algorithms": "AES256", "Phase 2 encryption algorithms": "AES256-GCM-16", "Phase 1 integrity algorithms": "SHA2-384",
            "Phase 1 DH group numbers": "20", "IKE version": "ikev2", "Phase 2 lifetime (seconds)": "3600", "Startup action": "Add"},
    "azure": {"IP address": "198.51.100.10", "Address Space(s)": ["169.254.21.1/32"], "Autonomous system number (ASN)": "65010",
              "BGP peer IP address": "169.254.21.1", "Primary Custom BGP Address": "169.254.21.2", "Secondary Custom BGP Address": "169.254.22.6",
              "IKE Phase 1: DH Group": "ECP384", "IKE Phase 2(IPsec): IPsec Encryption": "GCMAES256", "IKE Phase 2(IPsec): IPsec Integrity": "GCMAES256",
              "IKE Phase 2(IPsec): PFS Group": "ECP384", "IPsec SA lifetime in seconds": "14400", "Use policy based traffic selector": "Disable",
              "Connection Mode": "Default"},
    "gcp": {"Peer VPN gateway interfaces": "One interface", "Interface 0 IP address": "192.0.2.10", "Google ASN": "64514",
            "BGP peer keepalive interval": "25 seconds", "Associated Cloud VPN gateway interface": "1 : 203.0.113.31", "IKE version": "IKEv2",
            "Phase 1: DH": "Group-20", "Phase 2: Encryption": "AES-GCM-16-256", "Peer ASN": "65000", "Advertised route priority (MED)": "200",
            "Cloud Router BGP IPv4 address": "169.254.1.2", "BGP peer IPv4 address": "169.254.1.1"},
    "harmony_sase": {"Public IP": "198.51.100.10", "Remote ID": "198.51.100.10", "Harmony SASE Gateway Proposal Subnets": ["0.0.0.0/0"],
                     "IKE Lifetime": "28800 s", "Encryption (Phase I)": "aes256", "Integrity (Phase I)": "sha512", "Diffie-Hellman Groups (Phase II)": "14",
                     "Dead Peer Detection (DPD) Timeout": "30 s", "Add Route": ["10.10.0.0/24"]},
    "zstack": {"Local IP Address": "203.0.113.17", "Peer Public IP": "198.51.100.10", "Source Network CIDR": ["172.20.0.0/16", "172.21.0.0/16"],
               "Peer CIDR": ["10.10.0.0/24", "10.11.0.0/24"], "ID Configuration Method": "IP Address", "IKE DH Group": "2", "PFS DH Group": "dh-group14",
               "ESP Authentication Algorithm": "sha256"},
}


@pytest.mark.parametrize("name", FIELDS)
def test_each_field(name):
    found = rows_of(peer_sheet(PROFILES[name], local_networks=["10.10.0.0/24"]))
    assert {field: found.get(field) for field in FIELDS[name]} == FIELDS[name]


def test_the_order_of_the_forms():
    made = peer_sheet(PROFILES["zstack"])
    assert [section["title"] for section in made["sections"]] == ["Create IPsec Tunnel", "Advanced: IKE Configuration", "Advanced: IPsec Configuration"]
    assert [row["field"] for row in made["sections"][0]["rows"]] == [
        "Name", "Local IP Address", "Peer Public IP", "Source Network CIDR", "Peer CIDR", "Authentication Mode", "Authentication Key",
        "ID Configuration Method", "Local ID", "Peer ID"]
    assert [section["title"] for section in peer_sheet(PROFILES["gcp"])["sections"]] == [
        "Create a peer VPN gateway", "Cloud Router", "VPN tunnel 1", "BGP session of VPN tunnel 1", "VPN tunnel 2", "BGP session of VPN tunnel 2"]


def test_a_static_connection_of_aws():
    found = rows_of(peer_sheet(aws.profile_of(aws.STATIC), local_networks=["10.10.0.0/24"]))
    assert (found["Routing options"], found["Static IP prefixes"]) == ("Static", ["10.10.0.0/24"])


def test_two_addresses_of_the_firewall_are_two_local_network_gateways():
    made = peer_sheet(PROFILES["azure"], outside_addresses=["198.51.100.10", "192.0.2.10"])
    assert [section["title"] for section in made["sections"]] == ["Create local network gateway", "Create connection"] * 2
    assert [row["value"] for section in made["sections"] for row in section["rows"] if row["field"] == "IP address"] == ["198.51.100.10", "192.0.2.10"]


@pytest.mark.parametrize("initiator, azure_mode, strongswan_action, passive", [
    ("peer", "InitiatorOnly", "start", "off"), ("firewall", "ResponderOnly", "trap", "on"), ("either", "Default", "start", "off"),
])
def test_who_begins_is_seen_from_there(initiator, azure_mode, strongswan_action, passive):
    profile = changed(PROFILES["azure"], initiator=initiator)
    assert rows_of(peer_sheet(profile))["Connection Mode"] == azure_mode
    found = rows_of(peer_sheet(profile, product="strongswan"), "connections.to-paris-1.children")
    assert found["connections.to-paris-1.children.to-paris-1.start_action"] == strongswan_action
    assert rows_of(peer_sheet(profile, product="panos"))["Enable Passive Mode"] == passive


@pytest.mark.parametrize("members, ike_proposal, esp_proposal", [
    ({}, "aes256gcm16-prfsha384-ecp384", "aes256-sha256"),
    ({"ike": {"version": "ikev1", "encryption": "3des", "hash": "md5", "dh_group": "group2", "lifetime_seconds": 28800},
      "ipsec": {"encryption": "aes-128-gcm", "authentication": "none", "dh_group": "group14", "lifetime_seconds": 3600}},
     "3des-md5-modp1024", "aes128gcm16-modp2048"),
    ({"ike": {"version": "ikev2", "encryption": "aes-128-gcm", "hash": "non-auth", "dh_group": "group19", "lifetime_seconds": 28800}},
     "aes128gcm16-prfsha256-ecp256", "aes256-sha256"),
])
def test_proposals_of_strongswan(members, ike_proposal, esp_proposal):
    found = rows_of(peer_sheet(changed(HAND_WRITTEN, **members), product="strongswan"))
    assert (found["connections.paris.proposals"], found["connections.paris.children.paris.esp_proposals"]) == (ike_proposal, esp_proposal)


def test_a_strongswan_is_the_other_end():
    found = rows_of(peer_sheet(HAND_WRITTEN, product="strongswan"))
    assert (found["connections.paris.local_addrs"], found["connections.paris.remote_addrs"]) == ("203.0.113.17", "198.51.100.10")
    assert (found["connections.paris.local.id"], found["connections.paris.remote.id"]) == ("cloud.example.com", "fw.example.net")
    assert (found["own AS"], found["BGP neighbour's AS"], found["BGP neighbour"]) == ("65020", "65010", "169.254.10.2")
    assert found["address of the tunnel interface"] == "169.254.10.1/30"


def test_pairs_of_networks_are_turned_round():
    found = rows_of(peer_sheet(PROFILES["zstack"], product="panos"))
    assert found["Proxy ID 2"] == ["Local 172.21.0.0/16", "Remote 10.10.0.0/24"]
    assert rows_of(peer_sheet(PROFILES["zstack"], product="strongswan"))["connections.to-paris.children.to-paris-4.remote_ts"] == "10.11.0.0/24"


def test_an_address_in_the_gateways_subnet():
    whole = azure.changed("connection", gatewayCustomBgpIpAddresses=[])
    whole["local"]["properties"]["bgpSettings"]["bgpPeeringAddress"] = "10.10.255.1"
    found = rows_of(peer_sheet(azure.profile_of(whole, ours=azure.Ours())))
    assert (found["BGP peer IP address"], found["Enable Custom BGP Addresses"]) == ("10.10.255.1", "No")


# -- a sheet is read as the same VPN again ---------------------------------------------------------------------------


def typed(made):
    """What a person types: the words of the sheet, and the key that was handed over."""
    return {row["field"]: row["value"] for section in made["sections"] for row in section["rows"] if row["value"] != sheet.NOT_HERE}


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(["IKEv1", "IKEv2"]), st.sampled_from(["3des", "aes-128", "aes-192", "aes-256"]),
       st.sampled_from(["md5", "sha1", "sha256", "sha384", "sha512"]), st.sampled_from(["2", "5", "14", "19", "20"]), st.booleans())
def test_what_zstack_is_told_makes_the_same_profile(version, cipher, hashed, group, by_name):
    said = {**zstack.CONSOLE, "IKE Version": version, "IKE Encryption Algorithm": cipher, "ESP Authentication Algorithm": hashed, "IKE DH Group": group,
            "PFS DH Group": f"dh-group{group}"}
    ids = ("cloud.example.com", "fw.example.net") if by_name else ("203.0.113.17", "198.51.100.10")
    profile = zstack.profile_of({**said, "Local ID": ids[0], "Peer ID": ids[1]})
    assert zstack.profile_of(typed(peer_sheet(profile, show_keys=True))) == profile


@pytest.mark.parametrize("given_", [harmony.SINGLE, harmony.POLICY], ids=["route-based", "policy-based"])
def test_what_harmony_sase_is_told_makes_the_same_profile(given_):
    profile = harmony.profile_of(given_, panos_version="11.1.4")
    said = typed(peer_sheet(profile, show_keys=True))
    said.pop("Add Route", None)
    own = {name: said.pop(name) for name in ("Shared Secret", "Public IP", "Remote ID")}
    tunnel = {**own, "Harmony SASE Gateway IP": "203.0.113.17", "Harmony SASE Gateway ID": "203.0.113.17"}
    again = harmony.profile_of({**said, "Tunnels": [tunnel]}, panos_version="11.1.4")
    for whole in (again, profile):
        for each in whole["tunnels"]:
            each.pop("offers", None)
    assert again == profile


# -- forms ------------------------------------------------------------------------------------------------------------


class Texts(html.parser.HTMLParser):
    """The texts of a page, and which elements it has."""

    def __init__(self, text):
        super().__init__()
        self.texts, self.tags = [], set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)

    def handle_data(self, data):
        self.texts.append(data)


@settings(deadline=None, max_examples=60)
@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cf", "Zl", "Zp")), min_size=1, max_size=30))
def test_nothing_that_comes_from_outside_is_markup(text):
    profile = {**changed(HAND_WRITTEN, local_id=text, pre_shared_key=text), "id": text}
    expected = Texts(peer_sheet(HAND_WRITTEN, format="html", show_keys=True)).tags
    page = Texts(peer_sheet(profile, format="html", show_keys=True))
    assert page.tags == expected and any(text in found for found in page.texts)
    written = peer_sheet(profile, format="markdown", show_keys=True)
    plain = peer_sheet({**HAND_WRITTEN, "id": "x"}, format="markdown", show_keys=True)
    assert [line.count("|") - line.count("\\|") for line in written.splitlines()] == [line.count("|") - line.count("\\|") for line in plain.splitlines()]
    assert "\n<" not in written


def test_the_page_loads_nothing():
    page = Texts(peer_sheet(HAND_WRITTEN, format="html"))
    assert not page.tags & {"script", "link", "img", "iframe", "a"}


# -- refusals ---------------------------------------------------------------------------------------------------------


def test_what_a_product_has_no_word_for_is_said():
    made = peer_sheet(PROFILES["gcp"], product="zstack")
    assert made["warnings"] == [f"tunnel {number}: ZStack has no ESP Encryption Algorithm aes-256-gcm; choose another proposal" for number in (1, 2)]
    assert "Attention" in peer_sheet(PROFILES["gcp"], product="zstack", format="markdown")
    assert peer_sheet(changed(HAND_WRITTEN, ike={**HAND_WRITTEN["tunnels"][0]["ike"], "dh_group": "group16"}), product="azure")["warnings"] == [
        "tunnel 1: Azure has no dhGroup group16; choose another proposal"]
    assert all(peer_sheet(profile)["warnings"] == [] for profile in PROFILES.values())


OFFERED = {"ike": {"versions": ["ikev2"], "encryption": ["aes-256-cbc"], "hash": ["sha256"], "dh_group": ["group14"], "lifetime_seconds": 28800},
           "ipsec": {"encryption": ["aes-256-cbc"], "authentication": ["sha256"], "dh_group": ["group14"], "lifetime_seconds": 3600}}


def test_offers_are_chosen_of():
    found = rows_of(peer_sheet(changed(HAND_WRITTEN, ike={}, ipsec={}, offers=OFFERED)))
    assert found["Diffie-Hellman group"] == "group14"


@pytest.mark.parametrize("profile, arguments, words", [
    (HAND_WRITTEN, {"product": "mars"}, "there is no 'mars'; there are aws, azure, gcp, generic, harmony_sase, panos, strongswan, zstack"),
    (HAND_WRITTEN, {"format": "pdf"}, "format is one of data, markdown, html, not 'pdf'"),
    (HAND_WRITTEN, {"show_keys": "perhaps"}, "show_keys is true or false"),
    (HAND_WRITTEN, {"pre_shared_keys": ["a", "b"]}, "one key per tunnel"), (PROFILES["gcp"], {"outside_addresses": ["a", "b", "c"]}, "one for each"),
    ({"id": "x", "tunnels": []}, {}, "the profile has no tunnels"), ({"id": "x"}, {}, "the profile has no tunnels"),
    ("text", {}, "is given where options belong"),
    (changed(HAND_WRITTEN, ike={}, ipsec={}), {}, "the tunnel to 203.0.113.17 has no proposal"),
    ({"id": "x", "tunnels": [{"outside_address": "203.0.113.1"}]}, {}, "ike, ipsec is missing"),
])
def test_what_cannot_be_is_refused_by_name(profile, arguments, words):
    with pytest.raises(AnsibleFilterError, match=words):
        peer_sheet(profile, **arguments)


def test_a_profile_as_text_is_refused_without_what_stands_in_it():
    with pytest.raises(AnsibleFilterError) as refused:
        peer_sheet(json.dumps(HAND_WRITTEN))
    assert str(refused.value) == "profile: a text is given where options belong"
