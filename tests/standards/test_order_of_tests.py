# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""In which order several workers begin the files of tests."""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.tests import conftest


class Marked:
    """A test of a file, with the marker of its folder."""

    def __init__(self, file: str, marker: str):
        self.file = file
        self.marker = marker

    def get_closest_marker(self, name: str) -> str | None:
        return name if name == self.marker else None


def began(*files: tuple) -> list:
    """The names of files (name, marker, number of tests) in the order in which they begin."""
    return [tests[0].file for tests in conftest.in_the_order_to_begin([[Marked(name, marker)] * number for name, marker, number in files])]


def test_what_waits_is_spread_among_what_works_and_long_files_do_not_come_last():
    units = [(f"unit {number}", "", number) for number in range(1, 8)]
    assert began(("tunnels 1", "dataplane", 1), ("tunnels 2", "dataplane", 9), *units, ("playbooks", "integration", 2)) == [
        "tunnels 1", "playbooks", "unit 7", "tunnels 2", "unit 6", "unit 5", "unit 4", "unit 3", "unit 2", "unit 1"]


def test_none_is_lost_where_one_kind_is_alone():
    assert began(("tunnels 1", "dataplane", 1), ("tunnels 2", "dataplane", 2)) == ["tunnels 1", "tunnels 2"]
    assert began(("unit 1", "", 1), ("unit 2", "", 2)) == ["unit 2", "unit 1"]
