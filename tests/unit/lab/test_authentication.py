# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who may ask, and what the web layer says to others."""

from __future__ import annotations

import base64

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import Emulator

INFO = {"type": "op", "cmd": "<show><system><info/></system></show>"}
FORBIDDEN = "<response status = 'error' code = '403'><result><msg>Invalid Credential</msg></result></response>"


def basic(user, password):
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("path", ["/api", "/api/"])
def test_key_generation_gives_a_key_that_works(client, firewall, method, path):
    reply = client.send(method, path, type="keygen", user="admin", password=firewall.password)
    key = reply.root.findtext("result/key")
    again = client.send(method, path, type="keygen", user="admin", password=firewall.password).root.findtext("result/key")
    assert key != again
    assert client.send(method, path, key=key, **INFO).status == "success"
    assert client.send(method, path, {"X-PAN-KEY": again}, **INFO).status == "success"


def test_basic_authentication(client, firewall):
    assert client.send(headers=basic("admin", firewall.password), **INFO).status == "success"
    assert client.send(headers=basic("admin", "wrong"), **INFO).http_status == 403


@pytest.mark.parametrize(
    "parameters",
    [{**INFO, "key": "wrong"}, INFO, {"type": "keygen", "user": "admin", "password": "wrong"},
     {"type": "keygen", "user": "nobody", "password": "x"}],
    ids=["bad key", "no key", "bad password", "unknown user"],
)
def test_refused_in_an_odd_body(client, parameters):
    reply = client.send(**parameters)
    assert (reply.http_status, reply.text) == (403, FORBIDDEN)


def test_missing_type(client):
    reply = client.call(action="get")
    assert (reply.http_status, reply.root.findtext("result/msg")) == (400, 'Missing value for parameter "type".')


def test_other_paths_show_the_login_page(client):
    reply = client.send("GET", "/")
    assert (reply.http_status, reply.content_type) == (200, "text/html")


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        ("superuser", {"read", "op", "write", "commit", "lock"}),
        ("superreader", {"read", "op"}),
        ("read-only", {"read", "op"}),
        ("custom", {"read", "op"}),
    ],
)
def test_roles(client_of, firewall, at, role, allowed):
    key = firewall.control.add_admin("other", "pass word", role)
    client = client_of(firewall, key)
    replies = {
        "read": client.get(at.zones),
        "op": client.op("<show><system><info/></system></show>"),
        "write": client.set(f"{at.units}/entry[@name='tunnel.8']", "<mtu>1400</mtu>"),
        "commit": client.call(type="commit", cmd="<commit/>"),
        "lock": client.op("<request><config-lock><add/></config-lock></request>"),
    }
    assert {name for name, reply in replies.items() if reply.status == "success"} == allowed
    assert all(reply.verdict == ("unauth", "16") for name, reply in replies.items() if name not in allowed)


def test_rights_of_a_custom_role(client_of, firewall, at):
    client = client_of(firewall, firewall.control.add_admin("other", "x", "custom", ["config-read", "config-write"]))
    assert client.set(f"{at.units}/entry[@name='tunnel.8']", "<mtu>1400</mtu>").status == "success"
    assert client.op("<show><system><info/></system></show>").code == "16"


def test_changed_password_ends_the_old_key(client_of, firewall):
    key = firewall.control.add_admin("other", "old")
    firewall.control.add_admin("other", "new")
    assert client_of(firewall, key).call(**INFO).http_status == 403


def test_version_request(client, firewall):
    result = client.call(type="version").root.find("result")
    assert [child.tag for child in result] == ["sw-version", "multi-vsys", "model", "serial"]
    assert result.findtext("sw-version") == "11.1.4"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"version": "10.1", "engine": "logical-router"}, "came with 10.2"),
        ({"version": "9.1"}, "10.1, 10.2"),
        ({"engine": "both"}, "engine"),
        ({"listen": "0.0.0.0"}, "loopback only"),
        ({"config": "<response/>"}, "<config>"),
        ({"config": "<config"}, "not well-formed"),
        ({"config": "no-such-file.xml"}, "give a file or one of"),
        ({"secrets": "plain"}, "classic"),
    ],
    ids=["engine before 10.2", "old version", "engine word", "any address", "wrong root", "broken", "no file", "secret mode"],
)
def test_refused_by_the_constructor(arguments, words):
    with pytest.raises(ValueError, match=words):
        Emulator(**arguments)
