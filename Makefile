# The verbs of the project: the same for people, hooks and CI. Each sets up first what it needs.
#
#   make run     the plant on this machine: database, web, sealer, scale; Ctrl-C stops them all
#   make demo    a whole batch over HTTP, from order to release, left in build/demo;
#                RECIPE=cough-syrup makes the one that comes in as a BatchML file
#   make test    every test, browser journeys included, with branch coverage where it is promised
#   make check   format, lint, types, imports, architecture, trace
#   make bench   each figure with its goal; build/bench.json

SHELL  := /bin/bash
RECIPE := handrub
PYTHON := .venv/bin/python
CORES  := $(shell nproc 2>/dev/null || echo 2)

# `--report` would tell of a requirement without a test and let it pass; nothing does so now.
TRACE  :=

covered = $(PYTHON) -m coverage report --fail-under=100 --include=$(1)

.PHONY: run demo test check bench
.DEFAULT_GOAL := run

run:
	@.ci/set-up run
	@exec $(PYTHON) -m ebr run

demo:
	@.ci/set-up run
	$(PYTHON) -m ebr demo --out build/demo --recipe $(RECIPE)

test:
	@.ci/set-up test
	@mkdir -p build/coverage && $(PYTHON) -m coverage erase
	$(PYTHON) -m pytest -n $(CORES) --cov --cov-branch --cov-report=
	$(call covered,'workflows/*')
	$(call covered,'audit/*')
	$(call covered,'ebr/identity/signing.py')

check:
	@.ci/set-up check
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	$(PYTHON) -m mypy
	$(PYTHON) -m tests.architecture.contracts
	$(PYTHON) -m pytest -q tests/architecture
	$(PYTHON) -m validation trace $(TRACE)

bench:
	@.ci/set-up run
	$(PYTHON) -m tests.bench
