# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Applications that come with PAN-OS's content, as far as VPNs, their tests and what usually crosses them name them.

The content knows thousands more, and another release of it others: an application that is missing here is made as an object of that name.
"""

from __future__ import annotations

_TUNNELS = "ike ipsec ipsec-ah ipsec-esp ipsec-esp-udp gre gtp gtp-u l2tp pptp open-vpn ciscovpn panos-global-protect vxlan teredo"
_ROUTING = "bgp ospfigp rip eigrp pim igmp vrrp hsrp"
_NETWORK = (
    "ping ping6 icmp ipv6-icmp traceroute dns dns-base dns-over-https dns-over-tls dhcp dhcpv6 ntp ntp-base snmp snmp-base snmp-trap snmpv1 snmpv2 snmpv3 "
    "syslog netflow stun upnp mdns llmnr ssdp netbios-dg netbios-ns netbios-ss radius tacacs tacacs-plus diameter ldap kerberos active-directory "
    "active-directory-base ms-netlogon msrpc msrpc-base unknown-tcp unknown-udp unknown-p2p"
)
_WEB = (
    "web-browsing ssl quic http2 http-proxy websocket google-base youtube-base facebook facebook-base github github-base dropbox-base zoom zoom-base "
    "webex-base ms-office365 ms-office365-base ms-teams ms-update ms-exchange sharepoint-online windows-azure windows-azure-base paloalto-updates "
    "paloalto-wildfire-cloud paloalto-userid-agent panorama webdav soap"
)
_SERVERS = (
    "ssh telnet ftp tftp rsync smtp smtp-base pop3 imap ms-rdp vnc vnc-base x11 citrix ms-ds-smb ms-ds-smb-base ms-ds-smbv1 ms-ds-smbv2 ms-ds-smbv3 nfs iscsi "
    "rpc portmapper mssql-db mssql-mon mysql oracle postgres db2 mongodb redis cassandra ms-wmi winrm git subversion vmware zabbix splunk amqp "
    "mqtt mqtt-base modbus modbus-base dnp3 sip h.323 rtp rtp-base rtcp rtsp mgcp sccp skype jabber lpd ipp bittorrent"
)

#: All of them, for rules.
PREDEFINED_APPLICATIONS = tuple(f"{_TUNNELS} {_ROUTING} {_NETWORK} {_WEB} {_SERVERS}".split())
