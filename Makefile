# Every target works on a fresh clone with nothing but Python 3.11 or newer and make: it builds .venv once, from the
# exact versions of the lock files, and then runs. `make PYTHON=/path/to/python …` chooses the interpreter.

VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip --disable-pip-version-check --no-input --quiet install --no-compile
CHECKOUT := $(INSTALL) --no-deps --no-build-isolation --editable .
PYTEST := $(BIN)/python -m pytest

.PHONY: help demo test test-clients test-house soak lint format bench mutation docs snapshots lock package clean

help: ## Show the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/runtime.stamp ## See the main job end to end: register, propose, conflict with proof, plan
	@$(BIN)/concord demo

test: $(VENV)/everything.stamp ## Run the test suite on both databases and both protocol eras
	$(PYTEST) --numprocesses 2 --dist worksteal

test-clients: $(VENV)/everything.stamp ## Drive real foreign MCP clients against the server
	$(PYTEST) -m clients

soak: $(VENV)/everything.stamp ## Load and real signals on both databases, SECONDS=120 in all; then prove that nothing is lost
	CONCORD_TEST_SOAK_SECONDS=$(SECONDS) $(PYTEST) -m soak -s
SECONDS ?= 120

lint: $(VENV)/everything.stamp ## Style, types, import rules, locks
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pip --disable-pip-version-check check
	$(PYTEST) --quiet tests/house/test_lock.py

format: $(VENV)/everything.stamp ## Format the code and mend what ruff can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/everything.stamp ## Measure every promised number
	@for script in tests/benchmarks/bench_*.py; do \
		printf '\n== %s\n' "$$script"; $(BIN)/python "$$script" || exit 1; \
	done

mutation: $(VENV)/everything.stamp ## Measure how many small faults in the conflict engine the tests notice (takes long)
	$(INSTALL) cosmic-ray==8.7.0
	$(BIN)/python tests/benchmarks/mutation_score.py $(MUTATION)

docs: $(VENV)/everything.stamp ## Write the generated pages (tools, commands, settings, rules) anew
	$(BIN)/python -m docs.generate

snapshots: $(VENV)/everything.stamp ## Write the JSON snapshot of every tool's definition anew
	$(BIN)/python -m docs.generate --snapshots

lock: $(VENV)/everything.stamp ## Resolve the lock files anew (UPGRADE=--upgrade for the newest versions)
	$(INSTALL) uv
	$(BIN)/uv pip compile $(RESOLVE) $(LOCKED:%=--extra %) -o requirements-dev.lock
	$(BIN)/uv pip compile $(RESOLVE) --constraint requirements-dev.lock -o requirements.lock
# All extras but `semantic`, whose weights bring gigabytes that nothing here uses.
LOCKED = fast parquet postgres test dev
RESOLVE = pyproject.toml --group build --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
	--no-header --no-annotate --quiet $(UPGRADE)

package: $(VENV)/everything.stamp ## Build the wheel and the source archive into dist/
	$(BIN)/python -m build --no-isolation
	$(BIN)/check-wheel-contents dist

clean: ## Remove the environment and what was built
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

# What a server needs; what development needs besides.
$(VENV)/runtime.stamp: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing the pinned packages into $(VENV) …"
	@$(INSTALL) --require-hashes --requirement requirements.lock
	@$(CHECKOUT)
	@touch $@

$(VENV)/everything.stamp: requirements-dev.lock pyproject.toml | $(BIN)/python
	@echo "Installing the pinned packages, with those for development, into $(VENV) …"
	@$(INSTALL) --require-hashes --requirement requirements-dev.lock
	@$(CHECKOUT)
	@touch $@ $(VENV)/runtime.stamp

$(BIN)/python:
	@for candidate in $(PYTHON) python3.13 python3.12 python3.11 python3 python; do \
		if "$$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
			echo "Making $(VENV) with $$("$$candidate" --version) …"; \
			exec "$$candidate" -m venv $(VENV); \
		fi; \
	done; \
	echo "Concord needs Python 3.11 or newer with its venv module, and found none." >&2; \
	echo "Install one (on Debian and Ubuntu the module is the package python3-venv), or name it: make PYTHON=/path/to/python" >&2; \
	exit 1
