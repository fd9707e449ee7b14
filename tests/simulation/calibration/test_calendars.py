from __future__ import annotations

import numpy as np
import pytest

from simulation.calibration.calendars import learn_hours
from simulation.calibration.scenario import weekly
from simulation.calibration.week import ALWAYS, DAY_S, WEEK_S, OpenWeek

OFFICE = OpenWeek(tuple((d * DAY_S + 8 * 3600, d * DAY_S + 16 * 3600) for d in range(5)))


def tasks(week: OpenWeek, *, count: int = 600, weeks: int = 8, seed: int = 1):
    """Return tasks that come at any time of the week and are done while doors are open."""
    random = np.random.default_rng(seed)
    enabled = np.sort(random.uniform(0, weeks * WEEK_S, count))
    done = week.elapsed(enabled)
    edges = np.linspace(0, (weeks + 1) * WEEK_S, (weeks + 1) * 7 * 24 * 60 + 1)
    table = week.elapsed(edges)
    started = np.interp(done + 1, table, edges)
    ended = np.interp(done + 600, table, edges)
    return enabled, started, ended


def hours_of(week: OpenWeek, **how):
    enabled, started, ended = tasks(week, **how)
    return learn_hours(np.zeros(len(enabled), dtype=np.intp), enabled, started, ended)[0]


def test_office_hours_come_back():
    found = hours_of(OFFICE)

    assert weekly(found.week) == {"mon-fri": ["08:00-16:00"]}
    assert found.evidence == "learnt"


def test_a_break_at_noon_comes_back():
    week = OpenWeek(
        tuple(
            (d * DAY_S + a * 3600, d * DAY_S + b * 3600)
            for d in range(6)
            for a, b in ((9, 12), (13.5, 18))
        )
    )

    assert weekly(hours_of(week, count=1500).week) == {"mon-sat": ["09:00-12:00", "13:30-18:00"]}


def test_a_night_shift_goes_over_midnight():
    week = OpenWeek(
        tuple(
            (d * DAY_S + a * 3600, d * DAY_S + b * 3600)
            for d in range(7)
            for a, b in ((0, 6), (22, 24))
        )
    )

    assert weekly(hours_of(week, count=1500).week) == {"mon-sun": ["00:00-06:00", "22:00-24:00"]}


def test_nights_in_which_nobody_waits_prove_nothing():
    random = np.random.default_rng(3)
    enabled = np.concatenate([d * DAY_S + random.uniform(9, 15, 60) * 3600 for d in range(20)])

    common, _ = learn_hours(
        np.zeros(len(enabled), dtype=np.intp), enabled, enabled + 60, enabled + 600
    )

    assert common.is_always
    assert common.evidence == "never seen closed"


def test_a_backlog_over_the_weekend_does_not_close_monday():
    random = np.random.default_rng(5)
    enabled = np.sort(random.uniform(0, 8 * WEEK_S, 900))
    free, started = 0.0, []
    for moment in OFFICE.elapsed(enabled).tolist():  # one person, always behind
        free = max(free, moment) + 0.8 * OFFICE.open_s * 8 / 900
        started.append(free)
    edges = np.linspace(0, 9 * WEEK_S, 9 * 7 * 24 * 60 + 1)
    begun = np.interp(np.array(started), OFFICE.elapsed(edges), edges)
    ended = np.interp(np.array(started) + 600, OFFICE.elapsed(edges), edges)

    common, _ = learn_hours(np.zeros(len(enabled), dtype=np.intp), enabled, begun, ended)

    assert weekly(common.week) == {"mon-fri": ["08:00-16:00"]}


def test_work_around_the_clock_is_never_closed():
    assert hours_of(ALWAYS).is_always


def test_a_role_with_other_hours_has_its_own():
    early = tasks(OpenWeek(tuple((d * DAY_S + 6 * 3600, d * DAY_S + 12 * 3600) for d in range(5))))
    office = tasks(OFFICE, seed=2)
    roles = np.repeat([0, 1], 600)

    _, of_role = learn_hours(
        roles, *(np.concatenate(pair) for pair in zip(early, office, strict=True))
    )

    assert weekly(of_role[0].week) == {"mon-fri": ["06:00-12:00"]}
    assert weekly(of_role[1].week) == {"mon-fri": ["08:00-16:00"]}


def test_a_role_with_few_events_has_the_hours_of_everybody():
    enabled, started, ended = tasks(OFFICE)
    roles = np.zeros(len(enabled), dtype=np.intp)
    roles[:5] = 1

    common, of_role = learn_hours(roles, enabled, started, ended)

    assert of_role[1].evidence == "too few events"
    assert of_role[1].week == common.week


def test_opening_and_closing_times_are_as_far_off_as_told_at_most():
    """Ninety-five of a hundred such weeks, whose doors open and close at odd minutes."""
    random, held = np.random.default_rng(1), []
    for seed in range(30):
        opens, closes = random.uniform(7.5, 9.5) * 3600, random.uniform(15.5, 18) * 3600
        week = OpenWeek(tuple((d * DAY_S + opens, d * DAY_S + closes) for d in range(5)))
        found = hours_of(week, seed=seed, count=400)
        first, last = found.week.intervals[0]
        held.append(max(abs(first - opens), abs(last - closes)) <= found.edge_s)

    assert np.mean(held) > 0.9


def test_open_time_adds_up_over_weeks():
    start, end = np.array([0.0]), np.array([3 * WEEK_S])

    assert OFFICE.between(start, end)[0] == pytest.approx(3 * 5 * 8 * 3600)
