"""Deadlines that interrupt work, against the exact result for a queue with bounded work."""

from __future__ import annotations

import math

import numpy as np
import pytest

from engine.bpmn.graph import read_graph
from tests.engine.bpmn.builders import boundary, end, model, start, user
from tests.simulation.truth import arriving, assert_exact, exponential, runs, uncontrolled

pytestmark = pytest.mark.slow


def test_share_of_those_who_are_not_done_in_time_is_exact():
    """P(late) = p0 exp(-(μ - λ)τ): the work that waits is a dam of height τ (Barrer 1957)."""
    nodes = start() + user("work") + boundary("late", "work", "PT20M") + end() + end("gone")
    graph = read_graph(model(nodes, "start > work > end\nlate > gone"), source="x")
    simulated = runs(
        graph,
        cases=16_000,
        seed=4,
        arrivals=arriving(10),
        durations={"work": exponential(8)},
        demands={"work": "clerk"},
    )
    per_min, served_per_min, patience_min = 1 / 10, 1 / 8, 20
    decay = math.exp(-(served_per_min - per_min) * patience_min)
    idle = 1 / (1 + per_min * (1 - decay) / (served_per_min - per_min))

    assert_exact(uncontrolled(simulated, is_late), idle * decay)


def is_late(run):
    """Return by case whether its work was withdrawn."""
    works = run.node == [node.element_id for node in run.net.nodes].index("work")
    return (run.cancelled[works] >= 0).astype(np.float64)
