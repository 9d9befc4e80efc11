# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Jobs as AWX runs them: a launch made into a private data directory, which ansible-runner runs."""

from __future__ import annotations

import json
import os
import pathlib
import re
import shutil
import signal
import stat
from dataclasses import dataclass

import yaml
from jinja2.sandbox import ImmutableSandboxedEnvironment

from ansible_collections.tunnelsmith.panos_vpn.tests.integration import awx_rules as rules
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.playbook_run import ROOT

CONFIGURE = "tunnelsmith.panos_vpn.awx.configure"
SETTINGS = {
    "panos_vpn_awx_username": "admin", "panos_vpn_awx_api_key": "AWX.stores_this-1",
    "panos_vpn_awx_hosts": [{"name": "fw1", "variables": {"ansible_host": "192.0.2.11"}}],
}
COLOURS = re.compile(r"\x1b\[[0-9;]*m")
# Where a job's collections lie in an execution environment.
SHARED_COLLECTIONS = "/usr/share/ansible/collections"


class _Unsafe(yaml.SafeDumper):
    """Every text marked as one in which nothing is filled in."""

    def represent_data(self, data):
        return self.represent_scalar("!unsafe", data) if isinstance(data, str) else super().represent_data(data)


def written(variables: dict, trusted: dict | None = None) -> str:
    """Extra variables as AWX writes them: templates count where the job template itself has them, with this very value."""
    return "".join(yaml.dump({name: value}, Dumper=yaml.SafeDumper if (trusted or {}).get(name) == value else _Unsafe, default_flow_style=False)
                   for name, value in variables.items())


@dataclass
class Job:
    """A finished job. ``rc``, ``status``: of ansible-runner. ``output``: what AWX shows of it, without colours."""

    rc: int
    status: str
    output: str
    artifacts: pathlib.Path

    def artifact_texts(self) -> dict:
        """File → content of all that ansible-runner leaves and AWX keeps; ``command`` holds the environment by its design."""
        return {path.relative_to(self.artifacts).as_posix(): path.read_text(encoding="utf-8", errors="replace")
                for path in self.artifacts.rglob("*") if path.is_file() and path.name != "command"}

    def events(self) -> list:
        """What the job's tasks gave back, in order."""
        found = [json.loads(path.read_text(encoding="utf-8")) for path in (self.artifacts / "job_events").glob("*.json")]
        return sorted(found, key=lambda event: event["counter"])

    def hosts(self) -> set:
        """The hosts that its tasks ran on."""
        return {event["event_data"]["host"] for event in self.events() if event["event"] == "runner_on_ok"}

    def failures(self) -> str:
        """The messages of failed tasks."""
        return "\n".join(str(event["event_data"].get("res", {}).get("msg", "")) for event in self.events() if event["event"] == "runner_on_failed")

    def stats(self) -> dict:
        """What the job hands to the next node of a workflow."""
        return next((event["event_data"].get("artifact_data", {}) for event in reversed(self.events()) if event["event"] == "playbook_on_stats"), {})


class Jobs:
    """Makes the jobs of an AWX, in folders of their own. C(environment), C(collections): what the execution environment has besides."""

    def __init__(self, awx, installed, folder: pathlib.Path):
        self.awx = awx
        self.environment: dict = {}
        self.collections = ""
        self.installed = installed
        self.folder = folder
        self.home = folder / "home"
        self.home.mkdir()

    def launched(self, name: str, answers: dict | None = None, **more) -> dict:
        """A launch of a job template by its name; C(more) as in the API. Raises Refused."""
        answer = self.awx.launch("job_templates", self.awx.named("job_templates", name)["id"], {"extra_vars": answers or {}, **more})
        return {**self.awx.jobs[answer["job"]], "ignored": answer["ignored_fields"]}

    def node(self, identifier: str, answers: dict, artifacts: dict | None = None) -> dict:
        """The job of a workflow's node. It is given what earlier nodes have left, the workflow's own variables and all answers to its
        survey, whatever its template asks."""
        nodes = self.awx.items["workflow_job_template_nodes"].values()
        node = next(node for node in nodes if node["identifier"] == identifier)
        self.awx.number += 1
        own = rules.parsed(self.awx.item("workflow_job_templates", node["workflow_job_template"])["extra_vars"])
        return {"id": self.awx.number, "template": node["unified_job_template"], "extra_vars": {**(artifacts or {}), **own, **answers}, "ignored": {}}

    def run(self, job: dict, *, slices: tuple | None = None, cancel=None, timeout: int = 300) -> Job:
        """A job to its end. C(slices): (which, of how many). C(cancel): asked again and again whether somebody has cancelled it."""
        import ansible_runner

        private, playbook = self.private_data(job, slices)
        # Without a callback ansible-runner takes the handlers of SIGINT and SIGTERM, and keeps them.
        runner = ansible_runner.run(
            private_data_dir=str(private), playbook=playbook, ident="job", quiet=True, cancel_callback=cancel or (lambda: False), timeout=timeout)
        if runner.status == "canceled":
            _end_container(private)
        with runner.stdout as shown:
            return Job(runner.rc, runner.status, COLOURS.sub("", shown.read()), private / "artifacts" / "job")

    def private_data(self, job: dict, slices: tuple | None = None) -> tuple:
        """(directory, playbook) for ansible-runner."""
        template = self.awx.item("job_templates", job["template"])
        private = self.folder / f"job{job['id']}{'-%d' % slices[0] if slices else ''}"
        for part in ("env", "inventory", "project"):
            (private / part).mkdir(parents=True)
        shutil.copytree(ROOT / "playbooks", private / "project" / "playbooks")
        environment, arguments = self._credentials(template, private)
        defined = rules.parsed(template["extra_vars"])
        variables = {"awx_job_id": job["id"], "awx_job_template_name": template["name"], "tower_job_id": job["id"], **defined, **job["extra_vars"]}
        _write(private / "env" / "extravars", written(variables, defined))
        arguments += ["--check"] if template["job_type"] == "check" else []
        arguments += ["--diff"] if template["diff_mode"] else []
        arguments += ["-" + "v" * job["verbosity"]] if job.get("verbosity") else []
        arguments += ["-l", job["limit"]] if job.get("limit") else []
        _write(private / "env" / "cmdline", " ".join(arguments))
        _write(private / "env" / "envvars", yaml.safe_dump({**self._environment(job, private), **self.environment, **environment}))
        _write(private / "env" / "settings", yaml.safe_dump({"idle_timeout": 0, "suppress_ansible_output": False}))
        self._inventory(template["inventory"], private / "inventory" / "hosts", slices)
        return private, template["playbook"]

    def _environment(self, job, private) -> dict:
        paths = [str(private / "requirements_collections"), str(self.installed.collections or ""), self.collections, SHARED_COLLECTIONS]
        return {
            "HOME": str(self.home), "PATH": f"{self.installed.program.parent}:{os.environ['PATH']}", "LANG": "C.UTF-8", "JOB_ID": str(job["id"]),
            "ANSIBLE_COLLECTIONS_PATH": ":".join(path for path in paths if path), "ANSIBLE_FORCE_COLOR": "True", "ANSIBLE_HOST_KEY_CHECKING": "False",
            "ANSIBLE_INVENTORY_UNPARSED_FAILED": "True", "ANSIBLE_RETRY_FILES_ENABLED": "False", "AWX_PRIVATE_DATA_DIR": str(private),
        }

    def _credentials(self, template, private) -> tuple:
        """(environment, arguments) that the injectors of the template's credentials make."""
        environment, arguments = {}, []
        for credential in self.awx.linked("job_templates", template["id"], "credentials"):
            kind = self.awx.item("credential_types", credential["credential_type"])
            values = {name: value for name, value in credential["inputs"].items() if value != ""}
            values.update({field["id"]: False for field in kind["inputs"]["fields"] if field["type"] == "boolean" and field["id"] not in values})
            values["tower"] = tower = {}
            templates = ImmutableSandboxedEnvironment()
            for number, text in enumerate(kind["injectors"].get("file", {}).values()):
                tower["filename"] = str(private / "env" / f"credential{credential['id']}_{number}")
                _write(pathlib.Path(tower["filename"]), templates.from_string(text).render(**values))
            made = {name: templates.from_string(text).render(**values) for name, text in kind["injectors"].get("env", {}).items()}
            # AWX's own kinds leave out what was not given.
            environment.update({name: value for name, value in made.items() if value or not kind.get("managed")})
            variables = {name: templates.from_string(text).render(**values) for name, text in kind["injectors"].get("extra_vars", {}).items()}
            if variables:
                file = private / "env" / f"variables{credential['id']}"
                _write(file, written(variables))
                arguments += ["-e", f"@{file}"]
        return environment, arguments

    def _inventory(self, number, file, slices) -> None:
        """A program that prints the inventory, as AWX writes one."""
        hosts = {host["name"]: rules.parsed(host["variables"]) for host in self.awx.items["hosts"].values() if host["inventory"] == number and host["enabled"]}
        if slices:
            hosts = {name: variables for position, (name, variables) in enumerate(sorted(hosts.items())) if position % slices[1] == slices[0] - 1}
        content = {"_meta": {"hostvars": hosts}, "all": {"hosts": sorted(hosts), "vars": rules.parsed(self.awx.item("inventories", number)["variables"])}}
        for group in self.awx.items["groups"].values():
            if group["inventory"] == number:
                members = [host["name"] for host in self.awx.linked("groups", group["id"], "hosts") if host["name"] in hosts]
                content[group["name"]] = {"hosts": members, "vars": rules.parsed(group["variables"])}
        _write(file, f"#! /usr/bin/env python3\nprint({json.dumps(content)!r})\n")
        file.chmod(stat.S_IRUSR | stat.S_IXUSR)


def _end_container(private: pathlib.Path) -> None:
    """What is left of a cancelled job ends too: with AWX the container goes, also with the workers that are in sessions of their own."""
    mark = f"AWX_PRIVATE_DATA_DIR={private}".encode()
    for environment in pathlib.Path("/proc").glob("[0-9]*/environ"):
        try:
            if mark in environment.read_bytes().split(b"\0"):
                os.kill(int(environment.parent.name), signal.SIGKILL)
        except OSError:
            continue


def _write(path: pathlib.Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    path.chmod(stat.S_IRUSR | stat.S_IWUSR)
