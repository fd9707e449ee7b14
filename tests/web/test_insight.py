"""Health figures against the events themselves and against what the simulator measured."""

from datetime import date, datetime, timedelta
from statistics import fmean

import pytest

from engine.clock import FixedClock
from engine.domain.history import EventType
from engine.errors import NotFound
from engine.process_engine import ProcessEngine
from kpis.measure import measure_values
from simulation.scenario.load import load
from simulation.staffing import staffing
from tests.web.clinic import MONDAY, PROCESS
from tests.web.patients import AS_IS, KEY, day, record
from web.insight import KEPT_FOR, Health, Insight, plan_of
from web.scenarios import scenario_of

FIRST = date(2026, 2, 16)
DAYS = 6
SINCE = datetime.fromisoformat("2026-02-16T00:00+08:00")


@pytest.fixture
def insight(engine: ProcessEngine, clock: FixedClock) -> Insight:
    return Insight(engine, clock=clock)


@pytest.fixture
def health(engine: ProcessEngine, insight: Insight) -> Health:
    record(engine, FIRST, days=DAYS)
    return insight.health(KEY, since=SINCE, until=MONDAY)


def test_time_averages_of_recorded_days_are_those_of_the_simulated_days(health: Health) -> None:
    plan = staffing(load(AS_IS))
    simulated = [
        measure_values(day(FIRST + timedelta(days=n))[1].event_log(), plan) for n in range(DAYS)
    ]

    for code in ("OP-TH", "OP-WIP", "OP-UT", "OP-QL"):
        expected = fmean(values[code] for values in simulated)
        assert health.measurements[code].value == pytest.approx(expected, rel=1e-6)
        assert health.measurements[code].n == DAYS


def test_time_averages_have_an_interval_over_days(health: Health) -> None:
    interval = health.measurements["OP-UT"].interval

    assert interval is not None
    assert interval.low < interval.estimate < interval.high


def test_cycle_time_is_the_mean_from_start_to_end_of_the_cases(
    engine: ProcessEngine, health: Health
) -> None:
    events = list(engine.events(KEY))
    at = {(event.case_id, event.type): event.at for event in events}
    lengths = [
        (at[case, EventType.CASE_COMPLETED] - started).total_seconds()
        for (case, kind), started in at.items()
        if kind is EventType.CASE_STARTED
    ]

    assert health.started == len(lengths)
    assert health.measurements["OP-CT"].value == pytest.approx(fmean(lengths))


def test_waiting_of_the_steps_adds_up_to_the_waiting_of_the_cases(health: Health) -> None:
    waiting = health.measurements["OP-WT"]

    assert waiting.value is not None
    assert health.total_waiting_s == pytest.approx(waiting.value * waiting.n)


def test_only_cases_that_started_in_the_period_count(
    engine: ProcessEngine, insight: Insight
) -> None:
    record(engine, FIRST, days=2)

    one_day = insight.health(KEY, since=SINCE, until=SINCE + timedelta(days=1))

    assert one_day.started == len(day(FIRST)[1].event_log().case_columns)


def test_health_is_measured_once_for_many_readers(
    insight: Insight, engine: ProcessEngine, clock: FixedClock
) -> None:
    engine.start_process(PROCESS, by="alice", start_event="walk_in")
    first = insight.health(PROCESS, since=SINCE, until=MONDAY + timedelta(days=1))
    clock.advance(timedelta(seconds=1))
    engine.start_process(PROCESS, by="alice", start_event="walk_in")

    assert insight.health(PROCESS, since=SINCE, until=MONDAY + timedelta(days=1)) is first
    clock.advance(KEPT_FOR)
    assert insight.health(PROCESS, since=SINCE, until=MONDAY + timedelta(days=1)).started == 2


def test_process_without_cases_is_empty(insight: Insight) -> None:
    health = insight.health(PROCESS, since=SINCE, until=MONDAY)

    assert health.started == 0
    assert health.measurements == {}


def test_process_without_a_scenario_has_no_staffing_but_cycle_times(
    insight: Insight, engine: ProcessEngine
) -> None:
    engine.start_process(PROCESS, by="alice", start_event="walk_in")
    health = insight.health(PROCESS, since=SINCE, until=MONDAY + timedelta(days=1))

    assert health.plan.staffing is None
    assert health.open == 1
    assert health.measurements["OP-UT"].remark == "no staffing plan"


def test_unknown_process_is_not_found(insight: Insight) -> None:
    with pytest.raises(NotFound):
        insight.health("nothing", since=SINCE, until=MONDAY)


def test_plan_takes_the_targets_of_the_scenario_before_those_of_the_catalogue() -> None:
    plan = plan_of(KEY)

    cycle_time, queue = plan.target("OP-CT"), plan.target("OP-QL")
    assert cycle_time is not None
    assert cycle_time.high == 3600
    assert queue is not None
    assert queue.high == 5


def test_each_model_of_a_folder_finds_its_own_scenario() -> None:
    as_is, to_be = scenario_of("patient_visit"), scenario_of("patient_visit_to_be")

    assert as_is is not None
    assert to_be is not None
    assert "kiosk" not in as_is.document.resources
    assert "kiosk" in to_be.document.resources
