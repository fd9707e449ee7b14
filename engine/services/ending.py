"""Ending a case as it stands, with everything that is open in it and below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.domain.history import EventType
from engine.domain.incident import Resolution
from engine.domain.instance import InstanceState
from engine.services.moves import recorder_of
from engine.store import calls, history, incidents, jobs, subscriptions, tasks

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.domain.history import HistoryEvent
    from engine.services.moves import Tree
    from engine.store.instances import LockedInstance

WITHDRAWN = "the calling case went on without it"


def withdraw(tree: Tree, instance_id: int) -> None:
    """Cancel a case that its caller no longer waits for."""
    cancel(tree, tree.case(instance_id), by=None, reason=WITHDRAWN)


def cancel(tree: Tree, locked: LockedInstance, *, by: str | None, reason: str) -> None:
    """Cancel a case and the cases it called."""
    tx, case, at = tree.tx, locked.instance, tree.at
    for child in calls.active_below(tx, case.id):
        cancel(tree, tree.case(child), by=by, reason=reason)
    recorder = recorder_of(locked, at)
    graph = tree.context.deployed.get(tx, case.definition_id).graph
    for element_id, token in open_visits(history.of_instance(tx, case.id)):
        recorder.element(EventType.CANCELLED, graph.nodes[element_id], token, actor=by)
    recorder.case(EventType.CASE_CANCELLED, actor=by, detail={"reason": reason})
    tree.end(locked, InstanceState.CANCELLED, recorder)
    open_tokens = [task.token for task in tasks.open_in(tx, case.id)]
    tasks.cancel(tx, case.id, open_tokens, by=by, at=at)
    jobs.delete_all(tx, case.id)
    subscriptions.delete_all(tx, case.id)
    if case.open_incidents:
        still_open = [one.id for one in incidents.of_instance(tx, case.id) if not one.resolved_at]
        incidents.resolve(tx, still_open, Resolution.CANCELLED, by=by, at=at, note=reason)


def open_visits(events: Iterable[HistoryEvent]) -> list[tuple[str, str]]:
    """Return element and token of everything that was scheduled and has not ended."""
    open_visits: dict[str, str] = {}
    for event in events:
        if event.token is None or event.element_id is None:
            continue
        if event.type is EventType.SCHEDULED:
            open_visits[event.token] = event.element_id
        elif event.type in (EventType.COMPLETED, EventType.CANCELLED):
            open_visits.pop(event.token, None)
    return [(element_id, token) for token, element_id in open_visits.items()]
