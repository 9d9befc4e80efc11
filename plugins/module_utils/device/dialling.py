# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A TCP connection to a far end, straight or through the proxy that the environment names, and the time in which it has to be there."""

from __future__ import annotations

import base64
import socket
import time
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies_environment, proxy_bypass_environment  # type: ignore[attr-defined]

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.addresses import is_ipv6
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.hosts import host_problem
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import ConnectionFailed, InvalidInput

_PROXY_PORT = 3128
# How much a proxy may say before the tunnel is there; http.client takes as much in one line.
_LONGEST_HEAD = 65536


@dataclass(frozen=True)
class Words:
    """How the options are called that lead to a far end; C(usually): where its address is found."""

    address: str
    ca_path: str
    answer_limit: str
    usually: str


FIREWALL = Words("provider.ip_address (PANOS_HOSTNAME)", "provider.ca_path (PANOS_CA_PATH)", "provider.answer_limit (PANOS_ANSWER_LIMIT)",
                 "; an inventory usually says it as the host's ansible_host")


class Deadline:
    """When the time for a whole exchange is over, however many steps it takes."""

    def __init__(self, seconds: float):
        self._end = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """The seconds that are left, for a socket's timeout. Raises TimeoutError where none are: 0 would mean not to wait at all."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError("the time is over")
        return left


@dataclass(frozen=True)
class Proxy:
    """What takes our connections on to firewalls. Its password goes to itself alone."""

    host: str
    port: int = _PROXY_PORT
    username: str = ""
    password: str = field(default="", repr=False)

    @property
    def place(self) -> str:
        return authority(self.host, self.port)

    @property
    def authorization(self) -> str:
        """The header that says who asks; empty where nobody is named."""
        if not self.username:
            return ""
        credentials = f"{self.username}:{self.password}".encode("utf-8")
        return f"Proxy-Authorization: Basic {base64.b64encode(credentials).decode('ascii')}\r\n"


def authority(host: str, port: int) -> str:
    return f"[{host}]:{port}" if is_ipv6(host) else f"{host}:{port}"


def proxy_for(host: str) -> Proxy | None:
    """The proxy that the environment names for a firewall. What it says is never repeated: there may be a password in it."""
    told = (getproxies_environment().get("https") or "").strip()
    if not told or proxy_bypass_environment(host):
        return None
    try:
        address = urlsplit(told if "//" in told else f"//{told}")
        name, port = address.hostname or "", address.port
    except ValueError:
        raise InvalidInput(_NO_PROXY_ADDRESS) from None
    if address.scheme not in ("", "http"):
        raise InvalidInput(_OTHER_PROXIES.get(address.scheme.rstrip("45ah"), _NO_PROXY_ADDRESS))
    if port == 0 or host_problem(name):
        raise InvalidInput(_NO_PROXY_ADDRESS)
    return Proxy(name, port or _PROXY_PORT, unquote(address.username or ""), unquote(address.password or ""))


_NO_PROXY_ADDRESS = ("the environment's HTTPS_PROXY is no address of a proxy: give http://HOST:PORT, or http://USER:PASSWORD@HOST:PORT, where other "
                     "characters than letters, digits, '.', '-' and '_' of user and password are written as %XX. NO_PROXY names hosts that are reached "
                     "without it")
_OTHER_PROXIES = {
    "https": "the environment's HTTPS_PROXY names a proxy by https://, with which one speaks TLS already; this collection speaks HTTP with a proxy, in which "
             "a password would be readable on the way. Give it as http://HOST:PORT where it takes that (what goes through it to the firewall is TLS in "
             "any case), or name the firewall in NO_PROXY",
    "socks": "the environment's HTTPS_PROXY names a SOCKS proxy; this collection goes through HTTP proxies only (CONNECT). Give http://HOST:PORT, or name "
             "the firewall in NO_PROXY",
}


def dialled(host: str, port: int, deadline: Deadline, words: Words = FIREWALL) -> socket.socket:
    """A connection to a far end over which nothing was said yet."""
    proxy = proxy_for(host)
    if proxy is None:
        try:
            return _reached(host, port, deadline)
        except socket.gaierror as exc:
            raise ConnectionFailed(
                f"no address is known for '{host}' ({exc.strerror}). Give the address as {words.address}{words.usually}",
                final=exc.errno == socket.EAI_NONAME) from None
        except OSError as exc:
            refused = isinstance(exc, ConnectionRefusedError)
            raise ConnectionFailed(f"cannot talk to {authority(host, port)}: {_reason(exc)}", restarting=refused) from None
    return _through(proxy, authority(host, port), deadline)


def _through(proxy: Proxy, firewall: str, deadline: Deadline) -> socket.socket:
    named = "it is named by the environment (HTTPS_PROXY)"
    try:
        sock = _reached(proxy.host, proxy.port, deadline)
    except socket.gaierror as exc:
        raise ConnectionFailed(f"no address is known for the proxy '{proxy.host}' ({exc.strerror}); {named}", final=exc.errno == socket.EAI_NONAME) from None
    except OSError as exc:
        raise ConnectionFailed(f"cannot talk to the proxy {proxy.place}: {_reason(exc)}; {named}") from None
    try:
        sock.sendall(f"CONNECT {firewall} HTTP/1.1\r\nHost: {firewall}\r\n{proxy.authorization}\r\n".encode("ascii"))
        _refuse_without_tunnel(proxy, firewall, _head(sock, deadline))
        return sock
    except OSError as exc:
        sock.close()
        raise ConnectionFailed(f"the proxy {proxy.place} did not connect to {firewall}: {_reason(exc)}") from None
    except ConnectionFailed:
        sock.close()
        raise


def _reason(exc: OSError) -> str:
    return "no answer in time" if isinstance(exc, TimeoutError) else exc.strerror or str(exc)


def _reached(host: str, port: int, deadline: Deadline) -> socket.socket:
    """A connection to the first of a name's addresses that answers. All of them share the time."""
    failed: OSError = OSError(f"there is no address of '{host}'")
    for family, kind, protocol, _name, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(deadline.left)
            sock.connect(address)
            return sock
        except OSError as exc:
            sock.close()
            failed = exc
    raise failed


def _head(sock: socket.socket, deadline: Deadline) -> bytes:
    """What a proxy answers to CONNECT, up to the empty line. Nothing follows before we have spoken."""
    head = b""
    while b"\r\n\r\n" not in head and b"\n\n" not in head:
        sock.settimeout(deadline.left)
        piece = sock.recv(4096)
        if not piece:
            raise OSError("it closed the connection without an answer")
        head += piece
        if len(head) > _LONGEST_HEAD:
            raise OSError(f"its answer has no end within {_LONGEST_HEAD} bytes")
    return head


def _refuse_without_tunnel(proxy: Proxy, firewall: str, head: bytes) -> None:
    line = head.splitlines()[0].decode("latin-1")
    protocol, _blank, rest = line.partition(" ")
    status, _blank, words = rest.strip().partition(" ")
    if not protocol.startswith("HTTP/") or not status.isdigit():
        raise ConnectionFailed(f"the proxy {proxy.place} speaks no HTTP; it is named by the environment (HTTPS_PROXY)", final=True)
    if status == "407":
        raise ConnectionFailed(f"the proxy {proxy.place} does not take its user name and password, or wants some (HTTP 407); they are part of the "
                               "environment's HTTPS_PROXY", final=True)
    if not status.startswith("2"):
        told = "".join(filter(str.isprintable, f"HTTP {status} {words}".rstrip()))[:200]
        raise ConnectionFailed(f"the proxy {proxy.place} does not connect to {firewall}: {told}", final=status.startswith("4"))
