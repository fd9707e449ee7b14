"""Vacancies: tasks that nobody may do, because everybody who could is excluded.

Four eyes in a small group may leave nobody: such a task would wait in silence. It becomes an
incident, which ends when somebody is given the task, or may do it by now.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from engine.domain.history import EventType
from engine.domain.incident import VACANT, Incident, IncidentId, Resolution
from engine.domain.user_task import TaskState
from engine.services import failures
from engine.store import incidents, instances, tasks, users

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from engine.bpmn.delta import Delta
    from engine.domain.instance import InstanceId
    from engine.domain.process_graph import FlowNode, ProcessGraph
    from engine.domain.user_task import UserTask
    from engine.services.moves import Cause, Tree
    from engine.services.recorder import Recorder
    from engine.store.database import Transaction

_REASON = (
    "nobody may do this task: everybody it is offered to is excluded, or did a task that another"
    " person must have done; hand it to somebody else, offer it to another group, or skip it"
)


def tell(tree: Tree, case_id: InstanceId, offered: Iterable[UserTask]) -> None:
    """Open an incident for each of these tasks that nobody may do."""
    for task in offered:
        if not is_vacant(tree.tx, task):
            continue
        if incidents.open_at(tree.tx, case_id, task.token, VACANT) is None:
            new = Incident(
                IncidentId(0), VACANT, task.element_id, task.token, _REASON, 1, tree.at, tree.at,
                instance_id=case_id,
            )  # fmt: skip
            locked = tree.case(case_id)
            tree.replace(failures.open_incident(tree.context, tree.tx, locked, new))


def bar(tree: Tree, case_id: InstanceId, graph: ProcessGraph, delta: Delta, cause: Cause) -> None:
    """Bar who did a task from the ones on offer that another person must do.

    Who holds such a task is told so, in words, when completing it.
    """
    done = {
        fact.element_id
        for fact in delta.facts
        if fact.token == cause.token and fact.type is EventType.COMPLETED
    }
    watching = {
        node.id
        for node in graph.nodes.values()
        if node.assignment is not None and done.intersection(node.assignment.distinct_from)
    }
    if not watching or cause.actor is None:
        return
    barred = [
        _without(tree.tx, task, cause.actor)
        for task in tasks.open_in(tree.tx, case_id)
        if task.element_id in watching and task.state is TaskState.OFFERED
    ]
    tell(tree, case_id, barred)


def offered_again(tree: Tree, node: FlowNode, task: UserTask) -> UserTask:
    """Bar from a task that was given back who did one meanwhile that another person must do."""
    if node.assignment is None or not node.assignment.distinct_from:
        return task
    done_by = tasks.done_by(tree.tx, task.instance_id, node.assignment.distinct_from)
    barred = _without(tree.tx, task, *done_by.values())
    tell(tree, task.instance_id, [barred])
    return barred


def check_again(tree: Tree, incident: Incident) -> None:
    """Open another incident if there is still nobody who may do the task."""
    assert incident.instance_id is not None
    waiting = tasks.open_in(tree.tx, incident.instance_id)
    tell(tree, incident.instance_id, [one for one in waiting if one.token == incident.token])


def settle(
    tx: Transaction, task: UserTask, node: FlowNode, recorder: Recorder, *, by: str | None,
    at: datetime,
) -> None:  # fmt: skip
    """Close the incident of a task that somebody may do now, or holds."""
    found = incidents.open_at(tx, task.instance_id, task.token, VACANT)
    if found is None or is_vacant(tx, task):
        return
    incidents.resolve(tx, [found.id], Resolution.OBSOLETE, by=by, at=at)
    instances.count_incidents(tx, task.instance_id, -1)
    detail = {"incident": found.id, "resolution": Resolution.OBSOLETE.value}
    recorder.element(EventType.INCIDENT_RESOLVED, node, task.token, actor=by, detail=detail)


def is_vacant(tx: Transaction, task: UserTask) -> bool:
    """Return whether people are meant to do a task, and each of them is excluded."""
    excluded = task.candidates.excluded
    if not excluded or task.state is not TaskState.OFFERED:
        return False
    # One more than may be excluded: more need not be read to know.
    meant = users.meant_by(tx, task.candidates, limit=len(excluded) + 1)
    return bool(meant) and meant <= excluded


def _without(tx: Transaction, task: UserTask, *performers: str) -> UserTask:
    excluded = task.candidates.excluded.union(performers)
    changed = replace(task, candidates=replace(task.candidates, excluded=excluded))
    tasks.update_candidates(tx, changed)
    return changed
