# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What several questions about one firewall were answered, as one answer."""

from __future__ import annotations

import functools
from typing import Any, Mapping, Sequence

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.health import Health, worst


def joined(answers: Sequence[Mapping]) -> dict:
    """C(answers): what vpn_info returned for each question. C(failures) of the result are its texts where it failed."""
    found = functools.reduce(_laid_together, answers, {})
    health = worst(Health(answer.get("health", Health.DOWN)) for answer in answers)
    failures = [str(answer["msg"]) for answer in answers if answer.get("msg")]
    return {**found, "health": health.value, "healthy": health is Health.HEALTHY, "failures": failures}


def _laid_together(one: Any, other: Any) -> Any:
    """Of lists, everything once; of mappings, what is in either; of anything else, the first."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return {key: _laid_together(one.get(key, other.get(key)), other.get(key, one.get(key))) for key in (*one, *(key for key in other if key not in one))}
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return [*one, *(item for item in other if item not in one)]
    return one
