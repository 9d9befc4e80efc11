# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests to a firewall's XML API, and which answers are none of it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.hosts import host_problem
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.channel import Answer, Channel, FarEnd, printable, quoted
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import ConnectionFailed, InvalidInput

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

    @property
    def far_end(self) -> FarEnd:
        return FarEnd(self.ip_address, self.port, self.validate_certs, self.ca_path, self.timeout, self.answer_limit)


def _refuse_outside(option: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise InvalidInput(f"provider.{option}: {value} is outside {low} to {high}")


class Transport:
    """Requests to one firewall over one connection."""

    def __init__(self, provider: Provider):
        self.provider = provider
        self._channel = Channel(provider.far_end)

    @property
    def place(self) -> str:
        return self.provider.far_end.place

    @property
    def limit(self) -> int:
        """How many bytes an answer may have."""
        return self._channel.limit

    def post(self, parameters: dict) -> bytes:
        """The body of the answer to one request. Raises ConnectionFailed; its C(sent) is true where the firewall may have acted on the request."""
        parameters = dict(parameters)
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Connection": "keep-alive", "Accept": "application/xml"}
        key = parameters.pop("key", None)
        if key:
            headers["X-PAN-KEY"] = key
        body = "&".join(f"{name}={quoted(value)}" for name, value in parameters.items()).encode("ascii")
        answer = self._channel.exchange("POST", "/api/", body, headers)
        self._refuse_unusable(answer)
        return answer.content

    def close(self) -> None:
        self._channel.close()

    def _refuse_unusable(self, answer: Answer) -> None:
        kind = answer.kind
        speaks_xml = answer.content.lstrip(_BLANKS).startswith((b"<response", b"<?xml"))
        status = answer.status
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
            raise ConnectionFailed(f"{self.place} sends elsewhere (HTTP {status}{_target(answer)}): this is not the XML API (a proxy, a login page, or "
                                   "another port)", sent=True, final=True)
        if not speaks_xml:
            raise ConnectionFailed(f"{self.place} answered HTTP {status} with {kind} instead of XML: this is not the XML API "
                                   "(a proxy, a login page, or another port)", sent=True)


_BLANKS = b" \t\r\n\xef\xbb\xbf"


def _target(answer: Answer) -> str:
    """Where an answer sends to, without what could be a secret in it."""
    place = printable(answer.headers.get("location", "").partition("?")[0])
    return f", to {place}" if place else ""


def pause(attempt: int) -> None:
    """The wait before a repeated read: 0.2 s, 0.4 s, 0.8 s …"""
    time.sleep(0.2 * 2 ** attempt)
