# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the API answers, and what it means when it is no answer to what was asked."""

from __future__ import annotations

import email.utils
import json
import time
from collections.abc import Iterator
from typing import Any

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.channel import Answer, printable
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import PanosVpnError

TOO_MANY = 429
# Statuses of a service that takes nothing for the moment. Whether it did what was asked is not known.
UNAVAILABLE = (500, 502, 503, 504)


class CloudError(PanosVpnError):
    """The API said no. C(status): of HTTP; C(error_type): its own word for the kind of refusal, where it has one."""

    def __init__(self, message: str, status: int, error_type: str = "", **facts: Any):
        super().__init__(message, **facts)
        self.status = status
        self.error_type = error_type

    @property
    def is_missing(self) -> bool:
        return self.status == 404 or self.error_type == "Object Not Present"

    @property
    def is_taken(self) -> bool:
        """Whether an object of that name is there. The status differs between the published answer and the one seen."""
        return self.error_type in ("Object Already Exists", "Name Not Unique")


def content(answer: Answer) -> Any:
    """What an answer says. Raises ValueError for what is no JSON, such as the page of a proxy."""
    if not answer.content.strip():
        return None
    return json.loads(answer.content)


def refusal(answer: Answer, what: str) -> CloudError:
    """C(what): what was asked for, in words."""
    try:
        told = content(answer)
    except ValueError:
        return CloudError(f"cannot {what}: HTTP {answer.status} with {answer.kind} instead of JSON, which is not how the API refuses", answer.status)
    errors = told.get("_errors") if isinstance(told, dict) else None
    error = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
    details = error.get("details")
    kind = details.get("errorType", "") if isinstance(details, dict) else ""
    words = "; ".join(dict.fromkeys(filter(None, _words(told, error, details)))) or "no reason is given"
    number = told.get("_request_id") if isinstance(told, dict) else ""
    return CloudError(f"cannot {what}: {words} (HTTP {answer.status}{f', request {printable(str(number))}' if number else ''})", answer.status,
                      str(kind) or _KINDS.get(str(error.get("message")), ""))


# What the published answers, which have no type, say where those that were seen have one.
_KINDS = {"Name Not Unique": "Name Not Unique", "Object Not Present": "Object Not Present", "Reference Not Zero": "Reference Not Zero"}


def _words(told: Any, error: dict, details: Any) -> Iterator[str]:
    """Its own words. An OAuth server has others than the API."""
    code = str(error.get("code") or "")
    message = str(error.get("message") or "")
    yield f"{message} ({code})" if message and code else message or code
    if isinstance(details, dict):
        yield str(details.get("errorType") or "")
        yield from _listed(details.get("message"))
        for each in details.get("errors") or []:
            if isinstance(each, dict):
                yield " ".join([str(each.get("message") or ""), *map(str, each.get("params") or [])]).strip()
    else:
        yield from _listed(details)
    if isinstance(told, dict):
        yield str(told.get("error_description") or told.get("error") or "")


def _listed(told: Any) -> Iterator[str]:
    for each in told if isinstance(told, list) else [told]:
        yield str(each).strip() if each else ""


def come_again(answer: Answer) -> float | None:
    """Seconds after which the service wants to be asked again, where it says so: a number, or a date."""
    told = answer.headers.get("retry-after", "").strip()
    if told.isdigit():
        return float(told)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(told).timestamp() - time.time())
    except (TypeError, ValueError):
        return None
