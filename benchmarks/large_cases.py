"""Cases that grow: thousands of rounds, of past tasks, of instances of one loop.

Tokens only, without the database: state in, state out, as one command does it.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from engine.bpmn import run

if TYPE_CHECKING:
    from engine.bpmn.delta import Delta

MODELS = Path(__file__).parent / "models"
AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
TARGETS = {"past_tasks_ratio": 2.0, "loop_ratio": 1.5, "start_s": 5.0, "completion_ms": 100.0}


def measure(*, rounds: int = 5, size: int = 10_000) -> dict[str, object]:
    """Return CPU times; ``rounds`` is how many completions of the large loop are timed."""
    costs = _rework(size)
    start_s, completion_ms = _many(size, rounds)
    return {
        "what": "CPU time of the token machinery in cases that grow, without the database",
        "rounds_of_one_case": size,
        "past_tasks_ratio": round(median(costs[900:1000]) / median(costs[5:105]), 2),
        "loop_ratio": round(sum(costs[-1000:]) / sum(costs[:1000]), 2),
        "command_us": round(median(costs) * 1e6, 1),
        "instances_of_one_loop": size,
        "start_s": round(start_s, 2),
        "completion_ms": round(completion_ms, 1),
        "targets": TARGETS,
    }


def _program(name: str) -> run.Program:
    path = MODELS / name
    return run.compile_model(path.read_bytes(), source=path.name)


def _rework(size: int) -> list[float]:
    """Return the CPU seconds of each round of one case."""
    program = _program("rework.bpmn")
    delta = run.start(program, values={"limit": size, "n": 0}, start_event=None, at=AT)
    costs = []
    for number in range(1, size + 1):
        token, before = delta.opened_tasks[0].token, time.process_time()
        delta = _completed(program, delta, token, {"n": number})
        costs.append(time.process_time() - before)
    if not delta.is_completed:
        raise AssertionError("the case does not end after its last round")
    return costs


def _many(size: int, completions: int) -> tuple[float, float]:
    """Return the CPU seconds of a start, and the milliseconds of a completion."""
    program = _program("many.bpmn")
    items = [{"id": number, "name": f"item {number}"} for number in range(size)]
    before = time.process_time()
    delta = run.start(program, values={"items": items}, start_event=None, at=AT)
    start_s = time.process_time() - before
    tokens = [task.token for task in delta.opened_tasks]
    costs = []
    for token in tokens[:: len(tokens) // completions][:completions]:
        before = time.process_time()
        delta = _completed(program, delta, token, {"result": True})
        costs.append(time.process_time() - before)
    return start_s, median(costs) * 1000


def _completed(program: run.Program, delta: Delta, token: str, values: dict[str, object]) -> Delta:
    return run.complete(program, delta.state, token=token, values=values, at=AT)
