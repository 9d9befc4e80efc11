# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which tunnels have to be negotiated anew before a change of them is seen to work.

Whether a firewall ends SAs when their key, identity or proposal changes is not documented. Where it keeps them, a tunnel carries packets
for hours on what was agreed before, and says nothing of what was changed; so nothing that is negotiated is proven by an SA that may be older.
"""

from __future__ import annotations

from typing import Callable, Collection, Iterable, Mapping, NamedTuple

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.path import Path
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.revert import Difference
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources import (
    ike_crypto_profile, ike_gateway, ipsec_crypto_profile, ipsec_tunnel,
)
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import PLACES
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Table

_TABLES = (ike_gateway.TABLE, ipsec_tunnel.TABLE, ike_crypto_profile.TABLE, ipsec_crypto_profile.TABLE)


class Agreed(NamedTuple):
    """An object that says what a tunnel's ends have to agree on."""

    kind: str
    name: str


class Due(NamedTuple):
    """A tunnel that has to be negotiated anew, because of one of the objects that it runs on."""

    tunnel: str
    object: Agreed


def changed(differences: Iterable[Difference], base: Callable[[str], tuple]) -> set[Agreed]:
    """The objects of which something changed that is negotiated. With one that is new, no SA can have been made before."""
    found = set()
    for difference in differences:
        is_of_both = bool(difference.before and difference.after)
        found |= {agreed for agreed, element in _at(difference.path, base) if element or is_of_both}
    return found


def places_of(objects: Iterable[Agreed], base: Callable[[str], Path]) -> list[Path]:
    """Where objects stand, in one order always."""
    return [base(PLACES[agreed.kind][0]) + PLACES[agreed.kind][1] + (("entry", agreed.name),) for agreed in sorted(objects)]


def touched(paths: Iterable[tuple], base: Callable[[str], tuple]) -> set[Agreed]:
    """The objects at which something was written of which no more is known than where."""
    return {agreed for path in paths for agreed, _element in _at(path, base)}


def _at(path: tuple, base: Callable[[str], tuple]) -> Iterable[tuple[Agreed, str]]:
    """(the object that a path leads to or into, the element of it: empty for the whole), where that is negotiated."""
    for table in _TABLES:
        container = base(table.location) + table.container
        if not places.starts_with(path, container) or len(path) == len(container):
            continue
        element = path[len(container) + 1] if len(path) > len(container) + 1 else ""
        if not element or _is_negotiated(table, element):
            yield Agreed(table.kind, path[len(container)][1]), "" if not element else str(element)


def _is_negotiated(table: Table, element: str | tuple) -> bool:
    return isinstance(element, str) and table.negotiates(element)


def due(objects: Collection[Agreed], configuration: Mapping) -> list[Due]:
    """The tunnels of a configuration, as the resources gather it, that run on one of the objects."""
    return [each for each in everything(configuration) if each.object in objects]


def everything(configuration: Mapping) -> list[Due]:
    """Each tunnel of a configuration with each object that it runs on."""
    gateways = {gateway["name"]: gateway for gateway in configuration["gateways"]}
    return [Due(tunnel["name"], agreed) for tunnel in configuration["tunnels"] for agreed in _runs_on(tunnel, gateways)]


def _runs_on(tunnel: Mapping, gateways: Mapping[str, Mapping]) -> Iterable[Agreed]:
    yield Agreed(ipsec_tunnel.TABLE.kind, tunnel["name"])
    yield Agreed(ipsec_crypto_profile.TABLE.kind, tunnel.get("ipsec_crypto_profile") or "default")
    for name in tunnel.get("ike_gateways") or ():
        yield Agreed(ike_gateway.TABLE.kind, name)
        for version in ("ikev1", "ikev2"):
            spoken = gateways.get(name, {}).get(version) or {}
            yield Agreed(ike_crypto_profile.TABLE.kind, spoken.get("ike_crypto_profile") or "default")


def waits_for_its_peer(tunnel: Mapping, configuration: Mapping) -> bool:
    """Whether only the far side can begin: SAs that are cleared here come back when it wants to."""
    gateways = [gateway for gateway in configuration["gateways"] if gateway["name"] in (tunnel.get("ike_gateways") or ())]
    return not gateways or any(gateway.get("passive_mode") or "dynamic" in (gateway.get("peer_address") or {}) for gateway in gateways)


def is_asked_for(tunnel: Mapping, rules: Iterable[Mapping], peers: Collection) -> bool:
    """Whether packets that the firewall sends by itself want into a tunnel, which begins its negotiation: those of a monitor, or of BGP.

    C(rules): the PBF rules that forward into it, C(peers): the BGP peers that are reached through it.
    """
    monitored = any(((rule.get("action") or {}).get("forward") or {}).get("monitor") for rule in rules)
    return bool((tunnel.get("tunnel_monitor") or {}).get("enable") or peers or monitored)
