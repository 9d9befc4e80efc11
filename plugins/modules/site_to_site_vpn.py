#!/usr/bin/python
# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils import vpn_task


def argument_spec():
    return vpn_task.argument_spec()


def main():
    vpn_task.run()


if __name__ == "__main__":
    main()
