# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Zones, security rules and PBF matches as nftables text."""

from __future__ import annotations

from typing import Iterable

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.running import Interface, Match, Ports, Running, SecurityRule, host_of, version as version_of


# How nftables calls what differs between the families.
_WORDS = {4: "ip", 6: "ip6"}
# Without these nobody finds his neighbour.
_NEIGHBOURS = "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit, nd-router-advert } accept"


def security(running: Running, daemons: dict[str, list[str]], ipv6: bool = False) -> str:
    """The rule base as tables of its own. ``daemons``: by outside interface, the devices towards the IKE daemons behind it.

    Traffic of the firewall itself counts too: what it sends belongs to the zone that it leaves by, what it gets to the zone
    of the address. Sessions within a zone pass unless a rule says otherwise, between zones they do not.
    """
    return "".join(_of_family(running, daemons, version) for version in ((4, 6) if ipv6 else (4,)))


def _of_family(running: Running, daemons: dict[str, list[str]], version: int) -> str:
    devices, word = _devices(running, daemons), _WORDS[version]
    addresses = {zone: [host_of(address) for each in running.zone(zone) for address in _own(each, version)] for zone in devices}
    forward, receive, send = [], [], []
    for rule in running.security:
        verdict = "accept" if rule.allows else "drop"
        for match in conditions(rule.match, version):
            for source, destination in _pairs(rule, list(devices)):
                came = _one_of("iifname", [device for zone in source for device in devices.get(zone, [])], bool(source))
                leaves = _one_of("oifname", [device for zone in destination for device in devices.get(zone, [])], bool(destination))
                own = _one_of(f"{word} daddr", [address for zone in destination for address in addresses.get(zone, [])], bool(destination), False)
                if came is not None and leaves is not None:
                    forward.append(f"{came}{leaves}{match}{verdict}")
                if came is not None and own is not None:
                    receive.append(f"{came}{own}{match}{verdict}")
                both = [zone for zone in devices if (not source or zone in source) and (not destination or zone in destination)]
                leaves = _one_of("oifname", [device for zone in both for device in devices[zone]], True)
                if leaves is not None:
                    send.append(f"{leaves}{match}{verdict}")
    for zone, names in devices.items():
        listed = _set(names, True)
        if names:
            forward.append(f"iifname {listed} oifname {listed} accept")
            send.append(f"oifname {listed} accept")
        if names and addresses[zone]:
            receive.append(f"iifname {listed} {word} daddr {_set(addresses[zone], False)} accept")
    silent = [host_of(address) for each in running.interfaces if not each.ping for address in _own(each, version)]
    strict = [device for zone in running.strict_zones for device in devices.get(zone, [])] if version == 4 else []
    link_local = [f"iifname {_set(strict, True)} ip {side} 169.254.0.0/16 drop" for side in ("saddr", "daddr")] if strict else []
    known = ["ct state established,related accept", *([_NEIGHBOURS] if version == 6 else [])]
    deaf = [f"{word} daddr {_set(silent, False)} {_service(Ports('echo6' if version == 6 else 'echo'), version)}drop"] if silent else []
    return _table(word, "security", {
        "strict": ("prerouting", "raw", "accept", link_local),
        "forward": ("forward", "filter", "drop", [*known, *forward]),
        "receive": ("input", "filter", "drop", ['iifname "lo" accept', *known, *deaf, *receive]),
        "send": ("output", "filter", "drop", ['oifname "lo" accept', *known, *send]),
    })


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


def _table(word: str, name: str, chains: dict[str, tuple[str, str, str, list[str]]]) -> str:
    """Replaces the table in one step."""
    text = [f"table {word} {name}", f"delete table {word} {name}", f"table {word} {name} {{"]
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
