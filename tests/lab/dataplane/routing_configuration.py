# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The firewall's static routes and BGP as a configuration of BIRD."""

from __future__ import annotations

import re
import zlib

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.running import (
    Bgp, Peer, Policy, Redistribution, Route, Running, device, version,
)

#: What PAN-OS prefers where the configuration says nothing: connected 0, static 10, eBGP 20, iBGP 200.
EBGP, IBGP = 20, 200


def symbol(kind: str, name: str) -> str:
    """A name that BIRD takes and that stays the same whatever else changes: a changed name is a new session."""
    return f"{kind}_{re.sub(r'[^A-Za-z0-9_]', '_', name)[:40]}_{zlib.crc32(name.encode()):08x}"


def render(running: Running) -> str:
    preferences = _preferences(running)
    bgp = running.bgp
    kernel = "source != RTS_DEVICE" + ("" if bgp is None or bgp.installs else " && source != RTS_BGP")
    devices = ", ".join(f'"{interface.device}"' for interface in running.interfaces) or '"none"'
    merged = f"merge paths on limit {running.paths}; " if running.paths > 1 else ""
    text = [
        f"router id {bgp.router_id if bgp and bgp.router_id else '192.0.2.1'};", f"protocol kernel {{ {merged}ipv4 {{ export where {kernel}; }}; }}",
        f"protocol direct connected {{ ipv4; interface {devices}; }}",
    ]
    if running.has_ipv6:
        text += [f"protocol kernel {{ {merged}ipv6 {{ export where {kernel}; }}; }}", f"protocol direct connected_ipv6 {{ ipv6; interface {devices}; }}"]
    text += [_route(route, preferences[(route.distance, route.metric)]) for route in running.routes]
    if bgp is not None:
        text += [_redistributed(bgp.redistributions), *(_peer(bgp, peer, preferences) for peer in bgp.peers)]
    return "\n".join([*text, ""])


def protocols_of(running: Running, interface: str) -> list[str]:
    """What goes when a tunnel interface goes down: its routes and its BGP sessions."""
    found = [symbol("route", route.name) for route in running.routes if route.interface == interface]
    return found + [symbol("peer", peer.name) for peer in (running.bgp.peers if running.bgp else ()) if peer.interface == interface]


def switchable(running: Running) -> list[str]:
    """Everything that can be disabled and enabled by itself: static routes and BGP sessions."""
    return [symbol("route", route.name) for route in running.routes] + [symbol("peer", peer.name) for peer in (running.bgp.peers if running.bgp else ())]


def _preferences(running: Running) -> dict[tuple[int, int], int]:
    """BIRD takes the highest preference, PAN-OS the lowest distance and then the lowest metric."""
    return {rank: 230 - index for index, rank in enumerate(ranks(running))}


def ranks(running: Running) -> list[tuple[int, int]]:
    """Pairs of distance and metric that occur, the one that wins first."""
    return sorted({(EBGP, 0), (IBGP, 0), *((route.distance, route.metric) for route in running.routes)})


def _route(route: Route, preference: int) -> str:
    if route.nexthop:
        target = f"via {route.nexthop}"
    elif route.interface:
        target = f'via "{device(route.interface)}"'
    else:
        target = "blackhole"
    channel = f"ipv{version(route.destination)} {{ preference {preference}; }}"
    return f"protocol static {symbol('route', route.name)} {{ {channel}; route {route.destination} {target}; }}"


def _redistributed(redistributions: tuple[Redistribution, ...]) -> str:
    """Whether BGP takes a route in, with what the policies set on it."""
    text = ["function taken_in() {", "if source = RTS_BGP then return true;"]
    sources = {"connected": "RTS_DEVICE", "static": "RTS_STATIC"}
    for redistribution in redistributions:
        text.append(f"if source = {sources[redistribution.source]} then {{")
        text += [_step(policy, "return true;", "return false;", 0) for policy in redistribution.policies]
        text.append("}")
    return "\n".join([*text, "return false;", "}"])


def _peer(bgp: Bgp, peer: Peer, preferences: dict[tuple[int, int], int]) -> str:
    internal = peer.remote_as == bgp.local_as
    options = [
        f"local {peer.local_address} as {bgp.local_as}; neighbor {peer.address} as {peer.remote_as};" if peer.local_address
        else f"local as {bgp.local_as}; neighbor {peer.address} as {peer.remote_as};",
        f"multihop {peer.multihop};" if peer.multihop else "direct;", f"hold time {max(peer.hold_time, 3)}; keepalive time {max(peer.keep_alive, 1)};",
        "graceful restart off; connect delay time 1; connect retry time 2; error wait time 1,2;", f"default bgp_local_pref {bgp.local_preference};",
        *(["passive;"] if peer.passive else []), *([f'password "{peer.password}";'] if peer.password else []),
    ]
    everything = "::/0" if peer.version == 6 else "0.0.0.0/0"
    rejected = [f"if net = {everything} then reject;"] if bgp.rejects_default else []
    arriving = [_step(policy, "accept;", "reject;", bgp.local_as) for policy in peer.imports] + ["reject;"] if peer.imports is not None else ["accept;"]
    leaving = [_step(policy, "accept;", "reject;", bgp.local_as) for policy in peer.exports] + ["reject;"] if peer.exports is not None else ["accept;"]
    channel = [
        f"preference {preferences[(IBGP if internal else EBGP, 0)]};", "import keep filtered on;", *(["next hop self;"] if internal else []),
        "import filter {", *rejected, *arriving, "};", "export filter {", "if ! taken_in() then reject;", *leaving, "};",
    ]
    return "\n".join([f"protocol bgp {symbol('peer', peer.name)} {{", *options, f"ipv{peer.version} {{", *channel, "};", "}"])


def _step(policy: Policy, passes: str, stops: str, local_as: int) -> str:
    action = stops
    if policy.allows:
        changes = [f"bgp_local_pref = {policy.local_preference};"] if policy.local_preference is not None else []
        changes += [f"bgp_med = {policy.med};"] if policy.med is not None else []
        changes += [f"bgp_path.prepend({local_as});"] * policy.prepend
        action = " ".join((*changes, passes))
    if not policy.prefixes:
        return f"{{ {action} }}"
    return " ".join(_listed(policy, family, action) for family in (4, 6))


def _listed(policy: Policy, family: int, action: str) -> str:
    """A set of prefixes is of one family, and only networks of that one are compared with it."""
    prefixes = ", ".join(f"{prefix.network}{{{prefix.shortest},{prefix.longest}}}" for prefix in policy.prefixes if version(prefix.network) == family)
    return f"if net.type = NET_IP{family} then {{ if net ~ [ {prefixes} ] then {{ {action} }} }}" if prefixes else ""
