# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lines for people who watch a run: not too early, not too many, one line each, and never a secret."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration import secrets
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks import progress
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.tasks.module import PanosModule

KEY = "notReal.secret<1>"


class Clock:
    def __init__(self):
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(progress, "time", clock)
    return clock


def told(clock, sentences, about="", step=1.0) -> list:
    """(seconds, line) of what is shown where a sentence is told every C(step) seconds."""
    shown: list = []
    teller = progress.Progress()
    teller.about = about
    begun = clock.now
    with progress.shown_by(lambda line: shown.append((clock.now - begun, line))):
        for sentence in sentences:
            teller.tell(sentence)
            clock.now += step
    return shown


def test_what_is_over_soon_is_not_told(clock):
    assert told(clock, ["commit job 7 is at 5 %", "commit job 7 is at 55 %"]) == []


def test_a_long_step_is_told_every_few_seconds(clock):
    shown = told(clock, [f"commit job 7 is at {percent} %" for percent in range(61)])
    moments = [moment for moment, _line in shown]
    assert shown[0] == (2.0, "commit job 7 is at 2 % (2 s)")
    assert len(shown) == 12 and min(later - earlier for earlier, later in zip(moments, moments[1:])) >= progress.EVERY


def test_the_same_sentence_is_told_less_often(clock):
    moments = [moment for moment, _line in told(clock, ["fw has a lock of alice"] * 61)]
    assert min(later - earlier for earlier, later in zip(moments, moments[1:])) >= progress.AGAIN


def test_something_new_is_not_kept_back_for_long(clock):
    shown = told(clock, ["waiting for alice"] * 4 + ["commit job 7 is at 5 %"] * 6)
    assert [line for _moment, line in shown] == ["waiting for alice (2 s)", "commit job 7 is at 5 % (7 s)"]


def test_each_line_says_what_it_is_about_and_is_one_line(clock):
    (line,) = [line for _moment, line in told(clock, ["not up\nyet " + "because " * 90] * 4, about="paris-2, then paris-1")]
    assert line.startswith("paris-2, then paris-1: not up yet because") and "\n" not in line and len(line) < 250


def test_where_nobody_watches_nothing_happens(clock):
    teller = progress.Progress()
    teller.tell("commit job 7 is at 5 %")
    assert teller._began is None


@pytest.mark.parametrize("given, check, shown", [(True, False, True), (False, False, False), (True, True, False)],
                         ids=["asked for", "not asked for", "a plan"])
def test_the_module_tells_where_it_is_asked_to_and_never_a_secret(monkeypatch, given, check, shown):
    monkeypatch.setattr(progress, "FIRST", 0.0)
    module = PanosModule.__new__(PanosModule)
    module.params, module.check_mode = {"progress": given}, check
    module.secret_forms, module.progress = secrets.printable_forms(KEY), progress.Progress()
    lines: list = []
    with progress.shown_by(lines.append):
        module.tell(f"the firewall says: {KEY}, and &lt;: notReal.secret&lt;1&gt;")
    assert bool(lines) is shown
    assert not any(form in line for form in module.secret_forms for line in lines)
