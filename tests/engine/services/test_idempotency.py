from __future__ import annotations

from datetime import timedelta

import pytest

from engine.errors import IdempotencyKeyReused, InvalidForm, TaskNotOpen


def a_claimed_task(engine):
    engine.start_process("patient_visit", by="alice")
    return engine.claim(engine.inbox("alice")[0].id, by="alice")


def test_repeated_completion_gets_the_stored_answer(engine):
    task = a_claimed_task(engine)
    request = {"by": "alice", "values": {"patient": "Wang"}, "idempotency_key": "k1"}

    first = engine.complete_task(task.id, **request)

    assert engine.complete_task(task.id, **request) == first == engine.inbox("bob")


def test_repeated_start_gets_the_same_case(engine):
    request = {"by": "alice", "idempotency_key": "k1"}

    first = engine.start_process("patient_visit", **request)

    assert engine.start_process("patient_visit", **request) == first
    assert len(engine.instances(by="dora")) == 1


def test_key_of_another_request_is_refused(engine):
    task = a_claimed_task(engine)
    engine.complete_task(task.id, by="alice", values={"patient": "Wang"}, idempotency_key="k1")

    with pytest.raises(IdempotencyKeyReused):
        engine.complete_task(task.id, by="alice", values={"patient": "Li"}, idempotency_key="k1")


def test_key_of_another_person_is_another_key(engine):
    engine.start_process("patient_visit", by="alice", idempotency_key="k1")

    engine.start_process("patient_visit", by="bob", idempotency_key="k1")

    assert len(engine.instances(by="dora")) == 2


def test_refused_request_is_not_remembered(engine):
    task = a_claimed_task(engine)

    with pytest.raises(InvalidForm):
        engine.complete_task(task.id, by="alice", values={}, idempotency_key="k1")

    engine.complete_task(task.id, by="alice", values={"patient": "Wang"}, idempotency_key="k1")


@pytest.mark.parametrize("key", ["", "x" * 201])
def test_key_has_a_sensible_length(engine, key):
    with pytest.raises(InvalidForm, match="idempotency_key"):
        engine.start_process("patient_visit", by="alice", idempotency_key=key)


def test_answers_are_forgotten_after_a_week(engine, clock):
    task = a_claimed_task(engine)
    request = {"by": "alice", "values": {"patient": "Wang"}, "idempotency_key": "k1"}
    engine.complete_task(task.id, **request)
    clock.advance(timedelta(days=6))
    assert engine.forget_old_answers() == 0
    clock.advance(timedelta(days=1, seconds=1))

    assert engine.forget_old_answers() == 1

    with pytest.raises(TaskNotOpen):
        engine.complete_task(task.id, **request)
