"""The only door to SpiffWorkflow and lxml: bytes and state in, values out.

From bytes to a graph, without SpiffWorkflow, so that simulation processes do not load it:
read.py       hardened XML                  vocabulary.py  what BPMN we execute, what we refuse
structure.py  checks of the XML elements    graph.py       XML -> ProcessGraph
rules.py      checks of the graph           paths.py       ways through it
soundness.py  may a case get stuck?         lint.py        all findings of a file
timers.py     compiled timer texts

From a graph to running cases:
build.py      ProcessGraph -> SpiffWorkflow's spec, made of
specs.py      our task specs: activities and events
gateways.py   our task specs: gateways
runtime.py    our workflow: tokens, joins, budget of steps
merge.py      three-way merge of case data  values.py      which values a case may hold
codec.py      workflow state <-> bytes      journal.py     what happened in one command
run.py        compile_model, start, complete, fire: state in, Delta out

This module imports nothing.
"""
