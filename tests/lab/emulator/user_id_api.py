# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``type=user-id``: users and tags of addresses. Requests, and the words of what is refused, as the vendor's SDK and pan-python send and read them."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from xml.sax.saxutils import quoteattr

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import responses
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.errors import InvalidCommand
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.identities import CHANGES, Identities, is_address
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.responses import Answer


def update(identities: Identities, message: ET.Element) -> Answer:
    """Each entry stands for itself: what is wrong with one does not keep the others. Raises InvalidCommand for what is no update."""
    payload = message.find("type/payload") if message.find("payload") is None else message.find("payload")
    if message.tag != "uid-message":
        raise InvalidCommand(f" {message.tag} unexpected here")
    if (message.findtext("type") or "").strip() != "update" or payload is None:
        raise InvalidCommand(" uid-message: an update has a payload")
    for change in payload:
        if change.tag not in CHANGES:
            raise InvalidCommand(f" uid-message -> payload -> {change.tag} unexpected here")
    refused = "".join(_refused(identities, change) for change in payload)
    response = f"<uid-response><version>2.0</version><payload>{refused}</payload></uid-response>"
    return responses.refused_in_part(response) if refused else responses.result(response)


def _refused(identities: Identities, change: ET.Element) -> str:
    entries = []
    for entry in change.iterfind("entry"):
        problems = CHANGES[change.tag](identities, entry) if is_address(entry.get("ip")) else ["invalid ip address"]
        entries += [f"<entry ip={quoteattr(entry.get('ip') or '')} message={quoteattr(problem)}/>" for problem in problems]
    return f"<{change.tag}>{''.join(entries)}</{change.tag}>" if entries else ""
