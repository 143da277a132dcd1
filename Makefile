# Every command of this project. `make` alone lists them.

# A Python of at least 3.11; name another one with `make PYTHON=…`.
NEW_ENOUGH := -c 'import sys; sys.exit(sys.version_info < (3, 11))'
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python $(NEW_ENOUGH) 2>/dev/null && echo $$python && break; done)
# Where to serve: of HOST the command line alone decides, for some shells export one of their own.
HOST = 127.0.0.1
PORT ?= 8000
# Where to build, for a checkout that cannot be written.
SITE ?= site
TORCH := 2.13.0
# The address of a package index to take torch from, such as PyTorch's own for the CPU build.
TORCH_INDEX ?=

# The tests in four parts, two beside each other. The first proves the pages; what it has proved, the build of the site
# in the last part does not prove again.
FAULTS := tests/press/check/test_seeded_faults.py
PAGES := docs $(FAULTS)
PRESS := src/press tests/press tests/interactive --ignore=$(FAULTS)
PACKAGE := src/attention tests/attention tests/measured
SITE_TESTS := tests/site $(wildcard tests/test_*.py)
# The package's arrays are small: a second thread would wait for the first, and that costs as much as the work.
ONE_THREAD := env OMP_NUM_THREADS=1

VENV := .venv
IN := PATH="$(CURDIR)/$(VENV)/bin:$$PATH"
PIP := $(VENV)/bin/python -m pip --disable-pip-version-check --no-input --quiet
# Most of what is installed is never imported: Python compiles the rest when it is.
LOCKED := --require-hashes --no-build-isolation --no-compile
# An environment of its own, made by the lowest Python: the lowest versions have no builds for newer ones.
OLDEST := .cache/oldest/$(TORCH)
# The package's tests alone, where nothing else of this project is installed.
PACKAGE_TESTS := -o addopts= --doctest-modules --import-mode=importlib -ra tests/attention src/attention
UV := .cache/uv/bin/uv
COMPILE = UV_CUSTOM_COMPILE_COMMAND="make lock" $(UV) pip compile --quiet --universal \
	--python-version 3.11 --fork-strategy fewest --generate-hashes $(if $(UPGRADE),--upgrade)

unexport PYTHONHOME PYTHONPATH
# Packages are installed without compiled modules: where these may not be written, each process compiles its own.
unexport PYTHONDONTWRITEBYTECODE
export NO_MKDOCS_2_WARNING := 1
.NOTPARALLEL:
.DEFAULT_GOAL := help
.PHONY: help serve build pdf test lint update portable bench mutate oldest properties gates transformers speed
.PHONY: nightly lock clean distclean setup-serve setup-test

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

serve: setup-serve ## read the site on localhost, reloading on each edit (PORT=8000 HOST=127.0.0.1)
	$(IN) python -m mkdocs serve --dev-addr $(HOST):$(PORT)

build: setup-serve ## write the site into site/ (SITE=site)
	$(IN) python -m mkdocs build --strict --site-dir "$(SITE)"

pdf: setup-serve ## write the site with the book as one PDF per language in it (needs Chromium)
	$(IN) PRESS_BOOK=1 python -m mkdocs build --strict --site-dir "$(SITE)"

test: setup-test ## check everything; what passed and depends on nothing that changed is left out
	$(IN) python -m ruff check
	$(IN) python -m ruff format --check
	$(IN) python tests/beside.py python -m pytest --kept $(PAGES) \
		-- $(ONE_THREAD) python -m pytest --kept $(PACKAGE) \
		-- python -m pytest --kept $(PRESS) -- python -m mypy -- python -m pytest --kept $(SITE_TESTS)

lint: setup-test ## check form and types alone, in seconds
	$(IN) python -m ruff check
	$(IN) python -m ruff format --check
	$(IN) python -m mypy

update: setup-test ## run listings and labs again and record what they show
	$(IN) python -m press update
	$(IN) python docs/assets/fonts/subset.py

portable: setup-test ## run all that pages show under other arithmetics, and compare
	$(IN) python -m press portable

bench: $(VENV)/.test ## measure and train again what pages quote, and record it (wants a quiet machine)
	$(IN) python docs/measured/why-dot-product.py
	$(IN) python docs/measured/kv-cache.py
	$(IN) python docs/measured/tiling.py
	$(IN) python docs/measured/training.py
	$(IN) python docs/measured/models.py

speed: $(VENV)/.test ## compare two builds in weight and time (OLD=folder NEW=folder PAGES= ROUNDS=5)
	$(IN) python tests/site/speed.py "$(OLD)" "$(NEW)" $(PAGES) --rounds $(or $(ROUNDS),5)

mutate: $(VENV)/.test ## ask whether the tests notice small mistakes in the heart of the package
	$(PIP) install $(LOCKED) -r requirements/mutate.txt
	$(IN) python tests/mutation/run.py

oldest: $(OLDEST)/.made ## test the package with the lowest versions that pyproject.toml allows
	PYTHONPATH=src $(OLDEST)/bin/python -m pytest $(PACKAGE_TESTS)

properties: setup-test ## test each property with 500 new examples, and run the tests marked nightly
	$(IN) HYPOTHESIS_PROFILE=nightly python -m pytest tests -m 'hypothesis or nightly'

gates: setup-test ## run the slowest tests and record what they passed with
	$(IN) python tests/kept.py

transformers: setup-test ## make all language models of transformers tiny, and see that none is silently wrong
	$(IN) HF_HUB_OFFLINE=1 python tests/attention/transformers_models/walk.py

nightly: portable oldest mutate properties gates transformers ## check what takes too long for each change

lock: $(UV) ## renew requirements/ from pyproject.toml (UPGRADE=1: to the newest versions)
	$(COMPILE) --group build --output-file requirements/build.txt
	$(COMPILE) --group node --output-file requirements/node.txt
	$(COMPILE) pyproject.toml --group docs \
		--constraints requirements/build.txt --output-file requirements/docs.txt
	$(COMPILE) pyproject.toml --group docs --group test \
		--constraints requirements/docs.txt --constraints requirements/build.txt \
		--output-file requirements/test.txt
	$(COMPILE) --group mutate --constraints requirements/test.txt --output-file requirements/mutate.txt
	.cache/uv/bin/python tests/oldest.py | $(COMPILE) - --output-file requirements/oldest.txt

clean: ## remove what was built and cached
	rm -rf site dist mutants .cache .hypothesis .mypy_cache .pytest_cache .ruff_cache

distclean: clean ## remove the environment, too
	rm -rf $(VENV) node_modules

setup-serve: $(VENV)/.docs node_modules/.made ## install what serving needs

setup-test: $(VENV)/.test node_modules/.made ## install what testing needs
	@$(IN) python tests/site/get_chromium.py

# Each file below says that one step is complete; an interrupted step is taken again.

# An environment that was moved, or whose Python is gone, is made anew.
ifneq ($(shell $(VENV)/bin/python $(NEW_ENOUGH) 2>/dev/null && cat $(VENV)/.made 2>/dev/null || :),$(CURDIR))
.PHONY: $(VENV)/.made
endif
$(VENV)/.made:
	@$(or $(PYTHON),false) $(NEW_ENOUGH) || \
		{ echo "Python 3.11 or newer is needed: install it, or name it with make PYTHON=…"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "$(PYTHON) cannot make environments: on Debian and Ubuntu, apt-get install python3-venv"; exit 1; }
	@[ ! -e $@ ] && $(VENV)/bin/python $(NEW_ENOUGH) 2>/dev/null || rm -rf $(VENV)
	$(PYTHON) -m venv $(VENV)
	@printf '%s\n' "$(CURDIR)" > $@

$(VENV)/.docs: pyproject.toml requirements/build.txt requirements/docs.txt $(VENV)/.made
	@echo "Installing what the site needs; the first time takes a minute or so."
	$(PIP) install $(LOCKED) -r requirements/build.txt
	$(PIP) install $(LOCKED) -r requirements/docs.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.test: requirements/test.txt $(VENV)/.docs
	@echo "Installing what the tests need, PyTorch among it; the first time takes some minutes."
	$(PIP) install $(LOCKED) -r requirements/test.txt
	$(PIP) install --no-compile $(if $(TORCH_INDEX),--index-url "$(TORCH_INDEX)") torch==$(TORCH)
	@touch $@

$(OLDEST)/.made: requirements/oldest.txt
	@echo "Installing the lowest versions, and PyTorch beside them; the first time takes some minutes."
	rm -rf $(OLDEST)
	$$(python3.11 -c '' 2>/dev/null && echo python3.11 || echo $(PYTHON)) -m venv $(OLDEST)
	$(subst $(VENV),$(OLDEST),$(PIP)) install $(LOCKED) --only-binary :all: -r $<
	$(subst $(VENV),$(OLDEST),$(PIP)) install --no-compile $(if $(TORCH_INDEX),--index-url "$(TORCH_INDEX)") torch==$(TORCH)
	@touch $@

# npm of the machine if there is one with a Node.js of at least 18, else from PyPI.
node_modules/.made: package.json package-lock.json requirements/node.txt $(VENV)/.made
	@node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)' 2>/dev/null && npm --version >/dev/null 2>&1 \
		|| { echo "No Node.js of at least 18 with npm here: taking it from PyPI."; \
		$(PIP) install $(LOCKED) -r requirements/node.txt; }
	$(IN) npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

$(UV):
	$(PYTHON) -m venv .cache/uv
	.cache/uv/bin/python -m pip install --quiet uv
