"""When cases arrive: intervals, rates by time of day, appointments."""

from __future__ import annotations

import numpy as np
import pytest

from simulation.arrivals import draw
from simulation.errors import ArrivalsRefused
from simulation.net import US, compile_net
from simulation.scenario.load import merged
from simulation.streams import Streams
from tests.simulation.builders import a_scenario, shipped, slots

MINUTE = 60 * US


def arrivals(scenario, *, seed=1, replication=0):
    return draw(compile_net(scenario), Streams(seed, replication))


def minutes(scenario, **which):
    return (arrivals(scenario, **which).times / MINUTE).tolist()


def with_start(**fields):
    return a_scenario(arrivals={"start": {"interval": None, **fields}})


def test_constant_interval_ends_before_until():
    assert minutes(a_scenario()) == [30, 60, 90, 120, 150, 180, 210]


def test_number_of_cases_ends_the_arrivals():
    assert len(arrivals(a_scenario(run={"until": None, "cases": 17}))) == 17


def test_exponential_intervals_have_their_mean():
    start = {"start": {"interval": {"constant": None, "exponential": {"mean": "4min"}}}}
    times = arrivals(a_scenario(run={"until": None, "cases": 20_000}, arrivals=start)).times

    assert np.diff(times).mean() / MINUTE == pytest.approx(4, rel=0.03)


def test_rate_gives_the_expected_number_in_each_slot():
    rate = {"slot": "1h", "from": "08:00", "per_slot": [60, 0, 20, 5]}
    scenario = with_start(rate=rate)
    hours = [np.array(minutes(scenario, replication=r)) // 60 for r in range(200)]

    counts = np.bincount(np.concatenate(hours).astype(int), minlength=4) / 200

    assert counts.tolist() == pytest.approx([60, 0, 20, 5], rel=0.05)


def test_rate_counts_are_poisson():
    scenario = with_start(rate={"slot": "4h", "from": "08:00", "per_slot": [50]})
    counts = np.array([len(arrivals(scenario, replication=r)) for r in range(400)])

    assert counts.var() / counts.mean() == pytest.approx(1, abs=0.25)  # 3.5 standard errors


def test_rate_repeats_every_day():
    rate = {"slot": "1h", "from": "08:00", "per_slot": [30]}
    scenario = a_scenario(run={"until": "3d"}, arrivals={"start": {"interval": None, "rate": rate}})

    days = np.array(minutes(scenario)) // 1440

    assert set(days.tolist()) == {0, 1, 2}
    assert (np.array(minutes(scenario)) % 1440 < 60).all()


def test_slot_that_the_run_cuts_gives_its_share():
    rate = {"slot": "8h", "from": "04:00", "per_slot": [80]}  # the run sees 08:00-12:00 of it
    scenario = with_start(rate=rate)

    counts = [len(arrivals(scenario, replication=r)) for r in range(200)]

    assert np.mean(counts) == pytest.approx(40, rel=0.05)


def test_appointments_are_due_in_the_middle_of_their_slots():
    assert minutes(a_scenario(arrivals=slots(1, 2, minutes=30))) == [15, 45, 45]


def test_appointment_slots_follow_a_calendar():
    booked = {"slot": "30min", "per_slot": 1, "calendar": "day"}
    scenario = a_scenario(
        arrivals={"start": {"interval": None, "appointments": booked}},
        calendars={"day": {"weekly": {"mon": ["08:00-09:10", "10:00-10:30"]}}},
    )

    assert minutes(scenario) == [15, 45, 135]


def test_early_patients_are_let_in_when_the_run_starts():
    booked = {"slot": "30min", "from": "08:00", "per_slot": [1], "punctuality": {"constant": "-1h"}}

    assert minutes(with_start(appointments=booked)) == [0]


def test_no_shows_stay_away():
    booked = {"slot": "4h", "from": "08:00", "per_slot": [20_000], "no_show": "14.4%"}

    assert len(arrivals(with_start(appointments=booked))) == pytest.approx(17_120, rel=0.01)


def test_punctuality_has_its_mean_and_sd():
    normal = {"normal": {"mean": "-8min", "sd": "9min"}}
    booked = {"slot": "4h", "from": "08:00", "per_slot": [20_000], "punctuality": normal}

    late = np.array(minutes(with_start(appointments=booked))) - 120

    assert (late.mean(), late.std()) == pytest.approx((-8, 9), abs=0.2)


def test_attributes_are_drawn_once_per_case():
    attributes = {
        "booked": {"constant": False},
        "kind": {"choice": {"low": "60%", "high": "40%"}},
        "amount": {"lognormal": {"mean": 300, "sd": 500}},
    }
    start = {"start": {"attributes": attributes}}
    drawn = arrivals(a_scenario(run={"until": None, "cases": 5_000}, arrivals=start)).attributes

    assert set(drawn["booked"]) == {False}
    assert drawn["kind"].count("low") / 5000 == pytest.approx(0.6, abs=0.03)
    assert np.mean(drawn["amount"]) == pytest.approx(300, rel=0.1)


def test_walk_ins_of_both_scenarios_are_the_same_people():
    as_is, to_be = arrivals(shipped("as_is")), arrivals(shipped("to_be"))
    walk_ins = [
        k for k, start in zip(to_be.keys, to_be.starts, strict=True) if start == "start_walk_in"
    ]

    assert walk_ins == as_is.keys[: len(walk_ins)].tolist()


NEVER_LONG_ENOUGH = {"day": {"weekly": {"mon": ["08:00-08:01"]}}}


@pytest.mark.parametrize(
    ("start", "run", "words"),
    [
        ({"interval": {"constant": "0s"}}, {}, "more than 1,000,000 cases"),
        ({"interval": {"constant": "1s"}}, {"until": "876000h"}, "more than 1,000,000 cases"),
        ({"interval": {"constant": "36500d"}}, {"until": None, "cases": 9}, "150 years"),
        ({"rate": {"slot": "1h", "from": "08:00", "per_slot": [1e14]}}, {}, "1,000,000 cases"),
        (
            {"rate": {"slot": "1h", "from": "08:00", "per_slot": [1e-300]}},
            {"until": None, "cases": 9},
            "too few cases",
        ),
        (
            {"appointments": {"slot": "5h", "per_slot": 1, "calendar": "day"}},
            {"until": None, "cases": 9},
            "too few cases",
        ),
        (
            {"appointments": {"slot": "1h", "per_slot": 1_000_000, "from": "08:00"}},
            {"until": "72h"},
            "more than 1,000,000 cases",
        ),
        (
            {"interval": {"constant": "36500d"}, "calendar": "day"},
            {"until": None, "cases": 1},
            "opens too rarely",
        ),
    ],
)
def test_arrivals_without_bound_are_refused_in_words(start, run, words):
    fields = {"interval": {"constant": None}} if "interval" in start else {"interval": None}
    scenario = a_scenario(
        run=run,
        calendars=NEVER_LONG_ENOUGH,
        arrivals={"start": merged(fields, start)},
    )

    with pytest.raises(ArrivalsRefused, match=words) as refused:
        arrivals(scenario)

    assert refused.value.start_event == "start"


@pytest.mark.parametrize(
    "start",
    [
        {"interval": {"exponential": {"mean": "1s"}}},
        {"interval": {"exponential": {"mean": "1s"}}, "calendar": "day"},
        {"interval": {"constant": "1s"}, "calendar": "day", "outside_calendar": "opening"},
        {"rate": {"slot": "1min", "from": "08:00", "per_slot": [9] * 60}, "calendar": "day"},
    ],
)
def test_far_too_many_cases_are_refused_before_any_is_drawn(start, monkeypatch):
    fields = {"interval": None, **start}
    if interval := start.get("interval"):
        fields["interval"] = {"constant": None, **interval}
    hours = {"day": {"weekly": {"mon-sun": ["08:00-20:00"]}}}
    scenario = a_scenario(run={"until": "20000d"}, calendars=hours, arrivals={"start": fields})
    net, streams = compile_net(scenario), Streams(1, 0)
    monkeypatch.delattr(Streams, "uniforms")

    with pytest.raises(ArrivalsRefused, match="more than 1,000,000 cases"):
        draw(net, streams)


def test_high_rate_is_no_obstacle_when_the_number_of_cases_is_given():
    rate = {"slot": "1h", "from": "08:00", "per_slot": [1e9]}
    start = {"start": {"interval": None, "rate": rate}}

    assert len(arrivals(a_scenario(run={"until": None, "cases": 10}, arrivals=start))) == 10
