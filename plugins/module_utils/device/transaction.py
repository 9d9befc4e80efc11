# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Operations sent so that all of them take effect or none does."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Sequence

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.tree import Operation
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device import locks
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.connection import Session, code_of, message
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.patience import NotYet, Patience
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import ConnectionFailed, DeviceError, PanosVpnError, TakenMeanwhile
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.inverse import inverse

# What other clients send at most in one multi-config request.
CHUNK = 500
CODE_REFERENCED = 10
CODE_INVALID_COMMAND = 17


def send(session: Session, operations: Sequence[Operation], before: ET.Element, patience: Patience = Patience(0)) -> None:
    """Write C(operations), planned on C(before) (a C(<config>) tree); wait with C(patience) for others' locks.

    One request up to 500 operations. More go in several requests; where a later one fails, the earlier ones are undone by
    their inverse, and the error says so. Raises DeviceError (candidate as before) or ConnectionFailed (effect unknown; with
    C(sent) where earlier requests certainly stand: then nothing is undone, since the last one may have been carried out too).
    A device without multi-config is sent one operation at a time, with the same undoing.
    """
    done: list[Operation] = []
    for start in range(0, len(operations), CHUNK):
        chunk = operations[start:start + CHUNK]
        try:
            _send_when_unlocked(session, chunk, patience, done)
        except ConnectionFailed as exc:
            raise exc.saying(str(exc), sent=exc.sent or bool(done)) from None
        except PanosVpnError as exc:
            if done:
                raise undone(session, done, before, exc) from exc
            raise


def _send_when_unlocked(session: Session, operations: Sequence[Operation], patience: Patience, done: list[Operation]) -> None:
    def look() -> None:
        try:
            _send_chunk(session, operations, done)
        except DeviceError as exc:
            if not locks.is_locked(exc):
                raise
            # The firewall's words alone: whose lock it is stands behind a long path in the whole sentence.
            told = str(exc) if exc.answer is None else message(exc.answer)
            raise NotYet(f"the write has to wait: {told}", DeviceError(f"{exc}; waited {patience.timeout:g} s for the configuration lock", exc.code)) from None

    patience.until(look)


def written(operations: Sequence[Operation], rest: Sequence[Operation]) -> Sequence[Operation]:
    """Those of C(operations) that stand when C(rest) is what is still to be done: whole requests took effect, or did not."""
    chunks = round((len(operations) - len(rest)) / CHUNK)
    return operations[:chunks * CHUNK]


def undone(session: Session, done: Sequence[Operation], before: ET.Element, cause: PanosVpnError) -> PanosVpnError:
    """Take back C(done), operations planned on C(before) that stand in the candidate; the C(cause) with what stands now."""
    undo = inverse(before, done)
    text = f"{cause}. The {len(done)} operations that had been written before were undone: the candidate is as it was"
    try:
        for start in range(0, len(undo), CHUNK):
            _send_chunk(session, undo[start:start + CHUNK], [])
    except PanosVpnError as exc:
        text = (f"{cause}. Undoing the {len(done)} operations that had been written before failed as well ({exc}): "
                "they stand in the candidate, uncommitted")
    return PanosVpnError(text, **cause.facts)


def _send_chunk(session: Session, operations: Sequence[Operation], done: list[Operation]) -> None:
    """One request; what took effect is added to C(done)."""
    document = _document(operations)
    try:
        session.change("write the candidate", {"type": "config", "action": "multi-config", "element": document})
    except DeviceError as exc:
        if exc.code == CODE_INVALID_COMMAND and exc.answer is not None and exc.answer.find("response") is None:
            _send_singly(session, operations, done)
            return
        raise _named(session, operations, exc) from None
    done.extend(operations)


def _send_singly(session: Session, operations: Sequence[Operation], done: list[Operation]) -> None:
    """For a device that does not know multi-config."""
    for operation in operations:
        details = {"element": operation.element, "where": operation.where, "dst": operation.dst}
        given = {name: value for name, value in details.items() if value}
        try:
            session.change("write the candidate", {"type": "config", "action": operation.action, "xpath": operation.xpath, **given})
        except DeviceError as exc:
            error_class = TakenMeanwhile if operation.guard and exc.code == CODE_REFERENCED else DeviceError
            raise error_class(f"{operation.label}: {exc}" + ("" if done else "; nothing was written"), exc.code, exc.answer, operation) from None
        done.append(operation)


def _document(operations: Sequence[Operation]) -> str:
    root = ET.Element("multi-config")
    for number, operation in enumerate(operations, 1):
        attributes = {"id": str(number), "xpath": operation.xpath}
        if operation.where:
            attributes["where"] = operation.where
        if operation.dst:
            attributes["dst"] = operation.dst
        element = ET.SubElement(root, operation.action, attributes)
        if operation.element:
            content = ET.fromstring(f"<x>{operation.element}</x>")
            element.text = content.text
            element.extend(list(content))
    return ET.tostring(root, encoding="unicode")


def _named(session: Session, operations: Sequence[Operation], error: DeviceError) -> DeviceError:
    """The same error, with the object that the refused operation belongs to."""
    answers = [] if error.answer is None else error.answer.findall("response")
    refused = next((answer for answer in answers if answer.get("status") != "success"), None)
    if refused is None:
        return DeviceError(f"{error}; nothing was written", error.code)
    number = refused.get("id") or ""
    index = int(number) - 1 if number.isdigit() else answers.index(refused)
    operation = operations[index]
    error_class = TakenMeanwhile if operation.guard and code_of(refused) == CODE_REFERENCED else DeviceError
    return error_class(
        f"failed to write the candidate on {session.place}: {operation.label} ({operation.action} {places.words(operation.path)}): "
        f"{message(refused)}; nothing was written", code_of(refused), error.answer, operation)
