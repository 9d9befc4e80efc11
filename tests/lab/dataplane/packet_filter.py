# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Zones, security rules and PBF matches as nftables text."""

from __future__ import annotations

from dataclasses import dataclass, field
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
    devices = _devices(running, daemons)
    return "".join(_Family(running, version, devices).table(zones, behaviour) for version in ((4, 6) if ipv6 else (4,)))


@dataclass
class _Family:
    """The rule base for packets of one family. C(devices): by zone. The chains are what the rules say of packets that pass the firewall, that arrive at it,
    and that leave it, of sessions that begin."""

    running: Running
    version: int
    devices: dict[str, list[str]]
    passes: list[str] = field(default_factory=list)
    arrives: list[str] = field(default_factory=list)
    leaves: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.word = _WORDS[self.version]
        self.addresses = {zone: [host_of(address) for each in self.running.zone(zone) for address in _own(each, self.version)] for zone in self.devices}
        self.echo = _service(Ports("echo6" if self.version == 6 else "echo"), self.version)
        for rule in self.running.security:
            for match in conditions(rule.match, self.version):
                for source, destination in _pairs(rule, list(self.devices)):
                    self._add_rule(rule, match, source, destination)
        self._add_defaults()

    def _add_rule(self, rule: SecurityRule, match: str, source: tuple[str, ...], destination: tuple[str, ...]) -> None:
        """C(source), C(destination): zones; none stand for all of them."""
        own_verdict = "accept" if rule.allows else "drop"
        came, leaves = self._by("iifname", self.devices, source), self._by("oifname", self.devices, destination)
        own = self._by(f"{self.word} daddr", self.addresses, destination, False)
        if came is not None and leaves is not None:
            self.passes.append(f"{came}{leaves}{match}{'goto begins' if rule.allows else 'drop'}")
        if came is not None and own is not None:
            self.arrives.append(f"{came}{own}{match}{own_verdict}")
        both = [zone for zone in self.devices if (not source or zone in source) and (not destination or zone in destination)]
        sent = _one_of("oifname", [device for zone in both for device in self.devices[zone]], True)
        if sent is not None:
            self.leaves.append(f"{sent}{match}{own_verdict}")

    @staticmethod
    def _by(what: str, held: dict[str, list[str]], zones: tuple[str, ...], quoted: bool = True) -> str | None:
        """A condition on what zones hold; empty where any zone will do, None where nothing can match."""
        return _one_of(what, [each for zone in zones for each in held.get(zone, [])], bool(zones), quoted)

    def _add_defaults(self) -> None:
        """What no rule decides. What has no zone has no rules."""
        within, between = self.running.allows_within_zones, self.running.allows_between_zones
        for zone, names in self.devices.items():
            if not names:
                continue
            listed = _set(names, True)
            self.passes.append(f"iifname {listed} oifname {listed} {'goto begins' if within else 'drop'}")
            self.leaves.append(f"oifname {listed} {'accept' if within else 'drop'}")
            if self.addresses[zone]:
                self.arrives.append(f"iifname {listed} {self.word} daddr {_set(self.addresses[zone], False)} {'accept' if within else 'drop'}")
        zoned = _set([device for names in self.devices.values() for device in names] or ["none"], True)
        self.passes.append(f"iifname {zoned} oifname {zoned} {'goto begins' if between else 'drop'}")
        self.arrives.append(f"iifname {zoned} {'accept' if between else 'drop'}")

    def table(self, zones: dict[str, int], behaviour: Behaviour) -> str:
        asks = f"{self.echo}ct direction original goto"
        neighbours = [_NEIGHBOURS] if self.version == 6 else []
        known = ["ct state related accept", "ct state established accept", *neighbours]
        numbered = {zones[zone]: _set(names, True) for zone, names in self.devices.items() if names}
        begins = [*(f"iifname {listed} ct label set {number}" for number, listed in numbered.items()),
                  *(f"oifname {listed} ct label set {ZONES + number}" for number, listed in numbered.items()), "accept"]
        forward = [f"{asks} passes", "ct state related accept", "ct state established goto known", *neighbours, "goto passes"]
        return _table(self.word, "security", {
            "begins": begins, "passes": self.passes, "arrives": self.arrives, "leaves": self.leaves, **_of_sessions(numbered, behaviour),
        }, {
            "strict": ("prerouting", "raw", "accept", self._link_local()),
            "segments": ("forward", "mangle", "accept", _segments(self.running, self.version) if behaviour.adjusts_mss else []),
            "forward": ("forward", "filter", "drop", forward),
            "receive": ("input", "filter", "drop", ['iifname "lo" accept', *self._deaf(), f"{asks} arrives", *known, "goto arrives"]),
            "send": ("output", "filter", "drop", ['oifname "lo" accept', f"{asks} leaves", *known, "goto leaves"]),
        })

    def _link_local(self) -> list[str]:
        """A zone with strict IP address check drops what has such an address."""
        strict = [device for zone in self.running.strict_zones for device in self.devices.get(zone, [])] if self.version == 4 else []
        return [f"iifname {_set(strict, True)} ip {side} 169.254.0.0/16 drop" for side in ("saddr", "daddr")] if strict else []

    def _deaf(self) -> list[str]:
        """An interface without a management profile that permits ping answers none."""
        silent = [host_of(address) for each in self.running.interfaces if not each.ping for address in _own(each, self.version)]
        return [f"{self.word} daddr {_set(silent, False)} {self.echo}drop"] if silent else []


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
