"""Compensation: activities that are done are undone, the last one first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulation.flow.frames import Done, Open

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulation.flow.context import Flow
    from simulation.flow.frames import Enter, Thrown, Visit
    from simulation.net import Node


class Undoing:
    """Runs handlers one after another; a token waits for them."""

    __slots__ = ("_after", "_flow", "_frame", "_left", "entries", "index", "inside", "visit")
    is_scope = False

    def __init__(
        self, flow: Flow, frame: int, index: int, left: list[Done], after: Callable[[int], None]
    ) -> None:
        self._flow, self._frame, self.index = flow, frame, index
        self._left, self._after = left, after
        self.visit: Visit | None = None
        self.entries: list[Done] = []
        self.inside: list[Done] = []
        flow.frames.waiting[frame][self] = None

    def go_on(self, now: int) -> None:
        """Begin to undo the youngest activity that a handler is drawn for; then go on."""
        while self._left:
            youngest = self._left.pop()
            if youngest.handler < 0:
                self._left += youngest.inside
                continue
            self.inside = list(youngest.inside)
            self._flow.begins[youngest.handler](self._frame, now, self)
            return
        self._flow.frames.leave(self._frame, self)
        self._after(now)

    def done(self, now: int) -> None:
        """Begin the next handler."""
        self.visit = None
        self.go_on(now)

    def thrown(self, thrown: Thrown, now: int) -> None:
        """Let out what a handler throws."""
        self._flow.frames.scope(self._frame).thrown(thrown, now)

    def abandoned(self, now: int) -> None:
        """Let further out that somebody left the queue of a handler."""
        self._flow.frames.scope(self._frame).abandoned(now)

    def withdraw(self, now: int) -> None:
        """Stop."""
        if self.visit is not None:
            self.visit.withdraw(now)
            self.visit = None

    def cut(self) -> None:
        """Record the handler that is at work when the run is cut."""
        if isinstance(self.visit, Open):
            self.visit.cut()


def compensating(flow: Flow, index: int, node: Node) -> Enter:
    """Undo what is done in the scope, or one activity of it; go on when that is done."""
    throws, frames, ways = node.throws, flow.frames, flow.ways[index]
    assert throws is not None

    def enter(frame: int, now: int) -> None:
        left = frames.scope(frame).take(throws.activity)
        if throws.waits:
            Undoing(flow, frame, index, left, lambda at: ways[0](frame, at)).go_on(now)
            return
        frames.live[frame] += 1
        before = frames.turn[frame]
        Undoing(flow, frame, index, left, lambda at: flow.end(frame, at)).go_on(now)
        if frames.turn[frame] == before:
            ways[0](frame, now)

    return enter


def cancelling(flow: Flow, index: int) -> Enter:
    """Withdraw every token of a transaction, undo what was done in it, leave by its border."""
    frames = flow.frames

    def enter(frame: int, now: int) -> None:
        scope = frames.scope(frame)
        scope.empty(now)
        frames.live[frame] = 1
        Undoing(flow, frame, index, scope.take(-1), scope.cancel).go_on(now)

    return enter
