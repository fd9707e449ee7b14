"""How far two logs of one process are apart, seen from several sides.

The measures are those of Chapela-Campa, Benchekroun, Baron, Dumas, Krass and Senderovich
(2025, "A framework for measuring the quality of business process simulation models"): n-grams
of activities, when cases arrive, when who works in the week, when events happen within a case,
and how long cases take. Times are compared by the Wasserstein distance, in hours.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from simulation.calibration.week import DAY_S, WEEK_S

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from simulation.calibration.work import Work

    Floats = NDArray[np.float64]

_HOUR_S = 3600.0
_GRAM = 3
_FARTHEST_H = 23.0  # hours of a day apart: what is only in one of two logs


@dataclass(frozen=True, slots=True)
class Measure:
    """A distance: what it compares, its unit, and below what nobody needs to care."""

    key: str
    name: str
    unit: str
    trifle: float  # in its unit; for shares of the cycle time see ``relative``
    relative: bool = False  # the trifle is a share of the mean cycle time


MEASURES = (
    Measure("cycle_time", "Cycle time of cases", "h", 0.05, relative=True),
    Measure("arrival_rate", "Arrivals along the calendar", "h", 0.5),
    Measure("arrival_hours", "Arrivals by weekday and hour", "h", 0.25),
    Measure("workforce", "Work by role, weekday and hour", "h", 0.25),
    Measure("events_in_case", "When events happen within a case", "h", 0.05, relative=True),
    Measure("ngrams", "Which activities follow each other", "share", 0.05),
)


@dataclass(frozen=True, eq=False)
class Profile:
    """What the measures look at, of one log."""

    cycle_h: Floats
    arrived_s: Floats  # in order
    events_h: Floats  # after the arrival of their case
    by_role: Mapping[str, Floats]  # role → events by weekday and hour, (7, 24)
    grams: Counter[tuple[str, ...]]

    @classmethod
    def of(cls, work: Work, role_of: Mapping[str, str]) -> Profile:
        """Look at a log; ``role_of`` says who does each activity (by id)."""
        ended = np.full(len(work.case_ids), -np.inf)
        np.maximum.at(ended, work.case, work.ended_s)
        whole = np.isfinite(ended)
        begun = np.where(np.isnan(work.started_s), work.ended_s, work.started_s)
        arrived = work.arrived_s[work.case]
        return cls(
            cycle_h=np.sort((ended - work.arrived_s)[whole] / _HOUR_S),
            arrived_s=np.sort(work.arrived_s[whole]),
            events_h=np.sort(np.concatenate([begun - arrived, work.ended_s - arrived]) / _HOUR_S),
            by_role=_by_role(work, role_of, begun),
            grams=_grams(work),
        )

    @property
    def cases(self) -> int:
        """How many cases there are."""
        return len(self.cycle_h)

    @cached_property
    def arrivals_by_hour(self) -> Floats:
        """Return the arrivals by weekday and hour, (7, 24)."""
        return _weekly(self.arrived_s)


def distances(
    a: Profile,
    b: Profile,
    *,
    starts: tuple[float, float] | None = None,
    common_days: bool = False,
) -> dict[str, float]:
    """Return every measure between two logs; ``starts`` are what arrivals are counted from.

    With ``common_days`` only weekdays count on which something happens in both: they may cover
    other days of the week.
    """
    return {
        "cycle_time": _apart(a.cycle_h, b.cycle_h),
        "arrival_rate": arrivals_apart(a.arrived_s, b.arrived_s, starts or (_first(a), _first(b))),
        "arrival_hours": circadian(a.arrivals_by_hour, b.arrivals_by_hour, common_days=common_days),
        "workforce": workforce(a, b, common_days=common_days),
        "events_in_case": _apart(a.events_h, b.events_h),
        "ngrams": _grams_apart(a.grams, b.grams),
    }


def arrivals_apart(a: Floats, b: Floats, starts: tuple[float, float]) -> float:
    """Return how far arrivals, in order, are along the calendar, counted from two moments."""
    count = min(len(a), len(b))
    hours = (np.floor((x - start) / _HOUR_S) for x, start in zip((a, b), starts, strict=True))
    return _apart(*(of_one[:count] for of_one in hours))


def workforce(a: Profile, b: Profile, *, common_days: bool = False) -> float:
    """Return the distance of who works when, over roles by how much they do."""
    roles = {**a.by_role, **b.by_role}
    nothing = np.zeros((7, 24))
    of_role = {r: role_distance(a, b, r, common_days=common_days) for r in roles}
    weight = {r: a.by_role.get(r, nothing).sum() + b.by_role.get(r, nothing).sum() for r in roles}
    total = sum(weight.values())
    return float(sum(of_role[r] * weight[r] for r in roles) / total) if total else 0.0


def role_distance(a: Profile, b: Profile, role: str, *, common_days: bool = False) -> float:
    """Return how far apart the hours of a role are."""
    nothing = np.zeros((7, 24))
    of_both = (side.by_role.get(role, nothing) for side in (a, b))
    return circadian(*of_both, common_days=common_days)


def circadian(a: Floats, b: Floats, *, common_days: bool = False) -> float:
    """Return how many hours events of the same weekday are apart, over weekdays by events."""
    weight = a.sum(1) / max(a.sum(), 1) + b.sum(1) / max(b.sum(), 1)
    if common_days and (a.sum(1) * b.sum(1)).any():
        weight = np.where(a.sum(1) * b.sum(1) > 0, weight, 0.0)
    apart = np.full(7, _FARTHEST_H)
    for day in range(7):
        if a[day].sum() and b[day].sum():
            gaps = np.cumsum(a[day] / a[day].sum() - b[day] / b[day].sum())
            apart[day] = np.abs(gaps).sum()
    return float((apart * weight).sum() / weight.sum()) if weight.sum() else 0.0


def _apart(a: Floats, b: Floats) -> float:
    """Return the Wasserstein distance of values in order."""
    if not len(a) or not len(b):
        return 0.0 if len(a) == len(b) else _FARTHEST_H
    both = np.sort(np.concatenate([a, b]), kind="stable")  # two runs in order: quickly merged
    gaps = np.diff(both)
    of_a, of_b = (np.searchsorted(one, both[:-1], "right") / len(one) for one in (a, b))
    return float(np.abs(of_a - of_b) @ gaps)


def _first(profile: Profile) -> float:
    return float(profile.arrived_s[0]) if profile.cases else 0.0


def _weekly(times: Floats) -> Floats:
    rest = times[np.isfinite(times)] % WEEK_S
    slot = (rest // DAY_S * 24 + rest % DAY_S // _HOUR_S).astype(np.intp)
    return np.bincount(slot, minlength=168).reshape(7, 24).astype(np.float64)


def _by_role(work: Work, role_of: Mapping[str, str], begun: Floats) -> dict[str, Floats]:
    roles = [role_of.get(activity, "") for activity in work.activities]
    found: dict[str, Floats] = {}
    for role in dict.fromkeys(filter(None, roles)):
        codes = [i for i, name in enumerate(roles) if name == role]
        mine = np.isin(work.activity, codes)
        found[role] = _weekly(np.concatenate([begun[mine], work.ended_s[mine]]))
    return found


def _grams(work: Work) -> Counter[tuple[str, ...]]:
    """Return how often activities follow each other; "" stands before and after a case."""
    names = ("", *work.activities)
    _, rank = np.unique(work.case, return_inverse=True)
    if not len(rank):
        return Counter()
    cases = int(rank.max()) + 1
    row = np.zeros(len(rank) + (_GRAM - 1) * (cases + 1), dtype=np.int64)
    row[np.arange(len(rank)) + (_GRAM - 1) * (rank.reshape(-1) + 1)] = work.activity + 1
    grams = np.lib.stride_tricks.sliding_window_view(row, _GRAM)
    place = len(names) ** np.arange(_GRAM)
    keys, counts = np.unique(grams @ place, return_counts=True)
    told = (keys[:, None] // place % len(names)).tolist()
    found = zip(told, counts.tolist(), strict=True)
    return Counter({tuple(names[i] for i in gram): count for gram, count in found})


def _grams_apart(a: Counter[tuple[str, ...]], b: Counter[tuple[str, ...]]) -> float:
    """Return the share of n-grams that would have to be others."""
    total_a, total_b = max(sum(a.values()), 1), max(sum(b.values()), 1)
    return sum(abs(a[g] / total_a - b[g] / total_b) for g in sorted({*a, *b})) / 2
