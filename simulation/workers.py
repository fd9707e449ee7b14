"""Where replications are carried out: processes of this machine, or a Dask cluster.

Everything else is written against ``concurrent.futures``: a task is a pure function, so that
it may be handed out a second time when its worker is lost.
"""

from __future__ import annotations

import os
import signal
import threading
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from multiprocessing import connection, forkserver, get_context, parent_process
from typing import TYPE_CHECKING, Any, Literal, ParamSpec, Self, TypeVar

from simulation.errors import WorkersRefused

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor, Future
    from multiprocessing.connection import Connection

P = ParamSpec("P")
T = TypeVar("T")
_DASK = "dask://"
_RETRIES = 2


class Workers:
    """An executor that can be dropped with all that runs on it, and opens anew when needed."""

    def __init__(self, open_executor: Callable[[], Executor]) -> None:
        self._open = open_executor
        self._executor: Executor | None = None

    def submit(self, task: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Hand out a task. Raises what ``is_loss`` knows when the workers are gone."""
        if self._executor is None:
            self._executor = self._open()
        return self._executor.submit(task, *args, **kwargs)

    def is_loss(self, error: BaseException) -> bool:
        """Whether a task failed because its worker is gone, not by itself."""
        return isinstance(error, BrokenExecutor)

    def drop(self) -> None:
        """End what runs, as far as that is possible, and forget it."""
        executor, self._executor = self._executor, None
        if executor is not None:
            self._close(executor)

    def _close(self, executor: Executor) -> None:
        executor.shutdown(wait=False, cancel_futures=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.drop()


class ProcessWorkers(Workers):
    """Processes that leave within moments when they are dropped, or when this one is gone."""

    def __init__(
        self, count: int | None = None, *, start_by: Literal["fork", "forkserver"] = "forkserver"
    ) -> None:
        """Use so many processes, by default one per core that this process may use.

        A fork has everything imported already; choose it only where no other thread may hold
        a lock at that moment.
        """
        super().__init__(self._open_pool)
        self._count = count or len(os.sched_getaffinity(0))
        self._context = get_context(start_by)
        self._stop: Connection | None = None

    def _open_pool(self) -> Executor:
        if self._context.get_start_method() == "forkserver":
            self._context.set_forkserver_preload(["simulation.replication"])
            start_deaf_to_ctrl_c()
        notice, self._stop = self._context.Pipe(duplex=False)
        return ProcessPoolExecutor(
            self._count, mp_context=self._context, initializer=_get_ready, initargs=(notice,)
        )

    def drop(self) -> None:
        """End the processes, whatever they are doing."""
        if self._stop is not None:
            self._stop.send_bytes(b"leave")
            self._stop = None
        super().drop()


class DaskWorkers(Workers):
    """The workers of a Dask cluster, which hands out itself what a lost worker had."""

    def __init__(self, address: str) -> None:
        """Connect to a scheduler, such as ``tls://host:8786`` or ``host:8786``.

        Raises:
            WorkersRefused: Dask is not installed, or nobody answers there.
        """
        try:
            from distributed import Client  # an extra: twinflow[cluster]
        except ImportError as error:
            reason = "Dask is not installed; install twinflow[cluster]"
            raise WorkersRefused(f"{_DASK}{address}", reason) from error
        try:
            self._client: Any = Client(address, timeout="10s", set_as_default=False)  # type: ignore[no-untyped-call] # has no types
        except (OSError, ValueError) as error:
            reason = "no Dask scheduler answers there"
            raise WorkersRefused(f"{_DASK}{address}", reason) from error
        super().__init__(lambda: self._client.get_executor(retries=_RETRIES, pure=False))

    def is_loss(self, error: BaseException) -> bool:
        """Whether the cluster gave a task up because its workers died again and again."""
        return type(error).__name__ == "KilledWorker"

    def _close(self, executor: Executor) -> None:
        executor.shutdown(wait=False)  # Dask's cancels what has not begun, and knows no more

    def __exit__(self, *_: object) -> None:
        super().__exit__()
        self._client.close()


def open_workers(setting: str | None, *, processes: int | None = None) -> Workers | None:
    """Return the workers of a setting: nothing or ``processes``, or ``dask://host:8786``.

    None where a single process is enough: then the caller does the work.

    Raises:
        WorkersRefused: the setting is not understood, or nobody answers there.
    """
    if setting and setting.startswith(_DASK):
        return DaskWorkers(setting.removeprefix(_DASK))
    if setting not in {None, "", "processes"}:
        raise WorkersRefused(str(setting), f"allowed: processes, {_DASK}host:port")
    count = processes or len(os.sched_getaffinity(0))
    return None if count == 1 else ProcessWorkers(count)


def _get_ready(notice: Connection) -> None:
    """Make a worker process obey: Ctrl-C is its parent's business, leaving is a message."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_leave_at, args=(notice,), daemon=True).start()


def _leave_at(notice: Connection) -> None:
    parent = parent_process()
    gone = [] if parent is None else [parent.sentinel]
    connection.wait([notice, *gone])  # nobody reads the message: it is for every worker
    os._exit(1)


def start_deaf_to_ctrl_c() -> None:
    """Start the server of the workers so that Ctrl-C does not end it while it still imports."""
    if threading.current_thread() is not threading.main_thread():
        return  # only the main thread handles signals, and nobody interrupts another one
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # inherited
    try:
        forkserver.ensure_running()
    finally:
        signal.signal(signal.SIGINT, before)
