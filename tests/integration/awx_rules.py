# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What AWX refuses: in the fields of an object, in a credential type, in a survey, in answers to it, and in a schedule's rule."""

from __future__ import annotations

import json
import re

import yaml
from jinja2 import StrictUndefined
from jinja2.exceptions import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

ENCRYPTED = "$encrypted$"
# Types of survey questions, and what their defaults and answers are in JSON. There is no boolean.
QUESTION_TYPES = {"text": str, "textarea": str, "password": str, "multiplechoice": str, "multiselect": str, "integer": int, "float": (int, float)}
VARIABLE = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
# Environment variables that a credential may not set.
OWN_ENVIRONMENT = {"PATH", "PYTHONPATH", "VIRTUAL_ENV", "JOB_ID", "HOME", "INVENTORY_ID", "AWX_HOST"}

# A kind of credential that AWX brings along, and what its own code puts into a job's environment. It knows no region.
AMAZON_WEB_SERVICES = {
    "name": "Amazon Web Services", "kind": "cloud", "managed": True,
    "inputs": {"fields": [{"id": "username", "label": "Access Key", "type": "string"},
                          {"id": "password", "label": "Secret Key", "type": "string", "secret": True},
                          {"id": "security_token", "label": "STS Token", "type": "string", "secret": True}],
               "required": ["username", "password"]},
    "injectors": {"env": {"AWS_ACCESS_KEY_ID": "{{ username }}", "AWS_SECRET_ACCESS_KEY": "{{ password }}",
                          "AWS_SECURITY_TOKEN": "{{ security_token }}", "AWS_SESSION_TOKEN": "{{ security_token }}"}},
}


class Refused(Exception):
    """Status 400; C(problems): field or C(__all__) → texts, as in the answer."""

    def __init__(self, **problems):
        super().__init__(str(problems))
        self.problems = problems


def check_fields(options: dict, data: dict, creating: bool) -> None:
    """Types, lengths, choices and presence, as the endpoint's OPTIONS declare them; fields that it does not declare are not looked at."""
    problems = {}
    for name, field in options.items():
        if name not in data:
            if creating and field["required"] and "default" not in field:
                problems[name] = ["This field is required."]
        elif problem := _problem(field, data[name]):
            problems[name] = [problem]
    if problems:
        raise Refused(**problems)


def _problem(field: dict, value) -> str:
    kind = field["type"]
    if kind == "choice":
        return "" if value in [choice for choice, _label in field["choices"]] else f'"{value}" is not a valid choice.'
    if value is None:
        return "" if kind in ("id", "json") or field.get("default", "") is None else "This field may not be null."
    if kind == "string":
        if not isinstance(value, str):
            return "Not a valid string."
        if not value and field["required"]:
            return "This field may not be blank."
        return f"Ensure this field has no more than {field['max_length']} characters." if len(value) > field.get("max_length", len(value)) else ""
    if kind == "boolean":
        return "" if isinstance(value, bool) else "Must be a valid boolean."
    if kind == "integer":
        if not isinstance(value, int) or isinstance(value, bool):
            return "A valid integer is required."
        return "" if field.get("min_value", value) <= value <= field.get("max_value", value) else "Ensure this value is within its limits."
    if kind == "json" and isinstance(value, str) and value:
        return "" if isinstance(parsed(value), dict) else "Cannot parse as JSON or YAML, or is no dictionary."
    return ""


def parsed(text):
    """Variables as AWX stores them, a text of JSON or YAML."""
    if isinstance(text, dict):
        return text
    try:
        return json.loads(text) if text else {}
    except ValueError:
        try:
            return yaml.safe_load(text)
        except yaml.YAMLError:
            return None


def check_credential_type(inputs: dict, injectors: dict) -> None:
    """Raises Refused. A field without a type gets one, as at AWX, where that shows in what is read back."""
    if set(inputs) - {"fields", "required", "dependencies"}:
        raise Refused(inputs=["Additional properties are not allowed."])
    known = {}
    for field in inputs.get("fields", []):
        extra = set(field) - {"id", "label", "help_text", "type", "format", "choices", "default", "multiline", "secret", "ask_at_runtime"}
        if extra:
            raise Refused(inputs=[f"Additional properties are not allowed ({sorted(extra)[0]!r} was unexpected)"])
        name, kind = field.get("id", ""), field.setdefault("type", "string")
        if not VARIABLE.fullmatch(name) or name == "tower" or "label" not in field:
            raise Refused(inputs=[f"{name!r} cannot be a field: it needs an id that is a name, and a label"])
        if name in known:
            raise Refused(inputs=[f"field IDs must be unique ({name})"])
        if kind not in ("string", "boolean") or (kind == "boolean" and (field.get("secret") or field.get("multiline"))):
            raise Refused(inputs=[f"{name}: a field of type {kind} cannot be so"])
        if field.get("ask_at_runtime"):
            raise Refused(inputs=["'ask_at_runtime' is not supported for custom credentials."])
        known[name] = field
    if set(inputs.get("required", [])) - set(known):
        raise Refused(inputs=["'required' names fields that are not there"])
    _check_injectors(injectors, known)


def _check_injectors(injectors, fields) -> None:
    if set(injectors) - {"file", "env", "extra_vars"}:
        raise Refused(injectors=["Additional properties are not allowed."])
    files = injectors.get("file", {})
    if any(not re.fullmatch(r"template(\.[a-zA-Z_]+[a-zA-Z0-9_]*)?", label) for label in files):
        raise Refused(injectors=["Files are called template, or template.NAME."])
    if "template" in files and len(files) > 1:
        raise Refused(injectors=["Must use multi-file syntax when injecting multiple files"])
    for name in injectors.get("env", {}):
        if name.startswith("ANSIBLE_") or name in OWN_ENVIRONMENT or not VARIABLE.fullmatch(name):
            raise Refused(injectors=[f"Environment variable {name} may affect Ansible configuration so its use is not allowed in credentials."])
    labels = [label.partition(".")[2] for label in files]
    filename = "EXAMPLE_FILENAME" if labels == [""] else dict.fromkeys(labels, "EXAMPLE_FILENAME")
    values = {name: True if field["type"] == "boolean" else "EXAMPLE_VALUE" for name, field in fields.items()}
    values["tower"] = {"filename": filename} if files else {}
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined)
    for kind, templates in injectors.items():
        for key, template in templates.items():
            try:
                environment.from_string(template).render(**values)
            except TemplateError as exc:
                raise Refused(injectors=[f"Encountered error parsing template {key} in {kind}: {exc}"]) from None


def check_inputs(fields: list, inputs: dict) -> None:
    """A credential's inputs against the fields of its type. Raises Refused."""
    known = {field["id"]: field for field in fields}
    for name, value in inputs.items():
        if name not in known:
            raise Refused(inputs=[f"Additional properties are not allowed ({name!r} was unexpected)"])
        if not isinstance(value, bool if known[name]["type"] == "boolean" else str):
            raise Refused(inputs=[f"{name}: {value!r} is not of type {known[name]['type']}"])


def check_survey(spec: dict) -> None:
    """Raises Refused, with the key C(error) as AWX answers here."""
    for name, kind in (("name", str), ("description", str), ("spec", list)):
        if not isinstance(spec.get(name), kind):
            raise Refused(error=f"Field '{name}' is missing from survey spec, or of another type.")
    if not spec["spec"]:
        raise Refused(error="'spec' doesn't contain any items.")
    seen = set()
    for number, question in enumerate(spec["spec"]):
        _check_question(number, question)
        if question["variable"] in seen:
            raise Refused(error=f"'variable' '{question['variable']}' duplicated in survey question {number}.")
        seen.add(question["variable"])


def _check_question(number, question) -> None:
    for name, kind in (("type", str), ("question_name", str), ("variable", str), ("required", bool)):
        if not isinstance(question.get(name), kind):
            raise Refused(error=f"'{name}' missing from survey question {number}, or of another type.")
    kind, default = question["type"], question.get("default", "")
    if kind not in QUESTION_TYPES:
        raise Refused(error=f"'{kind}' in survey question {number} is not one of '{', '.join(QUESTION_TYPES)}' allowed question types.")
    if default != "" and (not isinstance(default, QUESTION_TYPES[kind]) or isinstance(default, bool)):
        raise Refused(error=f"Default value {default} in survey question {number} expected to be {kind}.")
    for limit in ("min", "max"):
        if question.get(limit) is not None and not isinstance(question[limit], int):
            raise Refused(error=f"The {limit} limit in survey question {number} expected to be integer.")
    if kind in ("multiplechoice", "multiselect"):
        if "choices" not in question:
            raise Refused(error=f"Survey question {number} of type {kind} must specify choices.")
        if any(choice not in choices(question) for choice in default.splitlines()):
            raise Refused(error=f"Default choice must be answered from the choices listed in survey question {number}.")


def choices(question: dict) -> list:
    """The choices of a question, which come as a list or as lines."""
    return question["choices"].splitlines() if isinstance(question["choices"], str) else list(question["choices"])


def answer_problems(spec: dict, answers: dict) -> list:
    """What is wrong with answers. A default does not answer a required question, and an empty text is no choice and no number, also where the question
    may stay open."""
    found = []
    for question in spec.get("spec", []):
        name = question["variable"]
        if name not in answers:
            if question["required"]:
                found.append(f"'{name}' value missing")
            continue
        found += _answer_problems(question, answers[name])
    return found


def _answer_problems(question, value) -> list:
    name, kind = question["variable"], question["type"]
    if kind == "multiselect":
        if not isinstance(value, list) or set(value) - set(choices(question)):
            return [f"Value {value} for '{name}' expected to be a list of its choices."]
    elif not isinstance(value, QUESTION_TYPES[kind]) or isinstance(value, bool):
        return [f"Value {value} for '{name}' expected to be {kind}."]
    elif kind == "multiplechoice":
        if value not in choices(question):
            return [f"Value {value} for '{name}' expected to be one of {choices(question)}."]
    elif kind in ("integer", "float"):
        return _outside(question, name, value, f"{value}")
    else:
        return _outside(question, name, len(value), f"length {len(value)}")
    return []


def survey_defaults(spec: dict) -> dict:
    """What questions that nobody answered add to a job's variables: their defaults, where those would be answers."""
    given = {question["variable"]: (question, question["default"]) for question in spec.get("spec", []) if question.get("default") is not None}
    return {name: default for name, (question, default) in given.items() if not _answer_problems(question, default)}


def posted_by_the_browser(spec: dict, answers: dict) -> dict:
    """What AWX's page posts for a form: every question, those that nobody touched with their default or as an empty text; an empty list is left out."""
    posted = {question["variable"]: answers.get(question["variable"], question.get("default", [] if question["type"] == "multiselect" else ""))
              for question in spec["spec"]}
    return {name: value for name, value in posted.items() if value != []}


def _outside(question, name, size, told) -> list:
    if question.get("min") is not None and size < question["min"]:
        return [f"'{name}' value {told} is too small (must be at least {question['min']})."]
    if question.get("max") is not None and size > question["max"]:
        return [f"'{name}' value {told} is too large (must be no more than {question['max']})."]
    return []


def check_rrule(rule: str) -> None:
    if len(re.findall(r"DTSTART(;TZID=[^:]+)?:\d{8}T\d{6}Z?", rule)) != 1:
        raise Refused(rrule=["Valid DTSTART required in rrule. Value should start with: DTSTART:YYYYMMDDTHHMMSSZ"])
    rules = re.findall(r"RRULE:(\S+)", rule)
    if not rules or any("INTERVAL=" not in part for part in rules):
        raise Refused(rrule=["RRULE and INTERVAL required in rrule."])
    if any(word in rule for word in ("SECONDLY", "BYYEARDAY", "BYWEEKNO")):
        raise Refused(rrule=["A part of the rrule is not supported."])
