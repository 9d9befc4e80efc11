# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module config_info: all that stands on a firewall as items of transaction, which change nothing where they came from."""

from __future__ import annotations

import copy
import xml.etree.ElementTree as ET

import pytest
import yaml

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.location import Location
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import PanosVpnError
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.export import EXPORTED, export
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.order import Item, in_order
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.plan import Plan, add, in_reference_order
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.values import given
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.registry import RANKS, RESOURCES
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Request
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks import transaction as transactions
from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import config_info, ike_gateway, transaction
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules import test_gathered as gathered
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import DEVICE, NETWORK, ROUTERS, VSYS, Door
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.pairing import VpnDoor, options

ALL = [*gathered.CONFIGURATIONS, "firewall.xml", "panorama.xml", "base.xml"]


def fits(name: str, location: Location) -> bool:
    given_location = next((kind for kind in ("template", "device_group") if getattr(location, kind)), None)
    return given_location is None or given_location in RESOURCES[name].locations


def sent(items, tree, location, platform) -> list:
    """What transaction would send for items, as it goes through them; refusals are told like operations."""
    spec = transactions.argument_spec()["items"]["options"]
    chosen = []
    for number, item in enumerate(items, 1):
        ((name, values),) = item.items()
        checked = ArgumentSpecValidator(spec[name]["options"]).validate({**copy.deepcopy(values), "state": "present"})
        assert checked.error_messages == [], (name, values, checked.error_messages)
        chosen.append(Item(f"items[{number}] ({name})", RESOURCES[name], checked.validated_parameters))
    planned = Plan(before=tree, after=copy.deepcopy(tree))
    found = []
    for label, resource, values in in_order(chosen, RANKS):
        asked = given({node.option: values.get(node.option) for node in resource.table.nodes + resource.extra})
        request = Request({name: values[name] for name in resource.identity}, asked, "present", platform, location.base)
        try:
            for check in resource.checks:
                check(request, planned.after)
            add(planned, in_reference_order(resource.desired(request, planned.after)), location.base)
        except PanosVpnError as exc:
            found.append((label, str(exc)))
    return found + planned.operations


@pytest.mark.parametrize("platform", gathered.PLATFORMS.values(), ids=gathered.PLATFORMS)
@pytest.mark.parametrize("name", ALL)
def test_what_is_exported_changes_nothing_where_it_came_from(name, platform):
    tree, location = gathered.configuration(name)
    before = ET.tostring(tree)
    found = export(tree, location.base, platform, [kind for kind in EXPORTED if fits(kind, location)])
    assert sent(found.items, tree, location, platform) == []
    assert ET.tostring(tree) == before
    assert yaml.safe_load(yaml.safe_dump(found.items)) == found.items


def test_real_configurations_have_something_to_export():
    kinds = set()
    for name in ALL:
        tree, location = gathered.configuration(name)
        for platform in gathered.PLATFORMS.values():
            kinds |= {kind for item in export(tree, location.base, platform, [kind for kind in EXPORTED if fits(kind, location)]).items for kind in item}
    assert kinds >= {"zone", "ike_gateway", "ipsec_tunnel", "static_route", "security_rule", "tunnel_interface", "ike_crypto_profile", "ipsec_crypto_profile"}


@pytest.mark.parametrize("engine", ROUTERS)
@pytest.mark.parametrize("kind", ["pbf", "bgp"])
def test_a_firewall_with_vpns_comes_back_as_it_is(firewalls, engine, kind):
    door = VpnDoor(firewalls(engine=engine))
    door.done(options(kind))
    before, everything = door.candidate(), door.done({}, module=config_info)
    found = everything.values["gathered"]
    assert door.writes() == []
    assert {name for item in found for name in item} >= {"ike_gateway", "ipsec_tunnel", "zone", "tunnel_interface", "security_rule", "pbf_rule"}
    again = door.done({"items": yaml.safe_load(yaml.safe_dump(found))}, module=transaction)
    assert (again.changed, door.writes(), door.candidate()) == (False, [], before)
    checked = door.done({"items": found}, module=transaction, check=True)
    assert not checked.changed


def test_what_somebody_took_away_comes_back(firewalls):
    door = Door(transaction, firewalls())
    found = door.done({}, module=config_info).values["gathered"]
    before = door.candidate()
    door.control.edit_as("admin", "delete", f"{ROUTERS['virtual-router']}/routing-table/ip/static-route/entry[@name='branch-7']")
    door.control.edit_as("admin", "delete", f"{VSYS}/rulebase/pbf/rules/entry[@name='guest-dsl']")
    assert door.done({"items": found}).changed
    assert door.candidate() == before


def test_secrets_are_left_out_and_that_is_said(firewalls):
    door = Door(config_info, firewalls())
    key = "notReal.butSecret"
    door.done({"name": "branch-8", "local_address": {"interface": "ethernet1/8"}, "peer_address": {"ip": "203.0.113.9"}, "pre_shared_key": key},
              module=ike_gateway)
    result = door.done({})
    assert key not in result.everything() and "-AQ==" not in result.everything()
    assert result.values["without_secret"] == ["ike_gateway 'branch-7'", "ike_gateway 'branch-8'"]
    assert any("ike_gateway 'branch-8'" in warning and "left out" in warning for warning in result.warnings)
    assert not any("pre_shared_key" in item.get("ike_gateway", {}) for item in result.values["gathered"])


def test_what_no_option_says_is_named(firewalls):
    door = Door(config_info, firewalls())
    door.control.plant(f"{NETWORK}/ike/gateway/entry[@name='branch-7']", "<of-tomorrow><level>3</level></of-tomorrow>")
    assert any("branch-7" in warning and "of-tomorrow" in warning for warning in door.done({}).warnings)


@pytest.mark.parametrize("resources, expected", [(["zone"], {"zone"}), (["pbf_rule", "static_route"], {"pbf_rule", "static_route"})])
def test_only_what_is_asked_for(firewalls, resources, expected):
    found = Door(config_info, firewalls()).done({"resources": resources}).values["gathered"]
    assert {name for item in found for name in item} == expected


def test_another_virtual_system(firewalls):
    door = Door(config_info, firewalls())
    door.refused({"vsys": "vsys9"}, "vsys9")
    door.refused({"resources": ["zoen"]}, "zoen")


def test_a_template_holds_no_rules_and_a_device_group_nothing_else(firewalls):
    door = Door(config_info, firewalls(model="panorama", version="11.1.4"))
    door.control.plant(f"{DEVICE}/template/entry[@name='sites']/config/devices", f"<entry name='localhost.localdomain'>{SITES}</entry>")
    door.control.plant(f"{DEVICE}/device-group", f"<entry name='lyon'><pre-rulebase><pbf><rules>{NO_PBF}</rules></pbf></pre-rulebase></entry>")
    for location, kind, other in (({"template": "sites"}, "zone", "security_rule"), ({"device_group": "lyon"}, "pbf_rule", "zone")):
        found = door.done(location).values["gathered"]
        assert {name for item in found for name in item} == {kind}
        assert not door.done({**location, "items": found}, module=transaction).changed
        door.refused({**location, "resources": [other]}, other, next(iter(location)).replace("_", " "))


SITES = "<vsys><entry name='vsys1'><zone><entry name='branch'><network><layer3/></network></entry></zone></entry></vsys><network/>"
NO_PBF = """<entry name='local'><from><zone><member>trust</member></zone></from><source><member>any</member></source>
    <destination><member>10.0.0.0/8</member></destination><action><no-pbf/></action></entry>"""
