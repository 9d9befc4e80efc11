# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Forms of AWX that ask for variables of a role, made from the role's argument specs, and what was answered in them.

AWX's page posts every question of a form, an untouched one as an empty text, and AWX 24.6.1 may make that null; extra variables then beat the inventory.
A choice and a number can not be left open at all: AWX refuses an empty text there. So what a form asks has a name of its own (C(answer_VARIABLE)), a
choice has one more value that leaves it to the inventory, and a number is asked for as text. Spaces
around what was typed mean nothing, but in a secret.
"""

from __future__ import annotations

import re
from typing import Any, Iterable, Mapping

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput

PREFIX, SECRET_PREFIX = "answer_", "secret_answer_"
AS_INVENTORY = "as the inventory says"
# Of Ansible's own marks in documentation only what they say is left.
_MARK = re.compile(r"\b[A-Z]+\(((?:[^()]|\([^()]*\))*)\)")
_LISTED = "with commas between them"
_KINDS = {"list": f"a list, {_LISTED}", "int": "a number", "float": "a number"}


def questions(role: str, options: Mapping[str, Mapping[str, Any]], asked: Iterable[str]) -> list[dict]:
    """One question for each option that is asked for, in that order. C(asked): options without the role's prefix.

    Raises InvalidInput for an option that the role does not have, or that no form can ask for.
    """
    found = []
    for name in asked:
        if f"{role}_{name}" not in options:
            raise InvalidInput(f"the role {role} has no option {role}_{name}; it has {', '.join(sorted(options))}")
        found.append(_question(role, name, options[f"{role}_{name}"]))
    return found


def _question(role: str, name: str, option: Mapping[str, Any]) -> dict:
    kind = option.get("type", "str")
    if kind in ("dict", "raw") or option.get("elements") in ("dict", "raw"):
        raise InvalidInput(f"{role}_{name} is data, which a form cannot ask for")
    question = {"question_name": name.replace("_", " ").capitalize(), "variable": f"{PREFIX}{role}_{name}", "required": False}
    words = [_meaning(role, option), _KINDS.get(kind, "")]
    if option.get("no_log"):
        return {**question, "variable": f"{SECRET_PREFIX}{role}_{name}", "type": "password", "question_description": _sentence(words)}
    choices = ["true", "false"] if kind == "bool" else option.get("choices")
    if choices and kind != "list":
        return {**question, "type": "multiplechoice", "question_description": _sentence(words),
                "choices": [AS_INVENTORY, *choices], "default": AS_INVENTORY}
    return {**question, "type": "text", "question_description": _sentence([*words, f"empty, {AS_INVENTORY}"])}


def _meaning(role: str, option: Mapping[str, Any]) -> str:
    """The first sentence of an option's description, without marks."""
    described = option.get("description") or ""
    text = described if isinstance(described, str) else described[0]
    plain = _MARK.sub(lambda mark: mark[1].rpartition("#")[2].removeprefix(f"{role}_").replace("_", " "), " ".join(text.split()))
    return plain.partition(". ")[0].rstrip(".")


def _sentence(words: Iterable[str]) -> str:
    return "; ".join(word for word in words if word)


def answered(variables: Mapping[str, Any]) -> dict[str, Any]:
    """Variable → what a form's answer says about it; what was left open is not there."""
    secrets = {name.removeprefix(SECRET_PREFIX): value for name, value in variables.items() if name.startswith(SECRET_PREFIX)}
    others = {name.removeprefix(PREFIX): _typed(value) for name, value in variables.items() if name.startswith(PREFIX)}
    return {name: value for name, value in {**others, **secrets}.items() if not _is_open(value)}


def _typed(answer: Any) -> Any:
    return answer.strip() if isinstance(answer, str) else answer


def _is_open(answer: Any) -> bool:
    return answer is None or answer == [] or (isinstance(answer, str) and answer.strip() in ("", AS_INVENTORY))
