# Everything from a fresh clone: nothing else needed but Python 3.11+ and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test lint docs install clean
install: $(READY)

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[model,pipelines,postgres,web,dev]'
	touch $(READY)

demo: $(READY)
	$(BIN)/xiezhi demo

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/mypy

# Data dictionary, catalogue of rules, schemas: whatever is written from the declarations and the rule files.
docs: $(READY)
	$(BIN)/python -m engine.catalogue
	$(BIN)/python -m engine.schemas

test: lint
	$(BIN)/python -m pytest -n 2

clean:
	rm -rf $(VENV) out data build *.egg-info
