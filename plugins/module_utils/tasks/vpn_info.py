# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What C(vpn_info) does: read the configuration and the state of VPNs, judge them, and wait until they are healthy."""

from __future__ import annotations

import traceback
from dataclasses import replace
from typing import Any

from ansible.module_utils.basic import missing_required_lib

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import arguments
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.connection import Session
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.patience import alone
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.target import Target
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis import sentences
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput, PanosVpnError
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.inquiry.vpn_watch import Question, View, Watch
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers import fields
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import Profile
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.health import Health, worst
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.summary import summary
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.telling import tell
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks import journal as journals, verifying
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.module import PanosModule, target_of, with_session
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.proving import Proof, Running
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.writing import firewall_of
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.vpn.outcome import all_not_proven

IMPORT_ERROR: str | None = None
try:
    import jmespath
except ImportError:
    jmespath = None
    IMPORT_ERROR = traceback.format_exc()

CONFIG, STATE, ROUTES, SUMMARY, DIAGNOSIS = "config", "state", "routes", "summary", "diagnosis"
_TEXTS = {"type": "list", "elements": "str"}


def argument_spec() -> dict:
    return {
        **arguments.PROVIDER, **arguments.WRITING,
        "name": {"type": "list", "elements": "str"},
        "expected": {"type": "list", "elements": "str"},
        "gather": {"type": "list", "elements": "str", "choices": [CONFIG, STATE, ROUTES, SUMMARY, DIAGNOSIS], "default": [CONFIG, STATE]},
        "vsys": dict(arguments.LOCATIONS["vsys"]),
        "virtual_router": {"type": "str"},
        "connection": {"type": "dict", "options": fields.argument_spec(Profile)},
        "source_zones": dict(_TEXTS), "local_networks": dict(_TEXTS), "remote_networks": dict(_TEXTS),
        **verifying.OPTIONS,
        "journal": {"type": "path"},
        "select": {"type": "str"},
        "wait_for": {"type": "str", "choices": ["healthy"]},
        "timeout": {"type": "int", "default": 0},
        "poll": {"type": "float"},
        "fail_on": {"type": "str", "choices": [Health.AT_RISK.value, Health.DOWN.value]},
    }


def run() -> None:
    """The whole life of the module."""
    module = PanosModule(argument_spec())
    with_session(module, lambda session: _Task(module, session).run(), untouched="")


def _compiled(expression: str | None) -> Any:
    """The parsed expression, before anything is asked of a firewall; None where there is none."""
    if expression is None:
        return None
    if jmespath is None:
        raise PanosVpnError(missing_required_lib("jmespath", reason="for the option select"), exception=IMPORT_ERROR)
    try:
        return jmespath.compile(expression)
    except jmespath.exceptions.JMESPathError as exc:
        raise InvalidInput(f"select: {' '.join(str(exc).split())}") from None


class _Task:
    """One run of the module."""

    def __init__(self, module: PanosModule, session: Session):
        self.module, self.session, self.params = module, session, module.params
        self.expression = _compiled(self.params["select"])
        verifying.refuse_no_time(self.params, "poll", "counter_interval", "probe_timeout")
        self.gather = set(self.params["gather"])
        self.looks_on = not module.check_mode
        self.prober = verifying.prober_of(self.params) if self.looks_on else None
        target = target_of(module, session)
        self.watch = Watch(target, self._question(target))

    def _question(self, target: Target) -> Question:
        params = self.params
        judged = self.gather - {CONFIG} or params["wait_for"] or params["fail_on"] or self.prober
        return Question(
            names=tuple(arguments.trimmed(params["name"] or [])), expected=verifying.texts(params, "expected"), router=params["virtual_router"],
            judges=bool(judged),
            connection=fields.read(Profile, params["connection"], "connection") if params["connection"] else None,
            source_zones=verifying.texts(params, "source_zones"), local_networks=verifying.networks(params, "local_networks", target),
            remote_networks=verifying.networks(params, "remote_networks", target),
            counter_interval=params["counter_interval"] if self.looks_on else None, probe=self.prober)

    def run(self) -> dict:
        view = self._looked()
        result = self._result(view)
        if self._fails(view):
            raise PanosVpnError(self._reason(view), **result)
        return result

    def _fails(self, view: View) -> bool:
        """In check mode nothing was made, so nothing can come up."""
        if not self.params["fail_on"] or not self.looks_on:
            return False
        borne = Health(self.params["fail_on"])
        return worst([view.condition.state, borne]) is view.condition.state

    def _reason(self, view: View) -> str:
        waited = f" after {self.params['timeout']} s" if self.params["wait_for"] and self.params["timeout"] else ""
        names = ", ".join(self.watch.question.names) or "the VPNs"
        problems = "; ".join([*view.condition.problems(), *sentences.first_causes(view.diagnosis or (), verifying.concerned(view))])
        return f"{names} on {self.session.place}: {view.condition.state.words}{waited}: {problems}"

    def _looked(self) -> View:
        if self.params["wait_for"] and self.looks_on:
            view = alone(self.watch.until_healthy(self.module.patience("timeout", "poll")))
        else:
            view = self.watch.once()
        only_if_sick = self.params["wait_for"] or self.params["fail_on"]
        if DIAGNOSIS in self.gather and not (only_if_sick and view.condition.healthy):
            self.watch.explain(view)
        return view

    def _result(self, view: View) -> dict:
        vpn = dict(view.configuration) if CONFIG in self.gather else {}
        told: dict[str, Any] = {}
        if {STATE, ROUTES, SUMMARY}.intersection(self.gather):
            state = view.state if ROUTES in self.gather else replace(view.state, routes=None, prefixes=None)
            told = tell(view.configuration, state, view.condition, self.watch.question.connection)
        if {STATE, ROUTES}.intersection(self.gather):
            vpn["state"] = told
        found: dict[str, Any] = {"vpn": vpn}
        if self.watch.question.judges:
            found.update(verifying.told(view), firewall=self._firewall(view))
        if SUMMARY in self.gather:
            found["summary"] = summary(told, view.condition)
        if DIAGNOSIS in self.gather:
            found.update(diagnosis=view.diagnosis or [])
        result: dict[str, Any] = {"changed": False, "warnings": view.warnings, **found}
        if self.params["journal"]:
            self._add_unproven(result, view)
            found["unproven"] = result["unproven"]
        if self.expression is not None:
            del result["vpn"]
            result["selected"] = _searched(self.expression, found)
        return result

    def _firewall(self, view: View) -> dict:
        platform = self.watch.target.platform
        told = {"hostname": platform.hostname, "model": platform.model, "pan_os": ".".join(map(str, platform.version)), "ha": view.ha}
        return {name: value for name, value in told.items() if value}

    def _add_unproven(self, result: dict, view: View) -> None:
        """Which tunnels may still carry packets on what was agreed before a change, by the journals of this firewall's VPNs."""
        folder, firewall = self.params["journal"], firewall_of(self.params)
        unproven: list[str] = []
        through: list[str] = []
        for vpn in journals.vpns(folder, firewall):
            try:
                journal = journals.load(journals.file_of(folder, firewall, vpn), vpn)
            except InvalidInput as exc:
                result["warnings"] = [*result["warnings"], f"{exc}; what is not proven of {vpn} is not known"]
                continue
            running, proof = Running.in_tree(view.tree, self.watch.target, view.configuration), Proof(self.watch.target)
            unproven += proof.due(journal, view.configuration)
            through += proof.old_sessions(running, journal, self.module.tell, notes=False)
        result["unproven"] = list(dict.fromkeys((*unproven, *through)))
        result["warnings"] = [*result["warnings"], *all_not_proven(unproven, through)]


def _searched(expression: Any, values: dict) -> Any:
    try:
        return expression.search(values)
    except jmespath.exceptions.JMESPathError as exc:
        raise InvalidInput(f"select: {' '.join(str(exc).split())}") from None
