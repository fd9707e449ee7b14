"""Batches of Prosimos: what fires them, and how long the whole takes."""

from __future__ import annotations

import pytest

from simulation.exchange.notes import Fate
from tests.simulation.exchange.foreign import imported, prosimos

SIZE = {"attribute": "size", "comparison": ">=", "value": 3}
WAIT = {"attribute": "large_wt", "comparison": ">", "value": 600}


def batch(*groups):
    return {
        "task_id": "refuse",
        "type": "Parallel",
        "size_distrib": [],
        "duration_distrib": [],
        "firing_rules": list(groups),
    }


@pytest.mark.parametrize(
    ("kind", "factors", "batch", "work"),
    [
        ("Parallel", [{"key": "3", "value": 0.8}], {"size": 3, "max_wait": "600s"}, "4min"),
        ("Sequential", [{"key": "1", "value": 1}], {"size": 3, "max_wait": "600s"}, "15min"),
    ],
)
def test_batches_are_gathered_by_size_and_wait(tmp_path, kind, factors, batch, work):
    size = {"attribute": "size", "comparison": ">=", "value": 3}
    wait = {"attribute": "large_wt", "comparison": ">", "value": 600}
    entry = {
        "task_id": "refuse",
        "type": kind,
        "size_distrib": [],
        "duration_distrib": factors,
        "firing_rules": [[size], [wait]],
    }

    raw = imported(tmp_path, prosimos(batch_processing=[entry])).scenario.raw

    assert raw["batches"]["refuse"] == batch
    assert raw["durations"]["refuse"] == {"constant": work}


def test_rules_that_hold_together_are_told(tmp_path):
    found = imported(tmp_path, prosimos(batch_processing=[batch([SIZE, WAIT])]))

    told = {note.field: note.words for note in found.notes.of(Fate.TRANSLATED)}
    assert "the first one that holds is enough" in told["batch_processing[0].firing_rules[0]"]


def test_rule_that_a_batch_does_not_have_is_told(tmp_path):
    short = {"attribute": "large_wt", "comparison": "<", "value": 600}

    found = imported(tmp_path, prosimos(batch_processing=[batch([SIZE], [short])]))

    assert found.scenario.raw["batches"]["refuse"] == {"size": 3}
    (lost,) = [n.words for n in found.notes.of(Fate.LOST) if "firing_rules[1]" in n.field]
    assert lost == "a batch does not wait for large_wt <"
