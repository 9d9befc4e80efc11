# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading what clouds' tools print: one spelling for all keys, Terraform's wrappings, and single values.

APIs write CamelCase or camelCase, Ansible and Terraform snake_case; here all become one spelling (lower case without underscores), and unset is
absent, null, empty or, with Terraform, 0.
"""

from __future__ import annotations

import re

from collections.abc import Collection, Iterable, Iterator, Mapping
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any


_PLACEHOLDER = re.compile(
    r"""
      .*\*.*                          # masked by no_log or by hand
    | .*VALUE_SPECIFIED.*             # Ansible's text for a masked parameter
    | [<\[({$].*[>\])}]               # <redacted>, [masked], (sensitive value), {{ a template }}, ${variable}
    | arn:.*                          # the secret's name instead of the secret
    | .*redacted.* | hidden_.*
    | x+ | \.+
    | (masked|hidden|removed|sensitive|secret|none|null|undefined|placeholder|changeme)
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)


def folded(value: Any) -> Any:
    """New plain containers and strings, keys in one spelling."""
    if isinstance(value, Mapping):
        return {fold(key): folded(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [folded(item) for item in value]
    if isinstance(value, str):
        return str(value).strip()
    return value


def fold(key: object) -> str:
    return str(key).replace("_", "").lower()


def mapping(value: Any) -> dict:
    """C(value) if it is a mapping, or the one in a list; else nothing."""
    if isinstance(value, list) and value:
        value = value[0]
    return value if isinstance(value, dict) else {}


def mappings(value: Any) -> list[dict]:
    return [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, dict)]


def terraform_attributes(value: dict) -> list[dict] | None:
    """What is said of a resource of Terraform, each time that there is one of it; V(None) of anything else."""
    if not isinstance(value.get("type"), str) or not ("values" in value or "instances" in value):
        return None
    return mappings(value.get("values")) or [mapping(instance.get("attributes")) for instance in mappings(value.get("instances"))]


def terraform_resources(value: Any) -> Iterator[tuple[str, dict]]:
    """(type, attributes) of each resource in what C(terraform show -json) prints of a state or a plan, or in the state's own file; folded."""
    if isinstance(value, list):
        for item in value:
            yield from terraform_resources(item)
    if not isinstance(value, dict):
        return
    attributes = terraform_attributes(value)
    if attributes is not None:
        yield from ((value["type"], found) for found in attributes)
        return
    state, planned = value.get("values"), value.get("plannedvalues")
    for below in (planned or state, value.get("rootmodule"), value.get("childmodules"), value.get("resources")):
        yield from terraform_resources(below)


class Resources:
    """The resources of a document, by kind and name. What is said of one in several places is one: tools print some of them in parts.

    C(found): (kind, what is said of it) each. C(reference): the members that only say which resource is meant. C(parts): those that are lists of
    which each place may say some.
    """

    def __init__(self, found: Iterable[tuple[str, dict]], reference: Collection[str], parts: Collection[str] = ()) -> None:
        self._reference = set(reference)
        self._found: dict[str, dict[str, dict]] = {}
        for kind, resource in found:
            known = self._found.setdefault(kind, {}).setdefault(name_of(resource).lower(), {})
            for key, value in resource.items():
                if key in parts and isinstance(value, list):
                    known[key] = known.get(key, []) + [item for item in value if item not in known.get(key, [])]
                elif value not in (None, "", [], {}) or key not in known:
                    known[key] = value

    def of(self, kind: str) -> list[dict]:
        """Those of a kind of which more is said than which they are."""
        return [resource for resource in self._found.get(kind, {}).values() if set(resource) - self._reference]

    def referred(self, kind: str, reference: Any) -> dict | None:
        """The resource that is meant by a reference."""
        return next((found for found in self.of(kind) if name_of(found).lower() == name_of(reference).lower()), None)


def name_of(resource: Any) -> str:
    """The name of a resource, or of what a reference to it means."""
    if isinstance(resource, dict):
        return last_part(resource.get("name") or resource.get("id"))
    return last_part(resource)


def readable(key: object) -> str | None:
    """A pre-shared key; V(None) where it is missing, masked, or a stand-in."""
    if not isinstance(key, str) or not key or _PLACEHOLDER.fullmatch(key):
        return None
    return key


def as_flag(value: object) -> bool | None:
    if isinstance(value, bool):
        return bool(value)
    return {"true": True, "yes": True, "false": False, "no": False}.get(str(value).lower())


def as_integer(value: Any) -> int | None:
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return None


def as_address(value: object, version: int | None = None) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(str(value))
    except ValueError:
        return None
    return address if version in (None, address.version) else None


def as_network(value: object, version: int | None = 4) -> IPv4Network | IPv6Network | None:
    """A network, also where the cloud or its users left host bits in it; V(None) when there is none of that version."""
    try:
        network = ip_network(str(value), strict=False) if value else None
    except ValueError:
        return None
    return network if network is not None and version in (None, network.version) else None


def are_hosts(network: IPv4Network | IPv6Network | None, *addresses: IPv4Address | IPv6Address | None) -> bool:
    """Whether these are different addresses of a network, and all known."""
    if network is None or None in addresses:
        return False
    return len(set(addresses)) == len(addresses) and all(address in network for address in addresses)


def same_address(text: object, address: IPv4Address | IPv6Address | None) -> bool:
    return address is not None and as_address(text) == address


def last_part(link: object) -> str:
    """The name at the end of a link or of a resource's path, or in a template's reference: C($(ref.name.selfLink))."""
    of_template = re.match(r"\$\(ref\.([^.)]+)", str(link or ""))
    return of_template.group(1) if of_template else str(link or "").rstrip("/").rpartition("/")[2]
