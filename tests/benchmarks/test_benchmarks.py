"""Both sides of each benchmark still do the same work; how fast they are is not a test."""

from __future__ import annotations

from benchmarks import inbox, loops, multi_instance, orders, simulator, simulator_growth


def test_simulators_agree_before_they_are_timed():
    figures = simulator.measure(cases=30, rounds=1)

    assert figures["activities"] > 300


def test_growth_is_measured_by_the_case():
    figures = simulator_growth.measure(few=20, many=60, rounds=1)

    assert min(figures["us_per_case"]) > 0


def test_engines_leave_the_same_history_before_they_are_timed(tmp_path):
    ours, theirs = f"sqlite:///{tmp_path}/ours.db", f"sqlite:///{tmp_path}/theirs.db"

    figures = orders.compared("sqlite", ours, theirs, turns=(1, 1))

    assert figures["twinflow_per_cpu_s"] > 0


def test_every_round_of_rework_is_found(monkeypatch):
    monkeypatch.setattr(loops, "MANY", 8)

    assert loops.measure(rework=40, rounds=1)["rounds_of_rework"] == 40


def test_each_instance_of_a_large_loop_is_completed_once():
    assert multi_instance.complete_all(120) == 120
    assert multi_instance.measure(instances=60, rounds=1)["tasks"] == 60


def test_inbox_holds_what_is_offered_among_much_that_is_not(tmp_path):
    taken_ms = inbox._inbox_ms(f"sqlite:///{tmp_path}/t.db", open_tasks=400, finished=400, rounds=1)

    assert taken_ms > 0
