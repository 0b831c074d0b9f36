# Everything a newcomer needs: `make demo`, then `make test`. See README.md.
MAKEFLAGS += --no-print-directory
BUILD  := build
ASAN   := build-asan
VENV   := $(BUILD)/venv
VENV_ADAPTERS := $(BUILD)/venv-adapters
PYTHON ?= python3
CP     = $(shell $(PYTHON) -c 'import sys; print("cp%d%d" % sys.version_info[:2])')
ATAU   := $(BUILD)/atau
LAUNCH := $(if $(shell command -v ccache),-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
SOURCES = $(shell find src include bindings tests examples benchmarks -name '*.cc' -o -name '*.h' -o -name '*.c')

.PHONY: demo configure build test test-cpp test-python test-adapters test-asan test-browser wheel wheel-proof golden train bench reference format lint clean

# Only the program and the bundle: the tests are built by `make test`.
demo: configure
	cmake --build $(BUILD) --target atau_cli atau_dictionaries
	@echo; echo "== examples/article.txt"; cat examples/article.txt
	@echo; echo "== Entities and relations"; $(ATAU) extract --date 2021-03-25 examples/article.txt
	@echo; echo "== Why is «Байтерек» a programme?"
	@$(ATAU) explain --file examples/article.txt --words 'Байтерек' | head -24
	@echo; echo "== Why is «стартовую команду» nothing?"
	@$(ATAU) explain --file examples/article.txt --words 'стартовую команду' | head -24
	@$(ATAU) render examples/article.txt --title 'atau: examples/article.txt' -o $(BUILD)/article.html
	@echo; echo "The marked article is $(BUILD)/article.html; the program is $(ATAU) (try $(ATAU) --help)."

configure:
	scripts/setup.sh
	cmake --preset release $(LAUNCH)

build: configure
	cmake --build $(BUILD)

# The last line is pytest's.
test:
	scripts/setup.sh test
	$(MAKE) -j2 build $(VENV_ADAPTERS)/ready
	$(MAKE) test-cpp
	$(ATAU) check dictionaries --quiet
	$(MAKE) test-asan
	$(MAKE) test-adapters
	$(MAKE) test-python

# C++ unit tests, golden files, installation.
test-cpp:
	ctest --test-dir $(BUILD) -j2 --output-on-failure

# Unit tests under the address and undefined behaviour sanitizers, built with clang, so that both compilers see all of the library; they
# use the bundle of the release build.
test-asan:
	cmake --preset asan $(LAUNCH) -DCMAKE_CXX_COMPILER=clang++-14 -DATAU_CLI=OFF -DATAU_BUNDLE=OFF -DATAU_BENCHMARKS=OFF \
	  -DCMAKE_CXX_FLAGS_RELWITHDEBINFO="-O1 -g1"
	cmake --build $(ASAN)
	ATAU_BUNDLE=$(CURDIR)/$(BUILD)/atau.bundle ctest --test-dir $(ASAN) -j2 --output-on-failure

$(VENV)/bin/pytest: Makefile
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/pip install --quiet pytest==9.2.0 ruff==0.17.6 pymorphy3==2.0.6 pymorphy3-dicts-ru==2.4.417150.4580142 razdel==0.5.0 \
	  mypy==2.4.1 basedpyright==1.40.2 pandas pandas-stubs tqdm nbclient nbconvert nbformat ipykernel playwright
	touch $@

# The package is installed from the sources as a user would do it; only the bundle is taken from the build that is there.
test-python: $(VENV)/bin/pytest
	CXX=$${CXX:-c++} $(VENV)/bin/pip install --quiet -C build-dir=$(BUILD)/wheel $(if $(LAUNCH),-C cmake.define.CMAKE_CXX_COMPILER_LAUNCHER=ccache) \
	  -C cmake.define.ATAU_PREBUILT_BUNDLE=$(CURDIR)/$(BUILD)/atau.bundle -C cmake.define.ATAU_CLI=OFF -C cmake.define.ATAU_WERROR=ON .
	$(ATAU) render examples/article.txt --title 'atau: examples/article.txt' -o $(BUILD)/article.html
	ATAU_PROGRAM=$(CURDIR)/$(ATAU) $(VENV)/bin/python -m pytest -q tests/python tests/golden tests/regression tests/gold tests/browser tests/benchmarks tests/cli tests/guide

# Everything that spaCy and Spark need; most of it is PySpark (300 MB).
$(VENV_ADAPTERS)/ready: tests/adapters/requirements.txt
	$(PYTHON) -m venv $(VENV_ADAPTERS)
	$(VENV_ADAPTERS)/bin/pip install --quiet -r tests/adapters/requirements.txt
	touch $@

# spaCy, Spark and the documents' examples, with the package from a wheel as it is handed out, in which nothing of this machine is used.
test-adapters: $(VENV_ADAPTERS)/ready
	SOURCE=tree DIST=$(BUILD)/dist ATAU_PREBUILT_BUNDLE=$(BUILD)/atau.bundle scripts/wheel.sh $(PYTHON)
	$(VENV_ADAPTERS)/bin/pip install --quiet --no-deps --no-index --force-reinstall --find-links $(BUILD)/dist --only-binary :all: atau
	scripts/wheel_proof.sh hidden $(BUILD)/dist/*-$(CP)-*.whl $(PYTHON) || [ $$? -eq 77 ]
	$(VENV_ADAPTERS)/bin/python tests/adapters/check_wheel.py tests/golden
	ATAU_DIST=$(BUILD)/dist ATAU_PROGRAM=$(CURDIR)/$(ATAU) $(VENV_ADAPTERS)/bin/python -m pytest -q tests/adapters

# The sdist and a wheel from it, in dist/; see docs/install.md for more interpreters.
wheel:
	scripts/setup.sh wheel
	scripts/wheel.sh $(PYTHON)

# The wheel in a fresh minimal Debian 12 (Python 3.11), without compiler, ICU, RE2 or Boost; needs root for debootstrap.
wheel-proof: wheel
	scripts/wheel_proof.sh hidden dist/*-$(CP)-*.whl $(PYTHON)
	scripts/wheel_proof.sh debian dist/*-cp311-*.whl

# Writes down today's results as the expected ones; look at the difference before it is committed.
golden: build
	$(PYTHON) tests/golden/run.py --program $(ATAU) --update

# How the weights are learned; see docs/training.md.
LEARNING := --one-case 3 --epochs 10 --jackknife 2 --l1 20 --span-l1 0.25 --place-l1 0.5 --rule-prior 0.5 --orders 4 --adapt factru --mix factru=0.8,factru.LOCATION=0.6,nerel=0.8,nerel.LOCATION=0.7,nerel.PROGRAM=0.5,own=0.6,own.PERSON=0.5

# Learns the weights anew; see docs/training.md for the two files.
train: build
	$(BUILD)/atau-train $(BUILD)/atau.bundle factru=$(FACTRU) nerel=$(NEREL) own=dictionaries/weights/training/own.txt \
	  $(LEARNING) --out dictionaries/weights/10_learned.tsv
	cmake --build $(BUILD)

# Everything that docs/benchmark.md describes; `make bench BENCH="--peers --corpora FOLDER"` passes options on.
bench: build
	$(PYTHON) benchmarks/run.py --program $(ATAU) --out $(BUILD)/bench $(BENCH)

# The reference of include/atau as HTML; a public name without a comment fails it.
reference:
	scripts/setup.sh reference
	scripts/reference.sh $(BUILD)/reference

format:
	clang-format-14 -i $(SOURCES)
	$(VENV)/bin/ruff format bindings tests benchmarks scripts

lint:
	scripts/setup.sh lint
	$(MAKE) $(VENV)/bin/pytest
	clang-format-14 --dry-run -Werror $(SOURCES)
	$(VENV)/bin/ruff check bindings tests benchmarks scripts
	$(VENV)/bin/ruff format --check bindings tests benchmarks scripts
	clang-tidy-14 --quiet --extra-arg=-Wno-unknown-warning-option -p $(BUILD) src/document/extractor.cc src/document/json.cc src/document/html.cc src/cli/extract.cc

clean:
	rm -rf $(BUILD) $(ASAN) build-wheel-*
