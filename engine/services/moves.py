"""Moves: what a step is made of, before it is taken."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Protocol

from engine.errors import EngineError, ExecutionFailed
from engine.services.recorder import Recorder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime
    from typing import TypeAlias

    from engine.bpmn.delta import Delta
    from engine.domain.instance import InstanceId, InstanceState
    from engine.domain.routing import Route
    from engine.services.context import Context
    from engine.services.deployed import DeployedProcess
    from engine.store.database import Transaction
    from engine.store.instances import LockedInstance

    # A function of engine.bpmn.run that knows all but program, state and moment.
    Move: TypeAlias = Callable[..., Delta]


@dataclass(frozen=True, slots=True)
class Cause:
    """Who made the token move, which one, and what is to be remembered of it."""

    token: str | None = None
    actor: str | None = None
    detail: Mapping[str, object] = field(default_factory=dict)
    may_be_suspended: bool = False  # an operator changes a case that stands still


@dataclass(frozen=True, slots=True)
class Beginning:
    """A case to be started."""

    deployed: DeployedProcess
    event_id: str
    values: Mapping[str, object]
    business_key: str
    by: str | None = None
    caller: LockedInstance | None = None
    caller_token: str | None = None
    detail: Mapping[str, object] = field(default_factory=dict)
    route: Route | None = None  # how it came to its version, if by rules


class Tree(Protocol):
    """The cases of one tree, as one command finds and leaves them; its root is locked."""

    context: Context
    tx: Transaction
    at: datetime

    def case(self, instance_id: int) -> LockedInstance:
        """Return a case of the tree as this command left it so far."""
        ...

    def replace(self, locked: LockedInstance) -> None:
        """Note how this command left a case."""
        ...

    def step(self, locked: LockedInstance, move: Move, cause: Cause) -> None:
        """Let a case take a step, and store it."""
        ...

    def begin(self, beginning: Beginning) -> InstanceId:
        """Start a case, and store it."""
        ...

    def end(self, locked: LockedInstance, state: InstanceState, recorder: Recorder) -> None:
        """End a case as it stands."""
        ...


def moving(function: Callable[..., Delta], **known: object) -> Move:
    """Return a move: a function of ``engine.bpmn.run`` with all but what the step knows."""
    return partial(function, **known)


def recorder_of(locked: LockedInstance, at: datetime) -> Recorder:
    """Return a recorder that goes on where the history of a case ends."""
    case = locked.instance
    return Recorder(case.process_key, case.business_key, tail=locked.tail, at=at)


@contextmanager
def failures_told(instance_id: int, token: str | None) -> Iterator[None]:
    """Note on a failed step whose it was, so that it can become an incident of that case."""
    try:
        yield
    except ExecutionFailed as error:
        error.instance_id, error.token = instance_id, token
        raise
    except EngineError as error:
        failed = ExecutionFailed(token or "process", str(error))
        failed.instance_id, failed.token = instance_id, token
        raise failed from error
