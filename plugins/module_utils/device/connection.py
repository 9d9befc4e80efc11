# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A session with one firewall: what it is, its candidate, its operational commands."""

from __future__ import annotations

import copy
import xml.etree.ElementTree as ET
from dataclasses import replace
from typing import Callable, Iterable, Mapping, Sequence

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import commands
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.path import Path
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device import answer, union
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.patience import Found, NotYet, Patience, nobody
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.transport import Provider, Transport, pause
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import ConnectionFailed, DeviceError, Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.platform import (
    LOGICAL_ROUTER, OLDEST, VIRTUAL_ROUTER, Platform, version_numbers, version_text,
)

_ATTEMPTS = 3
# From this attempt on the pause before the next one stays as long as it is (3.2 s).
_LONGEST_PAUSE = 4
# Seconds between two looks at a search of the log.
_LOG_POLL = 0.2
CODE_MISSING = 7


class Session:
    """Requests in the words of the XML API, as their parameters. Reads are repeated where the connection fails; writes never are.

    Every request leaves through C(transport), which verifies whom it talks to. C(changing): whether one was sent that is no mere read.
    C(paired): it is known to be a member of an HA pair, the active one when that was asked.
    C(unions): whether the device answers for several places at once; None as long as that is not known.
    C(tell): is given a sentence while a management service that restarts is waited for.
    """

    def __init__(self, provider: Provider):
        self.provider = provider
        self.transport = Transport(provider)
        self.changing = False
        self.paired = False
        self.unions: bool | None = None
        self.tell: Callable[[str], None] = nobody
        self._key = provider.api_key

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        self.transport.close()

    def beside(self) -> Session:
        """Another session with the same firewall, for a thread of its own; no further API key is generated for it."""
        return Session(replace(self.provider, api_key=self._log_in()))

    def through(self, serial: str) -> Session:
        """A session with a firewall behind this Panorama, over the same connection."""
        other = copy.copy(self)
        other._key = self._log_in()
        other.provider, other.changing, other.paired, other.unions = replace(self.provider, serial_number=serial), False, False, None
        return other

    @property
    def place(self) -> str:
        return self.provider.ip_address

    def get(self, path: Path) -> ET.Element | None:
        """The candidate's element at C(path); None where there is none."""
        return self._config("get", path)

    def show(self, path: Path) -> ET.Element | None:
        """The running configuration's element at C(path); None where there is none."""
        try:
            return self._config("show", path)
        except DeviceError as exc:
            if "No such node" in str(exc):
                return None
            raise

    def _config(self, action: str, path: Path) -> ET.Element | None:
        xpath = places.render(path)
        root = self._read(f"read {places.words(path)}", {"type": "config", "action": action, "xpath": xpath})
        if root.get("code") == str(CODE_MISSING):
            return None
        result = root.find("result")
        return None if result is None or len(result) == 0 else result[0]

    def get_named(self, containers: Sequence[Path], names: Iterable[str]) -> list[list[ET.Element]]:
        """The entries that have one of C(names), in a list for each container, or all in one where none of them is in two: then in one request."""
        predicate = " or ".join(places.name_test(name) for name in names)
        xpaths = [f"{places.render(container)}/entry[{predicate}]" for container in containers]
        if self.unions:
            found = self.get_each("|".join(xpaths))
            if len({entry.get("name") for entry in found}) == len(found):
                return [found]
        return [self.get_each(xpath) for xpath in xpaths]

    def get_each(self, xpath: str) -> list[ET.Element]:
        """All elements of the candidate that an xpath selects."""
        root = self._read("read the configuration", {"type": "config", "action": "get", "xpath": xpath})
        return [] if root.get("code") == str(CODE_MISSING) else root.findall("result/*")

    def read(self, paths: Iterable[Path], running: bool = False) -> ET.Element:
        """A C(<config>) element with the parts of the candidate (or running configuration) below C(paths); what is missing stays missing."""
        config = ET.Element("config")
        wanted = without_covered(paths)
        found = {path: self.show(path) for path in wanted} if running else self.get_all(wanted)
        for path in wanted:
            element = found[path]
            if element is not None:
                places.make(config, path[1:-1]).append(element)
        return config

    def get_all(self, paths: Iterable[Path]) -> dict[Path, ET.Element | None]:
        """For each path the candidate's element, None where there is none: in as few requests as the device allows."""
        found: dict[Path, ET.Element | None] = {}
        for group in union.together(list(dict.fromkeys(paths))):
            found.update(self._get_together(group))
        return found

    def _get_together(self, paths: list[Path]) -> Mapping[Path, ET.Element | None]:
        """What stands at paths that can be told apart.

        An answer with several places in it, or with the certain one from their middle, shows that the device knows unions: what is not in it, or in a
        later one, is not there. In any other case what is not in it is asked for singly: the device could have overlooked it.
        """
        if len(paths) == 1 or self.unions is False:
            return {path: self.get(path) for path in paths}
        found = self._get_union(paths)
        if self.unions:
            return {path: found.get(path) for path in paths}
        singly = {path: self.get(path) for path in paths if path not in found}
        if any(element is not None for element in singly.values()):
            self.unions = False
        return {**found, **singly}

    def _get_union(self, paths: list[Path]) -> dict[Path, ET.Element]:
        """The elements that one request brings; none, from now on, where the device does not understand it."""
        # In between: a device that looks for the first or for the last place only does not find what is certainly there.
        asked = paths if self.unions else [paths[0], union.CERTAIN, *paths[1:]]
        try:
            root = self._read(f"read {', '.join(map(places.words, paths))}", {"type": "config", "action": "get", "xpath": union.xpath(asked)})
        except DeviceError:
            self.unions = False
            return {}
        found = union.told_apart(asked, root.findall("result/*"))
        if found is None:
            self.unions = False
            return {}
        if union.CERTAIN in found or len(found) > 1:
            self.unions = True
        found.pop(union.CERTAIN, None)
        return found

    def op(self, command: str, doing: str) -> ET.Element:
        """The C(<response>) to an operational command that only asks, given as XML."""
        return self._read(doing, {"type": "op", "cmd": command})

    def log(self, query: str, most: int) -> ET.Element:
        """The answer to a search of the system log, newest line first. The search is a job, and asked for until it is done."""
        doing = "search the system log"
        job = self._read(doing, {"type": "log", "log-type": "system", "nlogs": str(most), "query": query}).findtext("result/job") or ""

        def finished() -> ET.Element:
            answer = self._read(doing, {"type": "log", "action": "get", "job-id": job})
            if answer.findtext("result/job/status") != "FIN":
                raise NotYet(f"the search of the system log, job {job}", DeviceError(
                    f"failed to {doing} on {self.place}: job {job} did not end within {self.provider.timeout} s"))
            return answer

        return Patience(self.provider.timeout, _LOG_POLL).until(finished)

    def platform(self) -> Platform:
        """Version, routing engine (the running one) and virtual systems, from C(show system info)."""
        system = self.op(commands.command(commands.SYSTEM), "read the system information").find("result/system")
        if system is None:
            raise DeviceError(f"{self.place} gave no system information: it is not a PAN-OS firewall, or not ready")
        try:
            version = version_numbers(system.findtext("sw-version") or "")
        except ValueError as exc:
            raise DeviceError(f"{self.place}: {exc}") from None
        if version < OLDEST:
            raise Refused(f"{self.place} runs PAN-OS {version_text(version)}: this collection needs {version_text(OLDEST)} or later")
        engine = LOGICAL_ROUTER if (system.findtext("advanced-routing") or "").strip() == "on" else VIRTUAL_ROUTER
        return Platform(version, engine, (system.findtext("multi-vsys") or "").strip() == "on",
                        (system.findtext("hostname") or "").strip(), (system.findtext("model") or "").strip(), (system.findtext("time") or "").strip())

    def _read(self, doing: str, parameters: dict) -> ET.Element:
        self._log_in()
        return self._repeated(lambda: self._call(doing, parameters))

    def change(self, doing: str, parameters: dict) -> ET.Element:
        """One request that may change something, never repeated here."""
        self._log_in()
        self.changing = True
        return self._call(doing, parameters)

    def _call(self, doing: str, parameters: dict) -> ET.Element:
        """One request; its answer's C(<response>). Every refusal names C(doing) and the firewall's words."""
        target = {"target": self.provider.serial_number} if self.provider.serial_number else {}
        root = self._answer(doing, {**parameters, **target, "key": self._key})
        if root.get("status") != "success":
            raise DeviceError(f"failed to {doing} on {self.place}: {message(root) or 'the firewall gave no reason'}", code_of(root), root)
        return root

    def _answer(self, doing: str, parameters: dict) -> ET.Element:
        try:
            return answer.tree(self.transport.post(parameters), self.transport.limit)
        except answer.Unreadable as exc:
            raise ConnectionFailed(f"failed to {doing} on {self.place}: {exc}", sent=True, final=exc.final) from None
        except ConnectionFailed as exc:
            raise exc.saying(f"failed to {doing} on {self.place}: {exc}") from None

    def _log_in(self) -> str:
        """The API key; generated once where the provider has a password instead."""
        if self._key is None:
            self._key = self._generated_key()
        return self._key

    def _generated_key(self) -> str:
        provider = self.provider
        root = self._repeated(lambda: self._answer("log in", {"type": "keygen", "user": provider.username, "password": provider.password}))
        key = (root.findtext("result/key") or "").strip()
        if root.get("status") != "success" or not key:
            raise DeviceError(f"{self.place} refused to log in {provider.username}: {message(root)}", code_of(root))
        if not (key.isascii() and key.isprintable()):
            raise DeviceError(f"{self.place} gave an API key for {provider.username} that holds characters which none has")
        return key

    def _repeated(self, read: Callable[[], Found]) -> Found:
        """A request that changes nothing, tried again where the connection fails.

        A management service that takes no requests at the moment, as after a commit, is waited for as long as an answer is.
        """
        attempt = 0
        patience = Patience(self.provider.timeout).begun()
        while True:
            try:
                return read()
            except ConnectionFailed as exc:
                attempt += 1
                is_waited_for = exc.restarting and patience.left > 0
                if exc.final or attempt >= _ATTEMPTS and not is_waited_for:
                    raise
                if is_waited_for:
                    self.tell(f"waiting for the management service: {exc}")
            pause(min(attempt - 1, _LONGEST_PAUSE))


def without_covered(paths: Iterable[Path]) -> list[Path]:
    """The paths without those that lie below another one of them, in their order."""
    unique = list(dict.fromkeys(paths))
    return [path for path in unique if not any(path != other and places.starts_with(path, other) for other in unique)]


def message(root: ET.Element) -> str:
    """All the words of an answer, in document order, whatever their nesting (it differs between releases)."""
    holders = root.findall("msg") or root.findall("result/msg") or root.findall("result")
    inner = [answer for answer in root.findall("response") if answer.get("status") != "success"]
    if inner:
        return message(inner[-1])
    lines: list[str] = []
    for holder in holders:
        leaves = [line for line in holder.iter("line") if line.find(".//line") is None] or [holder]
        lines.extend(" ".join("".join(leaf.itertext()).split()) for leaf in leaves)
    return "; ".join(line for line in lines if line)


def code_of(root: ET.Element) -> int | None:
    code = root.get("code") or ""
    return int(code) if code.isdigit() else None
