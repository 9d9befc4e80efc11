# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Addresses as people write them, beside names of address objects."""

from __future__ import annotations

import pathlib
import re

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import addresses

LITERALS = {
    "address or name": ("10.0.0.1", "2001:db8::1"),
    "interface address or name": ("10.0.0.1", "10.0.0.1/24", "2001:db8::1/64"),
    "network or name": ("10.0.0.0/8", "10.0.0.1", "10.0.0.1/24", "0.0.0.0/0", "::/0", "2001:db8::/32"),
    "traffic": ("10.0.0.0/8", "10.0.0.1", "10.0.0.1-10.0.0.9", "2001:db8::1-2001:db8::9"),
}
NAMES = ("branch", "10-net", "net.of.lyon", "h-10.0.0.1", "10.0.0.1 lan", "US", "any", "DHCP", "$lan", "10", "1.5")
NEITHER = ("10.3.4.5/33", "10.3.4/24", "10.3.4", "10.300.0.1", "1.2.3.4.5", "10.0.0.0/-1", "10.0.0.0/", "/24", "a/b", "a:b", "2001:db8::1/129", "10.0.0.0/8/8",
           "10.0.0.0/255.0.255.0", ":::", "10.0.0.256")


@pytest.mark.parametrize("form, text", [(form, text) for form, texts in LITERALS.items() for text in texts + NAMES])
def test_addresses_and_names_are_taken(form, text):
    addresses.check(form, text)


@pytest.mark.parametrize("form", LITERALS)
@pytest.mark.parametrize("text", NEITHER)
def test_what_is_neither_is_refused(form, text):
    with pytest.raises(ValueError, match="no object can have that name"):
        addresses.check(form, text)


@pytest.mark.parametrize("form, text", [
    ("address or name", "10.0.0.0/8"), ("address or name", "10.0.0.1/32"), ("network or name", "10.0.0.1-10.0.0.9"), ("traffic", "10.0.0.9-10.0.0.1"),
    ("traffic", "10.0.0.1-2001:db8::1"), ("traffic", "10.0.0.1-"),
])
def test_an_address_of_another_form_is_refused(form, text):
    with pytest.raises(ValueError):
        addresses.check(form, text)


@pytest.mark.parametrize("text, meant", [
    ("10.201.0.0", "10.201.0.0/16"), ("10.0.0.0", "10.0.0.0/8"), ("192.168.7.0", "192.168.7.0/24"), ("0.0.0.0", "0.0.0.0/0"), ("10.201.0.1", ""),
    ("10.201.0.0/32", ""), ("10.201.0.0/16", ""), ("2001:db8::", ""), ("net", ""), ("", ""),
])
def test_a_forgotten_prefix_length_is_guessed(text, meant):
    assert addresses.forgotten_prefix(text) == meant


def test_which_family_a_text_is_of_is_answered_in_one_place():
    """Elsewhere a colon parts a host from its port, or is refused in an account."""
    rooms = pathlib.Path(addresses.__file__).parents[1]
    asking = {str(file.relative_to(rooms)) for file in rooms.rglob("*.py") if re.search(r'":" (not )?in ', file.read_text(encoding="utf-8"))}
    assert asking == {"configuration/addresses.py", "configuration/hosts.py", "scm/access.py"}
