"""The processes that are killed in a chaos run: clients that do tasks, and workers."""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from random import Random  # noqa: TID251 -- chaos draws as it likes
from threading import Event
from typing import TYPE_CHECKING

from benchmarks.chaos_ledger import Ledger, append
from engine import worker
from engine.config import EngineConfig
from engine.connectors.call import CallResult
from engine.connectors.mail import EmailConnector
from engine.connectors.registry import Connectors
from engine.errors import EngineError, NotAllowed, TaskAlreadyClaimed, TaskNotOpen
from engine.process_engine import ProcessEngine
from engine.services import jobs, outbox

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from engine.connectors.call import ServiceCall
    from engine.domain.user_task import UserTask

LEASE = timedelta(seconds=2)
IDLE_S = 0.02
NOTE = {"note": "x" * 40}


@dataclass(frozen=True)
class Plan:
    """A chaos run: how much work, who does it, and how often somebody is killed."""

    database_url: str
    folder: Path
    cases: int
    clients: int = 3
    workers: int = 2
    kills: int = 60
    seed: int = 7
    synchronous: str = "FULL"
    idle_s: float = IDLE_S  # between two looks for something to do

    @property
    def effects(self) -> Path:
        """The file of the service that is called: a line for each call, its key."""
        return self.folder / "effects"

    @property
    def sent(self) -> Path:
        """The file of the mail server: a line for each letter, its key."""
        return self.folder / "sent"

    def ledger(self, number: int) -> Path:
        """The ledger of a client."""
        return self.folder / f"client-{number}"

    def share(self, number: int) -> int:
        """Return how many cases a client starts."""
        return self.cases // self.clients + (number < self.cases % self.clients)


class LedgerService:
    """A service that remembers the keys it was called with; the second effect would be a fault."""

    name = "ledger"

    def __init__(self, file: Path) -> None:
        self._file = file

    def check(self, inputs: Mapping[str, str]) -> list[str]:
        return []

    def call(self, call: ServiceCall) -> CallResult:
        append(self._file, call.idempotency_key)
        return CallResult({"receipt": call.idempotency_key[:8]})


def shorten_leases() -> None:
    """Let work that a killed process held be taken over in seconds; for a child process only."""
    jobs.LEASE = LEASE
    outbox.LEASE, outbox.SLOWEST_MAIL = LEASE, LEASE / 2


def opened(plan: Plan) -> ProcessEngine:
    """Return an engine as each process of the run opens it."""
    config = EngineConfig(plan.database_url, sqlite_synchronous=plan.synchronous)
    connectors = Connectors([LedgerService(plan.effects), EmailConnector()])
    return ProcessEngine.open(config, connectors=connectors)


def work(plan: Plan) -> None:
    """Be a worker, until killed."""
    logging.disable(logging.CRITICAL)
    shorten_leases()
    worker.run(opened(plan), stop=Event(), interval_s=plan.idle_s)


def use(plan: Plan, number: int) -> None:
    """Be a client, until every case has ended."""
    shorten_leases()
    try:
        Client(plan, number).run()
    except BaseException as error:
        append(plan.folder / "faults", f"client {number}: {error!r}")
        raise


class Client:
    """Starts cases and does tasks; what it was not told before it was killed it asks again."""

    def __init__(self, plan: Plan, number: int) -> None:
        self._plan, self._number, self._engine = plan, number, opened(plan)
        self._user = f"user{number}"
        self._ledger = Ledger(plan.ledger(number))
        self._rng = Random(f"{plan.seed}/{number}/{len(self._ledger.requests)}")

    def run(self) -> None:
        for key, request in self._ledger.unanswered.items():
            self._send(key, request)
        while True:
            if not self._has_done_a_task() and not self._has_started():
                if self._is_all_done():
                    return
                self._retry_incidents()
                time.sleep(self._plan.idle_s)

    def _has_started(self) -> bool:
        started = sum(request["do"] == "start" for request in self._ledger.requests.values())
        if started >= self._plan.share(self._number):
            return False
        for _ in range(min(5, self._plan.share(self._number) - started)):
            self._send(f"{self._number}/{len(self._ledger.requests)}", {"do": "start"})
        return True

    def _has_done_a_task(self) -> bool:
        tasks = self._engine.inbox(self._user, limit=10)
        if not tasks:
            return False
        mine = [task for task in tasks if task.claimed_by is not None]
        task = mine[0] if mine else self._rng.choice(tasks)
        if task.claimed_by is None:
            try:
                task = self._engine.claim(task.id, by=self._user)
            except (TaskAlreadyClaimed, TaskNotOpen, NotAllowed):
                return True  # another client was first
        self._send(f"{self._number}/{len(self._ledger.requests)}", _completing(task))
        return True

    def _send(self, key: str, request: dict[str, object]) -> None:
        self._ledger.ask(key, request)
        try:
            if request["do"] == "start":
                values = {"request": key}
                answer: dict[str, object] = {
                    "case": self._engine.start_process(
                        "errand", by=self._user, values=values, idempotency_key=key
                    ).id
                }
            else:
                values = NOTE if request["element"] == "register" else {}
                opened_tasks = self._engine.complete_task(
                    int(str(request["task"])), by=self._user, values=values, idempotency_key=key
                )
                answer = {"tasks": [task.id for task in opened_tasks]}
        except EngineError as error:
            self._ledger.refuse(key, repr(error))
        else:
            self._ledger.answer(key, answer)

    def _retry_incidents(self) -> None:
        """Do what an operator would do about jobs whose workers were killed three times."""
        for incident in self._engine.incidents(by=self._user):
            with suppress(EngineError):
                self._engine.retry_incident(incident.id, by=self._user)
                append(self._plan.folder / "incidents", incident.reason)

    def _is_all_done(self) -> bool:
        counts = self._engine.count_instances()
        active = sum(number for state, number in counts.items() if state.value == "active")
        return not active and sum(counts.values()) >= self._plan.cases


def _completing(task: UserTask) -> dict[str, object]:
    return {
        "do": "complete",
        "task": task.id,
        "case": task.instance_id,
        "token": task.token,
        "element": task.element_id,
    }
