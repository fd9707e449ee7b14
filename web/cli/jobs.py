"""``twinflow worker``: what is due by itself, beside servers that run without a worker."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING

import click

from web.cli.session import opened_engine

if TYPE_CHECKING:
    from types import FrameType


@click.command()
@click.option("--interval", "interval_s", default=1.0, show_default=True,
              type=click.FloatRange(0.05, 3600), help="Seconds between two looks.")  # fmt: skip
@click.option("--callers", default=2, show_default=True, type=click.IntRange(0, 32),
              help="Threads that call services; with 0, none are called, and no mail is sent.",
              )  # fmt: skip
def worker(interval_s: float, callers: int) -> None:
    """Do what is due: timers, services, scripts, messages and mail.

    \b
    twinflow worker
    twinflow worker --callers 8

    For servers that run with --no-worker. Several workers may run on one PostgreSQL database.
    """
    from engine.worker import run  # slow: the engine

    stop = threading.Event()

    def ask(_number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt  # the second time: at once; what is stored is safe
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, ask)
    with opened_engine() as engine:
        click.echo("the worker does what is due (Ctrl-C stops it)")
        run(engine, stop=stop, interval_s=interval_s, callers=callers)
