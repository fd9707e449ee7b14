"""Storing what a step changed; shared by starting, completing and firing."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from engine.domain.history import EventType
from engine.domain.instance import InstanceState, ProcessInstance
from engine.services import offers
from engine.store import history, instances, tasks, timers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from engine.bpmn.delta import Delta
    from engine.domain.user_task import UserTask
    from engine.services.deployed import DeployedProcess
    from engine.services.recorder import Recorder
    from engine.store.database import Transaction
    from engine.store.instances import LockedInstance


@dataclass(frozen=True, slots=True)
class Cause:
    """Who made the token move, which one, and what is to be remembered of it."""

    token: str | None = None
    actor: str | None = None
    detail: Mapping[str, object] = field(default_factory=dict)


def record(
    deployed: DeployedProcess,
    delta: Delta,
    recorder: Recorder,
    cause: Cause,
    planned: Iterable[UserTask],
) -> None:
    """Turn the facts of a step, and the tasks it opens, into history events."""
    opened = {task.token: task for task in planned}
    for fact in delta.facts:
        node = deployed.graph.nodes[fact.element_id]
        is_caused = fact.token == cause.token and fact.type is EventType.COMPLETED
        recorder.element(
            fact.type,
            node,
            fact.token,
            actor=cause.actor if is_caused else None,
            detail={**fact.detail, **cause.detail} if is_caused else fact.detail,
        )
        if fact.type is EventType.SCHEDULED and fact.token in opened:
            offer = offers.detail(opened[fact.token])
            recorder.element(EventType.OFFERED, node, fact.token, detail=offer)
    if delta.is_completed:
        recorder.case(EventType.CASE_COMPLETED, actor=None)


def advanced(before: ProcessInstance, delta: Delta, at: datetime) -> ProcessInstance:
    """Return the instance as it is after a step."""
    return replace(
        before,
        state=InstanceState.COMPLETED if delta.is_completed else InstanceState.ACTIVE,
        version=before.version + 1,
        ended_at=at if delta.is_completed else None,
        values=delta.values,
    )


def save(
    tx: Transaction,
    locked: LockedInstance,
    delta: Delta,
    recorder: Recorder,
    planned: Iterable[UserTask],
    at: datetime,
) -> list[UserTask]:
    """Store a step of a locked instance, and return the tasks it opened."""
    after = advanced(locked.instance, delta, at)
    instances.advance(tx, locked, after, tokens=delta.state, last_seq=recorder.last_seq)
    return save_work(tx, after, delta, recorder, planned, at)


def save_work(
    tx: Transaction,
    instance: ProcessInstance,
    delta: Delta,
    recorder: Recorder,
    planned: Iterable[UserTask],
    at: datetime,
) -> list[UserTask]:
    """Store the tasks, timers and history of a step, and return the tasks it opened."""
    history.append(tx, instance.id, recorder.events)
    tasks.cancel(tx, instance.id, delta.closed_tasks, by=None, at=at)
    timers.delete(tx, instance.id, delta.closed_timers)
    timers.insert(
        tx,
        [
            (instance.id, timer.token, timer.element_id, timer.due_at)
            for timer in delta.opened_timers
        ],
    )
    return offers.store(tx, planned, instance.id)
