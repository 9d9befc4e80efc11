# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module vpn_action: what is sent for whom, what it says that it interrupts, and what stands in the configuration afterwards."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from unittest import mock

import pytest
import yaml

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.connection import Session
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import DeviceError
from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import config_revert, monitor_profile, vpn_action
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import COLLECTION, NETWORK, Door, run_module
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.test_vpn_info import (
    FIRST, NAME, OF_ANSIBLE, ROUTERS, SECOND, each_engine, gateway, plant_bgp, plant_tunnels, tunnel,
)

ACTING = ("test", "clear")
MANUAL = '<entry name="by-hand"><manual-key><peer-address><ip>203.0.113.9</ip></peer-address></manual-key><tunnel-interface>tunnel.9</tunnel-interface></entry>'
BOTH = [FIRST, SECOND]


class ActionDoor(Door):
    def run(self, options, check=False, diff=True, module=None, **more):
        given = {"name": [NAME], "poll": 0.05, "commit_poll": 0.05, **options} if module is None else options
        return super().run({option: value for option, value in given.items() if value is not None}, check, diff, module, **more)

    def acts(self) -> list:
        """The commands that act, without their values, in the order in which they were sent."""
        return [request["cmd"] for request in self.control.requests() if (request["cmd"] or "").startswith(ACTING)]

    def commits(self) -> int:
        return [request["type"] for request in self.control.requests()].count("commit")

    def off(self, kind, name) -> str:
        """What the running configuration says of C(disabled)."""
        found = self.control.running(f"{NETWORK}/{kind}/entry[@name='{name}']/disabled")
        return found.removeprefix("<disabled>").removesuffix("</disabled>")


@pytest.fixture
def door(firewalls) -> ActionDoor:
    door = ActionDoor(vpn_action, firewalls())
    plant_tunnels(door.control, BOTH)
    return door


def sent(result) -> list:
    return [answer["command"] for told in result.values["tunnels"] for answer in told["answers"]]


def test_reconnect_clears_and_negotiates_one_tunnel_after_the_other(door):
    result = door.done({"action": "reconnect"})
    assert result.changed
    assert result.values["interrupts"] == BOTH
    assert sent(result) == [f"{words} {name}" for name in BOTH for words in (
        "clear vpn ipsec-sa tunnel", "clear vpn ike-sa gateway", "test vpn ike-sa gateway", "test vpn ipsec-sa tunnel")]
    assert [told["up"] for told in result.values["tunnels"]] == [True, True]
    assert result.values["tunnels"][0]["answers"][0]["answer"] == "Delete IKEv1 IPSec SA: Total 1 tunnels found."
    assert "Initiate 1 IKE SA." in result.values["tunnels"][0]["answers"][2]["answer"]
    assert any("stops for a moment" in warning and FIRST in warning and SECOND in warning for warning in result.warnings)
    assert (door.writes(), door.commits()) == ([], 0)


def test_a_tunnel_that_does_not_come_up_spares_the_next_one(door):
    door.control.vpn(FIRST, sa="down")
    result = door.run({"action": "reconnect", "timeout": 1})
    assert result.failed
    for words in (FIRST, "not up 1 s after", f"'{SECOND}' not touched", "vpn_info"):
        assert words in result.message
    assert [told["name"] for told in result.values["tunnels"]] == [FIRST]
    assert len(door.acts()) == 4


def test_the_same_sa_as_before_is_not_a_new_one(door):
    """A firewall that still shows the old SA has not negotiated yet."""
    door.firewall.firewall.runtime.negotiated_anew = lambda names: None
    assert door.run({"action": "reconnect", "timeout": 1, "name": [FIRST]}).failed


def test_without_a_timeout_nobody_looks(door):
    door.control.vpn(FIRST, sa="down")
    result = door.done({"action": "reconnect", "timeout": 0})
    assert [told.get("up") for told in result.values["tunnels"]] == [None, None]


def test_tunnels_that_share_a_gateway_go_together_and_are_named(door):
    door.control.plant(f"{NETWORK}/tunnel/ipsec", f'<entry name="side"><auto-key><ike-gateway><entry name="{FIRST}"/></ike-gateway></auto-key>'
                       "<tunnel-interface>tunnel.7</tunnel-interface></entry>")
    alone = door.done({"action": "clear", "name": [FIRST]})
    assert alone.values["interrupts"] == [FIRST, "side"]
    assert any("side" in warning for warning in alone.warnings)
    both = door.done({"action": "reconnect", "name": [FIRST, "side"]})
    assert door.acts().count("clear vpn ike-sa gateway") == 1
    assert [answer["command"] for answer in both.values["tunnels"][0]["answers"]].count(f"test vpn ike-sa gateway {FIRST}") == 1


def test_names_as_a_text_may_have_spaces(door):
    assert door.done({"action": "clear", "name": f" {FIRST}, {SECOND}"}).values["interrupts"] == BOTH


def test_an_answer_that_is_not_understood_is_a_warning(door, monkeypatch):
    answers = Session.op
    table = ET.fromstring("<response status='success'><result>flows in words</result></response>")
    monkeypatch.setattr(Session, "op", lambda self, command, *more: table if "<flow" in command else answers(self, command, *more))
    result = door.run({"action": "reconnect", "timeout": 1})
    assert result.failed
    assert len([warning for warning in result.warnings if "flows in words" in warning]) == 1


def plant_proxy_ids(door):
    door.control.plant(f"{NETWORK}/tunnel/ipsec/entry[@name='{FIRST}']/auto-key",
                       '<proxy-id><entry name="a"><local>10.0.0.0/8</local></entry><entry name="b"><local>10.1.0.0/16</local></entry></proxy-id>')


@pytest.mark.parametrize("words", ["clear vpn ipsec-sa tunnel", "test vpn ipsec-sa tunnel"], ids=["cleared", "initiated"])
def test_what_was_sent_is_told_where_the_rest_fails(door, monkeypatch, words):
    changed = Session.change

    def refusing(session, doing, parameters):
        if doing == f"{words} '{FIRST}:b'":
            raise DeviceError("no such thing here")
        return changed(session, doing, parameters)

    plant_proxy_ids(door)
    monkeypatch.setattr(Session, "change", refusing)
    result = door.run({"action": "reconnect"})
    assert result.failed and "no such thing here" in result.message
    assert sent(result)[-1] == f"{words} {FIRST}:a"
    assert result.values["interrupts"] == BOTH and any("stops for a moment" in warning for warning in result.warnings)


def test_what_was_written_is_told_where_the_commit_fails(door):
    door.control.fault("error", {"type": "commit"}, code=17, message="no commit today")
    written = door.run({"action": "disable"})
    assert written.failed and "no commit today" in written.message
    assert len(written.values["objects"]) == 2 and written.values["uncommitted"]
    assert written.values["interrupts"] == BOTH and any("no traffic" in warning for warning in written.warnings)


def test_each_proxy_id_has_sas_of_its_own(door):
    plant_proxy_ids(door)
    result = door.done({"action": "clear", "name": [FIRST]})
    assert sent(result) == [f"clear vpn ipsec-sa tunnel {FIRST}:a", f"clear vpn ipsec-sa tunnel {FIRST}:b", f"clear vpn ike-sa gateway {FIRST}"]


def test_initiate_leaves_alone_what_is_up(door):
    assert not door.done({"action": "initiate"}).changed
    assert door.acts() == []
    door.control.vpn(SECOND, sa="down")
    result = door.run({"action": "initiate", "timeout": 1})
    assert result.failed and SECOND in result.message and FIRST not in result.message
    assert door.acts() == ["test vpn ike-sa gateway", "test vpn ipsec-sa tunnel"]
    assert result.values["interrupts"] == []


def test_clear_tells_whether_there_was_anything(door):
    first = door.done({"action": "clear"})
    assert first.changed
    assert any("until it is negotiated again" in warning for warning in first.warnings)
    door.firewall.firewall.data_plane = mock.Mock(clear=mock.Mock(return_value=False))
    second = door.done({"action": "clear"})
    assert not second.changed
    assert second.values["tunnels"][0]["answers"][0]["answer"] == f"IPSec SA for tunnel {FIRST} not found."


@pytest.mark.parametrize("action", ["reconnect", "initiate", "clear"])
def test_check_mode_sends_nothing_and_says_so(door, action):
    door.control.vpn(FIRST, sa="down")
    result = door.done({"action": action}, check=True)
    assert result.changed
    assert door.acts() == []
    assert any("nothing was sent" in warning for warning in result.warnings)


@pytest.mark.parametrize("kind, place", [("ipsec_tunnel", "tunnel/ipsec"), ("ike_gateway", "ike/gateway")], ids=["tunnels", "gateways"])
def test_disable_and_enable_are_written_and_committed(door, kind, place):
    before = door.control.running()
    off = door.done({"action": "disable", "object": kind})
    assert off.changed and not off.values["uncommitted"]
    assert [door.off(place, name) for name in BOTH] == ["yes", "yes"]
    assert off.values["interrupts"] == BOTH
    assert off.values["lines"] == ["Configuration committed successfully"]
    assert len(off.values["committed"]) == 2
    assert "disabled" in off.diff["after"]
    assert any("no traffic" in warning for warning in off.warnings)
    again = door.done({"action": "disable", "object": kind})
    assert (again.changed, door.writes(), door.commits(), again.values["interrupts"]) == (False, [], 0, [])
    on = door.done({"action": "enable", "object": kind})
    assert on.changed and on.values["interrupts"] == []
    assert door.control.running() == before
    assert not door.done({"action": "enable", "object": kind}).changed


@each_engine
def test_bgp_peers_are_disabled_and_enabled(firewalls, engine):
    door = ActionDoor(vpn_action, firewalls(engine=engine))
    plant_bgp(door.control, engine)
    peers = ROUTERS[engine] + ("/bgp" if engine == "logical-router" else "/protocol/bgp") + f"/peer-group/entry[@name='{NAME}']/peer"
    before = door.control.running()
    off = door.done({"action": "disable", "object": "bgp_peer", "name": [FIRST]})
    assert off.values["interrupts"] == [FIRST]
    assert f"no routes of BGP peer '{FIRST}' until action: enable turns it on again" in off.warnings
    assert [door.control.running(f"{peers}/entry[@name='{name}']/enable") for name in BOTH] == ["<enable>no</enable>", "<enable>yes</enable>"]
    assert door.done({"action": "disable", "object": "bgp_peer"}, check=True).values["interrupts"] == [SECOND]
    door.done({"action": "enable", "object": "bgp_peer"})
    assert door.control.running() == before


@pytest.mark.parametrize("kind", ["ipsec_tunnel", "ike_gateway"], ids=["tunnels", "gateways"])
def test_what_was_off_already_is_not_interrupted(door, kind):
    door.done({"action": "disable", "name": [FIRST]})
    second = door.done({"action": "disable", "object": kind})
    assert second.values["interrupts"] == [SECOND]
    assert [warning for warning in second.warnings if FIRST in warning] == []


def test_without_commit_it_stays_in_the_candidate_and_a_later_run_commits_it(door):
    written = door.done({"action": "disable", "commit": False})
    assert written.values["uncommitted"] and written.values["committed"] == []
    assert (door.off("tunnel/ipsec", FIRST), door.commits()) == ("", 0)
    assert door.done({"action": "disable", "commit": False}).values["interrupts"] == []
    later = door.done({"action": "disable"})
    assert later.values["interrupts"] == BOTH
    assert later.changed and door.writes() == [] and door.off("tunnel/ipsec", FIRST) == "yes"


def test_check_mode_of_disable_writes_nothing(door):
    before = door.control.candidate()
    checked = door.done({"action": "disable"}, check=True)
    assert checked.changed and checked.values["interrupts"] == BOTH
    assert (door.writes(), door.commits(), door.control.candidate()) == ([], 0, before)
    assert checked.diff == door.done({"action": "disable"}).diff


def test_the_journal_can_take_it_back(door, tmp_path):
    before = door.control.running()
    kept = door.done({"action": "disable", "journal": str(tmp_path)})
    assert kept.values["journal"].startswith(str(tmp_path))
    reverted = run_module(config_revert, {"provider": door.provider, "name": NAME, "journal": str(tmp_path), "commit_poll": 0.05})
    assert not reverted.failed, reverted.message
    assert door.control.running() == before


def test_other_changes_of_the_account_are_not_committed_along(door):
    door.provider = {**door.provider, "username": "admin"}
    door.done({"name": "fast", "interval": 2}, module=monitor_profile)
    door.refused({"action": "disable", "lock_timeout": 0}, "monitor profile 'fast'", "commit_foreign: include", "nothing was written")
    assert door.done({"action": "disable", "commit": False}).changed
    assert "commit_foreign: include" in door.run({"action": "disable", "lock_timeout": 0}).message
    assert door.done({"action": "disable", "commit_foreign": "include"}).changed


def test_changes_of_others_stay_uncommitted(door):
    door.control.edit_as("alice", "set", f"{NETWORK}/profiles/monitor-profile/entry[@name='hers']", "<interval>5</interval>")
    door.done({"action": "disable"})
    assert door.control.running(f"{NETWORK}/profiles/monitor-profile/entry[@name='hers']") == ""


def test_a_gateway_that_stays_off_is_told(door):
    door.done({"action": "disable", "object": "ike_gateway", "name": [FIRST]})
    door.done({"action": "disable", "name": [FIRST]})
    assert any("stays down" in warning and "ike_gateway" in warning for warning in door.done({"action": "enable", "name": [FIRST]}).warnings)


REFUSED = {
    "nothing named": ({"action": "clear", "name": None}, ["all: true"]),
    "an unknown name": ({"action": "reconnect", "name": ["nobody"]}, ["'nobody'", "running configuration"]),
    "a manual key": ({"action": "reconnect", "name": ["by-hand"]}, ["by-hand", "IKE"]),
    "a disabled tunnel": ({"action": "initiate", "name": ["idle"]}, ["idle", "disabled", "action: enable"]),
    "an object that is not turned": ({"action": "clear", "object": "bgp_peer"}, ["object", "enable and disable"]),
    "no peer to turn off": ({"action": "disable", "object": "bgp_peer"}, [NAME, "bgp_peer"]),
    "a journal of nobody": ({"action": "disable", "name": None, "all": True, "journal": "/nowhere"}, ["journal", "exactly one name"]),
    "a journal of several names": ({"action": "disable", "name": BOTH, "journal": "/nowhere"}, ["journal", "exactly one name"]),
    "a poll without pause": ({"action": "clear", "poll": 0}, ["poll"]),
}


@pytest.mark.parametrize("options, words", REFUSED.values(), ids=REFUSED.keys())
def test_refused_by_name(door, options, words):
    idle = tunnel("idle", 8).replace("<auto-key>", "<disabled>yes</disabled><auto-key>")
    door.control.plant(f"{NETWORK}/ike/gateway", gateway("idle", 8))
    door.control.plant(f"{NETWORK}/tunnel/ipsec", idle + MANUAL)
    door.refused(options, *words)
    assert door.acts() == []


def test_all_passes_over_what_cannot_be_negotiated(door):
    door.control.plant(f"{NETWORK}/tunnel/ipsec", MANUAL)
    result = door.done({"action": "reconnect", "all": True, "name": None})
    assert result.values["interrupts"] == ["branch-7", *BOTH]


def test_a_tunnel_that_somebody_removed_is_not_made_again(door):
    door.control.edit_as("alice", "delete", f"{NETWORK}/tunnel/ipsec/entry[@name='{FIRST}']")
    door.refused({"action": "disable"}, FIRST, "not in the candidate", "nothing was written")


def test_the_examples_run(door):
    known = set(vpn_action.argument_spec())
    for task in yaml.safe_load(vpn_action.EXAMPLES):
        options = task[f"{COLLECTION}.vpn_action"]
        assert set(options) <= known
        door.done({"name": None, **options} if "all" in options else options)


@pytest.mark.parametrize("action", ["reconnect", "disable"])
def test_a_virtual_system_that_is_not_there_is_refused_before_anything_is_sent(door, action):
    door.refused({"action": action, "vsys": "vsys2"}, "vsys", "no 'vsys2'")
    assert (door.acts(), door.commits()) == ([], 0)
    assert door.done({"action": action, "vsys": "vsys1"}, check=True).changed


KEYS = ["First.new_key", "Second.new_key"]


def the_key(door, name) -> str:
    return door.control.running(f"{NETWORK}/ike/gateway/entry[@name='{name}']/authentication/pre-shared-key/key")


def test_rotating_changes_keys_alone_and_from_the_last_tunnel_to_the_first(door):
    before = door.control.running()
    old = [the_key(door, name) for name in BOTH]
    planned = door.done({"action": "rotate_keys", "pre_shared_keys": KEYS}, check=True)
    assert planned.changed and planned.values["interrupts"] == BOTH
    assert door.control.candidate() == door.control.running() == before
    result = door.done({"action": "rotate_keys", "pre_shared_keys": KEYS})
    assert result.changed
    assert [told["name"] for told in result.values["tunnels"]] == BOTH[::-1]
    assert [told["up"] for told in result.values["tunnels"]] == [True, True]
    assert door.commits() == 2
    new = [the_key(door, name) for name in BOTH]
    assert not set(old) & set(new)
    after = door.control.running()
    for one, other in zip(new, old):
        after = after.replace(one, other)
    assert after == before
    again = door.done({"action": "rotate_keys", "pre_shared_keys": KEYS})
    assert not again.changed
    assert again.values["tunnels"] == []


def test_a_key_that_does_not_bring_its_tunnel_up_spares_the_other_tunnel_and_can_be_taken_back(door, tmp_path):
    door.control.vpn(SECOND, sa="down")
    old = [the_key(door, name) for name in BOTH]
    failed = door.run({"action": "rotate_keys", "pre_shared_keys": KEYS, "timeout": 1, "journal": str(tmp_path)})
    assert failed.failed and failed.values["changed"]
    for words in (SECOND, "not up 1 s after", f"'{FIRST}' not touched", f"the new key of {SECOND} is committed; config_revert takes it back"):
        assert words in failed.message
    assert any(f"traffic of tunnel '{SECOND}' stops for a moment" in warning for warning in failed.warnings)
    assert [the_key(door, name) == key for name, key in zip(BOTH, old)] == [True, False]
    door.done({"name": NAME, "journal": str(tmp_path), "commit_poll": 0.05}, module=config_revert)
    assert [the_key(door, name) for name in BOTH] == old


def test_keys_that_all_came_up_are_taken_back_by_nobody(door, tmp_path):
    """Until then both are: the far side may have the former ones again when the new ones do not work."""
    rotation = {"action": "rotate_keys", "pre_shared_keys": KEYS, "timeout": 1, "journal": str(tmp_path)}
    disabled = door.done({"action": "disable", "object": "ike_gateway", "journal": str(tmp_path)})
    door.done({"action": "enable", "object": "ike_gateway", "journal": str(tmp_path)})
    door.control.vpn(FIRST, sa="down")
    failed = door.run(rotation)
    assert failed.failed and failed.values["journal"] == disabled.values["journal"]
    kept = (tmp_path / failed.values["journal"]).read_text()
    assert all(f"entry[@name='{name}']/authentication" in kept for name in BOTH)
    door.control.vpn(FIRST, sa="up")
    new = [the_key(door, name) for name in BOTH]
    unproven = door.done(rotation)
    assert not unproven.changed and (tmp_path / unproven.values["journal"]).exists(), "a key that is there already brings nothing up"
    door.done({"action": "reconnect", "name": [NAME], "journal": str(tmp_path)})
    done = door.done(rotation)
    assert "journal" not in done.values and list(tmp_path.glob("*.json")) == []
    door.run({"name": NAME, "journal": str(tmp_path), "commit_poll": 0.05}, module=config_revert)
    assert [the_key(door, name) for name in BOTH] == new


@pytest.mark.parametrize("timeout, is_kept", [(5, False), (0, True)])
def test_a_rotation_returns_what_is_documented(door, tmp_path, timeout, is_kept):
    promised = set(yaml.safe_load(vpn_action.RETURN))
    rotation = {"action": "rotate_keys", "pre_shared_keys": KEYS, "timeout": timeout, "journal": str(tmp_path)}
    door.control.edit_as("alice", "set", f"{NETWORK}/profiles/monitor-profile/entry[@name='hers']", "<interval>5</interval>")
    checked, done, again = door.done(rotation, check=True), door.done(rotation), door.done(rotation)
    of_one_job = {"job_id", "lines", "job_warnings"}
    assert set(done.values) - OF_ANSIBLE - {"diff"} == promised - of_one_job - (set() if is_kept else {"journal"})
    for result in (checked, again):
        assert set(result.values) - OF_ANSIBLE - {"diff", "journal"} == promised - of_one_job - {"journal"}
    assert (checked.values["uncommitted"], done.values["uncommitted"], again.values["uncommitted"]) == (False, False, False)
    assert [len(result.values["jobs"]) for result in (checked, done, again)] == [0, 2, 0]
    assert [set(job) for job in done.values["jobs"]] == [of_one_job] * 2
    assert all(["hers" in change["xpath"] for change in result.values["earlier_changes"]] == [True] for result in (checked, done, again))
    assert set(checked.values["objects"]) == set(done.values["objects"])


def test_an_empty_key_leaves_that_tunnel_alone(door):
    old = [the_key(door, name) for name in BOTH]
    assert door.done({"action": "rotate_keys", "pre_shared_keys": ["", KEYS[1]]}, check=True).values["interrupts"] == [SECOND]
    result = door.done({"action": "rotate_keys", "pre_shared_keys": ["", KEYS[1]]})
    assert [told["name"] for told in result.values["tunnels"]] == [SECOND]
    assert [the_key(door, name) == key for name, key in zip(BOTH, old)] == [True, False]


@pytest.mark.parametrize("options, words", [
    ({"pre_shared_keys": ["Single.key"]}, "one key for each IKE gateway"), ({"pre_shared_keys": ["", ""]}, "all of them are empty"),
    ({"pre_shared_keys": KEYS, "commit": False}, "leave commit out"), ({"pre_shared_keys": KEYS, "object": "bgp_peer"}, "object"),
    ({"action": "reconnect", "pre_shared_keys": KEYS}, "rotate_keys"), ({"action": "reconnect", "cloud": "aws"}, "rotate_keys"),
    ({"pre_shared_keys": ["", "0.is_first_here"], "cloud": "aws"}, f"'{SECOND}' would have a pre-shared key that AWS does not allow"),
])
def test_what_makes_no_sense_with_keys_is_refused_before_anything_is_written(door, options, words):
    result = door.run({"action": "rotate_keys", **options})
    assert result.failed and words in result.message
    assert (door.writes(), door.commits()) == ([], 0)
