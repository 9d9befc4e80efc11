# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task is given to reach an emulated firewall, and all texts in what it told. Tests of plays use it too, on every ansible-core."""

from __future__ import annotations


def provider_of(firewall) -> dict:
    """The option that leads to an emulated firewall, as its admin."""
    return {"ip_address": firewall.host, "port": firewall.port, "api_key": firewall.api_key, "ca_path": firewall.ca_path}


def leaves(value):
    """All texts in a value, whatever it is made of."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield str(key)
            yield from leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item)
    else:
        yield str(value)
