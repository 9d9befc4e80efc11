# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Customer gateway, VPN connection and pairing by one playbook, through real amazon.aws and boto3: made, unchanged, compared, taken away; and AWS failing."""

from __future__ import annotations

import os

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.integration.back_to_start import bare
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.connections import AWS_SEES_IT_UP, COLLECTIONS_OF_AWS, both_ends, leads_to_account
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.given_and_told import provider_of

PLAYBOOK = "tunnelsmith.panos_vpn.aws_vpn_connection"
NAME = both_ends()["aws_vpn_connection_name"]
# What AWS fails at, one call before each run, and whether it did it all the same.
MAKING = [("CreateVpnConnection", True)]
TAKING_AWAY = [("DeleteCustomerGateway", False)]
if os.environ.get("ALL_FAULTS"):
    MAKING = [("CreateCustomerGateway", False), ("CreateVpnConnection", False), *MAKING,
              ("CreateVpnConnectionRoute", False), ("CreateVpnConnectionRoute", True)]
    TAKING_AWAY = [("DeleteVpnConnection", False), ("DeleteVpnConnection", True), *TAKING_AWAY]
# What the message says of it. amazon.aws keeps AWS's own words back.
WORDS = {
    "CreateCustomerGateway": "CreateCustomerGateway", "CreateVpnConnection": "Failed to create VPN connection",
    "CreateVpnConnectionRoute": "Failed while adding route", "DeleteVpnConnection": "Failed to delete the VPN connection",
    "DeleteCustomerGateway": "DeleteCustomerGateway",
}


@pytest.fixture
def ends(playbooks, firewall, aws, tmp_path):
    """Runs the playbook for the firewall with further variables."""
    firewall.control.commit_duration(0.05)
    hosts = {"fw1": {
        "ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}", "panos_provider": provider_of(firewall),
        **both_ends(), "aws_pairing_outside_interface": "ethernet1/8", "aws_pairing_zone": "aws-vpn", "aws_pairing_source_zones": ["trust"],
        "aws_pairing_local_networks": ["10.10.0.0/24"], "aws_pairing_remote_networks": ["10.200.0.0/16"], "aws_pairing_failover": "pbf",
        "aws_pairing_commit_poll": 0.05, "aws_pairing_verify_poll": 0.1, "aws_pairing_verify_timeout": 5, "aws_pairing_journal": str(tmp_path / "journals")}}

    account = {"AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "notReal.secret", **leads_to_account(aws)}

    def run(*arguments, **variables):
        aws.calls.clear()
        return playbooks.run(None, PLAYBOOK, *arguments, variables=variables, inventory={"all": {"hosts": hosts}}, environment=account,
                             collections=COLLECTIONS_OF_AWS)
    return run


def written(aws) -> list[str]:
    """What a run asked AWS to do."""
    return [call for call in aws.calls if not call.startswith("Describe")]


def told(run) -> str:
    """What a failed run ends with."""
    return run.failures()[-1].message


def standing(aws) -> tuple[list[str], list[str]]:
    """Customer gateways and connections that AWS has."""
    return tuple([name for name, item in kind.items() if item["State"] == "available"] for kind in (aws.customer_gateways, aws.connections))


def test_made_compared_and_taken_away_whatever_aws_does_meanwhile(ends, aws, firewall):
    """AWS fails at a call, or does what it is told and says that it failed; and once everything stands it does not see a tunnel at first."""
    start = firewall.control.running()
    for call, done in MAKING:
        aws.fail(call, done=done)
        failed = ends()
        assert failed.status != 0 and WORDS[call] in told(failed), failed.output[-4000:]
        assert "What stands in AWS, as far as this run knows: " in told(failed) and "Run it again" in told(failed)
        assert firewall.control.running() == start
    aws.telemetry = lambda address: AWS_SEES_IT_UP if address == "203.0.113.17" else {}
    made = ends("-vvv", "--diff")
    assert made.status != 0 and "AWS sees the tunnel to 203.0.113.142 DOWN (IPSEC IS DOWN)" in told(made), made.output[-6000:]
    (gateway,), (connection,) = standing(aws)
    assert [item["Tags"] for item in (aws.customer_gateways[gateway], aws.connections[connection])] == [[{"Key": "Name", "Value": NAME}]] * 2
    assert [route["DestinationCidrBlock"] for route in aws.connections[connection]["Routes"]] == ["10.10.0.0/24"]
    assert f"{connection}-1" in firewall.control.running() and "notReal." not in made.everything()
    aws.telemetry = lambda address: AWS_SEES_IT_UP
    again = ends()
    assert again.status == 0 and not again.changed() and written(aws) == [], again.output[-4000:]
    assert "AWS sees 203.0.113.17 UP, IPSEC IS UP" in again.output
    # AWS gives a tunnel other terms, and somebody adds a route.
    item = aws.connections[connection]
    item["Options"]["TunnelOptions"][0]["Phase2LifetimeSeconds"] = 1800
    item["Routes"].append({"DestinationCidrBlock": "10.99.0.0/16", "Source": "Static", "State": "available"})
    before = firewall.control.running()
    compared = ends(aws_vpn_connection_state="compared")
    assert compared.status == 0 and written(aws) == [] and firewall.control.running() == before, compared.output[-4000:]
    assert "lifetime seconds 1800" in compared.output and f"to apply it interrupts {connection}-2" in compared.output
    assert "AWS has a route that is not of the local networks: 10.99.0.0/16" in compared.output
    for call, done in TAKING_AWAY:
        aws.fail(call, done=done)
        failed = ends(aws_vpn_connection_state="absent")
        assert failed.status != 0 and WORDS[call] in told(failed), failed.output[-4000:]
        assert bare(firewall.control.running()) == bare(start)
    gone = ends(aws_vpn_connection_state="absent")
    assert gone.status == 0 and standing(aws) == ([], []), gone.output[-4000:]


def test_what_is_somebody_s_is_used_and_keeps_its_name(ends, aws):
    """A gateway and a connection under another name; one of another AS number is refused, since the module would take it over."""
    aws.answer({"Action": "CreateCustomerGateway", "Type": "ipsec.1", "PublicIp": "198.51.100.10", "BgpAsn": "65010"})
    refused = ends()
    assert refused.status != 0 and "with AS 65010 and none with 65000" in told(refused) and written(aws) == []
    (gateway,), _none = standing(aws)
    aws.answer({"Action": "CreateVpnConnection", "Type": "ipsec.1", "CustomerGatewayId": gateway, "VpnGatewayId": "vgw-0b9e5d1f7a2c48306",
                "Options.StaticRoutesOnly": "true"})
    (connection,) = standing(aws)[1]
    for name in (gateway, connection):
        aws.answer({"Action": "CreateTags", "ResourceId.1": name, "Tag.1.Key": "Name", "Tag.1.Value": "head office"})
    gone = ends(aws_vpn_connection_state="absent", aws_vpn_connection_bgp_asn=65010)
    assert gone.status == 0 and written(aws) == [] and standing(aws) == ([gateway], [connection])
    assert f"{connection}, which is called head office" in gone.output
