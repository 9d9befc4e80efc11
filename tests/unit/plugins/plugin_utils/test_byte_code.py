# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The collection's own files come from Python's byte code, and nobody else's do."""

from __future__ import annotations

import importlib.machinery
import pathlib
import sys

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.plugin_utils import byte_code

PLUGINS = pathlib.Path(__file__).resolve().parents[4] / "plugins"
OURS = "ansible_collections.tunnelsmith.panos_vpn.plugins"


@pytest.mark.parametrize("name, folder", [
    ("module_utils.errors", "module_utils"), ("module_utils.device.sdk", "module_utils/device"), ("modules.zone", "modules"),
])
def test_our_files_are_kept_as_byte_code(name, folder):
    spec = byte_code.OwnFiles().find_spec(f"{OURS}.{name}", [str(PLUGINS / folder)])
    assert isinstance(spec.loader, importlib.machinery.SourceFileLoader)
    assert spec.origin == str(PLUGINS / f"{name.replace('.', '/')}.py") and spec.cached


@pytest.mark.parametrize("name", [
    f"{OURS}.filter.aws_vpn_connection", f"{OURS}.module_utils.nothing", "ansible_collections.amazon.aws.plugins.module_utils.errors", "errors",
])
def test_other_files_are_left_to_others(name):
    folder = str(PLUGINS / "module_utils")
    assert byte_code.OwnFiles().find_spec(name, [folder]) is None
    assert byte_code.OwnFiles().find_spec(name, None) is None


def test_it_is_in_use_while_ours_are_imported_and_no_longer():
    before = list(sys.meta_path)
    with pytest.raises(ImportError), byte_code.used():
        assert isinstance(sys.meta_path[0], byte_code.OwnFiles)
        raise ImportError("one that cannot be imported")
    assert sys.meta_path == before
