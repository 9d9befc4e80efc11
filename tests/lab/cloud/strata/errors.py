# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the API says no: the envelope is recorded, and so are the words of each kind of refusal where the docstring does not say otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

_INVALID = "Your configuration is not valid. Please review the error message for more details."


class Refusal(Exception):
    """An answer that says no."""

    def __init__(self, status: int, code: str, message: str, details: Any):
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.details = details

    def body(self, number: int) -> dict:
        return {"_errors": [{"code": self.code, "message": self.message, "details": self.details}],
                "_request_id": f"00000000-0000-0000-0000-{number:012d}"}


def not_authenticated(message: str = "Not Authenticated") -> Refusal:
    return Refusal(401, "E016", message, {})


def unauthorized() -> Refusal:
    return Refusal(403, "E007", "Unauthorized", {})


def invalid_payload(details: Iterable[str]) -> Refusal:
    return Refusal(400, "API_I00035", "Invalid Request Payload", list(details))


def invalid_query(name: str, value: str) -> Refusal:
    return Refusal(400, "E003", f"Invalid Query Parameter: {name}={value}", {})


def missing_query(name: str) -> Refusal:
    return Refusal(400, "E003", f"Missing Query Parameter: {name}", {})


def no_such_path() -> Refusal:
    """Invented: no answer to an unknown path is recorded."""
    return Refusal(404, "E005", "Object Not Present", {})


def not_present() -> Refusal:
    return Refusal(404, "API_I00013", _INVALID, {"errorType": "Object Not Present"})


def already_exists() -> Refusal:
    return Refusal(400, "API_I00013", _INVALID, {"errorType": "Object Already Exists"})


def referenced(name: str, paths: Sequence[Sequence[str]]) -> Refusal:
    errors = [{"type": "NON_ZERO_REFS", "message": "Node cannot be deleted because of references from", "params": [name],
               "extra": ["/".join(path) for path in paths]}]
    return Refusal(409, "API_I00013", _INVALID, {
        "errorType": "Reference Not Zero", "message": [f" {' -> '.join(path)}" for path in paths], "errors": errors})


def dangling(sentences: Iterable[str]) -> Refusal:
    """The words are those of PAN-OS: what the API says of a reference that leads nowhere is not recorded."""
    return Refusal(400, "API_I00013", _INVALID, {"errorType": "Invalid Object", "message": list(sentences)})


def too_many_requests() -> Refusal:
    """The body is invented: only the status is known."""
    return Refusal(429, "E003", "Too Many Requests", {})


def failing(status: int) -> Refusal:
    """The body is invented: only the status is known."""
    return Refusal(status, "E003", "Internal Error", {})
