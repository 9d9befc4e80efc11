# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a machine must have so that tunnels can be real on it."""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
from dataclasses import dataclass

CHARON = pathlib.Path("/usr/lib/ipsec/charon")
FRR = pathlib.Path("/usr/lib/frr")
USER_SPACE_ESP = pathlib.Path("/usr/lib/ipsec/plugins/libstrongswan-kernel-libipsec.so")

#: Debian's packages that bring everything below.
PACKAGES = (
    "strongswan-charon", "strongswan-swanctl", "libcharon-extra-plugins", "libstrongswan-standard-plugins", "bird2", "iproute2",
    "iputils-ping", "nftables", "tcpdump", "procps", "util-linux",
)

#: What brings FRR, which only labs take that ask for it.
FRR_PACKAGES = ("frr",)


@dataclass(frozen=True)
class Finding:
    """One thing looked for. ``detail`` says where it is, or what is wrong."""

    name: str
    present: bool
    detail: str


def findings() -> list[Finding]:
    """Everything that a lab needs, in the order in which one would mend it. Changes nothing."""
    found = [_tun(), _namespaces()]
    for name, place in (("charon", CHARON), ("user-space ESP (kernel-libipsec)", USER_SPACE_ESP)):
        found.append(Finding(name, place.exists(), str(place) if place.exists() else f"{place} does not exist"))
    for program in ("ip", "nsenter", "unshare", "bird", "nft", "ping", "tcpdump"):
        path = shutil.which(program)
        found.append(Finding(program, path is not None, path or "not on the PATH"))
    return found


def missing() -> str | None:
    """One line with all that is missing; None when a lab can run."""
    lacking = [f"{finding.name} ({finding.detail})" for finding in findings() if not finding.present]
    return "no data plane on this machine: " + ", ".join(lacking) if lacking else None


def missing_frr() -> str | None:
    """One line with what FRR as the firewall's routing daemon lacks; None when it is there."""
    lacking = [program for program in ("zebra", "staticd", "bgpd") if not (FRR / program).exists()]
    return f"no FRR on this machine: {', '.join(lacking)} not in {FRR}" if lacking else None


def unshare(*kinds: str) -> list[str]:
    """The command that makes namespaces here: plainly as root, else inside a user namespace."""
    return ["unshare", *([] if os.geteuid() == 0 else ["--user", "--map-root-user"]), *kinds]


def _tun() -> Finding:
    # Without the device the IKE daemon still starts, and then fails in words that look like a configuration error.
    try:
        os.close(os.open("/dev/net/tun", os.O_RDWR))
    except OSError as error:
        return Finding("/dev/net/tun", False, f"{error.strerror}; in a container it takes --device /dev/net/tun")
    return Finding("/dev/net/tun", True, "can be opened")


def _namespaces() -> Finding:
    name = "private namespaces"
    try:
        done = subprocess.run(
            unshare("--net", "--mount", "--pid", "--fork", "true"), check=False, timeout=10, text=True, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Finding(name, False, str(error))
    if done.returncode:
        return Finding(name, False, done.stdout.strip() or "refused; it takes root, or user namespaces for ordinary users")
    return Finding(name, True, "as root" if os.geteuid() == 0 else "inside a user namespace")
