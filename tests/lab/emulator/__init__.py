# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A strict PAN-OS XML API on loopback, for tests and for rehearsing a change.

It knows nothing of the collection's plugins. What it enforces comes from public documentation and measurements; each
rule says which. What is only inferred is a switch (models/candidate.py) or is left alone.
"""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.instance import Emulator
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.changes import Switches

__all__ = ["Emulator", "Switches"]
