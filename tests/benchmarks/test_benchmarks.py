"""Both sides of each benchmark still do the same work; how fast they are is not a test."""

from __future__ import annotations

from benchmarks import orders, simulator


def test_simulators_agree_before_they_are_timed():
    figures = simulator.measure(cases=30, rounds=1)

    assert figures["activities"] > 300


def test_engines_leave_the_same_history_before_they_are_timed(tmp_path):
    ours, theirs = f"sqlite:///{tmp_path}/ours.db", f"sqlite:///{tmp_path}/theirs.db"

    figures = orders.compared("sqlite", ours, theirs, turns=(1, 1))

    assert figures["twinflow_per_cpu_s"] > 0
