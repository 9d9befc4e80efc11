# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role as users run it, from a describe output to packets: its verification waits for tunnels that really come up.

Most outputs are what AWS really gave, for customer gateways that are not our firewall: it stands behind NAT then.
"""

from __future__ import annotations

import json

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.site import FILES, VPC
from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.wire import captured
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.connections import paired
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.playbook_run import PAIRING, access
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.enclave import wait_until

OURS = ("connection_static.json", "connection_bgp.json")
OUTPUTS = {
    "PBF, our output": (OURS[0], "pbf", "logical-router"),
    "PBF, output of 2019": ("describe-vgw-static-2019.json", "pbf", "virtual-router"),
    "BGP, our output": (OURS[1], "bgp", "logical-router"),
    "BGP, output of a transit gateway, 2019": ("describe-tgw-bgp-2019.json", "bgp", "virtual-router"),
    "BGP, output with all defaults, 2022": ("describe-vgw-bgp-default-2022.json", "bgp", "virtual-router"),
}


def described(name: str, request) -> dict:
    path = FILES / name
    if not path.exists():
        path = request.getfixturevalue("shared_fixtures") / "aws" / name
    document = json.loads(path.read_text(encoding="utf-8"))
    item = next(item for item in document["VpnConnections"] if item["State"] == "available")
    if item["Options"]["StaticRoutesOnly"]:
        # The prefix that AWS routes back is the one thing that has to be the lab's.
        item["Routes"] = [{"DestinationCidrBlock": "10.10.0.0/24", "State": "available"}]
    return {"VpnConnections": [item]}


def run(playbooks, site, **more):
    variables = paired(
        site.failover, aws_pairing_connection=site.described[0], aws_pairing_verify_timeout=60, aws_pairing_verify_poll=0.5, aws_pairing_commit_poll=0.1)
    done = playbooks.run(site.emulator, PAIRING, "--diff", variables={**variables, **more}, environment=access(site.emulator))
    assert done.status == 0, done.output
    return done


@pytest.mark.parametrize("name, failover, engine", OUTPUTS.values(), ids=OUTPUTS.keys())
def test_a_run_ends_with_packets(playbooks, sites, request, name, failover, engine):
    site = sites(described(name, request), engine=engine)
    site.failover = failover
    with captured(site) as wire:
        done = run(playbooks, site)
        assert site.ping(5) == 5
    (done_all,) = done.of("site_to_site_vpn")
    assert done_all.changed and done_all.result["jobs"]
    report = done_all.result["summary"]
    assert report["healthy"] and [tunnel["healthy"] for tunnel in report["tunnels"]] == [True, True]
    print(f"on the wire: {wire.counts()}")
    assert len(wire.of("IKE")) >= 8 and len(wire.of("ESP in UDP")) >= 10
    assert wire.of("other") == [] and wire.inside() == []
    follows_the_seed(site, report)
    if name in OURS:
        goes_on_and_away(playbooks, site)
    site.close()


def goes_on_and_away(playbooks, site) -> None:
    commits = len(site.plane.applied)
    again = run(playbooks, site)
    assert again.changed() == []
    assert again.of("site_to_site_vpn")[-1].result["summary"]["healthy"]
    assert len(site.plane.applied) == commits
    run(playbooks, site, aws_pairing_state="absent")
    assert site.plane.ping("ae1.10", VPC) == 0
    assert site.plane.firewall.daemons == {}


def follows_the_seed(site, report: dict) -> None:
    """PBF: both rules in use, and behind them a route into the second tunnel. BGP: one route of each peer, and the lower MED wins."""
    if site.failover == "pbf":
        assert [rule["state"] for rule in report["pbf_rules"]][:2] == ["Active", "Active"]
        assert site.plane.firewall.running.tunnels[1].interface in site.run(f"ip route get {VPC}")
        return
    counts = [(peer["state"], peer["prefixes"][0]["accepted"], peer["prefixes"][0]["advertised"]) for peer in report["bgp_peers"]]
    assert counts == [("Established", 1, 1)] * 2
    assert site.plane.firewall.routing.meds("10.200.0.0/16") == {100, 200}
    second = site.plane.firewall.running.tunnels[1].interface
    assert wait_until(lambda: second in site.run(f"ip route get {VPC}") and "10.10.0.0/24" in site.run("ip route", "vpc"), 20, 0.1)
