"""Kill -9 at random in a run of many tasks: what was acknowledged is there, once.

Clients start cases and do their tasks, workers call services, fire timers and send mail, all of
them processes of their own; now and then one of them is killed and started again. Afterwards the
clients' ledgers, the service's and the history must agree.

    python -m benchmarks.chaos                       5,000 tasks, 60 kills, on each database
    python -m benchmarks.chaos --tasks 200 --kills 6 --database sqlite
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random  # noqa: TID251 -- chaos draws as it likes
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from benchmarks import chaos_child
from benchmarks.chaos_check import checked
from benchmarks.chaos_child import Plan
from benchmarks.postgresql import a_server
from engine.domain.identity import Role, User, UserId

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.process import BaseProcess

MODEL = Path(__file__).parent / "models" / "errand.bpmn"
FORM = {
    "type": "default",
    "components": [{"type": "textfield", "key": "note", "label": "Note", "id": "note"}],
}
TASKS_A_CASE = 3
POLL_S = 0.01
LONGEST_JITTER_S = 0.05
STALLED_S = 120.0


@dataclass
class Run:
    """A chaos run: the processes, and how far the clients have come."""

    plan: Plan
    children: list[BaseProcess] = field(default_factory=list)
    kills: int = 0

    def __post_init__(self) -> None:
        self._forks = multiprocessing.get_context("forkserver")
        self._forks.set_forkserver_preload(["benchmarks.chaos_child"])
        self._rng = Random(self.plan.seed)

    def carry_out(self) -> None:
        """Let everybody work and kill some, until every case has ended."""
        count = self.plan.clients + self.plan.workers
        self.children = [self._start(number) for number in range(count)]
        try:
            self._watch()
        finally:
            for child in self.children:
                child.kill()
                child.join()

    def _start(self, number: int) -> BaseProcess:
        if number < self.plan.clients:
            target, arguments = chaos_child.use, (self.plan, number)
        else:
            target, arguments = chaos_child.work, (self.plan,)  # type: ignore[assignment]
        child = self._forks.Process(target=target, args=arguments, daemon=True)
        child.start()
        return child

    def _watch(self) -> None:
        every = self.plan.cases * TASKS_A_CASE / (self.plan.kills + 1)
        moved_at, before = time.monotonic(), -1
        while self._is_anybody_busy():
            done = self._progress()
            if done > before:
                moved_at, before = time.monotonic(), done
            if time.monotonic() - moved_at > STALLED_S:
                raise AssertionError(f"nothing happens any more after {done} answers")
            if self.kills < self.plan.kills and done >= (self.kills + 1) * every:
                self._kill_one()
            time.sleep(POLL_S)

    def _is_anybody_busy(self) -> bool:
        clients = self.children[: self.plan.clients]
        if any(child.exitcode not in {None, 0} for child in clients):
            raise AssertionError((self.plan.folder / "faults").read_text())
        return any(child.exitcode is None for child in clients)

    def _progress(self) -> int:
        """Return about how many tasks were completed: each takes two lines of a ledger."""
        lines = 0
        for number in range(self.plan.clients):
            file = self.plan.ledger(number)
            lines += file.read_bytes().count(b'"tasks"') if file.exists() else 0
        return lines

    def _kill_one(self) -> None:
        time.sleep(self._rng.uniform(0, LONGEST_JITTER_S))
        number = self._rng.randrange(len(self.children))
        child = self.children[number]
        if child.exitcode is not None:
            return  # a client that has ended; another one next time
        child.kill()
        child.join()
        self.kills += 1
        self.children[number] = self._start(number)


def run(plan: Plan) -> dict[str, object]:
    """Carry out a chaos run and return its figures."""
    began = time.monotonic()
    _prepare(plan)
    chaos = Run(plan)
    chaos.carry_out()
    return {
        "tasks": plan.cases * TASKS_A_CASE,
        "processes": plan.clients + plan.workers,
        "kills": chaos.kills,
        "seconds": round(time.monotonic() - began, 1),
        **checked(plan),
    }


def _prepare(plan: Plan) -> None:
    engine = chaos_child.opened(plan)
    for number in range(plan.clients):
        user = User(UserId(f"user{number}"), "", frozenset(), frozenset({Role.MANAGER}))
        engine.add_user(user)
    engine.deploy(MODEL.read_bytes(), source=MODEL.name, forms={"note": FORM})
    engine.close()


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """Yield the URL of an empty database, durable as in production."""
    if kind == "sqlite":
        yield f"sqlite:///{folder}/twinflow.db"
    else:
        with a_server("twinflow") as (url,):
            yield url


def main() -> None:
    """Print one JSON document; exit with 1 if anything was lost or doubled."""
    parser = argparse.ArgumentParser(prog="benchmarks.chaos", description="Kill -9 at random.")
    parser.add_argument("--tasks", type=int, default=5000)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--clients", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], action="append")
    options = parser.parse_args()
    report = {}
    for kind in options.database or ["sqlite", "postgresql"]:
        with ExitStack() as stack:
            folder = Path(stack.enter_context(TemporaryDirectory()))
            plan = Plan(
                stack.enter_context(database(kind, folder)),
                folder,
                cases=-(-options.tasks // TASKS_A_CASE),
                clients=options.clients,
                workers=options.workers,
                kills=options.kills,
                seed=options.seed,
            )
            report[kind] = run(plan)
    print(json.dumps(report, indent=2))
    sys.exit(any(figures["faults"] for figures in report.values()))


if __name__ == "__main__":
    main()
