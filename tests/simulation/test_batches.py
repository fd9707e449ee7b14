"""Batches: who goes together, and when a batch that is not full begins."""

from __future__ import annotations

from tests.engine.bpmn.builders import boundary, end, user
from tests.simulation.builders import a_run, slots
from tests.simulation.flow.cases import of, told


def test_longest_wait_is_that_of_the_first_who_is_still_there():
    """The first of the batch leaves after 10 of its 15 minutes; the second waits 15 on its own."""
    scenario = of(
        user("work") + end("other") + boundary("late", "work", "PT9H"),
        "start > work > end\nlate > other",
        arrivals=slots(1, 1, minutes=8),
        run={"until": "1h", "cases": None},
        batches={"work": {"size": 5, "max_wait": "15min"}},
        events={"late": {"empirical": {"values": ["10min", "40min"]}}},
    )

    runs = [a_run(scenario, seed=seed) for seed in range(12)]

    ends = {told(run, case=1)[-1] for run in runs if told(run)[0] == "late 4-14"}
    assert ends == {"work 12-37", "work 12-22 cancelled"}
