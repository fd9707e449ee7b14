"""Batches: cases are gathered until there are enough of them, or the first has waited enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulation.resources import Alarm

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulation.work.floor import Schedule
    from simulation.work.visits import Visit

    Formed = Callable[[list[Visit], int], None]  # all, now


class Gathering:
    """Gathers the visits to one activity, those with the same value apart from others."""

    def __init__(
        self, size: int, max_wait: int | None, *, schedule: Schedule, formed: Formed
    ) -> None:
        self._size, self._max_wait = size, max_wait
        self._schedule, self._formed = schedule, formed
        self._groups: dict[object, list[Visit]] = {}

    def add(self, visit: Visit, value: object, now: int) -> None:
        """Let a visit wait for others with the same value."""
        group = self._groups.setdefault(value, [])
        group.append(visit)
        if len(group) >= self._size:
            self._close(value, now)
        elif len(group) == 1 and self._max_wait is not None:
            self._set_alarm(value, group, now + self._max_wait, self._max_wait)

    def drop(self, visit: Visit) -> None:
        """Forget a visit that was withdrawn."""
        for value, group in self._groups.items():
            if visit in group:
                group.remove(visit)
                if not group:
                    del self._groups[value]
                return

    def waiting(self) -> list[Visit]:
        """Return those who are gathered and not yet a batch."""
        return [visit for group in self._groups.values() for visit in group]

    def close(self, now: int) -> bool:
        """Let those go who wait for others, as nobody else comes; say whether there are any."""
        values = list(self._groups)
        for value in values:
            self._close(value, now)
        return bool(values)

    def _set_alarm(self, value: object, group: list[Visit], at: int, delay: int) -> None:
        def ring(_: Alarm) -> None:
            if self._groups.get(value) is not group:  # it was closed, or all have left
                return
            assert self._max_wait is not None
            due = group[0].scheduled + self._max_wait  # later if those who came before have left
            if due <= at:
                self._close(value, at)
            else:
                self._set_alarm(value, group, due, due - at)

        self._schedule(Alarm(ring), delay=delay)

    def _close(self, value: object, now: int) -> None:
        group = self._groups.pop(value)
        self._formed(group, now)
