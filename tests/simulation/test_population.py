"""Closed populations: members come again after their cases; exact results of M/M/c//N."""

from __future__ import annotations

import math
from statistics import fmean

import numpy as np
import pytest

from simulation.errors import SimulationFailed
from simulation.flow import population
from simulation.net import US
from tests.simulation.builders import a_run, a_scenario, trace
from tests.simulation.graphs import graph


def closed(size=1, think=None, run=None, work="10min", units=1, **fields):
    members = {"size": size, "think": think or {"constant": "20min"}}
    return a_scenario(
        run={"until": "100min", **(run or {})},
        arrivals={"start": {"interval": None, "population": members}},
        resources={"clerk": {"units": units}},
        durations={"work": {"constant": work} if isinstance(work, str) else work},
        **fields,
    )


def test_member_comes_again_after_its_case_and_a_time_to_think():
    assert trace(a_run(closed())) == [(20, 20, 30), (50, 50, 60), (80, 80, 90)]


def test_member_that_waits_longer_comes_later():
    run = a_run(closed(size=2))

    assert trace(run) == [
        (20, 20, 30),  # the first
        (20, 30, 40),  # the second
        (50, 50, 60),
        (60, 60, 70),
        (80, 80, 90),
        (90, 90, 100),
    ]


def test_arrivals_of_a_run_are_in_it_with_their_moments():
    run = a_run(closed())

    assert (run.arrivals.times / US / 60).tolist() == [20, 50, 80]
    assert (run.ended / US / 60).tolist() == [30, 60, 90]


def test_number_of_cases_ends_the_arrivals_of_a_population():
    run = a_run(closed(size=3, run={"until": None, "cases": 7}))

    assert len(run.ended) == 7


def test_members_think_only_while_their_calendar_is_open():
    day = {"day": {"weekly": {"mon": ["08:00-08:30", "09:00-10:00"]}}}
    scenario = closed(calendars=day).patched({"arrivals": {"start": {"calendar": "day"}}})

    # at work until 08:30, then 20 minutes of thought from 09:00 on
    assert [row[0] for row in trace(a_run(scenario))] == [20, 80]


def test_case_data_belong_to_the_member():
    start = {"attributes": {"kind": {"choice": {"a": 0.5, "b": 0.5}}}}
    scenario = closed(size=8).patched({"arrivals": {"start": start}})
    run = a_run(scenario)

    kinds = run.arrivals.attributes["kind"]
    assert len(kinds) == len(run.ended) > 8
    assert set(kinds) == {"a", "b"}


def test_member_whose_case_was_abandoned_comes_again():
    patience = {"work": {"constant": "1min"}}
    run = a_run(closed(size=2, patience=patience))

    assert [row[0] for row in trace(run)][:4] == [20, 20, 41, 50]


def test_population_without_time_or_end_is_refused(monkeypatch):
    monkeypatch.setattr(population, "_MOST_CASES", 50)
    scenario = closed(think={"constant": "0s"}, work="0s")

    with pytest.raises(SimulationFailed, match="more than 50 cases come; shorten"):
        a_run(scenario)


def test_other_arrivals_are_the_same_beside_a_population():
    process = graph(
        "start > work > end", "start_vip > vip > end", lanes={"work": "clerk", "vip": "vip"}
    )
    extra = {
        "resources": {"clerk": {"units": 1}, "vip": {"units": 1}},
        "durations": {"work": {"constant": "10min"}, "vip": {"exponential": {"mean": "10min"}}},
    }
    vip = {"start_vip": {"interval": {"exponential": {"mean": "9min"}}}}
    alone = a_run(a_scenario(process, arrivals=vip, **extra))
    members = {"size": 3, "think": {"exponential": {"mean": "5min"}}}
    start = {"start": {"interval": None, "population": members}}
    beside = a_run(a_scenario(process, arrivals={**vip, **start}, **extra))

    assert trace(beside, "vip") == trace(alone, "vip")


def repairman(size, units, mean_think, mean_work):
    """Return throughput and mean time in the system of M/M/c//N (Gross, Harris 2008, 2.7)."""
    weights = []
    for n in range(size + 1):
        served = math.prod(min(k, units) for k in range(1, n + 1))
        ways = math.perm(size, n)
        weights.append(ways / served * (mean_work / mean_think) ** n)
    total = math.fsum(weights)
    shares = [w / total for w in weights]
    inside = math.fsum(n * share for n, share in enumerate(shares))
    throughput = (size - inside) / mean_think
    return throughput, inside / throughput


def test_population_behaves_as_the_machine_repairman():
    throughput, in_system = repairman(12, 2, mean_think=60.0, mean_work=8.0)
    scenario = closed(
        size=12,
        units=2,
        think={"exponential": {"mean": "60min"}},
        work={"constant": None, "exponential": {"mean": "8min"}},
        run={"until": "25d"},
    )
    rates, times = [], []
    for replication in range(3):
        run = a_run(scenario, replication=replication)
        rates.append(len(run.ended) / (25 * 1440))
        times.append(float(np.mean(run.ended - run.arrivals.times)) / US / 60)

    assert fmean(rates) == pytest.approx(throughput, rel=0.02)
    assert fmean(times) == pytest.approx(in_system, rel=0.03)
