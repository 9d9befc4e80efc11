# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every cloud's words for every algorithm: each leads back to the algorithm that it was said for."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.peers.rules import CLOUDS, NO_CLOUD, rules_of

WITH_WORDS = [cloud for cloud in CLOUDS if rules_of(cloud).options]


def test_the_clouds_with_tables_of_words_are_known():
    assert WITH_WORDS == ["azure", "gcp", "harmony_sase", "zstack"]


@pytest.mark.parametrize("cloud", WITH_WORDS)
def test_a_word_leads_back_and_the_first_of_several_is_used(cloud):
    rules = rules_of(cloud)
    for (phase, option), (name, words) in rules.options.items():
        for value in words.values():
            called, (word,) = rules.spelled(phase, option, [value])
            assert called == name and words[word] == value and rules.has(phase, option, value)
            assert word == next(told for told, meant in words.items() if meant == value)
        assert rules.spelled(phase, option, ["unheard-of"]) == (name, ["unheard-of"]) and not rules.has(phase, option, "unheard-of")


def test_no_cloud_has_our_words():
    assert NO_CLOUD.spelled("ike", "hash", ["sha256"]) == ("ike.hash", ["sha256"]) and NO_CLOUD.has("ike", "hash", "sha256")
