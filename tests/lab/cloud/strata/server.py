# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The API over HTTPS on a loopback port: tokens, paths, queries and bodies. One server has as many tenants as accounts lead to."""

from __future__ import annotations

import base64
import json
import pathlib
import secrets
import ssl
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud.strata import errors, presets, telemetry
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud.strata.faults import Fault, Faults
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud.strata.jobs import Jobs
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud.strata.schema import PUSH, problems
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.cloud.strata.tenant import BANDWIDTH, FOLDERS, Tenant
from ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator.certificates import Authority

TOKEN_PATHS = ("/oauth2/access_token", "/auth/v1/oauth2/access_token", "/am/oauth2/access_token")
#: Where each resource is found; the older address has all of them.
_FAMILIES = {
    "/config/network/v1": ("ike-crypto-profiles", "ipsec-crypto-profiles", "ike-gateways", "ipsec-tunnels"),
    "/config/deployment/v1": ("remote-networks", "service-connections", BANDWIDTH, "locations", "shared-infrastructure-settings"),
    "/config/operations/v1": ("config-versions", "jobs"),
}
LEGACY = "/sse/config/v1"
TUNNELS = "/api/sase/v2.0/resource/custom/query/tunnels/tunnel_list"
ADDRESSES = "/getPrismaAccessIP/v2"
_DEFAULT_LIMIT, _LARGEST_LIMIT = 200, 10000
_QUERIES = ("folder", "limit", "offset", "name")
ACCOUNT = "svc@1000000001.iam.panserviceaccount.com"


@dataclass(frozen=True)
class Account:
    """A service account; C(also): further tenants whose token it may have."""

    secret: str
    tenant: str
    also: tuple[str, ...] = ()


@dataclass
class Token:
    account: str
    tenant: str
    ends: float


@dataclass
class Asked:
    """One request as it came."""

    method: str
    path: str
    query: dict[str, str]
    body: Any


@dataclass
class Cloud:
    """C(token_seconds): how long a token lives. C(token_uses): how many requests it serves, where that is less. C(page): the most that a list holds at once."""

    accounts: dict[str, Account] = field(default_factory=lambda: {ACCOUNT: Account("the secret of the account", "1000000001")})
    token_seconds: float = 899
    token_uses: int | None = None
    page: int = _LARGEST_LIMIT
    bare_object_by_name: bool = False

    def __post_init__(self) -> None:
        self.tenants = {account.tenant: Tenant(account.tenant) for account in self.accounts.values()}
        self.jobs = {tsg: Jobs() for tsg in self.tenants}
        self.tokens: dict[str, Token] = {}
        self.uses: dict[str, int] = {}
        #: Tunnel → fields of its row in the telemetry; None: nothing is reported of it.
        self.reports: dict[str, dict | None] = {}
        self.faults = Faults()
        self.log: list[Asked] = []
        self.lock = threading.RLock()

    @property
    def tenant(self) -> Tenant:
        """The first account's."""
        return next(iter(self.tenants.values()))

    # -- tokens

    def token(self, authorization: str, form: dict[str, str]) -> dict:
        """By HTTP basic or in the form. Raises a refusal for a wrong secret, another grant, or a tenant that is not the account's."""
        name, secret = form.get("client_id", ""), form.get("client_secret", "")
        if authorization.startswith("Basic "):
            told = base64.b64decode(authorization[len("Basic "):]).decode("utf-8", "replace")
            name, _colon, secret = told.partition(":")
        account = self.accounts.get(name)
        if account is None or account.secret != secret:
            raise errors.not_authenticated("Invalid Credential")
        scope = form.get("scope", "")
        tsg = scope.removeprefix("tsg_id:")
        if form.get("grant_type") != "client_credentials" or tsg not in (account.tenant, *account.also):
            raise errors.not_authenticated("Invalid Credential")
        text = secrets.token_urlsafe(32)
        self.tokens[text] = Token(name, tsg, time.monotonic() + self.token_seconds)
        return {"access_token": text, "scope": scope, "token_type": "Bearer", "expires_in": int(self.token_seconds)}

    def who(self, authorization: str) -> Token:
        text = authorization.removeprefix("Bearer ")
        token = self.tokens.get(text)
        if token is None:
            raise errors.not_authenticated("Not Authenticated")
        self.uses[text] = self.uses.get(text, 0) + 1
        spent = self.token_uses is not None and self.uses[text] > self.token_uses
        if spent or token.ends <= time.monotonic():
            raise errors.not_authenticated("Key Expired")
        return token

    # -- requests

    def answer(self, asked: Asked, authorization: str, headers: dict[str, str]) -> tuple[int, Any]:
        if asked.path in TOKEN_PATHS and asked.method == "POST":
            return 200, self.token(authorization, asked.body)
        if asked.path == ADDRESSES:
            return _addresses(self.tenant, asked.body, headers.get("header-api-key", ""))
        token = self.who(authorization)
        if asked.path == TUNNELS and asked.method == "POST":
            return 200, self._telemetry(asked.body, headers.get("prisma-tenant", ""), token)
        if "x-panw-region" in headers:
            raise errors.Refusal(400, "E003", "Invalid Request Header: x-panw-region", {})
        tenant, jobs = self.tenants[token.tenant], self.jobs[token.tenant]
        resource, rest = _resource(asked.path)
        if resource == "jobs":
            return 200, self._jobs(jobs, asked, rest)
        if resource == "config-versions":
            return self._versions(tenant, jobs, asked, rest, token.account)
        if resource == "locations" and asked.method == "GET":
            return 200, presets.LOCATIONS
        if resource == "shared-infrastructure-settings" and asked.method == "GET":
            return 200, presets.SETTINGS
        if resource == BANDWIDTH:
            return self._bandwidth(tenant, asked, token.account)
        return self._objects(tenant, resource, asked, rest, token.account)

    def _telemetry(self, body: Any, tenant: str, token: Token) -> dict:
        """Of every tunnel of a site that runs; C(reports) says what differs from up and not monitored. The words of a refusal are invented."""
        rules = body.get("filter", {}).get("rules", []) if isinstance(body, dict) else []
        if tenant != token.tenant:
            raise errors.unauthorized()
        if not any(rule.get("property") == "event_time" for rule in rules):
            raise errors.invalid_payload(['"filter" is required'])
        rows = list(telemetry.rows(self.tenants[token.tenant].running["objects"], self.reports))
        return {"header": {"createdAt": "2026-11-06T14:38:54Z", "dataCount": len(rows), "requestId": "a887f67a-688c-4d35-a240-5232fc74dada",
                           "queryInput": {}, "status": {"subCode": 200}}, "data": rows}

    def _objects(self, tenant: Tenant, resource: str, asked: Asked, identity: str, account: str) -> tuple[int, Any]:
        self._refuse_queries(asked, _QUERIES if asked.method == "GET" and not identity else ())
        if asked.method == "GET" and identity:
            return 200, tenant.one(resource, identity)
        if asked.method == "GET":
            return 200, self._page(asked, tenant.listed(resource, asked.query.get("folder"), asked.query.get("name")))
        if asked.method == "POST" and not identity:
            return 201, tenant.create(resource, asked.body, account)
        if asked.method == "PUT" and identity:
            return 200, tenant.update(resource, identity, asked.body, account)
        if asked.method == "DELETE" and identity:
            return 200, tenant.delete(resource, identity, account)
        raise errors.Refusal(405, "E012", f"Action Not Supported: {asked.method}", {})

    def _bandwidth(self, tenant: Tenant, asked: Asked, account: str) -> tuple[int, Any]:
        self._refuse_queries(asked, {"GET": ("limit", "offset"), "DELETE": ("name", "spn_name_list")}.get(asked.method, ()))
        if asked.method == "GET":
            return 200, self._page(asked, tenant.listed(BANDWIDTH, None))
        if asked.method in ("POST", "PUT"):
            return (201 if asked.method == "POST" else 200), tenant.allocate(asked.body, account, asked.method == "PUT")
        for name in ("name", "spn_name_list"):
            if name not in asked.query:
                raise errors.missing_query(name)
        tenant.release(asked.query["name"], [node for node in asked.query["spn_name_list"].split(",") if node], account)
        return 200, {}

    def _page(self, asked: Asked, found: list[dict]) -> Any:
        limit, offset = (_number(asked.query, name, default) for name, default in (("limit", _DEFAULT_LIMIT), ("offset", 0)))
        if not 1 <= limit <= _LARGEST_LIMIT:
            raise errors.invalid_query("limit", str(limit))
        if self.bare_object_by_name and asked.query.get("name"):
            if not found:
                raise errors.not_present()
            return found[0]
        limit = min(limit, self.page)
        return {"data": found[offset:offset + limit], "offset": offset, "total": len(found), "limit": limit}

    def _jobs(self, jobs: Jobs, asked: Asked, number: str) -> Any:
        self._refuse_queries(asked, () if number else ("limit", "offset"))
        if not number:
            return self._page(asked, jobs.listed())
        found = jobs.one(number)
        if not found:
            raise errors.not_present()
        return {"data": found}

    def _versions(self, tenant: Tenant, jobs: Jobs, asked: Asked, rest: str, account: str) -> tuple[int, Any]:
        if rest == "candidate:push" and asked.method == "POST":
            return 201, self._pushed(tenant, jobs, asked.body, account)
        if rest == "candidate" and asked.method == "GET":
            return 200, _candidate(tenant)
        if rest == "running" and asked.method == "GET":
            found = [{"device": folder, "version": tenant.version, "date": "2026-11-06T14:38:54.000Z"} for folder in FOLDERS if folder != "All"]
            return 200, self._page(asked, found)
        raise errors.no_such_path()

    @staticmethod
    def _pushed(tenant: Tenant, jobs: Jobs, body: Any, account: str) -> dict:
        found = list(problems(PUSH, body))
        if found:
            raise errors.invalid_payload(found)
        unknown = [folder for folder in body["folders"] if folder not in FOLDERS]
        if unknown:
            raise errors.dangling([f"folder '{unknown[0]}' is not a valid reference"])
        number = jobs.push(body["folders"], body.get("description", ""), account, tenant.push)
        return {"success": True, "job_id": number, "message": f"CommitAndPush job enqueued with jobid {number}"}

    @staticmethod
    def _refuse_queries(asked: Asked, allowed: tuple[str, ...]) -> None:
        for name in asked.query.keys() - set(allowed):
            raise errors.invalid_query(name, asked.query[name])


def _addresses(tenant: Tenant, body: Any, key: str) -> tuple[int, dict]:
    """Of the remote networks that run. The words of a refusal are invented."""
    if key != presets.SETTINGS["api_key"]:
        return 400, {"status": "error", "result": "Invalid API key"}
    if not isinstance(body, dict) or body.get("serviceType") not in ("all", "remote_network"):
        return 400, {"status": "error", "result": "Invalid serviceType"}
    zones: dict[str, list[dict]] = {}
    for number, site in enumerate(tenant.running["objects"]["remote-networks"].values(), 1):
        display = next(location["display"] for location in presets.LOCATIONS if site["region"] in (location["value"], location["region"]))
        zones.setdefault(display, []).append({
            "address": f"203.0.113.{100 + number}", "serviceType": "remote_network", "addressType": "active", "node_name": [site["name"]]})
    return 200, {"status": "success", "result": [
        {"zone": zone, "addresses": [each["address"] for each in details], "address_details": details} for zone, details in zones.items()]}


def _candidate(tenant: Tenant) -> list[dict]:
    """Who edited is known to be told; that there is an entry for each folder and account, with its counts, is inferred from the schema."""
    return [
        {"id": number, "version": "candidate", "admin": account, "edited_by": account, "scope": folder,
         "description": "", **noted}
        for number, (folder, account, noted) in enumerate(
            ((folder, account, noted) for folder, by in tenant.edits.items() for account, noted in by.items()), 1)
    ]


def _resource(path: str) -> tuple[str, str]:
    """(resource, what follows it in the path)."""
    for family, resources in _FAMILIES.items():
        for place in (family, LEGACY):
            inside = path.removeprefix(f"{place}/")
            name, _slash, rest = inside.partition("/")
            if inside != path and name in resources:
                return name, rest
    raise errors.no_such_path()


def _number(query: dict[str, str], name: str, default: int) -> int:
    told = query.get(name, str(default))
    if not told.isdigit():
        raise errors.invalid_query(name, told)
    return int(told)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    cloud: Cloud
    wbufsize = -1

    def log_message(self, format: str, *args: object) -> None:
        """Silent: the cloud's own log is the record."""

    def _exchange(self) -> None:
        url = urllib.parse.urlsplit(self.path)
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault = self.cloud.faults.due(self.command, url.path)
        if fault is not None and fault.kind == "drop":
            self._hang_up()
            return
        asked = Asked(self.command, url.path, {name: values[-1] for name, values in urllib.parse.parse_qs(url.query).items()}, None)
        status, told = self._answered(asked, raw, fault)
        if fault is not None and fault.kind == "drop_after":
            self._hang_up()
            return
        self._send(status, told, fault)

    def _answered(self, asked: Asked, raw: bytes, fault: Fault | None) -> tuple[int, Any]:
        with self.cloud.lock:
            self.cloud.log.append(asked)
            number = len(self.cloud.log)
            try:
                if fault is not None:
                    _refuse_by(fault)
                asked.body = self._body(asked, raw)
                status, told = self.cloud.answer(asked, self.headers.get("Authorization") or "", {name.lower(): value for name, value in self.headers.items()})
                if fault is not None and fault.kind == "500_after":
                    raise errors.failing(500)
                return status, json.loads(json.dumps(told))
            except errors.Refusal as refusal:
                return refusal.status, refusal.body(number)

    def _body(self, asked: Asked, raw: bytes) -> Any:
        kind = (self.headers.get("Content-Type") or "").partition(";")[0]
        if asked.path in TOKEN_PATHS:
            return {name: values[-1] for name, values in urllib.parse.parse_qs(raw.decode("utf-8", "replace")).items()}
        if not raw:
            if asked.method in ("POST", "PUT"):
                raise errors.Refusal(400, "E003", "Missing Body", {})
            return None
        try:
            if kind != "application/json":
                raise ValueError("no JSON")
            return json.loads(raw)
        except ValueError:
            raise errors.Refusal(400, "E003", "Input Format Mismatch: input-format=json", {}) from None

    def _send(self, status: int, told: Any, fault: Fault | None) -> None:
        body, kind = json.dumps(told).encode(), "application/json"
        if fault is not None and fault.kind in ("html", "502"):
            body, kind = b"<html><body>Bad Gateway</body></html>", "text/html"
            status = 502 if fault.kind == "502" else 200
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if fault is not None and fault.retry_after:
            self.send_header("Retry-After", fault.retry_after)
        self.end_headers()
        if fault is not None and fault.kind == "truncated":
            self.wfile.write(body[:len(body) // 2])
            self._hang_up()
            return
        self.wfile.write(body)

    def _hang_up(self) -> None:
        self.wfile.flush()
        self.close_connection = True

    do_GET = do_POST = do_PUT = do_DELETE = _exchange


def _refuse_by(fault: Fault) -> None:
    if fault.kind == "401":
        raise errors.not_authenticated("Key Expired")
    if fault.kind == "429":
        raise errors.too_many_requests()
    if fault.kind in ("500", "502", "503"):
        raise errors.failing(int(fault.kind))


class _Server(ThreadingHTTPServer):
    """TLS is spoken in the thread of the connection, so that one who is slow with it keeps nobody waiting."""

    daemon_threads = True
    context: ssl.SSLContext

    def finish_request(self, request: Any, client_address: Any) -> None:
        try:
            with self.context.wrap_socket(request, server_side=True) as secure:
                self.RequestHandlerClass(secure, client_address, self)
        except OSError:
            pass  # The client has ended the connection.


@dataclass(frozen=True)
class Running:
    """Where a cloud can be reached."""

    cloud: Cloud
    port: int
    ca_path: pathlib.Path
    stop: Callable[[], None]

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"


def started(cloud: Cloud, folder: pathlib.Path, port: int = 0) -> Running:
    """C(folder): where the CA's certificate and the server's own are written."""
    ca_path, server_path = Authority("Strata Cloud Manager").write_certificates(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(server_path)
    server = _Server(("127.0.0.1", port), type("Handler", (_Handler,), {"cloud": cloud}))
    server.context = context
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop() -> None:
        server.shutdown()
        server.server_close()

    return Running(cloud, server.server_address[1], ca_path, stop)


@contextmanager
def running(cloud: Cloud, folder: pathlib.Path) -> Iterator[Running]:
    there = started(cloud, folder)
    try:
        yield there
    finally:
        there.stop()
