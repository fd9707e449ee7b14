"""Commands: state in, what one command does, Delta out."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, Protocol

from engine.bpmn import codec
from engine.bpmn.stepping import advanced
from engine.bpmn.token import NOTHING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from engine.bpmn.delta import Delta
    from engine.bpmn.merge import Values
    from engine.bpmn.program import Program
    from engine.bpmn.runtime import Calendars


class Command(Protocol):
    """What a case is told: its process and state, the moment, and what the command brings.

    Expressions may ask for the facts of the case by name.
    """

    def __call__(
        self,
        program: Program,
        state: bytes,
        *,
        at: datetime,
        calendars: Calendars = NOTHING,
        facts: Values = NOTHING,
        **brought: Any,
    ) -> Delta:
        """Return what changed."""
        ...


def command(act: Callable[..., None]) -> Command:
    """Make a command of what it does to the workflow; the tokens then run until all wait."""

    @wraps(act)
    def told(
        program: Program,
        state: bytes,
        *,
        at: datetime,
        calendars: Calendars = NOTHING,
        facts: Values = NOTHING,
        **brought: Any,
    ) -> Delta:
        workflow = codec.load(state, program.spec, at=at, calendars=calendars, facts=facts)
        act(workflow, **brought)
        return advanced(workflow)

    return told
