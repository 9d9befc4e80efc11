# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a new tenant has already: crypto profiles of well-known devices, locations, and bandwidth in one of them."""

from __future__ import annotations

import copy
from collections.abc import Iterator

_SHA_2 = ["sha512", "sha384", "sha256"]
_EVERYTHING = ["aes-256-gcm", "aes-128-gcm", "aes-256-cbc", "aes-192-cbc"]

#: The names and the proposals of the IPsec profiles are recorded: (name, encryption, authentication, group).
_IPSEC = (
    ("CloudGenix-IPSec-Crypto-Default", ["aes-256-cbc"], ["sha512"], "group20"),
    ("Citrix-IPSec-Crypto-Default", ["aes-256-cbc"], ["sha256"], "group2"),
    ("Riverbed-IPSec-Crypto-Default", ["aes-256-cbc"], ["sha512"], "group2"),
    ("SilverPeak-IPSec-Crypto-Default", ["aes-256-cbc"], ["sha512"], "group14"),
    ("CiscoISR-IPSec-Crypto-Default", ["aes-128-cbc"], ["sha256"], "group5"),
    ("CiscoASA-IPSec-Crypto-Default", [*_EVERYTHING, "3des", "des"], [*_SHA_2, "sha1", "md5"], "group2"),
    ("Viptela-IPSec-default", ["aes-256-cbc"], ["sha256"], "group2"),
    ("Suite-B-GCM-128", ["aes-128-gcm"], ["none"], "group19"),
    ("Suite-B-GCM-256", ["aes-256-gcm"], ["none"], "group20"),
    ("Velocloud-IPSec-default", ["aes-128-cbc"], ["sha256"], "group5"),
    ("PaloAlto-Networks-IPSec-Crypto", ["aes-128-cbc", "3des"], ["sha256"], "group2"),
    ("Others-IPSec-Crypto-Default", [*_EVERYTHING, "aes-128-cbc", "3des", "des"], [*_SHA_2, "sha1", "md5"], "group2"),
)

#: A few of the locations, with made-up places; (value, display, region, compute location).
LOCATIONS: list[dict] = [
    {"value": value, "display": display, "continent": continent, "latitude": latitude, "longitude": longitude, "region": region,
     "aggregate_region": compute}
    for value, display, continent, latitude, longitude, region, compute in (
        ("us-southeast", "US Southeast", "North America", 33.7, -84.4, "us-southeast", "us-southeast"),
        ("us-east-1", "US East", "North America", 39.0, -77.5, "us-east-1", "us-east"),
        ("us-west-2", "US Northwest", "North America", 45.5, -122.7, "us-west-2", "us-northwest"),
        ("eu-central-1", "Germany Central", "Europe", 50.1, 8.7, "eu-central-1", "europe-central"),
        ("eu-west-2", "UK", "Europe", 51.5, -0.1, "eu-west-2", "uk"),
    )
]
_TREES = ("whitebeam", "hornbeam", "rowan", "alder", "spruce", "juniper", "hawthorn", "aspen", "cypress", "larch")

BANDWIDTH: dict[str, dict] = {
    "us-southeast": {"name": "us-southeast", "allocated_bandwidth": 1000, "spn_name_list": ["us-southeast-whitebeam"], "qos": {}},
}

SETTINGS: dict = {
    "folder": "Shared", "infra_bgp_as": "65534", "infrastructure_subnet": "172.16.55.0/24", "tunnel_monitor_ip_address": "172.16.55.254",
    "loopback_ips": ["172.16.55.3", "172.16.55.4"], "egress_ip_notification_url": "", "api_key": "address-api-key-of-the-tenant",
}


def objects() -> Iterator[tuple[str, dict]]:
    """(resource, object) of every one. The IKE profile stands above the folders, and both have it."""
    for name, encryption, authentication, group in _IPSEC:
        yield "ipsec-crypto-profiles", copy.deepcopy({
            "name": name, "folder": "Remote Networks", "esp": {"authentication": authentication, "encryption": encryption},
            "lifetime": {"hours": 1}, "dh_group": group})
    yield "ike-crypto-profiles", {
        "name": "PaloAlto-Networks-IKE-Crypto", "folder": "Prisma Access", "hash": ["sha256"], "encryption": ["aes-256-cbc"], "dh_group": ["group14"],
        "lifetime": {"hours": 8}}


def nodes(compute_location: str, taken: list[str]) -> list[str]:
    """Names for further termination nodes."""
    return [name for name in (f"{compute_location}-{tree}" for tree in _TREES) if name not in taken]
