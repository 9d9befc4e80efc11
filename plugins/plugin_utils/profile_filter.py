# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What all filters do that make a profile out of what a peer's own tools print."""

from __future__ import annotations

from typing import Any, Callable

from ansible.errors import AnsibleFilterError
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.utils.display import Display

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.fields import plain
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import Profile
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.fit import fitted


def result(read: Callable[[], Profile], panos_version: Any, outside_mtu: Any, nat_traversal: Any) -> dict:
    """The profile that C(read) gives, for this firewall, as plain values; its warnings are shown. Arguments may be texts, as templates give them."""
    try:
        outside_mtu, nat_traversal = int(outside_mtu), boolean(nat_traversal or False)
    except (TypeError, ValueError) as exc:
        raise AnsibleFilterError("outside_mtu is a number, nat_traversal is true or false") from exc
    try:
        profile = fitted(read(), panos_version or None, outside_mtu, nat_traversal)
    except InvalidInput as exc:
        raise AnsibleFilterError(str(exc)) from exc
    for warning in profile.warnings:
        Display().warning(warning)
    return plain(profile)


def number(value: Any, called: str) -> int | None:
    """A number that may be a text or nothing."""
    try:
        return int(value) if value not in (None, "") else None
    except (TypeError, ValueError) as exc:
        raise AnsibleFilterError(f"{called} is a number") from exc
