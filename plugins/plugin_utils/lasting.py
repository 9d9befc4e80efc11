# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Has Python's garbage collector leave alone what Ansible's process loads for all its workers.

It goes through all that there is while modules are loaded, which are no garbage, and again in a worker, where each object that it touches is a piece of
memory that the worker no longer shares with the process that it was forked from. So Python's own documentation has it frozen before a fork.
"""

from __future__ import annotations

import contextlib
import gc
from typing import Iterator


@contextlib.contextmanager
def loaded() -> Iterator[None]:
    """For what is loaded meanwhile, and all that was there before. What comes later is collected as ever."""
    is_collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if is_collecting:
            gc.enable()
