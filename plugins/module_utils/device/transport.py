# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One verified, kept-alive HTTPS connection: no request of this collection leaves any other way."""

from __future__ import annotations

import base64
import http.client
import os
import select
import socket
import ssl
import time
from dataclasses import dataclass, field
from urllib.parse import SplitResult, quote_plus, unquote, urlsplit
from urllib.request import getproxies_environment, proxy_bypass_environment  # type: ignore[attr-defined]

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import ConnectionFailed, InvalidInput

# What becomes of each byte of a form's value.
_QUOTED = {number: quote_plus(bytes([number])) for number in range(256)}
_XML_TYPES = ("application/xml", "text/xml")


@dataclass(frozen=True)
class Provider:
    """How to reach a firewall. C(timeout) is in seconds, for one answer."""

    ip_address: str
    port: int = 443
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    api_key: str | None = field(default=None, repr=False)
    serial_number: str | None = None
    validate_certs: bool = True
    ca_path: str | None = None
    timeout: int = 60

    def __post_init__(self):
        if not self.ip_address:
            raise InvalidInput("provider: no firewall is named; set ip_address or PANOS_HOSTNAME")
        if not self.api_key and not (self.username and self.password):
            raise InvalidInput(f"provider: to log in to {self.ip_address} give api_key, or username and password "
                               "(PANOS_API_KEY, or PANOS_USERNAME and PANOS_PASSWORD)")


class Transport:
    """Requests to one firewall over one connection."""

    def __init__(self, provider: Provider):
        self.provider = provider
        self._connection: http.client.HTTPSConnection | None = None
        self._context = _tls_context(provider)

    @property
    def place(self) -> str:
        return f"{self.provider.ip_address}:{self.provider.port}"

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
        sent = False
        try:
            connection = self._connected()
            sent = True
            connection.request("POST", "/api/", body, headers)
            response = connection.getresponse()
            content = response.read()
        except ssl.SSLCertVerificationError as exc:
            self.close()
            raise ConnectionFailed(
                f"the certificate of {self.place} does not verify: {exc.verify_message}. Give the CA that signed it as provider.ca_path "
                "(PANOS_CA_PATH), or the name in the certificate as provider.ip_address", final=True) from None
        except socket.timeout:
            self.close()
            raise ConnectionFailed(f"{self.place} gave no answer within {self.provider.timeout} s", sent=sent, late=sent) from None
        except socket.gaierror as exc:
            self.close()
            raise ConnectionFailed(_nameless(self.provider.ip_address, exc), final=exc.errno == socket.EAI_NONAME) from None
        except (OSError, http.client.HTTPException) as exc:
            self.close()
            reason = "the connection was closed before the whole answer had arrived" if sent else str(exc)
            refused = isinstance(exc, ConnectionRefusedError)
            raise ConnectionFailed(f"cannot talk to {self.place}: {reason}", sent=sent, restarting=refused) from None
        if response.will_close:
            self.close()
        return response, content

    def _connected(self) -> http.client.HTTPSConnection:
        if self._connection is not None and self._gone(self._connection.sock):
            self.close()
        if self._connection is None:
            self._connection = self._connect()
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

    def _connect(self) -> http.client.HTTPSConnection:
        host, port, timeout = self.provider.ip_address, self.provider.port, self.provider.timeout
        proxy = _proxy_for(host)
        if proxy is None:
            connection = http.client.HTTPSConnection(host, port, timeout=timeout, context=self._context)
        else:
            connection = http.client.HTTPSConnection(proxy.hostname or "", proxy.port or 3128, timeout=timeout, context=self._context)
            connection.set_tunnel(host, port, _proxy_authorization(proxy))
        connection.connect()
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def _refuse_unusable(self, response: http.client.HTTPResponse, content: bytes) -> None:
        kind = (response.getheader("content-type") or "").split(";")[0].strip().lower()
        if response.status in (401, 403):
            raise ConnectionFailed(f"{self.place} refused the login (HTTP {response.status}, Invalid Credential): check the API key, "
                                   "or user name and password", final=True)
        if response.status >= 500:
            raise ConnectionFailed(f"{self.place} answered HTTP {response.status}: its management service is not ready",
                                   sent=response.status != 503, restarting=response.status == 503)
        if kind not in _XML_TYPES and not content.lstrip().startswith(b"<response"):
            raise ConnectionFailed(f"{self.place} answered with {kind or 'an unnamed type'} instead of XML: this is not the XML API "
                                   "(a proxy, a login page, or another port)", sent=True)


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
    except (OSError, ssl.SSLError) as exc:
        raise InvalidInput(f"provider.ca_path: {provider.ca_path} cannot be read as PEM certificates ({exc})") from None


def _proxy_for(host: str) -> SplitResult | None:
    address = getproxies_environment().get("https")
    if not address or proxy_bypass_environment(host):
        return None
    return urlsplit(address if "//" in address else f"//{address}")


def _nameless(host: str, exc: socket.gaierror) -> str:
    proxy = _proxy_for(host)
    if proxy is not None:
        return f"no address is known for the proxy '{proxy.hostname}' ({exc.strerror}); it is named by the environment (HTTPS_PROXY)"
    return (f"no address is known for '{host}' ({exc.strerror}). Give the firewall's address as provider.ip_address (PANOS_HOSTNAME); "
            "an inventory usually says it as the host's ansible_host")


def _proxy_authorization(proxy: SplitResult) -> dict[str, str]:
    if not proxy.username:
        return {}
    credentials = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
    return {"Proxy-Authorization": "Basic " + base64.b64encode(credentials.encode("utf-8")).decode("ascii")}


def pause(attempt: int) -> None:
    """The wait before a repeated read: 0.2 s, 0.4 s, 0.8 s …"""
    time.sleep(0.2 * 2 ** attempt)
