"""Those who leave a queue: patience, full queues, withdrawal; where their cases go."""

from __future__ import annotations

import pytest

from simulation.errors import SimulationFailed
from tests.engine.bpmn.builders import boundary, end, user
from tests.simulation.builders import a_run, a_scenario, slots, trace
from tests.simulation.flow.cases import of, told
from tests.simulation.graphs import graph

FORK = graph(
    "start > and_split > work > and_join > end",
    "and_split > left > and_join",
    lanes={"work": "clerk", "left": "helper"},
)
PATIENCE = {"patience": {"work": {"constant": "20min"}}}


def test_case_that_leaves_the_queue_ends_as_abandoned():
    run = a_run(a_scenario(arrivals=slots(3, minutes=60), **late(50), **PATIENCE))

    assert run.abandoned.tolist() == [False, True, True]
    assert run.event_log().cases["outcome"].tolist() == ["completed", "abandoned", "abandoned"]
    assert (run.ended / 60e6).tolist() == [80, 50, 50]


def test_whole_case_ends_when_one_of_its_tokens_leaves():
    scenario = a_scenario(
        FORK,
        arrivals=slots(2),
        resources={"helper": {"units": 2}},
        durations={"work": {"constant": "40min"}, "left": {"constant": "1h"}},
        **PATIENCE,
    )

    run = a_run(scenario)

    assert run.abandoned.tolist() == [False, True]
    assert (run.ended / 60e6).tolist() == [90, 50]
    assert run.event_log().activities["cancelled_s"].notna().tolist() == [False, False, True, True]


def test_case_that_finds_the_queue_full_leaves_at_once():
    scenario = a_scenario(arrivals=slots(3), **late(50), queues={"clerk": {"capacity": 1}})

    run = a_run(scenario)

    assert run.abandoned.tolist() == [False, False, True]
    assert (run.cancelled / 60e6).tolist()[2] == 30


def test_case_that_leaves_goes_to_the_boundary_event():
    model = user("work", "remind") + end("other") + boundary("late", "work", "PT9H")
    scenario = of(
        model,
        "start > work > end\nlate > remind > other",
        run={"cases": 2},
        resources={"clerk": {"units": 1}},
        durations={"work": {"constant": "50min"}},
        demands={"remind": "none"},
        **PATIENCE,
    )

    run = a_run(scenario)

    assert told(run, case=1) == ["late 0-20", "work 0-20 cancelled", "remind 20-30"]
    assert not run.abandoned.any()


def test_batch_that_nobody_can_fill_is_closed_in_the_end():
    run = a_run(a_scenario(arrivals=slots(3), batches={"work": {"size": 2}}))

    assert (run.ended / 60e6).tolist() == [40, 40, 50]


def test_case_that_waits_for_ever_is_named():
    """Ann may not check what she did, and nobody else is there on her side of the model."""
    process = graph("start > work > check > end", lanes={"work": "clerk", "check": "boss"})
    scenario = a_scenario(
        process,
        resources={
            "clerk": {"units": None, "members": {"ann": {}}},
            "boss": {"members": {"ann": {}}},
        },
        durations={"check": {"constant": "1min"}},
        demands={"check": {"role": "boss", "choose": "other_than: work"}},
    )

    with pytest.raises(SimulationFailed, match="'check': 7 cases wait for somebody who never"):
        a_run(scenario)


LINE = graph("start > first > work > end", lanes={"first": "helper", "work": "clerk"})
BLOCKS = {"clerk": {"capacity": 0, "when_full": "block"}}


def test_case_that_finds_no_room_keeps_the_unit_before():
    run = a_run(
        a_scenario(
            LINE,
            arrivals=slots(3),
            resources={"helper": {"units": 1}},
            durations={"first": {"constant": "5min"}, "work": {"constant": "20min"}},
            queues=BLOCKS,
        )
    )

    # the helper is done with the second at 40, and holds it until the clerk is free at 55
    assert trace(run, "first") == [(30, 30, 35), (30, 35, 55), (30, 55, 75)]
    assert trace(run) == [(35, 35, 55), (55, 55, 75), (75, 75, 95)]
    assert not run.abandoned.any()


def late(minutes):
    return {"durations": {"work": {"constant": f"{minutes}min"}}}
