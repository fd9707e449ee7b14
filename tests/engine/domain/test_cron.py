from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.domain.cron import Cron
from engine.domain.cycle import MOST_CAUGHT_UP, Due
from engine.domain.due_date import Reckoning
from engine.domain.duration import InvalidDuration
from engine.domain.wall_time import wall_at

BERLIN = ZoneInfo("Europe/Berlin")
SUNDAY = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def firings(text, at, number, *, zone=UTC):
    cron, reckoning = Cron.parse(text), Reckoning(zone)
    found = [cron.first(at, reckoning)]
    while len(found) < number:
        found.append(cron.following(found[-1], now=found[-1].at, reckoning=reckoning))
    return [due.at.astimezone(zone).strftime("%m-%d %H:%M") for due in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30 8 * * MON-FRI", ["03-02 08:30", "03-03 08:30"]),
        ("0 0 30 8 * * MON-FRI"[2:], ["03-02 08:30", "03-03 08:30"]),  # six fields
        ("0 30 8 ? * *", ["03-02 08:30", "03-03 08:30"]),
        ("*/20 * * * *", ["03-01 12:20", "03-01 12:40"]),
        ("5/25 12 * * *", ["03-01 12:05", "03-01 12:30"]),
        ("0 9-17/4 * * *", ["03-01 13:00", "03-01 17:00"]),
        ("0 0 1,15 * *", ["03-15 00:00", "04-01 00:00"]),
        ("0 0 13 * FRI", ["03-06 00:00", "03-13 00:00"]),  # either day
        ("0 0 * * 5-7", ["03-06 00:00", "03-07 00:00"]),
        ("0 0 * * sat-sun", ["03-07 00:00", "03-08 00:00"]),
        ("0 0 29 feb *", ["02-29 00:00", "02-29 00:00"]),
        ("@monthly", ["04-01 00:00", "05-01 00:00"]),
        ("@hourly", ["03-01 13:00", "03-01 14:00"]),
        ("@weekly", ["03-08 00:00", "03-15 00:00"]),
    ],
)
def test_cron_fires_when_it_says(text, expected):
    assert firings(text, SUNDAY, 2) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("60 * * * *", "'60' is no minute: 0 to 59"),
        ("* * * * FOO", "'FOO' is no day of the week: 0 to 7 or SUN"),
        ("* * 0 * *", "no day of the month"),
        ("* * * JAN-XYZ *", "no month"),
        ("*-5 * * * *", "no minute"),
        ("30-10 * * * *", "no minute"),
        ("*/0 * * * *", "no minute"),
        ("1,,2 * * * *", "'' is no minute"),
        ("0 0 L * *", "no day of the month"),
        ("0 0 30 2 *", "no such day"),
        ("* * * *", "five fields"),
        ("@often", "five fields"),
        ("", "five fields"),
        ("*/10 * * * * *", "second: 0 is allowed"),
        ("0 0 8 ? * 1-5", "MON-FRI"),
        ("0 0 8 13 * FRI", "leave the day"),
        ("0 0 8 ? * MON 2026", "five fields"),
    ],
)
def test_cron_says_what_is_wrong_with_it(text, words):
    with pytest.raises(InvalidDuration, match=words):
        Cron.parse(text)


def test_cron_keeps_the_time_of_the_wall():
    before = datetime(2026, 3, 27, 12, tzinfo=UTC)

    assert firings("30 8 * * *", before, 3, zone=BERLIN) == [
        "03-28 08:30",
        "03-29 08:30",
        "03-30 08:30",
    ]


def test_cron_fires_once_at_the_end_of_a_gap():
    before = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)  # 01:30 in Berlin

    assert firings("0,20,40 2,3 * * *", before, 3, zone=BERLIN) == [
        "03-29 03:00",
        "03-29 03:20",
        "03-29 03:40",
    ]


def test_cron_fires_at_the_first_of_two_equal_times():
    before = datetime(2026, 10, 24, 23, 0, tzinfo=UTC)

    first, second = (
        Cron.parse("30 2 * * *").first(at, Reckoning(BERLIN)).at
        for at in (before, before + 90 * MINUTE)
    )

    assert first == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert second == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


def test_cron_has_no_end_and_no_fixed_number():
    assert Cron.parse("@daily").times is None


def test_cron_never_leaves_the_calendar():
    with pytest.raises(InvalidDuration, match="no moment follows"):
        Cron.parse("@daily").first(datetime(9998, 12, 31, 12, tzinfo=UTC), Reckoning())


def test_missed_moments_are_made_up_oldest_first():
    cron, due = Cron.parse("@hourly"), Due(SUNDAY, None)

    following = cron.following(due, now=SUNDAY + 300 * MINUTE, reckoning=Reckoning())

    assert (following.at, following.skipped) == (SUNDAY + 60 * MINUTE, 0)


def test_times_in_a_gap_are_left_out_as_the_one_moment_they_are():
    every_ten_minutes, first = Cron.parse("*/10 * * * *"), datetime(2026, 3, 1, tzinfo=UTC)

    following = every_ten_minutes.following(
        Due(first, None), now=first + timedelta(days=60), reckoning=Reckoning(BERLIN)
    )

    assert following.skipped == 60 * 24 * 6 - MOST_CAUGHT_UP


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(["*/10 * * * *", "15,45 2 * * *", "0 */6 * * MON-FRI"]),
    st.integers(0, 120 * 24 * 60),
)
def test_left_out_are_all_but_the_newest_missed_moments(text, late_min):
    """The oracle goes from moment to moment."""
    cron = Cron.parse(text)
    missed, due = [], cron.first(datetime(2026, 2, 1, 1, tzinfo=UTC), Reckoning(BERLIN))
    one_by_one, now = due, due.at + late_min * MINUTE
    while one_by_one.at <= now:
        missed.append(one_by_one.at)
        one_by_one = cron.following(one_by_one, now=one_by_one.at, reckoning=Reckoning(BERLIN))

    following = cron.following(due, now=now, reckoning=Reckoning(BERLIN))

    expected = [*missed[1:], one_by_one.at]
    skipped = max(len(missed) - 1 - MOST_CAUGHT_UP, 0)
    assert (following.at, following.skipped) == (expected[skipped], skipped)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2 * 365 * 24 * 60), st.sampled_from(["Europe/Berlin", "America/Santiago"]))
def test_every_quarter_is_a_quarter_on_the_wall(after_min, name):
    zone, at = ZoneInfo(name), datetime(2026, 1, 1, tzinfo=UTC) + after_min * MINUTE

    due = Cron.parse("*/15 * * * *").first(at, Reckoning(zone))

    assert wall_at(due.at, zone).minute % 15 == 0
    assert timedelta(0) < due.at - at <= 75 * MINUTE  # the hour that comes twice fires once
