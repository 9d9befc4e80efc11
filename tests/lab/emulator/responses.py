# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Envelopes: how answers are written.

The shapes are those of captured answers: plain message, flat and double nested lines, a job under ``result``, free text,
and the bodies of the web layer with their odd quoting and blanks.
"""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.errors import InvalidObject, LoadFailed, Referenced, Refusal
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.jobs import Job

XML = "application/xml; charset=UTF-8"
HTML = "text/html"
BINARY = "application/octet-stream"

LOGIN_PAGE = """<!DOCTYPE html>
<html><head><title>Login</title></head>
<body><form method="post" action="/php/login.php"><input name="user"/><input name="passwd" type="password"/></form></body></html>
"""


@dataclass(frozen=True)
class Answer:
    """What goes over the wire; ``status`` and ``code`` are kept beside the text for the request log. ``data``: instead of the text, of a file of that name."""

    body: str
    status: str = "success"
    code: str | None = None
    http_status: int = 200
    content_type: str = XML
    data: bytes = b""
    file_name: str = ""

    @property
    def content(self) -> bytes:
        return self.data or self.body.encode()


def escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _cdata(text: str) -> str:
    return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"


def _envelope(status: str, code: int | None, inner: str, extra: str = "") -> Answer:
    shown = "" if code is None else f' code="{code}"'
    return Answer(f'<response status="{status}"{shown}{extra}>{inner}</response>', status, None if code is None else str(code))


def message(code: int, text: str, identifier: str | None = None) -> Answer:
    extra = "" if identifier is None else f' id="{escape(identifier)}"'
    return _envelope("success", code, f"<msg>{escape(text)}</msg>", extra)


def result(inner: str, code: int | None = None) -> Answer:
    return _envelope("success", code, f"<result>{inner}</result>")


def lines(*texts: str) -> Answer:
    """``msg`` with lines and without a code, as the answers to some operational commands and to imports."""
    return _envelope("success", None, "<msg>" + "".join(f"<line>{escape(text)}</line>" for text in texts) + "</msg>")


def text_result(text: str) -> Answer:
    return result(escape(text))


def cdata_result(text: str) -> Answer:
    return result(_cdata(text))


def nodes(inner: str, count: int) -> Answer:
    return _envelope("success", 19, f'<result total-count="{count}" count="{count}">{inner}</result>')


def no_nodes() -> Answer:
    return _envelope("success", 7, "<result/>")


def enqueued(job: Job, words: str | None = None) -> Answer:
    """``words``: what the answer calls the job, where that is not its kind."""
    line = f"<line>{words or job.kind} job enqueued with jobid {job.number}</line>"
    return _envelope("success", 19, f"<result><msg>{line}</msg><job>{job.number}</job></result>")


def refusal(error: Refusal, nested: bool, identifier: str | None = None) -> Answer:
    """``nested``: the release wraps the lines of a validation error once more."""
    extra = "" if identifier is None else f' id="{escape(identifier)}"'
    if isinstance(error, Referenced):
        inner = f"<line> {_cdata(' ' + error.name)} cannot be deleted because of references from:</line>"
        inner += "".join(f"<line>{escape(line)}</line>" for line in error.referrers)
    elif isinstance(error, InvalidObject):
        inner = "".join(f"<line>{_cdata(line)}</line>" for line in error.lines)
        inner = f"<line>{inner}</line>" if nested else inner
    else:
        inner = "".join(f"<line>{escape(line)}</line>" for line in error.lines)
        inner = f"<line><msg>{inner}</msg></line>" if isinstance(error, LoadFailed) else inner
    return _envelope(error.status, error.code, f"<msg>{inner}</msg>", extra)


def transaction(answers: list[Answer]) -> Answer:
    """The outer envelope of a multi-config: code 20, or 13 when its last operation failed."""
    failed = bool(answers) and answers[-1].status != "success"
    inner = "".join(answer.body for answer in answers)
    return _envelope("error" if failed else "success", 13 if failed else 20, inner)


def refused_in_part(inner: str) -> Answer:
    """Elements inside a line of the message, as updates of User-ID are refused."""
    return _envelope("error", None, f"<msg><line>{inner}</line></msg>")


def file(name: str, data: bytes) -> Answer:
    """A download."""
    return Answer("", "success", None, 200, BINARY, data, name)


def web_layer(http_status: int, text: str) -> Answer:
    body = f"<response status = 'error' code = '{http_status}'><result><msg>{escape(text)}</msg></result></response>"
    return Answer(body, "error", str(http_status), http_status)


def page(body: str, http_status: int = 200) -> Answer:
    """Not from the API: a login page, a proxy's error."""
    return Answer(body, "none", None, http_status, HTML)
