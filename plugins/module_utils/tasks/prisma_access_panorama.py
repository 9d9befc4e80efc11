# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What C(prisma_access_panorama) does: brings remote networks and service connections to Prisma Access by way of Panorama.

All rules are asked before anything is written. The sites of each service are one transaction, everything is one commit, and each service that has
changed is pushed, until the plugin says what became of it.
"""

from __future__ import annotations

import copy
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import arguments
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import path as places
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.path import Path
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device import cloud_services, commit, push
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.connection import Session
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.location import DEVICE
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import DeviceError, InvalidInput, PanosVpnError, Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.inquiry.prisma_access_panorama import Ground, Plugin, plugin_of
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers import fields
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.prisma import panorama, rules, site
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.prisma.panorama import PARTS, REMOTE_NETWORKS, Part, Standing
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.plan import Plan, add, finished, in_reference_order
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.values import validate
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status import prisma_access
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.prisma_access import Provisioning
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks import uncommitted
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.commit import COMMITTING, commit_changes, jobs_of
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.module import NOTHING_WRITTEN, PanosModule, telling, with_session
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.writing import Wanted, carry_out

CHANGED, ALWAYS, NEVER = "changed", "always", "never"


def argument_spec() -> dict:
    return {
        **arguments.PROVIDER, **arguments.WRITING, **COMMITTING, **site.ARGUMENTS, **site.STATE,
        "tenant": {"type": "str"},
        "update_secret": {"type": "str", "choices": ["on_create", "always"], "default": "on_create"},
        "commit": {"type": "bool", "default": True},
        "push": {"type": "str", "choices": [CHANGED, ALWAYS, NEVER], "default": CHANGED},
        "push_timeout": {"type": "int", "default": 2700},
        "push_poll": {"type": "float"},
    }


def run() -> None:
    """The whole life of the module."""
    module = PanosModule(argument_spec(), required_one_of=[tuple(site.ARGUMENTS)])
    with_session(module, lambda session: _Run(module, session).done())


@dataclass
class _Run:
    """One task. C(result) grows as things are done, so that a failure tells what was before it. C(lacking): the services that have to be pushed."""

    module: PanosModule
    session: Session
    result: dict = field(default_factory=lambda: {"changed": False, "warnings": [], "objects": [], "jobs": [], "pushes": []})
    lacking: set[str] = field(default_factory=set)

    def done(self) -> dict:
        params = self.module.params
        self.state, self.given = params["state"], site.service(params)
        self.parts = [part for part in PARTS if getattr(self.given, part.option)]
        self.plugin = self._plugin()
        self.pending = uncommitted.listed(self.module, self.session) if params["commit"] else []
        self._refuse(self.session.read(self.plugin.reads))
        self.result["objects"] = [places.render(path) for path in self.own]
        before = self._newest_jobs()
        with telling(self.result):
            for ground in self._written():
                self._write(ground)
            if params["commit"]:
                self._commit()
                self._push(before)
        self._tell_sites()
        return self.result

    # Where things stand.

    def _plugin(self) -> Plugin:
        try:
            return plugin_of(self.session, self.module.params["tenant"] or None, self.parts)
        except (InvalidInput, Refused) as exc:
            raise exc.leaving(NOTHING_WRITTEN)

    def _refuse(self, tree: ET.Element) -> None:
        """Everything that the rules of Prisma Access forbid, and what no plan can be made of, for all parts."""
        held = self.plugin.standing(tree)
        try:
            found = self._broken(held)
            if found:
                raise InvalidInput("; ".join(found))
            for ground in self._written():
                self._planned(ground, tree)
        except PanosVpnError as exc:
            raise exc if NOTHING_WRITTEN in str(exc) else exc.leaving(NOTHING_WRITTEN)
        self.own_of = {ground.part.element: self._own(ground, held) for ground in self._written()}
        self.own = [path for paths in self.own_of.values() for path in paths]

    def _broken(self, held: Standing) -> list[str]:
        if self.state == site.ABSENT:
            return rules.removal_problems(held.service, self.given)
        return rules.problems(held.service, panorama.completed(self.given, held), self.state)

    # Writing.

    def _written(self) -> list[Ground]:
        """The parts that something is written to; what is no site is written with remote networks."""
        return [ground for option, ground in self.plugin.grounds.items()
                if ground.part in self.parts or ground.part is REMOTE_NETWORKS and self.given.bandwidth]

    def _write(self, ground: Ground) -> None:
        holder = DEVICE + ("template", ("entry", ground.templates[0]), "settings")
        result = carry_out(self.module, self.plugin.target(ground), [*self.plugin.reads, holder], lambda tree: (Wanted([]), self._planned(ground, tree)),
                           lambda intent: self._refuse_foreign())
        if result["changed"]:
            self.result["changed"] = True
            self.lacking.add(ground.part.element)
        self.result["warnings"] += result["warnings"]
        self._add_diff(result.get("diff"))

    def _planned(self, ground: Ground, tree: ET.Element) -> Plan:
        target, plan = self.plugin.target(ground), Plan(before=tree, after=copy.deepcopy(tree))
        for items in self._items(ground.part, self.plugin.standing(tree)):
            for item in items:
                plan.warnings += validate(item, target.platform)
            add(plan, in_reference_order(items), target.base)
        return finished(plan)

    def _own(self, ground: Ground, held: Standing) -> list[Path]:
        """Where all stands that the part's sites are made of, whether or not this task changes it."""
        items = [item for some in self._items(ground.part, held) for item in some]
        if self.state != site.ABSENT:
            items += panorama.made_of(getattr(panorama.completed(self.given, held), ground.part.option))
        return self.plugin.paths(ground, items)

    def _items(self, part: Part, held: Standing) -> list[list]:
        """In the order in which they are written: what is named comes before what names it, and goes after it."""
        sites = getattr(self.given, part.option)
        beside = panorama.bandwidth(self.given, self.state) if part is REMOTE_NETWORKS else []
        if self.state == site.ABSENT:
            going = panorama.unwanted(part, sites, held)
            return [going.entries, going.objects, beside]
        wanted = panorama.wanted(part, sites, held, self.state, self.module.params["update_secret"])
        dropped = panorama.dropped(part, sites, held) if self.state == site.REPLACED else []
        return [beside, wanted.objects, wanted.entries, dropped]

    def _refuse_foreign(self) -> None:
        if self.module.params["commit"]:
            uncommitted.refuse_foreign(self.module, self.session, self.pending, self._is_mine)

    def _is_mine(self, change: commit.Change) -> bool:
        return commit.concerns(change, self.own)

    def _add_diff(self, diff: dict | None) -> None:
        if diff:
            before = self.result.get("diff", {"before": "", "after": ""})
            self.result["diff"] = {side: before[side] + diff[side] for side in ("before", "after")}

    # Commit and push.

    def _commit(self) -> None:
        if self.module.check_mode or not self.lacking and not any(map(self._is_mine, self.pending)):
            return
        earlier = uncommitted.earlier_changes(self.pending, self._is_mine)
        said = self.module.params["description"] or "Prisma Access, by tunnelsmith.panos_vpn"
        # What an earlier run wrote and did not commit.
        self.lacking |= {service for service, paths in self.own_of.items() if any(commit.concerns(change, paths) for change in self.pending)}
        description = push.marked(said, sorted(self.lacking))
        committed = commit_changes(self.module, self.session, self.result["objects"], earlier, description)
        if committed["changed"]:
            self.result["changed"] = True
        elif not self.result["changed"]:
            self.lacking.clear()
        self.result["warnings"] += committed["warnings"]
        self.result["jobs"] += jobs_of(committed)

    def _newest_jobs(self) -> dict[str, str]:
        """Service → the number of the plugin's newest job, from before anything is pushed."""
        if self.module.params["push"] == NEVER or not self.module.params["commit"]:
            return {}
        return {ground.part.element: cloud_services.latest(self.session, ground.part.element, self.plugin.tenant) for ground in self._written()}

    def _push(self, before: dict[str, str]) -> None:
        for ground in self._written():
            service = ground.part.element
            if service not in before or not self._is_due(service, ground.group, before[service]):
                continue
            self.result["changed"] = True
            if self.module.check_mode:
                continue
            pushed = push.of_service(self.session, ground.group, self.module.patience("push_timeout", "push_poll"))
            job = cloud_services.followed(self.session, service, self.plugin.tenant, before[service], self.module.patience("push_timeout", "push_poll"))
            self.result["pushes"].append({"job_id": pushed.job, **job.plain()})
            if not job.went_well:
                raise DeviceError(f"Prisma Access {job.failure(ground.part.words)}; which, Panorama shows at Cloud Services > Status").leaving(
                    "what is described is committed on Panorama; run again to push it once more")

    def _is_due(self, service: str, group: str, newest: str) -> bool:
        """Whether Prisma Access lacks something: what this task wrote or committed, or what an earlier one did and no push has brought."""
        if self.module.params["push"] == ALWAYS or service in self.lacking:
            return True
        return cloud_services.has_failed(self.session, service, self.plugin.tenant, newest) or push.is_owed(self.session, service, group)

    # What is told.

    def _tell_sites(self) -> None:
        """The sites that were asked for, as they stand."""
        if self.state == site.ABSENT or self.module.check_mode:
            return
        held = self.plugin.standing(self.session.read(self.plugin.reads))
        self.result["infrastructure"] = held.infrastructure
        for part in PARTS:
            stand = [held.told(part, each.name) for each in getattr(self.given, part.option)]
            self.result[part.option] = [fields.plain(each) for each in stand if each is not None]
        waits = {each.called: Provisioning(waits=self._waits()) for each in self.given.sites}
        self.result["obstacles"] = [told for each in prisma_access.hindered(held.service, self.given.sites, waits) for told in each.plain()]
        if self.given.bandwidth:
            named = [each.name for each in self.given.bandwidth]
            self.result["bandwidth"] = [fields.plain(each) for each in held.service.bandwidth or () if each.name in named]

    def _waits(self) -> str:
        """Why Prisma Access does not have what this task wrote."""
        params = self.module.params
        if not self.lacking or params["commit"] and params["push"] != NEVER:
            return ""
        return f"it is {'committed on Panorama and not pushed' if params['commit'] else 'written on Panorama and not committed'}"
