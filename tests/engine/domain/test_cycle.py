from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.domain.calendar import Shift, WorkingCalendar
from engine.domain.cycle import MOST_CAUGHT_UP, Due, Repeat
from engine.domain.due_date import Reckoning
from engine.domain.duration import Duration, InvalidDuration

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OFFICE = WorkingCalendar(dict.fromkeys(range(5), (Shift(540, 1020),)), UTC)
BY_UTC, IN_BERLIN, BY_OFFICE = Reckoning(), Reckoning(BERLIN), Reckoning(UTC, OFFICE)


def firings(cycle, at, reckoning, number):
    """The moments of a cycle that is never late."""
    due = cycle.first(at, reckoning)
    found = [due.at]
    while len(found) < number and (due := cycle.following(due, now=due.at, reckoning=reckoning)):
        found.append(due.at)
    return found


@pytest.mark.parametrize(
    ("text", "times", "first"),
    [
        ("R3/PT10M", 3, NOON + timedelta(minutes=10)),
        ("R/P1D", None, NOON + DAY),
        ("R2/2026-04-01T00:00Z/PT1H", 2, datetime(2026, 4, 1, tzinfo=UTC)),
        ("R2/2026-03-01T12:00Z/PT1H", 2, NOON),
        ("R2/2026-02-28T11:30Z/PT1H", 2, NOON + HOUR / 2),  # what was before does not count
        ("R/2026-02-28/P1D", None, NOON + DAY / 2),
    ],
)
def test_repeat_says_how_often_and_when_first(text, times, first):
    repeat = Repeat.parse(text, zone=UTC)

    due = repeat.first(NOON, BY_UTC)

    assert (repeat.times, due.at, due.left) == (times, first, times)


@pytest.mark.parametrize(
    "text",
    ["R0/PT1M", "R3/PT0S", "R-1/PT1M", "R3", "PT1M", "R3/x", "R3/a/PT1M", "R/", "R3//",
     "R/PT59S", "R/PT0.5M", "R/2026-04-01T00:00/PT1H"],
)  # fmt: skip
def test_repeat_refuses_what_never_or_always_happens(text):
    with pytest.raises(InvalidDuration):
        Repeat.parse(text)


def test_repeat_shorter_than_a_minute_is_refused_in_words():
    with pytest.raises(InvalidDuration, match="at most once a minute"):
        Repeat.parse("R1000/PT1S")


def test_repeat_says_where_its_start_belongs():
    with pytest.raises(InvalidDuration, match="R3/start/interval"):
        Repeat.parse("R3/PT1H/2026-04-01T00:00Z")


def test_repeat_ends_after_its_last_firing():
    assert len(firings(Repeat.parse("R3/PT10M"), NOON, BY_UTC, 99)) == 3


def test_months_are_counted_from_the_first_and_not_from_the_one_before():
    end_of_january = datetime(2026, 1, 31, 9, tzinfo=UTC)

    found = firings(Repeat.parse("R/P1M"), end_of_january, BY_UTC, 3)

    assert [moment.date() for moment in found] == [
        date(2026, 2, 28),
        date(2026, 3, 31),
        date(2026, 4, 30),
    ]


def test_day_after_a_gap_is_at_the_usual_time_again():
    evening_before = datetime(2026, 3, 28, 2, 30, tzinfo=BERLIN)

    found = firings(Repeat.parse("R/P1D"), evening_before, IN_BERLIN, 2)

    assert [moment.astimezone(BERLIN).hour for moment in found] == [3, 2]


def test_cycle_by_a_working_calendar_counts_working_days():
    friday = datetime(2026, 3, 6, 16, tzinfo=UTC)

    found = firings(Repeat.parse("R3/P1D"), friday, BY_OFFICE, 3)

    assert [moment.strftime("%a %H") for moment in found] == ["Mon 16", "Tue 16", "Wed 16"]


def test_cycle_by_a_working_calendar_begins_at_its_first_opening():
    repeat = Repeat.parse("R/2026-02-28T08:00Z/P1D")  # a Saturday

    assert repeat.first(NOON, BY_OFFICE).at == datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_cycle_by_a_working_calendar_does_not_begin_decades_ago():
    repeat = Repeat.parse("R/1970-01-01T00:00Z/PT1H")

    assert repeat.first(NOON + HOUR / 2, BY_UTC).at == NOON + HOUR
    with pytest.raises(InvalidDuration, match="ten years"):
        repeat.first(NOON, BY_OFFICE)


def test_missed_firings_are_made_up_one_by_one_oldest_first():
    repeat = Repeat.parse("R/PT1H")
    now = NOON + 5 * HOUR

    second = repeat.following(repeat.first(NOON, BY_UTC), now=now, reckoning=BY_UTC)

    assert (second.at, second.skipped) == (NOON + 2 * HOUR, 0)


def test_more_than_can_be_made_up_is_left_out_and_counted():
    repeat = Repeat.parse("R/PT1H")
    now = NOON + 1000 * HOUR

    second = repeat.following(repeat.first(NOON, BY_UTC), now=now, reckoning=BY_UTC)

    assert second.skipped == 999 - MOST_CAUGHT_UP
    assert second.at == now - (MOST_CAUGHT_UP - 1) * HOUR


def test_what_is_left_out_counts_as_fired():
    repeat = Repeat.parse("R500/PT1H")
    now = NOON + 1000 * HOUR

    second = repeat.following(repeat.first(NOON, BY_UTC), now=now, reckoning=BY_UTC)

    assert (second.left, second.skipped) == (MOST_CAUGHT_UP, 399)
    assert second.at == NOON + 401 * HOUR


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(["R/PT90M", "R250/PT1H", "R/P1D", "R/P1M", "R/P1DT1H"]),
    st.integers(0, 10**5),
    st.sampled_from([BY_UTC, IN_BERLIN, BY_OFFICE]),
)
def test_catching_up_fires_at_most_the_newest_missed_moments(text, late_min, reckoning):
    repeat = Repeat.parse(text)
    due: Due | None = repeat.first(NOON, reckoning)
    now, made_up = due.at + timedelta(minutes=late_min), 0
    while due is not None and due.at <= now:
        following = repeat.following(due, now=now, reckoning=reckoning)
        assert following is None or following.at > due.at
        due, made_up = following, made_up + 1

    assert made_up <= MOST_CAUGHT_UP + 1
    assert due is None or due.skipped == 0 or due.at > now


def test_cycle_that_leads_out_of_the_calendar_is_refused():
    repeat = Repeat.parse("R/P99Y")
    due = Due(datetime(9950, 1, 1, tzinfo=UTC), None)

    with pytest.raises(InvalidDuration, match="calendar"):
        repeat.following(due, now=due.at, reckoning=BY_UTC)


@pytest.mark.parametrize(
    "due",
    [
        Due(NOON),
        Due(NOON, None, anchor=NOON - HOUR, number=1),
        Due(NOON, 3, anchor=NOON - HOUR, number=1, skipped=7, text="R4/PT1H"),
    ],
)
def test_due_is_read_back_from_the_state_of_its_token(due):
    assert Due.from_state(due.to_state()) == due


def test_due_of_an_older_version_goes_on_from_where_it_is():
    due = Due.from_state({"due": "2026-03-01T12:00:00+00:00", "times": 2})

    following = Repeat.parse("R3/PT1H").following(due, now=NOON, reckoning=BY_UTC)

    assert (following.at, following.left) == (NOON + HOUR, 1)


def test_reckoning_by_a_calendar_moves_months_into_open_hours():
    saturday_in_a_month = datetime(2026, 2, 14, 12, tzinfo=UTC)  # shut itself: Monday 09:00

    later = BY_OFFICE.after(saturday_in_a_month, Duration(months=1, days=1, clock_s=3600))

    assert later == datetime(2026, 3, 17, 10, tzinfo=UTC)


def test_reckoning_says_that_a_calendar_never_opens():
    shut = Reckoning(UTC, WorkingCalendar({}, UTC, name="clinic"))

    for ask in (lambda: shut.after(NOON, Duration(days=1)), lambda: shut.opened(NOON)):
        with pytest.raises(InvalidDuration, match="'clinic' has no open hours"):
            ask()
