"""Simulated activities per CPU second, beside a textbook SimPy model of the same net."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from benchmarks.rounds import in_turns
from benchmarks.textbook import OurChance, TextbookChance, TextbookModel
from simulation.arrivals import draw
from simulation.engine_simpy import simulate
from simulation.net import compile_net
from simulation.scenario.load import load
from simulation.streams import Streams

MODEL = Path(__file__).parent / "models" / "visit.yaml"
TARGET_RATIO = 4.0


def measure(*, cases: int = 10_000, rounds: int = 5) -> dict[str, object]:
    """Return speeds and their ratio, after proving that both models agree on every case."""
    net = compile_net(load(MODEL, patch={"run": {"cases": cases}}))
    streams = Streams(seed=1, replication=0)
    arrivals = draw(net, streams)
    times = arrivals.times.tolist()
    ours = simulate(net, arrivals, streams)
    theirs = TextbookModel(times, OurChance(net, arrivals, streams))
    if not np.array_equal(ours.ended - arrivals.times, np.array(theirs.run())):
        raise AssertionError("the textbook model gives other cycle times: nothing to compare")
    activities = len(theirs.log)
    seconds = in_turns(
        {
            "twinflow": lambda: simulate(net, draw(net, streams), streams),
            "textbook": lambda: TextbookModel(times, TextbookChance(seed=1)).run(),
        },
        rounds=rounds,
    )
    return {
        "what": "simulated activities per CPU second; the same net, proved by equal cycle times",
        "cases": cases,
        "activities": activities,
        "twinflow_per_cpu_s": round(activities / seconds["twinflow"]),
        "textbook_simpy_per_cpu_s": round(activities / seconds["textbook"]),
        "ratio": round(seconds["textbook"] / seconds["twinflow"], 2),
        "target_ratio": TARGET_RATIO,
    }
