# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whoever answers, and however: a request ends in its time, takes no more memory than it may, and says what was wrong.

The far ends here run in this process; each is a function that is given a connection, its request read, and answers as it likes.
"""

from __future__ import annotations

import contextlib
import itertools
import socket
import ssl
import threading
import time
import tracemalloc

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device import answer, connection
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.connection import Session
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.transport import Provider, Transport
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import ConnectionFailed, DeviceError, InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.certificates import Authority

TIMEOUT = 1
# A timeout of one second, and what a busy machine takes besides.
SOON = 4
MEGABYTE = 1024 * 1024
OK = b"<response status='success'><result/></response>"
SYSTEM = b"<response status='success'><result><system><sw-version>11.1.4</sw-version></system></result></response>"


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    for name in ("https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def tls(tmp_path_factory):
    ca, pem = Authority("127.0.0.1").write_certificates(tmp_path_factory.mktemp("certificates"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return ca, context


@pytest.fixture
def far_end(tls):
    """Starts a far end; returns what leads to it."""
    ca, context = tls
    with contextlib.ExitStack() as running:
        def start(answers, secured=True, **more) -> Provider:
            port = running.enter_context(listening(answers, context if secured else None))
            return Provider(**{"ip_address": "127.0.0.1", "port": port, "api_key": "notReal", "ca_path": str(ca), "timeout": TIMEOUT, **more})

        yield start


@contextlib.contextmanager
def listening(answers, context):
    server = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=_serve, args=(server, answers, context), daemon=True).start()
    try:
        yield server.getsockname()[1]
    finally:
        server.close()


def _serve(server, answers, context):
    while True:
        try:
            near, _address = server.accept()
        except OSError:
            return
        threading.Thread(target=_talk, args=(near, answers, context), daemon=True).start()


def _talk(near, answers, context):
    with contextlib.suppress(OSError), near:
        near.settimeout(20)
        talking = context.wrap_socket(near, server_side=True) if context else near
        with talking:
            _request(talking)
            answers(talking)


def _request(talking):
    """Reads a request up to its end, as far as there is one: what is left unread resets the connection."""
    request = talking.recv(65536)
    while request[:4] == b"POST" and len(request.partition(b"\r\n\r\n")[2]) < int(request.partition(b"Content-Length: ")[2].split()[0]):
        request += talking.recv(65536)


def saying(body: bytes, kind="application/xml", status="200 OK", headers="", length=True):
    """An answer at once."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{headers}" + (f"Content-Length: {len(body)}\r\n" if length else "Connection: close\r\n")
    return lambda talking: talking.sendall(head.encode("latin-1") + b"\r\n" + body)


def dripping(text: bytes, before: bytes = b""):
    """A byte now and then, for ever where the text has no end."""
    def drip(talking):
        talking.sendall(before)
        for byte in itertools.cycle(text):
            talking.sendall(bytes([byte]))
            time.sleep(0.05)
    return drip


def flooding(piece: bytes, before: bytes):
    def flood(talking):
        talking.sendall(before)
        while True:
            talking.sendall(piece)
    return flood


def chunk(content: bytes) -> bytes:
    return f"{len(content):x}\r\n".encode() + content + b"\r\n"


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
ENDLESS = HEAD + b"Connection: close\r\n\r\n"
LONG = HEAD + b"Content-Length: 99999999999\r\n\r\n"
BOMB = b"<!DOCTYPE r [<!ENTITY a '" + b"x" * 1000 + b"'>" + b"".join(
    f"<!ENTITY {new} '{'&' + old + ';' * 1}{('&' + old + ';') * 9}'>".encode() for old, new in zip("abcdefg", "bcdefgh")) + b"]>"

# What a far end does, and what is said of it.
FAR_ENDS = {
    "nothing": (lambda talking: time.sleep(5), "gave no answer within 1 s"),
    "hangs up": (lambda talking: None, "closed before the whole answer"),
    "drips its status": (dripping(b"HTTP/1.1 "), "gave no answer within 1 s"),
    "drips headers": (dripping(b"X: y\r\n", HEAD), "gave no answer within 1 s"),
    "drips a body": (dripping(b"<a/>", ENDLESS), "gave no answer within 1 s"),
    "drips a body of a length": (dripping(b"<a/>", LONG), "gave no answer within 1 s"),
    "drips chunks": (dripping(chunk(b"<"), CHUNKED), "gave no answer within 1 s"),
    "goes on, for ever": (flooding(b"HTTP/1.1 100 Continue\r\n\r\n", b""), "gave no answer within 1 s"),
    "floods": (flooding(b"<a>text</a>" * 5000, ENDLESS), "more than 1 MB"),
    "floods within a length": (flooding(b"<a>text</a>" * 5000, LONG), "more than 1 MB"),
    "floods in chunks": (flooding(chunk(b"x" * 65536), CHUNKED), "more than 1 MB"),
    "floods in tiny chunks": (flooding(chunk(b"<") * 1000, CHUNKED), "more than 1 MB|gave no answer within 1 s"),
    "many headers": (saying(OK, headers="X-Header: y\r\n" * 5000), "speaks no HTTP that can be read"),
    "a long header": (saying(OK, headers=f"X-Header: {'y' * 100000}\r\n"), "speaks no HTTP that can be read"),
    "endless headers": (flooding(b"X-Header: y\r\n" * 1000, HEAD), "speaks no HTTP that can be read"),
    "no HTTP": (lambda talking: talking.sendall(b"SSH-2.0-OpenSSH_9.6\r\n" * 50), "speaks no HTTP that can be read"),
    "cut off": (lambda talking: talking.sendall(LONG + OK[:20]), "closed before the whole answer"),
    "half of it": (saying(OK[:20]), "cut off or not XML"),
    "nests": (saying(b"<response status='success'>" + b"<a>" * 30000 + b"</a>" * 30000 + b"</response>"), "elements|nested more than"),
    "nests a little": (saying(b"<response status='success'>" + b"<a>" * 300 + b"</a>" * 300 + b"</response>"), "nested more than"),
    "many elements": (saying(b"<response status='success'>" + b"<a/>" * 100000 + b"</response>"), "more than 8192 elements"),
    "entities": (saying(BOMB + b"<response status='success'><result>&h;</result></response>"), "instead of XML"),
    "entities behind a comment": (saying(b"<?xml version='1.0'?><!-- <a> --> <?x y?>" + BOMB + OK), "document type"),
    "a file": (saying(b"<!DOCTYPE r [<!ENTITY f SYSTEM 'file:///etc/passwd'>]><response status='success'>&f;</response>"), "document type|instead of XML"),
    "an undefined entity": (saying(b"<response status='success'>&f;</response>"), "not XML"),
    "UTF-16": (saying(OK.decode().encode("utf-16")), "instead of XML"),
    "NUL": (saying(b"<response status='success'>\0</response>"), "not XML"),
    "compressed": (saying(b"\x1f\x8b\x08\x00" + b"\0" * 40, headers="Content-Encoding: gzip\r\n"), "instead of XML"),
    "HTML": (saying(b"<!DOCTYPE html><html/>", "text/html"), "text/html instead of XML"),
    "HTML that is XML": (saying(b"<?xml version='1.0'?><html status='success'/>", "text/html"), "a <html> and not the <response>"),
    "HTML that says XML": (saying(b"<html status='success'/>"), "instead of XML"),
    "no type": (saying(b"hello", ""), "an unnamed type instead of XML"),
    "moved": (saying(OK, status="302 Found", headers="Location: https://other.example/api/?key=secret\r\n"),
              r"sends elsewhere \(HTTP 302, to https://other.example/api/\)"),
    "not modified": (saying(b"", status="304 Not Modified"), "sends elsewhere"),
    "a page that forbids": (saying(b"<html>Blocked</html>", "text/html", "403 Forbidden"), "answered HTTP 403 with text/html, which is not how"),
    "the firewall forbids": (saying(b"<response status='error' code='403'/>", status="403 Forbidden"), "refused the login .*Invalid Credential"),
    "not found": (saying(b"nothing here", "text/plain", "404 Not Found"), "HTTP 404 with text/plain instead of XML"),
    "not ready": (saying(b"", status="503 Service Unavailable"), "not ready"),
    "no TLS": (None, "cannot talk to"),
}


@pytest.fixture
def _once(monkeypatch):
    """A read that is not repeated: what is bounded once is bounded three times."""
    monkeypatch.setattr(connection, "_ATTEMPTS", 1)


@pytest.mark.usefixtures("_once")
@pytest.mark.parametrize("name", FAR_ENDS)
def test_a_far_end_is_bounded_and_named(far_end, name):
    answers, words = FAR_ENDS[name]
    provider = far_end(answers or saying(OK), secured=answers is not None, answer_limit=1)
    tracemalloc.start()
    begun = time.monotonic()
    try:
        with Session(provider) as session, pytest.raises(ConnectionFailed, match=words) as failed:
            session.op("<show/>", "ask")
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert time.monotonic() - begun < SOON
    # The answer, its text, and its elements.
    assert most < 12 * MEGABYTE
    assert "secret" not in str(failed.value)
    assert len(str(failed.value)) < 1000


def test_a_login_is_bounded_like_any_other_request(far_end):
    provider = far_end(dripping(b"<a/>", ENDLESS), api_key=None, username="admin", password="notReal")
    begun = time.monotonic()
    with Session(provider) as session, pytest.raises(ConnectionFailed, match="failed to log in"):
        session.op("<show/>", "ask")
    assert time.monotonic() - begun < connection._ATTEMPTS * TIMEOUT + SOON


@pytest.mark.parametrize("key", ["two\nlines", "kéy", "\u2028", " "])
def test_a_key_that_is_none_is_refused(far_end, key):
    body = f"<response status='success'><result><key>{key}</key></result></response>".encode()
    with Session(far_end(saying(body), api_key=None, username="admin", password="notReal")) as session, pytest.raises(DeviceError):
        session.op("<show/>", "ask")


def test_handshakes_that_drip_are_bounded(tls):
    def handshake(near):
        dripping(b"\x16\x03\x03\x40\x00")(near)

    with listening(handshake, None) as port:
        provider = Provider("127.0.0.1", port, api_key="notReal", ca_path=str(tls[0]), timeout=TIMEOUT)
        begun = time.monotonic()
        with pytest.raises(ConnectionFailed) as failed:
            Transport(provider).post({"type": "op"})
        assert time.monotonic() - begun < SOON
        assert not failed.value.sent


@pytest.mark.parametrize("kind", ["application/xml", "text/xml; charset=UTF-8", "text/html", ""])
@pytest.mark.parametrize("before", [b"", b"<?xml version='1.0' encoding='UTF-8'?>\n", b"\xef\xbb\xbf", b"\r\n "])
def test_an_answer_of_the_api_is_taken_whatever_its_type(far_end, kind, before):
    content = before + SYSTEM if not before.startswith(b"\r") else before + SYSTEM
    with Session(far_end(saying(content, kind))) as session:
        assert session.platform().version == (11, 1, 4)


@pytest.mark.parametrize("stored, read", [
    pytest.param("Zürich – Filiale".encode("cp1252"), "Zürich – Filiale", id="of Windows"),
    pytest.param("Zürich".encode(), "Zürich", id="UTF-8"),
    pytest.param(b"both: " + "ü".encode() + b"\xfc", "both: üü", id="both"),
    pytest.param(b"\x81", "\ufffd", id="nothing"),
])
def test_bytes_that_are_no_utf_8_are_read_as_what_they_were(far_end, stored, read):
    """Comments of configurations that were imported long ago."""
    with Session(far_end(saying(b"<response status='success'><result><comment>" + stored + b"</comment></result></response>"))) as session:
        assert session.op("<show/>", "ask").findtext("result/comment") == read


def test_what_is_nested_as_deep_as_it_may_be_is_taken():
    depth = answer.DEEPEST - 1
    assert answer.tree(b"<response>" + b"<a>" * depth + b"</a>" * depth + b"</response>", MEGABYTE).tag == "response"


# Proxies.


@contextlib.contextmanager
def proxied(monkeypatch, answers, shape="http://{}"):
    seen = []

    def talk(near):
        answers(near)

    def serve(server):
        while True:
            try:
                near, _address = server.accept()
            except OSError:
                return
            threading.Thread(target=heard, args=(near,), daemon=True).start()

    def heard(near):
        with contextlib.suppress(OSError), near:
            near.settimeout(5)
            seen.append(near.recv(65536))
            talk(near)

    server = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=serve, args=(server,), daemon=True).start()
    monkeypatch.setenv("HTTPS_PROXY", shape.format(f"127.0.0.1:{server.getsockname()[1]}"))
    try:
        yield seen
    finally:
        server.close()


FIREWALL = Provider("192.0.2.1", api_key="notReal", timeout=TIMEOUT)
PROXIES = {
    "nothing": (lambda near: time.sleep(5), "the proxy .* did not connect to 192.0.2.1:443: no answer in time"),
    "hangs up": (lambda near: None, "it closed the connection without an answer"),
    "drips": (dripping(b"HTTP/1.1 200 "), "no answer in time"),
    "drips headers": (dripping(b"X: y\r\n", b"HTTP/1.1 200 OK\r\n"), "no answer in time"),
    "floods": (flooding(b"X: y\r\n" * 5000, b"HTTP/1.1 200 OK\r\n"), "has no end within 65536 bytes"),
    "no HTTP": (lambda near: near.sendall(b"220 smtp ready\r\n\r\n"), "speaks no HTTP"),
    "wants a password": (lambda near: near.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"), "HTTP 407"),
    "forbids": (lambda near: near.sendall(b"HTTP/1.1 403 Forb\x1b[31midden\r\n\r\n<html>"), r"does not connect to 192.0.2.1:443: HTTP 403 Forb\[31midden$"),
    "cannot": (lambda near: near.sendall(b"HTTP/1.0 502 Bad Gateway\n\n"), "HTTP 502 Bad Gateway"),
    "an empty line": (lambda near: near.sendall(b"\r\n\r\n"), "speaks no HTTP"),
}


@pytest.mark.parametrize("name", PROXIES)
def test_a_proxy_is_bounded_and_named(monkeypatch, name):
    answers, words = PROXIES[name]
    begun = time.monotonic()
    with proxied(monkeypatch, answers, "http://ann:s3cret@{}"), pytest.raises(ConnectionFailed, match=words) as failed:
        Transport(FIREWALL).post({"type": "op"})
    assert time.monotonic() - begun < SOON
    assert not failed.value.sent
    assert "proxy 127.0.0.1:" in str(failed.value)
    assert "s3cret" not in str(failed.value)


@pytest.mark.parametrize("shape, words", [
    pytest.param("https://ann:s3cret@{}", "by https://", id="TLS"),
    pytest.param("HTTPS://ann:s3cret@{}", "by https://", id="TLS in capitals"),
    pytest.param("socks5://ann:s3cret@{}", "SOCKS", id="SOCKS 5"),
    pytest.param("socks5h://ann:s3cret@{}", "SOCKS", id="SOCKS 5 with names"),
    pytest.param("socks4a://{}", "SOCKS", id="SOCKS 4"),
    pytest.param("socks://{}", "SOCKS", id="SOCKS"),
    pytest.param("ftp://ann:s3cret@{}", "no address of a proxy", id="another protocol"),
    pytest.param("http://ann:s3c#ret@{}", "no address of a proxy", id="a number sign in the password"),
    pytest.param("http://ann:s3c/ret@{}", "no address of a proxy", id="a slash in the password"),
    pytest.param("http://[::1", "no address of a proxy", id="half an address"),
    pytest.param("http://", "no address of a proxy", id="nothing"),
    pytest.param("http://ann:s3cret@", "no address of a proxy", id="nobody"),
    pytest.param("http://a..b:3128", "no address of a proxy", id="an empty label"),
    pytest.param("http://proxy:99999", "no address of a proxy", id="a large port"),
    pytest.param("http://proxy:0", "no address of a proxy", id="port 0"),
    pytest.param("http://proxy:many", "no address of a proxy", id="a word for a port"),
    pytest.param("http://pro xy:3128", "no address of a proxy", id="a blank"),
])
def test_a_proxy_that_cannot_be_spoken_to_is_told_nothing(monkeypatch, shape, words):
    with proxied(monkeypatch, lambda near: None, shape) as seen, pytest.raises(InvalidInput, match=words) as failed:
        Transport(FIREWALL).post({"type": "op"})
    assert seen == []
    assert "s3c" not in str(failed.value)


def test_a_proxy_that_refuses_connections_is_named_and_not_the_firewall(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
    with pytest.raises(ConnectionFailed, match=f"cannot talk to the proxy 127.0.0.1:{port}: Connection refused"):
        Transport(FIREWALL).post({"type": "op"})


# What leads to the firewall.


@pytest.mark.parametrize("option, value, words", [
    ("port", 0, "provider.port"), ("port", 65536, "provider.port"), ("port", -1, "provider.port"),
    ("timeout", 0, "provider.timeout"), ("timeout", -1, "provider.timeout"), ("timeout", 10 ** 12, "provider.timeout"),
    ("answer_limit", 0, "provider.answer_limit"), ("answer_limit", -5, "provider.answer_limit"),
    ("ip_address", "a..b", "provider.ip_address"), ("ip_address", "https://fw", "provider.ip_address.*without https://"),
    ("ip_address", "fw:4443", "provider.ip_address.*the port"), ("ip_address", "f w", "provider.ip_address"), ("ip_address", ".", "provider.ip_address"),
    ("ip_address", "x" * 64 + ".example", "provider.ip_address"), ("ip_address", "a." * 200 + "b", "provider.ip_address"),
    ("ip_address", "[2001:db8::1]", "provider.ip_address"), ("ip_address", "fw\n", "provider.ip_address"),
    ("api_key", "line\nend", "provider.api_key"), ("api_key", "kéy", "provider.api_key"),
])
def test_an_address_that_is_none_is_refused_by_name(option, value, words):
    with pytest.raises(InvalidInput, match=words):
        Provider(**{"ip_address": "192.0.2.1", "api_key": "notReal", option: value})


@pytest.mark.parametrize("address", ["fw", "fw.example.com", "fw.example.com.", "192.0.2.1", "2001:db8::1", "bücher.example", "fw_1.lab"])
def test_an_address_that_is_one_is_taken(address):
    assert Provider(address, api_key="notReal").ip_address == address
