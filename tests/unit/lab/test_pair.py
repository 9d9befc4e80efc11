# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An active/passive pair: who has traffic, what is synchronised, what is not."""

from __future__ import annotations

import time

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import Emulator

STATE = "<show><high-availability><state/></high-availability></show>"
SYNC = "<request><high-availability><sync-to-remote><running-config/></sync-to-remote></high-availability></request>"
FLOW = "<show><vpn><flow/></vpn></show>"


class Members:
    """Two emulators and their clients; ``one`` begins as the active member."""

    def __init__(self, client_of, second_version="11.1"):
        self.emulators = [Emulator(name=name, version=version).start() for name, version in (("fw1", "11.1"), ("fw2", second_version))]
        for emulator in self.emulators:
            emulator.control.commit_duration(0.01)
        self.pair = self.emulators[0].pair_with(self.emulators[1])
        self.one, self.two = (client_of(emulator) for emulator in self.emulators)

    def states(self):
        return [client.op(STATE).root.findtext("result/group/local-info/state") for client in (self.one, self.two)]

    def sync(self, client):
        return client.op(STATE).root.findtext("result/group/running-sync")

    def wait_until(self, wanted):
        deadline = time.monotonic() + 5
        while self.sync(self.one) != wanted:
            assert time.monotonic() < deadline, self.sync(self.one)
            time.sleep(0.005)

    def stop(self):
        for emulator in self.emulators:
            emulator.stop()


@pytest.fixture
def members(client_of):
    members = Members(client_of)
    yield members
    members.stop()


def unit(at, number=8):
    return f"{at.units}/entry[@name='tunnel.{number}']"


def change(client, at, number=8):
    assert client.set(unit(at, number), "<mtu>1400</mtu>").code == "20"
    assert client.commit().findtext("result") == "OK"


def test_each_member_knows_both_states(members):
    assert members.states() == ["active", "passive"]
    group = members.two.op(STATE).root.find("result/group")
    assert [group.findtext(path) for path in ("peer-info/state", "peer-info/conn-status", "running-sync", "running-sync-enabled")] == [
        "active", "up", "synchronized", "yes",
    ]


def test_a_commit_on_the_active_member_reaches_the_passive_one_as_a_job(members, at):
    change(members.one, at)
    members.wait_until("synchronized")
    assert members.two.show(unit(at)).status == "success"
    assert members.two.get(unit(at)).code == "19"
    jobs = members.two.op("<show><jobs><all/></jobs></show>").root.findall("result/job")
    assert [(job.findtext("type"), job.findtext("result")) for job in jobs][0] == ("HA-Sync", "OK")


def test_uncommitted_changes_are_not_shared(members, at):
    members.one.set(unit(at), "<mtu>1400</mtu>")
    assert members.two.get(unit(at)).code == "7"
    assert members.sync(members.one) == "synchronized"


def test_the_passive_member_takes_writes_and_the_pair_reports_it(members, at):
    change(members.two, at)
    assert members.sync(members.one) == members.sync(members.two) == "not synchronized"
    assert members.one.get(unit(at)).code == "7"
    assert members.one.op(SYNC).root.findtext("msg/line").startswith("HA synchronization job has been queued on peer.")
    members.wait_until("synchronized")
    assert members.two.get(unit(at)).code == "7"


def test_synchronisation_overwrites_the_peer_s_candidate(members, at):
    members.two.set(unit(at, 9), "<mtu>1400</mtu>")
    change(members.one, at)
    members.wait_until("synchronized")
    assert members.two.get(unit(at, 9)).code == "7"
    assert members.two.op("<check><pending-changes/></check>").message == "no"


def test_commits_are_refused_while_the_peer_synchronises(members, at):
    members.emulators[1].control.commit_duration(5)
    change(members.one, at)
    assert members.sync(members.one) == "synchronization in progress"
    members.two.set(unit(at, 9), "<mtu>1400</mtu>")
    assert members.two.call(type="commit", cmd="<commit/>").message.startswith("Another sync is in progress.")


def test_host_name_and_ha_settings_stay_each_member_s_own(members, at):
    change(members.one, at)
    members.wait_until("synchronized")
    for client, name in ((members.one, "fw1"), (members.two, "fw2")):
        assert client.show(f"{at.device}/deviceconfig/system/hostname").root.findtext("result/hostname") == name


def test_only_the_active_member_has_traffic(members):
    def view(client):
        links = client.op("<show><interface>all</interface></show>").root.findall("result/hw/entry")
        routes = client.op("<show><routing><route/></routing></show>").root.findall("result/entry")
        return client.op(FLOW).root.findtext("result/IPSec/entry/state"), {link.findtext("state") for link in links}, bool(routes)

    assert view(members.one) == ("active", {"up"}, True)
    assert view(members.two) == ("init", {"down"}, False)
    members.emulators[0].control.fail_over()
    assert members.states() == ["passive", "active"]
    assert view(members.two) == ("active", {"up"}, True)


def test_edits_stay_behind_on_a_failover(members, at):
    members.one.set(unit(at), "<mtu>1400</mtu>")
    members.emulators[0].control.fail_over()
    assert members.two.get(unit(at)).code == "7"
    members.one.commit()
    assert members.sync(members.two) == "not synchronized"


def test_suspend_and_functional(members):
    command = "<request><high-availability><state><{0}/></state></high-availability></request>"
    members.one.op(command.format("suspend"))
    assert members.states() == ["suspended", "active"]
    members.one.op(command.format("functional"))
    assert members.states() == ["passive", "active"]


def test_synchronisation_turned_off(members, at):
    members.emulators[0].control.set_config_sync(False)
    change(members.one, at)
    assert members.sync(members.one) == "not synchronized"
    assert members.one.op(STATE).root.findtext("result/group/running-sync-enabled") == "no"
    assert members.one.op(SYNC).message == "Failed to synchronize running configuration with HA peer"


def test_different_versions_do_not_synchronise(client_of, at):
    members = Members(client_of, second_version="11.2")
    change(members.one, at)
    assert members.sync(members.one) == "not synchronized"
    members.stop()


def test_split_pair_has_two_active_members(members, at):
    members.emulators[0].control.separate_pair()
    assert members.states() == ["active", "active"]
    group = members.one.op(STATE).root.find("result/group")
    assert (group.findtext("peer-info/conn-status"), group.findtext("peer-info/state")) == ("down", "unknown")
    change(members.one, at)
    assert members.two.get(unit(at)).code == "7"


def test_a_firewall_without_a_peer_cannot_synchronise(client):
    assert client.op(SYNC).verdict == ("error", "13")


def test_behind_a_panorama_the_pair_is_listed(members, client_of):
    with Emulator(model="panorama") as panorama:
        for emulator in members.emulators:
            panorama.manage(emulator, "branch-stack")
        entries = client_of(panorama).op("<show><devices><connected/></devices></show>").root.findall("result/devices/entry")
        serials = [emulator.firewall.serial for emulator in members.emulators]
        assert [(entry.findtext("ha/state"), entry.findtext("ha/peer/serial")) for entry in entries] == [
            ("active", serials[1]), ("passive", serials[0]),
        ]


def test_pushed_content_is_not_synchronised(members, client_of, at):
    with Emulator(model="panorama") as panorama:
        panorama.control.commit_duration(0.01)
        panorama.manage(members.emulators[0], "branch-stack")
        client = client_of(panorama)
        push = "<commit-all><template-stack><name>branch-stack</name></template-stack></commit-all>"
        client.finished(client.call(type="commit", action="all", cmd=push).root.findtext("result/job"))
        deadline = time.monotonic() + 5
        profile = f"{at.network}/profiles/monitor-profile/entry[@name='site-monitor']"
        while members.one.get(profile).code == "7":
            assert time.monotonic() < deadline
        members.wait_until("synchronized")
        assert members.two.get(profile).code == "7"
