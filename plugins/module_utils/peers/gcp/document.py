# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finding Google's resources of a VPN in whatever its tools print.

C(gcloud) prints the API's resources as JSON or YAML, one by one or in lists. Terraform splits a router into itself, its interfaces and its peers,
and a configuration of Deployment Manager keeps the settings below C(properties). Here all become the API's names, in one spelling.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.document import (
    Resources, fold, folded, mapping, mappings, name_of, terraform_attributes,
)
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.printed import opened

GATEWAY, EXTERNAL_GATEWAY, TUNNEL, ROUTER, ROUTER_STATUS = "gateway", "external gateway", "tunnel", "router", "router's status"
CLASSIC_GATEWAY = "classic gateway"

_KINDS = {"vpngateway": GATEWAY, "externalvpngateway": EXTERNAL_GATEWAY, "vpntunnel": TUNNEL, "router": ROUTER, "routerstatusresponse": ROUTER_STATUS,
          "targetvpngateway": CLASSIC_GATEWAY}
_TERRAFORM = {"google_compute_ha_vpn_gateway": GATEWAY, "google_compute_external_vpn_gateway": EXTERNAL_GATEWAY, "google_compute_vpn_tunnel": TUNNEL,
              "google_compute_vpn_gateway": CLASSIC_GATEWAY, "google_compute_router": ROUTER, "google_compute_router_interface": ROUTER,
              "google_compute_router_peer": ROUTER}
TERRAFORM_TYPES = ("google_compute_ha_vpn_gateway", "google_compute_vpn_tunnel")
# What only such a resource has, where it does not say its kind.
_MARKS = {GATEWAY: ("vpninterfaces",), TUNNEL: ("ikeversion", "vpngatewayinterface", "targetvpngateway", "sharedsecrethash"),
          ROUTER: ("bgppeers",), EXTERNAL_GATEWAY: ("redundancytype",), ROUTER_STATUS: ("bgppeerstatus",)}
_REFERENCE = ("name", "id", "kind", "selflink", "region", "creationtimestamp", "description", "type")
_PARTS = ("interfaces", "bgppeers")
# What a plan of Terraform says beside what will be, and mappings of names that are the user's own.
_NOT_LOOKED_INTO = ("resourcechanges", "resourcedrift", "priorstate", "configuration", "labels", "outputs", "imports")
_CALLED, _INSTEAD = "Google's description of the VPN", "Give what 'gcloud compute ... describe --format json' prints"


def described(document: Any) -> Resources:
    return Resources(list(_walk(folded(opened(document, _CALLED, _INSTEAD)))), _REFERENCE, _PARTS)


def _walk(value: Any) -> Iterator[tuple[str, dict]]:
    if isinstance(value, list):
        for item in value:
            yield from _walk(item)
    if not isinstance(value, dict):
        return
    attributes = terraform_attributes(value)
    if attributes is not None:
        kind = _TERRAFORM.get(value["type"])
        yield from ((kind, _of_terraform(value["type"], found)) for found in attributes if kind)
        return
    of_deployment = isinstance(value.get("properties"), dict) and isinstance(value.get("type"), str)
    flat = {**value, **value["properties"]} if of_deployment else value
    kind = _kind(flat)
    if kind:
        yield kind, flat if kind != ROUTER_STATUS else {"name": name_of(mapping(flat.get("result")).get("network")) or "router", **flat}
        return
    for name, item in value.items():
        if name not in _NOT_LOOKED_INTO:
            yield from _walk(item)


def _kind(resource: dict) -> str | None:
    said = resource.get("kind") or resource.get("type") or ""
    word = fold(str(said).replace("#", ".").replace(":", ".").rpartition(".")[2])
    told = _KINDS.get(word) or _KINDS.get(word.removesuffix("s"))
    return told or next((kind for kind, marks in _MARKS.items() if any(mark in resource for mark in marks)), None)


def _of_terraform(resource_type: str, attributes: dict) -> dict:
    """A router's parts are parts of it."""
    if resource_type == "google_compute_router_interface":
        interface = {**attributes, "linkedvpntunnel": attributes.get("vpntunnel")}
        return {"name": name_of(attributes.get("router")), "interfaces": [interface]}
    if resource_type == "google_compute_router_peer":
        signed = mapping(attributes.get("md5authenticationkey")).get("name")
        peer = {**attributes, "interfacename": attributes.get("interface"), "md5authenticationkeyname": signed, "bfd": mapping(attributes.get("bfd"))}
        return {"name": name_of(attributes.get("router")), "bgppeers": [peer]}
    if resource_type == "google_compute_router":
        return {**attributes, "bgp": mapping(attributes.get("bgp"))}
    if resource_type == "google_compute_external_vpn_gateway":
        return {**attributes, "interfaces": mappings(attributes.get("interface"))}
    return attributes
