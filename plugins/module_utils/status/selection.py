# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which objects belong to a VPN: by name, as the pairing names them, and by what refers to what.

A configuration is a dictionary of lists of options, as the resources gather them: C(gateways), C(tunnels), C(interfaces), C(pbf_rules),
and C(bgp) with C(instances) and C(peers).
"""

from __future__ import annotations

import re

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import record as records

# What the pairing puts behind a VPN's name: the number of a tunnel, or what its last PBF rule does.
_SUFFIX = re.compile(r"-(\d|discard)$")


def stem(name: str) -> str:
    """The VPN's name in an object's: C(vpn-0abc) in C(vpn-0abc-1)."""
    return _SUFFIX.sub("", name)


def select(configuration: dict, names) -> tuple:
    """(the part of the configuration that belongs to the named VPNs, tunnels or gateways; the names that nothing answers to)."""
    adopted = _adopted(configuration, names)
    wanted = set(names).union(*adopted.values())

    def named(*texts):
        return any(text in wanted or stem(text) in wanted for text in texts)

    tunnels = [tunnel for tunnel in configuration["tunnels"] if named(tunnel["name"], *tunnel.get("ike_gateways", ()))]
    used = {gateway for tunnel in tunnels for gateway in tunnel.get("ike_gateways", ())}
    gateways = [gateway for gateway in configuration["gateways"] if gateway["name"] in used or named(gateway["name"])]
    units = interfaces_of(tunnels)
    there = {text for item in tunnels + gateways for text in (item["name"], stem(item["name"]))}
    there |= {vpn for vpn, objects in adopted.items() if objects & there}
    found = {
        "gateways": gateways, "tunnels": tunnels,
        "interfaces": [interface for interface in configuration["interfaces"] if interface["name"] in units],
        **_behind(configuration, units, lambda rule: named(rule["name"]), lambda peer: named(peer["name"], peer["peer_group"])),
    }
    return found, [name for name in names if name not in there]


def _adopted(configuration, names) -> dict:
    """The names that objects of the named VPNs have kept from before, by VPN; they stand in the records of the VPNs."""
    found = [records.find(interface.get("comment")) for interface in configuration["interfaces"]]
    return {record.vpn: {name for kind in ("ipsec_tunnel", "ike_gateway") for name in record.adopted.get(kind, {}).values()}
            for record in found if record is not None and record.vpn in names}


def of_vpns(configuration: dict) -> dict:
    """The configuration without the PBF rules and BGP peers that have nothing to do with any of its tunnels."""
    last_rules = {f"{stem(tunnel['name'])}-discard" for tunnel in configuration["tunnels"]}
    behind = _behind(configuration, interfaces_of(configuration["tunnels"]), lambda rule: rule["name"] in last_rules, lambda peer: False)
    return {**configuration, **behind}


def _behind(configuration, units, is_rule, is_peer) -> dict:
    """PBF rules and BGP peers that use one of the tunnel interfaces, or belong to them by name; instances of the peers' routers."""
    peers = [peer for peer in configuration["bgp"]["peers"] if is_peer(peer) or local_interface(peer) in units]
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
    return (peer.get("local_address") or {}).get("interface")
