# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The network between the firewall's outside interfaces and everybody else's endpoints: one router that knows only addresses."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.enclave import Enclave, splice

HOST = "internet"

#: Bytes that ESP takes here for its UDP header and on the wire of a firewall, mostly, not: lines carry that much more, so that what fits there fits here.
ENCAPSULATION = 8

# A cut path drops what passes, a provider what did not come from its customer, and a NAT device rewrites single packets: none of them keeps a state.
_TABLES = """
table ip cut {
  chain forward { type filter hook forward priority 0; }
}
table ip provider {
  chain arrives { type filter hook prerouting priority -200; }
}
table ip nat {
  chain in { type filter hook prerouting priority -300; }
  chain out { type filter hook postrouting priority 300; }
}
"""


@dataclass(frozen=True)
class Translation:
    """Between ``peer`` and a NAT device in front of the firewall, the firewall's ``private`` address is ``public``."""

    peer: str
    public: str
    private: str


class Internet:
    """``join`` connects a host that has nothing but addresses of its own; ``serve`` is the provider's side of an access line.

    A firewall may have several lines. A provider takes from each only what has an address of that line: who sends the packets of one line's address
    into the other one loses them.
    """

    def __init__(self, enclave: Enclave) -> None:
        self.enclave = enclave
        self._joined = 0
        self._gateways: dict[str, tuple[str, ...]] = {}
        self._led: dict[str, str] = {}
        self._translated: frozenset[Translation] = frozenset()
        enclave.add_hosts(HOST)
        self._load(_TABLES)

    def _load(self, text: str) -> None:
        self.enclave.run(f"nft -f - <<'END'\n{text}\nEND", HOST)

    def join(self, host: str, address: str) -> None:
        self._joined += 1
        number, device = self._joined, f"to-{host}"[:15]
        carrier = f"100.65.{number // 64}.{number % 64 * 4}"
        ours, theirs = (carrier.rpartition(".")[0] + f".{number % 64 * 4 + offset}" for offset in (1, 2))
        self.enclave.link(HOST, device, host, "public", 1500 + ENCAPSULATION)
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

    def move(self, host: str, before: str, now: str) -> None:
        """A host that joined has another address from now on."""
        carrier = self.enclave.run(f"ip route show {before}", HOST).split()
        theirs = carrier[carrier.index("via") + 1]
        ours = str(ipaddress.ip_address(theirs) - 1)
        self.enclave.run(f"ip -n {HOST} route del {before}; ip -n {HOST} route add {now} via {theirs}; ip -n {host} addr add {now}/32 dev lo; "
                         f"ip -n {host} route replace default via {ours} src {now}; ip -n {host} addr del {before}/32 dev lo")

    def meet(self, other: Internet, ours: str, theirs: str) -> None:
        """One internet with another lab's: C(ours) is a network that is here, C(theirs) one that is there."""
        splice(self.enclave, HOST, other.enclave, HOST, "beyond")
        for internet, address, hop, network in ((self, "100.64.0.1", "100.64.0.2", theirs), (other, "100.64.0.2", "100.64.0.1", ours)):
            internet.enclave.run(f"ip link set beyond mtu {1500 + ENCAPSULATION}; ip addr add {address}/30 dev beyond; ip route add {network} via {hop}", HOST)

    # Lines.

    def serve(self, host: str, device: str) -> None:
        """The far end of a host's device: one more line, on which nothing is spoken yet."""
        self.enclave.link(HOST, line(device), host, device, 1500 + ENCAPSULATION)
        self._gateways[device] = ()

    def answer_as(self, device: str, gateways: tuple[str, ...]) -> None:
        """The addresses (and masks) that the host takes for its gateways on the line."""
        if self._gateways.get(device, gateways) == gateways:
            return
        self._gateways[device] = gateways
        far = line(device)
        lines = [f"ip -{family} -n {HOST} addr flush dev {far} scope global" for family in (4, 6)]
        lines += [f"ip -n {HOST} addr add {gateway} dev {far}{' nodad' if ':' in gateway else ''}" for gateway in gateways]
        self.enclave.run("\n".join(lines))
        # The kernel forgets routes by an address that goes.
        for address, hop in self._led.items():
            self.enclave.run(f"ip -n {HOST} route replace {address} via {hop}", check=False)
        self._filter_sources()

    def leave(self, device: str) -> None:
        """No line any more."""
        if self._gateways.pop(device, None) is not None:
            self._filter_sources()

    def lead(self, address: str, to: str) -> None:
        """The way to an address behind a host's address on its line."""
        if self._led.get(address) == to:
            return
        self._led[address] = to
        self.enclave.run(f"ip -n {HOST} route replace {address} via {to}")
        self._filter_sources()

    def _filter_sources(self) -> None:
        rules = []
        for device, gateways in self._gateways.items():
            networks = [str(ipaddress.ip_interface(gateway).network) for gateway in gateways if ":" not in gateway]
            if networks:
                rules.append(f'add rule ip provider arrives iifname "{line(device)}" ip saddr != {{ {", ".join([*networks, *self._led])} }} drop')
        self._load("\n".join(["flush chain ip provider arrives", *rules]))

    def translate(self, wanted: frozenset[Translation]) -> None:
        """What NAT devices in front of the firewall do from now on."""
        if wanted == self._translated:
            return
        rules = ["flush table ip nat"]
        for each in sorted(wanted, key=str):
            rules += [f"add rule ip nat in ip saddr {each.peer} ip daddr {each.public} ip daddr set {each.private}",
                      f"add rule ip nat out ip saddr {each.private} ip daddr {each.peer} ip saddr set {each.public}"]
        self._load("\n".join(rules))
        self._translated = wanted

    # Faults.

    def cut(self, address: str) -> None:
        """Nothing from or to this address arrives any more, and nobody is told."""
        self.enclave.run(f"nft add rule ip cut forward ip saddr {address} drop; nft add rule ip cut forward ip daddr {address} drop", HOST)

    def cut_line(self, device: str) -> None:
        """Nothing passes the line behind a device of the firewall, such as eth1-7, any more, though its link stays up."""
        self.enclave.run(f"nft add rule ip cut forward iifname {line(device)} drop; nft add rule ip cut forward oifname {line(device)} drop", HOST)

    def drop_fragments(self) -> None:
        """Packets that were divided on the way do not arrive."""
        self.enclave.run("nft add rule ip cut forward ip frag-off and 0x3fff != 0 drop", HOST)

    def mend(self) -> None:
        """All paths work again."""
        self.enclave.run("nft flush chain ip cut forward", HOST)


def line(device: str) -> str:
    """The provider's end of the line behind a device of the firewall."""
    return f"line-{device}"[:15]
