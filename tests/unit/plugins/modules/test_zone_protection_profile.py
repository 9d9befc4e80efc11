# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module zone_protection_profile."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import zone_protection_profile
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import NETWORK, Case, Door, DoorContract

CONTAINER = f"{NETWORK}/profiles/zone-protection-profile"


def entry(path="bypass", more=""):
    return f"""<entry name="vpn-protection"><strict-ip-check>no</strict-ip-check><asymmetric-path>{path}</asymmetric-path>
        <tcp-reject-non-syn>no</tcp-reject-non-syn>{more}</entry>"""


class TestZoneProtectionProfile(DoorContract):
    case = Case(
        zone_protection_profile,
        identity={"name": "vpn-protection"},
        options={"strict_ip_check": False, "asymmetric_path": "bypass", "tcp_reject_non_syn": "no"},
        place=f"{CONTAINER}/entry[@name='vpn-protection']",
        entry=entry(),
        change={"discard_ip_spoof": True},
        writes=[("set", "")],
        changed=entry(more="<discard-ip-spoof>yes</discard-ip-spoof>"),
        replacement={"strict_ip_check": False, "asymmetric_path": "drop", "tcp_reject_non_syn": "no"},
        replaced=entry("drop"),
    )


def test_flood_protection_of_others_stays(firewalls):
    door = Door(zone_protection_profile, firewalls())
    flood = "<flood><tcp-syn><enable>yes</enable></tcp-syn></flood>"
    place = f"{CONTAINER}/entry[@name='internet-edge']"
    door.control.plant(place, flood)
    result = door.done({"name": "internet-edge", "strict_ip_check": False}, state="replaced")
    assert any("flood" in warning for warning in result.warnings)
    assert door.stands(place, f"""<entry name="internet-edge"><strict-ip-check>no</strict-ip-check>
        <discard-malformed-option>yes</discard-malformed-option>{flood}</entry>""")


REFUSALS = {
    "an answer that is no word of PAN-OS": ({"tcp_reject_non_syn": "maybe"}, "tcp_reject_non_syn"),
    "a path that does not exist": ({"asymmetric_path": "accept"}, "asymmetric_path"),
    "a word for yes or no": ({"strict_ip_check": "perhaps"}, "strict_ip_check"),
    "a name that is too long": ({"name": "z" * 32}, "32 characters"),
}


@pytest.mark.parametrize("options, words", REFUSALS.values(), ids=REFUSALS.keys())
def test_refuses(firewalls, options, words):
    Door(zone_protection_profile, firewalls()).refused({"name": "vpn-protection", **options}, words)
