# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import fit


@pytest.mark.parametrize("packets, window", [(1, 64), (64, 64), (65, 128), (1000, 1024), (1024, 1024), (2048, 2048), (2049, 4096)])
def test_replay_windows_are_rounded_up(packets, window):
    assert fit.replay_window(packets) == window


def test_a_replay_window_beyond_the_largest_is_refused():
    with pytest.raises(InvalidInput, match="5000"):
        fit.replay_window(5000)
