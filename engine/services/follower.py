"""Follower: does right after a command is stored what a worker would find a moment later."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from engine.services import delivery, jobs
from engine.services.context import Follower

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.services.context import Context

logger = logging.getLogger(__name__)


class QuickFollower(Follower):
    """Jobs and messages at once, so that people need not wait for a worker."""

    def do_job_at(self, context: Context, instance_id: int, token: str) -> None:
        """Do the job of a token."""
        _try(lambda: jobs.run_soon(context, instance_id, token))

    def do_job(self, context: Context, job_id: int) -> None:
        """Do a job."""
        _try(lambda: jobs.run_now(context, job_id))

    def deliver(self, context: Context, message: int) -> None:
        """Deliver a stored message."""
        _try(lambda: delivery.deliver_stored(context, message))

    def deliver_early(self, context: Context, name: str) -> None:
        """Deliver messages that came before somebody waited for them."""
        _try(lambda: delivery.deliver_waiting(context, name))


def _try(work: Callable[[], object]) -> None:
    """Do it now, or leave it to the worker: the command before it is stored, whatever happens."""
    try:
        work()
    except Exception:  # the command must not seem to have failed
        logger.exception("what follows a command is left to the worker")
