# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is loaded for all workers is passed over by Python's garbage collector."""

from __future__ import annotations

import gc

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.plugin_utils import lasting


@pytest.fixture(params=[True, False], ids=["collecting", "not collecting"])
def collecting(request):
    """As the process was before."""
    try:
        if not request.param:
            gc.disable()
        yield request.param
    finally:
        gc.unfreeze()
        gc.enable()


def test_nothing_is_collected_while_it_is_loaded_nor_gone_through_later(collecting):
    collections: list = []
    gc.callbacks.append(lambda phase, info: collections.append(phase))
    try:
        with lasting.loaded():
            kept = [[number] for number in range(10 * gc.get_threshold()[0])]
        assert collections == []
    finally:
        gc.callbacks.pop()
    assert gc.isenabled() is collecting
    assert gc.get_freeze_count() > len(kept) > len(gc.get_objects())


def test_what_cannot_be_loaded_leaves_the_collector_as_it_was(collecting):
    with pytest.raises(ImportError), lasting.loaded():
        raise ImportError
    assert gc.isenabled() is collecting
