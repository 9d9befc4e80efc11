# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a firewall is."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.platform import (
    LOGICAL_ROUTER, Platform, version_numbers, version_text,
)

VERSIONS = {"11.1.4-h2": (11, 1, 4), "10.1": (10, 1), "12.1.0": (12, 1, 0), " 10.2.9 ": (10, 2, 9)}


@pytest.mark.parametrize("text, numbers", VERSIONS.items())
def test_versions_are_numbers(text, numbers):
    assert version_numbers(text) == numbers


@pytest.mark.parametrize("text", ["", "next", None, "v11"])
def test_what_is_no_version(text):
    with pytest.raises(ValueError):
        version_numbers(text)


@pytest.mark.parametrize("version, since, expected", [
    ((11, 1, 4), (11, 1), True), ((11, 1, 4), (11, 1, 5), False), ((10, 2), (10, 2), True), ((10, 1, 14), (10, 2), False), ((12, 1), (), True),
])
def test_a_release_has_what_came_before_it(version, since, expected):
    assert Platform(version).has(since) is expected


def test_the_engine_is_the_one_that_runs():
    assert Platform((11, 1), LOGICAL_ROUTER).advanced
    assert not Platform((11, 1)).advanced
    assert version_text((11, 1, 4)) == "11.1.4"
