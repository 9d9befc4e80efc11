# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The objects of Panorama's Cloud Services plugin: what is onboarded to Prisma Access, and the bandwidth that it has.

Elements: the vendor's SDK for the plugin and published configurations. C(backup-SC) to C(no-export-community) are spelled as the cloud's API spells them.
"""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Entries, Group, Leaf, Members, Table

ECMP = "enabled-with-symmetric-return"

_SPEAKERS = (
    Leaf("peer_ip_address", "peer-ip-address", form="address"),
    Leaf("local_ip_address", "local-ip-address", form="address"),
    Leaf("secret", "secret", "secret"),
)
_BGP = Group("bgp", "protocol/bgp", (
    Leaf("enable", "enable", "bool"),
    Leaf("peer_as", "peer-as"),
    *_SPEAKERS,
    Leaf("originate_default_route", "originate-default-route", "bool"),
    Leaf("summarize_mobile_user_routes", "summarize-mobile-user-routes", "bool"),
    Leaf("do_not_export_routes", "do-not-export-routes", "bool"),
))
_SITE = (
    _BGP,
    Members("subnets", "subnets", exact=True, form="network"),
    Group("bgp_peer", "bgp-peer", (Leaf("same_as_primary", "same-as-primary", "bool"), *_SPEAKERS)),
    Leaf("region", "region"),
    Leaf("ipsec_tunnel", "ipsec-tunnel"),
    Leaf("secondary_wan_enabled", "secondary-wan-enabled", "bool"),
    Leaf("secondary_ipsec_tunnel", "secondary-ipsec-tunnel"),
)
_WITHOUT_BGP: dict = {"bgp": {"enable": False}, "secondary_wan_enabled": False}

REMOTE_NETWORK = Table(
    "remote_network", "cloud_services", ("remote-networks", "onboarding"), words="remote network",
    nodes=(
        *_SITE,
        Leaf("license_type", "license-type"),
        Leaf("spn_name", "spn-name"),
        Leaf("ecmp_load_balancing", "ecmp-load-balancing", choices=("disabled", ECMP)),
        Entries("ecmp_links", "link", (Leaf("ipsec_tunnel", "ipsec-tunnel"), _BGP), exact=True),
        Leaf("inbound_flow_over_pa_backbone", "inbound-flow-over-pa-backbone", "bool"),
    ),
    created={**_WITHOUT_BGP, "license_type": "FWAAS-AGGREGATE", "ecmp_load_balancing": "disabled"},
    required=("region",),
)
SERVICE_CONNECTION = Table(
    "service_connection", "cloud_services", ("service-connection", "onboarding"), words="service connection",
    nodes=(
        *_SITE,
        Leaf("backup_sc", "backup-SC"),
        Leaf("nat_pool", "nat-pool", form="network"),
        Leaf("source_nat", "source-nat", "bool"),
        Leaf("no_export_community", "no-export-community", choices=("Disabled", "Enabled-In", "Enabled-Out", "Enabled-Both")),
    ),
    created=_WITHOUT_BGP,
    required=("region",),
)
# Prisma Access names the termination nodes itself, so their list is read and not written.
COMPUTE_LOCATION = Table(
    "compute_location", "cloud_services", ("remote-networks", "agg-bandwidth", "region"), words="compute location",
    nodes=(Leaf("allocated_bandwidth", "allocated-bw", "int", minimum=50, maximum=1000000, unit="Mbps"),),
    required=("allocated_bandwidth",),
)
AGGREGATE_BANDWIDTH = Table(
    "aggregate_bandwidth", "cloud_services", ("remote-networks",), words="bandwidth by compute location", nodes=(Leaf("enabled", "enabled", "bool"),),
)
AGGREGATE_PLACE = ("remote-networks", "agg-bandwidth")
