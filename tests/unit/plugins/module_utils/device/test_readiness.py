# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a device may be written to: what it is in its pair, and which engine comes with the next reboot."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device import high_availability, readiness
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.high_availability import Member
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.location import DEVICE, Location
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.target import Target
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.platform import LOGICAL_ROUTER, Platform
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.device.told import Told

HA = "<response status='success'><result><enabled>{enabled}</enabled><group><local-info><state>{state}</state></local-info></group></result></response>"
OF_PANORAMA = HA.replace("<group>", "").replace("</group>", "")
PAIR = "<deviceconfig><high-availability><enabled>yes</enabled></high-availability></deviceconfig>"
FIREWALL, PANORAMA = Platform((11, 1), model="PA-VM"), Platform((11, 1), model="Panorama")
STATES = {
    "active": True, "Active": True, "active-primary": True, "active-secondary": True,
    "passive": False, "non-functional": False, "suspended": False, "tentative": False, "initial": False,
}
STATES_OF_PANORAMA = {
    "primary-active": True, "secondary-active": True, "primary-passive": False, "secondary-passive": False, "primary-suspended": False,
}


def ready(settings, *answers, platform=FIREWALL, location=Location()) -> Told:
    """C(settings): what the candidate says of the device."""
    session = Told(*answers)
    tree = ET.Element("config")
    if settings is not None:
        places.make(tree, DEVICE[1:]).append(ET.fromstring(settings))
    readiness.refuse_unready(Target(session, location, platform), tree)
    return session


@pytest.mark.parametrize("template, platform, state, writable", [
    *((HA, FIREWALL, state, writable) for state, writable in STATES.items()),
    *((OF_PANORAMA, PANORAMA, state, writable) for state, writable in STATES_OF_PANORAMA.items()),
])
def test_members_of_a_pair(template, platform, state, writable):
    answers = PAIR, template.format(enabled="yes", state=state)
    if writable:
        ready(*answers, platform=platform)
    else:
        with pytest.raises(Refused, match=f"{state.lower()} member of its HA pair.*nothing was written"):
            ready(*answers, platform=platform)


BRANCHES = Location(template="branches")


@pytest.mark.parametrize("answers, location, platform, asked", {
    "alone": (["<deviceconfig/>"], Location(), FIREWALL, 0),
    "without settings": ([None], Location(), FIREWALL, 0),
    "a pair that is configured and not running": ([PAIR, HA.format(enabled="no", state="")], Location(), FIREWALL, 1),
    "what is left of a pair counts for nothing": ([PAIR, HA.format(enabled="no", state="passive")], Location(), FIREWALL, 1),
    "a pair that does not say": ([PAIR, HA.format(enabled="yes", state="")], Location(), FIREWALL, 1),
    "a template of Panorama": (["<deviceconfig/>"], BRANCHES, PANORAMA, 0),
    "a template of a pair of Panoramas": ([PAIR, OF_PANORAMA.format(enabled="yes", state="primary-active")], BRANCHES, PANORAMA, 1),
}.values(), ids=lambda value: "" if isinstance(value, (list, Location, Platform)) else str(value))
def test_readiness_asks_no_more_than_it_must(answers, location, platform, asked):
    assert len(ready(*answers, location=location, platform=platform).asked) == asked


@pytest.mark.parametrize("wanted, platform, refused", [
    ("yes", FIREWALL, "runs virtual routers.*brings logical routers with the next reboot"),
    ("no", Platform((11, 1), LOGICAL_ROUTER), "runs logical routers.*brings virtual routers"),
    ("no", FIREWALL, None),
    ("yes", PANORAMA, None),
])
def test_an_engine_that_comes_with_the_next_reboot(wanted, platform, refused):
    settings = f"<deviceconfig><setting><advance-routing>{wanted}</advance-routing></setting></deviceconfig>"
    if refused is None:
        ready(settings, platform=platform)
    else:
        with pytest.raises(Refused, match=refused):
            ready(settings, platform=platform)


RECORDED = {
    "panos/op/show-high-availability-state.active-passive.pa850-10.1.xml": Member("passive", True, True, "synchronized"),
    "panos/op/show-high-availability-state.disabled.xml": None,
    "panorama/show-high-availability-state.firewall-active.7.1.xml": Member("active", True, True, "synchronized"),
    "panorama/show-high-availability-state.panorama.10.1.xml": Member("primary-active", True, True, "not synchronized"),
}


@pytest.mark.parametrize("recording, expected", RECORDED.items())
def test_recorded_answers(shared_fixtures, recording, expected):
    found = high_availability.member(Told((shared_fixtures / recording).read_text(encoding="utf-8")))
    assert found == expected
    if found is not None:
        assert (found.active, found.passive) == (found.state.endswith("active"), found.state == "passive")
