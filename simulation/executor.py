"""Replications carried out here, by other processes or by a cluster.

A task is a pure function of a scenario and a few replication numbers, so that it does not
matter where, in which order or how often it is carried out. What is known already, from before
or from a folder of kept results, is not carried out again.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from itertools import islice
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from simulation.errors import ExperimentCancelled, WorkersLost
from simulation.replication import Replication, replicate

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from concurrent.futures import Future

    from simulation.job import Job
    from simulation.kept_results import KeptResults
    from simulation.workers import Workers

    Progress = Callable[[int, int], None]  # finished and planned replications
    Cancelled = Callable[[], bool]
    Task = tuple[Job, range]

_SMALL_CASES = 2_000
_POLL_S = 0.2
_IN_FLIGHT = 512  # tasks handed out at a time: enough for the 256 workers there may be
_MOST_LOSSES = 3  # in a row, without anything finished between


@dataclass(frozen=True)
class RunOptions:
    """Who does the work, who watches it, where it is kept; nothing that changes a result."""

    progress: Progress | None = None
    cancelled: Cancelled | None = None
    workers: Workers | None = None  # None: the work is done here
    kept: KeptResults | None = None  # finished replications outlive the run


DEFAULT_OPTIONS = RunOptions()


@dataclass(frozen=True)
class Plan:
    """How often and from which seed the jobs are replicated."""

    replications: int
    seed: int
    options: RunOptions = DEFAULT_OPTIONS


Results = dict[str, list[Replication]]  # by job, in the order of their numbers


def carry_out(jobs: Sequence[Job], plan: Plan, results: Results | None = None) -> Results:
    """Replicate every job, all from the same random numbers.

    ``results`` is filled on the way, so that a caller keeps what a cancelled run finished;
    replications that stand in it, or are kept from an earlier run, are not carried out again.

    Raises:
        ExperimentCancelled: the options said so.
        WorkersLost: the workers died again and again.
    """
    results = {} if results is None else results
    for job in jobs:
        known = {r.number: r for r in results.get(job.key, [])}
        if plan.options.kept is not None:
            known = plan.options.kept.read(job, plan.seed, range(plan.replications)) | known
        results[job.key] = list(known.values())
    run = _Run(jobs, plan, results)
    try:
        run.elsewhere(plan.options.workers) if plan.options.workers else run.here()
    finally:
        for replications in results.values():
            replications.sort(key=lambda replication: replication.number)
    return results


class _Run:
    """The tasks that are left, handed out one after the other."""

    def __init__(self, jobs: Sequence[Job], plan: Plan, results: Results) -> None:
        self.plan, self.results = plan, results
        tasks = [(job, chunk) for job in jobs for chunk in _missing(job, plan, results[job.key])]
        tasks.sort(key=lambda task: task[1].start)  # all in step: a stopped run can be compared
        self.tasks = tasks
        self.total = len(jobs) * plan.replications
        self.done = self.total - sum(len(chunk) for _, chunk in tasks)
        self.said_at = 0.0
        self.tell()

    def here(self) -> None:
        for task in self.tasks:
            self.ensure_wanted()
            self.finished(task, _carry_out(task[0], self.plan.seed, task[1]))

    def elsewhere(self, workers: Workers) -> None:
        """Keep the workers busy until nothing is left; a lost task is handed out again."""
        waiting, losses = iter(self.tasks), 0
        handed_out = _HandedOut(workers, self.plan.seed)
        try:
            handed_out.add(islice(waiting, _IN_FLIGHT))
            while handed_out.tasks:
                self.ensure_wanted()
                future = handed_out.next_done()
                if future is None:
                    self.tell()
                    continue
                error = future.exception()
                if error is None:
                    losses = 0
                    self.finished(handed_out.tasks.pop(future), future.result())
                    handed_out.add(islice(waiting, 1))
                elif workers.is_loss(error):
                    losses += 1
                    if losses >= _MOST_LOSSES:
                        raise WorkersLost(self.done, self.total) from error
                    handed_out.again()
                else:
                    raise error
        finally:
            if handed_out.tasks:
                workers.drop()

    def ensure_wanted(self) -> None:
        cancelled = self.plan.options.cancelled
        if cancelled is not None and cancelled():
            raise ExperimentCancelled(self.done, self.total)

    def finished(self, task: Task, replications: list[Replication]) -> None:
        job, _ = task
        self.results[job.key] += replications
        if self.plan.options.kept is not None:
            self.plan.options.kept.add(job, self.plan.seed, replications)
        self.done += len(replications)
        self.tell()

    def tell(self) -> None:
        """Report how far it is; now and then even if nothing new is finished: time passes."""
        if self.plan.options.progress is not None:
            self.plan.options.progress(self.done, self.total)


class _HandedOut:
    """The tasks that are with the workers."""

    def __init__(self, workers: Workers, seed: int) -> None:
        self.workers, self.seed = workers, seed
        self.tasks: dict[Future[list[Replication]], Task] = {}
        self._done: SimpleQueue[Future[list[Replication]]] = SimpleQueue()

    def add(self, tasks: Iterator[Task]) -> None:
        for task in tasks:
            future = self._submit(task)
            self.tasks[future] = task
            future.add_done_callback(self._done.put)

    def next_done(self) -> Future[list[Replication]] | None:
        """Wait a little for a task to be done; None: none is."""
        deadline = time.monotonic() + _POLL_S
        while (left_s := deadline - time.monotonic()) > 0:
            try:
                future = self._done.get(timeout=left_s)
            except Empty:
                return None
            if future in self.tasks:  # else it was handed out again since
                return future
        return None

    def again(self) -> None:
        """Hand out everything again that was lost with the workers."""
        lost = [task for future, task in self.tasks.items() if not _is_well(future)]
        self.tasks = {future: task for future, task in self.tasks.items() if _is_well(future)}
        self.workers.drop()
        self.add(iter(lost))

    def _submit(self, task: Task) -> Future[list[Replication]]:
        job, chunk = task
        try:
            return self.workers.submit(_carry_out, job, self.seed, chunk)
        except Exception as error:
            if not self.workers.is_loss(error):
                raise
            self.workers.drop()  # they died between two tasks
            return self.workers.submit(_carry_out, job, self.seed, chunk)


def _is_well(future: Future[list[Replication]]) -> bool:
    return future.done() and not future.cancelled() and future.exception() is None


def _carry_out(job: Job, seed: int, chunk: range) -> list[Replication]:
    return replicate(job.scenario, seed=seed, replications=chunk, measure=job.measure)


def _missing(job: Job, plan: Plan, known: Collection[Replication]) -> Iterator[range]:
    """Cut what is missing into tasks of some tenths of a second at most."""
    numbers = {replication.number for replication in known}
    cases = job.scenario.document.run.cases or 0
    size = 1 if cases > _SMALL_CASES else 4
    first = 0
    while first < plan.replications:
        if first in numbers:
            first += 1
            continue
        last = first + 1
        while last < min(first + size, plan.replications) and last not in numbers:
            last += 1
        yield range(first, last)
        first = last
