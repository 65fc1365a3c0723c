# `make` sets up and builds the package from seeds/; `make test` sets up and tests; `make check` is what CI runs.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
READY := .venv/.ready
READY_DEV := .venv/.ready-dev
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-emit-find-links --no-header

.PHONY: all build setup test check format docs lock bench attack train
all: build

setup: $(READY_DEV)

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "onrecord needs Python 3.11 or newer; set PYTHON=")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	touch $@

$(READY_DEV): requirements-dev.lock $(READY)
	$(PIP) install --require-hashes -r requirements-dev.lock
	touch $@

build: $(READY)
	$(BIN)/onrecord build

test: $(READY_DEV)
	$(BIN)/pytest -n auto

check: $(READY_DEV)
	PATH="$(CURDIR)/$(BIN):$$PATH" bash .ci/check

format: $(READY_DEV)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(READY)
	$(BIN)/python -m onrecord.packaging.dictionary > docs/data-dictionary.md

# Words a second beside spaCy and RoBERTa, in one run on the same articles.
bench: $(READY)
	$(PIP) install --editable '.[bench]'
	$(BIN)/python -m bench.speed $(ARTICLES)

# Thousands of damaged inputs, kills and changed packages, with fixed seeds; hours on a small machine.
attack: $(READY)
	$(BIN)/python -m bench.attack

# Trains the reader anew; CORPORA is a folder of corpora as train/README.md describes it, READER and TEACHER the weights before.
train: $(READY)
	$(PIP) install --editable '.[train]'
	PATH="$(CURDIR)/$(BIN):$$PATH" bash train/run $(CORPORA) $(READER) $(TEACHER)

lock: $(READY_DEV)
	$(LOCK) --group dev --output-file requirements-dev.lock pyproject.toml
	$(LOCK) --group install --constraint requirements-dev.lock --output-file requirements.lock pyproject.toml
