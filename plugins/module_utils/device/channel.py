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
from dataclasses import dataclass
from urllib.parse import quote_plus

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.dialling import FIREWALL, Deadline, Words, authority, dialled
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import ConnectionFailed, InvalidInput

# What becomes of each byte of a form's value.
_QUOTED = {number: quote_plus(bytes([number])) for number in range(256)}
_MEGABYTE = 1024 * 1024
# An answer in chunks of one byte takes a hundred times the memory of its piece.
_PIECE = 16 * 1024


@dataclass(frozen=True)
class FarEnd:
    """Who is talked to. C(timeout) is in seconds, for one answer as a whole; C(answer_limit) in megabytes. C(words): how its options are called."""

    host: str
    port: int = 443
    validate_certs: bool = True
    ca_path: str | None = None
    timeout: float = 60
    answer_limit: int = 256
    words: Words = FIREWALL

    @property
    def place(self) -> str:
        return authority(self.host, self.port)


@dataclass(frozen=True)
class Answer:
    """What came back, whole. The names of C(headers) are in small letters."""

    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def kind(self) -> str:
        """What it says to be, such as C(application/json)."""
        return printable(self.headers.get("content-type", "").split(";")[0].strip().lower()) or "an unnamed type"


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


class Channel:
    """Requests to one far end over one connection, which is made anew where it has ended."""

    def __init__(self, far_end: FarEnd):
        self.far_end = far_end
        self._connection: http.client.HTTPSConnection | None = None
        self._context = _tls_context(far_end)
        self._context.sslsocket_class = _Socket

    @property
    def limit(self) -> int:
        """How many bytes an answer may have."""
        return self.far_end.answer_limit * _MEGABYTE

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def exchange(self, method: str, path: str, body: bytes, headers: dict[str, str], timeout: float | None = None) -> Answer:
        """The answer to one request. Raises ConnectionFailed; its C(sent) is true where the far end may have acted on the request.

        C(timeout): seconds for this answer, where those of the far end are too many.
        """
        far_end, seconds = self.far_end, self.far_end.timeout if timeout is None else timeout
        sent, deadline = False, Deadline(seconds)
        try:
            connection = self._connected(deadline)
            sent = True
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            content = self._content(response)
        except ConnectionFailed:
            self.close()
            raise
        except ssl.SSLCertVerificationError as exc:
            self.close()
            raise ConnectionFailed(
                f"the certificate of {far_end.place} does not verify: {exc.verify_message}. Give the CA that signed it as {far_end.words.ca_path}, "
                f"or the name in the certificate as {far_end.words.address}", final=True) from None
        except TimeoutError:
            self.close()
            raise ConnectionFailed(f"{far_end.place} gave no answer within {seconds:g} s", sent=sent, late=sent) from None
        except (OSError, http.client.HTTPException) as exc:
            self.close()
            raise ConnectionFailed(f"cannot talk to {far_end.place}: {_reason(exc, sent)}", sent=sent) from None
        if response.will_close:
            self.close()
        return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, content)

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
        raise ConnectionFailed(f"the answer of {self.far_end.place} has more than {self.far_end.answer_limit} MB; where that is no mistake, raise "
                               f"{self.far_end.words.answer_limit}", sent=True, final=True)

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
            sock.settimeout(self.far_end.timeout)
        return True

    def _connect(self, deadline: Deadline) -> http.client.HTTPSConnection:
        host, port = self.far_end.host, self.far_end.port
        plain = dialled(host, port, deadline, self.far_end.words)
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


def _reason(exc: Exception, sent: bool) -> str:
    if isinstance(exc, (http.client.RemoteDisconnected, http.client.IncompleteRead)):
        return "the connection was closed before the whole answer had arrived"
    if isinstance(exc, http.client.HTTPException):
        return f"what answers speaks no HTTP that can be read ({type(exc).__name__})"
    return "the connection was closed before the whole answer had arrived" if sent else str(exc)


def printable(told: str) -> str:
    return "".join(filter(str.isprintable, told))[:200]


def quoted(value: str) -> str:
    """A value of a form. The standard library looks at each character by itself, which takes longer for a large write than to plan it."""
    return value.encode("utf-8").decode("latin-1").translate(_QUOTED)


def _tls_context(far_end: FarEnd) -> ssl.SSLContext:
    """Trusts the CA of C(ca_path) alone, or the system's where there is none: to load those takes longer than any other step of a task."""
    if not far_end.validate_certs:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context
    try:
        if far_end.ca_path and os.path.isdir(far_end.ca_path):
            return ssl.create_default_context(capath=far_end.ca_path)
        return ssl.create_default_context(cafile=far_end.ca_path)
    except (OSError, ssl.SSLError, ValueError) as exc:
        raise InvalidInput(f"{far_end.words.ca_path}: {far_end.ca_path} cannot be read as PEM certificates ({exc})") from None
