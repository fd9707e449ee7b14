"""A case that goes round and round: 10,000 rounds of rework, each a task of a person.

What a command costs must not depend on how much the case has behind it, and every round must be
there: the work of SpiffWorkflow as it comes is lost after 333 rounds, and grows with their square.
"""

from __future__ import annotations

import statistics
import time
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from benchmarks.orders import ADA
from engine.config import EngineConfig
from engine.domain.history import EventType
from engine.process_engine import ProcessEngine

if TYPE_CHECKING:
    from engine.domain.user_task import UserTask

MODEL = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d"
    targetNamespace="https://twinflow.example/benchmarks">
  <process id="rework" isExecutable="true">
    <startEvent id="start"/><userTask id="work"/>
    <exclusiveGateway id="is_good" default="again"/><endEvent id="end"/>
    <sequenceFlow id="f1" sourceRef="start" targetRef="work"/>
    <sequenceFlow id="f2" sourceRef="work" targetRef="is_good"/>
    <sequenceFlow id="again" sourceRef="is_good" targetRef="work"/>
    <sequenceFlow id="f3" sourceRef="is_good" targetRef="end">
      <conditionExpression>1 &gt; 2</conditionExpression></sequenceFlow>
  </process>
</definitions>"""
TARGET_RATIO = 2.0
FEW, MANY = 5, 900  # tasks that a case has behind it


def measure(*, rework: int = 10_000, rounds: int = 5) -> dict[str, object]:
    """Return what rounds cost at the beginning and at the end of a long case."""
    with TemporaryDirectory() as folder, closing(_engine(Path(folder))) as engine:
        old, young = _case(engine, MANY), _case(engine, FEW)
        pairs = [(_next(engine, young), _next(engine, old)) for _ in range(10 * rounds)]
        of_young, of_old = (statistics.median(times) for times in zip(*pairs, strict=True))
        times = _times(engine, rework)
        tenth = max(1, rework // 10)
        first, last = statistics.median(times[:tenth]), statistics.median(times[-tenth:])
    return {
        "what": "CPU time to claim and complete a task of a case with many behind it, SQLite",
        "ms_with_5_tasks_behind": round(of_young * 1000, 2),
        "ms_with_900_tasks_behind": round(of_old * 1000, 2),
        "ratio_900_to_5": round(of_old / of_young, 2),
        "target_ratio": TARGET_RATIO,
        "rounds_of_rework": len(times),
        "ms_in_the_first_tenth": round(first * 1000, 2),
        "ms_in_the_last_tenth": round(last * 1000, 2),
        "growth": round(last / first, 2),
        "cpu_s": round(sum(times), 1),
    }


def _engine(folder: Path) -> ProcessEngine:
    engine = ProcessEngine.open(EngineConfig(f"sqlite:///{folder}/t.db"))
    engine.add_user(ADA)
    engine.deploy(MODEL, source="rework.bpmn", forms={})
    return engine


def _times(engine: ProcessEngine, rounds: int) -> list[float]:
    """Go round in one case and return the CPU time of each round, after proving all are told."""
    case = engine.start_process("rework", by=ADA.id)
    (task,) = engine.open_tasks(case.id, by=ADA.id)
    times = []
    for _ in range(rounds):
        began = time.process_time()
        task = _round(engine, task)
        times.append(time.process_time() - began)
    done = [
        event
        for event in engine.history(case.id, by=ADA.id)
        if (event.type, event.element_id) == (EventType.COMPLETED, "work")
    ]
    if len(done) != rounds or task.ended_at is not None:
        raise AssertionError(f"{len(done)} of {rounds} rounds are in the history")
    return times


def _round(engine: ProcessEngine, task: UserTask) -> UserTask:
    engine.claim(task.id, by=ADA.id)
    (following,) = engine.complete_task(task.id, by=ADA.id, values={})
    return following


def _case(engine: ProcessEngine, tasks: int) -> int:
    """Start a case and go round so often."""
    case = engine.start_process("rework", by=ADA.id).id
    for _ in range(tasks):
        _next(engine, case)
    return case


def _next(engine: ProcessEngine, case: int) -> float:
    (task,) = engine.open_tasks(case, by=ADA.id)
    began = time.process_time()
    _round(engine, task)
    return time.process_time() - began
