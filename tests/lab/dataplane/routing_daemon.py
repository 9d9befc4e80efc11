# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""BIRD in the namespace of one host, steered over its control socket."""

from __future__ import annotations

import pathlib
import re
import socket
from dataclasses import dataclass

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.enclave import Enclave, LabError, wait_until


@dataclass(frozen=True)
class Session:
    """A BGP session as the daemon sees it. ``state``: Idle, Connect, Active, OpenSent, OpenConfirm, Established. ``received``: routes that were let in,
    ``refused``: those that were not. ``since``: when it came into this state, in the daemon's words.
    """

    name: str
    state: str
    received: int
    advertised: int
    last_error: str
    refused: int = 0
    since: str = ""

    @property
    def notification(self) -> str:
        """What one side told the other when it ended the session, without what happened to sockets."""
        sender, told, words = self.last_error.partition(": ")
        if not told:
            return self.last_error
        return words if sender in ("Received", "BGP Error") else ""


class RoutingDaemon:
    """One BIRD. ``configure`` starts it, or lets it take a new configuration while sessions that did not change stay."""

    def __init__(self, enclave: Enclave, host: str) -> None:
        self.enclave = enclave
        self.host = host
        self.folder = enclave.folder / host
        self._socket = self.folder / "bird.ctl"
        self._configured = ""

    def configure(self, text: str) -> bool:
        """Whether anything had to be done. Raises LabError with the daemon's words."""
        if text == self._configured:
            return False
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / "bird.conf"
        path.write_text(f'log "{self.folder}/bird.log" all;\nprotocol device {{ scan time 2; }}\n{text}', encoding="utf-8")
        if not self._socket.exists():
            self.enclave.run(f"bird -c {path} -s {self._socket} -P {self.folder}/bird.pid </dev/null >/dev/null 2>{self.folder}/bird.out || "
                             f"{{ cat {self.folder}/bird.out; exit 1; }}", self.host)
            if not wait_until(self._socket.exists, 10):
                raise LabError(f"the routing daemon of {self.host} did not start")
        else:
            answer = self.command(f'configure "{path}"')
            if not re.search("[Rr]econfigur", answer):
                raise LabError(f"the routing daemon of {self.host} refuses its configuration: {answer}")
        self._configured = text
        return True

    def command(self, words: str) -> str:
        """The daemon's answer without its reply codes. Raises LabError when it cannot be reached."""
        try:
            return _ask(self._socket, words)
        except OSError as error:
            raise LabError(f"the routing daemon of {self.host} does not answer: {error}") from error

    def sessions(self) -> dict[str, Session]:
        """BGP sessions by the name of their protocol; none while the daemon is down."""
        try:
            answer = self.command("show protocols all")
        except LabError:
            return {}
        found = {}
        for part in re.split(r"\n(?=\S+ +\S+ +\S+ +\S+ +\S+)", answer):
            words = part.split()
            if len(words) > 1 and words[1] == "BGP":
                state = re.search(r"BGP state: +(\w+)", part)
                routes = re.search(r"Routes: +(\d+) imported.*? (\d+) exported", part)
                refused = re.search(r"Routes: .*? (\d+) filtered", part)
                error = re.search(r"Last error: +(.+)", part)
                found[words[0]] = Session(
                    words[0], "Idle" if state is None or state[1] == "Down" else "Connect" if state[1] == "Passive" else state[1],
                    int(routes[1]) if routes else 0, int(routes[2]) if routes else 0, error[1] if error else "",
                    int(refused[1]) if refused else 0, words[4],
                )
        return found


def _ask(path: pathlib.Path, words: str) -> str:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(10)
        connection.connect(str(path))
        stream = connection.makefile("rw", encoding="utf-8")
        stream.readline()
        stream.write(words + "\n")
        stream.flush()
        lines = []
        for line in stream:
            coded = re.match(r"\d{4}([ -])", line)
            lines.append(line[5:].rstrip("\n") if coded else line[1:].rstrip("\n"))
            if coded and coded[1] == " ":
                break
        return "\n".join(lines)
