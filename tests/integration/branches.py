# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Branches behind a Panorama, each with a connection of its own: what stands there before, and the role's variables for a group of them.

Interfaces, zones and router stand in a template of their group, its VPN goes to another one on top of it, and the outside address is a variable of the template
that all share.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from ansible_collections.tunnelsmith.panos_vpn.tests.integration.connections import BGP, IDS
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.playbook_run import pairing
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import Emulator

DEVICE = "/config/devices/entry[@name='localhost.localdomain']"
#: Behind each branch's router.
HOSTS, HOST = "10.40.0.0/24", "eth1-4"

_ROUTING = """<interface><member>ethernet1/3</member><member>ethernet1/4</member></interface><routing-table><ip><static-route><entry name="default">
    <destination>0.0.0.0/0</destination><interface>ethernet1/3</interface><nexthop><ip-address>192.0.2.254</ip-address></nexthop>
    <metric>10</metric></entry></static-route></ip></routing-table>"""
_ROUTERS = {
    "virtual-router": f'<entry name="site">{_ROUTING}</entry>',
    "logical-router": f'<entry name="site"><vrf><entry name="default">{_ROUTING}</entry></vrf></entry>',
}
# A firewall that has everything from its Panorama.
_BARE = """<config version="11.1.0">
    <mgt-config><users><entry name="admin"><permissions><role-based><superuser>yes</superuser></role-based></permissions></entry></users></mgt-config>
    <devices><entry name="localhost.localdomain"><deviceconfig><system><hostname>{name}</hostname></system><setting/></deviceconfig><network/>
    <vsys><entry name="vsys1"/></vsys></entry></devices></config>"""


@dataclass(frozen=True)
class Group:
    """Firewalls of one routing engine. C(template), C(device_group): where their VPN is written; C(numbers): of those that have it. C(site): the template of
    what is there before.
    """

    engine: str
    template: str
    stack: str
    device_group: str
    numbers: tuple[int, ...]

    @property
    def site(self) -> str:
        return f"{self.template}-site"

    def place(self) -> dict:
        return {"aws_pairing_template": self.template, "aws_pairing_device_group": self.device_group, "aws_pairing_commit_poll": 0.05}

    def paired(self, branches: Branches, **more) -> dict:
        """The task that pairs each of them with its connection."""
        devices = [{"serial": branches.firewall(number).firewall.serial, "connection": connection(number)} for number in self.numbers]
        return pairing(**{
            "aws_pairing_connection": connection(self.numbers[0]), "aws_pairing_devices": devices, "aws_pairing_failover": "bgp",
            "aws_pairing_outside_interface": "ethernet1/3", "aws_pairing_virtual_router": "site", "aws_pairing_zone": "aws-vpn",
            "aws_pairing_source_zones": ["hosts"], "aws_pairing_local_networks": [HOSTS], "aws_pairing_remote_networks": ["10.200.0.0/16"],
            "aws_pairing_verify_timeout": 10, **self.place(), **more})

    def removed(self) -> dict:
        return pairing(aws_pairing_state="absent", aws_pairing_connection_id=IDS["bgp"], **self.place())


#: The emulator's Panorama has the first one's places; the others are made.
VIRTUAL = Group("virtual-router", "branch", "branch-stack", "branches", (1, 2))
LOGICAL = Group("logical-router", "advanced", "advanced-stack", "advanced", (3,))


def connection(number: int) -> dict:
    """The connection of one branch: other endpoints, inside networks and customer gateway, and the keys that AWS was told for all of them."""
    text = BGP.read_text(encoding="utf-8")
    for old, new in (("192.0.2.208", f"203.0.113.{10 * number}"), ("192.0.2.51", f"203.0.113.{10 * number + 1}"), ("198.51.100.10", f"192.0.2.{number}"),
                     ("169.254.140.", f"169.254.{140 + number}."), ("169.254.88.", f"169.254.{88 + number}.")):
        text = text.replace(old, new)
    return json.loads(text)


class Branches:
    """A Panorama and its firewalls, which have got nothing of it yet."""

    def __init__(self, *groups: Group) -> None:
        self.panorama = Emulator("11.1", model="panorama", name="panorama").start()
        self._firewalls: dict[int, Emulator] = {}
        self._share()
        for group in groups:
            self._equip(group)
        for emulator in self.everybody():
            emulator.control.commit_duration(0.05)

    def firewall(self, number: int) -> Emulator:
        return self._firewalls[number]

    def everybody(self) -> Iterable[Emulator]:
        return (self.panorama, *self._firewalls.values())

    def close(self) -> None:
        for emulator in self.everybody():
            emulator.stop()

    def _share(self) -> None:
        self.panorama.control.plant(f"{DEVICE}/template/entry[@name='base']/variable", '<entry name="$wan"><type><ip-netmask>None</ip-netmask></type></entry>')

    def _equip(self, group: Group) -> None:
        plant, site = self.panorama.control.plant, _inside(group.site)
        for template in (group.site, group.template):
            plant(f"{DEVICE}/template", f'<entry name="{template}"><settings><default-vsys>vsys1</default-vsys></settings></entry>')
            plant(f"{_inside(template)}/vsys", '<entry name="vsys1"/>')
        layers = "".join(f"<member>{name}</member>" for name in (group.template, group.site, "base"))
        plant(f"{DEVICE}/template-stack", f'<entry name="{group.stack}"><templates>{layers}</templates></entry>')
        plant(f"{DEVICE}/device-group", f'<entry name="{group.device_group}"/>')
        vsys = f"{site}/vsys/entry[@name='vsys1']"
        for name, address, zone in (("ethernet1/3", "$wan", "internet"), ("ethernet1/4", "10.40.0.1/24", "hosts")):
            plant(f"{site}/network/interface/ethernet", f'<entry name="{name}"><layer3><ip><entry name="{address}"/></ip></layer3></entry>')
            plant(f"{vsys}/import/network/interface", f"<member>{name}</member>")
            plant(f"{vsys}/zone", f'<entry name="{zone}"><network><layer3><member>{name}</member></layer3></network></entry>')
        plant(f"{site}/network/{group.engine}", _ROUTERS[group.engine])
        if group.engine == "logical-router":
            plant(f"{site}/deviceconfig/setting", "<advance-routing>yes</advance-routing>")
        for number in group.numbers:
            name = f"fw{number}"
            firewall = self._firewalls[number] = Emulator("11.1", engine=group.engine, name=name, config=_BARE.format(name=name)).start()
            self.panorama.manage(firewall, group.stack, group.device_group)
            plant(f"{DEVICE}/template-stack/entry[@name='{group.stack}']/devices/entry[@name='{firewall.firewall.serial}']/variable",
                  f'<entry name="$wan"><type><ip-netmask>192.0.2.{number}/24</ip-netmask></type></entry>')


def _inside(template: str) -> str:
    return f"{DEVICE}/template/entry[@name='{template}']{DEVICE}"


def everything(*groups: Group) -> dict:
    """Of a push that brings what there is."""
    return {"device_groups": [group.device_group for group in groups], "template_stacks": [group.stack for group in groups]}
