# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Azure, Google Cloud, Harmony SASE and ZStack on one firewall, each by its role, each far side from what that product prints or shows; on both engines.

They are made until packets pass, run again, changed, negotiated anew, go over, and are taken away. Each run of a playbook has both firewalls.
"""

from __future__ import annotations

import json
import re
import time
from subprocess import PIPE

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.failovers import together
from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.site import FILES, LAN
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.back_to_start import bare
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.playbook_run import play
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud import outputs
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.enclave import wait_until
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.given_and_told import provider_of

KEYS = ["notReal.google.one", "notReal.google.two"]
AZURE, GOOGLE = (json.loads((FILES / name).read_text(encoding="utf-8")) for name in ("azure.json", "google.json"))
HARMONY = {
    "ike_version": "V2", "ike_lifetime": 28800, "tunnel_lifetime": 3600, "dead_peer_detection_delay": 10, "dead_peer_detection_timeout": 30,
    "encryption_phase_1": "aes256", "integrity_phase_1": "sha256", "diffie_hellman_groups_phase_1": "14", "encryption_phase_2": "aes256",
    "integrity_phase_2": "sha256", "diffie_hellman_groups_phase_2": "14", "gateway_asn": 64600, "hold_time": 30, "keep_alive": 10,
    "tunnels": [{
        "gateway_ip": f"203.0.113.{60 + number}", "gateway_id": f"203.0.113.{60 + number}", "shared_secret": f"notReal.harmony.{number}",
        "public_ip": "198.51.100.10", "remote_id": "198.51.100.10", "internal_network": f"169.254.100.{4 * number}/30",
        "gateway_internal_ip": f"169.254.100.{4 * number + 1}", "remote_gateway_internal_ip": f"169.254.100.{4 * number + 2}", "remote_gateway_asn": 65010,
    } for number in range(2)]}
# Two networks here and three there.
ZSTACK = {
    "local_ip_address": "203.0.113.90", "peer_public_ip": "198.51.100.10", "authentication_key": "notReal.zone.7", "ike_version": "IKEv2",
    "source_network_cidr": ["172.20.0.0/16", "172.21.0.0/16", "172.22.0.0/16"], "peer_cidr": ["10.10.0.0/24", "10.20.0.0/24"],
    "ike_encryption_algorithm": "aes-256", "ike_authentication_algorithm": "sha256", "ike_dh_group": "2", "esp_encryption_algorithm": "aes-256",
    "esp_authentication_algorithm": "sha256", "pfs_dh_group": "dh-group14"}
# The networks behind the far sides, which none of them prints.
NETWORKS = ["10.50.0.0/16", "10.60.0.0/16", "10.80.0.0/16"]
ENGINES = ("virtual-router", "logical-router")
PROVIDER = {"group/tunnelsmith.panos_vpn.all": {"provider": "{{ panos_provider }}"}}
HERE = {"outside_interface": "ethernet1/8", "local_networks": ["10.10.0.0/24"], "commit_poll": 0.1, "verify_timeout": 90, "verify_poll": 0.5}


def variables() -> dict[str, dict]:
    """Role → its variables without prefix."""
    common = {**HERE, "source_zones": ["trust"], "allow_readvertise": True}
    form = {name: value for name, value in ZSTACK.items() if name not in ("source_network_cidr", "peer_cidr")}
    return {
        "azure_pairing": {**common, "name": "azure-hub", "zone": "azure", "connection": AZURE, "inside_addresses": ["169.254.21.1", "169.254.22.5"],
                          "failover": "bgp", "remote_networks": NETWORKS[:1]},
        "gcp_pairing": {**common, "name": "google-hub", "zone": "google", "connection": GOOGLE, "pre_shared_keys": KEYS, "failover": "bgp",
                        "remote_networks": NETWORKS[1:2]},
        "harmony_sase_pairing": {**common, **HARMONY, "name": "sase", "zone": "sase", "failover": "bgp", "remote_networks": NETWORKS[2:],
                                 "gateway_proposal_subnets": ["0.0.0.0/0"], "remote_gateway_proposal_subnets": ["0.0.0.0/0"]},
        "zstack_pairing": {**HERE, **form, "name": "zone-7", "zone": "partners", "source_zones": ["trust", "dmz"], "local_networks": ZSTACK["peer_cidr"],
                           "remote_networks": ZSTACK["source_network_cidr"]},
    }


def task(role: str, values: dict, **more) -> dict:
    prefixed = {f"{role}_{name}": value for name, value in {**values, **more}.items()}
    return {"name": f"Run {role}", "ansible.builtin.include_role": {"name": f"tunnelsmith.panos_vpn.{role}"}, "vars": prefixed}


# Role → what is changed; where the configuration differs then; the tunnels that are negotiated anew for it. Two tunnels that have one profile of algorithms
# are changed one after the other, and so have one each afterwards; an SA with longer hashes has room for less; the record tells which rules are the VPN's.
CHANGES = {
    "azure_pairing": ({"mtu": 1380}, r"/tunnel/units/entry name='tunnel\.[12]'/mtu", []),
    "gcp_pairing": ({"security_rules": "outbound"}, r"/rules/entry name='google-hub-in'|name='tunnel\.3'/comment", []),
    "harmony_sase_pairing": (
        {"tunnel_lifetime": 7200}, r"ipsec-crypto-profiles/entry name='sase|'sase-2'/auto-key/ipsec-crypto-profile|name='tunnel\.5'/comment",
        ["sase-2", "sase-1"]),
    "zstack_pairing": (
        {"esp_authentication_algorithm": "sha512"}, r"ipsec-crypto-profiles/entry name='zone-7'/esp/authentication/member|name='tunnel\.8'/mtu", ["zone-7-1"]),
}


@pytest.fixture(scope="module")
def firewalls(sites):
    """One of each engine, with all four far sides."""
    gateway, connection, local, key = AZURE
    clouds = [outputs.azure(gateway, connection, local, key), outputs.google(GOOGLE, KEYS), outputs.harmony(HARMONY)]
    made = together(*(lambda engine=engine: sites(
        engine=engine, connections=clouds, vpcs=NETWORKS, peers=[outputs.zstack(ZSTACK)], bgp_timers=(1, 3)) for engine in ENGINES))
    return dict(zip(ENGINES, made))


@pytest.fixture
def run(playbooks, firewalls):
    """Runs roles on both firewalls; prints how long it took, and gives the results of a module by engine."""
    hosts = {engine: {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}",
                      "panos_provider": provider_of(site.emulator)} for engine, site in firewalls.items()}

    def start(title, module, *tasks):
        for site in firewalls.values():
            site.emulator.control.reset_requests()
        begun = time.monotonic()
        done = playbooks.run(None, play(*tasks, module_defaults=PROVIDER), inventory={"all": {"hosts": hosts}}, environment={})
        took = time.monotonic() - begun
        assert done.status == 0, done.output[-4000:]
        requests = {engine: len(site.emulator.control.requests()) for engine, site in firewalls.items()}
        print(f"{title}: {took:.1f} s for both firewalls, requests: {requests}")
        return done.output, {engine: [found.result for found in done.of(module, engine)] for engine in firewalls}
    return start


def in_use(site, cloud):
    """The endpoint of a cloud that the firewall sends through."""
    shown = site.run(f"ip route get {cloud.address}")
    peers = {tunnel.peer_address for tunnel in site.plane.firewall.running.tunnels if f"dev {tunnel.interface} " in shown}
    return next(endpoint for endpoint in cloud.endpoints if endpoint.endpoint.outside in peers)


def silences(site, seconds: int) -> list[float]:
    """Kills the endpoint that each cloud is reached by; the longest time without an answer from each."""
    clouds = site.plane.clouds
    pings = [site.plane.enclave.start(LAN, ["ping", "-D", "-n", "-i", "0.1", "-W", "1", "-w", str(seconds), cloud.address], stdout=PIPE, text=True)
             for cloud in clouds]
    time.sleep(1)
    for endpoint in [in_use(site, cloud) for cloud in clouds]:
        endpoint.kill()
    moments = [[float(moment) for moment in re.findall(r"^\[([\d.]+)\] .*ttl=", ping.communicate(timeout=seconds + 10)[0], re.MULTILINE)] for ping in pings]
    ends = [answered[-1] - answered[0] for answered in moments]
    assert min(ends) > seconds - 2, (ends, "answers at the end")
    return [max(later - earlier for earlier, later in zip(answered, answered[1:])) for answered in moments]


def differing(before: str, after: str) -> list[str]:
    return sorted(set(bare(before)) ^ set(bare(after)))


def test_each_peer_s_role_from_the_first_packet_to_no_trace_on_both_engines(run, firewalls):
    roles = variables()
    start = {engine: site.emulator.control.running() for engine, site in firewalls.items()}
    output, made = run("made", "site_to_site_vpn", *(task(role, values) for role, values in roles.items()))
    assert {engine: [(result["changed"], result["healthy"]) for result in results] for engine, results in made.items()} == {
        engine: [(True, True)] * 4 for engine in ENGINES}
    assert "phase 1 uses group2" in output
    for site in firewalls.values():
        assert len({child.name for child in site.plane.firewall.daemons["zone-7-1"].ike_sa().children}) == 6
        pairs = [(LAN, far.address) for far in site.plane.clouds] + [(host, far) for host in (LAN, "eth1-2") for far in site.plane.peers[0].addresses]
        # A path that has just come up may lose its first packets.
        assert [pair for pair in pairs if not wait_until(lambda pair=pair: site.ping(3, *pair) == 3, 20)] == []

    _output, again = run("second run", "site_to_site_vpn", *(task(role, values) for role, values in roles.items()))
    assert {engine: [(result["changed"], result["healthy"]) for result in results] for engine, results in again.items()} == {
        engine: [(False, True)] * 4 for engine in ENGINES}

    before = {engine: site.emulator.control.running() for engine, site in firewalls.items()}
    for site in firewalls.values():
        site.plane.peers[0].change(esp=("aes256-sha512-modp2048",))
    _output, changed = run("changed", "site_to_site_vpn", *(task(role, roles[role], **CHANGES[role][0]) for role in roles))
    for engine, site in firewalls.items():
        lines = differing(before[engine], site.emulator.control.running())
        named = {role: [line for line in lines if re.search(pattern, line)] for role, (_values, pattern, _anew) in CHANGES.items()}
        assert all(named.values()) and sorted(sum(named.values(), [])) == lines, (engine, lines)
        told = [(result["changed"], result["healthy"], result["interrupts"]) for result in changed[engine]]
        assert told == [(True, True, anew) for _values, _pattern, anew in CHANGES.values()], engine
        measured = {each["tunnel"]: each["seconds"] for result in changed[engine] for each in result.get("interruptions", [])}
        print(f"{engine}: the changes interrupted {measured}")
        assert sorted(measured) == ["sase-1", "sase-2", "zone-7-1"]

    _output, reconnected = run("reconnected", "vpn_action", *(
        task(role, {"name": values["name"], "verify_timeout": 60, "verify_poll": 0.2}, state="reconnected") for role, values in roles.items()))
    for engine, results in reconnected.items():
        measured = {tunnel["name"]: tunnel["seconds"] for result in results for tunnel in result["tunnels"]}
        print(f"{engine}: reconnecting interrupted {measured}")
        assert len(measured) == 7 and max(measured.values()) < 30

    for engine, seconds in zip(ENGINES, together(*(lambda site=site: silences(site, 14) for site in firewalls.values()))):
        print(f"{engine}: over to the other tunnel of Azure, Google Cloud, Harmony SASE in {', '.join(f'{each:.1f}' for each in seconds)} s")
        # A hold time of three seconds, and both routers' own time.
        assert all(0.5 < each <= 10 for each in seconds)

    run("removed", "site_to_site_vpn", *(task(role, {"name": values["name"], "commit_poll": 0.1}, state="absent") for role, values in roles.items()))
    assert {engine: bare(site.emulator.control.running()) == bare(start[engine]) for engine, site in firewalls.items()} == dict.fromkeys(ENGINES, True)
