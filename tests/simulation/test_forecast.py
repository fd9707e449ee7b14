"""The forecast from now: open cases end as closed forms say, queues begin as they stand."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from simulation.distributions import Constant, Exponential
from simulation.errors import CaseNotPlaced
from simulation.executor import RunOptions
from simulation.forecast import Question, forecast
from simulation.scenario.open_case import OpenCase, Place
from simulation.standing import rest_of
from simulation.workers import ProcessWorkers
from tests.simulation.builders import a_scenario
from tests.simulation.graphs import graph

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
FORK = graph(
    "start > and_split > work > and_join > end",
    "and_split > nap > and_join",
    lanes={"work": "clerk", "nap": "nurse"},
)
NOBODY_COMES = {"start": {"interval": {"constant": "1000h"}}}


def minutes(count):
    return timedelta(minutes=count)


def at_work(case_id="a", *, begun=0.0, since=30.0):
    begun_at = NOW - minutes(begun) if begun else None
    place = Place("work", NOW - minutes(since), begun_at)
    return OpenCase(case_id, NOW - minutes(60), (place,))


def ends(scenario, cases, **question):
    found = forecast(scenario, cases, Question(NOW, **{"replications": 3, **question}))
    return {case.case_id: case.middle_s / 60 for case in found.cases}


def test_work_that_has_begun_takes_what_is_left_of_it():
    scenario = a_scenario(arrivals=NOBODY_COMES)

    assert ends(scenario, [at_work(begun=4)]) == {"a": pytest.approx(6)}


def test_those_who_wait_are_served_in_the_order_in_which_they_came():
    cases = [at_work("late", since=5), at_work("early", since=50), at_work("busy", begun=8)]

    found = ends(a_scenario(arrivals=NOBODY_COMES), cases)

    assert found == pytest.approx({"busy": 2, "early": 12, "late": 22})


def test_memoryless_work_takes_as_long_again_however_long_it_took_already():
    scenario = a_scenario(
        arrivals=NOBODY_COMES,
        durations={"work": {"constant": None, "exponential": {"mean": "10min"}}},
    )

    found = forecast(scenario, [at_work(begun=60)], Question(NOW, replications=800))

    (case,) = found.cases
    assert case.middle_s / 60 == pytest.approx(10 * np.log(2), rel=0.12)
    assert case.late_s / 60 == pytest.approx(10 * np.log(10), rel=0.12)


def test_what_is_left_of_a_duration_that_is_over_is_nothing():
    assert rest_of(Constant(600), 900, 0.5) == 0
    assert rest_of(Exponential(600), 0, 0.5) == pytest.approx(600 * np.log(2))


def test_work_goes_on_at_the_next_opening():
    scenario = a_scenario(
        arrivals=NOBODY_COMES,
        resources={"clerk": {"calendar": "day"}},
        calendars={"day": {"weekly": {"mon-fri": ["08:00-09:55"]}}},
    )

    assert ends(scenario, [at_work(begun=9)]) == {"a": pytest.approx(22 * 60 + 6)}


def test_case_that_waits_at_a_join_goes_on_with_the_branch_that_is_left():
    scenario = a_scenario(
        FORK,
        arrivals=NOBODY_COMES,
        resources={"nurse": {"units": 1}},
        durations={"nap": {"constant": "20min"}},
    )
    half = OpenCase("a", NOW, (Place("nap", NOW), Place("and_join", NOW)))

    assert ends(scenario, [half]) == {"a": pytest.approx(20)}


def test_timer_goes_on_when_it_is_due():
    timed = graph("start > timer_pause > end")
    scenario = a_scenario(
        timed,
        arrivals=NOBODY_COMES,
        durations={"work": None},
        events={"timer_pause": {"constant": "5h"}},
    )
    waiting = OpenCase("a", NOW, (Place("timer_pause", NOW, due_at=NOW + minutes(7)),))

    assert ends(scenario, [waiting]) == {"a": pytest.approx(7)}


def test_queue_begins_as_it_stands_and_is_worked_off():
    cases = [at_work(str(n), since=30 - n) for n in range(5)]

    found = forecast(
        a_scenario(arrivals=NOBODY_COMES), cases, Question(NOW, hours=1, replications=2)
    )

    (curve,) = found.queues
    assert list(curve.middle) == [
        4,
        3,
        1,
        0,
        0,
    ]  # one at once, then one each ten minutes
    assert curve.step_s == 900


def test_band_is_as_wide_as_what_may_happen():
    scenario = a_scenario(durations={"work": {"constant": None, "exponential": {"mean": "25min"}}})

    (case,) = forecast(scenario, [at_work()], Question(NOW, replications=50)).cases

    assert case.early_s < case.middle_s < case.late_s


def test_other_processes_give_the_same_forecast():
    scenario = a_scenario(durations={"work": {"constant": None, "exponential": {"mean": "25min"}}})
    question = Question(NOW, replications=9)
    with ProcessWorkers(2, start_by="fork") as workers:
        there = forecast(scenario, [at_work()], question, options=RunOptions(workers=workers))

    assert there.document() == forecast(scenario, [at_work()], question).document()


@pytest.mark.parametrize("element", ["wrok", "end_of_all"])
def test_case_at_a_step_that_the_model_does_not_have_is_refused(element):
    lost = OpenCase("17", NOW, (Place(element, NOW),))

    with pytest.raises(
        CaseNotPlaced, match=f"case '17' at '{element}': the scenario's model has no"
    ):
        forecast(a_scenario(), [lost], Question(NOW, replications=2))
