# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which request is this, who sends it, and what answers it. No sockets here: see server.py."""

from __future__ import annotations

import base64
import binascii
import xml.etree.ElementTree as ET
from typing import Callable

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import file_api, log_api, operations, report_api, responses, user_id_api
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.completion import completions
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.errors import (
    BadXpath, InvalidCommand, InvalidCredential, MalformedCommand, NoSuchNode, OperationFailed, Refusal,
    WebLayerError,
)
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.firewall import NO_CHANGES, Firewall
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.admins import Admin
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.pushed import POLICY
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.scope import Scope, scope_of
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.tree import parse_fragment, render
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.xpath import Xpath, parse_xpath, read
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.xpath_expression import Malformed, Node
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.panorama import Panorama, order_of
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.parameters import invalid, required
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.request_log import Request
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.responses import Answer

#: What comes with the device, and what it keeps track of.
_READ_ONLY = ("predefined", "readonly")

#: Request types that Panorama hands on to the firewall named by ``target``.
_PROXIED = ("op", "config", "export", "commit", "report", "user-id")


def authenticate(firewall: Firewall, parameters: dict[str, str], headers: dict[str, str]) -> Admin | None:
    """The account behind a key (parameter or X-PAN-KEY) or basic authentication; None without any credentials.

    Takes the credentials out of the parameters. Raises InvalidCredential. Keygen's own user and password are left in.
    """
    key = parameters.pop("key", None) or headers.get("x-pan-key")
    if key:
        return firewall.admins.of_key(key)
    scheme, dummy, value = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, dummy, password = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise InvalidCredential() from None
    return firewall.admins.authenticate(name, password)


class Api:
    """Answers requests of one firewall. ``failing_operation`` breaks an operation of a multi-config on demand."""

    def __init__(self, firewall: Firewall) -> None:
        self.firewall = firewall
        self._types: dict[str, Callable[[Request, Admin], Answer]] = {
            "config": self._config,
            "commit": self._commit,
            "op": self._op,
            "version": self._version,
            "export": self._export,
            "import": self._import,
            "log": self._log,
            "report": self._report,
            "user-id": self._user_id,
        }

    def answer(self, request: Request, admin: Admin | None, failing_operation: tuple[int, Refusal] | None = None) -> Answer:
        """Never raises for what a client may do wrong."""
        try:
            with self.firewall.lock:
                return self._answer(request, admin, failing_operation)
        except WebLayerError as error:
            return responses.web_layer(error.http_status, error.message)
        except Refusal as error:
            return responses.refusal(error, self.firewall.nested_messages)
        except RecursionError:
            # What it had begun is taken back, as for every exception.
            return responses.refusal(MalformedCommand("nested too deeply"), self.firewall.nested_messages)

    def _answer(self, request: Request, admin: Admin | None, failing_operation: tuple[int, Refusal] | None) -> Answer:
        kind = required(request.parameters, "type")
        if kind == "keygen":
            return self._keygen(request)
        if admin is None:
            raise InvalidCredential()
        if kind not in self._types:
            raise invalid("type", kind)
        target = request.parameters.get("target")
        if target and kind in _PROXIED and isinstance(self.firewall, Panorama):
            # Measured on 11.x: honoured for these types (reports and User-ID: pan-python's tests), ignored for log and version.
            firewall = self.firewall.reach(target)
            with firewall.lock:
                return Api(firewall).answer_here(kind, request, admin, failing_operation)
        return self.answer_here(kind, request, admin, failing_operation)

    def answer_here(self, kind: str, request: Request, admin: Admin, failing_operation: tuple[int, Refusal] | None) -> Answer:
        """The answer of this very device; raises Refusal."""
        if kind == "config" and request.action == "multi-config":
            return self._multi_config(request, admin, failing_operation)
        return self._types[kind](request, admin)

    def _keygen(self, request: Request) -> Answer:
        parameters = request.parameters
        user, password = required(parameters, "user"), required(parameters, "password")
        request.admin = user
        return responses.result(f"<key>{self.firewall.admins.generate_key(user, password)}</key>")

    def _version(self, request: Request, admin: Admin) -> Answer:
        admin.demand("version")
        firewall = self.firewall
        return responses.result(
            f"<sw-version>{firewall.sw_version}</sw-version><multi-vsys>{'on' if firewall.multi_vsys else 'off'}</multi-vsys><model>{firewall.model}</model>"
            f"<serial>{firewall.serial}</serial>"
        )

    def _export(self, request: Request, admin: Admin) -> Answer:
        admin.demand("export")
        return file_api.sent(self.firewall, admin.name, request.parameters)

    def _import(self, request: Request, admin: Admin) -> Answer:
        admin.demand("config-write")
        self._refuse_missing_vsys(request.parameters)
        return file_api.taken(self.firewall, admin.name, request.parameters)

    def _report(self, request: Request, admin: Admin) -> Answer:
        admin.demand("op")
        if request.action == "get":
            return report_api.collect(self.firewall, required(request.parameters, "job-id"))
        return report_api.begin(self.firewall, admin.name, request.parameters)

    def _user_id(self, request: Request, admin: Admin) -> Answer:
        admin.demand("op-request")
        message = _command(required(request.parameters, "cmd"))
        self._refuse_missing_vsys(request.parameters)
        return user_id_api.update(self.firewall.identities_of(request.parameters.get("vsys")), message)

    def _log(self, request: Request, admin: Admin) -> Answer:
        admin.demand("op")
        if request.action == "get":
            return log_api.collect(self.firewall, required(request.parameters, "job-id"))
        self.firewall.observe()
        return log_api.begin(self.firewall, request.parameters)

    # Configuration.

    def _config(self, request: Request, admin: Admin) -> Answer:
        parameters = request.parameters
        action = required(parameters, "action")
        if action not in _READING and action not in _WRITING:
            raise InvalidCommand(f"{action} is not a valid action")
        return self.act(admin, action, parameters, lambda: _elements(required(parameters, "element")))

    def act(self, admin: Admin, action: str, parameters: dict[str, str], elements: Callable[[], list[ET.Element]],
            identifier: str | None = None) -> Answer:
        """One action, alone or as an operation of a multi-config."""
        if action in _READING:
            admin.demand("config-read")
            return _READING[action](self.firewall, self._xpath_read(action, parameters))
        admin.demand("config-write")
        self.firewall.locks.refuse_write(admin.name)
        xpath = parse_xpath(required(parameters, "xpath"))
        part = xpath.steps[1].tag if len(xpath.steps) > 1 else ""
        if part in _READ_ONLY or (part == POLICY and not isinstance(self.firewall, Panorama)):
            raise OperationFailed(f"/config/{part} is read only")
        code, text = _WRITING[action](self.firewall, admin.name, xpath, parameters, elements)
        return responses.message(code, text, identifier)

    @staticmethod
    def _xpath_read(action: str, parameters: dict[str, str]) -> str:
        """The vendor's page has a show without any xpath, for all that is active; the vendor's skilletlib shows ``./devices/…``."""
        if action != "show":
            return required(parameters, "xpath")
        xpath = parameters.get("xpath") or "/config"
        return "/config" + xpath[1:] if xpath.startswith("./") else xpath

    def _multi_config(self, request: Request, admin: Admin, failing_operation: tuple[int, Refusal] | None) -> Answer:
        roots = _elements(required(request.parameters, "element"))
        if len(roots) != 1:
            raise MalformedCommand("one document is expected")
        operations_wanted = list(roots[0])
        request.operations = [[operation.tag, operation.get("xpath")] for operation in operations_wanted]
        admin.demand("config-write")
        if request.parameters.get("strict-transactional") == "yes":
            # Vendor documentation: refused during a commit, and the caller's own pending changes are dropped first.
            self.firewall.refuse_busy()
            self.firewall.revert(Scope(frozenset((admin.name,))))
        answers: list[Answer] = []
        try:
            with self.firewall.candidate.undo.transaction():
                for number, operation in enumerate(operations_wanted, start=1):
                    answers.append(self._operation(admin, operation, number, failing_operation))
                    if answers[-1].status != "success":
                        raise _RolledBack()
        except _RolledBack:
            pass
        return responses.transaction(answers)

    def _operation(self, admin: Admin, operation: ET.Element, number: int,
                   failing_operation: tuple[int, Refusal] | None) -> Answer:
        identifier = operation.get("id")
        try:
            if failing_operation is not None and failing_operation[0] == number:
                raise failing_operation[1]
            if operation.tag == "complete" or (operation.tag not in _READING and operation.tag not in _WRITING):
                raise InvalidCommand(f"{operation.tag} is not a valid action")
            return self.act(admin, operation.tag, dict(operation.attrib), lambda: list(operation), identifier)
        except WebLayerError as error:
            return responses.refusal(InvalidCommand(error.message), self.firewall.nested_messages, identifier)
        except Refusal as error:
            return responses.refusal(error, self.firewall.nested_messages, identifier)

    # Commit and operational commands.

    def _commit(self, request: Request, admin: Admin) -> Answer:
        admin.demand("commit")
        command = _command(required(request.parameters, "cmd"))
        if request.action == "all" or command.tag == "commit-all":
            if not isinstance(self.firewall, Panorama):
                raise InvalidCommand("commit-all is for Panorama")
            return responses.enqueued(self.firewall.push(admin.name, order_of(self.firewall, command)), "Commit")
        if command.tag != "commit":
            raise InvalidCommand(f"{command.tag} is not a commit")
        force = command.find("force")
        scope = scope_of((command if force is None or not len(force) else force).find("partial"))
        if command.find("validate") is not None:
            return responses.enqueued(self.firewall.validate(admin.name, scope))
        description = command.findtext("description") or command.findtext("partial/description") or ""
        job = self.firewall.commit(admin.name, description, force is not None, scope)
        if job is None:
            return responses.message(19, NO_CHANGES)
        return responses.enqueued(job)

    def _op(self, request: Request, admin: Admin) -> Answer:
        if request.action == "complete":
            raise InvalidCommand("No completions available")
        command = _command(required(request.parameters, "cmd"))
        self._refuse_missing_vsys(request.parameters)
        return operations.run(self.firewall, admin, command, request.parameters.get("vsys"))

    def _refuse_missing_vsys(self, parameters: dict[str, str]) -> None:
        vsys = parameters.get("vsys")
        if vsys and vsys != "shared" and not self._has_vsys(vsys):
            raise InvalidCommand(f"{vsys} is invalid vsys")

    def _has_vsys(self, name: str) -> bool:
        return any(entry.get("name") == name for entry in self.firewall.running.root.findall("devices/entry/vsys/entry"))


class _RolledBack(Exception):
    """Carries a failed operation out of the transaction."""


def _elements(text: str) -> list[ET.Element]:
    try:
        return parse_fragment(text)
    except ET.ParseError as error:
        raise MalformedCommand(f"element is not well-formed: {error.args[0]}") from error


def _command(text: str) -> ET.Element:
    try:
        return ET.fromstring(text)
    except ET.ParseError as error:
        raise MalformedCommand(f"cmd is not well-formed: {error.args[0]}") from error


# Reading actions: firewall and xpath text → answer.


def _get(firewall: Firewall, xpath: str) -> Answer:
    try:
        found = [node for node in read(xpath, firewall.candidate.tree) if not node.is_text]
    except Malformed:
        return responses.no_nodes()  # Measured: a malformed xpath below /config gives success with code 7.
    if not found:
        return responses.no_nodes()
    return responses.nodes("".join(_shown(node, marks=True) for node in found), len(found))


def _show(firewall: Firewall, xpath: str) -> Answer:
    try:
        found = read(xpath, firewall.running)
    except Malformed:
        raise BadXpath(f"{xpath} is not a valid xpath") from None
    if not found:
        raise NoSuchNode()
    if len(found) > 1:
        raise OperationFailed("Too many nodes match the xpath")
    return responses.text_result(found[0].value()) if found[0].is_text else responses.result(_shown(found[0], marks=False))


def _shown(node: Node, marks: bool) -> str:
    """An attribute is answered as its element, bare: ``entry/@name`` lists names (the vendor's SDK reads it so)."""
    if node.attribute is None:
        return render(node.element, marks)
    return render(ET.Element(node.element.tag, {node.attribute: node.value()}))


def _complete(firewall: Firewall, xpath: str) -> Answer:
    return Answer(completions(firewall, parse_xpath(xpath)), "success", "19")


_READING: dict[str, Callable[[Firewall, str], Answer]] = {"get": _get, "show": _show, "complete": _complete}


# Writing actions: firewall, admin's name, xpath, further parameters, elements → (code, message).

Parameters = dict
Elements = Callable[[], list]


def _set(firewall: Firewall, admin: str, xpath: Xpath, parameters: Parameters, elements: Elements) -> tuple[int, str]:
    return firewall.candidate.set(admin, xpath.location(), elements())


def _edit(firewall: Firewall, admin: str, xpath: Xpath, parameters: Parameters, elements: Elements) -> tuple[int, str]:
    return firewall.candidate.edit(admin, xpath.location(), elements())


def _override(firewall: Firewall, admin: str, xpath: Xpath, parameters: Parameters, elements: Elements) -> tuple[int, str]:
    return firewall.candidate.override(admin, xpath.location(), elements())


def _delete(firewall: Firewall, admin: str, xpath: Xpath, parameters: Parameters, elements: Elements) -> tuple[int, str]:
    return firewall.candidate.delete(admin, xpath.select(firewall.candidate.tree))


def _move(firewall: Firewall, admin: str, xpath: Xpath, parameters: Parameters, elements: Elements) -> tuple[int, str]:
    return firewall.candidate.move(admin, xpath.location(), parameters.get("where", ""), parameters.get("dst"))


def _rename(firewall: Firewall, admin: str, xpath: Xpath, parameters: Parameters, elements: Elements) -> tuple[int, str]:
    return firewall.candidate.rename(admin, xpath.location(), parameters.get("newname"))


def _clone(firewall: Firewall, admin: str, xpath: Xpath, parameters: Parameters, elements: Elements) -> tuple[int, str]:
    source = parse_xpath(required(parameters, "from")).location()
    return firewall.candidate.clone(admin, xpath.location(), source, parameters.get("newname"))


_WRITING = {
    "set": _set, "edit": _edit, "delete": _delete, "move": _move, "rename": _rename, "clone": _clone, "override": _override,
}
