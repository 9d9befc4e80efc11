# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Far sides other than AWS, and the variables with which their roles connect the emulator's own firewall."""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.tests.integration.playbook_run import ROOT

HERE = {
    "outside_interface": "ethernet1/8", "zone": "partners", "source_zones": ["trust"], "local_networks": ["10.10.0.0/24"],
    "remote_networks": ["172.20.0.0/16", "172.21.0.0/16"], "commit_poll": 0.05, "verify_timeout": 3, "verify_poll": 0.1,
}
KEY, OTHER_KEY = "notReal.key.of.the.peer", "notReal.other.key"
PROPOSALS = {
    "ike": {"version": "ikev2", "encryption": "aes-256-cbc", "hash": "sha256", "dh_group": "group14", "lifetime_seconds": 28800},
    "ipsec": {"encryption": "aes-256-gcm", "authentication": "none", "dh_group": "group14", "lifetime_seconds": 3600}}
GATEWAY = {"gateway_ip": "203.0.113.60", "gateway_id": "203.0.113.60", "public_ip": "198.51.100.10", "remote_id": "198.51.100.10"}
HARMONY = {
    "ike_version": "V2", "ike_lifetime": "8h", "tunnel_lifetime": "1h", "dead_peer_detection_delay": "10s", "dead_peer_detection_timeout": "30s",
    **{f"{name}_phase_{phase}": value for phase in (1, 2) for name, value in (
        ("encryption", "aes256"), ("integrity", "sha256"), ("diffie_hellman_groups", "14"))},
    "gateway_proposal_subnets": ["0.0.0.0/0"], "remote_gateway_proposal_subnets": ["0.0.0.0/0"]}


def read(name: str) -> str:
    return (ROOT / "playbooks" / "files" / name).read_text(encoding="utf-8")


# Role → (its variables without prefix, what a change changes, what nobody can leave out).
ROLES = {
    "site_to_site": (
        {**HERE, "name": "paris", "failover": "routes", "tunnels": [{"outside_address": "203.0.113.44", "pre_shared_key": KEY, **PROPOSALS}]},
        {"pre_shared_keys": [OTHER_KEY]}, "peer"),
    "zstack_pairing": (
        {**HERE, "name": "to-paris", "local_ip_address": "203.0.113.45", "peer_public_ip": "198.51.100.10", "authentication_key": KEY, "ike_dh_group": "14"},
        {"authentication_key": OTHER_KEY}, "local_ip_address"),
    "azure_pairing": (
        {**HERE, "name": "azure-hub", "connection": read("azure.json"), "inside_addresses": ["169.254.21.1", "169.254.22.5"], "failover": "bgp",
         "verify_timeout": 0}, {"pre_shared_keys": [OTHER_KEY] * 2}, "connection"),
    "gcp_pairing": (
        {**HERE, "name": "google-hub", "connection": read("google.json"), "pre_shared_keys": [KEY] * 2, "failover": "bgp", "verify_timeout": 0},
        {"pre_shared_keys": [OTHER_KEY] * 2}, "pre_shared_keys"),
    "harmony_sase_pairing": (
        {**HERE, **HARMONY, "name": "sase-paris", "tunnels": [{**GATEWAY, "shared_secret": KEY}], "failover": "routes"},
        {"tunnels": [{**GATEWAY, "shared_secret": OTHER_KEY}]}, "encryption_phase_2"),
}
