# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What people get wrong who have the documentation and nothing else: what they wrote, and the words that have to be in the answer.

The words are the option as it was written, what is wrong with it, what there is, and what to do.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ansible_collections.tunnelsmith.panos_vpn.tests.integration.connections import IDS, paired, removed

XML = '<?xml version="1.0"?><vpn_connection id="vpn-0a1b"><ipsec_tunnel/></vpn_connection>'
VAULT = "$ANSIBLE_VAULT;1.1;AES256\n6638643965393866376\n6434626264386163343\n"


@dataclass(frozen=True)
class Mistake:
    """C(given): variables of a host, or options of a module. C(words): all of them are in the message, whatever their case."""

    given: dict
    words: tuple[str, ...]
    without: tuple[str, ...] = field(default=())


def role(*words: str, without: tuple[str, ...] = (), **given) -> Mistake:
    """Variables of C(aws_pairing), without their prefix, over those of a first run that goes well."""
    variables = paired("pbf", **{name if name.lower().startswith("aws_pa") else f"aws_pairing_{name}": value for name, value in given.items()})
    return Mistake({name: value for name, value in variables.items() if value is not None and name not in without}, words)


ROLE = {
    "a variable without one underscore": role(
        "aws_pairing_outsideinterface", "aws_pairing_outside_interface", outside_interface=None, outsideinterface="ethernet1/8"),
    "a variable with one letter more": role("aws_pairing_monitor_intervall", "aws_pairing_monitor_interval", monitor_intervall=5),
    "a variable with one letter less": role("aws_pairing_backup_route", "aws_pairing_backup_routes", backup_route=True),
    "the prefix with one letter less": role("aws_paring_backup_routes", "aws_pairing_backup_routes", aws_paring_backup_routes=True),
    "a variable that never was": role("aws_pairing_color", "documentation", color="blue"),
    "a misspelt key below an option": role("aws_pairing_rule_position.wher", "where, rule", rule_position={"wher": "top", "where": "top"}),
    "an impossible prefix length": role("aws_pairing_remote_networks", "10.200.0.0/33", "0 to 32", remote_networks=["10.200.0.0/33"]),
    "a forgotten prefix length": role("aws_pairing_remote_networks", "10.200.0.0 has no prefix length", "/16", remote_networks=["10.200.0.0"]),
    "a host where a network is meant": role(
        "aws_pairing_remote_networks", "10.200.1.5/16", "10.200.0.0/16", "10.200.1.5/32", remote_networks=["10.200.1.5/16"]),
    "an octet too large": role("aws_pairing_local_networks", "10.10.0.256/24", "octet", local_networks=["10.10.0.256/24"]),
    "a host name as network": role("aws_pairing_remote_networks", "db.example.com", "address object", "office-lan", remote_networks=["db.example.com"]),
    "a network with its mask beside it": role("aws_pairing_local_networks", "say 10.10.0.0/24", local_networks=["10.10.0.0 255.255.255.0"]),
    "a range of addresses": role("aws_pairing_remote_networks", "say 10.200.0.0/16", remote_networks=["10.200.0.0-10.200.255.255"]),
    "keys as one text": role("aws_pairing_pre_shared_keys", "2 tunnels", "1 pre-shared keys", pre_shared_keys="notReal.one.key1"),
    "a template on a firewall": role("aws_pairing_template", "no Panorama", "leave aws_pairing_template out", template="branches"),
    "an address object that is misspelt": role("aws_pairing_local_networks", "ofice-lan", "office-lan", local_networks=["ofice-lan"]),
    "an interface by a short name": role("aws_pairing_outside_interface", "eth1/8", "ethernet1/8", outside_interface="eth1/8"),
    "a port of a larger model": role("aws_pairing_outside_interface", "ethernet1/48", "there are", "ethernet1/7", outside_interface="ethernet1/48"),
    "a tunnel as outside interface": role("aws_pairing_outside_interface", "tunnel.7", "tunnel interface", outside_interface="tunnel.7"),
    "the interface of the LAN as outside": role("aws_pairing_outside_interface", "198.51.100.10", "ethernet1/8", outside_interface="ae1.10"),
    "a router by a name of one's own": role("aws_pairing_virtual_router", "vr1", "default", virtual_router="vr1"),
    "a zone with a capital letter": role("aws_pairing_source_zones", "Trust", "trust", source_zones=["Trust"]),
    "a zone that is elsewhere": role("aws_pairing_source_zones", "lan", "trust", "dmz", source_zones=["lan"]),
    "a zone that is too long": role("aws_pairing_zone", "63", zone="-".join(["to-the-cloud-of-amazon-in-frankfurt"] * 2)),
    "the zone of the hosts as the tunnels'": role("aws_pairing_zone", "trust", "source_zones", zone="trust"),
    "a virtual system that is not there": role("aws_pairing_vsys", "vsys2", "vsys1", vsys="vsys2"),
    "a vault file as text": role("aws_pairing_connection", "vault", "lookup", connection=VAULT),
    "the name of a file": role("aws_pairing_connection", "name of a file", "lookup", connection="connection.json"),
    "the path of a file": role("aws_pairing_connection", "name of a file", "lookup", connection="~/vpn/connection.json"),
    "half of a file": role("aws_pairing_connection", "JSON", "describe-vpn-connections", connection='{"VpnConnections": ['),
    "the XML alone": role("aws_pairing_connection", "xml", "describe-vpn-connections", connection=XML),
    "an empty answer": role("aws_pairing_connection", "describe-vpn-connections", connection={"VpnConnections": []}),
    "another connection's id": role("aws_pairing_connection_id", "vpn-0bbb", IDS["pbf"], connection_id="vpn-0bbb"),
    "a region as id": role("aws_pairing_connection_id", "eu-central-1", "vpn-0a1b2c3d4e5f60718", connection=None, connection_id="eu-central-1"),
    "nothing to take away": Mistake({"aws_pairing_state": "absent"}, ("aws_pairing_connection_id", "is not set", "vpn-0a1b2c3d4e5f60718")),
    "a name to take away": Mistake(
        removed("pbf", aws_pairing_connection_id="paris office"), ("aws_pairing_connection_id", "paris office", "vpn-0a1b2c3d4e5f60718")),
    "the failover of the other routing": role("aws_pairing_failover", "bgp", "pbf", failover="bgp"),
    "a failover in capital letters": role("aws_pairing_failover", "PBF", "pbf, bgp", failover="PBF"),
    "a tunnel interface without a dot": role("aws_pairing_tunnel_interfaces", "tunnel300", "tunnel.300", tunnel_interfaces=["tunnel300", "tunnel.301"]),
    "a tunnel interface in use": role("aws_pairing_tunnel_interfaces", "tunnel.7", "branch-7", tunnel_interfaces=["tunnel.7", "tunnel.8"]),
    "one tunnel interface": role("aws_pairing_tunnel_interfaces", "one value per tunnel (2), not 1", tunnel_interfaces=["tunnel.11"]),
    "one key": role("aws_pairing_pre_shared_keys", "one per tunnel", pre_shared_keys=["One.Key_of.AWS"]),
    "a short key": role("aws_pairing_pre_shared_keys", "8 to 64 characters", pre_shared_keys=["short", ""]),
    "a monitor that is too fast": role("aws_pairing_monitor_interval", "1", "2 to 100", monitor_interval=1),
    "a unit at a number": role("aws_pairing_monitor_interval", "2s", "whole number", "seconds", monitor_interval="2s"),
    "a third tunnel": role("aws_pairing_primary_tunnel", "3", "1 to 2", primary_tunnel=3),
    "rules of another word": role("aws_pairing_security_rules", "inbound", "both, outbound, none", security_rules="inbound"),
    "a rule that is not there": role(
        "aws_pairing_rule_position", "deny rest", "deny the rest", rule_position={"where": "before", "rule": "deny rest"}),
    "a place without its rule": role("aws_pairing_rule_position", "rule", rule_position={"where": "before"}),
    "an address of another interface": role("aws_pairing_local_address", "203.0.113.6", "198.51.100.10", local_address="203.0.113.6"),
    "an option of BGP with PBF": role("aws_pairing_local_preference", "bgp", local_preference=[200, 100]),
    "another word for taking back": role("aws_pairing_on_failure", "rollback", "fail, keep, revert", on_failure="rollback"),
    "another word for the rollout": role("aws_pairing_rollout", "parallel", "one_by_one, together", rollout="parallel"),
    "no truth value": role("aws_pairing_backup_routes", "maybe", "boolean", backup_routes="maybe"),
    "everything as remote network": role("aws_pairing_remote_networks", "0.0.0.0/0", "aws_pairing_allow_default_route", remote_networks=["0.0.0.0/0"]),
    "a summary that holds the LAN": role("aws_pairing_remote_networks", "10.0.0.0/8", "aws_pairing_allow_summary_networks", remote_networks=["10.0.0.0/8"]),
    "another state": role("aws_pairing_state", "removed", "present, absent, reconnected", state="removed"),
    "another way when both are down": role("aws_pairing_when_both_down", "drop", "discard, route", when_both_down="drop"),
    "another word for foreign changes": role("aws_pairing_commit_foreign", "ignore", "fail, include", commit_foreign="ignore"),
    "a mapping of keys": role("aws_pairing_pre_shared_keys: a mapping is given where a list belongs", pre_shared_keys={"first": "One.Key_of.AWS"}),
    "an MTU that no tunnel has": role("aws_pairing_mtu", "90000", "9216", mtu=90000),
    # As YAML and templates have it.
    "a key that is a number": role("aws_pairing_pre_shared_keys[1]", "0123 as 83", "quotes", pre_shared_keys=[342391, "One.Key_of.AWS"]),
    "a zone that is no": role("aws_pairing_zone", "truth value", "quotes", zone=False),
    "networks by their names": role("aws_pairing_remote_networks", "a mapping is given where a list belongs", remote_networks={"vpc": "10.200.0.0/16"}),
    "a list in a list": role("aws_pairing_local_networks[1]", "a list is given where a text belongs", local_networks=[["10.10.0.0/24"]]),
    "a list that the shell made a text": role(
        "aws_pairing_remote_networks", "[10.200.0.0/16]", "commas", "-e '{", remote_networks="[10.200.0.0/16]"),
    "a space at the slash": role("aws_pairing_local_networks", "say 10.10.0.0/24", local_networks=["10.10.0.0 /24"]),
    "a number with a comma": role("aws_pairing_mtu", "1,400", "whole number", "MTU of the tunnel interfaces", mtu="1,400"),
    "a value that is undefined": role("aws_pairing_mtu", "'no_such_mtu' is undefined", mtu="{{ no_such_mtu }}"),
    "an undefined value in a list": role("aws_pairing_pre_shared_keys", "'vault_key' is undefined", pre_shared_keys=["{{ vault_key }}", ""]),
    "a file that is not there": role(
        "aws_pairing_connection", "/nowhere/connection.json", connection="{{ lookup('ansible.builtin.file', '/nowhere/connection.json') }}"),
    "an undefined provider": role("panos_provider", "'vault_provider' is undefined", panos="{{ vault_provider }}"),
    "an undefined key of the provider": role(
        "panos_provider", "'vault_api_key' is undefined", panos={"ip_address": "192.0.2.1", "api_key": "{{ vault_api_key }}"}),
    # At the wrong place.
    "all variables below one": role("aws_pairing", "aws_pairing_mtu", aws_pairing={"mtu": 1400, "zone": "cloud"}),
    "a variable in capital letters": role("AWS_PAIRING_MTU", "perhaps 'aws_pairing_mtu'", AWS_PAIRING_MTU=1400),
    "the provider as a variable of the role": role(
        "aws_pairing_provider", "module_defaults", "panos_provider", aws_pairing_provider={"ip_address": "192.0.2.1"}),
    "a list as provider": role("provider", "a list is given where a mapping belongs", "ip_address", panos=[{"ip_address": "192.0.2.1"}]),
    "a mapping as an identity": role("aws_pairing_local_id", "a mapping is given where a text belongs", local_id={"type": "ipaddr", "id": "198.51.100.10"}),
    "a text among devices": role("aws_pairing_devices[1]", "a text is given where a mapping belongs", devices=["0123456789"]),
    "a key of another module's position": role(
        "aws_pairing_rule_position.after", "there are rule, where", rule_position={"after": "deny the rest"}),
    "itself as what it replaces": role("aws_pairing_replaces", IDS["pbf"], replaces=IDS["pbf"]),
    # As a survey hands it over: texts.
    "networks with semicolons": role("aws_pairing_remote_networks", "10.200.0.0/16; 10.201.0.0/16", "comma", remote_networks="10.200.0.0/16; 10.201.0.0/16"),
    "networks with blanks": role("aws_pairing_remote_networks", "10.200.0.0/16 10.201.0.0/16", "comma", remote_networks="10.200.0.0/16 10.201.0.0/16"),
    "zones with a slash": role("aws_pairing_source_zones", "trust/dmz", "trust", source_zones="trust/dmz"),
    "an answer left out": role("aws_pairing_zone", "is not set", zone=""),
    "a number in words": role("aws_pairing_primary_tunnel", "two", "whole number", primary_tunnel="two"),
    # Of the connection to the firewall.
    "a URL as address": role("provider.ip_address", "https://192.0.2.1/", "without", panos={"ip_address": "https://192.0.2.1/"}),
    "a text as provider": role("provider", "mapping", "ip_address", panos="192.0.2.1"),
    "a misspelt key of the provider": role("provider", "ip_adress", "ip_address", panos={"ip_adress": "192.0.2.1"}),
    "a port in words": role("provider", "port", "https", "int", panos={"port": "https"}),
    "a CA that is not there": role("ca_path", "/nowhere/ca.pem", panos={"ca_path": "/nowhere/ca.pem"}),
}


# By playbook: what stands on the command line. A host each.
PLAYBOOKS = {
    "vpn_verify": {
        "a misspelt name": Mistake({"vpn_verify_nam": "vpn-0abc"}, ("vpn_verify_nam", "vpn_verify_name")),
        "a time in words": Mistake({"vpn_verify_name": "branch-7", "vpn_verify_timeout": "soon"}, ("vpn_verify_timeout", "soon", "whole number", "seconds")),
        "a VPN that is not there": Mistake({"vpn_verify_name": "brnch-7", "vpn_verify_timeout": 0}, ("brnch-7", "perhaps 'branch-7'")),
    },
    "vpn_action": {
        "no name": Mistake({}, ("vpn_action_name is not set", "names of VPNs")),
        "another action": Mistake({"vpn_action_name": "branch-7", "vpn_action_action": "restart"}, ("vpn_action_action", "restart", "reconnect, initiate")),
        "a VPN that is not there": Mistake({"vpn_action_name": "brnch-7"}, ("brnch-7", "perhaps 'branch-7'")),
        "a misspelt variable": Mistake({"vpn_action_name": "branch-7", "vpn_action_time_out": 5}, ("vpn_action_time_out", "vpn_action_timeout")),
        "new keys and no action": Mistake(
            {"vpn_action_name": "branch-7", "vpn_action_pre_shared_keys": ["notReal.key.of.7"]}, ("vpn_action_pre_shared_keys", "action: rotate_keys")),
    },
    "vpn_report": {
        "a misspelt file": Mistake({"vpn_report_fle": "x.html"}, ("vpn_report_fle", "vpn_report_file")),
        "another thing to gather": Mistake({"vpn_report_gatherd": ["config"]}, ("vpn_report_gatherd", "vpn_report_gather")),
        "what cannot be gathered": Mistake({"vpn_report_gather": ["states"]}, ("vpn_report_gather", "states", "config, state")),
    },
    "vpn_connections": {
        "keys of another name": Mistake(
            {"vpn_connections": [{"from": "m0", "to": "m1"}], "vpn_connections_end": {}},
            ("vpn_connections[1].from", "vpn_connections[1].to", "there are", "a_interface")),
        "one that is no list": Mistake(
            {"vpn_connections": {"a": "m0", "b": "m1"}, "vpn_connections_end": {}}, ("vpn_connections", "a mapping is given where a list belongs", "dash")),
        "an end without its networks": Mistake(
            {"vpn_connections": [{"a": "m0", "b": "m1"}],
             "vpn_connections_end": {"outside_address": "198.51.100.10", "outside_interface": "ethernet1/8", "zone": "sites", "source_zones": ["trust"]}},
            ("vpn_connections_end", "missing", "networks")),
        "an end with a misspelt key": Mistake(
            {"vpn_connections": [{"a": "m0", "b": "m1"}], "vpn_connections_end": {"outside_adress": "198.51.100.10"}},
            ("vpn_connections_end.outside_adress", "perhaps 'outside_address'")),
    },
    "config_revert": {
        "no name": Mistake({}, ("config_revert_name is not set", "name of the VPN")),
        "a VPN without a journal": Mistake({"config_revert_name": "vpn-0abc"}, ("vpn-0abc", "no journal", "take back")),
    },
    "config_export": {
        "a misspelt module": Mistake({"config_export_resources": ["ike_gatway"]}, ("config_export_resources", "ike_gatway", "perhaps 'ike_gateway'")),
        "a misspelt variable": Mistake({"config_export_vsis": "vsys1"}, ("config_export_vsis", "config_export_vsys")),
    },
    "failover_drill": {
        "a misspelt variable": Mistake({"failover_drill_name": "branch-7", "failover_drill_probes": "true"}, ("failover_drill_probes", "failover_drill_probe")),
    },
}

KEY = "notReal.key1"
# By module: options that one of them gets in a task. C(transaction) says with its number which item is wrong.
MODULES = {
    "an interface without its dot": ("tunnel_interface", Mistake({"name": "tunnel1"}, ("tunnel1", "such as tunnel.11"))),
    "a misspelt option": ("ike_gateway", Mistake({"name": "a", "local_adress": {"ip": "198.51.100.10"}}, ("local_adress", "perhaps 'local_address'"))),
    "a misspelt suboption": ("ike_gateway", Mistake({"name": "a", "peer_address": {"ipp": "203.0.113.9"}}, ("peer_address.ipp", "perhaps 'ip'", "fqdn"))),
    "a cipher as others write it": ("ike_crypto_profile", Mistake(
        {"name": "a", "encryption": ["aes256"], "hash": ["sha256"], "dh_group": ["group14"]}, ("encryption", "aes256", "aes-256-cbc"))),
    "a hash as others write it": ("ike_crypto_profile", Mistake(
        {"name": "a", "encryption": ["aes-256-cbc"], "hash": ["sha-256"], "dh_group": ["group14"]}, ("hash", "sha-256", "perhaps 'sha256'"))),
    "a group as a number": ("ike_crypto_profile", Mistake(
        {"name": "a", "encryption": ["aes-256-cbc"], "hash": ["sha256"], "dh_group": [20]}, ("dh_group", "20", "group20"))),
    "a resource that is not one": ("transaction", Mistake({"items": [{"zone": {"name": "a"}}, {"ike_gatway": {"name": "a"}}]}, (
        "items[2]", "ike_gatway", "perhaps 'ike_gateway'"))),
    "a misspelt option of an item": ("transaction", Mistake(
        {"items": [{"zone": {"name": "a"}}, {"tunnel_interface": {"name": "tunnel.9", "zoen": "a"}}]}, ("items[2].tunnel_interface.zoen", "perhaps 'zone'"))),
    "an impossible prefix length": ("static_route", Mistake(
        {"name": "a", "virtual_router": "default", "destination": "10.150.1.0/33", "nexthop": {"discard": True}}, ("destination", "10.150.1.0/33", "0 to 32"))),
    "a router that is not there": ("static_route", Mistake(
        {"name": "a", "virtual_router": "defualt", "destination": "10.150.1.0/24", "nexthop": {"discard": True}},
        ("virtual router 'defualt'", "perhaps 'default'"))),
    "an interface that is not there": ("static_route", Mistake(
        {"name": "a", "virtual_router": "default", "destination": "10.150.1.0/24", "interface": "tunnel.70"}, ("tunnel.70", "perhaps 'tunnel.7'"))),
    "a gateway that is not there": ("ipsec_tunnel", Mistake(
        {"name": "a", "tunnel_interface": "tunnel.7", "ike_gateways": ["brnch-7"], "ipsec_crypto_profile": "default"}, ("brnch-7", "perhaps 'branch-7'"))),
    "a profile that is not there": ("ipsec_tunnel", Mistake(
        {"name": "branch-7", "ipsec_crypto_profile": "Suite-B-GCM-265"}, ("Suite-B-GCM-265", "perhaps 'Suite-B-GCM-256'"))),
    "a tunnel that is not there": ("proxy_id", Mistake(
        {"name": "a", "tunnel": "branch7", "local": "10.10.0.0/24", "remote": "10.70.0.0/24"}, ("IPsec tunnel 'branch7'", "perhaps 'branch-7'"))),
    "a zone that is not there": ("security_rule", Mistake(
        {"name": "a", "from": ["trst"], "to": ["untrust"], "source": ["any"], "destination": ["any"], "application": ["any"], "service": ["any"],
         "action": "allow"}, ("zone 'trst'", "perhaps 'trust'"))),
    "a text for a mapping": ("ike_gateway", Mistake(
        {"name": "a", "peer_address": "203.0.113.9"},
        ("peer_address", "a text is given where a mapping belongs", "ip, fqdn, dynamic", "peer_address: {ip: ...}"))),
    "a switch for a mapping": ("ike_gateway", Mistake(
        {"name": "a", "nat_traversal": True}, ("nat_traversal", "a truth value is given where a mapping belongs", "nat_traversal: {enable: ...}"))),
    "a list for a mapping": ("pbf_rule", Mistake({"name": "a", "from": ["trust"]}, ("from", "a list is given where a mapping belongs", "from: {zone: ...}"))),
    "a word for the mapping of that name": ("proxy_id", Mistake(
        {"name": "a", "tunnel": "branch-7", "protocol": "tcp"}, ("protocol", "a text is given where a mapping belongs", "protocol: {tcp: ...}"))),
    "a word with another dash": ("router_ecmp", Mistake({"virtual_router": "default", "algorithm": "ip-modulo"}, ("algorithm: {ip_modulo: ...}",))),
    "a mapping for a list": ("transaction", Mistake({"items": {"zone": {"name": "a"}}}, ("items", "a mapping is given where a list belongs", "dash"))),
    "a text for a list of mappings": ("site_to_site_vpn", Mistake(
        {"name": "a", "tunnels": "203.0.113.9"}, ("tunnels", "a text is given where a list of mappings belongs"))),
    "a truth value for a list": ("security_rule", Mistake({"name": "a", "source": True}, ("source", "a truth value is given where a list belongs"))),
    "a key that YAML has changed": ("ike_gateway", Mistake({"name": "a", "pre_shared_key": 83}, ("pre_shared_key", "0123 as 83", "quotes"))),
    "an AS number that YAML has changed": ("bgp_peer", Mistake(
        {"name": "a", "virtual_router": "default", "peer_group": "g", "peer_as": 65000.1}, ("peer_as", "zeros", "quotes"))),
    "an AS number with its letters": ("bgp_instance", Mistake(
        {"virtual_router": "default", "local_as": "AS65000"}, ("local_as", "'AS65000' is not an AS number, plain or as-dot"))),
    "an option a level too high": ("ipsec_crypto_profile", Mistake({"name": "a", "encryption": ["aes-256-cbc"]}, (
        "encryption", "it stands in esp", "esp: {encryption: ...}"))),
    "an option of either version": ("ike_gateway", Mistake({"name": "a", "dpd": {"enable": True}}, ("dpd", "it stands in ikev1 and in ikev2"))),
    "an option a level too deep": ("site_to_site_vpn", Mistake(
        {"name": "a", "tunnels": [{"outside_address": "203.0.113.9", "zone": "cloud"}]}, ("tunnels[1].zone", "it stands a level higher"))),
    "a number out of range": ("monitor_profile", Mistake({"name": "a", "interval": 999}, ("interval", "999", "2 to 100"))),
    "a misspelt key of a tunnel": ("site_to_site_vpn", Mistake(
        {"name": "a", "tunnels": [{"outside_address": "203.0.113.9", "pre_shared_keys": KEY}]}, ("tunnels[1].pre_shared_keys", "perhaps 'pre_shared_key'"))),
    "what is no list of places": ("commit", Mistake({"objects": ["branch-7"]}, ("objects", "branch-7", "as other modules return it"))),
    "another part of the state": ("vpn_info", Mistake({"gather": ["stat"]}, ("gather", "stat", "perhaps 'state'"))),
    "a VPN that is not there": ("vpn_action", Mistake({"name": ["brnch-7"], "action": "reconnect"}, ("brnch-7", "perhaps 'branch-7'"))),
    "a text as provider": ("zone", Mistake({"name": "a", "provider": "192.0.2.1"}, ("provider", "mapping", "ip_address"))),
}
