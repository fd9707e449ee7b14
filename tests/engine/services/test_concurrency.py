"""Commands that come at once, from many threads: one wins, nothing is lost."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from engine.domain.history import EventType
from engine.domain.identity import User, UserId
from engine.errors import EngineError, TaskAlreadyClaimed, TaskNotOpen
from tests.engine.models import PARALLEL, WAITING


def at_once(commands):
    """Run commands in threads that start together; return results and refusals in order."""
    barrier = Barrier(len(commands))

    def run(command):
        barrier.wait()
        try:
            return command()
        except EngineError as refusal:
            return refusal

    with ThreadPoolExecutor(len(commands)) as threads:
        return list(threads.map(run, commands))


def seqs(engine, case):
    return [event.seq for event in engine.history(case.id, by="dora")]


def test_claim_has_one_winner_when_twenty_people_try(engine):
    people = [f"desk{number}" for number in range(20)]
    for person in people:
        engine.add_user(User(UserId(person), person, frozenset({"desk"})))
    case = engine.start_process("patient_visit", by="alice")
    task = engine.inbox("alice")[0]

    answers = at_once([lambda by=by: engine.claim(task.id, by=by) for by in people])

    winners = [answer.claimed_by for answer in answers if not isinstance(answer, EngineError)]
    losers = [answer.claimed_by for answer in answers if isinstance(answer, TaskAlreadyClaimed)]
    assert (len(winners), losers) == (1, winners * 19)
    claims = [e.actor for e in engine.history(case.id, by="dora") if e.type is EventType.CLAIMED]
    assert claims == winners


@pytest.mark.parametrize("_attempt", range(3))
def test_parallel_branches_completed_at_once_join_once(engine, _attempt):
    engine.deploy(PARALLEL, source="parallel.bpmn", forms={})
    case = engine.start_process("parallel", by="alice")
    left, right = engine.inbox("alice")
    engine.claim(left.id, by="alice")
    engine.claim(right.id, by="bob")

    answers = at_once(
        [
            lambda: engine.complete_task(left.id, by="alice", values={}),
            lambda: engine.complete_task(right.id, by="bob", values={}),
        ]
    )

    assert sorted(len(answer) for answer in answers) == [0, 1]
    assert [task.element_id for task in engine.inbox("alice")] == ["both"]
    assert seqs(engine, case) == list(range(1, len(seqs(engine, case)) + 1))


def test_complete_is_carried_out_once_when_it_comes_ten_times(engine):
    case = engine.start_process("patient_visit", by="alice")
    task = engine.claim(engine.inbox("alice")[0].id, by="alice")
    values = {"patient": "Wang"}

    answers = at_once([lambda: engine.complete_task(task.id, by="alice", values=values)] * 10)

    refusals = [answer for answer in answers if isinstance(answer, TaskNotOpen)]
    assert len(refusals) == 9
    assert {refusal.ended_by for refusal in refusals} == {"alice"}
    assert len(engine.inbox("bob")) == 1
    assert len(engine.open_tasks(case.id, by="dora")) == 1


def test_complete_with_one_idempotency_key_is_answered_alike(engine):
    engine.start_process("patient_visit", by="alice")
    task = engine.claim(engine.inbox("alice")[0].id, by="alice")

    def complete():
        values = {"patient": "Wang"}
        return engine.complete_task(task.id, by="alice", values=values, idempotency_key="form 1")

    answers = at_once([complete] * 8)

    assert answers == [engine.inbox("bob")] * 8


def test_start_gives_each_case_its_own_number(engine):
    start = [lambda: engine.start_process("patient_visit", by="alice").business_key] * 16

    keys = at_once(start)

    assert sorted(keys) == [f"PV-2026-{number:05d}" for number in range(1, 17)]


def test_start_with_one_business_key_happens_once(engine):
    answers = at_once(
        [lambda: engine.start_process("patient_visit", by="alice", business_key="bed 7").id] * 8
    )

    refused = Counter(type(answer).__name__ for answer in answers)
    assert refused == {"int": 1, "DuplicateBusinessKey": 7}


def test_due_timer_fires_once_when_workers_compete(engine, clock):
    engine.deploy(WAITING, source="waiting.bpmn", forms={})
    for _ in range(3):
        engine.start_process("waiting", by="dora")
    clock.advance(timedelta(minutes=10))

    fired = at_once([engine.fire_due_timers] * 4)

    assert sum(fired) == 3
    assert len(engine.inbox("charlie")) == 3


def test_deploy_of_one_file_by_many_stores_one_version(engine):
    deploy = [lambda: engine.deploy(PARALLEL, source="parallel.bpmn", forms={})] * 6

    definitions = at_once(deploy)

    assert {definition.version for definition in definitions} == {1}
