# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""BGP peers of both routing engines: C(show routing protocol bgp peer) and C(show advanced-routing bgp peer status)."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from typing import Mapping

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.answer import Fields, entries, json_objects, plain, texts_of, texts_of_json

ESTABLISHED = "established"
# Seconds by which the beginning of one session differs between two looks: firewalls tell whole seconds, and answers take their time.
_ABOUT = 5.0


@dataclass(frozen=True)
class Prefixes:
    """How many prefixes of one address family (C(ipv4_unicast)) went each way."""

    address_family: str
    received: int | str | None = None
    accepted: int | str | None = None
    advertised: int | str | None = None
    other: Mapping = field(default_factory=dict)


@dataclass(frozen=True)
class BgpPeer:
    """One peer. C(router) is not told by the Advanced Routing Engine. Addresses are without port.

    C(duration_seconds): how long it has been in this state. C(hold_time), C(keep_alive): the negotiated ones, in seconds.
    C(established_count): how many sessions with it there have been.
    """

    name: str
    router: str | None = None
    group: str | None = None
    state: str | None = None
    remote_as: int | str | None = None
    local_as: int | str | None = None
    peer_address: str | None = None
    local_address: str | None = None
    duration_seconds: int | str | None = None
    hold_time: int | str | None = None
    keep_alive: int | str | None = None
    established_count: int | str | None = None
    last_error: str | None = None
    prefixes: tuple = ()
    other: Mapping = field(default_factory=dict)

    @property
    def established(self) -> bool:
        return (self.state or "").lower() == ESTABLISHED

    def total(self, name: str) -> int | None:
        """C(received), C(accepted) or C(advertised) prefixes of all address families; None where the firewall does not tell.

        The Advanced Routing Engine tells what was accepted only, which is the least that was received.
        """
        told = [getattr(prefixes, name) for prefixes in self.prefixes]
        told = [number for number in told if isinstance(number, int)]
        if not told and name == "received":
            return self.total("accepted")
        return sum(told) if told else None


@dataclass(frozen=True)
class Session:
    """By what a session of a peer is known again. C(began): about when, in seconds since 1970. C(number): the how many-th it is; None: not told."""

    began: float | None
    number: int | None

    def is_another_than(self, before: Session | None) -> bool:
        """Whether it has begun after C(before) was seen; None: there was none then."""
        if before is None:
            return True
        if None not in (self.number, before.number) and self.number != before.number:
            return True
        return self.began is not None and before.began is not None and self.began - before.began > _ABOUT


def session(peer: BgpPeer, now: float) -> Session | None:
    """The session that a peer has; None where it has none. C(now): when it was looked at."""
    if not peer.established:
        return None
    began = now - peer.duration_seconds if isinstance(peer.duration_seconds, int) else None
    return Session(began, peer.established_count if isinstance(peer.established_count, int) else None)


def peers(response: ET.Element) -> list:
    """The peers in an answer of either engine."""
    found = [_legacy(element, fields) for element, fields in entries(response, "peer", "peer_name", "name")]
    for document in json_objects(response):
        found += [_advanced(name, peer) for name, peer in document.items() if isinstance(peer, dict)]
    return found


def _legacy(element: ET.Element, fields: Fields) -> BgpPeer:
    counters = [entry for counter in element.iter("prefix-counter") for entry in counter.iter("entry")]
    return BgpPeer(
        fields.text("peer", "peer_name", "name"), router=fields.text("vr", "virtual_router"), group=fields.text("peer_group"),
        state=fields.text("status", "state"), remote_as=fields.number("remote_as"), local_as=fields.number("local_as"),
        peer_address=_without_port(fields.text("peer_address")), local_address=_without_port(fields.text("local_address")),
        duration_seconds=fields.number("status_duration"), hold_time=fields.number("holdtime"), keep_alive=fields.number("keepalive"),
        established_count=fields.number("established_counts"), last_error=fields.text("last_error"),
        prefixes=tuple(_legacy_prefixes(Fields(texts_of(entry))) for entry in counters),
        other=fields.rest(without="prefix_counter.entry."),
    )


def _legacy_prefixes(fields: Fields) -> Prefixes:
    family = fields.text("afi_safi") or "unknown"
    return Prefixes(re.sub(r"^bgp_afi_", "", plain(family)), fields.number("incoming_total"), fields.number("incoming_accepted"),
                    fields.number("outgoing_advertised"), fields.rest())


def _without_port(text: str | None) -> str | None:
    """C(169.254.8.2:35355) and C([2001:db8::1]:179) without the port; a bare IPv6 address is left alone."""
    match = re.fullmatch(r"\[([^\]]*)\](?::\d+)?|([^:]+):\d+", text or "")
    return (match.group(1) or match.group(2)) if match else text


_FAMILIES = "detail.address_family_info."


def _advanced(key: str, peer: dict) -> BgpPeer:
    fields = Fields(texts_of_json(peer))
    return BgpPeer(
        fields.text("peer_name") or key, group=fields.text("peer_group_name", "detail.peer_group"), state=fields.text("state", "detail.bgp_state"),
        remote_as=fields.number("remote_as", "detail.remote_as"), local_as=fields.number("local_as", "detail.local_as"),
        peer_address=fields.text("peer_ip"), local_address=fields.text("local_ip"), duration_seconds=fields.number("status_time"),
        established_count=fields.number("detail.connections_established"),
        prefixes=tuple(_advanced_prefixes(family, counters) for family, counters in _families(peer)), other=fields.rest(without=_FAMILIES),
    )


def _families(peer: dict) -> list:
    """(name, counters) of the address families; none where a level is missing or is no object."""
    families = peer
    for step in ("detail", "addressFamilyInfo"):
        families = families.get(step)
        if not isinstance(families, dict):
            return []
    return list(families.items())


def _advanced_prefixes(family: str, counters) -> Prefixes:
    """This engine counts what it accepted; what it received and refused is not told."""
    fields = Fields(texts_of_json({"counters": counters}))
    return Prefixes(plain(family), accepted=fields.number("counters.accepted_prefix_counter"),
                    advertised=fields.number("counters.sent_prefix_counter"), other=fields.rest())
