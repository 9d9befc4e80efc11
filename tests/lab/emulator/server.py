# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The HTTPS front of an emulated firewall: sockets, TLS, HTTP/1.1 with connections kept alive, faults on the wire."""

from __future__ import annotations

import email.parser
import email.policy
import re
import socket
import ssl
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler
from typing import Callable

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import responses
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.dispatch import Api, authenticate
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.errors import (
    InvalidCredential, OperationFailed, Refusal, SessionTimedOut, WebLayerError,
)
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.faults import Fault, Faults
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.firewall import BUSY
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.admins import Admin
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.request_log import Request, RequestLog
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.responses import Answer


class Listener:
    """Accepts connections on one loopback port, each in a thread of its own, and can go away and come back."""

    def __init__(self, address: str, port: int, serve: Callable[[socket.socket], None]) -> None:
        self._address = address
        self._serve = serve
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._listen(port)
        self.port = self._socket.getsockname()[1]

    def _listen(self, port: int) -> None:
        family = socket.AF_INET6 if ":" in self._address else socket.AF_INET
        listening = socket.socket(family, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((self._address, port))
        listening.listen(128)
        self._socket = listening
        threading.Thread(target=self._accept, args=(listening,), daemon=True).start()

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                connection, dummy = listening.accept()
            except OSError:
                return
            if listening is not self._socket:
                connection.close()
                return
            with self._lock:
                self._open.add(connection)
            threading.Thread(target=self._run, args=(connection,), daemon=True).start()

    def _run(self, connection: socket.socket) -> None:
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._serve(connection)
        except OSError:
            pass  # The client, or close(), has ended the connection.
        finally:
            with self._lock:
                self._open.discard(connection)
            connection.close()

    def close(self) -> None:
        """Stop listening and end every connection."""
        listening, self._socket = self._socket, None
        if listening is not None:
            self._wake(listening)
            listening.close()
        with self._lock:
            connections = list(self._open)
        for connection in connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    @staticmethod
    def _wake(listening: socket.socket) -> None:
        """A thread in accept() notices a closed socket only when somebody comes."""
        try:
            socket.create_connection(listening.getsockname()[:2], timeout=1).close()
        except OSError:
            pass

    def reopen(self) -> None:
        self._listen(self.port)


class WebServer:
    """Ties the API, the request log and the faults to a listener."""

    def __init__(self, api: Api, context: ssl.SSLContext, address: str, port: int) -> None:
        self.api = api
        self.log = RequestLog()
        self.faults = Faults()
        self.latency = 0.0
        self.connection_latency = 0.0
        #: Carry out the edit of another admin that a fault asks for, and the failover.
        self.edit_as: Callable[..., object] = lambda **dummy: None
        self.fail_over: Callable[[], object] = lambda: None
        self._context = context
        self._restart: threading.Timer | None = None
        self.listener = Listener(address, port, self._serve)

    def _serve(self, connection: socket.socket) -> None:
        if self.faults.refuses_connection():
            return
        time.sleep(self.connection_latency)
        connection.settimeout(120)
        with self._context.wrap_socket(connection, server_side=True) as secure:
            number = self.log.next_connection()
            _Handler(secure, number, self)

    def restart(self, seconds: float) -> None:
        """Refuse connections for a while, as when the management process restarts."""
        self.listener.close()
        self._restart = threading.Timer(seconds, self.listener.reopen)
        self._restart.daemon = True
        self._restart.start()

    def stop(self) -> None:
        if self._restart is not None:
            self._restart.cancel()
        self.listener.close()


class _Handler(BaseHTTPRequestHandler):
    """One connection. The base class calls the do_ methods until the connection ends."""

    protocol_version = "HTTP/1.1"
    server_version = "PanWeb Server/ -"
    sys_version = ""
    wbufsize = -1  # Head and body leave together; the base class flushes after each request.

    def __init__(self, connection: ssl.SSLSocket, number: int, web: WebServer) -> None:
        self._number = number
        self._web = web
        super().__init__(connection, ("", 0), None)

    def log_message(self, format: str, *args: object) -> None:
        """Silent: the request log is the record, and a request line would hold the key."""

    def do_GET(self) -> None:
        self._exchange(b"")

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        self._exchange(self.rfile.read(length))

    def _exchange(self, body: bytes) -> None:
        started = time.monotonic()
        time.sleep(self._web.latency)
        url = urllib.parse.urlsplit(self.path)
        parameters = _parameters(url.query, body, self.headers.get("Content-Type") or "")
        if url.path.rstrip("/") != "/api":
            self._send(responses.page(responses.LOGIN_PAGE))
            return
        request = Request(self._web.log.next_number(), self._number, self.command, parameters)
        request.bytes_in = len(self.requestline) + len(body)
        self._web.log.begin(request)
        answer, finish = self._answer(request)
        size = len(answer.content) if answer is not None else 0
        self._web.log.add(
            request, answer and answer.status, answer and answer.code, size, time.monotonic() - started
        )
        finish(answer)

    def _answer(self, request: Request) -> tuple[Answer | None, Callable[[Answer | None], None]]:
        """The answer, and how it goes out: None with a handler that hangs up when nothing is said at all."""
        headers = {key.lower(): value for key, value in self.headers.items()}
        admin: Admin | None = None
        failure: WebLayerError | None = None
        try:
            admin = authenticate(self._web.api.firewall, request.parameters, headers)
            request.admin = admin.name if admin else None
        except InvalidCredential as error:
            failure = error
        faults = {fault.kind: fault for fault in self._web.faults.due(request)}
        if "delay" in faults:
            self._web.faults.wait(faults["delay"])
        if "edit_as" in faults:
            self._web.edit_as(**faults["edit_as"].arguments)
        if "fail_over" in faults:
            self._web.fail_over()
        if "drop_before" in faults:
            return None, self._hang_up
        answer = _instead(faults, self._web.api.firewall.nested_messages)
        if answer is None and failure is not None:
            answer = responses.web_layer(failure.http_status, failure.message)
        if answer is None:
            answer = self._web.api.answer(request, admin, _failing_operation(faults.get("operation_error")))
        if "sleep" in faults:
            self._web.faults.wait(faults["sleep"])
        if "drop_after" in faults:
            return answer, self._hang_up
        return answer, self._send_half if "truncate" in faults else self._send

    def _hang_up(self, answer: Answer | None) -> None:
        self.close_connection = True

    def _send(self, answer: Answer) -> None:
        body = answer.content
        self.send_response(answer.http_status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        if answer.file_name:
            self.send_header("Content-Disposition", f"attachment; filename={answer.file_name}")
        self.end_headers()
        self.wfile.write(body)

    def _send_half(self, answer: Answer) -> None:
        """A complete HTTP message whose XML stops in the middle."""
        body = answer.body.encode()
        self._send(Answer(body[:len(body) // 2].decode(errors="ignore"), answer.status, answer.code, answer.http_status))


def _instead(faults: dict[str, Fault], nested: bool) -> Answer | None:
    """The answer that a fault puts in the place of doing anything."""
    if "html" in faults:
        return responses.page(responses.LOGIN_PAGE)
    if "forbidden" in faults:
        return responses.web_layer(403, "Invalid Credential")
    if "unavailable" in faults:
        return responses.page("<html><body><h1>503 Service Unavailable</h1></body></html>", 503)
    if "bad_request" in faults:
        return responses.web_layer(400, faults["bad_request"].arguments.get("message", 'Missing value for parameter "xpath".'))
    if "session_timeout" in faults:
        return responses.refusal(SessionTimedOut(), nested)
    if "busy" in faults:
        return responses.refusal(OperationFailed(BUSY), nested)
    if "error" in faults:
        return responses.refusal(_planned_refusal(faults["error"]), nested)
    return None


def _planned_refusal(fault: Fault) -> Refusal:
    code = fault.arguments.get("code", 13)
    return Refusal(fault.arguments.get("message", "operation failed"), code=None if code is None else int(code))


def _failing_operation(fault: Fault | None) -> tuple[int, Refusal] | None:
    return None if fault is None else (int(fault.arguments.get("number", 1)), _planned_refusal(fault))


def _parameters(query: str, body: bytes, content_type: str) -> dict[str, str]:
    """Query and body as one; a parameter in the body wins. Forms are urlencoded or multipart."""
    parameters = dict(urllib.parse.parse_qsl(query, keep_blank_values=True))
    if content_type.startswith("multipart/form-data"):
        # pan-python's boundaries have characters that want quotes, and have none.
        quoted = re.sub(r'boundary=([^";]+)', r'boundary="\1"', content_type)
        head = f"Content-Type: {quoted}\r\n\r\n".encode()
        form = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + body)
        for part in form.iter_parts():
            name = part.get_param("name", header="content-disposition")
            if name:
                parameters[str(name)] = part.get_payload(decode=True).decode(errors="replace")
                if part.get_filename():
                    parameters["filename"] = part.get_filename()
    else:
        parameters.update(urllib.parse.parse_qsl(body.decode(errors="replace"), keep_blank_values=True))
    return parameters
