# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What several questions about one firewall were answered, as one answer."""

from __future__ import annotations

import functools
from typing import Any, Collection, Iterator, Mapping, Sequence

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.health import Health, worst


def joined(answers: Sequence[Mapping]) -> dict:
    """C(answers): what vpn_info returned for each question. C(failures) of the result are its texts where it failed.

    A VPN that several questions found is as the first one says, which was asked by its name; the later ones did not know what is to pass.
    """
    known: set[str] = set()
    new = []
    for answer in answers:
        new.append(_of_others(answer, known))
        known |= {str(vpn.get("name")) for vpn in answer.get("vpns") or ()}
    found = functools.reduce(_laid_together, new, {})
    health = worst(Health(answer.get("health", Health.DOWN)) for answer in new)
    failures = [str(answer["msg"]) for answer in answers if answer.get("msg")]
    return {**found, "health": health.value, "healthy": health is Health.HEALTHY, "failures": failures}


def _of_others(answer: Mapping, known: Collection[str]) -> Mapping:
    """What an answer says of other VPNs than these, and of the firewall."""
    vpns = answer.get("vpns") or ()
    again = [vpn for vpn in vpns if str(vpn.get("name")) in known]
    if not again:
        return answer
    left = [vpn for vpn in vpns if vpn not in again]
    told, names = _reasons(again) - _reasons(left), {part.get("name") for part in _parts(again)}
    problems = [problem for problem in answer.get("problems") or () if problem not in told]
    causes = [cause for cause in answer.get("diagnosis") or () if cause.get("tunnel") not in names]
    health = worst(Health(vpn["health"]) for vpn in left) if _reasons(left).issuperset(problems) else Health(answer["health"])
    return {**answer, "vpns": left, "problems": problems, "diagnosis": causes, "health": health.value}


def _parts(vpns: Sequence[Mapping]) -> Iterator[Mapping]:
    """The VPNs, and their tunnels."""
    for vpn in vpns:
        yield vpn
        yield from vpn.get("tunnels") or ()


def _reasons(vpns: Sequence[Mapping]) -> set:
    return {reason.get("reason") for part in _parts(vpns) for reason in part.get("reasons") or ()}


def _laid_together(one: Any, other: Any) -> Any:
    """Of lists, everything once; of mappings, what is in either; of anything else, the first."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return {key: _laid_together(one.get(key, other.get(key)), other.get(key, one.get(key))) for key in (*one, *(key for key in other if key not in one))}
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return [*one, *(item for item in other if item not in one)]
    return one
