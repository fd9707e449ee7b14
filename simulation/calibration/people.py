"""People with hours of their own: those who are never seen while their colleagues work.

That a person does nothing in a slow hour proves nothing: others did the work. So the events of
each person are compared with those of the whole role in the same half hour of the day and on
the same weekday; where the role's events would bring many of theirs and there are none, the
person is not there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulation.calibration.calendars import SLOT_S
from simulation.calibration.week import DAY_S, WEEK_S, OpenWeek

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from simulation.calibration.calendars import Hours
    from simulation.calibration.staffing import Staffing
    from simulation.calibration.work import Floats, Ints, Work

_DAY_SLOTS = int(DAY_S / SLOT_S)
_ABSENT_SHARE = 0.05  # of the events expected: somebody helped out
_FEWEST_EXPECTED = 12.0  # none of so many is no chance
_SHORTEST_RUN = 3  # slots
_MOST_PEOPLE = 60


def learn_people(
    work: Work, staffing: Staffing, hours: Mapping[str, Hours]
) -> dict[str, dict[str, OpenWeek]]:
    """Return, by role, the people whose hours differ from it; roles without any are left out."""
    found = {}
    for code, role in enumerate(staffing.names):
        rows = np.flatnonzero((staffing.of_row == code) & (work.resource >= 0))
        own = _of_role(work, rows, hours[role].week)
        if own:
            found[role] = own
    return found


class RowHours:
    """The hours that hold for rows of a role: of their person, else of the role."""

    def __init__(self, work: Work, week: OpenWeek, own: Mapping[str, OpenWeek]) -> None:
        self.work, self.week, self.own = work, week, own

    def worked(self, rows: Ints) -> Floats:
        """Return the open time from start to end, by row."""
        found = np.zeros(len(rows))
        for mine, week in self._groups(rows):
            taken = rows[mine]
            found[mine] = week.between(self.work.started_s[taken], self.work.ended_s[taken])
        return found

    def is_open(self, rows: Ints, moments: Floats) -> NDArray[np.bool_]:
        """Say by row whether a moment of its own lies in its hours."""
        found = np.zeros(len(rows), dtype=np.bool_)
        for mine, week in self._groups(rows):
            found[mine] = week.is_open(moments[mine])
        return found

    def _groups(self, rows: Ints) -> Iterator[tuple[NDArray[np.bool_], OpenWeek]]:
        who = self.work.resource[rows]
        rest = np.ones(len(rows), dtype=np.bool_)
        for name, week in self.own.items():
            mine = who == self.work.resources.index(name)
            rest &= ~mine
            yield mine, week
        yield rest, self.week


def _of_role(work: Work, rows: Ints, week: OpenWeek) -> dict[str, OpenWeek]:
    who = np.concatenate([work.resource[rows], work.resource[rows]])
    when = np.concatenate([work.started_s[rows], work.ended_s[rows]])
    known = ~np.isnan(when)
    who, when = who[known], when[known] % WEEK_S
    people = np.unique(who)
    if not 2 <= len(people) <= _MOST_PEOPLE:
        return {}
    days, slots = (when // DAY_S).astype(np.intp), (when % DAY_S // SLOT_S).astype(np.intp)
    found = {}
    for person in people.tolist():
        mine = who == person
        no_day = _absent(days, mine, 7)
        no_slot = _long(_absent(slots, mine, _DAY_SLOTS))
        if no_day.any() or no_slot.any():
            own = _without(week, no_day, no_slot)
            if 0 < own.open_s < week.open_s:
                found[work.resources[person]] = own
    return found


def _absent(places: Ints, mine: NDArray[np.bool_], size: int) -> NDArray[np.bool_]:
    """Return the places in which a person should have been seen and was not."""
    of_all = np.bincount(places, minlength=size)
    own = np.bincount(places[mine], minlength=size)
    absent = np.zeros(size, dtype=np.bool_)
    for _ in range(3):  # those who are away half of the time are there all the more else
        there = ~absent
        share = own[there].sum() / max(of_all[there].sum(), 1)
        expected = of_all * share
        absent = (expected >= _FEWEST_EXPECTED) & (own <= _ABSENT_SHARE * expected)
    return np.asarray(absent)


def _long(flags: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Keep the runs that are long enough to be a shift."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    kept = np.zeros_like(flags)
    for first, last in edges.reshape(-1, 2).tolist():
        kept[first:last] = last - first >= _SHORTEST_RUN
    return kept


def _without(week: OpenWeek, no_day: NDArray[np.bool_], no_slot: NDArray[np.bool_]) -> OpenWeek:
    """Return the hours without days and half hours of every day."""
    kept: list[tuple[float, float]] = []
    slot_edges = np.arange(7 * _DAY_SLOTS) * SLOT_S
    away = np.repeat(no_day, _DAY_SLOTS) | np.tile(no_slot, 7)
    for opens, closes in week.intervals:
        for start in slot_edges[~away].tolist():
            low, high = max(opens, start), min(closes, start + SLOT_S)
            if low < high and kept and kept[-1][1] == low:
                kept[-1] = (kept[-1][0], high)
            elif low < high:
                kept.append((low, high))
    return OpenWeek(tuple(kept))
