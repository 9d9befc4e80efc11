# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Network profiles: monitor, interface management, zone protection. Ranges: codegen schema."""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.kinds import (
    Name, by_name, entries, group, integer, text, undescribed, words, yes_no,
)

_ZONE_PROTECTION = entries(
    "zone-protection-profile",
    text("description", 255),
    *yes_no(
        "strict-ip-check", "discard-ip-spoof", "discard-ip-frag", "discard-strict-source-routing",
        "discard-loose-source-routing", "discard-timestamp", "discard-record-route", "discard-security",
        "discard-stream-id", "discard-unknown-option", "discard-malformed-option", "discard-icmp-ping-zero-id",
        "discard-icmp-frag", "discard-icmp-large-packet", "discard-icmp-error", "suppress-icmp-timeexceeded",
        "suppress-icmp-needfrag", "discard-tcp-split-handshake", "discard-tcp-syn-with-data",
        "discard-tcp-synack-with-data", "discard-overlapping-tcp-segment-mismatch", "remove-tcp-timestamp",
        "strip-tcp-fast-open-and-data",
    ),
    words("asymmetric-path", "global", "drop", "bypass"),
    words("tcp-reject-non-syn", "global", "yes", "no"),
    words("strip-mptcp-option", "global", "yes", "no"),
    undescribed("flood"),
    undescribed("scan"),
    undescribed("scan-white-list"),
    undescribed("ipv6"),
    undescribed("non-ip-protocol"),
    undescribed("l2-sec-group-tag-protection"),
    undescribed("net-inspection", since=(11, 0, 2)),
    name=Name(31),
    kind="zone-protection-profile",
)

PROFILES = group(
    "profiles",
    entries(
        "monitor-profile",
        integer("interval", 2, 100),
        integer("threshold", 2, 10),
        words("action", "wait-recover", "fail-over"),
        name=Name(31),
        kind="monitor-profile",
    ),
    entries(
        "interface-management-profile",
        *yes_no(
            "ping", "ssh", "telnet", "http", "https", "http-ocsp", "snmp", "response-pages", "userid-service",
            "userid-syslog-listener-ssl", "userid-syslog-listener-udp",
        ),
        entries("permitted-ip"),
        name=Name(31),
        kind="interface-management-profile",
    ),
    _ZONE_PROTECTION,
    *by_name("qos lldp-profile bfd-profile macsec-crypto-profile"),
)
