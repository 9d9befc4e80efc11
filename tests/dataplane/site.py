# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A firewall with packets: emulator, data plane and AWS, and our modules to configure it."""

from __future__ import annotations

import copy
import importlib
import ipaddress
import itertools
import json
import os
import pathlib
import threading
import time
from collections.abc import Sequence

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.aws.reader import vpn_connection
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.fields import plain
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.fit import fitted
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud.connection import Connection, read
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.observation import Watch
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.plane import DataPlane
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import Emulator
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import Result, run_module
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.given_and_told import provider_of

FILES = pathlib.Path(__file__).resolve().parents[2] / "playbooks" / "files"
LAN, VPC = "ae1.10", "10.200.0.10"
#: Labs that somebody forgets are gone after so many seconds.
LIFETIME = 900
#: The firewall looks every two seconds whether a peer is alive, so that a test need not wait for the default's sake.
QUICK_DETECTION = {"interval": 2}

_numbers = itertools.count(1)
# A module prints, and takes its arguments from where the whole process has one place for them: labs that live side by side take turns.
_module_runs = threading.Lock()


def connection(failover: str, hold_time: int | None = None) -> dict:
    """A describe output of ours; ``hold_time``: AWS's for BGP, instead of 30 seconds."""
    text = (FILES / f"connection_{'static' if failover == 'pbf' else 'bgp'}.json").read_text(encoding="utf-8")
    if hold_time is not None:
        text = text.replace("<hold_time>30</hold_time>", f"<hold_time>{hold_time}</hold_time>")
    return json.loads(text)


def another(document: dict, number: int) -> dict:
    """A connection of the same customer with endpoints, inside networks, keys and an id of its own."""
    text = json.dumps(document)
    item = document["VpnConnections"][0]
    for index, option in enumerate(item["Options"]["TunnelOptions"]):
        old = ipaddress.ip_network(option["TunnelInsideCidr"])
        new = ipaddress.ip_network(f"169.254.{60 + number}.{8 * index}/30")
        text = text.replace(option["OutsideIpAddress"], f"192.0.2.{20 + 4 * number + index}").replace(str(old), str(new))
        for host in (1, 2):
            text = text.replace(f">{old[host]}<", f">{new[host]}<")
        text = text.replace(option["PreSharedKey"], f"Key.{number}.{index}.notReal")
    return json.loads(text.replace(item["VpnConnectionId"], f"vpn-{number:017x}"))


#: The firewall's second line in the lab's base configuration: interface, own address, the provider's router.
SECOND_LINE = ("ethernet1/7", "203.0.113.6", "203.0.113.5")


def on_two_lines(document: dict) -> dict:
    """A describe output whose second tunnel expects the firewall on its second line. (AWS itself has one customer address per connection; others do not.)

    The interface of a line leads to the internet as soon as a tunnel goes out of it, or a default route does; ``SECOND_LINE`` has the addresses. A provider
    takes only packets with an address of its line, so the peer's address needs a route into the right one. ``site.plane.internet.cut_line("eth1-7")``
    lets nothing pass the second line, ``cut_line("eth1-8")`` the first, until ``mend()``; their links stay up. ``wire.captured(site, line="eth1-7")``
    shows what is on it.
    """
    found = copy.deepcopy(document)
    item = found["VpnConnections"][0]
    first, second = item["CustomerGatewayConfiguration"].split("</ipsec_tunnel>", 1)
    item["CustomerGatewayConfiguration"] = f"{first}</ipsec_tunnel>{second.replace('198.51.100.10', SECOND_LINE[1])}"
    return found


class Site:
    """``described``: describe outputs, one per connection; ``connections``: other far sides, as they were read. Other arguments: the emulator's, and
    the data plane's settings."""

    def __init__(self, *described: dict, version: str = "11.1", engine: str = "virtual-router", config: str | None = None,
                 connections: Sequence[Connection] = (), **settings) -> None:
        self.described = [copy.deepcopy(document) for document in described]
        self.emulator = Emulator(version=version, engine=engine, config=config).start()
        try:
            self.emulator.control.commit_duration(0.05)
            far = [*map(read, self.described), *connections]
            self.plane = DataPlane(f"t{os.getpid()}-{next(_numbers)}", far, lifetime=LIFETIME, **settings)
            self.emulator.attach(self.plane)
        except BaseException:
            self.emulator.stop()
            raise

    def close(self) -> None:
        self.emulator.stop()
        self.plane.close()

    @property
    def aws(self):
        """The two endpoints of the first connection."""
        return self.plane.clouds[0].endpoints

    def module(self, name: str, /, **options) -> dict:
        """A module of ours that must succeed."""
        module = importlib.import_module(f"ansible_collections.tunnelsmith.panos_vpn.plugins.modules.{name}")
        with _module_runs:
            result = run_module(module, {"provider": provider_of(self.emulator), **options})
        assert not result.failed, result.message
        return result.values

    def commit(self, values: dict) -> dict:
        done = self.module("commit", objects=values["objects"], earlier_changes=values["earlier_changes"], commit_poll=0.05)
        assert not self.plane.applied[-1].done[:1] or not self.plane.applied[-1].done[0].startswith("NOT APPLIED"), self.plane.applied[-1].done
        return done

    def options(self, failover: str, number: int = 0, dpd: dict | None = None, **more) -> dict:
        """Of site_to_site_vpn, for one of the connections; ``dpd``: of each of its tunnels."""
        peer = plain(fitted(vpn_connection(json.dumps(self.described[number]))))
        tunnels = [{**tunnel, "dpd": dpd} for tunnel in peer["tunnels"]] if dpd else peer["tunnels"]
        return {
            "name": peer["id"], "tunnels": tunnels, "failover": failover, "outside_interface": "ethernet1/8", "zone": "aws-vpn",
            "source_zones": ["trust"], "local_networks": ["10.10.0.0/24"], "remote_networks": [str(self.plane.clouds[number].vpc)], **more,
        }

    def pair(self, failover: str, number: int = 0, **more) -> None:
        """Configure a connection and commit it."""
        self.commit(self.module("site_to_site_vpn", **self.options(failover, number, **more)))

    def life(self, failover: str, **more) -> Result:
        """Carry a connection all the way, one tunnel after the other: written, committed, verified, and what follows from that."""
        options = {
            "commit": True, "verify": True, "rollout": "one_by_one", "journal": str(self.plane.enclave.folder / "journal"), "commit_poll": 0.05,
            "verify_poll": 0.2, "verify_timeout": 30, **more}
        module = importlib.import_module("ansible_collections.tunnelsmith.panos_vpn.plugins.modules.site_to_site_vpn")
        with _module_runs:
            return run_module(module, {"provider": provider_of(self.emulator), **self.options(failover, **options)})

    def change(self, *items: dict) -> None:
        """Write single objects and commit everything."""
        self.module("transaction", items=list(items))
        self.module("commit", scope="all", commit_poll=0.05)

    def up(self) -> None:
        assert self.plane.wait(45), [daemon.log()[-500:] for daemon in self.plane.firewall.daemons.values()]

    def ping(self, count: int = 3, host: str = LAN, address: str = VPC) -> int:
        """How many of so many packets are answered. Of several all are waited for: the last route may come a moment after its session, and a monitor that a
        busy machine has kept from asking takes its rule out of use for a moment.
        """
        answered = self.plane.ping(host, address, count)
        deadline = time.monotonic() + (10 if count > 1 else 0)
        while answered < count and time.monotonic() < deadline:
            answered = self.plane.ping(host, address, count)
        return answered

    def watch(self, seconds: float) -> Watch:
        return Watch(self.plane, LAN, self.plane.clouds[0].host, self.plane.clouds[0].address, seconds)

    def state(self) -> dict:
        """What vpn_info reports."""
        return self.module("vpn_info")["vpn"]["state"]

    def tunnel(self, number: int) -> dict:
        """The flow of a tunnel of the first connection, as vpn_info reports it."""
        name = f"{self.described[0]['VpnConnections'][0]['VpnConnectionId']}-{number}"
        return next(tunnel for tunnel in self.state()["tunnels"] if tunnel["name"] == name)

    def daemon(self, number: int):
        """The firewall's IKE daemon of a tunnel of the first connection."""
        return self.plane.firewall.daemons[f"{self.described[0]['VpnConnections'][0]['VpnConnectionId']}-{number}"]

    def log(self) -> list[tuple[str, str, str]]:
        """The VPN log so far: event, object, text."""
        firewall = self.emulator.firewall
        with firewall.lock:
            firewall.observe()
            found = firewall.log.found(firewall.log.search("(subtype eq vpn)", 5000, 0, False))
        return [(event.eventid, event.object, event.opaque) for event in found]

    def run(self, script: str, host: str = "firewall") -> str:
        return self.plane.enclave.run(script, host)
