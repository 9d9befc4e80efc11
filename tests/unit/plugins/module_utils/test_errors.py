# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an error says grows on its way up."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import ConnectionFailed, DeviceError, InvalidInput, PanosVpnError, Refused

KINDS = (PanosVpnError, InvalidInput, Refused, DeviceError, ConnectionFailed)


@pytest.mark.parametrize("kind", KINDS)
def test_sentences_and_names_are_added_on_the_way(kind):
    error = kind("no such zone")
    assert error.adding("nothing was written") is error
    error.adding("nothing was written").adding("run again")
    assert error.speaking_of("zone 'vpn'") is error
    error.speaking_of("items[2]")
    assert str(error) == "items[2]: zone 'vpn': no such zone; nothing was written; run again"
    assert error.sentences == ["no such zone", "nothing was written", "run again"]


def test_what_it_says_already_is_not_added():
    assert str(PanosVpnError("no; nothing was written").adding("nothing was written")) == "no; nothing was written"
