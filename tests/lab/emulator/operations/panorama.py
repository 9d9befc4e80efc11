# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Panorama's commands about the firewalls behind it, laid out as captured on 10.0 and 10.1."""

from __future__ import annotations

import time
import xml.etree.ElementTree as ET
from typing import Callable, cast

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import responses
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.errors import InvalidCommand
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models import device_groups
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.jobs import Outcome
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.operations.registry import Command, Context, command
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.operations.system import fields
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.panorama import POLICY, TEMPLATE, Managed, Panorama
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.responses import Answer, escape, result


def _panorama(context: Context) -> Panorama:
    """These commands are registered for Panorama only."""
    return cast(Panorama, context.firewall)


def _devices(connected_only: bool) -> Command:
    def answer(context: Context) -> Answer:
        panorama = _panorama(context)
        listed = [entry.get("name") for entry in panorama.running.root.findall("mgt-config/devices/entry")]
        serials = dict.fromkeys([*listed, *panorama.devices])
        entries = []
        for serial in serials:
            device = panorama.devices.get(serial)
            if device is not None and device.connected:
                entries.append(f'<entry name="{escape(serial)}">{_connected(panorama, serial, device)}</entry>')
            elif not connected_only:
                entries.append(f'<entry name="{escape(serial)}">{_stub(serial)}</entry>')
        return result(f"<devices>{''.join(entries)}</devices>")

    return command(f"show devices {'connected' if connected_only else 'all'}", answer)


def _stub(serial: str) -> str:
    """What is known of a firewall that is not connected."""
    return fields(serial=serial, connected="no", unsupported_version="no", deactivated="no", hostname="", multi_vsys="no") + "<vsys/>"


def _common(serial: str, device: Managed | None) -> dict[str, object]:
    connected = device is not None and device.connected
    return {"serial": serial, "connected": "yes" if connected else "no", "unsupported-version": "no", "deactivated": "no"}


def _facts(device: Managed | None) -> dict[str, object]:
    if device is None:
        return {}
    firewall = device.firewall
    return {
        "hostname": firewall.name, "ip-address": "127.0.0.1", "ipv6-address": "unknown", "uptime": "0 days, 0:21:17",
        "family": "vm", "model": firewall.model, "sw-version": firewall.sw_version, "vpn-disable-mode": "no",
        "operational-mode": "normal", "multi-vsys": "yes" if firewall.switches.multi_vsys else "no",
    }


def _connected(panorama: Panorama, serial: str, device: Managed) -> str:
    firewall = device.firewall
    versions = {
        **{f"prev-{word}-version": "0" for word in ("app", "av", "threat", "wildfire", "device-dictionary")},
        "device-dictionary-version": "129-504", "vpnclient-package-version": "", "global-protect-client-package-version": "0.0.0",
        "domain": "", "slot-count": 1, "type": "", "tag": "", "express-mode": "no",
        "app-version": "8868-8828", "av-version": "0", "wildfire-version": "0", "threat-version": "8868-8828",
        "url-db": "paloaltonetworks", "url-filtering-version": "0000.00.00.000", "logdb-version": "10.1.2",
    }
    text = fields({**_common(serial, device), **_facts(device), **versions, "mac-addr": "", "wildfire-rt": "no"})
    text += '<plugin_versions><entry name="vm_series" version="2.1.9"><pkginfo>vm_series-2.1.9</pkginfo></entry></plugin_versions>'
    if firewall.runtime.ha != "disabled":
        peer = firewall.pair.peer_of(firewall).serial if firewall.pair is not None else ""
        text += f"<ha><state>{firewall.runtime.ha}</state><peer><serial>{peer}</serial></peer></ha>"
    systems = ""
    for system in firewall.running.root.findall("devices/entry/vsys/entry"):
        name = system.get("name") or ""
        policy = fields(
            display_name=system.findtext("display-name") or name, shared_policy_status="", shared_policy_md5sum=panorama.digest_on_device(serial, POLICY),
            shared_policy_version="",
        )
        systems += f'<entry name="{escape(name)}">{policy}</entry>'
    text += f"<ha-cluster><state>cluster-unknown</state></ha-cluster><vsys>{systems}</vsys>"
    connected_at = time.strftime("%Y/%m/%d %H:%M:%S", time.localtime(firewall.started))
    return text + fields(
        {"certificate-status": "", "certificate-subject-name": "", "certificate-expiry": "", "connected-at": connected_at},
        custom_certificate_usage="no", last_masterkey_push_status="Unknown", last_masterkey_push_timestamp="",
        device_cert_present="None", device_cert_expiry_date="N/A",
    )


def _status(panorama: Panorama, serial: str, part: str) -> str:
    """Empty means never pushed."""
    there = panorama.digest_on_device(serial, part)
    if not there:
        return ""
    return "In Sync" if there == panorama.digest(serial, part) else "Out of Sync"


def _pushes(panorama: Panorama, serial: str, part: str, suffix: str) -> dict[str, object]:
    """What became of the last push of a part."""
    device = panorama.devices.get(serial)
    last = device.results.get(part) if device is not None else None
    when = time.strftime("%Y/%m/%d %H:%M:%S", time.localtime(last.began)) if last is not None else "none"
    return {
        f"last-commit-all-state-{suffix}": last.status if last is not None else "none",
        f"last-validate-all-state-{suffix}": "none",
        f"last-commit-all-upd-{suffix}": when,
        f"last-validate-all-upd-{suffix}": "none",
    }


def _group_device(panorama: Panorama, serial: str, systems: list[str]) -> str:
    """``systems``: those of its virtual systems that the group has; none: its only one. How several are told was never recorded."""
    device = panorama.devices.get(serial)
    policy = {
        "shared-policy-status": _status(panorama, serial, POLICY), "shared-policy-md5sum": panorama.digest_on_device(serial, POLICY),
        "shared-policy-version": "",
    }
    listed = "".join(f'<entry name="{escape(name)}">{fields(policy)}</entry>' for name in systems)
    told = {**_common(serial, device), **_pushes(panorama, serial, POLICY, "sp"), **({} if systems else policy), **_facts(device)}
    return fields(told) + (f"<vsys>{listed}</vsys>" if systems else "")


def _stack_device(panorama: Panorama, serial: str) -> str:
    device = panorama.devices.get(serial)
    status, digest = _status(panorama, serial, TEMPLATE), panorama.digest_on_device(serial, TEMPLATE)
    template = {
        "template-status": status, "template-md5sum": digest, "template-no-content-preview-status": status,
        "template-no-content-preview-md5sum": digest, "template-version": "",
    }
    return fields({**_common(serial, device), **_pushes(panorama, serial, TEMPLATE, "tpl"), **template, **_facts(device)})


def _entries(serials: list[str], describe: Callable[[str], str]) -> str:
    inner = "".join(f'<entry name="{escape(serial)}">{describe(serial)}</entry>' for serial in serials)
    return f"<devices>{inner}</devices>" if inner else ""


def _chosen(context: Context, xpath: str) -> list[ET.Element]:
    wanted = context.given("name")
    return [entry for entry in context.firewall.running.root.findall(xpath) if wanted in (None, entry.get("name"))]


def _device_groups(context: Context) -> Answer:
    panorama = _panorama(context)
    entries = []
    for group in _chosen(context, "devices/entry/device-group/entry"):
        systems = {device.get("name") or "": device_groups.systems_of(device) for device in group.findall("devices/entry")}
        serials = list(systems)
        digest = panorama.digest(serials[0], POLICY) if serials else ""
        devices = _entries(serials, lambda serial: _group_device(panorama, serial, systems[serial]))
        entries.append(
            f'<entry name="{escape(group.get("name"))}"><shared-policy-md5sum>{digest}</shared-policy-md5sum>{devices}</entry>'
        )
    return result(f"<devicegroups>{''.join(entries)}</devicegroups>")


def _template_stacks(context: Context) -> Answer:
    panorama = _panorama(context)
    entries = []
    for stack in _chosen(context, "devices/entry/template-stack/entry"):
        members = "".join(f"<member>{escape(member.text or '')}</member>" for member in stack.findall("templates/member"))
        serials = [device.get("name") for device in stack.findall("devices/entry")]
        devices = _entries(serials, lambda serial: _stack_device(panorama, serial))
        entries.append(f'<entry name="{escape(stack.get("name"))}"><templates>{members}</templates>{devices}</entry>')
    return result(f"<template-stack>{''.join(entries)}</template-stack>")


def _templates(context: Context) -> Answer:
    names = [entry.get("name") for entry in _chosen(context, "devices/entry/template/entry")]
    return result("<templates>" + "".join(f'<entry name="{escape(name)}"/>' for name in names) + "</templates>")


def _hierarchy(context: Context) -> Answer:
    root = context.firewall.running.root
    above = device_groups.parents(root)
    names = [entry.get("name") for entry in root.findall("devices/entry/device-group/entry")]

    def tree(parent: str | None) -> str:
        inner = ((name, tree(name)) for name in names if above.get(name) == parent)
        return "".join(f'<dg name="{escape(name)}">{below}</dg>' if below else f'<dg name="{escape(name)}"/>' for name, below in inner)

    return result(f"<dg-hierarchy>{tree(None)}</dg-hierarchy>")


def _move_group(context: Context) -> Answer:
    entry = context.arguments.find("entry")
    if entry is None:
        raise InvalidCommand(" request -> move-dg is missing 'entry'")
    panorama, name, parent = _panorama(context), entry.get("name"), entry.findtext("new-parent-dg")
    known = {group.get("name") for group in panorama.candidate.tree.root.findall("devices/entry/device-group/entry")}
    for wanted in (name, *([parent] if parent else [])):
        if wanted not in known:
            raise InvalidCommand(f" device-group '{wanted}' is not a valid reference")
    if parent and name in device_groups.lineage(panorama.running.root, parent):
        raise InvalidCommand(f" {parent} is below {name}")
    panorama.move_group(name, parent)
    job = panorama.jobs.record("MoveDG", context.admin.name, Outcome(True, [f"Device group {name} moved"]))
    return responses.enqueued(job)


COMMANDS: list[Command] = [
    _devices(connected_only=False),
    _devices(connected_only=True),
    command("show devicegroups", _device_groups, "name"),
    command("show template-stack", _template_stacks, "name"),
    command("show templates", _templates, "name"),
    command("show dg-hierarchy", _hierarchy),
    command("request move-dg", _move_group, "entry", changes=True),
]
