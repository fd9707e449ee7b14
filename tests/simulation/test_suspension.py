"""Who is suspended when: the table of docs/reference/suspension.md, two cases a row.

Times are minutes after the start of the run, 08:00; a row is (scheduled, started, completed).
"""

from __future__ import annotations

from simulation.net import US
from tests.simulation.builders import a_run, a_scenario, slots, trace
from tests.simulation.graphs import graph

SHIFTS = {"weekly": {"mon-sun": ["08:00-10:00", "11:00-17:00"]}}


def run(*per_slot, minutes=60, work="70min", units=1, shifts=SHIFTS, **patch):
    """Run punctual arrivals in slots from 08:00 through one step with a break at 10:00."""
    process = patch.pop("process", graph("start > work > end", lanes={"work": "clerk"}))
    more = {"start_vip": patch.pop("more")} if "more" in patch else {}
    step = {"constant": work} if isinstance(work, str) else work
    scenario = a_scenario(
        process,
        arrivals=slots(*per_slot, minutes=minutes) | more,
        calendars={"day": shifts},
        resources={"clerk": {"units": units, "calendar": "day"}},
        durations={"work": step, **patch.pop("extra", {})},
        **patch,
    )
    return a_run(scenario)


def test_work_is_suspended_over_the_break():
    simulated = run(0, 1, 0, 1)  # due at 09:30 and 11:30

    assert trace(simulated) == [(90, 90, 220), (210, 220, 290)]
    assert (simulated.work / US / 60).tolist() == [70, 70]


def test_shift_end_does_not_release_the_unit():
    simulated = run(0, 2)

    assert trace(simulated) == [(90, 90, 220), (90, 220, 290)]


def test_finish_works_past_the_end_of_the_shift():
    late = {"constant": None, "work": {"constant": "40min"}, "outside_calendar": "finish"}

    assert trace(run(0, 2, work=late)) == [(90, 90, 130), (90, 180, 220)]


def test_case_waits_for_the_opening():
    assert trace(run(0, 0, 2, work="5min")) == [(150, 180, 185), (150, 185, 190)]


def test_opening_is_open_and_closing_is_shut():
    simulated = run(
        1,
        0,
        1,
        minutes=80,
        work="5min",
        shifts={"weekly": {"mon-sun": ["08:40-11:20", "12:00-17:00"]}},
    )

    assert trace(simulated) == [(40, 40, 45), (200, 240, 245)]


def test_work_of_no_length_at_opening_ends_at_opening():
    assert trace(run(0, 0, 2, work="0s")) == [(150, 180, 180), (150, 180, 180)]


def test_work_that_ends_with_the_shift_is_complete():
    assert trace(run(0, 2, work="30min")) == [(90, 90, 120), (90, 180, 210)]


def test_delay_knows_no_calendar():
    process = graph("start > work > nap > timer > end", lanes={"work": "clerk", "nap": "clerk"})
    nap = {"constant": "10min"}
    simulated = run(
        0, 2, process=process, units=2, work="30min", demands={"nap": "none"}, extra={"nap": nap}
    )

    assert trace(simulated, "nap") == [(120, 120, 130), (120, 120, 130)]
    assert trace(simulated, "timer") == [(130, 130, 165), (130, 130, 165)]


def test_queue_is_served_by_priority_at_opening():
    lanes = {"work": "clerk", "vip": "clerk"}
    process = graph("start > work > end", "start_vip > vip > end", lanes=lanes)
    vip = slots(0, 0, 0, 0, 0, 1, minutes=30)["start"] | {"interval": None}
    priorities = {"work": 5, "vip": 1}
    extra = {"vip": {"constant": "10min"}}
    simulated = run(
        0, 0, 1, process=process, work="10min", more=vip, priorities=priorities, extra=extra
    )

    assert trace(simulated, "vip") == [(165, 180, 190)]
    assert trace(simulated, "work") == [(150, 190, 200)]


def test_nobody_arrives_outside_the_arrival_calendar():
    arrivals = {"start": {"interval": {"constant": "70min"}, "calendar": "day"}}
    scenario = a_scenario(arrivals=arrivals, calendars={"day": SHIFTS})

    simulated = a_run(scenario)

    assert [row[0] for row in trace(simulated)] == [70, 200]


def test_cut_leaves_suspended_work_open():
    cut = {"until": "150min", "drain": False}
    simulated = run(1, 1, run=cut)

    assert (simulated.ended / US / 60).tolist() == [100, -1 / US / 60]
    assert simulated.completed.tolist() == [100 * 60 * US, -1]


def test_suspended_work_rests_over_a_holiday():
    shifts = {"weekly": {"mon-sun": ["08:00-10:00"]}, "exceptions": {"2026-03-03": []}}

    two_days = 48 * 60

    assert trace(run(0, 2, work="40min", shifts=shifts)) == [
        (90, 90, two_days + 10),
        (90, two_days + 10, two_days + 50),
    ]
