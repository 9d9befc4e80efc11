# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""AWS's side of VPN connections: for each one two endpoints and a host in the VPC behind them."""

from __future__ import annotations

import ipaddress
from dataclasses import replace
from typing import Any, Union

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud import proposals
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud.connection import Connection, Endpoint
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.enclave import Enclave
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.ike_daemon import TUN, IkeDaemon, wait_for
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.internet import Internet
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.routing_daemon import RoutingDaemon

CHILD = "vpc"

Address = Union[ipaddress.IPv4Address, ipaddress.IPv6Address]

#: What AWS was seen to tell a customer: the second tunnel is the preferred one.
MED = {1: 200, 2: 100}

#: Of the tunnels, as AWS tells customers.
MTU = 1446

_QUICK = "connect delay time 1; connect retry time 2; error wait time 1,2;"


class AwsEndpoint:
    """One tunnel endpoint. ``dead_after``: seconds until it gives up on a silent customer, instead of what the connection says."""

    def __init__(self, enclave: Enclave, internet: Internet, host: str, connection: Connection, endpoint: Endpoint, dead_after: float | None) -> None:
        self.enclave = enclave
        self.host = host
        self.connection = connection
        self.endpoint = endpoint
        self._patience = float(dead_after or endpoint.dead_after)
        enclave.add_hosts(host)
        internet.join(host, endpoint.outside)
        # Probes wait a third of the patience; five tries share the rest.
        self.ike = IkeDaemon(enclave, host, (round(self._patience * 2 / 15, 2), 4))
        self.routing = RoutingDaemon(enclave, host)

    def start(self) -> None:
        """Its IKE daemon, afresh. A prefix that it announced without BGP is withdrawn until its SA is up again."""
        self.ike.start()

    def ready(self) -> None:
        """Its addresses and its terms, once its IKE daemon answers."""
        address = f"{self.endpoint.inside}/{self.endpoint.prefix_length}"
        selector = ipaddress.ip_network(self.connection.aws_network)
        narrow = (f"ip addr replace {selector[0] if selector.num_addresses == 1 else selector[1]}/{selector.max_prefixlen} dev lo; "
                  if selector.prefixlen else "")
        if self.endpoint.inside_ipv6 and self.enclave.ipv6:
            narrow += f"ip addr replace {self.endpoint.inside_ipv6}/126 dev {TUN}; "
        self.enclave.run(f"{narrow}ip addr replace {address} dev {TUN}; ip link set {TUN} mtu {min(MTU, self.ike.largest)} up", self.host)
        self.load()

    def load(self) -> None:
        self.ike.load(self._connection(), self.endpoint.key)

    def restart(self) -> None:
        self.start()
        wait_for([self.ike])
        self.ready()

    def kill(self) -> None:
        """The endpoint is gone: no goodbye, no answer."""
        self.ike.kill()
        if not self.connection.dynamic:
            self.routing.command("disable customer")

    def change(self, **values: Any) -> None:
        """Other settings of this endpoint, as after a change of the tunnel's options: the SA goes down, new ones must comply."""
        self.endpoint = replace(self.endpoint, **values)
        self.load()
        self.ike.terminate()

    def narrow(self, aws_network: str, customer_network: str) -> None:
        """Other traffic selectors."""
        self.connection = replace(self.connection, aws_network=aws_network, customer_network=customer_network)
        self.change()

    def _connection(self) -> dict[str, Any]:
        endpoint = self.endpoint
        version = {("ikev1",): "1", ("ikev2",): "2"}.get(endpoint.ike_versions, "0")
        delay = max(1, round(self._patience / 3)) if endpoint.dead_action != "none" else 0
        child = {
            "local_ts": [self.connection.aws_network], "remote_ts": [self.connection.customer_network],
            "esp_proposals": proposals.esp(endpoint.phase2), "rekey_time": f"{endpoint.phase2.lifetime - 270}s",
            "life_time": f"{endpoint.phase2.lifetime}s", "start_action": "start" if endpoint.starts else "none",
            "dpd_action": {"restart": "restart", "clear": "clear"}.get(endpoint.dead_action, "none"),
        }
        if not self.connection.dynamic:
            child["updown"] = self._updown()
        return {
            "version": version, "local_addrs": [endpoint.outside], "remote_addrs": [endpoint.customer_outside], "encap": "yes",
            "mobike": "no", "fragmentation": "yes", "keyingtries": "0", "proposals": proposals.ike(endpoint.phase1),
            "rekey_time": f"{endpoint.phase1.lifetime - 270}s", "dpd_delay": f"{delay}s",
            "local": {"auth": "psk", "id": endpoint.outside}, "remote": {"auth": "psk", "id": endpoint.customer_outside},
            "children": {CHILD: child},
        }

    def _updown(self) -> str:
        """Static routing: the customer's prefixes are reachable here while the SA is up."""
        path = self.ike.folder / "updown"
        path.write_text(
            "#!/bin/sh\ncase $PLUTO_VERB in\nup-client|up-client-v6) word=enable ;;\ndown-client|down-client-v6) word=disable ;;\n*) exit 0 ;;\nesac\n"
            f"birdc -s {self.routing.folder}/bird.ctl $word customer >/dev/null 2>&1\n", encoding="utf-8",
        )
        path.chmod(0o755)
        return str(path)


class Vpc:
    """A network behind one connection or several, which AWS's output does not name; its host is number 10 in it."""

    def __init__(self, enclave: Enclave, number: int, network: str) -> None:
        self.network = ipaddress.ip_network(network)
        self.host = "vpc" if number == 1 else f"vpc{number}"
        self.address = str(self.network[10])
        enclave.add_hosts(self.host)
        enclave.run(f"ip -n {self.host} addr add {self.address}/{self.network.max_prefixlen} dev lo")
        self._routing = RoutingDaemon(enclave, self.host)
        self._text = f"router id 10.255.255.{number};\nprotocol kernel {{ ipv{self.network.version} {{ export all; }}; }}\n"

    def hear(self, text: str) -> None:
        """By one more connection: with its lines for the routing daemon."""
        self._text += text
        self._routing.configure(self._text)


class AwsConnection:
    """A whole connection. ``beyond``: where it leads."""

    def __init__(self, enclave: Enclave, internet: Internet, connection: Connection, number: int, beyond: Vpc, dead_after: float | None = None,
                 bgp_timers: tuple[int, int] | None = None, med: dict[int, int] | None = None) -> None:
        self.enclave = enclave
        self.connection = connection
        self.vpc, self.host, self.address = beyond.network, beyond.host, beyond.address
        self._beyond = beyond
        self._timers = bgp_timers
        self._med = med or MED
        first = 2 * (number - 1)
        self.endpoints = [
            AwsEndpoint(enclave, internet, f"aws{first + endpoint.number}", connection, endpoint, dead_after) for endpoint in connection.endpoints
        ]
        for endpoint in self.endpoints:
            low, length = self._low(number, endpoint)
            enclave.link(self.host, endpoint.host, endpoint.host, "vpc")
            # A daemon takes a policy only with an address inside the local selector, also where the customer narrowed it.
            own = self.vpc[-1 - endpoint.endpoint.number]
            enclave.run(f"ip -n {self.host} addr add {low + 1}/{length} dev {endpoint.host}; ip -n {endpoint.host} addr add {low + 2}/{length} dev vpc; "
                        f"ip -n {endpoint.host} addr add {own}/{self.vpc.max_prefixlen} dev lo")
        self._number = number

    def start(self) -> None:
        for endpoint in self.endpoints:
            endpoint.start()
        self._beyond.hear(self._vpc_routing())
        for endpoint in self.endpoints:
            endpoint.routing.configure(self._endpoint_routing(endpoint))
        wait_for([endpoint.ike for endpoint in self.endpoints])
        for endpoint in self.endpoints:
            endpoint.ready()

    def sign(self, endpoint: AwsEndpoint, secret: str) -> None:
        """The BGP session of an endpoint has a password from now on, or none."""
        endpoint.endpoint = replace(endpoint.endpoint, bgp=replace(endpoint.endpoint.bgp, secret=secret))
        endpoint.routing.configure(self._endpoint_routing(endpoint))

    def _low(self, number: int, endpoint: AwsEndpoint) -> tuple[Address, int]:
        """Where the line between the VPC and an endpoint begins, and the length of its network."""
        base, length = ("fd66::", 126) if self.vpc.version == 6 else ("100.66.0.0", 30)
        return ipaddress.ip_address(base) + 4 * (2 * number + endpoint.endpoint.number), length

    def _inner(self, endpoint: AwsEndpoint) -> tuple[Address, Address]:
        low, dummy = self._low(self._number, endpoint)
        return low + 1, low + 2

    @property
    def _channel(self) -> str:
        return f"ipv{self.vpc.version}"

    def _endpoint_routing(self, endpoint: AwsEndpoint) -> str:
        settings, (vpc, ours) = endpoint.endpoint, self._inner(endpoint)
        text = (
            f"router id {settings.inside};\nprotocol kernel {{ {self._channel} {{ export all; }}; }}\n"
            f"protocol static network {{ {self._channel}; route {self.vpc} via {vpc}; }}\n"
            f"protocol bgp inner {{ local {ours} as 64500; neighbor {vpc} as 64500; direct; hold time 3; keepalive time 1; {_QUICK}\n"
            f"  {self._channel} {{ export where proto = \"customer\"; next hop self; }}; }}\n"
        )
        if settings.bgp is None:
            routes = " ".join(f'route {prefix} via "{TUN}";' for prefix in self.connection.static_routes)
            return text + f"protocol static customer {{ disabled; {self._channel}; {routes} }}\n"
        keep_alive, hold = self._timers or (max(1, settings.bgp.hold_time // 3), settings.bgp.hold_time)
        # Graceful restart would keep the routes of a dead path for as long as the path is dead.
        six = self.vpc.version == 6
        ours, theirs = (settings.inside_ipv6, settings.customer_inside_ipv6) if six else (settings.inside, settings.customer_inside)
        hops, signed = "", f'password "{settings.bgp.secret}";' if settings.bgp.secret else ""
        if settings.is_beside:
            hops, text = "multihop 2;", text + f'protocol static speaker {{ {self._channel}; route {theirs}/32 via "{TUN}"; }}\n'
        return text + (
            f"protocol bgp customer {{ local {ours} as {settings.bgp.aws_as}; neighbor {theirs} as {settings.bgp.customer_as}; {hops}\n"
            f"  hold time {hold}; keepalive time {keep_alive}; graceful restart off; {signed} {_QUICK}\n"
            f"  {self._channel} {{ import all; export filter {{\n"
            f"    if proto = \"network\" then {{ bgp_med = {self._med.get(settings.number, 100)}; accept; }} reject; }}; }}; }}\n"
        )

    def _vpc_routing(self) -> str:
        text = ""
        for endpoint in self.endpoints:
            ours, theirs = self._inner(endpoint)
            text += (
                f"protocol bgp {endpoint.host} {{ local {ours} as 64500; neighbor {theirs} as 64500; direct; hold time 3; keepalive time 1; {_QUICK}\n"
                f"  {self._channel} {{ import all; export none; }}; }}\n"
            )
        return text
