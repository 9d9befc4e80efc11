# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What C(vpn_info) does: read the configuration and the state of VPNs, judge them, and wait until they are healthy."""

from __future__ import annotations

import time
import traceback
from dataclasses import dataclass, field

from ansible.module_utils.basic import missing_required_lib

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import arguments, runner, vpn_state
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.commit import Patience
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput, PanosVpnError, Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.judgement import judge
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.selection import of_vpns, select
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.state import tell

try:
    import jmespath
except ImportError:
    jmespath = None
    IMPORT_ERROR = traceback.format_exc()
else:
    IMPORT_ERROR = None

CONFIG, STATE, ROUTES = "config", "state", "routes"


def argument_spec() -> dict:
    return {
        **arguments.PROVIDER, **arguments.WRITING,
        "name": {"type": "list", "elements": "str"},
        "gather": {"type": "list", "elements": "str", "choices": [CONFIG, STATE, ROUTES], "default": [CONFIG, STATE]},
        "vsys": dict(arguments.LOCATIONS["vsys"]),
        "virtual_router": {"type": "str"},
        "select": {"type": "str"},
        "wait_for": {"type": "str", "choices": ["healthy"]},
        "timeout": {"type": "int", "default": 0},
        "poll": {"type": "float"},
        "fail_unhealthy": {"type": "bool", "default": False},
    }


def run() -> None:
    """The whole life of the module."""
    module = runner.PanosModule(argument_spec())
    runner.with_session(module, lambda session: _Task(module, session).run(), untouched="")


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


@dataclass
class _View:
    """One look at the firewall. C(judgement) is None where the state was not asked for."""

    configuration: dict
    missing: list
    state: object = None
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
        self.expression = _compiled(self.params["select"])
        if self.params["poll"] is not None and self.params["poll"] <= 0:
            raise InvalidInput("poll: give more than 0 seconds")
        gather = self.params["gather"]
        self.judged = bool({STATE, ROUTES}.intersection(gather) or self.params["wait_for"] or self.params["fail_unhealthy"])
        self.location = runner.location_of(module)
        self.platform = session.platform()
        vsys = self.params["vsys"]
        if vsys not in (None, "vsys1") and not self.platform.multi_vsys:
            raise Refused(f"vsys: this firewall has no '{vsys}', it runs with one virtual system (vsys1)")

    def run(self) -> dict:
        view = self._awaited()
        result = self._result(view)
        if self.params["fail_unhealthy"] and not view.healthy and not self.check_mode:
            waited = f" after {self.params['timeout']} s" if self.params["wait_for"] and self.params["timeout"] else ""
            names = ", ".join(self.params["name"] or ()) or "the VPNs"
            for warning in result.pop("warnings"):
                self.module.warn(warning)
            raise PanosVpnError(f"{names} on {self.session.place}: not healthy{waited}: {'; '.join(view.judgement.problems)}", **result)
        return result

    def _awaited(self) -> _View:
        """The first healthy look, or the last one before the time is up. In check mode nothing was made, so nothing can come up."""
        patience = Patience(self.params["timeout"], self.params["poll"])
        deadline = patience.deadline()
        attempt, view = 0, self._look(None)
        if not self.params["wait_for"] or self.check_mode:
            return view
        while not view.healthy and time.monotonic() < deadline:
            patience.pause(attempt, deadline)
            attempt += 1
            view = self._look(view)
        return view

    def _look(self, before: _View | None) -> _View:
        """The configuration is read again only while something that was named is missing in it."""
        if before is None or before.missing:
            view = _View(*self._configuration())
        else:
            view = _View(before.configuration, before.missing)
        if self.judged:
            listing = vpn_state.Listing(self.session, self.platform)
            state = listing.state(view.configuration, ROUTES in self.params["gather"])
            if self.params["virtual_router"]:
                state = state.of_router(self.params["virtual_router"], view.configuration)
            view.state = state.of(view.configuration) if self.params["name"] else state
            judged = view.configuration if self.params["name"] else of_vpns(view.configuration)
            view.judgement = judge(judged, view.state, view.missing)
            view.warnings = listing.warnings
        return view

    def _configuration(self) -> tuple:
        found = vpn_state.configuration(self.session, self.platform, self.location.base, self.params["virtual_router"])
        return select(found, self.params["name"]) if self.params["name"] else (found, [])

    def _result(self, view) -> dict:
        vpn = dict(view.configuration) if CONFIG in self.params["gather"] else {}
        if {STATE, ROUTES}.intersection(self.params["gather"]):
            vpn["state"] = tell(view.configuration, view.state, view.judgement.tunnels)
        found = {"vpn": vpn}
        if view.judgement is not None:
            found.update(healthy=view.judgement.healthy, problems=list(view.judgement.problems))
        result = {"changed": False, "warnings": view.warnings, **found}
        if self.expression is not None:
            del result["vpn"]
            result["selected"] = _searched(self.expression, found)
        return result


def _searched(expression, values):
    try:
        return expression.search(values)
    except jmespath.exceptions.JMESPathError as exc:
        raise InvalidInput(f"select: {' '.join(str(exc).split())}") from None
