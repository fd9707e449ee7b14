"""The staffing plan of a scenario, as KPIs use it."""

from __future__ import annotations

from datetime import UTC, datetime

from simulation.staffing import staffing
from tests.simulation.builders import a_scenario, shipped

START, END = datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 3, tzinfo=UTC)


def test_plan_names_units_rates_and_currency():
    plan = staffing(shipped("to_be"))

    assert plan.currency == "CNY"
    assert (plan.roles["doctor"].units, plan.roles["doctor"].cost_per_hour) == (7, 180)


def test_lane_whose_work_is_a_delay_is_external():
    plan = staffing(shipped("to_be"))

    assert plan.external_roles == {"customer"}
    assert "customer" not in plan.roles


def test_role_without_a_calendar_is_always_there():
    assert staffing(a_scenario()).available_s("clerk", START, END) == 86_400


def test_role_is_there_while_its_calendar_is_open():
    scenario = a_scenario(
        calendars={"day": {"weekly": {"mon": ["08:00-12:00"]}}},
        resources={"clerk": {"units": 3, "calendar": "day"}},
    )

    assert staffing(scenario).available_s("clerk", START, END) == 3 * 4 * 3600


def test_role_that_nobody_needs_is_left_out():
    assert set(staffing(a_scenario(resources={"idle": {"units": 5}})).roles) == {"clerk"}


def test_fixed_costs_are_per_visit():
    assert staffing(a_scenario(costs={"work": {"fixed": 5}})).fixed_costs == {"work": 5.0}
