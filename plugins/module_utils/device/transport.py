# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One verified, kept-alive HTTPS connection: no request of this collection leaves any other way.

Whoever answers is not trusted to end: an exchange has a time and a size, whatever the far side sends in which pieces.
"""

from __future__ import annotations

import http.client
import os
import select
import socket
import ssl
import time
from dataclasses import dataclass, field
from urllib.parse import quote_plus

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.hosts import host_problem
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.dialling import Deadline, authority, dialled
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import ConnectionFailed, InvalidInput

# What becomes of each byte of a form's value.
_QUOTED = {number: quote_plus(bytes([number])) for number in range(256)}
_MEGABYTE = 1024 * 1024
# An answer in chunks of one byte takes a hundred times the memory of its piece.
_PIECE = 16 * 1024
_LONGEST_TIMEOUT = 86400


@dataclass(frozen=True)
class Provider:
    """How to reach a firewall. C(ha_peer): the other member of its pair, as C(HOST), C(HOST:PORT) or a serial number.

    C(timeout) is in seconds, for one answer as a whole; C(answer_limit) in megabytes.
    """

    ip_address: str
    port: int = 443
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    api_key: str | None = field(default=None, repr=False)
    serial_number: str | None = None
    ha_peer: str | None = None
    validate_certs: bool = True
    ca_path: str | None = None
    timeout: int = 60
    answer_limit: int = 256

    def __post_init__(self):
        if not self.ip_address:
            raise InvalidInput("provider: no firewall is named; set ip_address or PANOS_HOSTNAME")
        problem = host_problem(self.ip_address)
        if problem:
            raise InvalidInput(f"provider.ip_address (PANOS_HOSTNAME): '{self.ip_address[:80]}': {problem}")
        if not self.api_key and not (self.username and self.password):
            raise InvalidInput(f"provider: to log in to {self.ip_address} give api_key, or username and password "
                               "(PANOS_API_KEY, or PANOS_USERNAME and PANOS_PASSWORD)")
        if self.api_key and not (self.api_key.isascii() and self.api_key.isprintable()):
            raise InvalidInput("provider.api_key (PANOS_API_KEY): this is no API key, it holds a line end or another character that none has")
        _refuse_outside("port (PANOS_PORT)", self.port, 1, 65535)
        _refuse_outside("timeout (PANOS_TIMEOUT)", self.timeout, 1, _LONGEST_TIMEOUT)
        _refuse_outside("answer_limit (PANOS_ANSWER_LIMIT)", self.answer_limit, 1, 65536)


def _refuse_outside(option: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise InvalidInput(f"provider.{option}: {value} is outside {low} to {high}")


class _Socket(ssl.SSLSocket):
    """Waits no longer for a piece than the exchange has time. TLS's own steps count from their first byte on, in Python's C code."""

    deadline: Deadline | None = None

    def recv_into(self, *args, **kwargs):
        self._hurry()
        return super().recv_into(*args, **kwargs)

    def send(self, *args, **kwargs):
        self._hurry()
        return super().send(*args, **kwargs)

    def _hurry(self) -> None:
        if self.deadline is not None:
            self.settimeout(self.deadline.left)


class Transport:
    """Requests to one firewall over one connection."""

    def __init__(self, provider: Provider):
        self.provider = provider
        self._connection: http.client.HTTPSConnection | None = None
        self._context = _tls_context(provider)
        self._context.sslsocket_class = _Socket

    @property
    def place(self) -> str:
        return authority(self.provider.ip_address, self.provider.port)

    @property
    def limit(self) -> int:
        """How many bytes an answer may have."""
        return self.provider.answer_limit * _MEGABYTE

    def post(self, parameters: dict) -> bytes:
        """The body of the answer to one request. Raises ConnectionFailed; its C(sent) is true where the firewall may have acted on the request."""
        parameters = dict(parameters)
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Connection": "keep-alive", "Accept": "application/xml"}
        key = parameters.pop("key", None)
        if key:
            headers["X-PAN-KEY"] = key
        body = "&".join(f"{name}={_quoted(value)}" for name, value in parameters.items()).encode("ascii")
        response, content = self._exchange(body, headers)
        self._refuse_unusable(response, content)
        return content

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _exchange(self, body: bytes, headers: dict[str, str]) -> tuple[http.client.HTTPResponse, bytes]:
        sent, deadline = False, Deadline(self.provider.timeout)
        try:
            connection = self._connected(deadline)
            sent = True
            connection.request("POST", "/api/", body, headers)
            response = connection.getresponse()
            content = self._content(response)
        except ConnectionFailed:
            self.close()
            raise
        except ssl.SSLCertVerificationError as exc:
            self.close()
            raise ConnectionFailed(
                f"the certificate of {self.place} does not verify: {exc.verify_message}. Give the CA that signed it as provider.ca_path "
                "(PANOS_CA_PATH), or the name in the certificate as provider.ip_address", final=True) from None
        except TimeoutError:
            self.close()
            raise ConnectionFailed(f"{self.place} gave no answer within {self.provider.timeout} s", sent=sent, late=sent) from None
        except (OSError, http.client.HTTPException) as exc:
            self.close()
            raise ConnectionFailed(f"cannot talk to {self.place}: {_reason(exc, sent)}", sent=sent) from None
        if response.will_close:
            self.close()
        return response, content

    def _content(self, response: http.client.HTTPResponse) -> bytes:
        """What an answer holds. One that has no end is given up where it is too large, not when the memory is full."""
        pieces: list[bytes] = []
        size = 0
        while size <= self.limit:
            piece = response.read(_PIECE)
            if not piece and response.length:
                raise http.client.IncompleteRead(b"", response.length)
            if not piece:
                return b"".join(pieces)
            pieces.append(piece)
            size += len(piece)
        raise ConnectionFailed(f"the answer of {self.place} has more than {self.provider.answer_limit} MB; where that is no mistake, raise "
                               "provider.answer_limit (PANOS_ANSWER_LIMIT)", sent=True, final=True)

    def _connected(self, deadline: Deadline) -> http.client.HTTPSConnection:
        if self._connection is not None and self._gone(self._connection.sock):
            self.close()
        if self._connection is None:
            self._connection = self._connect(deadline)
        # A connection has the socket that was given to it.
        self._connection.sock.deadline = deadline  # type: ignore[union-attr]
        return self._connection

    def _gone(self, sock: socket.socket | None) -> bool:
        """Whether the far side closed the idle connection: noticed before a request goes out, not after.

        What can be read may also be TLS's own, such as a session ticket; reading takes that in and finds nothing for us.
        """
        if sock is None:
            return True
        if not select.select([sock], [], [], 0)[0]:
            return False
        sock.settimeout(0)
        try:
            sock.recv(1)
        except ssl.SSLWantReadError:
            return False
        except OSError:
            return True
        finally:
            sock.settimeout(self.provider.timeout)
        return True

    def _connect(self, deadline: Deadline) -> http.client.HTTPSConnection:
        host, port = self.provider.ip_address, self.provider.port
        plain = dialled(host, port, deadline)
        try:
            plain.settimeout(deadline.left)
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            secured = self._context.wrap_socket(plain, server_hostname=host)
        except OSError:
            plain.close()
            raise
        connection = http.client.HTTPSConnection(host, port, context=self._context)
        connection.sock = secured
        # It never dials by itself.
        connection.auto_open = 0
        return connection

    def _refuse_unusable(self, response: http.client.HTTPResponse, content: bytes) -> None:
        kind = _printable((response.getheader("content-type") or "").split(";")[0].strip().lower()) or "an unnamed type"
        speaks_xml = content.lstrip(_BLANKS).startswith((b"<response", b"<?xml"))
        status = response.status
        if status in (401, 403) and speaks_xml:
            raise ConnectionFailed(f"{self.place} refused the login (HTTP {status}, Invalid Credential): check the API key, "
                                   "or user name and password", final=True)
        if status in (401, 403):
            raise ConnectionFailed(f"{self.place} answered HTTP {status} with {kind}, which is not how the XML API refuses a login: what is between here and "
                                   "the firewall does not let the request pass, or the firewall does not allow the API from here (permitted IP "
                                   "addresses of its management profile)", final=True)
        if status >= 500:
            raise ConnectionFailed(f"{self.place} answered HTTP {status}: its management service is not ready",
                                   sent=status != 503, restarting=status == 503)
        if 300 <= status < 400:
            raise ConnectionFailed(f"{self.place} sends elsewhere (HTTP {status}{_target(response)}): this is not the XML API (a proxy, a login page, or "
                                   "another port)", sent=True, final=True)
        if not speaks_xml:
            raise ConnectionFailed(f"{self.place} answered HTTP {status} with {kind} instead of XML: this is not the XML API "
                                   "(a proxy, a login page, or another port)", sent=True)


_BLANKS = b" \t\r\n\xef\xbb\xbf"


def _reason(exc: Exception, sent: bool) -> str:
    if isinstance(exc, (http.client.RemoteDisconnected, http.client.IncompleteRead)):
        return "the connection was closed before the whole answer had arrived"
    if isinstance(exc, http.client.HTTPException):
        return f"what answers speaks no HTTP that can be read ({type(exc).__name__})"
    return "the connection was closed before the whole answer had arrived" if sent else str(exc)


def _target(response: http.client.HTTPResponse) -> str:
    """Where an answer sends to, without what could be a secret in it."""
    place = _printable((response.getheader("location") or "").partition("?")[0])
    return f", to {place}" if place else ""


def _printable(told: str) -> str:
    return "".join(filter(str.isprintable, told))[:200]


def _quoted(value: str) -> str:
    """A value of a form. The standard library looks at each character by itself, which takes longer for a large write than to plan it."""
    return value.encode("utf-8").decode("latin-1").translate(_QUOTED)


def _tls_context(provider: Provider) -> ssl.SSLContext:
    """Trusts the CA of C(ca_path) alone, or the system's where there is none: to load those takes longer than any other step of a task."""
    if not provider.validate_certs:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context
    try:
        if provider.ca_path and os.path.isdir(provider.ca_path):
            return ssl.create_default_context(capath=provider.ca_path)
        return ssl.create_default_context(cafile=provider.ca_path)
    except (OSError, ssl.SSLError, ValueError) as exc:
        raise InvalidInput(f"provider.ca_path: {provider.ca_path} cannot be read as PEM certificates ({exc})") from None


def pause(attempt: int) -> None:
    """The wait before a repeated read: 0.2 s, 0.4 s, 0.8 s …"""
    time.sleep(0.2 * 2 ** attempt)
