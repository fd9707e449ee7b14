"""What Prosimos does with people whose hours differ: told wherever figures come out otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST_NAMES = 5


def hours_differ(tasks: Sequence[str]) -> str:
    """Return the words about tasks that people with different calendars share.

    Prosimos 2.1 books a case, when it comes to a task, for whoever has been free for the
    longest time, and asks for the calendar only then: the case waits for somebody who has gone
    home while a colleague is there and idle. Measured and computed by hand in
    docs/how-to/other-simulators.md.
    """
    names = ", ".join(tasks[:_MOST_NAMES]) + "…" * (len(tasks) > _MOST_NAMES)
    return (
        f"{names}: those who share the work have different hours; Prosimos 2.1 gives it to whoever "
        "has been free for longest, even off duty, here somebody on duty does it"
    )
