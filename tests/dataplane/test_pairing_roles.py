# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Azure, Google Cloud, Harmony SASE and ZStack on one firewall, each by its role, each far side from what that product prints or shows; until packets pass."""

from __future__ import annotations

import json

from ansible_collections.tunnelsmith.panos_vpn.tests.dataplane.site import FILES, LAN
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.back_to_start import bare
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.playbook_run import access, play
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud import outputs
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.enclave import wait_until

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


def test_each_peer_s_role_ends_with_packets_and_leaves_no_trace(playbooks, sites):
    gateway, connection, local, key = AZURE
    site = sites(connections=[outputs.azure(gateway, connection, local, key), outputs.google(GOOGLE, KEYS), outputs.harmony(HARMONY)], vpcs=NETWORKS,
                 peers=[outputs.zstack(ZSTACK)], bgp_timers=(3, 9))
    start = site.emulator.control.running()
    roles = variables()

    def run(*tasks):
        done = playbooks.run(site.emulator, play(*tasks), environment=access(site.emulator))
        assert done.status == 0, done.output[-4000:]
        return done

    made = run(*(task(role, values) for role, values in roles.items()), *(task(role, values) for role, values in roles.items()))
    assert [task.changed for task in made.of("site_to_site_vpn")] == [True] * 4 + [False] * 4
    assert [task.result["healthy"] for task in made.of("site_to_site_vpn")] == [True] * 8
    assert "phase 1 uses group2" in made.output
    assert [site.ping(3, LAN, far.address) for far in site.plane.clouds] == [3, 3, 3]
    children = {child.name for child in site.plane.firewall.daemons["zone-7-1"].ike_sa().children}
    assert len(children) == 6
    pings = {(host, address): site.ping(3, host, address) for host in (LAN, "eth1-2") for address in site.plane.peers[0].addresses}
    assert len(pings) == 6 and set(pings.values()) == {3}
    again = run(task("zstack_pairing", {"name": "zone-7", "verify_timeout": 60}, state="reconnected"))
    (measured,) = again.of("vpn_action")[0].result["tunnels"]
    print(f"reconnect interrupted {measured['name']} for {measured['seconds']} s")
    site.plane.clouds[0].endpoints[0].kill()
    assert wait_until(lambda: site.plane.ping(LAN, site.plane.clouds[0].address), 60, 0.5), "over the other instance"
    run(*(task(role, {"name": values["name"], "commit_poll": 0.1}, state="absent") for role, values in roles.items()))
    assert bare(site.emulator.control.running()) == bare(start)
