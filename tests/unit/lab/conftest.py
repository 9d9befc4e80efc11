# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A bare API client, so that the emulator is tested over the wire and by nothing of ours."""

from __future__ import annotations

import http.client
import ssl
import time
import urllib.parse
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from typing import Any, Iterator

import pytest

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import Emulator

DEVICE = "/config/devices/entry[@name='localhost.localdomain']"
NETWORK = f"{DEVICE}/network"
VSYS = f"{DEVICE}/vsys/entry[@name='vsys1']"


@dataclass(frozen=True)
class Reply:
    http_status: int
    content_type: str
    text: str

    @property
    def root(self) -> ET.Element:
        return ET.fromstring(self.text)

    @property
    def status(self) -> str | None:
        return self.root.get("status")

    @property
    def code(self) -> str | None:
        return self.root.get("code")

    @property
    def message(self) -> str:
        """All text below the envelope, one line per text node."""
        return "\n".join(piece for piece in self.root.itertext() if piece.strip())

    @property
    def verdict(self) -> tuple[str | None, str | None]:
        return self.status, self.code


class Client:
    """One kept-alive connection; credentials are given or the emulator's own key."""

    def __init__(self, emulator: Emulator, key: str | None = None) -> None:
        self.emulator = emulator
        self.key = emulator.api_key if key is None else key
        context = ssl.create_default_context(cafile=emulator.ca_path)
        self.connection = http.client.HTTPSConnection(emulator.host, emulator.port, context=context, timeout=20)

    def send(self, method: str = "POST", path: str = "/api/", headers: dict | None = None, **parameters: str) -> Reply:
        """Exactly these parameters, without the key."""
        body = urllib.parse.urlencode(parameters)
        sent = dict(headers or {})
        if method == "GET":
            path, body = f"{path}?{body}", ""
        else:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            self.connection.request(method, path, body or None, sent)
            response = self.connection.getresponse()
            return Reply(response.status, response.headers["Content-Type"], response.read().decode())
        except Exception:
            self.connection.close()
            raise

    def call(self, **parameters: str) -> Reply:
        return self.send(headers={"X-PAN-KEY": self.key}, **parameters)

    def get(self, xpath: str) -> Reply:
        return self.call(type="config", action="get", xpath=xpath)

    def show(self, xpath: str) -> Reply:
        return self.call(type="config", action="show", xpath=xpath)

    def set(self, xpath: str, element: str) -> Reply:
        return self.call(type="config", action="set", xpath=xpath, element=element)

    def edit(self, xpath: str, element: str) -> Reply:
        return self.call(type="config", action="edit", xpath=xpath, element=element)

    def delete(self, xpath: str) -> Reply:
        return self.call(type="config", action="delete", xpath=xpath)

    def move(self, xpath: str, where: str, **more: str) -> Reply:
        return self.call(type="config", action="move", xpath=xpath, where=where, **more)

    def multi(self, operations: str, **more: str) -> Reply:
        return self.call(type="config", action="multi-config", element=f"<multi-config>{operations}</multi-config>", **more)

    def op(self, command: str, **more: str) -> Reply:
        return self.call(type="op", cmd=command, **more)

    def commit(self, command: str = "<commit/>", **more: str) -> ET.Element:
        """Commit and wait: the finished job."""
        reply = self.call(type="commit", cmd=command, **more)
        number = reply.root.findtext("result/job")
        if number is None:
            raise LookupError(reply.text)
        return self.finished(number)

    def finished(self, number: str) -> ET.Element:
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            job = self.op(f"<show><jobs><id>{number}</id></jobs></show>").root.find("result/job")
            if job.findtext("status") == "FIN":
                return job
            time.sleep(0.01)
        raise TimeoutError(f"job {number} does not end")

    def names(self, xpath: str) -> list[str]:
        """Names of the entries that an xpath selects in the candidate."""
        return [node.get("name") for node in self.get(xpath).root.find("result")]


@pytest.fixture
def firewall() -> Iterator[Emulator]:
    with Emulator(version="11.1.4") as emulator:
        emulator.control.commit_duration(0.01)
        yield emulator


@pytest.fixture
def client(firewall: Emulator) -> Client:
    return Client(firewall)


@pytest.fixture
def client_of() -> Any:
    """Another connection, perhaps with another account's key."""
    return Client


@pytest.fixture
def at() -> Any:
    """Where things stand: at.device, at.network, at.vsys."""
    return Places


class Places:
    device = DEVICE
    network = NETWORK
    vsys = VSYS
    zones = f"{VSYS}/zone"
    units = f"{NETWORK}/interface/tunnel/units"
    gateways = f"{NETWORK}/ike/gateway"
    tunnels = f"{NETWORK}/tunnel/ipsec"
    router = f"{NETWORK}/virtual-router/entry[@name='default']"
    security = f"{VSYS}/rulebase/security/rules"
    imports = f"{VSYS}/import/network/interface"
