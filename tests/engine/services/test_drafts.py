from __future__ import annotations

from datetime import timedelta

import pytest

from engine.errors import InvalidForm, NotAllowed, NotFound
from tests.engine.conftest import MONDAY

TYPED = {"patient": "Wa", "age": "not yet"}


@pytest.fixture
def task(engine):
    engine.start_process("patient_visit", by="alice")
    return engine.claim(engine.inbox("alice")[0].id, by="alice")


def test_draft_keeps_what_was_typed_right_or_wrong(engine, task):
    assert engine.save_draft(task.id, TYPED, by="alice") == MONDAY

    assert engine.draft(task.id, by="alice") == (TYPED, MONDAY)


def test_later_draft_takes_the_place_of_the_earlier(engine, task):
    engine.save_draft(task.id, TYPED, by="alice")
    engine.save_draft(task.id, {"patient": "Wang"}, by="alice")

    assert engine.draft(task.id, by="alice")[0] == {"patient": "Wang"}


def test_draft_is_of_one_person(engine, task):
    engine.save_draft(task.id, TYPED, by="alice")

    assert engine.draft(task.id, by="dora") is None


def test_draft_survives_when_somebody_else_ends_the_task(engine, task):
    engine.save_draft(task.id, TYPED, by="alice")
    engine.reassign(task.id, to="dora", by="dora")
    engine.claim(task.id, by="dora")
    engine.complete_task(task.id, by="dora", values={"patient": "Wang", "age": 40})

    assert engine.draft(task.id, by="alice")[0] == TYPED


def test_completing_forgets_ones_own_draft(engine, task):
    engine.save_draft(task.id, TYPED, by="alice")
    engine.complete_task(task.id, by="alice", values={"patient": "Wang", "age": 40})

    assert engine.draft(task.id, by="alice") is None


def test_draft_can_be_discarded(engine, task):
    engine.save_draft(task.id, TYPED, by="alice")
    engine.discard_draft(task.id, by="alice")

    assert engine.draft(task.id, by="alice") is None


def test_draft_of_a_task_one_may_not_see_is_refused(engine, task):
    with pytest.raises(NotAllowed):
        engine.save_draft(task.id, TYPED, by="bob")
    with pytest.raises(NotFound):
        engine.save_draft(10**6, TYPED, by="alice")


def test_draft_that_is_too_large_is_refused(engine, task):
    with pytest.raises(InvalidForm, match="256 KB"):
        engine.save_draft(task.id, {"patient": "x" * 300_000}, by="alice")


def test_drafts_nobody_touched_are_forgotten(engine, task, clock):
    engine.save_draft(task.id, TYPED, by="alice")
    clock.advance(timedelta(days=91))

    assert engine.forget_old_drafts() == 1
    assert engine.draft(task.id, by="alice") is None
