"""Open hours are half-open: at closing time nobody comes and nothing begins, but work may end.

The desk is open from 08:00 to 10:00 and from 11:00 to 13:00; times are minutes after 08:00.
"""

from __future__ import annotations

import numpy as np
import pytest

from simulation.arrivals import draw
from simulation.net import US, compile_net
from simulation.streams import Streams
from tests.simulation.builders import a_run, a_scenario, trace
from tests.simulation.flow.cases import minutes

DESK = {"desk": {"weekly": {"mon-sun": ["08:00-10:00", "11:00-13:00"]}}}

MOMENTS = ["2026-03-02T09:00", "2026-03-02T10:00"]


def come(until="24h", **start):
    """Return when cases arrive."""
    run = {"until": until} if isinstance(until, str) else {"until": None, "cases": until}
    scenario = a_scenario(run=run, arrivals={"start": {"interval": None, **start}}, calendars=DESK)
    return (draw(compile_net(scenario), Streams(1, 0)).times / (60 * US)).tolist()


def at_desk(work, **clerk):
    """Return a run of two cases that come at 09:00, and at closing time."""
    return a_run(
        a_scenario(
            run={"until": "24h"},
            arrivals={"start": {"interval": None, "replay": {"moments": MOMENTS}}},
            calendars=DESK,
            resources={"clerk": {"calendar": "desk", **clerk}},
            durations={"work": {"constant": None, **work}},
        )
    )


def test_interval_that_ends_at_closing_time_ends_at_the_opening():
    assert come(2, interval={"constant": "60min"}, calendar="desk") == [60, 180]


def test_time_goes_on_from_the_opening_at_which_a_case_came():
    assert come(4, interval={"constant": "60min"}, calendar="desk") == [60, 180, 240, 24 * 60]


def test_who_would_come_at_closing_time_waits_for_the_opening():
    start = {"calendar": "desk", "outside_calendar": "opening"}

    assert come(2, interval={"constant": "60min"}, **start) == [60, 180]


def test_end_of_the_run_is_no_part_of_it():
    assert come("2h", interval={"constant": "60min"}) == [60]


def test_rate_brings_nobody_at_closing_time():
    rate = {"slot": "0.000001s", "from": "09:00", "per_slot": [100]}
    drawn = np.array(come("3000d", rate=rate)) % (24 * 60)

    assert set(drawn.tolist()) == {60}


def test_rate_ends_with_the_calendar():
    rate = {"slot": "2h", "from": "09:00", "per_slot": [2000]}
    drawn = come(2, rate=rate, calendar="desk")
    later = come("24h", rate=rate, calendar="desk")

    assert all(60 <= at < 120 for at in drawn)
    assert not [at for at in later if not 60 <= at < 120]


def test_appointment_is_due_before_closing_time():
    booked = {"slot": "2h", "calendar": "desk", "per_slot": 1}

    assert come("24h", appointments=booked) == [60, 240]


def test_moment_of_a_file_at_the_end_of_the_run_is_not_in_it():
    assert come("2h", replay={"moments": MOMENTS}) == [60]


def test_thought_that_ends_at_closing_time_ends_at_the_opening():
    members = {"size": 1, "think": minutes(60)}
    arrivals = {"start": {"interval": None, "calendar": "desk", "population": members}}
    run = {"until": "5h"}
    first = a_run(a_scenario(run=run, arrivals=arrivals, calendars=DESK))
    soon = {"start": {**arrivals["start"], "population": {"size": 1, "think": minutes(120)}}}
    second = a_run(a_scenario(run=run, arrivals=soon, calendars=DESK))

    # ten minutes of work from 09:00 on; then an hour: 50 minutes until ten, ten from eleven on
    assert [row[0] for row in trace(first)] == [60, 190, 260]
    assert [row[0] for row in trace(second)] == [180]  # two hours end at ten: at eleven


def test_member_that_thinks_until_closing_time_comes_again_at_the_opening():
    members = {"size": 1, "think": minutes(55)}
    arrivals = {"start": {"interval": None, "calendar": "desk", "population": members}}
    run = a_run(a_scenario(run={"until": "4h"}, arrivals=arrivals, calendars=DESK))

    assert [row[0] for row in trace(run)] == [55, 180]


@pytest.mark.parametrize("outside", ["suspend", "finish", "abort"])
def test_work_that_ends_at_closing_time_is_complete_then(outside):
    run = at_desk({"work": minutes(60), "outside_calendar": outside})

    assert trace(run) == [(60, 60, 120), (120, 180, 240)]


def test_work_of_members_that_ends_at_closing_time_is_complete_then():
    run = at_desk(minutes(60), units=None, members={"alice": {}})

    assert trace(run) == [(60, 60, 120), (120, 180, 240)]


def test_work_of_no_length_at_closing_time_waits_for_the_opening():
    assert trace(at_desk({"work": minutes(0)}))[1] == (120, 180, 180)
