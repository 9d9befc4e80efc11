# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sphinx settings of the documentation site. It builds without a network, so it links to no other site's index."""

project = "tunnelsmith.panos_vpn"
copyright = "Tunnelsmith contributors"
title = html_short_title = "tunnelsmith.panos_vpn"

extensions = ["sphinx_antsibull_ext"]
pygments_style = "ansible"
highlight_language = "YAML+Jinja"
default_role = "any"

html_theme = "sphinx_ansible_theme"
# The theme's own links lead to Ansible's site.
_REPOSITORY = "https://github.com/tunnelsmith/panos_vpn"
html_theme_options = {"documentation_home_url": _REPOSITORY, "topbar_links": {"Repository": _REPOSITORY, "Issues": f"{_REPOSITORY}/issues"}}
html_show_sphinx = False
html_use_index = False
html_copy_source = False
# Labels of Ansible's own manual, to which the rendered plugin pages refer.
suppress_warnings = ["ref.ref"]
