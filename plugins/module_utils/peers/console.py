# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Settings that a person reads off a product's console, under the words that stand there. Capitals, blanks, underscores and hyphens do not matter."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.document import as_network
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import IkeOffer, IpsecOffer, Offers

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "": 1}


@dataclass(frozen=True)
class Setting:
    """C(words): what the console calls it; C(others): what else it is called, the product's API last. C(default): None where it has to be given."""

    name: str
    words: str
    others: tuple[str, ...] = ()
    default: Any = None
    needed: bool = True

    @property
    def called(self) -> str:
        return f"{self.words} ({self.name})"

    @property
    def in_api(self) -> str:
        """What a document of the API has to hold, which spells its names in one word."""
        first, *rest = (self.others[-1] if self.others else self.name).split("_")
        return first + "".join(part.capitalize() for part in rest)


def read(given: Any, settings: Sequence[Setting], place: str, strict: bool = True) -> dict[str, Any]:
    """The settings by their names. C(strict): refuse what is none of them. Raises InvalidInput with all that is missing."""
    if not isinstance(given, Mapping):
        raise InvalidInput(f"{place} is no dictionary of settings; it takes {', '.join(setting.called for setting in settings)}.")
    known = {_folded(name): setting for setting in settings for name in (setting.name, setting.words, *setting.others)}
    foreign = [str(name) for name in given if _folded(name) not in known]
    if foreign and strict:
        raise InvalidInput(f"{place}: there is no {', '.join(foreign)}; there are {', '.join(setting.called for setting in settings)}.")
    told = {known[_folded(name)].name: value for name, value in given.items() if _folded(name) in known and value not in (None, "", [])}
    found = {setting.name: told.get(setting.name, setting.default) for setting in settings}
    lacking = [setting for setting in settings if setting.needed and found[setting.name] is None]
    if lacking:
        of_api = {_folded(name) for setting in settings for name in setting.others} & {_folded(name) for name in given}
        missing = [setting.in_api if of_api else setting.called for setting in lacking]
        raise InvalidInput(f"{place}: {', '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing.")
    return found


def _folded(name: object) -> str:
    return re.sub(r"[^a-z0-9]", "", str(name).lower())


def networks(value: Any, place: str) -> list[str]:
    """A list of networks, or several in one text, separated by commas."""
    texts = re.split(r"[,\s]+", value.strip()) if isinstance(value, str) else value if isinstance(value, (list, tuple)) else [value]
    found = []
    for text in texts:
        network = as_network(text.get("cidr") if isinstance(text, dict) else text, None)
        if network is None:
            raise InvalidInput(f"{place}: '{text}' is no network.")
        found.append(str(network))
    return list(dict.fromkeys(found))


def seconds(value: Any, place: str) -> int:
    """A time as a number of seconds, or with its unit, such as C(8h)."""
    found = re.fullmatch(r"\s*(\d+)\s*([smhd]?)[a-z]*\s*", str(value).lower())
    if found is None or isinstance(value, bool):
        raise InvalidInput(f"{place}: '{value}' is no time; give seconds, or such as 8h.")
    return int(found.group(1)) * _UNITS[found.group(2)]


def words(value: Any, known: Mapping[str, str], place: str) -> tuple[str, ...]:
    """One of a product's words, or several, in PAN-OS's words."""
    given = value if isinstance(value, (list, tuple)) else re.split(r"[,\s]+", str(value).strip())
    folded = {_folded(name): word for name, word in known.items()}
    unknown = [str(each) for each in given if _folded(each) not in folded]
    if unknown or not given:
        raise InvalidInput(f"{place}: '{', '.join(unknown)}' is none of {', '.join(known)}.")
    return tuple(dict.fromkeys(folded[_folded(each)] for each in given))


def offers(said: Mapping[str, Any], settings: Sequence[Setting], options: Mapping[tuple[str, str], tuple[str, Mapping[str, str]]],
           lifetimes: tuple[int, int], place: str) -> Offers:
    """What the settings say that a product takes. C(options): (phase, option of the offers) → what the console calls it, and its words."""
    told: dict[str, dict] = {"ike": {}, "ipsec": {}}
    for (phase, option), (called, known) in options.items():
        setting = next(each for each in settings if each.words == called)
        told[phase][option] = words(said[setting.name], known, f"{place}: {called}")
    return Offers(IkeOffer(**told["ike"], lifetime_seconds=lifetimes[0]), IpsecOffer(**told["ipsec"], lifetime_seconds=lifetimes[1]))
