"""Timers as the model says them, and as the scenario does."""

from __future__ import annotations

import pytest

from simulation.errors import ScenarioInvalid
from tests.engine.bpmn.builders import boundary, element, end, timer, user, wait
from tests.simulation.flow.cases import happened, minutes, of

WAYS = "start > pause > work > end"
CALENDARS = {"office": {"weekly": {"mon-fri": ["09:00-17:00"]}}}


def test_duration_of_the_model_is_waited_for():
    assert happened(of(wait("pause", "PT7M") + user("work"), WAYS)) == ["pause 0-7", "work 7-17"]


def test_scenario_may_say_another_time():
    scenario = of(wait("pause", "PT7M") + user("work"), WAYS, events={"pause": minutes(2)})

    assert happened(scenario) == ["pause 0-2", "work 2-12"]


def test_date_is_a_moment_of_the_run():
    model = wait("pause", "2026-03-02T08:25:00", "timeDate") + user("work")

    assert happened(of(model, WAYS)) == ["pause 0-25", "work 25-35"]


def test_date_in_the_past_is_passed_at_once():
    model = wait("pause", "2026-03-01T08:25:00", "timeDate") + user("work")

    assert happened(of(model, WAYS)) == ["pause 0-0", "work 0-10"]


def test_expression_of_the_model_is_asked_for():
    with pytest.raises(ScenarioInvalid, match=r"events\.pause: .*the model says '\$\{days\}'"):
        of(wait("pause", "${days}") + user("work"), WAYS)


def test_share_of_a_timer_says_whether_it_fires():
    model = user("work") + boundary("late", "work", "PT4M") + end("other")
    scenario = of(model, "start > work > end\nlate > other", events={"late": {"share": 0}})

    assert happened(scenario) == ["work 0-10"]


def test_timer_counts_in_the_calendar_that_it_names():
    model = element(
        "intermediateCatchEvent",
        "pause",
        timer("PT30M"),
        **{"xmlns:tf": "urn:twinflow:bpmn:1", "tf:calendar": "office"},
    )
    scenario = of(model + user("work"), WAYS, calendars=CALENDARS)

    assert happened(scenario) == ["pause 0-90", "work 90-100"]  # from 8:00; open at 9:00


def test_calendar_that_is_not_in_the_scenario_is_asked_for():
    model = element(
        "intermediateCatchEvent",
        "pause",
        timer("PT30M"),
        **{"xmlns:tf": "urn:twinflow:bpmn:1", "tf:calendar": "office"},
    )
    with pytest.raises(ScenarioInvalid, match=r"events\.pause: .*the timer counts in calendar"):
        of(model + user("work"), WAYS)


def test_cycle_of_an_interrupting_event_happens_once():
    model = user("work") + boundary("late", "work", "R3/PT4M") + end("other")

    assert happened(of(model, "start > work > end\nlate > other")) == [
        "late 0-4",
        "work 0-4 cancelled",
    ]
