"""How the command line runs simulations: in processes of their own, and so that Ctrl-C is kind."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from web.cli.output import progress

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from simulation.executor import RunOptions
    from simulation.kept_results import KeptResults

F = TypeVar("F", bound=Callable[..., Any])


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


@contextmanager
def rehearsing(
    label: str, *, executor: str | None, jobs: int | None, keep: Path | None = None
) -> Iterator[RunOptions]:
    """Give what a rehearsal runs with: a bar, an ear for Ctrl-C, and those who do the work.

    The work is done by processes here, or by the cluster that is named.
    """
    from simulation.executor import RunOptions  # slow: numpy, scipy
    from simulation.workers import open_workers

    with (
        stoppable() as is_stopped,
        progress(label) as advance,
        open_workers(executor, processes=jobs) or nullcontext() as opened,
    ):
        yield RunOptions(advance, is_stopped, opened, kept_in(keep))


def keep_option(command: F) -> F:
    """Add ``--keep``: a folder in which finished replications outlive the command."""
    return click.option(
        "--keep", type=click.Path(file_okay=False, path_type=Path),
        help="Folder for finished replications: a stopped run goes on, more of them only add.",
    )(command)  # fmt: skip


def kept_in(folder: Path | None) -> KeptResults | None:
    """Return the folder of kept results, if one was named."""
    from simulation.kept_results import KeptResults

    return None if folder is None else KeptResults(folder)
