"""Process instances per CPU second committed to a database, beside a plain ORM design.

Both take the same order from its start to its end by the same commands (start, then claim and
complete four user tasks), commit each of them with the same settings of the database, and leave
the same history. Ours also checks forms and permissions and chains its history; the peer does not.
On PostgreSQL the server's own time is not counted: it is the same for both but for the queries.
"""

from __future__ import annotations

import statistics
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Protocol

from benchmarks.plain_orm import PlainOrm
from benchmarks.postgresql import a_server
from benchmarks.rounds import in_turns
from engine.config import EngineConfig
from engine.domain.identity import Role, User, UserId
from engine.process_engine import ProcessEngine

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Figures = dict[str, object]

MODEL = Path(__file__).parent / "models" / "order.bpmn"
TARGET_RATIO = {"sqlite": 5.0, "postgresql": 3.5}
TARGET_P50_MS = 1.0
TURNS_A_ROUND = 6  # short turns: both meet the same load of a shared machine
ORDER = {
    "amount": 2500,
    "customer": {"name": "Ada", "city": "Delft"},
    "lines": [{"sku": number, "qty": 1} for number in range(5)],
}
ANSWER = {"ok": True, "note": "x" * 40}
FORM = {
    "type": "default",
    "components": [
        {"type": "checkbox", "key": "ok", "label": "OK", "id": "ok"},
        {"type": "textfield", "key": "note", "label": "Note", "id": "note"},
    ],
}
ADA = User(UserId("ada"), "Ada", frozenset({"requester", "manager"}), frozenset({Role.MANAGER}))
Event = tuple[str, str | None]


class Contestant(Protocol):
    """What both can do: ids in, ids out."""

    def start(self, values: Mapping[str, object]) -> int: ...
    def open_tasks(self, case: int) -> list[int]: ...
    def claim(self, task: int) -> None: ...
    def complete(self, task: int, values: Mapping[str, object]) -> list[int]: ...
    def history(self, case: int) -> list[Event]: ...


class Twinflow:
    """The facade, as the pages and the command line use it."""

    def __init__(self, url: str) -> None:
        self._engine = ProcessEngine.open(EngineConfig(url))
        self._engine.add_user(ADA)
        self._engine.deploy(MODEL.read_bytes(), source=MODEL.name, forms={"decision": FORM})

    def close(self) -> None:
        self._engine.close()

    def start(self, values: Mapping[str, object]) -> int:
        return self._engine.start_process("order", by=ADA.id, values=values).id

    def open_tasks(self, case: int) -> list[int]:
        return [task.id for task in self._engine.open_tasks(case, by=ADA.id)]

    def claim(self, task: int) -> None:
        self._engine.claim(task, by=ADA.id)

    def complete(self, task: int, values: Mapping[str, object]) -> list[int]:
        opened = self._engine.complete_task(task, by=ADA.id, values=values)
        return [task.id for task in opened]

    def history(self, case: int) -> list[Event]:
        events = self._engine.history(case, by=ADA.id)
        return [(event.type.value, event.element_id) for event in events]


def measure(*, orders: int = 10, rounds: int = 5) -> dict[str, object]:
    """Return speeds and their ratio on each database."""
    with TemporaryDirectory() as folder:
        of_sqlite = compared(
            "sqlite",
            f"sqlite:///{folder}/ours.db",
            f"sqlite:///{folder}/theirs.db",
            turns=(orders, rounds * TURNS_A_ROUND),
        )
    with a_server("ours", "theirs") as (ours, theirs):
        of_postgresql = compared("postgresql", ours, theirs, turns=(orders, rounds * TURNS_A_ROUND))
    return {
        "what": "process instances per CPU second, every command committed (SQLite: WAL, FULL)",
        "commands_per_instance": 9,
        "instances_per_turn": orders,
        "sqlite": of_sqlite,
        "postgresql": of_postgresql,
    }


def compared(kind: str, ours_url: str, theirs_url: str, *, turns: tuple[int, int]) -> Figures:
    """Return speeds and their ratio, after proving that both leave the same history."""
    orders, rounds = turns
    with ExitStack() as stack:
        ours, theirs = Twinflow(ours_url), PlainOrm(theirs_url)
        stack.callback(ours.close)
        stack.callback(theirs.close)
        _ensure_same_history(ours, theirs)
        contestants = {
            "twinflow": lambda: _carry_out(ours, orders),
            "plain_orm": lambda: _carry_out(theirs, orders),
        }
        turns_s = [in_turns(contestants, rounds=1) for _ in range(rounds)]
        commands_ms = sorted(_command_times_ms(ours, orders))
    # Of turns that met the same load: the machine is shared, and its load changes.
    ratio = statistics.median(turn["plain_orm"] / turn["twinflow"] for turn in turns_s)
    return {
        **{
            f"{name}_per_cpu_s": round(
                orders / statistics.median(turn[name] for turn in turns_s), 1
            )
            for name in contestants
        },
        "ratio": round(ratio, 2),
        "target_ratio": TARGET_RATIO[kind],
        "p50_ms_per_command": round(statistics.median(commands_ms), 2),
        "p95_ms_per_command": round(commands_ms[len(commands_ms) * 95 // 100], 2),
        "target_p50_ms": TARGET_P50_MS if kind == "sqlite" else None,
    }


def _command_times_ms(contestant: Contestant, orders: int) -> Iterator[float]:
    """Yield how long each command takes by the clock on the wall."""
    for _ in range(orders):
        began = time.perf_counter()
        case = contestant.start(ORDER)
        yield (time.perf_counter() - began) * 1000
        tasks = contestant.open_tasks(case)
        while tasks:
            task, began = tasks.pop(0), time.perf_counter()
            contestant.claim(task)
            yield (time.perf_counter() - began) * 1000
            began = time.perf_counter()
            tasks += contestant.complete(task, ANSWER)
            yield (time.perf_counter() - began) * 1000


def _carry_out(contestant: Contestant, orders: int) -> None:
    for _ in range(orders):
        carry_out_one(contestant)


def carry_out_one(contestant: Contestant) -> int:
    """Take one order from its start to its end."""
    case = contestant.start(ORDER)
    tasks = contestant.open_tasks(case)
    while tasks:
        task = tasks.pop(0)
        contestant.claim(task)
        tasks += contestant.complete(task, ANSWER)
    return case


def _ensure_same_history(ours: Contestant, theirs: Contestant) -> None:
    """At a fork the order of two events may differ, nothing else."""
    one, other = (Counter(side.history(carry_out_one(side))) for side in (ours, theirs))
    if one != other:
        raise AssertionError(f"the histories differ: {one - other} and {other - one}")
