# make events   extracts the five seed articles with the embedded model; makes its own .venv, installs no torch
# make test     lint, types, tests; makes its own .venv with everything a developer needs
PYTHON ?= python3.11
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: events test lint types validate clean

events: $(VENV)/events.stamp
	$(BIN)/waqai extract seeds -o outputs/events.jsonl --documents outputs/documents.jsonl --merge --overwrite
	$(BIN)/waqai show outputs/events.jsonl

test: $(VENV)/dev.stamp lint types validate
	$(BIN)/python -m pytest

lint: $(VENV)/dev.stamp
	$(BIN)/ruff check .

types: $(VENV)/dev.stamp
	$(BIN)/mypy

validate: $(VENV)/dev.stamp
	$(BIN)/waqai validate annotations

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip

$(VENV)/events.stamp: $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet -e .
	touch $@

$(VENV)/dev.stamp: $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet -e '.[dev]'
	touch $@ $(VENV)/events.stamp

clean:
	rm -rf $(VENV) outputs build dist src/*.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
