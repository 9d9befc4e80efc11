# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The few calls of EC2's API that make, show and take away VPN connections, for any client that speaks its Query protocol over HTTP.

After the API reference of EC2: what a call needs, how its answer is spelled, and with which code it is refused. Nothing is asked for a signature. What AWS
says of tunnels comes from whoever sets it; of a new connection both are down, as they are in AWS until a customer begins.
"""

from __future__ import annotations

import hashlib
import ipaddress
import threading
import urllib.parse
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud.gateway_configuration import customer_gateway_configuration

NAMESPACE = "http://ec2.amazonaws.com/doc/2016-11-15/"
AWS_AS = 64512
#: Outside address and inside network of each tunnel that AWS has left, two for a connection.
STOCK = (("203.0.113.17", "169.254.31.68/30"), ("203.0.113.142", "169.254.203.212/30"),
         ("192.0.2.51", "169.254.88.12/30"), ("192.0.2.208", "169.254.140.80/30"))
FILTERS = ("state", "type", "ip-address", "bgp-asn", "customer-gateway-id", "vpn-connection-id", "vpn-gateway-id", "transit-gateway-id", "resource-id",
           "resource-type")
#: Lists that are not called like their member with a small letter.
_LISTS = {
    "CustomerGateways": "customerGatewaySet", "VpnConnections": "vpnConnectionSet", "Tags": "tagSet", "TunnelOptions": "tunnelOptionSet",
    "Phase1EncryptionAlgorithms": "phase1EncryptionAlgorithmSet", "Phase2EncryptionAlgorithms": "phase2EncryptionAlgorithmSet",
    "Phase1IntegrityAlgorithms": "phase1IntegrityAlgorithmSet", "Phase2IntegrityAlgorithms": "phase2IntegrityAlgorithmSet",
    "Phase1DHGroupNumbers": "phase1DHGroupNumberSet", "Phase2DHGroupNumbers": "phase2DHGroupNumberSet", "IkeVersions": "ikeVersionSet",
}


class Refused(Exception):
    """What AWS answers instead of doing it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Ec2:
    """An account with two gateways. ``telemetry``: outside address → Status, StatusMessage, AcceptedRouteCount, where somebody knows."""

    def __init__(self, stock: tuple[tuple[str, str], ...] = STOCK, telemetry: Callable[[str], dict[str, Any]] | None = None) -> None:
        self.customer_gateways: dict[str, dict] = {}
        self.connections: dict[str, dict] = {}
        self.calls: list[str] = []
        self.telemetry = telemetry or (lambda address: {})
        self._stock = list(stock)
        self._numbers = iter(range(1, 1000))
        self._faults: list[tuple[str, str, bool]] = []
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def start(self) -> Ec2:
        self._thread.start()
        return self

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def fail(self, call: str, code: str = "UnauthorizedOperation", done: bool = False) -> None:
        """The next such call is refused; with ``done`` it is carried out and refused all the same, as where an answer gets lost."""
        self._faults.append((call, code, done))

    def answer(self, parameters: dict[str, str]) -> tuple[int, bytes]:
        call = parameters.get("Action", "")
        with self._lock:
            self.calls.append(call)
            fault = next((each for each in self._faults if each[0] == call), None)
            try:
                if fault:
                    self._faults.remove(fault)
                    if fault[2]:
                        self._do(call, parameters)
                    raise Refused(fault[1], f"You are not authorized to perform this operation: {call}")
                return 200, _envelope(call, self._do(call, parameters))
            except Refused as refused:
                return 400, _refusal(refused)

    def _do(self, call: str, parameters: dict[str, str]) -> dict[str, Any]:
        known = {
            "DescribeCustomerGateways": self._describe_customer_gateways, "CreateCustomerGateway": self._create_customer_gateway,
            "DeleteCustomerGateway": self._delete_customer_gateway, "DescribeVpnConnections": self._describe_connections,
            "CreateVpnConnection": self._create_connection, "DeleteVpnConnection": self._delete_connection,
            "CreateVpnConnectionRoute": self._create_route, "DeleteVpnConnectionRoute": self._delete_route, "CreateTags": self._create_tags,
            "DescribeTags": self._describe_tags,
        }
        if call not in known:
            raise Refused("InvalidAction", f"The action {call} is not valid for this web service.")
        return known[call](parameters)

    def _describe_customer_gateways(self, parameters: dict[str, str]) -> dict[str, Any]:
        return {"CustomerGateways": _selected(self.customer_gateways, "CustomerGatewayId", parameters)}

    def _create_customer_gateway(self, parameters: dict[str, str]) -> dict[str, Any]:
        address, number = parameters.get("IpAddress") or parameters["PublicIp"], parameters["BgpAsn"]
        same = [each for each in self.customer_gateways.values() if each["State"] == "available" and (each["IpAddress"], each["BgpAsn"]) == (address, number)]
        if same:
            # Gateways of one address, AS number and device name are one.
            return {"CustomerGateway": same[0]}
        made = {"CustomerGatewayId": self._id("cgw"), "State": "available", "Type": parameters["Type"], "IpAddress": address, "BgpAsn": number, "Tags": []}
        self.customer_gateways[made["CustomerGatewayId"]] = made
        return {"CustomerGateway": made}

    def _delete_customer_gateway(self, parameters: dict[str, str]) -> dict[str, Any]:
        gateway = self._existing(self.customer_gateways, parameters["CustomerGatewayId"], "InvalidCustomerGatewayID.NotFound")
        if any(each["CustomerGatewayId"] == gateway["CustomerGatewayId"] and each["State"] != "deleted" for each in self.connections.values()):
            raise Refused("IncorrectState", "The customer gateway is in use.")
        gateway["State"] = "deleted"
        return {"Return": True}

    def _describe_connections(self, parameters: dict[str, str]) -> dict[str, Any]:
        found = _selected(self.connections, "VpnConnectionId", parameters)
        return {"VpnConnections": [{**each, "VgwTelemetry": list(self._telemetry(each))} for each in found]}

    def _telemetry(self, connection: dict) -> Iterator[dict]:
        for tunnel in connection.get("Options", {}).get("TunnelOptions", []):
            address = tunnel["OutsideIpAddress"]
            yield {"OutsideIpAddress": address, "Status": "DOWN", "StatusMessage": "IPSEC IS DOWN", "AcceptedRouteCount": 0,
                   "LastStatusChange": "2026-02-11T08:10:00+00:00", **self.telemetry(address)}

    def _create_connection(self, parameters: dict[str, str]) -> dict[str, Any]:
        customer = self._existing(self.customer_gateways, parameters["CustomerGatewayId"], "InvalidCustomerGatewayID.NotFound")
        there = {name: parameters[name] for name in ("VpnGatewayId", "TransitGatewayId") if name in parameters}
        if len(there) != 1:
            raise Refused("MissingParameter", "The request must contain one of VpnGatewayId and TransitGatewayId.")
        if len(self._stock) < 2:
            raise Refused("VpnConnectionLimitExceeded", "The maximum number of VPN connections has been reached.")
        tunnels = [self._stock.pop(0), self._stock.pop(0)]
        made = described(self._id("vpn"), customer, there, tunnels, parameters.get("Options.StaticRoutesOnly") == "true")
        self.connections[made["VpnConnectionId"]] = made
        return {"VpnConnection": made}

    def _delete_connection(self, parameters: dict[str, str]) -> dict[str, Any]:
        connection = self._existing(self.connections, parameters["VpnConnectionId"], "InvalidVpnConnectionID.NotFound")
        # A deleted connection is shown for a while, and says nothing of how it was.
        for name in ("CustomerGatewayConfiguration", "Options", "Routes"):
            connection.pop(name, None)
        connection["State"] = "deleted"
        return {"Return": True}

    def _create_route(self, parameters: dict[str, str]) -> dict[str, Any]:
        connection = self._existing(self.connections, parameters["VpnConnectionId"], "InvalidVpnConnectionID.NotFound")
        if not connection["Options"]["StaticRoutesOnly"] or "VpnGatewayId" not in connection:
            raise Refused("InvalidParameterCombination", "Routes can be added to a static VPN connection of a virtual private gateway only.")
        connection["Routes"].append({"DestinationCidrBlock": parameters["DestinationCidrBlock"], "Source": "Static", "State": "available"})
        return {"Return": True}

    def _delete_route(self, parameters: dict[str, str]) -> dict[str, Any]:
        connection = self._existing(self.connections, parameters["VpnConnectionId"], "InvalidVpnConnectionID.NotFound")
        connection["Routes"] = [route for route in connection["Routes"] if route["DestinationCidrBlock"] != parameters["DestinationCidrBlock"]]
        return {"Return": True}

    def _create_tags(self, parameters: dict[str, str]) -> dict[str, Any]:
        given = {parameters[f"Tag.{number}.Key"]: parameters[f"Tag.{number}.Value"] for number in _numbered(parameters, "Tag", ".Key")}
        for number in _numbered(parameters, "ResourceId"):
            name = parameters[f"ResourceId.{number}"]
            tagged = self._existing({**self.customer_gateways, **self.connections}, name, "InvalidID")
            tagged["Tags"] = [tag for tag in tagged["Tags"] if tag["Key"] not in given] + [{"Key": key, "Value": value} for key, value in given.items()]
        return {"Return": True}

    def _describe_tags(self, parameters: dict[str, str]) -> dict[str, Any]:
        kinds = {"customer-gateway": self.customer_gateways, "vpn-connection": self.connections}
        tagged = [
            {"ResourceId": name, "ResourceType": kind, **tag} for kind, items in kinds.items() for name, item in items.items() for tag in item["Tags"]
        ]
        return {"Tags": _filtered(tagged, parameters)}

    def _existing(self, kind: dict[str, dict], name: str, code: str) -> dict:
        if name not in kind or kind[name]["State"] == "deleted":
            raise Refused(code, f"The ID '{name}' does not exist")
        return kind[name]

    def _id(self, prefix: str) -> str:
        return f"{prefix}-{next(self._numbers):017x}"


def described(name: str, customer: dict, there: dict[str, str], tunnels: list[tuple[str, str]], static: bool) -> dict[str, Any]:
    """A new connection as AWS prints it. Its keys follow from the outside addresses, so that a far side may know them before it is made."""
    keys = {outside: f"notReal.{hashlib.sha256(outside.encode()).hexdigest()[:24]}" for outside, _inside in tunnels}
    made = {
        "VpnConnectionId": name, "CustomerGatewayId": customer["CustomerGatewayId"], "Category": "VPN", "State": "available", "Type": "ipsec.1",
        "GatewayAssociationState": "associated", **there, "Routes": [], "Tags": [],
        "Options": {
            "EnableAcceleration": False, "StaticRoutesOnly": static, "LocalIpv4NetworkCidr": "0.0.0.0/0", "RemoteIpv4NetworkCidr": "0.0.0.0/0",
            "OutsideIpAddressType": "PublicIpv4", "TunnelInsideIpVersion": "ipv4",
            "TunnelOptions": [{"OutsideIpAddress": outside, "TunnelInsideCidr": inside, "PreSharedKey": keys[outside]} for outside, inside in tunnels],
        },
    }
    # The document names the tunnels in another order than the options do.
    made["CustomerGatewayConfiguration"] = customer_gateway_configuration(
        made, customer["IpAddress"], [(outside, ipaddress.ip_network(inside), keys[outside]) for outside, inside in reversed(tunnels)],
        None if static else (customer["BgpAsn"], AWS_AS))
    return made


def _numbered(parameters: dict[str, str], name: str, last: str = "") -> list[int]:
    """The numbers of a list's members."""
    return [number for number in range(1, 200) if f"{name}.{number}{last}" in parameters]


def _selected(kind: dict[str, dict], identity: str, parameters: dict[str, str]) -> list[dict]:
    """By ids, or by filters. A filter that AWS does not have is refused, and so is an id."""
    wanted = [parameters[f"{identity}.{number}"] for number in _numbered(parameters, identity)]
    for name in wanted:
        if name not in kind:
            raise Refused(f"Invalid{identity.removesuffix('Id')}ID.NotFound", f"The {identity} '{name}' does not exist")
    found = [each for name, each in kind.items() if not wanted or name in wanted]
    return _filtered(found, parameters)


def _filtered(items: list[dict], parameters: dict[str, str]) -> list[dict]:
    for number in _numbered(parameters, "Filter", ".Name"):
        name = parameters[f"Filter.{number}.Name"]
        values = [parameters[f"Filter.{number}.Value.{place}"] for place in _numbered(parameters, f"Filter.{number}.Value")]
        items = [each for each in items if _member(each, name) in values]
    return items


def _member(item: dict, name: str) -> str:
    if name.startswith("tag:"):
        return next((tag["Value"] for tag in item["Tags"] if tag["Key"] == name.removeprefix("tag:")), "")
    if name not in FILTERS:
        raise Refused("InvalidParameterValue", f"The filter '{name}' is invalid")
    return item.get("".join(word.capitalize() for word in name.split("-")), "")


def _envelope(call: str, values: dict[str, Any]) -> bytes:
    root = ET.Element(f"{call}Response", {"xmlns": NAMESPACE})
    ET.SubElement(root, "requestId").text = "00000000-0000-4000-8000-000000000000"
    _fill(root, values)
    return ET.tostring(root, encoding="utf-8", xml_declaration=True)


def _fill(parent: ET.Element, values: dict[str, Any]) -> None:
    for name, value in values.items():
        element = ET.SubElement(parent, _LISTS.get(name, name[:1].lower() + name[1:]))
        if isinstance(value, dict):
            _fill(element, value)
        elif isinstance(value, list):
            for member in value:
                _fill(ET.SubElement(element, "item"), member)
        else:
            element.text = str(value).lower() if isinstance(value, bool) else str(value)


def _refusal(refused: Refused) -> bytes:
    root = ET.Element("Response")
    error = ET.SubElement(ET.SubElement(root, "Errors"), "Error")
    ET.SubElement(error, "Code").text = refused.code
    ET.SubElement(error, "Message").text = str(refused)
    ET.SubElement(root, "RequestID").text = "00000000-0000-4000-8000-000000000000"
    return ET.tostring(root, encoding="utf-8", xml_declaration=True)


def _handler(account: Ec2) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode("utf-8")
            status, answer = account.answer(dict(urllib.parse.parse_qsl(body, keep_blank_values=True)))
            self.send_response(status)
            self.send_header("Content-Type", "text/xml;charset=UTF-8")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *arguments: Any) -> None:
            """Who asks looks at ``calls``."""

    return Handler
