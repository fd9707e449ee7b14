"""What a step opens and closes beside tasks: timers and other jobs, subscriptions, messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.domain.job import Job, JobId, Work
from engine.domain.message import (
    DEFAULT_TTL,
    MESSAGE,
    SIGNAL,
    Message,
    MessageId,
    MessageState,
    Subscription,
    SubscriptionId,
)
from engine.domain.process_graph import EventKind
from engine.services import outgoing, soon
from engine.store import jobs, messages, subscriptions

if TYPE_CHECKING:
    from engine.bpmn.delta import Delta, OpenedJob, Thrown
    from engine.domain.instance import ProcessInstance
    from engine.services.deployed import DeployedProcess
    from engine.services.moves import Tree

MOST_QUICK = 20  # jobs of one step that are done at once; the worker does the rest


def store(tree: Tree, case: ProcessInstance, deployed: DeployedProcess, delta: Delta) -> None:
    """Store what a step opened and closed; what closed comes first: a token may open again."""
    _close(tree, case, delta)
    _open_jobs(tree, case, deployed, delta)
    if delta.opened_subscriptions:
        _open_subscriptions(tree, case, delta)
    for thrown in delta.thrown:
        _throw(tree, case, thrown)


def _close(tree: Tree, case: ProcessInstance, delta: Delta) -> None:
    """Forget what was answered or withdrawn, and jobs of tokens that wait for nobody any more."""
    closed = (*delta.closed_timers, *delta.closed_jobs, *delta.closed_calls)
    jobs.close(tree.tx, case.id, (*closed, *delta.closed_subscriptions))
    subscriptions.delete(tree.tx, case.id, delta.closed_subscriptions)


def _open_jobs(tree: Tree, case: ProcessInstance, deployed: DeployedProcess, delta: Delta) -> None:
    timers = [
        Job(JobId(0), Work.TIMER, timer.token, timer.element_id, timer.due_at,
            instance_id=case.id, next_try_at=timer.due_at)
        for timer in delta.opened_timers
    ]  # fmt: skip
    others = [
        Job(JobId(0), Work(job.kind.value), job.token, job.element_id, tree.at,
            instance_id=case.id, next_try_at=tree.at, payload=job.inputs)
        for job in delta.opened_jobs
    ]  # fmt: skip
    jobs.insert(tree.tx, [*timers, *others])
    quick = [job for job in delta.opened_jobs if _is_quick(tree, deployed, job)]
    for job in quick[:MOST_QUICK]:
        soon.do_job_at(tree.context, tree.tx, case.id, job.token)


def _is_quick(tree: Tree, deployed: DeployedProcess, job: OpenedJob) -> bool:
    """Return whether a job is done right after the commit, so that people need not wait for it."""
    name = deployed.graph.nodes[job.element_id].connector
    return job.kind.value != Work.SERVICE or tree.context.is_quick(name)


def _open_subscriptions(tree: Tree, case: ProcessInstance, delta: Delta) -> None:
    new = [
        Subscription(
            SubscriptionId(0), one.token, one.element_id, one.kind.value, one.name, one.key,
            instance_id=case.id, definition_id=None,
        )
        for one in delta.opened_subscriptions
    ]  # fmt: skip
    subscriptions.insert(tree.tx, new)
    # A message that came early is found after the commit: whoever commits last, it or this
    # subscription, sees the other.
    for name in sorted({one.name for one in new if one.kind == MESSAGE}):
        soon.deliver_early(tree.context, tree.tx, name)


def _throw(tree: Tree, case: ProcessInstance, thrown: Thrown) -> None:
    """Store a message or signal that left the case; it is on its way after the commit."""
    is_message = thrown.kind is EventKind.MESSAGE
    message = Message(
        id=MessageId(0),
        kind=MESSAGE if is_message else SIGNAL,
        name=thrown.name,
        key=thrown.key or "",
        message_id=f"case {case.id} token {thrown.token}",
        values=thrown.values,
        state=MessageState.WAITING,
        published_at=tree.at,
        source_id=case.id,
        expires_at=tree.at + DEFAULT_TTL if is_message else None,
    )
    if is_message:
        soon.deliver(tree.context, tree.tx, messages.insert(tree.tx, message))
    else:
        outgoing.store_signal(tree.context, tree.tx, message)
