# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What belongs to others on the same firewall comes through a pairing's whole life as it was."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.integration.back_to_start import bare
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.connections import IDS, paired, removed
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.playbook_run import access, pairing, play

DEVICE = "/config/devices/entry[@name='localhost.localdomain']"
NETWORK = f"{DEVICE}/network"
VSYS = f"{DEVICE}/vsys/entry[@name='vsys1']"
# Settings that PAN-OS has and the collection does not model, and elements and attributes that nobody knows.
PLANTED = {
    NETWORK: "<tunnel><ipsec><entry name='branch-7'><comment>to be replaced in May</comment><copy-flow-label>no</copy-flow-label></entry></ipsec></tunnel>",
    f"{NETWORK}/ike": "<gateway><entry name='branch-7' owner='networks'><protocol-common><x-later>1</x-later></protocol-common></entry></gateway>",
    f"{NETWORK}/interface/tunnel/units": "<entry name='tunnel.7'><netflow-profile>flows</netflow-profile><x-later colour='red'/></entry>",
    f"{VSYS}/zone": "<entry name='aws-vpn'><network><layer3/><log-setting>default</log-setting></network><x-later>yes</x-later></entry>",
    f"{VSYS}/rulebase/security/rules": "<entry name='deny the rest'><description>audited</description><x-later/></entry>",
    f"{VSYS}/rulebase/pbf/rules": "<entry name='guest-dsl'><tag><member>guests</member></tag></entry>",
    f"{VSYS}/import/network": "<interface><member>vlan.9</member></interface>",
}
ROUTERS = {
    "virtual-router": "<entry name='default'><interface><member>vlan.9</member></interface><ecmp><enable>no</enable></ecmp><x-later>1</x-later></entry>",
    "logical-router":
        "<entry name='default'><vrf><entry name='default'><interface><member>vlan.9</member></interface><x-later>1</x-later></entry></vrf></entry>",
}


@pytest.mark.parametrize("failover", ["pbf", "bgp"])
@pytest.mark.parametrize("engine", ROUTERS)
def test_what_was_there_survives(playbooks, firewalls, engine, failover):
    firewall = firewalls(engine=engine)
    control = firewall.control
    for place, element in {**PLANTED, f"{NETWORK}/{engine}": ROUTERS[engine]}.items():
        control.plant(place, element)
    running = control.running()
    control.edit_as("alice", "set", f"{VSYS}/address/entry[@name='new printer']", "<ip-netmask>10.10.0.77</ip-netmask>")
    control.edit_as("alice", "edit", f"{NETWORK}/ike/gateway/entry[@name='branch-7']/comment", "<comment>alice is at it</comment>")
    candidate = control.candidate()

    run = playbooks.run(firewall, play(pairing(**paired(failover)), pairing(**paired(failover)), pairing(**removed(failover))))
    assert run.status == 0, run.output
    committed = run.of("site_to_site_vpn")[0]
    assert IDS[failover] in committed.running
    assert set(bare(candidate)) <= set(bare(committed.candidate))
    assert set(bare(running)) <= set(bare(committed.running))
    assert "alice" not in committed.running
    assert "new printer" not in committed.running
    assert bare(control.candidate()) == bare(candidate)
    assert bare(control.running()) == bare(running)


def test_other_changes_of_the_same_account_are_neither_committed_nor_lost(playbooks, firewall):
    control = firewall.control
    control.edit_as("admin", "set", f"{VSYS}/address/entry[@name='new printer']", "<ip-netmask>10.10.0.77</ip-netmask>")
    candidate = control.candidate()
    refused = playbooks.run(firewall, play(pairing(**paired("pbf", aws_pairing_lock_timeout=0))), environment=access(firewall, "admin"))
    assert refused.status != 0
    assert "new printer" in refused.failures()[0].message
    assert control.candidate() == candidate

    included = playbooks.run(firewall, play(pairing(**paired("pbf", aws_pairing_commit_foreign="include"))), environment=access(firewall, "admin"))
    assert included.status == 0, included.output
    assert "new printer" in control.running()
