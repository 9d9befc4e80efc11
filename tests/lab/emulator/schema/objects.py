# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Objects that rules and networks name: addresses, groups, services, tags, certificates.

An ip-netmask is format-checked at set time; address and address-group share one name space (both measured on 12.1).
"""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.applications import PREDEFINED_APPLICATIONS
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.kinds import (
    Address, Group, Name, Node, Reference, Text, entries, group, leaf, members, one_of, text, undescribed, yes_no,
)

_TAGS = members("tag", refers=Reference("tag"))
#: What rules and groups name as an application; a name that is not there fails at commit (likely, as for services and profiles).
APPLICATION = Reference("application", words=("any", *PREDEFINED_APPLICATIONS))


def _ports(tag: str) -> Group:
    """That a service without a port fails at commit is measured on 12.1."""
    return group(tag, text("port", 1023), text("source-port", 1023), undescribed("override"), required=("port",))


#: Kind of security profile → those that come with every PAN-OS (vendor's page on security profiles).
SECURITY_PROFILES = {
    "virus": ("default",), "spyware": ("default", "strict"), "vulnerability": ("default", "strict"), "url-filtering": ("default",),
    "file-blocking": ("basic file blocking", "strict file blocking"), "wildfire-analysis": ("default",), "data-filtering": (), "gtp": (), "sctp": (),
}
#: Lists whose entries must not share a name.
SHARED_NAME_SPACES = (("address", "address-group"), ("service", "service-group"))


def objects() -> tuple[Node, ...]:
    """What stands in a vsys, in a device group, and in ``shared`` alike."""
    return (
        entries(
            "address",
            one_of(
                leaf("ip-netmask", Address()), text("ip-range"), text("ip-wildcard"), leaf("fqdn", Text(255, 1)), required=True,
            ),
            text("description", 1023),
            _TAGS,
            *yes_no("disable-override"),
            name=Name(63),
            kind="address",
        ),
        entries(
            "address-group",
            one_of(
                members("static", refers=Reference("address")), group("dynamic", leaf("filter", Text(2047))), required=True,
            ),
            text("description", 1023),
            _TAGS,
            *yes_no("disable-override"),
            name=Name(63),
            kind="address",
        ),
        entries(
            "service", group("protocol", one_of(_ports("tcp"), _ports("udp"), required=True)), text("description", 1023), _TAGS,
            *yes_no("disable-override"), name=Name(63), kind="service", required=("protocol",),
        ),
        entries("service-group", name=Name(63), kind="service", open=True),
        entries("application", name=Name(31), kind="application", open=True),
        entries("application-filter", name=Name(31), kind="application", open=True),
        entries("application-group", members("members", refers=APPLICATION), *yes_no("disable-override"), name=Name(31), kind="application"),
        entries("external-list", name=Name(63), kind="address", open=True),
        entries("region", name=Name(63), kind="address", open=True),
        entries("tag", name=Text(127), kind="tag", open=True),
        entries("certificate", kind="certificate", open=True),
        group("log-settings", entries("profiles", name=Name(63), kind="log-setting", open=True), open=True),
        entries("profile-group", name=Name(63), kind="profile-group", open=True),
        group("profiles", *(entries(kind, name=Name(63), kind=f"{kind} profile", open=True) for kind in SECURITY_PROFILES), open=True),
    )
