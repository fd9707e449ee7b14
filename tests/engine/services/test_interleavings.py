"""Two sessions at one case: complete races with cancel and suspend, in every order (B6).

On PostgreSQL both transactions are open at once: one holds the case, the other waits for it.
"""

from __future__ import annotations

from contextlib import suppress
from itertools import permutations
from threading import Event, Thread

import pytest

from engine.domain.history import EventType
from engine.domain.instance import InstanceState
from engine.errors import EngineError, InstanceSuspended, TaskNotOpen
from engine.store import instances
from tests.engine.services.test_concurrency import at_once

BECAUSE = {"by": "dora", "reason": "the patient left"}


class Visit:
    """A case whose first task Alice has taken, and what two sessions do to it."""

    def __init__(self, engine) -> None:
        self.engine = engine
        self.case = engine.start_process("patient_visit", by="alice")
        (task,) = engine.open_tasks(self.case.id, by="dora")
        self.task = engine.claim(task.id, by="alice")

    def complete(self):
        return self.engine.complete_task(self.task.id, by="alice", values={"patient": "Wang"})

    def cancel(self):
        return self.engine.cancel_instance(self.case.id, **BECAUSE)

    def suspend(self):
        return self.engine.suspend_instance(self.case.id, **BECAUSE)

    def resume(self):
        return self.engine.resume_instance(self.case.id, **BECAUSE)

    def events(self):
        found = self.engine.history(self.case.id, by="dora")
        assert [event.seq for event in found] == list(range(1, len(found) + 1))
        return [event.type for event in found]

    def story(self):
        told = {
            EventType.COMPLETED: "complete",
            EventType.CASE_CANCELLED: "cancel",
            EventType.SUSPENDED: "suspend",
            EventType.RESUMED: "resume",
        }
        found = self.engine.history(self.case.id, by="dora")
        is_start = [event.element_id == "start" for event in found]
        return [
            told[event.type]
            for event, skipped in zip(found, is_start, strict=True)
            if event.type in told and not skipped
        ]


def in_turn(visit, first, second, monkeypatch):
    """Let the second command begin while the first holds the case; return what each raised."""
    has_lock, refusals = Event(), {}
    lock = {name: getattr(instances, name) for name in ("lock", "lock_by_task")}

    def holding(name):
        def locked(tx, number):
            found = lock[name](tx, number)
            if not has_lock.is_set():
                has_lock.set()
                follower.start()
                follower.join(0.05)  # it waits for the lock, or for its turn on SQLite
            return found

        return locked

    def run(name):
        try:
            getattr(visit, name)()
        except EngineError as error:
            refusals[name] = error

    follower = Thread(target=run, args=(second,))
    for name in lock:
        monkeypatch.setattr(instances, name, holding(name))
    run(first)
    follower.join()
    monkeypatch.undo()
    return refusals


@pytest.mark.parametrize(
    ("first", "second", "refusal"),
    [
        ("complete", "cancel", None),
        ("cancel", "complete", TaskNotOpen),
        ("complete", "suspend", None),
        ("suspend", "complete", InstanceSuspended),
    ],
)
def test_second_command_sees_what_the_first_did(engine, monkeypatch, first, second, refusal):
    visit = Visit(engine)

    refusals = in_turn(visit, first, second, monkeypatch)

    assert visit.story() == ([first] if refusal else [first, second])
    assert {name: type(error) for name, error in refusals.items()} == (
        {second: refusal} if refusal else {}
    )
    assert engine.check_history().is_sound


@pytest.mark.parametrize("order", [*permutations(["complete", "suspend", "cancel"])])
def test_every_order_of_three_leaves_one_consistent_case(engine, order):
    visit = Visit(engine)

    for name in order:
        with suppress(EngineError):
            getattr(visit, name)()

    story = visit.story()
    assert story == [name for name in order if name in story]
    case = engine.instance(visit.case.id, by="dora")
    assert (case.state is InstanceState.CANCELLED) is ("cancel" in story)
    is_lost = order.index("complete") > min(order.index("suspend"), order.index("cancel"))
    assert ("complete" in story) is not is_lost
    assert engine.check_history().is_sound


@pytest.mark.parametrize("rival", ["cancel", "suspend"])
def test_commands_that_start_together_leave_one_order(engine, rival):
    for _ in range(4):
        visit = Visit(engine)

        answers = at_once([visit.complete, getattr(visit, rival)])

        refused = [answer for answer in answers if isinstance(answer, EngineError)]
        story = visit.story()
        assert story in (["complete", rival], [rival])
        assert len(refused) == 2 - len(story)


def test_resumed_case_is_completed_as_if_nothing_had_been(engine):
    visit = Visit(engine)
    visit.suspend()
    visit.resume()

    visit.complete()

    assert visit.story() == ["suspend", "resume", "complete"]
