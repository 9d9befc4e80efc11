# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: vpn_asked
author:
  - Tunnelsmith contributors (@tunnelsmith)
version_added: "0.1.0"
short_description: Which VPN a host of the inventory ought to have, and what is to pass through it
description:
  - Reads the variables of the pairing roles, and those of a playbook, which come first, and returns what M(tunnelsmith.panos_vpn.vpn_info) takes. So
    whoever asks about a VPN, a pairing, a verification or a report, asks the same question.
  - The name is that of the variable that ends in C(_name); for AWS it is C(aws_pairing_connection_id), or the ID in C(aws_pairing_connection). Connection,
    zones, networks, the virtual system and the probe are those of the same role. So a host with several VPNs has a question for each of them, with what
    belongs to it; those of which the same is said are asked for together. Where the playbook names no VPN, all are asked for that roles name.
  - The far side's description is read as the role does, with all that the role takes besides; a profile that a filter such as
    P(tunnelsmith.panos_vpn.azure_vpn_connection#filter) has made is taken as it is. One that cannot be read is a warning.
options:
  _terms:
    description: Prefixes of variables, the strongest first. Those of the pairing roles follow by themselves.
    type: list
    elements: str
  besides:
    description:
      - Whether what nobody names is asked for too, as for a look at everything. After the questions for VPNs, one follows for each virtual system without a
        name, and without anything that is said of those. Where the playbook's own variable names VPNs, only those are asked for.
    type: bool
    default: false
"""

EXAMPLES = r"""
# What is looped over is shown, and a connection holds keys.
- name: Ask about the VPNs that this host ought to have
  tunnelsmith.panos_vpn.vpn_info:
    name: "{{ asked.name | default(omit) }}"
    connection: "{{ asked.connection | default(omit) }}"
    source_zones: "{{ asked.source_zones | default(omit) }}"
    local_networks: "{{ asked.local_networks | default(omit) }}"
    remote_networks: "{{ asked.remote_networks | default(omit) }}"
  loop: "{{ range(query('tunnelsmith.panos_vpn.vpn_asked') | length) }}"
  vars:
    asked: "{{ query('tunnelsmith.panos_vpn.vpn_asked')[item] }}"
"""

RETURN = r"""
_raw:
  description:
    - For each question a dictionary with C(name) (a list), C(connection), C(source_zones), C(local_networks), C(remote_networks),
      C(vsys), C(probe) and C(journal), each as far as the inventory says it. There is always one; where nothing is said it is empty.
    - The C(connection) holds the pre-shared keys, as far as the cloud's description does.
  type: list
  elements: dict
  sample:
    - {name: [vpn-0123456789abcdef0], source_zones: [trust], local_networks: [10.10.0.0/24], remote_networks: [10.20.0.0/16]}
"""

import inspect
import pathlib
from collections.abc import Mapping

from ansible.errors import AnsibleError, AnsibleLookupError
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.lookup import LookupBase
from ansible.utils.display import Display

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers import readers
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.aws import reader as aws
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.aws.document import connection as aws_connection
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.fields import plain

_COLLECTION = pathlib.Path(__file__).resolve().parents[2]
_AWS = "aws_pairing"
_LISTS = ("source_zones", "local_networks", "remote_networks")
_TEXTS = ("vsys", "probe", "journal")
#: What stands behind a prefix in the names of the variables that are read.
READ = ("name", "connection", "connection_id", *_LISTS, *_TEXTS)


class LookupModule(LookupBase):
    def run(self, terms, variables=None, **kwargs):
        self.set_options(var_options=variables, direct=kwargs)
        given = variables or {}
        prefixes = list(dict.fromkeys([*map(str, terms), *self._roles_told(given)]))
        found = {prefix: self._asked(prefix, given) for prefix in prefixes}
        own: dict = {}
        for prefix in map(str, terms):
            own = {**found[prefix], **own}
        of_roles = [found[prefix] for prefix in prefixes if prefix not in terms and found[prefix]]
        questions = _questions(own, of_roles)
        return _with_the_rest(questions) if boolean(kwargs.get("besides", False)) and not own.get("name") else questions

    def _roles_told(self, variables):
        """The roles that make a VPN and are told anything: to read what the others take would take longer than all else that a playbook does."""
        roles = sorted(path.parent.parent.name for path in (_COLLECTION / "roles").glob("*/meta/argument_specs.yml"))
        told = [role for role in roles if any(name.startswith(f"{role}_") for name in variables)]
        return [role for role in told if f"{role}_local_networks" in self._variables_of(role)]

    def _variables_of(self, role):
        specs = self._loader.load_from_file(str(_COLLECTION / "roles" / role / "meta" / "argument_specs.yml"), unsafe=True)["argument_specs"].values()
        return {name for spec in specs for name in spec.get("options", {})}

    def _profile(self, prefix, document, connection_id, variables):
        if isinstance(document, Mapping) and "tunnels" in document:
            return dict(document)
        if prefix == _AWS:
            return _read(f"{prefix}_connection", lambda: aws.vpn_connection(document, connection_id, False)) if document else None
        if not (_COLLECTION / "roles" / prefix / "tasks" / "main.yml").is_file():
            return None
        said = self._said_by_role(prefix, variables)
        needed = [name for name in said("needed") if name != "name"]
        if not any(said("given").get(name) for name in needed):
            return None
        return _read(prefix, lambda: readers.profile(said("document"), said("cloud") or None, said("said")))

    def _said_by_role(self, role, variables):
        """What a role hands on to the one that carries every VPN through, by its name there."""
        folder = _COLLECTION / "roles" / role
        handed_on = self._templates(folder / "tasks" / "main.yml")[0]["vars"]
        own = self._templates(folder / "vars" / "main.yml") if (folder / "vars" / "main.yml").is_file() else {}
        known = {**self._templates(folder / "defaults" / "main.yml"), **variables, **own}
        templar = self._templar.copy_with_new_env(available_variables=known)
        return lambda name: templar.template(handed_on[f"__site_to_site_{name}"])

    def _templates(self, path):
        """A file of the collection, whose texts are templates; since ansible-core 2.19 that has to be said."""
        trusted = {"trusted_as_template": True} if "trusted_as_template" in inspect.signature(self._loader.load_from_file).parameters else {}
        return self._loader.load_from_file(str(path), cache="none", **trusted)

    def _asked(self, prefix, variables):
        def value(name):
            variable = f"{prefix}_{name}"
            return self._templar.template(variables[variable]) if variables.get(variable) not in (None, "", []) else None

        document = value("connection")
        connection_id = value("connection_id") if prefix == _AWS else None
        # Elsewhere the ID only tells which of several connections is meant; the VPN has a name of its own.
        name = value("name") or connection_id or (_identity(document) if prefix == _AWS and document else None)
        described = self._profile(prefix, document, connection_id, variables)
        found = {"name": _names(name), "connection": described, **{each: _names(value(each)) for each in _LISTS}, **{each: value(each) for each in _TEXTS}}
        return {key: each for key, each in found.items() if each not in (None, "", [], {})}


def _names(value):
    """Names as a list: given as one, or as a text with commas."""
    texts = value.split(",") if isinstance(value, str) else list(value or ())
    return [text.strip() for text in map(str, texts) if text.strip()]


def _identity(document):
    try:
        return aws_connection(document)[0]
    except InvalidInput as exc:
        raise AnsibleLookupError(f"{_AWS}_connection: {exc}") from exc


def _questions(own, of_roles):
    """A question for each VPN. C(own): what the playbook is told, which comes first. C(of_roles): what each role is told."""
    names = own.get("name") or list(dict.fromkeys(name for each in of_roles for name in each.get("name", ())))
    if not names:
        return [_overlaid([own, *of_roles])]
    # Where roles speak of several VPNs, what is said without a name is of none of them.
    nameless = [each for each in of_roles if "name" not in each] if own.get("name") or len(names) == 1 else []
    questions: list = []
    for name in names:
        said = _overlaid([own, *(each for each in of_roles if name in each.get("name", ())), *nameless])
        same = next((question for question in questions if {**question, "name": None} == {**said, "name": None}), None)
        if same is None:
            questions.append({**said, "name": [name]})
        else:
            same["name"].append(name)
    return questions


def _overlaid(told):
    """What comes first counts."""
    found: dict = {}
    for each in told:
        found = {**each, **found}
    return found


def _with_the_rest(questions):
    """The same questions, and those for what none of them names: what is to pass through one VPN does not have to pass through another."""
    systems = dict.fromkeys(question.get("vsys") for question in questions if "name" in question)
    return [*questions, *({"vsys": system} if system else {} for system in systems)]


def _read(prefix, read):
    """The far side's description, where it can be read; what is to be looked at is looked at without it, too."""
    try:
        return plain(read())
    except (AnsibleError, InvalidInput) as exc:
        Display().warning(f"{prefix}: the far side's description cannot be read, so it is not compared with what stands on the firewall: {exc}")
        return None
