# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which objects belong to a VPN: as its record says, as a pairing without one names them, and by what refers to what.

A configuration is a dictionary of lists of options, as the resources gather them: C(gateways), C(tunnels), C(interfaces), C(pbf_rules),
and C(bgp) with C(instances) and C(peers).
"""

from __future__ import annotations

from collections import Counter
from typing import Collection, Iterable, Mapping

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.naming import instead
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import DYNAMIC
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import record as records
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.names import last_rule_of, stem
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.record import Object


# By whose names a VPN's tunnel is asked for, with all that serves it.
_TUNNEL_KINDS = ("ipsec_tunnel", "ike_gateway")


def far_end(gateway: Mapping) -> str | None:
    """What tells a gateway's peer from others, as a VPN's description says it: its address or name, and of one without either the ID that it shows."""
    address = gateway.get("peer_address") or {}
    if address.get("dynamic"):
        return f"{DYNAMIC} {(gateway.get('peer_id') or {}).get('id') or ''}".strip()
    return address.get("ip") or address.get("fqdn")


class Owners:
    """Whose an object of a configuration is. Where records say it, names are nothing to go by; a pairing that was made by hand has no record."""

    def __init__(self, configuration: dict):
        found = records.among({interface["name"]: interface.get("comment") for interface in configuration["interfaces"]})
        self.owned = {record.vpn: record.owned() for record in found.values()}
        self.tunnels = [tunnel["name"] for tunnel in configuration["tunnels"]]
        self.called = Counter(stem(name) for name in {*self.tunnels, *(gateway["name"] for gateway in configuration["gateways"])})

    def vpns(self, names: Iterable[str] = ()) -> dict[str, list[str]]:
        """VPN → the names of its tunnels; of one without a record, those that are called like its tunnels.

        C(names): of VPNs that were asked for. A tunnel that nobody else is called like is a VPN by itself, under its own name.
        """
        asked = set(names)
        found: dict[str, list[str]] = {}
        for name in self.tunnels:
            found.setdefault(records.owner(self.owned, Object("ipsec_tunnel", name)) or self._by_name(name, asked), []).append(name)
        return found

    def _by_name(self, tunnel: str, asked: Collection[str]) -> str:
        vpn = stem(tunnel)
        return vpn if vpn in asked or self.called[vpn] > 1 else tunnel

    def vpn_of_rule(self, rule: dict) -> str:
        return records.owner(self.owned, Object("pbf_rule", rule["name"])) or stem(rule["name"])

    def vpn_of_peer(self, peer: dict) -> str:
        return next((vpn for vpn, owned in self.owned.items() for thing in _of_peer(peer) if thing in owned), stem(peer["name"]))

    def of(self, thing: Object) -> set:
        """The names by which somebody may ask for an object: its own, and its VPN's. The name of a VPN, or of its tunnel, means nothing beside it."""
        recorded = {vpn for vpn, owned in self.owned.items() if thing in owned}
        if recorded:
            return {thing.name} | recorded
        if any(thing._replace(kind=kind, inside="") in owned for owned in self.owned.values() for kind in _TUNNEL_KINDS):
            return set()
        return {thing.name, stem(thing.name)} - set(self.owned)


def names(configuration: dict) -> list[str]:
    """By which names VPNs, tunnels and gateways can be asked for."""
    owners = Owners(configuration)
    things = [Object("ipsec_tunnel", tunnel["name"]) for tunnel in configuration["tunnels"]]
    things += [Object("ike_gateway", gateway["name"]) for gateway in configuration["gateways"]]
    return sorted({name for thing in things for name in owners.of(thing)})


def not_there(name: str, configuration: Mapping) -> str:
    """What is said of a name that nothing in the whole configuration answers to, with those that there are."""
    return f"there is no tunnel or gateway of the name '{name}' in the running configuration{instead(name, names(configuration))}"


def select(configuration: Mapping, names: Iterable[str]) -> tuple:
    """(the part of the configuration that belongs to the named VPNs, tunnels or gateways; the names that nothing answers to)."""
    owners, wanted = Owners(configuration), set(names)

    def named(*things: Object) -> bool:
        return any(wanted & owners.of(thing) for thing in things)

    tunnels = [tunnel for tunnel in configuration["tunnels"] if named(*_of_tunnel(tunnel))]
    used = {gateway for tunnel in tunnels for gateway in tunnel.get("ike_gateways", ())}
    gateways = [gateway for gateway in configuration["gateways"] if gateway["name"] in used or named(Object("ike_gateway", gateway["name"]))]
    units = interfaces_of(tunnels)
    things = [Object("ipsec_tunnel", tunnel["name"]) for tunnel in tunnels] + [Object("ike_gateway", gateway["name"]) for gateway in gateways]
    there = {name for thing in things for name in owners.of(thing)}
    found = {
        "gateways": gateways, "tunnels": tunnels,
        "interfaces": [interface for interface in configuration["interfaces"] if interface["name"] in units],
        **_behind(configuration, units, lambda rule: named(Object("pbf_rule", rule["name"])), lambda peer: named(*_of_peer(peer))),
    }
    return found, [name for name in names if name not in there]


def _of_tunnel(tunnel) -> list:
    return [Object("ipsec_tunnel", tunnel["name"])] + [Object("ike_gateway", gateway) for gateway in tunnel.get("ike_gateways", ())]


def _of_peer(peer) -> list:
    router, group = peer["virtual_router"], peer["peer_group"]
    return [records.peer(router, group, peer["name"]), Object("bgp_peer_group", group, router)]


def asked_for(everything: dict, chosen: dict, names: Iterable[str] = (), missing: Iterable[str] = ()) -> dict[str, list[str]]:
    """VPN → the names of its tunnels, of those that were asked for; without any, where a name that was asked for has only the rest of a VPN.

    C(everything): all that is configured, C(chosen): what of it was asked for. C(missing): names that nothing answers to.
    """
    wanted = {tunnel["name"] for tunnel in chosen["tunnels"]}
    vpns = {vpn: [name for name in tunnels if name in wanted] for vpn, tunnels in Owners(everything).vpns(names).items()}
    found = {vpn: tunnels for vpn, tunnels in vpns.items() if tunnels}
    used = {gateway for tunnel in chosen["tunnels"] for gateway in tunnel.get("ike_gateways", ())}
    known = {*found, *wanted, *used, *missing}
    return {**found, **{name: [] for name in names if name not in known}}


def with_siblings(everything: dict, chosen: dict) -> dict:
    """What was chosen, with all else of the VPNs whose tunnels are among it."""
    names = [thing["name"] for kind in ("tunnels", "gateways") for thing in chosen[kind]]
    return select(everything, [*asked_for(everything, chosen), *names])[0]


def of_vpns(configuration: dict) -> dict:
    """The configuration without the PBF rules and BGP peers that have nothing to do with any of its tunnels."""
    owners = Owners(configuration)
    last_rules = {last_rule_of(tunnel["name"]) for tunnel in configuration["tunnels"] if stem(tunnel["name"]) not in owners.owned}

    def belongs(rule) -> bool:
        return rule["name"] in last_rules or any(Object("pbf_rule", rule["name"]) in owned for owned in owners.owned.values())

    behind = _behind(configuration, interfaces_of(configuration["tunnels"]), belongs, lambda peer: False)
    return {**configuration, **behind}


def _behind(configuration, units, is_rule, is_peer) -> dict:
    """PBF rules and BGP peers that use one of the tunnel interfaces, or belong to them by name; instances of the peers' routers."""
    peers = [peer for peer in configuration["bgp"]["peers"] if is_peer(peer) or interface_to(peer) in units]
    routers = {peer["virtual_router"] for peer in peers}
    return {
        "pbf_rules": [rule for rule in configuration["pbf_rules"] if is_rule(rule) or egress(rule) in units],
        "bgp": {"instances": [instance for instance in configuration["bgp"]["instances"] if instance["virtual_router"] in routers], "peers": peers},
    }


def interfaces_of(tunnels) -> set:
    return {tunnel["tunnel_interface"] for tunnel in tunnels if tunnel.get("tunnel_interface")}


def egress(rule: dict) -> str | None:
    """The interface that a PBF rule forwards to."""
    return ((rule.get("action") or {}).get("forward") or {}).get("egress_interface")


def local_interface(peer: dict) -> str | None:
    """The interface that a BGP session begins at."""
    return (peer.get("local_address") or {}).get("interface")


def interface_to(peer: dict) -> str | None:
    """The interface behind which a BGP peer is: that of its session or, where a route leads to the peer, the one of that."""
    return peer.get("tunnel_interface") or local_interface(peer)
