# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What C(vpn_action) does: negotiate tunnels anew, clear their SAs, turn them off and on."""

from __future__ import annotations

import time
from typing import Any, Iterable, Sequence

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import arguments
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device import high_availability
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.connection import Session
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.patience import NotYet
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput, PanosVpnError, Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.inquiry import vpn_state
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.rules import CLOUDS, rules_of
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.selection import not_there, select
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks import negotiating
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.commit import COMMITTING, jobs_of
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.module import NOTHING_WRITTEN, PanosModule, target_of, telling, with_session
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.proving import Proof, Running
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.switching import GATEWAY, PEER, TUNNEL, Change, Switch
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.turns import add
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.writing import journal_of
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import outcome

# As the resources gather them, of one group: those that are negotiated together.
Tunnels = list[dict]
# Where an IKE gateway has its key.
_KEY = ("authentication", "pre-shared-key", "key")
RECONNECT, INITIATE, CLEAR, ENABLE, DISABLE, ROTATE = "reconnect", "initiate", "clear", "enable", "disable", "rotate_keys"


def argument_spec() -> dict:
    return {
        **arguments.PROVIDER, **arguments.WRITING, **arguments.OPTION_PREFIX,
        "action": {"type": "str", "required": True, "choices": [RECONNECT, INITIATE, CLEAR, ENABLE, DISABLE, ROTATE]},
        "name": {"type": "list", "elements": "str"},
        "all": {"type": "bool"},
        "vsys": dict(arguments.LOCATIONS["vsys"]),
        "object": {"type": "str", "choices": [TUNNEL, GATEWAY, PEER], "default": TUNNEL},
        "pre_shared_keys": {"type": "list", "elements": "str", "no_log": True},
        "cloud": {"type": "str", "choices": [*CLOUDS]},
        "timeout": {"type": "int", "default": 30},
        "poll": {"type": "float"},
        "commit": {"type": "bool", "default": True},
        "journal": {"type": "path"},
        **COMMITTING,
    }


def run() -> None:
    """The whole life of the module."""
    module = PanosModule(argument_spec(), mutually_exclusive=[("name", "all")], required_if=[("action", ROTATE, ("name", "pre_shared_keys"))])
    writes = module.params["action"] in (ENABLE, DISABLE, ROTATE)
    with_session(module, lambda session: _Task(module, session).run(), NOTHING_WRITTEN if writes else "nothing was cleared or initiated")


class _Task:
    """One run of the module."""

    def __init__(self, module: PanosModule, session: Session):
        self.module, self.session, self.params = module, session, module.params
        self.names = arguments.trimmed(self.params["name"] or [])
        if not self.names and not self.params["all"]:
            raise InvalidInput("name: say which VPNs, tunnels or gateways are meant, or all: true for every tunnel of this firewall")
        if self.params["journal"] and len(self.names) != 1:
            raise InvalidInput("journal: it is kept under the name of one VPN; give exactly one name")
        if self.params["poll"] is not None and self.params["poll"] <= 0:
            raise InvalidInput("poll: give more than 0 seconds")
        self.target = target_of(module, session)
        high_availability.refuse_inactive(session)
        self.listing = vpn_state.Listing(self.target)
        self.running = Running.of(self.target)
        self.everything = self.running.configuration
        self.chosen, missing = (self.everything, []) if self.params["all"] else select(self.everything, self.names)
        if missing:
            raise Refused(f"{session.place}: {'; '.join(not_there(name, self.everything) for name in missing)}")

    def run(self) -> dict:
        action = self.params["action"]
        with telling({"warnings": self.listing.warnings}):
            result = self._done(action)
        return {**result, "warnings": [*result["warnings"], *self.listing.warnings]}

    def _done(self, action: str) -> dict:
        for option in ("pre_shared_keys", "cloud") if action != ROTATE else ():
            if self.params[option]:
                raise InvalidInput(f"{option}: it goes with action: {ROTATE}")
        if action in (ENABLE, DISABLE):
            return self._switch(action == ENABLE)
        return self._rotate() if action == ROTATE else self._negotiate(action)

    # In configuration.

    def _rotate(self) -> dict:
        """New keys, from the last tunnel to the first, the next one only when the one before is up with its own. Nothing else is written."""
        if self.params["object"] != TUNNEL:
            raise InvalidInput(f"object: {ROTATE} gives keys to the gateways of tunnels; object goes with enable and disable")
        if not self.params["commit"]:
            raise InvalidInput(f"commit: {ROTATE} commits each key before it has the tunnel negotiated; leave commit out")
        keys, groups = self._new_keys(), self._groups()
        if self.module.check_mode:
            stopped = [tunnel["name"] for group in groups if self._gets_new_keys(group, keys) for tunnel in self._sharing(group)]
            change = Change(self.module, self.target)
            written = self._write_keys(keys, change)
            told = [self._announced(ROTATE, stopped)] if stopped else []
            to_commit = change.commit(written, "")["committed"] if written["uncommitted"] else []
            return {**written, "interrupts": stopped, "tunnels": [], "committed": to_commit, "jobs": [], "warnings": [*written["warnings"], *told]}
        result: dict = {"changed": False, "interrupts": [], "tunnels": [], "committed": [], "jobs": [], "warnings": []}
        with telling(result):
            while groups:
                group = groups.pop()
                self._rotate_group(group, _of_group(group, keys), groups, result)
            self._keep_for_good(keys)
        if not journal_of(self.module):
            result.pop("journal", None)
        return result

    def _gets_new_keys(self, group: Tunnels, keys: dict[str, str]) -> bool:
        """In check mode: whether the group would be negotiated anew, which a key that is there already does not need."""
        written = self._write_keys(_of_group(group, keys))
        return written["changed"] or written["uncommitted"]

    def _rotate_group(self, group: Tunnels, keys: dict[str, str], rest: Sequence[Tunnels], result: dict) -> None:
        before = self._flows()
        change = Change(self.module, self.target)
        written = self._write_keys(keys, change)
        add(result, {**written, "changed": written["uncommitted"]})
        if not written["uncommitted"]:
            return
        stopped = [tunnel["name"] for tunnel in self._sharing(group)]
        self.module.announce(outcome.announced(stopped))
        done = change.commit(written, f"new keys of {', '.join(keys)}"[:255])
        add(result, {
            "changed": True, "earlier_changes": written["earlier_changes"], "uncommitted": False, "interrupts": stopped, "committed": done["committed"],
            "jobs": jobs_of(done), "warnings": [*done["warnings"], self._announced(ROTATE, stopped)]})
        told = [{"name": tunnel["name"], "answers": []} for tunnel in group]
        result["tunnels"] += told
        try:
            has_cleared = self._clear(group, told)
            self._initiate(group, told)
            self._await(group, told, before, rest)
        except PanosVpnError as exc:
            way_back = "config_revert takes it back" if self.params["journal"] else "the former one is kept nowhere (journal): give it again to have it back"
            raise exc.leaving(f"the new key of {', '.join(keys)} is committed; {way_back}")
        self._settle([said["name"] for said in told if said.get("up") and negotiating.can_be_told(before, said["name"], has_cleared)])

    def _new_keys(self) -> dict:
        """IKE gateway → its new key, in the order of the tunnels; those that keep theirs are left out. Raises InvalidInput for another number of keys."""
        keys = self.params["pre_shared_keys"]
        names = list(dict.fromkeys(name for group in self._groups() for tunnel in group for name in tunnel["ike_gateways"]))
        if len(keys) != len(names):
            raise InvalidInput(f"pre_shared_keys: give one key for each IKE gateway of {self._meant()}, in the order {', '.join(names)} "
                               f"({len(names)}), not {len(keys)}; an empty one leaves that of its gateway")
        found = {name: key for name, key in zip(names, keys) if key}
        if not found:
            raise InvalidInput("pre_shared_keys: all of them are empty, so there is nothing to rotate")
        for name, key in found.items():
            problem = rules_of(self.params["cloud"]).key_problem(key)
            if problem:
                raise InvalidInput(f"pre_shared_keys: IKE gateway '{name}' {problem.replace('has', 'would have', 1)}")
        return found

    def _write_keys(self, keys: dict, change: Change | None = None) -> dict:
        change = change or Change(self.module, self.target)
        return change.write([Switch(GATEWAY, name) for name in keys], lambda switch, entry: {"pre_shared_key": keys[switch.name]})

    def _switch(self, on: bool) -> dict:
        switches = self._switches()
        if not switches:
            raise Refused(f"{self._meant()}: has no {self.params['object']} that could be turned {'on' if on else 'off'}")
        change = Change(self.module, self.target)
        written = change.write(switches, lambda switch, entry: switch.on(entry) if on else switch.off(),
                               self._still_off() if on else ())
        to_commit = self.params["commit"] and written["uncommitted"]
        stopped = self._running() if not on and (written["changed"] or to_commit) else []
        result = {**written, "interrupts": stopped, "tunnels": [], "committed": []}
        if stopped:
            lost = f"routes of {_listed(stopped, 'BGP peer')}" if self.params["object"] == PEER else f"traffic of {_listed(stopped)}"
            result["warnings"] = [*result["warnings"], f"no {lost} until action: enable turns it on again"]
        if to_commit:
            with telling(result):
                done = change.commit(written, f"{self.params['action']} {', '.join(switch.label for switch in switches)}"[:255])
            done["warnings"] = [*result["warnings"], *done["warnings"]]
            done["changed"] = done["changed"] or result["changed"]
            result.update(done, uncommitted=self.module.check_mode)
        return result

    def _switches(self) -> list:
        kind = self.params["object"]
        if kind == PEER:
            return [Switch(PEER, peer["name"], peer["virtual_router"], peer["peer_group"]) for peer in self.chosen["bgp"]["peers"]]
        return [Switch(kind, item["name"]) for item in self.chosen["tunnels" if kind == TUNNEL else "gateways"]]

    def _still_off(self) -> list:
        """What keeps tunnels down although they are on."""
        if self.params["object"] != TUNNEL:
            return []
        return [f"tunnel '{tunnel['name']}' stays down: its IKE gateway '{gateway['name']}' is disabled too (object: ike_gateway turns it on)"
                for tunnel in self.chosen["tunnels"] for gateway in self.chosen["gateways"]
                if gateway.get("disabled") and gateway["name"] in tunnel.get("ike_gateways", ())]

    def _running(self) -> list:
        """The names of what is on now and stops when the chosen objects are off: tunnels, or the BGP peers."""
        if self.params["object"] == PEER:
            return [peer["name"] for peer in self.chosen["bgp"]["peers"] if peer.get("enable") is not False]
        if self.params["object"] == TUNNEL:
            return [tunnel["name"] for tunnel in self.chosen["tunnels"] if not tunnel.get("disabled")]
        gateways = {gateway["name"] for gateway in self.chosen["gateways"] if not gateway.get("disabled")}
        return [tunnel["name"] for tunnel in self.everything["tunnels"]
                if not tunnel.get("disabled") and gateways.intersection(tunnel.get("ike_gateways", ()))]

    # At run time.

    def _negotiate(self, action: str) -> dict:
        if self.params["object"] != TUNNEL:
            raise InvalidInput(f"object: {action} acts on tunnels and their IKE gateways together; object goes with enable and disable")
        groups = self._groups()
        before = self._flows()
        if action == INITIATE:
            groups = [group for group in groups if not all(negotiating.is_up(before, tunnel["name"]) for tunnel in group)]
        stopped = [] if action == INITIATE else [tunnel["name"] for group in groups for tunnel in self._sharing(group)]
        warnings = [self._announced(action, stopped)] if stopped else []
        result: dict[str, Any] = {"changed": bool(groups), "interrupts": stopped, "tunnels": [], "warnings": warnings}
        if self.module.check_mode:
            return {**result, "warnings": [": ".join(["check mode, nothing was sent", *warnings])] if groups else []}
        with telling(result):
            changed = [self._negotiate_group(action, group, groups[number:], before, result["tunnels"]) for number, group in enumerate(groups, 1)]
        return {**result, "changed": any(changed)}

    def _negotiate_group(self, action: str, group: Tunnels, rest: Sequence[Tunnels], before: negotiating.Flows, all_told: list[dict]) -> bool:
        """Whether anything was cleared or initiated. C(rest): the groups whose turn is later. C(before): all flows, before the first one's turn.

        C(all_told): takes what is told of the group's tunnels.
        """
        told = [{"name": tunnel["name"], "answers": []} for tunnel in group]
        all_told += told
        began = time.monotonic()
        if action == RECONNECT:
            self.module.announce(outcome.announced([tunnel["name"] for tunnel in self._sharing(group)]))
        has_cleared = action != INITIATE and self._clear(group, told)
        if action == CLEAR:
            return has_cleared
        self._initiate(group, told)
        self._await(group, told, before if action == RECONNECT else {}, rest)
        if action == RECONNECT:
            _measure(told, time.monotonic() - began)
            up = [said["name"] for said in told if said.get("up")]
            self._settle([name for name in up if negotiating.can_be_told(before, name, has_cleared)])
        return True

    def _groups(self) -> list:
        """The tunnels that were chosen; those with a gateway in common are negotiated together."""
        groups: list = []
        for tunnel in self._negotiable():
            gateways = set(tunnel["ike_gateways"])
            related = [group for group in groups if any(gateways.intersection(other["ike_gateways"]) for other in group)]
            groups = [group for group in groups if group not in related] + [[item for group in related for item in group] + [tunnel]]
        return groups

    def _negotiable(self) -> list:
        tunnels = self.chosen["tunnels"]
        off = [tunnel["name"] for tunnel in tunnels if tunnel.get("disabled")]
        off += [gateway["name"] for gateway in self.chosen["gateways"] if gateway.get("disabled") and gateway["name"] not in off]
        if off and not self.params["all"]:
            raise Refused(f"{_listed(off)}: disabled in the configuration, so nothing can be negotiated; action: enable turns it on")
        found = [tunnel for tunnel in tunnels if tunnel.get("ike_gateways") and tunnel["name"] not in off and not set(tunnel["ike_gateways"]).intersection(off)]
        if not found:
            raise Refused(f"{self._meant()}: has no tunnel that is negotiated by IKE")
        return found

    def _meant(self) -> str:
        return ", ".join(self.names) or f"all tunnels of {self.session.place}"

    def _sharing(self, group: Tunnels) -> list:
        """The group, and the tunnels of others that lose their IKE SA with it."""
        gateways = {gateway for tunnel in group for gateway in tunnel["ike_gateways"]}
        names = {tunnel["name"] for tunnel in group}
        return group + [tunnel for tunnel in self.everything["tunnels"]
                        if tunnel["name"] not in names and gateways.intersection(tunnel.get("ike_gateways", ()))]

    def _announced(self, action: str, stopped: Sequence[str]) -> str:
        if action == CLEAR:
            return f"traffic of {_listed(stopped)} stops until it is negotiated again"
        return f"traffic of {_listed(stopped)} stops for a moment" + (", one after the other" if len(stopped) > 1 else "")

    def _clear(self, group: Tunnels, told: list[dict]) -> bool:
        """Whether there was anything to clear."""
        answers = [_noted(told, answer) for answer in negotiating.clear(self.session, group)]
        return any(answer.found_something for answer in answers)

    def _initiate(self, group: Tunnels, told: list[dict]) -> None:
        for answer in negotiating.initiate(self.session, group):
            _noted(told, answer)

    def _flows(self) -> negotiating.Flows:
        return negotiating.by_tunnel(self.listing.flows())

    def _await(self, group: Tunnels, told: list[dict], before: negotiating.Flows, rest: Sequence[Tunnels]) -> None:
        """Until the group is up again, so that never more than it is down; C(before): flows whose SPIs do not count any more."""
        if not self.params["timeout"]:
            return

        def look() -> None:
            now = self._flows()
            for tunnel, said in zip(group, told):
                said["up"] = negotiating.is_up(now, tunnel["name"], negotiating.spis(before, tunnel["name"]))
            down = [said["name"] for said in told if not said["up"]]
            if down:
                raise NotYet(f"{_listed(down)} not up yet", self._still_down(down, rest))

        self.module.patience("timeout", "poll").until(look)

    def _settle(self, names: list[str]) -> None:
        """What was changed of these tunnels is proven, where a journal tells of it."""
        journal = journal_of(self.module)
        proof = Proof(self.target)
        for tunnel in self.chosen["tunnels"] if journal else ():
            if tunnel["name"] in names:
                proof.settle(tunnel, self.running, journal, self.module.tell)

    def _keep_for_good(self, keys: Iterable[str]) -> None:
        """What a journal tells of these keys is not taken back any more where all tunnels have come up with them: the far side has no others now."""
        journal = journal_of(self.module)
        if not journal:
            return
        proof = Proof(self.target)
        due = proof.due(journal, self.everything)
        unproven = {gateway for tunnel in self.everything["tunnels"] if tunnel["name"] in due for gateway in tunnel.get("ike_gateways", ())}
        proven = [Switch(GATEWAY, name).place(self.target) + _KEY for name in keys if name not in unproven]
        journal.release(proven, self.module.tell, lambda found: proof.is_settled(found, self.running))

    def _still_down(self, down: Sequence[str], rest: Sequence[Tunnels]) -> PanosVpnError:
        spared = [tunnel["name"] for other in rest for tunnel in other]
        return PanosVpnError(
            f"{_listed(down)} on {self.session.place}: not up {self.params['timeout']} s after it was initiated"
            + (f"; {_listed(spared)} not touched for that reason" if spared else "")
            + "; vpn_info tells the state and the reason")


def _of_group(group: list, keys: dict) -> dict:
    """Those of the keys that are for the gateways of a group."""
    return {name: key for name, key in keys.items() if any(name in tunnel["ike_gateways"] for tunnel in group)}


def _measure(told: list, seconds: float) -> None:
    """How long the tunnels of a group were interrupted, of those that were seen to come up."""
    for said in told:
        if said.get("up"):
            said["seconds"] = round(seconds, 1)


def _noted(told: list, answer: negotiating.Answer) -> negotiating.Answer:
    """An answer, told of each of the tunnels that it is about."""
    for said in told:
        if said["name"] in answer.tunnels:
            said["answers"].append({"command": answer.command, "answer": answer.text})
    return answer


def _listed(names: Sequence[str], kind: str = "tunnel") -> str:
    return (f"{kind} " if len(names) == 1 else f"{kind}s ") + ", ".join(f"'{name}'" for name in names)
