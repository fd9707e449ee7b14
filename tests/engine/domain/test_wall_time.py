"""Wall time in six zones over two years; the oracle is a search through all minutes around."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.domain.wall_time import is_shown_twice, is_skipped, moment_at, wall_at

# With and without changes of the clock, by an hour and by half of it, at two and at midnight.
ZONES = [
    ZoneInfo(name)
    for name in (
        "Europe/Berlin",
        "America/New_York",
        "Asia/Shanghai",
        "Australia/Lord_Howe",
        "America/Santiago",
        "Asia/Beirut",
    )
]
FIRST, LAST = datetime(2026, 1, 2), datetime(2027, 12, 30)  # noqa: DTZ001 -- wall times
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
minutes = st.integers(0, (LAST - FIRST) // MINUTE).map(lambda number: FIRST + number * MINUTE)


def changes(zone):
    """The hours of two years in which the clocks of a zone change."""
    hours = (FIRST.replace(tzinfo=UTC) + number * 60 * MINUTE for number in range(730 * 24))
    return [
        before
        for before, after in pairwise(hours)
        if before.astimezone(zone).utcoffset() != after.astimezone(zone).utcoffset()
    ]


CHANGES = [(zone, change) for zone in ZONES for change in changes(zone)]
near_changes = st.tuples(st.sampled_from(CHANGES), st.integers(-240, 240)).map(
    lambda drawn: (drawn[0][0], wall_at(drawn[0][1] + drawn[1] * MINUTE, drawn[0][0]))
)
anywhere = st.tuples(st.sampled_from(ZONES), minutes)


def found_by_search(wall, zone):
    """The first minute at which the wall shows this time or, having skipped it, a later one."""
    minute = wall.replace(tzinfo=UTC) - DAY
    while not wall_at(minute, zone) >= wall:
        minute += MINUTE
    return minute


@settings(max_examples=30, deadline=None)
@given(near_changes | anywhere)
def test_moment_is_the_first_at_which_the_wall_shows_the_time_or_a_later_one(drawn):
    zone, wall = drawn

    assert moment_at(wall, zone) == found_by_search(wall, zone)


@settings(max_examples=200, deadline=None)
@given(near_changes | anywhere, st.integers(0, 2000))
def test_later_wall_times_never_mean_earlier_moments(drawn, more):
    zone, wall = drawn

    assert moment_at(wall, zone) <= moment_at(wall + more * MINUTE, zone)


@settings(max_examples=100, deadline=None)
@given(near_changes)
def test_wall_shows_what_was_meant_unless_it_skips_it(drawn):
    zone, wall = drawn

    shown = wall_at(moment_at(wall, zone), zone)

    assert (shown == wall) is not is_skipped(wall, zone)


@pytest.mark.parametrize(
    ("wall", "skipped", "twice"),
    [
        ("2026-03-29T01:59", False, False),
        ("2026-03-29T02:00", True, False),
        ("2026-03-29T03:00", False, False),
        ("2026-10-25T01:59", False, False),
        ("2026-10-25T02:00", False, True),
        ("2026-10-25T03:00", False, False),
    ],
)
def test_skipped_and_doubled_times_are_known(wall, skipped, twice):
    berlin, wall = ZONES[0], datetime.fromisoformat(wall)

    assert (is_skipped(wall, berlin), is_shown_twice(wall, berlin)) == (skipped, twice)


def test_gap_of_a_whole_day_ends_when_the_next_day_begins():
    apia = ZoneInfo("Pacific/Apia")  # no 30 December 2011

    moment = moment_at(datetime(2011, 12, 30, 12, 0, 0, 5), apia)  # noqa: DTZ001

    assert wall_at(moment, apia) == datetime(2011, 12, 31)  # noqa: DTZ001
