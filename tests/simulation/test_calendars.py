"""Calendars of a scenario: holidays of a country, exceptions, the engine's own rules."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from engine.domain.calendar import Shift
from simulation.calendars import working_calendar
from simulation.scenario.holidays import holidays_of, years_of
from tests.simulation.builders import a_scenario

HOURS = {"mon-fri": ["08:00-12:00", "13:00-17:00"], "sat": ["09:00-12:00"]}


def opened(**fields):
    day = {"weekly": HOURS, **fields}
    return working_calendar(a_scenario(calendars={"day": day}).document, "day")


def hours_on(calendar, day):
    start = datetime.combine(day, datetime.min.time(), UTC)
    return calendar.between(start, start + timedelta(days=1)).total_seconds() / 3600


def test_calendar_is_shut_on_public_holidays():
    assert hours_on(opened(), date(2026, 10, 1)) == 8
    assert hours_on(opened(holidays="CN"), date(2026, 10, 1)) == 0


def test_make_up_workday_has_the_hours_of_the_first_open_weekday():
    saturday = date(2026, 5, 9)

    assert (hours_on(opened(), saturday), hours_on(opened(holidays="CN"), saturday)) == (3, 8)


def test_exception_of_the_file_goes_before_a_holiday():
    calendar = opened(holidays="CN", exceptions={"2026-10-01": ["10:00-11:00"]})

    assert hours_on(calendar, date(2026, 10, 1)) == 1
    assert calendar.exceptions[date(2026, 10, 2)] == ()


def test_spring_festival_of_2026_is_as_it_was_announced():
    days = [day for day in sorted(holidays_of("CN")) if day.month == 2 and day.year == 2026]

    assert [day.day for day in days] == [14, *range(15, 24), 28]
    assert years_of("CN") == (2026, 2027)


def test_weekdays_without_an_entry_are_shut():
    calendar = opened()

    assert hours_on(calendar, date(2026, 3, 8)) == 0
    assert calendar.weekly[5] == (Shift(9 * 60, 12 * 60),)
