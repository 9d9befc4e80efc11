# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests to the API: with a token that is renewed, tried again where the service takes nothing for the moment, and followed up where an answer is lost."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.channel import Answer, Channel
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.patience import NotYet, Patience, nobody
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import ConnectionFailed, PanosVpnError
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.scm.access import Access
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.scm.answers import TOO_MANY, UNAVAILABLE, CloudError, come_again, content, refusal
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.scm.kinds import Kind

Found = TypeVar("Found")

#: The most that clients of this service ask for at once. Where it gives less, more is asked for.
PAGE = 5000
# A token that ends within so many seconds is not begun with.
_TOKEN_RESERVE = 60
# What a token lives that does not say how long.
_TOKEN_SECONDS = 900


@dataclass(frozen=True)
class _Token:
    text: str = field(repr=False)
    ends: float = 0.0


class Lost(NotYet):
    """Whether the service did what was asked is not known: its answer was lost, or it was none."""


class Client:
    """One tenant of Strata Cloud Manager. C(changing): whether a request went out that changes something.

    C(headers): further ones, for an API that wants such.
    """

    def __init__(self, access: Access, tell: Callable[[str], None] = nobody, headers: Mapping[str, str] | None = None):
        self.access = access
        self._headers = dict(headers or {})
        self.changing = False
        self._tell = tell
        self._api = Channel(access.api.far_end)
        self._authority = Channel(access.authority.far_end)
        self._token: _Token | None = None

    @property
    def place(self) -> str:
        return f"tenant {self.access.tsg_id} of Strata Cloud Manager"

    def close(self) -> None:
        self._api.close()
        self._authority.close()

    # -- reading

    def get(self, path: str, what: str, query: Mapping[str, Any] | None = None) -> Any:
        """C(what): in words, for those who read that it failed."""
        return self._insisting(lambda: self._asked("GET", path, what, query))

    def query(self, path: str, what: str, body: dict) -> Any:
        """What a question brings that is asked by POST, and changes nothing."""
        return self._insisting(lambda: self._asked("POST", path, what, None, body, is_question=True))

    def listed(self, path: str, what: str, query: Mapping[str, Any] | None = None) -> list[dict]:
        """All of a list, however many answers it takes. Raises CloudError for a list that ends before its end."""
        found: dict[str, dict] = {}
        offset, total = 0, 1
        while offset < total:
            told = self.get(path, what, {**(query or {}), "limit": PAGE, "offset": offset})
            page = _page(told, what)
            if page is None:
                return [told]
            # Somebody may add and remove meanwhile, and an object then is in two pages.
            found.update({str(item.get("id") or item.get("name")): item for item in page})
            total = told.get("total", len(page)) if isinstance(told, dict) else len(page)
            offset += len(page)
            if not page and offset < total:
                raise CloudError(f"cannot {what}: the list ends after {offset} of {total} entries", 200)
        return list(found.values())

    def all_of(self, kind: Kind, folder: str | None = None) -> list[dict]:
        """Every object of a kind that a folder has, those from the folders above it included."""
        query = {"folder": folder} if folder else {}
        return self.listed(kind.path, f"read every {kind.words}{f' in folder {folder}' if folder else ''}", query)

    # -- writing

    def create(self, kind: Kind, body: dict, folder: str | None) -> dict:
        """The object as it stands then. One that is there although its answer was lost was made by us, if it is what we wanted."""
        what = f"make {kind.words} '{body['name']}'"
        lost = False

        def attempt() -> dict:
            nonlocal lost
            try:
                if lost:
                    found = self._named(kind, body["name"], folder)
                    if found is not None:
                        return found
                return self._asked("POST", kind.path, what, None, body) or body
            except Lost:
                lost = True
                raise
            except CloudError as exc:
                # It may have been done between our look and our next try.
                found = self._named(kind, body["name"], folder) if lost and exc.is_taken else None
                if found is None:
                    raise
                return found

        return self._insisting(attempt)

    def update(self, kind: Kind, identity: str, body: dict) -> dict:
        """The whole object is sent, so that to send it twice is as good as once."""
        path = f"{kind.path}/{quote(identity)}" if kind.has_id else kind.path
        return self._insisting(lambda: self._asked("PUT", path, f"change {kind.words} '{body['name']}'", None, body)) or body

    def delete(self, kind: Kind, identity: str, name: str, query: Mapping[str, str] | None = None) -> None:
        """C(query): what it is removed by where it has no id."""
        path = f"{kind.path}/{quote(identity)}" if kind.has_id else kind.path
        lost = False

        def attempt() -> None:
            nonlocal lost
            try:
                self._asked("DELETE", path, f"remove {kind.words} '{name}'", query)
            except Lost:
                lost = True
                raise
            except CloudError as exc:
                if not (lost and exc.is_missing):
                    raise

        self._insisting(attempt)

    def post(self, path: str, what: str, body: dict, done: Callable[[], Any]) -> Any:
        """The answer to a request; where it was lost, what C(done) finds that it has brought about (None: nothing, so that it is sent again)."""
        lost = False

        def attempt() -> Any:
            nonlocal lost
            try:
                found = done() if lost else None
                return self._asked("POST", path, what, None, body) if found is None else found
            except Lost:
                lost = True
                raise

        return self._insisting(attempt)

    def _named(self, kind: Kind, name: str, folder: str | None) -> dict | None:
        what = f"look for {kind.words} '{name}'"
        query = {"folder": folder, "name": name} if folder else {"limit": PAGE, "offset": 0}
        try:
            told = self._asked("GET", kind.path, what, query)
        except CloudError as exc:
            # Where one object answers to its name, a name that nothing has is told so.
            if not exc.is_missing:
                raise
            return None
        listed = _page(told, what)
        found = [told] if listed is None else listed
        return next((each for each in found if each.get("name") == name and each.get("folder", folder) == folder), None)

    # -- one request

    def _insisting(self, attempt: Callable[[], Found]) -> Found:
        """What it brings, tried again while the service takes nothing, as long as that is given time."""
        return Patience(self.access.retry_timeout, tell=self._tell).until(attempt)

    def _asked(self, method: str, path: str, what: str, query: Mapping[str, Any] | None = None, body: dict | None = None,
               is_question: bool = False) -> Any:
        """What one answer says. Raises NotYet where it is worth to ask again, Lost where besides it is not known what became of the request."""
        self.changing = self.changing or not (is_question or method == "GET")
        answer = self._sent(method, path, what, query, body)
        if answer.status == 401:
            # It may have ended before its time; one that is refused when it is new says something else.
            self._token = None
            answer = self._sent(method, path, what, query, body)
        if answer.status in (TOO_MANY, *UNAVAILABLE):
            sentence, failed = f"{self.place} takes no requests (HTTP {answer.status})", refusal(answer, what)
            failed.adding(f"the service took no request within {self.access.retry_timeout} s")
            raise NotYet(sentence, failed, come_again(answer)) if answer.status == TOO_MANY else _lost(method, sentence, failed, come_again(answer))
        if not 200 <= answer.status < 300:
            raise refusal(answer, what)
        try:
            return content(answer)
        except ValueError:
            words = f"HTTP {answer.status} with {answer.kind} that is no JSON: this is not the API (a proxy, a login page, or another address)"
            raise _lost(method, f"{self.access.api.far_end.place} answers {words}", CloudError(f"cannot {what}: {words}", answer.status)) from None

    def _sent(self, method: str, path: str, what: str, query: Mapping[str, Any] | None, body: dict | None) -> Answer:
        headers = {"Authorization": f"Bearer {self._valid_token().text}", "Accept": "application/json", "Connection": "keep-alive",
                   **self._headers}
        if body is not None:
            headers["Content-Type"] = "application/json"
        place = self.access.api
        target = f"{place.path}{path}" + (f"?{urlencode(query)}" if query else "")
        return self._exchanged(self._api, method, target, b"" if body is None else json.dumps(body).encode(), headers, what)

    def _exchanged(self, channel: Channel, method: str, target: str, body: bytes, headers: dict[str, str], what: str) -> Answer:
        try:
            return channel.exchange(method, target, body, headers)
        except ConnectionFailed as exc:
            if exc.final:
                raise
            failed = exc.saying(f"cannot {what}: {exc}")
            raise _lost(method, str(exc), failed) if exc.sent else NotYet(str(exc), failed) from None

    # -- tokens

    def _valid_token(self) -> _Token:
        if self._token is None or self._token.ends <= time.monotonic():
            self._token = self._new_token()
        return self._token

    def _new_token(self) -> _Token:
        access, what = self.access, f"get a token for {self.place}"
        basic = base64.b64encode(f"{access.client_id}:{access.client_secret}".encode()).decode("ascii")
        headers = {"Authorization": f"Basic {basic}", "Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        form = urlencode({"grant_type": "client_credentials", "scope": f"tsg_id:{access.tsg_id}"})
        try:
            answer = self._exchanged(self._authority, "POST", access.authority.path, form.encode(), headers, what)
        except Lost as exc:
            # Nothing but a token was asked for: whatever wanted it was not sent yet.
            raise NotYet(str(exc), exc.instead) from None
        if answer.status in (TOO_MANY, *UNAVAILABLE):
            raise NotYet(f"{access.authority.far_end.place} gives no tokens (HTTP {answer.status})", refusal(answer, what), come_again(answer))
        if not 200 <= answer.status < 300:
            raise refusal(answer, what).adding(_WRONG_ACCOUNT)
        return self._read_token(answer, what)

    def _read_token(self, answer: Answer, what: str) -> _Token:
        try:
            told = content(answer)
            text, seconds, scope = told["access_token"], float(told.get("expires_in", _TOKEN_SECONDS)), str(told.get("scope", ""))
            if not (isinstance(text, str) and text.isascii() and text.isprintable()):
                raise ValueError("no token")
        except (AttributeError, KeyError, TypeError, ValueError):
            raise CloudError(f"cannot {what}: {self.access.authority.far_end.place} answers HTTP {answer.status} with {answer.kind} in which no token "
                             "is", answer.status) from None
        if "tsg_id:" in scope and f"tsg_id:{self.access.tsg_id}" not in scope.split():
            raise CloudError(f"cannot {what}: the token that was given is for {scope}; give the account's own scm.tsg_id, or an account of that tenant",
                             answer.status)
        return _Token(text, time.monotonic() + max(seconds - _TOKEN_RESERVE, seconds / 2))


_WRONG_ACCOUNT = ("check scm.client_id, scm.client_secret and scm.tsg_id (SCM_CLIENT_ID, SCM_CLIENT_SECRET, SCM_TSG_ID); the account has to be one of this "
                  "tenant service group, or of one above it")


def _lost(method: str, sentence: str, failed: PanosVpnError, after: float | None = None) -> Lost:
    return Lost(sentence, failed if method == "GET" else failed.adding("whether it was done is not known"), after)


def _page(told: Any, what: str) -> list[dict] | None:
    """The entries of one answer; None where it is an object itself, as some lists by name are."""
    entries = told.get("data") if isinstance(told, dict) else told
    if isinstance(told, dict) and entries is None and "id" in told:
        return None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise CloudError(f"cannot {what}: the answer is no list", 200)
    return entries
