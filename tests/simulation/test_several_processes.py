"""Figures of a file with several processes: per case of one process, per resource of all."""

from __future__ import annotations

import pytest

from kpis.event_log import EventLog
from kpis.measure import measure_values
from simulation.experiment import summed_up
from simulation.replication import PER_CASE, Figure, replicate
from simulation.staffing import staffing
from tests.simulation.builders import a_run
from tests.simulation.flow.cases import minutes
from tests.simulation.flow.test_pools import CUSTOMER, SELLER, of_processes

MINUTE = 60


@pytest.fixture(scope="module")
def scenario():
    """Three customers, each answered after 10 minutes; the seller needs 40 more for the files."""
    return of_processes(
        CUSTOMER,
        SELLER,
        run={"cases": 3},
        durations={"file": minutes(40)},
        resources={"clerk": {"units": 9, "cost_per_hour": 60}},
    )


def figures(scenario, measure="all"):
    return replicate(scenario, seed=1, replications=range(2), measure=measure)


def test_figures_per_case_are_of_the_process_of_the_model(scenario):
    found = figures(scenario)[0].figures

    assert found[Figure("kpi", "OP-CT", "")] == 20 * MINUTE
    assert found[Figure("kpi", "CO-CPC", "")] == pytest.approx(10)
    assert found[Figure("case", "", "started")] == 3
    assert found[Figure("role", "clerk", "cost")] == 0  # all come at once: the window is a moment


@pytest.mark.parametrize("measure", ["cycle_time", "all"])
def test_cycle_time_is_the_same_whatever_else_is_measured(scenario, measure):
    assert figures(scenario, measure)[0].figures[Figure("kpi", "OP-CT", "")] == 20 * MINUTE


def test_result_tells_the_figures_of_each_process(scenario):
    document = summed_up(scenario, figures(scenario), seed=1).document()

    customer, seller = document["processes"].values()
    assert document["process"] == next(iter(document["processes"]))
    assert customer["kpis"]["OP-CT"]["mean"] == 20 * MINUTE
    assert seller["kpis"]["OP-CT"] == {"unit": "s", "mean": 50 * MINUTE, "half_width": 0}
    assert seller["kpis"]["CO-CPC"]["mean"] == pytest.approx(50)
    assert seller["cases"]["completed"]["mean"] == 3


@pytest.mark.parametrize("asked", [0, 1])
def test_history_of_a_process_alone_has_the_same_figures_per_case(scenario, asked):
    run, plan = a_run(scenario), staffing(scenario)
    log, name = run.event_log(), run.process.names[asked]
    window = (log.at(log.window[0]), log.at(log.until_s + 3600))
    own = [event for event in run.history() if event.process_key == name]

    alone = measure_values(EventLog.from_events(own, window=window), plan)
    among = measure_values(EventLog.from_events(run.history(), window=window, process=name), plan)

    assert {code: alone[code] for code in PER_CASE} == {code: among[code] for code in PER_CASE}
    assert alone["OP-CT"] == [20 * MINUTE, 50 * MINUTE][asked]


def test_log_of_a_run_counts_what_its_history_counts(scenario):
    run, plan = a_run(scenario), staffing(scenario)
    log = run.event_log()

    read = EventLog.from_events(run.history(), epoch=log.epoch, process=log.process)

    for code in ("OP-CT", "OP-CT90", "OP-WT", "OP-TT", "OP-STEP", "CO-CPC"):
        assert measure_values(log, plan)[code] == measure_values(read, plan)[code]
