# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The other end is entered from its sheet alone, whatever product is there; then the tunnel comes up, and packets pass. All of them on one firewall."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.filter.peer_sheet import FilterModule
from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.site import LAN
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud import sheets
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.enclave import wait_until

peer_sheet = FilterModule().filters()["peer_sheet"]
COMBINED = {"encryption": "aes-256-gcm", "authentication": "none", "dh_group": "group20", "lifetime_seconds": 3600}
# Product, and how it is used where there are two ways → what its proposal has that others have not.
PRODUCTS = {
    "aws": {"ike": {"encryption": "aes-256-gcm", "hash": "sha512", "dh_group": "group19"}},
    "azure": {"ike": {"hash": "sha384", "dh_group": "group14"}, "ipsec": {**COMBINED, "dh_group": "group14", "lifetime_seconds": 27000}},
    "gcp": {"ike": {"lifetime_seconds": 36000}, "ipsec": {"dh_group": "group16", "lifetime_seconds": 10800}},
    "harmony_sase": {"ipsec": COMBINED},
    "strongswan": {"ike": {"encryption": "aes-128-gcm", "dh_group": "group21"}, "ipsec": {"encryption": "aes-128-cbc", "authentication": "sha512"}},
    "generic": {"ike": {"dh_group": "group15"}, "ipsec": {"dh_group": "group5"}},
    "zstack": {"ike": {"dh_group": "group14"}},
    "harmony_sase, policy-based": {"ike": {"hash": "sha512"}, "ipsec": {"dh_group": "group16"}},
}
POLICY_BASED = ("zstack", "harmony_sase, policy-based")
IKE = {"version": "ikev2", "encryption": "aes-256-cbc", "hash": "sha256", "dh_group": "group20", "lifetime_seconds": 28800}
IPSEC = {"encryption": "aes-256-cbc", "authentication": "sha256", "dh_group": "group14", "lifetime_seconds": 3600}
OWN_AS = 65515
IDLE = {
    "aws": {"Name tag", "IP address type", "Customer gateway", "Replay window size (packets)"},
    "azure": {"Name", "Endpoint", "Configure BGP settings", "Connection type", "Local network gateway", "Authentication Method", "Use Azure Private IP Address",
              "Enable Custom BGP Addresses", "IPsec / IKE policy", "IPsec SA lifetime in KiloBytes", "Use policy based traffic selector"},
    "gcp": {"Name", "Peer VPN gateway interfaces", "Phase 1: Integrity", "Phase 2: Integrity", "BGP session type", "Advertised route priority (MED)",
            "Allocate BGP IPv4 address", "BGP peer", "MD5 Authentication"},
    "harmony_sase": {"Name", "Integrity (Phase I)", "Dead Peer Detection (DPD) Delay"},
    "strongswan": {"connections.sheet-4.dpd_delay", "connections.sheet-4.local.auth", "connections.sheet-4.remote.auth", "secrets.ike-sheet-4.id-1",
                   "secrets.ike-sheet-4.id-2"},
    "generic": {"Mode", "Your BGP address", "Our BGP address", "MTU inside"},
    "harmony_sase, policy-based": {"Name", "IKE Lifetime", "Tunnel Lifetime", "Dead Peer Detection (DPD) Delay", "Dead Peer Detection (DPD) Timeout"},
    "zstack": {"Name", "Authentication Mode", "ID Configuration Method", "Local ID", "Peer ID", "Encapsulation Mode", "IPsec Security Protocol"},
}


def profile(number: int, product: str) -> dict:
    """What is agreed on with the other end, one tunnel."""
    tunnel = {
        "outside_address": f"203.0.113.{100 + number}", "customer_outside_address": "198.51.100.10", "pre_shared_key": f"notReal.sheet.{number}",
        "ike": {**IKE, **PRODUCTS[product].get("ike", {})}, "ipsec": {**IPSEC, **PRODUCTS[product].get("ipsec", {})}}
    if product in POLICY_BASED:
        tunnel["selector_pairs"] = [{"local": "10.10.0.0/24", "remote": network(number)}]
    else:
        inside = f"169.254.{100 + number}"
        tunnel.update(inside_cidr=f"{inside}.0/30", inside_peer_address=f"{inside}.1", inside_address=f"{inside}.2",
                      bgp={"local_as": 65010, "peer_as": OWN_AS, "keep_alive": 10, "hold_time": 30})
    return {"id": f"sheet-{number}", "tunnels": [tunnel]}


def network(number: int) -> str:
    """Behind the other end."""
    return f"10.{100 + number}.0.0/16"


PROFILES = {product: profile(number, product) for number, product in enumerate(PRODUCTS)}
NETWORKS = {product: network(number) for number, product in enumerate(PRODUCTS)}


def sheet_of(product: str) -> dict:
    of_product = product.partition(",")[0]
    return peer_sheet(PROFILES[product], product=of_product, show_keys=True, local_networks=["10.10.0.0/24"], remote_networks=[NETWORKS[product]])


def entered(sheet: dict) -> sheets.Side:
    told = next(told for told in PROFILES.values() if told["id"] == sheet["name"])["tunnels"][0]
    return sheets.far_side(sheet, sheets.Own((told["outside_address"],), OWN_AS))


def without(sheet: dict, field: str) -> dict:
    return {**sheet, "sections": [{**section, "rows": [row for row in section["rows"] if row["field"] != field]} for section in sheet["sections"]]}


@pytest.mark.parametrize("product", PRODUCTS)
def test_the_far_side_is_made_of_the_sheet_s_fields(product):
    """Without one of them nobody could fill in the form, but for those that name things, or say what is so anyway."""
    sheet = sheet_of(product)
    assert sheet["warnings"] == []
    idle = set()
    for field in {row["field"] for section in sheet["sections"] for row in section["rows"]}:
        try:
            entered(without(sheet, field))
        except KeyError:
            continue
        idle.add(field)
    assert idle == IDLE[product]


@pytest.fixture(scope="module")
def site(sites):
    far = {product: entered(sheet_of(product)) for product in PRODUCTS}
    policy_based = [far.pop(product) for product in POLICY_BASED]
    made = sites(connections=list(far.values()), vpcs=[NETWORKS[product] for product in far], peers=policy_based, bgp_timers=(3, 9))
    for product, told in PROFILES.items():
        routed = {"failover": "routes", "policy_based": True} if product in POLICY_BASED else {"failover": "bgp", "allow_readvertise": True}
        written = made.module(
            "site_to_site_vpn", name=told["id"], tunnels=told["tunnels"], outside_interface="ethernet1/8", zone="partners", source_zones=["trust"],
            local_networks=["10.10.0.0/24"], remote_networks=[NETWORKS[product]], **routed)
    made.module("commit", scope="all", commit_poll=0.05)
    assert written["objects"]
    return made


def test_every_product_s_form_is_filled_from_its_sheet(site):
    addresses = {product: cloud.address for product, cloud in zip(PRODUCTS, site.plane.clouds)}
    addresses.update({product: peer.addresses[0] for product, peer in zip(POLICY_BASED, site.plane.peers)})
    assert set(addresses) == set(PRODUCTS)
    up = {product: wait_until(lambda address=address: site.plane.ping(LAN, address), 45, 0.2) for product, address in addresses.items()}
    assert up == dict.fromkeys(PRODUCTS, True)
    assert {product: site.plane.ping(LAN, address, 3) for product, address in addresses.items()} == dict.fromkeys(PRODUCTS, 3)
    # Either end takes one proposal and no other.
    (sa,) = [sa for tunnel in site.state()["tunnels"] if tunnel["name"] == f"{PROFILES['strongswan']['id']}-1" for sa in tunnel["ipsec_sas"]]
    assert (sa["encryption"], sa["authentication"], sa["lifetime_seconds"]) == ("A128", "SHA512", 3600)
