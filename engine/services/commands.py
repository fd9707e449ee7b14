"""Commands on a case: if model or data stop one, an incident is left behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from engine.errors import ExecutionFailed
from engine.services import failures

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.services.context import Context
    from engine.store.database import Transaction

T = TypeVar("T")


def run(context: Context, work: Callable[[Transaction], T]) -> T:
    """Run a command; what it raises has changed nothing but, maybe, opened an incident."""
    try:
        return context.database.run(work)
    except ExecutionFailed as error:
        failures.of_command(context, error)
        raise
