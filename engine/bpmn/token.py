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


@dataclass(slots=True)
class Frozen:
    """Instances of a large loop that just wait, as they stand in the state, in their order.

    Lists side by side and not a list of objects: nothing is made of an instance not touched.
    """

    ids: list[int | list[int]] = field(default_factory=list)  # its token, or all its tokens
    rows: list[str] = field(default_factory=list)
    written: dict[str, Values] = field(default_factory=dict)  # by its first token; most nothing

    def place_of(self, number: int) -> int | None:
        """Return the place of the instance that a token belongs to."""
        for place, one in enumerate(self.ids):
            if one == number or (isinstance(one, list) and number in one):
                return place
        return None

    def take(self, place: int) -> str:
        """Take an instance out and return its rows."""
        ids, rows = self.ids.pop(place), self.rows.pop(place)
        self.written.pop(str(first_of(ids)), None)
        return rows


def first_of(ids: int | list[int]) -> int:
    """Return the token of an instance from which its others came."""
    return ids if isinstance(ids, int) else ids[0]


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
    frozen: Frozen | None = None  # loops: instances that nobody touched in this command
    detail: Mapping[str, object] = NOTHING  # what history is to remember of its completion
    received: Mapping[str, object] = NOTHING  # values that came with an event, in one command

    def __init__(self, workflow: Any, spec: Any, token_id: int, via: str = "") -> None:
        # Not calling Task.__init__: it draws random ids and asks the machine for the time.
        self.id = token_id
        self.workflow = workflow  # a ProcessWorkflow
        self.task_spec = spec
        self.via = via  # id of the sequence flow it came by
        self.data: Values = NOTHING
        self.parent_id: int | None = None  # number of the fork or scope it came from
        self.child_ids: list[int] = []  # numbers of its branches, or of what is in the scope
        self._state = TaskState.FUTURE
        workflow.tasks[token_id] = self

    @property
    def name(self) -> str:
        """The token's name outside: text, unique in the instance."""
        return str(self.id)

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

    def run(self) -> None:
        """Let the node do its work: it is done at once, or opens a scope and is done later."""
        if self.task_spec._run_hook(self):  # noqa: SLF001 -- how SpiffWorkflow calls it
            self.complete()

    def complete(self) -> None:
        """Count as done and go on."""
        self._state = TaskState.COMPLETED
        self.task_spec._on_complete(self)  # noqa: SLF001 -- how SpiffWorkflow says so

    def cancel(self) -> None:
        """Withdraw the token, unless it is done; what is under it is not its business."""
        if self._state != TaskState.COMPLETED:
            self._state = TaskState.CANCELLED
            self.task_spec._on_cancel(self)  # noqa: SLF001 -- how SpiffWorkflow says so

    def pass_on(self) -> None:
        """Count as done after all: somebody said that a withdrawn token goes on."""
        self._state = TaskState.COMPLETED

    def wait(self) -> None:
        """Let the token wait."""
        self._state = TaskState.WAITING

    def ready(self) -> None:
        """Let the token's node run."""
        self._state = TaskState.READY
        self.task_spec._on_ready(self)  # noqa: SLF001 -- how SpiffWorkflow says so
