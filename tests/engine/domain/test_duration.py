from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.duration import (
    Duration,
    InvalidDuration,
    parse_moment,
    remarks_on_moment,
)

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


def test_long_text_is_not_repeated_in_full():
    with pytest.raises(InvalidDuration) as refusal:
        Duration.parse("P" * 10_000)

    assert len(str(refusal.value)) < 250


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


def test_skipped_local_time_is_the_end_of_the_gap():
    before = datetime(2026, 3, 28, 2, 30, tzinfo=BERLIN)

    later = Duration.parse("P1D").after(before, zone=BERLIN)

    assert later == datetime(2026, 3, 29, 3, 0, tzinfo=BERLIN)


def test_local_time_that_comes_twice_is_its_first_occurrence():
    before = datetime(2026, 10, 24, 2, 30, tzinfo=BERLIN)

    later = Duration.parse("P1D").after(before, zone=BERLIN)

    assert later == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_duration_many_times_over_counts_months_from_the_first():
    end_of_january = datetime(2026, 1, 31, tzinfo=UTC)

    assert Duration.parse("P1M").times(2).after(end_of_january) == datetime(2026, 3, 31, tzinfo=UTC)


def test_duration_refuses_to_leave_the_calendar():
    with pytest.raises(InvalidDuration, match="calendar"):
        Duration.parse("P99Y").after(datetime(9950, 1, 1, tzinfo=UTC))


def test_duration_refuses_a_naive_start():
    with pytest.raises(ValueError, match="aware"):
        Duration.parse("PT1H").after(datetime(2026, 1, 1))  # noqa: DTZ001 -- the point of the test


@given(st.integers(0, 800), st.integers(0, 9999), st.integers(0, 10**8))
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
    ("text", "utc"),
    [
        ("2026-07-01", "2026-06-30T22:00Z"),
        ("2026-07-01T09:00", "2026-07-01T07:00Z"),
        ("2026-01-01T09:00", "2026-01-01T08:00Z"),  # the offset is that of the day
        ("2026-07-01T09:00Z", "2026-07-01T09:00Z"),
        ("2026-07-01T09:00[Asia/Shanghai]", "2026-07-01T01:00Z"),
        ("2026-07-01T09:00@Asia/Shanghai", "2026-07-01T01:00Z"),
        ("2026-07-01T09:00:00.5+08:00[Asia/Shanghai]", "2026-07-01T01:00:00.500Z"),
        ("2026-03-29T02:30", "2026-03-29T01:00Z"),  # skipped: 03:00
        ("2026-10-25T02:30", "2026-10-25T00:30Z"),  # twice: the first
        ("2026-10-25T02:30+01:00[Europe/Berlin]", "2026-10-25T01:30Z"),  # unless it says
    ],
)
def test_moment_is_read_in_the_zone_that_is_named_or_given(text, utc):
    assert parse_moment(text, zone=BERLIN) == datetime.fromisoformat(utc)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2026-07-01T09:00[Mars/Base]", "no time zone"),
        ("2026-07-01T09:00+08:00[Europe/Berlin]", "disagree"),
        ("2026-07-01+08:00", "not a date-time"),
        ("2026-02-30", "no such date"),
        ("2026-07-01T25:00", "no such date or time"),
        ("2026-07-01T09:00[../etc/passwd]", "not a date-time"),
    ],
)
def test_moment_says_what_is_wrong_with_it(text, words):
    with pytest.raises(InvalidDuration, match=words):
        parse_moment(text, zone=BERLIN)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2026-07-01T09:00", ["read in Europe/Berlin"]),
        ("2026-03-29T02:30", ["read in Europe/Berlin", "2026-03-29T03:00:00 is meant"]),
        ("2026-10-25T02:30[Europe/Berlin]", ["the first is meant"]),
        ("2026-10-25T02:30+01:00", []),
        ("2026-07-01T09:00[Asia/Shanghai]", []),
        ("soon", []),
    ],
)
def test_what_is_assumed_about_a_moment_is_said(text, words):
    remarks = remarks_on_moment(text, zone=BERLIN)

    assert len(remarks) == len(words)
    assert all(word in remark for word, remark in zip(words, remarks, strict=True))


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),  # noqa: DTZ001 -- of the wall
    st.sampled_from(["Europe/Berlin", "Asia/Shanghai", "America/New_York"]),
)
def test_moment_is_read_back_as_it_was_written(wall, name):
    moment = wall.replace(tzinfo=UTC)

    written = moment.astimezone(ZoneInfo(name)).isoformat()

    assert parse_moment(f"{written}[{name}]") == moment
