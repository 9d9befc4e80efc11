# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finding one VPN connection in whatever AWS's tools print, and reading its tunnels' options, which Terraform keeps in a flat C(tunnel1_...)."""

from __future__ import annotations

import re

from collections.abc import Mapping
from typing import Any

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.document import as_address, as_integer, folded, mapping, mappings, parsed


def connection(document: Any, connection_id: str | None = None) -> tuple[str, dict]:
    """The id and the settings of one connection of C(document), with the members of C(Options) laid beside the others.

    Raises C(InvalidInput) where there is none, or several and no C(connection_id).
    """
    identity, found = _chosen(_connections(_parsed(document)), connection_id)
    # Terraform keeps at the top what the API keeps below Options.
    return identity, {**found, **mapping(found.get("options"))}


def tunnel_options(settings: dict) -> list[dict]:
    """The options of the tunnels, in no order that means anything."""
    return mappings(settings.get("tunneloptions")) or _terraform_options(settings)


def _parsed(document: Any) -> Any:
    if isinstance(document, str):
        if document.strip().lstrip("\ufeff").startswith("<"):
            raise InvalidInput("This is XML, not JSON. Give the whole output of 'aws ec2 describe-vpn-connections', which holds that XML.")
        document = parsed(document, "The VPN connection's description")
    if not isinstance(document, (Mapping, list, tuple)):
        raise InvalidInput("The VPN connection's description is neither a mapping, a list nor a JSON text.")
    return folded(document)


def _connections(value: Any) -> list[dict]:
    if isinstance(value, list):
        return [found for item in value for found in _connections(item)]
    if not isinstance(value, dict):
        return []
    if "values" in value and "type" in value:  # a resource of Terraform; some others also carry a vpn_connection_id
        return mappings(value["values"]) if value["type"] == "aws_vpn_connection" else []
    if "vpnconnectionid" in value or "customergatewayconfiguration" in value:
        return [value]
    for wrapper in ("vpnconnections", "vpnconnection", "values", "plannedvalues", "rootmodule"):
        if wrapper in value:
            return _connections(value[wrapper])
    return _connections(value.get("resources")) + _connections(value.get("childmodules"))


def _identity(found: dict) -> str | None:
    in_xml = re.search(r"<vpn_connection\s[^>]*?\bid\s*=\s*[\"']([^\"']+)", str(found.get("customergatewayconfiguration")))
    candidates = (found.get("vpnconnectionid"), found.get("id"), in_xml.group(1).strip() if in_xml else None)
    return next((identity for identity in candidates if identity and isinstance(identity, str)), None)


def _chosen(connections: list[dict], connection_id: str | None) -> tuple[str, dict]:
    by_id: dict = {}
    for found in connections:
        by_id.setdefault(_identity(found), found)
    listed = ", ".join(f"{name or 'one without an id'} ({item.get('state') or 'state not told'})" for name, item in by_id.items())
    if connection_id:
        wanted = str(connection_id).strip()
        if wanted not in by_id:
            raise InvalidInput(f"There is no VPN connection {wanted} in this output; it holds {listed or 'none'}.")
        return wanted, by_id[wanted]
    if not by_id:
        raise InvalidInput(
            "There is no VPN connection in this output. Give what 'aws ec2 describe-vpn-connections', amazon.aws.ec2_vpc_vpn_info "
            "or 'terraform show -json' prints, or one connection of it."
        )
    if len(by_id) > 1:
        raise InvalidInput(f"This output holds {len(by_id)} VPN connections; say by its id which one: {listed}.")
    identity, found = next(iter(by_id.items()))
    if not identity:
        raise InvalidInput("The VPN connection has no id (VpnConnectionId), from which the names on the firewall are made.")
    return identity, found


def _terraform_options(settings: dict) -> list[dict]:
    """Terraform's C(tunnel1_...) and C(tunnel2_...); its numbers say nothing about the order of the XML."""
    entries = []
    for stem in ("tunnel1", "tunnel2"):
        own = {key[len(stem):]: value for key, value in settings.items() if key.startswith(stem)}
        for ours, apis in (("address", "outsideipaddress"), ("insidecidr", "tunnelinsidecidr"), ("insideipv6cidr", "tunnelinsideipv6cidr")):
            own[apis] = own.pop(ours, None)
        if own["outsideipaddress"]:
            entries.append(own)
    return entries


def whole_number(options: dict, key: str, default: int, where: str) -> int:
    """Unset is absent, null, empty or 0 (Terraform)."""
    value = options.get(key)
    if value in (None, "", 0, "0"):
        return default
    number = as_integer(value)
    if number is None or number < 0:
        raise InvalidInput(f"{where}: the tunnel option {key} is not a number.")
    return number


def known_address(text: object) -> str:
    return str(as_address(text) or "an unnamed endpoint")
