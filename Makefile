# The usual commands; python3 -m dev --help lists the finer ones.
PYTHON ?= python3
RUN = $(PYTHON) -m dev
export PYTHONDONTWRITEBYTECODE = 1

.DEFAULT_GOAL := help
.PHONY: help setup demo test stop clean shell screenshots bench drills pot lint

help: ## list these commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1	\2/p' Makefile | expand -t 20

demo: ## from nothing to a running Odoo with a story loaded; PORT=8069
	@$(RUN) demo $(if $(PORT),--port $(PORT)) $(ARGS)

test: ## all checks and tests; TAGS=/crm_roi:TestSnapshot runs one class
	@$(RUN) test $(if $(TAGS),--tags $(TAGS)) $(ARGS)

stop: ## stop the servers and PostgreSQL
	@$(RUN) stop

clean: ## stop everything and remove the cache folder
	@$(RUN) clean

shell: ## Odoo shell on this checkout's own database; DB=name for another
	@$(RUN) shell $(if $(DB),--db $(DB)) $(ARGS)

screenshots: ## pictures of the demo; OUT=folder ONLY=name
	@$(RUN) screenshots $(if $(OUT),--out $(OUT)) $(if $(ONLY),--only $(ONLY))

bench: ## compare speed with Odoo's own; N=leads (200000), ONLY="stages screens"
	@$(RUN) bench $(if $(N),--leads $(N)) $(if $(ONLY),--only $(ONLY)) $(ARGS)

drills: ## kill, double and cut off the nightly job; KILLS=30 SEED=19
	@$(RUN) drills $(if $(KILLS),--kills $(KILLS)) $(if $(SEED),--seed $(SEED))

pot: ## write the list of translatable texts, i18n/crm_roi.pot
	@$(RUN) pot

lint: ## style, XML and text checks only
	@$(RUN) lint

setup: ## environment, PostgreSQL and template database only
	@$(RUN) setup
