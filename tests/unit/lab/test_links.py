# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A port that is switched off in the configuration or has no link: its state, the routes through it, the VPNs over it."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import Emulator

ETHERNET = "/config/devices/entry[@name='localhost.localdomain']/network/interface/ethernet"


@pytest.fixture(scope="module", params=["virtual-router", "logical-router"])
def emulator(request):
    with Emulator(version="11.1.4", engine=request.param) as running:
        running.control.plant("/config/devices/entry[@name='localhost.localdomain']/network/tunnel/ipsec/entry[@name='branch-7']/tunnel-monitor",
                              "<enable>yes</enable><destination-ip>10.255.7.2</destination-ip>")
        yield running


@pytest.fixture
def ask(emulator, client_of):
    client = client_of(emulator)
    return lambda words: client.op("".join(f"<{word}>" for word in words.split()) + "".join(f"</{word}>" for word in reversed(words.split()))).root


@pytest.fixture(params=["switched off", "unplugged"])
def port(request, emulator, client_of):
    """Takes the link from ports and gives it back."""
    off = request.param == "switched off"
    client = client_of(emulator)
    emulator.control.commit_duration(0)
    taken = set()

    def link(name, up):
        (taken.discard if up else taken.add)(name)
        if off:
            client.set(f"{ETHERNET}/entry[@name='{name}']", f"<link-state>{'auto' if up else 'down'}</link-state>")
            client.commit()
        else:
            emulator.control.link(name, up)

    yield link
    for name in set(taken):
        link(name, True)


def hardware(client, name):
    row = next(entry for entry in client.op("<show><interface>all</interface></show>").root.iter("entry") if
               entry.findtext("name") == name and entry.find("st") is not None)
    return tuple(row.findtext(tag) for tag in ("state", "duplex", "speed", "st"))


def through(ask, emulator):
    """Interfaces that routes lead through."""
    if emulator.firewall.engine == "virtual-router":
        return {entry.findtext("interface") for entry in ask("show routing route").iter("entry")} - {""}
    text = ask("show advanced-routing route").findtext(".//json")
    return {name for name in ("ethernet1/2", "ethernet1/8", "ae1.10", "tunnel.7") if f'"{name}"' in text}


def test_vpns_and_routes_over_a_port(ask, emulator, port, client_of):
    client = client_of(emulator)
    before = through(ask, emulator)
    assert {"ethernet1/8", "ae1.10", "tunnel.7"} <= before
    assert hardware(client, "ethernet1/8") == ("up", "full", "1000", "1000/full/up")
    port("ethernet1/8", False)
    # As in the one recorded answer that has ports without a link.
    assert hardware(client, "ethernet1/8") == ("down", "ukn", "ukn", "ukn/ukn/down(autoneg)")
    assert hardware(client, "ethernet1/2")[0] == "up"
    assert client.op("<show><interface>ethernet1/8</interface></show>").root.findtext("result/ifnet/addr/member") == "198.51.100.10/24"
    assert through(ask, emulator) == before - {"ethernet1/8", "tunnel.7"}
    flow = next(ask("show vpn flow").iter("IPSec")).find("entry")
    assert [flow.findtext(tag) for tag in ("state", "monitor/on", "monitor/status")] == ["init", "True", "False"]
    assert ask("show vpn ike-sa").find("result/entry") is None
    assert ask("show vpn ipsec-sa").findtext("result/ntun") == "0"
    port("ethernet1/8", True)
    assert through(ask, emulator) == before
    assert next(ask("show vpn flow").iter("IPSec")).findtext("entry/state") == "active"


def test_an_aggregate_has_a_link_as_long_as_one_of_its_ports_has(ask, emulator, port):
    members = [entry.get("name") for entry in emulator.firewall.running.root.iter("entry") if entry.findtext("aggregate-group") == "ae1"]
    port(members[0], False)
    assert "ae1.10" in through(ask, emulator)
    port(members[1], False)
    assert "ae1.10" not in through(ask, emulator)


def test_a_port_that_loses_its_link_is_told_in_the_log(emulator, client_of):
    emulator.control.link("ethernet1/8", False)
    emulator.control.link("ethernet1/8", True)
    log = emulator.firewall.log
    told = [event.eventid for event in log.found(log.search("(subtype eq vpn)", 50, 0, False))]
    assert told[-2:] == ["tunnel-status-down", "tunnel-status-up"] or told[:2] == ["tunnel-status-up", "tunnel-status-down"]
