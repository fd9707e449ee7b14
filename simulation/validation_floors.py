"""How far real cases are from each other: what no model can do better but by luck.

The floor of a measure is the distance between the cases a scenario was learnt from and the
held-out ones; without the former, between two halves of the latter. One such distance is itself
a matter of luck, so it is taken again with other days in the place of the held-out ones: the
range of these says how far the floor can be trusted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulation.calibration.distances import MEASURES, Profile, arrivals_apart, distances
from simulation.calibration.week import DAY_S, WEEK_S

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from simulation.calibration.work import Work

_SPLITS = 10
_FEWEST_SPLITS = 3
_SPREAD = (0.1, 0.9)  # quantiles of the splits that are told
_ALONG_THE_CALENDAR = "arrival_rate"


@dataclass(frozen=True, slots=True)
class Floor:
    """A floor, and what other splits of the same cases would have given."""

    value: float
    median: float
    low: float
    high: float
    splits: int

    @classmethod
    def of(cls, value: float, others: list[float]) -> Floor:
        """Return the floor beside the distances of other splits."""
        if len(others) < _FEWEST_SPLITS:
            return cls(value, value, 0.0, float("inf"), len(others))
        low, high = np.quantile(others, _SPREAD).tolist()
        return cls(value, float(np.median(others)), min(low, value), max(high, value), len(others))

    @property
    def is_known(self) -> bool:
        """Whether there were enough splits to tell."""
        return self.splits >= _FEWEST_SPLITS


def floors(here: Work, train: Work | None, role_of: Mapping[str, str]) -> dict[str, Floor]:
    """Return the floor of each measure."""
    one, other, start = _of_halves(here) if train is None else (train, here, None)
    found = _apart(one, other, role_of, start)
    if train is not None:
        found[_ALONG_THE_CALENDAR] = _aligned(train, here, 0)
    others = list(_halves(here, role_of) if train is None else _blocks(here, train, role_of))
    along = [] if train is None else _calendars(here, train)
    return {
        m.key: Floor.of(
            found[m.key],
            along
            if train is not None and m.key == _ALONG_THE_CALENDAR
            else [o[m.key] for o in others],
        )
        for m in MEASURES
    }


def within(work: Work, first: float, last: float) -> Work:
    """Return the cases that arrive between two moments, with a second to spare."""
    return work.only((work.arrived_s >= first - 1) & (work.arrived_s <= last + 1))


def days_of(work: Work) -> int:
    """Return on how many days cases came."""
    return len(np.unique(np.floor(work.arrived_s / DAY_S)))


def _apart(
    one: Work, other: Work, role_of: Mapping[str, str], start: float | None
) -> dict[str, float]:
    starts = None if start is None else (start, start)
    profiles = (Profile.of(work, role_of) for work in (one, other))
    return distances(*profiles, starts=starts, common_days=True)


def _of_halves(here: Work) -> tuple[Work, Work, float]:
    """Return every second case in the order of arrival, and the others."""
    rank = np.argsort(np.argsort(here.arrived_s, kind="stable"))
    return here.only(rank % 2 == 0), here.only(rank % 2 == 1), float(here.arrived_s.min())


def _halves(here: Work, role_of: Mapping[str, str]) -> Iterator[dict[str, float]]:
    """Yield the distances of halves that are drawn."""
    random = np.random.default_rng(len(here.case_ids))
    start = float(here.arrived_s.min())
    for _ in range(_SPLITS):
        is_first = random.permutation(len(here.case_ids)) % 2 == 0
        yield _apart(here.only(is_first), here.only(~is_first), role_of, start)


def _blocks(here: Work, train: Work, role_of: Mapping[str, str]) -> Iterator[dict[str, float]]:
    """Yield the distances of as many days as were held out from all others of the training."""
    day = np.floor(train.arrived_s / DAY_S)
    days = np.unique(day)
    size = min(days_of(here), len(days) // 2)
    if size < 1:
        return
    starts = np.unique(np.linspace(0, len(days) - size, _SPLITS).round().astype(int))
    for first in starts.tolist():
        is_block = (day >= days[first]) & (day <= days[first + size - 1])
        yield _apart(train.only(~is_block), train.only(is_block), role_of, None)


def _calendars(here: Work, train: Work) -> list[float]:
    """Return the distances of earlier weeks from the held-out ones, hour by hour."""
    latest, earliest = _weeks_back(train, here)
    found = [_aligned(train, here, back) for back in range(latest, earliest + 1)]
    return found[:: max(1, len(found) // _SPLITS)][:_SPLITS]


def _weeks_back(train: Work, here: Work) -> tuple[int, int]:
    """Return how many weeks the held-out time can be moved back into the training, at least."""
    first, last = float(here.arrived_s.min()), float(here.arrived_s.max())
    latest = np.ceil((last - float(train.arrived_s.max())) / WEEK_S)
    earliest = np.floor((first + DAY_S - float(train.arrived_s.min())) / WEEK_S)
    return int(latest), int(earliest)


def _aligned(train: Work, here: Work, back: int) -> float:
    """Return how far arrivals are from those so many weeks earlier; 0: as late as possible."""
    first, last = float(here.arrived_s.min()), float(here.arrived_s.max())
    start = first - (back or min(_weeks_back(train, here))) * WEEK_S
    before = within(train, start, start + last - first)
    earlier, later = (np.sort(work.arrived_s) for work in (before, here))
    return arrivals_apart(earlier, later, (start, first))
