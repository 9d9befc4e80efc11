# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes a page of the documentation for each peer: which ways of going over it has and how long they take, what its console calls each thing, and its sheet.

All of it is known elsewhere: the roles' specs and READMEs, the measured table on the page of the lab, and the sheets. C(--check) only tells whether they are up
to date.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pairing_roles
from generated import ROOT, concluded, importable

PAGES = ROOT / "docs" / "docsite" / "rst"
LABEL = "ansible_collections.tunnelsmith.panos_vpn"
WRITTEN = ".. Written by tools/peer_pages.py; changes by hand are lost.\n"
FAULTS = ("Endpoint killed", "Path cut", "Both endpoints killed")
# Product of the sheet → the role that pairs with it.
ROLES = {"azure": "azure_pairing", "gcp": "gcp_pairing", "harmony_sase": "harmony_sase_pairing", "zstack": "zstack_pairing", "panos": "site_to_site"}
IKE = {"version": "ikev2", "encryption": "aes-256-cbc", "hash": "sha256", "dh_group": "group14", "lifetime_seconds": 28800}
IPSEC = {"encryption": "aes-256-cbc", "authentication": "sha256", "dh_group": "group14", "lifetime_seconds": 3600}
WITH_BGP = {"inside_cidr": "169.254.21.0/30", "inside_address": "169.254.21.2", "inside_peer_address": "169.254.21.1",
            "bgp": {"local_as": 65010, "peer_as": 65515, "keep_alive": 60, "hold_time": 180}}
BY_PAIRS = {"selector_pairs": [{"local": "10.10.0.0/24", "remote": "10.50.0.0/16"}]}


def sample(product: str) -> dict[str, Any]:
    """A VPN of one tunnel, for the sheet."""
    more = BY_PAIRS if product == "zstack" else WITH_BGP
    return {"id": "paris", "tunnels": [{"outside_address": "203.0.113.17", "customer_outside_address": "198.51.100.10", "ike": IKE, "ipsec": IPSEC, **more}]}


def rst(text: str) -> str:
    """Ansible's markup, or Markdown's, as the site reads it."""
    text = re.sub(r"\b[OVCMP]\(((?:\\.|[^()]|\([^()]*\))*)\)", lambda found: f"``{found[1].partition('#')[0]}``", text)
    text = re.sub(r"\bI\(((?:[^()]|\([^()]*\))*)\)", r"*\1*", text)
    return re.sub(r"(?<!`)`([^`]+)`(?!`)", r"``\1``", " ".join(text.split()))


def sentences(option: dict[str, Any]) -> list[str]:
    told = option["description"]
    return [rst(text) for text in (told if isinstance(told, list) else [told])]


def listed(header: tuple[str, ...], widths: str, rows: list[tuple[str, ...]]) -> str:
    lines = [".. list-table::", "   :header-rows: 1", f"   :widths: {widths}", ""]
    for row in (header, *rows):
        lines += [f"   {'* ' if place == 0 else '  '}- {cell}".rstrip() for place, cell in enumerate(row)]
    return "\n".join(lines) + "\n"


def measured() -> dict[str, list[str]]:
    """Way of going over → the cells of the table on the page of the lab."""
    table = (PAGES / "lab.rst").read_text(encoding="utf-8").partition("Way of going over\n")[2].partition("\n\n")[0]
    rows = [[cell.strip() for cell in re.split(r"\n {5}- ", row)] for row in table.split("\n   * - ")[1:]]
    return {row[0].strip("`").partition("`")[0]: row[1:] for row in rows}


def ways(role: str) -> str:
    option = pairing_roles.spec(role)["options"].get(f"{role}_failover")
    if option is None:
        return "There is one tunnel, and nothing that it could go over to. Static routes lead into it.\n"
    told = {name: next(text for text in sentences(option) if text.startswith(f"``{name}``")) for name in option["choices"]}
    cells = measured()
    table = listed(("``failover``", *FAULTS), "16 28 28 28", [(f"``{name}``", *cells[name]) for name in option["choices"]])
    return "\n".join(f"* {text}" for text in told.values()) + (
        "\n\nWhat the tests of the lab measure, with the shortest detection that each has (:ref:`the whole table and its terms "
        f"<{LABEL}.docsite.lab>`):\n\n{table}")


def console(role: str) -> Iterator[tuple[str, str]]:
    """(what the console calls it, what it is here): what the role's README says of it, and the variables that are called by the console's words."""
    readme = (ROOT / "roles" / role / "README.md").read_text(encoding="utf-8")
    for line in readme.partition("| Here |\n|---|---|\n")[2].partition("\n\n")[0].splitlines():
        there, here = line.strip("| ").split(" | ")
        yield rst(there), rst(here)
    for name, option in pairing_roles.spec(role)["options"].items():
        words = re.findall(r"\*[^*]+\*", sentences(option)[0])
        if words and name.removeprefix(f"{role}_") in pairing_roles.own(role).get("own", {}):
            yield words[0], f"``{name}``"


def page(product: str) -> str:
    from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers import fields, sheet
    from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import Profile

    role = ROLES[product]
    made = sheet.sheet(fields.read(Profile, sample(product), "profile"), product, ["10.50.0.0/16"], ["10.10.0.0/24"])
    parts = [WRITTEN, f".. _{LABEL}.docsite.peer_{product}:\n", f"{made.title}\n{'=' * len(made.title)}\n",
             "\n\n".join(rst(text) for text in pairing_roles.spec(role)["description"]) + "\n",
             f"The role is :ansplugin:`tunnelsmith.panos_vpn.{role}#role`; plays to copy are on :ref:`the page of all peers <{LABEL}.docsite.other_peers>`.\n",
             f"Ways of going over\n{'-' * 18}\n", ways(role)]
    called = list(console(role)) if role != "site_to_site" else []
    if called:
        title = "What the console calls each thing"
        parts += [f"{title}\n{'-' * len(title)}\n", listed(("There", "Here"), "50 50", called)]
    title = "The sheet for the other side"
    parts += [f"{title}\n{'-' * len(title)}\n",
              f"What ``peer_sheet(product='{product}')`` writes of a VPN called *paris* with one tunnel; "
              f"see :ref:`its page <{LABEL}.docsite.peer_sheet>`.\n"]
    for section in made.sections:
        rows = [(row.field, _cell(row.value, row.note)) for row in section.rows]
        parts += [f"**{section.title}**\n", listed(("Field", "Value"), "45 55", rows)]
    return "\n".join(parts)


def _cell(value: str | tuple[str, ...], note: str) -> str:
    return (", ".join(value) if isinstance(value, tuple) else value) + (f" ({note})" if note else "")


def main() -> int:
    importable()
    pages = {PAGES / f"peer_{product}.rst": page(product) for product in ROLES}
    return concluded([(path, lambda _text, text=text: text) for path, text in pages.items()], "the roles, the sheets and the lab's table")


if __name__ == "__main__":
    raise SystemExit(main())
