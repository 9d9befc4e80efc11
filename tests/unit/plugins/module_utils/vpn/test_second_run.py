# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run made is what the next one takes: over pairings with all that AWS lets people choose, on every version and engine."""

from __future__ import annotations

import functools
import json
import re

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import registry
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.rulebases import Addresses
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall.surroundings import Surroundings
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.aws import reader
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.plan import plan
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.values import validate
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import DesiredEntry
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.platform import LOGICAL_ROUTER, VIRTUAL_ROUTER, Platform, version_text
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import build, proposal, removal
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.fit import fitted
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.input_problems import check
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.vpn import Vpn
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import Emulator, configurations
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.tree import Tree
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.validation import defects
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.vpn.test_build import FILES, base, canonical
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.fed_back import Place

FIREWALLS = [((10, 1), VIRTUAL_ROUTER), ((11, 1), VIRTUAL_ROUTER), ((12, 1), VIRTUAL_ROUTER), ((10, 2), LOGICAL_ROUTER), ((11, 1), LOGICAL_ROUTER),
             ((12, 1), LOGICAL_ROUTER)]
# What is said in every run: what is weak, and a network that no route of the firewall is known for.
LASTING = "uses (sha1|group2),|is it written as it should be|without backup_routes their answers"
# What AWS lets people choose for a tunnel, in its own words.
ALGORITHMS = {"EncryptionAlgorithms": ["AES128", "AES256", "AES128-GCM-16", "AES256-GCM-16"],
              "IntegrityAlgorithms": ["SHA1", "SHA2-256", "SHA2-384", "SHA2-512"], "DHGroupNumbers": [2, 14, 15, 16, 17, 19, 20, 21, 24]}
AS_NUMBERS = [1, 64512, 65000, 65535, 65536, 4_200_000_000, 4_294_967_294]
NETWORKS = ["10.10.0.0/24", "10.30.0.0/16", "10.99.0.0/24", "10.10.0.7/32"]
FAR = ["10.181.0.0/16", "10.182.128.0/17", "172.20.0.0/14", "198.18.0.0/24", "10.200.0.1/32"]


def chosen(values: list):
    return st.lists(st.sampled_from(values), min_size=1, unique=True).map(lambda found: [{"Value": value} for value in found])


tunnel_options = st.fixed_dictionaries({}, optional={
    **{f"Phase{phase}{option}": chosen(values) for phase in (1, 2) for option, values in ALGORITHMS.items()},
    "IkeVersions": chosen(["ikev1", "ikev2"]), "Phase1LifetimeSeconds": st.integers(900, 28800), "Phase2LifetimeSeconds": st.integers(900, 3600),
    "ReplayWindowSize": st.integers(64, 2048), "DpdTimeoutSeconds": st.integers(30, 120), "DpdTimeoutAction": st.sampled_from(["clear", "none", "restart"]),
    "StartupAction": st.sampled_from(["add", "start"])})
connections = st.fixed_dictionaries({
    "routing": st.sampled_from(["static", "bgp"]), "options": st.lists(tunnel_options, min_size=2, max_size=2),
    "numbers": st.tuples(st.sampled_from(AS_NUMBERS), st.sampled_from(AS_NUMBERS)).filter(lambda numbers: numbers[0] != numbers[1])})
some = functools.partial(st.lists, min_size=1, unique=True)
shared = {
    "local_networks": some(st.sampled_from(NETWORKS)).map(tuple), "remote_networks": some(st.sampled_from(FAR)).map(tuple),
    "zone": st.sampled_from(["vpn", "dmz"]), "security_rules": st.sampled_from(["both", "outbound", "none"]), "mtu": st.sampled_from([None, 1300]),
    "local_id": st.sampled_from([None, "fw.example.net", "198.51.100.10", "vpn@example.net"]), "primary_tunnel": st.sampled_from([1, 2]),
    "nat_traversal": st.booleans(), "rule_position": st.sampled_from([(), ("top", None)])}
failovers = st.one_of(
    st.fixed_dictionaries({"failover": st.just("pbf"), "backup_routes": st.booleans(), "when_both_down": st.sampled_from(["discard", "route"]),
                           "monitor_interval": st.integers(2, 100), "monitor_threshold": st.integers(2, 10), **shared}),
    st.fixed_dictionaries({"failover": st.just("routes"), "when_both_down": st.sampled_from(["discard", "route"]),
                           "monitor_interval": st.integers(2, 60), "monitor_threshold": st.integers(3, 10), **shared}),
    st.fixed_dictionaries({"failover": st.just("routes"), "policy_based": st.just(True), **shared}),
    st.fixed_dictionaries({"failover": st.just("ecmp"), "install_route": st.sampled_from([None, True, False]), **shared}),
    st.fixed_dictionaries({"failover": st.just("bgp"), "local_preference": st.sampled_from([(), (200, 100), (0, 150)]),
                           "as_path_prepend": st.sampled_from([(), (0, 2)]), "install_route": st.sampled_from([None, True, False]),
                           "router_id": st.sampled_from([None, "192.0.2.7"]), "redistribute": st.sampled_from([None, "connected", "static", "other"]),
                           **shared}))


def described(connection: dict) -> dict:
    """An output of AWS with these options."""
    told = json.loads((FILES / f"connection_{connection['routing']}.json").read_text(encoding="utf-8"))
    found = told["VpnConnections"][0]
    for own, options in zip(found["Options"]["TunnelOptions"], connection["options"]):
        kept = {name: own[name] for name in ("OutsideIpAddress", "TunnelInsideCidr", "PreSharedKey")}
        own.clear()
        own.update({**kept, **options})
    ours, theirs = connection["numbers"]
    text = found["CustomerGatewayConfiguration"]
    for name, number in (("customer_gateway", ours), ("vpn_gateway", theirs)):
        text = re.sub(rf"(<{name}>(?:(?!</{name}>).)*<asn>)\d+", rf"\g<1>{number}", text, flags=re.S)
    found["CustomerGatewayConfiguration"] = text
    return told


@functools.lru_cache(maxsize=None)
def emulated(version, engine):
    return Emulator(version=".".join(map(str, version)), engine=engine).firewall


@pytest.mark.parametrize("version, engine", FIREWALLS)
@given(connection=connections, options=failovers)
@settings(deadline=None, derandomize=True, max_examples=6)
def test_what_a_run_made_is_what_the_next_one_takes(version, engine, connection, options):
    """Nothing is changed, nothing said but what is weak, and each resource reads its own back. A commit takes it, and it goes without a trace."""
    assume(options["failover"] not in ("bgp", "ecmp") or connection["routing"] == "bgp")
    try:
        vpn = Vpn("vpn-0a", fitted(reader.vpn_connection(json.dumps(described(connection))), version_text(version)).tunnels, outside_interface="ethernet1/8",
                  source_zones=("trust",), **options)
        check(vpn)
        for tunnel in vpn.tunnels:
            proposal.choose(tunnel.offers, version)
    except InvalidInput:
        # A combination that this release cannot do, or networks that overlap: refused alike in every run.
        assume(False)
    platform, before = Platform(version, engine), configurations.load("base", engine, "fw", version)
    wanted = build.build(vpn, Surroundings(before, base, platform), Addresses()).phases
    for item in (item for phase in wanted for item in phase if isinstance(item, DesiredEntry)):
        validate(item, platform)
    made = plan(wanted, before, base)
    again = build.build(vpn, Surroundings(made.after, base, platform), Addresses())
    assert [operation.xpath for operation in plan(again.phases, made.after, base).operations] == []
    assert [text for text in again.warnings if not re.search(LASTING, text)] == []
    firewall = emulated(version, engine)
    assert [lines[0] for lines in defects(Tree(made.after, None), firewall.schema, firewall.version, True)] == []
    for resource in registry.RESOURCES.values():
        place = Place(resource, platform, made.after)
        told = place.told()
        assert [text for text in told.warnings if "vpn-0a" in text] == [], resource.name
        for each in told.objects if "present" in resource.states else ():
            assert place.operations(each, "present") == [], each
    gone = plan(removal.removal("vpn-0a", Surroundings(made.after, base, platform)).phases, made.after, base)
    assert canonical(gone.after) == canonical(before)
