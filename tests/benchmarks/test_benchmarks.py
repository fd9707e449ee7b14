"""Both sides of each benchmark still do the same work; how fast they are is not a test."""

from __future__ import annotations

import subprocess
import sys

import pytest

from benchmarks import (
    inbox,
    loops,
    multi_instance,
    orders,
    prosimos,
    simulator,
    simulator_growth,
)


def test_simulators_agree_before_they_are_timed():
    figures = simulator.measure(cases=30, rounds=1)

    assert figures["activities"] > 300


def test_growth_is_measured_by_the_case():
    per_case = simulator_growth.measure(few=20, many=60, rounds=1)["us_per_case"]

    assert isinstance(per_case, list)
    assert min(per_case) > 0


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


def test_net_is_written_for_the_peer_with_every_task(tmp_path):
    model, parameters = prosimos.written(tmp_path)

    assert model.read_text(encoding="utf-8").count("<task ") == 10
    assert parameters.stat().st_size > 3000


def test_peer_that_cannot_be_installed_is_skipped_in_words(monkeypatch):
    def offline(*_args: object, **_more: object) -> None:
        raise subprocess.SubprocessError("network is unreachable")

    monkeypatch.setattr(prosimos, "installed", offline)

    assert "network is unreachable" in str(prosimos.measure(cases=10, rounds=1)["skipped"])


def test_installation_that_fails_says_the_last_words_of_the_command(tmp_path):
    with pytest.raises(subprocess.SubprocessError, match="No module named nowhere"):
        prosimos._run([sys.executable, "-m", "nowhere"], timeout_s=60)
