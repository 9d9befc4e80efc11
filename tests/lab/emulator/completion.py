# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``action=complete``: what may stand at a place, from the description and from what is configured."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.errors import BadXpath, OperationFailed
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.firewall import Firewall
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.tree import quoted
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.xpath import Xpath
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.references import candidates
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.check import along
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.kinds import Entries, Group, Leaf, Members, Node, Words


def completions(firewall: Firewall, xpath: Xpath) -> str:
    """The answer's body. Raises BadXpath ("Invalid sequence", measured) for a wrong path."""
    try:
        path = xpath.location()
        # The vendor's skilletlib asks with steps that name no entry.
        node = along(firewall.schema, path, firewall.version, one=False)[-1]
    except (BadXpath, OperationFailed):
        raise BadXpath("Invalid sequence") from None
    present = [child for chain in xpath.select(firewall.candidate.tree) for child in chain[-1]]
    offers = _described(node, firewall)
    if node is None or (isinstance(node, Entries) and node.refers is None):
        offers += [_entry(child.get("name")) for child in present if child.get("name")]
    lines = "".join(
        f"<completion value={quoteattr(value)} vxpath={quoteattr(xpath.text + suffix)} help-string={quoteattr(value)}/>"
        for value, suffix in offers
    )
    return f'<response status="success" code="19"><completions>{lines}</completions></response>'


def _entry(name: str) -> tuple[str, str]:
    return name, f"/entry[@name={quoted(name)}]"


def _described(node: Node | None, firewall: Firewall) -> list[tuple[str, str]]:
    if isinstance(node, Group):
        return [(tag, f"/{tag}") for tag, child in node.children.items() if child.exists_in(firewall.version)]
    if isinstance(node, (Leaf, Members)) and isinstance(node.value, Words):
        return [(word, "") for word in node.value.allowed(firewall.version)]
    if isinstance(node, (Leaf, Members, Entries)) and node.refers is not None:
        suffix = {Leaf: "", Members: "/member[text()={}]", Entries: "/entry[@name={}]"}[type(node)]
        return [(name, suffix.format(quoted(name))) for name in candidates(firewall.candidate.tree, node.refers)]
    return []
