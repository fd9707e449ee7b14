"""Arrivals by day of the week, in open hours only, and in groups; data of every type."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from simulation.arrivals import draw
from simulation.errors import ArrivalsRefused, ScenarioInvalid
from simulation.net import US, compile_net
from simulation.scenario.values import typed
from simulation.streams import Streams
from tests.simulation.builders import a_scenario

HOUR = 3600 * US


def arrivals(scenario, *, replication=0):
    return draw(compile_net(scenario), Streams(1, replication))


def with_start(until="1w", calendars=None, **fields):
    start = {"start": {"interval": None, **fields}}
    return a_scenario(run={"until": until}, arrivals=start, calendars=calendars or {})


def test_weekly_rate_gives_each_day_its_own_arrivals():
    weekly = {"mon-tue": [50, 0], "sat": [0, 100]}
    scenario = with_start(rate={"slot": "1h", "from": "08:00", "weekly": weekly})
    hours = [arrivals(scenario, replication=r).times // HOUR for r in range(40)]

    counts = np.bincount(np.concatenate(hours), minlength=7 * 24) / 40

    assert counts.nonzero()[0].tolist() == [0, 24, 5 * 24 + 1]  # hours after Monday 08:00
    assert counts[[0, 24, 121]].tolist() == pytest.approx([50, 50, 100], rel=0.07)


def test_rate_counts_only_while_its_calendar_is_open():
    rate = {"slot": "4h", "from": "08:00", "per_slot": [80]}
    day = {"weekly": {"mon,wed": ["09:00-10:00", "11:00-12:00"]}, "exceptions": {"2026-03-04": []}}
    scenario = with_start(rate=rate, calendar="day", calendars={"day": day})
    counts = [np.bincount(arrivals(scenario, replication=r).times // HOUR) for r in range(40)]

    assert {tuple(np.nonzero(c)[0].tolist()) for c in counts} == {(1, 3)}
    assert np.mean([c.sum() for c in counts]) == pytest.approx(40, rel=0.05)


def test_who_would_come_while_it_is_shut_comes_at_the_opening():
    door = {"weekly": {"mon-fri": ["08:00-09:00", "10:00-11:00"]}}
    scenario = with_start(
        until="3h",
        interval={"constant": "25min"},
        calendar="door",
        outside_calendar="opening",
        calendars={"door": door},
    )

    minutes = arrivals(scenario).times // (60 * US)

    assert minutes.tolist() == [25, 50, 120, 145, 170]  # 09:15 is shut: 10:00, and on from there


def test_waiting_for_the_opening_is_refused_without_a_calendar():
    with pytest.raises(ScenarioInvalid, match="needs interval and calendar"):
        with_start(interval={"constant": "25min"}, outside_calendar="opening")


@pytest.mark.parametrize(
    "kind",
    [
        {"interval": {"constant": "1h"}},
        {"interval": {"constant": "1h"}, "outside_calendar": "opening"},
        {"rate": {"slot": "4h", "from": "08:00", "per_slot": [80]}},
        {"population": {"size": 2, "think": {"constant": "1h"}}},
    ],
)
def test_calendar_that_is_shut_for_years_is_refused_in_words(kind):
    mondays = [date(2026, 3, 2) + timedelta(weeks=week) for week in range(200)]
    day = {"weekly": {"mon": ["09:00-10:00"]}, "exceptions": {str(day): [] for day in mondays}}
    scenario = with_start(until="1w", calendar="day", calendars={"day": day}, **kind)

    with pytest.raises(ArrivalsRefused, match="no open hours"):
        arrivals(scenario)


def test_group_comes_at_one_moment():
    scenario = with_start(
        until="90min", interval={"constant": "30min"}, group={"uniform": {"min": 1.6, "max": 4.4}}
    )
    drawn = arrivals(scenario)

    moments, sizes = np.unique(drawn.times, return_counts=True)

    assert moments.tolist() == [HOUR // 2, HOUR]
    assert all(2 <= size <= 4 for size in sizes)
    assert len(set(drawn.keys.tolist())) == len(drawn)


def test_first_of_a_group_is_the_case_that_would_come_alone():
    interval = {"constant": None, "exponential": {"mean": "30min"}}
    alone = arrivals(with_start(interval=interval))
    together = arrivals(with_start(interval=interval, group={"constant": 3}))

    assert together.keys[::3].tolist() == alone.keys.tolist()


def test_number_of_cases_cuts_the_last_group():
    start = {"start": {"group": {"constant": 4}}}

    assert len(arrivals(a_scenario(run={"until": None, "cases": 10}, arrivals=start))) == 10


def test_mean_of_group_sizes_is_that_of_their_distribution():
    group = {"histogram": {"edges": [0.5, 1.5, 2.5], "weights": [1, 3]}}
    start = {"start": {"interval": {"constant": "1min"}, "group": group}}
    drawn = arrivals(a_scenario(run={"until": "40h"}, arrivals=start))

    assert len(drawn) / len(set(drawn.times.tolist())) == pytest.approx(1.75, rel=0.02)


def test_conditions_see_the_values_of_a_choice():
    attributes = {"vip": {"choice": {"true": "50%", "false": "50%"}}}
    drawn = arrivals(a_scenario(arrivals={"start": {"attributes": attributes}})).attributes

    assert set(drawn["vip"]) == {True, False}


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("true", True),
        ("false", False),
        ("3", 3),
        ("0.5", 0.5),
        ("-2", -2),
        ("1e3", 1000.0),
        ("1.50", 1.5),
        ("high", "high"),
    ],
)
def test_choice_is_a_value_of_its_type(word, value):
    assert typed(word) == value
    assert type(typed(word)) is type(value)


@pytest.mark.parametrize("word", ["007", "nan", "True", "1e999", "+1", ".5", "", "١"])
def test_choice_that_only_looks_like_a_number_stays_text(word):
    assert typed(word) == word


IN_BERLIN = {"timezone": "Europe/Berlin"}


def hours_of(first_day, *per_slot):
    """Return in which hours after local midnight a rate from midnight on brings cases."""
    rate = {"slot": "1h", "from": "00:00", "per_slot": list(per_slot)}
    run = {"start": f"{first_day}T00:00", "until": "12h"}
    start = {"start": {"interval": None, "rate": rate}}
    return set((arrivals(a_scenario(**IN_BERLIN, run=run, arrivals=start)).times // HOUR).tolist())


def test_rate_follows_the_clock_on_the_wall_when_it_changes():
    assert hours_of("2026-03-29", *[0] * 8, 300) == {7}  # 08:00 of a day of 23 hours
    assert hours_of("2026-10-25", *[0] * 8, 300) == {9}  # and of one of 25


def test_slot_that_the_clock_skips_brings_nobody():
    assert hours_of("2026-03-29", 0, 0, 300) == set()


def test_slot_that_the_clock_shows_twice_lasts_two_hours():
    assert hours_of("2026-10-25", 0, 0, 300) == {2, 3}


def test_run_that_starts_at_a_skipped_time_starts_with_the_next():
    moments = ["2026-03-29T02:30", "2026-03-29T03:00", "2026-03-29T03:30"]
    start = {"start": {"interval": None, "replay": {"moments": moments}}}
    drawn = arrivals(a_scenario(**IN_BERLIN, run={"start": "2026-03-29T02:30"}, arrivals=start))

    assert (drawn.times // (60 * US)).tolist() == [0, 0, 30]


@pytest.mark.parametrize(("drain", "comers"), [(True, [190, 250]), (False, [])])
def test_who_has_an_appointment_comes_late_but_not_after_a_cut(drain, comers):
    booked = {
        "slot": "1h",
        "from": "08:00",
        "per_slot": [1, 1],
        "punctuality": {"constant": "160min"},
    }
    start = {"start": {"interval": None, "appointments": booked}}
    drawn = arrivals(a_scenario(run={"until": "2h", "drain": drain}, arrivals=start))

    assert (drawn.times // (60 * US)).tolist() == comers


def test_waiting_for_cases_that_never_show_up_is_refused():
    booked = {"slot": "1h", "from": "08:00", "per_slot": [1], "no_show": "100%"}
    start = {"start": {"interval": None, "appointments": booked}}

    with pytest.raises(ArrivalsRefused, match="no_show is 100%"):
        arrivals(a_scenario(run={"until": None, "cases": 3}, arrivals=start))


def test_appointments_of_no_length_are_refused():
    with pytest.raises(ScenarioInvalid, match="needs a slot of at least 1s"):
        with_start(appointments={"slot": "0.001s", "from": "08:00", "per_slot": [1]})
