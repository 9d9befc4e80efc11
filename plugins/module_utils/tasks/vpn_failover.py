# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What C(vpn_failover) does: take the tunnel that carries a VPN's traffic down, or bring it back, and measure meanwhile."""

from __future__ import annotations

import time
import xml.etree.ElementTree as ET
from typing import Callable

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import arguments
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.connection import Session
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.drill import drill as drills, expectation, paths, record as records
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.drill.measurement import Measurement
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput, PanosVpnError, Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.inquiry import vpn_state
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.inquiry.probing import Prober
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.refusals import template_of
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.single import entries
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.values import read
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.resources import monitor_profile
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.judgement import judge
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.selection import not_there, select
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import UNSET
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.commit import COMMITTING
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.module import PanosModule, target_of, telling, with_session
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.switching import PEER, TUNNEL, Change, Switch

TAKE_DOWN, BRING_BACK = "take_down", "bring_back"
_PUSHED = ("{label} on {place} comes from the Panorama template '{template}', and a drill has to write to what it takes down: on the firewall the template "
           "would win. Override it there (Network > IPSec Tunnels > Override, of a BGP peer the router), commit, drill, and revert the override; "
           "or let the far side take its end down, and watch by vpn_info and a probe; or turn the tunnel off for all firewalls of the template "
           "(ipsec_tunnel with template: {template} and disabled: true, then push), and on again in the same way. Nothing was written")
# SAs that are cleared are negotiated anew by the next packet, and rules do not end sessions: nothing but the configuration keeps a tunnel down.
_STILL_DOWN = "what was taken down still is, action: bring_back restores it"


def argument_spec() -> dict:
    return {
        **arguments.PROVIDER, **arguments.WRITING,
        "action": {"type": "str", "required": True, "choices": [TAKE_DOWN, BRING_BACK]},
        "name": {"type": "str", "required": True},
        "method": {"type": "str", "choices": [drills.TUNNEL, drills.PEER], "default": drills.TUNNEL},
        "tunnel": {"type": "str"},
        "vsys": dict(arguments.LOCATIONS["vsys"]),
        "timeout": {"type": "int", "default": 180},
        "poll": {"type": "float", "default": 0.2},
        "hold": {"type": "float", "default": 5.0},
        "probe": {"type": "str"},
        "probe_interval": {"type": "float", "default": 0.2},
        "probe_timeout": {"type": "float", "default": 1.0},
        "journal": {"type": "path"},
        **COMMITTING,
    }


def run() -> None:
    """The whole life of the module."""
    module = PanosModule(argument_spec())
    with_session(module, lambda session: _Task(module, session).run())


class _Task:
    """One run of the module."""

    def __init__(self, module: PanosModule, session: Session):
        self.module, self.session, self.params = module, session, module.params
        for option in ("poll", "probe_interval", "probe_timeout"):
            if self.params[option] <= 0:
                raise InvalidInput(f"{option}: give more than 0 seconds")
        self.prober = Prober(self.params["probe"], self.params["probe_interval"], self.params["probe_timeout"]) if self.params["probe"] else None
        self.target = target_of(module, session)
        self.found = self._configuration()
        self.tunnels = paths.tunnels_of(self.found)
        self.listing = vpn_state.Listing(self.target)

    def run(self) -> dict:
        with telling({"warnings": self.listing.warnings}):
            result = self._take_down() if self.params["action"] == TAKE_DOWN else self._bring_back()
        return {**result, "warnings": [*result["warnings"], *self.listing.warnings]}

    def _configuration(self) -> dict:
        """What belongs to the VPN in the running configuration."""
        name = self.params["name"]
        everything = vpn_state.configuration(self.target)
        found, missing = select(everything, [name])
        if missing:
            raise Refused(f"{self.session.place}: {not_there(name, everything)}")
        if not found["tunnels"]:
            raise Refused(f"'{name}' is an IKE gateway without a tunnel in the running configuration of {self.session.place}: nothing can fail over")
        return found

    def _about(self, tunnel: str, method: str) -> dict:
        return {
            "firewall": self.session.place, "vpn": self.params["name"], "action": self.params["action"], "method": method,
            "tunnel": tunnel, "began": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        }

    def _over(self, tunnel: str) -> str:
        return f"tunnel '{tunnel}' on {self.session.place}:"

    # Taking down.

    def _take_down(self) -> dict:
        left = [tunnel for tunnel, _record in self._records()]
        if left:
            raise Refused(f"tunnel '{left[0]}' is still as a drill that did not end left it; action: bring_back restores it")
        state = self._state()
        carriers = self._look(0.0).carriers
        drill = drills.plan(self.found, state, judge(self.found, state), carriers, self.params["method"], self.params["tunnel"])
        if self.prober and not self.module.check_mode:
            self.prober.refuse_unanswered()
        expected = expectation.range_of(self.found, state, drill, self.params["method"], self._profiles())
        peers = drill.peers if self.params["method"] == drills.PEER else ()
        switches = [*(Switch(PEER, peer["name"], peer["virtual_router"], peer["peer_group"]) for peer in peers), Switch(TUNNEL, drill.tunnel)]
        change = Change(self.module, self.target)
        before: dict = {}
        written = change.write(switches, lambda switch, entry: self._down(switch, entry, before), self._announced(drill, expected))
        told = {**self._about(drill.tunnel, self.params["method"]), "standby": drill.standby, "expected": expected}
        result = {**written, "measurement": told}
        if self.module.check_mode:
            return result

        def moved(look: paths.Look) -> bool:
            return look.works(self.tunnels, drill.destinations) and not look.uses(drill.interface, drill.destinations)

        result, measurement = self._measured(change, written, result, told, moved, drill.destinations)
        told["lost_after"] = measurement.lost(drill.interface, drill.destinations)
        told["expected"]["verdict"] = expectation.verdict(expected, (told.get("probe") or told)["outage"])
        told["summary"] = expectation.summary(told)
        wrong = self._wrong(measurement)
        if wrong:
            raise PanosVpnError(f"{self._over(drill.tunnel)} {wrong}; {_STILL_DOWN}", **result)
        return result

    def _wrong(self, measurement: Measurement) -> str | None:
        """What spoils a drill once its tunnel is down."""
        if measurement.moved is None:
            return f"no other tunnel carries its traffic {self.params['timeout']} s after the commit"
        if measurement.passing is None:
            return f"its traffic is led into another tunnel, and the probe gets no answer {self.params['timeout']} s after the commit"
        if measurement.broken_off is not None:
            return f"its traffic is led into another tunnel, and the probe broke off: {measurement.broken_off}"
        return None

    def _announced(self, drill: drills.Drill, expected: dict) -> list[str]:
        what = f"tunnel '{drill.tunnel}'" if self.params["method"] == drills.TUNNEL else f"the BGP peer behind tunnel '{drill.tunnel}'"
        return [f"{what} on {self.session.place} is taken down on purpose, its traffic stops until '{drill.standby}' takes over"
                + expectation.announcement(expected, self.found)]

    def _down(self, switch: Switch, entry: ET.Element, before: dict[Switch, str | None]) -> dict:
        """What takes an object down. The tunnel, which comes last, has all of it in its comment, in the same transaction.

        C(before): what was said of each when it was first read. After an answer that got lost, all of them say that they are down.
        """
        template = template_of(entry)
        if template:
            raise Refused(_PUSHED.format(label=switch.label, place=self.session.place, template=template))
        said = before.setdefault(switch, switch.said(entry))
        if switch.kind == PEER:
            return switch.off()
        peers = [{"name": each.name, "router": each.router, "group": each.group, "enable": there} for each, there in before.items() if each.kind == PEER]
        record = records.Record(self.params["name"], self.params["method"] == drills.TUNNEL, said, peers)
        comment = records.written(places.text(entry, ("comment",)), record)
        if len(comment) > records.COMMENT_LENGTH:
            raise Refused(f"tunnel '{switch.name}': its comment has no room left for the note that the drill needs (PAN-OS allows {records.COMMENT_LENGTH} "
                          "characters); shorten it")
        return {"comment": comment, **(switch.off() if record.tunnel_down else {})}

    # Bringing back.

    def _bring_back(self) -> dict:
        found = self._records()
        if not found:
            return {"changed": False, "restored": [], "warnings": []}
        before: dict = {}
        for tunnel, record in found:
            before[Switch(TUNNEL, tunnel)] = record.disabled
            before.update((Switch(PEER, peer["name"], peer["router"], peer["group"]), peer.get("enable")) for peer in record.peers)
        switches = list(before)
        change = Change(self.module, self.target)
        written = change.write(switches, lambda switch, entry: self._up(switch, entry, before[switch]), spares_gone=True)
        tunnel, record = found[0]
        told = self._about(tunnel, drills.PEER if record.peers else drills.TUNNEL)
        result = {**written, "restored": [switch.label for switch in switches], "measurement": told}
        if self.module.check_mode or not written["uncommitted"]:
            return result

        def back(look: paths.Look) -> bool:
            return look.works(self.tunnels, look.carriers) and look.uses(self.tunnels[tunnel], look.carriers)

        result, measurement = self._measured(change, written, result, told, back, tuple(self._look(0.0).carriers))
        return self._judged(result, measurement, tunnel)

    def _judged(self, result: dict, measurement: Measurement, tunnel: str) -> dict:
        """A tunnel that is up again and carries nothing is no failure: not every VPN prefers one of its tunnels."""
        result["measurement"]["summary"] = expectation.summary(result["measurement"])
        problems = judge(self._configuration(), self._state()).problems
        if problems:
            raise PanosVpnError(f"{self._over(tunnel)} it was brought back, and is not healthy {self.params['timeout']} s after the commit: "
                                f"{'; '.join(problems)}", **result)
        if measurement.passing is None and measurement.moved is not None:
            raise PanosVpnError(f"{self._over(tunnel)} it was brought back and carries traffic, and the probe gets no answer "
                                f"{self.params['timeout']} s after the commit", **result)
        if measurement.broken_off is not None:
            raise PanosVpnError(f"{self._over(tunnel)} it was brought back, and the probe broke off: {measurement.broken_off}", **result)
        if measurement.moved is None:
            result["warnings"].append(f"tunnel '{tunnel}' is up again, and its traffic stays where it was: nothing prefers this tunnel")
        return result

    def _up(self, switch: Switch, entry: ET.Element, before: str | None) -> dict:
        """What stood there before. A tunnel without a record was turned off by somebody else, and so stays."""
        if switch.kind == PEER:
            return switch.as_before(entry, before)
        comment = places.text(entry, ("comment",))
        record = self._record(switch.name, comment)
        if record is None:
            return {}
        kept = records.without(comment)
        return {"comment": UNSET if kept is None else kept, **(switch.as_before(entry, before) if record.tunnel_down else {})}

    def _records(self) -> list:
        """(tunnel, record) of what drills of this VPN left, in the running configuration or in the candidate."""
        running = {tunnel["name"]: tunnel.get("comment") for tunnel in self.found["tunnels"]}
        container = self.target.base("network") + ("tunnel", "ipsec")
        candidate = {entry.get("name"): places.text(entry, ("comment",)) for entry in self.session.get_named([container], list(running))[0]}
        found = [(name, self._record(name, candidate.get(name)) or self._record(name, comment)) for name, comment in running.items()]
        return [(name, record) for name, record in found if record is not None]

    def _record(self, tunnel: str, comment: str | None) -> records.Record | None:
        try:
            return records.find(comment)
        except ValueError:
            raise Refused(f"{self._over(tunnel)} the line '{records.MARK.strip()} ...' of its comment was damaged, so it is not known what a drill took down. "
                          "Turn on what is off (vpn_action with action: enable), take that line out of the comment, and commit") from None

    # Measuring.

    def _state(self):
        return self.listing.state(self.found, True).of(self.found)

    def _profiles(self) -> dict:
        """Monitor profiles of the running configuration: name → (interval, threshold)."""
        tree = self.target.read([self.target.base("network") + monitor_profile.TABLE.container], running=True)
        found = {entry.get("name"): read(monitor_profile.TABLE.nodes, entry) for entry in entries(tree, self.target.base, monitor_profile.TABLE)}
        interval, threshold = expectation.PREDEFINED["default"]
        return {name: (values.get("interval", interval), values.get("threshold", threshold)) for name, values in found.items()}

    def _look(self, moment: float) -> paths.Look:
        by_rules = paths.decided_by(self.found) == paths.PBF
        flows = self.listing.flows()
        carriers = paths.carriers(self.found, self.listing.pbf_rules() if by_rules else (), () if by_rules else self.listing.routes())
        return paths.Look(moment, carriers, paths.flow_states([each for each in flows if each.tunnel in self.tunnels]))

    def _measured(
        self, change: Change, written: dict, result: dict, told: dict, reached: Callable[[paths.Look], bool], destinations: tuple,
    ) -> tuple[dict, Measurement]:
        """(the task's result, the measurement) of the commit and what came of it. C(told): what is known of the drill already."""
        params = self.params

        def watched(look: paths.Look) -> bool:
            there = reached(look)
            if measurement.committed is not None:
                self.module.tell(f"tunnel '{told['tunnel']}': its traffic is {'where it is to be, and is watched' if there else 'not yet where it is to be'}")
            return there

        measurement = Measurement(self.tunnels, self._look, watched, params["timeout"], params["hold"], params["poll"], self.prober)
        description = f"{params['action']} of {params['name']}, by tunnelsmith.panos_vpn.vpn_failover"
        with self.session.beside() as beside, telling(result):
            committed = measurement.run(lambda: change.commit(written, description, beside))
        told.update(measurement.told(destinations))
        done = {**result, **committed, "changed": True, "uncommitted": False, "measurement": told,
                "warnings": [*result["warnings"], *committed["warnings"]]}
        return done, measurement
