# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one home of the import of pan-os-python. The doc fragment C(provider) states the same requirement."""

from __future__ import annotations

import traceback

try:
    import pan.xapi as pan_xapi
    from panos import errors as panos_errors
    from panos.firewall import Firewall
except ImportError:
    pan_xapi = None
    panos_errors = None
    Firewall = None
    IMPORT_ERROR = traceback.format_exc()
else:
    IMPORT_ERROR = None

LIBRARY = "pan-os-python"

__all__ = ["IMPORT_ERROR", "LIBRARY", "Firewall", "pan_xapi", "panos_errors"]
