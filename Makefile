# Every target does its own set-up: a fresh machine needs Python 3.11+ and make.
PYTHON ?= python3
VENV := .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif
PEERS ?= $(or $(HOMESPUN_PEERS),$(CURDIR)/.peers)

.PHONY: help demo test deep check format generate peers vsix bench lock clean
help: ## what each target does
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

$(BIN)/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Homespun needs Python 3.11 or newer; set PYTHON=")'
	@test -d $(VENV) || $(PYTHON) -m venv $(VENV)
	@echo "Installing what Homespun needs into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(BIN)/.installed ## run the main job on a small project, with undo
	@$(BIN)/homespun demo

test: $(BIN)/.installed ## run the tests
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile

deep: $(BIN)/.installed ## the tests with many more examples and kills
	HOMESPUN_DEEP=1 $(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile -p no:cacheprovider --timeout 3600

check: $(BIN)/.installed ## format, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/pyright
	@HOMESPUN_PEERS=$(PEERS) $(BIN)/python clients/vscode/run.py check
	$(BIN)/python clients/lint_lua.py $(PEERS)

format: $(BIN)/.installed ## rewrite the sources in the house's format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/python clients/lint_lua.py $(PEERS) --write

generate: $(BIN)/.installed ## write what is made from the code: reference pages, the clients' types
	$(BIN)/python docs/generate.py
	$(BIN)/python clients/generate.py
	$(BIN)/python clients/vscode/generate.py

peers: $(BIN)/.installed ## install the real model servers and editors of the tests (PARTS="bench packages": those of the benchmarks)
	PYTHONPATH=tests $(BIN)/python -m model_servers.install $(PEERS) $(PARTS)

vsix: $(BIN)/.installed ## build the VS Code extension, build/homespun.vsix
	@mkdir -p build
	@HOMESPUN_PEERS=$(PEERS) $(BIN)/python clients/vscode/run.py package build/homespun.vsix

bench: $(BIN)/.installed ## print the benchmarks, as ratios against peers
	$(BIN)/python -m tests.benchmarks

lock: ## write requirements.lock anew (needs uv)
	uv pip compile --universal --generate-hashes --no-emit-index-url --python-version 3.11 --group dev pyproject.toml build-requirements.in -o requirements.lock

clean: ## remove what the targets above made, but not the peers
	rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis build dist
