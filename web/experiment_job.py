"""The process that carries out one study: ``python -m web.experiment_job FOLDER``.

It works at low priority, so that staff pages stay quick, and stops when it is cancelled or when
the web process that started it is gone.
"""

from __future__ import annotations

import os
import shutil
import sys
import threading
import time
from dataclasses import asdict, replace
from pathlib import Path

from simulation.errors import ExperimentCancelled, SimulationError
from simulation.executor import RunOptions
from simulation.kept_results import KeptResults
from simulation.scenario.load import load
from simulation.workers import ProcessWorkers
from web.experiment_files import (
    CANCEL,
    CASES,
    KEPT,
    OUTCOME,
    PROGRESS,
    REQUEST,
    RESULT,
    Kind,
    Progress,
    RunState,
    StudyRequest,
    forget_cases,
    model_file,
    read_json,
    write_json,
)
from web.experiment_kinds import carry_out, counts_ahead

NICENESS = 10
WRITE_EVERY_S = 0.2
KEPT_BYTES = 500_000_000


class Job:
    """One study in its folder: says how far it is and notices when it shall stop."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._orphaned = threading.Event()
        self._began = self._written = time.monotonic()
        self._finished = 0

    def watch_parent(self) -> None:
        """Notice the end of the web process: it holds the other end of our standard input."""

        def wait_for_end() -> None:
            os.read(0, 1)  # not sys.stdin: its lock would be taken along by every fork
            self._orphaned.set()

        threading.Thread(target=wait_for_end, daemon=True).start()

    def is_stopped(self) -> bool:
        """Whether the study shall stop."""
        return self._orphaned.is_set() or (self.folder / CANCEL).exists()

    def leave_when_stopped(self) -> None:
        """End the process when it shall stop: a fit of many distributions does not ask."""

        def look() -> None:
            while not self.is_stopped():
                time.sleep(WRITE_EVERY_S)
            if not (self.folder / RESULT).exists() and (self.folder / CANCEL).exists():
                self.end(RunState.CANCELLED)
            forget_cases(self.folder)
            os._exit(0)

        threading.Thread(target=look, daemon=True).start()

    def report(self, done: int, total: int) -> None:
        """Write the progress, a few times a second at most."""
        now = time.monotonic()
        if 0 < done < total and now - self._written < WRITE_EVERY_S:
            return
        self._written = now
        progress = Progress(done=done, total=total, elapsed_s=now - self._began)
        write_json(self.folder / PROGRESS, asdict(progress))

    def count(self, done: int, total: int) -> None:
        """Write how much is done, batch after batch, where nobody knows how many there are."""
        if done == total:
            self._finished, done = self._finished + total, 0
        now = time.monotonic()
        if now - self._written < WRITE_EVERY_S:
            return
        self._written = now
        so_far = Progress(done=self._finished + done, elapsed_s=now - self._began)
        write_json(self.folder / PROGRESS, asdict(so_far))

    def end(self, state: RunState, problem: str | None = None) -> None:
        """Say how the study ended."""
        write_json(self.folder / OUTCOME, {"state": state.value, "problem": problem})


def work(job: Job, request: StudyRequest) -> None:
    """Carry out a study and keep the result, the models beside it."""
    scenarios = [load(variant.path, patch=variant.patch or None) for variant in request.variants]
    for number, (variant, scenario) in enumerate(zip(request.variants, scenarios, strict=True)):
        model = Path(variant.path).parent / scenario.document.model
        shutil.copyfile(model, job.folder / model_file(number))
    kept = KeptResults(job.folder.parent / KEPT)
    kept.trim(KEPT_BYTES)
    report = job.report if counts_ahead(request.kind) else job.count
    # a fork has everything imported already; this process has nothing but a thread that reads
    with ProcessWorkers(start_by="fork" if sys.platform == "linux" else "forkserver") as workers:
        options = RunOptions(report, job.is_stopped, workers, kept)
        write_json(job.folder / RESULT, carry_out(request, scenarios, options))
    job.end(RunState.DONE)


def taken(job: Job) -> StudyRequest:
    """Return the request; the open cases of a forecast are not left in the folder."""
    request = StudyRequest.from_json(read_json(job.folder / REQUEST) or {})
    if request.kind is Kind.FORECAST:
        forget_cases(job.folder)
    if request.kind is Kind.LEARNING:
        log = str(job.folder / CASES)
        return replace(request, question={**request.question, "log": log})
    return request


def main(arguments: list[str]) -> int:
    """Carry out the study in a folder."""
    job = Job(Path(arguments[0]))
    os.nice(NICENESS)
    job.watch_parent()
    job.report(0, 0)
    request = taken(job)
    if request.kind is Kind.LEARNING:
        job.leave_when_stopped()
    try:
        work(job, request)
    except ExperimentCancelled:
        if (job.folder / CANCEL).exists():
            job.end(RunState.CANCELLED)
    except SimulationError as error:
        job.end(RunState.FAILED, str(error))
    finally:
        forget_cases(job.folder)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
