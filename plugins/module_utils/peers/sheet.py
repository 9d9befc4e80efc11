# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the person at the other end must enter: a profile, seen from there, in the words and the order of the product that is there.

The file C(sheet) of a product's folder says how: C(TITLE) and C(sections). The folders that have one are the list of products, clouds or not.
A pre-shared key is on a sheet only where that is asked for, and then marked.
"""

from __future__ import annotations

import dataclasses
import functools
import importlib
import importlib.util
import pkgutil
from collections.abc import Sequence
from ipaddress import ip_interface
from typing import Any

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import peers
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import Bgp, Profile, Selectors, Tunnel
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.rules import CLOUDS, rules_of

GENERIC = "generic"
NOT_HERE = "handed over separately"
# For a value that the firewall's side does not know, and whoever has this sheet does.
YOURS = "as you choose"


@dataclasses.dataclass(frozen=True)
class Row:
    """One field of a form, as it is called there. C(value): a text, or several."""

    field: str
    value: str | tuple[str, ...] = dataclasses.field(repr=False)
    note: str = ""
    secret: bool = False


@dataclasses.dataclass(frozen=True)
class Section:
    """One form, or one part of it."""

    title: str
    rows: tuple[Row, ...]


@dataclasses.dataclass(frozen=True)
class Sheet:
    """C(confidential): it holds a pre-shared key."""

    product: str
    title: str
    name: str
    sections: tuple[Section, ...]
    warnings: tuple[str, ...] = ()

    @property
    def confidential(self) -> bool:
        return any(row.secret for section in self.sections for row in section.rows)


@dataclasses.dataclass(frozen=True)
class End:
    """A tunnel as the other end sees it: C(own) is its side, C(firewall) the far one. C(number): from one."""

    number: int
    tunnel: Tunnel
    key: str | None = dataclasses.field(repr=False)
    show_key: bool
    own_networks: tuple[str, ...]
    firewall_networks: tuple[str, ...]

    @property
    def firewall_address(self) -> str:
        return self.tunnel.customer_outside_address or YOURS

    @property
    def firewall_id(self) -> str:
        return self.tunnel.local_id or self.firewall_address

    @property
    def own_id(self) -> str:
        return self.tunnel.peer_id or self.tunnel.outside_address

    @property
    def pairs(self) -> tuple[Selectors, ...]:
        """C(local) of each is the firewall's. Without any the tunnel carries everything."""
        return self.tunnel.pairs

    @property
    def own_selectors(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(pair.remote for pair in self.pairs)) or ("0.0.0.0/0",)

    @property
    def firewall_selectors(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(pair.local for pair in self.pairs)) or ("0.0.0.0/0",)

    @property
    def bgp(self) -> Bgp | None:
        return self.tunnel.bgp

    @property
    def own_bgp_address(self) -> str:
        said = self.bgp or Bgp()
        return said.peer_address or self.tunnel.inside_peer_address or YOURS

    @property
    def firewall_bgp_address(self) -> str:
        said = self.bgp or Bgp()
        return said.local_address or self.tunnel.inside_address or YOURS

    @property
    def own_inside(self) -> str:
        """The other end's address inside the tunnel, with its length."""
        if not self.tunnel.inside_peer_address:
            return ""
        length = (self.tunnel.inside_cidr or "").partition("/")[2]
        return str(ip_interface(f"{self.tunnel.inside_peer_address}/{length}" if length else self.tunnel.inside_peer_address))

    def key_row(self, called: str) -> Row:
        if not self.show_key:
            return Row(called, NOT_HERE, "the same on both sides")
        if not self.key:
            return Row(called, NOT_HERE, "it is not known here either")
        return Row(called, self.key, "confidential", secret=True)

    def word(self, product: str, phase: str, option: str) -> str:
        """A value of the proposal in a cloud's words."""
        value = getattr(getattr(self.tunnel, phase), {"versions": "version"}.get(option, option))
        return rules_of(product).spelled(phase, option, [value])[1][0]


def _has_sheet(name: str) -> bool:
    return importlib.util.find_spec(f"{peers.__name__}.{name}.sheet") is not None


@functools.lru_cache(maxsize=1)
def products() -> tuple[str, ...]:
    return tuple(sorted(found.name for found in pkgutil.iter_modules(peers.__path__) if found.ispkg and _has_sheet(found.name)))


def sheet(profile: Profile, product: str, own_networks: Sequence[str] = (), firewall_networks: Sequence[str] = (), keys: Sequence[str | None] = (),
          show_keys: bool = False) -> Sheet:
    """The sheet for one product. C(own_networks), C(firewall_networks): behind the other end and behind the firewall. C(keys): by tunnel, where the
    profile does not hold them. Raises C(InvalidInput) for a product that is none, and a profile without tunnels or proposals.
    """
    if product not in products():
        raise InvalidInput(f"product: there is no '{product}'; there are {', '.join(products())}")
    if not profile.tunnels:
        raise InvalidInput("the profile has no tunnels")
    if keys and len(keys) != len(profile.tunnels):
        raise InvalidInput(f"pre_shared_keys: give one key per tunnel ({len(profile.tunnels)}), not {len(keys)}")
    lacking = [tunnel.outside_address for tunnel in profile.tunnels if not (tunnel.ike.encryption and tunnel.ipsec.encryption)]
    if lacking:
        raise InvalidInput(f"the tunnel to {lacking[0]} has no proposal (ike, ipsec), nor offers to choose it of")
    ends = [End(number, tunnel, (keys[number - 1] if keys else None) or tunnel.pre_shared_key, show_keys, tuple(own_networks), tuple(firewall_networks))
            for number, tunnel in enumerate(profile.tunnels, 1)]
    described = importlib.import_module(f"{peers.__name__}.{product}.sheet")
    sections = tuple(described.sections(profile.id, ends))
    return Sheet(product, described.TITLE, profile.id, sections, tuple(_warnings(product, ends)))


def _warnings(product: str, ends: Sequence[End]) -> list[str]:
    """What the product has no word for: nobody could enter it there."""
    rules, found = rules_of(product if product in CLOUDS else None), []
    for end in ends:
        ike, ipsec = end.tunnel.ike, end.tunnel.ipsec
        chosen = [("ike", "versions", ike.version), ("ike", "encryption", ike.encryption), ("ike", "hash", ike.hash), ("ike", "dh_group", ike.dh_group),
                  ("ipsec", "encryption", ipsec.encryption), ("ipsec", "dh_group", ipsec.dh_group)]
        chosen += [("ipsec", "authentication", ipsec.authentication)] if ipsec.authentication != "none" else []
        for phase, option, value in chosen:
            if not rules.has(phase, option, value):
                found.append(f"tunnel {end.number}: {rules.spoken} has no {rules.spelled(phase, option, [value])[0]} {value}; choose another proposal")
    return found


def data(made: Sheet) -> dict[str, Any]:
    """The sheet as plain values."""
    sections = [{"title": section.title, "rows": [_row(row) for row in section.rows]} for section in made.sections]
    return {"product": made.product, "title": made.title, "name": made.name, "confidential": made.confidential, "sections": sections,
            "warnings": list(made.warnings)}


def _row(row: Row) -> dict[str, Any]:
    value: Any = list(row.value) if isinstance(row.value, tuple) else row.value
    return {"field": row.field, "value": value, "note": row.note, "secret": row.secret}


def markdown(made: Sheet) -> str:
    """The sheet as Markdown, in which nothing that comes from outside is markup."""
    lines = [f"# {_plain(made.name)}: {made.title}", ""]
    lines += ["**Confidential: this sheet holds the pre-shared key.**", ""] if made.confidential else []
    lines += [f"* **Attention:** {_plain(text)}" for text in made.warnings] + ([""] if made.warnings else [])
    for section in made.sections:
        lines += [f"## {_plain(section.title)}", "", "| Field | Value | |", "|---|---|---|"]
        lines += [f"| {_plain(row.field)} | {_value(row)} | {_plain(row.note)} |" for row in section.rows]
        lines.append("")
    return "\n".join(lines)


def _value(row: Row) -> str:
    values = row.value if isinstance(row.value, tuple) else (row.value,)
    return "<br>".join(f"{_plain(text)}" for text in values) + (" **(key)**" if row.secret else "")


def _plain(text: object) -> str:
    """Every character that Markdown could read as its own is escaped."""
    flat = " ".join(str(text).split())
    return "".join(f"\\{letter}" if letter in "\\`*_{}[]<>#|!~&" else letter for letter in flat)
