"""The loops beside the web server: what is due by itself is done here.

Three kinds of work have threads of their own, so that a slow service holds up no timer and a
slow mail server no service. As many workers as one likes may run on one PostgreSQL database,
each job is done by one of them; on SQLite they take turns.
"""

from __future__ import annotations

import logging
import threading
from itertools import count
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from threading import Event

    from engine.process_engine import ProcessEngine

    # Does what is due and returns how much that was.
    Round: TypeAlias = Callable[[], int]

logger = logging.getLogger(__name__)

BATCH, CALLS, LETTERS = 100, 20, 20  # claimed at once
ROUNDS_BETWEEN_CLEANING = 3600
CALLERS = 2  # threads that call services and run scripts
LONGEST_GOODBYE_S = 10.0  # how long a service that is being called is waited for at the end


def run(
    engine: ProcessEngine, *, stop: Event, interval_s: float = 1.0, callers: int = CALLERS
) -> None:
    """Do what is due until told to stop; whatever goes wrong is logged, and tried again.

    ``callers`` is the number of threads that call services, beside one that sends mail; with
    none, neither is done here.
    """
    rounds: list[Sequence[Round]] = [_calls(engine, stop)] * callers
    rounds += [_mails(engine)] if callers else []
    threads = [
        threading.Thread(target=repeat, args=(each, stop, interval_s), name="worker", daemon=True)
        for each in rounds
    ]
    for thread in threads:
        thread.start()
    repeat(_inside(engine, stop), stop, interval_s, tidy_up=lambda: tidy_up(engine))
    for thread in threads:
        thread.join(LONGEST_GOODBYE_S)


def repeat(
    rounds: Sequence[Round],
    stop: Event,
    interval_s: float,
    *,
    tidy_up: Callable[[], None] | None = None,
) -> None:
    """Take one round after the other; when there was nothing to do in any, wait a moment."""
    for number in count():
        if stop.is_set():
            return
        done = [attempt(each) for each in rounds]
        if tidy_up is not None and number % ROUNDS_BETWEEN_CLEANING == 0:
            tidy_up()
        if not any(done):
            stop.wait(interval_s)


def attempt(work: Round) -> int:
    """Take one round and return how much was done; it outlives every failure."""
    try:
        return work()
    except Exception:  # the worker outlives every failure
        logger.exception("the worker could not finish its round")
        return 0


def tidy_up(engine: ProcessEngine) -> None:
    """Forget what nobody needs any more, and seal what happened."""
    attempt(engine.forget_old_answers)
    attempt(engine.forget_old_messages)
    attempt(engine.forget_old_drafts)
    attempt(engine.forget_old_letters)
    attempt(engine.forget_old_migrations)
    attempt(lambda: int(engine.seal_history_if_due() is not None))


def _inside(engine: ProcessEngine, stop: Event) -> Sequence[Round]:
    return (
        lambda: engine.fire_due_timers(limit=BATCH, should_stop=stop.is_set),
        lambda: engine.escalate_due(limit=BATCH),
        lambda: engine.sweep_messages(limit=BATCH),
        lambda: engine.work_bulk(limit=BATCH, should_stop=stop.is_set),
    )


def _calls(engine: ProcessEngine, stop: Event) -> Sequence[Round]:
    return (lambda: engine.call_due_services(limit=CALLS, should_stop=stop.is_set),)


def _mails(engine: ProcessEngine) -> Sequence[Round]:
    return (lambda: engine.send_due_letters(limit=LETTERS),)
