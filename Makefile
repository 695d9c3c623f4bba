# The front door: `make run` and `make test` install what is missing, build, and do what they say. Both may be repeated.
PRESET ?= release
JOBS ?= $(shell nproc)
BUILD = build/$(PRESET)
# GPUs to compile for: native (those of this machine, else sm_90), all, or numbers such as 80,90
CUDA_ARCHS ?= native
SYMSCAN = $(BUILD)/symscan
# The Python module is built where its packages are there (python/install_packages.sh).
PYTHON_FLAGS = $(shell test ! -e build/python/.complete || echo -DSYMSCAN_PYTHON_MODULE=ON -DPython_EXECUTABLE=$(CURDIR)/build/python/bin/python)
RUNS ?= runs
TORTURE_SECONDS ?= 60
FUZZ_SECONDS ?= 60

.NOTPARALLEL:
.PHONY: run wheel deb python-packages test test-fast test-inputs build truth-table known-sets report-picture docs-site gallery torture fuzz bench bench-check bench-page calibration gpu-bundle configure test-packages packages clean format \
  format-check tidy tidy-changed help

run: build  ## train the circle, disk, e+e- and Pythia-event studies and write their report
	@$(SYMSCAN) train configs/paper/studies.json --out $(RUNS)/studies --resume

test: test-packages python-packages configure  ## build and run all tests
	@tests/oracle/install_readers.sh build/readers
	@tests/cluster/install_packages.sh build/cluster
	@cmake --build $(BUILD) -j $(JOBS)
	@ctest --preset $(PRESET) -j $(JOBS)

test-fast: test-packages configure  ## build all tests, run those that take a second at most (label fast)
	@cmake --build $(BUILD) -j $(JOBS)
	@ctest --preset $(PRESET) -j $(JOBS) -L fast

test-inputs: test-packages  ## configs, file readers and ledgers with AddressSanitizer and UndefinedBehaviorSanitizer
	@mkdir -p build
	@cmake --preset inputs > build/inputs.log 2>&1 || { cat build/inputs.log; exit 1; }
	@cmake --build build/inputs -j $(JOBS) --target input_tests
	@build/inputs/input_tests --gtest_brief=1

wheel: packages python-packages configure  ## the Python module as dist/symscan-*.whl, with the libraries that it needs
	@cmake --build $(BUILD) -j $(JOBS) --target symscan_python
	@python/make_wheel.sh $(BUILD) build/python dist

deb: test-packages configure  ## a Debian package, dist/symscan_*.deb
	@cmake --build $(BUILD) -j $(JOBS) --target programs
	@mkdir -p dist && cpack --config $(BUILD)/CPackConfig.cmake -B dist > $(BUILD).deb.log 2>&1 || { cat $(BUILD).deb.log; exit 1; }
	@rm -rf dist/_CPack_Packages && ls dist/*.deb

torture: test-packages configure  ## faults, kills, power cuts, signals, damaged ledgers: counts, and what was wrong (TORTURE_SECONDS a kind)
	@cmake --build $(BUILD) -j $(JOBS) --target symscan fault_shim >&2
	@python3 tests/faults/faults.py $(SYMSCAN) $(BUILD)/tests/faults/libfault_shim.so --seconds $(TORTURE_SECONDS) $(TORTURE_FLAGS)

fuzz: test-packages  ## libFuzzer with sanitizers on everything that reads files, FUZZ_SECONDS a target (needs clang)
	@tests/fuzz/run_fuzzers.sh build/fuzz $(FUZZ_SECONDS) $(FUZZ_TARGETS)

build: packages configure  ## build only: build/release/symscan, and the plugin for GPUs where there is nvcc (CUDA_ARCHS=all)
	@cmake --build $(BUILD) -j $(JOBS) --target programs

truth-table: build  ## print known against found symmetries and laws of every built-in dataset, with models of five seeds
	@$(SYMSCAN) train configs/paper/truth.json --out $(RUNS)/truth --resume --no-analysis --no-report --quiet
	@$(SYMSCAN) analyze $(RUNS)/truth --table
	@$(SYMSCAN) train configs/paper/trajectories.json --out $(RUNS)/trajectories --resume --no-analysis --no-report --quiet
	@$(SYMSCAN) analyze $(RUNS)/trajectories --table --only-named

known-sets: test-packages configure  ## what is said of some 240 sets with known truth, without training, against what is known
	@cmake --build $(BUILD) -j $(JOBS) --target truth_sets >&2
	@$(BUILD)/truth_sets
	@$(BUILD)/truth_sets further

bench: bench-packages build  ## compare with PyTorch and JAX on this machine; options in CONVERGED_FLAGS (--quick) and BENCH_FLAGS
	@cmake --build $(BUILD) -j $(JOBS) --target cpu_bench >&2 || true
	@bench/install_peers.sh build/peers >&2 || true
	@python3 bench/time_to_converged.py --program $(SYMSCAN) $(CONVERGED_FLAGS) || true
	@python3 bench/compare.py --symscan $(SYMSCAN) --cpu-bench $(BUILD)/cpu_bench $(BENCH_FLAGS)

bench-check: packages  ## is HEAD= slower than BASE=?
	@python3 bench/check_regression.py --base $(or $(BASE),HEAD~1) --head $(or $(HEAD),HEAD) $(BENCH_FLAGS)

bench-page:  ## write bench/RESULTS.md from bench/results
	@python3 bench/results_page.py

calibration: bench-packages build  ## how well dimension and tests of the distribution are calibrated (half an hour), and their time
	@cmake --build $(BUILD) -j $(JOBS) --target analysis_bench density_calibration >&2
	@$(BUILD)/analysis_bench
	@python3 bench/dimension_manifolds.py --program $(BUILD)/analysis_bench
	@for table in level power equivalence serial subspaces; do $(BUILD)/density_calibration $$table; done

report-picture: test-packages build  ## make the pictures of docs/ again (needs Chromium)
	@docs/report_picture.py $(SYMSCAN)

gallery: build  ## make docs/gallery again: every built-in dataset with its answer and a picture (a minute)
	@docs/gallery.py $(SYMSCAN)

docs-site: test-packages  ## the documentation as a site, build/site/index.html (needs MkDocs)
	@mkdocs build --quiet --strict --config-file docs/site/mkdocs.yml
	@echo build/site/index.html

gpu-bundle: test-packages configure  ## a folder for a GPU machine: copy build/gpu_bundle there and start run_gpu_checks.sh
	@rm -rf $(BUILD)/kernels/CMakeFiles/symscan_cuda_kernels.dir/cuda  # an interrupted build may have lost what they depend on
	@cmake --build $(BUILD) -j $(JOBS) --target symscan symscan_cuda cuda_tests philox_cuda_test generate_cuda_test cuda_bench
	@gpu/make_bundle.sh $(BUILD) build/gpu_bundle

configure:
	@mkdir -p build
	@cmake --preset $(PRESET) '-DSYMSCAN_CUDA_ARCHS=$(CUDA_ARCHS)' $(PYTHON_FLAGS) $(CMAKE_FLAGS) > $(BUILD).log 2>&1 || { cat $(BUILD).log; exit 1; }
	@grep -h 'the plugin for GPUs is left out' $(BUILD).log || true

packages:
	@mkdir -p build
	@docker/install_packages.sh build

bench-packages:
	@mkdir -p build
	@docker/install_packages.sh bench

python-packages:
	@python/install_packages.sh build/python

test-packages:
	@mkdir -p build
	@docker/install_packages.sh test

format:  ## clang-format all sources
	@clang-format -i $$(git ls-files '*.hpp' '*.cpp' '*.cu')

format-check:  ## is everything formatted?
	@.ci/check_format.sh

tidy-changed: packages  ## clang-tidy on what changed since BASE= (default: the last commit shared with main)
	@.ci/tidy_changed.sh $(BASE)

tidy: packages  ## clang-tidy all sources (without precompiled headers, which only the compiler that made them reads)
	@cmake --preset $(PRESET) -B build/tidy -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON -DSYMSCAN_UNITY=OFF > build/tidy.log
	@run-clang-tidy -quiet -p build/tidy '^$(CURDIR)/(host|kernels)/.*\.cpp'

clean:
	@rm -rf build

help:
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/ -/'
