"""Measuring in turns: CPU time, so that what else the machine does counts little."""

from __future__ import annotations

import gc
import statistics
import time
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def cpu_seconds(work: Callable[[], object]) -> float:
    """Return the CPU time of this process for one call."""
    gc.collect()
    started = time.process_time()
    work()
    return time.process_time() - started


def in_turns(contestants: Mapping[str, Callable[[], object]], *, rounds: int) -> dict[str, float]:
    """Return the median CPU time of each contestant over rounds in which all take turns."""
    times: dict[str, list[float]] = {name: [] for name in contestants}
    gc.collect()
    gc.freeze()  # what was there before is not searched for garbage again and again
    try:
        for _ in range(rounds):
            for name, work in contestants.items():
                times[name].append(cpu_seconds(work))
    finally:
        gc.unfreeze()
    return {name: statistics.median(values) for name, values in times.items()}


def figures(name: str, rounds: int) -> dict[str, object]:
    """Return what a benchmark of this package measures."""
    measured: dict[str, object] = import_module(f"benchmarks.{name}").measure(rounds=rounds)
    return measured
