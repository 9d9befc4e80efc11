# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Gives pip to an empty virtual environment from the interpreter's own bundle, for ansible-test.

ansible-test otherwise downloads a script of that purpose from a host that is not reachable everywhere. It starts the
script with the packages to install and with options of that script, some of which pip does not know.
"""

from __future__ import annotations

import ensurepip
import os
import subprocess
import sys

NOT_FOR_PIP = ("--no-setuptools", "--no-wheel")

if __name__ == "__main__":
    # ensurepip takes every PIP_* setting out of this process; the installation below needs the machine's own.
    settings = dict(os.environ)
    ensurepip.bootstrap(upgrade=True)
    wanted = [argument for argument in sys.argv[1:] if argument not in NOT_FOR_PIP]
    sys.exit(subprocess.call([sys.executable, "-m", "pip", "install", *wanted], env=settings))
