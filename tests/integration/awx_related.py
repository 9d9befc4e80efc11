# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What AWX 24.6.1 lists under ``related`` of an object, by its kind: the only addresses below the object that it answers.

From the API's own serializers. Left out are those that lead to one other object (``organization``, ``created_by``), since they lie elsewhere.
"""

from __future__ import annotations

_NOTIFIES = ("notification_templates_started", "notification_templates_success", "notification_templates_error")
_OWNED = ("activity_stream", "access_list", "object_roles", "copy")
_STARTED = ("schedules", "launch", "webhook_key", "labels", "survey_spec", *_NOTIFIES, *_OWNED)

RELATED = {
    "organizations": ("execution_environments", "projects", "inventories", "job_templates", "workflow_job_templates", "users", "admins", "teams",
                      "credentials", "applications", "activity_stream", "notification_templates", *_NOTIFIES, "notification_templates_approvals",
                      "object_roles", "access_list", "instance_groups", "galaxy_credentials"),
    "teams": ("projects", "users", "credentials", "roles", "object_roles", "activity_stream", "access_list"),
    "execution_environments": ("activity_stream", "unified_job_templates", "copy"),
    "projects": ("teams", "playbooks", "inventory_files", "update", "project_updates", "scm_inventory_sources", "schedules", *_NOTIFIES, *_OWNED),
    "project_updates": ("stdout", "events", "cancel", "notifications", "scm_inventory_updates"),
    "credential_types": ("credentials", "activity_stream"),
    "credentials": ("owner_users", "owner_teams", "input_sources", *_OWNED),
    "inventories": ("hosts", "variable_data", "script", "job_templates", "ad_hoc_commands", "instance_groups", "labels", "groups", "root_groups",
                    "update_inventory_sources", "inventory_sources", "tree", *_OWNED),
    "hosts": ("variable_data", "groups", "all_groups", "job_events", "job_host_summaries", "activity_stream", "inventory_sources", "smart_inventories",
              "ad_hoc_commands", "ad_hoc_command_events", "ansible_facts"),
    "groups": ("variable_data", "hosts", "potential_children", "children", "all_hosts", "job_events", "job_host_summaries", "activity_stream",
               "inventory_sources", "ad_hoc_commands"),
    "inventory_sources": ("update", "inventory_updates", "schedules", "activity_stream", "hosts", "groups", "credentials", *_NOTIFIES),
    "job_templates": ("jobs", "credentials", "instance_groups", "slice_workflow_jobs", *_STARTED),
    "workflow_job_templates": ("workflow_jobs", "workflow_nodes", "notification_templates_approvals", *_STARTED),
    "workflow_job_template_nodes": ("labels", "credentials", "instance_groups", "create_approval_template", "success_nodes", "failure_nodes", "always_nodes"),
    # An approval has its followers at the node that holds it.
    "workflow_approval_templates": ("jobs",),
    "schedules": ("labels", "credentials", "instance_groups", "unified_jobs"),
    "notification_templates": ("test", "notifications", "copy"),
    "roles": ("users", "teams"),
}

# Association → the kind of what it holds.
HOLDS = {
    "galaxy_credentials": "credentials", "credentials": "credentials", "hosts": "hosts", "children": "groups", "teams": "teams",
    "success_nodes": "workflow_job_template_nodes", "failure_nodes": "workflow_job_template_nodes", "always_nodes": "workflow_job_template_nodes",
    **dict.fromkeys((*_NOTIFIES, "notification_templates_approvals"), "notification_templates"),
}

# The roles that an object offers to users and teams.
ROLES = {
    "projects": ("admin_role", "use_role", "update_role", "read_role"),
    "inventories": ("admin_role", "update_role", "adhoc_role", "use_role", "read_role"),
    "credentials": ("admin_role", "use_role", "read_role"),
    "job_templates": ("admin_role", "execute_role", "read_role"),
    "workflow_job_templates": ("admin_role", "execute_role", "read_role", "approval_role"),
}
