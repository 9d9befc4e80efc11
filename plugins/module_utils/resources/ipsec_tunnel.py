# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""IPsec tunnels: which interface, which peer, which proposals, what is monitored."""

from __future__ import annotations

import re

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.single import entries, single
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.places import PLACES
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import NAME, Choice, Entries, Group, Leaf, Table

_PORTS = (
    Leaf("local_port", "local-port", "int", minimum=0, maximum=65535, absent=0),
    Leaf("remote_port", "remote-port", "int", minimum=0, maximum=65535, absent=0),
)
PROXY_ID_NODES = (
    Leaf("local", "local", form="network or name"),
    Leaf("remote", "remote", form="network or name"),
    Group("protocol", "protocol", (
        Leaf("any", "any", "empty"),
        Leaf("number", "number", "int", minimum=1, maximum=254),
        Group("tcp", "tcp", _PORTS),
        Group("udp", "udp", _PORTS),
    ), choices=(Choice("", ("any", "number", "tcp", "udp")),)),
)
# How many dash-separated sections of eight hexadecimal digits a manual key has.
_AUTHENTICATION_SECTIONS = {"md5": 4, "sha1": 5, "sha256": 8, "sha384": 12, "sha512": 16}
_ENCRYPTION_SECTIONS = {"des": 2, "3des": 6, "aes-128-cbc": 4, "aes-192-cbc": 6, "aes-256-cbc": 8}
NAME_LENGTH = 63
_SPI = r"[01][0-9A-Fa-f]{7}"
_SPI_FORM = "eight hexadecimal digits from 00001000 to 1FFFFFFF"


def refuse_wrong_key_length(values, platform):
    manual = values.get("manual_key") or {}
    for protocol in ("esp", "ah"):
        branch = (manual.get(protocol) or {}).get("authentication") or {}
        for algorithm, sections in _AUTHENTICATION_SECTIONS.items():
            _check_key(branch.get(algorithm), sections, f"manual_key.{protocol}.authentication.{algorithm}")
    encryption = (manual.get("esp") or {}).get("encryption") or {}
    _check_key(encryption.get("key"), _ENCRYPTION_SECTIONS.get(encryption.get("algorithm", "aes-128-cbc")), "manual_key.esp.encryption.key")


def _check_key(key, sections, option):
    if key is None or sections is None or key.startswith("-AQ=="):
        return
    if not re.fullmatch(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{8}){%d}" % (sections - 1), key):
        raise InvalidInput(f"{option}: the key (not shown) must be {sections} sections of eight hexadecimal digits, separated by dashes")


def check_operational_name(tunnel, proxy):
    """PAN-OS counts the tunnel's and the proxy ID's name and the colon between them."""
    operational = f"{tunnel}:{proxy}"
    if len(operational) > NAME_LENGTH:
        raise InvalidInput(f"proxy ID '{proxy}': '{operational}' is {len(operational)} characters long, PAN-OS allows {NAME_LENGTH} for both names")


def _authentication(path, with_none):
    leaves = tuple(Leaf(name, f"{name}/key", "secret") for name in _AUTHENTICATION_SECTIONS)
    none = (Leaf("none", "none", "empty"),) if with_none else ()
    return Group("authentication", path, leaves + none,
                 choices=(Choice("", tuple(_AUTHENTICATION_SECTIONS) + (("none",) if with_none else ())),))


MANUAL_KEY = Group("manual_key", "manual-key", (
    Group("local_address", "local-address", (
        Leaf("interface", "interface", refers_to=("interface",)),
        Leaf("ip", "ip", max_length=63, form="interface address or name"),
        Leaf("floating_ip", "floating-ip", max_length=63, form="interface address or name"),
    ), choices=(Choice("", ("ip", "floating-ip")),)),
    Leaf("peer_address", "peer-address/ip", form="address or name"),
    Leaf("local_spi", "local-spi", pattern=_SPI, form=_SPI_FORM),
    Leaf("remote_spi", "remote-spi", pattern=_SPI, form=_SPI_FORM),
    Group("esp", "esp", (
        _authentication("authentication", True),
        Group("encryption", "encryption", (
            Leaf("algorithm", "algorithm", choices=("des", "3des", "aes-128-cbc", "aes-192-cbc", "aes-256-cbc", "null")),
            Leaf("key", "key", "secret"),
        )),
    )),
    Group("ah", "ah", (_authentication("", False),)),
), choices=(Choice("", ("esp", "ah")),))

TABLE = Table(
    "ipsec_tunnel", *PLACES["ipsec_tunnel"], words="IPsec tunnel", interrupts="the tunnel is negotiated anew", negotiated=True, at_once=("disabled",),
    nodes=(
        Leaf("disabled", "disabled", "bool", absent=False),
        Leaf("comment", "comment", max_length=1023, quiet=True),
        Leaf("ipv6", "ipv6", "bool", absent=False),
        Leaf("tunnel_interface", "tunnel-interface", refers_to=("tunnel_interface",)),
        Leaf("anti_replay", "anti-replay", "bool"),
        Leaf("anti_replay_window", "anti-replay-window", choices=("64", "128", "256", "512", "1024", "2048", "4096"), absent="1024"),
        Leaf("copy_tos", "copy-tos", "bool", absent=False),
        Leaf("copy_flow_label", "copy-flow-label", "bool", absent=False),
        Leaf("enable_gre_encapsulation", "enable-gre-encapsulation", "bool", absent=False),
        Leaf("ipsec_mode", "ipsec-mode", choices=("tunnel", "transport"), absent="tunnel", since=(11, 0, 2)),
        Group("tunnel_monitor", "tunnel-monitor", (
            Leaf("enable", "enable", "bool", absent=False),
            Leaf("destination_ip", "destination-ip", form="address"),
            Leaf("tunnel_monitor_profile", "tunnel-monitor-profile", refers_to=("monitor_profile",)),
            Leaf("proxy_id", "proxy-id"),
        ), quiet=True),
        # PAN-OS negotiates with one: a gateway beside the one that is given would be another value, and no addition to it.
        Entries("ike_gateways", "auto-key/ike-gateway", refers_to=("ike_gateway",), exact=True),
        Leaf("ipsec_crypto_profile", "auto-key/ipsec-crypto-profile", refers_to=("ipsec_crypto_profile",)),
        Entries("proxy_ids", "auto-key/proxy-id", PROXY_ID_NODES, name_pattern=NAME),
        Entries("proxy_ids_v6", "auto-key/proxy-id-v6", PROXY_ID_NODES, name_pattern=NAME),
        MANUAL_KEY,
    ),
    choices=(Choice("", ("auto-key", "manual-key", "global-protect-satellite")),),
    created={"anti_replay": True},
    required=("tunnel_interface", "ike_gateways|manual_key"),
    rules=(refuse_wrong_key_length,),
    name_pattern=r"[0-9A-Za-z][0-9A-Za-z_. -]*",
)


def refuse_monitor_without_target(request, tree):
    """The target can be given now or stand there already."""
    monitor = {} if request.state == "absent" else request.values.get("tunnel_monitor") or {}
    there = [entry.findtext("tunnel-monitor/destination-ip") for entry in entries(tree, request.base, TABLE, request.name)]
    kept = request.state == "present" and any(there)
    if monitor.get("enable") and not monitor.get("destination_ip") and not kept:
        raise InvalidInput(f"ipsec_tunnel '{request.name}': tunnel_monitor.destination_ip: an enabled monitor needs the address that it probes")


def refuse_monitor_of_no_proxy_id(request, tree):
    """The proxy ID can be given now or stand there already; a replaced tunnel keeps only those that are given."""
    proxy = None if request.state == "absent" else (request.values.get("tunnel_monitor") or {}).get("proxy_id")
    if proxy is None:
        return
    known = {item["name"] for option in ("proxy_ids", "proxy_ids_v6") for item in request.values.get(option) or ()}
    if request.state == "present":
        for entry in entries(tree, request.base, TABLE, request.name):
            known.update(found.get("name") for kind in ("proxy-id", "proxy-id-v6") for found in entry.findall(f"auto-key/{kind}/entry"))
    if proxy not in known:
        raise InvalidInput(f"ipsec_tunnel '{request.name}': tunnel_monitor.proxy_id: there is no proxy ID '{proxy}' in this tunnel; give it in proxy_ids")


def refuse_long_names(request, tree):
    for option in ("proxy_ids", "proxy_ids_v6"):
        for proxy in request.values.get(option) or ():
            check_operational_name(request.name, proxy["name"])


RESOURCE = single("ipsec_tunnel", TABLE, checks=(refuse_monitor_without_target, refuse_monitor_of_no_proxy_id, refuse_long_names))
