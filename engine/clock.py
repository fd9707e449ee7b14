"""Where the engine gets the time from; tests hand in a clock they can move."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time in UTC."""

    def now(self) -> datetime:
        """Return the present moment as an aware UTC datetime."""
        ...


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        """Return the present moment as an aware UTC datetime."""
        return datetime.now(UTC)  # noqa: TID251 -- the one place that may ask the machine


class FixedClock:
    """A clock that stands still until it is moved."""

    def __init__(self, at: datetime) -> None:
        if at.tzinfo is None:
            raise ValueError("a clock needs an aware datetime")
        self._now = at.astimezone(UTC)

    def now(self) -> datetime:
        """Return the moment the clock was set to."""
        return self._now

    def advance(self, by: timedelta) -> None:
        """Move the clock forward; a negative step is a bug of the caller."""
        if by < timedelta(0):
            raise ValueError(f"a clock does not run backwards: {by}")
        self._now += by

    def set(self, at: datetime) -> None:
        """Set the clock to a moment that is not earlier than the present one."""
        self.advance(at - self._now)
