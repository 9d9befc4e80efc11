# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Compare a recording with the emulated firewall, and print what differs as an issue: ``python -m ...tests.lab.recordings FILE``."""

from __future__ import annotations

import argparse
import json
import pathlib
import sys

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.recordings import compare


def main() -> int:
    parser = argparse.ArgumentParser(prog="recordings", description="What a real firewall answers, against the emulated one. Ends with 1 where they differ.")
    parser.add_argument("file", type=pathlib.Path, help="what the playbook record_answers has written")
    arguments = parser.parse_args()
    try:
        recording = json.loads(arguments.file.read_text(encoding="utf-8"))
        found = compare.differences(recording)
    except (OSError, ValueError, KeyError) as exc:
        print(f"error: {arguments.file}: {exc}", file=sys.stderr)
        return 2
    print(compare.issue(recording, found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
