# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The firewall's static routes and BGP as a configuration of BIRD."""

from __future__ import annotations

import re
import zlib

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.running import (
    MAIN, Bgp, Peer, Policy, Redistribution, Route, Router, Running, device, version,
)

#: What PAN-OS prefers where the configuration says nothing: connected 0, static 10, eBGP 20, iBGP 200.
EBGP, IBGP = 20, 200
#: Marks what a static route to another router has brought from there.
_LED = "led"


def symbol(kind: str, name: str) -> str:
    """A name that BIRD takes and that stays the same whatever else changes: a changed name is a new session."""
    return f"{kind}_{re.sub(r'[^A-Za-z0-9_]', '_', name)[:40]}_{zlib.crc32(name.encode()):08x}"


def of_router(router: Router, kind: str, name: str) -> str:
    """The symbol of something that stands in a router; in another one there may be something of the same name."""
    return symbol(kind, name if router.table == MAIN else f"{router.name}/{name}")


def render(running: Running) -> str:
    first = running.routers[0].bgp if running.routers else None
    text = [f"router id {first.router_id if first is not None and first.router_id else '192.0.2.1'};", f"attribute int {_LED};"]
    text += [f"ipv{family} table {_table(router, family)};" for router in running.others for family in running.families]
    for router in running.routers:
        text += [line for family in running.families for line in _surroundings(running, router, family)]
        text += _routing(running, router)
    return "\n".join([*text, ""])


def _surroundings(running: Running, router: Router, family: int) -> list[str]:
    """What a router has without any route: its table in the kernel, and the networks that it is connected to."""
    installs = router.bgp is None or router.bgp.installs
    wanted = f"defined({_LED}) || (source != RTS_DEVICE{'' if installs else ' && source != RTS_BGP'})"
    merged = f"merge paths on limit {router.paths}; " if router.paths > 1 else ""
    own = "" if router.table == MAIN else f"kernel table {router.table}; "
    devices = ", ".join(f'"{interface.device}"' for interface in running.interfaces if interface.table == router.table) or '"none"'
    channel = f"ipv{family} {{ {_table_of(router, family)}"
    connected = of_router(router, "connected", str(family))
    return [f"protocol kernel {of_router(router, 'kernel', str(family))} {{ {own}{merged}{channel}export where {wanted}; }}; }}",
            f"protocol direct {connected} {{ {channel}}}; interface {devices}; }}"]


def _table(router: Router, family: int) -> str:
    return f"master{family}" if router.table == MAIN else f"{symbol('table', router.name)}_{family}"


def _table_of(router: Router, family: int) -> str:
    """In a channel; nothing where it is what a channel has by itself."""
    return "" if router.table == MAIN else f"table {_table(router, family)}; "


def _routing(running: Running, router: Router) -> list[str]:
    preferences = _preferences(router)
    text = []
    for route in router.routes:
        name, preference = of_router(router, "route", route.name), preferences[(route.distance, route.metric)]
        beyond = running.router(route.next_router)
        if beyond is not None:
            text.append(_led(name, route, preference, router, beyond))
        elif route.next_router is None:
            text.append(_route(name, route, preference, _table_of(router, version(route.destination))))
    if router.bgp is not None:
        text += [_redistributed(router, router.bgp.redistributions), *(_peer(router, router.bgp, peer, preferences) for peer in router.peers)]
    return text


def _led(name: str, route: Route, preference: int, router: Router, beyond: Router) -> str:
    """To another router: what that one has for the destination is a static route of this one."""
    family = version(route.destination)
    learned = "" if beyond.bgp is None or beyond.bgp.installs else " if source = RTS_BGP then reject;"
    return (f"protocol pipe {name} {{ table {_table(router, family)}; peer table {_table(beyond, family)}; export none; import filter {{ "
            f"if ! (net ~ [ {route.destination}+ ]) then reject;{learned} preference = {preference}; {_LED} = 1; accept; }}; }}")


def protocols_of(running: Running, interface: str) -> list[str]:
    """What goes when a tunnel interface goes down: its routes and its BGP sessions."""
    routes = [of_router(router, "route", route.name) for router in running.routers for route in router.routes if route.interface == interface]
    return routes + [of_router(router, "peer", peer.name) for router in running.routers for peer in router.peers if peer.interface == interface]


def switchable(running: Running) -> list[str]:
    """Everything that can be disabled and enabled by itself: static routes and BGP sessions."""
    routes = [of_router(router, "route", route.name) for router in running.routers for route in router.routes]
    return routes + [of_router(router, "peer", peer.name) for router in running.routers for peer in router.peers]


def _preferences(router: Router) -> dict[tuple[int, int], int]:
    """BIRD takes the highest preference, PAN-OS the lowest distance and then the lowest metric."""
    return {rank: 230 - index for index, rank in enumerate(ranks(router))}


def ranks(router: Router) -> list[tuple[int, int]]:
    """Pairs of distance and metric that occur, the one that wins first."""
    return sorted({(EBGP, 0), (IBGP, 0), *((route.distance, route.metric) for route in router.routes)})


def _route(name: str, route: Route, preference: int, table: str) -> str:
    if route.nexthop:
        target = f"via {route.nexthop}"
    elif route.interface:
        target = f'via "{device(route.interface)}"'
    else:
        target = "blackhole"
    channel = f"ipv{version(route.destination)} {{ {table}preference {preference}; }}"
    return f"protocol static {name} {{ {channel}; route {route.destination} {target}; }}"


def _redistributed(router: Router, redistributions: tuple[Redistribution, ...]) -> str:
    """Whether BGP takes a route in, with what the policies set on it."""
    text = [f"function {of_router(router, 'taken_in', '')}() {{", f"if source = RTS_BGP && ! defined({_LED}) then return true;"]
    sources = {"connected": f"source = RTS_DEVICE && ! defined({_LED})", "static": f"source = RTS_STATIC || defined({_LED})"}
    for redistribution in redistributions:
        text.append(f"if {sources[redistribution.source]} then {{")
        text += [_step(policy, "return true;", "return false;", 0) for policy in redistribution.policies]
        text.append("}")
    return "\n".join([*text, "return false;", "}"])


def _peer(router: Router, bgp: Bgp, peer: Peer, preferences: dict[tuple[int, int], int]) -> str:
    internal = peer.remote_as == bgp.local_as
    options = [
        *([f"router id {bgp.router_id};"] if bgp.router_id else []),
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
        f"{_table_of(router, peer.version)}preference {preferences[(IBGP if internal else EBGP, 0)]};", "import keep filtered on;",
        *(["next hop self;"] if internal else []), "import filter {", *rejected, *arriving, "};",
        "export filter {", f"if ! {of_router(router, 'taken_in', '')}() then reject;", *leaving, "};",
    ]
    return "\n".join([f"protocol bgp {of_router(router, 'peer', peer.name)} {{", *options, f"ipv{peer.version} {{", *channel, "};", "}"])


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
