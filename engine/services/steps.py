"""Steps: what a command does to a case, and what follows from it in callers and called cases.

A tree of cases that called each other is one thing here: its root is locked, every step of the
command is stored in its one transaction, and only then others see any of it.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING

from engine.bpmn import run
from engine.domain.history import EventType
from engine.domain.instance import InstanceId, InstanceState, ProcessInstance
from engine.errors import EngineError, StaleInstance, StoreUnavailable
from engine.services import calls, failures, offers, vacancies, waits
from engine.services.calendars import Calendars
from engine.services.case_facts import CaseFacts
from engine.services.limits import ensure_case_fits
from engine.services.moves import Beginning, Cause, failures_told, moving, recorder_of
from engine.services.offers import Offers
from engine.services.recorder import Recorder
from engine.store import history, instances, tasks
from engine.store.history_chain import new_tail
from engine.store.instances import LockedInstance, NewInstance

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from engine.bpmn.delta import Delta
    from engine.domain.user_task import UserTask
    from engine.services.context import Context
    from engine.services.deployed import DeployedProcess
    from engine.services.moves import Move
    from engine.store.database import Transaction

_ENDS = (EventType.COMPLETED, EventType.CANCELLED)  # what a command does to a token

__all__ = ["Beginning", "Cause", "begin", "moving", "record", "take"]


def take(
    context: Context, tx: Transaction, locked: LockedInstance, move: Move, cause: Cause
) -> list[UserTask]:
    """Let a locked case take a step, and return the tasks that it opened, in called cases too."""
    tree = Steps(context, tx)
    tree.step(locked, move, cause)
    tree.settle()
    return tree.opened


def begin(context: Context, tx: Transaction, beginning: Beginning) -> ProcessInstance:
    """Start a case, and return it as it stands after all that followed at once."""
    tree = Steps(context, tx)
    started = tree.begin(beginning)
    tree.settle()
    return tree.case(started).instance


def run_errand(context: Context, tx: Transaction, errand: calls.Errand) -> None:
    """Try again what failed between two cases of a locked tree; it may fail again."""
    tree = Steps(context, tx)
    calls.run_errand(tree, errand)
    tree.settle()


class Steps:
    """The cases of one tree, as one command finds and leaves them."""

    def __init__(self, context: Context, tx: Transaction) -> None:
        self.context, self.tx, self.at = context, tx, context.clock.now()
        self.calendars = Calendars(tx)
        self.opened: list[UserTask] = []
        self._cases: dict[int, LockedInstance] = {}
        self._to_do: deque[calls.Errand] = deque()

    def case(self, instance_id: int) -> LockedInstance:
        """Return a case of the tree as this command left it so far."""
        return self._cases.get(instance_id) or instances.within_lock(self.tx, instance_id)

    def replace(self, locked: LockedInstance) -> None:
        """Note how this command left a case."""
        self._cases[locked.instance.id] = locked

    def step(self, locked: LockedInstance, move: Move, cause: Cause) -> None:
        """Let a case take a step, and store it."""
        case = locked.instance
        before = case.ensure_open() if cause.may_be_suspended else case.ensure_active()
        deployed = self.context.deployed.get(self.tx, before.definition_id)
        with failures_told(before.id, cause.token):
            delta = move(
                deployed.program, locked.tokens, at=self.at, calendars=self.calendars,
                facts=CaseFacts.of(self.tx, deployed.graph, case),
            )  # fmt: skip
            self._ensure_fits(delta, cause.token, before=locked.tokens)
        self.apply(locked, deployed, delta, cause, recorder_of(locked, self.at))

    def apply(
        self,
        locked: LockedInstance,
        deployed: DeployedProcess,
        delta: Delta,
        cause: Cause,
        recorder: Recorder,
    ) -> None:
        """Store what changed in a case, after what the recorder has heard already."""
        before = locked.instance
        with failures_told(before.id, cause.token):
            after = _advanced(before, delta, self.at)
            planned = self._offers(deployed, after).plan(delta.opened_tasks)
        record(deployed, delta, recorder, cause, planned)
        if before.open_incidents:
            after = failures.settle(self, after, delta, cause.token, recorder)
        instances.advance(self.tx, locked, after, tokens=delta.state, tail=recorder.tail)
        self._cases[after.id] = replace(
            locked, instance=after, tail=recorder.tail, tokens=delta.state
        )
        self._store(after, deployed, delta, recorder, planned)
        if cause.actor is not None:
            vacancies.bar(self, after.id, deployed.graph, delta, cause)

    def begin(self, beginning: Beginning) -> InstanceId:
        """Start a case, and store it."""
        deployed, definition = beginning.deployed, beginning.deployed.definition
        delta = run.start(
            deployed.program,
            values=beginning.values,
            start_event=beginning.event_id,
            at=self.at,
            calendars=self.calendars,
            facts=CaseFacts(self.tx, deployed.graph, 0, beginning.business_key),
        )
        self._ensure_fits(delta, None)
        caller, route = beginning.caller, beginning.route
        told = {} if route is None else {"version": definition.version, "route": route.why}
        begun = ProcessInstance(
            id=InstanceId(0),  # given by the database
            definition_id=definition.id,
            process_key=definition.key,
            business_key=beginning.business_key,
            state=InstanceState.COMPLETED if delta.is_completed else InstanceState.ACTIVE,
            version=1,
            started_at=self.at,
            started_by=beginning.by,
            ended_at=self.at if delta.is_completed else None,
            values=delta.values,
            parent_id=caller.instance.id if caller else None,
            root_id=(caller.instance.root_id or caller.instance.id) if caller else None,
            route=None if route is None else route.why,
        )
        planned = self._offers(deployed, begun).plan(delta.opened_tasks)
        tail = new_tail(begun.process_key, begun.business_key)
        recorder = Recorder(begun.process_key, begun.business_key, tail=tail, at=self.at)
        detail = {**beginning.detail, **told}
        recorder.case(EventType.CASE_STARTED, actor=beginning.by, detail=detail)
        record(deployed, delta, recorder, Cause(), planned)
        call = beginning.caller_token, caller.depth + 1 if caller else 0
        new = NewInstance.of(begun, tail=recorder.tail, tokens=delta.state, call=call)
        started = replace(begun, id=instances.insert(self.tx, new))
        self._cases[started.id] = LockedInstance(started, recorder.tail, delta.state, *call)
        self._store(started, deployed, delta, recorder, planned)
        return started.id

    def end(self, locked: LockedInstance, state: InstanceState, recorder: Recorder) -> None:
        """End a case as it stands, with everything that is open in it."""
        case = locked.instance
        instances.end(self.tx, locked, state=state, at=self.at, tail=recorder.tail)
        history.append(self.tx, (case.id, recorder.chain))
        ended = replace(case, state=state, ended_at=self.at, version=case.version + 1)
        self._cases[case.id] = replace(locked, instance=ended, tail=recorder.tail)

    def settle(self) -> None:
        """Take the steps that follow in callers and called cases, until none is left."""
        while self._to_do:
            self._run(self._to_do.popleft())

    def _run(self, errand: calls.Errand) -> None:
        """Run an errand; what it cannot do becomes an incident of the case that sent it."""
        saved = dict(self._cases), deque(self._to_do), len(self.opened)
        try:
            with self.tx.begin_nested():
                calls.run_errand(self, errand)
        except (StaleInstance, StoreUnavailable):
            raise
        except EngineError as error:
            self._cases, self._to_do = saved[0], saved[1]
            del self.opened[saved[2] :]
            failures.of_errand(self, errand, error)

    def _ensure_fits(self, delta: Delta, token: str | None, *, before: bytes = b"") -> None:
        """Refuse a step that makes a case too large; one that makes it smaller is welcome."""
        allowed_bytes = max(self.context.largest_case_bytes, len(before))
        moved = (fact.element_id for fact in delta.facts if token in {None, fact.token})
        element_id = next(moved, "process")
        ensure_case_fits(delta.state, allowed_bytes=allowed_bytes, element_id=element_id)

    def _offers(self, deployed: DeployedProcess, case: ProcessInstance) -> Offers:
        return Offers(self.tx, deployed, case, calendars=self.calendars, at=self.at)

    def _store(
        self,
        case: ProcessInstance,
        deployed: DeployedProcess,
        delta: Delta,
        recorder: Recorder,
        planned: Iterable[UserTask],
    ) -> None:
        """Store the history and the work of a step, and note what follows in other cases."""
        history.append(self.tx, (case.id, recorder.chain))
        tasks.cancel(self.tx, case.id, delta.closed_tasks, by=None, at=self.at)
        waits.store(self, case, deployed, delta)
        opened = offers.store(self.tx, planned, case.id)
        self.opened += opened
        vacancies.tell(self, case.id, opened)
        self._to_do = calls.errands_after(self, case, delta, self._to_do)


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
        is_caused = fact.token == cause.token and fact.type in _ENDS
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
        error = {"error": delta.error.code} if delta.error is not None else {}
        recorder.case(EventType.CASE_COMPLETED, actor=None, detail=error)


def _advanced(before: ProcessInstance, delta: Delta, at: datetime) -> ProcessInstance:
    """Return the instance as it is after a step."""
    return replace(
        before,
        state=InstanceState.COMPLETED if delta.is_completed else InstanceState.ACTIVE,
        version=before.version + 1,
        ended_at=at if delta.is_completed else None,
        values=delta.values,
    )
