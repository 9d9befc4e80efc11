# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Parameters of a request, as the web layer judges them before anything else does."""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.errors import MissingParameter, WebLayerError


def required(parameters: dict[str, str], name: str) -> str:
    """Raises MissingParameter."""
    value = parameters.get(name)
    if not value:
        raise MissingParameter(name)
    return value


def invalid(name: str, value: str) -> WebLayerError:
    return WebLayerError(400, f'Invalid value for parameter "{name}": {value}.')
