"""Use cases about process instances: start, see, list, cancel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.domain.business_key import ensure_key
from engine.errors import FieldError, InvalidForm, NotFound
from engine.services import calls, ending, failures, idempotency, routing, steps, users, vault
from engine.services.access import ensure_case_visible
from engine.services.limits import ensure_case_values
from engine.services.moves import Beginning
from engine.services.tasks import checked
from engine.store import calls as stored_calls
from engine.store import cases, instances
from engine.store.cases import Filters

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.domain.instance import InstanceState, ProcessInstance
    from engine.domain.process_graph import FlowNode
    from engine.services.context import Context
    from engine.services.deployed import DeployedProcess
    from engine.store.database import Transaction

__all__ = ["Filters", "Start", "called", "cancel", "count", "find", "get", "page", "start"]

MOST_ROWS = 500


@dataclass(frozen=True, slots=True)
class Start:
    """The request to start a case."""

    process_key: str
    values: Mapping[str, object]
    start_event: str | None = None
    business_key: str | None = None
    idempotency_key: str | None = None


def start(context: Context, wanted: Start, *, by: str | None) -> ProcessInstance:
    """Start a case of a process, of the version that its routing chooses."""
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
            return vault.shown_one(tx, _get(tx, int(str(answer["case"]))), by)
        started = _start(context, tx, wanted, by)
        idempotency.remember(tx, request, {"case": started.id}, at=context.clock.now())
        return vault.shown_one(tx, started, by)

    return context.database.run(work)


def get(context: Context, instance_id: int, *, by: str) -> ProcessInstance:
    """Return a case that this person may see."""
    with context.database.reading() as tx:
        return vault.shown_one(tx, ensure_case_visible(tx, instance_id, by), by)


def find(context: Context, process_key: str, business_key: str, *, by: str) -> ProcessInstance:
    """Return the case of a process with this business key."""
    with context.database.reading() as tx:
        found = instances.by_business_key(tx, process_key, business_key)
        if found is None:
            raise NotFound("case", business_key)
        return vault.shown_one(tx, ensure_case_visible(tx, found.id, by), by)


def page(context: Context, filters: Filters, *, by: str) -> list[ProcessInstance]:
    """Return one page of the cases this person may see, newest first."""
    if not 0 < filters.limit <= MOST_ROWS:
        raise ValueError(f"a page has 1 to {MOST_ROWS} cases, not {filters.limit}")
    with context.database.reading() as tx:
        found = cases.page(tx, filters, visible_to=users.acting(tx, by))
        return vault.shown(tx, found, by)


def called(context: Context, instance_id: int, *, by: str) -> list[ProcessInstance]:
    """Return the cases that a case started by its call activities."""
    with context.database.reading() as tx:
        ensure_case_visible(tx, instance_id, by)
        return vault.shown(tx, stored_calls.called_by(tx, instance_id), by)


def count(context: Context, *, process_key: str | None) -> dict[InstanceState, int]:
    """Return how many cases are in each state."""
    with context.database.reading() as tx:
        return cases.count(tx, process_key)


def cancel(context: Context, instance_id: int, *, by: str, reason: str) -> ProcessInstance:
    """End a case with everything that is open in it."""
    if not reason.strip():
        raise InvalidForm({"reason": FieldError("required")})

    def work(tx: Transaction) -> ProcessInstance:
        users.ensure_manager(tx, by, "cancel", f"case {instance_id}")
        locked = instances.lock(tx, instance_id)
        if locked is None:
            raise NotFound("case", instance_id)
        locked.instance.ensure_open()
        tree = steps.Steps(context, tx)
        ending.cancel(tree, locked, by=by, reason=reason.strip())
        if locked.instance.parent_id is not None:
            tell = f"the called case {locked.instance.business_key} was cancelled: {reason.strip()}"
            failures.park(tree, calls.called_again(tree, locked), tell)
        return vault.shown_one(tx, _get(tx, instance_id), by)

    return context.database.run(work)


def _start(context: Context, tx: Transaction, wanted: Start, by: str | None) -> ProcessInstance:
    if by is not None:
        users.acting(tx, by)
    at = context.clock.now()
    if wanted.business_key is not None:
        key = ensure_key(wanted.business_key)
    else:
        key = calls.free_key(tx, wanted.process_key, at)
    chosen, route = routing.version_for(tx, wanted.process_key, key, wanted.values)
    deployed = context.deployed.get(tx, chosen.id)
    event = deployed.start_event(wanted.start_event)
    values, kept = vault.hidden(
        _start_values(deployed, event, wanted.values), deployed.form_of(event), at=at
    )
    beginning = Beginning(deployed, event.id, values, key, by=by, route=route)
    started = steps.begin(context, tx, beginning)
    vault.keep(tx, kept, instance_id=started.id)
    return started


def _start_values(
    deployed: DeployedProcess, event: FlowNode, values: Mapping[str, object]
) -> dict[str, object]:
    """Return the values a case starts with: those of the form, or any JSON if there is none."""
    form = deployed.form_of(event)
    return ensure_case_values(values) if form is None else checked(form, values, {})


def _get(tx: Transaction, instance_id: int) -> ProcessInstance:
    instance = instances.get(tx, instance_id)
    if instance is None:
        raise NotFound("case", instance_id)
    return instance
