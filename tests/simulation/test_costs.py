"""What work costs, and who is busy with it, by hand."""

from __future__ import annotations

import pytest

from simulation.net import compile_net
from simulation.replication import Figure, measured, replicate, run_once
from simulation.staffing import staffing
from tests.engine.bpmn.builders import element
from tests.simulation.builders import a_scenario, slots
from tests.simulation.flow.cases import of
from tests.simulation.graphs import graph

SHIFT = {"day": {"weekly": {"mon-sun": ["08:00-08:45", "09:00-17:00"]}}}
TEAM = graph("start > work > end", lanes={"work": "clerk"})


def figures(**patch):
    """Measure one case that arrives at 08:30 and takes 30 minutes; four hours are observed."""
    given = {"arrivals": slots(1), "durations": half_an_hour(), **patch}
    scenario = a_scenario(TEAM, **given)
    run = run_once(scenario, compile_net(scenario), seed=1, replication=0)
    return measured(run, staffing(scenario))


def half_an_hour(rule="suspend"):
    step = {"constant": None, "work": {"constant": "30min"}, "outside_calendar": rule}
    return {"work": step}


def cost_of(found):
    return found[Figure("kpi", "CO-CPC", "")]


def test_overtime_costs_its_own_rate():
    clerk = {"calendar": "day", "cost_per_hour": 40, "overtime_per_hour": 80}
    found = figures(durations=half_an_hour("finish"), calendars=SHIFT, resources={"clerk": clerk})

    assert cost_of(found) == pytest.approx(40 / 4 + 80 / 4)
    assert found[Figure("role", "clerk", "cost")] == pytest.approx(30)


@pytest.mark.parametrize("clerk", [{"units": 1}, {"units": None, "members": {"ann": {}}}])
def test_overtime_is_told_apart_so_that_nobody_is_busier_than_they_are_there(clerk):
    # 08:30 to 10:00; there from 8:00 to 8:45 and from 9:00 to 12:00
    step = {"constant": None, "work": {"constant": "90min"}, "outside_calendar": "finish"}
    resources = {"clerk": {**clerk, "calendar": "day"}}
    found = figures(durations={"work": step}, calendars=SHIFT, resources=resources)

    assert found[Figure("role", "clerk", "overtime")] == 15 * 60
    assert found[Figure("role", "clerk", "utilisation")] == pytest.approx((15 + 60) / (45 + 180))
    assert found[Figure("kpi", "OP-UT", "")] == pytest.approx((15 + 60) / (45 + 180))


def test_work_that_is_held_over_the_night_is_done_in_the_shifts():
    # an hour from 08:30 on: 30 minutes of it today, the rest tomorrow; the window ends at noon
    found = figures(
        durations={"work": {"constant": None, "work": {"constant": "1h"}}},
        calendars={"day": {"weekly": {"mon-sun": ["08:00-09:00"]}}},
        resources={"clerk": {"calendar": "day"}},
    )

    assert found[Figure("role", "clerk", "utilisation")] == pytest.approx(30 / 60)
    assert found[Figure("role", "clerk", "overtime")] == 0


def test_use_costs_once_per_visit():
    resources = {"clerk": {"cost_per_use": 7, "calendar": "day"}}

    assert cost_of(figures(calendars=SHIFT, resources=resources)) == pytest.approx(7)


def test_activity_costs_by_the_visit_and_by_the_hour_of_work():
    assert cost_of(figures(costs={"work": {"fixed": 5, "per_hour": 8}})) == pytest.approx(9)


def test_member_has_a_rate_of_its_own():
    members = {"ann": {"cost_per_hour": 100}}
    resources = {"clerk": {"units": None, "members": members, "cost_per_hour": 40}}

    assert cost_of(figures(resources=resources)) == pytest.approx(50)


def test_everybody_in_a_team_is_busy_and_costs():
    found = figures(
        resources={"clerk": {"cost_per_hour": 40}, "nurse": {"units": 2, "cost_per_hour": 20}},
        demands={"work": {"all": [{"role": "clerk"}, {"role": "nurse", "units": 2}]}},
    )

    assert cost_of(found) == pytest.approx(20 + 2 * 10)
    assert found[Figure("role", "nurse", "utilisation")] == pytest.approx(0.5 / 4)
    assert found[Figure("kpi", "OP-UT", "")] == pytest.approx(1.5 / 12)


def test_batch_is_paid_once():
    found = figures(
        arrivals=slots(2),
        resources={"clerk": {"cost_per_hour": 40}},
        batches={"work": {"size": 2}},
    )

    assert cost_of(found) == pytest.approx(10)
    assert found[Figure("role", "clerk", "utilisation")] == pytest.approx(0.5 / 4)


def test_work_that_is_withdrawn_as_it_begins_uses_nobody():
    """One of four instances is enough; the clerk just turned to the second when it was done."""
    many = (
        '<multiInstanceLoopCharacteristics isSequential="false">'
        "<loopCardinality>4</loopCardinality>"
        "<completionCondition>nrOfCompletedInstances &gt;= 1</completionCondition>"
        "</multiInstanceLoopCharacteristics>"
    )
    scenario = of(
        element("userTask", "work", many),
        "start > work > end",
        resources={"clerk": {"units": 1, "cost_per_use": 5}},
    )

    run = run_once(scenario, compile_net(scenario), seed=1, replication=0)
    found = measured(run, staffing(scenario))

    assert cost_of(found) == pytest.approx(5)
    assert (run.started / 60e6).tolist()[0] == 0
    assert run.started[1:].tolist() == [-1, -1, -1]
    assert found[Figure("element", "work", "wait")] == 0


def test_members_are_available_by_their_own_calendars():
    members = {"ann": {"calendar": "day"}, "ben": {}}
    found = figures(
        calendars={"day": {"weekly": {"mon-sun": ["08:00-10:00"]}}},
        resources={"clerk": {"units": None, "members": members}},
    )

    assert found[Figure("role", "clerk", "utilisation")] == pytest.approx(0.5 / (2 + 4))


def impatient(**patch):
    """Measure three who are registered for 10 minutes; two lose patience with one who serves."""
    scenario = a_scenario(
        graph("start > register > work > end", lanes={"register": "clerk", "work": "doctor"}),
        arrivals=slots(3),
        durations={"register": {"constant": "10min"}, "work": {"constant": "40min"}},
        resources={
            "clerk": {"units": 3, "cost_per_hour": 60},
            "doctor": {"units": 1, "cost_per_hour": 90},
        },
        patience={"work": {"constant": "20min"}},
        **patch,
    )
    return replicate(scenario, seed=1, replications=range(1))[0].figures


@pytest.mark.parametrize("costs", [{}, {"work": {"fixed": 3, "per_hour": 3}}])
def test_completed_case_bears_what_was_spent_on_those_who_gave_up(costs):
    # registered are three, served is one
    own = 3 + 3 * 40 / 60 if costs else 0
    assert cost_of(impatient(costs=costs)) == pytest.approx(3 * 10 + 60 + own)


def test_wait_of_those_who_gave_up_is_told():
    found = impatient()

    assert found[Figure("kpi", "OP-WT", "")] == 0  # of the one who was served
    assert found[Figure("case", "", "abandoned_wait")] == 20 * 60
    assert found[Figure("element", "work", "left")] == 2
    assert found[Figure("element", "work", "left_wait")] == 20 * 60
    assert found[Figure("kpi", "OP-ABD", "")] == pytest.approx(2 / 3)
    assert found[Figure("role", "doctor", "share_of_waiting")] == 1  # though nobody served waited


def test_work_of_a_batch_that_is_held_over_the_night_is_all_counted():
    # an hour of work for three from 08:30 on, half of it tomorrow; each has a third of the time
    booked = slots(3)["start"]["appointments"] | {"calendar": "monday", "from": None}
    found = figures(
        run={"until": "36h"},
        arrivals={"start": {"interval": None, "appointments": booked}},
        durations={"work": {"constant": None, "work": {"constant": "1h"}}},
        calendars={
            "monday": {"weekly": {"mon": ["08:00-09:00"]}},
            "day": {"weekly": {"mon-sun": ["08:00-09:00"]}},
        },
        resources={"clerk": {"calendar": "day"}},
        batches={"work": {"size": 3}},
    )

    assert found[Figure("role", "clerk", "utilisation")] == pytest.approx(60 / 120)
