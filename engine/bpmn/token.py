"""Token: where a process instance stands; also the forks and scopes that tokens came from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.bpmn.merge import Values

NOTHING: Mapping[str, Any] = {}  # shared: nobody writes to it


@dataclass(frozen=True, slots=True)
class Done:
    """A visit that compensation can undo: its activity, and the data as of its completion."""

    token: int
    step: str  # name of the activity's spec
    data: Values
    inside: list[Done] = field(default_factory=list)  # of a scope: what was done in it


class Token(Task):  # type: ignore[misc] # untyped base
    """A token at a flow node: one visit of the node.

    Without children it is a leaf: it waits, or is ready. With children it is a fork (state
    COMPLETED), which goes when one branch is left, or a scope (state STARTED), which stays until
    no token that counts is in it.
    """

    # Most tokens have none of these; they take their places in the class until they are set.
    triggered = False
    thread_id = 0
    last_state_change = 0.0
    internal_data: Mapping[str, Any] = NOTHING
    outer: Values | None = None  # data without what is local to the activity; None: as ``data``
    base: Values | None = None  # data it began with, if not those of its fork
    done: list[Done] | None = None  # scopes: what compensation can undo
    detail: Mapping[str, object] = NOTHING  # what history is to remember of its completion
    received: Mapping[str, object] = NOTHING  # values that came with an event, in one command

    def __init__(self, workflow: Any, spec: Any, token_id: int, via: str = "") -> None:
        # Not calling Task.__init__: it draws random ids and asks the machine for the time.
        self.id = token_id
        self.workflow = workflow  # a ProcessWorkflow
        self.task_spec = spec
        self.via = via  # id of the sequence flow it came by
        self.data: Values = NOTHING
        self._parent: int | None = None
        self._children: list[int] = []
        self._state = TaskState.FUTURE
        workflow.tasks[token_id] = self

    @property
    def name(self) -> str:
        """The token's name outside: text, unique in the instance."""
        return str(self.id)

    @property
    def parent_id(self) -> int | None:
        """The number of the fork or scope the token came from."""
        return self._parent

    @parent_id.setter
    def parent_id(self, fork_id: int) -> None:
        self._parent = fork_id

    @property
    def child_ids(self) -> list[int]:
        """The numbers of the branches of a fork, or of what is directly in a scope."""
        return self._children

    @child_ids.setter
    def child_ids(self, ids: list[int]) -> None:
        self._children = ids

    def _set_state(self, value: int) -> None:
        self._state = value

    @property
    def is_scope(self) -> bool:
        """Return whether the token stands for a scope that is open."""
        return bool(self._state == TaskState.STARTED)

    def is_waiting(self) -> bool:
        """Return whether the token waits, but not for a person."""
        return bool(self._state == TaskState.WAITING)

    def is_ready(self) -> bool:
        """Return whether the token's node can run, or be done by a person."""
        return bool(self._state == TaskState.READY)

    def wait(self) -> None:
        """Let the token wait."""
        self._state = TaskState.WAITING

    def ready(self) -> None:
        """Let the token's node run."""
        self._state = TaskState.READY
        self.task_spec._on_ready(self)  # noqa: SLF001 -- how SpiffWorkflow says so
