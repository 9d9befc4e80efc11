# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the module transaction documents is what the other modules document."""

from __future__ import annotations

import subprocess
import sys


def test_it_is_up_to_date(repository):
    done = subprocess.run([sys.executable, "tools/transaction_documentation.py", "--check"], cwd=repository, capture_output=True, text=True,
                          timeout=60, check=False)
    assert done.returncode == 0, done.stdout
