# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What this firewall makes of a far side's description: proposals, MTU and anti-replay window, as PAN-OS has them."""

from __future__ import annotations

from dataclasses import replace

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import Offers, Profile, Tunnel
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.rules import Rules, rules_of
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.platform import version_numbers
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Version
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import proposal
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.mtu import interface_mtu

REPLAY_WINDOWS = (64, 128, 256, 512, 1024, 2048, 4096)


def replay_window(packets: int) -> int:
    """The smallest anti-replay window of PAN-OS that holds C(packets); the two sides need not agree."""
    for window in REPLAY_WINDOWS:
        if packets <= window:
            return window
    raise InvalidInput(f"an anti-replay window of {packets} packets is larger than PAN-OS has; the largest is {REPLAY_WINDOWS[-1]}")


def fitted(profile: Profile, panos_version: str | None = None, outside_mtu: int = 1500, nat_traversal: bool = False) -> Profile:
    """The profile with one proposal a phase of what each tunnel offers, and with what follows from it.

    C(panos_version) is what the firewall reports, such as V(11.1.4-h2), where it is known. C(outside_mtu) is in octets.
    Raises C(InvalidInput) with all that stands in the way, in the cloud's own words.
    """
    version = None if panos_version is None else _version(panos_version)
    rules, nat = rules_of(profile.cloud), nat_traversal or profile.acceleration
    where = f"{rules.connection} {profile.id}"
    tunnels, warnings, reasons = [], [], []
    for tunnel in profile.tunnels:
        reason = _impossible(tunnel, rules, version)
        if reason:
            reasons.append(f"Tunnel to {tunnel.outside_address}: {reason}")
            continue
        tunnel, weaknesses = _with_proposal(tunnel, version)
        tunnels.append(_with_figures(tunnel, outside_mtu, nat))
        # In the words of the task that takes the same proposal: Ansible shows one text once.
        warnings += [f"{profile.id}, tunnel to {tunnel.outside_address}: {text}" for text in weaknesses]
    if reasons:
        raise InvalidInput(f"{where} cannot be configured on PAN-OS. {'. '.join(reasons)}. Change the tunnel options {rules.there}.")
    return replace(profile, tunnels=tuple(tunnels), warnings=profile.warnings + tuple(warnings))


def _version(text: str) -> Version:
    try:
        return version_numbers(text)
    except ValueError:
        raise InvalidInput(f"'{text}' is not a PAN-OS version; give one such as 11.1.4-h2") from None


def _impossible(tunnel: Tunnel, rules: Rules, version: Version | None) -> str:
    """Why none of a tunnel's offers can be taken, or nothing."""
    if tunnel.offers is None:
        return ""
    unknown = _unknown(tunnel.offers, rules) + list(tunnel.offers.demands)
    if unknown:
        return "; ".join(unknown)
    try:
        proposal.choose(tunnel.offers, version)
    except InvalidInput as exc:
        return f"{exc}; {rules.spoken} has {'; '.join(_spelled(tunnel.offers, rules))}"
    return ""


def _unknown(offers: Offers, rules: Rules) -> list[str]:
    """Options of which no supported PAN-OS has any value."""
    possible, found = proposal.possible(offers), []
    for (phase, option), preference in proposal.PREFERENCE.items():
        needless = option == "authentication" and any(proposal.is_gcm(cipher) for cipher in possible.ipsec.encryption)
        if not getattr(getattr(possible, phase), option) and not needless:
            name, words = rules.spelled(phase, option, getattr(getattr(offers, phase), option))
            found.append(f"{name} has only {', '.join(words) or 'nothing'}, PAN-OS has {', '.join(preference)}")
    return found


def _spelled(offers: Offers, rules: Rules) -> list[str]:
    spelled = [rules.spelled(phase, option, getattr(getattr(offers, phase), option)) for phase, option in proposal.PREFERENCE]
    return [f"{name} {', '.join(words)}" for name, words in spelled]


def _with_proposal(tunnel: Tunnel, version: Version | None) -> tuple[Tunnel, list[str]]:
    if tunnel.offers is None:
        return tunnel, []
    ike, ipsec, warnings = proposal.choose(tunnel.offers, version)
    return replace(tunnel, ike=ike, ipsec=ipsec, offers=proposal.possible(tunnel.offers)), warnings


def _with_figures(tunnel: Tunnel, outside_mtu: int, nat: bool) -> Tunnel:
    window = replay_window(tunnel.anti_replay_window) if tunnel.anti_replay_window else None
    return replace(tunnel, mtu=interface_mtu(tunnel, tunnel.ipsec, outside_mtu, nat), anti_replay_window=window)
