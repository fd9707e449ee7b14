"""One step of a process instance: state and a command in, Delta out.

Nothing here knows the database, people or the wall clock: the caller hands in the moment and
stores what comes back. States are bytes of ``engine.bpmn.codec``. Values are JSON values:
text, numbers, booleans, null, lists and objects; a date is handed in as ISO 8601 text.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any

from engine.bpmn import codec
from engine.bpmn.build import build_spec, spec_name
from engine.bpmn.delta import Delta
from engine.bpmn.graph import read_graph
from engine.bpmn.lint import lint
from engine.bpmn.runtime import ProcessWorkflow
from engine.bpmn.values import ensure_json
from engine.domain.process_graph import NodeType, ProcessGraph
from engine.errors import ExecutionFailed, InvalidModel, Severity

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime, tzinfo

    from engine.bpmn.runtime import Token


@dataclass(frozen=True)
class Program:
    """A process definition ready to run; may be shared by threads."""

    graph: ProcessGraph
    spec: Any  # of SpiffWorkflow

    def start_event(self, element_id: str | None) -> str:
        """Return the id of the start event that is meant, or raise ExecutionFailed."""
        known = [node.id for node in self.graph.of_type(NodeType.START_EVENT)]
        offered = ", ".join(known)
        if element_id is None and len(known) > 1:
            raise ExecutionFailed(self.graph.key, f"name the start event: one of {offered}")
        chosen = known[0] if element_id is None else element_id
        if chosen not in known:
            raise ExecutionFailed(chosen, f"no such start event; there is {offered}")
        return chosen


def compile_model(
    xml: bytes,
    *,
    source: str,
    form_keys: Collection[str] | None = None,
    zone: tzinfo = UTC,
) -> Program:
    """Return the program of a BPMN file, or raise InvalidModel with every finding.

    Calendar parts of timers (days, months) are counted on the calendar of the zone.
    """
    findings = lint(xml, source=source, form_keys=form_keys)
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise InvalidModel(source, findings)
    graph = read_graph(xml, source=source)
    return Program(graph, build_spec(graph, zone=zone))


def start(
    program: Program,
    *,
    values: Mapping[str, object],
    start_event: str | None,
    at: datetime,
) -> Delta:
    """Start an instance at a start event; it may be left out if there is only one."""
    chosen = program.start_event(start_event)
    workflow = ProcessWorkflow(program.spec, at=at)
    root = workflow.task_tree
    root.data = ensure_json(values, element_id=chosen)
    token = workflow.spawn(program.spec.task_specs[spec_name(chosen)], root, root.data)
    token.task_spec._update(token)  # noqa: SLF001 -- how SpiffWorkflow delivers
    return _advanced(workflow)


def complete(
    program: Program,
    state: bytes,
    *,
    token: str,
    values: Mapping[str, object],
    at: datetime,
) -> Delta:
    """Complete an open user or manual task with the values a person gave."""
    workflow = codec.load(state, program.spec, at=at)
    task = _open(workflow, token, is_timer=False)
    if values:
        task.data = {**task.data, **ensure_json(values, element_id=task.task_spec.bpmn_id)}
    task.run()
    return _advanced(workflow)


def fire(program: Program, state: bytes, *, token: str, at: datetime) -> Delta:
    """Let a timer fire, whether or not it is due."""
    workflow = codec.load(state, program.spec, at=at)
    _open(workflow, token, is_timer=True).run()
    return _advanced(workflow)


def _open(workflow: ProcessWorkflow, token: str, *, is_timer: bool) -> Token:
    task = next((leaf for leaf in workflow.leaves() if leaf.name == token), None)
    if (
        task is None
        or not task.task_spec.waits_for_outside
        or (task.is_ready() if is_timer else task.is_waiting())
    ):
        kind = "timer" if is_timer else "task"
        raise ExecutionFailed(workflow.spec.name, f"no {kind} is open at token {token!r}")
    return task


def _advanced(workflow: ProcessWorkflow) -> Delta:
    workflow.advance()
    journal = workflow.journal
    return Delta(
        state=codec.dump(workflow),
        is_completed=workflow.is_completed(),
        values=workflow.merged_data(),
        opened_tasks=tuple(journal.opened_tasks.values()),
        closed_tasks=tuple(journal.closed_tasks),
        opened_timers=tuple(journal.opened_timers.values()),
        closed_timers=tuple(journal.closed_timers),
        facts=tuple(journal.facts),
    )
