# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What AWS's tools print, recorded or made up after records: the role pairs with it, or says what is wrong before any write."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.integration.back_to_start import bare
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.connections import paired, writes
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.playbook_run import pairing, play, trial

# File → (failover, connection id): the role pairs with it.
USABLE = {
    "ansible-ec2_vpc_vpn_info-from-real-2022.derived.json": ("bgp", None),
    "ansible-ec2_vpc_vpn_info-static-custom.derived.json": ("pbf", None),
    "describe-tgw-bgp-2019.json": ("bgp", None),
    "describe-tgw-bgp-all-defaults-explicit-order-swapped.synthetic.json": ("bgp", None),
    "describe-vgw-bgp-default-2022.json": ("bgp", None),
    "describe-vgw-bgp-plus-deleted-2019.json": ("bgp", None),
    "describe-vgw-static-2019.json": ("pbf", None),
    "describe-vgw-static-custom-ikev2-gcm.synthetic.json": ("pbf", None),
    "describe-vgw-static-gcm-without-phase2-integrity.synthetic.json": ("pbf", None),
    "terraform-show-json-aws_vpn_connection-bgp.derived.json": ("bgp", None),
    "terraform-show-json-aws_vpn_connection-static.derived.json": ("pbf", None),
}
SAME_TWICE = "two tunnels to the same AWS endpoint"
NO_CONNECTION = "There is no VPN connection in this output"
# (File, failover, connection id, words of the refusal).
UNUSABLE = [
    ("ansible-amazon.aws-10.1.2-ec2_vpc_vpn-present-against-moto.json", "pbf", None, SAME_TWICE),
    ("ansible-amazon.aws-10.1.2-ec2_vpc_vpn-psk-masked-by-no_log.json", "pbf", None, SAME_TWICE),
    ("ansible-amazon.aws-10.1.2-ec2_vpc_vpn_info-against-moto.json", "pbf", None, SAME_TWICE),
    ("ansible-community.aws-10.0.0-ec2_customer_gateway_info-against-moto.json", "pbf", None, NO_CONNECTION),
    ("cgw-config-vgw-static-2019.xml", "pbf", None, "This is XML, not JSON"),
    ("describe-tgw-bgp-2019.json", "pbf", None, "BGP routing, so 'pbf' cannot work"),
    ("describe-tgw-bgp-not-representable-on-panos.synthetic.json", "bgp", None, "cannot be configured on PAN-OS"),
    ("describe-tgw-bgp-secretsmanager-psk.synthetic.json", "bgp", None, "no readable pre-shared key"),
    ("describe-vgw-bgp-plus-deleted-2019.json", "bgp", "vpn-05044757278685fd3", "is deleted"),
    ("describe-vgw-bgp-tunneloptions-handedited.json", "bgp", None, "Phase1DHGroupNumbers has only 22, 23"),
    ("describe-vgw-static-2019.json", "bgp", None, "static routing, so 'bgp' cannot work"),
    ("get-vpn-connection-device-types-paloalto.json", "pbf", None, NO_CONNECTION),
    ("moto-5.2.5-create-static-vgw-with-tunneloptions.json", "pbf", None, SAME_TWICE),
    ("moto-5.2.5-describe-customer-gateways.json", "pbf", None, NO_CONNECTION),
    ("moto-5.2.5-describe-raw-ec2query-response.xml", "pbf", None, "holds 3 VPN connections"),
    ("moto-5.2.5-describe-three-connections.json", "bgp", None, "holds 3 VPN connections"),
]


@pytest.fixture
def given(shared_fixtures):
    """The role's variables for a recorded file."""
    def variables(file, failover, connection_id, **more):
        path = shared_fixtures / "aws" / file
        chosen = {"aws_pairing_connection_id": connection_id} if connection_id else {}
        return paired(failover, aws_pairing_connection=f"{{{{ lookup('ansible.builtin.file', '{path}') }}}}", aws_pairing_commit=False, **chosen, **more)
    return variables


@pytest.mark.parametrize("failover", ["pbf", "bgp"])
def test_the_role_pairs_with_real_outputs_and_takes_them_away(playbooks, firewall, given, failover):
    start = firewall.control.candidate()
    tasks = []
    for file, connection_id in ((file, connection_id) for file, (its_failover, connection_id) in USABLE.items() if its_failover == failover):
        tasks += [pairing(**given(file, failover, connection_id)), pairing(**given(file, failover, connection_id, aws_pairing_state="absent"))]
    run = playbooks.run(firewall, play(*tasks))
    assert run.status == 0, run.output[-3000:]
    results = run.of("site_to_site_vpn")
    assert [task.changed for task in results] == [True] * len(tasks)
    for made, gone in zip(results[::2], results[1::2]):
        assert len(made.result["vpn"]["tunnels"]) == 2
        assert bare(made.candidate) != bare(gone.candidate) == bare(start)


def test_the_role_refuses_what_cannot_be_paired_before_any_write(playbooks, firewall, given):
    run = playbooks.run(firewall, play(*(trial(f"Try {file}", pairing(**given(file, failover, connection_id)))
                                         for file, failover, connection_id, _words in UNUSABLE)))
    assert run.status == 0, run.output[-3000:]
    messages = [task.message for task in run.failures()]
    assert len(messages) == len(UNUSABLE)
    assert [(file, message) for (file, _failover, _id, words), message in zip(UNUSABLE, messages) if words not in message] == []
    assert writes(firewall) == []
    assert firewall.control.requests() == []


def test_a_deleted_connection_still_tells_what_to_take_away(playbooks, firewall, shared_fixtures):
    deleted = shared_fixtures / "aws" / "describe-vgw-static-2019.json"
    made = paired("pbf", aws_pairing_connection=f"{{{{ lookup('ansible.builtin.file', '{deleted}') }}}}", aws_pairing_commit=False)
    gone = {**made, "aws_pairing_state": "absent", "aws_pairing_connection": deleted.read_text(encoding="utf-8").replace("available", "deleted")}
    start = firewall.control.candidate()
    run = playbooks.run(firewall, play(pairing(**made), pairing(**gone)))
    assert run.status == 0, run.output[-3000:]
    assert bare(firewall.control.candidate()) == bare(start)
