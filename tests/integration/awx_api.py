# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A stand-in for AWX's API that keeps what the awx.awx modules write, and refuses what AWX refuses.

Fields, types, choices and defaults come from recorded OPTIONS answers of AWX 24.6.1; the rules beyond them are in awx_rules.
"""

from __future__ import annotations

import copy
import json
import pathlib
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from ansible_collections.tunnelsmith.panos_vpn.tests.integration import awx_rules as rules
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.awx_rules import ENCRYPTED, Refused

TOKEN = "awx-token-of-the-tests"
SINGULAR = {"inventories": "inventory"}
# What makes an object unique beside its name.
UNIQUE = {
    "credentials": ("organization", "credential_type"), "projects": ("organization",), "inventories": ("organization",), "hosts": ("inventory",),
    "groups": ("inventory",), "job_templates": ("organization",), "workflow_job_templates": ("organization",), "schedules": ("unified_job_template",),
}
UNIFIED = ("job_templates", "projects", "workflow_job_templates", "inventory_sources")
PLAYBOOK = re.compile(r"^\s*-?\s*(hosts|(ansible\.builtin\.)?import_playbook):", re.MULTILINE)
SURVEYED = ("job_templates", "workflow_job_templates")


class Missing(Exception):
    """Status 404."""


class Awx:
    """The objects of one AWX. C(playbooks): the folder that its projects are clones of. C(ignored): fields that were sent and do not exist."""

    def __init__(self, fixtures: pathlib.Path, playbooks: pathlib.Path):
        self.options = {path.name.split(".")[0]: json.loads(path.read_text(encoding="utf-8"))["actions"]["POST"]
                        for path in fixtures.glob("*.options.json")}
        self.options["workflow_approval_templates"] = {}
        self.items = {kind: {} for kind in self.options}
        self.links, self.surveys, self.jobs, self.ignored = {}, {}, {}, set()
        self.writes = []
        self.playbooks = playbooks
        self.number = 0
        galaxy = self._store("credential_types", {"name": "Ansible Galaxy/Automation Hub API Token", "kind": "galaxy", "inputs": {}, "injectors": {}})
        self._store("credentials", {"name": "Ansible Galaxy", "credential_type": galaxy["id"], "inputs": {}, "organization": None})
        self._store("organizations", {"name": "Default"})

    # What a request does.

    def list(self, kind: str, query: dict) -> list:
        kinds = UNIFIED if kind == "unified_job_templates" else (kind,)
        if not set(kinds) <= set(self.items):
            raise Missing(kind)
        return [self.shown(each, item) for each in kinds for item in self.items[each].values() if self._matches(each, item, query)]

    def _matches(self, kind, item, query) -> bool:
        either = {name[4:]: value for name, value in query.items() if name.startswith("or__")}
        every = {name: value for name, value in query.items() if not name.startswith("or__")}
        full = {**item, "organization": self.organization(kind, item)}
        return all(str(full.get(name)) == value for name, value in every.items()) and (
            not either or any(str(full.get(name)) == value for name, value in either.items()))

    def create(self, kind: str, data: dict) -> dict:
        rules.check_fields(self.options[kind], data, creating=True)
        item = {name: copy.deepcopy(field["default"]) for name, field in self.options[kind].items() if "default" in field}
        item.update({name: None for name, field in self.options[kind].items() if "default" not in field})
        item.update(self._known(kind, data))
        self._check(kind, item, {})
        return self.shown(kind, self._store(kind, item))

    def change(self, kind: str, number: int, data: dict) -> dict:
        item = self.item(kind, number)
        rules.check_fields(self.options[kind], data, creating=False)
        changed = {**item, **self._known(kind, data)}
        if kind == "credentials":
            changed["inputs"] = {name: item["inputs"].get(name) if value == ENCRYPTED else value for name, value in changed["inputs"].items()}
        self._check(kind, changed, item)
        item.update(changed)
        return self.shown(kind, item)

    def link(self, kind: str, number: int, name: str, other: int, disassociate: bool) -> None:
        self.item(kind, number)
        linked = self.links.setdefault((kind, number, name), [])
        if disassociate:
            linked.remove(other)
            return
        if name == "credentials" and kind == "job_templates":
            types = {self.item("credentials", one)["credential_type"] for one in linked}
            if self.item("credentials", other)["credential_type"] in types:
                raise Refused(detail="Cannot assign multiple credentials of one type.")
        linked.append(other)

    def linked(self, kind: str, number: int, name: str) -> list:
        """The objects that an association holds, in its order."""
        return [self.item(self._target(name), other) for other in self.links.get((kind, number, name), [])]

    @staticmethod
    def _target(name: str) -> str:
        if name.endswith("credentials"):
            return "credentials"
        return "workflow_job_template_nodes" if name.endswith("_nodes") else {"children": "groups"}.get(name, name)

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
                             ("execution_environment", "execution_environments"), ("default_environment", "execution_environments")):
            if isinstance(item.get(name), int) and item[name] not in self.items[target]:
                raise Refused(**{name: [f'Invalid pk "{item[name]}" - object does not exist.']})
        if "name" in item:
            same = (item["name"], *(self.organization(kind, item) if field == "organization" else item.get(field) for field in UNIQUE.get(kind, ())))
            if any(same == (other["name"], *(self.organization(kind, other) if field == "organization" else other.get(field) for field in UNIQUE.get(kind, ())))
                   for other in self.items[kind].values() if other["id"] != before.get("id")):
                raise Refused(__all__=[f"{kind} with this name already exists."])
        check = getattr(self, f"_check_{kind}", None)
        if check:
            check(item, before)

    def _check_credential_types(self, item, before) -> None:
        in_use = any(credential["credential_type"] == before.get("id") for credential in self.items["credentials"].values())
        if in_use and before["inputs"] != item["inputs"]:
            raise Refused(detail="Modifications to inputs are not allowed for credential types that are in use")
        rules.check_credential_type(item["inputs"], item["injectors"])

    def _check_credentials(self, item, dummy) -> None:
        rules.check_inputs(self.item("credential_types", item["credential_type"])["inputs"].get("fields", []), item["inputs"])

    def _check_job_templates(self, item, dummy) -> None:
        if item["project"] is None:
            raise Refused(project=["Job Templates must have a project assigned."])
        if item["inventory"] is None and not item["ask_inventory_on_launch"]:
            raise Refused(inventory=["You must either set a default value or ask to prompt on launch."])
        if item["playbook"] not in self.offered():
            raise Refused(playbook=["Playbook not found for project."])

    def offered(self) -> list:
        """The files that AWX takes for playbooks."""
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
        if kind in SURVEYED:
            shown["related"]["survey_spec"] = f"{shown['url']}survey_spec/"
            shown["organization"] = self.organization(kind, item)
        if kind == "credential_types":
            shown["managed"] = item["kind"] == "galaxy"
        if kind == "credentials":
            fields = {field["id"]: field for field in self.item("credential_types", item["credential_type"])["inputs"].get("fields", [])}
            shown["inputs"] = {name: ENCRYPTED if value and fields[name].get("secret") else value for name, value in item["inputs"].items()}
        if kind == "groups":
            shown["related"].update(hosts=f"{shown['url']}hosts/", children=f"{shown['url']}children/")
        if kind == "projects":
            shown.update(scm_revision="0" * 40, related={"update": f"{shown['url']}update/"})
        if kind == "workflow_job_template_nodes" and item.get("unified_job_template") in self.items["workflow_approval_templates"]:
            shown["related"]["unified_job_template"] = f"/api/v2/workflow_approval_templates/{item['unified_job_template']}/"
        return shown


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
        if name == "survey_spec":
            if method == "GET":
                return 200, awx.survey(kind, number)
            return 200, awx.set_survey(kind, number, data)
        if name == "create_approval_template":
            return 201, awx.approval(number, data)
        if name == "launch":
            return 201, awx.launch(kind, number, data)
        if method == "GET":
            return 200, _page(awx.linked(kind, number, name))
        return 204, awx.link(kind, number, name, data["id"], data.get("disassociate", False))


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
        """What leads the awx.awx modules here."""
        return {"CONTROLLER_HOST": self.url, "CONTROLLER_OAUTH_TOKEN": TOKEN}
