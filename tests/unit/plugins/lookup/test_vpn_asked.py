# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the inventory says of a VPN is what is asked about it."""

from __future__ import annotations

import json

import pytest
from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from ansible.utils.display import Display

from ansible_collections.tunnelsmith.panos_vpn.plugins.lookup import firewalls, vpn_asked
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.peers.azure import test_azure_reader as azure
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.peers.gcp import test_gcp_reader as google
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.module_utils.peers.harmony_sase import test_harmony_sase_reader as harmony_sase
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules import pairing

DOCUMENT = json.loads((pairing.CONNECTIONS / "connection_static.json").read_text(encoding="utf-8"))
IDENTITY = pairing.name_of("pbf")


def looked_up(module, terms, variables, **options):
    loader = DataLoader()
    return module.LookupModule(loader=loader, templar=Templar(loader=loader, variables=variables)).run(list(terms), variables=variables, **options)


def asked(*prefixes, **variables) -> dict:
    (found,) = looked_up(vpn_asked, prefixes, variables)
    return found


def test_a_pairing_s_variables_are_what_is_asked():
    found = asked("vpn_verify", aws_pairing_connection=DOCUMENT, aws_pairing_source_zones=["trust"], aws_pairing_local_networks="10.10.0.0/25, 10.10.0.128/25",
                  aws_pairing_remote_networks=["10.200.0.0/16"], aws_pairing_vsys="vsys2", aws_pairing_probe="true", aws_pairing_journal="/tmp/j")
    assert found["connection"]["id"] == IDENTITY and len(found["connection"]["tunnels"]) == 2
    del found["connection"]
    assert found == {"name": [IDENTITY], "source_zones": ["trust"], "local_networks": ["10.10.0.0/25", "10.10.0.128/25"], "remote_networks": ["10.200.0.0/16"],
                     "vsys": "vsys2", "probe": "true", "journal": "/tmp/j"}


def test_what_a_role_takes_that_is_told_nothing_is_not_read(monkeypatch):
    """All of them together take longer to read than the rest of a playbook."""
    read = []
    load = DataLoader.load_from_file
    monkeypatch.setattr(DataLoader, "load_from_file", lambda self, name, *given, **more: read.append(name) or load(self, name, *given, **more))
    assert asked("vpn_verify", aws_pairing_connection_id="vpn-0fff", gcp_pairing_name="hub", panos_provider={})["name"] == ["vpn-0fff", "hub"]
    assert {name.partition("/roles/")[2].partition("/")[0] for name in read} == {"aws_pairing", "gcp_pairing"}


def test_an_id_alone_is_a_name():
    assert asked("vpn_verify", aws_pairing_connection_id="vpn-0fff") == {"name": ["vpn-0fff"]}


@pytest.mark.parametrize("role", ["azure_pairing", "gcp_pairing"])
def test_what_tells_a_cloud_s_connections_apart_is_not_the_vpn_s_name(role):
    assert asked("vpn_verify", **{f"{role}_name": "hub", f"{role}_connection_id": "to-headquarters"}) == {"name": ["hub"]}


HARMONY = {f"harmony_sase_pairing_{name.replace('dpd', 'dead_peer_detection')}": value for name, value in harmony_sase.SINGLE.items()}


@pytest.mark.parametrize("name, variables", [
    ("hub", {"azure_pairing_name": "hub", "azure_pairing_connection": azure.BUNDLE}),
    ("hub", {"gcp_pairing_name": "hub", "gcp_pairing_connection": json.dumps(google.BUNDLE)}),
    ("branch", {"zstack_pairing_name": "branch", "zstack_pairing_local_ip_address": "203.0.113.5", "zstack_pairing_peer_public_ip": "198.51.100.10",
                "zstack_pairing_authentication_key": "notReal.zstack", "zstack_pairing_remote_networks": ["10.9.0.0/16"],
                "zstack_pairing_local_networks": ["10.10.0.0/24"]}),
    ("sase", {**HARMONY, "harmony_sase_pairing_name": "sase"}),
    ("hub", {"site_to_site_name": "hub", "site_to_site_tunnels": [
        {"outside_address": "203.0.113.9", "pre_shared_key": "notReal.hub",
         "ike": {"version": "ikev2", "encryption": "aes-256-cbc", "hash": "sha384", "dh_group": "group20"},
         "ipsec": {"encryption": "aes-256-gcm", "authentication": "none", "dh_group": "group20"}}]}),
], ids=["azure", "gcp", "zstack", "harmony_sase", "site_to_site"])
def test_what_any_role_is_told_of_the_far_side_is_compared(name, variables):
    found = asked("vpn_verify", **variables)
    assert found["name"] == [name] and found["connection"]["tunnels"][0]["outside_address"]


@pytest.mark.parametrize("role", ["azure_pairing", "gcp_pairing"])
def test_a_description_that_cannot_be_read_is_a_warning(role, monkeypatch):
    told = []
    monkeypatch.setattr(Display, "warning", lambda self, text, **more: told.append(text))
    assert asked("vpn_verify", **{f"{role}_name": "hub", f"{role}_connection": "{"}) == {"name": ["hub"]}
    assert len(told) == 1 and told[0].startswith(f"{role}: the far side's description cannot be read")


SEVERAL = {"aws_pairing_connection_id": "vpn-0fff", "aws_pairing_source_zones": ["trust"], "aws_pairing_remote_networks": ["10.20.0.0/16"],
           "gcp_pairing_name": "hub", "gcp_pairing_source_zones": ["trust"], "gcp_pairing_remote_networks": ["10.30.0.0/16"],
           "zstack_pairing_name": "far", "zstack_pairing_vsys": "vsys2"}
AWS = {"name": ["vpn-0fff"], "source_zones": ["trust"], "remote_networks": ["10.20.0.0/16"]}
HUB = {"name": ["hub"], "source_zones": ["trust"], "remote_networks": ["10.30.0.0/16"]}


def test_each_vpn_of_a_firewall_is_asked_for_with_what_is_its_own():
    assert looked_up(vpn_asked, ["vpn_verify"], SEVERAL) == [AWS, HUB, {"name": ["far"], "vsys": "vsys2"}]
    assert asked("vpn_verify", **SEVERAL, vpn_verify_name="hub") == HUB
    assert looked_up(vpn_asked, ["vpn_verify"], {**SEVERAL, "vpn_verify_name": "hub, vpn-0fff", "vpn_verify_source_zones": "dmz"}) == [
        {**HUB, "source_zones": ["dmz"]}, {**AWS, "source_zones": ["dmz"]}]


def test_what_is_said_of_no_vpn_is_not_said_of_one_of_several():
    assert looked_up(vpn_asked, ["vpn_verify"], {**SEVERAL, "azure_pairing_probe": "true"})[0] == AWS
    only = {name: value for name, value in SEVERAL.items() if name.startswith("gcp")}
    assert asked("vpn_verify", **only, azure_pairing_probe="true", azure_pairing_source_zones=["dmz"]) == {**HUB, "probe": "true"}


def test_those_of_which_the_same_is_said_are_asked_for_together():
    assert asked("vpn_verify", aws_pairing_connection_id="vpn-0fff", gcp_pairing_name="hub") == {"name": ["vpn-0fff", "hub"]}


@pytest.mark.parametrize("given, rest", [
    pytest.param({}, [], id="nothing is said"),
    pytest.param({"aws_pairing_connection_id": "vpn-0fff", "aws_pairing_source_zones": ["trust"]}, [{}], id="one VPN"),
    pytest.param({"aws_pairing_connection_id": "vpn-0fff", "aws_pairing_vsys": "vsys2"}, [{"vsys": "vsys2"}], id="one in another virtual system"),
    pytest.param(SEVERAL, [{}, {"vsys": "vsys2"}], id="several"),
    pytest.param({**SEVERAL, "vpn_report_name": "vpn-0fff"}, [], id="the report is to be about one"),
])
def test_a_look_at_everything_asks_what_a_verification_asks_and_then_for_the_rest_without_it(given, rest):
    verified = looked_up(vpn_asked, ["vpn_verify"], {name.replace("vpn_report", "vpn_verify"): value for name, value in given.items()})
    assert looked_up(vpn_asked, ["vpn_report"], given, besides=True) == [*verified, *rest]


def test_the_playbook_s_own_variables_come_first():
    found = asked("vpn_verify", vpn_verify_name=f"{IDENTITY}, other", vpn_verify_source_zones="dmz", aws_pairing_source_zones=["trust"])
    assert found == {"name": [IDENTITY, "other"], "source_zones": ["dmz"]}


def test_what_is_for_another_vpn_is_left_out():
    assert asked("vpn_verify", vpn_verify_name="branch-7", aws_pairing_connection=DOCUMENT, aws_pairing_source_zones=["trust"]) == {"name": ["branch-7"]}


@pytest.mark.parametrize("variables", [{}, {"vpn_verify_name": ""}, {"aws_pairing_connection": ""}], ids=["nothing", "an empty name", "an empty connection"])
def test_nothing_said_is_nothing_asked(variables):
    assert asked("vpn_verify", **variables) == {}


def meant(pattern="", hosts=("fw1", "fw2", "www"), **variables) -> list:
    groups = {"all": list(hosts), "firewalls": ["fw1", "fw2"] if len(hosts) > 1 else list(hosts), "ungrouped": []}
    return looked_up(firewalls, [pattern], {"groups": groups, **variables}, variable="vpn_report_hosts")


def test_who_is_in_another_slice_is_reminded_of_slices():
    with pytest.raises(AnsibleError, match="called fw7; its hosts are fw1, fw2, www, its groups firewalls. A slice of a job has only some"):
        meant("fw7", awx_job_id=1)
    with pytest.raises(AnsibleError, match="its groups firewalls$"):
        meant("fw7")


def test_several_hosts_are_not_guessed_at():
    words = r"3 hosts; say which of them are meant: vpn_report_hosts=GROUP \(or all\), or --limit. Its groups are firewalls"
    with pytest.raises(AnsibleError, match=words):
        meant()


@pytest.mark.parametrize("given, found", [
    ({"pattern": "firewalls"}, ["fw1", "fw2"]), ({"pattern": "all"}, ["fw1", "fw2", "www"]), ({"ansible_limit": "fw1"}, ["fw1"]),
    ({"hosts": ("fw1",)}, ["fw1"]), ({"awx_job_id": 7}, ["fw1", "fw2", "www"]),
], ids=["a group", "all, said", "a limit", "one host", "the inventory of a job template"])
def test_where_it_is_certain_it_is_not_asked_for(given, found):
    assert sorted(meant(**given)) == sorted(found)
