# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Argument specs: the shared options, and those that follow from a table of leaves. The doc fragments have the same names."""

from __future__ import annotations

from ansible.module_utils.basic import env_fallback

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
            "validate_certs": _from_environment("PANOS_VALIDATE_CERTS", type="bool", default=True),
            "ca_path": _from_environment("PANOS_CA_PATH", type="path"),
            "timeout": _from_environment("PANOS_TIMEOUT", type="int", default=60),
        },
    },
}

LOCATIONS = {
    "vsys": {"type": "str"},
    "template": {"type": "str"},
    "template_stack": {"type": "str"},
    "device_group": {"type": "str"},
    "rulebase": {"type": "str", "choices": ["rulebase", "pre-rulebase", "post-rulebase"]},
}

# Of tasks that write now and may leave the commit to a later one.
LOCKING = {"config_lock": {"type": "bool", "default": False}}

WRITING = {"lock_timeout": {"type": "int", "default": 60}, "progress": {"type": "bool", "default": True}}


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
