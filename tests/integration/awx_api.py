# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A stand-in for AWX's API that keeps what the awx.awx modules write, and refuses what AWX refuses.

Fields, types, choices and defaults come from recorded OPTIONS answers of AWX 24.6.1, the addresses below an object from awx_related; the rules beyond
them are in awx_rules.
"""

from __future__ import annotations

import copy
import json
import os
import pathlib
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from ansible_collections.tunnelsmith.panos_vpn.tests.integration import awx_rules as rules
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.awx_related import HOLDS, RELATED, ROLES
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.awx_rules import ENCRYPTED, Refused

TOKEN = "awx-token-of-the-tests"
SINGULAR = {"inventories": "inventory"}
# What makes an object unique beside its name; where nothing does, no other organization can have the name either.
UNIQUE = {
    "credential_types": ("kind",), "credentials": ("organization", "credential_type"), "projects": ("organization",), "inventories": ("organization",),
    "hosts": ("inventory",), "groups": ("inventory",), "job_templates": ("organization",), "workflow_job_templates": ("organization",),
    "schedules": ("unified_job_template",), "notification_templates": ("organization",), "teams": ("organization",),
}
# Kinds whose names mean nothing.
UNNAMED = ("workflow_approval_templates", "roles", "project_updates")
TEAM = {"name": {"type": "string", "required": True}, "organization": {"type": "id", "required": True}}
UNIFIED = ("job_templates", "projects", "workflow_job_templates", "inventory_sources")
PLAYBOOK = re.compile(r"^\s*-?\s*(hosts|(ansible\.builtin\.)?import_playbook):", re.MULTILINE)
SURVEYED = ("job_templates", "workflow_job_templates")


class Missing(Exception):
    """Status 404."""


class NotAllowed(Exception):
    """Status 405."""


class Awx:
    """The objects of one AWX. C(playbooks): the folder that its projects are clones of. C(ignored): fields that were sent and do not exist.
    C(repository_problem): why a project cannot be fetched, if it cannot.
    """

    def __init__(self, fixtures: pathlib.Path, playbooks: pathlib.Path):
        self.options = {path.name.split(".")[0]: json.loads(path.read_text(encoding="utf-8"))["actions"]["POST"]
                        for path in fixtures.glob("*.options.json")}
        self.options.update({kind: {} for kind in UNNAMED}, teams=TEAM)
        self.repository_problem = ""
        self.items = {kind: {} for kind in self.options}
        self.links, self.surveys, self.jobs, self.ignored = {}, {}, {}, set()
        self.writes = []
        self.playbooks = playbooks
        self.number = 0
        self._store("credential_types", rules.AMAZON_WEB_SERVICES)
        galaxy = self._store("credential_types", {
            "name": "Ansible Galaxy/Automation Hub API Token", "kind": "galaxy", "inputs": {}, "injectors": {}, "managed": True})
        self._store("credentials", {"name": "Ansible Galaxy", "credential_type": galaxy["id"], "inputs": {}, "organization": None})
        self._store("organizations", {"name": "Default"})

    # What a request does.

    def list(self, kind: str, query: dict) -> list:
        kinds = UNIFIED if kind == "unified_job_templates" else (kind,)
        if not set(kinds) <= set(self.items):
            raise Missing(kind)
        return [self.shown(each, item) for each in kinds for item in self.items[each].values() if self._matches(each, item, query)]

    def _matches(self, kind, item, query) -> bool:
        """Raises Refused for a field that objects of this kind do not have."""
        for name in query:
            if name.removeprefix("or__") not in (*self.options[kind], "id", "name", "organization", "type"):
                raise Refused(detail=f"{SINGULAR.get(kind, kind[:-1])} has no field named '{name}'")
        either = {name[4:]: value for name, value in query.items() if name.startswith("or__")}
        every = {name: value for name, value in query.items() if not name.startswith("or__")}
        full = {**item, "organization": self.organization(kind, item)}
        return all(str(full.get(name)) == value for name, value in every.items()) and (
            not either or any(str(full.get(name)) == value for name, value in either.items()))

    def create(self, kind: str, data: dict) -> dict:
        if kind in UNNAMED:
            raise NotAllowed(kind)
        rules.check_fields(self.options[kind], data, creating=True)
        item = {name: copy.deepcopy(field["default"]) for name, field in self.options[kind].items() if "default" in field}
        item.update({name: None for name, field in self.options[kind].items() if "default" not in field})
        item.update(self._known(kind, data))
        self._check(kind, item, {})
        stored = self._store(kind, item)
        if kind == "projects":
            self.update_project(stored["id"])
        return self.shown(kind, stored)

    def change(self, kind: str, number: int, data: dict) -> dict:
        item = self.item(kind, number)
        rules.check_fields(self.options.get(kind, {}), data, creating=False)
        changed = {**item, **self._known(kind, data)}
        if kind == "credentials":
            # The inputs become those that are sent, as a whole.
            changed["inputs"] = {name: item["inputs"].get(name) if value == ENCRYPTED else value for name, value in changed["inputs"].items()}
        self._check(kind, changed, item)
        fetched_anew = kind == "projects" and any(changed[name] != item[name] for name in ("scm_type", "scm_url", "scm_branch", "credential"))
        item.update(changed)
        if fetched_anew:
            self.update_project(number)
        return self.shown(kind, item)

    def update_project(self, number: int) -> dict:
        """Fetches a project. What it had before stays where that fails, and so does the failure until the next try."""
        project = self.item("projects", number)
        failed = bool(self.repository_problem)
        update = self._store("project_updates", {
            "name": project["name"], "project": number, "status": "failed" if failed else "successful", "failed": failed, "finished": "2026-01-01T00:00:00Z",
            "event_processing_finished": True, "scm_revision": "" if failed else "0" * 40, "job_explanation": self.repository_problem,
        })
        project.update(status=update["status"], last_update=update["id"], scm_revision=project.get("scm_revision", "") if failed else update["scm_revision"])
        return self.shown("project_updates", update)

    def link(self, kind: str, number: int, name: str, other: int, disassociate: bool) -> None:
        self.item(kind, number)
        held = self.item(HOLDS[name], other)
        linked = self.links.setdefault((kind, number, name), [])
        if disassociate:
            if other in linked:
                linked.remove(other)
            return
        if name == "credentials" and kind == "job_templates":
            types = {self.item("credentials", one)["credential_type"] for one in linked}
            if held["credential_type"] in types:
                raise Refused(detail="Cannot assign multiple credentials of one type.")
        if name.endswith("_nodes"):
            self._check_edge(number, name, held)
        if other not in linked:
            linked.append(other)

    def _check_edge(self, number, name, follower) -> None:
        node = self.item("workflow_job_template_nodes", number)
        if any(follower["id"] in self.links.get(("workflow_job_template_nodes", number, other), [])
               for other in ("success_nodes", "failure_nodes", "always_nodes") if other != name):
            raise Refused(Error="Relationship not allowed.")
        if node["workflow_job_template"] != follower["workflow_job_template"]:
            raise Refused(Error="Node is not in the same workflow.")
        reached, waiting = set(), [follower["id"]]
        while waiting:
            one = waiting.pop()
            reached.add(one)
            waiting += [each for name in ("success_nodes", "failure_nodes", "always_nodes")
                        for each in self.links.get(("workflow_job_template_nodes", one, name), []) if each not in reached]
        if number in reached:
            raise Refused(Error="Cycle detected.")

    def linked(self, kind: str, number: int, name: str) -> list:
        """The objects that an association holds, in its order."""
        return [self.item(HOLDS[name], other) for other in self.links.get((kind, number, name), [])]

    def survey(self, kind: str, number: int) -> dict:
        """The survey as it is shown: without the defaults of passwords."""
        shown = copy.deepcopy(self.surveys.get((kind, number), {}))
        for question in shown.get("spec", []):
            if question["type"] == "password" and question.get("default"):
                question["default"] = ENCRYPTED
        return shown

    def set_survey(self, kind: str, number: int, spec: dict) -> None:
        self.item(kind, number)
        rules.check_survey(spec)
        self.surveys[kind, number] = spec

    def approval(self, node: int, data: dict) -> dict:
        item = self._store("workflow_approval_templates", {"name": data["name"], "description": data.get("description", ""), "timeout": data.get("timeout", 0)})
        self.item("workflow_job_template_nodes", node)["unified_job_template"] = item["id"]
        return self.shown("workflow_approval_templates", item)

    def launch(self, kind: str, number: int, data: dict) -> dict:
        """A job, or a workflow's: what will run. The answer tells what was left out of it, and why nothing runs."""
        template = self.item(kind, number)
        answers = rules.parsed(data.get("extra_vars") or {})
        spec = self.surveys.get((kind, number), {}) if template["survey_enabled"] else {}
        problems = rules.answer_problems(spec, answers)
        if problems:
            raise Refused(variables_needed_to_start=problems)
        taken, ignored = self.accepted(kind, number, data, answers)
        self.number += 1
        taken["extra_vars"] = {**rules.survey_defaults(spec), **taken["extra_vars"]}
        self.jobs[self.number] = {"id": self.number, "template": template["id"], **taken}
        return {"job" if kind == "job_templates" else "workflow_job": self.number, "ignored_fields": ignored}

    def accepted(self, kind: str, number: int, data: dict, answers: dict) -> tuple:
        """(what of a launch is taken, what is ignored): only what the template asks for."""
        template = self.item(kind, number)
        asked = {question["variable"] for question in self.surveys.get((kind, number), {}).get("spec", [])} if template["survey_enabled"] else set()
        if template["ask_variables_on_launch"]:
            asked |= set(answers)
        outside = {name: value for name, value in answers.items() if name not in asked}
        ignored = {"extra_vars": outside} if outside else {}
        taken = {"extra_vars": {name: value for name, value in answers.items() if name in asked}}
        for field in ("limit", "job_type", "verbosity", "inventory", "job_slice_count"):
            if field in data:
                (taken if template.get(f"ask_{field}_on_launch") else ignored)[field] = data[field]
        return taken, ignored

    # What an object has to be.

    def _known(self, kind, data) -> dict:
        self.ignored |= {(kind, name) for name in data if name not in self.options[kind]}
        return {name: value for name, value in data.items() if name in self.options[kind]}

    def _check(self, kind, item, before) -> None:
        for name, target in (("organization", "organizations"), ("inventory", "inventories"), ("project", "projects"), ("credential_type", "credential_types"),
                             ("execution_environment", "execution_environments"), ("default_environment", "execution_environments"),
                             ("credential", "credentials"), ("workflow_job_template", "workflow_job_templates")):
            if isinstance(item.get(name), int) and item[name] not in self.items[target]:
                raise Refused(**{name: [f'Invalid pk "{item[name]}" - object does not exist.']})
        if "name" in item and kind not in UNNAMED and any(
                self._identity(kind, item) == self._identity(kind, other) for other in self.items[kind].values() if other["id"] != before.get("id")):
            known = " and ".join(word.replace("_", " ").capitalize() for word in ("name", *UNIQUE.get(kind, ())))
            raise Refused(__all__=[f"{SINGULAR.get(kind, kind[:-1]).replace('_', ' ').capitalize()} with this {known} already exists."])
        check = getattr(self, f"_check_{kind}", None)
        if check:
            check(item, before)

    def _identity(self, kind, item) -> tuple:
        return (item["name"], *(self.organization(kind, item) if field == "organization" else item.get(field) for field in UNIQUE.get(kind, ())))

    def _check_credential_types(self, item, before) -> None:
        if before.get("managed"):
            raise Refused(detail="Modifications not allowed for managed credential types")
        in_use = any(credential["credential_type"] == before.get("id") for credential in self.items["credentials"].values())
        if in_use and before["inputs"] != item["inputs"]:
            raise Refused(detail="Modifications to inputs are not allowed for credential types that are in use")
        rules.check_credential_type(item["inputs"], item["injectors"])

    def _check_credentials(self, item, before) -> None:
        if not before and ENCRYPTED in item["inputs"].values():
            raise Refused(inputs=[f"{ENCRYPTED} is a reserved keyword, and cannot be used."])
        rules.check_inputs(self.item("credential_types", item["credential_type"])["inputs"].get("fields", []), item["inputs"])

    def _check_job_templates(self, item, dummy) -> None:
        if item["project"] is None:
            raise Refused(project=["Job Templates must have a project assigned."])
        if item["inventory"] is None and not item["ask_inventory_on_launch"]:
            raise Refused(inventory=["You must either set a default value or ask to prompt on launch."])
        if item["playbook"] not in self.offered(item["project"]):
            raise Refused(playbook=["Playbook not found for project."])

    def offered(self, project: int) -> list:
        """The files of a project that AWX takes for playbooks: none before it has been fetched."""
        if not self.item("projects", project)["scm_revision"]:
            return []
        return [path.relative_to(self.playbooks).as_posix() for pattern in ("*.yml", "*.yaml") for path in (self.playbooks / "playbooks").rglob(pattern)
                if PLAYBOOK.search(path.read_text(encoding="utf-8"))]

    def _check_schedules(self, item, dummy) -> None:
        rules.check_rrule(item["rrule"])
        self._check_prompts(item, required=True)

    def _check_workflow_job_template_nodes(self, item, dummy) -> None:
        self._check_prompts(item, required=False)

    def _check_prompts(self, item, required) -> None:
        """A schedule or a node may say only what its template asks for; a schedule has to answer the survey."""
        number, answers = item.get("unified_job_template"), rules.parsed(item.get("extra_data") or {})
        kind = next((kind for kind in SURVEYED if number in self.items[kind]), None)
        if kind is None:
            if number is not None and number not in self.items["workflow_approval_templates"]:
                raise Refused(unified_job_template=[f'Invalid pk "{number}" - object does not exist.'])
            return
        template = self.item(kind, number)
        for field in ("limit", "job_type", "verbosity", "inventory", "job_slice_count"):
            if item.get(field) is not None and not template.get(f"ask_{field}_on_launch"):
                raise Refused(**{field: ["Field is not configured to prompt on launch."]})
        dummy, ignored = self.accepted(kind, number, {}, answers)
        if ignored:
            raise Refused(extra_data=[f"Variables {', '.join(ignored['extra_vars'])} are not allowed on launch."])
        problems = rules.answer_problems(self.surveys.get((kind, number), {}), answers) if template["survey_enabled"] else []
        if required and problems:
            raise Refused(variables_needed_to_start=problems)

    # How objects are kept and shown.

    def _store(self, kind, item) -> dict:
        self.number += 1
        self.items[kind][self.number] = {**item, "id": self.number}
        return self.items[kind][self.number]

    def item(self, kind: str, number: int) -> dict:
        """An object as it is kept, secrets included."""
        if number not in self.items.get(kind, {}):
            raise Missing(f"{kind}/{number}")
        return self.items[kind][number]

    def named(self, kind: str, name: str) -> dict:
        return next(item for item in self.items[kind].values() if item["name"] == name)

    def organization(self, kind: str, item: dict):
        """A job template belongs to the organization of its project."""
        if kind == "job_templates":
            return self.items["projects"].get(item.get("project"), {}).get("organization")
        return item.get("organization")

    def shown(self, kind: str, item: dict) -> dict:
        """An object as AWX answers it."""
        shown = {**copy.deepcopy(item), "url": f"/api/v2/{kind}/{item['id']}/", "type": SINGULAR.get(kind, kind[:-1]), "related": {}, "summary_fields": {}}
        shown["related"] = {name: f"{shown['url']}{name}/" for name in RELATED[kind]}
        if kind in ROLES:
            shown["summary_fields"]["object_roles"] = {role: {"id": self._role(kind, item["id"], role), "name": role} for role in ROLES[kind]}
        if kind == "job_templates":
            shown["organization"] = self.organization(kind, item)
        if kind == "credential_types":
            shown["managed"] = item.get("managed", False)
        if kind == "credentials":
            fields = {field["id"]: field for field in self.item("credential_types", item["credential_type"])["inputs"].get("fields", [])}
            shown["inputs"] = {name: ENCRYPTED if value and fields[name].get("secret") else value for name, value in item["inputs"].items()}
        if kind == "projects":
            shown["related"]["last_update"] = f"/api/v2/project_updates/{item['last_update']}/"
            shown["summary_fields"]["last_update"] = {"id": item["last_update"], "status": item["status"], "failed": item["status"] != "successful"}
            shown["last_update_failed"] = item["status"] != "successful"
        if kind == "workflow_job_template_nodes":
            # Only a node that has one lists it.
            number = item.get("unified_job_template")
            if number in self.items["workflow_approval_templates"]:
                shown["related"]["unified_job_template"] = f"/api/v2/workflow_approval_templates/{number}/"
            elif number is not None:
                shown["related"]["unified_job_template"] = f"/api/v2/{next(each for each in UNIFIED if number in self.items[each])}/{number}/"
        return shown

    def _role(self, kind, number, name) -> int:
        found = next((role for role in self.items["roles"].values() if role["of"] == [kind, number, name]), None)
        return (found or self._store("roles", {"name": name, "of": [kind, number, name]}))["id"]

    def granted(self, kind: str, name: str, organization: int) -> dict:
        """Role of an object → the names of the teams that have it; roles that nobody has are left out."""
        number = next(item["id"] for item in self.items[kind].values() if item["name"] == name and self.organization(kind, item) == organization)
        roles = {role["name"]: self.linked("roles", role["id"], "teams") for role in self.items["roles"].values() if role["of"][:2] == [kind, number]}
        return {role: [team["name"] for team in teams] for role, teams in roles.items() if teams}


class _Requests(BaseHTTPRequestHandler):
    """HTTP around an Awx."""

    protocol_version = "HTTP/1.1"
    awx: Awx

    def do_GET(self):  # pylint: disable=invalid-name
        self._answer()

    do_POST = do_PATCH = do_DELETE = do_GET

    def log_message(self, format, *args):  # pylint: disable=redefined-builtin
        pass

    def _answer(self):
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urlsplit(self.path)
        try:
            if self.headers.get("Authorization") != f"Bearer {TOKEN}":
                status, answer = 401, {"detail": "Authentication credentials were not provided."}
            else:
                if self.command != "GET":
                    self.awx.writes.append((self.command, parts.path))
                status, answer = self._routed(parts.path.split("/")[3:-1], dict(parse_qsl(parts.query)), json.loads(content or b"{}"))
        except Refused as exc:
            status, answer = 400, exc.problems
        except Missing as exc:
            status, answer = 404, {"detail": f"Not found: {exc}"}
        except NotAllowed as exc:
            status, answer = 405, {"detail": f'Method "{self.command}" not allowed: {exc}'}
        body = b"" if answer is None else json.dumps(answer).encode("utf-8")
        self.send_response(status)
        for name, value in (("Content-Type", "application/json"), ("Content-Length", str(len(body))), ("X-API-Product-Name", "AWX"),
                            ("X-API-Product-Version", "24.6.1")):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _routed(self, place, query, data):
        """(status, answer) for the parts of the path behind /api/v2."""
        awx, method = self.awx, self.command
        kind, number = place[0], int(place[1]) if len(place) > 1 else None
        if number is None:
            return (200, _page(awx.list(kind, query))) if method == "GET" else (201, awx.create(kind, data))
        if len(place) == 2:
            return 200, awx.shown(kind, awx.item(kind, number)) if method == "GET" else awx.change(kind, number, data)
        name = place[2]
        awx.item(kind, number)
        if name not in RELATED[kind]:
            raise Missing(parts_of(place))
        if name == "survey_spec":
            if method == "GET":
                return 200, awx.survey(kind, number)
            return 200, awx.set_survey(kind, number, data)
        if name == "create_approval_template" and method == "POST":
            return 201, awx.approval(number, data)
        if name == "launch" and method == "POST":
            return 201, awx.launch(kind, number, data)
        if name == "update" and method == "POST":
            return 202, awx.update_project(number)
        if name not in HOLDS:
            raise NotImplementedError(f"AWX has {parts_of(place)}, and this stand-in does not")
        if method == "GET":
            return 200, _page([awx.shown(HOLDS[name], item) for item in awx.linked(kind, number, name)])
        return 204, awx.link(kind, number, name, data["id"], data.get("disassociate", False))


def parts_of(place: list) -> str:
    return "/" + "/".join(place) + "/"


def _page(results: list) -> dict:
    return {"count": len(results), "next": None, "previous": None, "results": results}


class Server:
    """An Awx behind HTTP on a free port of this machine."""

    def __init__(self, awx: Awx):
        self.awx = awx
        handler = type("Requests", (_Requests,), {"awx": awx})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *exc_info):
        self._server.shutdown()
        self._server.server_close()

    @property
    def environment(self) -> dict:
        """What leads the awx.awx modules here. They load the system's certificates for each request, also by HTTP, which would take most of a run's time."""
        return {"CONTROLLER_HOST": self.url, "CONTROLLER_OAUTH_TOKEN": TOKEN, "SSL_CERT_FILE": os.devnull, "SSL_CERT_DIR": os.devnull}
