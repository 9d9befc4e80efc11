# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two firewalls of one inventory connected with each other: made, unchanged, keys rotated, and both on the old key where one end fails."""

from __future__ import annotations

import re

from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.given_and_told import provider_of

NAME = "berlin-lyon"
ENDS = {
    "fw-berlin": {"outside_address": "198.51.100.10", "outside_interface": "ethernet1/8", "zone": "sites", "source_zones": ["trust"],
                  "networks": ["10.10.0.0/24"]},
    "fw-lyon": {"outside_address": "203.0.113.44", "outside_interface": "ethernet1/8", "zone": "sites", "source_zones": ["trust"],
                "networks": ["10.80.0.0/24"]},
}
GOOD = {"a": "fw-berlin", "b": "fw-lyon", "name": NAME}
TOO_LONG = "a-name-that-no-firewall-has-room-for"
KEY = re.compile(rf'<entry name="{NAME}-1".*?<key>(.*?)</key>', re.DOTALL)


def stored(firewall) -> str:
    """The key as it stands in the running configuration."""
    return KEY.search(firewall.control.running())[1]


def test_both_ends_from_one_description(playbooks, firewalls, tmp_path):
    both = {"fw-berlin": firewalls(), "fw-lyon": firewalls(config="second_site")}
    inventory = {"all": {
        "hosts": {host: {"panos_provider": provider_of(firewall), "emulator_control": firewall.control_url, "vpn_connections_end": ENDS[host]}
                  for host, firewall in both.items()},
        "vars": {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}", "vpn_connections_verify_timeout": 2,
                 "vpn_connections_commit_poll": 0.05, "vpn_connections": [GOOD],
                 "vpn_connections_journal": str(tmp_path / "journals")}}}
    for firewall in both.values():
        firewall.control.commit_duration(0.1)

    def told(run) -> dict[str, str]:
        """What each firewall's run ends with."""
        return {task.host: task.message for task in run.failures() if task.action == "ansible.builtin.fail"}

    def run(**variables):
        return playbooks.run(None, "tunnelsmith.panos_vpn.vpn_connections", "-vvv", "--diff", variables=variables, inventory=inventory, environment={})

    misspelt = run(vpn_connections=[{**GOOD, "a": "fw-berlim"}])
    assert misspelt.status != 0 and not misspelt.of("vpn_info")
    assert all("called fw-berlim; its hosts are fw-berlin, fw-lyon" in message for message in told(misspelt).values())
    # A firewall goes on with its other connections.
    made = run(vpn_connections=[{**GOOD, "name": TOO_LONG}, GOOD])
    assert made.status != 0 and set(told(made)) == set(ENDS), made.output[-4000:]
    assert all("fw-berlin: nothing was written; fw-lyon: nothing was written" in message and NAME not in message for message in told(made).values())
    assert "reserved name" not in made.output
    keys = {host: stored(firewall) for host, firewall in both.items()}
    second = run()
    assert second.status == 0, [task.message for task in second.failures()]
    assert second.status == 0 and not any(task.changed for task in second.of("site_to_site_vpn")), [task.message for task in second.failures()]
    assert {host: stored(firewall) for host, firewall in both.items()} == keys
    assert "described is" not in second.output
    # Described otherwise, it is told what differs on either end, and written with the next key.
    longer = {**GOOD, "ike": {"version": "ikev2", "encryption": "aes-256-cbc", "hash": "sha384", "dh_group": "group20", "lifetime_seconds": 14400}}
    compared = run(vpn_connections=[longer])
    assert compared.status == 0 and compared.output.count("lifetime seconds 14400. Nothing of it was written") == 2, compared.output[-4000:]
    assert {host: stored(firewall) for host, firewall in both.items()} == keys and "pre-shared-key" not in compared.everything()
    rotated = run(vpn_connections_rotate=True)
    assert rotated.status == 0, rotated.output[-4000:]
    rotated_keys = {host: stored(firewall) for host, firewall in both.items()}
    assert all(rotated_keys[host] != keys[host] for host in both)
    # What was proven is settled: nothing is left that could be taken back later.
    assert not list((tmp_path / "journals").glob("*.json"))
    both["fw-lyon"].control.fail_next_commit(["not today"])
    failed = run(vpn_connections_rotate=True)
    assert failed.status != 0 and set(told(failed)) == set(ENDS)
    for message in told(failed).values():
        assert "fw-lyon: " in message and "not today" in message
        assert message.endswith("; ".join(f"{host}: taken back, it stands on what it had before" for host in ENDS))
        assert "was left so" not in message and "config_revert" not in message
    assert {host: stored(firewall) for host, firewall in both.items()} == rotated_keys
    both["fw-lyon"].control.vpn(f"{NAME}-1", sa="down")
    unproven = run(vpn_connections_rotate=True)
    assert unproven.status != 0 and set(told(unproven)) == set(ENDS)
    assert all(f"{host}: taken back, it stands on what it had before" in message for host in ENDS for message in told(unproven).values())
    assert not any("was left so" in message for message in told(unproven).values())
    assert {host: stored(firewall) for host, firewall in both.items()} == rotated_keys
    # The one key of both is in nothing that was printed.
    printed = made.everything() + rotated.everything() + failed.everything() + unproven.everything()
    assert not re.search(r"(?<![A-Za-z0-9+/=])[A-Za-z0-9]{48}(?![A-Za-z0-9+/=])", printed)
