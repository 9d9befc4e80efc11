# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is documented of a peer profile is what its types say, and a packed module has the rules of every cloud."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers import fields
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.profile import IkeProposal, IpsecProposal
from ansible_collections.tunnelsmith.panos_vpn.plugins.modules import ike_crypto_profile, ipsec_crypto_profile


@pytest.fixture(scope="module")
def tool(repository):
    """The tool that writes all this."""
    spec = importlib.util.spec_from_file_location("peer_documentation", repository / "tools" / "peer_documentation.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("written_by", ["peer_documentation", "peer_pages"])
def test_everything_is_up_to_date(repository, written_by):
    done = subprocess.run([sys.executable, f"tools/{written_by}.py", "--check"], cwd=repository, capture_output=True, text=True,
                          timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_each_place_is_found_and_a_change_there_is_seen(tool, repository):
    """The options of modules, what each filter returns, and what is packed."""
    places = tool.places()
    assert len(places) >= 5
    for place in places:
        source = (repository / place.file).read_text(encoding="utf-8")
        assert source.count(place.text) == 1
        spoiled = source.replace(place.text, "")
        assert tool.updated(spoiled, place) == source


def test_a_file_without_the_place_is_an_error(tool):
    with pytest.raises(ValueError, match="there is no place"):
        tool.updated("nothing", tool.places()[0])


def test_what_a_proposal_can_be_is_listed_as_the_modules_take_it():
    phase_1, phase_2 = ike_crypto_profile.argument_spec(), ipsec_crypto_profile.argument_spec()
    wanted = {
        (IkeProposal, "encryption"): phase_1["encryption"], (IkeProposal, "hash"): phase_1["hash"], (IkeProposal, "dh_group"): phase_1["dh_group"],
        (IpsecProposal, "encryption"): phase_2["esp"]["options"]["encryption"], (IpsecProposal, "dh_group"): phase_2["dh_group"],
        (IpsecProposal, "authentication"): phase_2["esp"]["options"]["authentication"],
    }
    for (kind, name), option in wanted.items():
        assert sorted(re.findall(r"V\((.*?)\)", str(fields.documentation(kind)[name]["description"]))) == sorted(option["choices"]), (kind, name)
