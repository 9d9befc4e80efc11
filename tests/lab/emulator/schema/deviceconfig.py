# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Device settings that VPNs depend on: host name, routing engine, HA."""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.schema.kinds import by_name, group, yes_no

DEVICECONFIG = group(
    "deviceconfig",
    # Usable from 10.2; takes effect after commit and reboot.
    group(
        "setting",
        *yes_no("advance-routing", since=(10, 2)),
        *by_name(
            "alerts application auto-mac-detect autofocus cfm cloud-userid cloudapp config ctd custom-logo device-telemetry dhcp-syslog-server dlp dns "
            "global-protect gtp hawkeye http2 hypershield icd inline-cloud iot jumbo-frame l3-service lldp logging management nat nat64 netflow-v6 packet "
            "pow proxy quota resource-allocation sctp sd-wan session ssl-decrypt sslmgr sslvpn tcp tls tunnel-acceleration tunnel-monitoring udp url "
            "user-id-hub util vpn wildfire zip ztp"
        ),
    ),
    *by_name("system high-availability cluster panorama-server plugins"),
)
