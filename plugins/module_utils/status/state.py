# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state of a firewall's VPNs, and what of it belongs to some of them."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class State:
    """What the firewall answered, each as a tuple of the dataclasses of this room. C(routes), C(prefixes) None: not asked for, or not told.

    C(earlier_flows): those of a look C(between) seconds before; empty where there was none.
    """

    ike_sas: tuple = ()
    ipsec_sas: tuple = ()
    flows: tuple = ()
    pbf_rules: tuple = ()
    bgp_peers: tuple = ()
    routes: tuple | None = None
    prefixes: tuple | None = None
    earlier_flows: tuple = ()
    between: float = 0.0

    def of_router(self, router: str, configuration: dict) -> State:
        """Without the peers and routes of other routers. The configuration decides where a peer's answer does not name its router."""
        own = {peer["name"] for peer in configuration["bgp"]["peers"] if peer["virtual_router"] == router}
        return replace(
            self,
            bgp_peers=tuple(peer for peer in self.bgp_peers if peer.router == router or (peer.router is None and peer.name in own)),
            routes=None if self.routes is None else tuple(route for route in self.routes if route.router in (None, router)),
            prefixes=None if self.prefixes is None else tuple(prefix for prefix in self.prefixes if prefix.router in (None, router)),
        )

    def of(self, configuration: dict) -> State:
        """Only what belongs to the gateways, tunnels, interfaces, rules and peers of a configuration."""
        gateways, tunnels, interfaces, rules = (
            {item["name"] for item in configuration[kind]} for kind in ("gateways", "tunnels", "interfaces", "pbf_rules"))
        peers = {(router, peer["name"]) for peer in configuration["bgp"]["peers"] for router in (None, peer["virtual_router"])}
        own = {peer for _router, peer in peers}
        return replace(
            self,
            ike_sas=tuple(sa for sa in self.ike_sas if sa.gateway in gateways),
            ipsec_sas=tuple(sa for sa in self.ipsec_sas if sa.tunnel in tunnels),
            flows=tuple(flow for flow in self.flows if flow.tunnel in tunnels),
            pbf_rules=tuple(rule for rule in self.pbf_rules if rule.name in rules),
            bgp_peers=tuple(peer for peer in self.bgp_peers if (peer.router, peer.name) in peers),
            routes=None if self.routes is None else tuple(route for route in self.routes if route.interface in interfaces),
            prefixes=None if self.prefixes is None else tuple(prefix for prefix in self.prefixes if prefix.peer in own),
        )


def grouped(items, key) -> dict:
    """Items by key, so that those of a thousand tunnels are looked up and not searched."""
    found: dict = {}
    for item in items:
        found.setdefault(key(item), []).append(item)
    return found


def movement(earlier, flow) -> tuple | None:
    """(packets out, packets in) between two looks at a flow; None where one is missing, tells no numbers, or the counters began anew."""
    if earlier is None:
        return None
    counts = [(getattr(earlier, name), getattr(flow, name)) for name in ("packets_encapsulated", "packets_decapsulated")]
    if not all(isinstance(number, int) for count in counts for number in count) or any(before > now for before, now in counts):
        return None
    return tuple(now - before for before, now in counts)
