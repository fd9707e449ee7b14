"""Malformed scenarios: what refers to the process, and what nobody simulates yet."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simulation.errors import ScenarioInvalid
from simulation.scenario.model import joined
from tests.simulation.builders import a_scenario
from tests.simulation.graphs import graph
from tests.simulation.scenario.patches import (
    assert_refused,
)

CASES = [
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
def test_malformed_reference_names_field_and_rule(patch, field, words):
    assert_refused(patch, field, words)


CHOICE = graph("start > gw =yes> work > end", "gw =no> end", lanes={"work": "clerk"})


@pytest.mark.parametrize(
    ("shares", "field", "words"),
    [
        (None, "branches.gw", "give the share of each flow"),
        ({"yes": "60%", "no": "60%"}, "branches.gw", "these make 120%"),
        ({"yes": "60%", "maybe": "40%"}, "branches.gw.maybe", "is unknown; flows: "),
        ({"yes": "50%", "work": "50%"}, "branches.gw", "names a flow twice"),
        ("conditions", "branches.gw", "must be shares of the flows, condition,"),
        ("condition", "branches.gw", "the model has no conditions here"),
        ({"by": "kind", "table": {}}, "branches.gw.table", "must have at least 1"),
        ({"by": "kind", "table": {"a": {"yes": "60%"}}}, "branches.gw.table.a", "make 60%"),
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
        ({"a": 0.5, "b": 0.4, "c": 0.1}, {}, "branches.gw.table", "shares for 'c' of arrivals"),
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


def test_case_data_are_asked_of_the_process_that_needs_them():
    two = joined(
        [
            replace(graph("start > work > end", lanes={"work": "clerk"}), key="first"),
            replace(graph("start_2 > nap > end_2", lanes={"nap": "clerk"}), key="second"),
        ],
        source="two.bpmn",
    )
    kind = {"attributes": {"vip": {"constant": True}}}
    arrivals = {"start": kind, "start_2": {"interval": {"constant": "1h"}}}
    more = {"arrivals": arrivals, "durations": {"nap": {"constant": "1min"}}}

    assert a_scenario(two, priorities={"work": "1 if vip else 2"}, **more)
    with pytest.raises(ScenarioInvalid, match=r"add it to arrivals\.start_2\.attributes"):
        a_scenario(two, priorities={"nap": "1 if vip else 2"}, **more)
