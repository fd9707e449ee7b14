"""Routing: new cases go to versions by rule and share, and stay there."""

from __future__ import annotations

import pytest

from engine.domain.history import EventType
from engine.domain.routing import InvalidRouting, RoutingRule, place_percent
from engine.domain.versions import DefinitionInUse
from engine.errors import NotAllowed
from tests.engine.models import END, START, a_model, a_user_task
from tests.engine.services.service_models import CALLED, CALLING

FIRST = a_model("ward", [START, a_user_task("look"), END], ["start look", "look end"])
SECOND = FIRST.replace(b'name="look"', b'name="look twice"')
THIRD = FIRST.replace(b'name="look"', b'name="look thrice"')


@pytest.fixture
def ward(engine):
    """Three active versions of one process."""
    for xml in (FIRST, SECOND, THIRD):
        engine.deploy(xml, source="ward.bpmn", forms={})
    return engine


def route(engine, *rules, by="dora"):
    return engine.set_routing("ward", rules, by=by, reason="pilot")


def version_of(engine, case):
    versions = {one.definition.id: one.definition.version for one in engine.versions("ward")}
    return versions[case.definition_id]


def start(engine, key=None, **values):
    return engine.start_process("ward", by="alice", business_key=key, values=values)


def test_case_goes_to_the_version_of_the_first_rule_that_fits(ward):
    route(ward, RoutingRule(1, "age > 60"), RoutingRule(2, 'unit == "eye"'))

    versions = [
        version_of(ward, start(ward, **values))
        for values in ({"age": 70, "unit": "eye"}, {"age": 30, "unit": "eye"}, {"age": 30}, {})
    ]

    assert versions == [1, 2, 3, 3]


def test_share_is_told_by_the_business_key(ward):
    route(ward, RoutingRule(1, share_percent=30))
    keys = [f"bed {number}" for number in range(12)]

    versions = [version_of(ward, start(ward, key)) for key in keys]

    assert versions == [1 if place_percent("ward", key) < 30 else 3 for key in keys]
    assert set(versions) == {1, 3}


def test_case_stays_on_its_version_and_tells_why(ward):
    route(ward, RoutingRule(1, "age > 60"))
    case = start(ward, age=70)
    route(ward, RoutingRule(2, "age > 60"))

    found = ward.instance(case.id, by="dora")

    assert version_of(ward, found) == 1
    assert found.route == "rule 1: if age > 60"
    started = ward.history(case.id, by="dora")[0]
    assert started.type is EventType.CASE_STARTED
    assert started.detail == {"version": 1, "route": "rule 1: if age > 60"}


def test_preview_tells_where_cases_would_go_and_changes_nothing(ward):
    for number in range(6):
        start(ward, f"bed {number}", age=number * 20)

    seen = ward.preview_routing("ward", by="dora", rules=[RoutingRule(1, "age > 60")])
    sample = ward.preview_routing(
        "ward", by="dora", rules=[RoutingRule(2)], samples=[("new", {"age": 3})]
    )

    assert seen.by_version == {1: 2, 3: 4}
    assert [(one.business_key, one.route.rule) for one in seen.cases[:1]] == [("bed 5", 1)]
    assert sample.by_version == {2: 1}
    assert ward.routing("ward") is None


def test_rules_name_active_versions_and_sound_conditions(ward):
    ward.retire_version("ward", 2, by="dora", reason="old")

    with pytest.raises(InvalidRouting) as refusal:
        route(ward, RoutingRule(2, "age >"), RoutingRule(9, "import os"))

    words = str(refusal.value)
    assert "rule 1: version 2 is not active; active are 1, 3" in words
    assert "rule 2: version 9 is not active" in words
    assert words.count("expression") == 2
    assert ward.routing("ward") is None


def test_version_that_a_rule_names_is_not_retired(ward):
    route(ward, RoutingRule(1, share_percent=10))

    with pytest.raises(DefinitionInUse, match="routing rule 1 sends cases to it"):
        ward.retire_version("ward", 1, by="dora", reason="old")


def test_routing_is_changed_by_managers_and_remembers_every_change(ward, clock):
    with pytest.raises(NotAllowed):
        route(ward, RoutingRule(1), by="alice")
    route(ward, RoutingRule(1))
    route(ward)

    changes = ward.routing_changes("ward")

    assert [len(change.rules) for change in changes] == [0, 1]
    assert {(change.changed_by, change.reason) for change in changes} == {("dora", "pilot")}
    assert version_of(ward, start(ward)) == 3


def test_called_cases_are_routed_too(engine):
    engine.deploy(CALLED, source="called.bpmn", forms={})
    first = engine.definition("called")
    engine.deploy(CALLED.replace(b'name="inner"', b'name="other"'), source="c.bpmn", forms={})
    engine.deploy(CALLING, source="calling.bpmn", forms={})
    engine.set_routing("called", [RoutingRule(1, share_percent=100)], by="dora", reason="back")

    caller = engine.start_process("calling", by="alice")

    (child,) = engine.called_instances(caller.id, by="dora")
    assert child.definition_id == first.id
