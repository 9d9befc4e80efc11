# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A configuration of several megabytes, as years of use make it out of a small one. The same each time."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Callable

#: How many of each kind make 5 MB, in proportions as one finds them: objects by the thousand, rules by the hundred.
ADDRESSES, GROUPS, SERVICES, RULES, REPORTS = 18000, 1200, 3000, 900, 3300
SUBINTERFACES, ROUTES = 120, 500


def enlarge(configuration: str) -> str:
    """The text of a configuration (``<config>`` with a vsys1 and a router of either engine), grown to about 5 MB."""
    root = ET.fromstring(configuration)
    device = root.find("devices/entry")
    vsys = device.find("vsys/entry[@name='vsys1']")
    _many(vsys, "address", ADDRESSES, _address)
    _many(vsys, "address-group", GROUPS, _group)
    _many(vsys, "service", SERVICES, _service)
    _many(_child(root.find("shared"), "reports"), None, REPORTS, _report)
    _rules(vsys.find("rulebase/security/rules"))
    _interfaces(device.find("network/interface/aggregate-ethernet/entry/layer3/units"), vsys)
    _routes(device.find("network"))
    return ET.tostring(root, encoding="unicode")


def _child(parent: ET.Element, tag: str) -> ET.Element:
    found = parent.find(tag)
    return ET.SubElement(parent, tag) if found is None else found


def _many(parent: ET.Element, tag: str | None, count: int, make: Callable[[int], str]) -> None:
    container = parent if tag is None else _child(parent, tag)
    for number in range(count):
        container.append(ET.fromstring(make(number)))


def _members(tag: str, *values: str) -> str:
    return f"<{tag}>{''.join(f'<member>{value}</member>' for value in values)}</{tag}>"


def _host(number: int) -> str:
    return f"172.{16 + number // 65536}.{number // 256 % 256}.{number % 256}"


def _address(number: int) -> str:
    return (f'<entry name="host-{number:05}"><ip-netmask>{_host(number)}</ip-netmask>'
            f"<description>server {number} of the data centre, ticket CHG{number:07}</description></entry>")


def _group(number: int) -> str:
    hosts = [f"host-{(number * 15 + each) % ADDRESSES:05}" for each in range(15)]
    return f'<entry name="group-{number:03}">{_members("static", *hosts)}</entry>'


def _service(number: int) -> str:
    return f'<entry name="tcp-{number + 1024}"><protocol><tcp><port>{number + 1024}</port></tcp></protocol></entry>'


def _report(number: int) -> str:
    return (f'<entry name="report-{number}"><type><traffic>{_members("aggregate-by", "src", "dst", "app", "rule")}<sortby>bytes</sortby>'
            f"</traffic></type><period>last-7-days</period><topn>50</topn><caption>weekly report {number}</caption></entry>")


def _rules(rules: ET.Element) -> None:
    """Allows between the zones in front of the deny at the end, and one deny that could see any traffic at the top."""
    for number in range(RULES):
        rules.insert(number, ET.fromstring(_rule(number)))
    rules.insert(0, ET.fromstring(_rule_text("blocked destinations", ("any",), ("any",), ("any",), ("group-000",), "deny")))


def _rule(number: int) -> str:
    zones = [("trust", "dmz"), ("dmz", "untrust"), ("trust", "untrust"), ("branch", "dmz")][number % 4]
    sources = [f"group-{(number + each) % GROUPS:03}" for each in range(2)]
    targets = [f"group-{(number * 3 + each) % GROUPS:03}" for each in range(3)]
    return _rule_text(f"application {number}", (zones[0],), (zones[1],), sources, targets, "allow")


def _rule_text(name, zones_from, zones_to, sources, targets, action) -> str:
    return (
        f'<entry name="{name}">{_members("from", *zones_from)}{_members("to", *zones_to)}{_members("source", *sources)}'
        f'{_members("destination", *targets)}{_members("source-user", "any")}{_members("category", "any")}{_members("application", "any")}'
        f'{_members("service", "any" if action == "deny" else "application-default")}<action>{action}</action><log-end>yes</log-end>'
        f"<description>requested by the owner of {name}</description></entry>"
    )


def _interfaces(units: ET.Element, vsys: ET.Element) -> None:
    imported = vsys.find("import/network/interface")
    for number in range(SUBINTERFACES):
        name = f"ae1.{1000 + number}"
        units.append(ET.fromstring(
            f'<entry name="{name}"><tag>{1000 + number}</tag><ip><entry name="10.128.{number}.1/24"/></ip><comment>floor {number}</comment></entry>'))
        ET.SubElement(imported, "member").text = name


def _routes(network: ET.Element) -> None:
    routes = network.find("virtual-router/entry[@name='default']/routing-table/ip/static-route")
    for number in range(ROUTES):
        routes.append(ET.fromstring(
            f'<entry name="site-{number}"><destination>10.{192 + number // 256}.{number % 256}.0/24</destination><interface>ethernet1/2</interface>'
            "<nexthop><ip-address>10.20.0.254</ip-address></nexthop><metric>10</metric></entry>"))
