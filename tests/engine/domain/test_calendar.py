"""Working calendars: shifts, holidays, nights, changes of the clocks, compiled integers."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.domain.calendar import (
    CalendarNeverOpens,
    CompiledCalendar,
    Shift,
    WorkingCalendar,
    WorkNeverDone,
    always_open,
    overlapping,
)

BERLIN, SHANGHAI = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Shanghai")
OFFICE = (Shift(9 * 60, 12 * 60), Shift(13 * 60, 17 * 60))
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def office(zone=UTC, **exceptions):
    days = {date.fromisoformat(day): shifts for day, shifts in exceptions.items()}
    return WorkingCalendar(dict.fromkeys(range(5), OFFICE), zone, days)


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def micros(moment, epoch):
    return (moment - epoch) // timedelta(microseconds=1)


def test_next_open_is_now_during_a_shift():
    assert office().next_open(utc("2026-03-02T10:30")) == utc("2026-03-02T10:30")


def test_next_open_at_closing_time_is_the_next_shift():
    assert office().next_open(utc("2026-03-02T12:00")) == utc("2026-03-02T13:00")


def test_next_open_on_friday_evening_is_monday():
    assert office().next_open(utc("2026-03-06T17:00")) == utc("2026-03-09T09:00")


def test_next_open_skips_a_holiday():
    calendar = office(**{"2026-03-09": ()})

    assert calendar.next_open(utc("2026-03-06T18:00")) == utc("2026-03-10T09:00")


def test_exception_opens_a_day_off():
    calendar = office(**{"2026-03-07": (Shift(600, 660),)})

    assert calendar.next_open(utc("2026-03-06T18:00")) == utc("2026-03-07T10:00")


def test_is_open_is_false_at_lunch():
    assert office().is_open(utc("2026-03-02T11:59"))
    assert not office().is_open(utc("2026-03-02T12:30"))


def test_add_rests_over_lunch_and_night():
    done = office().add(utc("2026-03-02T11:00"), 6 * HOUR)

    assert done == utc("2026-03-03T10:00")


def test_add_ends_at_closing_time_when_the_work_fits_exactly():
    assert office().add(utc("2026-03-02T09:00"), 3 * HOUR) == utc("2026-03-02T12:00")


def test_add_of_nothing_at_opening_time_is_opening_time():
    assert office().add(utc("2026-03-02T09:00"), timedelta(0)) == utc("2026-03-02T09:00")


def test_add_refuses_negative_work():
    with pytest.raises(ValueError, match="not negative"):
        office().add(utc("2026-03-02T09:00"), -MINUTE)


def test_between_counts_open_time_only():
    assert office().between(utc("2026-03-06T16:00"), utc("2026-03-09T10:00")) == 2 * HOUR


def test_between_refuses_an_end_before_the_start():
    with pytest.raises(ValueError, match="before the start"):
        office().between(utc("2026-03-06T16:00"), utc("2026-03-06T15:00"))


def test_naive_moments_are_refused():
    with pytest.raises(ValueError, match="aware"):
        office().next_open(datetime(2026, 3, 2))  # noqa: DTZ001 -- the point of the test


def test_shifts_are_wall_clock_time_of_the_zone():
    assert office(SHANGHAI).next_open(utc("2026-03-01T20:00")) == utc("2026-03-02T01:00")


def test_night_shift_reaches_into_the_next_day():
    nights = WorkingCalendar({0: (Shift(22 * 60, 30 * 60),)}, UTC)

    assert nights.between(utc("2026-03-02T00:00"), utc("2026-03-03T12:00")) == 8 * HOUR
    assert nights.is_open(utc("2026-03-03T05:00"))


def test_night_shift_is_an_hour_short_when_clocks_go_forward():
    saturday_night = WorkingCalendar({5: (Shift(22 * 60, 30 * 60),)}, BERLIN)

    worked = saturday_night.between(utc("2026-03-28T12:00"), utc("2026-03-29T12:00"))

    assert worked == 7 * HOUR


def test_night_shift_is_an_hour_long_when_clocks_go_back():
    saturday_night = WorkingCalendar({5: (Shift(22 * 60, 30 * 60),)}, BERLIN)

    worked = saturday_night.between(utc("2026-10-24T12:00"), utc("2026-10-25T12:00"))

    assert worked == 9 * HOUR


def test_overlap_of_night_and_morning_shift_is_worked_once():
    shifts = {0: (Shift(22 * 60, 32 * 60),), 1: (Shift(6 * 60, 10 * 60),)}
    calendar = WorkingCalendar(shifts, UTC)

    worked = calendar.between(utc("2026-03-02T00:00"), utc("2026-03-04T00:00"))

    assert worked == 12 * HOUR


def test_calendar_that_does_not_open_in_three_years_is_reported_by_name():
    new_year_2030 = {date(2030, 1, 1): (Shift(0, 60),)}
    calendar = WorkingCalendar({}, UTC, new_year_2030, name="clinic")

    assert calendar.next_open(utc("2027-03-02T00:00")) == utc("2030-01-01T00:00")
    with pytest.raises(CalendarNeverOpens, match=r"'clinic' has no open hours.*3 years"):
        calendar.next_open(utc("2026-03-02T00:00"))


def test_shift_that_opens_in_a_gap_opens_at_its_end():
    nights = WorkingCalendar({6: (Shift(150, 300),)}, BERLIN)  # 02:30 to 05:00

    assert next(nights.intervals(utc("2026-03-28T12:00"))) == (
        utc("2026-03-29T01:00"),
        utc("2026-03-29T03:00"),
    )


@pytest.mark.parametrize(
    ("at", "days", "expected"),
    [
        ("2026-03-02T10:30", 3, "2026-03-05T10:30"),
        ("2026-03-06T16:00", 1, "2026-03-09T16:00"),  # over the weekend
        ("2026-03-07T10:00", 1, "2026-03-10T09:00"),  # what comes on Saturday counts from Monday
        ("2026-03-02T18:30", 1, "2026-03-04T09:00"),  # after hours counts from the next opening
        ("2026-03-02T16:30", 8, "2026-03-13T12:00"),  # the day is shorter: its last closing
        ("2026-03-02T10:30", 7, "2026-03-11T10:30"),
        ("2026-03-02T12:30", 0, "2026-03-02T13:00"),
    ],
)
def test_working_days_keep_the_time_of_day(at, days, expected):
    """On Thursday 12 March the office is shut, on Friday 13 March it closes at noon."""
    calendar = office(**{"2026-03-12": (), "2026-03-13": (Shift(540, 720),)})

    assert calendar.add_working(utc(at), days=days) == utc(expected)


def test_working_day_that_opens_later_is_reached_at_its_opening():
    calendar = office(**{"2026-03-03": (Shift(13 * 60, 17 * 60),)})

    assert calendar.add_working(utc("2026-03-02T09:30"), days=1) == utc("2026-03-03T13:00")


def test_working_day_ends_in_the_break_at_the_next_opening_of_the_day():
    short = WorkingCalendar({0: (Shift(540, 1020),), 1: OFFICE}, UTC)

    assert short.add_working(utc("2026-03-02T12:30"), days=1) == utc("2026-03-03T13:00")


def test_working_day_of_a_night_shift_lasts_until_the_morning():
    nights = WorkingCalendar(dict.fromkeys(range(5), (Shift(22 * 60, 30 * 60),)), UTC)

    later = nights.add_working(utc("2026-03-07T02:00"), days=1)

    assert later == utc("2026-03-10T02:00")  # Friday night, then Monday night


def test_working_days_are_followed_by_open_time():
    later = office().add_working(utc("2026-03-06T16:00"), 2 * HOUR, days=1)

    assert later == utc("2026-03-10T10:00")


def test_make_up_workday_is_a_working_day():
    saturday = office(**{"2026-03-07": OFFICE})

    assert saturday.add_working(utc("2026-03-06T10:00"), days=1) == utc("2026-03-07T10:00")


def test_open_seconds_are_a_number():
    assert office().open_seconds(utc("2026-03-02T11:00"), utc("2026-03-02T14:00")) == 7200.0


def test_working_days_are_not_negative():
    with pytest.raises(ValueError, match="not negative"):
        office().add_working(utc("2026-03-02T09:00"), days=-1)


@pytest.mark.parametrize("amount", [{"work": timedelta(days=40_000)}, {"days": 36_500}])
def test_work_that_takes_a_hundred_years_is_refused(amount):
    sundays = WorkingCalendar({6: (Shift(0, 60),)}, UTC, name="sundays")

    with pytest.raises(WorkNeverDone, match="'sundays' has too few open hours"):
        sundays.add_working(utc("2026-03-02T09:00"), **amount)


def test_always_open_counts_every_second():
    start, end = utc("2026-03-02T03:04"), utc("2026-03-29T07:00")

    assert always_open(BERLIN).between(start, end) == end - start


@pytest.mark.parametrize(("opens", "closes"), [(60, 60), (-1, 60), (0, 1441), (1440, 1500)])
def test_shift_refuses_impossible_hours(opens, closes):
    with pytest.raises(ValueError, match="shift"):
        Shift(opens, closes)


def test_overlapping_names_the_shifts():
    assert overlapping((Shift(600, 700), Shift(650, 800))) == (Shift(600, 700), Shift(650, 800))
    assert overlapping(OFFICE) is None


shifts = st.lists(st.tuples(st.integers(0, 700), st.integers(1, 700)), min_size=1, max_size=3).map(
    lambda pairs: tuple(Shift(opens, opens + length) for opens, length in pairs)
)
calendars = st.builds(
    WorkingCalendar,
    st.dictionaries(st.integers(0, 6), shifts, min_size=1, max_size=7),
    st.sampled_from([ZoneInfo("UTC"), BERLIN, SHANGHAI]),
    st.dictionaries(
        st.dates(date(2026, 3, 1), date(2026, 4, 30)), shifts | st.just(()), max_size=4
    ),
)
moments = st.datetimes(datetime(2026, 3, 20), datetime(2026, 4, 5)).map(  # noqa: DTZ001
    lambda naive: naive.replace(tzinfo=UTC)
)
works = st.integers(0, 10**11).map(lambda us: timedelta(microseconds=us))


@settings(max_examples=60, deadline=None)
@given(calendars, moments, works)
def test_add_then_measure_is_identity(calendar, at, work):
    assert calendar.between(at, calendar.add(at, work)) == work


@settings(max_examples=60, deadline=None)
@given(calendars, moments, st.integers(0, 20), works)
def test_more_working_time_never_ends_earlier(calendar, at, days, work):
    by_days = calendar.add_working(at, days=days)

    assert by_days <= calendar.add_working(at, days=days + 1)
    assert by_days <= calendar.add_working(at, work, days=days)


@settings(max_examples=60, deadline=None)
@given(calendars, moments, works, works)
def test_compiled_calendar_agrees_with_the_calendar(calendar, epoch, offset, work):
    at = epoch + offset
    compiled = CompiledCalendar(calendar, epoch)

    opens = calendar.next_open(at)

    assert compiled.next_open(micros(at, epoch)) == micros(opens, epoch)
    done = compiled.finish(micros(opens, epoch), micros(epoch + work, epoch))
    assert done == micros(calendar.add(opens, work), epoch)
    assert compiled.work_between(micros(at, epoch), done) == micros(epoch + work, epoch)


def test_compiled_zero_length_work_at_opening_ends_at_opening():
    epoch = utc("2026-03-02T00:00")
    compiled = CompiledCalendar(office(), epoch)
    tuesday = micros(utc("2026-03-03T09:00"), epoch)

    assert compiled.finish(tuesday, 0) == tuesday


def test_compiled_calendar_knows_that_it_is_still_open():
    epoch = utc("2026-03-02T09:00")
    compiled = CompiledCalendar(office(), epoch)
    half_past = micros(utc("2026-03-02T09:30"), epoch)

    assert [compiled.next_open(0), compiled.next_open(half_past)] == [0, half_past]
