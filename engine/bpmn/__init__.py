"""The only door to SpiffWorkflow and lxml: bytes and state in, values out.

From bytes to a graph, without SpiffWorkflow, so that simulation processes do not load it:
read.py       hardened XML                  vocabulary.py   the words of BPMN 2.0
processes.py  which process of a file       structure.py    checks of the XML elements
placement.py  where which event may stand   references.py   messages, signals, errors
dialects.py   words of other engines        events.py       event definitions
activities.py scripts, calls, mappings      repetition.py   loops
people.py     who and by when               rewrite.py      makes explicit what is left out
graph.py      XML -> ProcessGraph           notes.py        what reading had to say

What is wrong with a file, and what becomes of it:
lint.py       all findings of a file        report.py       each element: kept, refused …
rules.py      checks of the graph           paths.py        ways through it
content.py    checks of single nodes        said.py         their expressions
recursion.py  calls without end             
assignments.py checks of people and dates   remarks.py      findings at nodes and flows
soundness.py  may a case get stuck?         timers.py       compiled timer texts
layout.py     a diagram where there is none, made of
drawing.py    the shapes of a scope         layered.py      columns and rows

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
