"""Use cases about what happened: read it, and take it over from elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.domain.finished_case import finished_cases
from engine.services.access import ensure_case_visible
from engine.store import history, instances
from engine.store.history import Chain
from engine.store.history_chain import new_tail
from engine.store.instances import NewInstance

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from engine.domain.finished_case import FinishedCase
    from engine.domain.history import HistoryEvent
    from engine.services.context import Context
    from engine.store.database import Transaction


def of_instance(context: Context, instance_id: int, *, by: str) -> list[HistoryEvent]:
    """Return what happened in a case, in order."""
    with context.database.reading() as tx:
        ensure_case_visible(tx, instance_id, by)
        return history.of_instance(tx, instance_id)


def of_process(
    context: Context, key: str, *, since: datetime | None, until: datetime | None
) -> Iterator[HistoryEvent]:
    """Yield the events of the cases started in a period, from one state of the database."""
    with context.database.reading() as tx:
        yield from history.of_process(tx, key, since=since, until=until)


def import_cases(context: Context, definition_id: int, events: Iterable[HistoryEvent]) -> int:
    """Store finished cases and return how many; all of them or none."""
    with context.database.reading() as tx:
        deployed = context.deployed.get(tx, definition_id)
    cases = finished_cases(events, deployed.graph)

    def work(tx: Transaction) -> int:
        history.append(tx, *(_insert(tx, definition_id, case) for case in cases))
        return len(cases)

    return context.database.run(work)


def _insert(tx: Transaction, definition_id: int, case: FinishedCase) -> tuple[int, Chain]:
    first, last = case.events[0], case.events[-1]
    chain = Chain(new_tail(first.process_key, first.case_id))
    for event in case.events:
        chain.add(event)
    new = NewInstance(
        definition_id=definition_id,
        process_key=first.process_key,
        business_key=case.case_id,
        state=case.state,
        tail=chain.tail,
        tokens=None,
        values={},
        started_at=first.at,
        started_by=first.actor,
        ended_at=last.at,
    )
    return instances.insert(tx, new), chain
