# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The content for AWX against the modules that apply it, and that the stand-in for AWX refuses what AWX refuses."""

from __future__ import annotations

import json
import re
import subprocess

import pytest
import yaml

from ansible_collections.tunnelsmith.panos_vpn.tests.integration import awx_modules, awx_rules as rules
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.awx_api import Awx, Missing
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
    return yaml.safe_load((CONTENT / "tasks" / "content.yml").read_text(encoding="utf-8"))


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
    for task, module in zip(tasks(), modules):
        options = documented[module]["doc"]["options"]
        assert set(task[module]) <= set(options), module
        assert {name for name, option in options.items() if option.get("required")} <= set(task[module]), module
        used = set(re.findall(r"item(?:\.1)?(?:\])?\.(\w+)", str(task[module])))
        name = re.search(r"controller_\w+", task["loop"]).group()
        items = content[name] if isinstance(content[name], list) else []
        if "subelements" in task["loop"]:
            items = [node for item in items for node in item["simplified_workflow_nodes"]]
        given = {key for item in items for key in item} - {"simplified_workflow_nodes"}
        assert given <= used, module
        for option, value in ((option, value) for item in items for option, value in item.items()):
            choices = options[option].get("choices") if option in options else None
            assert not choices or value in choices or "{{" in str(value), (module, option)


def test_templates_that_write_have_a_twin_that_does_not():
    templates = {template["name"]: template for template in data()["controller_templates"]}
    checks = {name for name, template in templates.items() if template["job_type"] == "check"}
    assert set(templates) - checks - {name.removesuffix(" (check)") for name in checks} == {"VPN verify", "VPN report"}
    for name in checks:
        twin = templates[name.removesuffix(" (check)")]
        kept = {key: value for key, value in templates[name].items() if key not in ("name", "description", "job_type")}
        assert kept == {key: value for key, value in twin.items() if key not in ("name", "description", "job_type")}


def test_keys_are_asked_for_as_passwords_without_a_default():
    surveys = [item["survey_spec"] for item in data()["controller_templates"] if "survey_spec" in item] + [data()["controller_workflow_survey"]]
    questions = [question for survey in surveys for question in survey["spec"]]
    keys = [question for question in questions if "key" in question["variable"]]
    assert keys
    assert {question["type"] for question in keys} == {"password"}
    assert [question for question in keys if "default" in question] == []
    assert [question for question in data()["controller_workflow_survey"]["spec"] if question["type"] == "password"] == []


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
    ]
    for kind, fields in refused:
        with pytest.raises(rules.Refused):
            awx.create(kind, fields)
    with pytest.raises(Missing):
        awx.list("job_template", {})
