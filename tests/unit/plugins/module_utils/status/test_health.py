# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How well a VPN is: the decision as a table, and what holds for whatever is known."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given, settings, strategies as st

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status import health
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.health import Health, Known
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.status.judgement import Judgement, Problem, Verdict

HEALTHY, AT_RISK, DOWN = Health
ORDER = list(Health)
ONE, TWO = "vpn-1a-1", "vpn-1a-2"


def cause(tunnel: str = ONE, confidence: str = "certain", bites: str = "now", words: str = "a rule denies it") -> dict:
    return {"id": "some-cause", "tunnel": tunnel, "cause": words, "confidence": confidence, "bites": bites}


@dataclass(frozen=True)
class Row:
    """What is known of a VPN of two tunnels, the first of which traffic is led into."""

    vpn: Health
    first: Health = HEALTHY
    second: Health = HEALTHY
    problems: dict = field(default_factory=dict)
    causes: tuple = ()
    beyond: tuple = ()
    asked: tuple = ()
    led_into: tuple = (ONE,)
    tunnels: tuple = (ONE, TWO)
    missing: tuple = ()


TABLE = {
    "nothing is wrong": Row(HEALTHY),
    "the second tunnel is down": Row(AT_RISK, second=DOWN, problems={TWO: "no IPsec SA"}),
    "the first one is down, and the second one has taken over": Row(AT_RISK, DOWN, problems={ONE: "no IPsec SA"}, led_into=(TWO,)),
    "the first one is down, and holds the traffic": Row(DOWN, DOWN, problems={ONE: "no IPsec SA"}),
    "both are down": Row(DOWN, DOWN, DOWN, {ONE: "no IPsec SA", TWO: "no IPsec SA"}),
    "one is down, and nobody knows what carries": Row(AT_RISK, DOWN, problems={ONE: "no IPsec SA"}, led_into=()),
    "both carry, and one is down": Row(DOWN, second=DOWN, problems={TWO: "no IPsec SA"}, led_into=(ONE, TWO)),
    "a single tunnel is down": Row(DOWN, DOWN, problems={ONE: "no IPsec SA"}, tunnels=(ONE,)),
    "a single tunnel is well": Row(HEALTHY, tunnels=(ONE,)),
    "hosts' packets are certainly stopped in both": Row(DOWN, DOWN, DOWN, causes=(cause(ONE), cause(TWO))),
    "they are stopped in the one that carries": Row(DOWN, DOWN, causes=(cause(ONE),)),
    "they would be stopped in the one that stands by": Row(AT_RISK, second=DOWN, causes=(cause(TWO),)),
    "the next rekey certainly fails": Row(AT_RISK, AT_RISK, AT_RISK, causes=(cause(ONE, bites="rekey"), cause(TWO, bites="rekey"))),
    "the next session of one tunnel certainly fails": Row(AT_RISK, second=AT_RISK, causes=(cause(TWO, bites="session"),)),
    "a failover certainly fails": Row(AT_RISK, AT_RISK, causes=(cause(ONE, bites="failover"),)),
    "a cause that is likely": Row(HEALTHY, causes=(cause(ONE, "likely"), cause(TWO, "likely"))),
    "a cause that is possible": Row(HEALTHY, causes=(cause(ONE, "possible", "rekey"),)),
    "nothing comes back by either": Row(DOWN, beyond=(Problem("9 packets went out and none came back", "vpn-1a"),)),
    "the rule that discards at last is off": Row(AT_RISK, beyond=(Problem("PBF rule 'vpn-1a-discard' is disabled", "vpn-1a", True),)),
    "the cloud has a second tunnel that nobody made": Row(AT_RISK, second=DOWN, tunnels=(ONE,), causes=(cause(TWO, "likely"),)),
}


def known(row: Row) -> Known:
    verdicts = tuple(Verdict(name, (row.problems[name],) if name in row.problems else ()) for name in row.tunnels)
    missing = {name: f"{name} is not there" for name in row.missing}
    return Known({"vpn-1a": row.tunnels}, Judgement(verdicts, row.beyond), row.causes, row.led_into, missing, row.asked)


@pytest.mark.parametrize("row", TABLE.values(), ids=TABLE.keys())
def test_how_well_a_vpn_is(row):
    found = health.of_firewall("fw", known(row))
    (vpn,) = found.parts
    assert (vpn.state, found.state) == (row.vpn, row.vpn)
    states = {tunnel.name: tunnel.state for tunnel in vpn.parts}
    assert states == dict(list({ONE: row.first, TWO: row.second}.items())[:len(states)])
    assert bool(found.problems()) is (row.vpn is not HEALTHY)


NONE_WORKS = {
    "both have symptoms": (Row(DOWN, problems={ONE: "no IPsec SA", TWO: "no IPsec SA"}), "none of its 2 tunnels works"),
    "a rule denies what goes through both": (Row(DOWN, causes=(cause(ONE), cause(TWO))), "its 2 tunnels are up, and packets do not pass"),
    "one is up and denied": (Row(DOWN, problems={TWO: "no IPsec SA"}, causes=(cause(ONE), cause(TWO))), "1 of 2 tunnels is up, and packets do not pass"),
    "a single one, and a rule denies": (Row(DOWN, causes=(cause(ONE),), tunnels=(ONE,)), "its tunnel is up, and packets do not pass"),
    "a single one with a symptom": (Row(DOWN, problems={ONE: "no IPsec SA"}, tunnels=(ONE,)), "its tunnel does not work"),
    "one denied, and one that nobody made": (
        Row(DOWN, causes=(cause(ONE), {**cause(TWO), "id": "tunnel-missing"}), tunnels=(ONE,)), "1 of 2 tunnels is up, and packets do not pass"),
    "one is down, and another has two causes of not being there": (
        Row(DOWN, problems={ONE: "no IPsec SA"}, causes=tuple({**cause(TWO, words=words), "id": "tunnel-missing"} for words in ("no tunnel", "no gateway")),
            tunnels=(ONE,)), "none of its 2 tunnels works"),
}


@pytest.mark.parametrize("row, words", NONE_WORKS.values(), ids=NONE_WORKS.keys())
def test_how_a_vpn_is_told_that_does_nothing(row, words):
    (vpn,) = health.of_firewall("fw", known(row)).parts
    assert (vpn.state, vpn.reasons[0].words) == (DOWN, words)


def test_two_causes_of_one_missing_tunnel_are_of_one_tunnel():
    row = Row(AT_RISK, tunnels=(ONE,), causes=(cause(TWO, words="no tunnel"), cause(TWO, words="no gateway")))
    (vpn,) = health.of_firewall("fw", known(row)).parts
    assert [(part.name, len(part.reasons)) for part in vpn.parts] == [(ONE, 0), (TWO, 2)]
    assert vpn.reasons[0].words == "1 of 2 tunnels works"


def test_what_was_asked_for_and_is_not_there_is_down():
    found = health.of_firewall("fw", Known({}, Judgement(), missing={"vpn-1a": "it is not there"}, causes=(cause("vpn-1a", words="it is not committed"),)))
    (vpn,) = found.parts
    assert (vpn.name, vpn.state, found.state) == ("vpn-1a", DOWN, DOWN)
    assert [reason.words for reason in vpn.reasons] == [
        "it is not there", "it is not committed"]


def test_where_nothing_is_and_nothing_was_asked_for_nothing_is_wrong():
    assert health.of_firewall("fw", Known({}, Judgement())).healthy


def test_a_probe_without_an_answer_is_down():
    assert health.of_firewall("fw", replace(known(Row(HEALTHY)), beyond=("the probe got no answer",))).state is DOWN


def test_a_passive_member_is_not_judged():
    found = health.of_firewall("fw", replace(known(TABLE["both are down"]), away=True))
    assert found.healthy and found.parts == ()


def test_a_fleet_is_as_well_as_its_worst_firewall():
    well, silent = health.of_firewall("fw1", known(Row(HEALTHY))), health.without_answer("fw2", "connection refused")
    assert health.of_fleet([well]).healthy and health.of_fleet([]).healthy
    assert health.of_fleet([well, silent]).state is DOWN
    assert health.of_fleet([well, silent]).problems() == ("no answer: connection refused",)


def test_a_cause_is_a_problem_only_where_no_symptom_shows():
    row = replace(TABLE["the second tunnel is down"], causes=(cause(TWO, words="the key is another"), cause(ONE, bites="rekey", words="PFS differs")))
    found = health.of_firewall("fw", known(row))
    assert found.problems() == ("no IPsec SA", "PFS differs")
    assert (found.problems(DOWN), found.problems(AT_RISK)) == (("no IPsec SA",), ("PFS differs",))
    assert [reason.words for reason in found.parts[0].parts[1].reasons] == ["no IPsec SA", "the key is another"]


def test_each_sentence_is_told_once():
    found = health.of_firewall("fw", known(TABLE["both are down"]))
    assert found.problems() == ("no IPsec SA",)


TUNNELS = st.sampled_from((ONE, TWO, "other-1"))
CAUSES = st.builds(cause, TUNNELS, st.sampled_from(("certain", "likely", "possible")), st.sampled_from(("now", "rekey", "session", "failover")))
ROWS = st.builds(
    Row, st.just(HEALTHY), problems=st.dictionaries(TUNNELS, st.just("no IPsec SA")), causes=st.lists(CAUSES, max_size=4).map(tuple),
    beyond=st.lists(st.builds(Problem, st.just("a problem"), st.sampled_from(("vpn-1a", "")), st.booleans()), max_size=2).map(tuple),
    missing=st.sampled_from(((), ("vpn-2b",))), asked=st.sampled_from(((), ("the probe got no answer",))),
    led_into=st.sets(TUNNELS).map(tuple), tunnels=st.sampled_from(((ONE,), (ONE, TWO), ())))


def worsened(row: Row, draw) -> Row:
    """The same with one thing more that is bad to know."""
    how = draw(st.sampled_from(("problem", "cause", "later", "beyond", "missing", "probe", "led into")))
    if how == "problem":
        return replace(row, problems={**row.problems, draw(TUNNELS): "no IPsec SA"})
    if how in ("cause", "later"):
        return replace(row, causes=(*row.causes, cause(draw(TUNNELS), bites="now" if how == "cause" else "rekey", words="one more")))
    if how == "beyond":
        return replace(row, beyond=(*row.beyond, Problem("one more", "vpn-1a", draw(st.booleans()))))
    if how == "led into":
        return replace(row, led_into=(*row.led_into, draw(TUNNELS)))
    return replace(row, missing=("vpn-2b",)) if how == "missing" else replace(row, asked=("the probe got no answer",))


@settings(max_examples=300, deadline=None)
@given(row=ROWS, data=st.data())
def test_worse_evidence_improves_nothing(row, data):
    before, after = health.of_firewall("fw", known(row)), health.of_firewall("fw", known(worsened(row, data.draw)))
    assert ORDER.index(after.state) >= ORDER.index(before.state)
    states = {part.name: part.state for part in after.parts}
    assert all(ORDER.index(states[part.name]) >= ORDER.index(part.state) for part in before.parts)


@settings(max_examples=300, deadline=None)
@given(row=ROWS)
def test_nothing_is_better_than_its_parts_allow_and_nothing_is_wrong_without_a_reason(row):
    found = health.of_firewall("fw", known(row))
    for vpn in found.parts:
        assert ORDER.index(vpn.state) <= ORDER.index(found.state)
        assert vpn.state is not HEALTHY or all(tunnel.healthy for tunnel in vpn.parts)
        assert all(tunnel.state is not DOWN for tunnel in vpn.parts) or vpn.state is not HEALTHY
        for each in (vpn, *vpn.parts):
            assert each.healthy or each.reasons or any(not part.healthy for part in each.parts)
    assert found.healthy or found.problems()
