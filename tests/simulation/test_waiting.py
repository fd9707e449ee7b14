"""What cases wait for, split by cause and by hand."""

from __future__ import annotations

import numpy as np
import pytest

from simulation.holds import holds
from simulation.net import US
from simulation.overtaking import Served, overtaken
from simulation.spans import time_until, where_at_least, whole, without
from simulation.waiting import CAUSES, waits_by_cause
from tests.simulation.builders import a_run, a_scenario, slots
from tests.simulation.graphs import graph

TWO = graph("start > work > end", "start_vip > vip > end", lanes={"work": "clerk", "vip": "clerk"})


def at(*minutes):
    """Return arrivals at given minutes (5, 15, 25, …), one case each."""
    per_slot = [minutes.count(minute) for minute in range(5, max(minutes) + 1, 10)]
    return slots(*per_slot, minutes=10)["start"] | {"interval": None}


def causes(*minutes, process=None, work="20min", **patch):
    """Return what the last case at "work" waited for, in minutes; causes of no wait left out."""
    graphs = () if process is None else (process,)
    arrivals = {"start": at(*minutes), **patch.pop("more", {})}
    steps = {"work": {"constant": work}, **patch.pop("extra", {})}
    run = a_run(a_scenario(*graphs, arrivals=arrivals, durations=steps, **patch))
    split = waits_by_cause(run, holds(run))
    last = np.flatnonzero(run.node == run.node[0])[-1]
    assert (
        sum(int(split[cause][last]) for cause in CAUSES) == run.started[last] - run.scheduled[last]
    )
    return {cause: split[cause][last] / US / 60 for cause in CAUSES if split[cause][last]}


def test_wait_for_a_busy_clerk_is_for_capacity():
    assert causes(5, 15) == {"capacity": 10}


def test_wait_over_the_break_is_for_the_calendar():
    found = causes(
        45,
        55,
        calendars={"day": {"weekly": {"mon-sun": ["08:00-09:00", "10:00-17:00"]}}},
        resources={"clerk": {"calendar": "day"}},
    )

    assert found == {"calendar": 60, "capacity": 5 + 5}


def test_wait_until_the_batch_is_complete_is_for_batching():
    found = causes(5, 15, 25, batches={"work": {"size": 2, "max_wait": "15min"}})

    assert found == {"batching": 15}


def test_wait_while_a_later_case_is_served_is_for_priority():
    found = causes(
        5,
        15,
        process=TWO,
        more={"start_vip": at(15, 25)},
        extra={"vip": {"constant": "30min"}},
        priorities={"vip": 1, "work": 5},
    )

    # 15-25 the first one is served, then the one that came at the same moment, then a later one
    assert found == {"capacity": 10 + 30, "priority": 30}


def test_wait_for_a_repair_is_for_the_failure():
    failures = {"up": {"constant": "10min"}, "down": {"constant": "30min"}}
    found = causes(15, work="5min", resources={"clerk": {"failures": failures}})

    assert found == {"failure": 25}


def test_wait_for_a_team_that_is_never_there_at_once_is_for_the_calendar():
    found = causes(
        5,
        resources={"clerk": {"calendar": "early"}, "nurse": {"calendar": "late"}},
        demands={"work": {"all": ["clerk", "nurse"]}},
        calendars={
            "early": {"weekly": {"mon-sun": ["08:00-09:00"]}},
            "late": {"weekly": {"mon-sun": ["08:30-17:00"]}},
        },
    )

    assert found == {"calendar": 25}


def test_set_of_moments_is_measured():
    spans = np.array([[10, 20], [30, 40]])

    assert time_until(spans, np.array([0, 10, 15, 25, 30, 99])).tolist() == [0, 0, 5, 10, 10, 20]
    assert where_at_least(2, [spans, whole(35)]).tolist() == [[10, 20], [30, 35]]
    assert without(spans, np.array([[0, 12], [35, 50]])).tolist() == [[12, 20], [30, 35]]


@pytest.mark.parametrize("seed", range(20))
def test_overtaking_is_what_a_slow_count_finds(seed):
    chance = np.random.default_rng(seed)
    begin = chance.integers(0, 50, 12)
    served = Served(begin, begin + chance.integers(1, 9, 12), begin - chance.integers(0, 9, 12))
    queued = chance.integers(0, 50, 12)
    begun, came = queued + chance.integers(1, 9, 12), queued - chance.integers(0, 3, 12)

    found = overtaken(served, came, queued, begun, whole(99))

    def is_overtaken(wait, tick):
        at_work = (served.begin <= tick) & (tick < served.end)
        return bool((served.came[at_work] > came[wait]).any())

    slowly = [sum(is_overtaken(i, t) for t in range(queued[i], begun[i])) for i in range(12)]
    assert found.tolist() == slowly
