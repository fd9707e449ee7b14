"""The inbox of one person among 10,000 open tasks and 100,000 finished cases.

The finished cases and most of the open ones are put into the tables, as many as years of work
would leave; on each database, by the clock on the wall, because somebody waits for it.
"""

from __future__ import annotations

import statistics
import time
from contextlib import closing
from tempfile import TemporaryDirectory

import sqlalchemy as sa

from benchmarks.postgresql import a_server
from engine.config import EngineConfig
from engine.domain.identity import User, UserId
from engine.process_engine import ProcessEngine
from engine.store import tables

MODEL = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d"
    targetNamespace="https://twinflow.example/benchmarks">
  <process id="one" isExecutable="true"><laneSet id="l"><lane id="desk">
    <flowNodeRef>work</flowNodeRef></lane></laneSet>
    <startEvent id="start"/><userTask id="work"/><endEvent id="end"/>
    <sequenceFlow id="f1" sourceRef="start" targetRef="work"/>
    <sequenceFlow id="f2" sourceRef="work" targetRef="end"/>
  </process>
</definitions>"""
GROUPS = 20
CHUNK = 5_000
TARGET_MS = 30.0


def measure(
    *, open_tasks: int = 10_000, finished: int = 100_000, rounds: int = 5
) -> dict[str, object]:
    """Return how long the inbox takes on each database."""
    with TemporaryDirectory() as folder:
        of_sqlite = _inbox_ms(f"sqlite:///{folder}/t.db", open_tasks, finished, rounds)
    with a_server("twinflow") as (url,):
        of_postgresql = _inbox_ms(url, open_tasks, finished, rounds)
    return {
        "what": f"inbox among {open_tasks} open tasks and {finished} finished cases, wall clock",
        "sqlite_ms": round(of_sqlite, 1),
        "postgresql_ms": round(of_postgresql, 1),
        "target_ms": TARGET_MS,
    }


def _inbox_ms(url: str, open_tasks: int, finished: int, rounds: int) -> float:
    with closing(ProcessEngine.open(EngineConfig(url, sqlite_synchronous="OFF"))) as engine:
        engine.add_user(User(UserId("alice"), "Alice", frozenset({"desk"})))
        engine.deploy(MODEL, source="one.bpmn", forms={})
        engine.start_process("one", by=None)
        _fill(engine, open_tasks, finished)
        times = []
        for _ in range(10 * rounds):
            began = time.perf_counter()
            tasks = engine.inbox("alice", limit=100)
            times.append(time.perf_counter() - began)
        if len(tasks) != min(100, open_tasks // GROUPS + 1):
            raise AssertionError(f"{len(tasks)} tasks in the inbox")
    return statistics.median(times) * 1000


def _fill(engine: ProcessEngine, open_tasks: int, finished: int) -> None:
    """Copy the case and the task that are there; a twentieth of the open tasks is for Alice."""
    database = engine._context.database
    with database.reading() as tx:
        case = dict(tx.execute(sa.select(tables.instance)).mappings().one())
        task = dict(tx.execute(sa.select(tables.user_task)).mappings().one())

    def insert(tx: sa.Connection, numbers: range) -> None:
        cases, tasks = [], []
        for number in numbers:
            is_open = number < open_tasks
            key, state = f"N{number}", "active" if is_open else "completed"
            ended_at = None if is_open else case["started_at"]
            group = "desk" if number % GROUPS == 0 else f"group{number % GROUPS}"
            cases.append(
                {**case, "id": number + 10, "business_key": key, "state": state,
                 "ended_at": ended_at}
            )  # fmt: skip
            tasks.append(
                {**task, "id": number + 10, "instance_id": number + 10, "business_key": key,
                 "state": "offered" if is_open else "completed", "ended_at": ended_at,
                 "candidate_group": group}
            )  # fmt: skip
        tx.execute(sa.insert(tables.instance), cases)
        tx.execute(sa.insert(tables.user_task), tasks)

    for begin in range(0, open_tasks + finished, CHUNK):
        numbers = range(begin, min(begin + CHUNK, open_tasks + finished))
        database.run(lambda tx, numbers=numbers: insert(tx, numbers))  # type: ignore[misc]
    database.run(lambda tx: tx.exec_driver_sql("ANALYZE"))
