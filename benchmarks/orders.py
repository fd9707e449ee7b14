"""Process instances per CPU second committed to SQLite, beside a plain ORM design.

Both take the same order from its start to its end by the same commands (start, then claim and
complete four user tasks), commit each of them to a file of the same tables with the same pragmas,
and leave the same history. Ours also checks forms and permissions; the peer does not.
"""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Protocol

from benchmarks.plain_orm import PlainOrm
from benchmarks.rounds import in_turns
from engine.config import EngineConfig
from engine.domain.identity import Role, User, UserId
from engine.process_engine import ProcessEngine

if TYPE_CHECKING:
    from collections.abc import Mapping

MODEL = Path(__file__).parent / "models" / "order.bpmn"
TARGET_RATIO = 4.0
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

    def __init__(self, file: Path) -> None:
        self._engine = ProcessEngine.open(EngineConfig(f"sqlite:///{file}"))
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
    """Return speeds and their ratio, after proving that both leave the same history."""
    with TemporaryDirectory() as folder, ExitStack() as stack:
        ours, theirs = Twinflow(Path(folder, "ours.db")), PlainOrm(Path(folder, "theirs.db"))
        stack.callback(ours.close)
        stack.callback(theirs.close)
        _ensure_same_history(ours, theirs)
        seconds = in_turns(
            {
                "twinflow": lambda: _carry_out(ours, orders),
                "plain_orm": lambda: _carry_out(theirs, orders),
            },
            rounds=rounds * TURNS_A_ROUND,
        )
    return {
        "what": "process instances per CPU second, every command committed to SQLite (WAL, FULL)",
        "commands_per_instance": 9,
        "instances_per_turn": orders,
        "twinflow_per_cpu_s": round(orders / seconds["twinflow"], 1),
        "plain_orm_per_cpu_s": round(orders / seconds["plain_orm"], 1),
        "ratio": round(seconds["plain_orm"] / seconds["twinflow"], 2),
        "target_ratio": TARGET_RATIO,
    }


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
