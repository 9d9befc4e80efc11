# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Argument specs: the shared options, and those that follow from a table of leaves. The doc fragments have the same names."""

from __future__ import annotations

import math
import re
from typing import Any, Iterator, Mapping

from ansible.module_utils.basic import env_fallback
from ansible.module_utils.common.validation import check_type_dict

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import texts
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.naming import instead, nearest
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Entries, Group, Leaf, Members

_ARGUMENT_TYPES = {"str": "str", "int": "int", "bool": "bool", "empty": "bool", "secret": "str"}


def _from_environment(variable: str, **spec) -> dict:
    return {**spec, "fallback": (env_fallback, [variable])}


PROVIDER = {
    "provider": {
        "type": "dict",
        "apply_defaults": True,
        "options": {
            "ip_address": _from_environment("PANOS_HOSTNAME", type="str"),
            "username": _from_environment("PANOS_USERNAME", type="str"),
            "password": _from_environment("PANOS_PASSWORD", type="str", no_log=True),
            "api_key": _from_environment("PANOS_API_KEY", type="str", no_log=True),
            "port": _from_environment("PANOS_PORT", type="int", default=443),
            "serial_number": _from_environment("PANOS_SERIAL_NUMBER", type="str"),
            "ha_peer": _from_environment("PANOS_HA_PEER", type="str"),
            "validate_certs": _from_environment("PANOS_VALIDATE_CERTS", type="bool", default=True),
            "ca_path": _from_environment("PANOS_CA_PATH", type="path"),
            "timeout": _from_environment("PANOS_TIMEOUT", type="int", default=60),
            "answer_limit": _from_environment("PANOS_ANSWER_LIMIT", type="int", default=256),
        },
    },
}

SCM = {
    "scm": {
        "type": "dict",
        "apply_defaults": True,
        "options": {
            "client_id": _from_environment("SCM_CLIENT_ID", type="str"),
            "client_secret": _from_environment("SCM_CLIENT_SECRET", type="str", no_log=True),
            "tsg_id": _from_environment("SCM_TSG_ID", type="str"),
            "base_url": _from_environment("SCM_BASE_URL", type="str", default="https://api.strata.paloaltonetworks.com"),
            "token_url": _from_environment(
                "SCM_TOKEN_URL", type="str", default="https://auth.apps.paloaltonetworks.com/oauth2/access_token", no_log=False),
            "validate_certs": _from_environment("SCM_VALIDATE_CERTS", type="bool", default=True),
            "ca_path": _from_environment("SCM_CA_PATH", type="path"),
            "timeout": _from_environment("SCM_TIMEOUT", type="int", default=60),
            "retry_timeout": _from_environment("SCM_RETRY_TIMEOUT", type="int", default=120),
        },
    },
}

LOCATIONS: dict[str, dict] = {
    "vsys": {"type": "str"},
    "template": {"type": "str"},
    "template_stack": {"type": "str"},
    "device_group": {"type": "str"},
    "rulebase": {"type": "str", "choices": ["rulebase", "pre-rulebase", "post-rulebase"]},
}

# Of tasks that write now and may leave the commit to a later one.
LOCKING = {"config_lock": {"type": "bool", "default": False}}

# What stands before the names of a task's options where they are variables of a role or playbook.
OPTION_PREFIX = {"option_prefix": {"type": "str"}}
WRITING = {"lock_timeout": {"type": "int", "default": 60}, "progress": {"type": "bool", "default": True}}


# Options that are prose, or a language of its own: they may have several lines.
_SEVERAL_LINES = frozenset({"comment", "description", "demands", "warnings", "status_message", "select"})
# Of other single lines each can become a part of an xpath, which has no way to say both kinds of quotes.
_BOTH_QUOTES = _SEVERAL_LINES | {"id", "local_id", "peer_id", "xpath", "objects", "probe", "base_url", "token_url", "journal", "ca_path"}
#: Seconds that any option may wait.
LONGEST_WAIT = 86400
# In how many places an option may stand that is named for one at the wrong place, and how many options are listed.
_FEW, _MOST_LISTED = 3, 10
# How like another name one has to be, of 1, to be that one misspelt.
_MISSPELT = 0.85
# In characters. PAN-OS's longest line and text have about 1000; what others than people wrote is longer.
_LONGEST_LINE, _LONGEST_TEXT = 4096, 65536


def said(spec: Mapping[str, Any], params: Mapping[str, Any]) -> dict:
    """What was given, without options that are null: those were left out, whatever they are. Ansible would take them for given."""
    found = {}
    for name, value in params.items():
        if value is None:
            continue
        option = _option(spec, name) or {}
        options = option.get("options")
        if option.get("no_log") and isinstance(value, list):
            # Which secret is for which is said by its place: one that is null is not given, and the others keep their places.
            value = ["" if item is None else item for item in value]
        elif options and isinstance(value, Mapping):
            value = said(options, value)
        elif options and isinstance(value, list):
            value = [said(options, item) if isinstance(item, Mapping) else item for item in value]
        found[name] = value
    return found


def misplaced(spec: Mapping[str, Any], params: Mapping[str, Any], place: str = "") -> Iterator[str]:
    """What Ansible would make something else of, or say nothing useful about: it is of another kind than the option."""
    for name, value in params.items():
        option = _option(spec, name)
        if option is None:
            continue
        kind, elements = option.get("type", "str"), option.get("elements")
        is_list = kind == "list" and isinstance(value, list)
        for number, item in enumerate(value if is_list else [value], 1):
            where = f"{place}{name}[{number}]" if is_list else f"{place}{name}"
            wrong = _misplaced(name, option, elements if is_list else kind, item)
            if wrong:
                yield f"{where}: {wrong}"
            elif option.get("options") and isinstance(item, Mapping):
                yield from misplaced(option["options"], item, f"{where}.")


def unknown(spec: Mapping[str, Any], params: Mapping[str, Any], place: str = "", around: Mapping[str, Any] | None = None) -> Iterator[str]:
    """Options that do not exist, at every depth; those of an entry of a list with its number. What a key is called is told, and never its value.

    C(around): the options among which the one stands that these are options of.
    """
    for name, value in params.items():
        option = _option(spec, name)
        if option is None:
            if not str(name).startswith("_ansible_"):
                is_misspelt = nearest(str(name), spec, _MISSPELT) is not None
                elsewhere = "" if is_misspelt else _at_its_place(str(name), spec, around or {})
                yield f"{place}{name}: there is no such option{elsewhere or instead(str(name), list(spec))}"
            continue
        items = value if isinstance(value, list) else [] if option.get("type") == "list" else [value]
        for number, item in enumerate(items, 1):
            if option.get("options") and isinstance(item, Mapping):
                inner = f"{place}{name}[{number}]." if isinstance(value, list) else f"{place}{name}."
                yield from unknown(option["options"], item, inner, spec)


def _at_its_place(name: str, spec: Mapping[str, Any], around: Mapping[str, Any]) -> str:
    """Where an option of this name stands, for one that was given a level too high or too deep; empty where that is nowhere, or in many places."""
    inside = [each for each, option in spec.items() if name in (option.get("options") or {})]
    if 0 < len(inside) <= _FEW:
        return f" at this place; it stands in {' and in '.join(inside)}, as {inside[0]}: {{{name}: ...}}"
    return " at this place; it stands a level higher" if name in around else ""


def connection_of(spec: Mapping[str, Any], option: str, value: Any) -> tuple[dict, str]:
    """(The connection as a mapping, what is wrong with it): Ansible adds to it from the environment before it looks at what it is."""
    wrong = _misplaced(option, spec[option], "dict", value)
    return ({}, f"{option}: {wrong}") if wrong else (check_type_dict(value), "")


def meant(sentence: str) -> str:
    """What Ansible says of a value that is none of the choices, with the one that was probably meant."""
    found = re.fullmatch(r"value of \S+ must be one (?:or more )?of: (?P<choices>.+?)(?:, got|\. Got no match for): (?P<value>.+?)(?: found in .*)?", sentence)
    near = nearest(found["value"], found["choices"].split(", ")) if found else None
    return f"{sentence}; perhaps '{near}' is meant" if near else sentence


def _misplaced(name: str, option: Mapping[str, Any], kind: Any, value: Any) -> str:
    """C(kind): that of the option, or of one element of it."""
    if value is None:
        return "nothing is given where a value belongs (null)"
    if kind == "dict":
        return "" if _is_mapping(value) else f"{_worded(value)} is given where a mapping belongs{_as_mapping(name, option, value)}"
    if kind == "list":
        return _not_a_list(option, value)
    if kind in ("str", "path", "int", "float") and isinstance(value, (Mapping, list, tuple)):
        return f"{_worded(value)} is given where a {'number' if kind in ('int', 'float') else 'text'} belongs"
    if isinstance(value, bool) and kind in ("str", "path") and not option.get("choices"):
        return "a truth value is given where a text belongs (YAML reads yes, no, on, off, true and false so; write it in quotes)"
    if isinstance(value, bool) and kind in ("int", "float"):
        return "a truth value is given where a number belongs"
    if kind == "str" and option.get("no_log") and isinstance(value, (int, float)):
        return "a number is given where a text belongs, of which YAML has changed the digits perhaps (it reads 0123 as 83); write it in quotes"
    if kind == "str" and isinstance(value, float):
        return f"a number is given where a text belongs, of which YAML has left out zeros perhaps (it reads 1.10 as {1.10}); write it in quotes"
    return ""


def _not_a_list(option: Mapping[str, Any], value: Any) -> str:
    """A single text or number is taken for a list of it."""
    of_mappings = option.get("elements") == "dict"
    if isinstance(value, Mapping):
        return f"a mapping is given where a list belongs{'; put brackets around it, or a dash in front' if of_mappings else ''}"
    if isinstance(value, bool) or of_mappings and isinstance(value, (str, int, float)):
        return f"{_worded(value)} is given where a list{' of mappings' if of_mappings else ''} belongs"
    return ""


def _is_mapping(value: Any) -> bool:
    """Whether Ansible takes it for one: JSON and C(key=value) are."""
    try:
        return isinstance(value, Mapping) or isinstance(value, str) and bool(check_type_dict(value))
    except TypeError:
        return False


def _as_mapping(name: str, option: Mapping[str, Any], value: Any) -> str:
    """How what was given is written perhaps. The value may be a secret, and is not repeated."""
    options = option.get("options") or {}
    if not options:
        return ""
    of_kind = [each for each, described in options.items() if described.get("type", "str") == ("bool" if isinstance(value, bool) else "str")]
    meant_one = isinstance(value, str) and nearest(value.replace("-", "_"), options) or next(iter(of_kind or options))
    more = f" and {len(options) - _MOST_LISTED} more" if len(options) > _MOST_LISTED else ""
    return f"; it has {', '.join(list(options)[:_MOST_LISTED])}{more}, so one of them alone is {name}: {{{meant_one}: ...}}"


def _worded(value: Any) -> str:
    kinds = ((Mapping, "a mapping"), ((list, tuple), "a list"), (bool, "a truth value"), ((int, float), "a number"))
    return next((word for kind, word in kinds if isinstance(value, kind)), "a text")


def _option(spec: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    return spec.get(name) or next((option for option in spec.values() if name in option.get("aliases", ())), None)


def tidied(spec: Mapping[str, Any], params: Mapping[str, Any], place: str = "") -> dict:
    """The values of all options as they can be used; raises InvalidInput, with the option's name, for what cannot be."""
    found = dict(params)
    for name, option in spec.items():
        value = params.get(name)
        if isinstance(value, list):
            found[name] = [_tidied(name, option, option.get("elements"), item, f"{place}{name}[{number}]") for number, item in enumerate(value, 1)]
        elif value is not None:
            found[name] = _tidied(name, option, option.get("type", "str"), value, f"{place}{name}")
    return found


def _tidied(name: str, option: Mapping[str, Any], kind: Any, value: Any, where: str) -> Any:
    if option.get("options") and isinstance(value, dict):
        return tidied(option["options"], value, f"{where}.")
    if isinstance(value, str) and kind in ("str", "path"):
        text = texts.unbroken(value) if option.get("no_log") and name != "api_key" else texts.tidy(value)
        longest = _LONGEST_TEXT if name in _SEVERAL_LINES else _LONGEST_LINE
        problem = texts.problem(text, name in _SEVERAL_LINES)
        if len(text) > longest:
            raise InvalidInput(f"{where}: {len(text)} characters, {longest} are the most of any option of this kind")
        if problem:
            raise InvalidInput(f"{where}: {problem}")
        if "'" in text and '"' in text and name not in _BOTH_QUOTES and not option.get("no_log"):
            raise InvalidInput(f"{where}: there are both kinds of quotes in it, which PAN-OS's xpath has no way to say")
        return text
    if isinstance(value, float) and not (math.isfinite(value) and 0 <= value <= LONGEST_WAIT):
        raise InvalidInput(f"{where}: {value} is outside 0 to {LONGEST_WAIT}")
    if kind == "int" and name.split("_")[-1] == "timeout" and not 0 <= value <= LONGEST_WAIT:
        raise InvalidInput(f"{where}: {value} is outside 0 to {LONGEST_WAIT} seconds")
    return value


def trimmed(value):
    """Without spaces around texts. A form that has no lists gives one as a text, and Ansible divides it at its commas only."""
    if isinstance(value, list):
        return [trimmed(item) for item in value]
    return value.strip() if isinstance(value, str) else value


def of_resource(resource) -> dict:
    """The whole argument spec of a resource's module."""
    spec = {
        **PROVIDER, **WRITING,
        **{name: dict(LOCATIONS[name]) for name in resource.locations},
        "state": {"type": "str", "choices": list(resource.states), "default": "present"},
        **of_options(resource),
    }
    if "gathered" in resource.states:
        spec[resource.identity[-1]].pop("required")
    return spec


def of_options(resource) -> dict:
    """The options of a resource without connection, location and state: what an item of C(transaction) takes too."""
    spec = {name: {"type": "str", "required": True, **resource.identity_specs.get(name, {})} for name in resource.identity}
    spec.update(of_nodes(resource.table.nodes + resource.extra))
    if has_secret(resource.table.nodes):
        spec["update_secret"] = {"type": "str", "choices": ["on_create", "always"], "no_log": False}
    return spec


def holds_secrets(option: dict) -> bool:
    """Whether an option is C(no_log), or one of its own options is, at any depth."""
    return bool(option.get("no_log")) or any(map(holds_secrets, (option.get("options") or {}).values()))


def has_secret(nodes) -> bool:
    return any(
        has_secret(node.nodes) if isinstance(node, (Group, Entries)) else node.type == "secret" for node in nodes
    )


def of_nodes(nodes) -> dict:
    return {node.option: _of_node(node) for node in nodes}


def _of_node(node) -> dict:
    spec: dict = {"aliases": list(node.aliases)} if node.aliases else {}
    if _sounds_secret(node.option):
        spec["no_log"] = False
    if isinstance(node, Group):
        return {**spec, "type": "dict", "options": of_nodes(node.nodes)}
    if isinstance(node, Entries):
        if not node.nodes:
            return {**spec, "type": "list", "elements": "str"}
        key = {node.key: {"type": "str", "required": True}}
        return {**spec, "type": "list", "elements": "dict", "options": {**key, **of_nodes(node.nodes)}}
    if isinstance(node, Members):
        spec.update(type="list", elements=_ARGUMENT_TYPES[node.type])
    elif isinstance(node, Leaf):
        spec["type"] = _ARGUMENT_TYPES[node.type]
        if node.type == "secret":
            spec["no_log"] = True
    if node.choices:
        spec["choices"] = list(node.choices)
    return spec


def _sounds_secret(option: str) -> bool:
    """Names that make Ansible suspect a secret where there is none."""
    return any(word in option for word in ("key", "secret", "pass", "token"))
