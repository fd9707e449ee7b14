"""Malformed scenarios: the document, its run and arrivals; how problems are told."""

from __future__ import annotations

import pytest

from simulation.errors import ScenarioInvalid
from simulation.scenario.load import build
from tests.simulation.builders import ONE_STEP, a_scenario, document
from tests.simulation.scenario.patches import (
    FIXED,
    MOMENTS,
    arrival,
    assert_refused,
    booked,
    calendar,
    precision,
    rate,
)

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
    # run
    ({"run": None}, "run", "is required"),
    ({"run": {"start": "tomorrow"}}, "run.start", "local date and time"),
    ({"run": {"start": "2026-03-02T08:00+01:00"}}, "run.start", "(no zone)"),
    ({"run": {"until": 9}}, "run.until", "has no unit"),
    ({"run": {"until": "9 hours"}}, "run.until", "is not a duration"),
    ({"run": {"until": "0h"}}, "run.until", "must be longer than nothing"),
    ({"run": {"until": None}}, "run", "needs exactly one end of the run"),
    ({"run": {"drain": False, "until": None, "cases": 5}}, "run", "needs until when drain is"),
    ({"run": {"until": None, "cases": 10**9}}, "run.cases", "must be at most 1000000"),
    ({"run": {"cases": 10}}, "run", "found until and cases"),
    ({"run": {"until": None, "cases": 0}}, "run.cases", "must be at least 1"),
    ({"run": {"replications": 0}}, "run.replications", "must be at least 1"),
    ({"run": {"replications": {"min": 10}}}, "run.replications.max", "is required"),
    (precision(max=5), "run.replications", "a max that is not below min"),
    (precision(half_width="0%"), "run.replications.half_width", "must be above 0%"),
    (precision(kpi="OP-CT9"), "run.replications.kpi", "did you mean OP-CT90?"),
    (precision(most=5), "run.replications.most", "allowed fields: half_width, kpi, max, min"),
    ({"run": {"seed": -1}}, "run.seed", "must be at least 0"),
    ({"run": {"seed": 1.5}}, "run.seed", "must be a whole number"),
    ({"run": {"drain": "yes"}}, "run.drain", "must be true or false"),
    ({"run": {"warm_up": 5}}, "run.warm_up", "or none, mser5"),
    ({"run": {"warm_up": "mser"}}, "run.warm_up", "or none, mser5"),
    ({"run": {"warm_up": "-1h"}}, "run.warm_up", "must not be negative"),
    ({"run": {"warm_up": "5h"}}, "run", "warm_up that is shorter than until"),
    # arrivals
    ({"arrivals": {"start": None}}, "arrivals", "must have at least 1"),
    ({"arrivals": {"begin": {"interval": {"constant": "5min"}}}}, "arrivals.begin", "is unknown"),
    (arrival(), "arrivals.start", "needs exactly one kind of arrivals"),
    (arrival(population={"size": 0, "think": {}}), "arrivals.start.population.size", "at least 1"),
    (arrival(group={"constant": "two"}), "arrivals.start.group.constant", "must be a number"),
    (rate(weekly={"mon": [1]}), "arrivals.start.rate", "found per_slot and weekly"),
    (
        rate(per_slot=None, weekly={"mon": [1], "mon-fri": [2]}),
        "arrivals.start.rate",
        "names mon twice",
    ),
    (rate(slot="1d"), "arrivals.start.rate", "end by 24:00"),
    (rate(per_slot=[]), "arrivals.start.rate.per_slot", "must have at least 1"),
    (rate(per_slot=[3, -1]), "arrivals.start.rate.per_slot[1]", "must not be negative"),
    (rate(per_slot=[0]), "arrivals.start.rate", "a rate above 0"),
    (rate(**{"from": 8}), "arrivals.start.rate.from", "a time of day"),
    (rate(**{"from": "25:00"}), "arrivals.start.rate.from", "a time of day"),
    (booked(slot="4h", per_slot=[1] * 5), "arrivals.start.appointments", "end by 24:00"),
    (arrival(**FIXED, calendar="day") | calendar(), "arrivals.start", "have their own times"),
    (arrival(replay=MOMENTS, group={"constant": 2}), "arrivals.start", "cases come in groups"),
    (arrival(replay=MOMENTS | {"data": {"x": []}}), "arrivals.start.replay", "as many values"),
    (arrival(replay={"moments": ["8"]}), "arrivals.start.replay.moments[0]", "must be a moment"),
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
        "add up to 100%, these make 60%",
    ),
]


@pytest.mark.parametrize(("patch", "field", "words"), CASES)
def test_malformed_document_names_field_and_rule(patch, field, words):
    assert_refused(patch, field, words)


def test_value_that_stands_there_is_shown():
    with pytest.raises(ScenarioInvalid, match=r"test\.yaml: run\.until: '9 hours' is not"):
        a_scenario(run={"until": "9 hours"})


@pytest.mark.parametrize("section", ["repetitions", "events"])
def test_field_that_says_nothing_is_refused(section):
    raw = document() | {section: {"work": {"share": None}}}

    with pytest.raises(ScenarioInvalid, match=rf"{section}.work: .*needs a"):
        build(raw, graph=ONE_STEP)


def test_all_problems_are_reported_at_once():
    with pytest.raises(ScenarioInvalid) as refusal:
        a_scenario(run={"seed": -1}, resources={"clerk": {"units": 0}}, colour="red")

    fields = {problem.field for problem in refusal.value.problems}
    assert fields == {"run.seed", "resources.clerk.units", "colour"}
