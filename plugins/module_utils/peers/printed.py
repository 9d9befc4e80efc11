# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A text that somebody's tool printed, as data: JSON, several of it after each other, YAML; and what to do about one that is neither.

No error holds anything of the text: there may be keys in it.
"""

from __future__ import annotations

import json
import re

from collections.abc import Mapping
from typing import Any

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput

#: Deeper than anything that describes a VPN; Python's own functions give up at about 1000.
DEEPEST = 100
_FILE = re.compile(r"[^\n{}\[\]\"']{1,255}\.(json|ya?ml|tfstate|tfplan|tf|txt|xml|bicep)", re.IGNORECASE)
_YAML = re.compile(r"^(---\s*$|(- )?[A-Za-z_$][\w.$-]*:(\s|$))", re.MULTILINE)
_FAILURE = re.compile(r"(ERROR|Error|error|usage|Traceback)\b")
# What a text begins with, or a line of it, and what to do then.
_ADVICE = (
    (re.compile(r"\Z"), "It is empty"),
    (re.compile(r"\$ANSIBLE_VAULT"), "It is encrypted by ansible-vault: read it with the lookup 'ansible.builtin.unvault', or decrypt it"),
    (re.compile(r"[^\n]*\{\{"), "It is a template that was not resolved"),
    (_FAILURE, "It is what a program says that fails"),
    (re.compile(r"(?:.*\n)*?(?:resource|data|output|module|provider)\s+\"|(?:.*\n)*?# \w+\."), "It is Terraform's own language. Give 'terraform show -json'"),
    (re.compile(r"(?:.*\n)*?(?:[+|]--|\|\s|-{3,} +-{3,})"), "It is a table"),
    (re.compile(r"<"), "It is XML or a page of a website"),
)


def read(text: str, called: str, instead: str = "") -> Any:
    """What a text says. C(called): what it is, in errors. C(instead): what to give in the place of one that cannot be read.

    Raises C(InvalidInput) with where it breaks off, and what to do.
    """
    text = text.strip().lstrip("\ufeff").strip()
    begins_as_json = text.startswith(("{", "["))
    try:
        return json.loads(text)
    except RecursionError:
        raise InvalidInput(f"{called} is nested too deep.") from None
    except ValueError as exc:
        if begins_as_json:
            found, at = _of_several(text), f" (line {exc.lineno}, column {exc.colno})" if isinstance(exc, json.JSONDecodeError) else ""
        else:
            found, at = _of_yaml(text) if _YAML.search(text) and not _FAILURE.match(text) else (None, "")
    if found is not None:
        return found
    raise InvalidInput(f"{called} is not JSON{'' if begins_as_json else ' or YAML'}{at}. {advice(text, instead)}".strip())


def could_be_one(text: str) -> bool:
    """Whether a text within others is a document itself, and no value."""
    begins = text[:200].strip().lstrip("\ufeff").strip()
    return begins.startswith("{") or re.match(r"\[\s*[{\]]", begins) is not None


def advice(text: str, instead: str = "") -> str:
    """What a text is that is no document, and what to do about it."""
    if _FILE.fullmatch(text):
        return "It is the name of a file: read it with the lookup 'ansible.builtin.file'."
    told = [words for begins, words in _ADVICE if begins.match(text[:4000])][:1]
    return " ".join(f"{sentence}." for sentence in (*told, instead) if sentence)


def _of_several(text: str) -> list | None:
    """Several JSON texts after each other, as programs print them one by one; None where one of them is none."""
    decoder, found, at = json.JSONDecoder(), [], 0
    while at < len(text):
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            return None
        found.append(value)
        at += len(text[at:]) - len(text[at:].lstrip())
    return found


def _of_yaml(text: str) -> tuple[Any | None, str]:
    """One document, or a list of several; None where it says nothing but a word. And where it breaks off."""
    # Filters run where Ansible does, and there is PyYAML; no module reads such texts.
    import yaml  # type: ignore[import-untyped]

    try:
        found = list(yaml.safe_load_all(text))
    except (yaml.YAMLError, ValueError, RecursionError) as exc:
        mark = getattr(exc, "problem_mark", None)
        return None, f" (line {mark.line + 1}, column {mark.column + 1})" if mark else ""
    if not any(isinstance(each, (dict, list)) for each in found):
        return None, ""
    return found[0] if len(found) == 1 else found, ""


def opened(document: Any, called: str, instead: str = "") -> Any:
    """A document, or a list or a mapping of several: texts among them as data, and of what a task registered, what its command printed."""
    if isinstance(document, bytes):
        document = document.decode("utf-8", "replace")
    if isinstance(document, str):
        return read(document, called, instead)
    if isinstance(document, Mapping):
        if isinstance(document.get("stdout"), str):
            return read(document["stdout"], called, instead)
        return {key: opened(item, called, instead) if _is_to_open(item) else item for key, item in document.items()}
    if isinstance(document, (list, tuple)):
        if _are_lines(document):
            return read("\n".join(document), called, instead)
        return [opened(item, called, instead) for item in document]
    raise InvalidInput(f"{called} is neither a mapping, a list nor a text.{f' {instead}.' if instead else ''}")


def _are_lines(value: list | tuple) -> bool:
    """Whether a list is the lines of one output (C(stdout_lines)), and not several outputs."""
    if len(value) < 2 or not all(isinstance(item, str) and "\n" not in item for item in value):
        return False
    try:
        return not isinstance(json.loads(value[0]), (dict, list))
    except (ValueError, RecursionError):
        return True


def _is_to_open(value: Any) -> bool:
    if isinstance(value, Mapping):
        return isinstance(value.get("stdout"), str)
    if isinstance(value, (list, tuple)):
        return bool(value) and all(_is_to_open(item) for item in value)
    return isinstance(value, str) and could_be_one(value)
