"""Timing: what the text of a timer event means, read once or when the timer is set."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from engine.bpmn.timers import Timing
from engine.domain.calendar import Shift, WorkingCalendar
from engine.domain.duration import InvalidDuration
from engine.domain.process_graph import TimerDefinition, TimerKind

DATE, DURATION, CYCLE = TimerKind.DATE, TimerKind.DURATION, TimerKind.CYCLE
BERLIN = ZoneInfo("Europe/Berlin")
FRIDAY = datetime(2026, 3, 6, 16, tzinfo=UTC)
HOUR = timedelta(hours=1)
OFFICE = {"office": WorkingCalendar(dict.fromkeys(range(5), (Shift(540, 1020),)), UTC)}


def timing(kind, text, *, zone=UTC, calendar=None):
    return Timing.compile(TimerDefinition(kind, text, calendar), zone=zone)


@pytest.mark.parametrize(
    ("kind", "text", "due", "times"),
    [
        (DATE, "2026-04-01T09:00", "2026-04-01T07:00Z", 1),  # of the zone
        (DATE, "2026-04-01", "2026-03-31T22:00Z", 1),
        (DURATION, " PT90M ", "2026-03-06T17:30Z", 1),
        (DURATION, "P1M", "2026-04-06T15:00Z", 1),
        (CYCLE, "R3/PT1H", "2026-03-06T17:00Z", 3),
        (CYCLE, "R/2026-04-01T09:00/P1D", "2026-04-01T07:00Z", None),
        (CYCLE, "30 8 * * MON-FRI", "2026-03-09T07:30Z", None),
    ],
)
def test_timer_is_due_when_its_text_says(kind, text, due, times):
    compiled = timing(kind, text, zone=BERLIN)

    assert compiled.first_due(FRIDAY) == datetime.fromisoformat(due)
    assert compiled.times == times


@pytest.mark.parametrize(
    ("kind", "text", "calendar", "due"),
    [
        (DURATION, "PT2H", "office", "2026-03-09T10:00Z"),
        (DURATION, "P2D", "office", "2026-03-10T16:00Z"),
        (DURATION, "P1DT2H", "office", "2026-03-10T10:00Z"),
        (DATE, "2026-03-08T12:00Z", "office", "2026-03-09T09:00Z"),
        (CYCLE, "R/P1D", "office", "2026-03-09T16:00Z"),
    ],
)
def test_timer_with_a_calendar_counts_its_open_hours(kind, text, calendar, due):
    compiled = timing(kind, text, calendar=calendar)

    assert compiled.first_due(FRIDAY, calendars=OFFICE) == datetime.fromisoformat(due)


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        (DURATION, "P1W", "a week is not a number of working days"),
        (CYCLE, "R/P1W", "a week is not a number of working days"),
        (CYCLE, "@daily", "cron says its days itself"),
    ],
)
def test_calendar_refuses_what_is_no_number_of_working_days(kind, text, words):
    with pytest.raises(InvalidDuration, match=words):
        timing(kind, text, calendar="office")


def test_unknown_calendar_is_named_with_those_there_are():
    compiled = timing(DURATION, "PT2H", calendar="ward")

    with pytest.raises(InvalidDuration, match="no working calendar 'ward'; known: office"):
        compiled.first_due(FRIDAY, calendars=OFFICE)


@pytest.mark.parametrize(
    ("kind", "text", "values", "due"),
    [
        (DURATION, "${wait}", {"wait": "PT2H"}, FRIDAY + 2 * HOUR),
        (DURATION, "${'PT' + str(hours) + 'H'}", {"hours": 3}, FRIDAY + 3 * HOUR),
        (DATE, "${due}", {"due": "2026-03-07T16:00Z"}, FRIDAY + 24 * HOUR),
        (CYCLE, "${rhythm}", {"rhythm": " 0 18 * * * "}, FRIDAY + 2 * HOUR),
        (DURATION, '="PT" + string(hours) + "H"', {"hours": 3}, FRIDAY + 3 * HOUR),
        (DURATION, '=duration("PT90M") * 2', {}, FRIDAY + 3 * HOUR),
        (DATE, '=now() + duration("PT2H")', {}, FRIDAY + 2 * HOUR),
    ],
)
def test_expression_is_evaluated_when_the_timer_is_set(kind, text, values, due):
    assert timing(kind, text).first_due(FRIDAY, values=values) == due


def test_today_is_the_day_of_the_zone():
    late = datetime(2026, 3, 6, 23, 30, tzinfo=UTC)  # past midnight in Berlin

    due = timing(DATE, '=today() + duration("P1D")', zone=BERLIN).first_due(late)

    assert due == datetime(2026, 3, 7, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("${wait}", "there is no value 'wait'"),
        ("${hours}", "gives 3; a text such as PT35M is allowed"),
        ("${'three hours'}", "not an ISO 8601 duration"),
    ],
)
def test_expression_that_gives_no_time_is_an_invalid_duration(text, words):
    compiled = timing(DURATION, text)

    with pytest.raises(InvalidDuration, match=words):
        compiled.first_due(FRIDAY, values={"hours": 3})


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (DURATION, "${__import__('os')}"),
        (DURATION, "${wait"),
        (DURATION, "an hour"),
        (CYCLE, "R/PT1S"),
        (CYCLE, "every day"),
        (DATE, "tomorrow"),
    ],
)
def test_text_that_means_no_time_is_refused_when_it_is_read(kind, text):
    with pytest.raises(InvalidDuration):
        timing(kind, text)


def test_cycle_of_an_expression_goes_on_as_it_began():
    compiled = timing(CYCLE, "${rhythm}")
    due = compiled.arm(FRIDAY, values={"rhythm": "R2/PT1H"})

    second = compiled.again(due, now=due.at)

    assert (second.at, second.left, second.text) == (FRIDAY + 2 * HOUR, 1, "R2/PT1H")
    assert compiled.again(second, now=second.at) is None


@pytest.mark.parametrize(("kind", "text"), [(DURATION, "PT1H"), (DATE, "2026-04-01")])
def test_timer_without_a_cycle_fires_once(kind, text):
    compiled = timing(kind, text)
    due = compiled.arm(FRIDAY)

    assert compiled.again(due, now=due.at) is None
    with pytest.raises(InvalidDuration, match="fires once"):
        compiled.next_due(due.at)


def test_next_due_is_an_interval_later():
    assert timing(CYCLE, "R/PT1H").next_due(FRIDAY) == FRIDAY + HOUR


@pytest.mark.parametrize(
    ("kind", "text", "remarks"),
    [
        (DATE, "2026-04-01T09:00", 1),
        (DATE, "2026-03-29T02:30", 2),
        (DATE, "2026-04-01T09:00Z", 0),
        (CYCLE, "R/2026-04-01/P1D", 1),
        (CYCLE, "R/P1D", 0),
        (CYCLE, "@daily", 0),
        (DURATION, "PT1H", 0),
    ],
)
def test_what_is_assumed_about_the_text_is_said(kind, text, remarks):
    assert len(timing(kind, text, zone=BERLIN).remarks()) == remarks
