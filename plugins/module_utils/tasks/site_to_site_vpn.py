# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What C(site_to_site_vpn) does: carries a VPN through its life, as far as that is asked for.

A turn is written and committed, and verified; then comes the next tunnel's turn, or the end: it holds, is taken back, or is left as it
stands. Everything is said over one session. What follows from what was seen is decided in C(vpn/outcome.py).
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import Any, Collection, Mapping, Sequence

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import arguments
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.naming import instead
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.path import Path
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis import sentences
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.behind import Behind, refuse_unknown
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.patience import NotYet, Waiting, alone, together
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.target import Target
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput, PanosVpnError, Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.firewall import rulebases
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.inquiry import address_objects
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.inquiry.vpn_watch import Question, View, Watch
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers import document, fields
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import PEER_TUNNEL, Profile, tunnels_of
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile import revert
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.values import given
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.health import Health
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.selection import egress, interface_to
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.state import grouped
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.summary import summary
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.telling import tell
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks import config_revert, delivery, journal as journals, negotiating, verifying
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.commit import COMMITTING, commit_changes, jobs_of
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.module import (
    PanosModule, locked, target_of, telling, with_session,
)
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.proving import Negotiated, Proof, Running, sessions_of
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.vpn_planning import Planning, Wish
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.writing import journal_of
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn import negotiation, outcome, rollout
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.negotiation import Agreed
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.outcome import Again, Asked, Seen, Step, Up
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.vpn import FAILOVERS, Vpn, check, check_name


def _list(elements: str, **more) -> dict:
    return {"type": "list", "elements": elements, **more}


_VPN = {
    "tunnels": _list("dict", options=PEER_TUNNEL),
    "pre_shared_keys": _list("str", no_log=True),
    "bgp_secrets": _list("str", no_log=True),
    "failover": {"type": "str", "choices": list(FAILOVERS)},
    "policy_based": {"type": "bool"},
    "outside_interface": {"type": "str"},
    "local_address": {"type": "str"},
    "local_id": {"type": "str"},
    "nat_traversal": {"type": "bool"},
    "tunnel_interfaces": _list("str"),
    "zone": {"type": "str"},
    "virtual_router": {"type": "str"},
    "source_zones": _list("str"),
    "local_networks": _list("str"),
    "remote_networks": _list("str"),
    "mtu": {"type": "int"},
    "monitor_interval": {"type": "int"},
    "monitor_threshold": {"type": "int"},
    "monitor_addresses": _list("str"),
    "primary_tunnel": {"type": "int"},
    "backup_routes": {"type": "bool"},
    "when_both_down": {"type": "str", "choices": ["discard", "route"]},
    "router_id": {"type": "str"},
    "install_route": {"type": "bool"},
    "local_preference": _list("int"),
    "as_path_prepend": _list("int"),
    "redistribute": {"type": "str", "choices": ["connected", "static", "other"]},
    "allow_readvertise": {"type": "bool"},
    "allow_default_route": {"type": "bool"},
    "nat_exemption": {"type": "bool"},
    "allow_summary_networks": {"type": "bool"},
    "security_rules": {"type": "str", "choices": ["both", "outbound", "none"]},
    "adopt": {"type": "bool", "default": False},
    "rule_position": {"type": "dict", "options": {
        "where": {"type": "str", "required": True, "choices": ["top", "bottom", "before", "after"]}, "rule": {"type": "str"}}},
}
# What is told of a look at the VPN.
_OF_A_LOOK = ("health", "healthy", "problems", "vpns", "summary", "diagnosis", "why")
# Seconds after a commit in which a firewall that ends BGP sessions by it has done so.
_ENDS_SESSIONS = 5.0
# What can differ between the firewalls behind a Panorama.
_OF_A_DEVICE = ("local_address", "local_id", "monitor_addresses", "router_id")
# Keys, one per tunnel.
_PER_TUNNEL = ("pre_shared_keys", "bgp_secrets")
_NEEDED = ("failover", "outside_interface", "zone", "source_zones", "local_networks", "remote_networks")


def argument_spec() -> dict:
    return {
        **arguments.PROVIDER, **arguments.WRITING, **arguments.LOCKING,
        "name": {"type": "str", "required": True},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        **{name: dict(option) for name, option in arguments.LOCATIONS.items()},
        "connection": {"type": "dict", "options": fields.argument_spec(Profile)},
        **_VPN,
        "devices": _list("dict", options={
            "serial": {"type": "str", "required": True},
            "connection": {"type": "dict", "options": fields.argument_spec(Profile)},
            **{option: dict(_VPN[option]) for option in _OF_A_DEVICE}}),
        "replaces": {"type": "str"},
        "rollout": {"type": "str", "choices": [outcome.TOGETHER, outcome.ONE_BY_ONE], "default": outcome.TOGETHER},
        "configure": {"type": "bool", "default": True},
        "commit": {"type": "bool", "default": False},
        **COMMITTING, **delivery.OPTIONS,
        "verify": {"type": "bool", "default": False},
        "verify_timeout": {"type": "int", "default": 120},
        "verify_poll": {"type": "float"},
        **verifying.OPTIONS,
        "on_failure": {"type": "str", "choices": [outcome.FAIL, outcome.KEEP, outcome.REVERT], "default": outcome.FAIL},
        "journal": {"type": "path"},
        "keep_journal": {"type": "bool", "default": False},
        **arguments.OPTION_PREFIX,
        "of_role": {"type": "dict"},
    }


def run() -> None:
    """The whole life of the module."""
    module = PanosModule(argument_spec(), [("netaddr", rulebases.IMPORT_ERROR)],
                         required_if=[("on_failure", outcome.REVERT, ("journal",))])
    with_session(module, lambda session: _run(module, session))


def _vpn(params) -> Vpn:
    values = given({option: arguments.trimmed(params[option]) for option in _VPN if option not in (*_PER_TUNNEL, "rule_position")})
    described = given(params["connection"] or {})
    values.setdefault("nat_traversal", described.get("acceleration", False))
    values["tunnels"], keys = tunnels_of(values.get("tunnels", described.get("tunnels", ()))), params["pre_shared_keys"]
    for option in _PER_TUNNEL:
        if params[option] and len(params[option]) != len(values["tunnels"]):
            raise Refused(f"{option}: give one key per tunnel ({len(values['tunnels'])}), not {len(params[option])}")
    if keys:
        values["tunnels"] = tuple(tunnel.with_key(key) for tunnel, key in zip(values["tunnels"], keys))
        values["pre_shared_keys"] = tuple(keys)
    if params["bgp_secrets"]:
        values["tunnels"] = tuple(tunnel.with_secret(secret) for tunnel, secret in zip(values["tunnels"], params["bgp_secrets"]))
        values["bgp_secrets"] = tuple(params["bgp_secrets"])
    position = params["rule_position"]
    if position:
        if (position["where"] in ("before", "after")) != bool(position["rule"]):
            raise Refused("rule_position: rule goes with where: before or after, and only with them")
        values["rule_position"] = (position["where"], position["rule"])
    return Vpn(name=params["name"], **{option: tuple(value) if isinstance(value, list) else value for option, value in values.items()})


def _run(module, session) -> dict:
    params = module.params
    check_name(params["name"])
    verifying.refuse_no_time(params, "verify_poll", "counter_interval", "probe_timeout")
    vpn, on_each = None, {}
    if params["state"] == "present" and params["configure"]:
        _refuse_missing(params)
        _refuse_revert_of_nothing(params)
        if params["replaces"] == params["name"]:
            raise InvalidInput(f"replaces: '{params['name']}' is this VPN itself; give the name of the older one, or leave it out")
        on_each = {device["serial"]: _vpn(_params_of(device, params)) for device in params["devices"] or ()}
        vpn = next(iter(on_each.values()), None) or _vpn(params)
        for each in on_each.values() or (vpn,):
            if not each.names_objects:
                check(each)
    target = target_of(module, session)
    if vpn is not None and vpn.names_objects:
        vpn = _with_networks_of_objects(vpn, target)
        on_each = {serial: _with_networks_of_objects(each, target) for serial, each in on_each.items()}
        for each in on_each.values() or (vpn,):
            check(each)
    _refuse_push(params, target)
    if target.behind is not None and params["verify"] and params["state"] == "present":
        _refuse_nobody(target, target.behind)
    asked = replace(_asked(params), by_push=target.behind is not None)
    if vpn is not None and on_each:
        _refuse_devices(on_each, target)
    return _Life(module, target, vpn, asked, on_each=on_each).run()


def _params_of(device: dict, params: dict) -> dict:
    """The options with what is said for one firewall in the place of what is said for all."""
    differing = given(device)
    if "connection" in differing:
        differing = {**differing, "tunnels": None}
    return {**params, **{option: value for option, value in differing.items() if option != "serial"}}


def _refuse_devices(on_each: dict[str, Vpn], target: Target) -> None:
    """Each firewall that gets the template has to be told what the variables are worth there."""
    found = target.behind
    if found is None:
        raise InvalidInput(f"devices: {target.place} is no Panorama; give tunnels or connection")
    there = {device.serial: device.words for device in found.firewalls if all(found.parts(device.serial))}
    unknown = [serial for serial in on_each if serial not in there]
    if unknown:
        raise Refused(f"devices: {', '.join(unknown)} gets nothing by {target.words} and device group '{target.location.device_group}'"
                      f"{instead(unknown[0], list(there))}; nothing was written")
    missing = [called for serial, called in there.items() if serial not in on_each]
    if missing:
        raise Refused(f"devices: {', '.join(missing)} gets {target.words} too, and the variables would have no value there; say what differs for it as well, "
                      "or take it out of the stack or the device group; nothing was written")


def _refuse_push(params, target: Target) -> None:
    """A push needs a Panorama, and something that is committed there; only what was pushed can be verified."""
    if target.behind is None and params["push"]:
        raise InvalidInput(f"push: {target.place} is no Panorama, a commit is all that it takes; leave push out")
    if target.behind is not None and params["push"] is False and params["verify"]:
        raise InvalidInput("verify: on a Panorama there is nothing to see, and its firewalls get the VPN by a push; say push: true, or verify: false")
    if params["push"] and params["configure"] and not params["commit"]:
        raise InvalidInput("push: only what is committed on a Panorama is pushed; say commit: true as well")


def _refuse_nobody(target: Target, behind: Behind) -> None:
    """A VPN that runs nowhere cannot be seen to work. C(behind): as of the target."""
    for kind in ("network", "rulebase"):
        target.base(kind)
    refuse_unknown(target.session, behind)
    if not any(all(behind.parts(device.serial)) for device in behind.firewalls):
        raise Refused(f"verify: {behind.nobody(target.words)}; or say verify: false; nothing was written")


def _with_networks_of_objects(vpn: Vpn, target: Target) -> Vpn:
    """With the networks of the address objects that are named: those are routed and compared, and the rules name the objects."""
    local, remote = (address_objects.networks(target, option, getattr(vpn, option)) for option in ("local_networks", "remote_networks"))
    return replace(vpn, local_networks=local, remote_networks=remote, local_addresses=vpn.local_networks, remote_addresses=vpn.remote_networks)


def _refuse_missing(params) -> None:
    """What a VPN that is to be written cannot do without; one that is only looked at or taken away needs its name alone."""
    missing = [option for option in _NEEDED if params[option] is None]
    described = [params["tunnels"], *(each["connection"] for each in (params, *(params["devices"] or ())))]
    if all(each is None for each in described):
        missing.insert(0, "tunnels (or the connection that has them)")
    if missing:
        raise InvalidInput(f"state is present but all of the following are missing: {', '.join(missing)}")


def _refuse_revert_of_nothing(params) -> None:
    if params["on_failure"] == outcome.REVERT and not (params["journal"] or "").strip():
        raise InvalidInput("on_failure: revert needs a journal, which says what is to be taken back; name a folder for it, or say on_failure: fail")
    if params["on_failure"] == outcome.REVERT and not params["commit"]:
        raise InvalidInput("on_failure: revert takes back what this task committed and found not to work; say commit: true as well")


def _asked(params) -> Asked:
    writes = params["configure"]
    return Asked(params["name"], params["state"] == "absent", writes and params["commit"], params["verify"], params["on_failure"],
                 params["keep_journal"])


@dataclass
class _Life:
    """One run of the module.

    C(told): all that has been done and seen by now. C(before): what was up before anything was changed, C(spis): on which SAs. C(committed_at): when
    the last commit of it had ended. C(took_over): with that another VPN went. C(remembers): a journal would tell what earlier runs left unproven, or
    there were none.
    C(on_each): behind a Panorama, serial number → the VPN there, where that differs.
    C(options): those of the task, with what is said for this firewall alone. C(proofs): behind a Panorama, serial number → what is known of that firewall.
    """

    module: Any
    target: Target
    vpn: Vpn | None
    asked: Asked
    told: dict = field(default_factory=lambda: {"changed": False, "warnings": []})
    on_each: Mapping[str, Vpn] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    before: Up | None = None
    spis: dict[str, frozenset] = field(default_factory=dict)
    committed_at: float | None = None
    took_over: bool = False
    proofs: dict[str, Proof] = field(default_factory=dict)
    proof: Proof = field(init=False)
    remembers: bool = field(init=False)
    delivery: delivery.Delivery | None = field(init=False)

    def __post_init__(self) -> None:
        self.proof = Proof(self.target)
        behind = self.target.behind
        self.delivery = delivery.Delivery(self.module, self.target, behind, self.asked.vpn) if behind is not None else None
        self.remembers = journals.is_kept(self.module.params["journal"])

    def run(self) -> dict:
        """Turn by turn; where it fails, all that was done is told beside the reason."""
        with telling(self.told):
            seen, step = self._turn()
            while step is Step.NEXT_TUNNEL:
                seen, step = self._later_turn()
            if not self.module.check_mode:
                self._end(seen, step)
        return self.told

    def _turn(self) -> tuple[Seen, Step]:
        """One turn, and what comes next."""
        seen = self._written() if self.module.params["configure"] else Seen()
        is_on_panorama = self.module.check_mode or not seen.uncommitted
        if self._delivers and is_on_panorama and not seen.failed:
            seen = self._delivered(seen)
        if self.module.check_mode:
            return seen, Step.LEAVE
        if outcome.can_verify(self.asked, seen.uncommitted) and not seen.failed:
            seen = alone(self._verified(seen)) if self.delivery is None else self._verified_on_each(seen, self.delivery)
        if seen.failed and outcome.may_take_back(self.asked):
            seen = replace(seen, after=self._up_now())
        return seen, outcome.step(self.asked, seen)

    def _later_turn(self) -> tuple[Seen, Step]:
        """Where it breaks off, it is told how well the whole VPN is then, and not how well the tunnel was that had its turn before."""
        try:
            return self._turn()
        except PanosVpnError:
            self._tell_the_whole()
            raise

    # Bringing it from a Panorama to its firewalls.

    @property
    def _delivers(self) -> bool:
        """Whether what is committed goes on to firewalls; said or not, that is where a VPN runs."""
        wanted = self.module.params["push"]
        return self.delivery is not None and (self.asked.commits if wanted is None else bool(wanted))

    def _delivered(self, seen: Seen) -> Seen:
        if self.delivery is None:
            return seen
        self.module.progress.about = "bringing it to the firewalls"
        is_new = seen.committed or (self.module.check_mode and self.told["changed"])
        told = self.delivery.deliver(is_new, not self.asked.removes, self._look_at_sessions_on_each)
        self._add({"earlier_changes": self.told.get("earlier_changes", []), **told})
        return replace(seen, undelivered=self.delivery.undelivered, delivered=self._names(self.delivery.reached))

    def _names(self, serials: Sequence[str]) -> tuple[str, ...]:
        """What firewalls behind the Panorama are called; one that is not connected by its serial number."""
        hostnames = self.target.behind.fleet.hostnames if self.target.behind else {}
        return tuple(hostnames.get(serial) or serial for serial in serials)

    def _on_firewalls(self, serials: Sequence[str]) -> list[tuple[str, _Life]]:
        """(name, what a task would do there) of firewalls behind the Panorama. What is to be remembered of them stands in the Panorama's journal."""
        params, asked = self.module.params, replace(self.asked, by_push=False)
        options = {device["serial"]: _params_of(device, params) for device in params["devices"] or ()}
        found = []
        for name, serial in zip(self._names(serials), serials):
            life = _Life(self.module, self.target.firewall(serial), self.vpn, asked, options=options.get(serial, {}))
            if serial not in self.proofs:
                self.proofs[serial] = Proof(life.target, self.target, serial)
                self.proofs[serial].wrote(self.proof.objects, self.proof.places)
            life.proof = self.proofs[serial]
            found.append((name, life))
        return found

    def _verified_on_each(self, seen: Seen, to: delivery.Delivery) -> Seen:
        """On all of them at once: what does not come up on one of them neither hides nor keeps the others."""
        failures = []
        if seen.delivered is None:
            self._add({"changed": False, "earlier_changes": [], **to.look()})
            seen = replace(seen, delivered=self._names(to.reached))
            failures += to.undelivered
        devices = {device["serial"]: device for device in self.told["devices"]}
        lives = {}
        for name, serial in zip(self._names(to.reached), to.reached):
            try:
                lives[serial] = self._on_firewalls([serial])[0]
            except PanosVpnError as exc:
                failures.append(f"{name}: {exc}")
        each = replace(seen, undelivered=(), delivered=None)
        looked = together([life._verified(each) for _name, life in lives.values()])
        looks = [(name, look) for (name, _life), look in zip(lives.values(), looked)]
        for serial, (name, life) in lives.items():
            devices[serial].update({key: value for key, value in life.told.items() if key not in ("changed", "warnings")})
            self.told["warnings"] += [f"{name}: {warning}" for warning in life.told["warnings"]]
        failures += [f"{name}: {look.look_failed}" for name, look in looks if look.look_failed is not None]
        healths = [device["health"] for device in devices.values() if "health" in device]
        problems = _of_each(looks, "problems")
        if healths:
            self.told.update(health=max(healths, key=[each.value for each in Health].index), healthy=not problems and not failures, problems=list(problems))
        return replace(seen, problems=problems, risks=_of_each(looks, "risks"), causes=_of_each(looks, "causes"), unproven=_of_each(looks, "unproven"),
                       sessions=_of_each(looks, "sessions"), look_failed="; ".join(failures) or None)

    # Writing and committing.

    def _written(self) -> Seen:
        planning = Planning(self.module, self.target, self._wish())
        failed: list[PanosVpnError] = []
        # Without a commit, what was written stays locked until the task that commits it.
        done = locked(self.module, self.target.session, lambda: self._write_and_commit(planning, failed),
                      lambda result: result["uncommitted"] and not self.asked.commits)
        self._add(done)
        self.took_over = self.took_over or bool(planning.turn.replaces and "committed" in done)
        self._wrote(planning.turn.negotiated)
        # Once a turn has made it, it stands; what was so before this task counts.
        self.remembers = self.remembers or not planning.turn.stood
        return Seen(
            tunnels=tuple(tunnel["name"] for tunnel in done.get("vpn", {}).get("tunnels", ())), noted=self._can_be_taken_back(),
            uncommitted=done["uncommitted"], committed="committed" in done, waiting=tuple(done.get("waiting", ())),
            recorded=planning.turn.recorded, commit_failed=failed[0].reason if failed else None, commit_goes_on=bool(failed) and failed[0].goes_on,
            before=self.before)

    def _wrote(self, objects: Collection[Agreed], places: Collection[Path] = ()) -> None:
        for proof in (self.proof, *self.proofs.values()):
            proof.wrote(objects, places)

    def _wish(self) -> Wish:
        goes_on = self.asked.commits and self.asked.verifies
        # A plan of what this task carries through shows all of it.
        in_turn = self.module.params["rollout"] == outcome.ONE_BY_ONE and not (self.module.check_mode and goes_on)
        goes_on = goes_on and self.module.params["rollout"] == outcome.ONE_BY_ONE
        return Wish(self.asked.vpn, self.vpn, self.module.params["replaces"] if self.vpn else None, in_turn, goes_on, self.on_each)

    def _write_and_commit(self, planning, failed: list) -> dict:
        """C(failed): takes the error of a commit, which does not end the run where the change is taken back."""
        done = planning.write(lambda: self._before_write(planning))
        if done["changed"] or done["uncommitted"]:
            told = _other_keys(self.module.params, None if not planning.turn.stood else planning.turn.interrupts)
            done["warnings"] += told
            for warning in told if self.asked.commits else ():
                self.module.announce(warning)
        if not self.asked.commits or not done["uncommitted"]:
            return done
        self.module.progress.about = outcome.told_of_turn(tuple(done.get("interrupts", ())), tuple(done.get("waiting", ())), "interrupts" in self.told)
        self._remember()
        self._look_at_sessions(planning)
        try:
            committed = commit_changes(self.module, self.target.session, done["objects"], done["earlier_changes"], self._description(),
                                       is_written=planning.is_written)
            self.committed_at = time.monotonic()
        except PanosVpnError as exc:
            failed.append(exc)
            done["warnings"] += exc.facts.pop("warnings", [])
            return {**done, **exc.facts}
        return {
            **done, "changed": done["changed"] or committed["changed"], "warnings": done["warnings"] + committed["warnings"],
            "uncommitted": self.module.check_mode, "committed": committed["committed"],
            "jobs": jobs_of(committed)}

    def _look_at_sessions(self, planning: Planning) -> None:
        """Which BGP sessions are there before what was changed of them is running: by that a later look tells which have begun since."""
        if self.asked.removes:
            return
        self._wrote((), planning.turn.spoken)
        journal = self._noted()
        places = self.proof.spoken(journal)
        # On the firewalls behind a Panorama it is running with the push.
        if not places or self.delivery is not None:
            return
        if planning.turn.stood or planning.pending:
            self.proof.look_before_commit()
        else:
            # Peers of a VPN that was in no configuration have none.
            self.proof.sessions = {}
        peers = [each.peer for each in planning.turn.speaking if each.place in places]
        if journal and peers:
            journal.note_sessions("", {peer: self.proof.sessions.get(peer) for peer in peers}, self.module.tell)

    def _look_at_sessions_on_each(self, serials: Sequence[str]) -> None:
        """The same on firewalls behind a Panorama that are about to get it."""
        journal = self._noted()
        if self.asked.removes or not self.proof.spoken(journal):
            return
        pushed = self.proof.running()
        for _name, life in self._on_firewalls(serials):
            life.proof.look_before_push(journal, pushed, self.module.tell)

    def _description(self) -> str:
        return self.module.params["description"] or f"{self.asked.vpn} {self.module.params['state']}, by tunnelsmith.panos_vpn.site_to_site_vpn"

    @property
    def _journal(self):
        """The journal as this task left it; one that it has only looked at is as it stands."""
        return self.module.journal or journal_of(self.module)

    def _noted(self) -> journals.Journal | None:
        """What earlier runs and this one have noted, as it stands."""
        return journal_of(self.module)

    def _can_be_taken_back(self) -> bool:
        return bool(self._journal and self._journal.differences)

    def _add(self, done: dict) -> None:
        """What a turn did, beside what the turns before it did."""
        told, done = self.told, dict(done)
        told["changed"] = done.pop("changed") or told["changed"]
        # What was uncommitted before the first turn was so before the run.
        told.setdefault("earlier_changes", done.pop("earlier_changes"))
        for name in ("warnings", "objects", "interrupts", "committed", "jobs", "push_jobs"):
            if name in done:
                told[name] = [*told.get(name, ()), *(item for item in done.pop(name) if item not in told.get(name, ()))]
        if "diff" in done:
            self._add_diff(done.pop("diff"))
        told.update(done)

    def _add_diff(self, diff) -> None:
        """One diff is told as one, those of several turns one after the other."""
        before = self.told.get("diff")
        self.told["diff"] = diff if before is None else [*(before if isinstance(before, list) else [before]), diff]

    # Looking.

    def _before_write(self, planning: Planning) -> None:
        """No tunnel is changed while another one has not shown that it works after its own change, in an earlier run."""
        if self.delivery is not None and self._delivers:
            self.delivery.refuse_foreign()
        self._remember()
        turn = planning.turn
        if turn.replaces:
            self.module.announce(turn.replaces)
        if turn.interrupts:
            self.module.announce(outcome.announced([turn.names[number] for number in turn.interrupts]))
        if self.module.params["rollout"] != outcome.ONE_BY_ONE or not self.asked.verifies or not turn.interrupts:
            return
        changing = tuple(turn.names[number] for number in (*turn.interrupts, *turn.waiting))
        lives = [self] if self.delivery is None else [life for _name, life in self._on_firewalls(self.delivery.connected)]
        for life in lives:
            unproven = alone(life._renegotiated(Seen(tunnels=tuple(turn.names.values()), waiting=changing), notes=False))
            if life.proof.spoken(life._noted()):
                unproven = replace(unproven, sessions=life._old_sessions(unproven, life.proof.running(), notes=False))
            if unproven.problems or unproven.unproven or unproven.sessions:
                raise Refused(outcome.not_before(self.asked, unproven))

    def _remember(self) -> None:
        """What is up before anything is changed; asked only where that may decide what becomes of the change."""
        if self.before is not None or not outcome.may_take_back(self.asked) or self.module.check_mode:
            return
        if self.delivery is not None:
            self.before = self._up_on_each(self.delivery)
        else:
            view = self._watch(Question()).look()
            flows = negotiating.by_tunnel(view.whole.flows)
            self.before, self.spis = _up(view), {name: negotiating.spis(flows, name) for name in flows}
            if not self._noted():
                self.proof.at_first = sessions_of(view.state.bgp_peers)

    def _up_on_each(self, to: delivery.Delivery) -> Up:
        """What is up on any of the firewalls, and with the firewall's name, on which."""
        looks = [(name, _up(life._watch(Question()).look())) for name, life in self._on_firewalls(to.connected)]

        def both(what: str) -> tuple[str, ...]:
            each = [(name, each) for name, up in looks for each in getattr(up, what)]
            return tuple(dict.fromkeys([*(each for _name, each in each), *(f"{each} on {name}" for name, each in each)]))

        return Up(both("tunnels"), both("peers"), both("there"))

    def _up_now(self) -> Up | None:
        try:
            return self._up_on_each(self.delivery) if self.delivery is not None else _up(self._watch(Question()).look())
        except PanosVpnError:
            return None

    def _watch(self, question: Question) -> Watch:
        return Watch(self.target, question)

    def _verified(self, seen: Seen) -> Waiting[Seen]:
        names = outcome.names_to_verify(self.asked, tuple(self.told.get("interrupts", ())), seen.waiting)
        watch = self._watch(self._question(names))
        try:
            seen = yield from self._renegotiated(seen)
            if seen.problems:
                return replace(seen, sessions=self._old_sessions(seen, self.proof.running()))
            seen = replace(seen, sessions=(yield from self._sessions_that_stay(seen)))
            view = yield from watch.until_healthy(self.module.patience("verify_timeout", "verify_poll"), self._begin if self.asked.commits else None)
            self._took_over(view)
            if seen.sessions:
                seen = replace(seen, sessions=self._old_sessions(seen, self.proof.running()))
        except PanosVpnError as exc:
            self.told["warnings"] += exc.facts.get("warnings", [])
            return replace(seen, look_failed=str(exc))
        return replace(self._judged(seen, watch, view), look_failed=self._elsewhere(view))

    def _elsewhere(self, view: View) -> str | None:
        """A pair that has gone over since the task began shows nothing here. Behind a Panorama both members have got it, and one of them is passive."""
        if not view.away or self.proof.panorama is not None:
            return None
        return (f"{self.target.place} is the {view.ha} member of its HA pair by now: what it shows of {self.asked.vpn} proves nothing. Run again on the active "
                "member")

    def _begin(self, view: View) -> None:
        """Negotiate the tunnels that are down and that no packet asks for: nobody is behind a VPN that was just made, and it is to show that it works."""
        configuration, flows = view.judged, negotiating.by_tunnel(view.whole.flows)
        rules, peers = grouped(configuration["pbf_rules"], egress), grouped(configuration["bgp"]["peers"], interface_to)
        for tunnel in configuration["tunnels"]:
            unit = tunnel.get("tunnel_interface")
            is_asked_for = negotiation.is_asked_for(tunnel, rules.get(unit, ()), peers.get(unit, ()))
            waits = tunnel.get("disabled") or negotiation.waits_for_its_peer(tunnel, configuration)
            if not waits and not is_asked_for and not negotiating.is_up(flows, tunnel["name"]):
                list(negotiating.initiate(self.target.session, [tunnel]))

    def _judged(self, seen: Seen, watch: Watch, view: View) -> Seen:
        """What does not work is a problem of the change; what works and is at risk is told beside.

        A tunnel's turn is proven by that tunnel alone. Where the run ends with it, what is told is how well the whole VPN is.
        """
        seen = replace(seen, problems=view.condition.problems(Health.DOWN))
        if outcome.step(self.asked, seen) is not Step.NEXT_TUNNEL:
            watch, view = self._of_the_whole(watch, view)
        diagnosis = self._tell(watch, view)
        causes = sentences.first_causes(diagnosis, verifying.concerned(view) or {found["tunnel"] for found in diagnosis})
        return replace(seen, risks=view.condition.problems(Health.AT_RISK), causes=tuple(causes))

    def _tell(self, watch: Watch, view: View) -> list[dict]:
        """How well what was looked at is, and why; the causes once more by themselves."""
        condition, diagnosis = view.condition, view.diagnosis or []
        state = tell(view.configuration, view.state, condition, watch.question.connection)
        self.told["warnings"] += [warning for warning in view.warnings if warning not in self.told["warnings"]]
        self.told.update(**verifying.told(view), summary=summary(state, condition), diagnosis=diagnosis, why=sentences.lines(diagnosis))
        return diagnosis

    def _tell_the_whole(self) -> None:
        """How well all of the VPN is; nothing where the firewall does not answer any more."""
        watch = self._watch(self._question((self.asked.vpn,)))
        try:
            self._tell(watch, watch.once())
        except PanosVpnError:
            for name in _OF_A_LOOK:
                self.told.pop(name, None)

    def _of_the_whole(self, watch: Watch, view: View) -> tuple[Watch, View]:
        """The same of all tunnels of the VPN; as it is where that was asked already, or where the firewall does not answer any more."""
        question = self._question((self.asked.vpn,))
        if watch.question.names == question.names:
            return watch, view
        whole = self._watch(question)
        try:
            return whole, whole.once()
        except PanosVpnError:
            return watch, view

    # What is negotiated is in force only when it has been negotiated.

    def _renegotiated(self, seen: Seen, notes: bool = True) -> Waiting[Seen]:
        """One tunnel after the other, the next one when all is well with the one before. C(seen.waiting): tunnels that are not concerned yet.

        C(notes): whether it is noted in the journal, which is not ours to write to while something is about to be written.
        """
        journal = self._noted()
        if not self.proof.concerned(journal):
            return replace(seen, unproven=())
        running = self.proof.running()
        configuration = running.configuration
        due = self.proof.due(journal, configuration)
        names = [name for name in due if name not in seen.waiting and (not seen.tunnels or name in seen.tunnels)]
        if not names:
            return replace(seen, unproven=())
        tunnels = {tunnel["name"]: tunnel for tunnel in configuration["tunnels"]}
        unproven: list[str] = []
        order = self._order(names, seen.tunnels)
        for place, name in enumerate(order):
            can_begin = self.asked.commits and not negotiation.waits_for_its_peer(tunnels[name], configuration)
            if not can_begin or self._is_spared(name, seen):
                unproven.append(name)
                continue
            self.told["interrupts"] = list(dict.fromkeys([*self.told.get("interrupts", ()), name]))
            self.module.progress.about = f"{name} is negotiated anew"
            watch = self._watch(self._question((name,)))
            done = yield from self.proof.negotiate(tunnels[name], watch, self.module.patience("verify_timeout", "verify_poll"))
            self._measured(name, done)
            if done.forgot:
                self.proof.settle(tunnels[name], running, journal if notes else None, self.module.tell)
            else:
                unproven.append(name)
            if not done.view.is_clear:
                return replace(self._judged(seen, watch, watch.judged(done.view)), unproven=(*unproven, *order[place + 1:]))
        return replace(seen, unproven=tuple(unproven))

    # So is what a BGP session begins with, when it has begun anew.

    def _sessions_that_stay(self, seen: Seen) -> Waiting[tuple[str, ...]]:
        """The tunnels through which old BGP sessions go on, when a firewall that ends them by a commit has had the time to do so."""
        if not self.proof.spoken(self._noted()):
            return ()
        running = self.proof.running()

        def look() -> tuple[str, ...]:
            old = self._old_sessions(seen, running)
            if old:
                raise NotYet(f"the BGP session through {', '.join(old)} has not begun anew yet")
            return old

        patience = self.module.patience("verify_timeout", "verify_poll")
        try:
            return (yield from replace(patience, timeout=min(patience.timeout, _ENDS_SESSIONS)).waiting(look))
        except NotYet:
            return self._old_sessions(seen, running)

    def _old_sessions(self, seen: Seen, running: Running, notes: bool = True) -> tuple[str, ...]:
        """The tunnels through which BGP sessions go on that are older than what was changed of them. C(notes): as of C(_renegotiated)."""

        def is_concerned(tunnel: str) -> bool:
            return tunnel not in seen.waiting and (not seen.tunnels or tunnel in seen.tunnels)

        return tuple(self.proof.old_sessions(running, self._noted(), self.module.tell, is_concerned, notes))

    def _measured(self, name: str, done: Negotiated) -> None:
        """How long a tunnel was interrupted; one that the commit had ended was so from its end on."""
        if not done.view.is_clear:
            return
        since = 0.0 if done.was_up or self.committed_at is None else time.monotonic() - done.seconds - self.committed_at
        self.told.setdefault("interruptions", []).append({"tunnel": name, "seconds": round(since + done.seconds, 1)})

    def _took_over(self, view: View) -> None:
        """How long nothing passed, at the most, while this VPN took the place of another one: until all of it was seen up."""
        if self.took_over and view.is_clear and self.committed_at is not None:
            seconds = round(view.at - self.committed_at, 1)
            self.told["interruptions"] = [{"tunnel": verdict.name, "seconds": max(seconds, 0.0)} for verdict in view.judgement.tunnels]

    def _order(self, names: list[str], tunnels: tuple[str, ...]) -> list[str]:
        """The one that is preferred last, those that are down first."""
        up = self.proof.up()
        numbers = {number: name for number, name in enumerate(tunnels or names, 1) if name in names}
        carrying = [number for number, name in numbers.items() if name in up]
        return [numbers[number] for number in rollout.order(numbers, self.module.params["primary_tunnel"] or 1, carrying)]

    def _is_spared(self, name: str, seen: Seen) -> bool:
        """The only tunnel that carries packets is not interrupted to prove it, unless all tunnels at once would have been."""
        others = [other for other in seen.tunnels if other != name]
        up = self.proof.up()
        is_last_one = bool(others) and name in up and up.isdisjoint(others)
        return is_last_one and self.module.params["rollout"] == outcome.ONE_BY_ONE

    def _up_again(self, seen: Seen) -> Again:
        """After it was taken back, what was up before and may have lost its SAs, or have made them with what is gone, begins anew too."""
        before = [name for name in (self.before or Up()).tunnels if name in seen.tunnels]
        if self.delivery is not None:
            return Again(unproven=tuple(before))
        try:
            again = self._negotiated_as_before(before, seen) if before else Again()
            return replace(again, sessions=tuple(self.proof.sessions_after_taking_back(self.proof.running(), self._noted(), self.module.tell)))
        except PanosVpnError as exc:
            return Again(trouble=str(exc))

    def _negotiated_as_before(self, before: list[str], seen: Seen) -> Again:
        running = self.proof.running()
        configuration = running.configuration
        there = {tunnel["name"]: tunnel for tunnel in configuration["tunnels"]}
        journal = self._noted()
        again: dict[str, list] = {"up": [], "down": [], "unproven": []}
        for name in self._order([name for name in before if name in there], seen.tunnels):
            is_as_before = name not in self.proof.cleared and self.proof.spis(name) == self.spis.get(name) and name in self.proof.up()
            if is_as_before:
                self.proof.settle(there[name], running, journal, self.module.tell)
                continue
            if negotiation.waits_for_its_peer(there[name], configuration) or (again["down"] and name in self.proof.up()):
                again["unproven"].append(name)
                continue
            self.module.progress.about = f"{name} is negotiated as before"
            watch = self._watch(Question(names=(name,)))
            done = alone(self.proof.negotiate(there[name], watch, self.module.patience("verify_timeout", "verify_poll")))
            is_up = done.view.is_clear and done.forgot
            if done.forgot:
                self.proof.settle(there[name], running, journal, self.module.tell)
            again["up" if is_up else "down"].append(name)
        return Again(**{kind: tuple(names) for kind, names in again.items()})

    def _question(self, names: tuple) -> Question:
        """Routes are asked for with the whole VPN: of its tunnels one alone may have the best path."""
        params = {**self.module.params, **self.options}
        return Question(
            names=names, routes=names == (self.asked.vpn,), connection=_described(params),
            source_zones=verifying.texts(params, "source_zones"),
            local_networks=verifying.networks(params, "local_networks", self.target),
            remote_networks=verifying.networks(params, "remote_networks", self.target),
            counter_interval=params["counter_interval"], probe=verifying.prober_of(params))

    # Ending.

    def _end(self, seen: Seen, step: Step) -> None:
        """Settle it, take it back, or leave it; and fail where that is how it ends."""
        left: tuple = ()
        again = Again()
        if step is Step.SETTLE and self._journal and not self.asked.keeps_journal:
            self._settle()
        if step is Step.TAKE_BACK:
            left = self._taken_back(seen)
            again = self._up_again(seen)
            if not journal_of(self.module):
                self.told.pop("journal", None)
        if step is not Step.TAKE_BACK:
            self.told["warnings"] += outcome.all_not_proven(seen.unproven, seen.sessions)
        if "healthy" in self.told:
            stands = again if step is Step.TAKE_BACK else seen
            self.told["unproven"] = list(dict.fromkeys((*stands.unproven, *stands.sessions)))
        seen = replace(seen, remembers=self.remembers or bool(seen.tunnels) and self._covers(seen.tunnels),
                       remembers_sessions=self.remembers or step is not Step.SETTLE or self._knows_its_sessions(seen))
        self.told["outcome"] = outcome.standing(self.asked, seen, step, left, again)
        if outcome.fails(self.asked, seen):
            why = outcome.reason(self.asked, seen)
            raise PanosVpnError(f"{why}. {self.told['outcome']}", reason=why)

    def _knows_its_sessions(self, seen: Seen) -> bool:
        """Without any journal: whether all of them have begun since this run has changed them; where nobody answers any more, nothing is known."""
        if self.asked.removes:
            return True
        try:
            return all(proof.covers_sessions(seen.tunnels, proof.running()) for proof in self._all_proofs())
        except PanosVpnError:
            return False

    def _covers(self, tunnels: Collection[str]) -> bool:
        """Whether all of these have been negotiated anew by this run, wherever they run."""
        return all(proof.covers(tunnels) for proof in self._all_proofs())

    def _all_proofs(self) -> Collection[Proof]:
        return self.proofs.values() if self.delivery is not None else (self.proof,)

    def _settle(self) -> None:
        if not self._runs_as_noted():
            self.told["warnings"].append(f"what {self._journal.file} tells of does not run as it was written; the journal stays")
        elif self._journal.settle(self.module.tell):
            self.told.pop("journal", None)
        else:
            self.told["warnings"].append(f"another run has changed {self.asked.vpn} meanwhile: its journal {self._journal.file} stays")

    def _runs_as_noted(self) -> bool:
        """A task that only looks finds what runs well, and that need not be what was written last."""
        journal = self._journal
        if self.module.params["configure"] or not journal.differences:
            return True
        running = self.target.read(journal.reads, running=True)
        return all(revert.stands(difference, running) for difference in journal.differences)

    def _taken_back(self, seen: Seen) -> tuple[str, ...]:
        """Where what could not be taken back stands."""
        self.module.progress.about = "taking it back"
        try:
            done = locked(self.module, self.target.session, lambda: config_revert.taken_back(self.module, self.target)[0])
        except PanosVpnError as exc:
            self.told["warnings"] += exc.facts.pop("warnings", [])
            # What was written to take it back, and not committed.
            self.told["uncommitted"] = "committed" not in exc.facts and (self.told["uncommitted"] or exc.facts.get("changed", False))
            self.told["outcome"] = outcome.not_taken_back(str(exc))
            raise PanosVpnError(f"{outcome.reason(self.asked, seen)}. {self.told['outcome']}", **exc.facts) from exc
        self.told["changed"] = done["changed"] or self.told["changed"]
        self.told.update(reverted=done["reverted"], left=done["left"], uncommitted=False)
        self.told["warnings"] += done["warnings"]
        self.told["jobs"] = [*self.told.get("jobs", ()), *jobs_of(done)]
        if "diff" in done:
            self._add_diff(done["diff"])
        if self._delivers:
            seen = self._delivered(replace(seen, committed=True))
            self.told["warnings"] += [f"taking it back did not come to {words}" for words in seen.undelivered]
        return tuple(item["xpath"] for item in done["left"])


def _of_each(looks: Sequence[tuple[str, Seen]], what: str) -> tuple[str, ...]:
    return tuple(f"{name}: {text}" for name, look in looks for text in getattr(look, what) or ())


def _up(view: View) -> Up:
    tunnels = tuple(verdict.name for verdict in view.judgement.tunnels if verdict.healthy)
    peers = tuple(peer.name for peer in view.state.bgp_peers if peer.established)
    return Up(tunnels, peers, (*(verdict.name for verdict in view.judgement.tunnels), *(peer.name for peer in view.state.bgp_peers)))


def _described(params) -> Profile:
    """What the far side says of the VPN. A key that is given stands for its own, which may be masked or out of date there."""
    described = given(params["connection"] or {})
    tunnels = given(params["tunnels"]) or described.get("tunnels", [])
    profile = fields.read(Profile, {"id": params["name"], **described, "tunnels": tunnels}, "connection")
    if not any(params["pre_shared_keys"] or ()):
        return profile
    return replace(profile, tunnels=tuple(replace(tunnel, pre_shared_key=None) for tunnel in profile.tunnels))


def _other_keys(params, numbers: Sequence[int] | None) -> list[str]:
    """A warning of each tunnel whose given key is another than the connection's. C(numbers): of the tunnels that get theirs now; None: of all.

    Whether it is a new key or a wrong one, only the far side knows. What stands there for a key that was masked is none.
    """
    described = [] if params["tunnels"] else given(params["connection"] or {}).get("tunnels", ())
    pairs = enumerate(zip(params["pre_shared_keys"] or (), [document.readable(tunnel.get("pre_shared_key")) for tunnel in described]), 1)
    others = [number for number, (key, described_key) in pairs if key and described_key and key != described_key and (numbers is None or number in numbers)]
    return [f"{params['name']}: the key given for tunnel {number} is not the one in the connection's description; the far side has to have it too"
            for number in others]
