# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""In which order several workers begin the files of tests."""

from __future__ import annotations

import pathlib

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests import conftest


class Marked:
    """A test of a file, with the marker of its folder."""

    def __init__(self, path: pathlib.Path, marker: str):
        self.path = path
        self.marker = marker

    def get_closest_marker(self, name: str) -> str | None:
        return name if name == self.marker else None


@pytest.fixture
def began(tmp_path):
    def of(**files: tuple) -> list:
        """The names of files (marker, size) in the order in which they begin; each has two tests."""
        for name, (dummy, size) in files.items():
            (tmp_path / name).write_text("#" * size, encoding="utf-8")
        ordered = conftest.in_the_order_to_begin([[Marked(tmp_path / name, marker)] * 2 for name, (marker, dummy) in files.items()])
        assert [len(tests) for tests in ordered] == [2] * len(files)
        return [tests[0].path.name for tests in ordered]

    return of


def test_what_waits_is_spread_among_what_works_and_what_is_long_does_not_come_last(began):
    units = {f"unit{number}": ("", number) for number in range(1, 8)}
    assert began(tunnels1=("dataplane", 1), tunnels2=("dataplane", 9), **units, playbooks=("integration", 2)) == [
        "tunnels1", "playbooks", "unit7", "tunnels2", "unit6", "unit5", "unit4", "unit3", "unit2", "unit1"]


def test_none_is_lost_where_one_kind_is_alone(began):
    assert began(tunnels1=("dataplane", 1), tunnels2=("dataplane", 2)) == ["tunnels1", "tunnels2"]
    assert began(unit1=("", 1), unit2=("", 2)) == ["unit2", "unit1"]
