# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``Emulator``: one emulated firewall with its HTTPS and control servers."""

from __future__ import annotations

import pathlib
import secrets as random_secrets
import shutil
import ssl
import tempfile
from typing import Any

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.certificates import Authority
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.control import Control, ControlServer
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.dispatch import Api
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.firewall import Firewall
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.changes import Switches
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.data_plane import DataPlane
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.stored_secrets import DEFAULT_MASTER_KEY
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.pair import Pair
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.panorama import Panorama
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.server import WebServer

LOOPBACK = ("127.0.0.1", "::1", "localhost")


class Emulator:
    """A firewall on loopback, running between ``start`` and ``stop`` or inside a ``with`` block.

    ``version``: "10.1" … "12.1", with or without patch level. ``engine``: the routing engine that runs,
    "virtual-router" or "logical-router" (from 10.2); None: what the configuration's setting says. ``config``: None or
    "base", "bgp_running", "second_site", a path, or the XML text of an exported configuration. ``secrets``: "classic" or "opaque".
    ``port``: 0 takes a free one. ``model``: "firewall" or "panorama"; a Panorama manages other emulators (``manage``).
    ``master_key``: what secrets are encrypted with; the same plain text has another stored form under another key.
    Raises ValueError for a combination that no firewall has.
    """

    def __init__(self, version: str = "11.1", engine: str | None = None, config: str | pathlib.Path | None = None,
                 name: str = "fw1", port: int = 0, listen: str = "127.0.0.1", secrets: str = "classic",
                 switches: Switches | None = None, model: str = "firewall", master_key: str = DEFAULT_MASTER_KEY) -> None:
        if listen not in LOOPBACK:
            raise ValueError(f"the emulator binds to loopback only ({', '.join(LOOPBACK)}), not to {listen}")
        text = None if config is None else str(config)
        if model == "panorama":
            if engine is not None:
                raise ValueError("a Panorama has no routing engine")
            self.firewall: Firewall = Panorama(version, text, name, secrets, switches, master_key)
        elif model == "firewall":
            self.firewall = Firewall(version, engine, text, name, secrets, switches, master_key)
        else:
            raise ValueError(f"model is 'firewall' or 'panorama', not {model!r}")
        self.host = "127.0.0.1" if listen == "localhost" else listen
        self.username = "admin"
        self.password = random_secrets.token_urlsafe(12)
        self.api_key = self.firewall.admins.add(self.username, self.password)
        self._wanted_port = port
        self._authority = Authority(name)
        self._folder: pathlib.Path | None = None
        self._tls: ssl.SSLContext | None = None
        self._web: WebServer | None = None
        self._control: Control | None = None
        self._control_server: ControlServer | None = None

    def start(self) -> Emulator:
        self._folder = pathlib.Path(tempfile.mkdtemp(prefix="panos-emulator-"))
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._certify(self._folder, self._tls)
        self._web = WebServer(Api(self.firewall), self._tls, self.host, self._wanted_port)
        self._control = Control(self.firewall, self._web)
        return self

    def _certify(self, folder: pathlib.Path, context: ssl.SSLContext) -> None:
        dummy, server_path = self._authority.write_certificates(folder)
        context.load_cert_chain(server_path)

    def manage(self, other: Emulator, stack: str | None = None, device_group: str | None = None, vsys: str | None = None) -> None:
        """Put a firewall behind this Panorama; it is listed as a device, and in the stack and group that are named, in that with one virtual system alone.

        Raises TypeError on a firewall, ValueError for a stack or group that does not exist, and for a firewall with another master key.
        """
        if not isinstance(self.firewall, Panorama):
            raise TypeError("only a Panorama manages firewalls")
        self.firewall.manage(other.firewall, stack, device_group, vsys)

    def pair_with(self, passive: Emulator) -> Pair:
        """Make an active/passive pair of this firewall and another one, which takes over its configuration.

        Administrators are configuration, so the pair has them in common: one user, password and API key. One CA signs for both.
        """
        passive.username, passive.password, passive.api_key = self.username, self.password, self.api_key
        passive.firewall.admins = self.firewall.admins
        passive._authority = self._authority
        if passive._folder is not None and passive._tls is not None:
            passive._certify(passive._folder, passive._tls)
        return Pair(self.firewall, passive.firewall)

    def stop(self) -> None:
        self.firewall.jobs.stop()
        if self._web is not None:
            self._web.stop()
        if self._control_server is not None:
            self._control_server.listener.close()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
        self._web = self._control_server = self._folder = self._tls = None

    def __enter__(self) -> Emulator:
        return self.start()

    def __exit__(self, *dummy: Any) -> None:
        self.stop()

    def _started(self, part: Any) -> Any:
        if part is None:
            raise RuntimeError("the emulator is not running: call start() or use it in a with block")
        return part

    def attach(self, data_plane: DataPlane) -> None:
        """Packets from now on: what is running becomes true at once, what is committed later when its job ends."""
        self.firewall.attach(data_plane)

    @property
    def port(self) -> int:
        return self._started(self._web).listener.port

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"https://{host}:{self.port}/api/"

    @property
    def ca_path(self) -> str:
        """The certificate authority that signed the server's certificate, as a PEM file."""
        return str(self._started(self._folder) / "ca.pem")

    @property
    def control(self) -> Control:
        return self._started(self._control)

    @property
    def control_url(self) -> str:
        """Begins to listen when first asked for, so that a fleet does not open hundreds of idle ports."""
        if self._control_server is None:
            self._control_server = ControlServer(self.control, self.host)
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self._control_server.listener.port}/"
