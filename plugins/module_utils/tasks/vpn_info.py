# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What C(vpn_info) does: read the configuration and the state of VPNs, judge them, and wait until they are healthy."""

from __future__ import annotations

import contextlib
import time
import traceback
from dataclasses import dataclass, field, replace

from ansible.module_utils.basic import missing_required_lib

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import arguments
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.patience import NotYet
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.diagnosis.traffic import is_network
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput, PanosVpnError
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.inquiry import vpn_state
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.values import given
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.judgement import judge
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.selection import of_vpns, select
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.state import tell
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.module import PanosModule, location_of, refuse_missing_vsys, with_session

try:
    import jmespath
except ImportError:
    jmespath = None
    IMPORT_ERROR = traceback.format_exc()
else:
    IMPORT_ERROR = None

CONFIG, STATE, ROUTES, DIAGNOSIS = "config", "state", "routes", "diagnosis"
_TEXTS = {"type": "list", "elements": "str"}
# What the filter aws_vpn_connection returns.
_CONNECTION = {
    "id": {"type": "str"}, "state": {"type": "str"}, "routing": {"type": "str", "choices": ["static", "bgp"]}, "gateway": {"type": "str"},
    "customer_gateway_id": {"type": "str"}, "acceleration": {"type": "bool"}, "static_routes": _TEXTS, "warnings": _TEXTS,
    "tunnels": {"type": "list", "elements": "dict", "options": arguments.PEER_TUNNEL},
}


def argument_spec() -> dict:
    return {
        **arguments.PROVIDER, **arguments.WRITING,
        "name": {"type": "list", "elements": "str"},
        "gather": {"type": "list", "elements": "str", "choices": [CONFIG, STATE, ROUTES, DIAGNOSIS], "default": [CONFIG, STATE]},
        "vsys": dict(arguments.LOCATIONS["vsys"]),
        "virtual_router": {"type": "str"},
        "connection": {"type": "dict", "options": _CONNECTION},
        "source_zones": dict(_TEXTS), "local_networks": dict(_TEXTS), "remote_networks": dict(_TEXTS),
        "counter_interval": {"type": "float"},
        "select": {"type": "str"},
        "wait_for": {"type": "str", "choices": ["healthy"]},
        "timeout": {"type": "int", "default": 0},
        "poll": {"type": "float"},
        "fail_unhealthy": {"type": "bool", "default": False},
    }


def run() -> None:
    """The whole life of the module."""
    module = PanosModule(argument_spec())
    with_session(module, lambda session: _Task(module, session).run(), untouched="")


def _compiled(expression: str | None):
    """The parsed expression, before anything is asked of a firewall; None where there is none."""
    if expression is None:
        return None
    if jmespath is None:
        raise PanosVpnError(missing_required_lib("jmespath", reason="for the option select"), exception=IMPORT_ERROR)
    try:
        return jmespath.compile(expression)
    except jmespath.exceptions.JMESPathError as exc:
        raise InvalidInput(f"select: {' '.join(str(exc).split())}") from None


def _networks(params, option) -> tuple:
    found = _texts(params, option)
    for text in found:
        if not is_network(text):
            raise InvalidInput(f"{option}: '{text}' is no network; give one such as 10.20.0.0/16, or leave the option out")
    return found


def _texts(params, option) -> tuple:
    return tuple(text for text in arguments.trimmed(params[option] or []) if text)


@dataclass
class _View:
    """One look at the firewall. C(judgement) is None where the state was not asked for.

    C(judged): the part of the configuration that health depends on. C(whole): the state of everything, C(state): of
    what was asked for. C(at): when, in seconds. C(before): the look before.
    """

    tree: object
    configuration: dict
    missing: list
    judged: dict
    whole: object = None
    state: object = None
    at: float = 0.0
    before: object = None
    judgement: object = None
    warnings: list = field(default_factory=list)

    @property
    def healthy(self) -> bool:
        return self.judgement is None or self.judgement.healthy


class _Task:
    """One run of the module."""

    def __init__(self, module, session):
        self.module, self.session = module, session
        self.params, self.check_mode = module.params, module.check_mode
        self.names = arguments.trimmed(self.params["name"] or [])
        self.expression = _compiled(self.params["select"])
        for option in ("poll", "counter_interval"):
            if self.params[option] is not None and self.params[option] <= 0:
                raise InvalidInput(f"{option}: give more than 0 seconds")
        self.intended = (_texts(self.params, "source_zones"), _networks(self.params, "local_networks"), _networks(self.params, "remote_networks"))
        self.connection = given(self.params["connection"]) if self.params["connection"] else None
        gather = self.params["gather"]
        self.judges = bool({STATE, ROUTES, DIAGNOSIS}.intersection(gather) or self.params["wait_for"] or self.params["fail_unhealthy"])
        self.location = location_of(module)
        self.platform, self.asked = session.platform(), time.monotonic()
        refuse_missing_vsys(self.location, self.platform)

    def run(self) -> dict:
        view = self._awaited()
        if self.judges and self.params["counter_interval"] and not self.check_mode:
            time.sleep(self.params["counter_interval"])
            self._look_at_counters(view)
        diagnosis = self._diagnosis(view)
        result = self._result(view, diagnosis)
        if self.params["fail_unhealthy"] and not view.healthy and not self.check_mode:
            waited = f" after {self.params['timeout']} s" if self.params["wait_for"] and self.params["timeout"] else ""
            names = ", ".join(self.names) or "the VPNs"
            problems = "; ".join(list(view.judgement.problems) + _summary(diagnosis, view))
            raise PanosVpnError(f"{names} on {self.session.place}: not healthy{waited}: {problems}", **result)
        return result

    def _listing(self) -> vpn_state.Listing:
        return vpn_state.Listing(self.session, self.platform, time.monotonic() - self.asked)

    def _look_at_counters(self, view) -> None:
        """A second look at the flows, whose counters have moved where packets pass."""
        listing = self._listing()
        earlier, at = view.whole.flows, view.at
        view.at = time.monotonic()
        self._judge(view, replace(view.whole, flows=listing.flows(), earlier_flows=earlier, between=view.at - at), listing)

    def _diagnosis(self, view) -> list | None:
        """Asked for after the last look, and where somebody waits for health or fails without it, only where there is none."""
        if DIAGNOSIS not in self.params["gather"]:
            return None
        if view.healthy and (self.params["wait_for"] or self.params["fail_unhealthy"]):
            return []
        # What a diagnosis takes to load costs more time than all else that the module does on a firewall whose VPNs are well.
        from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.inquiry import vpn_evidence

        inquiry = vpn_evidence.Inquiry(self.session, self.platform, self.location.base)
        listing = self._listing()
        whole = view.whole if view.whole.routes is not None else replace(view.whole, **listing.routing(view.configuration))
        evidence = inquiry.evidence(view.tree, view.judged, whole, view.judgement.tunnels, self.connection, vpn_evidence.Intent(*self.intended))
        if not whole.earlier_flows and view.configuration["tunnels"]:
            evidence.state = self._moved(view, whole, listing)
        view.warnings = view.warnings + listing.warnings + inquiry.warnings
        return vpn_evidence.diagnose(evidence, view.missing)

    @staticmethod
    def _moved(view, whole, listing):
        """The state with the flows of an earlier look: the one before, or that of this one, and a new look."""
        if view.before is not None:
            return replace(whole, earlier_flows=view.before.whole.flows, between=view.at - view.before.at)
        return replace(whole, flows=listing.flows(), earlier_flows=view.whole.flows, between=time.monotonic() - view.at)

    def _awaited(self) -> _View:
        """The first healthy look, or the last one before the time is up. In check mode nothing was made, so nothing can come up."""
        if not self.params["wait_for"] or self.check_mode:
            return self._look(None)
        looks: list = [None]

        def look() -> None:
            looks.append(self._look(looks[-1]))
            if not looks[-1].healthy:
                raise NotYet(f"{', '.join(self.names) or 'the VPNs'} not healthy yet: {'; '.join(looks[-1].judgement.problems)}")

        with contextlib.suppress(NotYet):
            self.module.patience("timeout", "poll").until(look)
        return looks[-1]

    def _look(self, before: _View | None) -> _View:
        """The configuration is read again only while something that was named is missing in it."""
        if before is None or before.missing:
            view = _View(*self._configuration())
        else:
            view = _View(before.tree, before.configuration, before.missing, before.judged)
        if before is not None:
            before.before = None
            view.before = before
        if self.judges:
            listing = self._listing()
            state = listing.state(view.configuration, ROUTES in self.params["gather"])
            view.at = time.monotonic()
            self._judge(view, state, listing)
        return view

    def _judge(self, view, state, listing) -> None:
        view.whole = state
        if self.params["virtual_router"]:
            state = state.of_router(self.params["virtual_router"], view.configuration)
        view.state = state.of(view.configuration) if self.names else state
        view.judgement = judge(view.judged, view.state, view.missing)
        view.warnings = view.warnings + listing.warnings

    def _configuration(self) -> tuple:
        """What is running: the tree, what of it was asked for, and the names that nothing answers to."""
        tree = vpn_state.running(self.session, self.location.base)
        found = vpn_state.gathered_from(tree, self.platform, self.location.base, self.params["virtual_router"])
        chosen, missing = select(found, self.names) if self.names else (found, [])
        return tree, chosen, missing, chosen if self.names else of_vpns(chosen)

    def _result(self, view, diagnosis) -> dict:
        vpn = dict(view.configuration) if CONFIG in self.params["gather"] else {}
        if {STATE, ROUTES}.intersection(self.params["gather"]):
            vpn["state"] = tell(view.configuration, view.state, view.judgement.tunnels, self.connection)
        found = {"vpn": vpn}
        if view.judgement is not None:
            found.update(healthy=view.judgement.healthy, problems=list(view.judgement.problems))
        if diagnosis is not None:
            found["diagnosis"] = diagnosis
        result = {"changed": False, "warnings": view.warnings, **found}
        if self.expression is not None:
            del result["vpn"]
            result["selected"] = _searched(self.expression, found)
        return result


def _summary(diagnosis, view) -> list:
    """The first cause of each tunnel that is not healthy, in words."""
    unhealthy = {verdict.name for verdict in view.judgement.tunnels if not verdict.healthy} | set(view.missing)
    first: dict = {}
    for found in diagnosis or ():
        if found["tunnel"] in unhealthy:
            first.setdefault(found["tunnel"], found)
    return [f"{found['confidence']} cause for '{name}': {found['cause']} ({found['id']}); to mend it: {found['fix']}" for name, found in first.items()]


def _searched(expression, values):
    try:
        return expression.search(values)
    except jmespath.exceptions.JMESPathError as exc:
        raise InvalidInput(f"select: {' '.join(str(exc).split())}") from None
