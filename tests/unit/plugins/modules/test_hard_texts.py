# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Texts that are hard to carry, in every option that takes a text: what is written is unchanged on the second run, or it is refused by name.

Without a firewall, as the modules do it: what a task would send is applied as the wire carries it, to a firewall that keeps texts as they
come and to one that takes the blanks around them away.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import arguments
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import texts
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.tree import applied
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.location import Location
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.errors import InvalidInput, Refused
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.plan import plan
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.reconcile.values import asked_of, validate
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.registry import RESOURCES
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.desired import DesiredEntry
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.platform import LOGICAL_ROUTER, VIRTUAL_ROUTER, Platform
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tables.table import Entries, Leaf, Members, Request
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules import test_every_option as every

HARD = {
    "a line end": "note\n", "a Windows line end": "note\r\n", "blanks": "  note ", "a tab around": "\tnote\t", "a no-break space": "\xa0note\xa0",
    "lines": "a\nb", "Windows lines": "a\r\nb", "old Mac lines": "a\rb", "empty lines": "\n\n a \n\n b \n\n", "a tab": "a\tb", "two blanks": "a  b",
    "a next line": "a\x85b", "a line separator": "a\u2028b", "a form feed": "a\x0cb", "a vertical tab": "a\x0bb", "NUL": "a\x00b",
    "an escape": "a\x1b[31mb",
    "a bell at the end": "a\x07", "a separator at the end": "a\x1f", "half a surrogate": "a\ud800b", "no character": "a\uffffb", "DEL": "a\x7fb",
    "markup": "<b>&amp;</b>", "the end of CDATA": "a]]>b", "a reference": "&#10;&lt;", "quotes": "it's",
    "double quotes": 'say "x"', "both quotes": "it's \"x\"",
    "accents": "Zürich", "composed": "Zu\u0308rich", "another script": "東京", "an emoji": "\U0001f512", "right to left": "\u202eabc",
    "a mark": "\ufeffnote",
    "zero width": "a\u200bb", "blanks only": " \n ", "nothing": "", "a slash": "a/b", "a template": "{{ x }}", "a variable": "$x", "a comma": "a,b",
    "an apostrophe and a bracket": "x'][", "a percent": "100%", "a plus": "a+b", "very long": "x" * 100000, "None": "None", "dots": "..", "minus": "-",
}
PLATFORMS = {every.VIRTUAL: Platform((12, 1, 2), VIRTUAL_ROUTER, False, "fw", "PA-440"),
             every.LOGICAL: Platform((12, 1, 2), LOGICAL_ROUTER, False, "fw", "PA-440")}
ROUTERS = """<config><devices><entry name="localhost.localdomain"><network>
<virtual-router><entry name="default"><protocol><bgp><router-id>10.10.0.1</router-id><local-as>65000</local-as></bgp></protocol></entry></virtual-router>
<logical-router><entry name="default"><vrf><entry name="default"><bgp><router-id>10.10.0.1</router-id><local-as>65000</local-as></bgp></entry></vrf></entry>
</logical-router><tunnel><ipsec><entry name="branch-7"/></ipsec></tunnel></network><vsys><entry name="vsys1"/></vsys></entry></devices></config>"""


def takes_text(option) -> bool:
    node = option.node
    if isinstance(node, Entries):
        return True
    return isinstance(node, (Leaf, Members)) and node.type in ("str", "secret") and not node.choices


TEXTS = [option for option in every.LIVING if takes_text(option)]


def tree():
    return ET.fromstring(ROUTERS)


def operations(resource, engine, options, configuration):
    """What a task with these options would send. Raises InvalidInput or Refused, as the task does."""
    spec = arguments.of_resource(resource)
    given = arguments.said(spec, options)
    wrong = next(arguments.misplaced(spec, given), "")
    if wrong:
        raise InvalidInput(wrong)
    checked = ArgumentSpecValidator(spec).validate(given)
    assert checked.error_messages == [], checked.error_messages
    params = arguments.tidied(spec, checked.validated_parameters)
    names, values = {name: params[name] for name in resource.identity}, asked_of(resource, params)
    request = Request(names, values, "present", PLATFORMS[engine], Location().base)
    if not request.name:
        raise InvalidInput(f"{resource.identity[-1]} is required")
    own = {node.option for node in resource.table.nodes}
    validate(DesiredEntry(resource.table, request.name, {key: value for key, value in values.items() if key in own}))
    for check in resource.checks:
        check(request, configuration)
    items = resource.desired(request, configuration)
    for item in items:
        if isinstance(item, DesiredEntry):
            validate(item, PLATFORMS[engine])
    found = plan([items], configuration, Location().base).operations
    for operation in found:
        # What cannot be an xpath or a form's value ends here.
        operation.xpath.encode("utf-8")
        operation.element.encode("utf-8")
    return found


def stored(configuration, strips):
    """As a firewall keeps it and prints it again."""
    for element in configuration.iter():
        if strips and not len(element):
            element.text = (element.text or "").strip() or None
    return ET.fromstring(ET.tostring(configuration, encoding="unicode"))


def lives(resource, engine, options, named):
    """Whether options are written; where they are refused, it is by name."""
    try:
        sent = operations(resource, engine, options, tree())
    except (InvalidInput, Refused) as exc:
        assert any(name in str(exc) for name in named), str(exc)[:300]
        assert len(str(exc)) < 1000
        return False
    for strips in (False, True):
        after = stored(applied(tree(), sent), strips)
        assert operations(resource, engine, options, after) == []
    return True


@pytest.mark.parametrize("hard", HARD)
def test_every_text_option_is_unchanged_on_the_second_run_or_refused_by_name(hard):
    written = 0
    for option in TEXTS:
        resource = RESOURCES[option.resource]
        text = HARD[hard]
        if isinstance(option.node, (Members, Entries)):
            text = [{option.node.key: text} if isinstance(option.node, Entries) and option.node.nodes else text]
        named = (option.node.option, option.trail[0][2].option, *every.identity(resource).values())
        written += lives(resource, option.engine, {**every.identity(resource), **option.laid(text)}, named)
    # Comments and descriptions take what can be said at all.
    assert written > 5 or texts.problem(texts.tidy(HARD[hard]), True) or hard == "very long"


@pytest.mark.parametrize("hard", HARD)
def test_every_name_is_unchanged_on_the_second_run_or_refused_by_name(hard):
    for resource in RESOURCES.values():
        for engine in every.ENGINES.get(resource.name, (every.VIRTUAL,)):
            for option in resource.identity:
                if "choices" not in resource.identity_specs.get(option, {}):
                    options = {**every.identity(resource), **every.SMALLEST.get(resource.name, {}), option: HARD[hard]}
                    lives(resource, engine, options, (option, resource.table.kind, resource.name, "the name", *every.identity(resource).values()))


@pytest.mark.parametrize("word", ["any", "none", "multicast", "inherit", " any\n"])
def test_a_word_that_means_something_else_is_no_name(word):
    refused = []
    for resource in RESOURCES.values():
        options = {**every.identity(resource), **every.SMALLEST.get(resource.name, {}), resource.identity[-1]: word}
        if resource.identity[-1] == "name":
            with pytest.raises((InvalidInput, Refused)):
                operations(resource, every.VIRTUAL, options, tree())
            refused.append(resource.name)
    assert len(refused) > 10
