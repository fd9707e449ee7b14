"""A task for each of 10,000 items at once: how long the start takes, and each completion.

By the clock on the wall as well, because somebody waits for both.
"""

from __future__ import annotations

import statistics
import time
from contextlib import closing
from tempfile import TemporaryDirectory

from benchmarks.orders import ADA
from engine.config import EngineConfig
from engine.process_engine import ProcessEngine

MODEL = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d"
    targetNamespace="https://twinflow.example/benchmarks">
  <process id="many" isExecutable="true">
    <startEvent id="start"/>
    <userTask id="each"><multiInstanceLoopCharacteristics isSequential="false">
      <loopCardinality>number</loopCardinality></multiInstanceLoopCharacteristics></userTask>
    <userTask id="after"/><endEvent id="end"/>
    <sequenceFlow id="f1" sourceRef="start" targetRef="each"/>
    <sequenceFlow id="f2" sourceRef="each" targetRef="after"/>
    <sequenceFlow id="f3" sourceRef="after" targetRef="end"/>
  </process>
</definitions>"""
TARGET_START_S, TARGET_COMPLETION_MS = 5.0, 100.0


def measure(*, instances: int = 10_000, rounds: int = 5) -> dict[str, object]:
    """Return how long the start and single completions take, the first, some and the last."""
    with TemporaryDirectory() as folder, closing(_engine(folder)) as engine:
        began = time.perf_counter(), time.process_time()
        case = engine.start_process("many", by=ADA.id, values={"number": instances})
        start_s = time.perf_counter() - began[0], time.process_time() - began[1]
        tasks = [task.id for task in engine.open_tasks(case.id, by=ADA.id)]
        some = tasks[: 10 * rounds]
        times = [_completed(engine, task) for task in some]
        of_work, of_wall = zip(*times, strict=True)
    return {
        "what": f"a task for each of {instances} items at once, SQLite",
        "tasks": len(tasks),
        "start_s": round(start_s[0], 2),
        "start_cpu_s": round(start_s[1], 2),
        "target_start_s": TARGET_START_S,
        "completion_ms": round(statistics.median(of_wall) * 1000, 1),
        "completion_cpu_ms": round(statistics.median(of_work) * 1000, 1),
        "target_completion_ms": TARGET_COMPLETION_MS,
    }


def complete_all(instances: int) -> int:
    """Complete every instance of a loop and return how many tasks follow it: one."""
    with TemporaryDirectory() as folder, closing(_engine(folder)) as engine:
        case = engine.start_process("many", by=ADA.id, values={"number": instances})
        tasks = engine.open_tasks(case.id, by=ADA.id)
        for task in tasks:
            _completed(engine, task.id)
        following = engine.open_tasks(case.id, by=ADA.id)
    return len(tasks) if [task.element_id for task in following] == ["after"] else 0


def _engine(folder: str) -> ProcessEngine:
    engine = ProcessEngine.open(EngineConfig(f"sqlite:///{folder}/t.db"))
    engine.add_user(ADA)
    engine.deploy(MODEL, source="many.bpmn", forms={})
    return engine


def _completed(engine: ProcessEngine, task: int) -> tuple[float, float]:
    engine.claim(task, by=ADA.id)
    began = time.process_time(), time.perf_counter()
    engine.complete_task(task, by=ADA.id, values={})
    return time.process_time() - began[0], time.perf_counter() - began[1]
