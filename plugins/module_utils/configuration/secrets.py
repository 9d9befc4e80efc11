# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pre-shared keys and other secrets: comparing with the stored form, and every form that must never be printed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from typing import Any, Iterable, Iterator
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape

# A stored secret: marker, base64 of SHA-1 of the plain text (28 characters), base64 of the ciphertext.
# Read off published pairs of plain and stored forms; the second encryption level (AES-256-GCM) is not known to keep it.
STORED_MARK = "-AQ=="
_DIGEST_END = len(STORED_MARK) + 28

# Elements that hold secrets anywhere in a PAN-OS configuration, also where no table of ours describes them.
TAGS = frozenset({
    "key", "secret", "password", "phash", "private-key", "passphrase", "bind-password", "authpwd", "privpwd", "auth-key", "enc-key",
    "pre-shared-key", "auth-password", "priv-password", "api-key", "client-secret", "public-key",
})

# Characters by which a form of a secret is looked for at first, where there are so many of them.
_BEGINNING = 8
_MANY_FORMS = 500

_RUN_KEY = os.urandom(16)


def is_stored_form(value: str) -> bool:
    return value.startswith(STORED_MARK)


def same(wanted: str, stored: str) -> bool | None:
    """Whether the stored secret is the wanted one; None where the stored form does not allow to tell."""
    if wanted == stored:
        return True
    if not stored.startswith(STORED_MARK) or len(stored) <= _DIGEST_END:
        return None
    if wanted.startswith(STORED_MARK):
        return wanted[len(STORED_MARK):_DIGEST_END] == stored[len(STORED_MARK):_DIGEST_END] or None
    return hmac.compare_digest(_digest(wanted), stored[len(STORED_MARK):_DIGEST_END])


def _digest(plain: str) -> str:
    return base64.b64encode(hashlib.sha1(plain.encode("utf-8", "surrogatepass")).digest()).decode("ascii")


def digest_form(value: str) -> str:
    """The stored form without its ciphertext: enough for C(alike), and nothing to read a secret from."""
    return value[:_DIGEST_END] if is_stored_form(value) else STORED_MARK + _digest(value)


def alike(noted: str, found: str) -> bool:
    """Whether C(found) on the firewall can be the secret C(noted) in stored or digest form; a form that does not tell can."""
    if is_stored_form(noted) and is_stored_form(found):
        return hmac.compare_digest(noted[:_DIGEST_END], found[:_DIGEST_END])
    return is_stored_form(noted)


def fingerprint(value: str) -> str:
    """A mark that is equal for equal secrets within one run, whether plain or stored, and says nothing outside of it."""
    if value.startswith(STORED_MARK) and len(value) > _DIGEST_END:
        basis = value[len(STORED_MARK):_DIGEST_END]
    else:
        basis = _digest(value)
    return hmac.new(_RUN_KEY, basis.encode("utf-8"), hashlib.sha256).hexdigest()[:8]


def printable_forms(secret: str) -> set[str]:
    """Every spelling of a secret that could turn up in output: to be handed to Ansible's masking.

    Whoever repeats one may have folded its blanks and taken its ends away.
    """
    spellings = {secret, secret.strip(), secret.strip("\r\n"), " ".join(secret.split())}
    return {form for spelling in spellings if spelling for form in _forms(spelling)}


def _forms(secret: str) -> set[str]:
    # A text that has no UTF-8 is refused, but first it must not be shown.
    raw = secret.encode("utf-8", "surrogatepass")
    attribute = escape(secret, {'"': "&quot;", "'": "&apos;"})
    numeric = escape(secret, {'"': "&#34;", "'": "&#39;"})
    forms = {
        secret, escape(secret), escape(secret, {'"': "&quot;"}), attribute, numeric,
        quote(raw, safe=""), quote(raw), quote_plus(raw),
        raw.hex(), raw.hex().upper(), repr(secret)[1:-1], secret.replace("\\", "\\\\"),
        secret.replace("\\", "\\\\").replace('"', '\\"'), _digest(secret),
        base64.b64encode(hashlib.sha1(raw).digest()).decode("ascii").rstrip("="),
    }
    forms |= {base64.b64encode(raw).decode("ascii"), base64.urlsafe_b64encode(raw).decode("ascii")}
    return {form for form in forms if form}


def masked(value: Any, forms: Iterable[str]) -> Any:
    """C(value) (texts, lists, dictionaries) with every one of C(forms) taken out."""
    present = _present(value, forms)
    return _without(value, present) if present else value


def _present(value: Any, forms: Iterable[str]) -> list[str]:
    """The forms that turn up anywhere, longest first. There can be thousands, and as much text as they are many."""
    text = "\n".join(_texts(value))
    return sorted((form for form in _begun_in(text, list(forms)) if form in text), key=len, reverse=True)


def _begun_in(text: str, forms: list[str]) -> list[str]:
    """Those whose beginning turns up, of so many forms that one look at every place of the text takes less time than a search for each of them."""
    if len(forms) < _MANY_FORMS:
        return forms
    beginnings = {form[:_BEGINNING] for form in forms}
    begun = {piece for piece in (text[place:place + _BEGINNING] for place in range(len(text))) if piece in beginnings}
    return [form for form in forms if len(form) < _BEGINNING or form[:_BEGINNING] in begun]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield str(key)
            yield from _texts(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, str):
        yield value


def _without(value: Any, forms: list[str]) -> Any:
    if isinstance(value, dict):
        return {_without(key, forms): _without(item, forms) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without(item, forms) for item in value]
    if isinstance(value, str):
        for form in forms:
            value = value.replace(form, "********")
    return value
