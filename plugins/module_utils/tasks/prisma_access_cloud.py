# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What C(prisma_access_cloud) does: brings remote networks and service connections to Prisma Access by way of Strata Cloud Manager's API.

All rules are asked before anything is written. Each kind of object is listed once, however many sites there are. The API has no transaction: where a
write fails, what was written before stays in the candidate and is told, and a second run goes on from there. Then the folders are pushed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import arguments
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import secrets
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.patience import Patience
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput, PanosVpnError, Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.inquiry import prisma_access_cloud as inquiry
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers import fields
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.prisma import cloud, laying, rules, site
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.prisma.cloud import PARTS
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.prisma.laying import Step, Wanted
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.scm import addresses, kinds, push
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.scm.access import Access
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.scm.answers import CloudError
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.scm.client import Client
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status import prisma_access
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.prisma_access import Provisioning
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.module import NOTHING_WRITTEN, CollectionModule, concluded, telling

CHANGED, ALWAYS, NEVER = "changed", "always", "never"
# So many writes apart whoever watches is told how far they are.
_TELL_EVERY = 50
DESCRIPTION = "Prisma Access, by tunnelsmith.panos_vpn"


def argument_spec() -> dict:
    return {
        **arguments.SCM, **site.ARGUMENTS, **site.STATE,
        "update_secret": {"type": "str", "choices": [laying.ON_CREATE, laying.ALWAYS], "default": laying.ON_CREATE, "no_log": False},
        "push": {"type": "str", "choices": [CHANGED, ALWAYS, NEVER], "default": CHANGED},
        "push_admins": {"type": "list", "elements": "str"},
        "push_foreign": {"type": "str", "choices": ["fail", "include"], "default": "include"},
        "push_timeout": {"type": "int", "default": 2700},
        "push_poll": {"type": "float"},
        "description": {"type": "str"},
        "address_url": {"type": "str"},
        "address_timeout": {"type": "int", "default": 0},
        "progress": {"type": "bool", "default": True},
    }


def run() -> None:
    """The whole life of the module."""
    module = CollectionModule(argument_spec(), "scm", "Strata Cloud Manager", required_one_of=[tuple(site.ARGUMENTS)])
    concluded(module, lambda: _worked(module))


def _worked(module: CollectionModule) -> dict:
    client = None
    try:
        client = Client(Access.said(module.params["scm"]), module.tell)
        return _Run(module, client).done()
    except PanosVpnError as exc:
        raise exc if client is not None and client.changing else exc.leaving(NOTHING_WRITTEN)
    finally:
        if client is not None:
            client.close()


@dataclass
class _Run:
    """One task. C(result) grows as things are done, so that a failure tells what was before it.

    C(under_way): the job of an earlier push that has not ended.
    """

    module: CollectionModule
    client: Client
    under_way: str = ""
    result: dict = field(default_factory=lambda: {"changed": False, "warnings": [], "objects": []})

    def done(self) -> dict:
        params = self.module.params
        self.given = site.service(params)
        self.parts = [part for part in PARTS if getattr(self.given, part.option)]
        # What bandwidth is for are remote networks.
        self.folders = [part.folder for part in self.parts] or [kinds.REMOTE_NETWORKS]
        self.held = inquiry.held(self.client, self.parts)
        self._refuse()
        steps = self._steps()
        self.result["diff"] = _diff(steps)
        edits = self._edits()
        is_due = self._is_due(edits, bool(steps))
        self.result["changed"] = bool(steps) or is_due
        if is_due:
            self._look_at_foreign(edits)
        # All options would be shown otherwise, and Ansible would look for each of thousands of keys in each text of them.
        self.result["invocation"] = {"module_args": {option: [each.name for each in getattr(self.given, option) or ()] for option in site.ARGUMENTS}}
        if self.module.check_mode:
            self.result["objects"] = [_told(step) for step in steps]
            return self.result
        with telling(self.result):
            self._write(steps)
            if is_due:
                self._push()
            self._tell_sites()
            missing = self._tell_addresses()
            self._tell_obstacles("what is described was not pushed" if steps and not is_due else "", missing)
        return self.result

    # -- deciding

    def _refuse(self) -> None:
        """Everything that the rules of Prisma Access, or this API, forbid."""
        if self.module.params["state"] == site.ABSENT:
            found = rules.removal_problems(self.held.service, self.given)
        else:
            found = cloud.problems(self.given, self.held) + rules.problems(
                self.held.service, cloud.completed(self.given, self.held), self.module.params["state"])
        if found:
            raise InvalidInput("; ".join(found)).leaving(NOTHING_WRITTEN)

    def _steps(self) -> list[Step]:
        if self.module.params["state"] == site.ABSENT:
            going = [step for part in PARTS for step in cloud.unwanted(part, getattr(self.given, part.option), self.held)]
            return going + cloud.released(self.given, self.held)
        wanted = cloud.bandwidth(self.given, self.held)
        for part in self.parts:
            wanted += cloud.wanted(part, getattr(self.given, part.option), self.held, self.module.params["state"])
        steps = [laying.step(each, self._standing(each), self.module.params["update_secret"], self.result["warnings"]) for each in wanted]
        if self.module.params["state"] == site.REPLACED:
            steps += [step for part in self.parts for step in cloud.dropped(part, getattr(self.given, part.option), self.held)]
        return [step for step in steps if step is not None]

    def _standing(self, wanted: Wanted) -> dict | None:
        if wanted.folder is None:
            return self.held.bandwidth.get(wanted.name)
        return self.held.folders[wanted.folder].of(wanted.kind).get(wanted.name)

    def _edits(self) -> list[push.Edit]:
        return [] if self.module.params["push"] == NEVER else push.edits(self.client, self.folders)

    def _is_due(self, edits: Iterable[push.Edit], is_written: bool) -> bool:
        """Whether Prisma Access lacks something: what this task writes, what an earlier one wrote and did not push, or what its push did not bring."""
        wish = self.module.params["push"]
        if wish != CHANGED or is_written:
            return wish != NEVER
        account = self.client.access.client_id
        last = push.newest(push.jobs(self.client), account)
        self.under_way = last.parent.id if last is not None and not last.has_ended else ""
        if self.under_way or last is not None and last.failures:
            return True
        return any(edit.account == account and push.is_later(edit, last) for edit in edits)

    def _look_at_foreign(self, edits: Iterable[push.Edit]) -> None:
        """A push takes along what others edited in the folder."""
        foreign = [edit for edit in edits if edit.account != self.client.access.client_id]
        if not foreign or self.module.params["push_admins"]:
            return
        told = "; ".join(edit.words for edit in foreign)
        if self.module.params["push_foreign"] == "fail":
            raise Refused(f"{told}; a push would take them along, which push_foreign: include allows").leaving(NOTHING_WRITTEN)
        self.result["warnings"].append(f"{told}: {'they would be' if self.module.check_mode else 'they are'} pushed along")

    # -- writing

    def _write(self, steps: list[Step]) -> None:
        for number, step in enumerate(steps):
            if number % _TELL_EVERY == 0:
                self.module.tell(f"{number} of {len(steps)} objects are written")
            try:
                self._carry_out(step)
            except PanosVpnError as exc:
                done = ", ".join(each.words for each in steps[:number]) or "nothing"
                raise exc.leaving(f"of {len(steps)} writes these were done before: {done}; nothing was pushed, so that what runs is as it was; run again "
                                  "to go on") from None
            self.result["objects"].append(_told(step))

    def _carry_out(self, step: Step) -> None:
        """What the API answers to a write is what stands from then on."""
        stands = self.held.bandwidth if step.folder is None else self.held.folders[step.folder].of(step.kind)
        if step.body is None:
            nodes = (step.before or {}).get("spn_name_list") or []
            query = None if step.kind.has_id else {"name": step.name, "spn_name_list": ",".join(nodes)}
            self.client.delete(step.kind, step.identity, step.name, query)
            del stands[step.name]
        elif step.before is not None:
            stands[step.name] = self.client.update(step.kind, step.identity, step.body)
        else:
            made = self.client.create(step.kind, step.body, step.folder)
            if not laying.covers(made, step.body, step.kind):
                raise CloudError(f"{step.called} is there now, and is not what was to be made: somebody else made it meanwhile", 409)
            stands[step.name] = made

    def _push(self) -> None:
        params = self.module.params
        number = self.under_way
        if not number:
            self.module.tell(f"pushing {' and '.join(self.folders)}")
            number = push.begin(self.client, self.folders, params["description"] or DESCRIPTION, params["push_admins"] or [])
        done = push.followed(self.client, number, self.folders, self.module.patience("push_timeout", "push_poll"))
        self.result["push"] = {"job_id": number, "folders": self.folders, "jobs": [_told_job(job) for job in (done.parent, *done.children)]}
        self.result["warnings"] += [warning for job in (done.parent, *done.children) for warning in job.warnings]
        if done.failures:
            failed = "; ".join(f"{job.description or job.kind}: {job.words}" for job in done.failures)
            raise CloudError(f"{self.client.place} did not take the push: {failed}", 200).leaving(
                "what is described stands in the candidate; mend that, and run again to push it once more")

    # -- telling

    def _tell_sites(self) -> None:
        """The sites that were asked for, as they stand."""
        self.result["infrastructure"] = self.held.infrastructure
        if self.module.params["state"] == site.ABSENT:
            return
        for part in PARTS:
            names = [each.name for each in getattr(self.given, part.option)]
            self.result[part.option] = [fields.plain(each) for each in self.held.told(part, names)]
        named = [each.name for each in self.given.bandwidth or ()]
        self.result["bandwidth"] = [fields.plain(each) for each in self.held.service.bandwidth or () if each.name in named]

    def _tell_addresses(self) -> list[str]:
        """The answer of the address API, once it has an address for each remote network, or when the time for that is over. Returns those without one."""
        url, names = self.module.params["address_url"], [each.name for each in self.given.remote_networks]
        if not url or not names or self.module.params["state"] == site.ABSENT:
            return []
        self.result["addresses"], missing = addresses_of(self.module, self.client, self.held.settings, names, self.module.patience("address_timeout"))
        if missing:
            self.result["warnings"].append(f"the address API has no address yet for {', '.join(missing)}; they are being provisioned")
        return missing

    def _tell_obstacles(self, waits: str, missing: list[str]) -> None:
        if self.module.params["state"] == site.ABSENT:
            return
        tenant, asked = self.held.service, {each.called for each in self.given.sites}
        without_address = {network.called for network in tenant.remote_networks if network.name in missing}
        told = {called: Provisioning(waits, has_no_address=called in without_address) for called in asked}
        found = prisma_access.hindered(tenant, [each for each in tenant.sites if each.called in asked], told)
        self.result["obstacles"] = [obstacle for each in found for obstacle in each.plain()]


def addresses_of(module: CollectionModule, client: Client, settings: dict, names: list[str], patience: Patience) -> tuple[dict, list[str]]:
    """(the answer of the address API, the remote networks C(names) that it has no address for). Its key is in C(settings), and is shown nowhere."""
    key = str(settings.get("api_key") or "")
    if not key:
        raise Refused(f"{client.place} shows no key of the address API; generate one in Strata Cloud Manager, or leave address_url out")
    module.secret_forms |= secrets.printable_forms(key)
    return addresses.deployed(client.access, module.params["address_url"], key, names, patience)


def _told(step: Step) -> dict:
    return {"kind": step.kind.resource, "name": step.name, "folder": step.folder or "", "action": step.verb}


def _told_job(job: push.Job) -> dict:
    return {"job_id": job.id, "description": job.description, "status": job.status, "result": job.result, "told": list(job.errors + job.warnings)}


def _diff(steps: Iterable[Step]) -> dict:
    """Each object that changes, as the API has it; secrets as marks that only tell equal from different."""
    before, after = "", ""
    for step in steps:
        head = f"{step.folder or kinds.REMOTE_NETWORKS}, {step.called}\n"
        before += head + _shown(step.before) if step.before is not None else ""
        after += head + _shown(step.after) if step.after is not None else ""
    return {"before": before, "after": after}


def _shown(value: dict) -> str:
    return json.dumps(value, indent=2, sort_keys=True) + "\n"
