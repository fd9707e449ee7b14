"""Malformed scenarios: each names the field, what stands there and what is allowed."""

from __future__ import annotations

import pytest

from simulation.errors import ScenarioInvalid
from tests.simulation.builders import a_scenario
from tests.simulation.graphs import graph


def arrival(**fields):
    return {"arrivals": {"start": {"interval": None, **fields}}}


def rate(**fields):
    return arrival(rate={"slot": "1h", "from": "08:00", "per_slot": [5], **fields})


def booked(**fields):
    return arrival(appointments={"slot": "1h", "from": "08:00", "per_slot": [5], **fields})


def duration(**dist):
    return {"durations": {"work": {"constant": None, **dist}}}


def calendar(**fields):
    return {"calendars": {"day": {"weekly": {"mon": ["08:00-12:00"]}, **fields}}}


TRIANGLE = {"min": "1min", "mode": "2min", "max": "5min"}
CASES = [
    # the document
    ({"scenario": 2}, "scenario", "must be 1"),
    ({"scenario": None}, "scenario", "is required"),
    ({"colour": "red"}, "colour", "is not a field here"),
    ({"resource": {}}, "resource", "did you mean resources?"),
    ({"name": 7}, "name", "must be a mapping"),
    ({"name": {"en": "Only English"}}, "name.zh", "is required"),
    ({"timezone": "Mars/Olympus"}, "timezone", "IANA name"),
    ({"timezone": 8}, "timezone", "IANA name"),
    ({"currency": "Yuan"}, "currency", "must match"),
    ({"queues": {"doctor": {}}}, "queues", "is not supported yet"),
    ({"patience": {}}, "patience", "is not supported yet"),
    ({"batches": {}}, "batches", "is not supported yet"),
    # run
    ({"run": None}, "run", "is required"),
    ({"run": {"start": "tomorrow"}}, "run.start", "local date and time"),
    ({"run": {"start": "2026-03-02T08:00+01:00"}}, "run.start", "(no zone)"),
    ({"run": {"until": 9}}, "run.until", "has no unit"),
    ({"run": {"until": "9 hours"}}, "run.until", "is not a duration"),
    ({"run": {"until": "0h"}}, "run.until", "must be longer than nothing"),
    ({"run": {"until": None}}, "run", "needs exactly one end of the run"),
    ({"run": {"cases": 10}}, "run", "found until and cases"),
    ({"run": {"until": None, "cases": 0}}, "run.cases", "must be at least 1"),
    ({"run": {"replications": 0}}, "run.replications", "must be at least 1"),
    ({"run": {"replications": {"min": 10}}}, "run.replications", "is not supported yet"),
    ({"run": {"seed": -1}}, "run.seed", "must be at least 0"),
    ({"run": {"seed": 1.5}}, "run.seed", "must be a whole number"),
    ({"run": {"drain": "yes"}}, "run.drain", "must be true or false"),
    ({"run": {"warm_up": "mser5"}}, "run.warm_up", "mser5 is not supported yet"),
    ({"run": {"warm_up": "5h"}}, "run", "warm_up that is shorter than until"),
    # arrivals
    ({"arrivals": {"start": None}}, "arrivals", "must have at least 1"),
    ({"arrivals": {"begin": {"interval": {"constant": "5min"}}}}, "arrivals.begin", "is unknown"),
    (arrival(), "arrivals.start", "needs exactly one kind of arrivals"),
    (arrival(replay="x.csv"), "arrivals.start.replay", "is not supported yet"),
    (rate(slot="1d"), "arrivals.start.rate", "end by 24:00"),
    (rate(per_slot=[]), "arrivals.start.rate.per_slot", "must have at least 1"),
    (rate(per_slot=[3, -1]), "arrivals.start.rate.per_slot[1]", "must not be negative"),
    (rate(per_slot=[0]), "arrivals.start.rate", "a rate above 0"),
    (rate(**{"from": 8}), "arrivals.start.rate.from", "a time of day"),
    (rate(**{"from": "25:00"}), "arrivals.start.rate.from", "a time of day"),
    (booked(no_show=1.4), "arrivals.start.appointments.no_show", "from 0% to 100%"),
    (booked(no_show="14,4%"), "arrivals.start.appointments.no_show", "from 0% to 100%"),
    (booked(per_slot=["x"]), "arrivals.start.appointments.per_slot[0]", "must be a whole number"),
    (booked(calendar="day"), "arrivals.start.appointments", "either calendar or from"),
    (
        booked(calendar="dya", **{"from": None}) | calendar(),
        "arrivals.start.appointments.calendar",
        "did you mean day?",
    ),
    (
        {"arrivals": {"start": {"attributes": {"a": {"choice": {"x": "60%"}}}}}},
        "arrivals.start.attributes.a",
        "add up to 100%, these make 0.6",
    ),
    # durations
    ({"durations": {"work": None}}, "durations.work", "how long does this activity take?"),
    ({"durations": {"wrok": {"constant": "1min"}}}, "durations.wrok", "did you mean work?"),
    (duration(), "durations.work", "needs exactly one distribution"),
    (duration(constant=5), "durations.work.constant", "has no unit"),
    (duration(constant="-5min"), "durations.work.constant", "must not be negative"),
    (duration(constant="101w", normal=TRIANGLE), "durations.work.normal.sd", "is required"),
    (duration(constant="6000w"), "durations.work.constant", "longer than 100 years"),
    (duration(triangular=TRIANGLE | {"mode": "9min"}), "durations.work.triangular", "min <= mode"),
    (
        duration(triangular=TRIANGLE, constant="1min"),
        "durations.work",
        "found constant and triangular",
    ),
    (duration(triangular=TRIANGLE | {"top": 1}), "durations.work.triangular.top", "allowed fields"),
    (duration(exponential={"mean": "0s"}), "durations.work", "needs mean above 0 (exponential)"),
    (
        duration(lognormal={"mean": "1h", "sd": "0s"}),
        "durations.work",
        "needs sd above 0 (lognormal)",
    ),
    (duration(uniform={"min": "2h", "max": "1h"}), "durations.work.uniform", "min below max"),
    (
        duration(erlang={"mean": "1h", "phases": 0}),
        "durations.work.erlang.phases",
        "must be at least 1",
    ),
    (
        duration(beta={"min": "1h", "max": "2h", "mean": "90min", "sd": "2h"}),
        "durations.work.beta",
        "an sd above 0 and below",
    ),
    (duration(empirical={"values": []}), "durations.work.empirical.values", "at least 1"),
    (duration(empirical={"file": "x"}), "durations.work.empirical.file", "is not supported yet"),
    (
        duration(histogram={"edges": ["1h", "2h"], "weights": [1, 2]}),
        "durations.work.histogram",
        "one edge more than weights",
    ),
    (duration(gaussian={"mean": "1h"}), "durations.work.gaussian", "is not a field here"),
    (
        {
            "durations": {
                "work": {"constant": None, "work": {"constant": "1h"}, "outside_calendar": "stop"}
            }
        },
        "durations.work.outside_calendar",
        "must be 'suspend' or 'finish'",
    ),
    (duration(by_resource={}), "durations.work.by_resource", "is not supported yet"),
    # resources, demands, calendars
    ({"resources": {"clerk": {"units": 0}}}, "resources.clerk.units", "must be at least 1"),
    ({"resources": {"clerk": {"units": True}}}, "resources.clerk.units", "must be a whole number"),
    ({"resources": {"clerk": {"members": {}}}}, "resources.clerk.members", "is not supported yet"),
    ({"resources": {"clerk": {"calendar": "day"}}}, "resources.clerk.calendar", "is unknown"),
    (
        {"resources": {"clerk": {"cost_per_hour": -1}}},
        "resources.clerk.cost_per_hour",
        "must not be negative",
    ),
    ({"resources": {"clerk": None}}, "demands.work", "nobody performs it"),
    ({"demands": {"work": "clark"}}, "demands.work", "did you mean clerk?"),
    ({"demands": {"work": {"all": []}}}, "demands.work", "must be text"),
    (calendar(weekly={"monday": []}), "calendars.day", "does not know the days 'monday'"),
    (calendar(weekly={"mon-tue": [], "tue": []}), "calendars.day", "names tue twice"),
    (calendar(weekly={"mon": ["8-12"]}), "calendars.day.weekly.mon[0]", "a time of day"),
    (calendar(weekly={"mon": []}), "calendars.day", "never opens"),
    (
        calendar(weekly={"mon": ["08:00-12:00", "11:00-13:00"]}),
        "calendars.day",
        "do not overlap (mon)",
    ),
    (calendar(exceptions={"soon": []}), "calendars.day.exceptions.soon", "must be a date"),
    (calendar(holidays="CN"), "calendars.day.holidays", "is not supported yet"),
    # what refers to the process
    ({"branches": {"work": {"a": 1}}}, "branches.work", "there are no gateways that choose"),
    ({"priorities": {"work": True}}, "priorities.work", "must be a number, or an expression"),
    ({"priorities": {"work": "1 if"}}, "priorities.work", "is not an expression"),
    ({"priorities": {"work": "1 if vip else 2"}}, "priorities.work", "needs case data 'vip'"),
    ({"events": {"result": {"constant": "1h"}}}, "events.result", "is unknown"),
    ({"costs": {"work": {"fixed": -5}}}, "costs.work.fixed", "must not be negative"),
    ({"costs": {"work": {"per_hour": 5}}}, "costs.work.per_hour", "is not supported yet"),
    ({"targets": {"OP-CT": {}}}, "targets.OP-CT", "needs min or max"),
    ({"targets": {"OP-CT9": {"max": "1h"}}}, "targets.OP-CT9", "did you mean OP-CT90?"),
    ({"targets": {"OP-CT": {"max": "fast"}}}, "targets.OP-CT.max", "is not a duration"),
    ({"guards": ["OP-XY"]}, "guards[0]", "is unknown"),
]


@pytest.mark.parametrize(("patch", "field", "words"), CASES)
def test_malformed_scenario_names_field_and_rule(patch, field, words):
    with pytest.raises(ScenarioInvalid) as refusal:
        a_scenario(**patch)

    problems = [p for p in refusal.value.problems if p.field == field]
    assert problems, str(refusal.value)
    assert words in str(problems[0])
    assert problems[0].source == "test.yaml"


def test_value_that_stands_there_is_shown():
    with pytest.raises(ScenarioInvalid, match=r"test\.yaml: run\.until: '9 hours' is not"):
        a_scenario(run={"until": "9 hours"})


def test_all_problems_are_reported_at_once():
    with pytest.raises(ScenarioInvalid) as refusal:
        a_scenario(run={"seed": -1}, resources={"clerk": {"units": 0}}, colour="red")

    fields = {problem.field for problem in refusal.value.problems}
    assert fields == {"run.seed", "resources.clerk.units", "colour"}


CHOICE = graph("start > gw =yes> work > end", "gw =no> end", lanes={"work": "clerk"})


@pytest.mark.parametrize(
    ("shares", "field", "words"),
    [
        (None, "branches.gw", "give the share of each flow"),
        ({"yes": "60%", "no": "60%"}, "branches.gw", "these make 1.2"),
        ({"yes": "60%", "maybe": "40%"}, "branches.gw.maybe", "is unknown; flows: "),
        ({"yes": "50%", "work": "50%"}, "branches.gw", "names a flow twice"),
    ],
)
def test_branches_must_fit_the_gateway(shares, field, words):
    with pytest.raises(ScenarioInvalid) as refusal:
        a_scenario(CHOICE, branches={"gw": shares} if shares else {})

    assert words in str(next(p for p in refusal.value.problems if p.field == field))
