# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the pairing roles decide before their one task: how far a run goes by its tags, and what is wrong with the variables before a firewall is asked."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import naming
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers import problems as peer_problems, readers
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import Profile
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.rules import rules_of
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import names, outcome
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.fit import fitted
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.vpn import FAILOVERS

PRESENT, ABSENT, RECONNECTED = "present", "absent", "reconnected"
PREFLIGHT, CONFIGURE, COMMIT, VERIFY = "preflight", "configure", "commit", "verify"

# What a sentence about the far side's description may begin with.
_OPTIONS = ("connection", "connection_id", "peer", "failover", "pre_shared_keys", "monitor_addresses")
# These with the words that they can be set to, where these are few.
_SET_TO = {**dict.fromkeys(_OPTIONS, ()), "failover": FAILOVERS}
# What a VPN that is to be made cannot do without → what it is. C({peer}), C({there}): how the cloud's rules speak of the far side.
NEEDED = {
    "failover": "it says how traffic goes over to another tunnel: pbf, bgp, ecmp or routes, as far as {peer} can",
    "outside_interface": "it is the interface that faces {peer}, for example ethernet1/8",
    "zone": "it is the zone of the tunnels, an existing or a new one",
    "source_zones": "it is the zones of the hosts that use the VPN",
    "local_networks": "it is the networks behind the firewall that use the VPN",
    "remote_networks": "it is the networks {there}",
}


@dataclass(frozen=True)
class Steps:
    """How far a run goes, and what follows from it for the options of M(tunnelsmith.panos_vpn.site_to_site_vpn)."""

    configure: bool
    commit: bool
    verify: bool
    rollout: str
    on_failure: str
    config_lock: bool

    @property
    def plain(self) -> dict[str, Any]:
        return asdict(self)


def steps(asked: Mapping[str, Any], run_tags: Collection[str] = (), skip_tags: Collection[str] = ()) -> Steps:
    """C(asked): the role's C(commit), C(verify), C(rollout), C(on_failure) and C(config_lock). C(run_tags), C(skip_tags): the run's.

    Tags that are none of the role's select nothing in it: whoever gave the whole role such a tag wants all of it.
    """
    wanted = {CONFIGURE, *(name for name in (COMMIT, VERIFY) if asked[name])}
    if {PREFLIGHT, CONFIGURE, COMMIT, VERIFY}.intersection(run_tags):
        wanted &= set(run_tags)
    wanted -= set(skip_tags)
    commit = COMMIT in wanted
    return Steps(
        configure=CONFIGURE in wanted, commit=commit, verify=VERIFY in wanted,
        # Where a step is left out, nobody sees the first tunnel come up before the other one's turn.
        rollout=asked["rollout"] if len(wanted) == 3 else outcome.TOGETHER,
        # What is not committed is not tried, so there is nothing to take back.
        on_failure=asked["on_failure"] if commit else outcome.FAIL,
        config_lock=bool(asked["config_lock"]) and commit)


def problems_of_steps(run: Mapping[str, Any]) -> list[str]:
    if run.get(COMMIT) and not run.get(CONFIGURE):
        return ["the tag commit goes with configure, which finds out what there is to commit, also of an earlier run: --tags configure,commit"]
    return []


@dataclass(frozen=True)
class Peer:
    """What a role was given of the far side. C(document): what C(cloud) prints, or without a cloud a profile.

    C(said): what goes with it besides, by the names of the reader's parameters. C(option): what the document is called.
    """

    document: Any
    cloud: str | None = None
    said: Mapping[str, Any] | None = None
    option: str = "connection"

    def profile(self) -> Profile:
        """Raises InvalidInput where it cannot be read, or nothing that it offers can be taken."""
        return fitted(readers.profile(self.document, self.cloud, self.said))


def problems_of_peer(
    peer: Peer, failover: str | None = None, pre_shared_keys: Sequence | None = None, monitor_addresses: Sequence | None = None, prefix: str = "",
) -> list[str]:
    """All that is wrong with the far side's description. C(prefix): what stands before the names of the options where they are a role's variables."""
    found = _of_peer(peer, failover, pre_shared_keys, monitor_addresses)
    return [naming.as_variables(sentence, _SET_TO, prefix) for sentence in found] if prefix else found


def _of_peer(peer: Peer, failover: str | None, pre_shared_keys: Sequence | None, monitor_addresses: Sequence | None) -> list[str]:
    try:
        return peer_problems.problems(peer.profile(), failover or None, pre_shared_keys or [], monitor_addresses or [])
    except InvalidInput as exc:
        return [str(exc) if str(exc).startswith(_OPTIONS) else f"{peer.option}: {exc}"]
    except ValueError as exc:
        return [f"monitor_addresses: {exc}"]


def problems(
    given: Mapping[str, Any], role: str, cloud: str | None = None, said: Mapping[str, Any] | None = None, named: Mapping[str, str] | None = None,
    needed: Mapping[str, str] | None = None, run: Mapping[str, Any] | None = None,
) -> list[str]:
    """All that is wrong with a role's variables. C(given): their names without prefix → values, with C(state) and C(document).

    C(named): what names the VPN, which every state needs; C(needed): what C(present) needs besides → what they are. C(run): how far it goes.
    """
    is_present, named = given["state"] == PRESENT, named or {}
    found = problems_of_steps(run or {})
    found += missing(given, role, {**(needed or {}), **_needed(cloud)} if is_present else named)
    name = str(given.get("name") or "")
    problem = rules_of(cloud).name_problem(name) or (names.problem_of_vpn(name) if name and not cloud else "")
    found += [f"{role}_{option}: {problem}" for option in list(named)[:1] if problem]
    if found or not is_present or not given.get("document"):
        return found
    peer = Peer(given["document"], cloud, said, "connection" if cloud else "peer")
    found = problems_of_peer(peer, given.get("failover"), _listed(given.get("pre_shared_keys")), _listed(given.get("monitor_addresses")), f"{role}_")
    return found if cloud else [_of_plain_tunnels(sentence, role, isinstance(given["document"], list)) for sentence in found]


def _listed(value: Any) -> Any:
    """A text where a list is wanted is one with commas, as Ansible has it."""
    return [text.strip() for text in value.split(",")] if isinstance(value, str) and value else value


def _of_plain_tunnels(sentence: str, role: str, is_list: bool) -> str:
    """What is wrong with tunnels that were written by hand is told of the variable that they stand in."""
    variable, document = (f"{role}_tunnels",) * 2 if is_list else (f"{role}_peer.tunnels", f"{role}_peer")
    sentence = re.sub(rf"^({role}_)?peer: ", f"{document}: ", sentence)
    sentence = re.sub(rf"^({role}_)?peer\.tunnels(?=\[)", variable, sentence)
    return re.sub(r"^tunnel (\d+): (\w+): ", rf"{variable}[\1].\2: ", sentence)


def missing(given: Mapping[str, Any], role: str, needed: Mapping[str, str]) -> list[str]:
    """One sentence for each variable that cannot be left out and is empty. C(needed): name without prefix → what it is."""
    return [f"{role}_{name} is not set; {meaning}" for name, meaning in needed.items() if given.get(name) in (None, "", [], {})]


def _needed(cloud: str | None) -> dict[str, str]:
    rules = rules_of(cloud)
    return {name: meaning.format(peer=rules.spoken, there=rules.there) for name, meaning in NEEDED.items()}
