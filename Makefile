# Aliases; dev.py is the tool.
.PHONY: run test bench golden docs lock setup
run test bench golden docs lock setup:
	python3 dev.py $@
