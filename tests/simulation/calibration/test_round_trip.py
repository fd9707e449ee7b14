"""What was planted in a simulated log comes back, within the interval the product tells.

Each interval is one of 99.9 %: some 70 of them are held against one log, so that one in fifteen
logs would have one that misses. ``test_coverage`` shows that nominal intervals hold.
"""

from __future__ import annotations

import pytest

from simulation.calibration.learn import learn
from simulation.calibration.replay import replay
from simulation.calibration.scenario import scenario_of
from simulation.calibration.staffing import learn_staffing
from simulation.calibration.work import work_of
from tests.simulation.builders import a_scenario
from tests.simulation.calibration.logs import (
    LOAN,
    PLANTED,
    SURE,
    learnt,
    log_of,
    planted_log,
    without,
)
from tests.simulation.graphs import graph

MEANS_S = {"check": 720, "credit": 900, "fix": 360, "approve": 300, "refuse": 240}
SPREADS_S = {"check": 720, "credit": 360, "fix": 480 / 12**0.5}
FAMILIES = {
    "intake": "lognormal",
    "check": "exponential",
    "credit": "gamma",
    "approve": "constant",
    "fix": "uniform",
    "refuse": "constant",
}


@pytest.mark.parametrize("activity", MEANS_S)
def test_the_mean_of_a_duration_lies_in_its_interval(activity):
    fit = learnt().durations[activity].fit

    assert fit.mean_low_s <= MEANS_S[activity] <= fit.mean_high_s


@pytest.mark.parametrize("activity", SPREADS_S)
def test_the_spread_of_a_duration_lies_in_its_interval(activity):
    spread = learnt().durations[activity].fit.sd

    assert spread.low <= SPREADS_S[activity] <= spread.high
    assert spread.high < 1.4 * spread.low


@pytest.mark.parametrize("activity", FAMILIES)
def test_the_family_of_a_duration_is_known_again(activity):
    assert learnt().durations[activity].fit.family == FAMILIES[activity]


def test_who_is_slower_is_known():
    found = learnt().durations["intake"]
    of_person = {person.name: person for person in found.people}

    assert found.people_differ
    for name, mean_s in {"ann": 480, "bob": 480, "cyd": 840}.items():
        assert of_person[name].low_s < mean_s < of_person[name].high_s
    assert of_person["cyd"].low_s > of_person["ann"].high_s


def test_people_who_are_alike_are_not_told_apart():
    assert not learnt().durations["credit"].people_differ


def test_shifts_of_single_people_come_back():
    calendars = scenario_of(learnt())["calendars"]

    assert calendars["hours"]["weekly"] == {"mon-fri": ["08:00-12:00", "13:00-17:00"]}
    assert calendars["hours of ann"]["weekly"] == {"mon-fri": ["08:00-12:00"]}
    assert calendars["hours of bob"]["weekly"] == {"mon-fri": ["13:00-17:00"]}
    assert "hours of cyd" not in calendars


def test_shares_by_the_attribute_that_decides_come_back():
    found = learnt().branches["gw_ok"]

    assert found.attribute == "kind"
    for kind, shares in PLANTED["branches"]["gw_ok"]["table"].items():
        for flow, share in shares.items():
            (told,) = (one for one in found.levels[kind] if one.flow == flow)
            assert told.low < share < told.high


def test_shares_of_the_values_of_an_attribute_come_back():
    values = learnt().attributes["kind"]

    assert values["easy"].low < 0.6 < values["easy"].high
    assert values["hard"].low < 0.4 < values["hard"].high


def test_arrivals_differ_by_weekday_where_they_do():
    (model,) = learnt().arrivals.values()

    assert model.kind == "rate"
    found = model.intensity
    for day, expected in enumerate([35, 17, 17, 17, 17, 0, 0]):
        assert found.by_day[day].low <= expected <= found.by_day[day].high
    assert found.per_week.low < 103 < found.per_week.high < 1.3 * found.per_week.low


def test_arrivals_of_each_hour_lie_in_its_interval():
    (model,) = learnt().arrivals.values()

    weekly = PLANTED["arrivals"]["start"]["rate"]["weekly"]
    for day in range(7):
        rates = weekly["mon"] if day == 0 else weekly["tue-fri"] if day < 5 else [0] * 8
        for hour, rate in enumerate(rates, start=8):
            assert model.intensity.low[day, hour] <= rate <= model.intensity.high[day, hour]


def test_units_come_back():
    resources = scenario_of(learnt())["resources"]

    assert set(resources["clerk"]["members"]) == {"ann", "bob", "cyd"}
    assert resources["expert"]["units"] == 2


def test_no_delay_is_found_where_queues_explain_all():
    assert learnt().inserted == {}


def test_roles_are_found_by_who_does_what():
    found = learn_staffing(work_of(without(planted_log(), "role"), LOAN, source="x"), LOAN)

    teams = {a: found.of_activity[a] for a in ("intake", "check", "credit", "approve")}
    assert teams == {"intake": "team 1", "check": "team 1", "credit": "team 2", "approve": "team 2"}


def test_enabling_times_follow_from_the_model():
    log = planted_log()
    told = work_of(log, LOAN, source="x")

    found = replay(work_of(without(log, "enabled_s"), LOAN, source="x"), LOAN)

    assert found.enabled_s == pytest.approx(told.enabled_s, abs=1e-3)


def test_shares_come_back_where_several_ways_lead_to_the_same_activities():
    process = graph(
        "start > a > gw_solved =yes> gw_again =closed> end",
        "gw_solved =no> b > gw_again =opened> b",
        lanes={"a": "clerk", "b": "clerk"},
    )
    shares = {"gw_solved": {"yes": 0.45, "no": 0.55}, "gw_again": {"closed": 0.75, "opened": 0.25}}
    truth = a_scenario(
        process,
        run={"until": "20d"},
        durations={"work": None, "a": {"constant": "5min"}, "b": {"constant": "5min"}},
        branches=shares,
    )

    log = log_of(truth)
    found = learn(log, process, source="x", model="x.bpmn", confidence=SURE).branches

    for gateway, of_flow in shares.items():
        for flow in found[gateway].flows:
            assert flow.low < of_flow[flow.flow] < flow.high < flow.low + 0.25
