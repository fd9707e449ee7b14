"""A visit of a case to an activity: it waits, is worked on, rests, is over."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulation.work.crews import Member


class State(IntEnum):
    """Where a visit is."""

    WAITING = 0
    WORKING = 1
    OVER = 2


class Host(Protocol):
    """Whom a visit belongs to, if somebody may withdraw it."""

    visit: Withdrawable | None

    def done(self, now: int) -> None:
        """Go on: the visit is done."""

    def abandoned(self, now: int) -> None:
        """Go elsewhere: the case has left the queue."""


class Withdrawable(Protocol):
    """What waits or is worked on and can be withdrawn."""

    def withdraw(self, now: int) -> None:
        """Leave the queue, or stop the work; units are free at once."""


class Place(Protocol):
    """The activity that is visited."""

    def withdraw(self, visit: Visit, now: int) -> None:
        """Take a visit out, whatever it is at."""


class Session:
    """A stretch of work by one team; also the SimPy event that ends it."""

    __slots__ = ("begun", "callbacks", "ends", "visit")
    _ok = True

    callbacks: tuple[Callable[[Session], None], ...]

    def __init__(self, visit: Visit, begun: int, ends: int) -> None:
        self.visit, self.begun, self.ends = visit, begun, ends


class Visit:
    """One visit; a batch is a visit of its own, with those who ride along."""

    __slots__ = (
        *("attempts", "began", "case", "frame", "host", "is_counted", "key", "left", "load"),
        *("number", "place", "priority", "riders", "scheduled", "session", "state", "team"),
        *("spent", "turn", "unit", "work"),
    )

    def __init__(self, place: Place, frame: int, case: int, number: int, now: int) -> None:
        self.place, self.frame, self.case, self.number = place, frame, case, number
        self.scheduled, self.began = now, -1
        self.state, self.attempts, self.turn, self.unit = State.WAITING, 0, 0, -1
        self.is_counted = False  # among those who wait in its queue
        self.work = self.left = 0  # µs: in full, and what is left of it
        self.spent = 0  # µs: what was done, by whomever
        self.priority = 0.0
        self.key: tuple[float, ...] = ()
        self.team: tuple[Member, ...] = ()
        self.session: Session | None = None
        self.host: Host | None = None
        self.riders: list[Visit] | None = None  # of a batch
        self.load: Visit | None = None  # the batch a case rides in

    def withdraw(self, now: int) -> None:
        """Leave the queue, or stop the work; units are free at once."""
        self.place.withdraw(self, now)

    def is_under_way(self, now: int) -> bool:
        """Whether there is work left to do, and somebody does it."""
        return self.session is not None and self.session.ends > now

    @property
    def cases(self) -> list[Visit]:
        """Return the visits of cases: this one, or those of a batch."""
        return [self] if self.riders is None else self.riders


def is_kept(visit: Visit) -> bool:
    """Whether nobody has withdrawn a visit: its host still waits for it."""
    return visit.host is None or visit.host.visit is visit
