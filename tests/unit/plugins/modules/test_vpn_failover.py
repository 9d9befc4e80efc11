# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module vpn_failover: when it starts, what it takes down and puts back, and what it measures."""

from __future__ import annotations

import pathlib
import sys
import threading
import time
import xml.etree.ElementTree as ET

import pytest
import yaml

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.connection import Session
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.drill import record as records
from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import commit, config_revert, vpn_failover
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.enclave import wait_until
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.runtime import LearnedRoute
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import COLLECTION, NETWORK, VSYS, Door, run_module
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.test_vpn_info import (
    FIRST, NAME, ROUTERS, SECOND, each_engine, plant_bgp, plant_pbf, plant_tunnels,
)

TUNNEL = f"{NETWORK}/tunnel/ipsec/entry[@name='{FIRST}']"
DOWN, BACK = {"action": "take_down"}, {"action": "bring_back"}
QUICK = {"name": NAME, "poll": 0.02, "commit_poll": 0.05, "hold": 0, "timeout": 20}


class FailoverDoor(Door):
    def run(self, options, check=False, diff=True, module=None, **more):
        return super().run({**QUICK, **options}, check, diff, module, **more)

    def plays(self, *happenings):
        """Things that happen to the firewall, each so many seconds after the running configuration says that something is down, or not any more."""
        def play():
            before = self.control.running()
            wait_until(lambda: self.control.running() != before, 10, 0.01)
            self.moments = [time.monotonic()]
            for seconds, happening in happenings:
                time.sleep(seconds)
                happening()
                self.moments.append(time.monotonic())
        threading.Thread(target=play, daemon=True).start()

    def is_between_the_last_two(self, outage) -> bool:
        """Whether an outage lasted as long as it took from one moment of C(plays) to the next, as exactly as it was measured."""
        return outage["ended"] and abs(outage["seconds"] - (self.moments[-1] - self.moments[-2])) <= outage["resolution"] + 0.3

    def routes_by(self, unit):
        nexthop = {"tunnel.1": "169.254.10.1", "tunnel.2": "169.254.11.1"}[unit]
        self.firewall.firewall.runtime.learned_routes = [
            LearnedRoute("default", network, nexthop, "0", unit) for network in ("10.20.0.0/16", "10.21.0.0/16")]


@pytest.fixture
def door(firewalls) -> FailoverDoor:
    door = FailoverDoor(vpn_failover, firewalls())
    plant_pbf(door.control)
    door.control.commit_duration(0.2)
    return door


@pytest.fixture
def bgp(firewalls, engine) -> FailoverDoor:
    door = FailoverDoor(vpn_failover, firewalls(engine=engine))
    plant_bgp(door.control, engine)
    for name in (FIRST, SECOND):
        door.control.bgp(name, "Established", received=2, advertised=1)
    door.routes_by("tunnel.1")
    return door


def peer_place(engine) -> str:
    router = ROUTERS[engine] + ("/bgp" if engine == "logical-router" else "/protocol/bgp")
    return f"{router}/peer-group/entry[@name='{NAME}']/peer/entry[@name='{FIRST}']"


def carrying(measurement) -> list:
    return [span["value"] for span in measurement["carrier"]]


def test_the_active_tunnel_goes_down_and_comes_back(door):
    before = door.control.running()
    door.control.pbf(FIRST, "active")
    door.plays((0.5, lambda: door.control.pbf(FIRST, "disabled")))
    down = door.done(DOWN)
    told = down.values["measurement"]
    assert (told["tunnel"], told["standby"], told["method"]) == (FIRST, SECOND, "tunnel")
    assert "<disabled>yes</disabled>" in door.control.running(TUNNEL)
    assert door.is_between_the_last_two(told["outage"])
    assert told["outage"]["resolution"] < 2
    assert 0.2 <= told["commit_seconds"] <= told["moved_after"]
    assert told["lost_after"] <= told["moved_after"]
    assert carrying(told) == [FIRST, SECOND]
    assert [span["value"] for span in told["tunnels"][0]["spans"]] == ["active", "none"]
    # The monitor profile of the rule is the predefined one.
    assert (told["expected"]["minimum"], told["expected"]["maximum"], told["expected"]["verdict"]) == (12, 18, "shorter")
    (announced,) = (warning for warning in down.warnings if "taken down on purpose" in warning and SECOND in warning)
    expected = down.values["measurement"]["expected"]
    assert f"for {expected['minimum']} to {expected['maximum']} s: {expected['because']}" in announced

    door.plays((0.3, lambda: door.control.pbf(FIRST, "active")))
    back = door.done(BACK)
    assert back.values["restored"] == [f"tunnel '{FIRST}'"]
    assert door.control.running() == before
    assert carrying(back.values["measurement"]) == [SECOND, FIRST]
    assert back.values["measurement"]["outage"]["outages"] == []
    again = door.done(BACK)
    assert (again.changed, again.values["restored"], door.writes()) == (False, [], [])


@pytest.mark.parametrize("method", ["tunnel", "peer"])
@each_engine
def test_the_routes_tell_where_traffic_goes_with_bgp(bgp, engine, method):
    before = bgp.control.running()
    bgp.plays((0.3, lambda: bgp.routes_by("tunnel.2")))
    told = bgp.done({**DOWN, "method": method}).values["measurement"]
    assert carrying(told) == [FIRST, SECOND]
    assert told["expected"]["maximum"] == (5 if method == "peer" else 90)
    assert told["expected"]["verdict"] == "within"
    assert bgp.control.running(f"{peer_place(engine)}/enable") == f"<enable>{'no' if method == 'peer' else 'yes'}</enable>"
    assert ("<disabled>" in bgp.control.running(TUNNEL)) == (method == "tunnel")
    bgp.plays((0.3, lambda: bgp.routes_by("tunnel.1")))
    assert bgp.done(BACK).values["measurement"]["method"] == method
    assert bgp.control.running() == before


@each_engine
def test_a_peer_that_is_on_without_saying_so_is_left_so(bgp, engine, tmp_path):
    bgp.control.edit_as("somebody", "delete", f"{peer_place(engine)}/enable")
    assert not run_module(commit, {"provider": bgp.provider, "scope": "all", "commit_poll": 0.05}).failed
    before = bgp.control.running()
    assert "<enable>" not in bgp.control.running(peer_place(engine))
    for action, unit in ((DOWN, "tunnel.2"), (BACK, "tunnel.1")):
        bgp.plays((0, lambda unit=unit: bgp.routes_by(unit)))
        bgp.done({**action, "method": "peer", "journal": str(tmp_path)})
    assert bgp.control.running() == before
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("method", ["tunnel", "peer"])
@pytest.mark.parametrize("engine", ["virtual-router"])
def test_an_answer_that_gets_lost_changes_nothing_of_the_note(bgp, method):
    before = bgp.control.running()
    bgp.plays((0, lambda: bgp.routes_by("tunnel.2")))
    bgp.control.fault("drop_after", {"action": "multi-config"})
    bgp.done({**DOWN, "method": method})
    bgp.plays((0, lambda: bgp.routes_by("tunnel.1")))
    bgp.done(BACK)
    assert bgp.control.running() == before


@pytest.mark.parametrize("options", [DOWN, BACK], ids=["taken down again", "brought back"])
def test_a_damaged_note_is_no_missing_note(door, options):
    """What is down would stay down, and a second drill would take the only other tunnel."""
    door.done(DOWN)
    door.control.plant(TUNNEL, f"<comment>{door.text(f'{TUNNEL}/comment')[:-20]}</comment>")
    door.refused(options, FIRST, "tunnelsmith-drill", "damaged", "vpn_action")


def test_what_people_wrote_into_the_comment_stays(door):
    door.control.plant(TUNNEL, "<comment>ask Ana first</comment><disabled>no</disabled>")
    before = door.control.running()
    door.done(DOWN)
    comment = door.text(f"{TUNNEL}/comment")
    assert comment.startswith("ask Ana first\n") and records.find(comment).tunnel_down
    door.done(BACK)
    assert door.control.running() == before


def test_a_drill_does_not_start_twice(door):
    door.done(DOWN)
    door.refused(DOWN, FIRST, "action: bring_back")


def test_what_was_written_and_not_committed_is_put_back(door):
    """A run that was killed before its commit."""
    start, running = door.control.candidate(), door.control.running()
    door.control.hold_commit_lock("somebody")
    door.run({**DOWN, "commit_timeout": 0})
    door.control.release_locks("somebody")
    assert door.control.candidate() != start
    assert door.done(BACK).changed
    assert (door.control.candidate(), door.control.running()) == (start, running)


def test_a_password_makes_one_key(door):
    door.provider = {option: value for option, value in door.provider.items() if option != "api_key"}
    door.provider.update(username=door.firewall.username, password=door.firewall.password)
    door.done(DOWN)
    assert [request["type"] for request in door.control.requests()].count("keygen") == 1
    assert door.control.connections() == 2


def test_looks_that_fail_are_gaps(door):
    door.control.pbf(FIRST, "active")
    door.plays((0, lambda: door.control.fault("error", {"cmd": "show vpn flow"}, 3, code=13, message="busy")),
               (0.3, lambda: door.control.pbf(FIRST, "disabled")))
    told = door.done(DOWN).values["measurement"]
    assert carrying(told) == [FIRST, SECOND]


def test_a_failed_commit_tells_so(door):
    door.control.fail_next_commit(["Validation Error: no"])
    result = door.run(DOWN)
    assert result.failed and "Validation Error: no" in result.message
    assert result.values["objects"]


def test_traffic_that_does_not_move_is_a_failure(door):
    door.control.pbf(FIRST, "active")
    result = door.run({**DOWN, "timeout": 1})
    assert result.failed
    for words in (FIRST, "1 s after the commit", "action: bring_back"):
        assert words in result.message
    assert not result.values["measurement"]["outage"]["ended"]
    assert result.values["measurement"]["expected"]["verdict"] == "longer"


def test_a_tunnel_that_does_not_come_up_again_is_a_failure(door):
    door.done(DOWN)
    door.control.vpn(FIRST, sa="down")
    result = door.run({**BACK, "timeout": 1})
    assert result.failed and "not healthy" in result.message and FIRST in result.message
    assert "<disabled>" not in door.control.running(TUNNEL)


def test_a_vpn_without_a_preference_stays_where_it_is(bgp_without_preference):
    door = bgp_without_preference
    result = door.done({**BACK, "timeout": 1})
    assert any("nothing prefers this tunnel" in warning for warning in result.warnings)


@pytest.fixture
def bgp_without_preference(firewalls):
    door = FailoverDoor(vpn_failover, firewalls())
    plant_bgp(door.control, "virtual-router")
    door.routes_by("tunnel.1")
    for name in (FIRST, SECOND):
        door.control.bgp(name, "Established", received=2, advertised=1)
    door.plays((0.1, lambda: door.routes_by("tunnel.2")))
    door.done(DOWN)
    return door


def plant_one(control):
    plant_tunnels(control, [FIRST])
    control.plant(f"{VSYS}/rulebase/pbf/rules", f"""<entry name="{FIRST}"><from><zone><member>lan</member></zone></from>
        <action><forward><egress-interface>tunnel.1</egress-interface><monitor><disable-if-unreachable>yes</disable-if-unreachable></monitor></forward></action>
        </entry>""")


REFUSED = {
    "the standby is down": (plant_pbf, lambda control: control.vpn(SECOND, sa="down", monitor="down"), {},
                            ["the standby is not healthy", SECOND, "no IPsec SA"]),
    "the active one is down": (plant_pbf, lambda control: control.vpn(FIRST, sa="down", monitor="down"), {"tunnel": FIRST},
                               [FIRST, "carries no traffic", SECOND]),
    "there is only one": (plant_one, lambda control: None, {}, [FIRST, "no other tunnel"]),
    "nothing leads into it": (lambda control: plant_tunnels(control, [FIRST, SECOND]), lambda control: None, {}, ["nothing could be measured"]),
    "no peer to take down": (plant_pbf, lambda control: None, {"method": "peer"}, ["no BGP peer", "method: tunnel"]),
    "a rule that stays": (plant_pbf, lambda control: control.plant(f"{VSYS}/rulebase/pbf/rules/entry[@name='{FIRST}']/action/forward/monitor",
                          "<disable-if-unreachable>no</disable-if-unreachable>"), {}, [FIRST, "stays in use", "disable_if_unreachable"]),
    "another VPN": (plant_pbf, lambda control: None, {"name": "nobody"}, ["'nobody'", "running configuration"]),
    "a full comment": (plant_pbf, lambda control: control.plant(TUNNEL, f"<comment>{'x' * 1000}</comment>"), {}, ["comment", "1023"]),
    "a probe that is lost": (plant_pbf, lambda control: None, {"probe": "false"}, ["probe gets no answer", "1"]),
    "a probe that hangs": (plant_pbf, lambda control: None, {"probe": "sleep 9", "probe_timeout": 0.2}, ["no end within 0.2 s"]),
    "a probe that is no program": (plant_pbf, lambda control: None, {"probe": "no-such-program x"}, ["no-such-program", "cannot be run"]),
    "a probe with an open quote": (plant_pbf, lambda control: None, {"probe": "ping 'x"}, ["probe", "quotation"]),
}


@pytest.mark.parametrize("plant, happening, options, words", REFUSED.values(), ids=REFUSED.keys())
def test_refused_before_anything_goes_down(firewalls, plant, happening, options, words):
    door = FailoverDoor(vpn_failover, firewalls())
    plant(door.control)
    happening(door.control)
    door.refused({**DOWN, **options}, *words)


def test_a_peer_without_prefixes_takes_nothing_over(firewalls):
    door = FailoverDoor(vpn_failover, firewalls())
    plant_bgp(door.control, "virtual-router")
    door.routes_by("tunnel.1")
    door.control.bgp(SECOND, "Established", received=0, advertised=1)
    door.refused(DOWN, SECOND, "no prefix that was accepted")


def test_an_answer_that_is_not_understood_is_a_warning(door, monkeypatch):
    """Also where it is the reason for a refusal: nothing leads into a tunnel, as far as the answer could be read."""
    answers = Session.op
    table = ET.fromstring("<response status='success'><result>rules in words</result></response>")
    monkeypatch.setattr(Session, "op", lambda self, command, *more: table if "<pbf>" in command else answers(self, command, *more))
    refused = door.refused(DOWN, "nothing could be measured")
    assert any("show pbf rule all" in warning and "rules in words" in warning for warning in refused.warnings)
    monkeypatch.setattr(Session, "op", answers)
    door.done(DOWN)
    monkeypatch.setattr(Session, "op", lambda self, command, *more: table if "<pbf>" in command else answers(self, command, *more))
    back = door.run({**BACK, "timeout": 1})
    assert back.failed and "tells no state" in back.message
    assert len([warning for warning in back.warnings if "rules in words" in warning]) == 1


def test_check_mode_checks_and_writes_nothing(door):
    before = door.control.candidate()
    checked = door.done({**DOWN, "probe": "false"}, check=True)
    assert checked.changed and checked.values["measurement"]["standby"] == SECOND
    assert (door.writes(), door.control.candidate()) == ([], before)
    door.control.vpn(SECOND, sa="down", monitor="down")
    door.refused(DOWN, "standby", check=True)


PROBE = """
import os, pathlib, sys, time
assert not [name for name in os.environ if name.startswith("PANOS_")]
sys.exit(0 if pathlib.Path(sys.argv[1]).exists() else 1)
"""


def test_probes_measure_beside_the_state(door, tmp_path, monkeypatch):
    monkeypatch.setenv("PANOS_TIMEOUT", "30")
    program, way = tmp_path / "probe.py", tmp_path / "way"
    program.write_text(PROBE, encoding="utf-8")
    way.touch()
    door.plays((0, way.unlink), (0.6, way.touch))
    told = door.done({**DOWN, "probe": f"{sys.executable} -IS {program} {way}", "probe_interval": 0.1, "probe_timeout": 5, "hold": 0.7}).values["measurement"]
    assert 0 < told["probe"]["lost"] < told["probe"]["sent"]
    assert door.is_between_the_last_two(told["probe"]["outage"])
    assert [span["value"] for span in told["probe"]["spans"]] == [True, False, True]


def test_a_probe_that_stays_lost_is_a_failure(door, tmp_path):
    program, way = tmp_path / "probe.py", tmp_path / "way"
    program.write_text(PROBE, encoding="utf-8")
    way.touch()
    door.plays((0, way.unlink))
    result = door.run({**DOWN, "probe": f"{sys.executable} -IS {program} {way}", "probe_interval": 0.1, "timeout": 1, "hold": 0.7})
    assert result.failed and "the probe gets no answer" in result.message and "bring_back" in result.message


def test_a_probe_that_breaks_off_is_a_failure_and_no_good_measurement(door, tmp_path):
    """What it cannot tell any more is not taken for answered."""
    program = tmp_path / "probe"
    program.write_text("#!/bin/sh\n", encoding="utf-8")
    program.chmod(0o755)
    door.plays((0, program.unlink))
    result = door.run({**DOWN, "probe": str(program), "probe_interval": 0.05, "hold": 1})
    assert result.failed and result.changed
    for words in (FIRST, "cannot be run", "action: bring_back"):
        assert words in result.message
    told = result.values["measurement"]
    assert told["summary"] and carrying(told) == [FIRST, SECOND], "the firewall's state was measured to the end"
    assert "probe" not in told and result.values["job_id"]


def test_the_journal_can_take_a_drill_back(door, tmp_path):
    """A run that was killed, and then config_revert; a drill that ended leaves no journal."""
    before = door.control.running()
    kept = door.done({**DOWN, "journal": str(tmp_path)}).values["journal"]
    assert pathlib.Path(kept).is_file()
    reverted = run_module(config_revert, {"provider": door.provider, "name": NAME, "journal": str(tmp_path), "commit_poll": 0.05})
    assert not reverted.failed, reverted.message
    assert door.control.running() == before
    for action in (DOWN, BACK):
        door.done({**action, "journal": str(tmp_path)})
    assert list(tmp_path.iterdir()) == []


def test_the_examples_run(door):
    known = set(vpn_failover.argument_spec())
    for task in yaml.safe_load(vpn_failover.EXAMPLES):
        options = task.get(f"{COLLECTION}.vpn_failover")
        if options:
            assert set(options) <= known
            assert not door.run({**options, "probe": "true"}).failed
