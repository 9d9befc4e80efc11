# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One pairing through a Panorama to three firewalls, each with a connection of its own: one is away at first, a later run completes it."""

from __future__ import annotations

import json

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.integration.back_to_start import bare
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.connections import BGP, IDS
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.playbook_run import pairing, play
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import Emulator

DEVICE = "/config/devices/entry[@name='localhost.localdomain']"
STACK = f"{DEVICE}/template-stack/entry[@name='branch-stack']"
PLACE = {"aws_pairing_template": "branch", "aws_pairing_device_group": "branches", "aws_pairing_commit_poll": 0.05}


def inside(template: str) -> str:
    return f"{DEVICE}/template/entry[@name='{template}']{DEVICE.replace('/config/', '/config/', 1)}"


ROUTING = """<interface><member>ethernet1/3</member><member>ethernet1/4</member></interface><routing-table><ip><static-route><entry name="default">
    <destination>0.0.0.0/0</destination><interface>ethernet1/3</interface><nexthop><ip-address>192.0.2.254</ip-address></nexthop>
    <metric>10</metric></entry></static-route></ip></routing-table>"""
ROUTERS = {
    "virtual-router": ("virtual-router", f'<entry name="site">{ROUTING}</entry>'),
    "logical-router": ("logical-router", f'<entry name="site"><vrf><entry name="default">{ROUTING}</entry></vrf></entry>'),
}


def connection(number: int) -> dict:
    """The connection of one branch: other endpoints, inside networks and customer gateway, and the keys that AWS was told for all of them."""
    text = BGP.read_text(encoding="utf-8")
    for old, new in (("192.0.2.208", f"203.0.113.{10 * number}"), ("192.0.2.51", f"203.0.113.{10 * number + 1}"), ("198.51.100.10", f"192.0.2.{number}"),
                     ("169.254.140.", f"169.254.{140 + number}."), ("169.254.88.", f"169.254.{88 + number}.")):
        text = text.replace(old, new)
    return json.loads(text)


@pytest.fixture(params=ROUTERS)
def branches(request):
    """Interfaces and zones stand in the template that all share, the router in the one for branches, the outside address is a variable."""
    made = [Emulator("11.1", engine=request.param, name=f"fw{number}").start() for number in (1, 2, 3)]
    panorama = Emulator("11.1", model="panorama", name="panorama").start()
    for emulator in (panorama, *made):
        emulator.control.commit_duration(0.05)
    for firewall in made:
        panorama.manage(firewall, "branch-stack", "branches")
    _equip(panorama, made, *ROUTERS[request.param])
    panorama.firewalls = made
    yield panorama
    for emulator in (panorama, *made):
        emulator.stop()


def _equip(panorama, firewalls, kind, router) -> None:
    plant = panorama.control.plant
    for name, address in (("ethernet1/3", "$wan"), ("ethernet1/4", "10.40.0.1/24")):
        plant(f"{inside('base')}/network/interface/ethernet", f'<entry name="{name}"><layer3><ip><entry name="{address}"/></ip></layer3></entry>')
        plant(f"{inside('base')}/vsys/entry[@name='vsys1']/import/network/interface", f"<member>{name}</member>")
    for zone, name in (("internet", "ethernet1/3"), ("hosts", "ethernet1/4")):
        plant(f"{inside('base')}/vsys/entry[@name='vsys1']/zone", f'<entry name="{zone}"><network><layer3><member>{name}</member></layer3></network></entry>')
    plant(f"{DEVICE}/template/entry[@name='base']/variable", '<entry name="$wan"><type><ip-netmask>None</ip-netmask></type></entry>')
    plant(f"{inside('branch')}/network/{kind}", router)
    if kind == "logical-router":
        plant(f"{inside('branch')}/deviceconfig/setting", "<advance-routing>yes</advance-routing>")
    for number, firewall in enumerate(firewalls, 1):
        plant(f"{STACK}/devices/entry[@name='{firewall.firewall.serial}']/variable",
              f'<entry name="$wan"><type><ip-netmask>192.0.2.{number}/24</ip-netmask></type></entry>')


def paired(panorama) -> dict:
    devices = [{"serial": firewall.firewall.serial, "connection": connection(number)} for number, firewall in enumerate(panorama.firewalls, 1)]
    return pairing(
        aws_pairing_connection=connection(1), aws_pairing_devices=devices, aws_pairing_failover="bgp", aws_pairing_outside_interface="ethernet1/3",
        aws_pairing_virtual_router="site", aws_pairing_zone="aws-vpn", aws_pairing_source_zones=["hosts"], aws_pairing_local_networks=["10.40.0.0/24"],
        aws_pairing_remote_networks=["10.200.0.0/16"], aws_pairing_verify_timeout=10, **PLACE)


def results(task) -> list:
    return [device["result"] for device in task.result["devices"]]


def test_three_branches_one_of_which_is_away(playbooks, branches):
    everything = {"name": "Bring what there is", "tunnelsmith.panos_vpn.push": {"device_groups": ["branches"], "template_stacks": ["branch-stack"]}}
    assert playbooks.run(branches, play(everything)).status == 0
    start = {name: bare(control.running()) for name, control in _controls(branches)}
    away = branches.firewalls[2].firewall.serial
    branches.control.disconnect(away)

    run = playbooks.run(branches, play(paired(branches)))
    (first,) = run.of("site_to_site_vpn")
    assert "devices" in first.result, first.message
    assert first.status == "failed" and results(first) == ["pushed", "pushed", "not_connected"], first.message
    assert [device.get("health") for device in first.result["devices"]] == ["healthy", "healthy", None], first.message
    assert away in first.message

    for number, firewall in enumerate(branches.firewalls[:2], 1):
        network = firewall.control.running(f"{DEVICE}/network")
        assert f"<ip ptpl=\"branch\" src=\"tpl\">203.0.113.{10 * number}</ip>" in network and "$" not in network

    branches.control.disconnect(away, connected=True)
    gone = pairing(aws_pairing_state="absent", aws_pairing_connection_id=IDS["bgp"], **PLACE)
    unlooked = {**paired(branches), "vars": {**paired(branches)["vars"], "aws_pairing_verify": False}}
    run = playbooks.run(branches, play(paired(branches), paired(branches), gone, unlooked))
    assert run.status == 0, run.output[-3000:]
    completed, unchanged, removed, made_again = run.of("site_to_site_vpn")
    assert completed.changed and results(completed) == ["in_sync", "in_sync", "pushed"] and completed.result["healthy"]
    assert not unchanged.changed and results(unchanged) == ["in_sync"] * 3 and unchanged.result["healthy"]
    assert removed.changed and results(removed) == ["pushed"] * 3 == results(made_again)

    place = {"config_revert_template": "branch", "config_revert_device_group": "branches", "config_revert_commit_poll": 0.05}
    taken_back = playbooks.run(branches, "tunnelsmith.panos_vpn.config_revert", variables={"config_revert_name": IDS["bgp"], **place})
    assert taken_back.status == 0, taken_back.output[-3000:]
    assert results(taken_back.of("config_revert")[0]) == ["pushed"] * 3
    assert {name: bare(control.running()) for name, control in _controls(branches)} == start
    assert "notReal" not in run.everything()


def _controls(panorama) -> list:
    return [("panorama", panorama.control), *((firewall.firewall.name, firewall.control) for firewall in panorama.firewalls)]
