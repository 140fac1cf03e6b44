# Everything needs only Python 3.11+, git and make; see `make help`.
.DEFAULT_GOAL := help
SHELL := /bin/sh

BIN := .venv/bin
PYTEST := $(BIN)/pytest --numprocesses=2
# The oldest supported PostgreSQL, tested too where the machine has it.
OLDEST := /usr/lib/postgresql/15/bin

.PHONY: help install demo test test-fast test-room test-oldest test-packages lint format db check schema examples dbt-docs release-dump release-check lock clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

install: ## make .venv with everything, system libraries too where that is allowed
	@scripts/install dev

demo: ## install what is needed and tell the first-quarter story end to end
	@scripts/install run
	@$(BIN)/billing demo

test: install lint test-packages ## install, lint and run the whole test suite
	$(PYTEST)
	@$(MAKE) --no-print-directory test-oldest

test-fast: install ## the test suite without load, long scenarios and browser
	$(PYTEST) -m 'not slow and not browser'

test-room: install ## the tests of one room, as in: make test-room ROOM=sql/bank
	$(PYTEST) tests/$(ROOM)

test-oldest: install ## the tests of the database on PostgreSQL 15, where it is installed
	@if [ -x $(OLDEST)/initdb ]; then \
	    echo "$(PYTEST) --pg-bin $(OLDEST)"; \
	    $(PYTEST) --pg-bin $(OLDEST) -m 'not slow and not browser' tests/sql tests/security tests/conventions tests/orchestrator/deployment/test_deploy.py; \
	else \
	    echo "NOT TESTED: $(OLDEST) is not here"; \
	    case ",$$BILLING_TEST_REQUIRES," in (*,postgresql,*|*,all,*) exit 1;; esac; \
	fi

test-packages: install
	@scripts/test_packages

lint: install ## ruff, mypy and sqlfluff
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/sqlfluff lint --disable-progress-bar migrations sql
	$(BIN)/sqlfluff lint --disable-progress-bar --templater jinja dbt_billing

format: install ## format Python and SQL
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/sqlfluff fix migrations sql
	$(BIN)/sqlfluff fix --templater jinja dbt_billing

db: install ## start the database and deploy
	@$(BIN)/billing up

check: install ## every invariant of the database in use
	@$(BIN)/billing check

schema: install ## renew docs/schema.sql and sql/blueprint.tsv from migrations, sql and dbt_billing
	@$(BIN)/python -m scripts.schema

examples: install ## renew the output of examples/*.sql
	@$(BIN)/python -m scripts.examples

dbt-docs: db ## build dbt's documentation into dbt_billing/target
	$(BIN)/dbt docs generate --project-dir dbt_billing --profiles-dir dbt_billing --target billing
	@echo "Open it with: $(BIN)/dbt docs serve --project-dir dbt_billing --profiles-dir dbt_billing"

release-dump: install ## a small company as this version leaves it, for the tests of later upgrades
	@$(BIN)/python -m tests.upgrades.dump $(OLDEST)

release-check: install ## what a release needs is there; its notes
	@$(BIN)/python -m scripts.release_check

lock: ## renew the locked requirements (needs uv)
	@for group in build: dev:-dev; do \
	    uv pip compile --upgrade --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-header \
	        --no-annotate --no-emit-index-url --quiet --group $${group%%:*} pyproject.toml -o requirements$${group#*:}.txt; \
	done

clean: ## stop the embedded server and remove what was built, the venv and the default home
	@if [ -x $(BIN)/billing ] && [ -d .billing ]; then $(BIN)/billing down; fi
	rm -rf .venv .billing .tools dist .mypy_cache .pytest_cache .ruff_cache .hypothesis dbt_billing/target dbt_billing/logs
