# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The control endpoint: faults, delays, planted settings, the request log; in Python and over HTTP."""

from __future__ import annotations

import concurrent.futures
import http.client
import json
import ssl
import time
import urllib.error
import urllib.request
import xml.etree.ElementTree as ET

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.enclave import wait_until

GET = {"type": "config", "action": "get"}
SET = {"type": "config", "action": "set"}


def test_log_tells_what_was_asked(client, firewall, at):
    firewall.control.reset_requests()
    client.get(at.zones)
    client.op("<show><jobs><all/></jobs></show>")
    client.multi(f"<delete xpath=\"{at.units}/entry[@name='tunnel.8']\"/>")
    first, second, third = firewall.control.requests()
    assert {key: first[key] for key in ("number", "method", "type", "action", "xpath", "admin", "status", "code")} == {
        "number": 1, "method": "POST", "type": "config", "action": "get", "xpath": at.zones, "admin": "admin", "status": "success",
        "code": "19",
    }
    assert (second["cmd"], second["code"]) == ("show jobs all", None)
    assert third["operations"] == [["delete", f"{at.units}/entry[@name='tunnel.8']"]]
    assert first["bytes_out"] > 100 and first["bytes_in"] > 50 and first["seconds"] < 1


def test_kept_alive_connection_counts_once(client, firewall, at):
    for dummy in range(3):
        client.get(at.zones)
    assert firewall.control.connections() == 1
    client.connection.close()
    client.get(at.zones)
    assert firewall.control.connections() == 2


class TestFault:
    @pytest.mark.parametrize("kind", ["refuse", "drop_before", "drop_after"])
    def test_hangs_up(self, client, firewall, at, kind):
        firewall.control.fault(kind)
        with pytest.raises((http.client.RemoteDisconnected, ConnectionError, ssl.SSLError)):
            client.set(f"{at.units}/entry[@name='tunnel.8']", "<mtu>1400</mtu>")
        assert client.get(f"{at.units}/entry[@name='tunnel.8']").code == ("19" if kind == "drop_after" else "7")

    def test_truncates(self, client, firewall, at):
        firewall.control.fault("truncate")
        with pytest.raises(ET.ParseError):
            client.get(at.zones).root.find(".")

    @pytest.mark.parametrize(
        ("kind", "arguments", "http_status", "words"),
        [
            ("html", {}, 200, "<html"),
            ("forbidden", {}, 403, "code = '403'"),
            ("unavailable", {}, 503, "503"),
            ("bad_request", {}, 400, "code = '400'"),
            ("session_timeout", {}, 200, '<response status="unauth" code="22"><msg><line>Session timed out</line></msg></response>'),
            ("busy", {}, 200, "Another commit/validate is in progress. Please try again later"),
            ("error", {"code": 13, "message": "no luck"}, 200, '<response status="error" code="13"><msg><line>no luck</line>'),
        ],
    )
    def test_answers_instead_and_does_nothing(self, client, firewall, at, kind, arguments, http_status, words):
        firewall.control.fault(kind, SET, **arguments)
        reply = client.set(f"{at.units}/entry[@name='tunnel.8']", "<mtu>1400</mtu>")
        assert (reply.http_status, words in reply.text) == (http_status, True)
        assert client.get(f"{at.units}/entry[@name='tunnel.8']").code == "7"

    def test_meets_only_what_matches_and_only_so_often(self, client, firewall, at):
        firewall.control.fault("error", {"cmd": "show jobs"}, times=2, message="no")
        assert client.get(at.zones).status == "success"
        jobs = "<show><jobs><all/></jobs></show>"
        assert [client.op(jobs).status for dummy in range(3)] == ["error", "error", "success"]
        firewall.control.fault("error", {"xpath": "/zone"})
        assert client.get(at.units).status == "success"
        firewall.control.clear_faults()
        assert client.get(at.zones).status == "success"

    @pytest.mark.parametrize("kind", ["delay", "sleep"])
    def test_waits(self, client, firewall, at, kind):
        firewall.control.fault(kind, seconds=0.2)
        started = time.monotonic()
        assert client.get(at.zones).status == "success"
        assert time.monotonic() - started >= 0.2

    @pytest.mark.parametrize(("kind", "there"), [("delay", "7"), ("sleep", "19")])
    def test_waits_no_longer_than_faults_last(self, client, client_of, firewall, at, kind, there):
        unit = f"{at.units}/entry[@name='tunnel.8']"
        firewall.control.fault(kind, SET, seconds=60)
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            reply = pool.submit(client.set, unit, "<mtu>1400</mtu>")
            assert wait_until(firewall.control.under_way, 20)
            assert [(request["action"], request["xpath"]) for request in firewall.control.under_way()] == [("set", unit)]
            assert client_of(firewall).get(unit).code == there
            firewall.control.clear_faults()
            assert reply.result(20).code == "20"
        assert firewall.control.under_way() == []

    def test_another_admin_comes_first(self, client, firewall, at):
        unit = f"{at.units}/entry[@name='tunnel.8']"
        firewall.control.fault("edit_as", SET, admin="someone", action="set", xpath=unit, element="<comment>theirs</comment>")
        client.set(unit, "<mtu>1400</mtu>")
        entry = client.get(unit).root.find("result/entry")
        assert [(child.tag, child.get("admin")) for child in entry] == [("comment", "someone"), ("mtu", "admin")]

    @pytest.mark.parametrize(
        ("kind", "when", "arguments"),
        [("explode", {}, {}), ("delay", {"colour": "red"}, {}), ("delay", {}, {"minutes": 1}), ("refuse", GET, {})],
        ids=["unknown kind", "unknown condition", "unknown argument", "condition that cannot be known"],
    )
    def test_that_makes_no_sense_is_refused(self, firewall, kind, when, arguments):
        with pytest.raises(ValueError):
            firewall.control.fault(kind, when, **arguments)


def test_latency(client, firewall, at):
    def took():
        started = time.monotonic()
        client.get(at.zones)
        return time.monotonic() - started

    client.get(at.zones)
    firewall.control.latency(100, per_connection_milliseconds=900)
    # The quickest of some, since another process may be in the way.
    assert 0.1 <= min(took() for dummy in range(3)) < 0.9
    client.connection.close()
    assert took() >= 1


def test_management_goes_away_and_comes_back(client, firewall, at):
    def answers():
        try:
            return client.get(at.zones).status == "success"
        except (OSError, http.client.HTTPException):
            return False

    firewall.control.restart_management(0.3)
    assert not answers()
    assert wait_until(answers, 20)


def test_planted_settings_carry_no_marks_and_survive(client, firewall, at):
    firewall.control.plant(f"{at.gateways}/entry[@name='branch-7']", "<hand-made at='night'><deep/></hand-made>")
    assert client.get(f"{at.gateways}/entry[@name='branch-7']/hand-made").text.count("<hand-made at=\"night\"><deep/></hand-made>") == 1
    assert client.show(f"{at.gateways}/entry[@name='branch-7']/hand-made").status == "success"
    assert client.op("<check><pending-changes/></check>").message == "no"
    assert len(firewall.control.requests()) == 3


def test_candidate_and_running_without_a_trace(client, firewall, at):
    unit = f"{at.units}/entry[@name='tunnel.8']"
    firewall.control.edit_as("someone", "set", unit, "<mtu>1400</mtu>")
    assert firewall.control.candidate(unit) == '<entry name="tunnel.8"><mtu>1400</mtu></entry>'
    assert 'admin="someone"' in firewall.control.candidate(unit, marks=True)
    assert firewall.control.running(unit) == ""
    assert firewall.control.requests() == []


def test_keys_can_be_expired(client, firewall, at):
    firewall.control.expire_keys()
    assert client.get(at.zones).http_status == 403


class TestHttpEndpoint:
    def post(self, firewall, method, body):
        request = urllib.request.Request(firewall.control_url + method, json.dumps(body).encode())
        try:
            with urllib.request.urlopen(request) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            return json.load(error)

    def test_same_powers(self, client, firewall, at):
        key = self.post(firewall, "add_admin", {"name": "second", "password": "x"})
        assert key.startswith("LUFRPT")
        assert self.post(firewall, "fault", {"kind": "error", "when": GET, "message": "no"}) is None
        assert client.get(at.zones).status == "error"
        assert "tunnel.7" in self.post(firewall, "candidate", {"xpath": at.units})
        with urllib.request.urlopen(firewall.control_url + "requests") as response:
            assert json.load(response)[0]["action"] == "get"

    @pytest.mark.parametrize(
        ("method", "body", "words"),
        [
            ("explode", {}, "no method"),
            ("_read", {}, "no method"),
            ("vpn", {"tunnel": "t", "sa": "maybe"}, "up, down, init"),
            ("candidate", {"colour": 1}, "TypeError"),
            ("candidate", [], "JSON object"),
            ("edit_as", {"admin": "x", "action": "set", "xpath": "/config/devices/entry[@name='localhost.localdomain']/network/ike/gateway",
                         "element": "<entry name='g'><bogus/></entry>"}, "unexpected here"),
        ],
        ids=["unknown", "private", "bad value", "unknown argument", "no object", "refused by the firewall"],
    )
    def test_says_what_is_wrong(self, firewall, method, body, words):
        assert words in self.post(firewall, method, body)["error"]
