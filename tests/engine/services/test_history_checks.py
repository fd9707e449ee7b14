from __future__ import annotations

from datetime import timedelta

import pytest

from engine import worker
from engine.domain.identity import Role, User, UserId
from engine.errors import NotAllowed


@pytest.fixture
def quality_officer(engine):
    engine.add_user(User(UserId("erin"), "Erin", frozenset(), frozenset({Role.QUALITY})))
    return "erin"


def test_quality_officer_seals_and_checks_the_history(engine, quality_officer):
    engine.start_process("patient_visit", by="alice")

    seal = engine.seal_history(by=quality_officer)

    assert (seal.number, seal.cases, seal.sealed_by) == (1, 1, "erin")
    assert engine.check_history(by=quality_officer, kept=str(seal)).is_sound


def test_others_neither_seal_nor_check(engine):
    for refused in (engine.seal_history, engine.check_history):
        with pytest.raises(NotAllowed):
            refused(by="dora")


def test_seal_that_was_kept_elsewhere_must_be_there(engine):
    engine.start_process("patient_visit", by="alice")
    kept = str(engine.seal_history())

    checked = engine.check_history(kept=kept.replace(kept[-1], "0" if kept[-1] != "0" else "1"))

    assert "there is no seal 1:" in str(checked.faults[0])


def test_history_is_sealed_once_a_day(engine, clock):
    engine.start_process("patient_visit", by="alice")
    first = engine.seal_history_if_due()
    engine.start_process("patient_visit", by="alice")
    clock.advance(timedelta(hours=23))
    too_early = engine.seal_history_if_due()
    clock.advance(timedelta(hours=1))

    second = engine.seal_history_if_due()

    assert (first.number, too_early, second.number, second.cases) == (1, None, 2, 1)


def test_worker_seals_when_it_tidies_up(engine):
    engine.start_process("patient_visit", by="alice")

    worker.tidy_up(engine)

    assert engine.check_history().seals == 1
