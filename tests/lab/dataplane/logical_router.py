# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""BGP of a logical router of the Advanced Routing Engine, whose settings lie in profiles."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Callable

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.running import Bgp, Peer, Policy, Prefix, Redistribution, host_of


class _Profiles:

    def __init__(self, network: ET.Element) -> None:
        self._root = network.find("routing-profile")

    def __call__(self, kind: str, name: str | None) -> ET.Element | None:
        entries = self._root.findall(f"{kind}/entry") if self._root is not None and name else []
        return next((entry for entry in entries if entry.get("name") == name), None)


def bgp(router: ET.Element, network: ET.Element, reveal: Callable[[str], str | None]) -> tuple[Bgp | None, list[str]]:
    """The instance and what of it is not done here; None where BGP is off."""
    instance, profiles, remarks = router.find("bgp"), _Profiles(network), []
    if instance is None or instance.findtext("enable") != "yes" or not instance.findtext("local-as"):
        return None, remarks
    peers = []
    for group in instance.findall("peer-group/entry"):
        for peer in group.findall("peer/entry") if group.findtext("enable") != "no" else ():
            if peer.findtext("enable") != "no":
                peers.append(_peer(group, peer, profiles, reveal, remarks))
    return Bgp(
        instance.findtext("router-id") or "", int(instance.findtext("local-as") or 0), instance.findtext("install-route") == "yes", False,
        int(instance.findtext("default-local-preference") or 100), tuple(peer for peer in peers if peer is not None),
        (*_redistributions(profiles("bgp/redistribution-profile", instance.findtext("redistribution-profile/ipv4/unicast")), profiles, remarks),
         *_advertised(instance)),
    ), remarks


def _peer(group: ET.Element, peer: ET.Element, profiles: _Profiles, reveal: Callable[[str], str | None], remarks: list[str]) -> Peer | None:
    name = peer.get("name") or ""

    def option(kind: str) -> str | None:
        value = peer.findtext(f"connection-options/{kind}")
        return group.findtext(f"connection-options/{kind}") if value in (None, "inherit") else value

    timers = profiles("bgp/timer-profile", option("timers"))
    secret = profiles("bgp/auth-profile", option("authentication"))
    password = reveal(secret.findtext("secret") or "") if secret is not None else None
    if not peer.findtext("peer-address/ip") or not peer.findtext("peer-as"):
        remarks.append(f"BGP peer {name} is left out: it has no fixed address or no AS")
        return None
    if secret is not None and password is None:
        remarks.append(f"BGP peer {name} is left out: its password is known in its stored form only")
        return None
    own = peer.find("inherit/no")
    family = "ipv6" if ":" in (peer.findtext("peer-address/ip") or "") else "ipv4"
    filtering = own.findtext(f"filtering-profile/{family}") if own is not None else group.findtext(f"filtering-profile/{family}")
    profile = profiles("bgp/filtering-profile", filtering)
    maps = {direction: profile.findtext(f"{family}/unicast/route-maps/{direction}") if profile is not None else None for direction in ("inbound", "outbound")}
    imports, exports = (
        _route_map(profiles("filters/route-maps/bgp/bgp-entry", maps[direction]), "route-map/entry", profiles, remarks) if maps[direction] else None
        for direction in ("inbound", "outbound")
    )
    exchanged = own.findtext(f"address-family/{family}") if own is not None else group.findtext(f"address-family/{family}")
    if family == "ipv6" and profiles("bgp/address-family-profile", exchanged) is None:
        imports = exports = ()
    hops = option("multihop")
    return Peer(
        name, group.get("name") or "", peer.findtext("local-address/interface"), host_of(peer.findtext("local-address/ip") or ""),
        host_of(peer.findtext("peer-address/ip") or ""), int(peer.findtext("peer-as") or 0),
        int((timers.findtext("keep-alive-interval") if timers is not None else None) or 30),
        int((timers.findtext("hold-time") if timers is not None else None) or 90), peer.findtext("passive") == "yes", imports, exports, password,
        int(hops) if hops and hops.isdigit() else 0,
    )


def _route_map(entry: ET.Element | None, path: str, profiles: _Profiles, remarks: list[str]) -> tuple[Policy, ...]:
    """Steps by their sequence number; a map that does not exist lets nothing through."""
    steps = sorted(entry.findall(path), key=lambda step: int(step.get("name") or 0)) if entry is not None else []
    found = []
    for step in steps:
        other = [child.tag for child in step.find("match") or () if child.tag not in ("ipv4", "ipv6")]
        if other:
            remarks.append(f"route map {entry.get('name')} step {step.get('name')} is left out: match on {', '.join(other)}")
            continue
        allows = step.findtext("action") == "permit"
        name = step.findtext("match/ipv4/address/prefix-list") or step.findtext("match/ipv6/address/prefix-list")
        settings = step.find("set")

        def number(where: str) -> int | None:
            value = settings.findtext(where) if settings is not None else None
            return int(value) if value and value.isdigit() else None

        prepend = len(settings.findall("aspath-prepend/member")) if settings is not None else 0
        for permits, prefixes in _prefix_list(profiles("filters/prefix-list", name)) if name else [(True, ())]:
            if permits:
                found.append(Policy(allows, prefixes, number("local-preference"), number("metric/value"), prepend))
    return tuple(found)


def _prefix_list(entry: ET.Element | None) -> list[tuple[bool, tuple[Prefix, ...]]]:
    found = []
    listed = [*entry.findall("type/ipv4/ipv4-entry/entry"), *entry.findall("type/ipv6/ipv6-entry/entry")] if entry is not None else []
    for item in sorted(listed, key=lambda each: int(each.get("name") or 0)):
        prefix = item.find("prefix/entry")
        if prefix is None:
            found.append((item.findtext("action") == "permit", ()))
            continue
        network = prefix.findtext("network") or "0.0.0.0/0"
        most = 128 if ":" in network else 32
        length = int(network.partition("/")[2] or most)
        low = prefix.findtext("greater-than-or-equal")
        high = prefix.findtext("less-than-or-equal")
        longest = int(high) if high else most if low else length
        found.append((item.findtext("action") == "permit", (Prefix(network, int(low) if low else length, longest),)))
    return found


def _advertised(instance: ET.Element) -> list[Redistribution]:
    """Networks by their names, whatever their routes come from."""
    names = [entry.get("name") or "" for family in ("ipv4", "ipv6") for entry in instance.findall(f"advertise-network/{family}/network/entry")
             if entry.findtext("unicast") != "no"]
    prefixes = tuple(Prefix(name, length, length) for name in names for length in [int(name.partition("/")[2])])
    return [Redistribution(source, (Policy(True, prefixes),)) for source in ("connected", "static")] if prefixes else []


def _redistributions(profile: ET.Element | None, profiles: _Profiles, remarks: list[str]) -> list[Redistribution]:
    found = []
    unicast = profile.find("ipv4/unicast") if profile is not None else None
    for source in unicast if unicast is not None else ():
        if source.findtext("enable") == "no":
            continue
        if source.tag not in ("connected", "static"):
            remarks.append(f"BGP redistribution {profile.get('name')}: routes of {source.tag} do not exist here")
            continue
        name = source.findtext("route-map")
        steps = (Policy(True),)
        if name:
            entry = profiles("filters/route-maps/redistribution/redist-entry", name)
            steps = _route_map(entry, "connected-static/bgp/route-map/entry", profiles, remarks)
        found.append(Redistribution(source.tag, steps))
    return found
