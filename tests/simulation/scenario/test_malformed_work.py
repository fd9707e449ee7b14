"""Malformed scenarios: durations, resources, demands, calendars."""

from __future__ import annotations

import pytest

from tests.simulation.scenario.patches import (
    ONE_HOUR,
    TRIANGLE,
    assert_refused,
    batch,
    calendar,
    demand,
    duration,
    members,
    queue,
)

CASES = [
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
    ({"patience": {"work": "1h"}}, "patience.work", "must be a distribution"),
    (batch(size=0), "batches.work.size", "must be at least 1"),
    (batch(max_wait=5), "batches.work.max_wait", "has no unit"),
    (batch(by="kind"), "batches.work.by", "needs case data 'kind'"),
    ({"repetitions": {"work": 3}}, "repetitions.work", "no activities that are repeated"),
    ({"repetitions": {"work": True}}, "repetitions.work", "must be a distribution"),
    ({"repetitions": {"work": {"count": 3}}}, "repetitions.work.count", "such as {constant: 3}"),
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
]


@pytest.mark.parametrize(("patch", "field", "words"), CASES)
def test_malformed_work_names_field_and_rule(patch, field, words):
    assert_refused(patch, field, words)
