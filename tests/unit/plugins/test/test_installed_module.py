# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import sys

import pytest

from ansible.errors import AnsibleFilterError

from ansible_collections.tunnelsmith.panos_vpn.plugins.test import installed_module as plugin

INSTALLED = plugin.TestModule().tests()["installed_module"]


@pytest.mark.parametrize(
    "name, installed",
    [("tunnelsmith.panos_vpn.commit", True), ("tunnelsmith.panos_vpn.comit", False), ("nobody.nothing.commit", False), ("tunnelsmith.other.commit", False)],
    ids=["ours", "no such module", "no such namespace", "no such collection"],
)
def test_a_module_is_installed_where_its_collection_has_it(name, installed):
    assert INSTALLED(name) is installed
    assert f"ansible_collections.{name}" not in sys.modules


def test_a_name_without_its_collection_is_an_error():
    with pytest.raises(AnsibleFilterError, match="namespace.collection.module"):
        INSTALLED("commit")
