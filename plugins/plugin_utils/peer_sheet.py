# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A peer's sheet as one self-contained page. What is on it is decided in module_utils/peers, how it looks in peer_sheet.html.j2."""

from __future__ import annotations

import pathlib

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.sheet import Sheet
from ansible_collections.tunnelsmith.panos_vpn.plugins.plugin_utils.vpn_report import environment

TEMPLATE = pathlib.Path(__file__).with_suffix(".html.j2")


def page(sheet: Sheet) -> str:
    """The HTML text, in which whatever the sheet says is escaped."""
    return environment().get_template(TEMPLATE.name).render(sheet=sheet)
