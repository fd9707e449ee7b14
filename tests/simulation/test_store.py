"""Saved results: found by id, by process and by the inputs they came from."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import create_engine

from simulation.experiment import run
from simulation.store import ResultStore, inputs_sha256
from tests.simulation.builders import a_scenario

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def store():
    db_engine = create_engine("sqlite+pysqlite:///:memory:")
    store = ResultStore(db_engine)
    store.create_table()
    yield store
    db_engine.dispose()


@pytest.fixture(scope="module")
def document():
    return run(a_scenario()).document()


def test_saved_document_comes_back_as_it_was(store, document):
    result_id = store.save(document, process_key="visit", at=NOON)

    assert store.get(result_id).document == document


def test_unknown_id_gives_nothing(store):
    assert store.get(7) is None


def test_results_of_a_process_come_newest_first(store, document):
    first = store.save(document, process_key="visit", at=NOON)
    second = store.save(document, process_key="visit", at=NOON)
    store.save(document, process_key="other", at=NOON)

    assert [saved.id for saved in store.list("visit")] == [second, first]
    assert [saved.id for saved in store.list("visit", limit=1)] == [second]


def test_result_is_found_by_its_inputs(store, document):
    result_id = store.save(document, process_key="visit", at=NOON)

    assert store.find(inputs_sha256(document)).id == result_id
    assert store.find("0" * 64) is None


def test_inputs_differ_by_seed_and_scenario(document):
    other_seed = run(a_scenario(), seed=2).document()
    other_plan = run(a_scenario(resources={"clerk": {"units": 2}})).document()

    assert len({inputs_sha256(d) for d in (document, other_seed, other_plan)}) == 3
