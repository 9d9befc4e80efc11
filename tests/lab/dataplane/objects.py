# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Address and service objects of a configuration, resolved to what packets carry."""

from __future__ import annotations

import ipaddress
import xml.etree.ElementTree as ET

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.running import Ports

#: Applications of the vendor's catalogue that a packet filter can tell by protocol and port.
_APPLICATIONS = {
    "ping": (Ports("echo"),), "ping6": (Ports("echo6"),), "icmp": (Ports("icmp"),), "traceroute": (Ports("udp", "33434-33534"), Ports("echo")),
    "bgp": (Ports("tcp", "179"),),
    "ike": (Ports("udp", "500"), Ports("udp", "4500")), "ipsec-esp": (Ports("esp"), Ports("udp", "4500")), "ipsec-esp-udp": (Ports("udp", "4500"),),
    "ssh": (Ports("tcp", "22"),), "ssl": (Ports("tcp", "443"),), "web-browsing": (Ports("tcp", "80"),), "dns": (Ports("udp", "53"), Ports("tcp", "53")),
    "ntp": (Ports("udp", "123"),), "syslog": (Ports("udp", "514"), Ports("tcp", "514")),
}


class Objects:
    """Names that rules use. Those of the vsys hide those of shared, and those what a Panorama pushed."""

    def __init__(self, root: ET.Element, vsys: ET.Element) -> None:
        self._places = [vsys, *root.findall("shared"), *root.findall("panorama/vsys/entry")]

    def entry(self, kind: str, name: str) -> ET.Element | None:
        for place in self._places:
            for entry in place.findall(f"{kind}/entry"):
                if entry.get("name") == name:
                    return entry
        return None

    def entries(self, kind: str) -> list[ET.Element]:
        return [entry for place in self._places for entry in place.findall(f"{kind}/entry")]

    def addresses(self, names: list[str]) -> tuple[tuple[str, ...], list[str]]:
        """Networks and ranges, and the names that could not be resolved. An empty first part means any."""
        found: list[str] = []
        unknown: list[str] = []
        for name in names:
            if name == "any":
                return (), unknown
            self._address(name, found, unknown, 0)
        return tuple(found), unknown

    def _address(self, name: str, found: list[str], unknown: list[str], depth: int) -> None:
        entry, group = self.entry("address", name), self.entry("address-group", name)
        if entry is not None:
            value = entry.findtext("ip-netmask") or entry.findtext("ip-range") or ""
        elif group is not None and depth < 10:
            for member in group.findall("static/member"):
                self._address(member.text or "", found, unknown, depth + 1)
            return
        else:
            value = name
        text = _packet_form(value)
        if text is None:
            unknown.append(name)
        else:
            found.append(text)

    def services(self, services: list[str], applications: list[str]) -> tuple[tuple[Ports, ...], list[str]]:
        """Protocols and ports of the applications, else of the services; and the names that could not be resolved."""
        unknown: list[str] = []
        if "any" not in applications:
            known = [ports for name in applications for ports in _APPLICATIONS.get(name, ())]
            unknown += [name for name in applications if name not in _APPLICATIONS]
            return tuple(dict.fromkeys(known)), unknown
        if "any" in services or "application-default" in services:
            return (), unknown
        found: list[Ports] = []
        for name in services:
            entry = self.entry("service", name)
            kind = next((entry.find(f"protocol/{tag}") for tag in ("tcp", "udp") if entry is not None and entry.find(f"protocol/{tag}") is not None), None)
            if kind is None:
                unknown.append(name)
            else:
                found.append(Ports(kind.tag, kind.findtext("port") or ""))
        return tuple(found), unknown


def _packet_form(value: str) -> str | None:
    try:
        if "-" in value:
            first, last = (ipaddress.ip_address(part.strip()) for part in value.split("-"))
            return f"{first}-{last}"
        return str(ipaddress.ip_interface(value).network)
    except ValueError:
        return None
