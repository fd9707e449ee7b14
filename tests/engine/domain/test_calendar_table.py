"""Calendars as people edit them, the CSV table they come in, and those of the product."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.domain.calendar import Shift
from engine.domain.calendar_csv import read_calendar_csv, write_calendar_csv
from engine.domain.calendar_table import (
    CalendarDay,
    CalendarTable,
    DayKind,
    InvalidCalendar,
    hours_text,
    read_hours,
)

HEADER = "date,kind,open_hours,note\n"
OFFICE = (Shift(540, 720), Shift(780, 1020))
DAY = date(2026, 10, 1)


def table(*days, weekly=None, **changes):
    entries = {entry.day: entry for entry in days}
    weekly = dict.fromkeys(range(5), OFFICE) if weekly is None else weekly
    return replace(CalendarTable("clinic", "Asia/Shanghai", weekly, entries), **changes)


def read(text):
    return read_calendar_csv(text, name="clinic", zone="UTC", source="clinic.csv")


def opens_on(calendar, day):
    """The open hours of a day of the zone UTC."""
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return calendar.open_seconds(start, start + timedelta(days=1)) / 3600


@pytest.mark.parametrize(
    ("text", "shifts"),
    [
        ("08:00-12:00 13:00-17:00", (Shift(480, 720), Shift(780, 1020))),
        ("13:00-17:00, 8:00-12:00", (Shift(480, 720), Shift(780, 1020))),
        ("22:00-06:00", (Shift(1320, 1800),)),  # closes the next morning
        ("00:00-24:00", (Shift(0, 1440),)),
        ("18:00-00:00", (Shift(1080, 1440),)),
        ("08:00-08:00", (Shift(480, 1920),)),  # a day and a night
        ("", ()),
    ],
)
def test_hours_are_read_as_they_are_written(text, shifts):
    assert read_hours(text) == shifts
    assert read_hours(hours_text(shifts)) == shifts


@pytest.mark.parametrize("text", ["8-12", "08:00", "08:00-25:00", "24:00-06:00", "08:00-12:60"])
def test_hours_say_what_is_wrong_with_them(text):
    with pytest.raises(ValueError, match="no open hours"):
        read_hours(text)


def test_holiday_is_shut_and_make_up_workday_open_as_on_monday():
    days = read(
        HEADER + "Mon-Fri,weekly,09:00-12:00,\n2026-10-01,holiday,,\n2026-10-10,workday,,\n"
    ).working_calendar()

    assert [opens_on(days, date(2026, 10, day)) for day in (1, 2, 10, 11)] == [0, 3, 3, 0]


def test_day_with_hours_of_its_own_is_open_then():
    calendar = read(
        HEADER + "Mon-Fri,weekly,09:00-12:00,\n2026-10-01,hours,10:00-11:00,\n"
        "2026-10-10,workday,09:00-17:00,\n"
    ).working_calendar()

    assert [opens_on(calendar, date(2026, 10, day)) for day in (1, 10)] == [1, 8]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": "1st"}, "no name"),
        ({"name": "a/b"}, "no name"),
        ({"zone": "Mars/Base"}, "no time zone; Asia/Shanghai"),
        ({"weekly": {0: (Shift(0, 100), Shift(50, 200))}}, "Mon: 00:00-01:40 and 00:50-03:20"),
    ],
)
def test_calendar_says_what_is_wrong_with_it(changes, words):
    with pytest.raises(InvalidCalendar, match=words):
        table(**changes).ensure_valid()


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (CalendarDay(DAY, DayKind.HOLIDAY, OFFICE), "a holiday has no open hours"),
        (CalendarDay(DAY, DayKind.HOURS), "the kind hours needs open hours"),
        (CalendarDay(DAY, DayKind.HOURS, (Shift(0, 100), Shift(50, 200))), "overlap"),
        (CalendarDay(DAY, DayKind.HOLIDAY, note="x" * 201), "one line of at most 200"),
        (CalendarDay(DAY, DayKind.HOLIDAY, note="a\nb"), "one line"),
        (CalendarDay(DAY, DayKind.HOLIDAY, note="=1+1"), "a spreadsheet would"),
    ],
)
def test_date_of_a_calendar_says_what_is_wrong_with_it(entry, words):
    with pytest.raises(InvalidCalendar, match=words):
        table(entry).ensure_valid()


def test_make_up_workday_needs_a_week_to_take_its_hours_from():
    with pytest.raises(InvalidCalendar, match="the kind workday needs open hours"):
        table(CalendarDay(DAY, DayKind.WORKDAY), weekly={}).ensure_valid()


def test_calendar_is_not_endless():
    first = date(2026, 1, 1)
    days = (CalendarDay(first + timedelta(days=i), DayKind.HOLIDAY) for i in range(10_001))

    with pytest.raises(InvalidCalendar, match="10001 dates; at most 10000"):
        table(*days).ensure_valid()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "clinic.csv:1: the columns must be date,kind,open_hours,note"),
        ("day,kind\n", "the columns must be"),
        (HEADER + "2026-13-01,holiday,,\n", "line 2: date: '2026-13-01' is no date"),
        (HEADER + "\n2026-10-01,feast,,\n", "line 3: kind: 'feast' is none of weekly, holiday"),
        (HEADER + "Mon,weekly,8-12,\n", "line 2: open_hours: '8-12' are no open hours"),
        (HEADER + "Mon-Fry,weekly,,\n", "line 2: date: 'Mon-Fry' is no weekday"),
        (HEADER + "Fri-Mon,weekly,,\n", "a week begins on Monday"),
        (HEADER + "Mon-Fri,weekly,,\nFri,weekly,,\n", "line 3: date: a day of Fri stands"),
        (HEADER + "2026-10-01,holiday\n2026-10-01,holiday\n", "line 3: date: .* twice"),
        (HEADER + "2026-10-01,holiday,,a,b\n", "line 2: 5 columns; there are 4"),
        (HEADER + '"2026-10-01,holiday\n', "not readable"),
    ],
)
def test_table_says_in_which_line_what_is_wrong(text, words):
    with pytest.raises(InvalidCalendar, match=words):
        read(text)


def test_table_names_everything_that_is_wrong_but_not_without_end():
    with pytest.raises(InvalidCalendar) as refusal:
        read(HEADER + "never,holiday,,\n" * 500)

    assert len(refusal.value.problems) == 20


def test_comments_empty_rows_and_a_byte_order_mark_are_left_out():
    text = "\ufeff" + HEADER + "# ours, since 2026\n\n2026-10-01, Holiday ,, National Day \n"

    assert list(read(text).days.values()) == [
        CalendarDay(DAY, DayKind.HOLIDAY, note="National Day")
    ]


shift_lists = st.lists(st.tuples(st.integers(0, 5), st.integers(1, 200)), max_size=3).map(
    lambda pairs: tuple(
        Shift(240 * place, 240 * place + length) for place, length in dict(pairs).items()
    )
)
entries = st.builds(
    CalendarDay,
    st.dates(date(2026, 1, 1), date(2028, 1, 1)),
    st.just(DayKind.HOURS),
    shift_lists.filter(bool).map(lambda shifts: tuple(sorted(shifts))),
    st.sampled_from(["", "春节", 'say "hello", they said']),
)


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(st.integers(0, 6), shift_lists.filter(bool)), st.lists(entries))
def test_calendar_is_read_back_as_it_was_written(weekly, days):
    weekly = {day: tuple(sorted(shifts)) for day, shifts in weekly.items()}
    written = table(*days, weekly=weekly, zone="UTC")

    assert read(write_calendar_csv(written)) == written


def test_equal_weekdays_stand_in_one_row():
    lines = write_calendar_csv(table()).splitlines()

    assert lines == [HEADER.strip(), "Mon-Fri,weekly,09:00-12:00 13:00-17:00,"]
