# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: variable_problems
author:
  - Tunnelsmith contributors (@tunnelsmith)
version_added: "0.1.0"
short_description: What is wrong with the variables of a role or playbook of this collection
description:
  - Ansible ignores a variable that nobody reads. This tells of every variable that has the prefix of a role or playbook, or nearly has it, and is none of its
    variables, and names the one that was probably meant.
  - It tells as well which variables have a value of another kind or none of the choices, or a value that cannot be worked out because something in it is
    undefined, and of a playbook which ones are missing.
  - A tag that is nearly one of a role's steps selects nothing, and is told, too.
  - The roles and playbooks of the collection ask for it before they do anything.
options:
  _terms:
    description: Names of roles and playbooks of this collection.
    type: list
    elements: str
    required: true
"""

EXAMPLES = r"""
- name: Stop where a variable is misspelt, in a play that uses the role later
  ansible.builtin.assert:
    that: found | length == 0
    fail_msg: "{{ found | join('; ') }}"
  vars:
    found: "{{ query('tunnelsmith.panos_vpn.variable_problems', 'aws_pairing') }}"
"""

RETURN = r"""
_raw:
  description: One sentence for each problem, none when all is well. None of them holds a value that may be a secret.
  type: list
  elements: str
  sample:
    - aws_pairing_backup_route is no variable of aws_pairing; perhaps 'aws_pairing_backup_routes' is meant
"""

import pathlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ansible.errors import AnsibleError, AnsibleLookupError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.plugins.lookup import LookupBase

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import arguments
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import naming

_COLLECTION = pathlib.Path(__file__).resolve().parents[2]
_OF_ROLES = "roles/{}/meta/argument_specs.yml"
_OF_PLAYBOOKS = "playbooks/argument_specs/{}.yml"

_NUMBERS = {"int": "whole number", "float": "number"}
_LISTED = "the documentation lists them (ansible-doc -t role, or the page about playbooks)"
# What the steps of a role are called as tags; a role that commits and verifies has them all.
_STEPS = ("preflight", "configure", "commit", "verify")
_PROVIDER = "panos_provider"
_REACHED = ("how a firewall is reached says provider in module_defaults, to the collection's playbooks panos_provider, or the environment (PANOS_HOSTNAME, "
            "PANOS_API_KEY)")


class LookupModule(LookupBase):
    def run(self, terms, variables=None, **kwargs):
        self.set_options(var_options=variables, direct=kwargs)
        return [problem for name in terms for problem in self._of(str(name), variables or {})]

    def _of(self, name, variables):
        of_role, of_playbook = self._described(_OF_ROLES.format(name)), self._described(_OF_PLAYBOOKS.format(name))
        if of_role is None and of_playbook is None:
            raise AnsibleLookupError(f"variable_problems: the collection has no role or playbook '{name}' with variables")
        known = {**(of_role or {}), **(of_playbook or {})}
        unknown = [*_unknown(name, known, variables), *_unknown_steps(name, known, variables)]
        if unknown:
            return unknown
        values, undefined = self._values([*known, _PROVIDER], variables)
        # A role of ours that has a required variable leaves it to Ansible, which answers with the description of all of them.
        return undefined or _missing(known, values) or _of_values(known, values, of_playbook or {})

    def _described(self, path):
        """The options that a file of argument specs describes, to be read only; None where there is no such file. Ansible keeps what it has read of a role."""
        if not (_COLLECTION / path).is_file():
            return None
        # Called unsafe is that it is no copy, which would take longer than all that is looked at.
        specs = self._loader.load_from_file(str(_COLLECTION / path), unsafe=True)["argument_specs"].values()
        return {name: option for spec in specs for name, option in spec.get("options", {}).items()}

    def _values(self, names, variables) -> tuple[dict[str, Any], list[str]]:
        """(The values of the variables of these names that are set, what is wrong with those that cannot be worked out).

        A default would take their place silently, or Ansible would say what is undefined and not where.
        """
        values: dict[str, Any] = {}
        undefined = []
        for name in names:
            if name not in variables:
                continue
            try:
                # In a mapping, where what is omitted goes with its key.
                values |= self._templar.template({name: variables[name]})
            except AnsibleError as exc:
                undefined.append(f"{name}: {exc}")
        # Before ansible-core 2.19 it is a text.
        return {name: value for name, value in values.items() if not (isinstance(value, str) and value == variables.get("omit"))}, undefined


def _missing(options: Mapping, values: Mapping) -> list[str]:
    """What is required and was not given. What depends on others, the roles say themselves."""
    return [f"{name} is not set; {_described_as(option)}" for name, option in options.items() if option.get("required") and values.get(name) in ("", None)]


def _of_values(options: Mapping, values: Mapping, of_playbook: Mapping) -> list[str]:
    """What is wrong with the values, one by one. To a playbook an empty text is an answer that was left out."""
    found = []
    for name, option in options.items():
        value = values.get(name) if option.get("type") != "raw" else None
        if value is not None and not (value == "" and name in of_playbook):
            found += _of_value(name, option, value)
    return found


def _of_value(name: str, option: Mapping, value: Any) -> list[str]:
    spec = {name: _spec(option)}
    given = arguments.said(spec, {name: value})
    wrong = [*arguments.unknown(spec, given), *arguments.misplaced(spec, given)]
    if wrong:
        return wrong
    messages = ArgumentSpecValidator(spec).validate(given).error_messages
    # Ansible repeats the value, and a secret's is nobody's to see.
    if messages and option.get("no_log"):
        return [f"{name} cannot be read as {option['type']}"]
    if messages and option.get("type") in _NUMBERS:
        return [f"{name}: '{value}' is no {_NUMBERS[option['type']]}; {_described_as(option)}"]
    return [arguments.meant(message) for message in messages]


def _spec(option: Mapping) -> dict:
    """What Ansible's validation takes of an option: it has no descriptions, and what is missing is said here."""
    found = {key: value for key, value in option.items() if key in ("type", "elements", "choices", "no_log")}
    inside = {name: {**_spec(each), "required": each.get("required", False)} for name, each in option.get("options", {}).items()}
    return {**found, **({"options": inside} if inside else {})}


def _described_as(option: Mapping) -> str:
    """What an option is, for the end of a sentence, without the marks of Ansible's documentation."""
    description = option["description"]
    text = description if isinstance(description, str) else description[0]
    return "it is documented as: " + re.sub(r"\b[A-Z]+\(([^()]*)\)", r"\1", text).rstrip(".")


def _unknown(name: str, known: Mapping, variables: Mapping) -> Iterator[str]:
    prefix = f"{name}_"
    for variable, value in variables.items():
        if variable in known or not isinstance(variable, str):
            continue
        # Ansible tells capital letters from small ones.
        written = variable.lower().replace("-", "_")
        if written == f"{prefix}provider":
            yield f"{variable} is no variable of {name}; {_REACHED}"
        elif written.startswith(prefix):
            meant = naming.nearest(written[len(prefix):], [each[len(prefix):] for each in known])
            hint = f"perhaps '{prefix}{meant}' is meant" if meant else _LISTED
            yield f"{variable} is no variable of {name}; {hint}"
        elif written == name and isinstance(value, Mapping):
            inside = [key for key in value if f"{prefix}{key}" in known]
            if inside:
                yield f"{variable} is no variable; what stands below it are variables of their own, such as {prefix}{inside[0]}"
        elif naming.begins_nearly(variable, prefix) and not _is_of_another(variable):
            meant = naming.nearest(variable, known, 0.9)
            if meant:
                yield f"{variable} is no variable of {name}; perhaps '{meant}' is meant"


def _unknown_steps(name: str, known: Mapping, variables: Mapping) -> Iterator[str]:
    """Tags that are nearly a step's. Any other may be a tag of the play that the role stands in."""
    if not {f"{name}_commit", f"{name}_verify"} <= set(known):
        return
    for option, tags in (("--tags", "ansible_run_tags"), ("--skip-tags", "ansible_skip_tags")):
        for tag in variables.get(tags) or ():
            meant = naming.nearest(str(tag), _STEPS, 0.85) if tag not in _STEPS else None
            if meant:
                yield f"{option} {tag}: this role has no step of that name; perhaps '{meant}' is meant, its steps are {', '.join(_STEPS)}"


def _is_of_another(variable: str) -> bool:
    """Whether it begins as the variables of a role or playbook of this collection do."""
    names = {path.name for path in (_COLLECTION / "roles").iterdir()} | {path.stem for path in (_COLLECTION / "playbooks").glob("*.yml")}
    return any(variable.startswith(f"{each}_") for each in names)
