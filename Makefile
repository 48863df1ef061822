# make demo       set everything up if needed and open the demo
# make test       set everything up if needed and run every check
# make help       all targets
#
# Needs Python 3.11+, Node 20+ and make. Stamps record what is done, so that a second run does
# nothing and needs no network.

PYTHON ?= python3
ARGS ?=
# An index to take torch from, if not the usual one (for instance one with builds for CPU only).
TORCH_INDEX ?=

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
CLIENT_SOURCES := $(shell find client -type f -not -path '*/node_modules/*' 2>/dev/null)
CLIENT_CONFIG := $(wildcard package.json package-lock.json tsconfig*.json vite.config.* client/vite.config.*)
PAGE := server/static/index.html

export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help setup client demo serve test lint types benchmark build container-check clean distclean
.DELETE_ON_ERROR:

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: .venv/.installed $(PAGE) ## Virtual environment, pinned dependencies, built client

.venv/.created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "NeuroX needs Python 3.11 or later; '$(PYTHON)' is $$($(PYTHON) --version 2>&1)." >&2; \
	  echo "Name another one: make setup PYTHON=python3.12" >&2; exit 1; }
	@echo "Making the virtual environment .venv"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@touch $@

.venv/.installed: .venv/.created pyproject.toml setup.py constraints.txt
	@echo "Installing Python packages (the first time this takes some minutes)"
	@$(PIP) install -c constraints.txt setuptools wheel
	@$(if $(TORCH_INDEX),$(PIP) install --index-url $(TORCH_INDEX) -c constraints.txt torch)
	@$(PIP) install -c constraints.txt --no-build-isolation -e '.[dev]'
	@touch $@

node_modules/.installed: package.json package-lock.json
	@node -e 'process.exit(process.versions.node.split(".")[0] >= 20 ? 0 : 1)' 2>/dev/null || { \
	  echo "Building the client needs Node 20 or later; found: $$(node --version 2>&1)." >&2; exit 1; }
	@echo "Installing client packages"
	@npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(PAGE): node_modules/.installed $(CLIENT_SOURCES) $(CLIENT_CONFIG)
	@echo "Building the client"
	@npm run --silent build
	@touch $@

client: $(PAGE) ## Build the client into server/static

demo: setup ## Open the demo in a browser (ARGS="--port 9000 --no-browser")
	@$(BIN)/neurox demo $(ARGS)

serve: setup ## Run a server (ARGS="--project my.yaml")
	@$(BIN)/neurox serve $(ARGS)

test: setup ## Every check and test; ends with one line of counts
	@$(BIN)/python scripts/run_tests.py $(ARGS)

lint: setup ## Style, types and import rules only
	@$(BIN)/python scripts/run_tests.py --only ruff mypy imports eslint tsc

types: setup ## Python types only
	@$(BIN)/python scripts/run_tests.py --only mypy

benchmark: setup ## Measure speed and memory and print tables (some minutes)
	@$(BIN)/python -m benchmarks.run_all $(ARGS)

build: setup ## The wheel and the source archive, in dist/
	@rm -rf dist build/lib build/bdist.*
	@$(BIN)/python -m build --no-isolation .

container-check: setup ## The steps of the Dockerfile without Docker
	@$(BIN)/python scripts/check_dockerfile.py
	@bash scripts/container_steps.sh

clean: ## Remove what is built and cached, but not .venv and node_modules
	@rm -rf build dist server/static test-results playwright-report coverage *.egg-info
	@rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find neurox_core server demo tests benchmarks scripts -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean ## Also remove .venv and node_modules
	@rm -rf .venv node_modules
