# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Emulated firewalls for the tests of the modules."""

from __future__ import annotations

import os

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device import patience


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch):
    """Neither a firewall's credentials nor a proxy of the person who runs the tests."""
    for variable in list(os.environ):
        if variable.startswith("PANOS_") or variable.lower() in ("https_proxy", "all_proxy"):
            monkeypatch.delenv(variable)


@pytest.fixture(autouse=True)
def _no_late_firewalls(monkeypatch):
    """Nobody waits half a minute for what a firewall may still do; a test that is about that says how long."""
    monkeypatch.setattr(patience, "LATE", 0.1)


@pytest.fixture
def firewalls():
    """Starts emulated firewalls; the arguments are the emulator's. All of them are stopped after the test."""
    from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import Emulator

    started = []

    def start(**arguments):
        started.append(Emulator(**{"version": "11.1.4", **arguments}).start())
        return started[-1]

    yield start
    for firewall in started:
        firewall.stop()
