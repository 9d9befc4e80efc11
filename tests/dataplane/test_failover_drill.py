# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The drill through real tunnels, with fast timers: what it measures, beside what was to be expected, and that everything is as before."""

from __future__ import annotations

import json
import shlex

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import vpn_failover
from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.site import LAN, VPC, connection
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.playbook_run import Playbooks, access
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.enclave import wait_until
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.observation import TRANSFER
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import run_module
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.given_and_told import provider_of

INTERVAL, THRESHOLD, HOLD_TIME = 2, 2, 3
# What a busy machine may add to an outage.
SLACK = 2.5
#: Seconds in which a transfer may go on when the drill is over.
CATCHES_UP = 30


@pytest.fixture(scope="module")
def drilled(sites, installed, tmp_path_factory):
    """One firewall with PBF, drilled by the role, and at the same time one with BGP, drilled by the module: its tunnel, then its peer."""
    made = {}
    for failover, hold_time, options in (("pbf", None, {"monitor_interval": INTERVAL, "monitor_threshold": THRESHOLD}), ("bgp", HOLD_TIME, {})):
        made[failover] = sites(connection(failover, hold_time), dead_after=3)
        made[failover].pair(failover, **options)
    for site in made.values():
        site.up()
        assert site.ping(3) == 3
    before = {failover: site.emulator.control.running() for failover, site in made.items()}
    folder = tmp_path_factory.mktemp("drill")
    with_sessions = made["pbf"].watch(240)
    run = Playbooks(installed, folder).start(
        made["pbf"].emulator, "tunnelsmith.panos_vpn.failover_drill", environment=access(made["pbf"].emulator),
        variables={**{f"failover_drill_{option}": value for option, value in options_of(made["pbf"], "tunnel").items()},
                   "failover_drill_report_directory": str(folder)})
    seen = {"bgp": [drill(made["bgp"], method) for method in ("tunnel", "peer")]}
    finished = run.finished()
    assert finished.status == 0, finished.output
    seen["pbf"] = [json.loads((folder / "failover-drill-fw1.json").read_text(encoding="utf-8"))["measurements"]]
    add_sessions("pbf", seen["pbf"][0][0], with_sessions)
    for measurement in (measurement for drills in seen.values() for each in drills for measurement in each):
        print(measurement["summary"])
    return made, before, seen


def name_of(site) -> str:
    return site.described[0]["VpnConnections"][0]["VpnConnectionId"]


def options_of(site, method) -> dict:
    probe = shlex.join(site.plane.enclave.command(LAN, "ping", "-n", "-c", "1", "-W", "1", VPC))
    return {"name": name_of(site), "method": method, "probe": probe, "probe_interval": 0.25, "timeout": 30, "hold": 2, "commit_poll": 0.05}


def drill(site, method) -> list:
    """What taking down measured, and what bringing back did; with the longest outages of sessions that were established before."""
    with_sessions = site.watch(60)
    with_sessions.until(1)
    measured = [site.module("vpn_failover", action=action, **options_of(site, method))["measurement"] for action in ("take_down", "bring_back")]
    add_sessions(method, measured[0], with_sessions)
    site.up()
    return measured


def add_sessions(words, down, watch) -> None:
    """How long datagrams of a session that was there before the drill were not answered, and a transfer by TCP waited."""
    observation = watch.stop(CATCHES_UP)
    down["established"] = max((outage.seconds for outage in observation.outages("established")), default=0.0)
    down["transfer"] = observation.longest_wait(TRANSFER)
    print(f"{words}: an established session was out for {down['established']:.1f} s and a transfer for {down['transfer']:.1f} s, "
          f"announced {down['expected']['maximum']} at the most")


def goes_on(down, at_most) -> bool:
    """Whether established sessions were out for no longer than was announced. TCP asks again in twice the time each time, and so waits up to twice as long."""
    return down["established"] <= at_most + SLACK and down["transfer"] <= 2 * (at_most + SLACK)


def test_pbf_takes_as_long_as_its_monitor(drilled):
    (down, up), = drilled[2]["pbf"]
    assert (down["expected"]["minimum"], down["expected"]["maximum"]) == (INTERVAL * (THRESHOLD - 1), INTERVAL * (THRESHOLD + 1))
    for outage in (down["outage"], down["probe"]["outage"]):
        assert outage["ended"]
        assert down["expected"]["minimum"] - outage["resolution"] <= outage["seconds"] <= down["expected"]["maximum"] + SLACK
    assert goes_on(down, down["expected"]["maximum"])
    assert [span["value"] for span in down["carrier"]] == [down["tunnel"], down["standby"]]
    assert up["carrier"][-1]["value"] == down["tunnel"]
    assert up["probe"]["outage"]["seconds"] <= SLACK


@pytest.mark.parametrize("method, at_most", [("tunnel", HOLD_TIME), ("peer", 5)], ids=["the tunnel", "the peer"])
def test_bgp_takes_no_longer_than_its_hold_time(drilled, method, at_most):
    down, up = drilled[2]["bgp"][0 if method == "tunnel" else 1]
    assert down["expected"]["maximum"] == at_most
    assert down["probe"]["outage"]["ended"] and down["probe"]["outage"]["seconds"] <= at_most + SLACK
    assert down["outage"]["ended"]
    assert goes_on(down, at_most)
    assert down["carrier"][0]["value"] == down["tunnel"] and down["carrier"][-1]["value"] == down["standby"]
    assert up["carrier"][-1]["value"] == down["tunnel"], "active before, active again"
    assert up["probe"]["outage"]["seconds"] <= SLACK


def test_everything_is_as_before(drilled):
    made, before, _seen = drilled
    for words, site in made.items():
        assert site.emulator.control.running() == before[words], words
        assert site.ping(3) == 3, words


def test_reconnecting_negotiates_new_sas_one_tunnel_after_the_other(drilled):
    site = drilled[0]["bgp"]
    before = {number: site.daemon(number).ike_sa().children[0].inbound_spi for number in (1, 2)}
    told = site.module("vpn_action", action="reconnect", name=[name_of(site)])
    assert [tunnel["up"] for tunnel in told["tunnels"]] == [True, True]
    assert all(site.daemon(number).ike_sa().children[0].inbound_spi != spi for number, spi in before.items())


def test_a_drill_does_not_start_while_the_standby_is_down(drilled):
    site = drilled[0]["pbf"]
    standby = drilled[2]["pbf"][0][0]["standby"]
    site.aws[int(standby[-1]) - 1].kill()
    try:
        running = site.emulator.control.running()
        # The monitor of its rule needs some probes to notice.
        assert wait_until(lambda: any(rule["name"] == standby and rule["nexthop_state"] == "DOWN" for rule in site.state()["pbf_rules"]), 20, 0.5)
        result = run_module(vpn_failover, {"provider": provider_of(site.emulator), "name": name_of(site), "action": "take_down"})
        assert result.failed and "the standby is not healthy" in result.message and standby in result.message
        assert site.emulator.control.running() == running
    finally:
        site.aws[int(standby[-1]) - 1].restart()
