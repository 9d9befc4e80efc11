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
_COMPATIBLE = {f"{word}-compat": "Match" for word in ("url", "av", "vpnclient", "threat", "gpclient", "build", "app")}


def _state(context: Context) -> Answer:
    firewall = context.firewall
    state = firewall.runtime.ha
    if state == "disabled":
        return result(_OFF)
    if state in PANORAMA_HA_STATES:
        return result(_panorama_state(firewall, state))
    pair = firewall.pair
    peer_state = pair.peer_of(firewall).runtime.ha if pair is not None else _OTHER.get(state, "active")
    connected = "up" if pair is None or pair.connected else "down"
    peer_info = fields(
        state=peer_state if connected == "up" else "unknown", state_duration=3600, conn_status=connected, priority=110,
        platform_model="PA-VM", preemptive="no", version=1, mode="Active-Passive", mgmt_ip="192.0.2.11/24",
        build_rel=pair.peer_of(firewall).sw_version if pair is not None else firewall.sw_version,
        ha1_ipaddr="169.254.0.2", ha2_ipaddr="169.254.0.6",
    ) + "".join(
        f"<{link}>{fields(conn_status=connected, conn_primary='yes', conn_desc=words)}</{link}>"
        for link, words in (("conn-mgmt", "heartbeat status"), ("conn-ha1", "heartbeat status"), ("conn-ha2", "link status"))
    )
    return result(
        "<enabled>yes</enabled><group><mode>Active-Passive</mode>"
        f"<local-info>{_local_info(firewall, state)}</local-info><peer-info>{peer_info}</peer-info>"
        "<link-monitoring><fail-cond>any</fail-cond><enabled>no</enabled><groups/></link-monitoring>"
        "<path-monitoring><vwire/><fail-cond>any</fail-cond><vlan/><enabled>no</enabled><vrouter/></path-monitoring>"
        f"<running-sync>{pair.sync if pair is not None else 'synchronized'}</running-sync>"
        f"<running-sync-enabled>{_yes(pair is None or pair.sync_enabled)}</running-sync-enabled></group>"
    )


#: The peer's state where there is no emulated peer.
_OTHER = {"active": "passive", "passive": "active"}


def _yes(flag: bool) -> str:
    return "yes" if flag else "no"


def _local_info(firewall: Firewall, state: str) -> str:
    mode = "<active-passive><passive-link-state>auto</passive-link-state><monitor-fail-holddown>1</monitor-fail-holddown></active-passive>"
    suspended = {"last-error-state": "suspended", "last-error-reason": "User requested"} if state == "suspended" else {}
    return fields(
        {**_COMPATIBLE, **suspended},
        state=state, state_duration=3600, state_sync="Complete", state_sync_type="ethernet", priority=100, preemptive="no",
        platform_model="PA-VM", build_rel=firewall.sw_version, version=1, mode="Active-Passive", mgmt_ip="192.0.2.10/24",
        ha1_port="dedicated-ha1", ha1_ipaddr="169.254.0.1/30", ha1_encrypt_enable="no", ha2_port="dedicated-ha2",
        ha2_ipaddr="169.254.0.5/30", heartbeat_interval=1000, hello_interval=8000, promotion_hold=2000, preempt_hold=1,
        preempt_flap_cnt=0, nonfunc_flap_cnt=0, max_flaps=3, monitor_fail_holdup=0,
    ) + mode


def _panorama_state(firewall: Firewall, state: str) -> str:
    rank, dummy, role = state.partition("-")
    other = "secondary" if rank == "primary" else "primary"
    shared = {"build-rel": firewall.sw_version, "state-duration": 3600, "preemptive": "no", "version": 1}
    local_info = fields({**shared, **_COMPATIBLE}, priority=rank, state=state, mgmt_ip="192.0.2.20/24", heartbeat_interval=2000)
    peer_info = fields(
        shared, priority=other, state=f"{other}-{_OTHER.get(role, 'active')}", conn_status="up", mgmt_ip="192.0.2.21",
    ) + f"<conn-ha1>{fields(conn_status='up', conn_primary='yes', conn_desc='heartbeat status')}</conn-ha1>"
    return (
        f"<enabled>yes</enabled><local-info>{local_info}</local-info><peer-info>{peer_info}</peer-info>"
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
    command("request high-availability state suspend", _suspend, changes=True),
    command("request high-availability state functional", _functional, changes=True),
    command("request high-availability sync-to-remote running-config", _synchronise, changes=True),
]
