"""Experiments: repeatable to the byte, summed up with intervals, watched and stopped."""

from __future__ import annotations

import json
import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from engine.errors import ExecutionFailed
from kpis.errors import EventLogInvalid, LogProblem
from kpis.stats.intervals import mean_interval
from simulation.checks import CHECKS
from simulation.comparison import compare
from simulation.errors import ExperimentCancelled, Problem, ScenarioInvalid, SimulationFailed
from simulation.executor import RunOptions
from simulation.experiment import run, summed_up
from simulation.replication import Figure, Replication
from simulation.workers import ProcessWorkers, Workers
from tests.simulation.builders import a_scenario, shipped, slots
from tests.simulation.graphs import graph

RANDOM = {"durations": {"work": {"constant": None, "exponential": {"mean": "20min"}}}}


def printed(experiment):
    return json.dumps(experiment.document(), allow_nan=False)


def test_same_seed_prints_the_same_bytes():
    scenario = shipped("as_is")

    first, second = run(scenario, replications=5), run(scenario, replications=5)

    assert printed(first) == printed(second)


def test_another_seed_prints_other_bytes():
    scenario = a_scenario(**RANDOM)

    assert printed(run(scenario, seed=1)) != printed(run(scenario, seed=2))


@pytest.mark.slow
def test_other_processes_print_the_same_bytes():
    scenario = shipped("to_be")
    with ProcessWorkers(1) as workers:
        there = run(scenario, replications=9, options=RunOptions(workers=workers))

    assert printed(there) == printed(run(scenario, replications=9))


def test_other_threads_print_the_same_bytes():
    scenario = a_scenario(**RANDOM)
    with Workers(lambda: ThreadPoolExecutor(3)) as workers:
        there = run(scenario, replications=30, options=RunOptions(workers=workers))

    assert printed(there) == printed(run(scenario, replications=30))


def test_cancelled_executor_gives_up_what_is_pending():
    with (
        Workers(lambda: ThreadPoolExecutor(1)) as workers,
        pytest.raises(ExperimentCancelled, match="of 120"),
    ):
        compare(
            [a_scenario(**RANDOM)] * 2,
            replications=30,
            options=RunOptions(workers=workers, cancelled=lambda: True),
        )


def test_more_replications_keep_the_first_ones():
    scenario = a_scenario(**RANDOM)

    few, many = run(scenario, replications=3), run(scenario, replications=8)

    assert few.kpi_frame.to_dict() == many.kpi_frame.iloc[:3].to_dict()


def test_estimate_is_mean_and_student_t_interval_over_replications():
    experiment = run(a_scenario(**RANDOM), replications=12)
    interval = mean_interval(experiment.kpi_frame["OP-CT"].to_numpy())

    entry = experiment.document()["kpis"]["OP-CT"]

    assert (entry["mean"], entry["half_width"]) == (interval.estimate, interval.half_width)
    assert entry["n"] == 12


def test_figures_of_a_run_without_chance_are_exact():
    document = run(a_scenario(arrivals=slots(2, 0, 1, 0))).document()

    assert document["cases"]["started"]["mean"] == 3
    assert document["kpis"]["OP-CT"]["mean"] == (10 + 20 + 10) * 60 / 3
    assert document["kpis"]["OP-CT"]["quantiles"]["0.5"] == 600
    assert document["activities"]["work"]["wait"]["mean"] == 200
    assert document["activities"]["work"]["wait"]["share_waiting"]["mean"] == pytest.approx(1 / 3)
    assert document["resources"]["clerk"]["utilisation"]["mean"] == pytest.approx(30 / 240)
    assert document["resources"]["clerk"]["queue_length"]["max"] == 1
    assert document["resources"]["clerk"]["offered_load"] == pytest.approx(30 / 240)


def test_cost_is_time_times_rate_and_fixed_cost():
    scenario = a_scenario(resources={"clerk": {"cost_per_hour": 60}}, costs={"work": {"fixed": 5}})

    document = run(scenario).document()

    assert document["kpis"]["CO-CPC"]["mean"] == pytest.approx(15)
    assert document["currency"] == "EUR"


def test_suspended_time_is_neither_work_nor_waiting():
    scenario = a_scenario(
        arrivals=slots(0, 1),
        calendars={"day": {"weekly": {"mon": ["08:00-09:35", "10:00-17:00"]}}},
        resources={"clerk": {"calendar": "day"}},
    )

    activity = run(scenario).document()["activities"]["work"]

    assert activity["wait"]["mean"] == 0
    assert activity["work"]["mean"] == 600
    assert activity["suspended"]["mean"] == 25 * 60


def test_checks_hold_and_are_printed():
    document = run(shipped("to_be"), replications=3).document()

    assert document["checks"] == dict.fromkeys(CHECKS, "ok")


def test_one_replication_has_no_interval_and_a_warning():
    document = run(a_scenario(), replications=1).document()

    assert document["kpis"]["OP-CT"]["half_width"] is None
    assert [w["code"] for w in document["warnings"]] == ["one_replication"]


def test_overload_is_said_before_the_result():
    scenario = a_scenario(durations={"work": {"constant": "45min"}})

    warning = run(scenario).document()["warnings"][0]

    assert (warning["code"], warning["where"]) == ("overload", "clerk")


def test_case_that_never_ends_is_refused_before_the_run():
    process = graph(
        "start > gw_in > work > gw =again> gw_in", "gw =done> end", lanes={"work": "clerk"}
    )
    scenario = a_scenario(process, branches={"gw": {"again": 1, "done": 0}})

    with pytest.raises(ScenarioInvalid, match=r"model\.work: no end event can be reached"):
        run(scenario)


def test_progress_counts_up_to_all_replications():
    seen = []

    run(a_scenario(), replications=10, options=RunOptions(lambda *done: seen.append(done)))

    assert seen[0] == (0, 10)
    assert seen[-1] == (10, 10)
    assert seen == sorted(seen)


def test_stopped_run_keeps_what_is_finished_and_says_so():
    polls = iter([False, False, True])

    experiment = run(
        a_scenario(), replications=40, options=RunOptions(cancelled=lambda: next(polls))
    )

    assert len(experiment.replications) == 8
    assert experiment.warnings[0].code == "stopped"
    assert "8 of 40" in experiment.warnings[0].text


def test_run_that_is_stopped_at_once_has_no_result():
    with pytest.raises(ExperimentCancelled, match="0 of 10"):
        run(a_scenario(), replications=10, options=RunOptions(cancelled=lambda: True))


def test_warm_up_leaves_the_first_cases_out():
    # the clerk begins with a queue of nine, later cases do not wait
    arrivals = slots(9, 0, 0, 1)
    whole = run(a_scenario(arrivals=arrivals)).document()
    warmed = run(a_scenario(arrivals=arrivals, run={"warm_up": "3h"})).document()

    assert whole["kpis"]["OP-WT"]["mean"] > 0
    assert warmed["kpis"]["OP-WT"]["mean"] == 0


def test_activity_that_nobody_reaches_has_no_figures():
    process = graph(
        "start > gw =a> work > end", "gw =b> rare > end", lanes={"work": "clerk", "rare": "clerk"}
    )
    scenario = a_scenario(
        process, durations={"rare": {"constant": "1h"}}, branches={"gw": {"a": 1, "b": 0}}
    )

    document = run(scenario).document()

    assert set(document["activities"]) == {"work"}
    assert [w["code"] for w in document["warnings"]] == ["unreachable"]


def test_kpi_frame_has_a_row_per_replication():
    frame = run(a_scenario(), replications=4).kpi_frame

    assert frame.index.tolist() == [0, 1, 2, 3]
    assert np.isfinite(frame["OP-CT"]).all()


def test_arrivals_without_bound_are_refused_before_the_run():
    with pytest.raises(ScenarioInvalid, match=r"test.yaml: arrivals.start: more than 1,000,000"):
        run(a_scenario(arrivals={"start": {"interval": {"constant": "0s"}}}))


def test_work_that_no_calendar_can_hold_is_refused_in_words():
    calendars = {"day": {"weekly": {"mon": ["08:00-09:00"]}}}
    scenario = a_scenario(
        calendars=calendars,
        resources={"clerk": {"calendar": "day"}},
        durations={"work": {"constant": "36500d"}},
    )

    with pytest.raises(SimulationFailed, match="no calendar reaches its end"):
        run(scenario)


def test_duration_without_bound_is_refused_in_words():
    endless = {"work": {"constant": None, "weibull": {"shape": 0.01, "scale": "1h"}}}

    with pytest.raises(SimulationFailed, match=r"'work': a duration of more than 1,000 years"):
        run(a_scenario(durations=endless))


@pytest.mark.parametrize(
    "error",
    [
        SimulationFailed("work", "never ends"),
        ScenarioInvalid([Problem("a.yaml", "run", None, "is required")]),
        ExecutionFailed("work", "no way out"),
        EventLogInvalid([LogProblem("cases", "a rule")]),
    ],
)
def test_errors_come_back_whole_from_another_process(error):
    there = pickle.loads(pickle.dumps(error))

    assert (type(there), str(there), vars(there)) == (type(error), str(error), vars(error))


HOPELESS = {
    "patience": {"work": {"constant": "1s"}},
    "calendars": {"late": {"weekly": {"mon-sun": ["13:00-17:00"]}}},
    "resources": {"clerk": {"calendar": "late"}},
}


def test_run_in_which_nobody_is_served_says_so_and_has_no_nan():
    document = run(a_scenario(**HOPELESS)).document()

    assert document["cases"]["abandoned"]["share"]["mean"] == 1
    assert document["kpis"]["CO-CPC"]["mean"] is None
    assert json.dumps(document, allow_nan=False)
    texts = {warning["code"]: warning["text"] for warning in document["warnings"]}
    assert texts["none_completed"] == "no case was completed: there are no figures per case"
    assert texts["overload"].startswith("clerk: nobody is there")


def test_replications_without_a_completed_case_are_counted():
    some = [
        Replication(i, {Figure("case", "", "started"): 2.0, Figure("case", "", "completed"): done})
        for i, done in enumerate((0.0, 2.0, 1.0))
    ]

    (text,) = [
        warning.text
        for warning in summed_up(a_scenario(), some, seed=1).warnings
        if warning.code == "some_completed"
    ]
    assert text.startswith("in 1 of 3 replications no case was completed")
