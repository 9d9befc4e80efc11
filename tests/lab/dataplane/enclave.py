# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A private network of hosts: namespaces without any uplink, with a lifetime.

Its process number one is a plain sleep. When that ends, by its lifetime or by a kill, the kernel takes every process, mount and
interface of the enclave with it; nothing else has to be cleaned up.
"""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from typing import Any, Callable

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.prerequisites import unshare

#: Seconds after which a forgotten lab is gone.
LIFETIME = 3600

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,19}")


class LabError(Exception):
    """The lab cannot do what it was asked for."""


def base_folder() -> pathlib.Path:
    """Where the labs of this user keep their state. Short, because control sockets have at most 107 characters."""
    return pathlib.Path(tempfile.gettempdir()) / f"vpn-lab-{os.getuid()}"


def wait_until(true: Callable[[], Any], seconds: float, step: float = 0.02) -> bool:
    """Ask again and again, for so many seconds at most; whether it came true."""
    end = time.monotonic() + seconds
    while True:
        if true():
            return True
        if time.monotonic() >= end:
            return False
        time.sleep(step)


@dataclass(frozen=True)
class Memory:
    """Megabytes. ``resident`` counts pages that processes share once for each of them, ``proportional`` once in all."""

    processes: int
    resident: float
    proportional: float

    def __str__(self) -> str:
        return f"{self.processes} processes, {self.resident:.0f} MB resident, {self.proportional:.0f} MB with shared pages counted once"


class Enclave:
    """One lab's namespaces and its folder. Made by ``create``, found again by ``find``."""

    def __init__(self, name: str, folder: pathlib.Path, pid: int, start: str, holder: subprocess.Popen | None = None) -> None:
        self.name = name
        self.folder = folder
        self._pid = pid
        self._start = start
        self._holder = holder
        #: Whether the hosts that are added speak IPv6.
        self.ipv6 = False

    # Life.

    @classmethod
    def create(cls, name: str, lifetime: int = LIFETIME) -> Enclave:
        """An empty enclave. Raises LabError when one of that name is alive, or namespaces are refused."""
        if not _NAME.fullmatch(name):
            raise LabError(f"lab name {name!r}: up to 20 lower-case letters, digits and hyphens")
        folder = base_folder() / name
        if folder.exists():
            if cls.find(name) is not None:
                raise LabError(f"a lab named {name} is up already")
            shutil.rmtree(folder, ignore_errors=True)
        base_folder().mkdir(mode=0o700, exist_ok=True)
        if base_folder().stat().st_uid != os.getuid():
            raise LabError(f"{base_folder()} belongs to somebody else")
        folder.mkdir(mode=0o700)
        ready = folder / "ready"
        # SIGCHLD stays ignored across exec, so that daemons which end are reaped by the kernel.
        boot = (
            "trap '' CHLD; mount -t tmpfs -o size=16m tmpfs /run && mkdir -p /run/netns && ip link set lo up "
            f"&& touch {ready} && exec sleep {int(lifetime)}"
        )
        with open(folder / "holder.log", "wb") as log:
            holder = subprocess.Popen(
                [*unshare("--net", "--mount", "--pid", "--fork", "--mount-proc", "--propagation", "private"), "sh", "-c", boot],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )
        up = wait_until(lambda: ready.exists() or holder.poll() is not None, 10, 0.005)
        pid = _child_of(holder.pid) if up and holder.poll() is None else None
        if pid is None:
            holder.kill()
            holder.wait(10)
            words = (folder / "holder.log").read_text(errors="replace").strip()
            shutil.rmtree(folder, ignore_errors=True)
            raise LabError(f"cannot make private namespaces: {words or 'it takes root or user namespaces'}")
        start = _start_of(pid) or ""
        (folder / "state.json").write_text(json.dumps({"pid": pid, "start": start}), encoding="utf-8")
        return cls(name, folder, pid, start, holder)

    @classmethod
    def find(cls, name: str) -> Enclave | None:
        """A living enclave by its name. What an expired one left in the file system is removed."""
        folder = base_folder() / name
        try:
            state = json.loads((folder / "state.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        enclave = cls(name, folder, state["pid"], state["start"])
        if enclave.alive():
            return enclave
        shutil.rmtree(folder, ignore_errors=True)
        return None

    @classmethod
    def names(cls) -> list[str]:
        """Of the enclaves of this user that live, sorted."""
        folders = sorted(path.parent.name for path in base_folder().glob("*/state.json"))
        return [name for name in folders if cls.find(name) is not None]

    def alive(self) -> bool:
        # A process number is given out again some day; the start time tells them apart.
        return _start_of(self._pid) == self._start

    def destroy(self) -> None:
        """Take everything down. May be called again."""
        if self.alive():
            os.kill(self._pid, signal.SIGKILL)
            wait_until(lambda: not self.alive(), 10)
        if self._holder is not None:
            self._holder.wait(10)
        shutil.rmtree(self.folder, ignore_errors=True)
        with contextlib.suppress(OSError):
            base_folder().rmdir()  # Another lab's folder in it keeps it.

    def __enter__(self) -> Enclave:
        return self

    def __exit__(self, *dummy: Any) -> None:
        self.destroy()

    def memory(self) -> Memory:
        """What the enclave's processes hold now. Raises OSError when it is gone."""
        space = os.readlink(f"/proc/{self._pid}/ns/pid")
        count = resident = proportional = 0
        for folder in pathlib.Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if os.readlink(folder / "ns" / "pid") == space:
                    values = dict(re.findall(r"^(Rss|Pss): +(\d+) kB", (folder / "smaps_rollup").read_text(encoding="utf-8"), re.MULTILINE))
                    count, resident, proportional = count + 1, resident + int(values.get("Rss", 0)), proportional + int(values.get("Pss", 0))
        return Memory(count, resident / 1024, proportional / 1024)

    # Commands.

    def command(self, host: str | None, *arguments: str) -> list[str]:
        """The argument list that runs a program on one of the hosts (None: outside of all of them)."""
        user = [] if os.geteuid() == 0 else ["-U", "--preserve-credentials"]
        enter = ["nsenter", "-t", str(self._pid), *user, "-n", "-m", "-p", "--"]
        return [*enter, *(["ip", "netns", "exec", host] if host else []), *arguments]

    def run(self, script: str, host: str | None = None, check: bool = True, seconds: float = 30) -> str:
        """A shell script on a host; what it printed. Raises LabError when it fails or takes too long."""
        try:
            done = subprocess.run(
                self.command(host, "sh", "-ec", script), check=False, text=True, timeout=seconds, stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            )
        except subprocess.TimeoutExpired:
            raise LabError(f"took longer than {seconds} s on {host or 'the lab'}: {script[:200]}") from None
        if check and done.returncode:
            raise LabError(f"failed on {host or 'the lab'} ({done.returncode}): {script[:200]}: {done.stdout.strip()[-400:]}")
        return done.stdout

    def start(self, host: str, arguments: list[str], **keywords: Any) -> subprocess.Popen:
        """A program on a host that the caller watches and ends."""
        return subprocess.Popen(self.command(host, *arguments), stdin=subprocess.DEVNULL, **keywords)

    # Topology.

    def add_hosts(self, *names: str) -> None:
        """Hosts that forward, take asymmetric paths and speak no IPv6 unless the lab is one of it."""
        speaks = "echo 1 > /proc/sys/net/ipv6/conf/$c/forwarding; echo 0 > /proc/sys/net/ipv6/conf/$c/accept_dad; " if self.ipv6 else ""
        settings = (
            "ip link set lo up; echo 1 > /proc/sys/net/ipv4/ip_forward; echo 1 > /proc/sys/net/ipv4/fib_multipath_hash_policy; for c in all default; do "
            "echo 0 > /proc/sys/net/ipv4/conf/$c/rp_filter; echo 1 > /proc/sys/net/ipv4/conf/$c/accept_local; "
            f"echo 0 > /proc/sys/net/ipv4/conf/$c/send_redirects; {speaks}echo {int(not self.ipv6)} > /proc/sys/net/ipv6/conf/$c/disable_ipv6; done"
        )
        self.run("\n".join(f"ip netns add {name}; ip netns exec {name} sh -c '{settings}'" for name in names) or "true")

    def ip(self, lines: dict[str | None, list[str]]) -> None:
        """Lines for ip's batch mode, by host (None: outside of all of them), hosts in their order. Raises LabError at the first that fails."""
        parts = [
            f"ip {f'-n {host} ' if host else ''}-batch - <<'END'\n" + "\n".join(commands) + "\nEND\n" for host, commands in lines.items() if commands
        ]
        if parts:
            self.run("".join(parts))

    def remove_host(self, name: str) -> None:
        self.run(f"ip netns pids {name} | xargs -r kill -9; ip netns del {name}", check=False)

    def namespace(self, host: str) -> pathlib.Path:
        """A host's network namespace, as a process outside of the lab finds it: by the file system that the kernel shows of the lab's first process."""
        return pathlib.Path("/proc", str(self._pid), "root", "run", "netns", host)

    def link(self, one: str, one_device: str, other: str, other_device: str, mtu: int = 1500) -> None:
        """A cable between two hosts."""
        self.run(
            f"ip link add {one_device} mtu {mtu} netns {one} type veth peer name {other_device} mtu {mtu} netns {other}; "
            f"ip -n {one} link set {one_device} up; ip -n {other} link set {other_device} up"
        )


def splice(one: Enclave, one_host: str, other: Enclave, other_host: str, device: str) -> None:
    """A cable of this name between hosts of two labs. It takes root, because one process has to see the namespaces of both."""
    if os.geteuid() != 0:
        raise LabError("to connect two labs takes root")
    here, there = one.namespace(one_host), other.namespace(other_host)
    enter = ["nsenter", f"--net={here}", "ip", "link"]
    for arguments in (["add", device, "type", "veth", "peer", "name", f"{device}-far"], ["set", f"{device}-far", "netns", there, "name", device]):
        done = subprocess.run([*enter, *arguments], check=False, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode:
            raise LabError(f"the labs cannot be connected: {done.stdout.strip()}")
    for lab, host in ((one, one_host), (other, other_host)):
        lab.run(f"ip link set {device} up", host)


def _start_of(pid: int) -> str | None:
    """The kernel's start time of a process; None when there is none, or only its remains."""
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else fields[19]


def _child_of(parent: int) -> int | None:
    for folder in pathlib.Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                fields = (folder / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[1]) == parent:
                return int(folder.name)
    return None
