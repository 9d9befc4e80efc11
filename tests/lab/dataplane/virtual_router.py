# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""BGP of a legacy virtual router."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Callable

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.running import Bgp, Peer, Policy, Prefix, Redistribution, host_of

_SOURCES = {"connect": "connected", "static": "static"}


def bgp(router: ET.Element, dummy: ET.Element, reveal: Callable[[str], str | None]) -> tuple[Bgp | None, list[str]]:
    """The instance and what of it is not done here; None where BGP is off."""
    instance = router.find("protocol/bgp")
    remarks: list[str] = []
    if instance is None or instance.findtext("enable") != "yes" or not instance.findtext("local-as"):
        return None, remarks
    secrets = {entry.get("name"): entry.findtext("secret") for entry in instance.findall("auth-profile/entry")}
    peers = []
    for group in instance.findall("peer-group/entry"):
        name = group.get("name") or ""
        imports, exports = (_policies(instance, direction, name, remarks) for direction in ("import", "export"))
        for peer in group.findall("peer/entry") if group.findtext("enable") != "no" else ():
            if peer.findtext("enable") != "no":
                peers.append(_peer(name, peer, imports, exports, secrets, reveal, remarks))
    return Bgp(
        instance.findtext("router-id") or "", int(instance.findtext("local-as") or 0), instance.findtext("install-route") == "yes",
        instance.findtext("reject-default-route") != "no", int(instance.findtext("routing-options/default-local-preference") or 100),
        tuple(peer for peer in peers if peer is not None), tuple(_redistributions(router, instance, remarks)),
    ), remarks


def _peer(group: str, peer: ET.Element, imports: tuple[Policy, ...] | None, exports: tuple[Policy, ...] | None, secrets: dict,
          reveal: Callable[[str], str | None], remarks: list[str]) -> Peer | None:
    name = peer.get("name") or ""
    options = peer.find("connection-options")
    profile = options.findtext("authentication") if options is not None else None
    password = reveal(secrets.get(profile) or "") if profile else None
    if not peer.findtext("peer-address/ip") or not peer.findtext("peer-as"):
        remarks.append(f"BGP peer {name} is left out: it has no fixed address or no AS")
        return None
    if profile and password is None:
        remarks.append(f"BGP peer {name} is left out: its password is known in its stored form only")
        return None

    def timer(tag: str, default: int) -> int:
        value = options.findtext(tag) if options is not None else None
        return int(value) if value and value.isdigit() else default

    if ":" in (peer.findtext("peer-address/ip") or "") and not (
            peer.findtext("enable-mp-bgp") == "yes" and peer.findtext("address-family-identifier") == "ipv6"):
        # Between IPv6 addresses a session without its extensions exchanges nothing.
        imports = exports = ()
    passive = options is not None and options.findtext("outgoing-bgp-connection/allow") == "no"
    return Peer(
        name, group, peer.findtext("local-address/interface"), host_of(peer.findtext("local-address/ip") or ""),
        host_of(peer.findtext("peer-address/ip") or ""),
        int(peer.findtext("peer-as") or 0), timer("keep-alive-interval", 30), timer("hold-time", 90), passive, imports, exports, password,
        timer("multihop", 0),
    )


def _policies(instance: ET.Element, direction: str, group: str, remarks: list[str]) -> tuple[Policy, ...] | None:
    """A group without any rule lets everything through; one with rules, what they let through."""
    found: list[Policy] = []
    used = False
    for rule in instance.findall(f"policy/{direction}/rules/entry"):
        users = [member.text for member in rule.findall("used-by/member")]
        if group not in users or rule.findtext("enable") == "no":
            continue
        used = True
        other = [child.tag for child in rule.find("match") or () if child.tag not in ("address-prefix", "route-table")]
        if other:
            remarks.append(f"BGP {direction} rule {rule.get('name')} is left out: match on {', '.join(other)}")
            continue
        prefixes = tuple(
            _prefix(entry.get("name") or "", entry.findtext("exact") != "no") for entry in rule.findall("match/address-prefix/entry")
        )
        found.append(_policy(rule.find("action/allow"), prefixes))
    return tuple(found) if used else None


def _prefix(network: str, exact: bool) -> Prefix:
    longest = 128 if ":" in network else 32
    length = int(network.partition("/")[2] or longest)
    return Prefix(network, length, length if exact else longest)


def _policy(allow: ET.Element | None, prefixes: tuple[Prefix, ...]) -> Policy:
    if allow is None:
        return Policy(False, prefixes)

    def number(path: str) -> int | None:
        value = allow.findtext(f"update/{path}")
        return int(value) if value and value.isdigit() else None

    return Policy(True, prefixes, number("local-preference"), number("med"), number("as-path/prepend") or 0)


def _redistributions(router: ET.Element, instance: ET.Element, remarks: list[str]) -> list[Redistribution]:
    profiles = {entry.get("name"): entry for entry in router.findall("protocol/redist-profile/entry")}
    found = []
    for rule in instance.findall("redist-rules/entry"):
        if rule.findtext("enable") == "no":
            continue
        name = rule.get("name") or ""
        med = rule.findtext("set-med")
        profile = profiles.get(name)
        if profile is None and "/" not in name:
            remarks.append(f"BGP redistribution {name} is left out: there is no such profile")
            continue
        sources = [member.text for member in profile.findall("filter/type/member")] if profile is not None else list(_SOURCES)
        destinations = [member.text or "" for member in profile.findall("filter/destination/member")] if profile is not None else [name]
        allows = profile is None or profile.find("action/redist") is not None
        policy = Policy(allows, tuple(_prefix(prefix, True) for prefix in destinations), med=int(med) if med else None)
        for source in sources or list(_SOURCES):
            if source in _SOURCES:
                found.append(Redistribution(_SOURCES[source], (policy,)))
            else:
                remarks.append(f"BGP redistribution {name}: routes of {source} do not exist here")
    return found
