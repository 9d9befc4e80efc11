# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""System, interfaces, jobs, accounts."""

from __future__ import annotations

import hashlib
import time
import uuid
import xml.etree.ElementTree as ET
from typing import Iterable

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.errors import InvalidCommand
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.firewall import LOGICAL_ROUTER
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.jobs import lost_job
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.network import Interface, Network
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.tree import render
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.operations.registry import Command, Context, command
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.responses import Answer, escape, result, text_result


def fields(verbatim: dict[str, object] | None = None, **values: object) -> str:
    """Elements with text. ``_`` in a keyword stands for ``-``; tags that really have an underscore come in ``verbatim``."""
    named = {**(verbatim or {}), **{key.replace("_", "-"): value for key, value in values.items()}}
    parts = []
    for tag, value in named.items():
        text = escape(str(value))
        parts.append(f"<{tag}>{text}</{tag}>" if text else f"<{tag}/>")
    return "".join(parts)


def _system_info(context: Context) -> Answer:
    firewall = context.firewall
    system = firewall.running.root.find("devices/entry/deviceconfig/system")
    system = system if system is not None else ET.Element("system")
    up = int(time.time() - firewall.started)
    days, rest = divmod(up, 86400)
    hostname = system.findtext("hostname") or firewall.name
    values = fields(
        hostname=hostname,
        ip_address=system.findtext("ip-address") or "unknown",
        public_ip_address="unknown",
        netmask=system.findtext("netmask") or "unknown",
        default_gateway=system.findtext("default-gateway") or "unknown",
        is_dhcp="no",
        ipv6_address="unknown",
        ipv6_link_local_address="unknown",
        ipv6_default_gateway="",
        mac_address=_mac(firewall.name),
        time=time.strftime("%a %b %e %H:%M:%S %Y"),
        uptime=f"{days} days, {rest // 3600}:{rest % 3600 // 60:02d}:{rest % 60:02d}",
        devicename=hostname,
        family="pc" if firewall.model == "Panorama" else "vm",
        model=firewall.model,
        serial=firewall.serial,
        vm_mac_base=_mac("base"),
        vm_mac_count=255,
        vm_uuid=uuid.uuid5(uuid.NAMESPACE_DNS, firewall.serial),
        vm_cpuid="KVM:E3060500FFFB8B07",
        vm_license="VM-SERIES-4",
        vm_mode="KVM",
        cloud_mode="non-cloud",
        sw_version=firewall.sw_version,
        global_protect_client_package_version="0.0.0",
        app_version="8868-8828",
        app_release_date="",
        av_version="0",
        av_release_date="",
        threat_version="0",
        threat_release_date="",
        wf_private_version="0",
        wf_private_release_date="unknown",
        url_db="paloaltonetworks",
        wildfire_version="0",
        wildfire_release_date="",
        wildfire_rt="Disabled",
        device_dictionary_version="129-504",
        device_dictionary_release_date="",
        device_certificate_status="None",
        ZTP="Disabled",
        url_filtering_version="0000.00.00.000",
        global_protect_datafile_version="unknown",
        global_protect_datafile_release_date="unknown",
        global_protect_clientless_vpn_version="0",
        global_protect_clientless_vpn_release_date="",
        logdb_version=f"{firewall.version[0]}.{firewall.version[1]}.0",
        platform_family="vm",
        vpn_disable_mode="off",
        multi_vsys="on" if firewall.multi_vsys else "off",
        operational_mode="normal",
        # Name and values of this field are inferred; absent before the engine exists.
        **({"system_mode": "panorama"} if firewall.model == "Panorama" else {}),
        **({"advanced_routing": "on" if firewall.engine == LOGICAL_ROUTER else "off"} if firewall.version >= (10, 2) else {}),
    )
    plugin = '<plugin_versions><entry name="vm_series" version="2.1.9"><pkginfo>vm_series-2.1.9</pkginfo></entry></plugin_versions>'
    return result(f"<system>{values}{plugin}</system>")


def _mac(name: str) -> str:
    digest = hashlib.sha256(name.encode()).hexdigest()
    return ":".join(["02"] + [digest[index:index + 2] for index in range(0, 10, 2)])


#: Words in the place of an interface's name.
_PARTS = ("all", "hardware", "logical")


def _interfaces(context: Context) -> Answer:
    wanted = (context.arguments.text or "").strip()
    if not wanted:
        raise InvalidCommand(" show -> interface is missing a value")
    if wanted == "management":
        return _management(context)
    network = Network(context.firewall.running, context.firewall.runtime)
    if wanted not in _PARTS:
        return _one_interface(network, wanted)
    logical = "".join(_logical(interface) for interface in network.interfaces)
    hardware = "".join(_hardware(interface, network.has_link(interface)) for interface in network.interfaces if interface.physical)
    return result((f"<ifnet>{logical}</ifnet>" if wanted != "hardware" else "") + (f"<hw>{hardware}</hw>" if wanted != "logical" else ""))


def _management(context: Context) -> Answer:
    """What pan-python's tests read of it, and its address."""
    system = context.firewall.running.root.find("devices/entry/deviceconfig/system")
    address = "" if system is None else system.findtext("ip-address") or ""
    counters = fields(rx_bytes=0, rx_packets=0, tx_bytes=0, tx_packets=0)
    return result(f"<info>{fields(name='Management Interface', hwaddr=_mac('management'), ip=address)}</info><counters>{counters}</counters>")


def _one_interface(network: Network, name: str) -> Answer:
    """In the form that panos-upgrade-assurance quotes; what is told of the port is what napalm-panos reads, and where there is none no such part."""
    interface = next((each for each in network.interfaces if each.name == name), None)
    if interface is None:
        return result(fields(error=f"Interface '{name}' not found", dp="dp0"))
    kind, dummy, router = interface.forwarding.partition(":")
    logical = fields(
        verbatim={"fwd_type": kind if router else "N/A"}, name=name, id=interface.identifier, mode="layer3", mtu=interface.mtu, tag=interface.tag,
        vr=router or "N/A", vsys="vsys1", zone=interface.zone or "N/A") + "<addr>" + _members(interface.addresses) + "</addr><addr6>" + _members(
            interface.ipv6) + "</addr6><dyn-addr/>"
    port = ""
    if interface.physical:
        linked, configured = network.has_link(interface), "down" if interface.shut else "auto"
        port = fields(verbatim={"state_c": configured, "duplex_c": "auto", "speed_c": "auto"}, mac=_mac(name), **_of_a_port(interface, linked))
    return result((f"<hw>{port}</hw>" if port else "") + f"<ifnet>{logical}</ifnet>" + fields(dp="dp0"))


def _members(texts: Iterable[str]) -> str:
    return "".join(f"<member>{escape(text)}</member>" for text in texts)


def _logical(interface: Interface) -> str:
    address = interface.addresses[0] if interface.addresses else "N/A"
    dynamic = f"<dyn-addr><member>{escape(address)}</member></dyn-addr>" if interface.learned else "<dyn-addr/>"
    return (
        "<entry>" + fields(name=interface.name, zone=interface.zone, fwd=interface.forwarding, vsys=1) + dynamic
        + "<addr6/>" + fields(tag=interface.tag, ip=address, id=interface.identifier)
        + "<addr>" + _members(interface.addresses[1:]) + "</addr></entry>"
    )


def _hardware(interface: Interface, up: bool) -> str:
    values = fields(type=0, mac=_mac(interface.name), mode="(autoneg)", id=interface.identifier, **_of_a_port(interface, up))
    return f"<entry>{values}</entry>"


def _of_a_port(interface: Interface, up: bool) -> dict[str, str]:
    state, duplex, speed = ("up", "full", "1000") if up else ("down", "ukn", "ukn")
    return {"name": interface.name, "duplex": duplex, "state": state, "st": f"{speed}/{duplex}/{state}{'' if up else '(autoneg)'}", "speed": speed}


def _job(context: Context) -> Answer:
    job = context.firewall.jobs.get((context.arguments.text or "").strip())
    return result(render(job.element(context.firewall.version >= (11, 0))))


def _jobs(context: Context) -> Answer:
    full_dates = context.firewall.version >= (11, 0)
    jobs = context.firewall.jobs
    lost = [lost_job()] * jobs.lost
    return result("".join(render(job) for job in [*lost, *(job.element(full_dates) for job in jobs.all())]))


def _clock(context: Context) -> Answer:
    return text_result(time.strftime("%a %b %d %H:%M:%S UTC %Y\n", time.gmtime()))


def _admins(context: Context) -> Answer:
    entry = "<entry>" + fields(admin=context.admin.name, **{"from": "127.0.0.1"}, type="Web", self="") + "</entry>"
    return result(f"<admins>{entry}</admins>")


def _switch_systems(context: Context) -> Answer:
    """Several virtual systems, on or off; not off again while there are several. The answer's words are inferred."""
    wanted = (context.arguments.text or "").strip()
    if wanted not in ("on", "off"):
        raise InvalidCommand(f" set -> system -> setting -> multi-vsys '{wanted}' is not an allowed keyword")
    context.firewall.switches.multi_vsys = wanted == "on"
    return text_result("success")


def _ready(context: Context) -> Answer:
    return text_result("yes\n")


COMMANDS: list[Command] = [
    command("show system info", _system_info),
    command("show interface", _interfaces),
    command("show jobs id", _job),
    command("show jobs all", _jobs),
    command("show clock", _clock),
    command("show admins", _admins),
    command("show chassis-ready", _ready),
    command("set system setting multi-vsys", _switch_systems, changes=True),
]
