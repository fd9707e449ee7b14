"""Whoever changes the history behind the engine's back is found out, with case and number."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import numpy as np
import pytest
import sqlalchemy as sa

from engine.config import EngineConfig
from engine.domain.history import EventType, HistoryEvent
from engine.domain.history_check import FaultKind
from engine.errors import StoreUnavailable
from engine.store import history_check, history_seals
from engine.store.database import Database
from engine.store.history_chain import event_hash
from engine.store.tables import history, history_seal, history_seal_case, instance
from tests.engine.conftest import MONDAY
from tests.engine.store.tampering import EVENTS, TAMPERINGS

CASES = 12
TAMPERS, SEED = 100, 20260302
TRIGGERS = [f"{t}_forbids_{c}" for t in history_check.PROTECTED for c in ("update", "delete")]


def a_case(number, events=EVENTS):
    def event(seq, event_type, **where):
        at = MONDAY + timedelta(hours=number, minutes=seq)
        return HistoryEvent("patient_visit", f"V{number}", seq, event_type, at, **where)

    visit = {"element_id": "register", "element_type": "userTask", "token": "t1", "lane": "desk"}
    middle = [EventType.SCHEDULED, *[EventType.CLAIMED, EventType.RELEASED] * events]
    return [
        event(1, EventType.CASE_STARTED, actor="alice"),
        *(
            event(seq, kind, **visit, actor=f"p{seq}", detail={"n": seq, "wort": "好"})
            for seq, kind in zip(range(2, events), middle, strict=False)
        ),
        event(events, EventType.CASE_COMPLETED),
    ]


@pytest.fixture
def filled(engine):
    """An engine with sealed cases, on each database."""
    definition_id = engine.definition("patient_visit").id
    engine.import_history(definition_id, [e for n in range(CASES) for e in a_case(n)])
    engine.seal_history()
    return engine


@pytest.fixture
def unlocked(filled, config):
    """A transaction on the same database in which everything may be changed."""
    database = Database.open(config)
    with database._db_engine.connect() as tx, tx.begin() as whole:
        if tx.dialect.name == "sqlite":
            tx.execute(sa.text("PRAGMA foreign_keys=OFF"))
            tx.execute(sa.text("BEGIN"))
        unprotect(tx)
        yield tx
        whole.rollback()
    database.close()


@pytest.fixture
def config(tmp_path, request, database_url):
    return EngineConfig(database_url, sqlite_synchronous="OFF")


def unprotect(tx):
    if tx.dialect.name == "postgresql":
        for table in history_check.PROTECTED:
            tx.execute(sa.text(f"DROP TRIGGER {table}_is_append_only ON {table}"))
        return
    for trigger in TRIGGERS:
        tx.execute(sa.text(f"DROP TRIGGER {trigger}"))


def faults_of(tx):
    found = history_check.check(tx).faults
    return [fault for fault in found if fault.kind is not FaultKind.UNPROTECTED]


def test_all_of_a_hundred_random_tampers_are_found(unlocked):
    rng = np.random.default_rng(SEED)
    cases = unlocked.execute(sa.select(instance.c.id).order_by(instance.c.id)).scalars().all()

    for number in range(TAMPERS):
        tamper = TAMPERINGS[number % len(TAMPERINGS)]
        case, seq = int(rng.choice(cases)), int(rng.integers(1, EVENTS + 1))
        with unlocked.begin_nested() as attempt:
            expected = tamper(unlocked, rng, case, seq)
            named = {(fault.instance_id, fault.seq) for fault in faults_of(unlocked)}
            attempt.rollback()
        assert named & {(case, seq) for seq in expected}, (number, tamper.__name__, case, seq)
        assert {instance_id for instance_id, _ in named} == {case}

    assert faults_of(unlocked) == []


def test_sound_history_has_no_faults(filled):
    checked = filled.check_history()

    assert (checked.is_sound, checked.cases, checked.events) == (True, CASES, CASES * EVENTS)


def test_chain_of_a_case_goes_on_from_command_to_command(engine):
    engine.start_process("patient_visit", by="alice")
    (task,) = engine.inbox("alice")
    engine.claim(task.id, by="alice")
    engine.seal_history()
    engine.release(task.id, by="alice")
    engine.seal_history()

    checked = engine.check_history()

    assert (checked.faults, checked.seals) == ((), 2)


@pytest.mark.parametrize("change", ["UPDATE {} SET {}", "DELETE FROM {}"])
@pytest.mark.parametrize(
    ("table", "assignment"),
    [("history", "actor = 'x'"), ("history_seal", "cases = 0"), ("history_seal_case", "seal = 1")],
)
def test_database_refuses_to_change_history_and_seals(filled, config, table, assignment, change):
    database = Database.open(config)

    with pytest.raises(StoreUnavailable, match="append-only"), database.reading() as tx:
        tx.execute(sa.text(change.format(table, assignment)))

    database.close()


def test_case_that_was_removed_altogether_is_named_by_its_seal(unlocked):
    case = unlocked.execute(sa.select(sa.func.min(instance.c.id))).scalar_one()
    unlocked.execute(sa.delete(history).where(history.c.instance_id == case))
    unlocked.execute(sa.delete(instance).where(instance.c.id == case))

    (fault,) = faults_of(unlocked)

    assert (fault.kind, fault.instance_id, fault.seq) == (FaultKind.REMOVED, case, EVENTS)


def test_case_without_any_event_is_named(unlocked):
    unlocked.execute(sa.delete(history).where(history.c.instance_id == 1))

    assert "patient_visit/V0: all its events were removed" in map(str, faults_of(unlocked))


def test_events_whose_case_was_removed_are_named(unlocked):
    if unlocked.dialect.name == "postgresql":
        pytest.skip("the foreign key keeps it from happening")
    unlocked.execute(sa.delete(instance).where(instance.c.id == 1))

    assert "case 1: the case itself was removed" in map(str, faults_of(unlocked))


@pytest.mark.parametrize(
    ("tamper", "words"),
    [
        (sa.update(history_seal).values(sealed_by="forged"), "seal 1 was altered"),
        (sa.update(history_seal_case).values(last_hash=b"x"), "the cases of seal 1 were altered"),
        (sa.delete(history_seal_case), "the cases of seal 1 were altered"),
        (sa.update(history_seal).values(number=3), "seals 1 to 2 were removed"),
    ],
)
def test_seal_that_was_changed_is_named(unlocked, tamper, words):
    if unlocked.dialect.name == "postgresql":
        key = "fk_history_seal_case_seal_history_seal"
        unlocked.execute(sa.text(f"ALTER TABLE history_seal_case DROP CONSTRAINT {key}"))
    unlocked.execute(tamper)

    assert words in [fault.message for fault in faults_of(unlocked)]


def test_missing_protection_is_a_fault(unlocked):
    found = [f for f in history_check.check(unlocked).faults if f.kind is FaultKind.UNPROTECTED]

    assert len(found) == len(history_check.PROTECTED)


def test_seal_holds_the_cases_that_went_on_since_the_last_one(filled, config, clock):
    filled.import_history(filled.definition("patient_visit").id, a_case(99))
    clock.advance(timedelta(days=1))

    second, third = filled.seal_history(), filled.seal_history()

    assert (second.number, second.cases, third) == (2, 1, None)
    database = Database.open(config)
    with database.reading() as tx:
        assert [seal.number for seal in history_seals.every(tx)] == [1, 2]
    database.close()


def test_hash_of_an_event_depends_on_every_column():
    row = dict.fromkeys(("type", "element_id", "element_type", "token", "lane", "actor"), "x")
    row |= {"seq": 1, "detail": None}
    changed = [row, *(row | {name: "y"} for name in row)]

    hashes = [event_hash(b"", a_row, MONDAY) for a_row in changed]
    hashes += [
        event_hash(b"", row, MONDAY + timedelta(microseconds=1)),
        event_hash(b"z", row, MONDAY),
    ]

    assert len(set(hashes)) == len(hashes)
    assert all(one != other for one, other in pairwise(hashes))
