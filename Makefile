# The usual commands; python3 -m dev --help lists the finer ones.
PYTHON ?= python3
RUN = $(PYTHON) -m dev
export PYTHONDONTWRITEBYTECODE = 1

.DEFAULT_GOAL := help
.PHONY: help setup demo test stop clean shell screenshots bench lint

help: ## list these commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1	\2/p' Makefile | expand -t 22

setup: ## environment, PostgreSQL and template database only
	@$(RUN) setup

test: ## run the tests; TAGS=/crm_roi:TestSnapshot runs one class
	@$(RUN) test $(if $(TAGS),--tags $(TAGS)) $(ARGS)

shell: ## Odoo shell on this checkout's own database
	@$(RUN) shell $(if $(DB),--db $(DB)) $(ARGS)
