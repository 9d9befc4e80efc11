# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finding one VPN connection in whatever AWS's tools and those around them print, and reading its single values.

The API writes CamelCase, its wire camelCase with C(…Set) for lists, Ansible snake_case, Terraform a flat C(tunnel1_...); here all become
one spelling (lower case, letters and digits only), and unset is absent, null, empty or, with Terraform, 0.
"""

from __future__ import annotations

import base64
import re

from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.aws import notation
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.document import as_address, as_integer, mapping, mappings
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.printed import DEEPEST

# Beside these, the one "value" is what is meant: an enumeration of PowerShell, an output of Terraform.
_AROUND_A_VALUE = frozenset({"value", "type", "sensitive"})
# What Pulumi puts in the place of a secret: a mark, and what it is where it was asked for.
_PULUMI_SECRET = "4dabf18193072939515e22adb298388d"
# Members of a description that repeat what was asked, or describe something else.
_ASIDE = frozenset({"invocation", "item", "requestparameters", "inputs", "diff", "resourcechanges", "resourcedrift"})
_TERRAFORM, _PULUMI, _CLOUDFORMATION = "aws_vpn_connection", "aws:ec2/vpnconnection:vpnconnection", "aws::ec2::vpnconnection"
# A route or an alarm names the connection that it belongs to, too.
_OF_A_CONNECTION = frozenset({
    "state", "options", "category", "customergatewayid", "customergatewayconfiguration", "vgwtelemetry", "staticroutesonly", "routes",
    "vpntunneloptionsspecifications", "tunnel1address",
})
_GONE = ("deleted", "deleting")


def connection(document: Any, connection_id: str | None = None) -> tuple[str, dict]:
    """The id and the settings of one connection of C(document), with the members of C(Options) laid beside the others.

    Raises C(InvalidInput) where there is none, or several and no C(connection_id).
    """
    parsed = _parsed(document)
    found = list(_connections(parsed))
    if not found:
        raise InvalidInput(_nothing_found(parsed))
    identity, settings = _chosen(found, connection_id)
    options = settings.get("options")
    if options and not mapping(options):
        raise InvalidInput(f"VPN connection {identity}: its options are cut off ('{str(options)[:60]}'): "
                           "with PowerShell, give what 'ConvertTo-Json -Depth 10' makes of it.")
    # Terraform keeps at the top what the API keeps below Options.
    return identity, {**settings, **mapping(options)}


def _parsed(document: Any) -> Any:
    if isinstance(document, bytes):
        document = document.decode("utf-8", "replace")
    if isinstance(document, str):
        document = notation.plain(document)
    if not isinstance(document, (Mapping, list, tuple)):
        raise InvalidInput("The VPN connection's description is neither a mapping, a list nor a JSON text.")
    return folded(document)


def folded(value: Any, depth: int = DEEPEST) -> Any:
    """New plain containers and strings, keys in one spelling, so that the forms of all tools are one; texts that are descriptions are read."""
    if depth == 0:
        raise InvalidInput("The VPN connection's description is nested too deep.")
    if isinstance(value, Mapping):
        return _unwrapped({fold(key): item for key, item in value.items()}, depth)
    if isinstance(value, (list, tuple)):
        if _are_lines(value):
            return _read_within("\n".join(value), depth)
        return [folded(item, depth - 1) for item in value]
    return _read_within(str(value).strip(), depth) if isinstance(value, str) else value


def _read_within(text: str, depth: int) -> Any:
    """A text in a description: a description itself, where it can be read as one."""
    if not notation.could_be_one(text):
        return text
    try:
        read = notation.plain(text)
    except InvalidInput:
        return text
    return folded(read, depth - 1)


def _are_lines(value: Any) -> bool:
    """Whether a list is the lines of a registered output, and not several outputs."""
    return len(value) > 1 and all(isinstance(item, str) for item in value) and not notation.could_be_one(value[-1]) and (
        notation.could_be_one("\n".join(value)))


def _unwrapped(found: dict, depth: int) -> Any:
    """A mapping that is only the wrapping of a value becomes that value."""
    names = set(found)
    if "value" in names and names <= _AROUND_A_VALUE:
        return folded(found["value"], depth - 1)
    if names in ({"item"}, {"items"}, {"member"}):
        (listed,) = found.values()
        return folded(listed if isinstance(listed, (list, tuple)) else [listed], depth - 1)
    if _PULUMI_SECRET in names:
        return _of_pulumi(found, depth)
    if str(found.get("encoding")).lower() == "base64" and isinstance(found.get("content"), str):
        found["content"] = _decoded(found["content"])
    return {key: folded(item, depth - 1) for key, item in found.items()}


def _of_pulumi(found: dict, depth: int) -> Any:
    """A secret of a stack: what it is where that was asked for, else nothing, as with a masked one."""
    told = found.get("plaintext", found.get("value"))
    if not isinstance(told, str):
        return None
    return folded(notation.plain(told) if told.lstrip().startswith(('"', "{", "[")) else told, depth - 1)


def _decoded(content: str) -> str:
    """What C(ansible.builtin.slurp) read."""
    try:
        return base64.b64decode(content).decode("utf-8", "replace")
    except ValueError:
        return content


def fold(key: object) -> str:
    """C(tunnelOptionSet), C(tunnel_options), C(TunnelOptions) → C(tunneloptions)."""
    found = re.sub(r"[^0-9a-z]", "", str(key).lower())
    return f"{found[:-3]}s" if found.endswith("set") and len(found) > 3 else found


def _connections(value: Any) -> Iterator[dict]:
    """Every connection that a description holds, wherever in it."""
    if isinstance(value, list):
        for item in value:
            yield from _connections(item)
    if not isinstance(value, dict):
        return
    kind = str(value.get("type") or value.get("resourcetype") or "").lower()
    if kind == _TERRAFORM:
        yield from mappings(value.get("values"))
        yield from (mapping(instance.get("attributes")) for instance in mappings(value.get("instances")))
    elif kind == _PULUMI:
        yield {"id": value.get("id"), **mapping(value.get("outputs"))}
    elif kind.startswith(("aws_", "aws:ec2/")):
        # A resource that belongs to a connection, and may name it.
        return
    elif _is_connection(value):
        yield value
    else:
        # What a plan found before what it would make of it.
        for name in sorted(set(value) - _ASIDE, key=lambda name: name == "plannedvalues"):
            found = _connections(value[name])
            yield from filter(_is_there, found) if name == "plannedvalues" else found


def _is_there(planned: dict) -> bool:
    """Whether a planned connection was made before."""
    return bool(planned.get("id") and planned.get("customergatewayconfiguration"))


def _is_connection(value: dict) -> bool:
    return bool(value.get("customergatewayconfiguration")) or "vpnconnectionid" in value and bool(_OF_A_CONNECTION.intersection(value))


def _nothing_found(document: Any) -> str:
    """Why there is no connection in a description, and what to give instead."""
    planned = [each.get("address") or each.get("name") for each in _resources(document) if each.get("type") == _TERRAFORM]
    if any(planned):
        names = ", ".join(dict.fromkeys(str(name) for name in planned if name))
        return (f"{names} is planned and not there yet: run 'terraform apply' first, and give what 'terraform show -json' prints then.")
    named = [each for each in _resources(document) if _CLOUDFORMATION in (str(each.get(key)).lower() for key in ("type", "resourcetype", "typename"))]
    names = ", ".join(dict.fromkeys(str(each["physicalresourceid"]) for each in named if each.get("physicalresourceid")))
    if named:
        return (f"This output names {f'the VPN connection {names}' if names else 'a VPN connection'}, but does not describe it. Give what "
                f"'aws ec2 describe-vpn-connections{f' --vpn-connection-ids {names}' if names else ''}' prints.")
    registered = next((each["stdout"] for each in _resources(document) if isinstance(each.get("stdout"), str)), None)
    if registered is not None:
        try:
            notation.plain(registered)
        except InvalidInput as exc:
            return str(exc)
    return ("There is no VPN connection in this output. Give what 'aws ec2 describe-vpn-connections', amazon.aws.ec2_vpc_vpn_info "
            "or 'terraform show -json' prints, or one connection of it.")


def _resources(value: Any) -> Iterator[dict]:
    """Every mapping of a description."""
    if isinstance(value, list):
        for item in value:
            yield from _resources(item)
    elif isinstance(value, dict):
        yield value
        for item in value.values():
            yield from _resources(item)


def _identity(found: dict) -> str | None:
    in_xml = re.search(r"<vpn_connection\s[^>]*?\bid\s*=\s*[\"']([^\"']+)", str(found.get("customergatewayconfiguration")))
    candidates = (found.get("vpnconnectionid"), found.get("id"), in_xml.group(1).strip() if in_xml else None)
    return next((identity for identity in candidates if identity and isinstance(identity, str)), None)


def _chosen(connections: list[dict], connection_id: str | None) -> tuple[str, dict]:
    by_id: dict = {}
    for found in connections:
        known = by_id.setdefault(_identity(found), found)
        # The same one may be told twice, in full and in short.
        if not known.get("customergatewayconfiguration") and found.get("customergatewayconfiguration"):
            by_id[_identity(found)] = found
    listed = ", ".join(f"{name or 'one without an id'} ({item.get('state') or 'state not told'})" for name, item in by_id.items())
    if connection_id:
        wanted = str(connection_id).strip()
        if wanted not in by_id:
            raise InvalidInput(f"connection_id: there is no VPN connection {wanted} in this output; it holds {listed}.")
        return wanted, by_id[wanted]
    # AWS lists a connection for an hour after it was deleted.
    left = {name: item for name, item in by_id.items() if str(item.get("state")).lower() not in _GONE} or by_id
    if len(left) > 1:
        raise InvalidInput(f"This output holds {len(by_id)} VPN connections; say by its id which one: {listed}.")
    identity, found = next(iter(left.items()))
    if not identity:
        raise InvalidInput("The VPN connection has no id (VpnConnectionId), from which the names on the firewall are made.")
    return identity, found


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
