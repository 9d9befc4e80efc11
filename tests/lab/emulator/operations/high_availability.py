# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""High availability: state, failover, synchronisation. On Panorama the state has no ``group`` (captured on 10.1)."""

from __future__ import annotations

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator import responses
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.errors import OperationFailed
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.firewall import Firewall
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.models.runtime import PANORAMA_HA_STATES
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.operations.registry import Command, Context, command
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.operations.system import fields
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.pair import Pair
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.responses import Answer, result, text_result

_OFF = "<enabled>no</enabled><local-info><encrypt-imported>no</encrypt-imported></local-info>"
_COMPATIBLE = {f"{word}-compat": "Match" for word in ("url", "av", "vpnclient", "threat", "gpclient", "build", "app", "iot")}
_COMPATIBLE_PANORAMA = {f"{word}-compat": "Match" for word in ("url", "av", "build", "app")}
_CONTENT = {
    "app-version": "8868-8828", "av-version": "0", "threat-version": "8868-8828", "iot-version": "0", "url-version": "0000.00.00.000",
    "gpclient-version": "Not Installed", "vpnclient-version": "Not Installed", "DLP": "3.0.0",
}
_LAST_ERROR = {"last-error-state": "suspended", "last-error-reason": "User requested"}
_MONITORING = (
    "<link-monitoring><failure-condition>any</failure-condition><enabled>yes</enabled><groups><entry>"
    "<name>outside</name><enabled>yes</enabled><failure-condition>any</failure-condition><interface><entry><name>ethernet1/8</name>"
    "<status>up</status></entry></interface></entry></groups></link-monitoring>"
    "<path-monitoring><failure-condition>any</failure-condition><vlan/><enabled>no</enabled>"
    "<virtual-wire/><virtual-router/></path-monitoring>"
)


def _state(context: Context) -> Answer:
    firewall = context.firewall
    state = firewall.runtime.ha
    if state == "disabled":
        return result(_OFF)
    if state in PANORAMA_HA_STATES:
        return result(_panorama_state(firewall, state))
    pair = firewall.pair
    return result(
        "<enabled>yes</enabled><group><mode>Active-Passive</mode>"
        f"<local-info>{_local_info(firewall, state)}</local-info><peer-info>{_peer_info(firewall, state)}</peer-info>{_MONITORING}"
        f"<running-sync>{pair.sync if pair is not None else 'synchronized'}</running-sync>"
        f"<running-sync-enabled>{'yes' if pair is None or pair.sync_enabled else 'no'}</running-sync-enabled></group>"
    )


#: The peer's state where there is no emulated peer.
_OTHER = {"active": "passive", "passive": "active"}


def _local_info(firewall: Firewall, state: str) -> str:
    link = "<passive-link-state>auto</passive-link-state><monitor-fail-holddown>1</monitor-fail-holddown>"
    return fields(
        {**_COMPATIBLE, **_CONTENT, **_last_error(firewall)},
        state=state, state_duration=3600, state_sync="Complete", state_sync_type="ethernet", priority=100, preemptive="no",
        platform_model=firewall.model, build_rel=firewall.sw_version, version=1, mode="Active-Passive", mgmt_ip="192.0.2.10/24",
        mgmt_ipv6="", mgmt_hb="configured", heartbeat_interval=1000, hello_interval=8000, promotion_hold=2000, preempt_hold=1,
        preempt_flap_cnt=0, nonfunc_flap_cnt=0, max_flaps=3, monitor_fail_holdup=0, addon_master_holdup=500,
        ha1_link_mon_intv=3000, ha1_encrypt_enable="no", ha1_encrypt_imported="no", ha2_keep_alive="log-only", ha2_ka_thresh=10000,
        **_ports(local=True),
    ) + f"<active-passive>{link}</active-passive>"


def _last_error(member: Firewall) -> dict[str, str]:
    """Stays after the member is back."""
    return _LAST_ERROR if member.pair is not None and member.serial in member.pair.once_suspended else {}


def _ports(local: bool) -> dict[str, str]:
    """Addresses of the links between the members; ports are known of the own side only."""
    found = {}
    for number, link in enumerate(("ha1", "ha1_backup", "ha2", "ha2_backup")):
        found[f"{link}_ipaddr"] = f"169.254.{number}.{1 if local else 2}{'/30' if local else ''}"
        found[f"{link}_macaddr"] = f"02:00:00:00:0{number}:{'01' if local else '02'}"
        if local:
            found[f"{link}_port"] = f"dedicated-{link.replace('_', '-')}"
    return found


def _peer_info(firewall: Firewall, state: str) -> str:
    pair = firewall.pair
    peer = pair.peer_of(firewall) if pair is not None else firewall
    connected = pair is None or pair.connected
    peer_state = peer.runtime.ha if pair is not None else _OTHER.get(state, "active")
    status = "up" if connected else "down"
    links = {
        "conn-mgmt": "heartbeat status", "conn-ha1": "heartbeat status", "conn-ha1-backup": "heartbeat status",
        "conn-ha2": "link status", "conn-ha2-backup": "link status",
    }
    return fields(
        {**_CONTENT, **(_last_error(peer) if pair is not None else {})},
        state=peer_state if connected else "unknown", state_duration=3600, conn_status=status, priority=110, preemptive="no",
        platform_model=peer.model, build_rel=peer.sw_version, version=1, mode="Active-Passive", mgmt_ip="192.0.2.11/24", mgmt_ipv6="",
        vm_license="", **_ports(local=False),
    ) + "".join(f"<{link}>{_link(link, status, words)}</{link}>" for link, words in links.items())


def _link(name: str, status: str, words: str) -> str:
    """As captured on 10.1: backups do not say whether they are the primary link, and only the link of HA2 says how it is held."""
    data = {"conn-status": status, "conn-desc": words}
    if name in ("conn-ha1", "conn-ha2"):
        data["conn-primary"] = "yes"
    if name.startswith("conn-ha2"):
        data["conn-ka-enbled"] = "no"
    if name == "conn-ha2":
        data.update({"conn-hold": "10000", "conn-type": "ethernet"})
    return fields(data)


def _panorama_state(firewall: Firewall, state: str) -> str:
    rank, dummy, role = state.partition("-")
    other = "secondary" if rank == "primary" else "primary"
    peer_state = f"{other}-{_OTHER.get(role, 'active')}"
    shared = {
        "build-rel": firewall.sw_version, "state-duration": 3600, "preemptive": "no", "version": 1, "Cloud-Services": "Not Installed",
    }
    local_info = fields(
        {**shared, **_COMPATIBLE_PANORAMA, **(_LAST_ERROR if role == "suspended" else {})}, priority=rank, state=state, app_version="8868-8828",
        mgmt_ip="192.0.2.20/24", heartbeat_interval=2000, hello_interval=8000, promotion_hold=2000, preempt_hold=1, encrypt_enable="no",
    )
    peer_info = fields(shared, priority=other, state=peer_state, conn_status="up", mgmt_ip="192.0.2.21")
    link = fields(conn_status="up", conn_primary="yes", conn_desc="heartbeat status")
    return (
        f"<enabled>yes</enabled><local-info>{local_info}</local-info><peer-info>{peer_info}<conn-ha1>{link}</conn-ha1></peer-info>"
        "<path-monitoring><failure-condition>any</failure-condition><enabled>yes</enabled><groups/></path-monitoring>"
        "<running-sync>synchronized</running-sync><running-sync-enabled>yes</running-sync-enabled>"
    )


def _pair(context: Context) -> Pair:
    if context.firewall.pair is None:
        raise OperationFailed("High-availability is not enabled")
    return context.firewall.pair


def _suspend(context: Context) -> Answer:
    _pair(context).suspend(context.firewall)
    return text_result("Successfully changed HA state to suspended")


def _functional(context: Context) -> Answer:
    _pair(context).make_functional(context.firewall)
    return text_result("Successfully changed HA state to functional")


def _synchronise(context: Context) -> Answer:
    _pair(context).push(context.firewall)
    return responses.lines("HA synchronization job has been queued on peer. Please check job status on peer.")


COMMANDS: list[Command] = [
    command("show high-availability state", _state),
    # The CLI's answer has what the state has, in the same order; its XML was not captured.
    command("show high-availability all", _state),
    command("request high-availability state suspend", _suspend, changes=True),
    command("request high-availability state functional", _functional, changes=True),
    command("request high-availability sync-to-remote running-config", _synchronise, changes=True),
]
