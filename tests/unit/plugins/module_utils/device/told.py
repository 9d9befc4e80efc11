# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A session whose answers are given."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.connection import Session
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.transport import Provider


class Told(Session):
    """A session whose answers are given, with what was asked."""

    def __init__(self, *answers):
        super().__init__(Provider("192.0.2.1", api_key="notReal"))
        self.answers = list(answers)
        self.asked = []

    def op(self, command, doing=None, repeat=True):
        self.asked.append(command)
        return ET.fromstring(self.answers.pop(0))

    def get(self, path):
        self.asked.append(path)
        answer = self.answers.pop(0)
        return None if answer is None else ET.fromstring(answer)
