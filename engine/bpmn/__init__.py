"""The only door to SpiffWorkflow and lxml: bytes and state in, values out.

read.py       hardened XML                  vocabulary.py  what BPMN we execute, what we refuse
structure.py  checks of the XML elements    graph.py       XML -> ProcessGraph
rules.py      checks of the graph           lint.py        all findings of a file
normalise.py  the part of a graph that one start event runs
specs.py      our task specs on SpiffWorkflow's     runtime.py  our workflow: tokens, joins, budget
merge.py      three-way merge of case data  codec.py       workflow state <-> compact bytes
run.py        compile_model, start, complete, fire: state in, Delta out

This module imports nothing: ``graph`` is used by simulation processes, which load no
SpiffWorkflow (only ``specs``, ``runtime``, ``codec`` and ``run`` import it).
"""
