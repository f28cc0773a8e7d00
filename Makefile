# The one entry point: what CI calls is here.

CARGO ?= cargo
# nextest where it is installed, else what every toolchain has.
TEST := $(shell $(CARGO) nextest --version >/dev/null 2>&1 && echo "nextest run" || echo test)
PYTHON := target/python/bin/python
# What npm writes last into the packages.
NODE := target/node/node_modules/.package-lock.json
BENCH_NODE := target/bench-node/node_modules/.package-lock.json
# Runs a command with a PostgreSQL server that goes away with it.
WITH_POSTGRES := target/debug/acta-throwaway exec --
# Black-box tests that do the same whichever store the others use.
SAME_ON_BOTH := architecture:: asyncapi:: crash:: floor::instances kafka::faults kafka::trial neighbours::faults neighbours::markers openapi:: other_software:: room::presence room::signals room::sitting secrets::signing sittings:: together:: postgres

.PHONY: help setup setup-test run serve test lint format chaos bench formats

help: ## Show what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install the system packages that are missing (Debian)
	@scripts/setup

# What tests, trials and benchmarks need besides.
setup-test:
	@scripts/setup test

run: setup ## Play an assembly through a fresh service and verify its proof
	$(CARGO) run --package acta -- demo

serve: setup ## Run the service on ./data
	$(CARGO) run --release --package acta -- serve --log-format text

test: setup-test $(PYTHON) $(NODE) ## Everything that must hold
	$(CARGO) build --package acta-throwaway
	$(WITH_POSTGRES) $(CARGO) $(TEST) --workspace
	ACTA_TEST_STORE=postgres $(WITH_POSTGRES) $(CARGO) $(TEST) --package acta --test black_box -- $(addprefix --skip ,$(SAME_ON_BOTH))

lint: setup ## Formatting, lints, licences and duplicated dependencies
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets -- --deny warnings
	@if $(CARGO) deny --version >/dev/null 2>&1; then $(CARGO) deny --all-features check bans licenses sources; \
	else echo "cargo-deny is not installed: dependencies were not checked"; fi

format: ## Format the sources
	$(CARGO) fmt --all

formats: ## Write the checked-in formats anew: schemas, OpenAPI, AsyncAPI, who may what
	ACTA_REGENERATE=1 $(CARGO) $(TEST) --package acta-domain --package acta-http
	ACTA_REGENERATE=1 $(CARGO) $(TEST) --package acta-application --lib inbound::
	@# After them, because they have parts of the others.
	ACTA_REGENERATE=1 $(CARGO) $(TEST) --package acta-kafka --test formats
	ACTA_REGENERATE=1 $(CARGO) $(TEST) --package acta-realtime --test formats
	ACTA_REGENERATE=1 $(CARGO) $(TEST) --package acta --test black_box security::matrix
	ACTA_REGENERATE=1 $(CARGO) $(TEST) --package acta --test black_box neighbours::faults

chaos: setup-test $(PYTHON) ## The long trials: crashes, tampering, fuzzing of the API
	$(CARGO) build --workspace
	PROPTEST_CASES=1000000 $(CARGO) test --package acta-domain --lib presence::intervals
	$(WITH_POSTGRES) $(CARGO) test --package acta --test black_box -- --ignored --nocapture --test-threads 1

bench: setup-test $(PYTHON) $(BENCH_NODE) ## Print what the service does in a second, and what it needs for that
	$(CARGO) build --release --package acta --package acta-bench
	target/release/acta-bench

# Other people's software that checks our proofs and our API, in an environment of its own.
$(PYTHON): tests/python/requirements.txt
	python3 -m venv target/python
	target/python/bin/pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

# The same in JavaScript; copied first, because npm installs beside the list.
$(NODE): tests/node/package.json tests/node/package-lock.json tests/node/.npmrc
	@mkdir -p target/node
	cp $^ target/node
	npm ci --loglevel=error --prefix target/node
	@touch $@

# The server that ours is measured beside.
$(BENCH_NODE): benches/node/package.json benches/node/package-lock.json benches/node/.npmrc
	@mkdir -p target/bench-node
	cp $^ target/bench-node
	npm ci --loglevel=error --prefix target/bench-node
	@touch $@
