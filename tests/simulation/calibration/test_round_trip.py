"""What was planted in a simulated log comes back, within its own interval."""

from __future__ import annotations

import pytest

from simulation.calibration.learn import learn
from simulation.calibration.scenario import scenario_of
from tests.simulation.builders import a_scenario
from tests.simulation.calibration.logs import LOAN, PLANTED, learnt, log_of, planted_log, without
from tests.simulation.graphs import graph

MEANS_S = {"check": 720, "credit": 900, "fix": 360}
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


@pytest.mark.parametrize("activity", FAMILIES)
def test_the_family_of_a_duration_is_known_again(activity):
    assert learnt().durations[activity].fit.family == FAMILIES[activity]


def test_who_is_slower_is_known():
    found = learnt().durations["intake"]
    of_person = {person.name: person for person in found.people}

    assert found.people_differ
    for name, mean_s in {"ann": 480, "bob": 480, "cyd": 840}.items():
        assert of_person[name].mean_s == pytest.approx(mean_s, rel=0.06)


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
            assert found.table[kind][flow] == pytest.approx(share, abs=0.05)


def test_arrivals_differ_by_weekday_where_they_do():
    (model,) = learnt().arrivals.values()

    assert model.kind == "rate"
    assert sum(model.table[0]) == pytest.approx(35, rel=0.1)
    assert sum(model.table[2]) == pytest.approx(17, rel=0.15)
    assert sum(model.table[5]) == 0


def test_units_come_back():
    resources = scenario_of(learnt())["resources"]

    assert set(resources["clerk"]["members"]) == {"ann", "bob", "cyd"}
    assert resources["expert"]["units"] == 2


def test_no_delay_is_found_where_queues_explain_all():
    assert learnt().inserted == {}


def test_roles_are_found_by_who_does_what():
    found = learn(without(planted_log(), "role"), LOAN, source="x", model="x.bpmn")

    teams = {a: found.staffing.of_activity[a] for a in ("intake", "check", "credit", "approve")}
    assert teams == {"intake": "team 1", "check": "team 1", "credit": "team 2", "approve": "team 2"}


def test_enabling_times_follow_from_the_model():
    told = learnt().work
    found = learn(without(planted_log(), "enabled_s"), LOAN, source="x", model="x.bpmn").work

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

    found = learn(log_of(truth), process, source="x", model="x.bpmn").branches

    for gateway, of_flow in shares.items():
        for flow in found[gateway].flows:
            assert flow.share == pytest.approx(of_flow[flow.flow], abs=0.05)
