"""Use cases of operators: skip what a case waits for, begin again elsewhere, correct values.

Each is told before it is done: the preview takes the same step and stores nothing of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.bpmn import run
from engine.domain.consequences import Consequences, Move, OutdatedPreview, Standing
from engine.domain.history import EventType
from engine.errors import FieldError, InvalidForm, NotFound
from engine.services import failures, previews, steps, suspension, vault
from engine.services.access import ensure_case_visible
from engine.services.limits import ensure_case_values
from engine.services.moves import Cause, moving
from engine.store import calls, instances

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.domain.instance import ProcessInstance
    from engine.services.context import Context
    from engine.services.moves import Move as Step
    from engine.store.database import Transaction
    from engine.store.instances import LockedInstance


@dataclass(frozen=True, slots=True)
class Order:
    """Who changes a case, why, and which state of it they have seen."""

    by: str
    reason: str
    based_on: int | None = None


@dataclass(frozen=True, slots=True)
class _Told:
    """What the history is told of a change."""

    type: EventType
    detail: Mapping[str, object]


def standing(context: Context, instance_id: int, *, by: str) -> list[Standing]:
    """Return what a case waits for, in the order in which it began to."""
    with context.database.reading() as tx:
        case = ensure_case_visible(tx, instance_id, by).ensure_open()
        deployed = context.deployed.get(tx, case.definition_id)
        tokens = instances.within_lock(tx, instance_id).tokens
    nodes = deployed.graph.nodes
    return [
        Standing(one.token, one.element_id, one.kind, nodes[one.element_id].name)
        for one in run.waits(deployed.program, tokens)
    ]


def skip(
    context: Context, instance_id: int, token: str, order: Order, values: Mapping[str, object]
) -> ProcessInstance:
    """Go on behind an activity or event that waits, as if it were done."""
    given = ensure_case_values(values)

    def work(tx: Transaction) -> ProcessInstance:
        locked = _lock(context, tx, instance_id, order, "skip work of")
        locked.instance.ensure_active()
        element = _element_at(context, tx, locked, token)
        hidden = vault.hide(tx, locked.instance, given, at=context.clock.now())
        told = _Told(EventType.MOVED, {"skipped": element, "token": token})
        step = moving(run.skip, token=token, values=hidden)
        return _take(context, tx, locked, step, order, told)

    return context.database.run(work)  # a mistaken order is refused, and no incident of the case


def move(context: Context, instance_id: int, wanted: Move, order: Order) -> ProcessInstance:
    """Withdraw tokens and begin at elements, again or ahead of their time."""
    given = _ensure_move(wanted)

    def work(tx: Transaction) -> ProcessInstance:
        locked = _lock(context, tx, instance_id, order, "move")
        locked.instance.ensure_active()
        hidden = vault.hide(tx, locked.instance, given, at=context.clock.now())
        withdrawn = None if wanted.withdraw is None else sorted(wanted.withdraw)
        told = _Told(
            EventType.MOVED, {"activated": sorted(wanted.activate), "withdrawn": withdrawn}
        )
        step = _moving(wanted, hidden)
        return _take(context, tx, locked, step, order, told)

    return context.database.run(work)


def set_values(
    context: Context, instance_id: int, values: Mapping[str, object], order: Order
) -> ProcessInstance:
    """Correct values of a case, which may stand still; conditional events look at them anew."""
    given = ensure_case_values(values)
    if not given:
        raise InvalidForm({"values": FieldError("required")})

    def work(tx: Transaction) -> ProcessInstance:
        locked = _lock(context, tx, instance_id, order, "change values of")
        hidden = vault.hide(tx, locked.instance, given, at=context.clock.now())
        told = _Told(
            EventType.DATA_CHANGED, {"fields": sorted(given)}
        )  # no values: they may be personal
        step = moving(run.set_values, values=hidden)
        return _take(context, tx, locked, step, order, told)

    return context.database.run(work)


def preview_skip(
    context: Context, instance_id: int, token: str, values: Mapping[str, object], *, by: str
) -> Consequences:
    """Return what skipping would do."""
    given = ensure_case_values(values)
    step = moving(run.skip, token=token, values=given)
    return previews.of_step(context, instance_id, step, by=by)


def preview_move(context: Context, instance_id: int, wanted: Move, *, by: str) -> Consequences:
    """Return what moving would do."""
    step = _moving(wanted, _ensure_move(wanted))
    return previews.of_step(context, instance_id, step, by=by)


def preview_values(
    context: Context, instance_id: int, values: Mapping[str, object], *, by: str
) -> Consequences:
    """Return what correcting values would do, beside changing them."""
    given = ensure_case_values(values)
    step = moving(run.set_values, values=given)
    return previews.of_step(context, instance_id, step, by=by)


def _lock(
    context: Context, tx: Transaction, instance_id: int, order: Order, action: str
) -> LockedInstance:
    suspension.ensure_reason(order.reason)
    _, locked = suspension.lock(context, tx, instance_id, order.by, action)
    if order.based_on is not None and locked.instance.version != order.based_on:
        raise OutdatedPreview(instance_id)
    locked.instance.ensure_open()
    return locked


def _take(
    context: Context, tx: Transaction, locked: LockedInstance, step: Step, order: Order, told: _Told
) -> ProcessInstance:
    tree = steps.Steps(context, tx)
    detail = {**told.detail, "reason": order.reason.strip()}
    by, case_id = order.by, locked.instance.id
    locked = failures.tell_case(tx, locked, told.type, actor=by, detail=detail, at=tree.at)
    tree.step(locked, step, Cause(actor=by, may_be_suspended=True))
    tree.settle()
    suspension.keep_still(tree, case_id)
    return vault.shown_one(tx, tree.case(case_id).instance, by)


def _moving(wanted: Move, values: Mapping[str, object]) -> Step:
    return moving(run.move, cancel=wanted.withdraw, activate=wanted.activate, values=values)


def _ensure_move(wanted: Move) -> dict[str, object]:
    """Return the values of a move, or raise InvalidForm if nothing is to move."""
    if not wanted.activate and not wanted.withdraw:
        raise InvalidForm({"activate": FieldError("required")})
    return ensure_case_values(wanted.values)


def _element_at(context: Context, tx: Transaction, locked: LockedInstance, token: str) -> str:
    """Return where a token of a case is; NotFound if there is none."""
    found = calls.element_at(tx, locked.instance.id, token)
    if not found:
        raise NotFound(f"token in case {locked.instance.business_key}", token)
    return found
