# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where each kind of object stands: the base it lies below, and the elements between that base and its entry.

Objects inside a router, a peer group or a tunnel have parents with names of their own; their resources build the path.
"""

from __future__ import annotations

import re

PLACES = {
    "ike_crypto_profile": ("network", ("ike", "crypto-profiles", "ike-crypto-profiles")),
    "ipsec_crypto_profile": ("network", ("ike", "crypto-profiles", "ipsec-crypto-profiles")),
    "ike_gateway": ("network", ("ike", "gateway")),
    "tunnel_interface": ("network", ("interface", "tunnel", "units")),
    "ipsec_tunnel": ("network", ("tunnel", "ipsec")),
    "monitor_profile": ("network", ("profiles", "monitor-profile")),
    "zone_protection_profile": ("network", ("profiles", "zone-protection-profile")),
    "interface_management_profile": ("network", ("profiles", "interface-management-profile")),
    "virtual_router": ("network", ("virtual-router",)),
    "logical_router": ("network", ("logical-router",)),
    "bgp_timer_profile": ("network", ("routing-profile", "bgp", "timer-profile")),
    "bgp_auth_profile": ("network", ("routing-profile", "bgp", "auth-profile")),
    "bgp_address_family_profile": ("network", ("routing-profile", "bgp", "address-family-profile")),
    "bgp_filtering_profile": ("network", ("routing-profile", "bgp", "filtering-profile")),
    "bgp_redistribution_profile": ("network", ("routing-profile", "bgp", "redistribution-profile")),
    "prefix_list": ("network", ("routing-profile", "filters", "prefix-list")),
    "bgp_route_map": ("network", ("routing-profile", "filters", "route-maps", "bgp", "bgp-entry")),
    "redistribution_route_map": ("network", ("routing-profile", "filters", "route-maps", "redistribution", "redist-entry")),
    "zone": ("vsys", ("zone",)),
    "pbf_rule": ("rulebase", ("pbf", "rules")),
    "security_rule": ("rulebase", ("security", "rules")),
    "nat_rule": ("rulebase", ("nat", "rules")),
    "loopback_interface": ("network", ("interface", "loopback", "units")),
}


# Interfaces of which PAN-OS has one each, always there, with a list of units below.
_OF_UNITS = ("tunnel", "loopback", "vlan", "sdwan")
_PORT = re.compile(r"ethernet\d+/\d+|ae\d+")


def interface(name: str) -> tuple | None:
    """Where an interface of layer 3 stands, below the network base, by the form of its name.

    None for one that is always there, and for a form of which it is not known.
    """
    stem, dot, _unit = name.partition(".")
    if stem in _OF_UNITS:
        return ("interface", stem, "units", ("entry", name)) if dot else None
    if not _PORT.fullmatch(stem):
        return None
    ports = ("interface", "aggregate-ethernet" if stem.startswith("ae") else "ethernet", ("entry", stem))
    return ports + ("layer3", "units", ("entry", name)) if dot else ports


def vrf(logical_router: str) -> tuple:
    """A logical router's only VRF; PAN-OS always calls it C(default)."""
    return ("logical-router", ("entry", logical_router), "vrf", ("entry", "default"))


def router(name: str, advanced: bool) -> tuple:
    """What holds interfaces, routes and protocols of a router, for the engine that runs."""
    return vrf(name) if advanced else ("virtual-router", ("entry", name))


def bgp_place(virtual_router: str, advanced: bool) -> tuple:
    """Where a router's BGP stands, below the network base."""
    return router(virtual_router, advanced) + (("bgp",) if advanced else ("protocol", "bgp"))


# Below the vsys base: the interfaces that a virtual system has.
IMPORTED = ("import", "network", "interface")

#: What a reference may say in place of an object's name, so that no object can be called so.
WORDS = frozenset({"any", "multicast", "none", "inherit"})
# Profiles that PAN-OS brings along, wherever it keeps them.
_BUILT_IN = frozenset({"default", "Suite-B-GCM-128", "Suite-B-GCM-256"})
_WITH_BUILT_IN = ("ike_crypto_profile", "ipsec_crypto_profile", "monitor_profile")


def named_places(kinds: tuple, name: str) -> list[tuple]:
    """Each (location, path) where an object of one of C(kinds) would stand that is called C(name).

    None at all where that cannot be told: a variable, a word that means no object, an object with parents of its own.
    """
    if name.startswith("$") or name in WORDS:
        return []
    if name in _OF_UNITS and any(kind.endswith("interface") for kind in kinds):
        return []
    if name in _BUILT_IN and any(kind in _WITH_BUILT_IN for kind in kinds):
        return []
    found = []
    if "interface" in kinds:
        path = interface(name)
        if path is None:
            return []
        found.append(("network", path))
    for kind in kinds:
        if kind in PLACES:
            location, container = PLACES[kind]
            found.append((location, container + (("entry", name),)))
    return list(dict.fromkeys(found))
