"""The open cases of a process as a forecast takes them: where each stands, and since when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.domain.instance import InstanceState
from simulation.scenario.open_case import OpenCase, Place

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from engine.domain.instance import ProcessInstance
    from engine.process_engine import ProcessEngine

_PAGE = 200
_TASK, _TIMER, _JOIN = "task", "timer", "join"
_WAITS = frozenset({_JOIN, "subscription"})  # nothing is known but that it waits there


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A case that is not forecast, and why."""

    case_id: str
    reason: str  # suspended, problem, call, job, condition, continue


@dataclass(frozen=True)
class OpenCases:
    """What is under way in a process."""

    cases: tuple[OpenCase, ...]
    left_out: tuple[LeftOut, ...]


def open_cases(engine: ProcessEngine, process_key: str, *, now: datetime, by: str) -> OpenCases:
    """Read the open cases that somebody may see."""
    found: list[OpenCase] = []
    left_out: list[LeftOut] = []
    for instance in active_instances(engine, process_key, by=by):
        places = list(_places(engine, instance, now, by))
        reason = _reason(instance) or next((p for p in places if isinstance(p, str)), None)
        if reason is not None:
            left_out.append(LeftOut(instance.business_key, reason))
            continue
        standing = tuple(place for place in places if isinstance(place, Place))
        found.append(
            OpenCase(instance.business_key, instance.started_at, standing, instance.values)
        )
    return OpenCases(tuple(found), tuple(left_out))


def active_instances(
    engine: ProcessEngine, process_key: str, *, by: str
) -> Iterator[ProcessInstance]:
    """Yield the instances of a process that are not over and that somebody may see."""
    before: int | None = None
    while True:
        page = engine.instances(
            by=by, process_key=process_key, state=InstanceState.ACTIVE, limit=_PAGE, before=before
        )
        yield from page
        if len(page) < _PAGE:
            return
        before = page[-1].id


def _reason(instance: ProcessInstance) -> str | None:
    """Return why nothing can be said of a case as a whole."""
    if instance.suspended_at is not None:
        return "suspended"
    return "problem" if instance.open_incidents else None


def _places(
    engine: ProcessEngine, instance: ProcessInstance, now: datetime, by: str
) -> Iterator[Place | str]:
    """Yield where the tokens of a case stand; a word for one that cannot be forecast."""
    tasks = {task.token: task for task in engine.open_tasks(instance.id, by=by)}
    due = {timer.token: timer.due_at for timer in engine.timers(instance.id)}
    for token in engine.standing(instance.id, by=by):
        if token.kind == _TASK and token.token in tasks:
            task = tasks[token.token]
            yield Place(token.element_id, task.created_at, task.claimed_at)
        elif token.kind == _TIMER and token.token in due:
            yield Place(token.element_id, now, due_at=due[token.token])
        elif token.kind in _WAITS:
            yield Place(token.element_id, now)
        else:
            yield token.kind
