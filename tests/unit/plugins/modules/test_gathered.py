# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is gathered, given back with C(present) or C(replaced), sends nothing: on whole configurations, and on what people may have written into one.

Every resource is made with every option, and each thing of C(planted) is done to each object that this makes.
"""

from __future__ import annotations

import functools
import xml.etree.ElementTree as ET
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import arguments
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.tree import applied
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.location import DEVICE, Location
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.plan import plan
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.values import given as without_omitted
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import DesiredEntry
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import bgp_place
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.platform import LOGICAL_ROUTER, VIRTUAL_ROUTER, Platform
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.registry import RESOURCES
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules import test_every_option as options
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.fed_back import Place
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.planted import Planting, plantings

CHECKOUT = Path(__file__).parents[4]
FIXTURES = CHECKOUT.parent / "shared" / "fixtures"
NEWEST = (12, 1, 2)
PLATFORMS = {f"{engine} of {version[0]}.{version[1]}": Platform(version, engine)
             for engine in (VIRTUAL_ROUTER, LOGICAL_ROUTER) for version in ((10, 1), NEWEST)}


def parsed(path: Path) -> ET.Element:
    return ET.fromstring(path.read_text(encoding="utf-8-sig"))


def whole(path: Path) -> tuple:
    return parsed(path), Location()


def below(*where, location=Location(), within="."):
    """A reader of an excerpt, which is put where it stands in a whole configuration."""
    def reader(path):
        root = ET.Element("config")
        places.make(root, where).append(parsed(path).find(within))
        return root, location
    return reader


def template(name):
    return below(*DEVICE[1:], "template", location=Location(template=name))


VSYS = (*DEVICE[1:], "vsys", ("entry", "vsys1"))
GROUP = (*DEVICE[1:], "device-group", ("entry", "group"))
CONFIGURATIONS = {
    "panos/config/fw-10.1-baseline-factory.xml": whole,
    "panos/config/fw-8.1-two-vr-loopback-ipsec.xml": whole,
    "panos/config/snippet-pbf-rule-5.0.xml": below(*VSYS, "rulebase"),
    "panos/api/config-get-pbf-dirty-candidate.xml": below(*VSYS, "rulebase", within=".//pbf"),
    "panos/api/config-get-network-8.1.xml": below(*DEVICE[1:], within=".//network"),
    "prisma/panorama/template.Remote_Network_Template.xml": template("Remote_Network_Template"),
    "prisma/panorama/template.Service_Conn_Template.xml": template("Service_Conn_Template"),
    "prisma/panorama/ike-ipsec.dynamic-peer.xml": below(*DEVICE[1:], "template", ("entry", "t"), *DEVICE, location=Location(template="t")),
    "panos/config/panorama-12.1/dg_security_rule.xml": below(*GROUP, "pre-rulebase", "security", "rules", location=Location(device_group="group")),
    "panos/config/panorama-12.1/template_zone.xml": below(
        *DEVICE[1:], "template", ("entry", "t"), *DEVICE, "vsys", ("entry", "vsys1"), "zone", location=Location(template="t")),
}
OWN = CHECKOUT / "tests" / "lab" / "emulator" / "configurations"


def configuration(name):
    if (OWN / name).exists():
        return whole(OWN / name)
    if not FIXTURES.is_dir():
        pytest.skip(f"{FIXTURES} is not there")
    return CONFIGURATIONS[name](FIXTURES / name)


@pytest.mark.parametrize("platform", PLATFORMS.values(), ids=PLATFORMS)
@pytest.mark.parametrize("name", [*CONFIGURATIONS, "firewall.xml", "panorama.xml"])
def test_what_is_gathered_of_a_configuration_changes_nothing_of_it(name, platform):
    tree, location = configuration(name)
    before = ET.tostring(tree)
    assert [sent for resource in RESOURCES.values() for sent in Place(resource, platform, tree, location).sent()] == []
    assert ET.tostring(tree) == before


def test_of_the_whole_configurations_nothing_is_left_out_but_what_no_option_says():
    """Where the trial leaves an object or an option out, a reading is wrong, or options are missing."""
    found = set()
    for name in CONFIGURATIONS:
        tree, location = configuration(name)
        for resource in RESOURCES.values():
            found.update(word.split(":")[0] for word in Place(resource, Platform((10, 1)), tree, location).told().warnings if "left out" in word)
    zones = ("RN-trust", "RN-untrust", "vwire_zone_inside", "vwire_zone_outside")
    assert found == {f"zone '{zone}' is left out, since no options say what it is" for zone in zones}


def start(engine) -> ET.Element:
    """A router that speaks BGP, and what the options of C(test_every_option) refer to: little enough to be copied thousands of times."""
    tree, network = ET.Element("config"), (*DEVICE[1:], "network")
    tunnel = (*network, "tunnel", "ipsec", ("entry", "branch-7"))
    places.make(tree, tunnel[:-1]).append(places.find(whole(OWN / "firewall.xml")[0], tunnel))
    for option, value in (("router-id", "10.10.0.1"), ("local-as", "65000")):
        places.make(tree, network + bgp_place("default", engine == LOGICAL_ROUTER) + (option,)).text = value
    places.make(tree, (*network, "interface", "tunnel", "units", ("entry", options.SPARE)))
    places.make(tree, (*VSYS, "import", "network", "interface", ("member", options.SPARE)))
    return tree


def made(option) -> tuple:
    """(the place, the plan) of the smallest object with one option more."""
    resource = RESOURCES[option.resource]
    place = Place(resource, Platform(NEWEST, option.engine), start(option.engine), only=tuple(options.identity(resource).items()))
    checked = ArgumentSpecValidator(arguments.of_resource(resource)).validate({**dict(place.only), **option.laid(option.values()[0]), "state": "present"})
    values = without_omitted({node.option: checked.validated_parameters[node.option] for node in resource.table.nodes + resource.extra})
    return place, plan([resource.desired(place.request(dict(place.only), values, "present"), place.tree)], place.tree, place.location.base)


@dataclass(frozen=True)
class Case:
    """C(planting) into the object C(item), which stands at C(where) in the tree of C(place)."""

    place: Place
    item: DesiredEntry
    where: tuple
    planting: Planting

    def planted(self, *others) -> Place:
        tree = self.place.tree
        for case in (self, *others):
            tree = case.planting.on(tree, case.where)
        return replace(self.place, tree=tree)


@functools.lru_cache(maxsize=None)
def cases(resource: str, engine: str) -> list:
    """Each planting once for each element of a table."""
    found, seen = [], set()
    for option in options.LIVING:
        if (option.resource, option.engine) != (resource, engine):
            continue
        place, planned = made(option)
        tree = applied(place.tree, planned.operations)
        for item, where in planned.touched:
            for planting in plantings(item.table, places.find(tree, where[1:])) if isinstance(item, DesiredEntry) else ():
                key = (item.table.kind, item.name, planting.name)
                if key not in seen:
                    seen.add(key)
                    found.append(Case(replace(place, tree=tree), item, where, planting))
    return found


EVERY = list(dict.fromkeys((option.resource, option.engine) for option in options.LIVING))
each = pytest.mark.parametrize("resource, engine", EVERY)


@each
def test_what_no_option_says_is_not_written_back(resource, engine):
    """Without the trial, too, a table sends nothing of what it reads; then it is refused at the most."""
    found = []
    for case in cases(resource, engine):
        place = case.planted()
        found += [(case.planting.name, *sent) for sent in place.sent()]
        if "replaced" in place.resource.states:
            found += [(case.planting.name, *sent) for sent in place.sent(tried=False) if isinstance(sent[-1], tuple)]
    assert found == []


# Objects of which nothing is gathered: a key, and networks that nothing ties to the name.
NOT_GATHERED = ("bgp_auth_profile", "bgp_advertised_network")


@each
def test_what_no_option_says_is_named(resource, engine):
    """Of an object that is gathered; one that is left out is named itself."""
    silent = []
    for case in cases(resource, engine):
        if not case.planting.said or case.item.table.kind in NOT_GATHERED or case.item.name in options.VALUES["networks"]:
            continue
        told = case.planted().told()
        if told.objects and not any(case.planting.said in warning or "left out" in warning for warning in told.warnings):
            silent.append((case.item.label, case.planting.name, told))
    assert silent == []


@each
@settings(deadline=None, max_examples=12, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_several_things_at_once_are_not_written_back(resource, engine, data):
    case = data.draw(st.sampled_from(cases(resource, engine)))
    beside = [other for other in cases(resource, engine) if other.place.tree is case.place.tree]
    others = data.draw(st.lists(st.sampled_from(beside), max_size=3))
    assert case.planted(*others).sent() == []
