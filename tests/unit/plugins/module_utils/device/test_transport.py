# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one connection: kept alive, verified, through a proxy where one is set."""

from __future__ import annotations

import contextlib
import select
import socket
import socketserver
import threading
import time
from urllib.parse import quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device import channel
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.connection import Session
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.transport import Provider, Transport
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import ConnectionFailed
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.enclave import wait_until
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import Emulator


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    for name in ("https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def firewall():
    with Emulator(version="11.1") as running:
        yield running


def provider(firewall, **more) -> Provider:
    return Provider(**{"ip_address": firewall.host, "port": firewall.port, "api_key": firewall.api_key, "ca_path": firewall.ca_path, **more})


def ask(session):
    return session.op("<show><system><info/></system></show>", "ask")


def test_many_requests_take_one_connection(firewall):
    firewall.control.reset_requests()
    with Session(provider(firewall)) as session:
        for dummy in range(5):
            ask(session)
            time.sleep(0.01)
    assert (firewall.control.connections(), len(firewall.control.requests())) == (1, 5)


def test_records_of_tls_itself_do_not_cost_a_connection(firewall, monkeypatch):
    """A session ticket makes the socket readable although nothing was said."""
    firewall.control.reset_requests()
    with Session(provider(firewall)) as session:
        ask(session)
        monkeypatch.setattr(select, "select", lambda readable, *dummy: (readable, [], []))
        ask(session)
    assert firewall.control.connections() == 1


def test_a_connection_that_was_closed_meanwhile_is_noticed_before_a_request_goes_out(firewall):
    with Session(provider(firewall)) as session:
        ask(session)
        firewall.control.restart_management(0)
        assert wait_until(lambda: listens(firewall), 20)
        session.change("ask", {"type": "op", "cmd": "<show><system><info/></system></show>"})
    assert session.changing


def listens(firewall) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((firewall.host, firewall.port)) == 0


@contextlib.contextmanager
def proxy(allowed=True):
    """A proxy that counts its tunnels."""
    class Handler(socketserver.StreamRequestHandler):
        def handle(self):
            request = self.rfile.readline().decode()
            headers = []
            while (line := self.rfile.readline().strip()):
                headers.append(line.decode())
            server.seen.append((request.split()[1], [line for line in headers if line.startswith("Proxy-Authorization")]))
            if not allowed:
                self.wfile.write(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
                return
            host, port = request.split()[1].rsplit(":", 1)
            with socket.create_connection((host, int(port))) as far:
                self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                pump(self.connection, far)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        server.seen = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def pump(near, far):
    while True:
        for source in select.select([near, far], [], [])[0]:
            data = source.recv(65536)
            if not data:
                return
            (far if source is near else near).sendall(data)


def test_a_proxy_is_used_and_told_who_asks(firewall, monkeypatch):
    with proxy() as running:
        monkeypatch.setenv("HTTPS_PROXY", f"http://ann:p%40ss@127.0.0.1:{running.server_address[1]}")
        with Session(provider(firewall)) as session:
            ask(session)
            ask(session)
        assert running.seen == [(f"127.0.0.1:{firewall.port}", ["Proxy-Authorization: Basic YW5uOnBAc3M="])]


def test_a_proxy_is_passed_by_where_that_is_said(firewall, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Session(provider(firewall)) as session:
        ask(session)


def test_a_proxy_that_refuses_is_an_error_before_anything_was_sent(firewall, monkeypatch):
    with proxy(allowed=False) as running:
        monkeypatch.setenv("HTTPS_PROXY", f"127.0.0.1:{running.server_address[1]}")
        with pytest.raises(ConnectionFailed, match="407") as failed:
            Transport(provider(firewall)).post({"type": "op"})
    assert not failed.value.sent


@pytest.mark.parametrize("through_proxy, words", [
    pytest.param(False, "no address is known for 'fw.invalid'.*ansible_host", id="the firewall's name"),
    pytest.param(True, "no address is known for the proxy 'proxy.invalid'.*HTTPS_PROXY", id="the proxy's name"),
])
def test_a_name_without_an_address_is_told_with_where_to_give_one(firewall, monkeypatch, through_proxy, words):
    def unknown(*_arguments, **_more):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    if through_proxy:
        monkeypatch.setenv("HTTPS_PROXY", "proxy.invalid:3128")
    with pytest.raises(ConnectionFailed, match=words) as failed:
        Transport(provider(firewall, ip_address="fw.invalid")).post({"type": "op"})
    assert not failed.value.sent


def test_the_key_travels_in_a_header_and_the_rest_in_the_body(firewall):
    """Neither is part of an address, which servers and proxies write to their logs."""
    firewall.control.reset_requests()
    with Session(provider(firewall)) as session:
        ask(session)
    assert [request["method"] for request in firewall.control.requests()] == ["POST"]


@given(st.text(st.characters(exclude_categories=["Cs"])))
@settings(deadline=None, derandomize=True)
def test_values_are_spelled_as_forms_spell_them(value):
    assert channel.quoted(value) == quote_plus(value)


def test_a_serial_number_goes_along(firewall, monkeypatch):
    seen = []
    original = Transport.post
    monkeypatch.setattr(Transport, "post", lambda self, parameters: seen.append(dict(parameters)) or original(self, parameters))
    with Session(provider(firewall, serial_number="0123456789")) as session:
        ask(session)
    assert [parameters["target"] for parameters in seen] == ["0123456789"]
