# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The content for AWX against the modules that apply it, and that the stand-in for AWX refuses what AWX refuses."""

from __future__ import annotations

import json
import re
import subprocess
import urllib.error
import urllib.request

import pytest
import yaml

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.plugin_utils import awx_form
from ansible_collections.tunnelsmith.panos_vpn.tests.integration import awx_modules, awx_rules as rules
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.awx_api import TOKEN, Awx, Missing, Server
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.playbook_run import ROOT

CONTENT = ROOT / "playbooks" / "awx"


class Loader(yaml.SafeLoader):
    """YAML with Ansible's !unsafe."""


Loader.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(node))


def data() -> dict:
    """The content as it stands in the files, not templated."""
    return {name: value for path in sorted((CONTENT / "vars").glob("*.yml"))
            for name, value in yaml.load(path.read_text(encoding="utf-8"), Loader).items()}


def tasks() -> list:
    """The tasks that apply data."""
    found = yaml.safe_load((CONTENT / "tasks" / "content.yml").read_text(encoding="utf-8"))
    inside = [task for each in found for task in each.get("block", [each])]
    return [task for task in inside if "controller_" in task.get("loop", "")]


@pytest.fixture
def awx(shared_fixtures):
    return Awx(shared_fixtures / "awx", ROOT)


def test_the_data_fit_the_modules_that_apply_them(installed, tmp_path):
    """Each option is one of the module's, and no key of the data is left out of its task."""
    modules = [next(key for key in task if key.startswith("awx.awx.")) for task in tasks()]
    shown = subprocess.run([str(installed.program.parent / "ansible-doc"), "-t", "module", "--json", *modules], check=True, text=True, timeout=120,
                           stdout=subprocess.PIPE, env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8",
                                                        "ANSIBLE_COLLECTIONS_PATH": str(awx_modules.folder())})
    documented = json.loads(shown.stdout)
    content = data()
    used: dict = {}
    given: dict = {}
    for task, module in zip(tasks(), modules):
        options = documented[module]["doc"]["options"]
        assert set(task[module]) <= set(options), module
        assert {name for name, option in options.items() if option.get("required")} <= set(task[module]), module
        name = re.search(r"controller_\w+", task["loop"]).group()
        items = content[name] if isinstance(content[name], list) else []
        if "subelements" in task["loop"]:
            name, items = f"{name}, inside", [node for item in items for node in item["simplified_workflow_nodes"]]
        used.setdefault(name, set()).update(re.findall(r"item(?:\.1)?(?:\])?\.(\w+)", str({**task[module], **task.get("vars", {})})))
        given.setdefault(name, set()).update(key for item in items for key in item if key != "simplified_workflow_nodes")
        for option, value in ((option, value) for item in items for option, value in item.items()):
            choices = options[option].get("choices") if option in options else None
            assert not choices or value in choices or "{{" in str(value), (module, option)
    assert {name: given[name] - used[name] for name in given if given[name] - used[name]} == {}


def test_templates_that_write_have_a_twin_that_does_not():
    templates = {template["name"]: template for template in data()["controller_templates"]}
    checks = {name for name, template in templates.items() if template["job_type"] == "check"}
    assert set(templates) - checks - {name.removesuffix(" (check)") for name in checks} == {"VPN verify", "VPN report"}
    for name in checks:
        twin = templates[name.removesuffix(" (check)")]
        kept = {key: value for key, value in templates[name].items() if key not in ("name", "description", "job_type")}
        assert kept == {key: value for key, value in twin.items() if key not in ("name", "description", "job_type")}


def options_of_roles() -> dict:
    """Role → the options of its entry point."""
    specs = {path.parts[-3]: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "roles").glob("*/meta/argument_specs.yml"))}
    return {role: spec["argument_specs"]["main"]["options"] for role, spec in specs.items()}


@pytest.mark.parametrize("role", options_of_roles())
def test_a_form_is_made_of_whatever_a_role_documents(role):
    """Each option becomes a question that AWX takes, which may stay open as AWX's page leaves it, or is refused by name because it is data."""
    options = options_of_roles()[role]
    questions = []
    for name in options:
        try:
            questions += awx_form.questions(role, options, [name.removeprefix(f"{role}_")])
        except InvalidInput as exc:
            assert name in str(exc)
            assert "dict" in str(options[name]) or "raw" in str(options[name])
    rules.check_survey({"name": "Form", "description": "", "spec": questions})
    untouched = rules.posted_by_the_browser({"spec": questions}, {})
    assert rules.answer_problems({"spec": questions}, untouched) == []
    assert awx_form.answered({**untouched, **{question["variable"]: None for question in questions}}) == {}
    assert [question for question in questions if re.search(r"[A-Z]\(|\s\s|\.\s", question["question_description"])] == []
    secret = [question for question in questions if options[re.sub("^(secret_)?answer_", "", question["variable"])].get("no_log")]
    assert {question["type"] for question in secret} <= {"password"}


@pytest.mark.parametrize("answer, taken", [("0", "0"), (0, 0), (False, False), ("false", "false"), (" x \n", "x"), ([" a"], [" a"])])
def test_what_was_answered_is_taken_over(answer, taken):
    assert awx_form.answered({"answer_role_option": answer, "role_other": "y"}) == {"role_option": taken}
    assert awx_form.answered({"secret_answer_role_key": answer}) == {"role_key": answer}


def test_an_option_that_a_role_has_not_is_refused_by_name():
    with pytest.raises(InvalidInput, match="aws_pairing_zones.*aws_pairing_zone"):
        awx_form.questions("aws_pairing", options_of_roles()["aws_pairing"], ["zones"])


@pytest.mark.parametrize("spec, words", [
    pytest.param({"name": "", "spec": []}, "description", id="no description"),
    pytest.param({"question": {"type": "boolean"}}, "not one of", id="a boolean question"),
    pytest.param({"question": {"type": "integer", "default": "12"}}, "expected to be integer", id="a text as an integer's default"),
    pytest.param({"question": {"type": "multiplechoice"}}, "must specify choices", id="a choice without choices"),
    pytest.param({"question": {"type": "multiplechoice", "choices": ["a"], "default": "b"}}, "from the choices", id="a default that is no choice"),
    pytest.param({"question": {"required": "yes"}}, "'required'", id="a text for required"),
])
def test_the_stand_in_refuses_surveys_that_awx_refuses(spec, words):
    if "question" in spec:
        spec = {"name": "", "description": "", "spec": [{"question_name": "Q", "variable": "v", "type": "text", "required": True, **spec["question"]}]}
    with pytest.raises(rules.Refused, match=words):
        rules.check_survey(spec)


@pytest.mark.parametrize("question, answers, words", [
    pytest.param({"default": "shown only"}, {}, "'v' value missing", id="a default answers nothing"),
    pytest.param({"type": "integer"}, {"v": "12"}, "expected to be integer", id="a text for an integer"),
    pytest.param({"type": "integer", "max": 2}, {"v": 3}, "too large", id="a number that is too large"),
    pytest.param({"type": "password", "min": 8}, {"v": "short"}, "too small", id="a key that is too short"),
    pytest.param({"type": "multiplechoice", "choices": ["true", "false"]}, {"v": True}, "expected to be multiplechoice", id="a boolean for a choice"),
    pytest.param({"type": "multiplechoice", "choices": ["a"], "required": False}, {"v": ""}, "one of", id="nothing for a choice that may stay open"),
    pytest.param({"type": "integer", "required": False}, {"v": ""}, "expected to be integer", id="nothing for a number that may stay open"),
    pytest.param({"required": False, "min": 3}, {"v": ""}, "too small", id="nothing for a text of a certain length"),
    pytest.param({"required": False}, {"v": None}, "expected to be text", id="null for a text"),
])
def test_the_stand_in_refuses_answers_that_awx_refuses(question, answers, words):
    spec = {"spec": [{"question_name": "Q", "variable": "v", "type": "text", "required": True, **question}]}
    assert words in " ".join(rules.answer_problems(spec, answers))


@pytest.mark.parametrize("injectors", [
    pytest.param({"env": {"ANSIBLE_HOST_KEY_CHECKING": "no"}}, id="a setting of Ansible"),
    pytest.param({"env": {"PANOS_HOSTNAME": "{{ hots }}"}}, id="a field that is not there"),
    pytest.param({"env": {"PANOS_CA_PATH": "{{ tower.filename.ca }}"}, "file": {"template": "x"}}, id="the name of another file"),
    pytest.param({"environment": {}}, id="a kind that is not there"),
])
def test_the_stand_in_refuses_injectors_that_awx_refuses(injectors):
    with pytest.raises(rules.Refused):
        rules.check_credential_type({"fields": [{"id": "host", "label": "Host", "type": "string"}]}, injectors)


def test_the_stand_in_refuses_objects_that_awx_refuses(awx):
    refused = [
        ("job_templates", {"name": "no project", "playbook": "playbooks/aws_pairing.yml", "inventory": 1}),
        ("credentials", {"name": "no type"}), ("credentials", {"name": "input", "credential_type": 1, "inputs": {"unknown": "x"}}),
        ("organizations", {"name": "Default"}), ("organizations", {"name": ""}), ("organizations", {"name": "x", "max_hosts": "many"}),
        ("schedules", {"name": "s", "unified_job_template": 1, "rrule": "RRULE:FREQ=DAILY"}), ("inventories", {"name": "of nobody", "organization": 99}),
        ("inventories", {"name": "without an organization"}), ("projects", {"name": "p", "organization": 3, "credential": 99}),
        ("credentials", {"name": "new", "credential_type": 1, "inputs": {"token": rules.ENCRYPTED}}),
    ]
    for kind, fields in refused:
        with pytest.raises(rules.Refused):
            awx.create(kind, fields)
    with pytest.raises(Missing):
        awx.list("job_template", {})


def test_the_stand_in_has_each_name_as_often_as_awx(awx):
    """One of a kind in an organization, and execution environments once for all."""
    other = awx.create("organizations", {"name": "Other"})["id"]
    default = awx.named("organizations", "Default")["id"]
    awx.create("inventories", {"name": "Firewalls", "organization": default})
    awx.create("inventories", {"name": "Firewalls", "organization": other})
    assert len(awx.list("inventories", {"name": "Firewalls"})) == 2
    assert len(awx.list("inventories", {"name": "Firewalls", "organization": str(other)})) == 1
    with pytest.raises(rules.Refused, match="Inventory with this Name and Organization already exists"):
        awx.create("inventories", {"name": "Firewalls", "organization": other})
    awx.create("execution_environments", {"name": "PAN-OS VPN", "image": "a", "organization": default})
    with pytest.raises(rules.Refused, match="already exists"):
        awx.create("execution_environments", {"name": "PAN-OS VPN", "image": "b", "organization": other})
    with pytest.raises(rules.Refused, match="no field named 'colour'"):
        awx.list("inventories", {"colour": "red"})


def test_the_stand_in_answers_what_an_object_lists_and_nothing_else(awx):
    organization = awx.named("organizations", "Default")["id"]
    workflow = awx.create("workflow_job_templates", {"name": "w", "organization": organization})["id"]
    nodes = [awx.create("workflow_job_template_nodes", {"identifier": name, "workflow_job_template": workflow})["id"] for name in ("one", "two")]
    approval = awx.approval(nodes[0], {"name": "Approve"})
    assert set(approval["related"]) == {"jobs"}
    with Server(awx) as server:
        def asked(path, data=None):
            request = urllib.request.Request(f"{server.url}/api/v2{path}", headers={"Authorization": f"Bearer {TOKEN}"},
                                             data=None if data is None else json.dumps(data).encode())
            try:
                with urllib.request.urlopen(request, timeout=10) as answer:
                    return answer.status
            except urllib.error.HTTPError as exc:
                return exc.code

        assert asked(f"/workflow_approval_templates/{approval['id']}/success_nodes/") == 404
        assert asked(f"/workflow_approval_templates/{approval['id']}/success_nodes/", {"id": nodes[1]}) == 404
        assert asked(f"/workflow_job_template_nodes/{nodes[0]}/success_nodes/", {"id": nodes[1]}) == 204
        assert asked(f"/workflow_job_template_nodes/{nodes[1]}/success_nodes/", {"id": nodes[0]}) == 400
        assert asked(f"/workflow_job_template_nodes/{nodes[0]}/failure_nodes/", {"id": nodes[1]}) == 400
        assert asked("/workflow_approval_templates/", {"name": "by itself"}) == 405


def test_the_stand_in_keeps_a_failed_project_failed(awx):
    organization = awx.named("organizations", "Default")["id"]
    awx.repository_problem = "could not resolve host"
    project = awx.create("projects", {"name": "p", "organization": organization, "scm_type": "git", "scm_url": "https://git.example.com/p.git"})
    awx.repository_problem = ""
    assert awx.change("projects", project["id"], {"description": "mended"})["status"] == "failed"
    template = {"name": "t", "project": project["id"], "playbook": "playbooks/vpn_verify.yml", "ask_inventory_on_launch": True}
    with pytest.raises(rules.Refused, match="Playbook not found"):
        awx.create("job_templates", template)
    assert awx.update_project(project["id"])["status"] == "successful"
    assert awx.create("job_templates", template)["id"]


def test_the_stand_in_replaces_inputs_as_a_whole_and_keeps_a_secret_that_is_sent_back_as_shown(awx):
    kind = awx.create("credential_types", {"name": "t", "kind": "net", "inputs": {"fields": [
        {"id": "user", "label": "User"}, {"id": "key", "label": "Key", "secret": True}, {"id": "other", "label": "Other", "secret": True}]}, "injectors": {}})
    made = awx.create("credentials", {"name": "c", "credential_type": kind["id"], "inputs": {"user": "a", "key": "k", "other": "o"}})
    assert made["inputs"] == {"user": "a", "key": rules.ENCRYPTED, "other": rules.ENCRYPTED}
    awx.change("credentials", made["id"], {"inputs": {"user": "b", "key": rules.ENCRYPTED}})
    assert awx.item("credentials", made["id"])["inputs"] == {"user": "b", "key": "k"}


def test_marks_of_documentation_are_left_out_also_with_brackets_inside():
    options = {"role_delay": {"type": "str", "description": "The delay, I(Dead Peer Detection Delay (seconds)) there, beside O(role_other). More"}}
    described = awx_form.questions("role", options, ["delay"])[0]["question_description"]
    assert described == "The delay, Dead Peer Detection Delay (seconds) there, beside other; empty, as the inventory says"
