# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a message speaks of names: of what there is where something is called otherwise, and of options as the user has written them."""

from __future__ import annotations

import re
from difflib import SequenceMatcher, get_close_matches
from typing import Collection, Iterable, Mapping

# Names that a message lists of what there is.
_MOST = 10
# Of 1; from the standard library's own measure. Lower ones name what has only some letters in common.
_ALIKE = 0.6


def nearest(name: str, there: Iterable[str], alike: float = _ALIKE) -> str | None:
    """The one of the names that was probably meant; None where none is like it, or only less than C(alike), of 1."""
    by_lower = {each.lower(): each for each in there}
    wanted = _unabbreviated(name.lower())
    found = get_close_matches(wanted, list(by_lower), 1, alike)
    if not found and alike == _ALIKE:
        found = [each for each in by_lower if wanted and (wanted in each or each in wanted)][:1]
    return by_lower[found[0]] if found else None


def _unabbreviated(name: str) -> str:
    """PAN-OS's long word for what switches call C(eth) and C(ge)."""
    return re.sub(r"^(eth|ge|gi|e)-?(?=\d)", "ethernet", name)


def begins_nearly(name: str, prefix: str) -> bool:
    """Whether a name begins with a misspelt prefix."""
    return name[:1] == prefix[:1] and SequenceMatcher(None, prefix, name[:len(prefix)]).ratio() >= 0.8


def instead(name: str, there: Collection[str]) -> str:
    """What there is, in brackets, the nearest name first; for a sentence that says that C(name) is not there."""
    if not there:
        return " (there is none)"
    first = nearest(name, there)
    if first and len(there) == 1:
        return f" (perhaps '{first}' is meant, there is no other)"
    ordered = ([first] if first else []) + sorted(each for each in there if each != first)
    meant = f"perhaps '{first}' is meant; " if first else ""
    more = f" and {len(ordered) - _MOST} more" if len(ordered) > _MOST else ""
    return f" ({meant}there {'is' if len(ordered) == 1 else 'are'} {', '.join(ordered[:_MOST])}{more})"


def as_variables(text: str, options: Mapping[str, Collection[str]], prefix: str) -> str:
    """A text that speaks of a module's options, of which a role's variables are made: with the names of the variables, for whoever wrote those.

    C(options): each with the words that it can be set to, where these are few. An option whose name is a word of the language is one where such a word
    is said of it, where a sentence begins with it, or says what to say.
    """
    composed = "|".join(sorted((option for option in options if "_" in option), key=len, reverse=True))
    single = "|".join(option for option in options if "_" not in option)
    set_to = "|".join(rf"{option}(?=: (?:{'|'.join(words)})\b)" for option, words in options.items() if words and "_" not in option)
    if composed:
        text = re.sub(rf"(?<![\w.'/-])({composed})(?![\w'/-])", rf"{prefix}\1", text)
    if set_to:
        text = re.sub(rf"(?<![\w.'/-])({set_to})", rf"{prefix}\1", text)
    if single:
        text = re.sub(rf"(^|; |, |\bsay |\bor )({single})(?=: )", rf"\1{prefix}\2", text)
        text = re.sub(rf"(\bleave )({single})(?= out\b)", rf"\1{prefix}\2", text)
        # As Ansible's own validation speaks of an option.
        text = re.sub(rf"((?:^|; )value of |argument '|option ')({single})(?= must be |')", rf"\1{prefix}\2", text)
    return text
