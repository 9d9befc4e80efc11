# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The content applied to an AWX, and its jobs as AWX runs them: credentials by environment, answers as extra variables, ansible-runner."""

from __future__ import annotations

import copy
import difflib
import json
import os
import pathlib
import threading

import pytest
import yaml

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.configuration.secrets import printable_forms
from ansible_collections.tunnelsmith.panos_vpn.tests.integration import awx_modules, awx_rules as rules
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.awx_api import Awx, Server
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.awx_jobs import CONFIGURE, SETTINGS, Jobs
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.back_to_start import bare
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.connections import (
    BGP, COLLECTIONS_OF_AWS, IDS, KEYS, STATIC, both_ends, commits, leads_to_account, paired, writes,
)
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.far_sides import KEY, ROLES
from ansible_collections.tunnelsmith.panos_vpn.tests.integration.playbook_run import (
    ROOT, SECONDS, Playbooks, pairing, play, trial,
)
from ansible_collections.tunnelsmith.panos_vpn.tests.unit.plugins.modules.given_and_told import provider_of

pytest.importorskip("ansible_runner", reason="ansible-runner is not installed")

AWS_KEY = "notReal.secret"
NEW_KEYS = ["Rotated_by.AWX_1", "Rotated_by.AWX_2"]
# Sent by the modules, and no field of the API: a job template has its project's organization.
KNOWN_TO_BE_IGNORED = {("credential_types", "managed"), ("job_templates", "organization"), ("workflow_job_template_nodes", "type")}
# What the surveys leave to the inventory.
SITE = {"aws_pairing_zone": "aws-vpn", "aws_pairing_source_zones": ["trust"], "aws_pairing_local_networks": ["10.10.0.0/24"],
        "aws_pairing_remote_networks": ["10.200.0.0/16"], "aws_pairing_outside_interface": "ethernet1/8", "aws_pairing_failover": "pbf",
        "aws_pairing_commit_poll": 0.05, "aws_pairing_lock_timeout": 30, "failover_drill_hold": 0.2, "failover_drill_poll": 0.05,
        "failover_drill_commit_poll": 0.05, "failover_drill_timeout": 5}
CONTENT = {
    "panos_vpn_awx_connection": json.dumps({"VpnConnections": [json.loads(path.read_text(encoding="utf-8"))["VpnConnections"][0] for path in (STATIC, BGP)]}),
    "panos_vpn_awx_group_variables": SITE, "panos_vpn_awx_verify_slices": 2, "panos_vpn_awx_aws_access_key": "AKIAEXAMPLE",
    "panos_vpn_awx_aws_secret_key": AWS_KEY,
}
API_KEY = SETTINGS["panos_vpn_awx_api_key"]
PAIR = {"aws_pairing_hosts": "fw1", "aws_pairing_connection_id": IDS["pbf"], "answer_aws_pairing_failover": "pbf", "answer_aws_pairing_backup_routes": "true",
        "answer_aws_pairing_primary_tunnel": "1", "answer_aws_pairing_verify_timeout": "0"}
DRILL = {"failover_drill_hosts": "fw1", "failover_drill_name": IDS["pbf"], "failover_drill_method": "tunnel"}
RECONNECT = {"vpn_action_hosts": "fw1", "vpn_action_name": IDS["pbf"], "vpn_action_action": "reconnect"}
REMOVE = {"aws_pairing_hosts": "fw1", "aws_pairing_connection_id": IDS["pbf"]}


def apply(playbooks, awx, *arguments, **settings):
    with Server(awx) as server:
        return playbooks.run(None, CONFIGURE, *arguments, variables={**SETTINGS, **CONTENT, **settings}, inventory="localhost,",
                             environment=server.environment, collections=awx_modules.folder())


@pytest.fixture(scope="module")
def configured(installed, tmp_path_factory):
    """An AWX with the content, of which every test gets a copy, and the run that put it there."""
    fixtures = ROOT.parent / "shared" / "fixtures" / "awx"
    if not fixtures.is_dir():
        pytest.skip("the recorded answers of AWX (../shared/fixtures) are not on this machine")
    awx = Awx(fixtures, ROOT)
    run = apply(Playbooks(installed, tmp_path_factory.mktemp("awx")), awx, "-vvvv")
    assert run.status == 0, run.output[-4000:]
    return awx, run


@pytest.fixture
def awx(configured):
    return copy.deepcopy(configured[0])


@pytest.fixture
def jobs(awx, installed, tmp_path):
    """The folder that outlives the jobs is the test's own."""
    for template in awx.items["job_templates"].values():
        template["extra_vars"] = template["extra_vars"].replace("/var/lib/panos_vpn", str(tmp_path / "kept"))
    return Jobs(awx, installed, tmp_path)


KINDS = ("organizations", "execution_environments", "projects", "credential_types", "credentials", "inventories", "hosts", "groups", "templates",
         "workflows", "schedules", "roles")


def only(*kinds: str) -> dict:
    """Variables that leave the other kinds out of a run."""
    return {f"controller_{kind}": [] for kind in KINDS if kind not in kinds}


def test_what_is_applied_twice_is_changed_once_also_beside_another_organization(configured, awx, playbooks):
    """The other organization has things of the same names, and what AWX has already is used there."""
    first = configured[1]
    assert awx.ignored == KNOWN_TO_BE_IGNORED
    lab, given = with_things_of_its_own(awx)
    other = apply(playbooks, awx, panos_vpn_awx_organization="Lab", **given)
    assert other.status == 0, other.output[-4000:]
    awx.writes.clear()
    second = apply(playbooks, awx)
    assert second.status == 0, second.output[-4000:]
    assert second.changed() == []
    assert awx.writes == []
    for secret in (API_KEY, *KEYS["pbf"], *KEYS["bgp"]):
        assert not [form for form in printable_forms(secret) if form in first.everything() + other.everything() + second.everything()]
    network = awx.named("organizations", "Network")["id"]
    for organization in (network, lab["organization"]):
        assert [item["name"] for item in awx.linked("organizations", organization, "galaxy_credentials")] == ["Ansible Galaxy"]
        # Whatever belongs to an organization refers to what belongs to the same one.
        templates = [template for template in awx.items["job_templates"].values() if awx.organization("job_templates", template) == organization]
        assert len(templates) == len(awx.items["job_templates"]) / 2
        for template in templates:
            used = [awx.item("inventories", template["inventory"]), awx.item("projects", template["project"]),
                    *awx.linked("job_templates", template["id"], "credentials")]
            assert {item["organization"] for item in used} == {organization}, template["name"]
    for kind in ("hosts", "groups"):
        assert {item["inventory"] for item in awx.items[kind].values()} == {awx.named("inventories", "Firewalls")["id"]}
    projects = [item for item in awx.items["projects"].values() if item["organization"] == lab["organization"]]
    assert [item["credential"] for item in projects] == [awx.named("execution_environments", "PAN-OS VPN of the lab")["credential"]] == [lab["login"]]
    assert told_of_failures(awx, network) == {}
    assert told_of_failures(awx, lab["organization"]) == {"VPN verify": [lab["told"]]}
    assert awx.granted("workflow_job_templates", "VPN pair with approval", lab["organization"]) == {
        "execute_role": ["Operators"], "approval_role": ["Approvers"]}
    assert awx.granted("job_templates", "VPN remove", lab["organization"]) == {"execute_role": ["Operators"]}
    assert awx.granted("job_templates", "VPN remove", network) == {}


def with_things_of_its_own(awx) -> tuple:
    """(the numbers of what a second organization has already, the settings that use it)."""
    organization = awx.create("organizations", {"name": "Lab"})["id"]
    kind = awx.create("credential_types", {"name": "Login", "kind": "net", "inputs": {"fields": []}, "injectors": {}})["id"]
    login = awx.create("credentials", {"name": "Login", "credential_type": kind, "organization": organization})["id"]
    amazon = awx.named("credential_types", "Amazon Web Services")["id"]
    awx.create("credentials", {"name": "Account of the lab", "credential_type": amazon, "organization": organization})
    awx.create("inventories", {"name": "Firewalls", "organization": organization})
    told = awx.create("notification_templates", {"name": "Chat", "organization": organization, "notification_type": "email"})["id"]
    for team in ("Operators", "Approvers"):
        awx.create("teams", {"name": team, "organization": organization})
        awx.create("teams", {"name": team, "organization": awx.named("organizations", "Network")["id"]})
    return {"organization": organization, "login": login, "told": told}, {
        "panos_vpn_awx_inventory_exists": True, "panos_vpn_awx_execution_environment": "PAN-OS VPN of the lab", "panos_vpn_awx_notifications": ["Chat"],
        "panos_vpn_awx_project_credential": "Login", "panos_vpn_awx_registry_credential": str(login), "panos_vpn_awx_operators": ["Operators"],
        "panos_vpn_awx_approvers": ["Approvers"], "panos_vpn_awx_aws_credential": "Account of the lab",
    }


def told_of_failures(awx, organization) -> dict:
    """Job template of an organization → the notification templates that tell when it fails."""
    found = {template["name"]: [item["id"] for item in awx.linked("job_templates", template["id"], "notification_templates_error")]
             for template in awx.items["job_templates"].values() if awx.organization("job_templates", template) == organization}
    return {name: told for name, told in found.items() if told}


def test_what_may_be_asked_at_a_launch_is_pinned(awx):
    for kind, template in ((kind, item) for kind in ("job_templates", "workflow_job_templates") for item in awx.items[kind].values()):
        asked = {name for name, value in template.items() if name.startswith("ask_") and value}
        # Where all may be left to the inventory, one launch serves a fleet, and may be divided.
        of_fleet = {"ask_job_slice_count_on_launch"} if template["name"].startswith(("VPN verify", "VPN with ")) else set()
        assert asked == {"ask_limit_on_launch", *(["ask_verbosity_on_launch"] if kind == "job_templates" else []), *of_fleet}, template["name"]
    # All that AWX can ask is said, so that what somebody has switched on by hand is found.
    tasks = yaml.safe_load((ROOT / "playbooks" / "awx" / "tasks" / "content.yml").read_text(encoding="utf-8"))
    for kind, module in (("job_templates", "awx.awx.job_template"), ("workflow_job_templates", "awx.awx.workflow_job_template")):
        task = next(task for task in tasks if module in task)
        assert {name for name in awx.options[kind] if name.startswith("ask_")} <= set(task[module]), module


@pytest.mark.parametrize("role, peer", [("azure_pairing", "Azure"), ("gcp_pairing", "Google Cloud"), ("harmony_sase_pairing", "Harmony SASE"),
                                        ("zstack_pairing", "ZStack"), ("site_to_site", "any peer")])
def test_each_role_that_makes_vpns_has_a_form(awx, role, peer):
    """Its questions are the role's own, and the firewall that is answered is the one that its playbook runs on."""
    options = yaml.safe_load((ROOT / "roles" / role / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))["argument_specs"]["main"]["options"]
    for name in (f"VPN with {peer}", f"VPN with {peer} (check)"):
        template = awx.named("job_templates", name)
        first, *others = [question["variable"] for question in awx.surveys["job_templates", template["id"]]["spec"]]
        assert template["playbook"] == f"playbooks/{role}.yml" and json.loads(template["extra_vars"])[f"{role}_hosts"] == "{{ %s }}" % first
        assert [variable for variable in others if variable.removeprefix("answer_") not in options] == [] and f"answer_{role}_state" in others


def test_both_ends_with_aws_have_a_form_and_awx_s_own_kind_of_credential(awx):
    """The playbook's questions, and those of the role that follows; an output of AWS's, which would be paired instead of what is made, is not handed to it."""
    specs = [ROOT / "playbooks" / "argument_specs" / "aws_vpn_connection.yml", ROOT / "roles" / "aws_pairing" / "meta" / "argument_specs.yml"]
    options = {name for path in specs for name in yaml.safe_load(path.read_text(encoding="utf-8"))["argument_specs"]["main"]["options"]}
    template = awx.named("job_templates", "VPN with AWS, both ends")
    asked = [question["variable"].removeprefix("answer_") for question in awx.surveys["job_templates", template["id"]]["spec"]]
    assert asked[0] == "aws_pairing_hosts" and set(asked[1:]) <= options and "aws_vpn_connection_region" in asked
    used = {item["name"]: awx.item("credential_types", item["credential_type"])["name"] for item in awx.linked("job_templates", template["id"], "credentials")}
    assert used == {"Firewalls": "PAN-OS firewall", "AWS account": "Amazon Web Services"}


def test_forms_ask_for_keys_as_passwords_without_a_default(awx):
    keys = [question for spec in awx.surveys.values() for question in spec["spec"] if "key" in question["variable"]]
    assert keys
    assert {question["type"] for question in keys} == {"password"}
    assert [question for question in keys if "default" in question] == []
    workflow = awx.named("workflow_job_templates", "VPN pair with approval")["id"]
    assert [question for question in awx.surveys["workflow_job_templates", workflow]["spec"] if question["type"] == "password"] == []


# What the settings give, whether stored secrets are to be replaced → the inputs that AWX holds then.
STORED = {"username": "admin", "api_key": API_KEY, "skip_verification": False}
SECRETS = {
    "kept, beside what is no secret": (
        {"panos_vpn_awx_username": "robot", "panos_vpn_awx_api_key": "another-key", "panos_vpn_awx_ca_certificate": "PEM", "panos_vpn_awx_port": 4443,
         "panos_vpn_awx_validate_certs": False, "panos_vpn_awx_password": "12345678"}, False,
        # The password was not there.
        {**STORED, "username": "robot", "ca_certificate": "PEM", "port": "4443", "skip_verification": True, "password": "12345678"}),
    "replaced": ({"panos_vpn_awx_api_key": "another-key"}, True, {**STORED, "api_key": "another-key"}),
    "none at hand": ({"panos_vpn_awx_api_key": "", "panos_vpn_awx_username": ""}, True, STORED),
}


@pytest.mark.parametrize("settings, update, held", SECRETS.values(), ids=SECRETS)
def test_a_stored_secret_is_replaced_on_request_only_and_never_lost(awx, playbooks, settings, update, held):
    connections = awx.named("credentials", "AWS VPN connections")["inputs"]
    before = copy.deepcopy(connections)
    run = apply(playbooks, awx, **only("credentials"), **settings, panos_vpn_awx_update_secrets=update, panos_vpn_awx_aws_access_key="AKIAOTHER",
                panos_vpn_awx_aws_secret_key="another-secret")
    assert run.status == 0, run.output[-3000:]
    assert awx.named("credentials", "Firewalls")["inputs"] == held
    assert awx.named("credentials", "AWS VPN connections")["inputs"] == before
    assert json.loads(before["connection"])["VpnConnections"]
    # What a new secret would need beside it stays with the old one.
    assert awx.named("credentials", "AWS account")["inputs"] == (
        {"username": "AKIAOTHER", "password": "another-secret"} if update else {"username": "AKIAEXAMPLE", "password": AWS_KEY})


def test_a_project_that_could_not_be_fetched_is_fetched_again(configured, playbooks):
    """Nothing is made that needs its playbooks before, and the message says what to look at."""
    awx = copy.deepcopy(configured[0])
    project = awx.named("projects", "PAN-OS VPN")
    awx.repository_problem = "could not resolve host"
    awx.update_project(project["id"])
    failed = apply(playbooks, awx, **only("projects", "templates"))
    assert failed.status == 2
    assert "AWX cannot fetch the project PAN-OS VPN from https://" in " ".join(failed.output.split())
    assert "panos_vpn_awx_project_credential" in failed.output
    assert failed.of("job_template") == [] and "awx.awx.job_template" not in {task.action for task in failed.tasks}
    awx.repository_problem = ""
    mended = apply(playbooks, awx, **only("projects"))
    assert mended.status == 0, mended.output[-3000:]
    assert project["status"] == "successful"


def test_the_workflow_goes_from_plan_to_verification_and_back_on_failure(awx):
    nodes = {node["identifier"]: node for node in awx.items["workflow_job_template_nodes"].values()}
    followers = {identifier: {name: [node["identifier"] for node in awx.linked("workflow_job_template_nodes", node["id"], name)]
                              for name in ("success_nodes", "failure_nodes")} for identifier, node in nodes.items()}
    assert followers == {
        "plan": {"success_nodes": ["approval"], "failure_nodes": []}, "approval": {"success_nodes": ["apply"], "failure_nodes": []},
        "apply": {"success_nodes": ["verify"], "failure_nodes": ["revert"]}, "verify": {"success_nodes": [], "failure_nodes": ["revert"]},
        "revert": {"success_nodes": [], "failure_nodes": []},
    }
    assert awx.item("workflow_approval_templates", nodes["approval"]["unified_job_template"])["timeout"] == 86400


def leads_to(awx, *firewalls, **more) -> None:
    """The inventory's hosts are these emulated firewalls, with C(more) variables, and the credential logs in to them."""
    inventory = awx.named("inventories", "Firewalls")["id"]
    group = awx.named("groups", "firewalls")["id"]
    awx.items["hosts"].clear()
    awx.links["groups", group, "hosts"] = []
    for number, firewall in enumerate(firewalls, 1):
        variables = {**more, "ansible_host": firewall.host, **({"panos_provider": provider_of(firewall)} if len(firewalls) > 1 else {})}
        host = awx.create("hosts", {"name": f"fw{number}", "inventory": inventory, "variables": json.dumps(variables)})
        awx.links["groups", group, "hosts"].append(host["id"])
    awx.named("credentials", "Firewalls")["inputs"] = {
        "username": "admin", "api_key": firewalls[0].api_key, "port": str(firewalls[0].port),
        "ca_certificate": pathlib.Path(firewalls[0].ca_path).read_text(encoding="utf-8"),
    }


@pytest.fixture
def led(awx, firewall):
    leads_to(awx, firewall)
    return firewall


def secrets(firewall) -> set:
    return {form for key in (*KEYS["pbf"], *KEYS["bgp"], *NEW_KEYS, KEY, AWS_KEY, firewall.api_key) for form in printable_forms(key)}


def leaks(job, firewall) -> dict:
    """File → what must not be in it."""
    found = {name: sorted(form for form in secrets(firewall) if form in text) for name, text in job.artifact_texts().items()}
    return {name: forms for name, forms in found.items() if forms}


def assert_well(job, firewall, changed: bool | None = None):
    assert (job.status, job.rc) == ("successful", 0), job.output[-3000:]
    assert leaks(job, firewall) == {}
    if changed is not None:
        assert any(event["event_data"].get("res", {}).get("changed") for event in job.events() if event["event"] == "runner_on_ok") == changed


def test_a_pairing_s_life_in_jobs(jobs, led):
    control, start = led.control, led.control.candidate()
    planned = jobs.run(jobs.launched("VPN pair (check)", PAIR, verbosity=4))
    assert_well(planned, led, changed=True)
    assert "+network ike gateway" in planned.output
    assert control.candidate() == start

    answers = {**PAIR, "answer_aws_pairing_source_zones": "trust, dmz", "answer_aws_pairing_outside_interface": " ethernet1/8"}
    made = jobs.run(jobs.launched("VPN pair", answers))
    assert_well(made, led, changed=True)
    assert bare(control.running()) == bare(control.candidate()) != bare(start)
    assert_well(jobs.run(jobs.launched("VPN pair", {**PAIR, "answer_aws_pairing_source_zones": "trust,dmz"})), led, changed=False)

    verified = jobs.run(jobs.launched("VPN verify", {"vpn_verify_name": f" {IDS['pbf']} ,", "vpn_verify_timeout": "0"}))
    assert_well(verified, led, changed=False)
    (artifact,) = verified.stats()["vpn_verify"].values()
    assert [(vpn["name"], vpn["health"]) for vpn in artifact.pop("vpns")] == [(IDS["pbf"], "healthy")]
    assert artifact == {"health": "healthy", "healthy": True, "problems": [], "unproven": []}

    keys, before = {"panos_vpn_key_1": NEW_KEYS[0], "panos_vpn_key_2": NEW_KEYS[1], **REMOVE}, control.candidate()
    assert_well(jobs.run(jobs.launched("VPN rotate keys (check)", keys)), led, changed=True)
    assert control.candidate() == before
    assert_well(jobs.run(jobs.launched("VPN rotate keys", keys)), led, changed=True)
    # Nothing but the two keys.
    differing = [line for line in difflib.ndiff(bare(before), bare(control.running())) if line[:2] in ("+ ", "- ")]
    assert len(differing) == 4 and {"key" in line for line in differing} == {True}, differing
    assert "static-route" in before
    form = posted(jobs.awx, "VPN rotate keys", **REMOVE, panos_vpn_key_2=NEW_KEYS[1])
    assert_well(jobs.run(jobs.launched("VPN rotate keys", form)), led, changed=False)

    assert_well(jobs.run(jobs.launched("VPN remove (check)", REMOVE)), led, changed=True)
    assert_well(jobs.run(jobs.launched("VPN remove", REMOVE)), led, changed=True)
    assert bare(control.running()) == bare(start)


def test_a_workflow_pairs_after_a_plan_and_takes_back_what_does_not_come_up(jobs, led):
    """All answers reach every node, also a key that a survey might ask for, and none of them shows one."""
    control, start = led.control, led.control.candidate()
    answers = {**PAIR, "panos_vpn_key_1": NEW_KEYS[0], "vpn_verify_timeout": "0"}
    assert_well(jobs.run(jobs.node("plan", answers)), led, changed=True)
    assert control.candidate() == start
    applied = jobs.run(jobs.node("apply", answers))
    assert_well(applied, led, changed=True)
    control.vpn(f"{IDS['pbf']}-2", sa="down", monitor="down")
    at_risk = jobs.run(jobs.node("verify", answers, applied.stats()))
    assert_well(at_risk, led, changed=False)
    assert at_risk.stats()["vpn_verify"]["fw1"]["health"] == "at_risk"
    control.vpn(f"{IDS['pbf']}-1", sa="down", monitor="down")
    verified = jobs.run(jobs.node("verify", answers, applied.stats()))
    assert (verified.status, verified.rc) == ("failed", 2)
    assert f"{IDS['pbf']}-2" in verified.failures()
    assert verified.stats()["vpn_verify"]["fw1"]["health"] == "down"
    assert leaks(verified, led) == {}
    assert_well(jobs.run(jobs.node("revert", answers, {**applied.stats(), **verified.stats()})), led, changed=True)
    assert bare(control.running()) == bare(control.candidate()) == bare(start)


def test_what_a_verification_finds_well_is_not_taken_back(jobs, led):
    answers = {**PAIR, "vpn_verify_timeout": "0"}
    applied = jobs.run(jobs.node("apply", answers))
    assert_well(applied, led, changed=True)
    assert_well(jobs.run(jobs.launched("VPN drill (check)", DRILL)), led)
    assert_well(jobs.run(jobs.launched("VPN drill", DRILL)), led)
    assert_well(jobs.run(jobs.launched("VPN reconnect (check)", RECONNECT)), led)
    assert_well(jobs.run(jobs.launched("VPN reconnect", RECONNECT)), led, changed=True)
    assert_well(jobs.run(jobs.launched("VPN report")), led)
    page = jobs.folder / "kept" / "reports" / "vpn-report.html"
    assert IDS["pbf"] in page.read_text(encoding="utf-8")
    assert not [form for form in secrets(led) if form in page.read_text(encoding="utf-8")]
    standing = led.control.running()
    assert_well(jobs.run(jobs.node("verify", answers, applied.stats())), led, changed=False)
    late = jobs.run(jobs.launched("VPN revert (check)", REMOVE))
    assert late.status == "failed"
    assert "no journal tells of a change" in late.failures()
    assert bare(led.control.running()) == bare(standing)


def pairing_variables(role: str) -> dict:
    """What an inventory says for a role: all that it takes."""
    return {f"{role}_{name}": value for name, value in ROLES[role][0].items()}


# Role → (its template, what becomes of its VPN in jobs; with ALL_FAULTS in the environment that is the whole life).
FORMS = {
    "azure_pairing": ("VPN with Azure", ["check", "made"]), "gcp_pairing": ("VPN with Google Cloud", ["made", "again"]),
    "harmony_sase_pairing": ("VPN with Harmony SASE", ["made", "reconnected"]), "zstack_pairing": ("VPN with ZStack", ["made", "absent"]),
    "site_to_site": ("VPN with any peer", ["check"]),
}
WHOLE_LIFE = ["check", "made", "again", "reconnected", "absent"]
# As somebody types it into a form.
TYPED = {"zone": " partners", "source_zones": "trust , dmz", "remote_networks": "172.20.0.0/16,172.21.0.0/16"}
RULES = "/config/devices/entry/vsys/entry/rulebase/security"


@pytest.mark.parametrize("role", FORMS)
def test_each_role_makes_its_vpn_in_jobs(jobs, awx, led, role):
    """What was answered comes out of the form, and the far side's description with its keys out of the inventory."""
    leads_to(awx, led, **pairing_variables(role))
    template, steps = FORMS[role]
    start, rules_before = bare(led.control.running()), led.control.running(RULES).count("dmz")
    for step in WHOLE_LIFE if os.environ.get("ALL_FAULTS") else steps:
        state = {"state": step} if step in ("reconnected", "absent") else {}
        answers = {f"answer_{role}_{name}": text for name, text in {**TYPED, **state}.items()}
        job = jobs.run(jobs.launched(f"{template} (check)" if step == "check" else template, posted(awx, template, aws_pairing_hosts="fw1", **answers)))
        assert_well(job, led, changed=step != "again")
        assert (bare(led.control.running()) == start) is (step in ("check", "absent")), step
        assert step != "made" or led.control.running(RULES).count("dmz") > rules_before


def test_both_ends_of_a_vpn_with_aws_are_made_in_jobs(jobs, awx, aws, led):
    """By AWX's own credential for AWS, and a region that the form asks for."""
    leads_to(awx, led, **both_ends())
    jobs.environment, jobs.collections = leads_to_account(aws), str(COLLECTIONS_OF_AWS)
    start, template = bare(led.control.running()), "VPN with AWS, both ends"
    for step in ["check", "present", "again", "compared", "absent"] if os.environ.get("ALL_FAULTS") else ["present", "absent"]:
        state = {"answer_aws_vpn_connection_state": step} if step in ("compared", "absent") else {}
        form = posted(awx, template, aws_pairing_hosts="fw1", answer_aws_vpn_connection_region="eu-central-1 ", **state)
        job = jobs.run(jobs.launched(f"{template} (check)" if step == "check" else template, form))
        assert_well(job, led, changed=step in ("present", "absent"))
        # Nor the keys that AWS made in the run.
        assert [name for name, text in job.artifact_texts().items() if "notReal." in text] == []
        standing = [item["State"] for kind in (aws.customer_gateways, aws.connections) for item in kind.values()]
        assert (bare(led.control.running()) == start) is (step in ("check", "absent"))
        assert standing == {"check": [], "absent": ["deleted"] * 2}.get(step, ["available"] * 2)


def posted(awx, name: str, **answers) -> dict:
    """What AWX's page posts when somebody fills in these questions and touches no other."""
    return rules.posted_by_the_browser(awx.surveys["job_templates", awx.named("job_templates", name)["id"]], answers)


def test_what_nobody_touched_in_a_form_is_as_the_inventory_says(jobs, awx, led):
    """Texts that are empty or null, and choices that leave it to the inventory."""
    host = next(iter(awx.items["hosts"].values()))
    host["variables"] = json.dumps({**json.loads(host["variables"]), "aws_pairing_backup_routes": True, "aws_pairing_primary_tunnel": 2,
                                    "aws_pairing_verify_timeout": 0})
    form = posted(awx, "VPN pair (check)", aws_pairing_hosts="fw1", aws_pairing_connection_id=IDS["pbf"])
    assert {"answer_aws_pairing_zone": "", "panos_vpn_key_1": ""}.items() <= form.items()
    launched = jobs.launched("VPN pair (check)", form)
    as_null = {name: None if value == "" else value for name, value in launched["extra_vars"].items()}
    outputs = []
    for variables in (launched["extra_vars"], as_null):
        job = jobs.run({**launched, "id": launched["id"] + len(outputs) * 1000, "extra_vars": variables})
        assert_well(job, led, changed=True)
        outputs.append(job.output)
    for output in outputs:
        assert f"+{IDS['pbf']}-discard" in output.replace("entry name=", "+") or "static-route" in output
        assert "aws-vpn" in output


def test_a_limit_that_leaves_out_the_answered_firewall_is_refused(jobs, awx, firewalls):
    fleet = [firewalls(name=f"fw{number}") for number in (1, 2)]
    leads_to(awx, *fleet)
    job = jobs.run(jobs.launched("VPN remove (check)", {**REMOVE, "aws_pairing_hosts": "fw2"}, limit="fw1"))
    assert job.status == "failed"
    assert "the limit fw1 leaves none of the hosts that are meant: fw2" in " ".join(job.output.split())
    assert [firewall.control.requests() for firewall in fleet] == [[], []]


def test_slices_share_the_fleet(jobs, awx, firewalls):
    """Each job of a launch sees a part of the inventory, and what they did and found is that of the fleet."""
    fleet = [firewalls(name=f"fw{number}") for number in range(1, 7)]
    leads_to(awx, *fleet, **pairing_variables("site_to_site"))
    launched = jobs.launched("VPN with any peer", posted(awx, "VPN with any peer", aws_pairing_hosts="all"), job_slice_count=3)
    made = [jobs.run(launched, slices=(number, launched["job_slice_count"])) for number in (1, 2, 3)]
    for job in made:
        assert_well(job, fleet[0], changed=True)
    assert [sorted(job.hosts()) for job in made] == [["fw1", "fw4"], ["fw2", "fw5"], ["fw3", "fw6"]]
    assert ["paris-1" in firewall.control.running() for firewall in fleet] == [True] * 6
    # Where a firewall is answered, a slice knows nothing of one that another has: only the schedule of the whole fleet is divided.
    assert awx.named("job_templates", "VPN verify").get("job_slice_count", 1) == 1
    assert awx.named("schedules", "VPN verification, hourly")["job_slice_count"] == 2
    fleet[4].control.vpn("paris-1", sa="down", monitor="down")
    verified = jobs.launched("VPN verify", {"vpn_verify_timeout": "0"})
    found = [jobs.run(verified, slices=(number, 2)).stats()["vpn_verify"] for number in (1, 2)]
    assert [set(part) for part in found] == [{"fw1", "fw3", "fw5"}, {"fw2", "fw4", "fw6"}]
    assert {name: told["health"] for part in found for name, told in part.items() if told["health"] != "healthy"} == {"fw5": "down"}


def test_a_cancelled_job_is_finished_by_the_next_one(jobs, led):
    control = led.control
    control.hold_commit_lock("somebody")
    cancelled = jobs.run(jobs.launched("VPN pair", PAIR), cancel=lambda: bool(commits(led)))
    assert cancelled.status == "canceled"
    assert leaks(cancelled, led) == {}
    assert bare(control.candidate()) != bare(control.running())
    control.release_locks("somebody")
    planned = jobs.run(jobs.launched("VPN pair (check)", PAIR))
    assert_well(planned, led, changed=True)
    control.reset_requests()
    assert_well(jobs.run(jobs.launched("VPN pair", PAIR)), led, changed=True)
    assert writes(led) == []
    assert bare(control.candidate()) == bare(control.running())


def test_two_jobs_at_once_wait_for_each_other_or_say_who_is_at_it(jobs, led):
    # The one that finds nothing left to commit may find the commit of the other still under way.
    launched = [jobs.launched("VPN pair", {**PAIR, "answer_aws_pairing_verify_timeout": "60"}) for dummy in range(2)]
    finished: list = [None, None]

    def run(number):
        finished[number] = jobs.run(launched[number])

    threads = [threading.Thread(target=run, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
    assert "successful" in [job.status for job in finished]
    told = "".join(job.failures() for job in finished if job.status != "successful")
    assert not told or "lock" in told or "uncommitted changes" in told, told
    assert bare(led.control.candidate()) == bare(led.control.running())
    names = [line for line in bare(led.control.running()) if f"entry name='{IDS['pbf']}-1'" in line]
    assert len(names) == len(set(names))


# What is wrong → (what changes in the credential, in the host, and in the job's variables, words of the message).
WRONG = {
    "no password and no key": ({"api_key": None}, {}, {}, "give api_key, or username and password"),
    "another CA": ({"ca_certificate": None}, {}, {}, "does not verify"),
    "a CA that is no certificate": ({"ca_certificate": "-----BEGIN"}, {}, {}, "cannot be read as PEM certificates"),
    "a host without an address": ({}, {"ansible_host": None}, {}, "no address is known for 'fw1'"),
    "a single host whose address the credential says": ({"host": "127.0.0.1", "api_key": None}, {"ansible_host": None}, {}, "to log in to 127.0.0.1"),
    "no such host": ({}, {}, {"aws_pairing_hosts": "fw9"}, "no host of the inventory is called fw9"),
    "a template": ({}, {}, {"answer_aws_pairing_zone": "{{ lookup('pipe', 'id') }}"}, "{{ lookup("),
}
# Answers as they arrive: texts. What is wrong → (the role's variables, words of the message).
WRONG_ANSWERS = {
    "a choice that is none": ({"aws_pairing_backup_routes": "maybe"}, "aws_pairing_backup_routes"),
    "a text for a number": ({"aws_pairing_primary_tunnel": "two"}, "aws_pairing_primary_tunnel"),
    "nothing for a number": ({"aws_pairing_primary_tunnel": ""}, "aws_pairing_primary_tunnel"),
    "a number out of range": ({"aws_pairing_primary_tunnel": 3}, "primary_tunnel"),
    "nothing for a zone": ({"aws_pairing_zone": ""}, "aws_pairing_zone is not set"),
    "spaces for a zone": ({"aws_pairing_zone": "  "}, "zone ''"),
    "nothing behind a comma": ({"aws_pairing_source_zones": "trust,"}, "there is no zone ''"),
    "quotes around a zone": ({"aws_pairing_source_zones": "'trust'"}, "there is no zone ''trust''"),
    "a network with spaces inside": ({"aws_pairing_local_networks": "10.10.0.0 /24"}, "10.10.0.0 /24"),
    "a failover in capitals": ({"aws_pairing_failover": "PBF"}, "must be one of: pbf, bgp"),
    "another connection": ({"aws_pairing_connection_id": "vpn-0bbb"}, "aws_pairing_connection_id: there is no VPN connection vpn-0bbb"),
}


@pytest.mark.parametrize("inputs, host, variables, words", WRONG.values(), ids=WRONG)
def test_a_wrong_input_is_told_and_leaves_the_firewall_as_it_is(jobs, awx, led, inputs, host, variables, words):
    credential = awx.named("credentials", "Firewalls")["inputs"]
    item = next(iter(awx.items["hosts"].values()))
    item["variables"] = json.dumps(without_none({**json.loads(item["variables"]), **host}))
    awx.named("credentials", "Firewalls")["inputs"] = without_none({**credential, **inputs})
    start = led.control.candidate(marks=True)
    launched = jobs.launched("VPN pair", PAIR)
    job = jobs.run({**launched, "extra_vars": {**launched["extra_vars"], **variables}})
    assert job.status == "failed"
    assert words in " ".join(job.output.split()), job.output[-2500:]
    assert leaks(job, led) == {}
    assert led.control.candidate(marks=True) == start


def test_a_wrong_answer_is_told_and_leaves_the_firewall_as_it_is(playbooks, firewall):
    start = firewall.control.candidate(marks=True)
    good = {**SITE, **PAIR, "aws_pairing_verify_timeout": 0, **paired("pbf")}
    run = playbooks.run(firewall, play(*(trial(name, pairing(**{**good, **variables})) for name, (variables, _words) in WRONG_ANSWERS.items())))
    assert run.status == 0, run.output[-3000:]
    messages = [task.message + str(task.result.get("results", "")) for task in run.failures()]
    assert len(messages) == len(WRONG_ANSWERS), messages
    assert {name: message for (name, (_variables, words)), message in zip(WRONG_ANSWERS.items(), messages) if words not in message} == {}
    assert firewall.control.candidate(marks=True) == start


def without_none(values: dict) -> dict:
    return {name: value for name, value in values.items() if value is not None}


def test_what_no_survey_asks_is_dropped(jobs, led):
    assert led
    launched = jobs.launched("VPN remove", {**REMOVE, "aws_pairing_state": "present"}, limit="fw1", inventory=1)
    assert launched["ignored"] == {"extra_vars": {"aws_pairing_state": "present"}, "inventory": 1}
    assert (launched["extra_vars"], launched["limit"]) == (REMOVE, "fw1")


def test_a_leak_would_be_found(jobs, led):
    job = jobs.run(jobs.launched("VPN pair (check)", PAIR))
    (job.artifacts / "stdout").write_text(f"the key is {KEYS['pbf'][0]}", encoding="utf-8")
    assert list(leaks(job, led)) == ["stdout"]
