# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The configuration of Panorama's Cloud Services plugin, as far as Prisma Access's tunnels go.

Names of elements and their words: the vendor's SDK for the plugin, and configurations that were published. The licence types are those of such
configurations and of the cloud's API; lengths are not documented and not checked.
"""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.kinds import (
    HOST, Address, AutonomousSystem, Node, Reference, Text, by_name, empty, entries, group, integer, leaf, members, one_of, secret, text, words, yes_no,
)

_NETWORK = Address(network=True)
_TUNNEL = Reference("ipsec-tunnel")
_SPEAKERS = (leaf("peer-ip-address", HOST), leaf("local-ip-address", HOST), secret("secret", 63))
_BGP = group(
    "protocol",
    group(
        "bgp", *yes_no("enable", "originate-default-route", "summarize-mobile-user-routes", "do-not-export-routes"), leaf("peer-as", AutonomousSystem()),
        *_SPEAKERS,
    ),
)
_SITE = (
    _BGP, members("subnets", _NETWORK), text("region"), leaf("ipsec-tunnel", refers=_TUNNEL), *yes_no("secondary-wan-enabled"),
    leaf("secondary-ipsec-tunnel", refers=_TUNNEL), group("bgp-peer", *yes_no("same-as-primary"), *_SPEAKERS),
)
_SET_UP = (leaf("template-stack", refers=Reference("template-stack")), leaf("device-group", refers=Reference("device-group")))


def _services() -> tuple[Node, ...]:
    """What a tenant has, and the plugin itself where there are no tenants."""
    return (
        group(
            "remote-networks", *_SET_UP, *yes_no("overlapped-subnets"), members("trusted-zones"),
            *by_name("internal-dns-match dns-servers udp-queries"),
            group("agg-bandwidth", *yes_no("enabled"), entries("region", integer("allocated-bw", 50, 1000000), members("spn-name-list"))),
            entries(
                "onboarding", *_SITE, leaf("license-type", Text(pattern=r"FWAAS-(AGGREGATE|(SITE-)?\d+Mbps)")), text("spn-name"),
                words("ecmp-load-balancing", "disabled", "enabled-with-symmetric-return"),
                entries("link", leaf("ipsec-tunnel", refers=_TUNNEL), _BGP), *yes_no("inbound-flow-over-pa-backbone"),
                kind="remote-network", required=("region",),
            ),
        ),
        group(
            "service-connection", *_SET_UP, leaf("service-subnet", _NETWORK), leaf("infra-bgp-as", AutonomousSystem()), *by_name("internal-dns-list"),
            # The spelling of the last ones is that of the cloud's API; no configuration with them was published.
            entries("onboarding", *_SITE, text("backup-SC"), leaf("nat-pool", _NETWORK), *yes_no("source-nat"),
                    words("no-export-community", "Disabled", "Enabled-In", "Enabled-Out", "Enabled-Both"), *by_name("qos"),
                    kind="service-connection", required=("region",)),
        ),
        group("routing-preference", one_of(*empty("default", "Hot-Potato-Routing"))),
        *by_name("pbf traffic-steering mobile-users mobile-users-global-protect"),
    )


PLUGINS = group(
    "plugins",
    group(
        "cloud_services", *_services(), *yes_no("multi-tenant-enable"),
        group(
            "multi-tenant", *by_name("access-domain"),
            entries("tenants", *_services(), *by_name("access-domain bandwidth bandwidth-adem bandwidth-clean-pipe users adem-users"), kind="tenant"),
        ),
    ),
    open=True,
)
