# A thin front: each target installs what it lacks, then hands over to CMake, ctest or a script in tools/.
# Second runs install and configure nothing. Everything that is built lands in build/.

JOBS         ?= $(shell nproc)
FUZZ_SECONDS ?= 30
# What sim-long plays.
SIM_SEEDS    ?= 1000
# What check-long spends on each fuzz target.
LONG_FUZZ_SECONDS ?= 300

SETUP := sh tools/setup.sh
BUILD := cmake --build -j $(JOBS) --preset

.PHONY: build help setup demo test sim-long check-long bench bench-api bench-blackbox bench-console bench-input bench-peers fuzz lint fmt clean
.PHONY: setup-build setup-test setup-develop
# Two package installations at once would wait for each other; ninja and ctest run in parallel by themselves.
.NOTPARALLEL:

build: setup-build build/release/build.ninja ## build what users run (build/release/bin)
	@$(BUILD) release

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 20

setup: setup-develop ## install every package that running, building, testing and developing need

# Not all programs: the first thing that a new user waits for should not be our simulator.
DEMO := punktfunk-host punktfunk-desktop punktfunk-probe punktfunk-pattern punktfunk-encoder-x264 punktfunk-encoder-openh264

demo: setup-build build/release/build.ninja ## stream a real desktop for 10 s over loopback; leaves build/demo/
	@$(BUILD) release --target $(DEMO)
	@python3 tools/demo.py

# Real compositors and sound servers now and then lose a race of their own: one more try, and ctest says that it took two.
test: setup-test build/dev/build.ninja ## build with sanitizers and run every test
	@$(BUILD) dev
	@ctest --preset dev --parallel $$((2 * $(JOBS) + 1)) --repeat until-pass:2 --label-exclude long

sim-long: setup-build build/release/build.ninja ## simulate SIM_SEEDS (1000) seeds of every scenario and link (an hour)
	@$(BUILD) release --target punktfunk-sim
	@build/release/bin/punktfunk-sim --scenario knocks --seeds $(SIM_SEEDS) --jobs $(JOBS) --quiet
	@build/release/bin/punktfunk-sim --scenario mixed --seeds $(SIM_SEEDS) --jobs $(JOBS) --quiet
	@build/release/bin/punktfunk-sim --link all --seeds $(SIM_SEEDS) --jobs $(JOBS) --quiet

check-long: fuzz-long setup-test build/dev/build.ninja build/tsan/build.ninja ## thread sanitizer, long tests, long fuzzing
	@$(BUILD) tsan
	@ctest --preset tsan --label-exclude long
	@$(BUILD) dev
	@ctest --preset dev --label-regex long

bench: setup-develop build/bench/build.ninja ## measure the hot paths (run on a quiet machine)
	@$(BUILD) bench --target benches
	@set -e; for program in build/bench/bin/*_bench; do \
	  [ -x "$$program" ] || { echo "bench: no benchmarks yet"; break; }; \
	  echo "== $${program##*/}"; "$$program"; done

bench-input: setup-build build/release/build.ninja ## measure what a mouse of 1000 Hz costs the host (quiet machine)
	@$(BUILD) release --target punktfunk-host punktfunk-desktop punktfunk-probe punktfunk-input-log punktfunk-encoder-x264
	@python3 tools/input_cost.py --bin build/release/bin

bench-blackbox: setup-build build/release/build.ninja ## measure what the black box costs, and how soon it is saved (quiet machine)
	@$(BUILD) release --target punktfunk-host punktfunk-desktop punktfunk-probe punktfunk-pattern punktfunk-encoder-x264
	@python3 tools/blackbox_cost.py --bin build/release/bin

bench-api: setup-build build/release/build.ninja ## measure what the management API costs (quiet machine)
	@$(BUILD) release --target punktfunk-host punktfunk-desktop punktfunk-probe punktfunk-pattern punktfunk-encoder-x264
	@python3 tools/bench_api.py --bin build/release/bin

bench-console: setup-test build/release/build.ninja ## measure what an open dashboard costs a stream (quiet machine)
	@$(BUILD) release --target punktfunk-host punktfunk-desktop punktfunk-probe punktfunk-pattern punktfunk-encoder-x264
	@python3 tools/console_cost.py --bin build/release/bin

bench-peers: setup-develop build/bench/build.ninja ## measure our codes beside other libraries; leaves build/bench-peers/
	@$(SETUP) peers || echo "bench-peers: going on without what could not be installed"
	@$(BUILD) bench --target peers
	@python3 tools/bench-peers/bench_peers.py $(BENCH_PEERS_FLAGS)

fuzz: setup-develop build/fuzz/build.ninja ## run every fuzz target for FUZZ_SECONDS (30) seconds
	@$(BUILD) fuzz --target fuzzers
	@python3 tools/run_fuzzers.py --seconds $(FUZZ_SECONDS)

.PHONY: fuzz-long
fuzz-long:
	@$(MAKE) --no-print-directory fuzz FUZZ_SECONDS=$(LONG_FUZZ_SECONDS)

lint: setup-develop ## clang-tidy, formatting, layers
	@sh tools/lint.sh $(JOBS)

fmt: setup-develop ## format the sources in place
	@git ls-files '*.c' '*.h' '*.cpp' | grep -v '^third_party/' | xargs clang-format-14 -i

clean: ## remove build/
	rm -rf build

setup-build:
	@$(SETUP) run build

setup-test:
	@$(SETUP) run build test

setup-develop:
	@$(SETUP) run build test develop

# Configuring is needed once and after a change of the presets; ninja itself watches the CMakeLists.
build/%/build.ninja: CMakePresets.json | setup-build
	@cmake --preset $* -Wno-dev --log-level=NOTICE
	@touch $@

.PRECIOUS: build/%/build.ninja
