"""What is armed and may be disarmed: timers, and who waits for something to happen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    Happens = Callable[[int], None]  # now
    Arm = Callable[[int, int, Happens], "Armed"]  # frame, now, what to do then

LATE = 2  # after SimPy's NORMAL events of the same moment


class Armed(Protocol):
    """What waits for something to happen."""

    def disarm(self) -> None:
        """Wait no more."""


class Never:
    """Waits for what does not happen."""

    def disarm(self) -> None:
        """Nothing."""


class Timer:
    """A SimPy event at which something happens, unless it is disarmed before."""

    __slots__ = ("at", "callbacks", "happens")
    _ok = True

    def __init__(self, at: int, happens: Happens) -> None:
        self.at, self.happens = at, happens
        self.callbacks: tuple[Callable[[Timer], None], ...] = _RING

    def disarm(self) -> None:
        """Let nothing happen."""
        self.callbacks = ()


def _ring(timer: Timer) -> None:
    timer.happens(timer.at)


_RING = (_ring,)
