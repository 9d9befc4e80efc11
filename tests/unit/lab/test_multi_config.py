# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One request, many operations: all or nothing."""

from __future__ import annotations

import pytest


def unit(at, number):
    return f"{at.units}/entry[@name='tunnel.{number}']"


def test_answers_in_order_with_the_ids_given(client, at):
    reply = client.multi(
        f'<set id="1109" xpath="{unit(at, 8)}"><mtu>1400</mtu></set>'
        f'<delete xpath="{unit(at, 77)}"/>'
        f'<edit id="1110" xpath="{unit(at, 8)}"><entry name="tunnel.8"><comment>x</comment></entry></edit>'
    )
    assert reply.text == (
        '<response status="success" code="20">'
        '<response status="success" code="20" id="1109"><msg>command succeeded</msg></response>'
        '<response status="success" code="7"><msg>Object doesn\'t exist</msg></response>'
        '<response status="success" code="20" id="1110"><msg>command succeeded</msg></response>'
        "</response>"
    )


def test_failure_ends_the_list_and_takes_everything_back(client, firewall, at):
    before = firewall.control.candidate(marks=True)
    reply = client.multi(
        f'<set id="1" xpath="{unit(at, 8)}"><mtu>1400</mtu></set>'
        f'<delete xpath="{at.tunnels}/entry[@name=\'branch-7\']"/>'
        f'<set id="2" xpath="{unit(at, 8)}"><bogus/></set>'
        f'<set id="3" xpath="{unit(at, 9)}"><mtu>1400</mtu></set>'
    )
    inner = [(child.get("id"), child.get("code")) for child in reply.root]
    assert reply.verdict == ("error", "13")
    assert inner == [("1", "20"), (None, "20"), ("2", "12")]
    assert "unexpected here" in reply.message
    assert firewall.control.candidate(marks=True) == before
    assert client.op("<check><pending-changes/></check>").message == "no"


def test_every_action_but_complete(client, at):
    rules = at.security
    reply = client.multi(
        f"<get xpath=\"{at.zones}/entry[@name='dmz']\"/>"
        f"<show xpath=\"{at.zones}/entry[@name='dmz']\"/>"
        f"<move xpath=\"{rules}/entry[@name='office to servers']\" where=\"top\"/>"
        f"<rename xpath=\"{rules}/entry[@name='office to servers']\" newname=\"servers\"/>"
        f"<clone xpath=\"{rules}\" from=\"{rules}/entry[@name='servers']\" newname=\"servers 2\"/>"
    )
    assert reply.code == "20"
    assert client.names(f"{rules}/entry")[0] == "servers"
    assert client.multi(f"<complete xpath=\"{rules}\"/>").code == "13"


@pytest.mark.parametrize("operation", ["<set><a/></set>", "<set xpath='/config/devices'><a/></set><explode xpath='/config'/>"],
                         ids=["no xpath", "unknown action"])
def test_bad_operation(client, firewall, operation):
    before = firewall.control.candidate()
    assert client.multi(operation).verdict == ("error", "13")
    assert firewall.control.candidate() == before


def test_any_name_of_the_root(client, at):
    reply = client.call(
        type="config", action="multi-config",
        element=f"<multi-configure-request><set xpath=\"{unit(at, 8)}\"><mtu>1400</mtu></set></multi-configure-request>",
    )
    assert reply.code == "20"


def test_strict_transactional_drops_what_the_caller_had_pending(client, firewall, at):
    client.set(unit(at, 8), "<mtu>1400</mtu>")
    firewall.control.edit_as("someone", "set", unit(at, 9), "<mtu>1400</mtu>")
    reply = client.multi(f'<set xpath="{unit(at, 10)}"><mtu>1400</mtu></set>', **{"strict-transactional": "yes"})
    assert reply.code == "20"
    assert client.names(f"{at.units}/entry") == ["tunnel.7", "tunnel.9", "tunnel.10"]


def test_strict_transactional_waits_for_no_commit(client, firewall, at):
    firewall.control.commit_duration(5)
    client.set(unit(at, 8), "<mtu>1400</mtu>")
    client.call(type="commit", cmd="<commit/>")
    reply = client.multi(f'<set xpath="{unit(at, 10)}"><mtu>1400</mtu></set>', **{"strict-transactional": "yes"})
    assert reply.verdict == ("error", "13")


@pytest.mark.parametrize("number", [1, 2, 3])
def test_an_operation_can_be_made_to_fail(client, firewall, at, number):
    before = firewall.control.candidate(marks=True)
    firewall.control.fault("operation_error", {"action": "multi-config"}, number=number, code=12, message="no")
    operations = "".join(f'<set xpath="{unit(at, 10 + index)}"><mtu>1400</mtu></set>' for index in range(3))
    reply = client.multi(operations)
    assert (reply.code, len(list(reply.root))) == ("13", number)
    assert firewall.control.candidate(marks=True) == before
    assert client.multi(operations).code == "20"
