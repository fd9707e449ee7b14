"""Malformed scenarios: each names the field, what stands there and what is allowed."""

from __future__ import annotations

import pytest

from simulation.errors import ScenarioInvalid
from simulation.scenario.document import Document
from simulation.scenario.load import build
from simulation.scenario.not_built import NOT_BUILT, not_built
from simulation.scenario.yaml_lines import dotted
from tests.simulation.builders import ONE_STEP, a_scenario, document
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


def precision(**fields):
    given = {"min": 10, "max": 400, "half_width": "2%", "kpi": "OP-CT", **fields}
    return {"run": {"replications": given}}


def members(**who):
    return {"resources": {"clerk": {"units": None, "members": who}}}


def queue(**fields):
    return {"queues": {"clerk": fields}}


def batch(**fields):
    return {"batches": {"work": {"size": 3, **fields}}}


def demand(**fields):
    return {"demands": {"work": fields}}


FIXED = {"appointments": {"slot": "1h", "from": "08:00", "per_slot": 5}}
MOMENTS = {"moments": ["2026-03-02T08:05"]}
ONE_HOUR = {"constant": "1h"}
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
    (
        duration(histogram={"edges": ["1h", "2h"], "weights": [1, 2]}),
        "durations.work.histogram",
        "one edge more than weights",
    ),
    (
        duration(histogram={"edges": ["2h", "1h"], "weights": [1]}),
        "durations.work.histogram",
        "edges that rise",
    ),
    (
        duration(histogram={"edges": ["1h", "2h"], "weights": [0]}),
        "durations.work.histogram",
        "a weight above 0",
    ),
    (duration(mixture=[{"weight": 0, **ONE_HOUR}]), "durations.work", "a weight above 0 (mixture)"),
    (duration(empirical={}), "durations.work.empirical", "needs values: is required"),
    (
        duration(empirical={"values": ["1h"], "unit": "min"}),
        "durations.work.empirical",
        "needs a file when it has column or unit",
    ),
    (duration(normal={"mean": "1h", "sd": "-1h"}), "durations.work.normal.sd", "not be negative"),
    (duration(gamma={"mean": "1s", "sd": "1h"}), "durations.work", "from 1e-05 to 1,000 times"),
    (
        duration(weibull={"shape": 0, "scale": "1h"}),
        "durations.work.weibull.shape",
        "at least 0.01",
    ),
    (
        duration(beta={"min": "0s", "max": "9h", "mean": "1s", "sd": "1min"}),
        "durations.work.beta",
        "are not from 0.01 to 1e6",
    ),
    (
        {"arrivals": {"start": {"attributes": {"a": {"normal": {"mean": 1, "sd": -1}}}}}},
        "arrivals.start.attributes.a.normal",
        "an sd that is not negative",
    ),
    (
        {"arrivals": {"start": {"attributes": {"a": {"constant": []}}}}},
        "arrivals.start.attributes.a.constant",
        "must be a single value",
    ),
    (duration(gaussian={"mean": "1h"}), "durations.work.gaussian", "is not a field here"),
    (
        {
            "durations": {
                "work": {"constant": None, "work": {"constant": "1h"}, "outside_calendar": "stop"}
            }
        },
        "durations.work.outside_calendar",
        "must be 'suspend', 'finish' or 'abort'",
    ),
    (
        duration(work=ONE_HOUR, by_resource={"alice": ONE_HOUR}),
        "durations.work.by_resource.alice",
        "is unknown; resources and members: clerk",
    ),
    # resources, demands, calendars
    ({"resources": {"clerk": {"units": 0}}}, "resources.clerk.units", "must be at least 1"),
    ({"resources": {"clerk": {"units": True}}}, "resources.clerk.units", "must be a whole number"),
    (members(), "resources.clerk.members", "must have at least 1"),
    (members(alice={"skill": ["x"]}), "resources.clerk.members.alice.skill", "did you mean skills"),
    (members(alice={"calendar": "x"}), "resources.clerk.members.alice.calendar", "is unknown"),
    ({"resources": {"clerk": {"members": {"alice": {}}}}}, "resources.clerk", "units or members"),
    (
        {"resources": {"clerk": {"failures": {"up": ONE_HOUR}}}},
        "resources.clerk.failures.down",
        "is required",
    ),
    (queue(order=["fifo"]), "queues.clerk.order[0]", "'priority', 'due', 'arrival' or 'shortest'"),
    (queue(order=[]), "queues.clerk.order", "must have at least 1"),
    (queue(order=["due", "due"]), "queues.clerk", "each order once"),
    (queue(order=["arrival"], preemptive=True), "queues.clerk", "needs priority in order"),
    (queue(order=["due"]), "queues.clerk.order", "needs case data 'due'"),
    (queue(capacity=-1), "queues.clerk.capacity", "must be at least 0"),
    (queue(when_full="explode"), "queues.clerk.when_full", "'leave' or 'block'"),
    ({"queues": {"doctor": {}}}, "queues.doctor", "is unknown; resources: clerk"),
    ({"patience": {"wrok": ONE_HOUR}}, "patience.wrok", "did you mean work?"),
    ({"patience": {"work": "1h"}}, "patience.work", "must be a mapping"),
    (batch(size=0), "batches.work.size", "must be at least 1"),
    (batch(max_wait=5), "batches.work.max_wait", "has no unit"),
    (batch(by="kind"), "batches.work.by", "needs case data 'kind'"),
    ({"repetitions": {"work": 3}}, "repetitions.work", "no activities that are repeated"),
    ({"repetitions": {"work": True}}, "repetitions.work", "must be a mapping"),
    ({"repetitions": {"work": "100%"}}, "repetitions.work", "would never end"),
    ({"resources": {"clerk": {"calendar": "day"}}}, "resources.clerk.calendar", "is unknown"),
    (
        {"resources": {"clerk": {"cost_per_hour": -1}}},
        "resources.clerk.cost_per_hour",
        "must not be negative",
    ),
    ({"resources": {"clerk": None}}, "demands.work", "nobody performs it"),
    ({"demands": {"work": "clark"}}, "demands.work", "did you mean clerk?"),
    ({"demands": {"work": {"every": []}}}, "demands.work.every", "is not a field here"),
    ({"demands": {"work": 7}}, "demands.work", "must be a role, none,"),
    (demand(role="clerk", unit=2), "demands.work.unit", "is not a field here"),
    (demand(role="clerk", units=2), "demands.work", "asks for 2 of clerk; there are 1"),
    (demand(role="clerk", skill="x"), "demands.work", "1 of clerk with the skill x; there are 0"),
    (demand(all=["clark"]), "demands.work", "did you mean clerk?"),
    (demand(all=["clerk"], any=["clerk"]), "demands.work", "either all or any"),
    (demand(all=[], choose="fastest"), "demands.work", "beside choose"),
    (demand(role="clerk", choose="nicest"), "demands.work.choose", "must be longest_idle,"),
    (demand(role="clerk", choose="same_as"), "demands.work.choose", "must be longest_idle,"),
    (demand(role="clerk", choose="same_as: x"), "demands.work.choose", "is unknown"),
    (demand(role="clerk", choose={"same_as": "x"}), "demands.work.choose", "is unknown"),
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
    (
        calendar(holidays="CN") | {"run": {"start": "2031-03-02T08:00"}},
        "calendars.day.holidays",
        "is known from 2026 to 2027",
    ),
    (calendar(holidays="CN") | {"run": {"until": "1000d"}}, "calendars.day.holidays", "exceptions"),
    (calendar(holidays="DE"), "calendars.day.holidays", "must be 'CN'"),
    # what refers to the process
    ({"branches": {"work": {"a": 1}}}, "branches.work", "there are no gateways that choose"),
    ({"priorities": {"work": True}}, "priorities.work", "must be a number, or an expression"),
    ({"priorities": {"work": "1 if"}}, "priorities.work", "is not an expression"),
    ({"priorities": {"work": "1 if vip else 2"}}, "priorities.work", "needs case data 'vip'"),
    ({"events": {"result": {"constant": "1h"}}}, "events.result", "is unknown"),
    ({"costs": {"work": {"fixed": -5}}}, "costs.work.fixed", "must not be negative"),
    ({"costs": {"work": {}}}, "costs.work", "needs fixed, per_hour or both"),
    ({"branches": {"work": 7}}, "branches.work", "must be shares of the flows, condition"),
    ({"events": {"result": {}}}, "events.result", "needs"),
    ({"events": {"result": "often"}}, "events.result", "must be a share"),
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


CHOICE = graph("start > gw =yes> work > end", "gw =no> end", lanes={"work": "clerk"})


@pytest.mark.parametrize(
    ("shares", "field", "words"),
    [
        (None, "branches.gw", "give the share of each flow"),
        ({"yes": "60%", "no": "60%"}, "branches.gw", "these make 1.2"),
        ({"yes": "60%", "maybe": "40%"}, "branches.gw.maybe", "is unknown; flows: "),
        ({"yes": "50%", "work": "50%"}, "branches.gw", "names a flow twice"),
        ("conditions", "branches.gw", "must be shares of the flows, condition,"),
        ("condition", "branches.gw", "the model has no conditions here"),
        ({"by": "kind", "table": {}}, "branches.gw.table", "must have at least 1"),
        ({"by": "kind", "table": {"a": {"yes": "60%"}}}, "branches.gw.table.a", "make 0.6"),
        ({"by": "kind", "table": {"a": {"yes": 1}}}, "branches.gw.by", "needs case data 'kind'"),
    ],
)
def test_branches_must_fit_the_gateway(shares, field, words):
    with pytest.raises(ScenarioInvalid) as refusal:
        a_scenario(CHOICE, branches={"gw": shares} if shares else {})

    assert words in str(next(p for p in refusal.value.problems if p.field == field))


@pytest.mark.parametrize(
    ("choice", "more", "field", "words"),
    [
        ({"a": 1}, {}, "branches.gw.table.b", "is unknown; values of kind: a"),
        ({"a": 0.5, "b": 0.4, "c": 0.1}, {}, "branches.gw.table", "needs shares for 'c' of"),
        ({"a": 0.5, "b": 0.4, "c": 0.1}, {"else": {"no": 1}}, None, ""),
    ],
)
def test_table_must_fit_the_values_of_its_attribute(choice, more, field, words):
    table = {"by": "kind", "table": {"a": {"yes": 1}, "b": {"no": 1}}, **more}
    start = {"start": {"attributes": {"kind": {"choice": choice}}}}
    if field is None:
        assert a_scenario(CHOICE, branches={"gw": table}, arrivals=start)
        return
    with pytest.raises(ScenarioInvalid) as refusal:
        a_scenario(CHOICE, branches={"gw": table}, arrivals=start)

    assert words in str(next(p for p in refusal.value.problems if p.field == field))


@pytest.mark.parametrize(
    ("pattern", "raw", "field"),
    [
        ("run.warm_up=mser5", {"run": {"warm_up": "mser5"}}, "run.warm_up"),
        ("run.warm_up=mser5", {"run": {"warm_up": "2h"}}, None),
        ("patience.*", {"patience": {"work.1": {"constant": "1h"}}}, "patience.work.1"),
        ("patience.*", {"patience": {}}, None),
        ("demands.*.all", {"demands": {"work": "clerk"}}, None),
        ("events.*=%", {"events": {"timer": "30%"}}, "events.timer"),
        ("events.*=%", {"events": {"timer": {"constant": "1h"}}}, None),
        (
            "**.empirical.file",
            {"durations": {"work": {"mixture": [{"empirical": {"file": "x.csv"}}]}}},
            "durations.work.mixture[0].empirical.file",
        ),
    ],
)
def test_field_that_nobody_simulates_yet_is_refused_by_name(pattern, raw, field):
    found = list(not_built(raw, {pattern: "that"}))

    assert [dotted(path) for path, _, _ in found] == ([field] if field else [])
    assert all(words == "is not supported yet: that" for _, _, words in found)


def test_scenario_with_a_field_that_is_not_built_is_refused(monkeypatch):
    monkeypatch.setitem(NOT_BUILT, "costs.*.fixed", "a fixed cost")

    with pytest.raises(ScenarioInvalid, match=r"costs\.work\.fixed: 5 is not supported yet: a f"):
        a_scenario(costs={"work": {"fixed": 5}})


def test_pattern_of_what_is_not_built_is_a_path_of_the_format():
    sections = {pattern.split(".")[0] for pattern in NOT_BUILT} - {"**"}

    assert sections <= Document.model_fields.keys()
