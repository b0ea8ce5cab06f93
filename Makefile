# Everything here needs only python3 (3.11 or newer) and make; `make` alone lists the targets.

PYTHON ?= python3
SCENARIO ?= scenarios/crises/red-sea-2024.yaml
PYTEST_ARGS ?=
WORKERS ?= 2
SAMPLE ?= 200
LINES ?=

unexport PYTHONDONTWRITEBYTECODE # or each of the many processes of the tests compiles everything anew

VENV := .venv
BIN := $(VENV)/bin
LOCK := pyproject.toml constraints.txt
PEERS := supplynetpy stockpyl
INSTALL := -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup run test properties lint lint-pages format bench room-load bench-peers growth docs walk mutants gallery \
    study-page crises synthetic-truth calibrations constraints clean distclean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 22

setup: $(VENV)/.dev ## make .venv with everything to run, test and change Tideover

run: $(VENV)/.core ## run one scenario and write its report (SCENARIO=path/to/scenario.yaml)
	$(BIN)/python run_scenario.py $(SCENARIO)

test: $(VENV)/.dev ## run all tests (PYTEST_ARGS='-k reserve' for some)
	MPLBACKEND=Agg $(BIN)/python -m pytest -q -n $(WORKERS) $(PYTEST_ARGS)

properties: $(VENV)/.dev ## search long for random networks on which a property fails (200 each; about an hour)
	PROPERTIES=long MPLBACKEND=Agg $(BIN)/python -m pytest -q -n $(WORKERS) tests/property $(PYTEST_ARGS)

lint: $(VENV)/.dev lint-pages ## style, layout, types, and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet . || { echo "Some files are not laid out as agreed: run 'make format'."; exit 1; }
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

lint-pages: ## types and style of the exercise room's JavaScript (needs npm; in CI it has to be there)
	@if command -v npm >/dev/null; then $(MAKE) --silent node_modules/.lint && npm run --silent lint; \
	elif [ -z "$$CI" ]; then echo "The exercise room's JavaScript is not looked at: there is no npm."; \
	else echo "npm is missing: install it, as .ci/run does."; exit 1; fi

node_modules/.lint: package.json package-lock.json
	npm ci --silent --no-audit --no-fund --ignore-scripts
	@touch $@

format: $(VENV)/.dev ## lay the code out as `make lint` wants it
	$(BIN)/ruff check --fix --quiet . || true
	$(BIN)/ruff format .

bench: $(VENV)/.dev ## measure speed, as ratios inside one run (LINES='country study' for some lines)
	MPLBACKEND=Agg $(BIN)/python -m benchmarks.run $(LINES)

room-load: $(VENV)/.dev ## play 500 turns with 30 devices on this machine, and say whether memory or delay grows (LOAD='30 500')
	MPLBACKEND=Agg $(BIN)/python -m benchmarks.room_load $(LOAD)

bench-peers: $(VENV)/.core $(PEERS:%=.venv-peers/%/.stamp) ## the same against SupplyNetPy and stockpyl, each in an environment of its own
	MPLBACKEND=Agg $(BIN)/python -m benchmarks.peers.compare .venv-peers

growth: $(VENV)/.core ## draw docs/growth.svg: how a run's time grows with its size
	MPLBACKEND=Agg $(BIN)/python -m benchmarks.growth

docs: $(VENV)/.docs ## build the documentation into docs/_build; a dead link in any page is an error
	$(BIN)/python -m sphinx -W --keep-going -q -E -b html -c docs . docs/_build
	@echo "docs/_build/docs/index.html"

mutants: .venv-mutants/.stamp ## put small faults into the code and see which no test notices (SAMPLE=200; goes on where it stopped)
	nice -n 10 .venv-mutants/bin/python -m tests.mutants.campaign --sample $(SAMPLE) --workers $(WORKERS)

synthetic-truth: $(VENV)/.dev ## replay 300 made-up crises whose truth is known, and count how often the bands hold it (ten minutes of processor time)
	MPLBACKEND=Agg nice -n 10 $(BIN)/python -m tests.synthetic.campaign

walk: $(VENV)/.dev ## type every command of the README where only a wheel is installed, without a network
	MPLBACKEND=Agg $(BIN)/python -m tests.walk

gallery: $(VENV)/.core ## make the pictures that the README shows (needs Chromium)
	MPLBACKEND=Agg $(BIN)/python -m docs.make_gallery

study-page: $(VENV)/.core ## run the shipped study to its end and put its figures on docs/studies.md (about ten minutes)
	MPLBACKEND=Agg $(BIN)/python -m docs.make_study_page $(WORKERS)

calibrations: $(VENV)/.dev ## calibrate a toy 200 times, and see whether the truth is a draw like any other (about ten minutes)
	nice -n 10 $(BIN)/python -m tests.study.calibrations

crises: $(VENV)/.core ## replay all shipped crises and put their scores on docs/crises.md (about five minutes)
	MPLBACKEND=Agg $(BIN)/python -m docs.make_crises

constraints: ## pin again what pyproject.toml asks for (ARGS=--upgrade for newer releases)
	$(call make_venv,.venv-pins)
	.venv-pins/bin/python -m pip install --quiet --disable-pip-version-check pip-tools
	.venv-pins/bin/pip-compile $(ARGS) --quiet --all-extras --strip-extras --no-header --no-annotate \
	    --no-emit-options --no-emit-index-url --no-emit-trusted-host --no-emit-find-links \
	    --output-file constraints.txt pyproject.toml
	rm -rf .venv-pins

clean: ## remove what builds and tools leave behind; reports stay
	rm -rf build dist docs/_build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .venv-pins
	find . -path './.venv*' -prune -o -name __pycache__ -type d -exec rm -rf {} +

distclean: clean ## the same, and the environments
	rm -rf $(VENV) .venv-peers .venv-mutants .mutants node_modules

# A stamp file tells what an environment holds; it is made again when pyproject.toml or the pins change.

$(VENV)/.core: $(LOCK)
	$(call make_venv,$(VENV))
	@echo "Installing Tideover into $(VENV) ..."
	@$(BIN)/python $(INSTALL) --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.core
	@echo "Installing the tools for testing ..."
	@$(BIN)/python $(INSTALL) --editable '.[dev]'
	@touch $@

$(VENV)/.docs: $(VENV)/.core
	@$(BIN)/python $(INSTALL) --editable '.[docs]'
	@touch $@

.venv-peers/%/.stamp: benchmarks/peers/%.txt
	$(call make_venv,.venv-peers/$*)
	@.venv-peers/$*/bin/python -m pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

.venv-mutants/.stamp: $(LOCK) tests/mutants/requirements.txt
	$(call make_venv,.venv-mutants)
	@.venv-mutants/bin/python $(INSTALL) --editable '.[dev]'
	@.venv-mutants/bin/python -m pip install --quiet --disable-pip-version-check -r tests/mutants/requirements.txt
	@touch $@

define make_venv
@command -v $(PYTHON) >/dev/null || { echo "Tideover needs Python 3.11 or newer, and '$(PYTHON)' was not found. \
On Debian or Ubuntu: sudo apt-get install python3 python3-venv"; exit 1; }
@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Tideover needs Python 3.11 or newer; \
$(PYTHON) is $$($(PYTHON) --version). Name a newer one: make PYTHON=python3.12 ..."; exit 1; }
@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Python cannot make a virtual environment here. \
On Debian or Ubuntu: sudo apt-get install python3-venv"; exit 1; }
@test -x $(1)/bin/python || $(PYTHON) -m venv $(1)
endef
