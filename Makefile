# `make` sets up and builds the package from seeds/; `make test` sets up and tests; `make check` is what CI runs.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: all build setup test check lint types format docs lock bench train
all: build

setup: $(READY)

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "onrecord needs Python 3.11 or newer; set PYTHON=")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

build: $(READY)
	$(BIN)/onrecord build

test: $(READY)
	$(BIN)/pytest -n auto

check: $(READY)
	PATH="$(CURDIR)/$(BIN):$$PATH" bash .ci/check

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(READY)
	$(BIN)/python -m onrecord.dictionary > docs/data-dictionary.md

lock: $(READY)
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --group dev \
	  --no-emit-index-url --no-emit-find-links --no-header --output-file requirements.lock pyproject.toml
