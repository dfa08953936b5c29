# Names for what people do often. Each is one command that can be run by hand as well.
.PHONY: setup check lint types test integration e2e demo demo-check bench scores docs clean
.DEFAULT_GOAL := check

PYTHON := .venv/bin/python
WHAT ?= all
SEED ?= 1
COUNT ?= 100

setup: ## packages and .venv for developers
	bash tests/run.sh setup

check: ## every test, as continuous integration runs them
	bash tests/run.sh

lint: ## style and import contracts
	bash tests/run.sh lint contracts

types: ## static types
	bash tests/run.sh types

test: ## fast tests: no servers
	bash tests/run.sh unit rules

integration: ## against real servers
	bash tests/run.sh integration

e2e: ## the whole product
	bash tests/run.sh e2e

demo: ## the whole product with a simulated city, until Ctrl-C
	bash deploy/demo.sh

demo-check: ## the same, proven unattended
	bash deploy/demo.sh --check

bench: ## figures; one part with WHAT=snmp|scrape|city|page|config|mqtt|…
	@$(PYTHON) -m tests.bench $(WHAT)

scores: ## outage scenarios against real Prometheus and Alertmanager; WHAT=random SEED=1 COUNT=100, WHAT=one-core, or WHAT=meeting
	@$(PYTHON) -m tests.e2e.$(if $(filter meeting,$(WHAT)),meeting,scores $(if $(filter random,$(WHAT)),--random $(COUNT) --seed $(SEED),$(filter-out all,$(WHAT))))

docs: ## generated pages, schemas and dashboards
	$(PYTHON) -m exporters.catalogue > docs/metrics.md
	$(PYTHON) -m citynoc.reference
	$(PYTHON) -m citynoc schema
	$(PYTHON) -m citynoc dashboards build

clean: ## what tests and builds leave behind; not .venv, not a demo's data
	rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
