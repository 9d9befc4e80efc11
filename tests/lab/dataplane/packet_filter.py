# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Zones, security rules and PBF matches as nftables text."""

from __future__ import annotations

from typing import Iterable

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.behaviour import Behaviour
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.running import Interface, Match, Ports, Running, SecurityRule, host_of, version as version_of


# How nftables calls what differs between the families.
_WORDS = {4: "ip", 6: "ip6"}
# Without these nobody finds his neighbour.
_NEIGHBOURS = "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit, nd-router-advert } accept"


#: Packets of sessions that would have left their zone, by PAN-OS's name for it.
ZONE_CHANGED = "flow_fwd_zonechange"
#: A session remembers the zone that it came from and, so many labels further, the one that it goes to.
ZONES = 60


def security(running: Running, daemons: dict[str, list[str]], zones: dict[str, int], ipv6: bool = False, behaviour: Behaviour = Behaviour()) -> str:
    """The rule base as tables of its own. ``daemons``: by outside interface, the devices towards the IKE daemons behind it. ``zones``: a number below
    ``ZONES`` for each zone, which stays the same as long as there may be sessions.

    Traffic of the firewall itself counts too: what it sends belongs to the zone that it leaves by, what it gets to the zone
    of the address. What no rule decides is decided by the default rules. A session is tied to its zones: a packet that comes from another one does not
    belong to it, and one that would leave into another one is dropped. Each echo request is judged by the rules, being a session of its own.
    """
    return "".join(_of_family(running, daemons, version, zones, behaviour) for version in ((4, 6) if ipv6 else (4,)))


def _of_family(running: Running, daemons: dict[str, list[str]], version: int, zones: dict[str, int], behaviour: Behaviour) -> str:
    devices, word = _devices(running, daemons), _WORDS[version]
    addresses = {zone: [host_of(address) for each in running.zone(zone) for address in _own(each, version)] for zone in devices}
    forward, receive, send = [], [], []
    for rule in running.security:
        verdict = "goto begins" if rule.allows else "drop"
        own_verdict = "accept" if rule.allows else "drop"
        for match in conditions(rule.match, version):
            for source, destination in _pairs(rule, list(devices)):
                came = _one_of("iifname", [device for zone in source for device in devices.get(zone, [])], bool(source))
                leaves = _one_of("oifname", [device for zone in destination for device in devices.get(zone, [])], bool(destination))
                own = _one_of(f"{word} daddr", [address for zone in destination for address in addresses.get(zone, [])], bool(destination), False)
                if came is not None and leaves is not None:
                    forward.append(f"{came}{leaves}{match}{verdict}")
                if came is not None and own is not None:
                    receive.append(f"{came}{own}{match}{own_verdict}")
                both = [zone for zone in devices if (not source or zone in source) and (not destination or zone in destination)]
                leaves = _one_of("oifname", [device for zone in both for device in devices[zone]], True)
                if leaves is not None:
                    send.append(f"{leaves}{match}{own_verdict}")
    within, between = ("accept" if allows else "drop" for allows in (running.allows_within_zones, running.allows_between_zones))
    for zone, names in devices.items():
        listed = _set(names, True)
        if names:
            forward.append(f"iifname {listed} oifname {listed} {'goto begins' if running.allows_within_zones else 'drop'}")
            send.append(f"oifname {listed} {within}")
        if names and addresses[zone]:
            receive.append(f"iifname {listed} {word} daddr {_set(addresses[zone], False)} {within}")
    zoned = _set([device for names in devices.values() for device in names] or ["none"], True)
    # What has no zone has no rules.
    forward.append(f"iifname {zoned} oifname {zoned} {'goto begins' if running.allows_between_zones else 'drop'}")
    receive.append(f"iifname {zoned} {between}")
    silent = [host_of(address) for each in running.interfaces if not each.ping for address in _own(each, version)]
    strict = [device for zone in running.strict_zones for device in devices.get(zone, [])] if version == 4 else []
    link_local = [f"iifname {_set(strict, True)} ip {side} 169.254.0.0/16 drop" for side in ("saddr", "daddr")] if strict else []
    echo = _service(Ports("echo6" if version == 6 else "echo"), version)
    asks = f"{echo}ct direction original goto"
    neighbours = [_NEIGHBOURS] if version == 6 else []
    known = ["ct state related accept", "ct state established accept", *neighbours]
    deaf = [f"{word} daddr {_set(silent, False)} {echo}drop"] if silent else []
    numbered = {zones[zone]: _set(names, True) for zone, names in devices.items() if names}
    return _table(word, "security", {
        "begins": [*(f"iifname {listed} ct label set {number}" for number, listed in numbered.items()),
                   *(f"oifname {listed} ct label set {ZONES + number}" for number, listed in numbered.items()), "accept"],
        "passes": forward, "arrives": receive, "leaves": send,
        **_of_sessions(numbered, behaviour),
    }, {
        "strict": ("prerouting", "raw", "accept", link_local),
        "segments": ("forward", "mangle", "accept", _segments(running, version) if behaviour.adjusts_mss else []),
        "forward": ("forward", "filter", "drop", [f"{asks} passes", "ct state related accept", "ct state established goto known", *neighbours, "goto passes"]),
        "receive": ("input", "filter", "drop", ['iifname "lo" accept', *deaf, f"{asks} arrives", *known, "goto arrives"]),
        "send": ("output", "filter", "drop", ['oifname "lo" accept', f"{asks} leaves", *known, "goto leaves"]),
    })


def _of_sessions(numbered: dict[int, str], behaviour: Behaviour) -> dict[str, list[str]]:
    """Chains for packets of sessions that began before; a packet from a zone that is none of the session's is no packet of it."""
    crosses = f"counter name {ZONE_CHANGED} {'accept' if behaviour.sessions_leave_their_zone else 'drop'}"
    came, went = {}, {}
    for direction, source, destination in (("original", 0, ZONES), ("reply", ZONES, 0)):
        came[direction] = [f"ct direction {direction} iifname {listed} ct label {source + number} goto known_{direction}"
                           for number, listed in numbered.items()]
        went[f"known_{direction}"] = [*(f"oifname {listed} ct label {destination + number} accept" for number, listed in numbered.items()), crosses]
    strangers = ["meta l4proto tcp drop", "goto passes"]
    return {**went, "known": [*came["original"], *came["reply"], *strangers]}


def _segments(running: Running, version: int) -> list[str]:
    """What hosts are told of the segments that a tunnel carries, in both directions."""
    headers = 60 if version == 6 else 40
    tunnels = {interface.device: interface.mtu or 1500 for interface in running.interfaces if interface.is_tunnel}
    return [f'{way} "{device}" tcp flags & (syn | rst) == syn tcp option maxseg size > {mtu - headers} tcp option maxseg size set {mtu - headers}'
            for device, mtu in tunnels.items() for way in ("iifname", "oifname")]


def _own(interface: Interface, version: int) -> tuple[str, ...]:
    return interface.ipv6 if version == 6 else interface.addresses


def conditions(match: Match, version: int = 4) -> list[str]:
    """The alternatives of a match for packets of one family, each as the beginning of a rule; none where no such packet can match."""
    sides = [_addresses("saddr", match.source, match.not_source, version), _addresses("daddr", match.destination, match.not_destination, version)]
    if None in sides:
        return []
    services = [_service(service, version) for service in match.services]
    start = "".join(side or "" for side in sides)
    return [start + service for service in services if service is not None] if services else [start]


def _table(word: str, name: str, parts: dict[str, list[str]], chains: dict[str, tuple[str, str, str, list[str]]]) -> str:
    """Replaces the table in one step. ``parts``: chains that others go to."""
    text = [f"table {word} {name}", f"delete table {word} {name}", f"table {word} {name} {{", f"counter {ZONE_CHANGED} {{", "}"]
    for part in parts:
        # Declared before anything goes there.
        text += [f"chain {part} {{", "}"]
    for part, rules in parts.items():
        text += [f"chain {part} {{", *rules, "}"]
    for chain, (hook, priority, policy, rules) in chains.items():
        text += [f"chain {chain} {{", f"type filter hook {hook} priority {priority}; policy {policy};", *rules, "}"]
    return "\n".join([*text, "}", ""])


def _devices(running: Running, daemons: dict[str, list[str]]) -> dict[str, list[str]]:
    """Devices by zone. An IKE daemon stands behind the outside interface and belongs to its zone."""
    found: dict[str, list[str]] = {}
    for interface in running.interfaces:
        if interface.zone:
            found.setdefault(interface.zone, []).extend([interface.device, *daemons.get(interface.name, [])])
    return found


def _pairs(rule: SecurityRule, zones: list[str]) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    sources, destinations = rule.sources or tuple(zones), rule.destinations or tuple(zones)
    if rule.kind == "intrazone":
        return [((zone,), (zone,)) for zone in sources]
    if rule.kind == "interzone":
        return [((zone,), tuple(other for other in destinations if other != zone)) for zone in sources]
    return [(rule.sources, rule.destinations)]


def _one_of(what: str, values: list[str], wanted: bool, quoted: bool = True) -> str | None:
    """A condition; empty where anything will do, None where nothing can match."""
    if not wanted:
        return ""
    return f"{what} {_set(values, quoted)} " if values else None


def _set(values: Iterable[str], quoted: bool) -> str:
    return "{ " + ", ".join(f'"{value}"' if quoted else value for value in dict.fromkeys(values)) + " }"


def _addresses(side: str, values: tuple[str, ...], negated: bool, version: int) -> str | None:
    """A condition; empty where anything of the family will do, None where nothing of it does."""
    of_family = [value for value in values if version_of(value) == version]
    everything = {4: "0.0.0.0/0", 6: "::/0"}[version]
    if not values or (everything in of_family and not negated):
        return ""
    if not of_family or everything in of_family:
        return "" if negated and not of_family else None
    return " ".join((f"{_WORDS[version]} {side}", *(["!="] if negated else []), _set(of_family, False), ""))


def _service(service: Ports, version: int) -> str | None:
    """A condition; None for what no packet of the family is."""
    ipv4 = {"echo": "icmp type echo-request ", "icmp": "ip protocol icmp ", "esp": "ip protocol esp "}
    ipv6 = {"echo6": "icmpv6 type echo-request ", "esp": "ip6 nexthdr esp "}
    words = {4: ipv4, 6: ipv6}[version]
    if service.protocol in words:
        return words[service.protocol]
    if service.protocol in (*ipv4, *ipv6):
        return None
    ports = ", ".join(part.strip() for part in service.ports.split(",") if part.strip())
    whole = "ip protocol" if version == 4 else "meta l4proto"
    return f"{service.protocol} dport {{ {ports} }} " if ports else f"{whole} {service.protocol} "
