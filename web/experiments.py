"""Studies that run in the background, one folder each, in processes of their own.

One study at a time has the machine; it works on all cores, but at low priority.

A folder holds what was asked (``request.json``), how far it is (``progress.json``), how it ended
(``result.json`` or ``outcome.json``) and a lock that the running job holds while it lives: the
kernel frees it however the job ends, so a study without an ending and without a holder was
interrupted. Every web worker reads the same folders; nothing is kept in memory but child handles.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import subprocess
import sys
import threading
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from engine.bpmn.graph import read_graph
from engine.bpmn.layout import laid_out
from engine.bpmn.read import localised
from web.experiment_files import (
    ALIVE,
    CANCEL,
    LOG,
    OUTCOME,
    PROGRESS,
    REQUEST,
    RESULT,
    ExperimentRun,
    Kind,
    Progress,
    RunState,
    StudyRequest,
    Variant,
    forget_cases,
    model_file,
    read_run,
    write_json,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from engine.clock import Clock
    from engine.domain.process_graph import ProcessGraph

__all__ = [
    "ExperimentNotFinished",
    "ExperimentNotFound",
    "ExperimentRun",
    "Experiments",
    "Kind",
    "Progress",
    "RunState",
    "StudyRequest",
    "TooManyExperiments",
    "Variant",
]

TURN = "turn.lock"
POLL_S = 0.1
CLOSE_WITHIN_S = 10.0


class ExperimentNotFound(LookupError):
    """A study is addressed by the id it was given when it was submitted."""

    def __init__(self, experiment_id: str) -> None:
        super().__init__(f"there is no study {experiment_id!r}")
        self.experiment_id = experiment_id


class ExperimentNotFinished(LookupError):
    """Only a finished study has a result."""

    def __init__(self, experiment_id: str) -> None:
        super().__init__(f"study {experiment_id!r} has no result")
        self.experiment_id = experiment_id


class TooManyExperiments(RuntimeError):
    """Only so many studies may wait for the machine at a time."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"{limit} studies are unfinished already")
        self.limit = limit


class Experiments:
    """Submits studies, says how far they are and gives their results."""

    def __init__(self, root: Path, *, clock: Clock, unfinished_limit: int = 8) -> None:
        self._root, self._clock, self._unfinished_limit = root.resolve(), clock, unfinished_limit
        self._threads: set[threading.Thread] = set()
        self._closing = threading.Event()
        self._guard = threading.Lock()

    def submit(
        self, request: StudyRequest, *, prepare: Callable[[Path], None] | None = None
    ) -> str:
        """Start a study in the background and return its id; ``prepare`` gets its folder."""
        self._ensure_room()
        now = self._clock.now()
        experiment_id = f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
        folder = self._root / experiment_id
        folder.mkdir(parents=True)
        if prepare is not None:
            prepare(folder)
        write_json(folder / REQUEST, {**request.to_json(), "submitted_at": now.isoformat()})
        alive = _locked(folder / ALIVE)  # held before anybody can look
        assert alive is not None
        self._start(folder, alive)
        return experiment_id

    def rerun(self, experiment_id: str, *, by: str | None) -> str:
        """Submit what was asked before once more; the same seed gives the same result."""
        return self.submit(self.get(experiment_id).request.submitted_again(by))

    def get(self, experiment_id: str) -> ExperimentRun:
        """Return one study with its state and progress."""
        return read_run(self._folder(experiment_id))

    def resume(self, experiment_id: str) -> None:
        """Let a study that stopped on the way go on; what it finished is not done again."""
        folder = self._folder(experiment_id)
        self._ensure_room()
        alive = self._taken_over(folder)
        if alive is None:
            return
        for name in (CANCEL, OUTCOME, PROGRESS):
            (folder / name).unlink(missing_ok=True)
        self._start(folder, alive)

    def recent(self, process_key: str, *kinds: Kind, limit: int = 20) -> list[ExperimentRun]:
        """Studies of some kinds about a process, the newest first."""
        runs = (read_run(folder) for folder in self._folders())
        asked = (run for run in runs if run.request.process_key == process_key)
        return list(islice((run for run in asked if run.request.kind in kinds), limit))

    def document(self, experiment_id: str) -> Mapping[str, object]:
        """Return the result document of a finished study."""
        document: Mapping[str, object] = orjson.loads(self.document_bytes(experiment_id))
        return document

    def document_bytes(self, experiment_id: str) -> bytes:
        """Return the result document as it was written."""
        return self._read(experiment_id, RESULT)

    def model(self, experiment_id: str, number: int, language: str) -> bytes:
        """Return a model that was simulated, the baseline's first, with names in one language."""
        return localised(laid_out(self._read(experiment_id, model_file(number))), language)

    def graphs(self, experiment_id: str) -> list[ProcessGraph]:
        """Return the structure of every model that was simulated, the baseline's first."""
        count = len(self.get(experiment_id).request.variants)
        files = [model_file(number) for number in range(count)]
        return [read_graph(self._read(experiment_id, file), source=file) for file in files]

    def _read(self, experiment_id: str, name: str) -> bytes:
        path = self._folder(experiment_id) / name
        if not path.is_file():
            raise ExperimentNotFinished(experiment_id)
        return path.read_bytes()

    def cancel(self, experiment_id: str) -> None:
        """Ask a study to stop; it does so after the replication it is in."""
        folder = self._folder(experiment_id)
        if read_run(folder).state.is_unfinished:
            (folder / CANCEL).touch()

    def remove(self, experiment_id: str) -> None:
        """Forget a study that has ended."""
        folder = self._folder(experiment_id)
        if not read_run(folder).state.is_unfinished:
            shutil.rmtree(folder)

    def close(self) -> None:
        """Stop what this process runs or has waiting; it shows as interrupted afterwards."""
        self._closing.set()
        with self._guard:
            threads = list(self._threads)
        for thread in threads:
            thread.join(timeout=CLOSE_WITHIN_S)

    def _ensure_room(self) -> None:
        unfinished = sum(read_run(folder).state.is_unfinished for folder in self._folders())
        if unfinished >= self._unfinished_limit:
            raise TooManyExperiments(self._unfinished_limit)

    def _folders(self) -> list[Path]:
        if not self._root.is_dir():
            return []
        folders = (path.parent for path in self._root.glob(f"*/{REQUEST}"))
        return sorted(folders, key=lambda path: path.name, reverse=True)

    def _folder(self, experiment_id: str) -> Path:
        folder = self._root / Path(experiment_id).name
        if not (folder / REQUEST).is_file():
            raise ExperimentNotFound(experiment_id)
        return folder

    def _start(self, folder: Path, alive: int) -> None:
        """Watch over the study in a thread, which holds its lock from now on."""
        thread = threading.Thread(target=self._watch, args=(folder, alive), daemon=True)
        with self._guard:
            self._threads.add(thread)
        thread.start()

    def _taken_over(self, folder: Path) -> int | None:
        """Return the lock of a study that stopped on the way, once the old job has let go."""
        for _ in range(round(CLOSE_WITHIN_S / POLL_S)):
            if not read_run(folder).can_go_on:
                return None  # it is finished, or somebody else was quicker
            alive = _locked(folder / ALIVE)
            if alive is not None or self._closing.wait(POLL_S):
                return alive
        return None

    def _watch(self, folder: Path, alive: int) -> None:
        """Wait for the machine, run the job to its end, let go; cases are left nowhere."""
        try:
            turn = self._turn(folder)
            if turn is not None:
                try:
                    self._run(folder, locks=(alive, turn))
                finally:
                    os.close(turn)
        finally:
            forget_cases(folder)
            os.close(alive)
            with self._guard:
                self._threads.discard(threading.current_thread())

    def _turn(self, folder: Path) -> int | None:
        """Wait until no other study has the machine; None if this one is called off."""
        while not self._closing.wait(POLL_S) and not (folder / CANCEL).exists():
            turn = _locked(self._root / TURN)
            if turn is not None:
                return turn
        return None

    def _run(self, folder: Path, *, locks: tuple[int, ...]) -> None:
        """Run the job; the kernel keeps its locks for it even if this process is killed."""
        write_json(folder / PROGRESS, asdict(Progress()))
        with (
            (folder / LOG).open("wb") as log,
            subprocess.Popen(  # noqa: S603 -- our own interpreter and module
                [sys.executable, "-m", "web.experiment_job", str(folder)],
                stdin=subprocess.PIPE,  # closes with this process: the job then stops by itself
                stdout=log,
                stderr=log,
                cwd=Path(__file__).parents[1],  # where the packages are, installed or not
                pass_fds=locks,
            ) as job,
        ):
            while job.poll() is None and not self._closing.wait(POLL_S):
                pass  # leaving closes the job's standard input and waits for it


def _locked(path: Path) -> int | None:
    """Take the lock on a file, or return None while somebody else holds it."""
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    return lock
