# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible.plugins.lookup import LookupBase


@pytest.fixture(autouse=True)
def named(monkeypatch):
    """A plugin has the name by which Ansible has loaded it; ansible-core 2.17 asks for it where its options are set."""
    monkeypatch.setattr(LookupBase, "_load_name", "of_a_test", raising=False)
