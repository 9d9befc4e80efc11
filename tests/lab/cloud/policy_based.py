# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A far side that takes traffic between pairs of networks only, as the routers of some clouds do: no inside addresses, no BGP."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field, replace
from typing import Any

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.enclave import Enclave
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.ike_daemon import TUN, IkeDaemon, ends, wait_for
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.internet import Internet
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.running import Credentials

#: Of one that only answers, and of one that begins.
_START = {False: {"start_action": "none"}, True: {"start_action": "start", "close_action": "start", "dpd_action": "restart"}}


@dataclass(frozen=True)
class PolicyBasedPeer:
    """What its owner set. Identities are addresses or names; proposals are in strongSwan's words. The defaults are those of ZStack Cloud.

    ``key``: the pre-shared key, or the certificates that stand for one. ``begins``: it negotiates by itself, and anew when it has lost the tunnel.
    """

    outside: str
    customer_outside: str
    key: str | Credentials = field(repr=False)
    networks: tuple[str, ...]
    customer_networks: tuple[str, ...]
    identity: str = ""
    customer_identity: str = ""
    version: str = "2"
    ike: tuple[str, ...] = ("aes256-sha256-modp1024",)
    esp: tuple[str, ...] = ("aes256-sha256-modp2048",)
    begins: bool = False
    aggressive: bool = False


class PolicyBasedSide:
    """The router, with a host's address, number 10, in each of its networks."""

    def __init__(self, enclave: Enclave, internet: Internet, settings: PolicyBasedPeer, number: int) -> None:
        self.enclave = enclave
        self.host = f"peer{number}"
        self.internet = internet
        self.settings = settings
        self.addresses = [str(ipaddress.ip_network(network)[10]) for network in settings.networks]
        enclave.add_hosts(self.host)
        internet.join(self.host, settings.outside)
        enclave.run("; ".join(f"ip addr add {address}/32 dev lo" for address in self.addresses), self.host)
        self.ike = IkeDaemon(enclave, self.host)

    def start(self) -> None:
        self.ike.start()
        wait_for([self.ike])
        routes = "; ".join(f"ip route replace {network} dev {TUN} src {self.addresses[0]}" for network in self.settings.customer_networks)
        self.enclave.run(f"ip link set {TUN} up; {routes}", self.host)
        self.load()

    def load(self) -> None:
        self.ike.load(self._connection(), self.settings.key)

    def move(self, address: str) -> None:
        """To another address, as of a line that gets a new one every night; it says no goodbye."""
        self.ike.kill()
        self.internet.move(self.host, self.settings.outside, address)
        self.settings = replace(self.settings, outside=address)
        self.start()

    def change(self, **values: Any) -> None:
        """Other settings: as with the product, the tunnel is down for a moment."""
        self.settings = replace(self.settings, **values)
        self.ike.terminate()
        self.ike.unload()
        self.load()

    def _connection(self) -> dict[str, Any]:
        settings = self.settings
        pairs = [(own, other) for own in settings.networks for other in settings.customer_networks]
        children = {
            f"pair{number}": {"local_ts": [own], "remote_ts": [other], "esp_proposals": list(settings.esp), **_START[settings.begins]}
            for number, (own, other) in enumerate(pairs, start=1)
        }
        return {
            "version": settings.version, "local_addrs": [settings.outside], "remote_addrs": [settings.customer_outside], "encap": "yes", "mobike": "no",
            "aggressive": "yes" if settings.aggressive else "no", "proposals": list(settings.ike), "children": children, "keyingtries": "0",
            **ends(settings.key, settings.identity or settings.outside, settings.customer_identity or settings.customer_outside),
        }
