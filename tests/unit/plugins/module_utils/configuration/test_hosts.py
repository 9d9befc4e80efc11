# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names and addresses of hosts, with a port or without."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.hosts import host_and_port


@pytest.mark.parametrize("text, expected", [
    ("fw2", ("fw2", 443)), ("fw2.example.com:8443", ("fw2.example.com", 8443)), ("192.0.2.1", ("192.0.2.1", 443)), ("192.0.2.1:1", ("192.0.2.1", 1)),
    ("2001:db8::1", ("2001:db8::1", 443)), ("[2001:db8::1]:8443", ("2001:db8::1", 8443)), ("[2001:db8::1]", ("2001:db8::1", 443)),
])
def test_a_host_and_its_port(text, expected):
    assert host_and_port(text, 443) == expected


@pytest.mark.parametrize("text", ["", ":443", "fw2:", "fw2:0", "fw2:65536", "fw2:many", "https://fw2", "fw2/api", "a b", "[2001:db8::1]:x", "fw2:-1", "fw2:١"])
def test_what_is_none(text):
    with pytest.raises(ValueError):
        host_and_port(text, 443)
