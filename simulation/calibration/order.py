"""Which work goes first: activities that overtake others in the queue of their role.

Whenever a task is begun that had to wait while the first of another activity waited too, one of
them was chosen. In a plain queue whoever came first is chosen; an activity that is chosen
though the other came first has priority over it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from simulation.calibration.staffing import Staffing
    from simulation.calibration.work import Floats, Work

_WAITED_S = 1.0
_FEWEST = 10
_MOSTLY = 0.8


@dataclass(frozen=True, slots=True)
class Overtaking:
    """One activity is begun before another that came first, so often."""

    first: str
    other: str
    overtook: int
    kept: int  # the other was begun, as it came first

    @property
    def is_priority(self) -> bool:
        """Whether this is a rule and no accident."""
        total = self.overtook + self.kept
        return total >= _FEWEST and self.overtook >= _MOSTLY * total


@dataclass(frozen=True, eq=False)
class _Line:
    """The queue of an activity, served in order."""

    enabled: Floats
    started: Floats

    def head_since(self, moments: Floats) -> Floats:
        """Return since when the first in line waits at moments; NaN: nobody waits."""
        came = np.searchsorted(self.enabled, moments - _WAITED_S, "right")
        begun = np.searchsorted(self.started, moments, "right")
        padded = np.append(self.enabled, np.nan)
        return np.where(came > begun, padded[np.minimum(begun, len(self.enabled))], np.nan)

    @property
    def waited(self) -> tuple[Floats, Floats]:
        """Return since when those waited who had to, and when they were begun."""
        had_to = self.started - self.enabled > _WAITED_S
        return self.enabled[had_to], self.started[had_to]


def learn_order(work: Work, staffing: Staffing) -> tuple[Overtaking, ...]:
    """Return which activities go before which others of their role."""
    found = []
    for role in staffing.names:
        mine = [a for a, r in staffing.of_activity.items() if r == role]
        lines = {a: _line(work, a) for a in mine}
        for first in mine:
            for other in mine:
                if first != other:
                    pair = _pair(first, other, lines[first], lines[other])
                    if pair.is_priority:
                        found.append(pair)
    return tuple(found)


def ranks(found: tuple[Overtaking, ...]) -> dict[str, int]:
    """Return a priority for each activity that overtakes or is overtaken; 1 goes first."""
    involved = dict.fromkeys(a for pair in found for a in (pair.first, pair.other))
    before = {a: {p.first for p in found if p.other == a} for a in involved}
    rank = dict.fromkeys(involved, 1)
    for _ in involved:  # the longest chain of those who go before decides
        for activity, others in before.items():
            rank[activity] = 1 + max((rank[o] for o in others), default=0)
            rank[activity] = min(rank[activity], len(involved))  # a circle has no end
    return rank


def _line(work: Work, activity: str) -> _Line:
    rows = work.rows_of(activity)
    known = np.isfinite(work.enabled_s[rows]) & np.isfinite(work.started_s[rows])
    enabled, started = work.enabled_s[rows][known], work.started_s[rows][known]
    order = np.argsort(started, kind="stable")
    return _Line(np.sort(enabled), started[order])


def _pair(first: str, other: str, ours: _Line, theirs: _Line) -> Overtaking:
    since, begun = ours.waited
    overtook = theirs.head_since(begun) < since - _WAITED_S
    since, begun = theirs.waited
    kept = ours.head_since(begun) > since + _WAITED_S
    return Overtaking(first, other, int(overtook.sum()), int(kept.sum()))
