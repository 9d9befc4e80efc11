# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A session with one firewall: what it is, its candidate, its operational commands."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device import sdk
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.transport import Provider, Transport, pause
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import ConnectionFailed, DeviceError, Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.platform import (
    LOGICAL_ROUTER, OLDEST, VIRTUAL_ROUTER, Platform, version_numbers, version_text,
)

_ATTEMPTS = 3
CODE_MISSING = 7


class Session:
    """Requests in the words of the XML API. Reads are repeated where the connection fails; writes never are.

    C(changing): whether a request was sent that is no mere read.
    """

    def __init__(self, provider: Provider):
        self.provider = provider
        self.transport = Transport(provider)
        self.changing = False
        self._xapi = None

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        self.transport.close()

    def beside(self) -> Session:
        """Another session with the same firewall, for a thread of its own; no further API key is generated for it."""
        return Session(replace(self.provider, api_key=self._api().api_key))

    @property
    def place(self) -> str:
        return self.provider.ip_address

    def get(self, path: tuple) -> ET.Element | None:
        """The candidate's element at C(path); None where there is none."""
        return self._config("get", path)

    def show(self, path: tuple) -> ET.Element | None:
        """The running configuration's element at C(path); None where there is none."""
        try:
            return self._config("show", path)
        except DeviceError as exc:
            if "No such node" in str(exc):
                return None
            raise

    def _config(self, action, path):
        xpath = places.render(path)
        root = self._read(f"read {xpath}", lambda xapi: getattr(xapi, action)(xpath, retry_on_peer=False))
        if root.get("code") == str(CODE_MISSING):
            return None
        result = root.find("result")
        return None if result is None or len(result) == 0 else result[0]

    def get_named(self, container: tuple, names) -> list:
        """The entries of a container that have one of C(names), in one request."""
        predicate = " or ".join(places.name_test(name) for name in names)
        xpath = f"{places.render(container)}/entry[{predicate}]"
        root = self._read(f"read {xpath}", lambda xapi: xapi.get(xpath, retry_on_peer=False))
        return [] if root.get("code") == str(CODE_MISSING) else root.findall("result/entry")

    def read(self, paths, running: bool = False) -> ET.Element:
        """A C(<config>) element with the parts of the candidate (or running configuration) below C(paths); what is missing stays missing."""
        config = ET.Element("config")
        for path in without_covered(paths):
            found = self.show(path) if running else self.get(path)
            if found is not None:
                parent = places.make(config, path[1:-1])
                parent.append(found)
        return config

    def op(self, command: str, doing: str) -> ET.Element:
        """The C(<response>) to an operational command that only asks, given as XML."""
        return self._read(doing, lambda xapi: xapi.op(cmd=command, cmd_xml=False))

    def log(self, query: str, most: int) -> ET.Element:
        """The answer to a search of the system log, newest line first. The search is a job, and asked for until it is done."""
        return self._read("search the system log", lambda xapi: xapi.log(
            log_type="system", nlogs=most, filter=query, interval=0.2, timeout=self.provider.timeout))

    def platform(self) -> Platform:
        """Version, routing engine (the running one) and virtual systems, from C(show system info)."""
        system = self.op("<show><system><info/></system></show>", "read the system information").find("result/system")
        if system is None:
            raise DeviceError(f"{self.place} gave no system information: it is not a PAN-OS firewall, or not ready")
        try:
            version = version_numbers(system.findtext("sw-version"))
        except ValueError as exc:
            raise DeviceError(f"{self.place}: {exc}") from None
        if version < OLDEST:
            raise Refused(f"{self.place} runs PAN-OS {version_text(version)}: this collection needs {version_text(OLDEST)} or later")
        engine = LOGICAL_ROUTER if (system.findtext("advanced-routing") or "").strip() == "on" else VIRTUAL_ROUTER
        return Platform(version, engine, (system.findtext("multi-vsys") or "").strip() == "on",
                        (system.findtext("hostname") or "").strip(), (system.findtext("model") or "").strip(), (system.findtext("time") or "").strip())

    def _read(self, doing, call) -> ET.Element:
        return _repeated(lambda: self._call(doing, call))

    def change(self, doing, call) -> ET.Element:
        """One call that may change something, never repeated here."""
        self._api()
        self.changing = True
        return self._call(doing, call)

    def _call(self, doing, call) -> ET.Element:
        """One call of pan-os-python's API wrapper; its answer's C(<response>). Every refusal names C(doing) and the firewall's words."""
        failed = False
        try:
            call(self._api())
        except sdk.panos_errors.PanDeviceError:
            failed = True
        except ConnectionFailed as exc:
            raise ConnectionFailed(f"failed to {doing} on {self.place}: {exc}", sent=exc.sent, final=exc.final) from None
        root = self._answer(doing)
        if failed or root.get("status") != "success":
            raise DeviceError(f"failed to {doing} on {self.place}: {message(root) or 'the firewall gave no reason'}", code_of(root), root)
        return root

    def _answer(self, doing) -> ET.Element:
        try:
            return ET.fromstring(self.transport.last)
        except ET.ParseError:
            raise ConnectionFailed(f"failed to {doing} on {self.place}: the answer is cut off or not XML", sent=True) from None

    def _api(self):
        if self._xapi is None:
            self._xapi = self._logged_in()
        return self._xapi

    def _logged_in(self):
        provider = self.provider
        key = provider.api_key or self._generate_key()
        firewall = sdk.Firewall(provider.ip_address, provider.username, None, key, port=provider.port)
        return self._over_transport(sdk.Firewall.XapiWrapper(
            api_key=key, hostname=provider.ip_address, port=provider.port, serial=provider.serial_number, pan_device=firewall))

    def _generate_key(self) -> str:
        provider = self.provider
        login = self._over_transport(sdk.pan_xapi.PanXapi(
            api_username=provider.username, api_password=provider.password, hostname=provider.ip_address, port=provider.port))
        try:
            _repeated(login.keygen)
        except sdk.pan_xapi.PanXapiError:
            root = self._answer("log in")
            raise DeviceError(f"{self.place} refused to log in {provider.username}: {message(root)}", code_of(root)) from None
        return login.api_key

    def _over_transport(self, xapi):
        """Put our connection in the place of pan-python's opener; the method's name is the one Python gives a private one."""
        xapi._PanXapi__api_request = self.transport.post
        return xapi


def _repeated(read):
    """A request that changes nothing, tried again where the connection fails."""
    attempt = 0
    while True:
        try:
            return read()
        except ConnectionFailed as exc:
            attempt += 1
            if exc.final or attempt == _ATTEMPTS:
                raise
            pause(attempt - 1)


def without_covered(paths) -> list:
    """The paths without those that lie below another one of them, in their order."""
    unique = list(dict.fromkeys(paths))
    return [path for path in unique if not any(path != other and places.starts_with(path, other) for other in unique)]


def message(root: ET.Element) -> str:
    """All the words of an answer, in document order, whatever their nesting (it differs between releases)."""
    holders = root.findall("msg") or root.findall("result/msg") or root.findall("result")
    inner = [answer for answer in root.findall("response") if answer.get("status") != "success"]
    if inner:
        return message(inner[-1])
    lines = []
    for holder in holders:
        leaves = [line for line in holder.iter("line") if line.find(".//line") is None] or [holder]
        lines.extend(" ".join("".join(leaf.itertext()).split()) for leaf in leaves)
    return "; ".join(line for line in lines if line)


def code_of(root: ET.Element) -> int | None:
    code = root.get("code") or ""
    return int(code) if code.isdigit() else None
