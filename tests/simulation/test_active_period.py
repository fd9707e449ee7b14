"""The momentary bottleneck by hand: who is active, who is inactive, and who is neither."""

from __future__ import annotations

import pytest

from simulation.active_period import active_period_shares
from simulation.holds import holds
from tests.simulation.builders import a_run, a_scenario, slots
from tests.simulation.graphs import graph

LINE = graph("start > work > slow > end", lanes={"work": "clerk", "slow": "expert"})
SPLIT = graph(
    "start > and_split > work > and_join > end",
    "and_split > slow > and_join",
    lanes={"work": "clerk", "slow": "expert"},
)
HOURS = {"weekly": {"mon-sun": ["08:00-09:00"]}}


def shares(*processes, **patch):
    run = a_run(a_scenario(*processes, arrivals=patch.pop("arrivals", slots(1)), **patch))
    return active_period_shares(run, holds(run))


def members(**calendars):
    return {"clerk": {"units": None, "members": {n: {"calendar": c} for n, c in calendars.items()}}}


def test_member_who_is_off_duty_is_not_free():
    found = shares(
        calendars={"early": HOURS, "late": {"weekly": {"mon-sun": ["09:00-17:00"]}}},
        resources=members(ann="early", ben="late"),
        durations={"work": {"constant": "20min"}},
    )

    assert found == {"clerk": pytest.approx(20 / 240)}


def test_member_who_is_there_and_free_is_free():
    assert shares(resources=members(ann=None, ben=None)) == {"clerk": 0}


def test_night_is_no_active_time_and_ends_no_active_period():
    # the clerk works 8:30-9:00 and 8:00-9:00 the day after, 90 minutes without a break; the expert
    # 75 minutes from 8:30 on, on both days
    found = shares(
        SPLIT,
        run={"until": "36h"},
        calendars={"day": HOURS},
        resources={"clerk": {"calendar": "day"}, "expert": {"units": 1}},
        durations={"work": {"constant": "90min"}, "slow": {"constant": "75min"}},
    )

    assert found["clerk"] == pytest.approx((30 + 60) / (36 * 60))
    assert found["expert"] == pytest.approx(2 * 45 / (36 * 60))


@pytest.mark.parametrize("clerk", [{"units": 1}, {"units": None, "members": {"ann": {}}}])
def test_work_beyond_the_shift_is_active_time(clerk):
    step = {"constant": None, "work": {"constant": "90min"}, "outside_calendar": "finish"}
    found = shares(
        calendars={"day": HOURS},
        resources={"clerk": {**clerk, "calendar": "day"}},
        durations={"work": step},
    )

    assert found == {"clerk": pytest.approx(90 / 240)}


def test_idle_moment_ends_the_active_period():
    # 8:30-8:50, then a free clerk until 9:30; the expert is busy 8:30-9:00, and 9:30-10:00
    found = shares(
        SPLIT,
        arrivals=slots(1, 1),
        resources={"expert": {"units": 1}},
        durations={"work": {"constant": "20min"}, "slow": {"constant": "30min"}},
    )

    assert found == {"clerk": 0, "expert": pytest.approx(60 / 240)}


def test_failed_unit_is_active():
    failures = {"up": {"constant": "10min"}, "down": {"constant": "30min"}}
    found = shares(
        arrivals=slots(0, 1),
        run={"until": "110min"},
        resources={"clerk": {"failures": failures}},
        durations={"work": {"constant": "5min"}},
    )

    # down 8:10-8:40 and 8:50-9:20; the case is served when it comes, at 9:30, and done when that
    # is repaired which fails as soon as it begins
    assert found == {"clerk": pytest.approx((30 + 30 + 20) / 110)}


def test_unit_that_is_held_by_a_full_queue_is_inactive():
    # three cases at 8:05: the clerk works until 8:20 and is held then, the expert from 8:10 on
    found = shares(
        LINE,
        arrivals=slots(3, minutes=10),
        run={"until": "30min"},
        resources={"expert": {"units": 1}},
        durations={"work": {"constant": "5min"}, "slow": {"constant": "30min"}},
        queues={"expert": {"capacity": 1, "when_full": "block"}},
    )

    assert found == {"clerk": pytest.approx(5 / 30), "expert": pytest.approx(20 / 30)}


def test_unit_of_two_pools_is_active_in_that_in_which_it_works():
    both: dict[str, object] = {"units": None, "members": {"ann": {}}}
    found = shares(
        LINE,
        resources={"clerk": both, "expert": both},
        durations={"work": {"constant": "10min"}, "slow": {"constant": "30min"}},
    )

    assert found == {"clerk": pytest.approx(10 / 240), "expert": pytest.approx(30 / 240)}
