# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Makes the checkout importable as the collection, wherever it lies, and leads to what stands beside it."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import os
import pathlib
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[1]

# Modules without tests of their own that assert for others. Here, because it has to be said before anything imports them.
pytest.register_assert_rewrite(*(f"ansible_collections.tunnelsmith.panos_vpn.tests.{name}" for name in (
    "dataplane.bulks", "dataplane.failovers", "dataplane.site", "dataplane.wire", "unit.plugins.modules.door", "unit.plugins.modules.pairing")))


def _package(name: str, *locations: pathlib.Path) -> None:
    spec = importlib.machinery.ModuleSpec(name, None, is_package=True)
    spec.submodule_search_locations = [str(location) for location in locations]
    sys.modules[name] = importlib.util.module_from_spec(spec)


# ansible-test provides these packages itself, and then they are the ones to use.
if "ansible_collections" not in sys.modules:
    _package("ansible_collections")
    _package("ansible_collections.tunnelsmith")
    _package("ansible_collections.tunnelsmith.panos_vpn", ROOT)


#: Set where a machine is known to have all that the tests need: what is skipped there is a failure, unless its reason has one of these words.
REQUIRED = "REQUIRE_DATA_PLANE"
MAY_BE_ABSENT = ("../shared/fixtures", "../shared/cases", "BUILD_EXECUTION_ENVIRONMENT", "no browser", "collections_of_aws")


def _failed_where_required(report):
    if os.environ.get(REQUIRED) and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2]
        if not any(words in reason for words in MAY_BE_ABSENT):
            report.outcome, report.longrepr = "failed", f"{reason} ({REQUIRED} is set)"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report():
    return _failed_where_required((yield))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    return _failed_where_required((yield))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    if hasattr(config, "workerinput"):
        files: dict = {}
        for item in items:
            files.setdefault(item.path, []).append(item)
        items[:] = [item for file in in_the_order_to_begin(list(files.values())) for item in file]


def in_the_order_to_begin(files: list) -> list:
    """The files' tests as several workers are to take them up.

    Tests of tunnels wait more than they work: one file after the other among the first half of the others, so that there is work while they wait.
    Of the others first those that run playbooks, then the largest: a long one that begins last leaves all workers but one with nothing to do.
    """
    waiting = [file for file in files if file[0].get_closest_marker("dataplane")]
    others = sorted((file for file in files if file not in waiting), key=_rank)
    between = len(others) // (2 * len(waiting)) if waiting else 0
    ordered = []
    for number, file in enumerate(waiting):
        ordered += [file, *others[number * between:(number + 1) * between]]
    return ordered + others[len(waiting) * between:]


def _rank(file: list) -> tuple:
    return file[0].get_closest_marker("integration") is None, -file[0].path.stat().st_size


@pytest.fixture(scope="session", autouse=True)
def empty_home(tmp_path_factory):
    """Nothing of the user's own home is seen or left: a journal of a firewall that had the same port some day would be another run's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
        yield


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


@pytest.fixture(scope="session")
def shared_cases() -> pathlib.Path:
    """Inputs that showed a fault once, kept beside the checkout and not inside it."""
    folder = ROOT.parent / "shared" / "cases"
    if not folder.is_dir():
        pytest.skip("the collected cases (../shared/cases) are not on this machine")
    return folder
