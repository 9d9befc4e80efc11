# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What goes wrong on the wire while site_to_site_vpn reads and writes: never half a configuration, and the message says what stands."""

from __future__ import annotations

import socket
import threading

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device import connection
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.door import NETWORK
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.pairing import ENGINES, VpnDoor, name_of, options

READS = {
    "asking what it is": {"cmd": "show system info"},
    "asking for uncommitted changes": {"cmd": "show config list changes"},
    "reading the network": {"action": "get", "xpath": "/network"},
    "reading the zones": {"action": "get", "xpath": "/zone"},
    "reading the rules": {"action": "get", "xpath": "/rulebase"},
    "reading the settings before the write": {"action": "get", "xpath": "/deviceconfig"},
}
WRITE = {"action": "multi-config"}
# Trouble that passes, with a request that changes nothing: it is sent again.
PASSING = ("drop_before", "drop_after", "truncate", "html", "unavailable")
# What a failure for good says of itself.
LASTING = {
    "drop_before": "closed before the whole answer", "drop_after": "closed before the whole answer", "truncate": "cut off or not XML",
    "html": "text/html", "unavailable": "HTTP 503", "forbidden": "HTTP 403", "session_timeout": "Session timed out",
    "bad_request": "Missing value for parameter",
}


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    monkeypatch.setattr(connection, "pause", lambda attempt: None)


@pytest.fixture
def door(firewalls) -> VpnDoor:
    return VpnDoor(firewalls())


def transactions(door) -> int:
    return door.asked().count("multi-config")


def whole_vpn(door) -> bool:
    """Whether all of the VPN stands in the candidate, each thing once: the next run has nothing to write."""
    return not door.done(options()).changed


@pytest.mark.parametrize("when", READS.values(), ids=READS.keys())
@pytest.mark.parametrize("kind", PASSING)
def test_a_read_that_fails_once_is_repeated(door, kind, when):
    door.control.fault(kind, when=when)
    assert door.done(options()).changed
    assert transactions(door) == 1
    assert whole_vpn(door)


@pytest.mark.parametrize("when", READS.values(), ids=READS.keys())
@pytest.mark.parametrize("kind", LASTING)
def test_a_read_that_keeps_failing_leaves_all_as_it_is(door, kind, when):
    door.provider["timeout"] = 5
    door.control.fault(kind, when=when, times=100_000)
    door.refused(options(), LASTING[kind], "nothing was written", "127.0.0.1")


@pytest.mark.parametrize("kind, sent", {"drop_before": 2, "html": 2, "drop_after": 1, "truncate": 1}.items())
def test_a_write_whose_answer_is_lost_is_looked_up_before_it_is_sent_again(door, kind, sent):
    door.control.fault(kind, when=WRITE)
    assert door.done(options()).changed
    assert transactions(door) == sent
    assert whole_vpn(door)


@pytest.mark.parametrize("kind", ["drop_before", "html"])
def test_a_write_that_never_arrives(door, kind):
    before = door.control.candidate()
    door.control.fault(kind, when=WRITE, times=10)
    result = door.run(options())
    assert result.failed
    assert "write the candidate" in result.message and "nothing was written" in result.message
    assert transactions(door) == 3
    assert door.control.candidate() == before


@pytest.mark.parametrize("kind", ["forbidden", "unavailable", "session_timeout", "bad_request"])
def test_a_write_that_is_turned_away(door, kind):
    before = door.control.candidate()
    door.control.fault(kind, when=WRITE, times=10)
    result = door.run(options())
    assert result.failed
    assert LASTING[kind] in result.message and "nothing was written" in result.message
    assert door.control.candidate() == before


def test_a_write_after_which_nothing_can_be_asked(door):
    door.control.fault("drop_after", when=WRITE)
    door.control.fault("forbidden", when={"number": 5})
    result = door.run(options())
    assert door.asked().index("multi-config") == 3
    assert result.failed
    assert "unknown" in result.message and "run again" in result.message
    assert whole_vpn(door)


@pytest.mark.parametrize("failover", ["pbf", "bgp"])
@pytest.mark.parametrize("engine", ENGINES)
def test_an_error_at_each_single_operation_leaves_the_candidate_as_it_was(firewalls, engine, failover):
    door = VpnDoor(firewalls(engine=engine))
    door.done(options(failover))
    count = len(door.writes())
    door.remove(failover)
    assert count > 10
    before = door.control.candidate()
    for number in range(1, count + 1):
        door.control.fault("operation_error", when=WRITE, number=number, code=12, message="the disk is full")
        result = door.run(options(failover))
        assert result.failed
        assert "the disk is full" in result.message and "nothing was written" in result.message, (number, result.message)
        assert any(name in result.message for name in (name_of(failover), "tunnel.", "aws-vpn", "default"))
        assert door.control.candidate() == before, number


@pytest.mark.parametrize("failover", ["pbf", "bgp"])
def test_an_error_at_each_operation_of_a_removal_leaves_the_vpn_whole(door, failover):
    door.committed(options(failover))
    before = door.control.candidate()
    gone = {"name": name_of(failover), "state": "absent"}
    count = len(door.done(gone, check=True).values["objects"])
    for number in range(1, count + 1):
        door.control.fault("operation_error", when=WRITE, number=number, code=10, message="it is in use")
        result = door.run(gone)
        if not result.failed:
            break
        assert "it is in use" in result.message and "nothing was written" in result.message
        assert door.control.candidate() == before, number
    door.control.clear_faults()
    assert number > 10


def test_the_configuration_lock_of_another_admin_is_waited_for_and_named(door):
    before = door.control.candidate()
    door.control.hold_config_lock("alice")
    result = door.run(options(lock_timeout=0))
    assert result.failed
    assert "locked by alice" in result.message and "waited 0 s" in result.message and "nothing was written" in result.message
    assert door.control.candidate() == before


def test_a_configuration_lock_that_goes_in_time_costs_nothing_but_time(door):
    door.control.hold_config_lock("alice")
    release = threading.Timer(0.5, door.control.release_locks, ["alice"])
    release.start()
    assert door.done(options(lock_timeout=30)).changed
    release.join()
    assert whole_vpn(door)


# Who one is, and whom one talks to.


@pytest.mark.parametrize("credentials, words", {
    "a wrong key": ({"api_key": "notReal"}, ("HTTP 403", "API key")),
    "a wrong password": ({"api_key": None, "username": "admin", "password": "notReal9"}, ("HTTP 403", "password")),
    "a user that is not there": ({"api_key": None, "username": "nobody", "password": "notReal9"}, ("HTTP 403", "user name")),
    "no credentials": ({"api_key": None}, ("api_key", "PANOS_API_KEY")),
    "no firewall": ({"ip_address": None}, ("ip_address", "PANOS_HOSTNAME")),
}.values(), ids=["wrong key", "wrong password", "wrong user", "no credentials", "no firewall"])
def test_who_does_not_get_in(door, credentials, words):
    door.provider = {**door.provider, **credentials}
    door.refused(options(), *words)


def test_a_certificate_that_does_not_verify(door, firewalls):
    door.provider = {**door.provider, "ca_path": firewalls(name="another").ca_path}
    door.refused(options(), "certificate", "does not verify", "ca_path")
    door.provider = {**door.provider, "ca_path": None}
    door.refused(options(), "certificate", "does not verify", "PANOS_CA_PATH")


def test_a_certificate_for_another_name(door):
    door.provider = {**door.provider, "ip_address": "127.0.0.2", "timeout": 1}
    door.refused(options(), "127.0.0.2")


def test_a_ca_that_cannot_be_read(door, tmp_path):
    (tmp_path / "ca.pem").write_text("not a certificate", encoding="ascii")
    for path in (tmp_path / "ca.pem", tmp_path / "missing.pem"):
        door.provider = {**door.provider, "ca_path": str(path)}
        door.refused(options(), "provider.ca_path", str(path))


def test_verification_can_be_turned_off_and_warns(door):
    door.provider = {**door.provider, "ca_path": None, "validate_certs": False}
    result = door.done(options())
    assert any("validate_certs is off" in warning for warning in result.warnings)


def test_a_refused_connection(door):
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        door.provider = {**door.provider, "port": listening.getsockname()[1], "timeout": 1}
    door.refused(options(), "cannot talk to 127.0.0.1", "refused", "nothing was written")


def test_a_connection_that_is_closed_at_once(door):
    door.control.fault("refuse", times=1)
    assert door.done(options()).changed
    door.remove("pbf")
    door.control.fault("refuse", times=10)
    door.refused(options(), "cannot talk to 127.0.0.1", "nothing was written")


def test_an_answer_that_does_not_come(door):
    door.provider = {**door.provider, "timeout": 1}
    door.control.fault("delay", when={"cmd": "show system info"}, times=3, seconds=1.5)
    door.refused(options(), "no answer within 1 s", "nothing was written")


def test_an_account_without_the_right_to_write(door):
    door.provider = {**door.provider, "api_key": door.control.add_admin("auditor", "notReal.auditor9", "superreader")}
    before = door.control.candidate()
    result = door.run(options())
    assert result.failed
    assert "Unauthorized request" in result.message and "nothing was written" in result.message
    assert door.control.candidate() == before


def test_a_management_service_that_restarts(door, monkeypatch):
    monkeypatch.undo()
    door.control.restart_management(0.4)
    assert door.done(options()).changed


def test_a_change_of_others_between_reading_and_writing_is_not_undone(door):
    theirs = f"{NETWORK}/ike/gateway/entry[@name='branch-7']/comment"
    door.control.fault("edit_as", when=WRITE, admin="alice", action="edit", xpath=theirs, element="<comment>mine</comment>")
    door.done(options())
    assert door.text(theirs) == "mine"
