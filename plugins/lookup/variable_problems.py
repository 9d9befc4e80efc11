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
  - It tells as well which variables have a value of another kind or none of the choices, and of a playbook which ones are missing.
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
from collections.abc import Iterator, Mapping

from ansible.errors import AnsibleLookupError, AnsibleUndefinedVariable
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.plugins.lookup import LookupBase

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import naming

_COLLECTION = pathlib.Path(__file__).resolve().parents[2]
_OF_ROLES = "roles/{}/meta/argument_specs.yml"
_OF_PLAYBOOKS = "playbooks/argument_specs/{}.yml"

_KINDS = {"list": "a list", "dict": "a mapping", "str": "a text"}
_NUMBERS = {"int": "whole number", "float": "number"}
_LISTED = "the documentation lists them (ansible-doc -t role, or the page about playbooks)"


class LookupModule(LookupBase):
    def run(self, terms, variables=None, **kwargs):
        self.set_options(var_options=variables, direct=kwargs)
        return [problem for name in terms for problem in self._of(str(name), variables or {})]

    def _of(self, name, variables):
        of_role, of_playbook = self._described(_OF_ROLES.format(name)), self._described(_OF_PLAYBOOKS.format(name))
        if of_role is None and of_playbook is None:
            raise AnsibleLookupError(f"variable_problems: the collection has no role or playbook '{name}' with variables")
        known = {**(of_role or {}), **(of_playbook or {})}
        unknown = list(_unknown(name, known, variables))
        # A role of ours that has a required variable leaves it to Ansible, which answers with the description of all of them.
        return unknown or self._missing(known, variables) or self._of_values(known, variables, of_playbook or {})

    def _described(self, path):
        """The options that a file of argument specs describes, to be read only; None where there is no such file. Ansible keeps what it has read of a role."""
        if not (_COLLECTION / path).is_file():
            return None
        # Called unsafe is that it is no copy, which would take longer than all that is looked at.
        specs = self._loader.load_from_file(str(_COLLECTION / path), unsafe=True)["argument_specs"].values()
        return {name: option for spec in specs for name, option in spec.get("options", {}).items()}

    def _missing(self, options, variables):
        """What is required and was not given. What depends on others, the roles say themselves."""
        return [f"{name} is not set; it is {_lowered(option['description'])}" for name, option in options.items()
                if option.get("required") and self._value(name, variables) in ("", None)]

    def _of_values(self, options, variables, of_playbook):
        """What Ansible would say of the values, one by one. To a playbook an empty text is an answer that was left out."""
        found = []
        for name, option in options.items():
            value = self._value(name, variables) if option.get("type") != "raw" else None
            if value is None or (value == "" and name in of_playbook):
                continue
            messages = ArgumentSpecValidator({name: _spec(option)}).validate({name: value}).error_messages
            # Ansible repeats the value, and a secret's is nobody's to see.
            if messages and option.get("type") in _NUMBERS and not option.get("no_log"):
                messages = [f"{name}: '{value}' is no {_NUMBERS[option['type']]}; it is {_lowered(option['description'])}"]
            found += [f"{name} is to be {_KINDS.get(option['type'], option['type'])}"] if messages and option.get("no_log") else messages
        return found

    def _value(self, name, variables):
        """A variable's value; None where it is not set, or follows from one that is not."""
        try:
            return self._templar.template(variables[name]) if name in variables else None
        except AnsibleUndefinedVariable:
            return None


def _spec(option: Mapping) -> dict:
    """What Ansible's validation takes of an option: it has no descriptions, and what is missing is said here."""
    found = {key: value for key, value in option.items() if key in ("type", "elements", "choices", "no_log")}
    inside = {name: {**_spec(each), "required": each.get("required", False)} for name, each in option.get("options", {}).items()}
    return {**found, **({"options": inside} if inside else {})}


def _lowered(description) -> str:
    text = description if isinstance(description, str) else description[0]
    return text[:1].lower() + text[1:].rstrip(".")


def _unknown(name: str, known: Mapping, variables: Mapping) -> Iterator[str]:
    prefix = f"{name}_"
    for variable in variables:
        if variable in known or not isinstance(variable, str):
            continue
        if variable.startswith(prefix):
            meant = naming.nearest(variable[len(prefix):], [each[len(prefix):] for each in known])
            hint = f"perhaps '{prefix}{meant}' is meant" if meant else _LISTED
            yield f"{variable} is no variable of {name}; {hint}"
        elif naming.begins_nearly(variable, prefix) and not _is_of_another(variable):
            meant = naming.nearest(variable, known, 0.9)
            if meant:
                yield f"{variable} is no variable of {name}; perhaps '{meant}' is meant"


def _is_of_another(variable: str) -> bool:
    """Whether it begins as the variables of a role or playbook of this collection do."""
    names = {path.name for path in (_COLLECTION / "roles").iterdir()} | {path.stem for path in (_COLLECTION / "playbooks").glob("*.yml")}
    return any(variable.startswith(f"{each}_") for each in names)
