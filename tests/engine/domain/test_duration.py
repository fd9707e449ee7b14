from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.duration import Duration, InvalidDuration, Repeat, parse_moment

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PT35M", Duration(clock_s=2100)),
        ("P1Y2M", Duration(months=14)),
        ("P2W", Duration(days=14)),
        ("P1DT12H", Duration(days=1, clock_s=43_200)),
        ("PT1.5H", Duration(clock_s=5400)),
        ("PT0,5S", Duration(clock_s=0.5)),
        ("PT0S", Duration()),
    ],
)
def test_duration_is_read_as_iso_8601_says(text, expected):
    assert Duration.parse(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "P", "PT", "P1DT", "35M", "PT35", "PT1M1H", "P-1D", "PT1.5H3M", "p1d", "P1H", "PT１M",
     "P999999Y", "P1D ", "PT1M\n", "timer"],
)  # fmt: skip
def test_duration_refuses_what_is_not_iso_8601(text):
    with pytest.raises(InvalidDuration):
        Duration.parse(text)


def test_month_after_the_31st_ends_with_the_shorter_month():
    assert Duration.parse("P1M").after(datetime(2026, 1, 31, tzinfo=UTC)) == datetime(
        2026, 2, 28, tzinfo=UTC
    )


def test_year_after_29_february_is_28_february():
    leap_day = datetime(2028, 2, 29, tzinfo=UTC)

    assert Duration.parse("P1Y").after(leap_day) == datetime(2029, 2, 28, tzinfo=UTC)


def test_day_keeps_the_local_time_when_the_clocks_change():
    evening = datetime(2026, 3, 28, 9, tzinfo=BERLIN)

    later = Duration.parse("P1D").after(evening, zone=BERLIN)

    assert later == datetime(2026, 3, 29, 9, tzinfo=BERLIN)
    assert later - evening == timedelta(hours=23)


def test_24_hours_are_24_hours_when_the_clocks_change():
    evening = datetime(2026, 3, 28, 9, tzinfo=BERLIN)

    assert Duration.parse("PT24H").after(evening, zone=BERLIN) - evening == timedelta(hours=24)


def test_skipped_local_time_is_taken_after_the_gap():
    before = datetime(2026, 3, 28, 2, 30, tzinfo=BERLIN)

    later = Duration.parse("P1D").after(before, zone=BERLIN)

    assert later.astimezone(BERLIN).hour == 3


def test_duration_refuses_to_leave_the_calendar():
    with pytest.raises(InvalidDuration, match="calendar"):
        Duration.parse("P99Y").after(datetime(9950, 1, 1, tzinfo=UTC))


def test_duration_refuses_a_naive_start():
    with pytest.raises(ValueError, match="aware"):
        Duration.parse("PT1H").after(datetime(2026, 1, 1))  # noqa: DTZ001 -- the point of the test


@given(st.integers(0, 1199), st.integers(0, 9999), st.integers(0, 10**8))
def test_duration_is_read_back_as_it_was_written(months, days, seconds):
    duration = Duration(months, days, float(seconds))

    assert Duration.parse(str(duration)) == duration


@given(st.integers(0, 10**8), st.integers(0, 10**8))
def test_clock_durations_add_up(first_s, second_s):
    step = Duration(clock_s=second_s).after(Duration(clock_s=first_s).after(NOON))

    assert step == Duration(clock_s=first_s + second_s).after(NOON)


def test_moment_is_returned_in_utc():
    assert parse_moment("2026-07-01T09:00+02:00") == datetime(2026, 7, 1, 7, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2026-07-01T09:00", "2026-07-01", "2026-13-01T09:00Z", "soon",
                                  "20260701T090000Z", "0001-01-01T00:00+14:00"])  # fmt: skip
def test_moment_refuses_a_text_without_zone_or_sense(text):
    with pytest.raises(InvalidDuration):
        parse_moment(text)


@pytest.mark.parametrize(
    ("text", "times", "first"),
    [
        ("R3/PT10M", 3, NOON + timedelta(minutes=10)),
        ("R/P1D", None, NOON + timedelta(days=1)),
        ("R2/2026-04-01T00:00Z/PT1H", 2, datetime(2026, 4, 1, tzinfo=UTC)),
    ],
)
def test_repeat_says_how_often_and_when_first(text, times, first):
    repeat = Repeat.parse(text)

    assert (repeat.times, repeat.first_after(NOON)) == (times, first)


@pytest.mark.parametrize(
    "text", ["R0/PT1M", "R3/PT0S", "R-1/PT1M", "R3", "PT1M", "R3/x", "R3/a/PT1M", "R/", "R3//"]
)
def test_repeat_refuses_what_never_or_always_happens(text):
    with pytest.raises(InvalidDuration):
        Repeat.parse(text)
