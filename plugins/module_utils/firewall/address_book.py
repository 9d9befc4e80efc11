# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The networks that address objects and groups stand for. Only what has fixed addresses can be routed and announced."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from ipaddress import ip_network
from typing import Collection, Iterable, Mapping

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.addresses import as_prefixes, prefixes
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.naming import instead
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import Refused

_NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z_. -]{0,62}")


def is_name(text: str) -> bool:
    """Whether a text can only be the name of an object: no address, no prefix, and no misspelt one, since a name holds no slash and no colon."""
    try:
        ip_network(text, strict=False)
    except ValueError:
        return _NAME.fullmatch(text) is not None
    return False


def by_name(containers: Iterable[Iterable[ET.Element] | None]) -> dict[str, ET.Element]:
    """The entries of C(address) and C(address-group) elements; of two with one name the later one, which is the virtual system's."""
    return {entry.get("name") or "": entry for container in containers if container is not None for entry in container}


def members(entry: ET.Element) -> list[str]:
    """The names that a group lists."""
    return places.names(entry, ("static",))


def stands_for(entry: ET.Element) -> list[str]:
    """What an entry says that it stands for: the prefix or the range of an object, the names that a group lists, the addresses of a region of one's own;
    nothing of what has no fixed addresses.
    """
    own = places.text(entry, ("ip-netmask",)) or places.text(entry, ("ip-range",))
    return [own] if own else members(entry) or places.names(entry, ("address",))


def networks(name: str, known: Mapping[str, ET.Element], option: str, above: tuple[str, ...] = ()) -> list[str]:
    """The prefixes of an object or group. C(known): every object and group by its name. C(above): the groups that it was named in."""
    entry, place = known.get(name), f"{option}: '{(*above, name)[0]}'"
    if entry is None:
        if not above:
            raise no_such(option, name, known)
        raise Refused(f"{place}: the group '{above[-1]}' lists '{name}', and there is no such address object or group")
    if name in above:
        raise Refused(f"{place}: the address group '{name}' holds itself")
    if members(entry):
        return list(dict.fromkeys(network for member in members(entry) for network in networks(member, known, option, (*above, name))))
    return _of_object(name, entry, place)


def no_such(option: str, name: str, there: Collection[str]) -> Refused:
    """The refusal of a name that neither an address object nor a group has. C(there): the names that they do have."""
    meant = as_prefixes(name)
    if meant:
        return Refused(f"{option}: '{name}' is no network as it is written here; say {', '.join(meant)}")
    return Refused(f"{option}: '{name}' is no network, and there is no address object or group of this name, neither shared nor in this virtual "
                   f"system{instead(name, there)}")


def _of_object(name: str, entry: ET.Element, place: str) -> list[str]:
    for text in stands_for(entry):
        try:
            return prefixes(text)
        except (TypeError, ValueError):
            raise Refused(f"{place}: the address object '{name}' says '{text}', which is no network; give one that is") from None
    raise Refused(f"{place}: {_described(name, entry)}, which has no fixed addresses, so it can neither be routed nor announced; give networks, or an "
                  "object or a group of them")


def _described(name: str, entry: ET.Element) -> str:
    if places.find(entry, ("dynamic",)) is not None:
        return f"the address group '{name}' is a dynamic one"
    for tag, words in (("fqdn", "the host name"), ("ip-wildcard", "the wildcard mask")):
        if places.text(entry, (tag,)):
            return f"the address object '{name}' stands for {words} {places.text(entry, (tag,))}"
    return f"'{name}' is an object without an address"
