# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""pan-os-python says how to commit and sends nothing, whatever a later release of it calls its own."""

from __future__ import annotations

import importlib.metadata
import xml.etree.ElementTree as ET

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device import commit, sdk
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.connection import Session
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.transport import Provider
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import ConnectionFailed, Refused
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import Emulator

firewall_of_library = pytest.importorskip("panos.firewall", reason="pan-os-python is not installed")
xapi = pytest.importorskip("pan.xapi", reason="pan-python is not installed")

DEVICE = ("config", "devices", ("entry", "localhost.localdomain"))


@pytest.fixture(scope="module")
def firewall():
    with Emulator(version="11.1") as running:
        yield running


@pytest.fixture
def renamed(monkeypatch):
    """A release of the library whose private names are others; what it would send by itself is listed."""
    sent = []
    for name in [name for name in vars(xapi.PanXapi) if name.startswith("_PanXapi__")]:
        monkeypatch.delattr(xapi.PanXapi, name)
    monkeypatch.setattr(xapi, "urlopen", lambda *arguments, **more: sent.append(arguments))
    return sent


def provider(firewall, **more) -> Provider:
    return Provider(**{"ip_address": firewall.host, "port": firewall.port, "ca_path": firewall.ca_path, **more})


LOGINS = {
    "a key": lambda firewall: {"api_key": firewall.api_key},
    "a password": lambda firewall: {"username": "admin", "password": firewall.password},
}


def work_through(session) -> None:
    """A request of every kind that a session knows."""
    session.platform()
    session.get(DEVICE + ("network",))
    session.show(DEVICE + ("network",))
    session.log("( subtype eq vpn )", 10)
    session.change("write", {"type": "config", "action": "set", "xpath": "/config/shared/tag", "element": "<entry name='x'/>"})
    commit.commit(session, "admin", "why", commit.Patience(10, 0.01), lambda: False)


@pytest.mark.parametrize("login", LOGINS.values(), ids=LOGINS.keys())
def test_a_library_with_other_private_names_changes_nothing(firewall, renamed, login):
    firewall.control.reset_requests()
    with Session(provider(firewall, **login(firewall))) as session:
        work_through(session)
    assert (firewall.control.connections(), renamed) == (1, [])


@pytest.mark.parametrize("login", LOGINS.values(), ids=LOGINS.keys())
def test_no_request_arrives_where_the_certificate_does_not_verify(firewall, renamed, login):
    firewall.control.reset_requests()
    with pytest.raises(ConnectionFailed, match="does not verify"), Session(provider(firewall, ca_path=None, **login(firewall))) as session:
        work_through(session)
    assert (firewall.control.requests(), renamed) == ([], [])


def test_settings_that_the_library_keeps_in_a_home_folder_redirect_nothing(firewall, monkeypatch, tmp_path):
    (tmp_path / ".panrc").write_text("serial=0123456789\nhostname=192.0.2.99\nport=1\napi_username=eve\n", encoding="utf-8")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    firewall.control.reset_requests()
    with Session(provider(firewall, api_key=firewall.api_key)) as session:
        session.platform()
    assert [request.get("target") for request in firewall.control.requests()] == [None]


@pytest.mark.parametrize("account, expected", [
    pytest.param("ann & bob", "<commit><description>a &lt; b</description><partial><admin><member>ann &amp; bob</member></admin></partial></commit>",
                 id="one account's changes"),
    pytest.param(None, "<commit><description>a &lt; b</description></commit>", id="everybody's"),
])
def test_the_command_of_a_commit(account, expected):
    assert ET.canonicalize(sdk.commit_command("a < b", account)) == expected


class Everybodys:
    """A later release that calls the accounts otherwise."""

    def __init__(self, description=None, admins=None):
        self.description = description

    def element(self):
        return ET.Element("commit")


STRANGERS = {
    "another name": lambda monkeypatch: monkeypatch.delattr(firewall_of_library, "FirewallCommit"),
    "other arguments": lambda monkeypatch: monkeypatch.setattr(firewall_of_library, "FirewallCommit", lambda description: None),
    "a commit for everybody": lambda monkeypatch: monkeypatch.setattr(firewall_of_library, "FirewallCommit", Everybodys),
}


@pytest.mark.parametrize("strange", STRANGERS.values(), ids=STRANGERS.keys())
def test_a_library_that_says_something_else_is_refused_by_name_and_release(firewall, monkeypatch, strange):
    strange(monkeypatch)
    firewall.control.reset_requests()
    release = importlib.metadata.version("pan-os-python")
    with pytest.raises(Refused, match=f"pan-os-python {release} cannot say how to commit .*needs pan-os-python >= 1.12, < 2; nothing was committed"):
        with Session(provider(firewall, api_key=firewall.api_key)) as session:
            commit.commit(session, "admin", "why", commit.Patience(10, 0.01), lambda: False)
    assert firewall.control.requests() == []
