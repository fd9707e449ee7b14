"""Use cases about process instances: start, see, list, cancel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.bpmn import run
from engine.domain.business_key import ensure_key, generated_key
from engine.domain.history import EventType
from engine.domain.instance import InstanceId, InstanceState, ProcessInstance
from engine.errors import FieldError, InvalidForm, NotFound
from engine.services import idempotency, steps, users
from engine.services.access import ensure_case_visible
from engine.services.offers import Offers
from engine.services.recorder import Recorder
from engine.services.tasks import checked
from engine.store import business_keys, cases, definitions, history, instances, tasks, timers
from engine.store.cases import Filters
from engine.store.types import to_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from engine.bpmn.delta import Delta
    from engine.domain.history import HistoryEvent
    from engine.domain.process_graph import FlowNode
    from engine.services.context import Context
    from engine.services.deployed import DeployedProcess
    from engine.store.database import Transaction

__all__ = ["Filters", "Start", "cancel", "count", "find", "get", "page", "start"]

MOST_ROWS = 500
LARGEST_VALUES_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Start:
    """The request to start a case."""

    process_key: str
    values: Mapping[str, object]
    start_event: str | None = None
    business_key: str | None = None
    idempotency_key: str | None = None


def start(context: Context, wanted: Start, *, by: str | None) -> ProcessInstance:
    """Start a case of the newest version of a process."""
    content = {
        "start": wanted.process_key,
        "values": dict(wanted.values),
        "start_event": wanted.start_event,
        "business_key": wanted.business_key,
    }
    request = idempotency.Request(wanted.idempotency_key, by or "", content)

    def work(tx: Transaction) -> ProcessInstance:
        answer = idempotency.earlier_answer(tx, request)
        if answer is not None:
            return _get(tx, int(str(answer["case"])))
        started = _start(context, tx, wanted, by)
        idempotency.remember(tx, request, {"case": started.id}, at=context.clock.now())
        return started

    return context.database.run(work)


def get(context: Context, instance_id: int, *, by: str) -> ProcessInstance:
    """Return a case that this person may see."""
    with context.database.reading() as tx:
        return ensure_case_visible(tx, instance_id, by)


def find(context: Context, process_key: str, business_key: str, *, by: str) -> ProcessInstance:
    """Return the case of a process with this business key."""
    with context.database.reading() as tx:
        found = instances.by_business_key(tx, process_key, business_key)
        if found is None:
            raise NotFound("case", business_key)
        return ensure_case_visible(tx, found.id, by)


def page(context: Context, filters: Filters, *, by: str) -> list[ProcessInstance]:
    """Return one page of the cases this person may see, newest first."""
    if not 0 < filters.limit <= MOST_ROWS:
        raise ValueError(f"a page has 1 to {MOST_ROWS} cases, not {filters.limit}")
    with context.database.reading() as tx:
        return cases.page(tx, filters, visible_to=users.acting(tx, by))


def count(context: Context, *, process_key: str | None) -> dict[InstanceState, int]:
    """Return how many cases are in each state."""
    with context.database.reading() as tx:
        return instances.count(tx, process_key)


def cancel(context: Context, instance_id: int, *, by: str, reason: str) -> ProcessInstance:
    """End a case with everything that is open in it."""
    if not reason.strip():
        raise InvalidForm({"reason": FieldError("required")})

    def work(tx: Transaction) -> ProcessInstance:
        users.ensure_manager(tx, by, "cancel", f"case {instance_id}")
        locked = instances.lock(tx, instance_id)
        if locked is None:
            raise NotFound("case", instance_id)
        case, now = locked.instance.ensure_active(), context.clock.now()
        recorder = Recorder(case.process_key, case.business_key, last_seq=locked.last_seq, at=now)
        graph = context.deployed.get(tx, case.definition_id).graph
        for element_id, token in _open_visits(history.of_instance(tx, case.id)):
            recorder.element(EventType.CANCELLED, graph.nodes[element_id], token, actor=by)
        recorder.case(EventType.CASE_CANCELLED, actor=by, detail={"reason": reason.strip()})
        cancelled = InstanceState.CANCELLED
        instances.end(tx, locked, state=cancelled, at=now, last_seq=recorder.last_seq)
        open_tokens = [task.token for task in tasks.open_in(tx, case.id)]
        tasks.cancel(tx, case.id, open_tokens, by=by, at=now)
        timers.delete_all(tx, case.id)
        history.append(tx, case.id, recorder.events)
        return _get(tx, case.id)

    return context.database.run(work)


def _start(context: Context, tx: Transaction, wanted: Start, by: str | None) -> ProcessInstance:
    now = context.clock.now()
    if by is not None:
        users.acting(tx, by)
    newest = definitions.newest_of(tx, wanted.process_key)
    if newest is None:
        raise NotFound("process", wanted.process_key)
    deployed = context.deployed.get(tx, newest.id)
    event = deployed.start_event(wanted.start_event)
    values = _start_values(deployed, event, wanted.values)
    delta = run.start(deployed.program, values=values, start_event=event.id, at=now)
    state = InstanceState.COMPLETED if delta.is_completed else InstanceState.ACTIVE
    begun = ProcessInstance(
        id=InstanceId(0),  # given by the database
        definition_id=newest.id,
        process_key=newest.key,
        business_key=_business_key(tx, wanted, now),
        state=state,
        version=1,
        started_at=now,
        started_by=by,
        ended_at=now if delta.is_completed else None,
        values=delta.values,
    )
    return _save_new(tx, deployed, begun, delta)


def _save_new(
    tx: Transaction, deployed: DeployedProcess, begun: ProcessInstance, delta: Delta
) -> ProcessInstance:
    now = begun.started_at
    recorder = Recorder(begun.process_key, begun.business_key, last_seq=0, at=now)
    recorder.case(EventType.CASE_STARTED, actor=begun.started_by)
    planned = Offers(tx, deployed, begun, calendars={}, at=now).plan(delta.opened_tasks)
    steps.record(deployed, delta, recorder, steps.Cause(), planned)
    new = instances.NewInstance(
        definition_id=begun.definition_id,
        process_key=begun.process_key,
        business_key=begun.business_key,
        state=begun.state,
        last_seq=recorder.last_seq,
        tokens=None if delta.is_completed else delta.state,
        values=delta.values,
        started_at=now,
        started_by=begun.started_by,
        ended_at=begun.ended_at,
    )
    started = _get(tx, instances.insert(tx, new))
    steps.save_work(tx, started, delta, recorder, planned, now)
    return started


def _start_values(
    deployed: DeployedProcess, event: FlowNode, values: Mapping[str, object]
) -> dict[str, object]:
    """Return the values a case starts with: those of the form, or any JSON if there is none."""
    form = deployed.form_of(event)
    if form is not None:
        return checked(form, values, {})
    try:
        size_bytes = len(to_json(values))
    except TypeError:
        size_bytes = LARGEST_VALUES_BYTES + 1
    if size_bytes > LARGEST_VALUES_BYTES or not all(key.isidentifier() for key in values):
        expected = f"named JSON values of at most {LARGEST_VALUES_BYTES // 1024} KB"
        raise InvalidForm({"values": FieldError("type", {"expected": expected})})
    return dict(values)


def _business_key(tx: Transaction, wanted: Start, at: datetime) -> str:
    """Return the key that was asked for, or the next free one."""
    if wanted.business_key is not None:
        return ensure_key(wanted.business_key)
    while True:
        number = business_keys.next_number(tx, wanted.process_key, at.year)
        key = generated_key(wanted.process_key, at.year, number)
        if not instances.is_taken(tx, wanted.process_key, key):
            return key


def _open_visits(events: Iterable[HistoryEvent]) -> list[tuple[str, str]]:
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


def _get(tx: Transaction, instance_id: int) -> ProcessInstance:
    instance = instances.get(tx, instance_id)
    if instance is None:
        raise NotFound("case", instance_id)
    return instance
