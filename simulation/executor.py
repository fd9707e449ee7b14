"""Replications carried out here or by the workers of any ``concurrent.futures`` executor.

A task is a pure function of a scenario and a few replication numbers, so that it does not
matter where, in which order or how often it is carried out.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from simulation.errors import ExperimentCancelled
from simulation.replication import Replication, replicate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Executor, Future

    from simulation.scenario.load import Scenario

    Progress = Callable[[int, int], None]  # finished and planned replications
    Cancelled = Callable[[], bool]

_SMALL_CASES = 2_000
_POLL_S = 0.2
_IN_FLIGHT = 512  # tasks handed out at a time: enough for the 256 workers there may be


@dataclass(frozen=True)
class Job:
    """A scenario to replicate; ``cycle_time_only`` spares the other figures."""

    key: str
    scenario: Scenario
    cycle_time_only: bool = False


@dataclass(frozen=True)
class Plan:
    """How often and from which seed the jobs are replicated, and who watches."""

    replications: int
    seed: int
    progress: Progress | None = None
    cancelled: Cancelled | None = None
    executor: Executor | None = None


Results = dict[str, list[Replication]]  # by job, in the order of their numbers


def carry_out(jobs: Sequence[Job], plan: Plan, results: Results | None = None) -> Results:
    """Replicate every job, all from the same random numbers.

    ``results`` is filled on the way, so that a caller keeps what a cancelled run finished.

    Raises:
        ExperimentCancelled: ``plan.cancelled`` said so.
    """
    results = {} if results is None else results
    results.update({job.key: [] for job in jobs})
    watch = _Watch(plan, total=len(jobs) * plan.replications)
    tasks = [(job, chunk) for job in jobs for chunk in _chunks(job, plan.replications)]
    tasks.sort(key=lambda task: task[1].start)  # all jobs in step: a stopped run can be compared
    if plan.executor is None:
        for job, chunk in tasks:
            watch.ensure_wanted()
            results[job.key] += _carry_out(job, plan.seed, chunk)
            watch.finished(len(chunk))
    else:
        _carry_out_elsewhere(tasks, plan, watch, results)
    return results


def _carry_out(job: Job, seed: int, chunk: range) -> list[Replication]:
    return replicate(
        job.scenario, seed=seed, replications=chunk, cycle_time_only=job.cycle_time_only
    )


def _carry_out_elsewhere(
    tasks: list[tuple[Job, range]], plan: Plan, watch: _Watch, results: Results
) -> None:
    assert plan.executor is not None
    executor, waiting = plan.executor, iter(tasks)
    pending: dict[Future[list[Replication]], str] = {}
    done: SimpleQueue[Future[list[Replication]]] = SimpleQueue()

    def hand_out(count: int) -> None:
        for job, chunk in islice(waiting, count):
            future = executor.submit(_carry_out, job, plan.seed, chunk)
            pending[future] = job.key
            future.add_done_callback(done.put)

    hand_out(_IN_FLIGHT)
    try:
        while pending:
            watch.ensure_wanted()
            try:
                future = done.get(timeout=_POLL_S)
            except Empty:
                continue
            finished = future.result()
            results[pending.pop(future)] += finished
            watch.finished(len(finished))
            hand_out(1)
    finally:
        for future in pending:
            future.cancel()
        for replications in results.values():
            replications.sort(key=lambda replication: replication.number)


def _chunks(job: Job, replications: int) -> Iterator[range]:
    """Cut the replications so that a task takes some tenths of a second at most."""
    cases = job.scenario.document.run.cases or 0
    size = 1 if cases > _SMALL_CASES else 4
    for first in range(0, replications, size):
        yield range(first, min(first + size, replications))


class _Watch:
    """Counts the finished replications and asks whether more are wanted."""

    def __init__(self, plan: Plan, *, total: int) -> None:
        self._plan, self._done, self._total = plan, 0, total
        self.finished(0)

    def ensure_wanted(self) -> None:
        if self._plan.cancelled is not None and self._plan.cancelled():
            raise ExperimentCancelled(self._done, self._total)

    def finished(self, replications: int) -> None:
        self._done += replications
        if self._plan.progress is not None:
            self._plan.progress(self._done, self._total)
