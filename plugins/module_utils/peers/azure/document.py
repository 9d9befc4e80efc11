# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finding Azure's resources of a VPN in whatever its tools print.

REST keeps the settings below C(properties), the command line beside the name, Terraform calls some differently, and an exported template has
expressions for names. Here all become REST's names, in one spelling and without C(properties).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.azure import template
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.document import (
    Resources, fold, folded, last_part, terraform_attributes,
)
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.printed import opened

CONNECTION, GATEWAY, LOCAL_GATEWAY, PUBLIC_ADDRESS, NETWORK = "connection", "gateway", "local gateway", "public address", "network"

_INSTEAD = "Give what 'az network ... show --output json' prints"

# The type of a resource, at the end of its own type or in its ID, and Terraform's.
_TYPES = {
    "connections": CONNECTION, "azurerm_virtual_network_gateway_connection": CONNECTION,
    "virtualnetworkgateways": GATEWAY, "azurerm_virtual_network_gateway": GATEWAY,
    "localnetworkgateways": LOCAL_GATEWAY, "azurerm_local_network_gateway": LOCAL_GATEWAY,
    "publicipaddresses": PUBLIC_ADDRESS, "azurerm_public_ip": PUBLIC_ADDRESS,
    "virtualnetworks": NETWORK, "azurerm_virtual_network": NETWORK,
}
TERRAFORM_TYPES = tuple(name for name in _TYPES if name.startswith("azurerm_virtual_network_gateway"))
# What only such a resource has, where it says no type.
_MARKS = {
    CONNECTION: ("virtualnetworkgateway1", "connectiontype", "connectionprotocol"), GATEWAY: ("gatewaytype", "vpntype", "activeactive"),
    LOCAL_GATEWAY: ("localnetworkaddressspace", "gatewayipaddress"), PUBLIC_ADDRESS: ("publicipallocationmethod", "publicipaddressversion"),
}
_ID = re.compile(r"/providers/microsoft\.network/([a-z]+)/[^/]+/?$", re.IGNORECASE)
# What does not say more than which resource is meant.
_REFERENCE = {"id", "name", "resourcegroup", "type", "etag", "location", "tags"}
# Terraform's names, as REST has them.
_RENAMED = {
    "ipsecpolicy": "ipsecpolicies", "salifetime": "salifetimeseconds", "trafficselectorpolicy": "trafficselectorpolicies",
    "localaddresscidrs": "localaddressranges", "remoteaddresscidrs": "remoteaddressranges", "bgpenabled": "enablebgp",
    "virtualnetworkgatewayid": "virtualnetworkgateway1", "localnetworkgatewayid": "localnetworkgateway2",
    "custombgpaddresses": "gatewaycustombgpipaddresses", "localazureipaddressenabled": "uselocalazureipaddress",
    "ipconfiguration": "ipconfigurations", "publicipaddressid": "publicipaddress", "peeringaddresses": "bgppeeringaddresses",
    "apipaaddresses": "custombgpipaddresses", "defaultaddresses": "defaultbgpipaddresses", "ipconfigurationname": "ipconfigurationid",
    "gatewayaddress": "gatewayipaddress", "gatewayfqdn": "fqdn",
}
# Mappings of names that are the user's own, and what a plan of Terraform says beside what will be.
_NOT_LOOKED_INTO = ("parameters", "outputs", "variables", "tags", "metadata", "resourcechanges", "resourcedrift", "priorstate", "configuration")
_KEY = {"value", "id", "name", "type", "keylength"}


def described(document: Any) -> tuple[Resources, list[tuple[str, str]]]:
    """(the resources of a document, its shared keys as (the ID that stands with one, the key))."""
    given = template.resolved(folded(opened(document, "Azure's description of the VPN", _INSTEAD)))
    keys: list[tuple[str, str]] = []
    return Resources(list(_walk(given, keys)), _REFERENCE), keys


def _walk(value: Any, keys: list) -> Iterator[tuple[str, dict]]:
    if isinstance(value, list):
        for item in value:
            yield from _walk(item, keys)
    if not isinstance(value, dict):
        return
    attributes = terraform_attributes(value)
    if attributes is not None:
        kind = _TYPES.get(value["type"])
        # Some others of Terraform's resources also name a connection or a gateway.
        yield from ((kind, _of_terraform(kind, _flat(found))) for found in attributes if kind)
        return
    flat = _flat(value)
    kind = _kind(flat)
    if kind:
        yield kind, flat
    else:
        keys += [("", value[name]) for name in ("sharedkey", "presharedkey") if isinstance(value.get(name), str)]
    if _is_key(value):
        keys.append((str(value.get("id") or ""), value["value"]))
    for name, item in (flat if kind else value).items():
        if name not in _NOT_LOOKED_INTO:
            yield from _walk(item, keys)


def _of_terraform(kind: str, resource: dict) -> dict:
    """C(type) is a setting there, and an address space a list."""
    found = {key: value for key, value in resource.items() if key != "type"}
    if kind in (CONNECTION, GATEWAY) and resource.get("type"):
        found["connectiontype" if kind == CONNECTION else "gatewaytype"] = resource["type"]
    if kind == LOCAL_GATEWAY and isinstance(resource.get("addressspace"), list):
        found["localnetworkaddressspace"] = {"addressprefixes": resource["addressspace"]}
    if kind == NETWORK and isinstance(resource.get("addressspace"), list):
        found["addressspace"] = {"addressprefixes": resource["addressspace"]}
    return found


def _flat(value: Any) -> Any:
    if isinstance(value, list):
        return [_flat(item) for item in value]
    if not isinstance(value, dict):
        return value
    below = value.get("properties")
    whole = {**value, **below} if isinstance(below, dict) else value
    return {_RENAMED.get(key, key): _flat(item) for key, item in whole.items() if key != "properties" or not isinstance(item, dict)}


def _kind(resource: dict) -> str | None:
    said = resource.get("type")
    by_type = _TYPES.get(fold(last_part(said))) if isinstance(said, str) and "/" in said else None
    by_id = _ID.search(str(resource.get("id") or ""))
    told = by_type or (_TYPES.get(by_id.group(1).lower()) if by_id else None)
    if told or isinstance(said, str) and "/" in said:
        return told
    return next((kind for kind, marks in _MARKS.items() if any(mark in resource for mark in marks)), None)


def _is_key(value: dict) -> bool:
    """What the call for a connection's shared key returns."""
    said = str(value.get("type") or "/")
    return isinstance(value.get("value"), str) and set(value) <= _KEY and "/" in said
