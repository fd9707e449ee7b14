"""The loop beside the web server: fires the timers that are due."""

from __future__ import annotations

import logging
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from threading import Event

    from engine.process_engine import ProcessEngine

logger = logging.getLogger(__name__)

BATCH = 100
ROUNDS_BETWEEN_CLEANING = 3600


def run(engine: ProcessEngine, *, stop: Event, interval_s: float = 1.0) -> None:
    """Fire due timers until told to stop; whatever goes wrong is logged, and tried again."""
    for number in count():
        if stop.is_set():
            return
        is_more_due = tick(engine)
        if number % ROUNDS_BETWEEN_CLEANING == 0:
            tidy_up(engine)
        if not is_more_due:
            stop.wait(interval_s)


def tick(engine: ProcessEngine) -> bool:
    """Do what is due now, and return whether more may be due already."""
    try:
        return engine.fire_due_timers(limit=BATCH) == BATCH
    except Exception:  # the worker outlives every failure
        logger.exception("the worker could not finish its round")
        return False


def tidy_up(engine: ProcessEngine) -> None:
    """Forget what nobody needs any more."""
    try:
        engine.forget_old_answers()
        engine.seal_history_if_due()
    except Exception:  # the worker outlives every failure
        logger.exception("the worker could not tidy up")
