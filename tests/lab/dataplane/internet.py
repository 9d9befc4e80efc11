# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The network between the firewall's outside interfaces and everybody else's endpoints: one router that knows only addresses."""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.enclave import Enclave

HOST = "internet"


class Internet:
    """``join`` connects a host that has nothing but addresses of its own; ``serve`` is the provider's side of an access line."""

    def __init__(self, enclave: Enclave) -> None:
        self.enclave = enclave
        self._joined = 0
        enclave.add_hosts(HOST)
        enclave.run("nft add table ip cut; nft 'add chain ip cut forward { type filter hook forward priority 0; }'; nft add table ip nat; "
                    "nft 'add chain ip nat in { type nat hook prerouting priority dstnat; }'; "
                    "nft 'add chain ip nat out { type nat hook postrouting priority srcnat; }'", HOST)

    def join(self, host: str, address: str) -> None:
        self._joined += 1
        number, device = self._joined, f"to-{host}"[:15]
        carrier = f"100.65.{number // 64}.{number % 64 * 4}"
        ours, theirs = (carrier.rpartition(".")[0] + f".{number % 64 * 4 + offset}" for offset in (1, 2))
        self.enclave.link(HOST, device, host, "public")
        if ":" in address:
            ours, theirs = (f"fd65:{number:x}::{offset}" for offset in (1, 2))
            self.enclave.run(
                f"ip -n {HOST} addr add {ours}/126 dev {device}; ip -n {host} addr add {theirs}/126 dev public; "
                f"ip -n {host} addr add {address}/128 dev lo nodad; "
                f"ip -n {HOST} route add {address} via {theirs}; ip -6 -n {host} route add default via {ours} src {address}"
            )
            return
        self.enclave.run(
            f"ip -n {HOST} addr add {ours}/30 dev {device}; ip -n {host} addr add {theirs}/30 dev public; ip -n {host} addr add {address}/32 dev lo; "
            f"ip -n {HOST} route add {address} via {theirs}; ip -n {host} route add default via {ours} src {address}"
        )

    def serve(self, host: str, device: str, gateways: list[str]) -> None:
        """The far end of a host's device, with the addresses (and masks) that this host takes for its gateways."""
        far = f"line-{device}"[:15]
        self.enclave.link(HOST, far, host, device)
        self.enclave.run("\n".join(f"ip -n {HOST} addr add {gateway} dev {far}" for gateway in gateways) or "true")

    def lead(self, address: str, to: str) -> None:
        """The way to an address behind a host's address on its line."""
        self.enclave.run(f"ip -n {HOST} route replace {address} via {to}")

    def translate(self, public: str, private: str) -> None:
        """A NAT device in front of a private address."""
        self.enclave.run(f"nft add rule ip nat in ip daddr {public} dnat to {private}; nft add rule ip nat out ip saddr {private} snat to {public}; "
                         f"ip addr add {public}/32 dev lo", HOST)

    def cut(self, address: str) -> None:
        """Nothing from or to this address arrives any more, and nobody is told."""
        self.enclave.run(f"nft add rule ip cut forward ip saddr {address} drop; nft add rule ip cut forward ip daddr {address} drop", HOST)

    def mend(self) -> None:
        """All paths work again."""
        self.enclave.run("nft flush chain ip cut forward", HOST)
