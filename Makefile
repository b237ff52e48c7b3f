# Every target does its own set-up: `make demo` and `make test` are all that a fresh machine needs.

# The first Python that is new enough; `make PYTHON=… test` chooses another.
PYTHON ?= $(firstword $(foreach p,python3 python3.14 python3.13 python3.12 python3.11,\
	$(shell $(p) -c 'import sys; print("$(p)" if sys.version_info >= (3, 11) else "")' 2>/dev/null)))
VENV := .venv
LOWEST := .venv-lowest
BIN := $(VENV)/bin
BENCHMARKS := live.steps yardstick.compare simulate.seeds spark.compare audit.wrappings heap.dumps
PIP_INSTALL := -m pip --disable-pip-version-check install --quiet

# The tests start hundreds of processes: what these import is compiled once, whatever the environment says.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help venv demo test test-thorough test-slow test-targets fuzz mutants fresh matrix cuts validation targets known planted referee house helper-jar conformance conformance-quick browser third-party gallery site site-check site-version site-links slides lint format types mypy pyright bench bench-quick wheel lowest clean

help: ## say what each target does
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

venv: $(VENV)/.installed ## install spillproof, editable, with everything to develop it

# The recipe checks, rather than a prerequisite: a phony prerequisite would make the stamp always old.
define can_make_venv
@test -n "$(PYTHON)" || { echo "spillproof needs Python 3.11 or newer as python3; install it, or say make PYTHON=/path/to/python" >&2; exit 1; }
@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) cannot make virtual environments; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
endef

$(VENV)/.installed: pyproject.toml
	$(can_make_venv)
	@echo "Installing spillproof into $(VENV), once; this takes about a minute."
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python $(PIP_INSTALL) --editable '.[dev]'
	@touch $@

$(LOWEST)/.installed: pyproject.toml constraints-lowest.txt
	$(can_make_venv)
	@echo "Installing the oldest versions that spillproof says it works with into $(LOWEST), once."
	@$(PYTHON) -m venv --clear $(LOWEST)
	@$(LOWEST)/bin/python $(PIP_INSTALL) --constraint constraints-lowest.txt --editable '.[test]'
	@touch $@

demo: venv ## see Spark 2.3.4 violate its accounting (the point), and Spark 2.4.0 keep it
	@$(BIN)/spillproof check spark@2.3.4; status=$$?; \
	test $$status -eq 1 || { echo "demo: expected a violation (exit status 1) in spark@2.3.4, got exit status $$status" >&2; exit 1; }
	@$(BIN)/spillproof check spark@2.4.0

test: venv ## run the tests, the slow ones left out (less than five minutes)
	@$(BIN)/python -m pytest -n auto

test-thorough: venv ## run more of the same kinds (two minutes; CI runs the generated models)
	@$(BIN)/python -m pytest -n auto -m thorough

test-slow: venv ## run the slow tests
	@$(BIN)/python -m pytest -n auto -m slow

test-targets: venv ## install every package that is a target, and run the tests about them (three minutes)
	@$(BIN)/python $(PIP_INSTALL) --editable '.[targets]'
	@$(BIN)/python -m pytest -n auto tests/live/test_targets.py tests/live/test_beside.py tests/live/test_table.py

mutants: venv ## change our own code in small ways, and see whether the tests notice (less than an hour on two idle cores; goes on where it was interrupted)
	@$(BIN)/python -m tests.quality.mutants

fuzz: venv ## judge 10,000 generated models by a thorough explorer (an hour on two idle cores; goes on where it was interrupted)
	@$(BIN)/python tests/fuzz/fuzz.py 0 10000

browser: venv ## look at the viewer in a headless Chromium (on Debian: apt-get install chromium chromium-driver)
	@$(BIN)/python -m pytest -m "browser and not slow" tests/counterexamples

helper-jar: venv ## compile the classes that drive real Spark (needs javac 17; fetches the jars of Spark 2.3.4, once)
	@$(BIN)/python -m spillproof.counterexamples.replay.real.helper

conformance-quick: venv ## hold the models against real Spark 2.3.4 and 2.4.0 (a Java 17; fetches 300 MB, once; two minutes)
	@SPILLPROOF_CONFORMANCE=quick $(BIN)/python -m pytest -n 2 -m "conformance and not slow" tests/conformance

# With ON=path/to/jars only those are taken, and no table is written.
conformance: venv ## hold them against nine releases, and write the table in docs/explanation/fidelity.md (fetches 2.5 GB, once); with ON=path/to/jars against those
ifdef ON
	@SPILLPROOF_ON='$(ON)' SPILLPROOF_CONFORMANCE=full $(BIN)/python -m pytest -m conformance tests/conformance/test_conformance.py
else
	@rm -rf build/tally && mkdir -p build/tally
	@SPILLPROOF_TALLY=build/tally SPILLPROOF_CONFORMANCE=full $(BIN)/python -m pytest -n 2 -m conformance tests/conformance
	@$(BIN)/python -m tests.conformance.table build/tally
endif

third-party: venv ## let tools that are not ours read what we write (Mermaid's parser: needs npm and the network)
	@cd tests/third_party/mermaid && npm install --no-audit --no-fund --no-package-lock --silent
	@SPILLPROOF_THIRD_PARTY=1 $(BIN)/python -m pytest tests/third_party

gallery: venv ## find the gallery's runs anew, and write its pages and pictures
	@SPILLPROOF_WRITE_GALLERY=1 $(BIN)/python -m pytest -q tests/counterexamples/test_gallery.py

# npm brings Pyodide, for the page on which models are edited; without it the site is written without that page, and says so.
site: venv ## write the documentation as a site of static files into build/site, and look for dead links (two minutes)
	@cd docs/site/bench && npm install --no-audit --no-fund --no-package-lock --silent || true
	@$(BIN)/python -m docs.site build/site

site-version: venv ## write the site into build/versions, in a folder of this version beside those that are there, with a menu
	@cd docs/site/bench && npm install --no-audit --no-fund --no-package-lock --silent || true
	@$(BIN)/python -m docs.site build/versions --version

site-links: venv ## write the site with empty pages in the place of those that run, and look for dead links (half a minute)
	@$(BIN)/python -m docs.site build/links --links

slides: venv ## write the slides of the lectures into build/slides, a file each (needs npm; two minutes)
	@cd docs/slides && npm install --no-audit --no-fund --no-package-lock --silent
	@$(BIN)/python -m docs.slides build/slides

# npm brings axe-core; without it, or without Chromium, what needs them is skipped, and said so.
site-check: site ## look at that site in a headless Chromium: search, widths, colours, accessibility (with npm: axe-core)
	@cd tests/third_party/axe && npm install --no-audit --no-fund --no-package-lock --silent || true
	@SPILLPROOF_SITE=build/site $(BIN)/python -m pytest -m slow tests/site

fresh: venv ## find a planted bug with the wheel in a new virtual environment (needs a package index)
	@$(BIN)/python -m pytest -q -m slow tests/live/test_own_manager.py

matrix: venv ## ask every claim of every class in every release, and write docs/reference/matrix.md (about ten minutes; goes on where it was interrupted)
	@$(BIN)/python -m docs.pages.matrix >matrix.md && mv matrix.md docs/reference/matrix.md

cuts: venv ## compare what explanations propose to cut with what repairs cut, and write docs/reference/cuts.md (about a minute)
	@$(BIN)/python $(PIP_INSTALL) --editable '.[targets]'
	@$(BIN)/python -m docs.pages.cuts >cuts.md && mv cuts.md docs/reference/cuts.md

validation: venv ## compare every model's automaton with the model, and write docs/reference/validation.md (about five minutes)
	@$(BIN)/python -m docs.pages.validation >validation.md && mv validation.md docs/reference/validation.md

house: venv ## count how the code is laid out, before it was rearranged and now, and write docs/reference/house.md (needs the history)
	@$(BIN)/python -m docs.pages.house >house.md && mv house.md docs/reference/house.md

referee: venv ## let Spin count the states of seven models, and TLC where TLA2TOOLS names its jar, and write docs/reference/referee.md (ten minutes)
	@$(BIN)/python -m docs.pages.referee

targets: venv ## check maintained packages with many random runs, and write docs/reference/targets.md
	@$(BIN)/python -m docs.pages.targets >targets.md && mv targets.md docs/reference/targets.md

known: venv ## look for defects that older releases are known to have, and write docs/reference/known.md (needs a package index)
	@$(BIN)/python -m docs.pages.known >known.md && mv known.md docs/reference/known.md

planted: venv ## look for planted faults, check correct managers with 20 seeds and under a limit of memory, and write docs/reference/planted.md (half an hour)
	@$(BIN)/python -m docs.pages.planted >planted.md && mv planted.md docs/reference/planted.md

bench: venv ## measure all, beside Spin if it is there: about ten minutes on an idle machine (the one with 5 consumers takes half)
	@for each in $(BENCHMARKS); do $(BIN)/python -m tests.benchmarks.$$each || exit 1; done

bench-quick: venv ## measure the smaller half, fewer times: less than two minutes
	@for each in $(BENCHMARKS); do $(BIN)/python -m tests.benchmarks.$$each --quick || exit 1; done

lint: venv ## check style and formatting
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check

format: venv ## repair what lint can repair
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

types: venv ## check types, with two checkers at the same time
	@$(MAKE) --no-print-directory --output-sync --jobs 2 mypy pyright

mypy:
	@$(BIN)/mypy

pyright:
	@$(BIN)/pyright --pythonpath $(BIN)/python

wheel: venv ## build dist/*.whl, from the source distribution
	@rm -rf build dist ./*.egg-info
	@$(BIN)/python -m build >build.log 2>&1 || { cat build.log >&2; exit 1; }
	@rm -f build.log
	@ls dist

lowest: $(LOWEST)/.installed ## run the tests with the oldest versions of the dependencies
	@$(LOWEST)/bin/python -m pytest -n auto

clean: ## remove everything that the targets above made
	@rm -rf $(VENV) $(LOWEST) build dist build.log ./*.egg-info .hypothesis .pytest_cache .mypy_cache .ruff_cache .benchmarks
	@find model properties counterexamples tests -name __pycache__ -type d -prune -exec rm -rf {} +
