"""The always-on checks: they hold for sound runs and notice a faulty one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simulation import checks, money
from simulation.checks import check, ensure_sound
from simulation.errors import CheckFailed
from simulation.net import US
from tests.simulation.builders import a_run, a_scenario, shipped, slots
from tests.simulation.graphs import graph

FORK = graph(
    "start > and_split > work > and_join > gw =a> nap > end",
    "and_split > nap2 > and_join",
    "gw =b> end",
    lanes={"work": "clerk", "nap": "clerk", "nap2": "clerk"},
)
NAPS = {"nap": {"constant": "5min"}, "nap2": {"exponential": {"mean": "9min"}}}


@pytest.fixture(scope="module")
def sound():
    return a_run(a_scenario(arrivals=slots(3, 2, 1)))


def fork():
    return a_scenario(FORK, durations=NAPS, branches={"gw": {"a": 0.4, "b": 0.6}})


@pytest.mark.parametrize("scenario", [shipped("as_is"), shipped("to_be"), fork()])
def test_sound_runs_pass_every_check(scenario):
    assert set(check(a_run(scenario)).values()) == {True}


def test_unit_that_works_twice_at_once_is_noticed(sound):
    faulty = replace(sound, unit=sound.unit * 0, started=sound.scheduled)

    assert not check(faulty)["utilisation_law"]


def test_work_longer_than_the_time_it_took_is_noticed(sound):
    assert not check(replace(sound, work=sound.work + US))["utilisation_law"]


DAY = {"calendars": {"day": {"weekly": {"mon-sun": ["08:00-09:00"]}}}}
ON_SHIFT = {"clerk": {"calendar": "day"}}


def test_work_beyond_the_shift_is_noticed_where_nobody_was_to_finish():
    run = a_run(a_scenario(arrivals=slots(2), resources=ON_SHIFT, **DAY))
    assert check(run)["utilisation_law"]

    late = replace(run, started=run.started + 25 * 60 * US, completed=run.completed + 25 * 60 * US)

    assert not check(late)["utilisation_law"]


@pytest.mark.parametrize("members", [None, {"ann": {}}])
def test_more_work_than_there_are_shifts_is_noticed(members):
    clerk = {"calendar": "day", "units": 1 if members is None else None, "members": members}
    step = {"constant": None, "work": {"constant": "90min"}}
    run = a_run(
        a_scenario(arrivals=slots(1), resources={"clerk": clerk}, durations={"work": step}, **DAY)
    )
    assert check(run)["utilisation_law"]

    longer = replace(run, work=2 * run.work, stints={**run.stints, "work": 2 * run.stints["work"]})

    assert not check(longer)["utilisation_law"]


def test_visit_that_costs_nobody_is_noticed(monkeypatch):
    run = a_run(a_scenario(arrivals=slots(3), resources={"clerk": {"cost_per_hour": 40}}))
    assert check(run)["cost_sums"]

    monkeypatch.setattr(checks, "visit_costs", lambda run, held: money.visit_costs(run, held)[1:])

    assert not check(run)["cost_sums"]


def test_token_that_gets_lost_is_noticed(sound):
    shorter = {
        name: getattr(sound, name)[:-1]
        for name in ("case", "node", "visit", "unit", "scheduled", "started", "completed", "work")
    }

    assert not check(replace(sound, **shorter))["flow"]


def test_decision_that_invents_a_token_is_noticed():
    run = a_run(fork())
    taken = tuple(tuple(n + 1 for n in row) for row in run.taken)

    assert not check(replace(run, taken=taken))["flow"]


def test_unit_that_idles_while_somebody_waits_is_noticed():
    run = a_run(a_scenario(arrivals=slots(3, 2, 1)))
    waited = run.started > run.scheduled

    assert waited.any()
    assert not check(replace(run, started=run.started + waited * US))["work_conservation"]


def test_run_that_breaks_a_law_is_an_error(sound):
    with pytest.raises(CheckFailed, match=r"replication 3 \(seed 7\) breaks utilisation_law"):
        ensure_sound(replace(sound, work=sound.work + US), seed=7, replication=3)
