"""How the command line runs simulations: in processes of their own, and so that Ctrl-C is kind."""

from __future__ import annotations

import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, nullcontext
from multiprocessing import forkserver, get_context
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Executor
    from contextlib import AbstractContextManager
    from types import FrameType


@contextmanager
def stoppable() -> Iterator[Callable[[], bool]]:
    """Turn the first Ctrl-C into a wish to stop; the second ends the program at once."""
    stop = threading.Event()

    def ask(_number: int, _frame: FrameType | None) -> None:
        stop.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield stop.is_set
    finally:
        signal.signal(signal.SIGINT, before)


def workers(jobs: int | None) -> AbstractContextManager[Executor | None]:
    """Return worker processes, one per core by default; none if one job is enough."""
    count = jobs or len(os.sched_getaffinity(0))
    if count == 1:
        return nullcontext()
    # Not forked: the thread of the progress bar may hold a lock at that moment.
    context = get_context("forkserver")
    context.set_forkserver_preload(["simulation.replication"])
    start_deaf_to_ctrl_c()
    return ProcessPoolExecutor(count, mp_context=context, initializer=leave_ctrl_c_to_the_parent)


def start_deaf_to_ctrl_c() -> None:
    """Start the server of the workers so that Ctrl-C does not end it while it still imports."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # inherited
    try:
        forkserver.ensure_running()
    finally:
        signal.signal(signal.SIGINT, before)


def leave_ctrl_c_to_the_parent() -> None:
    """Let a worker finish its replication when the terminal interrupts the whole group."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
