# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a role hands on of its variables."""

from __future__ import annotations

import pytest
from ansible import template
from ansible.errors import AnsibleUndefinedVariable
from ansible.parsing.dataloader import DataLoader

from ansible_collections.tunnelsmith.panos_vpn.plugins.lookup import role_options

# Since ansible-core 2.19 a text is a template only where that is said; "omit" was a text of its own before.
as_template = getattr(template, "trust_as_template", str)
OMIT = {"omit": "__omit_place_holder__"} if as_template is str else {}


def handed_on(own=(), **variables) -> dict:
    loader, known = DataLoader(), {**OMIT, **variables}
    lookup = role_options.LookupModule(loader=loader, templar=template.Templar(loader=loader, variables=known))
    (found,) = lookup.run(["zstack_pairing"], variables=known, own=list(own))
    return found


def test_what_is_set_is_handed_on_by_the_options_names():
    found = handed_on(zstack_pairing_zone="vpn", zstack_pairing_local_networks=[as_template("{{ network }}")], network="10.10.0.0/24", zstack_pairing_mtu=1400)
    assert found == {"zone": "vpn", "local_networks": ["10.10.0.0/24"], "mtu": 1400}


def test_another_role_s_variables_and_what_is_no_option_stay():
    """A host may have VPNs of several roles."""
    assert handed_on(site_to_site_mtu=1300, aws_pairing_zone="aws", zstack_pairing_hosts="all", zone="mine", zstack_pairing_zone="vpn") == {"zone": "vpn"}


def test_what_a_role_calls_as_the_module_calls_something_else_stays():
    assert handed_on(["local_id"], zstack_pairing_local_id="203.0.113.9", zstack_pairing_zone="vpn") == {"zone": "vpn"}


def test_what_is_omitted_is_not_there():
    assert handed_on(zstack_pairing_mtu=as_template("{{ omit }}"), zstack_pairing_zone=as_template("{{ zone | default(omit) }}")) == {}


def test_what_follows_from_a_variable_that_is_not_set_is_not_passed_over():
    with pytest.raises(AnsibleUndefinedVariable):
        handed_on(zstack_pairing_zone=as_template("{{ no_such_variable }}"))
