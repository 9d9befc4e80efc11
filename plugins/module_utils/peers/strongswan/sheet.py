# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What stands in a swanctl.conf of strongSwan, by its own keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.sheet import End, Row, Section

TITLE = "strongSwan (swanctl.conf)"

_CIPHERS = {"3des": "3des", "aes-128-cbc": "aes128", "aes-192-cbc": "aes192", "aes-256-cbc": "aes256", "aes-128-gcm": "aes128gcm16",
            "aes-256-gcm": "aes256gcm16"}
_GROUPS = {"group1": "modp768", "group2": "modp1024", "group5": "modp1536", "group14": "modp2048", "group15": "modp3072", "group16": "modp4096",
           "group19": "ecp256", "group20": "ecp384", "group21": "ecp521"}


def sections(name: str, ends: Sequence[End]) -> Iterator[Section]:
    for end in ends:
        called = name if len(ends) == 1 else f"{name}-{end.number}"
        ike, esp = _proposals(end)
        tunnel, connection = end.tunnel, f"connections.{called}"
        dpd = f"{tunnel.dpd.interval}s" if tunnel.dpd and tunnel.dpd.interval else "10s"
        yield Section(connection, (
            Row(f"{connection}.version", "1" if tunnel.ike.version == "ikev1" else "2"), Row(f"{connection}.local_addrs", tunnel.outside_address),
            Row(f"{connection}.remote_addrs", end.firewall_address), Row(f"{connection}.proposals", ike),
            Row(f"{connection}.rekey_time", f"{tunnel.ike.lifetime_seconds}s"), Row(f"{connection}.dpd_delay", dpd),
            Row(f"{connection}.local.auth", "psk"), Row(f"{connection}.local.id", end.own_id),
            Row(f"{connection}.remote.auth", "psk"), Row(f"{connection}.remote.id", end.firewall_id)))
        for number, (theirs, ours) in enumerate(_selectors(end), 1):
            child = f"{connection}.children.{called if number == 1 else f'{called}-{number}'}"
            yield Section(child, (
                Row(f"{child}.local_ts", theirs), Row(f"{child}.remote_ts", ours), Row(f"{child}.esp_proposals", esp),
                Row(f"{child}.rekey_time", f"{tunnel.ipsec.lifetime_seconds}s"),
                Row(f"{child}.start_action", "trap" if tunnel.initiator == "firewall" else "start")))
        yield Section(f"secrets.ike-{called}", (
            Row(f"secrets.ike-{called}.id-1", end.own_id), Row(f"secrets.ike-{called}.id-2", end.firewall_id), end.key_row(f"secrets.ike-{called}.secret")))
        if end.own_inside:
            yield Section("Route-based tunnels", (
                Row("address of the tunnel interface", end.own_inside),
                *((Row("BGP neighbour", end.firewall_bgp_address), Row("BGP neighbour's AS", str(end.bgp.local_as or "")),
                   Row("own AS", str(end.bgp.peer_as or "")), Row("BGP timers", f"{end.bgp.keep_alive} {end.bgp.hold_time}")) if end.bgp else ())))


def _proposals(end: End) -> tuple[str, str]:
    """Of phase 1 and phase 2. Where a cipher authenticates by itself, phase 1 needs a pseudo-random function besides."""
    ike, ipsec = end.tunnel.ike, end.tunnel.ipsec
    hashed = "sha256" if ike.hash == "non-auth" else ike.hash
    function = f"prf{hashed}" if ike.encryption.endswith("-gcm") else hashed
    first = "-".join((_CIPHERS.get(ike.encryption, ike.encryption), function, _GROUPS.get(ike.dh_group, ike.dh_group)))
    parts = [_CIPHERS.get(ipsec.encryption, ipsec.encryption)]
    parts += [ipsec.authentication] if ipsec.authentication != "none" else []
    parts += [_GROUPS.get(ipsec.dh_group, ipsec.dh_group)] if ipsec.dh_group != "no-pfs" else []
    return first, "-".join(parts)


def _selectors(end: End) -> list[tuple[str, str]]:
    return [(pair.remote, pair.local) for pair in end.pairs] or [("0.0.0.0/0", "0.0.0.0/0")]
