# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who is behind an address, and which tags it bears, as the API was told. Neither is configuration, and nothing of it is committed."""

from __future__ import annotations

import ipaddress
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field


@dataclass
class Identities:
    """Of one virtual system. ``users``: by address. ``tags``: by address, in the order in which they came."""

    users: dict[str, str] = field(default_factory=dict)
    tags: dict[str, list[str]] = field(default_factory=dict)

    def login(self, entry: ET.Element) -> list[str]:
        """Returns what is wrong with the entry, as do the others."""
        self.users[entry.get("ip")] = entry.get("name", "")
        return []

    def logout(self, entry: ET.Element) -> list[str]:
        if self.users.get(entry.get("ip")) == entry.get("name"):
            del self.users[entry.get("ip")]
        return []

    def register(self, entry: ET.Element) -> list[str]:
        known = self.tags.setdefault(entry.get("ip"), [])
        wanted = _members(entry)
        refused = [f"tag {tag} already exists, ignore" for tag in wanted if tag in known]
        known += [tag for tag in wanted if tag not in known]
        return refused

    def unregister(self, entry: ET.Element) -> list[str]:
        """All tags of the address where none is named."""
        known = self.tags.get(entry.get("ip"), [])
        wanted = _members(entry) or list(known)
        left = [tag for tag in known if tag not in wanted]
        self.tags = {**self.tags, entry.get("ip"): left} if left else {ip: tags for ip, tags in self.tags.items() if ip != entry.get("ip")}
        return [f"tag {tag} does not exist, ignore unreg" for tag in wanted if tag not in known]


#: What an update may hold.
CHANGES = {"login": Identities.login, "logout": Identities.logout, "register": Identities.register, "unregister": Identities.unregister}


def is_address(text: str | None) -> bool:
    try:
        ipaddress.ip_interface(text or "")
    except ValueError:
        return False
    return True


def _members(entry: ET.Element) -> list[str]:
    return [member.text.strip() for member in entry.iterfind("tag/member") if member.text]
