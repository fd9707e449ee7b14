"""Frames: the instances of scopes in which tokens live.

Frame i of the cases that arrive is the process of case i. Others are opened by subprocesses,
calls, event subprocesses and cases that a message starts. A plain net has none of these: its
frames are its cases.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.domain.process_graph import EventKind

    Enter = Callable[[int, int], None]  # frame, now
    Begin = Callable[[int, int, "Host"], None]  # frame, now, whom to tell


class Thrown(NamedTuple):
    """An error, escalation or cancellation on its way out."""

    kind: EventKind
    code: str | None


class Done(NamedTuple):
    """An activity that is done and can be undone."""

    activity: int  # its number
    handler: int  # number of the activity that undoes it; -1: what was done inside is undone
    inside: list[Done]


class Visit(Protocol):
    """What waits or is worked on and can be withdrawn."""

    def withdraw(self, now: int) -> None:
        """Stop at once: leave the queue, stop the work, withdraw everything inside."""


class Open(ABC):
    """A visit that is recorded when the run is cut before it is over."""

    __slots__ = ()

    @abstractmethod
    def withdraw(self, now: int) -> None:
        """Stop at once."""

    @abstractmethod
    def cut(self) -> None:
        """Record it."""


class Kept(Protocol):
    """A token that waits in a frame."""

    @property
    def index(self) -> int:
        """Return the number of the node it waits at."""

    is_scope: bool  # what it waits for waits in a frame of its own

    def withdraw(self, now: int) -> None:
        """Stop at once."""

    def cut(self) -> None:
        """Record what is open when the run is cut."""


class Host(Protocol):
    """Whom a visit belongs to; ``begin`` sets ``visit`` before anything can happen in it."""

    visit: Visit | None
    entries: list[Done]  # what can be undone if the visit is done

    def done(self, now: int) -> None:
        """Go on: the visit is done."""

    def thrown(self, thrown: Thrown, now: int) -> None:
        """Catch what was thrown inside the visit, or let it further out."""

    def abandoned(self, now: int) -> None:
        """Go where those go who left the queue inside, or let it further out."""


class Meeting(Protocol):
    """An inclusive join."""

    def look(self, frame: int, now: int) -> None:
        """Look soon whether the join can go on."""


class Scope(Protocol):
    """The instance of a scope."""

    def thrown(self, thrown: Thrown, now: int, *, has_taken_over: bool = False) -> None:
        """Catch what was thrown inside, or let it further out."""

    def abandoned(self, now: int) -> None:
        """Let it further out that somebody left a queue inside."""

    def take(self, activity: int) -> list[Done]:
        """Take what is to be undone: the visits to an activity; -1: all that was done."""

    def remember(self, entries: Sequence[Done]) -> None:
        """Keep what can be undone."""

    def empty(self, now: int) -> None:
        """Withdraw everything inside; the scope stays."""

    def cancel(self, now: int) -> None:
        """Leave by the cancel event at the border."""

    def token_ended(self, now: int) -> None:
        """Close the scope: its last token has ended."""

    def terminate(self, now: int) -> None:
        """Withdraw every token inside, and go on behind the scope."""


class Frames:
    """Which case a frame belongs to, how many tokens it has, and what waits in it."""

    __slots__ = ("_free", "case_of", "joins", "live", "made", "scopes", "turn", "waiting")

    def __init__(self, cases: int, *, is_plain: bool) -> None:
        self.case_of: Sequence[int] = range(cases) if is_plain else list(range(cases))
        self.live = [1] * cases
        self.turn = [] if is_plain else [0] * cases  # changes when a frame is emptied or closed
        self.waiting: defaultdict[int, dict[Kept, None]] = defaultdict(dict)
        self.joins: defaultdict[int, dict[int, list[int]]] = defaultdict(dict)
        self.scopes: dict[int, Scope] = {}
        self.made: Callable[[int], Any]  # makes the scope of a case that has none yet
        self._free: list[int] = []

    def open(self, case: int, tokens: int) -> int:
        """Return a new frame of a case."""
        if self._free:
            frame = self._free.pop()
            self.live[frame] = tokens
            self.case_of[frame] = case  # type: ignore[index] # a list: the net is not plain
            return frame
        self.case_of.append(case)  # type: ignore[attr-defined] # the same
        self.live.append(tokens)
        self.turn.append(0)
        return len(self.live) - 1

    def scope(self, frame: int) -> Scope:
        """Return the scope that a frame is an instance of."""
        known = self.scopes.get(frame)
        if known is None:
            known = self.made(frame)
        return known

    def leave(self, frame: int, visit: Kept) -> None:
        """Forget what waited in a frame, and the frame's list with its last entry."""
        waiting = self.waiting.get(frame)
        if waiting is not None:
            waiting.pop(visit, None)
            if not waiting:
                del self.waiting[frame]

    def empty(self, frame: int, now: int) -> None:
        """Withdraw all that waits in a frame, the last that came first; tokens on their way stop.

        So no unit is given to somebody who is withdrawn in the next moment.
        """
        self.turn[frame] += 1
        self.live[frame] = 0
        self.joins.pop(frame, None)
        for visit in reversed(self.waiting.pop(frame, {})):
            visit.withdraw(now)

    def waited_at(self) -> int | None:
        """Return the number of a node at which tokens wait in innermost frames; None: nowhere."""
        at_joins = Counter(
            index
            for joins in self.joins.values()
            for index, arrived in joins.items()
            if any(arrived)
        )
        waiting = Counter(
            visit.index
            for visits in self.waiting.values()
            for visit in visits
            if not visit.is_scope
        )
        found = at_joins or waiting
        return found.most_common(1)[0][0] if found else None

    def cut(self) -> None:
        """Record what is open when the run is cut."""
        for visits in self.waiting.values():
            for visit in visits:
                visit.cut()

    def close(self, frame: int) -> None:
        """Forget an empty frame; its number is used again."""
        self.turn[frame] += 1
        self.joins.pop(frame, None)
        self.waiting.pop(frame, None)
        self.scopes.pop(frame, None)
        self._free.append(frame)
