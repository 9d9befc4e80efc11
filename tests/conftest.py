# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Makes the checkout importable as the collection, wherever it lies, and leads to what stands beside it."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import pathlib
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[1]


def _package(name: str, *locations: pathlib.Path) -> None:
    spec = importlib.machinery.ModuleSpec(name, None, is_package=True)
    spec.submodule_search_locations = [str(location) for location in locations]
    sys.modules[name] = importlib.util.module_from_spec(spec)


# ansible-test provides these packages itself, and then they are the ones to use.
if "ansible_collections" not in sys.modules:
    _package("ansible_collections")
    _package("ansible_collections.tunnelsmith")
    _package("ansible_collections.tunnelsmith.panos_vpn", ROOT)

# Its assertions are those of many tests; it is imported from several folders.
pytest.register_assert_rewrite("ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door")


@pytest.fixture(scope="session")
def repository() -> pathlib.Path:
    """The checkout's root."""
    return ROOT


@pytest.fixture(scope="session")
def shared_fixtures() -> pathlib.Path:
    """Recorded answers of firewalls and clouds, kept beside the checkout and not inside it."""
    folder = ROOT.parent / "shared" / "fixtures"
    if not folder.is_dir():
        pytest.skip("the recorded answers (../shared/fixtures) are not on this machine")
    return folder
