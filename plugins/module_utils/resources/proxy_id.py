# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One proxy ID of an IPsec tunnel, IPv4 or IPv6."""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.single import entries
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.values import read
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources.ipsec_tunnel import PROXY_ID_NODES, check_operational_name
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import DesiredEntry
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import PLACES
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Request, Resource, Table

TABLE = Table("proxy_id", "network", (), nodes=PROXY_ID_NODES, parents=("ipsec_tunnel",))
_OPTIONS = {"ipv4": "proxy-id", "ipv6": "proxy-id-v6"}


def _tunnel(request: Request) -> tuple:
    return PLACES["ipsec_tunnel"][1] + (("entry", request.names["tunnel"]),)


def _container(request: Request) -> tuple:
    return _tunnel(request) + ("auto-key", _OPTIONS[request.names["address_family"]])


def reads(request: Request) -> list:
    return [("network", _container(request))]


def desired(request: Request, tree) -> list:
    check_operational_name(request.names["tunnel"], request.name)
    return [DesiredEntry(TABLE, request.name, request.values, request.state, container=_container(request))]


def gathered(request: Request, tree) -> list:
    return [{**request.names, "name": entry.get("name"), **read(TABLE.nodes, entry, TABLE.choices)}
            for entry in entries(tree, request.base, TABLE, request.name, _container(request))]


RESOURCE = Resource(
    "proxy_id", TABLE, reads, desired, gathered, identity=("tunnel", "address_family", "name"),
    identity_specs={"address_family": {"required": False, "choices": ["ipv4", "ipv6"], "default": "ipv4"}},
)
