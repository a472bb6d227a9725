# Commands of the project; README says what each is for.

UV_VERSION = 0.13.9
VENV_PYTHON = .venv/bin/python
# The newest of the supported Pythons that is here and starts.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null \
	&& echo $$p && break; done)

.PHONY: run demo test test-fast bench chaos truth lint style types lock audit

run: .venv/installed
	@umask 077; exec $(VENV_PYTHON) manage.py serve

# A run of long made-up reports, to look at the pages.
demo: .venv/installed
	@$(VENV_PYTHON) manage.py demo

# All tests, four files at a time: most wait more than they compute. A file's tests share what takes
# a while to start. Time limits are multiplied by TEST_PATIENCE, so that a machine that others use
# as well fails none of them.
test test-fast: export TEST_PATIENCE ?= 5

test: .venv/installed-dev
	$(VENV_PYTHON) -m pytest -n 4 --dist loadfile --no-loadscope-reorder $(ARGS)

# What needs no server, without the thousands of made-up inputs.
test-fast: .venv/installed-dev
	$(VENV_PYTHON) -m pytest -n 2 --dist loadfile -m "not fuzz" tests/unit $(ARGS)

# Side by side with the peers, which have an environment of their own; then the library's search
# beside plain FTS5. ARGS="--quick" is short, and leaves the search out.
bench: .venv/installed-dev .venv-bench/installed
	@$(VENV_PYTHON) -m benchmarks $(ARGS)
	@$(if $(ARGS),,$(VENV_PYTHON) -m benchmarks.search)

# What is lost when connections, the server, the provider or the disk break. ARGS="--quick" is short.
chaos: .venv/installed-dev
	@$(VENV_PYTHON) -m chaos $(ARGS)

# How well the check of claims tells true from false, by kind of change. ARGS="--show 'name swapped'" lists misses.
truth: .venv/installed-dev
	@$(VENV_PYTHON) -m truth $(ARGS)

lint: style types

style: .venv/installed-dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .

types: .venv/installed-dev
	.venv/bin/mypy research researchsite

# Known weaknesses of the locked packages; asks the internet. docs/deployment.md says what holds some back.
audit: .venv/bin/uv
	.venv/bin/uv tool run pip-audit --disable-pip --require-hashes -r requirements.txt

# After a change of the dependencies in pyproject.toml.
lock: .venv/bin/uv
	.venv/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
		pyproject.toml -o requirements.txt
	.venv/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
		-c requirements.txt --group dev pyproject.toml -o requirements-dev.txt

.venv/bin/uv:
	@test -n "$(PYTHON)" || { echo "This needs Python 3.11, 3.12 or 3.13." >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(VENV_PYTHON) -m pip install -q --disable-pip-version-check uv==$(UV_VERSION)

.venv/installed: requirements.txt | .venv/bin/uv
	.venv/bin/uv pip install -q --python $(VENV_PYTHON) --require-hashes -r requirements.txt
	@touch $@

.venv/installed-dev: requirements-dev.txt | .venv/bin/uv
	.venv/bin/uv pip install -q --python $(VENV_PYTHON) --require-hashes -r requirements-dev.txt
	@touch $@ .venv/installed

.venv-bench/installed: benchmarks/requirements.txt | .venv/bin/uv
	.venv/bin/uv venv -q --allow-existing --python $(VENV_PYTHON) .venv-bench
	.venv/bin/uv pip install -q --python .venv-bench/bin/python --require-hashes -r $<
	@touch $@
