# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""strongSwan with ESP in user space: one daemon, in the namespace of one host.

The kernel may lack ESP, so libipsec carries it: always in UDP, without extended sequence numbers, AH or transport mode.
libipsec knows neither marks nor interface ids, so one daemon carries one tunnel.
"""

from __future__ import annotations

import pathlib
import sys
from dataclasses import dataclass, replace
from typing import Any, Sequence

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane import tun_buffer
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.enclave import Enclave, LabError, wait_until
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.prerequisites import CHARON
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.running import Credentials
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.dataplane.vici import Vici, ViciError

#: The name that libipsec gives its TUN device.
TUN = "ipsec0"

CONNECTION = "gateway"

#: The largest packet that a tunnel carries.
LARGEST = 1500

_PLUGINS = ("random nonce aes sha1 sha2 md5 des hmac kdf gmp openssl gcm pem pkcs1 pkcs8 pubkey x509 constraints "
            "kernel-libipsec kernel-netlink socket-default vici updown")
# Fewer than the default of 16 threads make libipsec wait for itself. libipsec also insists on a default route through its own
# device: behind the main table (32766) it does no harm. It refuses a policy without allow_peer_ts where the peer is inside it.
_SETTINGS = """charon {{
  load = {plugins}
  threads = 16
  install_routes = no
  install_virtual_ip = no
  routing_table = 220
  routing_table_prio = 33000
  retransmit_timeout = {timeout}
  retransmit_base = 1.0
  retransmit_tries = {tries}
  retransmit_jitter = 0
  half_open_timeout = 10
  i_dont_care_about_security_and_use_aggressive_mode_psk = yes
  plugins {{
    kernel-libipsec {{
      allow_peer_ts = yes
    }}
    vici {{
      socket = unix://{folder}/vici.sock
    }}
  }}
  filelog {{
    main {{
      path = {folder}/charon.log
      time_format = %Y-%m-%dT%H:%M:%S
      time_add_ms = yes
      flush_line = yes
      default = 1
      ike = 2
      cfg = 2
    }}
  }}
}}
"""


@dataclass(frozen=True)
class ChildSa:
    """A pair of IPsec SAs. Bytes and packets since its last rekey; ``remaining`` seconds until the next."""

    name: str
    inbound_spi: str
    outbound_spi: str
    encryption: str
    integrity: str
    packets_in: int
    packets_out: int
    bytes_in: int
    bytes_out: int
    age: int
    remaining: int
    local: tuple[str, ...]
    remote: tuple[str, ...]


def wait_for(daemons: Sequence[IkeDaemon], seconds: float = 15) -> None:
    """Until all of them answer after a start, and take whole packets. Raises LabError with the end of the log of one that does not."""
    for daemon in daemons:
        if not wait_until((daemon.folder / "vici.sock").exists, seconds):
            raise LabError(f"the IKE daemon of {daemon.host} did not start: {daemon.log()[-600:]}")
    if daemons:
        files = " ".join(str(daemon.folder / "run" / "charon.pid") for daemon in daemons)
        answer = daemons[0].enclave.run(f"{sys.executable} -IS {tun_buffer.__file__} {LARGEST} {files}")
        for daemon, line in zip(daemons, answer.split()):
            daemon.largest = int(line)


def ends(proof: str | Credentials, own: str, other: str) -> dict[str, Any]:
    """How the two ends of a connection prove who they are, by their identities; with an empty one the other end may be anybody who proves it."""
    if isinstance(proof, str):
        return {"local": {"auth": "psk", "id": own}, "remote": {"auth": "psk", "id": other or "%any"}}
    there = "%any" if proof.any_identity else other or "%any"
    return {"local": {"auth": "pubkey", "id": own, "certs": [proof.certificate]},
            "remote": {"auth": "pubkey", "id": there, "cacerts": list(proof.authorities)}}


@dataclass(frozen=True)
class IkeSa:
    version: int
    established: bool
    age: int
    initiator: bool
    proposal: str
    children: tuple[ChildSa, ...]


class IkeDaemon:
    """``retransmit``: seconds between tries, and how many; together they decide after how long a silent peer is dead."""

    def __init__(self, enclave: Enclave, host: str, retransmit: tuple[float, int] = (2.0, 4)) -> None:
        self.enclave = enclave
        self.host = host
        self.folder = enclave.folder / host
        self._retransmit = retransmit
        self._socket = self.folder / "vici.sock"
        self._loaded = False
        #: Bytes of the largest packet that it takes from its TUN device.
        self.largest = tun_buffer.MADE_WITH

    def start(self) -> None:
        """Its TUN device stands in the host's namespace when it listens."""
        self.enclave.run(self.prepare())

    def prepare(self) -> str:
        """The shell line that starts it, to be run in the enclave."""
        (self.folder / "run").mkdir(parents=True, exist_ok=True)
        timeout, tries = self._retransmit
        settings = _SETTINGS.format(plugins=_PLUGINS, folder=self.folder, timeout=timeout, tries=tries)
        (self.folder / "strongswan.conf").write_text(settings, encoding="utf-8")
        for stale in (self._socket, self.folder / "run" / "charon.pid"):
            stale.unlink(missing_ok=True)
        # A folder of its own as /run: there lies the file that forbids a second daemon.
        return (
            f"ip netns exec {self.host} unshare --mount --propagation private sh -c 'mount --bind {self.folder}/run /run && "
            f"STRONGSWAN_CONF={self.folder}/strongswan.conf exec {CHARON}' </dev/null >{self.folder}/charon.out 2>&1 &"
        )

    def kill(self) -> None:
        """As a crash would: no goodbye to the peer. Its TUN device goes with it."""
        self.enclave.run(f"kill -9 $(cat {self.folder}/run/charon.pid)", check=False)
        self._socket.unlink(missing_ok=True)

    def _vici(self) -> Vici:
        return Vici(self._socket)

    def load(self, connection: dict[str, Any], proof: str | Credentials) -> None:
        """One connection and the pre-shared key that goes with it, or the certificates. A child whose start_action is start comes up by itself."""
        with self._vici() as vici:
            vici.request("clear-creds")
            vici.request("flush-certs", {"type": "X509"})
            if isinstance(proof, str):
                vici.request("load-shared", {"id": "key", "type": "IKE", "data": proof.encode(), "owners": []})
            else:
                vici.request("load-key", {"type": "any", "data": proof.private_key.encode()})
                for certificate in (*proof.authorities, *proof.chain):
                    vici.request("load-cert", {"type": "X509", "flag": "CA", "data": certificate.encode()})
            vici.request("load-conn", {CONNECTION: connection})
        self._loaded = True

    def take_key(self, key: str) -> None:
        """Another pre-shared key from the next negotiation on, and an end of what was negotiated by the former one."""
        with self._vici() as vici:
            vici.request("load-shared", {"id": "key", "type": "IKE", "data": key.encode(), "owners": []})
        self.terminate()

    def unload(self) -> None:
        with self._vici() as vici:
            vici.request("unload-conn", {"name": CONNECTION})

    def initiate(self, child: str) -> None:
        """Returns before the negotiation ends. Raises ViciError when there is no such child."""
        with self._vici() as vici:
            vici.request("initiate", {"child": child, "ike": CONNECTION, "timeout": "-1", "init-limits": "no"})

    def terminate(self, child: str | None = None) -> bool:
        """Takes the IKE SA down, or only one child, and tells the peer; whether there was any."""
        with self._vici() as vici:
            try:
                vici.request("terminate", {"child": child, "timeout": "2000"} if child else {"ike": CONNECTION, "timeout": "2000"})
            except ViciError:
                return False
        return True

    def rekey(self, child: str) -> None:
        """Only queues it; whether it worked shows in a changed SPI."""
        with self._vici() as vici:
            vici.request("rekey", {"child": child})

    def ike_sa(self) -> IkeSa | None:
        """The youngest established one, else one under negotiation; None for neither, or when the daemon is gone.

        Both sides may have begun at once: then there are two, and the children's counters are summed up.
        """
        found = self._ike_sas()
        best = max(found, key=lambda sa: (sa.established, bool(sa.children), -sa.age), default=None)
        if best is None:
            return None
        everywhere = [child for sa in found for child in sa.children]
        return replace(best, children=tuple(_summed(child, everywhere) for child in best.children))

    def inbound_spis(self) -> set[str]:
        """Of all children: where both sides began at once, either pair of SAs may carry the packets."""
        return {child.inbound_spi for sa in self._ike_sas() for child in sa.children}

    def _ike_sas(self) -> list[IkeSa]:
        try:
            with self._vici() as vici:
                answers = vici.stream("list-sas", "list-sa")
        except (OSError, ViciError):
            return []
        return [_ike_sa(values) for answer in answers for values in answer.values()]

    def log(self) -> str:
        try:
            return pathlib.Path(self.folder / "charon.log").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""


def _ike_sa(values: dict[str, Any]) -> IkeSa:
    children = [_child(child) for child in values.get("child-sas", {}).values() if child.get("state") in ("INSTALLED", "REKEYING")]
    parts = (values.get("encr-alg"), values.get("encr-keysize"), values.get("integ-alg"), values.get("prf-alg"), values.get("dh-group"))
    return IkeSa(
        int(values.get("version", 0)), values.get("state") in ("ESTABLISHED", "REKEYING"), int(values.get("established", 0)),
        values.get("initiator") == "yes", "/".join(part for part in parts if part), tuple(children),
    )


def _summed(child: ChildSa, everywhere: list[ChildSa]) -> ChildSa:
    same = [other for other in everywhere if other.name == child.name]
    return replace(child, **{name: sum(getattr(other, name) for other in same) for name in ("packets_in", "packets_out", "bytes_in", "bytes_out")})


def _child(values: dict[str, Any]) -> ChildSa:
    def number(key: str) -> int:
        return int(values.get(key) or 0)

    return ChildSa(
        values["name"], values.get("spi-in", ""), values.get("spi-out", ""),
        "-".join(part for part in (values.get("encr-alg"), values.get("encr-keysize")) if part), values.get("integ-alg", ""),
        number("packets-in"), number("packets-out"), number("bytes-in"), number("bytes-out"), number("install-time"),
        number("life-time"), tuple(values.get("local-ts", ())), tuple(values.get("remote-ts", ())),
    )
