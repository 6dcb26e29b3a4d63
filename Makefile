# Everything runs in .venv, which the targets create; nothing but Python 3.11+ and make is needed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TEST_ARGS ?=
WEIGHTS := src/avgraph/extraction/weights

.PHONY: demo test lint bench docs notebook train calibration clean
.DEFAULT_GOAL := help

help:
	@echo "make demo   install, build the example workspace and tour it"
	@echo "make test   install with the tools of development and run the tests"
	@echo "make lint   style, types and the floor plan"
	@echo "make bench  the benchmarks, as tables"
	@echo "make docs   the generated pages: ontology and query reference"
	@echo "make notebook  the outputs of examples/network-tutorial.ipynb, computed anew"
	@echo "make train  the weights of the reader, from the annotated texts"
	@echo "make calibration  the confidences of its facts, by cross-validation (five trainings)"

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.12 …"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: $(VENV)/bin/python pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[articles,plot]'
	@touch $@

$(VENV)/.dev: $(VENV)/bin/python pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@ $(VENV)/.demo

demo: $(VENV)/.demo
	$(BIN)/avgraph demo

test: $(VENV)/.dev
	$(BIN)/python -m pytest -n 2 $(TEST_ARGS)

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.dev
	@for script in benchmarks/network.py benchmarks/startup.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done

docs: $(VENV)/.dev
	$(BIN)/python ontology/render.py

notebook: $(VENV)/.dev
	$(BIN)/python examples/notebook.py

$(VENV)/.train: $(VENV)/.dev
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[train]'
	@touch $@

build/base.npz: $(VENV)/.train training/base.py
	@mkdir -p build
	$(BIN)/python training/base.py --output $@

train: build/base.npz
	$(BIN)/python training/train.py training/corpus --base build/base.npz --output build/weights.pt
	$(BIN)/python training/export.py build/weights.pt --base build/base.npz --output $(WEIGHTS) --reference tests/data/reader_reference.npz

calibration: build/base.npz
	for k in 0 1 2 3 4; do \
	  $(BIN)/python training/train.py training/corpus --base build/base.npz --fold $$k --output build/fold$$k.pt && \
	  $(BIN)/python training/export.py build/fold$$k.pt --base build/base.npz --output build/fold$$k || exit 1; done
	$(BIN)/python training/calibrate.py training/corpus --weights build/fold0 build/fold1 build/fold2 build/fold3 build/fold4 \
	  --output $(WEIGHTS)

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
