"""From a thousand cases to a million: the time of a case stays, and the memory stays small.

The system tells the greatest memory of this process, in which nothing else is measured. What needs
only the ends of cases keeps no log (``keeps_log=False``).
"""

from __future__ import annotations

import resource
import time

from benchmarks.simulator import MODEL
from simulation.arrivals import draw
from simulation.engine_simpy import simulate
from simulation.net import compile_net
from simulation.scenario.load import load
from simulation.streams import Streams

FEW, MANY = 1_000, 1_000_000
TARGET_MB = 300
TARGET_RATIO = 1.25  # time of a case among many ÷ among few


def measure(*, few: int = FEW, many: int = MANY, rounds: int = 5) -> dict[str, object]:
    """Return time per case for few cases, run again and again, and once for many; and memory."""
    few_us = min(_cpu_us(few) for _ in range(rounds))
    many_us = _cpu_us(many)
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "what": "CPU µs per case without log, and the greatest memory of the process",
        "cases": [few, many],
        "us_per_case": [round(few_us, 1), round(many_us, 1)],
        "ratio": round(many_us / few_us, 2),
        "target_ratio": TARGET_RATIO,
        "memory_mb": round(memory_mb),
        "target_mb": TARGET_MB,
    }


def _cpu_us(cases: int) -> float:
    """Return CPU µs per case of one run."""
    net = compile_net(load(MODEL, patch={"run": {"cases": cases}}))
    streams = Streams(seed=1, replication=0)
    begun = time.process_time()
    simulate(net, draw(net, streams), streams, keeps_log=False)
    return (time.process_time() - begun) / cases * 1e6
