# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Jobs, ownership of changes, partial commits, locks."""

from __future__ import annotations

import concurrent.futures
import time

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import Emulator, Switches

CHANGES = "<show><config><list><changes/></list></config></show>"
PENDING = "<check><pending-changes/></check>"


def mine(name="admin"):
    return f"<commit><partial><admin><member>{name}</member></admin></partial></commit>"


def unit(at, number):
    return f"{at.units}/entry[@name='tunnel.{number}']"


def changes(client):
    return [
        (entry.findtext("xpath"), entry.findtext("owner"), entry.findtext("action"), entry.findtext("admin-history"))
        for entry in client.op(CHANGES).root.iter("entry")
    ]


class TestJob:
    def test_nothing_to_commit_makes_no_job(self, client):
        reply = client.call(type="commit", cmd="<commit/>")
        assert reply.text == '<response status="success" code="19"><msg>There are no changes to commit.</msg></response>'

    def test_enqueued_then_active_then_finished(self, client, firewall, at):
        firewall.control.commit_duration(0.3)
        client.set(unit(at, 8), "<mtu>1400</mtu>")
        reply = client.call(type="commit", cmd="<commit><description>why not</description></commit>")
        assert reply.text == (
            '<response status="success" code="19"><result><msg><line>Commit job enqueued with jobid 2</line></msg><job>2</job>'
            "</result></response>"
        )
        job = client.op("<show><jobs><id>2</id></jobs></show>").root.find("result/job")
        assert [job.findtext(tag) for tag in ("status", "result", "tfin", "type", "user", "description")] == [
            "ACT", "PEND", "Still Active", "Commit", "admin", "why not",
        ]
        assert int(job.findtext("progress")) < 100
        assert client.show(unit(at, 8)).status == "error"
        job = client.finished("2")
        assert [job.findtext(tag) for tag in ("status", "result", "progress")] == ["FIN", "OK", "100"]
        assert job.findtext("details/line") == "Configuration committed successfully"

    def test_busy_while_one_runs(self, client, firewall, at):
        firewall.control.commit_duration(5)
        client.set(unit(at, 8), "<mtu>1400</mtu>")
        client.call(type="commit", cmd="<commit/>")
        assert client.call(type="commit", cmd="<commit/>").text == (
            '<response status="error" code="13"><msg><line>Another commit/validate is in progress. Please try again later</line></msg>'
            "</response>"
        )

    def test_unknown_job(self, client):
        reply = client.op("<show><jobs><id>19</id></jobs></show>")
        assert reply.text == '<response status="error" code="7"><msg><line>job 19 not found</line></msg></response>'

    def test_change_made_during_a_commit_is_left_for_the_next(self, client, firewall, at):
        firewall.control.commit_duration(0.1)
        client.set(unit(at, 8), "<mtu>1400</mtu>")
        number = client.call(type="commit", cmd="<commit/>").root.findtext("result/job")
        client.set(unit(at, 8), "<mtu>1500</mtu>")
        client.finished(number)
        assert client.show(f"{unit(at, 8)}/mtu").root.findtext("result/mtu") == "1400"
        assert client.op(PENDING).message == "yes"
        client.commit()
        assert client.show(f"{unit(at, 8)}/mtu").root.findtext("result/mtu") == "1500"

    def test_warns_of_a_tunnel_interface_without_zone(self, client, at):
        client.set(unit(at, 8), "<mtu>1400</mtu>")
        warnings = [line.text for line in client.commit().find("warnings")]
        assert warnings[0] == "Interface tunnel.8 has no zone configuration."

    def test_validate_changes_nothing(self, client, at):
        client.set(unit(at, 8), "<mtu>1400</mtu>")
        number = client.op("<validate><full/></validate>").root.findtext("result/job")
        job = client.finished(number)
        assert (job.findtext("type"), job.findtext("result")) == ("Validate", "OK")
        assert client.show(unit(at, 8)).status == "error"

    def test_outcome_of_the_next_commit_can_be_planned(self, client, firewall, at):
        client.set(unit(at, 8), "<mtu>1400</mtu>")
        firewall.control.fail_next_commit(["Commit failed", "management server failed to send phase 1 to client ikemgr"])
        job = client.commit()
        assert (job.findtext("result"), job.find("details")[1].text) == ("FAIL", "management server failed to send phase 1 to client ikemgr")
        firewall.control.warn_next_commit(["mind the gap"])
        job = client.commit()
        assert (job.findtext("result"), job.findtext("warnings/line")) == ("OK", "mind the gap")

    def test_force_commits_without_changes(self, client):
        assert client.commit("<commit><force/></commit>").findtext("result") == "OK"

    @pytest.mark.parametrize(("version", "full"), [("10.1", False), ("11.1", True)])
    def test_end_is_a_date_from_11_0(self, client_of, at, version, full):
        with Emulator(version=version) as emulator:
            emulator.control.commit_duration(0.01)
            client = client_of(emulator)
            client.set(unit(at, 8), "<mtu>1400</mtu>")
            assert ("/" in client.commit().findtext("tfin")) is full


class TestOwnership:
    def test_list_of_changes(self, client, firewall, at):
        client.set(unit(at, 8), "<mtu>1400</mtu><comment>x</comment>")
        client.set(at.imports, "<member>tunnel.8</member>")
        client.set(unit(at, 7), "<mtu>1399</mtu>")
        client.delete(f"{at.tunnels}/entry[@name='branch-7']")
        firewall.control.edit_as("someone", "set", unit(at, 7), "<mtu>1398</mtu>")
        assert changes(client) == [
            (unit(at, 8), "admin", " CREATE", "admin"),
            (f"{at.imports}/member[text()='tunnel.8']", "admin", " CREATE", "admin"),
            (f"{at.tunnels}/entry[@name='branch-7']", "admin", " DELETE", "admin"),
            (f"{unit(at, 7)}/mtu", "someone", " EDIT", "admin, someone"),
        ]

    def test_entry_through_its_container_is_booked_as_the_switch_says(self, client_of, at):
        for books_container, booked in ((False, unit(at, 8)), (True, at.units)):
            with Emulator(switches=Switches(journal_books_container=books_container)) as emulator:
                client = client_of(emulator)
                client.set(at.units, "<entry name='tunnel.8'><mtu>1400</mtu></entry>")
                assert [change[0] for change in changes(client)] == [booked]

    def test_write_without_effect_is_booked_only_by_switch(self, client_of, at):
        for switch in (False, True):
            with Emulator(switches=Switches(journal_books_unchanged=switch)) as emulator:
                client = client_of(emulator)
                client.set(unit(at, 7), "<mtu>1400</mtu>")
                assert client.op(PENDING).message == ("yes" if switch else "no")

    def test_partial_commit_takes_only_ones_own(self, client, firewall, at):
        client.set(unit(at, 8), "<mtu>1400</mtu>")
        firewall.control.edit_as("someone", "set", unit(at, 9), "<mtu>1400</mtu>")
        firewall.control.edit_as("someone", "set", unit(at, 8), "<comment>theirs</comment>")
        firewall.control.edit_as("someone", "delete", f"{at.tunnels}/entry[@name='branch-7']")
        assert client.commit(mine(), action="partial").findtext("result") == "OK"
        assert client.show(unit(at, 8)).text.endswith("<entry name=\"tunnel.8\"><mtu>1400</mtu></entry></result></response>")
        assert client.show(unit(at, 9)).status == "error"
        assert client.show(f"{at.tunnels}/entry[@name='branch-7']").status == "success"
        entry = client.get(unit(at, 8)).root.find("result/entry")
        assert entry.get("admin") is None
        assert (entry.find("mtu").get("admin"), entry.find("comment").get("admin")) == (None, "someone")
        assert {change[1] for change in changes(client)} == {"someone"}
        assert client.call(type="commit", cmd=mine()).message == "There are no changes to commit."
        assert client.commit().findtext("result") == "OK"
        assert firewall.control.running() == firewall.control.candidate()

    def test_partial_commit_of_the_other_takes_a_bare_container_along(self, client, firewall, at):
        client.set(f"{at.zones}/entry[@name='new']", "<network><layer3/></network>")
        firewall.control.edit_as("someone", "set", f"{at.zones}/entry[@name='new']", "<enable-user-identification>yes</enable-user-identification>")
        client.commit(mine("someone"))
        assert client.show(f"{at.zones}/entry[@name='new']").text == (
            '<response status="success"><result><entry name="new"><enable-user-identification>yes</enable-user-identification></entry>'
            "</result></response>"
        )
        client.commit()
        assert firewall.control.running() == firewall.control.candidate()

    def test_partial_commit_moves_a_rule_among_those_that_run(self, client, firewall, at):
        rules = at.security
        firewall.control.edit_as("someone", "set", f"{rules}/entry[@name='theirs']", "<action>allow</action>")
        firewall.control.edit_as("someone", "move", f"{rules}/entry[@name='theirs']", where="top")
        client.move(f"{rules}/entry[@name='branch 7 keys']", "after", dst="theirs")
        client.commit(mine())
        running = [entry.get("name") for entry in client.show(rules).root.find("result/rules")]
        assert running == ["branch 7 keys", "office to internet", "office to servers", "branch 7 both ways", "deny the rest"]

    def test_partial_commit_without_network_leaves_network_changes(self, client, at):
        client.set(unit(at, 8), "<mtu>1400</mtu>")
        client.set(f"{at.vsys}/tag/entry[@name='new']", "<comments>x</comments>")
        client.commit("<commit><partial><device-and-network>excluded</device-and-network></partial></commit>")
        assert client.show(unit(at, 8)).status == "error"
        assert client.show(f"{at.vsys}/tag/entry[@name='new']").status == "success"

    def test_full_commit_takes_everybodys(self, client, firewall, at):
        firewall.control.edit_as("someone", "set", unit(at, 9), "<mtu>1400</mtu>")
        client.commit()
        assert client.op(CHANGES).text == '<response status="success"><result></result></response>'
        assert firewall.control.candidate(marks=True) == firewall.control.running()

    def test_revert_of_ones_own(self, client, firewall, at):
        before = firewall.control.candidate()
        firewall.control.edit_as("someone", "set", unit(at, 9), "<mtu>1400</mtu>")
        with_theirs = firewall.control.candidate()
        client.set(unit(at, 8), "<mtu>1400</mtu>")
        client.delete(f"{at.tunnels}/entry[@name='branch-7']")
        client.set(unit(at, 7), "<mtu>1300</mtu>")
        reply = client.op("<revert><config><partial><admin><member>admin</member></admin></partial></config></revert>")
        assert reply.message == "All changes were reverted from configuration"
        assert firewall.control.candidate() == with_theirs
        client.op("<revert><config/></revert>")
        assert firewall.control.candidate(marks=True) == before


class TestLocks:
    def test_words(self, client):
        add, remove = "<request><config-lock><add/></config-lock></request>", "<request><config-lock><remove/></config-lock></request>"
        assert client.op(add).message == (
            "Successfully acquired lock. Other administrators will not be able to modify configuration until lock is released by admin."
        )
        again = client.op(add)
        assert (again.code, again.message) == (None, "You already own a config lock for scope shared")
        entry = client.op("<show><config-locks/></show>").root.find("result/config-locks/entry")
        assert (entry.get("name"), entry.findtext("comment")) == ("admin", "(null)")
        assert client.op(remove).message == "Config lock released for admin"
        assert client.op(remove).text == (
            '<response status="error"><msg><line>Config is not currently locked for scope shared</line></msg></response>'
        )
        assert client.op("<show><config-locks/></show>").root.find("result/config-locks/entry") is None

    def test_somebody_elses_config_lock_refuses_writes_and_names_the_holder(self, client, firewall, at):
        firewall.control.hold_config_lock("someone")
        reply = client.set(unit(at, 8), "<mtu>1400</mtu>")
        assert reply.text == (
            '<response status="error"><msg><line>Config for scope shared is currently locked by someone</line></msg></response>'
        )
        assert client.multi(f'<set xpath="{unit(at, 8)}"><mtu>1400</mtu></set>').verdict == ("error", "13")
        assert client.op("<request><config-lock><add/></config-lock></request>").message == "Config lock is already held by someone"
        firewall.control.release_locks("someone")
        assert client.set(unit(at, 8), "<mtu>1400</mtu>").status == "success"

    def test_somebody_elses_commit_lock_refuses_the_commit(self, client, firewall, at):
        client.set(unit(at, 8), "<mtu>1400</mtu>")
        firewall.control.hold_commit_lock("someone")
        assert client.call(type="commit", cmd="<commit/>").text == (
            '<response status="error" code="14"><msg><line>Other administrators are holding device wide commit locks.</line></msg>'
            "</response>"
        )

    def test_ones_own_locks_go_with_the_commit(self, client, at):
        client.op("<request><config-lock><add><comment>mine</comment></add></config-lock></request>")
        client.op("<request><commit-lock><add/></commit-lock></request>")
        client.set(unit(at, 8), "<mtu>1400</mtu>")
        client.commit()
        assert client.op("<show><config-locks/></show>").root.find(".//entry") is None
        assert client.op("<show><commit-locks/></show>").root.find(".//entry") is None


def test_saved_configuration_can_be_loaded(client, firewall, at):
    before = firewall.control.candidate()
    client.op("<save><config><to>mine.xml</to></config></save>")
    client.set(unit(at, 8), "<mtu>1400</mtu>")
    assert client.op("<load><config><from>mine.xml</from></config></load>").status == "success"
    assert firewall.control.candidate() == before
    assert client.op("<load><config><from>none.xml</from></config></load>").status == "error"


def test_eight_admins_at_once_lose_nothing(client_of, firewall, at):
    def work(number):
        name = f"admin{number}"
        own = client_of(firewall, firewall.control.add_admin(name, "x"))
        assert own.multi(
            f'<set xpath="{unit(at, 20 + number)}"><mtu>1400</mtu></set><set xpath="{at.imports}"><member>tunnel.{20 + number}</member></set>'
        ).code == "20"
        while True:
            try:
                return own.commit(mine(name)).findtext("result")
            except LookupError as busy:
                assert "in progress" in str(busy)
                time.sleep(0.02)

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert list(pool.map(work, range(8))) == ["OK"] * 8
    assert firewall.control.running() == firewall.control.candidate(marks=True)
    assert all(f"<member>tunnel.{20 + number}</member>" in firewall.control.running(at.imports) for number in range(8))
