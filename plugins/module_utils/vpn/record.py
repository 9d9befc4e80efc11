# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What cannot be read off a VPN's objects themselves, kept on the firewall: one line of a tunnel interface's comment.

It says what the VPN changed for others, and what its own objects are called where they do not have the VPN's name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import marked_line
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.surroundings import Surroundings

# Marks the line among others that people may have written into the same comment.
MARK = "tunnelsmith "
COMMENT_LENGTH = marked_line.COMMENT_LENGTH
# What stands behind a VPN's name in the names of its objects, by kind.
_SUFFIXES = {
    "security_rule": r"-(out|in|ike|inside)", "pbf_rule": r"-(\d|discard)", "ipsec_tunnel": r"-\d", "ike_gateway": r"-\d",
    "ike_crypto_profile": r"(-\d)?", "ipsec_crypto_profile": r"(-\d)?", "monitor_profile": "", "static_route": r"-(\d|discard)-.+",
    "bgp_peer_entry": r"(-\d)?", "bgp_peer_group": r"(-\d)?",
}
# The same of the policies, route maps and prefix lists that belong to its BGP peer groups.
_POLICY_SUFFIX = r"(-\d)?-(in|out|rest)"


def is_named_after(vpn: str, name: str) -> bool:
    """Whether a VPN of this name may have an object of this name, of whatever kind."""
    return name.startswith(vpn) and any(re.fullmatch(suffix, name[len(vpn):]) for suffix in (*_SUFFIXES.values(), _POLICY_SUFFIX))


@dataclass
class Record:
    """C(vpn): the name. C(zone_made): the VPN zone did not exist before. C(bgp): options of the router's BGP that we set, with what
    stood there before (None: nothing). C(announced): networks announced by name that were not before. C(members): zones and
    addresses that our own rules were given; a later run takes away what is no longer given, and nothing that people added.
    C(options): optional settings that were given, so that a later run can take them back.

    C(adopted): kind → what stands behind the VPN's name where the object has it → the name that the object has instead, because it
    was there before. A key that begins with C(~) is that of an object which the VPN has no use for and which goes with it.
    C(borrowed): the same of objects that are used and stay other people's.
    """

    vpn: str
    zone_made: bool = False
    bgp: dict = field(default_factory=dict)
    announced: list = field(default_factory=list)
    members: list = field(default_factory=list)
    options: list = field(default_factory=list)
    adopted: dict = field(default_factory=dict)
    borrowed: dict = field(default_factory=dict)

    def called(self, kind: str, own: str, number: int | None = None) -> str:
        """What the object is called that has the name C(own) by itself. C(number): of the tunnel, where several tunnels may share C(own)."""
        key = own[len(self.vpn):] if number is None else f"-{number}"
        return next((names[kind][key] for names in (self.adopted, self.borrowed) if key in names.get(kind, {})), own)

    def take(self, adopted: dict, borrowed: dict) -> None:
        """Book what was found under other names, beside what is booked already."""
        for names, found in ((self.adopted, adopted), (self.borrowed, borrowed)):
            for kind, there in found.items():
                names[kind] = {**names.get(kind, {}), **there}

    def took_over(self, kind: str, name: str) -> bool:
        return name in self.adopted.get(kind, {}).values()

    def owns(self, kind: str, name: str) -> bool:
        """Whether an object is the VPN's, by its name or because it was adopted."""
        named = kind in _SUFFIXES and name.startswith(self.vpn) and re.fullmatch(_SUFFIXES[kind], name[len(self.vpn):]) is not None
        return named or self.took_over(kind, name)

    def without_use(self, kind: str, name: str) -> bool:
        return any(key.startswith("~") and name == there for key, there in self.adopted.get(kind, {}).items())

    def release(self, kind: str, name: str) -> None:
        """The object is no longer the VPN's, or no longer there."""
        for names in (self.adopted, self.borrowed):
            left = {key: there for key, there in names.pop(kind, {}).items() if there != name}
            names.update({kind: left} if left else {})

    def line(self) -> str:
        content = {"vpn": self.vpn, "zone_made": self.zone_made, "bgp": self.bgp, "announced": self.announced, "members": self.members,
                   "options": self.options, "adopted": self.adopted, "borrowed": self.borrowed}
        return marked_line.line(MARK, {key: value for key, value in content.items() if value})


def find(comment: str | None, vpn: str | None = None) -> Record | None:
    """The record in a comment; with C(vpn) only that VPN's."""
    for content in marked_line.contents(comment, MARK):
        try:
            record = Record(**content)
        except TypeError:
            continue
        if vpn in (None, record.vpn) and _names_are_names(record):
            return record
    return None


def on(view: Surroundings) -> list:
    """(unit, record) of every VPN of ours on a firewall."""
    found = [(unit, find(view.comment(unit))) for unit in view.names("tunnel_interface")]
    return [(unit, record) for unit, record in found if record is not None]


def of_vpn(view: Surroundings, vpn: str) -> Record | None:
    return next((record for _unit, record in on(view) if record.vpn == vpn), None)


def of_others(view: Surroundings, vpn: str) -> list:
    """The records of the other VPNs of ours on a firewall."""
    return [record for _unit, record in on(view) if record.vpn != vpn]


def _names_are_names(record) -> bool:
    """The line stands where people write, and a name in it decides what is removed."""
    return all(isinstance(names, dict) and all(isinstance(there, dict) and all(isinstance(name, str) for name in there.values())
                                               for there in names.values())
               for names in (record.adopted, record.borrowed))


def others(comment: str | None) -> str:
    """The comment without a record."""
    return marked_line.others(comment, MARK)


def written(comment: str | None, record: Record) -> str:
    """The comment with the record's line, other lines as they are."""
    return marked_line.written(comment, MARK, record.line())
