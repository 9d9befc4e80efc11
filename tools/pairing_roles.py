# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes what the pairing roles share: their argument specs, defaults, tasks, playbooks and the tables of their variables.

The source is the argument spec of the role C(site_to_site), and for each role what is its peer's own, C(tools/pairing_roles/ROLE.yml):

* C(cloud): what is at the far side. C(peer): what the peer is called in a sentence, in place of C(the peer). C(play): what its playbook does.
* C(named): what names the VPN, and all that other states than C(present) need; C(needed): what C(present) needs of the role's own → what they are, for
  who left them out.
* C(own): the role's own variables, as in an argument spec, without prefix. C(instead): what is other in a shared one. C(without): shared ones that
  make no sense with this peer. C(fixed): shared variable → the value that it has with this peer.
* C(name), C(document), C(said): what the name, the far side's description and what goes with it are made of. C(given): more values that are checked.
* C(before): a file of the role's tasks that runs before the VPN is carried through, and when.

What runs are the tasks of C(site_to_site), as tasks of the role itself: as those of a role of its own they would come with that role's variables, which
another VPN of the same host may have, and with its check of them, each time anew.

C(--check) only tells whether all is up to date.
"""

from __future__ import annotations

import copy
import pathlib
import re
from typing import Any, Iterator

import yaml

from generated import ROOT, concluded

SOURCE = "site_to_site"
SPECS = pathlib.Path(__file__).resolve().with_suffix("")
WRITTEN = "# Written by tools/pairing_roles.py; changes by hand are lost."
# Where the table of variables stands in a role's README.
BEGIN, END = "<!-- variables, written by tools/pairing_roles.py -->", "<!-- end of variables -->"


class Text(str):
    """A text that is written in double quotes, as templates are."""


class Written(yaml.SafeDumper):
    """YAML as people write it here: lists indented below their key."""

    def increase_indent(self, flow=False, indentless=False):
        return super().increase_indent(flow, False)


class Lines(str):
    """A text that is written line by line."""


class Flow(list):
    """A list that is written in one line."""


Written.add_representer(Flow, lambda dumper, data: dumper.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=True))
Written.add_representer(Lines, lambda dumper, data: dumper.represent_scalar("tag:yaml.org,2002:str", data, style="|"))
Written.add_representer(Text, lambda dumper, data: dumper.represent_scalar("tag:yaml.org,2002:str", data, style='"'))


def yaml_of(value: Any) -> str:
    return yaml.dump(value, Dumper=Written, sort_keys=False, width=120, allow_unicode=True)


def roles() -> list[str]:
    """The pairing roles, and the one that carries every VPN through."""
    return [SOURCE, *sorted(path.stem for path in SPECS.glob("*.yml") if path.stem != SOURCE)]


def shared() -> dict[str, Any]:
    """The argument spec of the role that carries every VPN through."""
    path = ROOT / "roles" / SOURCE / "meta" / "argument_specs.yml"
    return yaml.safe_load(path.read_text(encoding="utf-8"))["argument_specs"]["main"]


def own(role: str) -> dict[str, Any]:
    """What is a role's own."""
    return yaml.safe_load((SPECS / f"{role}.yml").read_text(encoding="utf-8"))


def spec(role: str) -> dict[str, Any]:
    """The argument spec of a role, its own variables before the shared ones."""
    source, mine = shared(), own(role)
    if role == SOURCE:
        return source
    options = {_bare(name): option for name, option in source["options"].items() if _bare(name) not in mine.get("without", ())}
    for name, more in mine.get("instead", {}).items():
        options[name] = {**options[name], **more}
    described = {key: value for key, value in mine.items() if key in ("short_description", "description")}
    found = {"state": options.pop("state"), **copy.deepcopy(mine.get("own", {})), **options}
    return {**described, "author": source["author"], "version_added": source["version_added"], "examples": Lines(mine["examples"]),
            "options": {f"{role}_{name}": _spoken(option, role, mine) for name, option in found.items()}}


def _bare(name: str) -> str:
    return name.removeprefix(f"{SOURCE}_")


def _spoken(value: Any, role: str, mine: dict) -> Any:
    """The texts of an option, with this role's variables and its peer's name. A variable that the role has not is no link."""
    if isinstance(value, dict):
        return {key: Flow(item) if key == "choices" else _spoken(item, role, mine) for key, item in value.items()}
    if isinstance(value, list):
        return [_spoken(item, role, mine) for item in value]
    if not isinstance(value, str):
        return value
    for words, ours in {**mine.get("words", {}), "the peer": mine["peer"], "The peer": mine["peer"]}.items():
        value = re.sub(rf"\b{re.escape(words)}\b", ours, value)
    return value.replace(f"{SOURCE}_", f"{role}_")


def arguments(role: str) -> str:
    return f"---\n{WRITTEN}\n" + yaml_of({"argument_specs": {"main": spec(role)}})


def defaults(role: str) -> str:
    found = {name: option["default"] for name, option in spec(role)["options"].items() if "default" in option}
    return f"---\n{WRITTEN}\n# Each of these stands with the same value, and with its meaning, in meta/argument_specs.yml.\n" + yaml_of(found)


def tasks(role: str) -> str:
    """The role's tasks: those of the role that carries every VPN through, on this role's variables."""
    mine = own(role)
    block: list = [_shared_tasks("Check what needs no firewall", "preflight", Flow(["preflight", "commit"]))]
    if "before" in mine:
        before = mine["before"]
        block.append({"name": before["name"], "ansible.builtin.include_tasks": {"file": f"{before['tasks']}.yml", "apply": {"tags": _ALL}},
                      "when": before["when"], "tags": _ALL})
    block.append(_shared_tasks("Carry the VPN through", "carry"))
    whole = [{"name": f"Pair with {mine['peer']}" if "peer" in mine else "Connect with the peer", "vars": variables(role, mine), "block": block}]
    return f"---\n{WRITTEN}\n" + yaml_of(whole)


_ALL = Flow(["preflight", "configure", "verify"])


def _shared_tasks(name: str, part: str, tags: Flow | None = None) -> dict:
    return {"name": name, "ansible.builtin.import_tasks": f"../../{SOURCE}/tasks/{part}.yml", **({"tags": tags} if tags else {})}


_FAR_SIDE = ("peer", "tunnels")
# Worked out anew wherever they are used: the far side's description holds pre-shared keys, and must not become a fact.
_WORKED_OUT = {
    "options": "{{ __site_to_site_fixed | combine(query('tunnelsmith.panos_vpn.role_options', __site_to_site_role, own=__site_to_site_own) | first) }}",
    "profile": "{{ __site_to_site_document | tunnelsmith.panos_vpn.peer_profile(__site_to_site_cloud, __site_to_site_said) "
               "if __site_to_site_state == 'present' else {} }}",
    "run": "{{ __site_to_site_options | tunnelsmith.panos_vpn.role_steps(ansible_run_tags, ansible_skip_tags) }}",
    # One text for each thing that is needed and not set; where nothing is missing, what is wrong with it.
    "refused": "{{ __site_to_site_options | combine({'document': __site_to_site_document}, __site_to_site_given) "
               "| tunnelsmith.panos_vpn.role_problems(__site_to_site_role, __site_to_site_cloud, __site_to_site_said, __site_to_site_named, "
               "__site_to_site_needed, __site_to_site_run) }}",
}


def variables(role: str, mine: dict) -> dict[str, Any]:
    """What the shared tasks are told."""
    told = {
        "role": role, "cloud": mine.get("cloud", ""), "name": Text(mine.get("name", f"{{{{ {role}_name }}}}")), "state": Text(f"{{{{ {role}_state }}}}"),
        "document": Text(mine["document"]), "said": _templates(mine.get("said", {})), "named": mine["named"], "needed": mine.get("needed", {}),
        "given": _templates({**_values(role, mine), **mine.get("given", {})}), "own": own_variables(mine), "fixed": fixed(mine),
        **_templates(_WORKED_OUT),
    }
    return {f"__{SOURCE}_{name}": value for name, value in told.items()}


def own_variables(mine: dict) -> Flow:
    """What has the name of an option of the module and is something else: the far side in its own words."""
    options = {"connection", *map(_bare, shared()["options"])}
    return Flow(sorted({*_FAR_SIDE, *options.intersection(mine.get("own", {}))} - {"name"}))


def fixed(mine: dict) -> dict[str, Any]:
    """What the options are that are no variables of the role."""
    usual = {_bare(name): option["default"] for name, option in shared()["options"].items() if "default" in option}
    return {**{name: usual[name] for name in mine.get("without", ()) if name in usual}, **mine.get("fixed", {})}


def _values(role: str, mine: dict) -> dict[str, str]:
    """The values of the role's own variables that cannot be left out."""
    names = {**mine["named"], **mine.get("needed", {})}
    return {name: f"{{{{ {role}_{name} | default('') }}}}" for name in names if name not in mine.get("given", {})}


def _templates(values: dict[str, Any]) -> dict[str, Any]:
    return {name: Text(value) if isinstance(value, str) else value for name, value in values.items()}


def table(role: str) -> str:
    """The variables of a role as Markdown."""
    lines = ["| Variable | Default | |", "|---|---|---|"]
    for name, option in spec(role)["options"].items():
        text = option["description"]
        words = " ".join(text) if isinstance(text, list) else text
        taken = ", ".join(f"`{choice}`" for choice in option.get("choices", ()))
        default = f"`{str(option['default']).lower() if isinstance(option['default'], bool) else option['default']}`" if "default" in option else ""
        lines.append(f"| `{name}` | {default} | {_markdown(words, role)}{f' One of {taken}.' if taken else ''} |")
    return "\n".join(lines)


def _markdown(text: str, role: str) -> str:
    """Ansible's markup as Markdown; of a path in options the role's own part."""
    text = re.sub(r"\b[OVCMP]\(((?:\\.|[^()]|\([^()]*\))*)\)", lambda found: f"`{found[1].partition('#')[0]}`", text)
    text = re.sub(r"\bI\(((?:[^()]|\([^()]*\))*)\)", r"*\1*", text)
    return text.replace("|", "\\|").replace("\n", " ")


def readme(role: str) -> str:
    path = ROOT / "roles" / role / "README.md"
    text = path.read_text(encoding="utf-8") if path.is_file() else f"# tunnelsmith.panos_vpn.{role}\n\n{BEGIN}\n{END}\n"
    if BEGIN not in text:
        return text
    head, dummy, rest = text.partition(BEGIN)
    return f"{head}{BEGIN}\n\n{table(role)}\n\n{END}{rest.partition(END)[2]}"


PLAYBOOK = """\
---
{written}
# ansible-playbook tunnelsmith.panos_vpn.{role} -i INVENTORY
#
# The inventory gives each firewall its {role}_* variables, and panos_provider where the PANOS_* environment variables do not say it all.
# {role}_hosts, or --limit, says which hosts of the inventory are meant; a name that is nobody's is refused.
# An inventory of one host needs neither.
- name: {play}
  hosts: "{{{{ query('tunnelsmith.panos_vpn.firewalls', {role}_hosts | default(''), variable='{role}_hosts') }}}}"
  gather_facts: false
  module_defaults:
    group/tunnelsmith.panos_vpn.all:
      provider: "{{{{ panos_provider | default(omit) }}}}"
  pre_tasks:
    - name: Take over the answers of a form
      ansible.builtin.import_tasks: tasks/answers.yml
  roles:
    - role: tunnelsmith.panos_vpn.{role}
  post_tasks:
    # In a workflow, vpn_verify drops it when the tunnels are up.
    - name: Tell the next step where the journal is
      ansible.builtin.set_stats:
        data:
          vpn_journal: "{{{{ {{inventory_hostname: __site_to_site_done.journal}} }}}}"
      when:
        - {role}_keep_journal | default(false) | bool
        - __site_to_site_done.journal is defined
"""


def playbook(role: str) -> str:
    return PLAYBOOK.format(written=WRITTEN, role=role, play=own(role)["play"])


def playbook_arguments(role: str) -> str:
    """What a playbook takes besides what its role takes."""
    hosts = {"description": "Hosts or a group of the inventory. Omitted, C(--limit) says which; only an inventory of one host needs neither. "
                            "A name that the inventory does not have is refused.", "type": "raw"}
    return f"---\n{WRITTEN}\n" + yaml_of({"argument_specs": {"main": {"short_description": own(role)["play"], "options": {f"{role}_hosts": hosts}}}})


def files() -> Iterator[tuple[pathlib.Path, str]]:
    """(where it stands, what has to stand there) of all that is written."""
    for role in roles():
        folder = ROOT / "roles" / role
        if role != SOURCE:
            yield folder / "meta" / "argument_specs.yml", arguments(role)
        yield folder / "defaults" / "main.yml", defaults(role)
        yield folder / "tasks" / "main.yml", tasks(role)
        yield folder / "README.md", readme(role)
        yield ROOT / "playbooks" / f"{role}.yml", playbook(role)
        yield ROOT / "playbooks" / "argument_specs" / f"{role}.yml", playbook_arguments(role)


def main() -> int:
    return concluded([(path, lambda _text, text=text: text) for path, text in files()], f"the argument spec of {SOURCE}, with tools/pairing_roles,")


if __name__ == "__main__":
    raise SystemExit(main())
