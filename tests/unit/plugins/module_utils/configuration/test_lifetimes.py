# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lifetimes of keys in the unit that can say them."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.lifetimes import UNITS, counted, seconds_of


@pytest.mark.parametrize("seconds", [180, 3600, 65535, 86400, 86460, 65535 * 60, 65535 * 3600, 365 * 86400])
def test_what_is_counted_comes_to_the_same(seconds):
    assert seconds_of(counted(seconds)) == seconds
    assert max(counted(seconds).values()) <= 65535


@pytest.mark.parametrize("seconds", [65537, 65535 * 60 + 1])
def test_what_no_unit_can_say_is_counted_in_none(seconds):
    assert counted(seconds) == {}


@pytest.mark.parametrize("lifetime", [{}, {"seconds": 1, "minutes": 1}, {"seconds": None}, {"seconds": "1"}, {"weeks": 1}])
def test_what_is_no_lifetime_has_no_seconds(lifetime):
    assert seconds_of(lifetime) is None


def test_every_unit_is_counted_and_an_empty_one_beside_it_is_not():
    assert {unit: seconds_of({unit: 2, "other": None}) for unit in UNITS} == {"seconds": 2, "minutes": 120, "hours": 7200, "days": 172800}
