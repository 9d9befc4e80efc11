# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rulebases: security, policy-based forwarding, NAT.

Names and ranges: codegen schema. What a security rule misses is found at commit, a bad keyword and a mixed
``application-default`` at set time (measured on 12.1).
"""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.kinds import (
    HOST, Entries, Group, Name, Node, Reference, Text, address_or_name, by_name, empty, entries, group, leaf, members, one_of, text, words, yes_no,
)
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.objects import APPLICATION, SECURITY_PROFILES

_ZONE = Reference("zone", words=("any", "multicast"))
_ADDRESS = Reference("address")
_SERVICE = Reference("service", words=("any", "application-default", "service-http", "service-https"))
_RULE_NAME = Name(63)


def _about_a_rule() -> tuple[Node, ...]:
    return (
        members("tag", refers=Reference("tag")),
        text("group-tag", 127),
        text("description", 1024),
        *yes_no("disabled"),
        text("schedule"),
        group(
            "target",
            entries("devices", entries("vsys")),
            members("tags"),
            *yes_no("negate"),
        ),
    )


_PROFILES = tuple(members(kind, refers=Reference(f"{kind} profile", words=predefined)) for kind, predefined in SECURITY_PROFILES.items())

_SECURITY = entries(
    "rules",
    members("from", refers=_ZONE),
    members("to", refers=_ZONE),
    members("source", refers=_ADDRESS),
    members("destination", refers=_ADDRESS),
    members("source-user"),
    members("category"),
    members("application", refers=APPLICATION),
    members("service", refers=_SERVICE, alone=("application-default",)),
    members("source-imsi"),
    members("source-imei"),
    members("source-nw-slice"),
    members("source-hip"),
    members("destination-hip"),
    members("hip-profiles"),
    words("action", "allow", "deny", "drop", "reset-client", "reset-server", "reset-both"),
    words("rule-type", "universal", "intrazone", "interzone"),
    *yes_no("log-start", "log-end", "negate-source", "negate-destination", "icmp-unreachable", "disable-inspect"),
    leaf("log-setting", Text(63), Reference("log-setting")),
    group("option", *yes_no("disable-server-response-inspection")),
    group("qos", group("marking", one_of(text("ip-dscp"), text("ip-precedence"), *empty("follow-c2s-flow")))),
    group("profile-setting", one_of(members("group", refers=Reference("profile-group")), group("profiles", *_PROFILES))),
    *_about_a_rule(),
    name=_RULE_NAME,
    rules=True,
    required=("from", "to", "source", "destination", "service", "application", "action"),
)

_FORWARD = group(
    "forward",
    leaf("egress-interface", refers=Reference("interface")),
    group("nexthop", one_of(address_or_name("ip-address", HOST), text("fqdn", 255))),
    group(
        "monitor",
        leaf("profile", refers=Reference("monitor-profile")),
        address_or_name("ip-address", HOST),
        *yes_no("disable-if-unreachable"),
    ),
    required=("egress-interface",),
)

_PBF = entries(
    "rules",
    group(
        "from",
        one_of(members("zone", refers=_ZONE), members("interface", refers=Reference("interface")), required=True),
    ),
    members("source", refers=_ADDRESS),
    members("destination", refers=_ADDRESS),
    members("source-user"),
    members("application", refers=APPLICATION),
    members("service", refers=_SERVICE),
    *yes_no("negate-source", "negate-destination"),
    group(
        "action",
        one_of(_FORWARD, leaf("forward-to-vsys"), *empty("discard", "no-pbf"), required=True),
    ),
    group("enforce-symmetric-return", *yes_no("enabled"), entries("nexthop-address-list")),
    words("active-active-device-binding", "both", "0", "1"),
    *_about_a_rule(),
    name=_RULE_NAME,
    rules=True,
    required=("from", "source", "destination", "action"),
)

_NAT = entries(
    "rules",
    members("from", refers=_ZONE),
    members("to", refers=_ZONE),
    members("source", refers=_ADDRESS),
    members("destination", refers=_ADDRESS),
    leaf("service", refers=_SERVICE),
    words("nat-type", "ipv4", "nat64", "nptv6"),
    *by_name("active-active-device-binding destination-translation dynamic-destination-translation source-translation to-interface"),
    *_about_a_rule(),
    name=_RULE_NAME,
    rules=True,
    required=("from", "to", "source", "destination"),
)


def rulebase(tag: str) -> Group:
    """``rulebase`` on a firewall; ``pre-rulebase`` and ``post-rulebase`` on Panorama."""

    def rules_of(kind: str, rules: Entries) -> Group:
        return group(kind, rules)

    others = by_name(
        "application-override authentication captive-portal decryption default-security-rules dos network-packet-broker qos sdwan tunnel-inspect"
    )
    return group(tag, rules_of("security", _SECURITY), rules_of("pbf", _PBF), rules_of("nat", _NAT), *others)
