# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Labs with real tunnels. Where a machine cannot have them the tests are skipped."""

from __future__ import annotations

import contextlib
import os
import pathlib

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.integration import conftest as integration

installed, playbooks = integration.installed, integration.playbooks


def pytest_collection_modifyitems(items):
    here = pathlib.Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.dataplane)


@pytest.fixture(scope="module", autouse=True)
def served_first():
    """Packets are counted and seconds measured here while other workers compute: this one, and what it starts, comes before them."""
    usual = os.getpriority(os.PRIO_PROCESS, 0)
    # Not even root may everywhere.
    with contextlib.suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, -10)
    yield
    os.setpriority(os.PRIO_PROCESS, 0, usual)


@pytest.fixture(scope="session")
def able():
    """Nothing is missing for a lab."""
    from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.prerequisites import missing

    skip_without(missing())


def skip_without(lacking: str | None) -> None:
    if lacking:
        pytest.skip(lacking)


@pytest.fixture(scope="module")
def sites(able):
    """Makes firewalls with a data plane; all of them are gone after the module's tests."""
    from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.failovers import together
    from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.site import Site
    from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.prerequisites import missing_frr

    made = []

    def make(*arguments, **keywords):
        if keywords.get("routing") == "frr":
            skip_without(missing_frr())
        made.append(Site(*arguments, **keywords))
        return made[-1]

    yield make
    if made:
        together(*(site.close for site in made))
