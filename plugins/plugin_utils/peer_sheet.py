# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A peer's sheet as data, as Markdown, or as one self-contained page. What is on it is decided in module_utils/peers, how the page looks in
peer_sheet.html.j2."""

from __future__ import annotations

import pathlib
from dataclasses import replace
from typing import Any, Sequence

from ansible.errors import AnsibleFilterError
from ansible.module_utils.parsing.convert_bool import boolean

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers import sheet
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.fields import read
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import Profile
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.fit import fitted
from ansible_collections.tunnelsmith.panos_vpn.plugins.plugin_utils.vpn_report import environment

TEMPLATE = pathlib.Path(__file__).with_suffix(".html.j2")


def page(made: sheet.Sheet) -> str:
    """The HTML text, in which whatever the sheet says is escaped."""
    return environment().get_template(TEMPLATE.name).render(sheet=made)


FORMATS = {"data": sheet.data, "markdown": sheet.markdown, "html": page}


def written(given: Any, product: str | None, form: str, local_networks: Sequence[str], remote_networks: Sequence[str], outside_addresses: Sequence[str],
            keys: Sequence[str], show_keys: Any) -> Any:
    """The sheet of a profile in one of the forms. C(outside_addresses): the firewall's, one for all tunnels or one for each."""
    if form not in FORMATS:
        raise AnsibleFilterError(f"format is one of {', '.join(FORMATS)}, not {form!r}")
    try:
        show = boolean(show_keys or False)
    except TypeError as exc:
        raise AnsibleFilterError("show_keys is true or false") from exc
    try:
        profile = _with_proposals(_known_as(read(Profile, given, "profile"), list(outside_addresses)))
        return FORMATS[form](sheet.sheet(profile, product or profile.cloud or sheet.GENERIC, remote_networks, local_networks, keys, show))
    except InvalidInput as exc:
        raise AnsibleFilterError(str(exc)) from exc


def _known_as(profile: Profile, addresses: list[str]) -> Profile:
    """The profile with the addresses by which the other side knows the firewall, where they are given."""
    count = len(profile.tunnels)
    if not addresses:
        return profile
    if len(addresses) not in (1, count):
        raise InvalidInput(f"outside_addresses: give one for all tunnels, or one for each ({count}), not {len(addresses)}")
    each = addresses if len(addresses) == count else addresses * count
    return replace(profile, tunnels=tuple(replace(tunnel, customer_outside_address=address) for tunnel, address in zip(profile.tunnels, each)))


def _with_proposals(profile: Profile) -> Profile:
    """With one proposal per phase, which is the one that was chosen already or else one of the offers; a tunnel that has neither stays as it is."""
    tunnels = tuple(replace(tunnel, offers=None) if tunnel.ike.dh_group else tunnel for tunnel in profile.tunnels)
    profile = replace(profile, tunnels=tunnels)
    return fitted(profile) if all(tunnel.ipsec.encryption or tunnel.offers for tunnel in tunnels) else profile
