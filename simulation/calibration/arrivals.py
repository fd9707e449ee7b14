"""When cases come: a Poisson process by hour and weekday, or intervals in open hours.

The rate of each hour of the week is what a Poisson process would have; turned into operational
time by that rate, its gaps vary as much as they are long (coefficient of variation 1). Arrivals
that are much more regular, or come in bursts, are a renewal process: intervals that are drawn
one after another, while the doors are open. Hours and weekdays differ only where a test says so.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

from simulation.calibration.doors import arrival_week, quietest_s
from simulation.calibration.estimates import CONFIDENCE, Estimate, mean_of
from simulation.calibration.fitting import Fit, fit
from simulation.calibration.intensity import Intensity
from simulation.calibration.told import Told, told
from simulation.calibration.week import DAY_S, WEEK_S, OpenWeek

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_HOUR_S = 3600.0
_SURE = 0.001
_FEW = 50
_ALIKE = 0.1  # of a coefficient of variation of 1: Poisson for all purposes
_GROUP_SHARE = 0.1  # of cases that come with others


@dataclass(frozen=True)
class ArrivalModel:
    """How cases come to one start event."""

    kind: str  # "rate" or "interval"
    spec: dict[str, Any]  # of the scenario, without its calendar
    week: OpenWeek | None  # of the calendar, if the kind needs one
    n: int
    variation: float  # of gaps in operational time; 1: Poisson
    words: tuple[str, ...]  # what was found, for the report
    intensity: Intensity  # cases, or groups of them, by weekday and hour
    intervals: Fit | None = None
    group: dict[str, Any] | None = None
    group_size: Estimate | None = None
    warnings: tuple[Told, ...] = field(default=())


def learn_arrivals(
    times: Floats, *, span: tuple[float, float], confidence: float = CONFIDENCE
) -> ArrivalModel:
    """Learn from the wall-clock times at which cases came; ``span`` is what the log covers."""
    times = np.sort(times)
    single, group, group_words = _groups(times)
    observed = _Observed.of(single, span)
    if observed.halves_differ():
        observed = _Observed.of(single, span, slots=48)
    variation = observed.variation()
    warnings = [told("few_cases", n=len(times))] if len(times) < _FEW else []
    if observed.days < 14:
        warnings.append(told("few_days", days=observed.days))
    limit = max(_ALIKE, 3 / np.sqrt(max(len(single), 1)))
    is_random = abs(variation - 1) <= max(limit, observed.unevenness())
    if is_random or len(single) < 10:
        spec, words = observed.rate()
        kind, week, intervals = "rate", None, None
    else:
        kind = "interval"
        week, intervals, words = observed.renewal(confidence)
        spec = {"interval": intervals.spec}
        if intervals.is_thin:
            warnings.append(told("few_observations", n=intervals.n))
    return ArrivalModel(
        kind=kind,
        spec=spec,
        week=week,
        n=len(times),
        variation=variation,
        words=(*words, *group_words),
        intensity=_intensity(times, observed, is_renewal=kind == "interval", confidence=confidence),
        intervals=intervals,
        group=group,
        group_size=None if group is None else _size(times, confidence),
        warnings=tuple(warnings),
    )


def _groups(times: Floats) -> tuple[Floats, dict[str, Any] | None, tuple[str, ...]]:
    """Return one time per group, and the size of groups where cases come together."""
    single, sizes = np.unique(np.round(times, 3), return_counts=True)
    together = float((sizes - 1).sum() / max(len(times), 1))
    if together < _GROUP_SHARE:
        return times, None, ()
    shares = np.bincount(sizes)
    values = np.repeat(np.arange(len(shares)), np.rint(100 * shares / shares.sum()).astype(int))
    words = f"{together:.0%} of cases come together with another one: they come in groups"
    return single, {"empirical": {"values": [int(v) for v in values]}}, (words,)


def _intensity(
    times: Floats, observed: _Observed, *, is_renewal: bool, confidence: float
) -> Intensity:
    """Return how many groups come by day and hour (most groups are one case), cases by week."""
    how: dict[str, Any] = {"is_renewal": is_renewal, "confidence": confidence}
    table, dates = observed.hourly(), observed.seen[:, 0]
    found = Intensity.of(observed.times, table, dates, **how)
    if len(times) == len(observed.times):
        return found
    whole = Intensity.of(times, table * len(times) / len(observed.times), dates, **how)
    return replace(found, per_week=whole.per_week)


def _size(times: Floats, confidence: float) -> Estimate:
    """Return how many cases come together on average."""
    _, sizes = np.unique(np.round(times, 3), return_counts=True)
    return mean_of(sizes.astype(np.float64), confidence)


@dataclass(frozen=True, eq=False)
class _Observed:
    """Arrivals and how often each hour of the week was there to be seen."""

    times: Floats
    seen: Floats  # by weekday and slot: how often the log covers it
    counts: Floats  # by weekday and slot of the day
    days: int
    first_day: float

    @classmethod
    def of(cls, times: Floats, span: tuple[float, float], slots: int = 24) -> _Observed:
        first, last = np.floor(span[0] / DAY_S), np.floor(span[1] / DAY_S)
        weekdays = (np.arange(first, last + 1) % 7).astype(np.intp)
        dates = np.bincount(weekdays, minlength=7).astype(np.float64)
        place = (times % WEEK_S // (DAY_S / slots)).astype(np.intp)
        counts = np.bincount(place, minlength=7 * slots).reshape(7, slots).astype(np.float64)
        seen = np.repeat(dates[:, None], slots, axis=1)
        return cls(times, seen, counts, len(weekdays), float(first))

    @property
    def worked(self) -> NDArray[np.bool_]:
        """Weekdays on which somebody comes."""
        totals, seen = self.counts.sum(1), self.seen[:, 0]
        typical = totals.sum() / max(seen[totals > 0].sum(), 1)
        return np.asarray((totals > 0) & (totals >= 0.02 * typical * seen))

    @property
    def slots(self) -> int:
        """How many slots a day has."""
        return int(self.counts.shape[1])

    def hourly(self) -> Floats:
        """Return the expected arrivals by weekday and hour."""
        return np.asarray(self.expected.reshape(7, 24, -1).sum(2))

    def halves_differ(self) -> bool:
        """Whether the halves of hours differ, so that slots of half an hour tell more."""
        halves = np.bincount((self.times % DAY_S // (_HOUR_S / 2)).astype(np.intp), minlength=48)
        first, second = halves.reshape(24, 2).T
        both = (first + second) >= 10
        terms = (first[both] - second[both]) ** 2 / (first[both] + second[both])
        return bool(both.any()) and float(stats.chi2.sf(terms.sum(), both.sum())) < _SURE

    @property
    def expected(self) -> Floats:
        """Expected arrivals by weekday and slot, as far as weekdays and slots differ for sure."""
        worked, counts, seen = self.worked, self.counts, self.seen
        table = np.zeros((7, self.slots))
        if not worked.any():
            return table
        profile = counts[worked].sum(0) / max(seen[worked, 0].sum(), 1)
        profile = _levelled(profile, counts[worked].sum(0))
        if self.days_differ():
            own = counts[worked] / np.maximum(seen[worked], 1)
            scale = own.sum(1) / max(profile.sum(), 1e-12)
            table[worked] = own if self.shapes_differ() else scale[:, None] * profile
        else:
            table[worked] = profile
        return table

    def days_differ(self) -> bool:
        """Whether some weekdays bring more cases than others."""
        totals, seen = self.counts[self.worked].sum(1), self.seen[self.worked, 0]
        return len(totals) > 1 and _differ(totals, totals.sum() * seen / seen.sum())

    def shapes_differ(self) -> bool:
        """Whether the hours of some weekdays differ from those of others."""
        counts = self.counts[self.worked]
        counts = counts[:, counts.sum(0) > 0]
        expected = np.outer(counts.sum(1), counts.sum(0)) / max(counts.sum(), 1)
        enough = expected >= 2
        freedom = max((counts.shape[0] - 1) * (counts.shape[1] - 1), 1)
        terms = (counts - expected) ** 2 / np.maximum(expected, 1e-12)
        return bool(enough.any()) and float(stats.chi2.sf(terms[enough].sum(), freedom)) < _SURE

    def unevenness(self) -> float:
        """Return how much the hours between the first and the last of a day differ, as a share.

        What Poisson arrivals would differ by anyway is taken off.
        """
        counts = self.counts[self.worked].sum(0)
        counts = np.roll(counts, -int(quietest_s(self.times) // (DAY_S / self.slots)))
        busy = np.flatnonzero(counts)
        inner = counts[busy[0] + 1 : busy[-1]] if len(busy) > 2 else counts[:0]
        if len(inner) < 2 or not inner.sum():
            return 0.0
        mean = float(inner.mean())
        by_chance = float(np.sqrt(2 / (np.pi * mean)))
        return max(0.0, float(np.abs(inner - mean).mean() / mean) - by_chance)

    def variation(self) -> float:
        """Return the coefficient of variation of the gaps in operational time."""
        table = np.concatenate([[0.0], np.cumsum(self.expected.reshape(-1))])
        weeks, rest = np.divmod(self.times, WEEK_S)
        edges = np.linspace(0, WEEK_S, len(table))
        operational = weeks * table[-1] + np.interp(rest, edges, table)
        gaps = np.diff(operational)
        return float(gaps.std() / gaps.mean()) if len(gaps) > 2 and gaps.mean() > 0 else 1.0

    def rate(self) -> tuple[dict[str, Any], tuple[str, ...]]:
        """Return the rate as a scenario writes it: from the first slot that has any."""
        table = self.expected
        busy = np.flatnonzero(table.sum(0) > 0)
        first, last = (int(busy[0]), int(busy[-1]) + 1) if len(busy) else (0, self.slots)
        days = {
            name: [float(f"{value:.6g}") for value in table[i, first:last].tolist()]
            for i, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))
            if table[i].sum() > 0
        }
        minutes = 1440 // self.slots
        begin = f"{first * minutes // 60:02}:{first * minutes % 60:02}"
        head = {"slot": f"{minutes}min" if minutes < 60 else "1h", "from": begin}
        words = ["cases come at random, at a rate that depends on the hour"]
        is_daily = len(days) == 7 and len({tuple(row) for row in days.values()}) == 1
        if self.days < 7 or is_daily:
            row = table[self.worked].mean(0)[first:last] if self.worked.any() else table[0]
            return {"rate": {**head, "per_slot": [float(f"{v:.6g}") for v in row]}}, tuple(words)
        words.append("weekdays differ" if self.days_differ() else "weekdays do not differ for sure")
        return {"rate": {**head, "weekly": _joined(days)}}, tuple(words)

    def renewal(self, confidence: float) -> tuple[OpenWeek | None, Fit, tuple[str, ...]]:
        """Return the open hours and the intervals between cases in open time."""
        week = arrival_week(self.times)
        gaps = np.diff(self.times if week is None else week.elapsed(self.times))
        fitted = fit(gaps, confidence)
        words = (
            f"gaps between cases vary {self.variation():.2f} times as much as they are long "
            "(random arrivals: 1.0), so intervals are drawn one after another"
        )
        return week, fitted, (words,)


def _levelled(profile: Floats, counts: Floats) -> Floats:
    """Return the same rate for all busy hours unless they differ for sure."""
    busy = counts > 0
    inner = counts[busy][1:-1]
    if busy.sum() < 3 or _differ(counts[busy], np.full(busy.sum(), counts.sum() / busy.sum())):
        return profile
    if len(inner) and (counts[busy][[0, -1]] < 0.7 * inner.mean()).any():
        return profile  # half an hour at the edge of the day
    return np.asarray(np.where(busy, profile.sum() / busy.sum(), 0.0))


def _differ(counts: Floats, expected: Floats) -> bool:
    """Whether counts differ from what is expected (chi-square)."""
    statistic = ((counts - expected) ** 2 / np.maximum(expected, 1e-12)).sum()
    return float(stats.chi2.sf(statistic, len(counts) - 1)) < _SURE


def _joined(days: dict[str, list[float]]) -> dict[str, list[float]]:
    """Write weekdays that have the same rates as one entry."""
    joined: dict[tuple[float, ...], list[str]] = {}
    for name, row in days.items():
        joined.setdefault(tuple(row), []).append(name)
    return {",".join(names): list(row) for row, names in joined.items()}
