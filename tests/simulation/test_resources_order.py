"""What happens first when several things happen at once: openings, interruptions, full queues."""

from __future__ import annotations

from tests.simulation.builders import a_run, a_scenario, slots, trace
from tests.simulation.graphs import graph

STARTS = graph(
    "start > work > end",
    "start_b > other > end",
    "start_c > vip > end",
    lanes={"work": "clerk", "other": "clerk", "vip": "clerk"},
)
LINE = graph(
    "start > first > work > end", "start_c > vip > end",
    lanes={"first": "helper", "work": "clerk", "vip": "helper"},
)  # fmt: skip
TEN = {"constant": "10min"}


def at(*minutes):
    """Return arrivals at given minutes (5, 15, 25, …), one case each."""
    per_slot = [minutes.count(minute) for minute in range(5, max(minutes) + 1, 10)]
    return slots(*per_slot, minutes=10)["start"] | {"interval": None}


def run(process=STARTS, **patch):
    """Run cases that arrive at the minutes given by start event."""
    arrivals = {start: at(*minutes) for start, minutes in patch.pop("come").items()}
    idle = {"start": None} if "start" not in arrivals else {}
    given = {"work": TEN, "other": TEN, "vip": TEN, "first": TEN}
    tasks = {node for node in process.nodes if node in given}
    steps = {name: step for name, step in given.items() if name in tasks}
    return a_run(
        a_scenario(
            process,
            arrivals=idle | arrivals,
            durations=steps | patch.pop("steps", {}),
            **patch,
        )
    )


def minutes(number):
    return {"constant": f"{number}min"}


def test_case_that_comes_at_the_opening_is_behind_those_who_wait():
    shifts = {"weekly": {"mon-sun": ["08:00-10:00", "10:55-17:00"]}}
    simulated = run(
        come={"start": (165,), "start_b": (175,)},
        calendars={"day": shifts},
        resources={"clerk": {"calendar": "day"}},
        queues={"clerk": {"order": ["arrival"]}},
    )

    assert trace(simulated) == [(165, 175, 185)]
    assert trace(simulated, "other") == [(175, 185, 195)]


def test_interrupted_work_goes_on_with_its_share_when_another_takes_it():
    """Ann needs half the time: three quarters that Ben left take her 15 minutes, not 30."""
    work = {"constant": None, "work": minutes(40), "by_resource": {"ann": minutes(20)}}
    simulated = run(
        come={"start": (15,), "start_b": (5,), "start_c": (25,)},
        steps={"work": work, "other": minutes(25)},
        resources={"clerk": {"units": None, "members": {"ann": {}, "ben": {}}}},
        queues={"clerk": {"preemptive": True}},
        priorities={"work": 5, "other": 1, "vip": 1},
    )

    assert trace(simulated, "vip") == [(25, 25, 35)]
    assert trace(simulated) == [(15, 15, 45)]


TEAM = {
    "resources": {"clerk": {"units": 2}},
    "demands": {"work": {"role": "clerk", "units": 2}},
    "queues": {"clerk": {"preemptive": True}},
    "priorities": {"work": 5, "other": 5, "vip": 1},
}


def test_who_is_left_of_an_interrupted_team_serves_others():
    simulated = run(
        come={"start": (5,), "start_b": (15,), "start_c": (25,)},
        steps={"work": minutes(40)},
        **TEAM,
    )

    assert trace(simulated, "vip") == [(25, 25, 35)]
    assert trace(simulated, "other") == [(15, 25, 35)]
    assert trace(simulated) == [(5, 5, 55)]


def test_who_is_left_of_a_team_interrupted_at_the_opening_serves_others():
    """A nurse is free as the urgent case takes the clerk; who waits for her comes before it."""
    simulated = run(
        come={"start": (95,), "start_b": (125,), "start_c": (135,)},
        steps={"work": minutes(40)},
        calendars={"day": {"weekly": {"mon-sun": ["08:00-10:00", "11:00-17:00"]}}},
        resources={"clerk": {"calendar": "day"}, "nurse": {"calendar": "day"}},
        demands={"work": {"all": ["clerk", "nurse"]}, "other": "nurse"},
        queues={"clerk": {"preemptive": True}},
        priorities={"work": 5, "other": 1, "vip": 2},
    )

    assert trace(simulated, "vip") == [(135, 180, 190)]
    assert trace(simulated, "other") == [(125, 180, 190)]


BLOCKED = {"clerk": {"capacity": 1, "when_full": "block"}}


def test_one_place_lets_one_case_in():
    """Both helpers hold a case when the clerk is free; they are served together with the clerk."""
    simulated = run(
        LINE,
        come={"start": (5, 5, 5, 5), "start_c": (215,)},
        steps={"first": minutes(5), "work": minutes(20)},
        resources={"helper": {"units": 2}},
        demands={"vip": {"any": ["helper", "clerk"]}},
        queues=BLOCKED,
    )

    assert [row[2] for row in trace(simulated, "first")] == [10, 10, 30, 50]


def test_case_that_is_held_cannot_be_interrupted():
    simulated = run(
        LINE,
        come={"start": (5, 5, 5), "start_c": (25,)},
        steps={"first": minutes(5), "work": minutes(30)},
        resources={"helper": {"units": 1}},
        queues={**BLOCKED, "helper": {"preemptive": True}},
        priorities={"first": 5, "vip": 1},
    )

    # the third case is held from 20 to 40, when the first one leaves the clerk
    assert trace(simulated, "first")[2] == (5, 15, 40)
    assert trace(simulated, "vip") == [(25, 40, 50)]


def test_place_of_one_who_left_is_taken_by_one_who_is_held():
    simulated = run(
        LINE,
        come={"start": (5, 5, 5), "start_c": (215,)},
        steps={"first": minutes(5), "work": minutes(60)},
        resources={"helper": {"units": 1}},
        queues=BLOCKED,
        patience={"work": minutes(20)},
    )

    # the second waits from 15 and leaves at 35; then the third, which is held from 20, comes in
    assert trace(simulated, "first")[2] == (5, 15, 35)


def test_role_that_is_not_preemptive_is_not_interrupted():
    simulated = run(
        come={"start": (5,), "start_b": (5,), "start_c": (15,)},
        steps={"work": minutes(40), "other": minutes(30)},
        resources={"nurse": {"units": 1}},
        demands={"other": "nurse", "vip": {"any": ["clerk", "nurse"]}},
        queues={"clerk": {"preemptive": True}},
        priorities={"work": 1, "other": 5, "vip": 2},
    )

    assert trace(simulated, "other") == [(5, 5, 35)]
    assert trace(simulated, "vip") == [(15, 35, 45)]


def test_interrupted_case_has_lost_its_impatience():
    simulated = run(
        come={"start": (15,), "start_b": (5,), "start_c": (35,)},
        steps={"work": minutes(20), "other": minutes(20), "vip": minutes(60)},
        queues={"clerk": {"preemptive": True}},
        priorities={"work": 5, "other": 5, "vip": 1},
        patience={"work": minutes(30)},
    )

    assert trace(simulated) == [(15, 25, 105)]
    assert not simulated.abandoned.any()


def test_interrupted_visit_is_one_use_of_a_unit():
    simulated = run(
        come={"start": (5,), "start_c": (15,)},
        queues={"clerk": {"preemptive": True}},
        steps={"work": minutes(20)},
        priorities={"work": 5, "vip": 1},
    )

    assert len(simulated.stints["uses"]) == 3
    assert simulated.stints["uses"].sum() == 2


def test_who_cannot_do_it_does_not_bind_the_case():
    process = graph("start > first > work > end", lanes={"first": "helper", "work": "clerk"})
    simulated = run(
        process, come={"start": (5,)}, resources={"helper": {"members": {"zoe": {}}}},
        demands={"work": {"role": "clerk", "choose": "same_as: first"}},
    )  # fmt: skip

    assert trace(simulated) == [(15, 15, 25)]


def test_alarm_of_a_batch_that_is_full_closes_no_other():
    simulated = run(come={"start": (5, 15, 25)}, batches={"work": {"size": 2, "max_wait": "25min"}})

    # the first two go at 15; the alarm of the first at 30 is not that of the third, at 50
    assert trace(simulated)[2] == (25, 50, 60)
