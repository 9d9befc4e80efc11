# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The address API of Prisma Access: which addresses it has for the devices at the other ends. It has a key of its own, and knows remote networks only."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.channel import Channel
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.patience import NotYet, Patience
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import ConnectionFailed
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.scm.access import Access, Place
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.scm.answers import TOO_MANY, UNAVAILABLE, CloudError, come_again, content

_ASKED = {"serviceType": "remote_network", "addrType": "all", "location": "deployed"}
_WHAT = "ask the address API"


def deployed(access: Access, url: str, key: str, names: Sequence[str], patience: Patience) -> tuple[dict, list[str]]:
    """(its answer, which of the remote networks C(names) have no address in it): asked again for those as long as there is time."""
    place = access.place_of("address_url", url)
    channel = Channel(place.far_end)
    found: dict = {}
    running = patience.begun()

    def look() -> list[str]:
        nonlocal found
        found = Patience(access.retry_timeout, tell=patience.tell).until(lambda: _answer(channel, place, key))
        missing = [name for name in names if not any(_addresses(found, name))]
        if missing and running.left > 0:
            raise NotYet(f"the address API has no address yet for {', '.join(missing)}")
        return missing

    try:
        missing = running.until(look)
        return found, missing
    finally:
        channel.close()


def _answer(channel: Channel, place: Place, key: str) -> dict:
    headers = {"header-api-key": key, "Content-Type": "application/json", "Accept": "application/json"}
    try:
        answer = channel.exchange("POST", place.path, json.dumps(_ASKED).encode(), headers)
    except ConnectionFailed as exc:
        if exc.final:
            raise
        raise NotYet(str(exc), exc.saying(f"cannot {_WHAT}: {exc}")) from None
    try:
        told = content(answer)
    except ValueError:
        told = None
    said = told.get("result") if isinstance(told, dict) else None
    failed = CloudError(f"cannot {_WHAT}: {said if isinstance(said, str) else 'no reason is given'} (HTTP {answer.status})", answer.status)
    if answer.status in (TOO_MANY, *UNAVAILABLE):
        raise NotYet(f"the address API takes no requests (HTTP {answer.status})", failed, come_again(answer))
    if not isinstance(told, dict) or not isinstance(said, list) or told.get("status") != "success":
        raise failed
    return told


def _addresses(told: dict, name: str) -> Iterator[Any]:
    """The active addresses of the nodes that bear a remote network's name."""
    for zone in told["result"]:
        for detail in zone.get("address_details") or []:
            if name in (detail.get("node_name") or []) and detail.get("addressType") == "active":
                yield detail.get("address")
