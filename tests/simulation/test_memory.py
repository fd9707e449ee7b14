"""What a run and its figures hold in memory: bytes per visit, so that many cases fit."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from benchmarks.simulator import MODEL
from simulation.net import compile_net
from simulation.replication import measured, run_once
from simulation.scenario.load import load
from simulation.staffing import staffing

CASES = 3_000


@pytest.fixture(scope="module")
def scenario():
    return load(MODEL, patch={"run": {"cases": CASES}})


def test_visit_takes_four_times_and_four_small_numbers(scenario):
    run = run_once(scenario, compile_net(scenario), seed=1, replication=0)
    columns = [value for value in vars(run).values() if isinstance(value, np.ndarray)]
    own = [column for column in columns if len(column) == len(run.case) and column.strides[0]]

    assert sum(column.itemsize for column in own) == 4 * 8 + 4 * 4


def test_figures_of_a_run_take_twice_the_memory_of_its_record(scenario):
    run, plan = run_once(scenario, compile_net(scenario), seed=1, replication=0), staffing(scenario)
    measured(run, plan)  # what is kept for the next time

    tracemalloc.start()
    try:
        measured(run, plan)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak / len(run.case) < 95
