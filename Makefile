# Each target sets up what it needs. A fresh machine has Python 3.11 or newer, pip and make; lint and sanity also want git.
#
#   make demo                      pair two firewalls with AWS on an emulator, run again, take it away
#        CONNECTION=file.json FAILOVER=pbf|bgp CONFIG=exported.xml    ... with a real output and a real configuration
#        VARS="aws_pairing_zone=vpn aws_pairing_source_zones=[lan]"   ... and with variables of the role
#   make test                      every test
#   make install                   .venv with ansible-playbook and the collection as users get it
#   make emulator                  an emulated firewall in the foreground; PORT= VERSION= CONFIG=
#   make lab                       an emulated firewall with real tunnels in the background; PORT= CONNECTION= CONFIG= VERSION= LIFETIME= ROUTING=
#   make lab-down                  take it down
#   make lint | sanity | docs      the gates of the release, and the documentation site below build/docs
#   make molecule                  the roles' scenarios on an emulated firewall; SCENARIO= one of extensions/molecule
#   make matrix                    sanity, unit tests, plays and demo on every supported ansible-core; ROW=lowest|middle|newest
#   make resource NAME= PLACE=     what a new PAN-OS object needs; see the contributor guide
#   make bench                     requests, connections and times beside their budgets

.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

ifndef PYTHON
PYTHON := $(shell for candidate in python3.11 python3.12 python3.13 python3.14 python3; do \
	$$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && command -v $$candidate && break; done)
endif
# The byte code of the collection and of its tests is kept, whatever the caller's environment says: otherwise every playbook of the tests compiles all of it.
unexport PYTHONDONTWRITEBYTECODE
# pip takes the newest that the interpreter allows: 2.19 on Python 3.11, later ones on 3.12 and newer.
ANSIBLE_CORE ?= ansible-core>=2.17,<2.22

# Tests of tunnels wait more than they work, so that four share two processors.
WORKERS ?= 4

VENV := .venv
TOOLS := .venv-tools
# Folders stand in the list too, so that a deleted file counts as a change.
SHIPPED := $(shell find galaxy.yml README.md LICENSE CHANGELOG.rst requirements.txt bindep.txt .ansible-lint \
	changelogs docs/docsite extensions inventories meta playbooks plugins roles tests/lab tests/config.yml \
	-name __pycache__ -prune -o -not -name '*.pyc' -print 2>/dev/null)
INSTALLER := tools/install_collection.py tools/installed_copy.py

.PHONY: help install demo test emulator lab lab-down bench molecule matrix lint sanity docs resource

help:
	@sed -n 's/^#   //p' Makefile

$(VENV)/.core: requirements.txt
	$(if $(PYTHON),,$(error Python 3.11 or newer is needed and was not found; name it: make $(MAKECMDGOALS) PYTHON=/path/to/python))
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check '$(ANSIBLE_CORE)' -r requirements.txt
	@touch $@

$(VENV)/.tests: tests/requirements.txt tools/collections_of_aws.py $(VENV)/.core
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -r tests/requirements.txt
	$(VENV)/bin/python tools/collections_of_aws.py
	@touch $@

$(TOOLS)/.tools: tools/requirements.txt
	$(if $(PYTHON),,$(error Python 3.11 or newer is needed and was not found; name it: make $(MAKECMDGOALS) PYTHON=/path/to/python))
	$(PYTHON) -m venv $(TOOLS)
	$(TOOLS)/bin/python -m pip install --quiet --disable-pip-version-check '$(ANSIBLE_CORE)' -r tools/requirements.txt
	@touch $@

$(VENV)/.collection: $(VENV)/.core $(SHIPPED) $(INSTALLER)
	@$(VENV)/bin/python tools/install_collection.py
	@touch $@

$(TOOLS)/.collection: $(TOOLS)/.tools $(SHIPPED) $(INSTALLER)
	@$(TOOLS)/bin/python tools/install_collection.py
	@touch $@

install: $(VENV)/.collection
	@$(VENV)/bin/python tools/installed_copy.py

demo: install
	@$(VENV)/bin/python tools/demo.py $(if $(CONNECTION),--connection '$(CONNECTION)') $(if $(FAILOVER),--failover '$(FAILOVER)') \
		$(if $(CONFIG),--config '$(CONFIG)') $(if $(VARS),--vars '$(VARS)')

test: install $(VENV)/.tests
	$(VENV)/bin/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder tests

emulator: install
	@$(VENV)/bin/python -m ansible_collections.tunnelsmith.panos_vpn.tests.lab.emulator \
		$(if $(PORT),--port '$(PORT)') $(if $(VERSION),--version '$(VERSION)') $(if $(CONFIG),--config '$(CONFIG)')

LAB = $(VENV)/bin/python -m ansible_collections.tunnelsmith.panos_vpn.tests.lab

lab: install
	@$(LAB) up $(if $(CONNECTION),--connection '$(CONNECTION)') $(if $(PORT),--port '$(PORT)') $(if $(VERSION),--version '$(VERSION)') \
		$(if $(CONFIG),--config '$(CONFIG)') $(if $(LIFETIME),--lifetime '$(LIFETIME)') $(if $(ROUTING),--routing '$(ROUTING)')

lab-down:
	@if [ -x $(VENV)/bin/python ]; then $(LAB) down; fi

bench: install
	@$(VENV)/bin/python tools/bench.py

resource: $(VENV)/.tests
	@$(VENV)/bin/python tools/new_resource.py $(NAME) $(PLACE)

$(VENV)/.molecule: extensions/molecule/requirements.txt $(VENV)/.core
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -r extensions/molecule/requirements.txt
	@touch $@

molecule: install $(VENV)/.molecule
	@$(VENV)/bin/python tools/molecule_scenarios.py $(if $(SCENARIO),--scenario '$(SCENARIO)')

matrix:
	$(if $(PYTHON),,$(error Python 3.11 or newer is needed and was not found; name it: make $(MAKECMDGOALS) PYTHON=/path/to/python))
	@$(PYTHON) tools/matrix.py $(if $(ROW),--row '$(ROW)')

# antsibull-docs, ansible-lint and the importer start Ansible's programs by name.
lint docs: export PATH := $(CURDIR)/$(TOOLS)/bin:$(PATH)

lint: $(TOOLS)/.collection
	@python tools/installed_copy.py
	antsibull-changelog lint
	python tools/check_types.py
	python tools/docs/lint.py
	ansible-lint
	python tools/check_archive.py

sanity: $(TOOLS)/.tools
	$(TOOLS)/bin/python tools/sanity.py

docs: $(TOOLS)/.collection
	@python tools/installed_copy.py
	@rm -rf build/docs
	@install -d -m 755 build/docs/rst
	antsibull-docs --config-file tools/docs/antsibull-docs.cfg collection --use-current --squash-hierarchy \
		--fail-on-error --dest-dir build/docs/rst tunnelsmith.panos_vpn
	@cp docs/docsite/rst/*.svg build/docs/rst/docsite/
	@python tools/docs/landing.py build/docs/rst
	sphinx-build -q -W --keep-going -c tools/docs -d build/docs/doctrees build/docs/rst build/docs/html
	@echo "The site is in build/docs/html"
