# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the device answers when it refuses: code, words, and the shape in which they are wrapped.

Codes follow the vendor's table of API response codes and, where they differ, what was measured on PAN-OS 11.x and 12.1.
"""

from __future__ import annotations


class Refusal(Exception):
    """An answer of status ``error`` or ``unauth``. The request that raises it has changed nothing.

    ``code`` is None where real answers carry none ("No such node", configuration locks).
    """

    code: int | None = None
    status = "error"

    def __init__(self, *lines: str, code: int | None = None) -> None:
        super().__init__("; ".join(line.strip() for line in lines))
        self.lines = lines
        if code is not None:
            self.code = code


class BadXpath(Refusal):
    """The xpath is outside the subset, or selects what this action cannot work on."""

    code = 6


class JobNotFound(Refusal):
    """``show jobs id N`` of a number that was never given out."""

    code = 7


class NotPresent(Refusal):
    """Moving, renaming or cloning what is not there (vendor's table of codes)."""

    code = 7


class Referenced(Refusal):
    """Deletion of an object that others in the candidate refer to.

    The first line is mixed content: the object's name is wrapped in CDATA, the rest is plain text.
    """

    code = 10

    def __init__(self, name: str, referrers: list[str]) -> None:
        super().__init__(f"{name} cannot be deleted because of references from:", *referrers)
        self.name = name
        self.referrers = referrers


class InvalidObject(Refusal):
    """Set-time validation failed; the first line names the defect, the next ones the objects around it."""

    code = 12


class OperationFailed(Refusal):
    """The general refusal with a message: busy, template-owned, unknown place in the schema."""

    code = 13


class NotPossible(Refusal):
    """Moving the first rule up; committing under somebody else's commit lock."""

    code = 14


class Unauthorized(Refusal):
    """The role lacks the right, or the xpath does not begin at /config."""

    code = 16
    status = "unauth"

    def __init__(self, line: str = "Unauthorized request") -> None:
        super().__init__(line)


class InvalidCommand(Refusal):
    """An operational command with a word that the device does not know, or a bad parameter."""

    code = 17


class MalformedCommand(Refusal):
    """``element`` or ``cmd`` is not well-formed XML."""

    code = 18


class SessionTimedOut(Refusal):
    """Status ``unauth`` with a code of its own."""

    code = 22
    status = "unauth"

    def __init__(self) -> None:
        super().__init__("Session timed out")


class NoSuchNode(Refusal):
    """``action=show`` of a missing node: an error without a code."""

    def __init__(self) -> None:
        super().__init__("No such node")


class Locked(Refusal):
    """Configuration lock trouble: text without a code."""


class LoadFailed(Refusal):
    """A configuration that cannot be loaded: no code, and lines inside a message inside a line."""


class WebLayerError(Exception):
    """Refused by the web server in front of the API, in a body that is laid out unlike all others."""

    def __init__(self, http_status: int, message: str) -> None:
        super().__init__(message)
        self.http_status = http_status
        self.message = message


class InvalidCredential(WebLayerError):
    """Wrong password or key: HTTP 403."""

    def __init__(self) -> None:
        super().__init__(403, "Invalid Credential")


class MissingParameter(WebLayerError):
    """A request without a parameter that its type needs: HTTP 400."""

    def __init__(self, name: str) -> None:
        super().__init__(400, f'Missing value for parameter "{name}".')
