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
program.py    compile_model                 build.py        ProcessGraph -> SpiffWorkflow's spec
build_steps.py which step does which node   terms.py        compiled texts of the model
specs.py      steps and activities          gateways.py     gateways
scope_specs.py subprocesses, event subproc. event_specs.py  events that catch
triggers.py   what they wait for            throw_specs.py  events that throw, ends
work_specs.py people, jobs, calls, DMN      loop_specs.py   multi-instance, standard loops
undo_specs.py compensation, cancel          catching.py     who catches an error

The state of a case and its commands:
token.py      tokens, forks, scopes         tree.py         their tree, the data each sees
merge.py      three-way merge of case data  values.py       which values a case may hold
runtime.py    our workflow: budget, joins   journal.py      what happened in one command
codec.py      workflow state <-> bytes      rows.py         a token <-> JSON values
run.py        start, complete, deliver …    operate.py      set values, skip, move, waits
command.py    state in, Delta out; with     stepping.py     find the token, go on
modify.py     skipping and moving           migrate.py      another version of the process
delta.py      what one command changed

This module imports nothing.
"""
