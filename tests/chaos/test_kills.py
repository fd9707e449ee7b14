"""Kill -9 at random, in the small form; ``python -m benchmarks.chaos`` is the large one."""

from __future__ import annotations

import pytest

from benchmarks import chaos
from benchmarks.chaos_check import checked
from benchmarks.chaos_child import Plan
from benchmarks.chaos_ledger import Ledger, append
from tests.engine.conftest import (
    database_url,
    postgresql_database,
    postgresql_server,
    sqlite_template,
)

__all__ = ["database_url", "postgresql_database", "postgresql_server", "sqlite_template"]


@pytest.mark.slow
def test_kills_lose_and_double_nothing(database_url, tmp_path):
    plan = Plan(database_url, tmp_path, cases=40, kills=6, synchronous="OFF", idle_s=0.1)

    figures = chaos.run(plan)

    assert figures["faults"] == []
    assert (figures["kills"], figures["cases"]) == (6, 40)


@pytest.fixture(scope="module")
def quiet(tmp_path_factory):
    """A small run in which nobody was killed."""
    folder = tmp_path_factory.mktemp("quiet")
    plan = Plan(f"sqlite:///{folder}/t.db", folder, 2, clients=1, workers=1, kills=0)
    assert chaos.run(plan)["faults"] == []
    return plan


@pytest.mark.slow
def test_check_of_a_run_finds_what_was_lost_and_what_was_doubled(quiet):
    ledger = Ledger(quiet.ledger(0))
    ledger.ask("bogus", {"do": "complete", "case": 1, "token": "nowhere"})
    ledger.answer("bogus", {"tasks": []})
    ledger.refuse("bogus", "the database cannot be used")
    append(quiet.effects, "a second effect under a key of its own")

    faults = checked(quiet)["faults"]

    assert isinstance(faults, list)
    found = sorted(fault.partition(":")[0] for fault in faults)
    assert found == ["doubled", "lost", "refused"]
