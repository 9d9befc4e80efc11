# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a VPN's runs changed is taken back, exactly, whenever they ended; and what is said where that cannot be."""

from __future__ import annotations

import json
import pathlib
import stat
import xml.etree.ElementTree as ET

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.journal import Journal
from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import config_revert
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import NETWORK, VSYS, parsed
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.pairing import (
    ENGINES, HOSTILE_KEY, VpnDoor, changed_tunnels, every_tunnel, name_of, options, profile, seen,
)

on_both_engines = pytest.mark.parametrize("engine", ENGINES)
with_every_failover = pytest.mark.parametrize("failover", ["pbf", "bgp"])
OTHERS = f"{VSYS}/address/entry[@name='office-lan']"


class Reverting(VpnDoor):
    """A door that keeps journals, and reverts by them."""

    def __init__(self, firewall, folder: pathlib.Path):
        super().__init__(firewall)
        self.folder = folder / "kept" / "journals"

    def write(self, kind="pbf", **changes):
        return self.done({**options(kind, **changes), "journal": str(self.folder)})

    def revert(self, kind="pbf", **more):
        asked = {"name": name_of(kind), "journal": str(self.folder), "commit_poll": 0.05, **more}
        check = asked.pop("check", False)
        return self.run(asked, check=check, module=config_revert)

    def reverted(self, kind="pbf", **more):
        result = self.revert(kind, **more)
        assert not result.failed, result.message
        return result

    @property
    def journals(self) -> list:
        return sorted(self.folder.glob("*")) if self.folder.exists() else []

    def candidate(self, xpath="/config"):
        return lines(super().candidate(xpath))

    def running(self):
        return lines(parsed(self.control.running()))


def lines(tree, above="") -> list:
    """A configuration as sorted lines; the place of a rule among others is part of it, that of any other entry is not."""
    tag, attributes, text, children = tree
    place = f"{above}/{tag}{dict(attributes).get('name', '')}"
    found = [f"{place} {attributes} {text}"]
    for number, child in enumerate(children):
        found.extend(lines(child, f"{place}[{number}]" if tag == "rules" else place))
    return sorted(found)


@pytest.fixture
def door(firewalls, tmp_path) -> Reverting:
    return Reverting(firewalls(), tmp_path)


@with_every_failover
@on_both_engines
def test_a_new_vpn_is_taken_back(firewalls, tmp_path, engine, failover):
    door = Reverting(firewalls(engine=engine), tmp_path)
    start = door.candidate()
    door.commit(door.write(failover))
    result = door.reverted(failover)
    assert (result.changed, result.values["left"], door.candidate(), door.running(), door.journals) == (True, [], start, start, [])
    assert "vpn" in result.diff["before"] and result.values["job_id"]


@with_every_failover
@on_both_engines
def test_changes_of_a_vpn_are_taken_back_all_together(firewalls, tmp_path, engine, failover):
    door = Reverting(firewalls(engine=engine), tmp_path)
    door.committed(options(failover))
    start = door.candidate()
    door.commit(door.write(failover, remote_networks=["10.201.0.0/16"], source_zones=["trust", "dmz"], zone="elsewhere"))
    door.write(failover, tunnels=every_tunnel(failover, {"pre_shared_key": "notReal.another1"}), mtu=1300, security_rules="outbound")
    assert door.candidate() != start
    door.reverted(failover)
    assert set(door.candidate()) ^ set(start) == set()


@on_both_engines
def test_a_removal_is_taken_back(firewalls, tmp_path, engine):
    door = Reverting(firewalls(engine=engine), tmp_path)
    door.committed(options("bgp"))
    start, keys = door.candidate(), door.control.candidate(f"{NETWORK}/ike/gateway")
    door.commit(door.done({"name": name_of("bgp"), "state": "absent", "journal": str(door.folder)}))
    door.reverted("bgp")
    assert (door.candidate(), door.running(), door.control.candidate(f"{NETWORK}/ike/gateway")) == (start, start, keys)


@pytest.mark.parametrize("fault, kept", [
    ({"kind": "operation_error", "number": 3, "code": 12, "message": "no"}, 0), ({"kind": "drop_before", "times": 10}, 0),
    ({"kind": "drop_after", "times": 1}, 1)], ids=["refused", "never arrived", "its answer lost"])
def test_a_journal_stays_where_something_may_have_been_written(door, fault, kept):
    start = door.candidate()
    door.control.fault(when={"action": "multi-config"}, **fault)
    door.run({**options("pbf"), "journal": str(door.folder)})
    assert len(door.journals) == kept
    door.control.clear_faults()
    if kept:
        door.reverted()
    assert door.candidate() == start


def test_the_journal_is_there_before_the_write_and_readable_by_its_user_alone(door):
    made = door.write(tunnels=changed_tunnels("pbf", {"pre_shared_key": HOSTILE_KEY}))
    journal, = door.journals
    assert made.values["journal"] == str(journal)
    assert [stat.S_IMODE(path.stat().st_mode) for path in (journal, door.folder)] == [0o600, 0o700]
    text = journal.read_text(encoding="utf-8")
    assert json.loads(text)["vpn"] == name_of("pbf")
    keys = [tunnel["pre_shared_key"] for tunnel in profile("pbf")["tunnels"]] + [HOSTILE_KEY]
    assert not [key for key in keys if key in text or json.dumps(key)[1:-1] in text]


def test_former_keys_come_back_and_are_not_told(door):
    door.committed(options("pbf", pre_shared_keys=["notReal.former1", "notReal.former2"]))
    before = door.control.candidate(f"{NETWORK}/ike/gateway")
    door.commit(door.write(pre_shared_keys=["notReal.latter1", "notReal.latter2"]))
    result = door.reverted()
    assert door.control.candidate(f"{NETWORK}/ike/gateway") == before
    assert seen(result, ["notReal.former1", "notReal.former2", "notReal.latter1", "notReal.latter2"]) == []
    assert "-AQ==" not in result.everything()


def test_what_others_have_pending_stays_pending(door):
    start = door.candidate()
    door.control.edit_as("alice", "set", OTHERS, "<ip-netmask>192.0.2.1</ip-netmask>")
    with_theirs = door.candidate()
    door.commit(door.write())
    door.reverted()
    assert (door.candidate(), door.running()) == (with_theirs, start)


def test_what_somebody_changed_since_is_left_and_named(door):
    door.provider["username"] = "admin"
    door.commit(door.write())
    comment = f"{NETWORK}/profiles/monitor-profile/entry[@name='{name_of('pbf')}']"
    door.control.edit_as("alice", "set", comment, "<interval>9</interval>")
    result = door.reverted()
    left = {item["xpath"]: item["reason"] for item in result.values["left"]}
    assert left == {comment: "it no longer holds what was written"}
    assert result.warnings == [f"monitor_profile '{name_of('pbf')}' stays (monitor profile '{name_of('pbf')}'): it no longer holds what was written"]
    assert door.journals, "what is left can be looked at again"


def test_an_interface_that_another_vpn_has_meanwhile_stays_where_it_is(door):
    """The journal of a VPN that went without it is stale."""
    door.commit(door.write())
    door.committed({"name": name_of("pbf"), "state": "absent"})
    elsewhere = {"inside_cidr": "169.254.77.0/30", "inside_address": "169.254.77.2", "inside_peer_address": "169.254.77.1"}
    door.committed(options(name="other", zone="other", tunnels=changed_tunnels("pbf", {}, elsewhere)))
    start = door.running()
    result = door.reverted()
    assert door.running() == start and door.candidate() == start
    reasons = {item["object"]: item["reason"] for item in result.values["left"]}
    assert reasons["router_interface member 'tunnel.1'"] == "it is other's now, by its record"


def test_what_others_refer_to_is_left_and_named(door):
    door.commit(door.write())
    rule = f"{VSYS}/rulebase/security/rules/entry[@name='theirs']"
    door.control.edit_as("alice", "set", rule, "<from><member>aws-vpn</member></from><to><member>trust</member></to><source><member>any</member></source>"
                         "<destination><member>any</member></destination><application><member>any</member></application>"
                         "<service><member>any</member></service><action>deny</action>")
    result = door.reverted()
    reasons = {item["object"]: item["reason"] for item in result.values["left"]}
    # What goes leaves the zone, which need not hold it any longer.
    assert reasons.keys() == {"zone 'aws-vpn'"}
    assert "theirs" in reasons["zone 'aws-vpn'"]


def test_our_account_s_other_changes_are_named_before_anything_is_written(door):
    door.provider["username"] = "admin"
    door.commit(door.write())
    written = door.candidate()
    door.control.edit_as("admin", "set", OTHERS, "<ip-netmask>192.0.2.1</ip-netmask>")
    result = door.revert(lock_timeout=0)
    assert result.failed and "address 'office-lan'" in result.message and "nothing was written" in result.message
    assert door.writes() == [] and door.running() == written
    assert not door.revert(lock_timeout=0, commit_foreign="include").failed


def test_check_mode_tells_the_same_and_touches_nothing(door):
    door.commit(door.write())
    written = door.candidate()
    checked = door.reverted(check=True)
    assert (door.candidate(), len(door.journals), door.writes()) == (written, 1, [])
    done = door.reverted()
    assert (checked.diff, checked.values["reverted"], checked.changed) == (done.diff, done.values["reverted"], True)


def test_check_mode_tells_also_of_a_commit_that_is_still_to_come(door):
    door.commit(door.write())
    assert door.reverted(commit=False).changed
    planned = door.reverted(check=True)
    assert (planned.changed, door.reverted().changed, door.journals) == (True, True, [])


def test_where_the_commit_fails_what_was_taken_back_is_told(door):
    door.committed(options("pbf"))
    door.commit(door.write(mtu=1300))
    door.control.edit_as("alice", "set", f"{NETWORK}/interface/tunnel/units/entry[@name='tunnel.1']", "<mtu>1250</mtu>")
    door.control.fail_next_commit(["no"])
    result = door.revert(provider={**door.provider, "username": "admin"})
    assert result.failed and "no; it was taken back in the candidate, the running configuration still has what is to be taken back" in result.message
    assert "nothing was committed" not in result.message
    assert "tunnel.2" in str(result.values["reverted"]) and "tunnel.1" in str(result.values["left"])
    assert any("tunnel.1" in warning for warning in result.warnings)


def test_a_refusal_is_told_also_where_the_journal_cannot_be_put_back(door, monkeypatch):
    def fail(self):
        raise InvalidInput("journal: it cannot be deleted (Permission denied)")

    monkeypatch.setattr(Journal, "forget", fail)
    door.control.fault("operation_error", when={"action": "multi-config"}, number=3, code=12, message="not today")
    result = door.run({**options("pbf"), "journal": str(door.folder)})
    assert result.failed and "not today" in result.message and "journal: it cannot be deleted" in result.message


def test_without_a_commit_the_journal_stays(door):
    start = door.candidate()
    door.write()
    assert door.reverted(commit=False).changed
    assert (door.candidate(), len(door.journals)) == (start, 1)
    door.reverted()
    assert (door.candidate(), door.running(), door.journals) == (start, start, [])


def test_where_there_is_no_journal_that_is_said_without_a_request(door):
    result = door.revert()
    assert result.failed and str(door.folder) in result.message and "container" in result.message
    assert door.control.requests() == []


@pytest.mark.parametrize("content, words", [("{}", "no journal of this collection"), ("nonsense", "no journal of this collection"),
                                            ('{"format": 7}', "format 7")], ids=["empty", "no JSON", "of another release"])
def test_a_file_that_is_no_journal_is_refused_before_anything_is_written(door, content, words):
    door.write()
    journal, = door.journals
    journal.write_text(content, encoding="utf-8")
    written = door.candidate()
    for result in (door.revert(), door.run({**options("pbf", mtu=1300), "journal": str(door.folder)})):
        assert result.failed and words in result.message and str(journal) in result.message
    assert door.candidate() == written


def test_a_folder_that_cannot_be_written_is_told_before_anything_is(door, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    start = door.candidate()
    result = door.run({**options("pbf"), "journal": str(tmp_path / "file")})
    assert result.failed and f"journal: {tmp_path}/file" in result.message and "Not a directory" in result.message
    assert door.candidate() == start


def test_a_journal_that_cannot_be_saved_is_told_before_anything_is_written(door, monkeypatch):
    start = door.candidate()

    def fail(*names):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", fail)
    result = door.run({**options("pbf"), "journal": str(door.folder)})
    assert result.failed and "No space left on device" in result.message and result.message.endswith("nothing was written")
    assert door.candidate() == start


def test_what_was_noted_and_never_written_does_not_come_back_over_others(door):
    door.committed(options("pbf", mtu=1400))
    door.control.fault("drop_before", when={"action": "multi-config"}, times=10)
    assert door.run({**options("pbf", mtu=1350), "journal": str(door.folder)}).failed
    door.control.clear_faults()
    unit = f"{NETWORK}/interface/tunnel/units/entry[@name='tunnel.1']"
    door.control.edit_as("alice", "set", unit, "<mtu>1300</mtu>")
    door.commit(door.write(mtu=1350), admin="admin")
    door.reverted(provider={**door.provider, "username": "admin"})
    assert door.text(f"{unit}/mtu") == "1300"


def test_a_journal_of_another_vpn_is_refused(door):
    door.write()
    journal, = door.journals
    journal.rename(journal.with_name(journal.name.replace(name_of("pbf"), "elsewhere")))
    result = door.revert(name="elsewhere")
    assert result.failed and f"is that of {name_of('pbf')}, not of elsewhere" in result.message


def test_names_that_look_alike_have_journals_of_their_own(door):
    from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks import journal

    assert len({journal.file_of("/kept", firewall, vpn) for firewall in ("fw", "fw:8443") for vpn in ("branch_1", "branch-1", "branch 1")}) == 6


def test_a_refusal_that_quotes_a_former_key_does_not_print_it(door):
    door.committed(options("pbf", pre_shared_keys=["notReal.former1", "notReal.former2"]))
    stored = [key.text for entry in ET.fromstring(door.control.candidate(f"{NETWORK}/ike/gateway")) if entry.get("name").startswith(name_of("pbf"))
              for key in entry.iter("key")]
    door.commit(door.write(pre_shared_keys=["notReal.latter1", "notReal.latter2"]))
    door.control.fault("operation_error", when={"action": "multi-config"}, number=1, code=12, message=f"{stored[0]} and {stored[1]} are invalid")
    result = door.revert()
    assert result.failed and "are invalid" in result.message
    assert not [key for key in stored if key in result.everything()]


def test_a_virtual_system_that_is_not_there_is_refused(door):
    door.commit(door.write())
    result = door.revert(vsys="vsys2")
    assert result.failed and "no 'vsys2'" in result.message
    assert door.journals != []


@pytest.mark.parametrize("change", [{"local_id": "192.0.2.77"}, {"mtu": 1300}, {"nat_traversal": True}, {"monitor_interval": 9}, {"backup_routes": False},
                                    {"primary_tunnel": 2}], ids=str)
def test_an_option_that_came_with_the_change_leaves_no_empty_element(door, change):
    door.committed(options("pbf"))
    start = [exact(door.control.candidate()), exact(door.control.running())]
    door.commit(door.write("pbf", **change))
    door.reverted()
    assert [exact(door.control.candidate()), exact(door.control.running())] == start


def exact(text: str) -> list:
    """The places of all elements that are not just containers of others' objects: also the empty ones count."""
    found = []

    def walk(element, above):
        place = f"{above}/{element.tag}{element.get('name') or ''}"
        found.append(f"{place} {(element.text or '').strip()}")
        for child in element:
            walk(child, place)

    walk(ET.fromstring(text), "")
    return sorted(found)
