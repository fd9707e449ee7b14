"""Several workers and people at one database: nothing twice, no lock reaches anybody."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from engine.domain.history import EventType
from engine.domain.job import Queue
from engine.errors import EngineError, InstanceNotActive, StoreUnavailable, TaskNotOpen
from engine.services.jobs import BUSY_PAUSE, LEASE
from engine.store import database as database_module
from engine.store import instances, jobs
from tests.engine.services.service_models import ASKING, CALLED, CALLING

CASES = 12


@pytest.fixture
def cases(engine):
    engine.deploy(ASKING, source="asking.bpmn", forms={})
    return [engine.start_process("asking", by="dora") for _ in range(CASES)]


def test_each_service_is_called_once_when_workers_compete(engine, fake, cases):
    with ThreadPoolExecutor(4) as threads:
        done = list(threads.map(lambda _: engine.call_due_services(limit=5), range(8)))

    assert sum(done) == CASES
    assert Counter(call.instance_id for call in fake.calls) == dict.fromkeys(
        (case.id for case in cases), 1
    )


def test_claims_of_two_workers_never_overlap(engine, clock, cases):
    database, now = engine._context.database, clock.now()
    barrier = threading.Barrier(2)

    def claim(owner):
        barrier.wait()
        return database.run(
            lambda tx: jobs.claim(
                tx, queue=Queue.OUTSIDE, owner=owner, at=now, until=now + LEASE, limit=CASES // 2
            )
        )

    with ThreadPoolExecutor(2) as threads:
        one, other = threads.map(claim, ("one", "other"))

    assert len({job.id for job in (*one, *other)}) == len(one) + len(other) == CASES


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.postgresql
def test_case_that_somebody_holds_is_passed_over_and_the_others_are_done(
    engine, fake, cases, clock
):
    database = engine._context.database

    def hold(tx):
        assert instances.lock(tx, cases[0].id) is not None
        assert engine.call_due_services() == CASES - 1

    database.run(hold)
    clock.advance(BUSY_PAUSE)

    assert engine.call_due_services() == 1
    assert engine.incidents(by="dora") == []


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("sqlstate", ["40001", "40P01", "55P03"])
@pytest.mark.postgresql
def test_conflict_of_the_database_is_tried_again(engine, monkeypatch, sqlstate):
    monkeypatch.setattr(database_module, "FIRST_PAUSE_S", 0.0)
    tries: list[int] = []

    def work(tx):
        tries.append(1)
        if len(tries) < 6:
            tx.execute(sa.text(f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{sqlstate}'; END $$"))
        return "done"

    assert engine._context.database.run(work) == "done"
    assert len(tries) == 6


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.postgresql
def test_conflict_that_does_not_end_is_told_in_words(engine, monkeypatch):
    monkeypatch.setattr(database_module, "FIRST_PAUSE_S", 0.0)

    def work(tx):
        tx.execute(sa.text("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40P01'; END $$"))

    with pytest.raises(StoreUnavailable):
        engine._context.database.run(work)


def test_caller_and_called_case_change_at_once_without_a_deadlock(engine):
    for model in (CALLED, CALLING):
        engine.deploy(model, source="calls.bpmn", forms={})
    callers = [engine.start_process("calling", by="dora") for _ in range(4)]
    inner = [task for task in engine.inbox("dora") if task.element_id == "inner"]
    for task in inner:
        engine.claim(task.id, by="dora")

    def complete(task):
        return engine.complete_task(task.id, by="dora", values={})

    def cancel(case):
        try:
            return engine.cancel_instance(case.id, by="dora", reason="at the same moment")
        except EngineError as refusal:
            return refusal

    with ThreadPoolExecutor(8) as threads:
        ended = [threads.submit(cancel, case) for case in callers]
        done = [threads.submit(complete, task) for task in inner]
        answers = [each.exception() for each in (*ended, *done)]

    assert {type(answer) for answer in answers} <= {type(None), TaskNotOpen, InstanceNotActive}
    for case in callers:
        events = engine.history(case.id, by="dora")
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
        assert [event.type for event in events].count(EventType.CASE_CANCELLED) == 1
