"""What each kind of job does."""

from __future__ import annotations

import hashlib
from functools import partial
from typing import TYPE_CHECKING

from engine.bpmn import run
from engine.connectors.call import BusinessError, CallResult, ServiceCall, ServiceFailed
from engine.domain.job import Work
from engine.domain.vault import texts_in, without_texts
from engine.errors import NotFound
from engine.services import delivery, outbox, outgoing, signals, starts, steps, vault
from engine.services.exclusive import in_case, taking
from engine.services.limits import ensure_fits
from engine.services.moves import Cause, moving
from engine.store import instances

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from engine.domain.instance import ProcessInstance
    from engine.domain.job import Job
    from engine.domain.process_graph import FlowNode
    from engine.services.context import Context
    from engine.store.database import Transaction
    from engine.store.instances import LockedInstance


CALL_TIMEOUT_S = 60.0
# What they are given goes on to other cases, which hold references as well.
PASSING_ON = frozenset({"start_process", "publish_message"})


def do(context: Context, job: Job) -> bool:
    """Do a leased job; return whether it was done, False if somebody else had it meanwhile."""
    return _DOERS[job.work](context, job)


def _fire(context: Context, job: Job) -> bool:
    planned = {"planned_at": job.due_at.isoformat()}
    return in_case(context, job, taking(context, job, moving(run.fire, token=job.token), planned))


def _proceed(context: Context, job: Job) -> bool:
    return in_case(context, job, taking(context, job, moving(run.proceed, token=job.token)))


def _run_script(context: Context, job: Job) -> bool:
    _, node = _subject(context, job)
    assert node.script is not None
    values = context.scripts.run(node.script.text, job.payload, at=context.clock.now())
    if node.script.result is not None:
        values = {node.script.result: values.get("result")}
    move = moving(run.finish_job, token=job.token, values=values)
    return in_case(context, job, taking(context, job, move))


def _call_service(context: Context, job: Job) -> bool:
    """Call a connector outside of any transaction, then store what came of it."""
    case, node = _subject(context, job)
    name = node.connector or ""
    inputs, personal = _inputs(context, job, name)
    call = ServiceCall(
        connector=name,
        inputs=inputs,
        idempotency_key=_idempotency_key(case, job),
        process_key=case.process_key,
        business_key=case.business_key,
        instance_id=case.id,
        element_id=job.element_id,
        timeout_s=CALL_TIMEOUT_S,
    )
    try:
        result = context.connectors.get(name).call(call)
    except BusinessError as error:
        values = {"error_message": without_texts(error.message, personal), **error.values}
        move = moving(run.raise_error, token=job.token, code=error.code, values=values)
        return in_case(context, job, taking(context, job, move))
    except ServiceFailed as error:
        raise _without_personal_texts(error, personal) from None
    ensure_fits(result.values)
    return in_case(context, job, partial(_store_result, context, job, result))


def _store_result(
    context: Context, job: Job, result: CallResult, tx: Transaction, locked: LockedInstance
) -> None:
    """Store what a call gave, and what is to be sent and started, with the step that follows."""
    at = context.clock.now()
    outbox.put(tx, result.mails, instance_id=job.instance_id, at=at)
    for message in result.messages:
        outgoing.publish(context, tx, message, source=locked.instance.id)
    values = vault.hide(tx, locked.instance, result.values, at=at)
    move = moving(run.finish_job, token=job.token, values=values)
    steps.take(context, tx, locked, move, Cause(job.token))
    for start in result.starts:
        starts.start_for_case(context, tx, start, locked.instance)


def _run_errand(context: Context, job: Job) -> bool:
    """Try again what failed between two cases."""
    return in_case(context, job, lambda tx, _locked: steps.run_errand(context, tx, job))


def _subject(context: Context, job: Job) -> tuple[ProcessInstance, FlowNode]:
    assert job.instance_id is not None
    with context.database.reading() as tx:
        case = instances.get(tx, job.instance_id)
        if case is None:
            raise NotFound("case", job.instance_id)
        deployed = context.deployed.get(tx, case.definition_id)
    return case, deployed.graph.nodes[job.element_id]


def _inputs(
    context: Context, job: Job, connector: str
) -> tuple[Mapping[str, object], Sequence[str]]:
    """Return what a call is given, personal values as they are if it leaves the house.

    With it come the personal texts among them: an error must not quote them, as it goes into
    the history.
    """
    if connector in PASSING_ON:
        return job.payload, ()
    with context.database.reading() as tx:
        return vault.resolve(tx, job.payload), texts_in(vault.personal_in(tx, job.payload))


def _without_personal_texts(error: ServiceFailed, personal: Sequence[str]) -> ServiceFailed:
    return ServiceFailed(
        without_texts(error.reason, personal),
        is_permanent=error.is_permanent,
        retry_after_s=error.retry_after_s,
    )


def _idempotency_key(case: ProcessInstance, job: Job) -> str:
    """Return a key that is the same for every attempt, and no other job of any database has."""
    name = f"{case.process_key}/{case.business_key}/{case.started_at.isoformat()}/{job.id}"
    return hashlib.sha256(name.encode()).hexdigest()[:40]


_DOERS: Mapping[Work, Callable[[Context, Job], bool]] = {
    Work.TIMER: _fire,
    Work.CONTINUE: _proceed,
    Work.SERVICE: _call_service,
    Work.SCRIPT: _run_script,
    Work.CALL: _run_errand,
    Work.RETURN: _run_errand,
    Work.DELIVER: delivery.deliver_again,
    Work.SIGNAL: signals.proceed,
    Work.START: starts.fire,
}
