# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Operational commands: words and a value as the XML that the API takes, and those that act on what is running."""

from __future__ import annotations

from xml.sax.saxutils import escape

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.connection import Session, message


def command(words: str, value: str = "") -> str:
    """C(clear vpn ike-sa gateway) and a gateway's name as nested elements."""
    opened = "".join(f"<{word}>" for word in words.split())
    return opened + escape(value) + "".join(f"</{word}>" for word in reversed(words.split()))


def act(session: Session, words: str, value: str) -> str:
    """Send a command that changes what is running, once; the firewall's own words in one line."""
    root = session.change(f"{words} '{value}'", {"type": "op", "cmd": command(words, value)})
    return message(root)
