# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which tunnel is which: one that stands keeps its number, by its far end's address. A description may tell its tunnels in any order."""

from __future__ import annotations

from dataclasses import replace

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.surroundings import Surroundings
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import Tunnel
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import record as records
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.record import Object
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.vpn import Vpn


def numbered(vpn: Vpn, view: Surroundings) -> Vpn:
    """The VPN with its tunnels in the order of their numbers, which is that of all its lists, keys included."""
    standing = _standing(vpn, view)
    places_left = [number for number in vpn.numbers if standing.get(number) not in _addresses(vpn)]
    found: dict[int, Tunnel] = {}
    left = []
    for tunnel in vpn.tunnels:
        number = next((number for number, address in standing.items() if address == tunnel.far_end), None)
        if number is None:
            left.append(tunnel)
        else:
            found[number] = tunnel
    found.update(zip(places_left, left))
    return replace(vpn, tunnels=tuple(_with_key(vpn, number, found[number]) for number in vpn.numbers))


def _addresses(vpn: Vpn) -> set[str]:
    return {tunnel.far_end for tunnel in vpn.tunnels}


def _with_key(vpn: Vpn, number: int, tunnel: Tunnel) -> Tunnel:
    keyed = tunnel.with_key(vpn.pre_shared_keys[number - 1]) if vpn.pre_shared_keys else tunnel
    return keyed.with_secret(vpn.bgp_secrets[number - 1]) if vpn.bgp_secrets else keyed


def _standing(vpn: Vpn, view: Surroundings) -> dict[int, str]:
    """Number → the far end's address, of the VPN's gateways as they stand; each address once."""
    record = records.of_vpn(view, vpn.name)
    if record is None:
        return {}
    found: dict[int, str] = {}
    for number in vpn.numbers:
        name = record.called("ike_gateway", vpn.tunnel_name(number))
        address = view.far_end(name)
        if record.owns(Object("ike_gateway", name)) and address and address not in found.values():
            found[number] = address
    return found
