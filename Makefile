# One command per verb. Every target can be run again: what is already there is left alone.
SHELL := /bin/bash
.DEFAULT_GOAL := help

PYTHON ?= python3
PORT ?= 8000
export PORT
VENV := .venv
PY := $(VENV)/bin/python
# Debian's names. The PDF libraries are in the container image too; Chromium is for the tests only.
PDF_PACKAGES := libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core
BROWSER_PACKAGES := "chromium-headless-shell|chromium"
# Keys for trying it on this machine, made once and never committed. What the caller has set wins.
TRY := set -a && . var/env && set +a &&

.PHONY: help setup run test test-deep mutants bench check fix backup restore
help:
	@sed -n 's/^## //p' $(MAKEFILE_LIST)

## make setup      everything that the other commands need, inside this folder
setup: $(VENV)/.python $(VENV)/.assets $(VENV)/.pdf-libraries $(VENV)/.browser

$(VENV)/.python: pyproject.toml constraints.txt
	@bash casework/bin/venv.sh $(PYTHON) $(VENV)
	$(PY) -m pip install -qq --disable-pip-version-check -e ".[dev]" -c constraints.txt
	@touch $@

$(VENV)/.assets: package.json package-lock.json .npmrc casework/common/assets.py $(VENV)/.python
	@bash casework/bin/npm.sh $(PY) ci --no-progress --loglevel=error
	$(PY) -m casework.common.assets
	@touch $@

$(VENV)/.pdf-libraries: $(VENV)/.python
	@bash casework/bin/debian_packages.sh "care plans as PDF" $(PDF_PACKAGES)
	@touch $@

$(VENV)/.browser: $(VENV)/.python
	@bash casework/bin/debian_packages.sh "the browser tests" $(BROWSER_PACKAGES)
	@touch $@

var/env: $(VENV)/.python
	@$(PY) -m casework.bin.demo_env $@

## make run        serves the demonstration at http://localhost:8000 (PORT=8001 make run for another port)
run: $(VENV)/.python $(VENV)/.assets $(VENV)/.pdf-libraries var/env
	@$(TRY) $(PY) manage.py migrate -v0
	@$(TRY) $(PY) manage.py createcachetable
	@$(TRY) $(PY) manage.py collectstatic --noinput -v0
	@$(TRY) $(PY) manage.py demo
	@$(TRY) exec $(PY) manage.py serve --port $(PORT)

## make test       every test: on SQLite, then on PostgreSQL where there is one
test: setup
	@$(PY) -m tests.run

## make test-deep  the long searches, on both engines
test-deep: setup
	@$(PY) -m tests.run --deep

## make mutants    small wrongs put into what decides who sees what; the tests should notice each
mutants: setup
	@$(PY) -m pip install -qq --disable-pip-version-check --target var/tools cosmic-ray==8.7.0
	@$(PY) -m tests.mutants

## make bench      the figures of the service against their bars
bench: setup
	@$(PY) -m tests.bench

## make check      format, lint, layers, types, migrations, deployment settings, dependencies
check: $(VENV)/.python $(VENV)/.assets
	$(VENV)/bin/ruff check
	$(VENV)/bin/ruff format --check
	$(VENV)/bin/djlint --quiet --check templates
	$(VENV)/bin/djlint --quiet --lint templates
	$(VENV)/bin/lint-imports
	$(VENV)/bin/mypy
	$(PY) -m casework.bin.production_env $(PY) manage.py check --deploy --fail-level WARNING
	DJANGO_SETTINGS_MODULE=tests.settings $(PY) manage.py makemigrations --check --dry-run
	$(PY) -m casework.bin.tracked_files
	$(PY) -m casework.bin.dependencies

## make fix        puts right what a tool can put right
fix: $(VENV)/.python
	$(VENV)/bin/ruff check --fix
	$(VENV)/bin/ruff format
	$(VENV)/bin/djlint --quiet --warn --reformat templates

## make backup     writes a copy of the database and uploads (TO=folder; keys are not in it)
backup: $(VENV)/.python var/env
	@$(TRY) $(PY) manage.py backup $(if $(TO),--to "$(TO)")

## make restore    FILE=… puts such a copy back, when the service is stopped (YES=1: without asking)
restore: $(VENV)/.python var/env
	@test -n "$(FILE)" || { echo "Say which copy: make restore FILE=var/backups/…"; exit 2; }
	@$(TRY) $(PY) manage.py restore "$(FILE)" $(if $(YES),--yes)
