# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""IPv4 and IPv6, outside and inside of a VPN's tunnels: what carries which, and why a combination cannot be made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Iterable, Iterator

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.addresses import family, is_literal
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import Selectors, Tunnel

if TYPE_CHECKING:
    from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.vpn import Vpn

FAMILIES = (4, 6)
EVERYTHING = {4: "0.0.0.0/0", 6: "::/0"}


@dataclass(frozen=True)
class Ends:
    """The network inside a tunnel, and both ends in it. C(options): how they are called in a tunnel's description."""

    cidr: str | None
    address: str | None
    peer: str | None
    options: str

    @property
    def are_known(self) -> bool:
        return bool(self.cidr and self.address and self.peer)


def ends(tunnel: Tunnel, version: int) -> Ends:
    if version == 6:
        return Ends(tunnel.inside_ipv6_cidr, tunnel.inside_ipv6_address, tunnel.inside_ipv6_peer_address,
                    "inside_ipv6_cidr, inside_ipv6_address and inside_ipv6_peer_address")
    return Ends(tunnel.inside_cidr, tunnel.inside_address, tunnel.inside_peer_address, "inside_cidr, inside_address and inside_peer_address")


def carried(vpn: Vpn) -> list[int]:
    """The families of the networks."""
    present = {family(text) for text in (*vpn.local_networks, *vpn.remote_networks)}
    return [version for version in FAMILIES if version in present]


def spoken(vpn: Vpn) -> int:
    """The one family that a monitor or a BGP session has inside the tunnels."""
    return carried(vpn)[0] if carried(vpn) else 4


def accepted(vpn: Vpn, tunnel: Tunnel) -> list[int]:
    """The families that the far side lets through a tunnel; both where nothing is said of it, or where it takes the pairs of networks that are given."""
    pairs = _pairs(tunnel)
    is_open = not pairs or (vpn.policy_based and not tunnel.selector_pairs)
    return [version for version in FAMILIES if is_open or any(family(pair.remote) == version for pair in pairs)]


def _pairs(tunnel: Tunnel) -> list[Selectors]:
    return list(tunnel.selector_pairs) or ([tunnel.traffic_selectors] if tunnel.traffic_selectors else [])


def pairs(vpn: Vpn, tunnel: Tunnel) -> list[tuple[str, str]]:
    """(network here, network there) for which a tunnel needs an SA of its own: what the far side names, and IPv6, for which nothing is negotiated unasked."""
    found = [(pair.local, pair.remote) for pair in tunnel.pairs]
    if vpn.policy_based and not tunnel.selector_pairs:
        found = [(local, remote) for local in vpn.local_networks for remote in vpn.remote_networks if family(local) == family(remote)]
    if found or carried(vpn) in ([], [4]):
        return found
    return [(EVERYTHING[version], EVERYTHING[version]) for version in carried(vpn)]


def problems(vpn: Vpn) -> list[str]:
    """Combinations of families that cannot work, or that are not done, each by name."""
    found = [*_outside(vpn), *_without_counterpart(vpn)]
    if not found:
        found = list(_not_accepted(vpn)) or list(_both(vpn))
    return found or [*_without_ends(vpn), *_of_monitors(vpn)]


def _words(version: int) -> str:
    return f"IPv{version}"


def _listed(texts: Iterable[str], version: int) -> list[str]:
    return [text for text in texts if family(text) == version]


def _outside(vpn: Vpn) -> Iterator[str]:
    """A gateway's two addresses are of one family, and so are those of all tunnels that leave from one address."""
    for number in vpn.numbers:
        tunnel, beside = vpn.tunnel(number), vpn.beginning_with(number)[0]
        version, first = family(tunnel.outside_address), family(beside.outside_address)
        if version != first:
            yield (f"{vpn.name}, tunnel {number}: its outside_address {tunnel.outside_address} is {_words(version)}, that of tunnel "
                   f"{vpn.tunnels.index(beside) + 1} is {_words(first)}, and both leave from one address; say local_address or outside_interface of the "
                   "tunnel, or make a VPN of its own for it")
        expected = tunnel.customer_outside_address
        if expected and family(expected) != version:
            yield (f"{vpn.name}, tunnel {number}: customer_outside_address {expected} is {_words(family(expected))}, and the peer {tunnel.outside_address} is "
                   f"{_words(version)}: both ends of a tunnel are of one family")
        own = vpn.local_address_of(number)
        if own and is_literal(own) and family(own) != version:
            yield f"local_address: {own} is {_words(family(own))}, and the peer {tunnel.outside_address} is {_words(version)}"


def _without_counterpart(vpn: Vpn) -> Iterator[str]:
    for option, other in (("local_networks", "remote_networks"), ("remote_networks", "local_networks")):
        for version in FAMILIES:
            mine, theirs = (_listed(getattr(vpn, name), version) for name in (option, other))
            if mine and not theirs:
                yield f"{option}: {', '.join(mine)} is {_words(version)}, and none of the {other} is: nothing there could talk to it"


def _not_accepted(vpn: Vpn) -> Iterator[str]:
    for number in vpn.numbers:
        tunnel = vpn.tunnel(number)
        for pair in _pairs(tunnel):
            if family(pair.local) != family(pair.remote):
                yield f"{vpn.name}, tunnel {number}: the far side's traffic selectors {pair.local} and {pair.remote} are of two families"
        for version in carried(vpn):
            if version not in accepted(vpn, tunnel):
                there, carries = ", ".join(_listed(vpn.remote_networks, version)), _words(accepted(vpn, tunnel)[0])
                yield (f"remote_networks: {there} is {_words(version)}, and tunnel {number} carries {carries} only, by what the far side says of it "
                       f"({', '.join(f'{pair.local} to {pair.remote}' for pair in _pairs(tunnel))}); a connection for {_words(version)} is needed")
                return


def _both(vpn: Vpn) -> Iterator[str]:
    if len(carried(vpn)) < 2 or vpn.failover == "routes":
        return
    what = "a BGP session carries" if vpn.speaks_bgp else "a PBF rule leads to one next hop, and carries"
    texts = {version: ", ".join(_listed((*vpn.local_networks, *vpn.remote_networks), version)) for version in FAMILIES}
    yield (f"failover: with {vpn.failover}, {what} one family, and {texts[4]} is IPv4, {texts[6]} is IPv6; make a VPN for each of both (by two connections), "
           "or say failover: routes")


def _without_ends(vpn: Vpn) -> Iterator[str]:
    """Something is probed or spoken inside the tunnels, in the family of the networks."""
    if vpn.failover == "routes" and not vpn.monitors_routes:
        return
    if vpn.speaks_bgp:
        yield from _without_speakers(vpn)
        return
    for number in vpn.numbers:
        for version in carried(vpn) if vpn.monitors_routes else [spoken(vpn)]:
            wanted = ends(vpn.tunnel(number), version)
            if not wanted.are_known:
                why = f" for {_words(version)} networks" if version == 6 else ""
                how = " through several tunnels" if vpn.monitors_routes else ""
                yield f"{vpn.name}, tunnel {number}: failover: {vpn.failover}{how}{why} needs {wanted.options}"


def _without_speakers(vpn: Vpn) -> Iterator[str]:
    """A session has two ends in the family of the networks: those inside the tunnel, or others that are given."""
    version, speakers = spoken(vpn), [vpn.speaker(number) for number in vpn.numbers]
    why = f" for {_words(version)} networks" if version == 6 else ""
    for number in vpn.numbers:
        session, inside = vpn.tunnel(number).bgp, ends(vpn.tunnel(number), version)
        given = {option: getattr(session, option, None) for option in ("peer_address", "local_address")}
        if not (inside.are_known or all(given.values())):
            yield (f"{vpn.name}, tunnel {number}: failover: {vpn.failover}{why} needs {inside.options}, or the two ends of the session as "
                   "bgp.peer_address and bgp.local_address")
        for option, address in given.items():
            if address and family(address) != version:
                yield (f"{vpn.name}, tunnel {number}: bgp.{option} {address} is {_words(family(address))}, and a session between such addresses carries no "
                       f"{_words(version)} networks")
        if speakers[number - 1] and speakers.index(speakers[number - 1]) != number - 1:
            yield f"{vpn.name}, tunnel {number}: the far side's BGP speaker is {speakers[number - 1]} in two tunnels; each session needs one of its own"


def _of_monitors(vpn: Vpn) -> Iterator[str]:
    if vpn.failover == "pbf" or vpn.monitors_routes:
        versions = carried(vpn) if vpn.monitors_routes else [spoken(vpn)]
        yield from (f"monitor_addresses: {text} is {_words(family(text))}, and the tunnels carry {' and '.join(map(_words, versions))}"
                    for text in vpn.monitor_addresses if text and family(text) not in versions)
